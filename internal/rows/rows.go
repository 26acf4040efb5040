// Package rows decides which rows of a batch are in a population. A condition is decided once
// for each value of its column, not once for each row.
package rows

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/sdc/population"
)

// Tree has the codes of a column, each with the code above it, "" for one below the total.
// Rows carry codes that are above no code. A nil Tree is none.
type Tree map[string]string

// Column describes a column of a condition.
type Column struct {
	Type arrow.DataType
	Tree Tree
	// Comma says that numbers in text have a decimal comma.
	Comma bool
}

// Reasons inside a *column.Error.
var (
	errCode   = errors.New("where")
	errValue  = fmt.Errorf("%w: the value is no number, and the ends are numbers", column.ErrType)
	errTime   = fmt.Errorf("%w: the value is no date, and the ends are dates", column.ErrType)
	errNoLeaf = errors.New("where: the value is not one of the codes that rows of the column carry")
)

// Picker picks the rows of batches. A Picker is not safe for concurrent use: each goroutine
// has its own, and they are merged at the end.
type Picker struct {
	conditions []*condition
	drop       []bool
}

// condition is a condition on its way through the batches.
type condition struct {
	population.Condition
	encoder *column.Encoder
	meets   []bool // code of the encoder -> whether a row with it meets the condition
	codes   []uint32
	tree    Tree
	inner   map[string]bool // codes of the tree that are above others
	at      map[string]int  // value of a code of the list -> its position
	seen    []bool          // codes of the list that occur
	form    func(label string) (value string, ok bool)
	within  func(label string) (bool, error) // nil for a list
}

// New returns a picker of the rows that meet all conditions, which are valid. of describes a
// column. The error is a *column.Error.
func New(w population.Where, of func(c *population.Condition) (Column, error)) (*Picker, error) {
	p := &Picker{}
	for _, c := range w {
		col, err := of(&c)
		if err != nil {
			return nil, err
		}
		x := &condition{Condition: c, tree: col.Tree, seen: make([]bool, len(c.Codes))}
		if x.encoder, err = column.NewEncoder(c.Column, col.Type); err != nil {
			return nil, err
		}
		if err := x.prepare(col); err != nil {
			return nil, &column.Error{Column: c.Column, Row: -1, Err: err}
		}
		p.conditions = append(p.conditions, x)
	}
	return p, nil
}

// kind is how values of a type are compared.
type kind int

const (
	text kind = iota
	number
	moment
	other // text of another type: true and false, bytes, times of the day
)

func kindOf(dt arrow.DataType) kind {
	switch dt := dt.(type) {
	case *arrow.DictionaryType:
		return kindOf(dt.ValueType)
	case arrow.ExtensionType:
		return kindOf(dt.StorageType())
	}
	switch id := dt.ID(); {
	case column.IsText(dt):
		return text
	case id == arrow.DATE32 || id == arrow.DATE64 || id == arrow.TIMESTAMP:
		return moment
	default:
		if _, ok := column.NumberDigits(dt); ok && id != arrow.BOOL {
			return number
		}
	}
	return other
}

// prepare chooses how the values of the column are compared.
func (x *condition) prepare(col Column) error {
	k := kindOf(col.Type)
	if x.Ends() {
		return x.prepareEnds(k, col.Comma)
	}
	x.form = func(label string) (string, bool) { return label, true }
	x.inner = map[string]bool{}
	for _, above := range x.tree {
		x.inner[above] = true
	}
	switch {
	case x.tree != nil:
		x.form = func(code string) (string, bool) {
			_, ok := x.tree[code]
			return code, ok
		}
	case k == number:
		x.form = func(label string) (string, bool) {
			if n, ok := numberOf(label); ok {
				return n.RatString(), true
			}
			return "", false
		}
	case k == moment:
		x.form = func(label string) (string, bool) {
			t, ok := population.Time(label)
			return t.UTC().Format(time.RFC3339Nano), ok
		}
	case col.Type.ID() == arrow.BOOL:
		x.form = func(label string) (string, bool) { return label, label == "true" || label == "false" }
	}
	x.at = map[string]int{}
	for i, code := range x.Codes {
		value, ok := x.form(code)
		switch j, twice := x.at[value]; {
		case !ok && x.tree != nil:
			return fmt.Errorf("%w: code %d is not one of the codes of the column: correct the code, or its hierarchy", errCode, i+1)
		case !ok:
			return fmt.Errorf("%w: code %d is no value of a column of type %s", errCode, i+1, col.Type.Name())
		case twice:
			return fmt.Errorf("%w: code %d is the same value as code %d: take one of them out", errCode, i+1, j+1)
		}
		x.at[value] = i
	}
	return nil
}

func (x *condition) prepareEnds(k kind, comma bool) error {
	if from, to, err := x.Numbers(); err == nil {
		if k != number && k != text {
			return fmt.Errorf("%w: the ends are numbers, and the column has none", errCode)
		}
		x.within = func(label string) (bool, error) {
			if k == text && comma {
				label = strings.Replace(label, ",", ".", 1)
			}
			read := numberOf
			if k == text {
				read = population.Number
			}
			n, ok := read(label)
			if !ok {
				return false, errValue
			}
			return (from == nil || n.Cmp(from) >= 0) && (to == nil || n.Cmp(to) < 0), nil
		}
		return nil
	}
	from, to, err := x.Times()
	if err != nil {
		return err
	}
	if k != moment && k != text {
		return fmt.Errorf("%w: the ends are dates, and the column has none", errCode)
	}
	x.within = func(label string) (bool, error) {
		t, ok := population.Time(label)
		if !ok {
			return false, errTime
		}
		return (from == nil || !t.Before(*from)) && (to == nil || t.Before(*to)), nil
	}
	return nil
}

// decide reports whether a row with a value meets the condition.
func (x *condition) decide(label string) (bool, error) {
	if x.within != nil {
		return x.within(label)
	}
	if x.tree != nil {
		if _, ok := x.tree[label]; !ok || x.inner[label] {
			return false, errNoLeaf
		}
		found := false
		for code, ok := label, true; ok && code != ""; code, ok = x.tree[code] {
			if i, listed := x.at[code]; listed {
				x.seen[i], found = true, true
			}
		}
		return found != x.Not, nil
	}
	value, ok := x.form(label)
	if !ok {
		return false, errNoLeaf // a date that no calendar of package time has
	}
	i, found := x.at[value]
	if found {
		x.seen[i] = true
	}
	return found != x.Not, nil
}

// onNull reports whether a null meets the condition.
func (x *condition) onNull() bool { return x.Null && !x.Not }

// Columns lists the columns of the conditions, in the order of the arrays of [Picker.Pick].
func (p *Picker) Columns() []string {
	var out []string
	for _, x := range p.conditions {
		out = append(out, x.Column)
	}
	return out
}

// Pick returns the rows of a batch of n rows that meet all conditions, ascending. arrays has
// an array for each condition. row is the position of the first row in the data, for errors.
// The error is a *column.Error of the first row with a fault; the rows returned are then
// those before it.
func (p *Picker) Pick(arrays []arrow.Array, row int64, n int) ([]int32, error) {
	if cap(p.drop) < n {
		p.drop = make([]bool, n)
	}
	drop := p.drop[:n]
	clear(drop)
	var first *column.Error
	fault := func(err error) error {
		var at *column.Error
		if !errors.As(err, &at) || at.Row < row {
			return err
		}
		if first == nil || at.Row < first.Row {
			first = at
		}
		return nil
	}
	for k, x := range p.conditions {
		x.codes = slices.Grow(x.codes[:0], n)[:n]
		if err := x.encoder.Append(arrays[k], row, x.codes); err != nil {
			if err = fault(err); err != nil {
				return nil, err
			}
			x.codes = x.codes[:min(int64(n), first.Row-row)] // the others have no code
		}
		if err := x.learn(row); err != nil {
			if err = fault(err); err != nil {
				return nil, err
			}
		}
		for i, code := range x.codes {
			drop[i] = drop[i] || !x.meets[code]
		}
	}
	if first != nil {
		drop = drop[:first.Row-row]
	}
	keep := make([]int32, 0, len(drop))
	for i, d := range drop {
		if !d {
			keep = append(keep, int32(i))
		}
	}
	if first != nil {
		return keep, first
	}
	return keep, nil
}

// learn decides on the values that the last batch has added.
func (x *condition) learn(row int64) error {
	null, hasNull := x.encoder.Null()
	at, fault := -1, error(nil)
	for code := len(x.meets); code < x.encoder.Len(); code++ {
		if hasNull && uint32(code) == null {
			x.meets = append(x.meets, x.onNull())
			continue
		}
		ok, err := x.decide(x.encoder.Label(uint32(code)))
		x.meets = append(x.meets, ok)
		if err == nil {
			continue
		}
		if i := slices.Index(x.codes, uint32(code)); i >= 0 && (at < 0 || i < at) {
			at, fault = i, err
		}
	}
	if at >= 0 {
		return &column.Error{Column: x.Column, Row: row + int64(at), Err: fault}
	}
	return nil
}

// Merge takes in what another picker of the same conditions has seen.
func (p *Picker) Merge(o *Picker) {
	for k, x := range p.conditions {
		for i, s := range o.conditions[k].seen {
			x.seen[i] = x.seen[i] || s
		}
	}
}

// Absent yields, for each condition with codes that no row has, its column and the number of
// these codes.
func (p *Picker) Absent(yield func(column string, n int64) bool) {
	for _, x := range p.conditions {
		n := int64(0)
		for _, s := range x.seen {
			if !s {
				n++
			}
		}
		if n > 0 && !yield(x.Column, n) {
			return
		}
	}
}
