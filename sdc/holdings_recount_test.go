package sdc_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// TestCountsRecount compares min-holdings and min-contributors with a recount by maps of
// random frequency and magnitude tables and classes of microdata: respondents without a
// holding, in several rows and cells, nulls of the response, rows of weight 0, responses of two
// values of which one may be sensitive.
func TestCountsRecount(t *testing.T) {
	count := map[string]int{}
	for seed := range seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 79))
		kind := []sdc.Kind{sdc.Frequency, sdc.Magnitude, sdc.Microdata}[seed%3]
		var rows []row
		values, shift, all := 2+rng.IntN(2), 4*rng.IntN(2), map[int]bool{}
		people, owners, idle := 1+rng.IntN(40), 1+rng.IntN(12), seed%2 == 0 // half of the holdings have 0
		for i := range 1 + rng.IntN(50) {
			who := rng.IntN(people)
			if kind == sdc.Microdata {
				who = i // a person has one record
			}
			r := row{"a": fmt.Sprint(rng.IntN(2)), "b": fmt.Sprint(rng.IntN(3)), "who": who, "owner": fmt.Sprint("h", who%owners), "x": shift + rng.IntN(values), "w": who % 3}
			if who%5 == 0 {
				r["owner"] = nil
			}
			if idle && who%owners%2 == 1 {
				r["x"] = 0
			}
			if rng.IntN(6) == 0 {
				r["x"] = nil
			} else {
				all[r["x"].(int)] = true
			}
			rows = append(rows, r)
		}
		roles := sdc.Roles{Respondent: "who", Holding: "owner"}
		if rng.IntN(2) == 0 {
			roles.Weight = "w"
		}
		least, fewest := int64(2+rng.IntN(6)), int64(2+rng.IntN(6))
		as, bs := []string{"*", "0", "1"}, []string{"*", "0", "1", "2"}
		if kind == sdc.Microdata {
			as, bs = as[1:], bs[1:]
		}
		sensitive, listed := -1, []string(nil)
		if rng.IntN(3) == 0 {
			sensitive = shift + rng.IntN(2)
			listed = []string{fmt.Sprintf("%d.0", sensitive)}
		}
		want := map[string]bool{}
		for _, a := range as {
			for _, b := range bs {
				some := false
				persons, holdings, sums := map[string]bool{}, map[string]bool{}, map[string]int{}
				having, owned := map[int]int64{}, map[string]int{}
				for _, r := range rows {
					if a != "*" && a != r["a"] || b != "*" && b != r["b"] {
						continue
					}
					some = true
					if x, ok := r["x"].(int); ok {
						having[x]++
					}
					if kind == sdc.Magnitude && (r["x"] == nil || roles.Weight != "" && r["w"] == 0) {
						continue
					}
					person := fmt.Sprint("person ", r["who"])
					persons[person] = true
					if x, ok := r["x"].(int); ok {
						sums[person] += x
					}
					owner := person
					if r["owner"] != nil {
						owner = fmt.Sprint("holding ", r["owner"])
					}
					holdings[owner] = true
					if x, ok := r["x"].(int); ok {
						owned[owner] += x
					}
				}
				if !some {
					continue
				}
				find := func(rule, verdict string) {
					want[fmt.Sprintf("%s at a=%s, b=%s: %s", rule, a, b, verdict)] = true
					count[fmt.Sprint(kind, " ", rule, " ", verdict)]++
				}
				owning := int64(0) // holdings with a sum
				for _, x := range owned {
					if x != 0 {
						owning++
					}
				}
				switch {
				case int64(len(holdings)) < fewest:
					find("min-holdings", "unsafe")
				case kind == sdc.Magnitude && owning < fewest:
					find("min-holdings", "review")
				}
				nonZero := int64(0)
				for _, x := range sums {
					if x != 0 {
						nonZero++
					}
				}
				rare, rareSensitive := false, false
				for x, n := range having {
					if kind == sdc.Magnitude && len(all) == 2 && n < least {
						rare, rareSensitive = true, rareSensitive || x == sensitive
					}
				}
				if kind == sdc.Magnitude && len(all) > 2 {
					codes, n, sum := slices.Sorted(maps.Keys(all)), 0, 0
					for x, k := range having {
						n, sum = n+int(k), sum+x*int(k)
					}
					rare = fewOfCodes(codes, n, sum, least, sensitive) != ""
					rareSensitive = listed != nil && slices.Contains(codes, sensitive) && fewOfCodes(codes, n, sum, least, sensitive) == "unsafe"
				}
				switch {
				case kind == sdc.Microdata: // k-anonymity is the threshold there
				case int64(len(persons)) < least:
					find("min-contributors", "unsafe")
				case rareSensitive:
					find("min-contributors", "unsafe")
					count["of two values unsafe"]++
				case kind == sdc.Magnitude && nonZero < least:
					find("min-contributors", "review")
				case rare:
					find("min-contributors", "review")
					count["of two values review"]++
				}
			}
		}
		reader := array.NewTableReader(tableOf(t, fields("a", text, "b", text, "who", integer, "owner", text, "x", integer, "w", integer), rows...), int64(1+rng.IntN(9)))
		d := sdc.FromReaders(reader)
		d.Roles = roles
		p := off()
		p.Weighting, p.MinHoldings = "handbook", sdc.MinHoldings{Min: fewest}
		p.MinContributors = sdc.MinContributors{Min: least}
		o := sdc.Output{Name: "o", Kind: kind, By: []string{"a", "b"}}
		if kind == sdc.Magnitude {
			o.Response, o.SensitiveValues = "x", listed
		}
		r, err := sdc.Check(context.Background(), d, []sdc.Output{o}, p, sdc.Options{Threads: 1 + rng.IntN(3)})
		reader.Release()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, f := range found(r, 0) {
			got[f] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d, %s, %+v, at least %d and %d holdings: %s\n%v", seed, kind, roles, least, fewest, diff, rows)
		}
	}
	t.Log(count)
	for _, what := range []string{
		"frequency min-holdings unsafe", "magnitude min-holdings unsafe", "microdata min-holdings unsafe",
		"magnitude min-holdings review", "frequency min-contributors unsafe", "magnitude min-contributors unsafe", "magnitude min-contributors review",
		"of two values unsafe", "of two values review",
	} {
		if count[what] == 0 {
			t.Errorf("no %s", what)
		}
	}
}

// TestHoldingsNotChecked: tables and microdata without a column of holdings say so.
func TestHoldingsNotChecked(t *testing.T) {
	for _, kind := range []sdc.Kind{sdc.Frequency, sdc.Magnitude, sdc.Microdata} {
		for holding, want := range map[string]bool{"": true, "owner": false} {
			d := sdc.FromTable(tableOf(t, fields("a", text, "owner", text, "x", integer), row{"a": "a", "owner": "h", "x": 1}))
			d.Roles.Holding = holding
			p := off()
			p.MinHoldings = sdc.MinHoldings{Min: 2}
			o := sdc.Output{Name: "o", Kind: kind, By: []string{"a"}}
			if kind == sdc.Magnitude {
				o.Response = "x"
			}
			list := words.Strings(check(t, d, p, o).Outputs[0].NotChecked)
			if got := slices.ContainsFunc(list, func(s string) bool { return strings.HasPrefix(s, "min-holdings: ") }); got != want {
				t.Errorf("%s with holding %q: %v", kind, holding, list)
			}
		}
	}
}
