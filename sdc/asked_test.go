package sdc_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// seeds are the random data sets of a recount: a hundred, or a thousand where the
// environment asks for the long run.
func seeds(t *testing.T) uint64 {
	t.Helper()
	switch {
	case os.Getenv("SLUIS_LONG") != "":
		return 1000
	case testing.Short():
		return 40
	}
	return 100
}

// TestRequestOfUnits: a respondent who asked in one row has asked.
func TestRequestOfUnits(t *testing.T) {
	for _, tc := range []struct {
		name     string
		owner    bool
		asked    [2]any // of the rows of 10 and of 40, of 100
		who      [2]int
		owners   [2]any
		want     sdc.Verdict
		holdings bool
	}{
		{"a person with one row of two", false, [2]any{true, false}, [2]int{1, 1}, [2]any{nil, nil}, sdc.Unsafe, false},
		{"a holding with one person of two", true, [2]any{true, nil}, [2]int{1, 2}, [2]any{"g", "g"}, sdc.Unsafe, true},
		{"another person", false, [2]any{true, false}, [2]int{1, 2}, [2]any{nil, nil}, sdc.Safe, false},
		{"another holding of one who asked", true, [2]any{true, false}, [2]int{1, 1}, [2]any{"g", "h"}, sdc.Unsafe, true},
		{"another person without a holding", true, [2]any{true, false}, [2]int{1, 2}, [2]any{nil, nil}, sdc.Safe, true},
		{"nobody", true, [2]any{false, nil}, [2]int{1, 1}, [2]any{"g", "g"}, sdc.Safe, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for k, x := range []int{10, 40} {
				rows = append(rows, row{"k": "a", "who": tc.who[k], "owner": tc.owners[k], "asked": tc.asked[k], "x": x})
			}
			for i := range 10 {
				rows = append(rows, row{"k": "a", "who": 10 + i, "x": 5})
			}
			d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "owner", text, "asked", boolean, "x", integer), rows...))
			d.Roles = sdc.Roles{Respondent: "who", Request: "asked"}
			if tc.owner {
				d.Roles.Holding = "owner"
			}
			p := off()
			p.Request = sdc.Request{Percent: "30"}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
			if r.Verdict != tc.want {
				t.Errorf("%v, want %v: %v", r.Verdict, tc.want, found(r, 0))
			}
		})
	}
}

// TestRequestRecount compares the request rule with a recount by maps, for all roles
// that data may name, in parts that merge.
func TestRequestRecount(t *testing.T) {
	findings := 0
	for seed := range seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 32))
		var rows []row
		for range 1 + rng.IntN(40) {
			r := row{"k": fmt.Sprint(rng.IntN(3)), "who": rng.IntN(12), "asked": rng.IntN(9) == 0, "x": rng.IntN(41) - 10, "w": rng.IntN(3)}
			if rng.IntN(2) == 0 {
				r["owner"] = fmt.Sprint("h", rng.IntN(4))
			}
			if rng.IntN(9) == 0 {
				r["x"] = nil
			}
			rows = append(rows, r)
		}
		roles := sdc.Roles{Request: "asked"}
		if rng.IntN(3) > 0 {
			roles.Respondent = "who"
		}
		if rng.IntN(3) > 0 {
			roles.Holding = "owner"
		}
		if rng.IntN(3) == 0 {
			roles.Weight = "w"
		}
		person := func(i int) string {
			if roles.Respondent == "" {
				return fmt.Sprint("row ", i)
			}
			return fmt.Sprint("person ", rows[i]["who"])
		}
		unit := func(i int) string {
			if roles.Holding == "" || rows[i]["owner"] == nil {
				return person(i)
			}
			return fmt.Sprint("holding ", rows[i]["owner"])
		}
		asked := map[string]bool{}
		for i := range rows {
			if rows[i]["asked"] == true {
				asked[person(i)] = true
			}
		}
		for i := range rows {
			if asked[person(i)] {
				asked[unit(i)] = true
			}
		}
		percent := int64(rng.IntN(80))
		want := map[string]bool{}
		for _, cell := range []string{"*", "0", "1", "2"} {
			sum := map[string]int64{}
			for i, r := range rows {
				if (cell == "*" || r["k"] == cell) && r["x"] != nil && (roles.Weight == "" || r["w"] != 0) {
					sum[unit(i)] += int64(r["x"].(int))
				}
			}
			total, most := int64(0), int64(0)
			for u, x := range sum {
				total += max(x, -x)
				if asked[u] {
					most = max(most, x, -x)
				}
			}
			if 100*most > percent*total {
				want["request at k="+cell+": unsafe"] = true
			}
		}
		table := tableOf(t, fields("k", text, "who", integer, "owner", text, "asked", boolean, "x", integer, "w", integer), rows...)
		reader := array.NewTableReader(table, int64(1+rng.IntN(7)))
		d := sdc.FromReaders(reader)
		d.Roles = roles
		p := off()
		p.Weighting = "handbook"
		p.Request = sdc.Request{Percent: sdc.Percent(fmt.Sprint(percent))}
		r, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"}}, p, sdc.Options{Threads: 1 + rng.IntN(3)})
		reader.Release()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, f := range found(r, 0) {
			got[f] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d, %+v, percent %d: %s\n%v", seed, roles, percent, diff, rows)
		}
		findings += len(got)
		for c := range r.Tables[0].Cells() {
			if level := c.ProtectionLevel(&p); (level.Cmp(new(big.Rat)) > 0) != (r.Status(0, c) == sdc.Unsafe) {
				t.Fatalf("seed %d: level %v of a cell that is %v", seed, level, r.Status(0, c))
			}
		}
	}
	t.Logf("%d findings recounted", findings)
}
