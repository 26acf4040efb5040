package sdc_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// fixedBy returns the pairs that the remarks name, as "s1>s2 in 1 of 2".
func fixedBy(r *sdc.Report) map[string]bool {
	got := map[string]bool{}
	for _, x := range r.Data.Remarks {
		if x.Name == "fixed-by" && x.Column != "" {
			parts := strings.Split(x.Message.String(), `"`)
			of, _, _ := strings.Cut(strings.TrimPrefix(parts[2], ": in "), " class")
			got[parts[3]+">"+x.Column+" in "+of] = true
		}
	}
	return got
}

// TestFixedBy: of the sensitive variables of microdata one fixes another, at the
// boundaries of share and number.
func TestFixedBy(t *testing.T) {
	repeat := func(n int, pair string) []string { return strings.Split(strings.Repeat(pair+" ", n)+"", " ")[:n] }
	list := func(parts ...[]string) (out []string) {
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	mixed := list(repeat(5, "bx"), repeat(5, "by"), repeat(5, "cx"), repeat(5, "cy"))
	for _, tc := range []struct {
		name  string
		pairs []string // a value of s1 and one of s2; "-" is a null
		want  []string
	}{
		{"second/F06 c: a with x, b with y, ten of each", list(repeat(10, "ax"), repeat(10, "by")), []string{"s1>s2 in 1 of 1", "s2>s1 in 1 of 1"}},
		{"no value of the other", list(repeat(5, "ax"), repeat(5, "ay"), repeat(5, "bx"), repeat(5, "by")), nil},
		{"one way", list(repeat(5, "ax"), repeat(5, "bx"), repeat(5, "cy"), repeat(5, "dy")), []string{"s1>s2 in 1 of 1"}},
		{"one value of ten fixes", list(repeat(10, "ax"), mixed), []string{"s1>s2 in 1 of 1"}},
		{"nine of ten", list(repeat(9, "ax"), repeat(1, "ay"), mixed), []string{"s1>s2 in 1 of 1"}},
		{"eight of nine", list(repeat(8, "ax"), repeat(1, "ay"), mixed), nil},
		{"nine are fewer than ten", list(repeat(9, "ax"), mixed), nil},
		{"all together, nine of ten", list(repeat(4, "ax"), repeat(1, "ay"), repeat(5, "by")), []string{"s1>s2 in 1 of 1", "s2>s1 in 1 of 1"}},
		{"all together, of nine", list(repeat(5, "ax"), repeat(4, "by")), nil},
		{"values of one's own fix nothing", []string{"ax", "bx", "cx", "dx", "ex", "fy", "gy", "hy", "iy", "jy"}, nil},
		{"what all of the class share is told by group-disclosure", list(repeat(5, "ax"), repeat(5, "bx")), nil},
		{"nulls are no values", list(repeat(9, "ax"), repeat(5, "a-"), repeat(5, "-x"), mixed), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i, p := range tc.pairs {
				r := row{"k": "c", "id": i, "s1": p[:1], "s2": p[1:]}
				for _, s := range []string{"s1", "s2"} {
					if r[s] == "-" {
						r[s] = nil
					}
				}
				rows = append(rows, r)
			}
			d := sdc.FromTable(tableOf(t, fields("k", text, "id", integer, "s1", text, "s2", text), rows...))
			d.Roles.Respondent = "id"
			d.Missing = map[string]sdc.Missing{"": "category"}
			p := off()
			p.KAnonymity = sdc.KAnonymity{K: 10}
			p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"k"}, Sensitive: []string{"s1", "s2"}})
			want := map[string]bool{}
			for _, w := range tc.want {
				want[w] = true
			}
			if diff := cmp.Diff(want, fixedBy(r)); diff != "" {
				t.Error(diff)
			}
			if len(want) > 0 && r.Verdict == sdc.Safe {
				t.Error("the verdict is safe")
			}
		})
	}
}

// TestFixedByMany: more than six sensitive variables are not looked at, and said; with the
// rule off nothing is.
func TestFixedByMany(t *testing.T) {
	var names []string
	cols := []any{"k", text}
	for i := range 7 {
		names = append(names, fmt.Sprint("s", i))
		cols = append(cols, fmt.Sprint("s", i), text)
	}
	for _, tc := range []struct {
		n    int
		off  bool
		said bool
		many bool
	}{{6, false, true, false}, {7, false, false, true}, {6, true, false, false}, {7, true, false, false}} {
		t.Run(fmt.Sprint("n ", tc.n), func(t *testing.T) {
			var rows []row
			for i := range 20 {
				r := row{"k": "c"}
				for _, s := range names {
					r[s] = fmt.Sprint(i % 2)
				}
				rows = append(rows, r)
			}
			p := off()
			p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90", Off: tc.off}
			r := check(t, sdc.FromTable(tableOf(t, fields(cols...), rows...)), p,
				sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"k"}, Sensitive: names[:tc.n]})
			want := 0
			if tc.said {
				want = tc.n * (tc.n - 1)
			}
			if got := len(fixedBy(r)); got != want {
				t.Errorf("%+v: %d pairs, want %d", tc, got, want)
			}
			got := slices.ContainsFunc(r.Data.Remarks, func(x sdc.Remark) bool {
				return x.Name == "fixed-by" && x.Verdict == sdc.Review && strings.Contains(x.Message.String(), `output "o": there are more than 6 sensitive variables`)
			})
			if got != tc.many {
				t.Errorf("%+v: remarks are %v", tc, r.Data.Remarks)
			}
		})
	}
}

// TestFixedByRecount compares the remark with a recount by maps of strings of random
// classes: persons with several rows, nulls, and a tree over the second variable.
func TestFixedByRecount(t *testing.T) {
	codes := []string{"lung", "breast", "flu"}
	above := map[string]string{"lung": "cancer", "breast": "cancer", "flu": "infection"}
	said := 0
	for seed := range 2 * seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 61))
		var rows []row
		for range 1 + rng.IntN(50) {
			a := rng.IntN(4)
			r := row{"k": fmt.Sprint(rng.IntN(2)), "id": rng.IntN(60), "s1": fmt.Sprint(a), "s2": codes[a%3]}
			switch rng.IntN(6) {
			case 0:
				r["s2"] = codes[rng.IntN(3)]
			case 1:
				r[[]string{"s1", "s2"}[rng.IntN(2)]] = nil
			}
			rows = append(rows, r)
		}
		percent, k := 60+rng.IntN(41), 2+rng.IntN(6)
		// People with a value of both, of a class, with a code of s1 and one of s2; "" is any.
		people := map[[3]string]map[int]bool{}
		for _, r := range rows {
			if r["s1"] == nil || r["s2"] == nil {
				continue
			}
			a, b := r["s1"].(string), r["s2"].(string)
			for _, x := range []string{"", a} {
				for _, y := range []string{"", b, above[b]} {
					at := [3]string{r["k"].(string), x, y}
					if people[at] == nil {
						people[at] = map[int]bool{}
					}
					people[at][r["id"].(int)] = true
				}
			}
		}
		n := func(k, a, b string) int { return len(people[[3]string{k, a, b}]) }
		as, levels := []string{"0", "1", "2", "3"}, [][]string{codes, {"cancer", "infection"}}
		fixes := func(key string, from []string, to []string, n func(a, b string) int, leaves bool) bool {
			sum, share := 0, 0
			for _, a := range from {
				best := 0
				for _, b := range to {
					if 100*n("", b) >= percent*n("", "") {
						continue
					}
					if n(a, "") >= k && 100*n(a, b) >= percent*n(a, "") {
						return true
					}
					best = max(best, n(a, b))
				}
				if n(a, "") >= 2 && leaves {
					sum, share = sum+n(a, ""), share+best
				}
			}
			return sum >= k && 100*share >= percent*sum
		}
		classes := 0
		count := map[string]int{}
		for _, key := range []string{"0", "1"} {
			if n(key, "", "") < k {
				continue
			}
			classes++
			one, other := false, false
			for l, to := range levels {
				one = one || fixes(key, as, to, func(a, b string) int { return n(key, a, b) }, true)
				other = other || fixes(key, to, as, func(b, a string) int { return n(key, a, b) }, l == 0)
			}
			if one {
				count["s1>s2"]++
			}
			if other {
				count["s2>s1"]++
			}
		}
		want := map[string]bool{}
		for pair, n := range count {
			want[fmt.Sprintf("%s in %d of %d", pair, n, classes)] = true
		}
		h, err := sdc.NewHierarchy(
			sdc.Code{Label: "cancer", Children: []sdc.Code{{Label: "lung"}, {Label: "breast"}}},
			sdc.Code{Label: "infection", Children: []sdc.Code{{Label: "flu"}}})
		if err != nil {
			t.Fatal(err)
		}
		d := sdc.FromTable(tableOf(t, fields("k", text, "id", integer, "s1", text, "s2", text), rows...))
		d.Roles.Respondent = "id"
		d.Missing = map[string]sdc.Missing{"": "category"}
		d.Hierarchies = map[string]*sdc.Hierarchy{"s2": h}
		p := off()
		p.KAnonymity = sdc.KAnonymity{K: int64(k)}
		p.GroupDisclosure = sdc.GroupDisclosure{Percent: sdc.Percent(fmt.Sprint(percent))}
		r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"k"}, Sensitive: []string{"s1", "s2"}})
		got := fixedBy(r)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d, percent %d, k %d: %s", seed, percent, k, diff)
		}
		said += len(got)
	}
	if said < 20 {
		t.Errorf("only %d pairs said", said)
	}
}
