package against

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"runtime"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/riskmetrics"
)

const (
	maxThreads   = 4096
	maxVariables = 64
)

// New reads the original and the released data. The tables are borrowed for the call.
//
// Where ID names no column, both files need the same number of records. Otherwise every
// record of the released data needs an identifier that exactly one record of the original
// data has. The original data may have records that the released data lack: they were
// deleted, or are not in the sample.
//
// Numbers are compared by their exact value, a float of up to six decimals being that
// decimal number; they may be of different types of numbers. All other columns need the
// same type in both files.
//
// The errors are:
//
//   - a *FileError with a *riskmetrics.ColumnError for a column that is absent, for a null
//     where the policy refuses it or in an identifier, for a number that is not finite,
//     and with ErrTwice or ErrUnknown for an identifier;
//   - a *riskmetrics.ColumnError with ErrTypes for types that cannot be compared, or that
//     are not numbers, dates or times where the variable is one of Numbers;
//   - ErrRequest for options that are not well defined, and for another number of records;
//   - ctx.Err() if the context ends.
//
// Time n log n in the records, memory linear.
func New(ctx context.Context, before, after arrow.Table, o Options) (p *Pair, err error) {
	defer guard.Recover(&err)
	if ctx == nil || before == nil || after == nil {
		return nil, fmt.Errorf("%w: the context or a table is nil", ErrRequest)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	p = &Pair{threads: o.Threads, wildcard: o.Missing.Matches(), rows: [2]int{int(before.NumRows()), int(after.NumRows())}}
	if p.threads <= 0 {
		p.threads = runtime.GOMAXPROCS(0)
	}
	if max(before.NumRows(), after.NumRows()) > math.MaxInt32 {
		return nil, fmt.Errorf("%w: a file has more than %d records", ErrRequest, math.MaxInt32)
	}
	tables := [2]arrow.Table{before, after}
	if err := p.pair(tables, o.ID); err != nil {
		return nil, err
	}
	p.keys, p.numbers = make([]category, len(o.Keys)), make([]number, len(o.Numbers))
	err = guard.Try(ctx, p.threads, len(o.Keys)+len(o.Numbers), func(_, i int) (err error) {
		if i < len(o.Keys) {
			p.keys[i], err = readKey(tables, o.Keys[i], o.Missing)
			return err
		}
		i -= len(o.Keys)
		p.numbers[i], err = readNumber(tables, o.Numbers[i], o.Missing)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// check refuses options that are not well defined.
func (o *Options) check() error {
	all := slices.Concat(o.Keys, o.Numbers)
	for i, name := range all {
		switch {
		case slices.Contains(all[:i], name):
			return fmt.Errorf("%w: variable %q is named twice", ErrRequest, name)
		case name == o.ID:
			return fmt.Errorf("%w: %q is the identifier, which is no variable", ErrRequest, name)
		}
	}
	switch o.Missing.String() {
	case "refuse", "category", "wildcard":
	default:
		return fmt.Errorf("%w: a null in two files is refuse, category or wildcard", ErrRequest)
	}
	if len(all) == 0 || len(all) > maxVariables {
		return fmt.Errorf("%w: 1 to %d variables are wanted", ErrRequest, maxVariables)
	}
	if o.Threads > maxThreads {
		return fmt.Errorf("%w: %d threads are more than %d", ErrRequest, o.Threads, maxThreads)
	}
	return nil
}

// encode encodes a column of both files.
func encode(tables [2]arrow.Table, name string) (cols [2]*column.Column, err error) {
	var types [2]arrow.DataType
	for f, t := range tables {
		found := t.Schema().FieldIndices(name)
		if len(found) != 1 {
			return cols, &FileError{File(f), &riskmetrics.ColumnError{Column: name, Row: -1, Err: column.ErrMissing}}
		}
		data := t.Column(found[0]).Data()
		types[f] = data.DataType()
		if cols[f], err = column.Encode(name, data); err != nil {
			var e *column.Error
			if errors.As(err, &e) {
				err = &riskmetrics.ColumnError{Column: e.Column, Row: e.Row, Err: e.Err}
			}
			return cols, &FileError{File(f), err}
		}
	}
	if !column.Same(types[0], types[1]) && !(numeric(cols[0].List) && numeric(cols[1].List)) {
		return cols, differ(name)
	}
	return cols, nil
}

// numeric says whether values are numbers, or there are none: a column of nulls.
func numeric(l *column.List) bool { return l.Numbers() || l.Len() == 0 || l.Len() == 1 && hasNull(l) }

func hasNull(l *column.List) bool {
	_, ok := l.Null()
	return ok
}

func differ(name string) error {
	return &riskmetrics.ColumnError{Column: name, Row: -1, Err: ErrTypes}
}

// refused is the error of the first null of a column, nil for none.
func refused(f File, c *column.Column) error {
	null, ok := c.List.Null()
	if !ok {
		return nil
	}
	return &FileError{f, &riskmetrics.ColumnError{Column: c.Name, Row: int64(slices.Index(c.Codes, null)), Err: riskmetrics.ErrNull}}
}

// pair finds the records of both files that are the same.
func (p *Pair) pair(tables [2]arrow.Table, id string) error {
	for f := range p.partner {
		p.partner[f] = make([]int32, p.rows[f])
		for i := range p.partner[f] {
			p.partner[f][i] = -1
		}
	}
	if id == "" {
		if p.rows[Before] != p.rows[After] {
			return fmt.Errorf("%w: the original data have %d records and the released data %d, so that records cannot be paired by their place: name a column that identifies the records", ErrRequest, p.rows[Before], p.rows[After])
		}
		for f := range p.partner {
			for i := range p.partner[f] {
				p.partner[f][i] = int32(i)
			}
		}
		return nil
	}
	cols, err := encode(tables, id)
	if err != nil {
		return err
	}
	codes, n, err := jointLabels(cols)
	if err != nil {
		return err
	}
	var at [2][]int32
	for f := range at {
		if err := refused(File(f), cols[f]); err != nil {
			return err
		}
		at[f] = make([]int32, n)
		for i := range at[f] {
			at[f][i] = -1
		}
		for row, code := range codes[f] {
			if at[f][code] >= 0 {
				return &FileError{File(f), &riskmetrics.ColumnError{Column: id, Row: int64(row), Err: ErrTwice}}
			}
			at[f][code] = int32(row)
		}
	}
	for row, code := range codes[After] {
		other := at[Before][code]
		if other < 0 {
			return &FileError{After, &riskmetrics.ColumnError{Column: id, Row: int64(row), Err: ErrUnknown}}
		}
		p.partner[After][row], p.partner[Before][other] = other, int32(row)
	}
	return nil
}

// jointLabels gives the values of a column one numbering in both files, a null being none.
// Numbers of different types are the same value where they are equal.
func jointLabels(cols [2]*column.Column) (codes [2][]uint32, n int, err error) {
	if !column.Same(cols[0].Type, cols[1].Type) {
		v, err := jointNumbers(cols)
		return v.codes, len(v.value), err
	}
	of := map[string]uint32{}
	for f, c := range cols {
		code := make([]uint32, c.List.Len())
		null, ok := c.List.Null()
		for i := range code {
			if ok && uint32(i) == null {
				code[i] = none
				continue
			}
			label := c.List.Label(uint32(i))
			to, known := of[label]
			if !known {
				to = uint32(len(of))
				of[label] = to
			}
			code[i] = to
		}
		codes[f] = recode(c.Codes, code)
	}
	return codes, len(of), nil
}

func recode(codes, to []uint32) []uint32 {
	out := make([]uint32, len(codes))
	for i, code := range codes {
		out[i] = to[code]
	}
	return out
}

// readKey reads a variable that is equal or not.
func readKey(tables [2]arrow.Table, name string, missing riskmetrics.Missing) (category, error) {
	v := category{name: name, null: -1}
	cols, err := encode(tables, name)
	if err != nil {
		return v, err
	}
	nulls := false
	for f, c := range cols {
		if missing.String() == "refuse" {
			if err := refused(File(f), c); err != nil {
				return v, err
			}
		}
		nulls = nulls || hasNull(c.List)
	}
	if v.codes, v.n, err = jointLabels(cols); err != nil {
		return v, err
	}
	if nulls && !missing.Matches() {
		v.null = v.n
		for f := range v.codes {
			for i, code := range v.codes[f] {
				if code == none {
					v.codes[f][i] = uint32(v.null)
				}
			}
		}
		v.n++
	}
	return v, nil
}

// readNumber reads a variable of numbers, dates or times.
func readNumber(tables [2]arrow.Table, name string, missing riskmetrics.Missing) (number, error) {
	cols, err := encode(tables, name)
	if err != nil {
		return number{}, err
	}
	for f, c := range cols {
		if missing.String() == "refuse" {
			if err := refused(File(f), c); err != nil {
				return number{}, err
			}
		}
	}
	return jointNumbers(cols)
}

// jointNumbers numbers the values of both files in ascending order.
func jointNumbers(cols [2]*column.Column) (number, error) {
	v := number{name: cols[0].Name, den: big.NewInt(1)}
	var rats [2][]*big.Rat
	var to [2][]uint32
	for f, c := range cols {
		to[f] = make([]uint32, c.List.Len())
		null, ok := c.List.Null()
		for code := range uint32(c.List.Len()) {
			if ok && code == null {
				to[f][code] = none
				continue
			}
			r, exact := c.List.Rat(code)
			switch x, isNumber := c.List.Number(code); {
			case isNumber && (math.IsNaN(x) || math.IsInf(x, 0)):
				return v, &FileError{File(f), &riskmetrics.ColumnError{Column: v.name, Row: int64(slices.Index(c.Codes, code)), Err: column.ErrNotFinite}}
			case !exact:
				return v, differ(v.name)
			}
			rats[f] = append(rats[f], r)
		}
	}
	var values []*big.Rat
	for i, j := 0, 0; i < len(rats[0]) || j < len(rats[1]); {
		f := 0
		if i == len(rats[0]) || j < len(rats[1]) && rats[1][j].Cmp(rats[0][i]) < 0 {
			f = 1
		}
		at := &i
		if f == 1 {
			at = &j
		}
		r := rats[f][*at]
		if len(values) == 0 || values[len(values)-1].Cmp(r) != 0 {
			values = append(values, r)
		}
		to[f][*at] = uint32(len(values) - 1)
		*at++
	}
	rest, common := new(big.Int), new(big.Int)
	for _, r := range values {
		if rest.Mod(v.den, r.Denom()).Sign() != 0 {
			common.GCD(nil, nil, v.den, r.Denom())
			v.den.Mul(v.den, rest.Quo(r.Denom(), common))
		}
	}
	v.value = make([]*big.Int, len(values))
	for code, r := range values {
		x := new(big.Int).Mul(r.Num(), v.den)
		v.value[code] = x.Quo(x, r.Denom())
	}
	if v.spread().BitLen() <= smallBits {
		v.small = make([]int64, len(values))
		for code := range v.small {
			v.small[code] = v.above(uint32(code)).Int64()
		}
	}
	for f, c := range cols {
		v.codes[f] = recode(c.Codes, to[f])
	}
	return v, nil
}
