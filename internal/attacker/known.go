package attacker

import (
	"maps"
	"slices"
)

// fixed adds to the atoms without contributors those of two codes that never occur together,
// where the code of one variable fixes that of the other in all rows, and two codes or more of
// each occur: everybody knows that a county lies in one region. That one code alone occurs of
// those that are declared is not known. A pair that the spec declares a coincidence is not known, and
// nobody takes a sensitive variable for fixed.
func (w *world) fixed(empty set) {
	d := &w.c.Data
	spans := func(v int) bool {
		return slices.ContainsFunc(w.c.Outputs, func(o Output) bool { return slices.Contains(o.By, v) })
	}
	sensitive := func(v int) bool {
		return slices.ContainsFunc(w.c.Outputs, func(o Output) bool { return slices.Contains(o.Sensitive, v) })
	}
	for u := range d.Vars {
		for v := range d.Vars {
			if u == v || !spans(u) || !spans(v) || sensitive(v) || sensitive(u) ||
				slices.Contains(d.Independent, [2]int{u, v}) || slices.Contains(d.Independent, [2]int{v, u}) {
				continue
			}
			of, one := map[string]string{}, true
			for i := range d.Rows {
				a, b := d.Rows[i].Codes[u], d.Rows[i].Codes[v]
				if a == Missing || b == Missing {
					continue
				}
				was, ok := of[a]
				one = one && (!ok || was == b)
				of[a] = b
			}
			if values := slices.Compact(slices.Sorted(maps.Values(of))); !one || len(of) < 2 || len(values) < 2 {
				continue // a column of one code is fixed by nothing
			}
			for i, atom := range w.codes {
				if b, ok := of[atom[u]]; ok && atom[v] != Missing && atom[v] != b {
					empty[i] = true
				}
			}
		}
	}
}

// bounded lists what declared bounds say of cells and of single atoms: n records have n times
// the least value at least, and n times the greatest at most. Of a count that is hidden its own
// bounds are taken; without tables of counts nothing is known of n.
func (w *world) bounded(cells []*cell, counts *block) (out []fact) {
	if w.c.Data.Bounds == nil || counts == nil {
		return nil
	}
	outsider := counts.views[0]
	outsider.solve()
	end := func(f []int64, sign int64) (n int64, ok bool) {
		signed := make([]int64, len(f))
		for i, x := range f {
			signed[i] = sign * x
		}
		a := outsider.poly.most(outsider.shrink(signed), nil)
		if a.empty || a.unbounded {
			return 0, false
		}
		return sign * a.value.floor(), true
	}
	for _, c := range cells {
		r := w.response(c)
		f := counts.form(Count, c.set)
		least, ok := end(f, -1)
		bounds := w.c.Data.Bounds[r]
		// A smaller number of records of negative values is no bound from below.
		if most, all := end(f, 1); ok && all {
			per := func(x int64) int64 {
				if x < 0 {
					return most
				}
				return least
			}
			out = append(out, fact{response: r, set: c.set, x: per(bounds[0]) * bounds[0], per: bounds[0], least: true},
				fact{response: r, set: c.set, x: per(-bounds[1]) * -bounds[1], per: -bounds[1], least: true, most: true})
		}
	}
	return out
}

// few reports whether a sum of codes shows that few records have another code than the one at
// an end of the codes: whatever makes up the sum of n records, some have one, and fewer than
// least. It returns whether that is so of the other codes than the least, or than the
// greatest.
func few(codes []int64, n int, sum, least int64) bool {
	ways := func(d []int64, total int64) (lo, hi int64, ok bool) {
		// by[k] holds the sums that k records with d above 0 can have
		by := []map[int64]bool{{0: true}}
		for range n {
			next := map[int64]bool{}
			for x := range by[len(by)-1] {
				for _, y := range d {
					if y > 0 && x+y <= total {
						next[x+y] = true
					}
				}
			}
			by = append(by, next)
		}
		lo, hi = -1, -1
		for k, sums := range by {
			if sums[total] {
				if lo < 0 {
					lo = int64(k)
				}
				hi = int64(k)
			}
		}
		return lo, hi, lo >= 0
	}
	up, down := make([]int64, len(codes)), make([]int64, len(codes))
	for i, c := range codes {
		up[i], down[i] = c-slices.Min(codes), slices.Max(codes)-c
	}
	for _, e := range []struct {
		d     []int64
		total int64
	}{{up, sum - int64(n)*slices.Min(codes)}, {down, int64(n)*slices.Max(codes) - sum}} {
		if lo, hi, ok := ways(e.d, e.total); ok && lo > 0 && hi < least {
			return true
		}
	}
	return false
}
