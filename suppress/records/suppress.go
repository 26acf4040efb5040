package records

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// MissingCode stands for a value that is missing or suppressed.
const MissingCode = ^uint32(0)

// Matching says how a missing value counts in the size of a class.
type Matching uint8

const (
	// Wildcard: a missing value matches every value, and every value it.
	Wildcard Matching = iota + 1
	// Category: a missing value is a category of its own.
	Category
)

// Options set the goal of local suppression.
type Options struct {
	// K is the least size of a class that is safe. Required, at least 2.
	K int
	// Matching is required.
	Matching Matching
	// Cost is the price of suppressing one value of each key. Required, each at
	// least 1: the more important a key, the dearer.
	Cost []int64
	// UpTo, where above 0, asks for K on every combination of at most so many keys
	// rather than on all keys together.
	UpTo int
	// Respondent is the respondent of each record. Classes and candidates are then
	// counted in distinct respondents. Defaults to nil: every record is a respondent of
	// its own.
	Respondent []uint32
	// RespondentColumn is the column from which [SuppressTable] takes Respondent. Nulls in
	// it are refused. Defaults to none.
	RespondentColumn string
}

// Result is the result of Suppress.
type Result struct {
	Keys       [][]uint32 // key -> record -> code, MissingCode where suppressed
	Suppressed []int64    // values of each key
	Cost       int64
	// Least is the smallest number of candidates of any record: respondents with a record
	// that agrees with the true keys of that record. At least K.
	Least int64
}

// Suppress suppresses single values of records, at low cost, until on every combination
// of keys that is looked at
//
//	the class of every record has at least K respondents, and
//	every record has at least K candidates.
//
// The class of a record is the set of records, itself included, that agree with it in the
// result; missing values match as declared. The candidates of a record are the records
// that agree with its true keys: an attacker who knows the true keys finds these.
//
//   - A value of the result agrees with itself.
//   - A suppressed value agrees with every value.
//   - A value that is missing in the data is unknown here, but an attacker may know it.
//     It agrees only with missing values of the result: any true value has at least these
//     candidates.
//
// Under Category all records of a class have one pattern of missing values, so the first
// condition implies the second.
//
// keys[v][i] is the code of key v of record i; the slices are not changed. The search
// works as follows:
//
//   - For a record in a class that is too small, it suppresses the cheapest value or set
//     of values of that record that makes the class large enough.
//   - For a record with too few candidates, it suppresses values of other records: those
//     that are cheapest to make agree, for rare records first.
//   - Under Category suppression makes other classes smaller. Classes that remain too
//     small are joined with the cheapest other class, until all are large enough.
//
// There is a result wherever there are K respondents: all values of all records may be
// suppressed. The result is counted again from the beginning before it is returned. The
// error wraps
//
//   - ErrInfeasible, where there are fewer respondents than K;
//   - ErrUndecided, where the recount finds too few;
//   - ErrRequest.
//
// The order of records changes only which of equal records loses a value. The cost of the
// cheapest solution may be less: the problem is NP-hard (Meyerson and Williams 2004). The
// time of a pass is in proportion to records times combinations times patterns of missing
// values.
func Suppress(ctx context.Context, keys [][]uint32, o Options) (*Result, error) {
	if ctx == nil {
		return nil, fmt.Errorf("%w: the context is nil", ErrRequest)
	}
	l, err := newLocalSearch(keys, o)
	if err != nil {
		return nil, err
	}
	if l.respondents() < o.K {
		what := "records"
		if o.Respondent != nil {
			what = "respondents"
		}
		return nil, fmt.Errorf("%w: fewer %s than a class needs", ErrInfeasible, what)
	}
	for pass := 0; pass <= len(keys)*len(l.combos)+1; pass++ {
		changed := false
		for _, combo := range l.combos {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			c, err := l.mend(ctx, combo)
			if err != nil {
				return nil, err
			}
			changed = changed || c
		}
		if !changed {
			break
		}
	}
	if err := l.finish(ctx); err != nil {
		return nil, err
	}
	// Counted again from the result alone.
	out := &Result{Keys: l.out, Suppressed: make([]int64, len(keys)), Least: int64(l.n)}
	for _, combo := range l.combos {
		if len(l.small(l.classes(combo))) > 0 {
			return nil, fmt.Errorf("%w: records with small classes are left", ErrUndecided)
		}
		least, err := l.leastCandidates(ctx, combo)
		if err != nil {
			return nil, err
		}
		if least < o.K {
			return nil, fmt.Errorf("%w: records with few candidates are left", ErrUndecided)
		}
		out.Least = min(out.Least, int64(least))
	}
	for v := range keys {
		for i := range keys[v] {
			if keys[v][i] != l.out[v][i] {
				out.Suppressed[v]++
				out.Cost += o.Cost[v]
			}
		}
	}
	return out, nil
}

type localSearch struct {
	o      Options
	n      int
	truth  [][]uint32
	out    [][]uint32
	combos [][]int // key numbers, small ones first
}

func newLocalSearch(keys [][]uint32, o Options) (*localSearch, error) {
	switch {
	case len(keys) == 0 || len(keys) > 30:
		return nil, fmt.Errorf("%w: from 1 to 30 keys", ErrRequest)
	case o.K < 2:
		return nil, fmt.Errorf("%w: K must be at least 2", ErrRequest)
	case o.Matching != Wildcard && o.Matching != Category:
		return nil, fmt.Errorf("%w: how missing values match is not declared", ErrRequest)
	case len(o.Cost) != len(keys) || slices.Min(o.Cost) < 1:
		return nil, fmt.Errorf("%w: every key needs a cost of at least 1", ErrRequest)
	case o.UpTo < 0 || o.UpTo > len(keys):
		return nil, fmt.Errorf("%w: combinations of more keys than there are", ErrRequest)
	case o.Respondent != nil && len(o.Respondent) != len(keys[0]):
		return nil, fmt.Errorf("%w: respondents of another number of records", ErrRequest)
	}
	l := &localSearch{o: o, n: len(keys[0]), truth: keys}
	for _, k := range keys {
		if len(k) != l.n {
			return nil, fmt.Errorf("%w: keys have different numbers of records", ErrRequest)
		}
		l.out = append(l.out, slices.Clone(k))
	}
	if o.UpTo == 0 {
		all := make([]int, len(keys))
		for v := range all {
			all[v] = v
		}
		l.combos = [][]int{all}
		return l, nil
	}
	for set := uint32(1); set < 1<<len(keys); set++ {
		var combo []int
		for v := range keys {
			if set>>v&1 == 1 {
				combo = append(combo, v)
			}
		}
		if len(combo) <= o.UpTo {
			l.combos = append(l.combos, combo)
		}
	}
	slices.SortStableFunc(l.combos, func(a, b []int) int { return cmp.Compare(len(a), len(b)) })
	return l, nil
}

// mend goes through the records with a small class on a combination of keys.
func (l *localSearch) mend(ctx context.Context, combo []int) (changed bool, err error) {
	c := l.classes(combo)
	sets := l.sets(combo)
	for n, i := range l.small(c) {
		if n%256 == 0 && ctx.Err() != nil {
			return false, ctx.Err()
		}
		code := c.code(i)
		if c.size(code) >= l.o.K {
			continue // by values that were suppressed since
		}
		now := slices.Clone(code)
		var best []int
		for _, set := range sets {
			copy(now, code)
			some := false
			for _, k := range set {
				some = some || code[k] != MissingCode
				now[k] = MissingCode
			}
			// The record itself moves to where it is counted.
			if some && c.sizeWith(now, i, c.matches(code, now)) >= l.o.K {
				best = set
				break
			}
		}
		if best == nil { // everything goes
			best = sets[len(sets)-1]
		}
		c.remove(code, i)
		for _, k := range best {
			if v := combo[k]; l.out[v][i] != MissingCode {
				l.out[v][i] = MissingCode
				changed = true
			}
		}
		c.add(c.code(i), i)
	}
	return changed, nil
}

// sets lists the sets of positions in a combination, the cheapest first, all of
// them last.
func (l *localSearch) sets(combo []int) [][]int {
	type priced struct {
		set  []int
		cost int64
	}
	var all []priced
	if len(combo) <= 12 {
		for bits := uint32(1); bits < 1<<len(combo); bits++ {
			var p priced
			for k := range combo {
				if bits>>k&1 == 1 {
					p.set = append(p.set, k)
					p.cost += l.o.Cost[combo[k]]
				}
			}
			all = append(all, p)
		}
	} else { // the cheapest one, two, three, ... keys
		order := make([]int, len(combo))
		for k := range order {
			order[k] = k
			all = append(all, priced{[]int{k}, l.o.Cost[combo[k]]})
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(l.o.Cost[combo[a]], l.o.Cost[combo[b]]) })
		sum := int64(0)
		for k, pos := range order {
			sum += l.o.Cost[combo[pos]]
			all = append(all, priced{slices.Clone(order[:k+1]), sum})
		}
	}
	slices.SortStableFunc(all, func(a, b priced) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(len(a.set), len(b.set)))
	})
	out := make([][]int, len(all))
	for i, p := range all {
		out[i] = p.set
	}
	return out
}

// small lists the records in a class that is too small.
func (l *localSearch) small(c *classes) []int {
	var out []int
	for i := range l.n {
		if c.size(c.code(i)) < l.o.K {
			out = append(out, i)
		}
	}
	return out
}
