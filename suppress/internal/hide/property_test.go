package hide

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
			if diff := cmp.Diff(one, many, cmp.AllowUnexported(Pattern{}, traceStep{}), cmpopts.IgnoreFields(Pattern{}, "problem")); diff != "" {
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
		c.status = slices.Clone(good.status)
		c.needs = slices.Clone(good.needs)
		c.witnesses = slices.Clone(good.witnesses)
		for i := range c.witnesses {
			c.witnesses[i].Delta = slices.Clone(c.witnesses[i].Delta)
			c.witnesses[i].Cells = slices.Clone(c.witnesses[i].Cells)
		}
		return &c
	}
	if err := p.proves(copied()); err != nil {
		t.Fatal(err)
	}
	for i, w := range good.witnesses {
		for k := range w.Delta {
			bad := copied()
			bad.witnesses[i].Delta[k]++
			if p.proves(bad) == nil {
				t.Fatalf("witness %d, change %d: accepted", i, k)
			}
		}
	}
	for i := range good.needs {
		bad := copied()
		bad.needs[i].High, bad.needs[i].Low = -1, -1
		if p.proves(bad) == nil {
			t.Fatalf("need %d without tables: accepted", i)
		}
	}
	for i, s := range good.status {
		if !s.Hidden() {
			continue
		}
		bad := copied()
		bad.status[i] = Safe
		if p.proves(bad) == nil {
			t.Fatalf("cell %d published: accepted", i)
		}
	}
}
