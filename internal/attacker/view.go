package attacker

import "slices"

// view is one attacker on a block: an outsider, or a contributor with its contributions.
type view struct {
	b     *block
	unit  string // "": an outsider
	own   []int64
	alone []fact // cells in which the attacker is alone, and knows it
	// The table of the other contributors is a point of poly, over the classes of kept;
	// the rest is 0.
	kept []int
	poly *polytope
}

// newView makes the view of a unit. strong says that the unit knows in which cells it is
// alone.
func (b *block) newView(unit string, strong bool) *view {
	v := &view{b: b, unit: unit, own: make([]int64, b.n)}
	if unit == "" {
		return v
	}
	w := b.w
	v.own = b.owned(func(r *Row) bool { return w.c.Data.unit(r) == unit })
	if strong {
		for _, c := range b.cells {
			e := w.c.gather(w.atomOf, c.set, w.response(c))
			if _, in := e.units[unit]; in && len(e.units) == 1 {
				v.alone = append(v.alone, fact{set: c.set, form: b.form(w.response(c), c.set), x: e.value})
			}
		}
	}
	return v
}

// agrees reports whether a table is possible for the view.
func (v *view) agrees(x []fraction) bool {
	if v.unit == "" {
		return true
	}
	if !v.b.free {
		for i, own := range v.own {
			if own != 0 && x[i].cmp(whole(own)) < 0 {
				return false
			}
		}
	}
	for _, f := range v.alone {
		if at(f.form, x) != whole(f.x) {
			return false
		}
	}
	for i := range v.b.facts {
		if f := &v.b.facts[i]; f.per != 0 && at(f.form, x).cmp(whole(v.rest(f)+dot(f.form, v.own))) < 0 {
			return false
		}
	}
	return true
}

// rest is what a fact says of the contributions of the others.
func (v *view) rest(f *fact) int64 {
	if f.per == 0 {
		return f.x - dot(f.form, v.own)
	}
	own := int64(0)
	for i := range v.b.w.c.Data.Rows {
		if r := &v.b.w.c.Data.Rows[i]; v.unit != "" && f.set[v.b.w.atomOf[i]] && v.b.w.c.Data.unit(r) == v.unit {
			own++
		}
	}
	return f.x - f.per*own
}

// solve prepares the polytope of the contributions of the other contributors.
func (v *view) solve() {
	if v.poly != nil {
		return
	}
	b := v.b
	facts := append(slices.Clone(b.facts), v.alone...)
	zero := make([]bool, b.n)
	if !b.free {
		for _, f := range facts {
			if !f.least && f.off == 0 && v.rest(&f) == 0 {
				for i, c := range f.form {
					zero[i] = zero[i] || c != 0
				}
			}
		}
	}
	for i := range b.n {
		if !zero[i] {
			v.kept = append(v.kept, i)
		}
	}
	var rows []rowOf
	for _, f := range rounded(facts) {
		r := rowOf{coef: v.shrink(f.form), rhs: v.rest(&f), least: f.least}
		if f.least && r.rhs <= 0 && f.off == 0 && !f.most && !(b.free && f.per != 0) {
			continue // the attacker is there
		}
		if !f.least && r.rhs == 0 && !slices.ContainsFunc(r.coef, func(c int64) bool { return c != 0 }) {
			continue
		}
		if !slices.ContainsFunc(rows, func(o rowOf) bool {
			return o.rhs == r.rhs && o.least == r.least && slices.Equal(o.coef, r.coef)
		}) {
			rows = append(rows, r)
		}
	}
	n := len(v.kept)
	if b.free {
		n *= 2
	}
	v.poly = newPolytope(n, rows, b.count() || b.w.c.Whole)
}

// rounded replaces each fact about a rounded value by two bounds.
func rounded(facts []fact) (out []fact) {
	for _, f := range facts {
		if f.off == 0 {
			out = append(out, f)
			continue
		}
		up := f
		up.form = make([]int64, len(f.form))
		for i, c := range f.form {
			up.form[i] = -c
		}
		up.x, up.least, f.x, f.least = -f.x-f.off, true, f.x-f.off, true
		out = append(out, f, up)
	}
	return out
}

// shrink is a form over the variables of the polytope. Values that may be negative are
// the difference of two variables.
func (v *view) shrink(form []int64) []int64 {
	out := make([]int64, 0, 2*len(v.kept))
	for _, i := range v.kept {
		out = append(out, form[i])
	}
	if v.b.free {
		for _, i := range v.kept {
			out = append(out, -form[i])
		}
	}
	return out
}

// reaches reports whether a table is possible in which sign * form is at least x, the
// contributions of the attacker included. A table that is found is kept.
func (v *view) reaches(form []int64, sign, x int64) bool {
	for _, p := range v.b.pool {
		if whole(sign).mul(at(form, p)).cmp(whole(x)) >= 0 && v.agrees(p) {
			return true
		}
	}
	v.solve()
	signed := make([]int64, len(form))
	for i, f := range form {
		signed[i] = sign * f
	}
	enough := whole(x - dot(signed, v.own))
	a := v.poly.most(v.shrink(signed), &enough)
	switch {
	case a.empty:
		return false
	case a.unbounded:
		return true
	}
	ok := a.value.cmp(enough) >= 0
	if a.point != nil {
		v.keep(a.point)
	}
	return ok
}

// keep adds a table to the pool.
func (v *view) keep(point []fraction) {
	full := make([]fraction, v.b.n)
	for i := range full {
		full[i] = whole(v.own[i])
	}
	for k, i := range v.kept {
		full[i] = full[i].add(point[k])
		if v.b.free {
			full[i] = full[i].sub(point[len(v.kept)+k])
		}
	}
	if len(v.b.pool) < 400 && !slices.ContainsFunc(v.b.pool, func(p []fraction) bool { return slices.Equal(p, full) }) {
		v.b.pool = append(v.b.pool, full)
	}
}

// determined reports whether all tables that are possible for the view have the true
// value of a form.
func (v *view) determined(form []int64) bool {
	truth := dot(form, v.b.truth)
	for _, p := range v.b.pool {
		if at(form, p) != whole(truth) && v.agrees(p) {
			return false
		}
	}
	if !v.b.count() && !v.b.w.c.Whole {
		return !v.other(form, 1, truth) && !v.other(form, -1, -truth)
	}
	return !v.reaches(form, 1, truth+1) && !v.reaches(form, -1, 1-truth)
}

// other reports whether sign * form can be more than x.
func (v *view) other(form []int64, sign, x int64) bool {
	v.solve()
	signed := make([]int64, len(form))
	for i, f := range form {
		signed[i] = sign * f
	}
	a := v.poly.most(v.shrink(signed), nil)
	if a.empty {
		return false
	}
	if a.unbounded {
		return true
	}
	v.keep(a.point)
	return a.value.cmp(whole(x-dot(signed, v.own))) > 0
}

// range_ is the least and the greatest value of a form; for reports.
func (v *view) bounds(form []int64) (least, most string) {
	v.solve()
	text := func(sign int64) string {
		signed := make([]int64, len(form))
		for i, f := range form {
			signed[i] = sign * f
		}
		a := v.poly.most(v.shrink(signed), nil)
		if a.empty {
			return "none"
		}
		if a.unbounded {
			return "unbounded"
		}
		x := a.value.add(whole(dot(signed, v.own))).mul(whole(sign))
		if x.d == 1 {
			return itoa(x.n)
		}
		return itoa(x.n) + "/" + itoa(x.d)
	}
	return text(-1), text(1)
}
