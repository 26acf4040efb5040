package sdc

import (
	"fmt"
	"math/big"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
)

// plannedRelation is a declared relation over columns of the plan: in a row that keeps it,
// the sum of values times factors is 0. The factors are whole.
type plannedRelation struct {
	columns []int
	factors []*big.Int
}

// plannedBounds are the declared bounds of a column of the plan.
type plannedBounds struct {
	column      int
	least, most *big.Rat
}

// breach counts the rows that break a relation, and their respondents up to the number from
// which the relation is an error.
type breach struct {
	records int64
	who     map[uint64]struct{}
}

// addDeclared plans the columns of declared relations and bounds. Validate was called.
func (pl *plan) addDeclared(p *Policy) {
	d := &pl.data.Declared
	for i := range d.Relations {
		var r plannedRelation
		var factors []*big.Rat
		whole := big.NewInt(1)
		for name, f := range d.Terms(i) {
			r.columns = append(r.columns, pl.column(name, false, true))
			factors = append(factors, f)
			whole.Mul(whole, f.Denom())
		}
		for _, f := range factors {
			r.factors = append(r.factors, new(big.Int).Div(new(big.Int).Mul(f.Num(), whole), f.Denom()))
		}
		pl.relations = append(pl.relations, r)
	}
	for field, name := range d.Named() {
		if field == "Bounds" {
			least, most, _ := d.Range(name)
			pl.bounds = append(pl.bounds, plannedBounds{pl.column(name, false, true), least, most})
		}
	}
	if !p.MinContributors.Off {
		pl.exceptions = p.MinContributors.Min
	}
}

// holdDeclared holds a batch of n rows against the declared bounds and relations. A value out
// of bounds is an error. Rows that break a relation are counted.
func (w *worker) holdDeclared(n int, row int64) error {
	for _, b := range w.pl.bounds {
		if i := w.outside(&b, n); i >= 0 {
			return &ColumnError{Column: w.pl.columns[b.column].name, Row: row + int64(i), Err: fmt.Errorf("%w: the value lies outside of them; correct the bounds or the value", errBounds)}
		}
	}
	for k := range w.pl.relations {
		w.breaches(k, n)
	}
	return nil
}

// outside returns the first of n rows in which a value lies outside of its bounds; -1 where
// there is none.
func (w *worker) outside(b *plannedBounds, n int) int {
	nums := &w.numbers[b.column]
	// A whole unit of the batch is 10^-digits * 2^-shift.
	unit := new(big.Int).Lsh(exact.Pow10(w.digits[b.column]), uint(nums.Shift))
	least := ceiling(b.least, unit)
	most := new(big.Int).Neg(ceiling(new(big.Rat).Neg(b.most), unit))
	short := nums.Small != nil && least.IsInt64() && most.IsInt64()
	lo, hi := least.Int64(), most.Int64()
	for i := range n {
		switch {
		case nums.Null != nil && nums.Null[i]:
		case short:
			if x := nums.Small[i]; x < lo || x > hi {
				return i
			}
		default:
			if x := bigNumber(nums, i); x.Cmp(least) < 0 || x.Cmp(most) > 0 {
				return i
			}
		}
	}
	return -1
}

// ceiling returns the least whole number that is at least x times unit.
func ceiling(x *big.Rat, unit *big.Int) *big.Int {
	num := new(big.Int).Mul(x.Num(), unit)
	// Div rounds down where the divisor is positive.
	return num.Neg(num.Div(num.Neg(num), x.Denom()))
}

// bigNumber returns number i in units.
func bigNumber(nums *column.Numbers, i int) *big.Int {
	switch {
	case nums.Wide != nil:
		return nums.Wide[i].Big()
	case nums.Mid != nil:
		return nums.Mid[i].Big()
	}
	return big.NewInt(nums.Small[i])
}

// breaches counts the rows of a batch that break relation k. A null counts as 0.
func (w *worker) breaches(k, n int) {
	r := &w.pl.relations[k]
	digits, shift := 0, 0
	for _, c := range r.columns {
		digits, shift = max(digits, w.digits[c]), max(shift, w.numbers[c].Shift)
	}
	// All numbers in the finest unit. times is what a unit of each column is there.
	times, short := make([]*big.Int, len(r.columns)), make([]int64, len(r.columns))
	fits, bits := true, 0
	for j, c := range r.columns {
		nums := &w.numbers[c]
		times[j] = new(big.Int).Mul(r.factors[j], exact.Pow10(digits-w.digits[c]))
		times[j].Lsh(times[j], uint(shift-nums.Shift))
		fits = fits && nums.Small != nil && times[j].IsInt64()
		short[j] = times[j].Int64()
		bits = max(bits, nums.Bits+times[j].BitLen())
	}
	fits = fits && bits+len(r.columns) <= 62 // a sum of n numbers has at most n bits more
	for i := range n {
		broken := false
		if fits {
			sum := int64(0)
			for j, c := range r.columns {
				if nums := &w.numbers[c]; nums.Null == nil || !nums.Null[i] {
					sum += short[j] * nums.Small[i]
				}
			}
			broken = sum != 0
		} else {
			sum := new(big.Int)
			for j, c := range r.columns {
				if nums := &w.numbers[c]; nums.Null == nil || !nums.Null[i] {
					sum.Add(sum, new(big.Int).Mul(times[j], bigNumber(nums, i)))
				}
			}
			broken = sum.Sign() != 0
		}
		if broken {
			w.broken[k].note(w, i)
		}
	}
}

// note takes in row i of the batch of a worker.
func (b *breach) note(w *worker, i int) {
	b.records++
	if c := w.pl.respondent; c >= 0 && int64(len(b.who)) < w.pl.exceptions {
		key, _ := w.unit(c, i)
		if b.who == nil {
			b.who = map[uint64]struct{}{}
		}
		b.who[key] = struct{}{}
	}
}

// merge adds o; codes maps the codes of units in o.
func (b *breach) merge(o *breach, codes evidence.Codes) {
	b.records += o.records
	for key := range o.who {
		if codes.Respondent != nil {
			key = uint64(codes.Respondent[key])
		}
		if b.who == nil {
			b.who = map[uint64]struct{}{}
		}
		b.who[key] = struct{}{}
	}
}

// respondents returns how many respondents break the relation; from the number on from which
// the relation is an error, perhaps fewer than that.
func (b *breach) respondents(pl *plan) int64 {
	if pl.respondent < 0 {
		return b.records
	}
	return int64(len(b.who))
}
