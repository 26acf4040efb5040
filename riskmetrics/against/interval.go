package against

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"sort"

	"github.com/sluis-go/sluis/internal/guard"
)

// Width says how wide the interval around a released value is.
type Width uint8

const (
	// Deviations is a part of the standard deviation (n-1) of the released values:
	//
	//	|x - y| <= part s
	//
	// with x the original and y the released value. With 0.05 this is dRisk of sdcMicro.
	Deviations Width = iota
	// Relative is a part of the released value:
	//
	//	|x - y| <= part |y|
	Relative
	// Ranks is a part of the records. The n released values are sorted. The interval is from
	// the value that is w places before the first that equals y, to the value that is w
	// places behind the last that equals y, or to the end, w being part n rounded down.
	Ranks
)

// String returns "deviations", "relative" or "ranks".
func (w Width) String() string {
	switch w {
	case Deviations:
		return "deviations"
	case Relative:
		return "relative"
	case Ranks:
		return "ranks"
	}
	return fmt.Sprintf("Width(%d)", uint8(w))
}

// Intervals says of how many records the released values tell the original ones within an
// interval.
type Intervals struct {
	// Names are the variables.
	Names []string
	// Records is the number of records that both files have.
	Records int64
	// Within is, by variable, the number of these whose original lies in the interval around
	// the released value; the ends are part of the interval. All is the number of records
	// for which this is so in every variable.
	Within []int64
	All    int64
}

// Intervals measures interval disclosure: the records whose original numbers lie within an
// interval around the released numbers. part is at least 0: 0.05 for intervals of 5 % on
// each side. A null that wildcard allows tells nothing against the record, as in sdcMicro:
// the variable counts as within. Under category a null is within where both are null.
//
// The comparison is exact. The error is ErrRequest for a nil or negative part, an unknown
// width, and where there are no numbers; or ctx.Err(). Time n log n. Sources: Pagliuca and
// Seri 1999; Mateo-Sanz, Sebé and Domingo-Ferrer 2004; Templ 2017.
func (p *Pair) Intervals(ctx context.Context, w Width, part *big.Rat) (out *Intervals, err error) {
	defer guard.Recover(&err)
	switch {
	case ctx == nil || part == nil || part.Sign() < 0:
		return nil, fmt.Errorf("%w: the context or the part is nil, or the part is negative", ErrRequest)
	case w > Ranks:
		return nil, fmt.Errorf("%w: there is no width %d", ErrRequest, w)
	case len(p.numbers) == 0:
		return nil, fmt.Errorf("%w: intervals are around numbers, and there are none", ErrRequest)
	}
	out = &Intervals{Records: int64(p.Paired()), Within: make([]int64, len(p.numbers))}
	all := make([]bool, p.rows[After])
	for i := range all {
		all[i] = true
	}
	for k := range p.numbers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v := &p.numbers[k]
		out.Names = append(out.Names, v.name)
		lo, hi := v.interval(w, part)
		for row, y := range v.codes[After] {
			x := v.codes[Before][p.partner[After][row]]
			within := false
			if x == none || y == none {
				within = p.wildcard || x == y
			} else {
				within = x >= lo[y] && x <= hi[y]
			}
			if within {
				out.Within[k]++
			} else {
				all[row] = false
			}
		}
	}
	for _, x := range all {
		if x {
			out.All++
		}
	}
	return out, nil
}

// interval returns, by code of the released value, the codes of the smallest and of the
// largest value in the interval.
func (v *number) interval(w Width, part *big.Rat) (lo, hi []uint32) {
	lo, hi = make([]uint32, len(v.value)), make([]uint32, len(v.value))
	if w == Ranks {
		sorted := slices.DeleteFunc(slices.Clone(v.codes[After]), func(c uint32) bool { return c == none })
		slices.Sort(sorted)
		n := len(sorted)
		width := new(big.Int).Mul(part.Num(), big.NewInt(int64(n)))
		if width.Quo(width, part.Denom()).Cmp(big.NewInt(int64(n))) > 0 {
			width.SetInt64(int64(n))
		}
		places := int(width.Int64())
		for first := 0; first < n; {
			last := first
			for last+1 < n && sorted[last+1] == sorted[first] {
				last++
			}
			lo[sorted[first]], hi[sorted[first]] = sorted[max(0, first-places)], sorted[min(n-1, last+places)]
			first = last + 1
		}
		return lo, hi
	}
	reach := new(big.Int)
	if w == Deviations {
		// |x-y| <= part s in whole numbers: the root of part^2 s^2, rounded down twice.
		num, den := v.variance(After)
		if den.Sign() > 0 {
			num.Mul(num, part.Num()).Mul(num, part.Num())
			den.Mul(den, part.Denom()).Mul(den, part.Denom())
			reach.Sqrt(num.Quo(num, den))
		}
	}
	end := new(big.Int)
	for y := range v.value {
		if w == Relative {
			reach.Mul(part.Num(), end.Abs(v.value[y]))
			reach.Quo(reach, part.Denom())
		}
		end.Sub(v.value[y], reach)
		lo[y] = uint32(sort.Search(y, func(x int) bool { return v.value[x].Cmp(end) >= 0 }))
		end.Add(v.value[y], reach)
		hi[y] = uint32(y + sort.Search(len(v.value)-1-y, func(x int) bool { return v.value[y+1+x].Cmp(end) > 0 }))
	}
	return lo, hi
}
