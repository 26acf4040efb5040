package differencing

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/rows"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
)

// errDerive says that the cells of an output cannot be derived from its files.
var errDerive = errors.New("the cells cannot be derived from the files")

// tableIn is an output as it is derived: of the cells of one statistic.
type tableIn struct {
	made   *Made
	output *Output
	// response is the column that is summed, "" for a table of counts. contributors says
	// that the respondents with a response are counted.
	response     string
	contributors bool
	known        map[string]string // code key -> published value; nil for all cells
	cells        map[string]int32
	inner        map[string][]int32 // codes of a row -> cells
	sums         map[int32]*big.Rat
	picker       *rows.Picker // nil for all records
	keep         []bool       // the records of the batch that the output is about; nil for all
}

// pick finds the records of a batch that the output is about.
func (t *tableIn) pick(rec arrow.Record, first int64) error {
	if t.keep = nil; t.picker == nil {
		return nil
	}
	var arrays []arrow.Array
	for _, name := range t.picker.Columns() {
		arrays = append(arrays, rec.Column(rec.Schema().FieldIndices(name)[0]))
	}
	list, err := t.picker.Pick(arrays, first, int(rec.NumRows()))
	if err != nil {
		return err
	}
	t.keep = make([]bool, rec.NumRows())
	for _, i := range list {
		t.keep[i] = true
	}
	return nil
}

// element is what one respondent has in one combination of inner cells of the sums of one
// response, in the files of one group.
type element struct {
	cells []int32
	value *big.Rat
}

// family is the tables that count respondents, or those that sum one response.
type family struct {
	response string
	tables   []*tableIn
	cells    []cellIn
	// counted are the cells of each respondent, for counts.
	counted map[int32][]int32
	// parts are the elements of each respondent, by the group of files.
	parts []map[int32]map[string]*element
}

// cellIn is a cell of a family.
type cellIn struct {
	table *tableIn
	codes []string
}

// world is all that was read.
type world struct {
	who      map[string]int32
	families []*family
	seen     []map[int32]bool // group -> respondents
}

// number returns the number of a respondent.
func (w *world) number(id string) int32 {
	n, ok := w.who[id]
	if !ok {
		n = int32(len(w.who))
		w.who[id] = n
	}
	return n
}

// family returns the family of a response, "" for counts.
func (w *world) family(response string, groups int) *family {
	for _, f := range w.families {
		if f.response == response {
			return f
		}
	}
	f := &family{response: response, counted: map[int32][]int32{}, parts: make([]map[int32]map[string]*element, groups)}
	for i := range f.parts {
		f.parts[i] = map[int32]map[string]*element{}
	}
	w.families = append(w.families, f)
	return f
}

// table adds the cells of one statistic of an output.
func (w *world) table(m *Made, o *Output, response string, contributors bool, groups int) {
	name := response
	if contributors {
		name = ""
	}
	f := w.family(name, groups)
	f.tables = append(f.tables, &tableIn{
		made: m, output: o, response: response, contributors: contributors, known: o.published(name != ""),
		cells: map[string]int32{}, inner: map[string][]int32{}, sums: map[int32]*big.Rat{},
	})
}

// at returns the number of a cell in the family, -1 for one that was not published.
func (f *family) at(t *tableIn, codes []string) int32 {
	key := cellKey(codes)
	if n, ok := t.cells[key]; ok {
		return n
	}
	n := int32(-1)
	if _, ok := t.known[key]; ok || t.known == nil {
		n = int32(len(f.cells))
		f.cells = append(f.cells, cellIn{t, codes})
	}
	t.cells[key] = n
	return n
}

// cellKey is a list of codes as one text.
func cellKey(codes []string) string {
	var b strings.Builder
	for _, c := range codes {
		fmt.Fprintf(&b, "%d:%s", len(c), c)
	}
	return b.String()
}

// coded is a column of a file: codes for its values, and what is known of each.
type coded struct {
	encoder *column.Encoder
	codes   []uint32
	rats    []*big.Rat
}

// read derives the cells of all tables of a group of releases that were made from the same
// files.
func (w *world) read(ctx context.Context, group int, of []*Made) (err error) {
	m := of[0]
	opts := source.Options{Copies: m.Reading.Copies, Sums: map[string]string{}}
	for i, name := range m.Files {
		opts.Sums[filepath.Clean(name)] = m.SHA256[i]
	}
	csv := &opts.CSV
	csv.Nulls, csv.DecimalComma, csv.Trim, csv.Types = m.Reading.Nulls, m.Reading.DecimalComma, m.Reading.Trim, m.Reading.Types
	csv.Encoding = source.Encoding(m.Reading.Encoding)
	if d := []rune(m.Reading.Delimiter); len(d) == 1 {
		csv.Delimiter = d[0]
	}
	var names, numbers []string
	for _, x := range of {
		c, n := x.columns()
		for _, name := range slices.Concat(c, n) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			if slices.Contains(c, name) && slices.Contains(n, name) {
				return fmt.Errorf("%w: column %q is a code and a response", errDerive, name)
			}
		}
		numbers = append(numbers, n...)
	}
	for _, name := range numbers {
		if csv.Types[name] == "" && !slices.Contains(csv.Numbers, name) {
			csv.Numbers = append(csv.Numbers, name)
		}
	}
	src, err := source.Open(ctx, m.Files, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	if err := src.Need(names...); err != nil {
		return err
	}
	r, err := src.Reader(ctx, names)
	if err != nil {
		return err
	}
	defer r.Release()
	columns := map[string]*coded{}
	for _, f := range r.Schema().Fields() {
		e, err := column.NewEncoder(f.Name, f.Type)
		if err != nil {
			return err
		}
		columns[f.Name] = &coded{encoder: e}
	}
	for _, f := range w.families {
		for _, t := range f.tables {
			if !slices.Contains(of, t.made) {
				continue
			}
			if t.picker, err = t.output.Definition.picker(r.Schema(), m.Reading.DecimalComma); err != nil {
				return err
			}
		}
	}
	row := int64(0)
	for r.Next() {
		rec := r.Record()
		if err := w.record(group, of, columns, rec, row); err != nil {
			return err
		}
		row += rec.NumRows()
	}
	return r.Err()
}

// record derives the cells of the rows of a record.
func (w *world) record(group int, of []*Made, columns map[string]*coded, rec arrow.Record, first int64) error {
	n := int(rec.NumRows())
	for i, f := range rec.Schema().Fields() {
		c := columns[f.Name]
		c.codes = slices.Grow(c.codes[:0], n)[:n]
		if err := c.encoder.Append(rec.Column(i), first, c.codes); err != nil {
			return err
		}
	}
	for _, f := range w.families {
		for _, t := range f.tables {
			if !slices.Contains(of, t.made) {
				continue
			}
			if err := t.pick(rec, first); err != nil {
				return err
			}
		}
	}
	m := of[0]
	for i := range n {
		id := fmt.Sprint("row ", first+int64(i))
		if name := m.Reading.Respondent; name != "" {
			c := columns[name]
			if null, ok := c.encoder.Null(); ok && c.codes[i] == null {
				return fmt.Errorf("%w: a row has no respondent", errDerive)
			}
			id = "respondent " + c.encoder.Label(c.codes[i])
		}
		who := w.number(id)
		w.seen[group][who] = true
		for _, f := range w.families {
			if err := f.row(group, of, columns, i, who); err != nil {
				return err
			}
		}
	}
	return nil
}

// row adds a row to the tables of a family.
func (f *family) row(group int, of []*Made, columns map[string]*coded, i int, who int32) error {
	var cells []int32
	var value *big.Rat
	for _, t := range f.tables {
		if !slices.Contains(of, t.made) || t.keep != nil && !t.keep[i] {
			continue
		}
		if t.response != "" {
			x, err := columns[t.response].number(i)
			if err != nil {
				return err
			}
			if x == nil {
				continue
			}
			value = x
		}
		in, err := t.of(f, columns, i)
		if err != nil {
			return err
		}
		cells = append(cells, in...)
		for _, c := range in {
			if f.response != "" {
				if t.sums[c] == nil {
					t.sums[c] = new(big.Rat)
				}
				t.sums[c].Add(t.sums[c], value)
			}
		}
	}
	if len(cells) == 0 {
		return nil
	}
	slices.Sort(cells)
	if f.response == "" {
		have := f.counted[who]
		for _, c := range cells {
			if k, ok := slices.BinarySearch(have, c); !ok {
				have = slices.Insert(have, k, c)
			}
		}
		f.counted[who] = have
		return nil
	}
	parts := f.parts[group][who]
	if parts == nil {
		parts = map[string]*element{}
		f.parts[group][who] = parts
	}
	key := make([]byte, 0, 4*len(cells))
	for _, c := range cells {
		key = binary.LittleEndian.AppendUint32(key, uint32(c))
	}
	if e := parts[string(key)]; e != nil {
		e.value = new(big.Rat).Add(e.value, value)
	} else {
		parts[string(key)] = &element{cells, value}
	}
	return nil
}

// number returns the value of a row of a column of numbers, nil for null.
func (c *coded) number(i int) (*big.Rat, error) {
	code := c.codes[i]
	if null, ok := c.encoder.Null(); ok && code == null {
		return nil, nil
	}
	for len(c.rats) <= int(code) {
		c.rats = append(c.rats, nil)
	}
	if c.rats[code] == nil {
		x, ok := new(big.Rat).SetString(c.encoder.Label(code))
		if !ok {
			return nil, fmt.Errorf("%w: a response is no number", errDerive)
		}
		c.rats[code] = x
	}
	return c.rats[code], nil
}

// of returns the published cells that a row is part of.
func (t *tableIn) of(f *family, columns map[string]*coded, i int) ([]int32, error) {
	d := &t.output.Definition
	key := make([]byte, 0, 4*len(d.By))
	for _, name := range d.By {
		c := columns[name]
		if null, ok := c.encoder.Null(); ok && c.codes[i] == null {
			switch sdc.Missing(d.Missing[name]) {
			case sdc.MissingExclude:
				return nil, nil
			case sdc.MissingCategory:
			default:
				return nil, fmt.Errorf("%w: column %q has a null", errDerive, name)
			}
		}
		key = binary.LittleEndian.AppendUint32(key, c.codes[i])
	}
	if cells, ok := t.inner[string(key)]; ok {
		return cells, nil
	}
	path := make([][]string, len(d.By))
	for v, name := range d.By {
		c := columns[name]
		if null, ok := c.encoder.Null(); ok && c.codes[i] == null {
			path[v] = []string{column.MissingLabel}
		} else if path[v] = d.chains(name, column.Written).of(c.encoder.Label(c.codes[i])); path[v] == nil {
			return nil, fmt.Errorf("%w: column %q has a code that is not in its tree", errDerive, name)
		}
	}
	cells := []int32{}
	for _, codes := range d.cellsOf(path) {
		if c := f.at(t, codes); c >= 0 {
			cells = append(cells, c)
		}
	}
	t.inner[string(key)] = cells
	return cells, nil
}
