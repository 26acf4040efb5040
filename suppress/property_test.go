package suppress

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (p *Problem) primaries() (list []int) {
	for i, c := range p.cells {
		if c.Status == Primary {
			list = append(list, i)
		}
	}
	return list
}

// TestThreads: the same pattern and the same audit whatever the threads, on
// tables small enough to go one by one and large enough not to.
func TestThreads(t *testing.T) {
	for _, p := range []*Problem{counts(t, 3, nil, 30, 20), counts(t, 4, nil, 70, 45), counts(t, 5, [][]int{{0, 1}, {0, 2}}, 12, 15, 14), amounts(t, 6, 50, 45)} {
		one, err := Protect(context.Background(), p, Options{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		audit, err := Audit(context.Background(), p, one.Hidden(), AuditOptions{NeedsOnly: len(p.cells) > 1000})
		if err != nil {
			t.Fatal(err)
		}
		if len(audit.Failures) > 0 {
			t.Errorf("the audit refuses our own pattern: %v", audit.Failures)
		}
		for _, threads := range []int{2, 5} {
			many, err := Protect(context.Background(), p, Options{Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(one, many); diff != "" {
				t.Fatalf("%d threads: %s", threads, diff)
			}
			again, err := Audit(context.Background(), p, one.Hidden(), AuditOptions{Threads: threads, NeedsOnly: len(p.cells) > 1000})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(audit, again); diff != "" {
				t.Fatalf("%d threads: %s", threads, diff)
			}
		}
	}
}

// TestProves: a pattern of which one witness, need or status is changed is not
// accepted.
func TestProves(t *testing.T) {
	p := counts(t, 6, nil, 20, 15)
	good, err := Protect(context.Background(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	copied := func() *Pattern {
		c := *good
		c.Status = slices.Clone(good.Status)
		c.Needs = slices.Clone(good.Needs)
		c.Witnesses = slices.Clone(good.Witnesses)
		for i := range c.Witnesses {
			c.Witnesses[i].Delta = slices.Clone(c.Witnesses[i].Delta)
			c.Witnesses[i].Cells = slices.Clone(c.Witnesses[i].Cells)
		}
		return &c
	}
	if err := p.proves(copied()); err != nil {
		t.Fatal(err)
	}
	for i, w := range good.Witnesses {
		for k := range w.Delta {
			bad := copied()
			bad.Witnesses[i].Delta[k]++
			if p.proves(bad) == nil {
				t.Fatalf("witness %d, change %d: accepted", i, k)
			}
		}
	}
	for i := range good.Needs {
		bad := copied()
		bad.Needs[i].High, bad.Needs[i].Low = -1, -1
		if p.proves(bad) == nil {
			t.Fatalf("need %d without tables: accepted", i)
		}
	}
	for i, s := range good.Status {
		if !s.Hidden() {
			continue
		}
		bad := copied()
		bad.Status[i] = Safe
		if p.proves(bad) == nil {
			t.Fatalf("cell %d published: accepted", i)
		}
	}
}
