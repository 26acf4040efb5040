package hide

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/sluis-go/sluis/suppress/verify"
)

// handmade is a pattern that nobody has proven: of cells of these tables, all published.
func handmade(g *Tables) *Pattern {
	return &Pattern{problem: g.problem, status: make([]Status, len(g.problem.cells))}
}

// threeUnsafe is a table of three unsafe cells of 12.
func threeUnsafe(t *testing.T) *Tables {
	t.Helper()
	v := CodeList{Name: "a", Codes: []string{"", "p", "q", "r", "s"}, Parents: []int{-1, 0, 0, 0, 0}}
	w := CodeList{Name: "b", Codes: []string{"", "x", "y", "z"}, Parents: []int{-1, 0, 0, 0}}
	l, err := newLayout([]CodeList{v, w})
	if err != nil {
		t.Fatal(err)
	}
	x := &table{layout: l, name: "t", count: true, value: make([]int64, l.n), shown: slices.Repeat([]bool{true}, l.n)}
	cells := make([]Cell, l.n)
	x.id = make([]int32, l.n)
	for k := range l.n {
		x.id[k] = int32(k)
		if l.inner(k) {
			x.value[k] = 20 + int64(k)
		}
	}
	at := func(a, b int) int { return a*l.stride[0] + b*l.stride[1] }
	unsafe := []int{at(1, 1), at(2, 2), at(4, 3)}
	for i, k := range unsafe {
		x.value[k] = int64(i + 1)
	}
	if err := l.rollUp(x.value); err != nil {
		t.Fatal(err)
	}
	for k := range cells {
		cells[k] = Cell{Value: x.value[k], Cost: 1}
		if slices.Contains(unsafe, k) {
			cells[k].Status = Primary
		}
	}
	p, err := New(cells, unionRelations([]*layout{l}, [][]int32{x.id}), Attacker{Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	return &Tables{problem: p, list: []*table{x}}
}

// TestHandmade: a pattern that hides nothing of a table with three unsafe cells makes no
// release. Releases that were made with no proof would pass certificate and verifiers,
// which see nothing to prove: so it is what makes releases that must ask.
func TestHandmade(t *testing.T) {
	ctx := context.Background()
	g := threeUnsafe(t)
	names := []string{"t.release.csv"}

	t.Run("what the verifiers cannot see", func(t *testing.T) {
		p := handmade(g)
		releases := g.releases(p)
		c, err := Certify(ctx, releases, names, g.problem.Attacker(), 1)
		if err != nil {
			t.Fatal(err)
		}
		twin, err := g.twin(p, releases, names)
		if err != nil {
			t.Fatal(err)
		}
		var a, b, d bytes.Buffer
		if err := errors.Join(releases[0].WriteCSV(&a), c.WriteJSON(&b), twin.WriteJSON(&d)); err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{names[0]: {Data: a.Bytes()}, testCertificate: {Data: b.Bytes()}, twinName: {Data: d.Bytes()}}
		if _, err := verify.Certificate(t.Context(), files, testCertificate, verify.Limits{}); err != nil {
			t.Fatal(err)
		}
		if v, err := verify.Confidential(t.Context(), files, twinName, verify.Limits{}); err != nil || v.Unsafe != 0 {
			t.Fatal(v, err)
		}
	})

	refuses := func(t *testing.T, p *Pattern, why error, cells int) {
		t.Helper()
		releases, err := g.Releases(p)
		twin, other := g.Confidential(p, nil, nil)
		for _, err := range []error{err, other} {
			var list *CellsError
			if !errors.Is(err, why) || errors.As(err, &list) != (cells > 0) || cells > 0 && len(list.Cells) != cells {
				t.Errorf("got %v, wanted %v of %d cells", err, why, cells)
			}
		}
		if releases != nil || twin != nil {
			t.Error("something is released")
		}
	}
	good, err := Protect(ctx, g.problem, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("nothing hidden", func(t *testing.T) { refuses(t, handmade(g), ErrUndecided, 3) })
	t.Run("the unsafe cells alone", func(t *testing.T) {
		p := handmade(g)
		for k, c := range g.problem.cells {
			p.status[k] = c.Status
		}
		refuses(t, p, ErrUndecided, 3)
	})
	t.Run("the proof left out", func(t *testing.T) {
		p := *good
		p.needs, p.witnesses = nil, nil
		refuses(t, &p, ErrUndecided, 3)
	})
	t.Run("one unsafe cell published", func(t *testing.T) {
		p := *good
		p.status = slices.Clone(good.status)
		p.status[slices.Index(p.status, Primary)] = Safe
		refuses(t, &p, ErrUndecided, 0)
	})
	t.Run("zero", func(t *testing.T) { refuses(t, new(Pattern), ErrRequest, 0) })
	t.Run("nil", func(t *testing.T) { refuses(t, nil, ErrRequest, 0) })
	t.Run("of another problem of equal length", func(t *testing.T) {
		cells := g.problem.Cells()
		for k := range cells {
			cells[k].Status = Safe
		}
		q, err := New(cells, g.problem.Relations(), g.problem.Attacker())
		if err != nil {
			t.Fatal(err)
		}
		p, err := Protect(ctx, q, Options{})
		if err != nil {
			t.Fatal(err)
		}
		refuses(t, p, ErrRequest, 0)
	})
	t.Run("the problem is not the caller's to change", func(t *testing.T) {
		cells := g.problem.Cells()
		cells[slices.IndexFunc(cells, func(c Cell) bool { return c.Status == Primary })].Status = Safe
		g.problem.Relations()[0].Parts[0] = 0
		good.Status()[0] = Primary
		if _, err := g.Releases(good); err != nil {
			t.Fatal(err)
		}
	})
}

// TestRoundedTooClose: rounding that leaves a cell too closely known, or of which that is
// not known, releases nothing and states nothing.
func TestRoundedTooClose(t *testing.T) {
	g := threeUnsafe(t)
	names := []string{"t.release.csv"}
	refuses := func(r *RoundedTables, cells ...int) {
		t.Helper()
		releases, err := r.Releases()
		var list *CellsError
		if releases != nil || !errors.Is(err, ErrTooClose) || !errors.As(err, &list) || !slices.Equal(list.Cells, cells) {
			t.Error(releases, err)
		}
		var b bytes.Buffer
		if err := r.WriteStatement(&b, names); !errors.Is(err, ErrTooClose) || b.Len() > 0 {
			t.Error(b.String(), err)
		}
	}
	round := func(base int64) *RoundedTables {
		t.Helper()
		r, err := RoundTables(context.Background(), g, RoundOptions{Base: base, Nearest: true})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	// Of two unsafe cells the sums around them tell the value.
	refuses(round(2), 5, 19)
	r := round(5)
	var b bytes.Buffer
	if _, err := r.Releases(); err != nil || r.WriteStatement(&b, names) != nil {
		t.Fatal(err)
	}
	r.audited.Failures = []Failure{{Cell: 7, Verdict: Undecided}, {Cell: 7, Kind: Lower, Verdict: Fails}, {Cell: 5}}
	refuses(r, 5, 7)
}
