package linear

import (
	"slices"

	"github.com/sluis-go/sluis/internal/field"
)

// Vector is a sparse vector modulo the prime: rows rising, no zeros.
type Vector struct {
	Row []int32
	val []uint64
}

// Unit is the vector with a one in a row.
func Unit(row int32) Vector { return Vector{[]int32{row}, []uint64{1}} }

// at returns the entry in a row, 0 where there is none.
func (v Vector) at(row int32) uint64 {
	if len(v.Row) <= 8 {
		for i, r := range v.Row {
			if r == row {
				return v.val[i]
			}
		}
		return 0
	}
	if i, ok := slices.BinarySearch(v.Row, row); ok {
		return v.val[i]
	}
	return 0
}

// merge is scratch space for the sum of two vectors. born lists the rows that the sum has
// and the first vector has not; died lists the rows that the first vector has and the sum
// has not.
type merge struct {
	sum         Vector
	born, died  []int32 // rows, of all sums one after another
	nborn, ndie []int32 // their number, sum by sum
}

// axpy makes m.sum = a + f*b, and appends the rows that are new and that cancel.
// Entries of a in rows that are gone are left out; b has none.
func (m *merge) axpy(a Vector, f uint64, b Vector, gone []bool) {
	n := len(a.Row) + len(b.Row)
	if cap(m.sum.Row) < n {
		m.sum.Row, m.sum.val = make([]int32, 2*n), make([]uint64, 2*n)
	}
	row, val := m.sum.Row[:n], m.sum.val[:n]
	arow, aval := a.Row, a.val[:len(a.Row)]
	brow, bval := b.Row, b.val[:len(b.Row)]
	born, died := len(m.born), len(m.died)
	i, j, k := 0, 0, 0
	for i < len(arow) && j < len(brow) {
		ra, rb := arow[i], brow[j]
		switch {
		case ra < rb:
			if !gone[ra] {
				row[k], val[k] = ra, aval[i]
				k++
			}
			i++
		case ra > rb:
			row[k], val[k] = rb, field.Mul(f, bval[j])
			m.born = append(m.born, rb)
			j++
			k++
		default:
			if s := field.Add(aval[i], field.Mul(f, bval[j])); s != 0 {
				row[k], val[k] = ra, s
				k++
			} else {
				m.died = append(m.died, ra)
			}
			i++
			j++
		}
	}
	for ; i < len(arow); i++ {
		if !gone[arow[i]] {
			row[k], val[k] = arow[i], aval[i]
			k++
		}
	}
	m.born = append(m.born, brow[j:]...)
	for ; j < len(brow); j++ {
		row[k], val[k] = brow[j], field.Mul(f, bval[j])
		k++
	}
	m.sum.Row, m.sum.val = row[:k], val[:k]
	m.nborn = append(m.nborn, int32(len(m.born)-born))
	m.ndie = append(m.ndie, int32(len(m.died)-died))
}

// set copies a vector into the room of another where it fits.
func set(dst *Vector, v Vector) {
	n := len(v.Row)
	if cap(dst.Row) < n {
		room := n + n/4
		dst.Row, dst.val = make([]int32, room), make([]uint64, room)
	}
	dst.Row, dst.val = dst.Row[:n], dst.val[:n]
	copy(dst.Row, v.Row)
	copy(dst.val, v.val)
}

// parallel reports whether one of two vectors is a multiple of the other. Neither vector
// may be zero.
func parallel(a, b Vector) bool {
	if len(a.Row) == 0 || !slices.Equal(a.Row, b.Row) {
		return false
	}
	for i := range a.val {
		if field.Mul(a.val[i], b.val[0]) != field.Mul(b.val[i], a.val[0]) {
			return false
		}
	}
	return true
}
