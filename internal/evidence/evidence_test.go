package evidence_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// draws is how many random data sets a test looks at, of n with SLUIS_LONG=1.
func draws(n int) int {
	switch {
	case testing.Short():
		return n / 10
	case os.Getenv("SLUIS_LONG") == "":
		return n / 3
	}
	return n
}

// TestAgainstOracle holds every cell of every combination of levels against a
// brute-force recount, one batch in one accumulator.
func TestAgainstOracle(t *testing.T) {
	for seed := range uint64(draws(4000)) {
		rng := rand.New(rand.NewPCG(seed, 1))
		d := randomData(rng)
		w, err := d.accumulate(t, d.straight())
		if err != nil {
			t.Fatalf("seed %d, %s: %v", seed, d.name, err)
		}
		if got, want := w.lines(t, 1), d.want(); !slices.Equal(got, want) {
			t.Fatalf("seed %d, %s: (-want +got)\n%s", seed, d.name, cmp.Diff(want, got))
		}
	}
}

// TestEveryWay varies the way of the rows, and every result must equal that of the
// oracle. It
//
//   - cuts and shuffles the rows, and renumbers the codes;
//   - compacts early, and keeps rows out of memory;
//   - merges parts in any order, and works on several margins at a time.
func TestEveryWay(t *testing.T) {
	narrowAndWide, compacted, spilled := 0, 0, 0
	for seed := range uint64(draws(1500)) {
		rng := rand.New(rand.NewPCG(seed, 2))
		d := randomData(rng).named(rng)
		want := d.want()
		for range 4 {
			p := d.shuffled(rng)
			w, err := d.accumulate(t, p)
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, d.name, err)
			}
			if w.acc.Rows() != int64(len(d.rows)) {
				t.Fatalf("seed %d: %d rows, want %d", seed, w.acc.Rows(), len(d.rows))
			}
			if w.acc.Wide() && p.parts > 1 {
				narrowAndWide++
			}
			if pairs := w.acc.Pairs(); pairs > 0 && pairs < len(d.rows) && d.shape.Respondent {
				compacted++
			}
			if p.storage.appended > 0 {
				spilled++
			}
			if got := w.lines(t, p.threads); !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s, %+v: (-want +got)\n%s", seed, d.name, p, cmp.Diff(want, got))
			}
		}
	}
	if narrowAndWide == 0 || compacted == 0 || spilled == 0 {
		t.Errorf("the plans reach %d merges into wide states, %d compactions and %d spills", narrowAndWide, compacted, spilled)
	}
}

// TestEveryWalk takes every way to walk units: few or many margins together,
// cells compared in pairs or stamped, by their levels or by their places, of 16 bits
// or of 32;
// margins numbered in an array or by a table; and keys in place of dense ids.
func TestEveryWalk(t *testing.T) {
	for seed := range uint64(draws(900)) {
		rng := rand.New(rand.NewPCG(seed, 3))
		d := randomData(rng).named(rng)
		if !d.shape.Respondent && !d.shape.Holding {
			continue
		}
		want := d.want()
		for _, most := range [][5]int{{1, 24, 10, 5, 8}, {3, 24, 0, 65535, 0}, {64, 0, 10, 0, 0}, {64, 2, 0, 1, 8}, {5, 3, 2, 2, 1}} {
			p := d.shuffled(rng)
			p.keys = !d.shape.Tau && rng.IntN(2) == 0
			w, err := d.accumulate(t, p)
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, d.name, err)
			}
			w.acc.Lower(most[0], most[1], most[2], most[3], most[4])
			if got := w.lines(t, p.threads); !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s, %v, %+v: (-want +got)\n%s", seed, d.name, most, p, cmp.Diff(want, got))
			}
			if n := w.acc.Respondents(); d.shape.Respondent && n != d.respondents() {
				t.Fatalf("seed %d: %d respondents, want %d", seed, n, d.respondents())
			}
		}
	}
}
