package suppress

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// long returns how many cases to try: few by default.
func long(few, many int) int {
	if os.Getenv("SLUIS_LONG") != "" {
		return many
	}
	return few
}

const bruteSteps = 20_000

// TestAuditAgainstBruteForce audits random patterns of random small problems:
// every interval is that of the brute-force attacker, and so is every failure,
// of outsiders and of insiders.
func TestAuditAgainstBruteForce(t *testing.T) {
	var tried, partial, intervals, inexact, skipped int
	for seed := range uint64(long(1200, 100_000)) {
		rng := rand.New(rand.NewPCG(seed, 2))
		p := small(rng)
		hidden := make([]bool, len(p.cells))
		share := 1 + rng.IntN(6)
		for i, c := range p.cells {
			hidden[i] = c.Status.Hidden() || c.Status != Protected && rng.IntN(share) == 0
		}
		want := bruteForce(p, hidden, 0, bruteSteps)
		if want == nil {
			skipped++
			continue
		}
		if tried++; want.partial {
			partial++
		}
		name := fmt.Sprintf("seed %d", seed)
		got, err := Audit(context.Background(), p, hidden, AuditOptions{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, v := range got.Intervals {
			intervals++
			if !v.Exact() {
				inexact++
			}
			if p.cells[v.Cell].Status == Protected {
				continue
			}
			inside(t, name, v, want)
		}
		insiders := map[int32]*attack{}
		for i, c := range p.cells {
			if c.Status != Primary {
				continue
			}
			failed := map[Kind]Verdict{}
			for _, f := range got.Failures {
				if f.Cell == i && f.Owner == 0 {
					failed[f.Kind] = f.Verdict
				}
			}
			clean := true
			for kind, ok := range want.protected(p, i) {
				v, listed := failed[kind]
				clean = clean && (ok || want.partial && !listed)
				if want.partial && !ok {
					continue
				}
				if ok == (listed && v == Fails) || !ok && !listed {
					t.Fatalf("%s: cell %d, kind %d: verdict %v (listed %v), brute force %v", name, i, kind, v, listed, ok)
				}
			}
			if !clean {
				continue
			}
			for _, o := range owners(p, hidden) {
				if o == c.Owner {
					continue
				}
				if insiders[o] == nil {
					insiders[o] = bruteForce(p, hidden, o, bruteSteps)
				}
				if insiders[o] == nil {
					continue
				}
				known := insiders[o].determined(i)
				if known && insiders[o].partial {
					continue
				}
				k := slices.IndexFunc(got.Failures, func(f Failure) bool { return f.Cell == i && f.Owner == o })
				if known && (k < 0 || got.Failures[k].Verdict == Holds) || !known && k >= 0 && got.Failures[k].Verdict == Fails {
					t.Fatalf("%s: cell %d, owner %d: known %v, but listed %v", name, i, o, known, k >= 0)
				}
			}
		}
	}
	t.Logf("%d problems, %d of them in part, %d intervals of which %d not exact, %d problems skipped as too large for brute force", tried, partial, intervals, inexact, skipped)
	if inexact*1000 > intervals {
		t.Errorf("%d of %d intervals are not exact", inexact, intervals)
	}
}

func owners(p *Problem, hidden []bool) (list []int32) {
	for i, c := range p.cells {
		if hidden[i] && c.Owner != 0 {
			list = append(list, c.Owner)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// inside compares an interval with that of the brute-force attacker: equal where
// it is exact, and on either side of it where it is not.
func inside(t *testing.T, name string, v Interval, want *attack) {
	t.Helper()
	order := func(a, b Bound, truth *big.Rat, sign int) bool {
		reached, proven := toRat(a), toRat(b)
		if truth == nil {
			return proven == nil
		}
		if want.partial {
			return proven == nil || truth.Cmp(proven)*sign <= 0
		}
		return reached != nil && reached.Cmp(truth)*sign <= 0 && (proven == nil || truth.Cmp(proven)*sign <= 0)
	}
	if !order(v.Upper, v.Greatest, want.high[v.Cell], 1) || !order(v.Lower, v.Least, want.low[v.Cell], -1) {
		t.Fatalf("%s: cell %d: %+v, brute force %v to %v", name, v.Cell, v, want.low[v.Cell], want.high[v.Cell])
	}
}

func toRat(b Bound) *big.Rat {
	if b.Den == 0 {
		return nil
	}
	return big.NewRat(b.Delta, b.Den)
}

// TestProtectAgainstBruteForce protects random small problems. The brute-force
// attacker, outsider or insider, recovers nothing of what was said protected;
// and what was said impossible is so, with all hidden that may be.
func TestProtectAgainstBruteForce(t *testing.T) {
	var held, never, undecided, skipped int
	for seed := range uint64(long(1200, 100_000)) {
		rng := rand.New(rand.NewPCG(seed, 3))
		p := small(rng)
		pattern, err := Protect(context.Background(), p, Options{Threads: 1 + int(seed%2)})
		var cells *CellsError
		switch {
		case errors.Is(err, ErrInfeasible) && errors.As(err, &cells):
			if !impossible(t, p, cells.Cells) {
				skipped++
			}
			never++
			continue
		case errors.Is(err, ErrUndecided):
			undecided++
			continue
		case err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		}
		held++
		hidden := pattern.Hidden()
		for i, c := range p.cells {
			if c.Status.Hidden() && !hidden[i] && c.Status != Secondary || c.Status == Protected && hidden[i] {
				t.Fatalf("seed %d: cell %d has the wrong status", seed, i)
			}
		}
		for _, o := range append([]int32{0}, owners(p, hidden)...) {
			a := bruteForce(p, hidden, o, bruteSteps)
			if a == nil || a.partial {
				skipped++
				break
			}
			for i, c := range p.cells {
				if c.Status != Primary || o != 0 && c.Owner == o {
					continue
				}
				if a.determined(i) {
					t.Fatalf("seed %d: cell %d is known exactly to owner %d", seed, i, o)
				}
				for kind, ok := range a.protected(p, i) {
					if !ok && o == 0 {
						t.Fatalf("seed %d: cell %d, kind %d is known too closely", seed, i, kind)
					}
				}
			}
		}
	}
	t.Logf("%d protected, %d proven impossible, %d undecided, %d too large for brute force", held, never, undecided, skipped)
	if undecided*200 > held {
		t.Errorf("%d undecided beside %d protected", undecided, held)
	}
}

// impossible checks that cells cannot be protected with all hidden that may be;
// false where that was too much work.
func impossible(t *testing.T, p *Problem, cells []int) bool {
	t.Helper()
	all := make([]bool, len(p.cells))
	for i, c := range p.cells {
		all[i] = c.Status != Protected
	}
	outside := bruteForce(p, all, 0, bruteSteps)
	if outside == nil {
		return false
	}
	whole := !outside.partial
	for _, i := range cells {
		bad := false
		for _, ok := range outside.protected(p, i) {
			bad = bad || !ok
		}
		for _, o := range owners(p, all) {
			if bad || o == p.cells[i].Owner {
				continue
			}
			a := bruteForce(p, all, o, bruteSteps)
			if a == nil {
				return false
			}
			whole = whole && !a.partial
			bad = a.determined(i)
		}
		if !bad {
			t.Fatalf("cell %d can be protected, and was said not to be", i)
		}
	}
	return whole
}
