package column

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Morsels cuts some columns of a table into runs of rows. Each run lies in one chunk of
// every column. A Morsels is immutable.
type Morsels struct {
	columns []*arrow.Chunked
	ends    [][]int // column -> chunk -> the row behind it
	cuts    []int   // morsel i is rows cuts[i] to cuts[i+1]
}

// NewMorsels cuts the given columns of a table, which it borrows, into runs of at
// most the given number of rows. Of columns that are longer than the table the rest is
// left out.
func NewMorsels(t arrow.Table, columns []int, most int) *Morsels {
	rows := int(t.NumRows())
	m := &Morsels{}
	for cut := 0; cut < rows; cut += most {
		m.cuts = append(m.cuts, cut)
	}
	m.cuts = append(m.cuts, rows)
	for _, c := range columns {
		col := t.Column(c).Data()
		var ends []int
		end := 0
		for _, chunk := range col.Chunks() {
			end += chunk.Len()
			ends = append(ends, end)
		}
		m.columns, m.ends = append(m.columns, col), append(m.ends, ends)
		m.cuts = append(m.cuts, ends...)
	}
	slices.Sort(m.cuts)
	m.cuts = slices.Compact(m.cuts)
	end, _ := slices.BinarySearch(m.cuts, rows)
	m.cuts = m.cuts[:end+1]
	return m
}

// Len returns the number of morsels.
func (m *Morsels) Len() int { return len(m.cuts) - 1 }

// Rows returns the rows of a morsel.
func (m *Morsels) Rows(i int) (lo, hi int) { return m.cuts[i], m.cuts[i+1] }

// Read fills dst with the columns of a morsel, which the caller releases.
func (m *Morsels) Read(dst []arrow.Array, i int) {
	lo, hi := m.Rows(i)
	for c, col := range m.columns {
		k, _ := slices.BinarySearch(m.ends[c], lo+1) // the first chunk that ends behind lo
		chunk := col.Chunk(k)
		start := m.ends[c][k] - chunk.Len()
		if start == lo && m.ends[c][k] == hi {
			chunk.Retain()
			dst[c] = chunk
		} else {
			dst[c] = array.NewSlice(chunk, int64(lo-start), int64(hi-start))
		}
	}
}
