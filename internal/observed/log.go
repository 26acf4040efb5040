package observed

import (
	"errors"
	"math"
	"math/big"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
)

// ErrTooMany says that there are more observations than positions.
var ErrTooMany = errors.New("more than 2^32 - 1 observations")

// Log keeps the observations of one table. A log is not safe for concurrent use. Each part
// of the data goes to a log of its own; logs merge.
type Log struct {
	table  *group.Table
	keeps  [Roles]bool // the units that batches carry
	blocks []block
	rows   int
	shift  int // the largest of the blocks
	ids    []uint32
}

// Roles of units.
const (
	Respondent = iota
	Holding
	Roles // how many there are
)

// block is the observations of a batch.
type block struct {
	cell  []uint32
	small []int64
	large []exact.Num // in place of small, where a number needs more than 64 bits
	shift int
	bits  int // of the largest absolute value
	units [Roles][]uint64
	kinds []kind // of the holdings
}

// kind says what a unit is.
type kind uint8

const (
	named   kind = iota
	itself       // the holding of a respondent without one
	several      // of the holdings of one respondent: none of them is counted
	row          // every observation is a unit
)

// New returns a log for tables of so many columns. respondents and holdings say which units
// batches carry. Without respondents every row is a respondent.
func New(columns int, respondents, holdings bool) *Log {
	return &Log{table: group.NewTable(columns), keeps: [Roles]bool{respondents, holdings}}
}

// Bytes returns how many bytes the observations take, before they are sorted.
func (l *Log) Bytes() int64 { return int64(l.rows) * l.RowBytes() }

// RowBytes returns how many bytes an observation takes.
func (l *Log) RowBytes() int64 {
	n := int64(4 + 8)
	if l.keeps[Respondent] {
		n += 8
	}
	if l.keeps[Holding] {
		n += 9
	}
	return n
}

// Shift returns the shift of the values that Look returns: a value is a whole number of the
// unit of the column times 2^-Shift.
func (l *Log) Shift() int { return l.shift }

// Batch is a batch of rows in codes. Slices are borrowed for the call.
type Batch struct {
	Rows  int
	Cols  [][]uint32 // a spanning column each
	Cards []int      // more than every code of the column
	// Respondent holds dense ids, or RespondentKey holds keys that mean the same in every
	// log: all batches use the same of the two. Likewise of holdings. Where HoldingNull is
	// true, the holding of the row is its respondent; nil where no holding is missing.
	Respondent, Holding       []uint32
	RespondentKey, HoldingKey []uint64
	HoldingNull               []bool
	Response                  *column.Numbers
}

// Add adds the rows of a batch that have a value.
func (l *Log) Add(b *Batch) error {
	if b.Rows == 0 {
		return nil
	}
	if cap(l.ids) < b.Rows {
		l.ids = make([]uint32, b.Rows)
	}
	ids := l.ids[:b.Rows]
	l.table.Insert(b.Cols, b.Cards, ids)
	v := b.Response
	rows := make([]int32, 0, b.Rows)
	for i := range b.Rows {
		if v.Null == nil || !v.Null[i] {
			rows = append(rows, int32(i))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if int64(l.rows)+int64(len(rows)) > math.MaxUint32 {
		return ErrTooMany
	}
	o := block{cell: pick(ids, rows), shift: v.Shift}
	o.values(v, rows)
	if l.keeps[Respondent] {
		o.units[Respondent] = keysOf(b.Respondent, b.RespondentKey, rows)
	}
	if l.keeps[Holding] {
		o.units[Holding] = keysOf(b.Holding, b.HoldingKey, rows)
		o.kinds = make([]kind, len(rows))
		for k, i := range rows {
			switch {
			case b.HoldingNull == nil || !b.HoldingNull[i]:
			case l.keeps[Respondent]:
				o.kinds[k], o.units[Holding][k] = itself, o.units[Respondent][k]
			default:
				o.kinds[k] = row
			}
		}
	}
	l.take(o)
	return nil
}

func (l *Log) take(o block) {
	l.blocks = append(l.blocks, o)
	l.rows += len(o.cell)
	l.shift = max(l.shift, o.shift)
}

// values fills in the values of some rows.
func (o *block) values(v *column.Numbers, rows []int32) {
	if v.Wide == nil && v.Mid == nil {
		o.small = pick(v.Small, rows)
		o.bits = v.Bits
		return
	}
	o.large = make([]exact.Num, len(rows))
	for k, i := range rows {
		if v.Wide != nil {
			o.large[k] = v.Wide[i].Num()
		} else {
			o.large[k] = v.Mid[i].Num()
		}
	}
}

func pick[T any](from []T, rows []int32) []T {
	out := make([]T, len(rows))
	for k, i := range rows {
		out[k] = from[i]
	}
	return out
}

// keysOf returns the units of some rows, of which one of the two lists is set.
func keysOf(dense []uint32, keys []uint64, rows []int32) []uint64 {
	if keys != nil {
		return pick(keys, rows)
	}
	out := make([]uint64, len(rows))
	for k, i := range rows {
		out[k] = uint64(dense[i])
	}
	return out
}

// Codes maps the codes of a log that is merged to those of the other: of each column, and the
// dense ids of respondents and holdings; nil for keys.
type Codes struct {
	Columns             [][]uint32
	Respondent, Holding []uint32
}

// Merge adds the observations of o, which must not be used afterwards. codes maps the codes of
// o.
func (l *Log) Merge(o *Log, codes Codes) error {
	if int64(l.rows)+int64(o.rows) > math.MaxUint32 {
		return ErrTooMany
	}
	groups := l.table.Merge(o.table, codes.Columns)
	for _, b := range o.blocks {
		for i, g := range b.cell {
			b.cell[i] = groups[g]
		}
		if to := codes.Holding; to != nil {
			for i, k := range b.kinds {
				if k == named {
					b.units[Holding][i] = uint64(to[b.units[Holding][i]])
				}
			}
		}
		if to := codes.Respondent; to != nil {
			for i, u := range b.units[Respondent] {
				b.units[Respondent][i] = uint64(to[u])
			}
			for i, k := range b.kinds {
				if k == itself {
					b.units[Holding][i] = b.units[Respondent][i]
				}
			}
		}
		l.take(b)
	}
	return nil
}

// Codes returns the code of every inner cell in one column.
func (l *Log) Codes(column int) []uint32 { return l.table.Codes(column) }

// Cells returns the number of inner cells.
func (l *Log) Cells() int { return l.table.Len() }

// spare is what a sum of all values may grow by, in bits.
func spare(rows int) int {
	n := 0
	for ; rows > 0; rows >>= 1 {
		n++
	}
	return n
}

// fits reports whether all values, and all sums of them, fit 63 bits.
func (l *Log) fits() bool {
	for i := range l.blocks {
		b := &l.blocks[i]
		if b.large != nil || b.bits+l.shift-b.shift+spare(l.rows) > 62 {
			return false
		}
	}
	return true
}

// at returns value i of a block, shifted to the shift of the log.
func (b *block) at(i, shift int) exact.Num {
	var x exact.Num
	if b.large != nil {
		x = b.large[i]
	} else {
		x = exact.NewNum(exact.FromInt64(b.small[i]))
	}
	if up := shift - b.shift; up > 0 {
		return exact.NumFromBig(new(big.Int).Lsh(x.Big(), uint(up)))
	}
	return x
}
