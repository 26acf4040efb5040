package against_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/riskmetrics/against"
)

// options names all variables of a file.
func options(t testing.TB, f *file, missing string) against.Options {
	o := against.Options{ID: "id", Missing: policy(t, missing)}
	for k := 1; k < len(f.names); k++ {
		if f.types[k].ID() == arrow.STRING {
			o.Keys = append(o.Keys, f.names[k])
		} else {
			o.Numbers = append(o.Numbers, f.names[k])
		}
	}
	return o
}

var near = cmp.Comparer(func(x, y float64) bool { return math.Abs(x-y) < 1e-9 })

// TestLinkRecount: links of random files are those of sorting all distances, in fractions.
func TestLinkRecount(t *testing.T) {
	rounds := 150
	if testing.Short() {
		rounds = 60
	}
	for seed := range rounds {
		rng := rand.New(rand.NewPCG(uint64(seed), 26))
		missing := []string{"refuse", "category", "wildcard"}[seed%3]
		before, after := drawn(rng, missing != "refuse")
		o := options(t, before, missing)
		o.Threads = 1 + rng.IntN(3)
		p, err := against.New(t.Context(), before.table(t, rng.IntN(2)), after.table(t, 0, 1), o)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, d := range []against.Distance{against.Gower, against.Euclidean, against.ManhattanRanks} {
			for _, from := range []against.File{against.Before, against.After} {
				links, err := p.Link(t.Context(), d, from, 3)
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				for k := 1; k <= 3; k++ {
					got, err := links.Among(k)
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(recounted(before, after, d, missing == "wildcard", from, k), got, near); diff != "" {
						t.Fatalf("seed %d, %v from %v, %d nearest, %s: %s\n%v\n%v", seed, d, from, k, missing, diff, before.rows, after.rows)
					}
				}
			}
		}
	}
}

// TestIntervalsRecount: interval disclosure of random files is that of the definitions, in
// fractions.
func TestIntervalsRecount(t *testing.T) {
	for seed := range 150 {
		rng := rand.New(rand.NewPCG(uint64(seed), 27))
		missing := []string{"refuse", "category", "wildcard"}[seed%3]
		before, after := drawn(rng, missing != "refuse")
		p, err := against.New(t.Context(), before.table(t), after.table(t), options(t, before, missing))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range []against.Width{against.Deviations, against.Relative, against.Ranks} {
			part := big.NewRat(int64(rng.IntN(6)), 10)
			got, err := p.Intervals(t.Context(), w, part)
			if err != nil {
				t.Fatal(err)
			}
			want := &against.Intervals{Records: int64(len(after.rows))}
			all := make([]bool, len(after.rows))
			for i := range all {
				all[i] = true
			}
			for k := 1; k < len(before.names); k++ {
				if before.types[k].ID() == arrow.STRING {
					continue
				}
				n := int64(0)
				for j, y := range after.rows {
					i := slices.IndexFunc(before.rows, func(x []string) bool { return x[0] == y[0] })
					x, in := before.rows[i][k], missing == "wildcard"
					if x != "" && y[k] != "" {
						in = within(number(x), number(y[k]), w, part, after.column(k))
					} else if missing != "wildcard" {
						in = x == y[k]
					}
					if in {
						n++
					}
					all[j] = all[j] && in
				}
				want.Names, want.Within = append(want.Names, before.names[k]), append(want.Within, n)
			}
			for _, in := range all {
				if in {
					want.All++
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %v %v, %s: %s\n%v\n%v", seed, w, part, missing, diff, before.rows, after.rows)
			}
		}
	}
}

// people is a file of a key and a number.
func people(rows ...string) *file {
	f := &file{names: []string{"id", "town", "age"}, types: []arrow.DataType{arrow.BinaryTypes.String, arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64}}
	for _, row := range rows {
		f.rows = append(f.rows, strings.Split(row, ","))
	}
	return f
}

// TestBoundaries: links at the boundaries of ties, and records of one or of no file.
func TestBoundaries(t *testing.T) {
	for _, tc := range []struct {
		name          string
		before, after []string
		k             int
		want          against.Found
	}{
		{"the same file", []string{"a,x,1", "b,x,2", "c,y,1"}, []string{"a,x,1", "b,x,2", "c,y,1"}, 1, against.Found{Records: 3, Certain: 3, Possible: 3, Expected: 3, Chance: 1}},
		{"two that are equal", []string{"a,x,1", "b,x,1"}, []string{"a,x,1", "b,x,1"}, 1, against.Found{Records: 2, Possible: 2, Expected: 1, Chance: 1}},
		{"two that are equal, two nearest", []string{"a,x,1", "b,x,1"}, []string{"a,x,1", "b,x,1"}, 2, against.Found{Records: 2, Certain: 2, Possible: 2, Expected: 2, Chance: 2}},
		{"changed for each other", []string{"a,x,1", "b,x,2"}, []string{"a,x,2", "b,x,1"}, 1, against.Found{Records: 2, Chance: 1}},
		{"in the middle of two", []string{"a,x,1", "b,x,3"}, []string{"a,x,2", "b,x,3"}, 1, against.Found{Records: 2, Certain: 1, Possible: 2, Expected: 1.5, Chance: 1}},
		{"a whole range is as far as another key", []string{"a,x,1", "b,y,2"}, []string{"a,x,2", "b,y,2"}, 1, against.Found{Records: 2, Certain: 1, Possible: 2, Expected: 1.5, Chance: 1}},
		{"a record that was deleted", []string{"a,x,1", "b,x,1"}, []string{"b,x,1"}, 1, against.Found{Records: 1, Possible: 1, Expected: 0.5, Chance: 0.5}},
		{"a constant number", []string{"a,x,1", "b,y,1"}, []string{"a,x,1", "b,y,1"}, 1, against.Found{Records: 2, Certain: 2, Possible: 2, Expected: 2, Chance: 1}},
		{"no released record", []string{"a,x,1"}, nil, 1, against.Found{}},
		{"no record", nil, nil, 1, against.Found{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before, after := people(tc.before...), people(tc.after...)
			p, err := against.New(t.Context(), before.table(t), after.table(t), options(t, before, "refuse"))
			if err != nil {
				t.Fatal(err)
			}
			l, err := p.Link(t.Context(), against.Gower, against.After, tc.k)
			if err != nil {
				t.Fatal(err)
			}
			got, err := l.Among(tc.k)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got, near); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNearlyTied: distances that are equal, or not, beyond the precision of a float.
func TestNearlyTied(t *testing.T) {
	const big1 = 1 << 53
	for _, tc := range []struct {
		name     string
		ages     [3]int64 // of a, of b, and the released age of a
		certain  int64
		possible int64
	}{
		{"a tie of two sides", [3]int64{0, 2 * big1, big1}, 0, 1},
		{"one nearer", [3]int64{0, 2*big1 + 1, big1}, 1, 1},
		{"one farther", [3]int64{0, 2*big1 - 1, big1}, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := people(fmt.Sprintf("a,x,%d", tc.ages[0]), fmt.Sprintf("b,x,%d", tc.ages[1]), "c,x,-5", "d,x,9000000000000000000")
			after := people(fmt.Sprintf("a,x,%d", tc.ages[2]))
			p, err := against.New(t.Context(), before.table(t), after.table(t), options(t, before, "refuse"))
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range []against.Distance{against.Gower, against.Euclidean} {
				l, err := p.Link(t.Context(), d, against.After, 1)
				if err != nil {
					t.Fatal(err)
				}
				if f, _ := l.Among(1); f.Certain != tc.certain || f.Possible != tc.possible {
					t.Errorf("%v: %d certain, %d possible; want %d, %d", d, f.Certain, f.Possible, tc.certain, tc.possible)
				}
			}
		})
	}
}

// TestSameBytes: links do not depend on the order of records, on chunks or on threads.
func TestSameBytes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 28))
	before, after := &file{}, &file{}
	for len(before.rows) < 25 || len(before.names) < 4 {
		before, after = drawn(rng, true)
	}
	var want []string
	for round := range 6 {
		o := options(t, before, "category")
		o.Threads = 1 + round%3
		rng.Shuffle(len(before.rows), func(i, j int) { before.rows[i], before.rows[j] = before.rows[j], before.rows[i] })
		p, err := against.New(t.Context(), before.table(t, 2*round), after.table(t, round, round+3), o)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range []against.Distance{against.Gower, against.Euclidean, against.ManhattanRanks} {
			l, err := p.Link(t.Context(), d, against.After, 2)
			if err != nil {
				t.Fatal(err)
			}
			f, err := l.Among(2)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(f, l.Records()))
		}
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d: %s", round, diff)
		}
	}
}

// TestRefused: what cannot be compared is an error that names the file, the column and the
// row, and no value.
func TestRefused(t *testing.T) {
	text, whole, float := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64
	as := func(types ...arrow.DataType) func(*file) { return func(f *file) { f.types = types } }
	o := against.Options{Keys: []string{"town"}, Numbers: []string{"age"}, ID: "id"}
	for _, tc := range []struct {
		name   string
		change func(before, after *file, o *against.Options)
		is     error
		file   string
		column string
		row    int64
	}{
		{"another number of records by place", func(_, a *file, o *against.Options) { o.ID = ""; a.rows = a.rows[:1] }, against.ErrRequest, "", "", 0},
		{"an identifier twice", func(b, _ *file, _ *against.Options) { b.rows[1][0] = "secret-a" }, against.ErrTwice, "before", "id", 1},
		{"an identifier twice in the released data", func(_, a *file, _ *against.Options) { a.rows[1][0] = "secret-a" }, against.ErrTwice, "after", "id", 1},
		{"an identifier that is missing", func(b, _ *file, _ *against.Options) { b.rows[0][0] = "" }, riskmetrics.ErrNull, "before", "id", 0},
		{"an identifier of nobody", func(_, a *file, _ *against.Options) { a.rows[1][0] = "secret-z" }, against.ErrUnknown, "after", "id", 1},
		{"a column that is not there", func(_, a *file, _ *against.Options) { a.names[2] = "years" }, column.ErrMissing, "after", "age", -1},
		{"a key of another type", func(_, a *file, _ *against.Options) { a.rows[0][1], a.rows[1][1] = "7", "8"; as(text, whole, whole)(a) }, against.ErrTypes, "", "town", -1},
		{"a number that is text", func(b, a *file, _ *against.Options) { as(text, text, text)(a); as(text, text, text)(b) }, against.ErrTypes, "", "age", -1},
		{"a null in a number", func(_, a *file, _ *against.Options) { a.rows[1][2] = "" }, riskmetrics.ErrNull, "after", "age", 1},
		{"a null in a key", func(b, _ *file, _ *against.Options) { b.rows[0][1] = "" }, riskmetrics.ErrNull, "before", "town", 0},
		{"a number that is none", func(_, a *file, _ *against.Options) { as(text, text, float)(a); a.rows[1][2] = "NaN" }, column.ErrNotFinite, "after", "age", 1},
		{"an infinite number", func(_, a *file, _ *against.Options) { as(text, text, float)(a); a.rows[0][2] = "-Inf" }, column.ErrNotFinite, "after", "age", 0},
		{"no variable", func(_, _ *file, o *against.Options) { o.Keys, o.Numbers = nil, nil }, against.ErrRequest, "", "", 0},
		{"a variable twice", func(_, _ *file, o *against.Options) { o.Keys = []string{"age"} }, against.ErrRequest, "", "", 0},
		{"the identifier as a key", func(_, _ *file, o *against.Options) { o.Keys = []string{"id"} }, against.ErrRequest, "", "", 0},
		{"records left out", func(_, _ *file, o *against.Options) { o.Missing = policy(t, "exclude") }, against.ErrRequest, "", "", 0},
		{"sdcmicro", func(_, _ *file, o *against.Options) { o.Missing = policy(t, "sdcmicro(0.5)") }, against.ErrRequest, "", "", 0},
		{"many threads", func(_, _ *file, o *against.Options) { o.Threads = 5000 }, against.ErrRequest, "", "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before, after := people("secret-a,x,1", "secret-b,y,2"), people("secret-a,x,1", "secret-b,y,2")
			o := o
			tc.change(before, after, &o)
			_, err := against.New(t.Context(), before.table(t), after.table(t), o)
			if !errors.Is(err, tc.is) {
				t.Fatalf("%v; want %v", err, tc.is)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error has a value: %v", err)
			}
			var in *against.FileError
			if errors.As(err, &in) != (tc.file != "") || in != nil && in.File.String() != tc.file {
				t.Errorf("the file of %v; want %q", err, tc.file)
			}
			var at *riskmetrics.ColumnError
			if errors.As(err, &at) != (tc.column != "") || at != nil && (at.Column != tc.column || at.Row != tc.row) {
				t.Errorf("the place of %v; want %s, %d", err, tc.column, tc.row)
			}
		})
	}
}

// TestRequests: what a measure refuses.
func TestRequests(t *testing.T) {
	f := people("a,x,1", "b,y,2")
	p, err := against.New(t.Context(), f.table(t), f.table(t), against.Options{Keys: []string{"town"}})
	if err != nil {
		t.Fatal(err)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	for _, tc := range []struct {
		name string
		is   error
		call func() error
	}{
		{"no nearest", against.ErrRequest, func() error { _, err := p.Link(t.Context(), against.Gower, against.After, 0); return err }},
		{"another file", against.ErrRequest, func() error { _, err := p.Link(t.Context(), against.Gower, 2, 1); return err }},
		{"another distance", against.ErrRequest, func() error { _, err := p.Link(t.Context(), 9, against.After, 1); return err }},
		{"a distance over no numbers", against.ErrRequest, func() error { _, err := p.Link(t.Context(), against.Euclidean, against.After, 1); return err }},
		{"intervals over no numbers", against.ErrRequest, func() error { _, err := p.Intervals(t.Context(), against.Ranks, big.NewRat(1, 20)); return err }},
		{"a negative part", against.ErrRequest, func() error { _, err := p.Intervals(t.Context(), against.Ranks, big.NewRat(-1, 20)); return err }},
		{"more than was asked for", against.ErrRequest, func() error {
			l, err := p.Link(t.Context(), against.Gower, against.After, 2)
			if err == nil {
				_, err = l.Among(3)
			}
			return err
		}},
		{"a context that has ended", context.Canceled, func() error { _, err := p.Link(ended, against.Gower, against.After, 1); return err }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := tc.call(); !errors.Is(err, tc.is) {
				t.Errorf("%v; want %v", err, tc.is)
			}
		})
	}
}
