package attacker

import "slices"

// rowOf is one fact about the variables: sum of coef * x = rhs, or >= rhs.
type rowOf struct {
	coef  []int64
	rhs   int64
	least bool // >=
}

// tableau is a linear program over variables that are not negative, in canonical form.
type tableau struct {
	n     int          // columns: variables, then one slack for each row with least
	rows  [][]fraction // n columns, then the right side
	basis []int        // of rows: the column
}

// newTableau finds a first point; false where there is none.
func newTableau(vars int, facts []rowOf) (*tableau, bool) {
	n := vars
	for _, f := range facts {
		if f.least {
			n++
		}
	}
	t := &tableau{n: n}
	slack := vars
	for _, f := range facts {
		row := make([]fraction, n+1)
		for j := range row {
			row[j] = fraction{0, 1}
		}
		for j, c := range f.coef {
			row[j] = whole(c)
		}
		row[n] = whole(f.rhs)
		if f.least {
			row[slack] = whole(-1)
			slack++
		}
		if f.rhs < 0 {
			for j := range row {
				row[j] = row[j].neg()
			}
		}
		t.rows, t.basis = append(t.rows, row), append(t.basis, -1)
	}
	// Phase 1: the sum of the artificial variables, which have no columns, goes to 0.
	w := make([]fraction, n+1)
	for j := range w {
		w[j] = whole(0)
		for _, row := range t.rows {
			w[j] = w[j].add(row[j])
		}
	}
	for {
		in := slices.IndexFunc(w[:n], func(x fraction) bool { return x.n > 0 })
		if in < 0 || w[n].zero() {
			break
		}
		out := t.leaves(in)
		if out < 0 {
			return nil, false
		}
		t.pivot(out, in, w)
	}
	if !w[n].zero() {
		return nil, false
	}
	// Artificial variables that are left are 0: out, or the row says nothing.
	for i := 0; i < len(t.rows); i++ {
		if t.basis[i] >= 0 {
			continue
		}
		if in := slices.IndexFunc(t.rows[i][:n], func(x fraction) bool { return x.n != 0 }); in >= 0 {
			t.pivot(i, in, nil)
			continue
		}
		t.rows, t.basis = slices.Delete(t.rows, i, i+1), slices.Delete(t.basis, i, i+1)
		i--
	}
	return t, true
}

// leaves is the row of the variable that leaves when a column enters: least ratio, then
// least column (Bland), artificial ones first.
func (t *tableau) leaves(in int) int {
	out := -1
	var least fraction
	for i, row := range t.rows {
		if row[in].n <= 0 {
			continue
		}
		r := row[t.n].div(row[in])
		if out >= 0 {
			if c := r.cmp(least); c > 0 || c == 0 && t.basis[i] >= t.basis[out] {
				continue
			}
		}
		out, least = i, r
	}
	return out
}

func (t *tableau) pivot(out, in int, objective []fraction) {
	row := t.rows[out]
	if p := row[in]; p != whole(1) {
		for j, x := range row {
			if x.n != 0 {
				row[j] = x.div(p)
			}
		}
	}
	clear := func(other []fraction) {
		f := other[in]
		if f.n == 0 {
			return
		}
		for j, x := range row {
			if x.n != 0 {
				other[j] = other[j].sub(f.mul(x))
			}
		}
	}
	for i, other := range t.rows {
		if i != out {
			clear(other)
		}
	}
	if objective != nil {
		clear(objective)
	}
	t.basis[out] = in
}

// most maximizes a form and returns the point; bounded is false where it grows for ever.
func (t *tableau) most(form []int64) (value fraction, point []fraction, bounded bool) {
	obj := make([]fraction, t.n+1) // reduced costs; right side: minus the value
	for j := range obj {
		obj[j] = whole(0)
	}
	for j, c := range form {
		obj[j] = whole(c)
	}
	for i, b := range t.basis {
		if f := obj[b]; f.n != 0 {
			for j, x := range t.rows[i] {
				if x.n != 0 {
					obj[j] = obj[j].sub(f.mul(x))
				}
			}
		}
	}
	for {
		in := slices.IndexFunc(obj[:t.n], func(x fraction) bool { return x.n > 0 })
		if in < 0 {
			break
		}
		out := t.leaves(in)
		if out < 0 {
			return fraction{}, nil, false
		}
		t.pivot(out, in, obj)
	}
	point = make([]fraction, len(form))
	for j := range point {
		point[j] = whole(0)
	}
	for i, b := range t.basis {
		if b < len(form) {
			point[b] = t.rows[i][t.n]
		}
	}
	return obj[t.n].neg(), point, true
}
