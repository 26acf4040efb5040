package hide

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

func TestRings(t *testing.T) {
	for _, c := range []struct {
		sets, want [][]int
	}{
		{[][]int{{0, 1}}, nil},
		{[][]int{{0, 1}, {1, 2}}, nil},
		{[][]int{{0, 1, 2}, {1, 2, 3}}, nil},
		{[][]int{{0, 1}, {1, 2}, {2, 3}}, nil},
		{[][]int{{0, 1}, {0, 2}, {0, 3}}, nil},
		{[][]int{{0, 1}, {1, 2}, {0, 2}}, [][]int{{0, 1, 2}}},
		{[][]int{{0, 1}, {1, 2}, {0, 2}, {0, 1, 2}}, nil},                                        // the finer table is released
		{[][]int{{0, 1}, {1, 2}, {0, 2}, {2, 3}}, [][]int{{0, 1, 2}}},                            // and one that hangs on it
		{[][]int{{0, 1}, {1, 2}, {2, 3}, {0, 3}}, [][]int{{0, 1, 2, 3}}},                         // a ring of four
		{[][]int{{0, 1}, {1, 2}, {0, 2}, {3, 4}, {4, 5}, {3, 5}}, [][]int{{0, 1, 2}, {3, 4, 5}}}, // two
		{[][]int{{0, 1, 2}, {0, 1, 3}, {0, 2, 3}, {1, 2, 3}}, [][]int{{0, 1, 2, 3}}},
		{[][]int{{0, 1, 9}, {1, 2, 8}, {0, 2, 7}}, [][]int{{0, 1, 2}}}, // of more variables than the ring has
		{[][]int{{0}, {0}, {1}}, nil},
	} {
		t.Run(fmt.Sprint("sets ", c.sets), func(t *testing.T) {
			if got := rings(slices.Clone(c.sets)); !cmp.Equal(got, c.want) {
				t.Errorf("%v: %v, want %v", c.sets, got, c.want)
			}
		})
	}
}

// TestBehind: tables in a ring are not protected without the table behind them, and
// refused where that is too large.
func TestBehind(t *testing.T) {
	pairs := []sdc.Output{
		{Name: "ab", Kind: sdc.Frequency, By: []string{"a", "b"}},
		{Name: "bc", Kind: sdc.Frequency, By: []string{"b", "c"}},
		{Name: "ca", Kind: sdc.Frequency, By: []string{"c", "a"}},
		{Name: "x", Kind: sdc.Magnitude, By: []string{"c", "a"}, Response: "x"},
	}
	all := []int{0, 1, 2, 3}
	for _, codes := range []int{3, 41} {
		r := &rows{names: []string{"a", "b", "c"}}
		for i := range 4 * codes {
			r.add(1, fmt.Sprint("a", i%codes), fmt.Sprint("b", (i+i/codes)%codes), fmt.Sprint("c", i*7%codes))
		}
		p := onlyRules()
		p.MinContributors = sdc.MinContributors{Min: 3}
		report := r.check(t, p, nil, pairs...)
		if _, err := FromReport(report, all, BuildOptions{}); !errors.Is(err, ErrRequest) {
			t.Errorf("%d codes: protected without the table behind: %v", codes, err)
		}
		behind, err := Behind(report, all)
		if codes > 40 { // 42 x 42 x 42 cells
			if !errors.Is(err, ErrUnfit) {
				t.Errorf("%d codes: %v", codes, err)
			}
			continue
		}
		if err != nil || len(behind) != 1 || !slices.Equal(behind[0].By, []string{"a", "b", "c"}) || !behind[0].NoMargins {
			t.Fatalf("behind: %+v, %v", behind, err)
		}
		report = r.check(t, p, nil, append(pairs, behind...)...)
		groups, err := FromReport(report, all, BuildOptions{Behind: []int{4}})
		if err != nil || len(groups) != 2 || len(groups[0].list) != 3 || len(groups[0].behind) != 1 {
			t.Fatalf("%d groups, %v", len(groups), err)
		}
		if n := len(groups[0].problem.cells); n != 4*4*4 {
			t.Errorf("%d cells, want those of the finer table", n)
		}
		if c := issue(t, groups[0]); c == nil || len(groups[0].releases(c.pattern)) != 3 {
			t.Error("not three releases")
		}
	}
	report := (&rows{names: []string{"a", "b", "c"}, text: [][]string{{"p", "q", "r"}}, x: []float64{1}}).check(t, onlyRules(), nil, pairs[:2]...)
	if behind, err := Behind(report, []int{0, 1}); err != nil || behind != nil {
		t.Errorf("two tables: %v, %v", behind, err)
	}
}
