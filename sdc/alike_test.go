package sdc_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// with returns rows of cell "a" in which so many respondents have a value each.
func with(pairs ...int) []row {
	var rows []row
	for i := 0; i < len(pairs); i += 2 {
		for range pairs[i] {
			rows = append(rows, row{"k": "a", "who": len(rows), "x": pairs[i+1]})
		}
	}
	return rows
}

func TestAllEqualBoundaries(t *testing.T) {
	for _, tc := range []struct {
		name      string
		rows      []row
		percent   sdc.Percent
		sensitive []string
		want      []string
	}{
		{"twelve of twelve, as tables/c63", with(12, 2), "90", nil, []string{"all-equal at k=a: unsafe"}},
		{"twenty of twenty have it, as attacks/F02", with(20, 1), "90", nil, []string{"all-equal at k=a: unsafe"}},
		{"zero too", with(12, 0), "90", nil, []string{"all-equal at k=a: unsafe"}},
		{"nine of ten", with(9, 7, 1, 8), "90", nil, []string{"all-equal at k=a: review"}},
		{"less than that", with(89, 7, 11, 8), "90", nil, []string{}},
		{"nine of ten, sensitive", with(9, 1, 1, 8), "90", []string{"1"}, []string{"all-equal at k=a: unsafe"}},
		{"another value is sensitive", with(9, 1, 1, 8), "90", []string{"8", "1.5"}, []string{"all-equal at k=a: review"}},
		{"nine of ten are 0", with(9, 0, 1, 8), "90", nil, []string{}},
		{"nine of ten are 0, sensitive", with(9, 0, 1, 8), "90", []string{"0"}, []string{"all-equal at k=a: unsafe"}},
		{"all but one, of all", with(99, 3, 1, 4), "100", []string{"3"}, []string{}},
		{"seven of eight, to the digit", with(7, 3, 1, 4), "87.5", nil, []string{"all-equal at k=a: review"}},
		{"seven of eight, a little more asked", with(7, 3, 1, 4), "87.51", nil, []string{}},
		{"one contributor is left to the threshold", with(1, 3), "90", nil, []string{}},
		{"two", with(2, 3), "90", nil, []string{"all-equal at k=a: unsafe"}},
		{"of opposite signs", with(6, 3, 6, -3), "90", nil, []string{}},
		{"negative", with(6, -3), "90", nil, []string{"all-equal at k=a: unsafe"}},
		{"nulls are none", append(with(10, 5), row{"k": "a", "who": 99}, row{"k": "a", "who": 98}), "90", nil, []string{"all-equal at k=a: unsafe"}},
		{"observations, not contributions", []row{{"k": "a", "who": 1, "x": 4}, {"k": "a", "who": 1, "x": 4}, {"k": "a", "who": 2, "x": 4}}, "90", nil, []string{"all-equal at k=a: unsafe"}},
		{"contributions, not observations", []row{{"k": "a", "who": 1, "x": 4}, {"k": "a", "who": 1, "x": 2}, {"k": "a", "who": 2, "x": 6}}, "90", nil, []string{"all-equal at k=a: unsafe"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, named := range []bool{true, false} {
				if !named && (tc.name == "contributions, not observations") {
					continue
				}
				d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", integer), tc.rows...))
				if named {
					d.Roles.Respondent = "who"
				}
				p := off()
				p.AllEqual = sdc.AllEqual{Percent: tc.percent}
				r := check(t, d, p, sdc.Output{
					Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true, SensitiveValues: tc.sensitive, Statistics: []string{"mean"},
				})
				if diff := cmp.Diff(tc.want, found(r, 0)); diff != "" {
					t.Errorf("respondents named %v: %s", named, diff)
				}
			}
		})
	}
}

// TestAllEqualLevel: a cell that the rule calls unsafe must be possible down to where
// fewer than the share have the value: of 20 with 1, to 17.
func TestAllEqualLevel(t *testing.T) {
	d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", integer), with(20, 1)...))
	d.Roles.Respondent = "who"
	p := off()
	p.AllEqual = sdc.AllEqual{Percent: "90"}
	r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"})
	if level := cellAt(t, r.Tables[0], "a").ProtectionLevel(&p); level.RatString() != "3" {
		t.Errorf("level %v, want 3", level)
	}
}

// TestAllEqualLevelByHoldings: where 20 holdings of three respondents each have the same, at
// least 3 of the 20 must differ.
func TestAllEqualLevelByHoldings(t *testing.T) {
	var rows []row
	for h, sum := range append(nineteen(100), 100) {
		rows = append(rows, row{"k": "a", "who": 3 * h, "owner": h, "x": h}, row{"k": "a", "who": 3*h + 1, "owner": h, "x": 7}, row{"k": "a", "who": 3*h + 2, "owner": h, "x": sum - h - 7})
	}
	d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "owner", integer, "x", integer), rows...))
	d.Roles.Respondent, d.Roles.Holding = "who", "owner"
	p := off()
	p.AllEqual = sdc.AllEqual{Percent: "90"}
	r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"})
	if level := cellAt(t, r.Tables[0], "a").ProtectionLevel(&p); level.RatString() != "300" {
		t.Errorf("level %v, want 300: 3 of 20", level)
	}
}

func TestMinHoldingsBoundary(t *testing.T) {
	for _, tc := range []struct {
		name   string
		kind   sdc.Kind
		owners int
		null   int // of the last so many holdings
		named  bool
		want   []string
	}{
		{"ten counted", sdc.Frequency, 10, 0, true, []string{}},
		{"nine counted", sdc.Frequency, 9, 0, true, []string{"min-holdings at k=a: unsafe"}},
		{"one of twelve establishments, as check/05", sdc.Frequency, 1, 0, true, []string{"min-holdings at k=a: unsafe"}},
		{"ten with a sum", sdc.Magnitude, 10, 0, true, []string{}},
		{"ten, of which one has no value", sdc.Magnitude, 10, 1, true, []string{"min-holdings at k=a: unsafe"}},
		{"ten, of which one has no value, counted", sdc.Frequency, 10, 1, true, []string{}},
		{"no holdings are named", sdc.Magnitude, 1, 0, false, []string{}},
		{"ten in a class of records", sdc.Microdata, 10, 0, true, []string{}},
		{"nine in a class of records", sdc.Microdata, 9, 0, true, []string{"min-holdings at k=a: unsafe"}},
		{"eleven, of which one has 0", sdc.Magnitude, 11, 0, true, []string{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i := range 24 {
				r := row{"k": "a", "who": i, "owner": i % tc.owners, "x": i}
				if i%tc.owners >= tc.owners-tc.null {
					r["x"] = nil
				}
				rows = append(rows, r)
			}
			d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "owner", integer, "x", integer), rows...))
			d.Roles.Respondent = "who"
			if tc.named {
				d.Roles.Holding = "owner"
			}
			p := off()
			p.MinHoldings = sdc.MinHoldings{Min: 10}
			o := sdc.Output{Name: "o", Kind: tc.kind, By: []string{"k"}, NoMargins: tc.kind != sdc.Microdata}
			if tc.kind == sdc.Magnitude {
				o.Response = "x"
			}
			r := check(t, d, p, o)
			if diff := cmp.Diff(tc.want, found(r, 0)); diff != "" {
				t.Error(diff)
			}
			const unnamed = "min-holdings: no holding column is named, so several contributors of one owner count as several owners"
			if has := fmt.Sprint(r.Outputs[0].NotChecked); !tc.named != containsText(has, unnamed) {
				t.Errorf("not checked: %s", has)
			}
		})
	}
}

// TestMinHoldingsNonZero: holdings with a sum of 0 contribute nothing that who knows them does
// not subtract.
func TestMinHoldingsNonZero(t *testing.T) {
	for _, tc := range []struct {
		name        string
		some, zero  int // holdings of two respondents each
		respondents bool
		want        []string
	}{
		{"ten with a sum, the boundary", 10, 5, true, []string{}},
		{"nine with a sum", 9, 5, true, []string{"min-holdings at k=a: review"}},
		{"eight and one", 8, 1, true, []string{"min-holdings at k=a: unsafe"}},
		{"nobody has a sum", 0, 12, true, []string{"min-holdings at k=a: review"}},
		{"nine with a sum, rows are respondents", 9, 5, false, []string{"min-holdings at k=a: review"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for h := range tc.some + tc.zero {
				x := 10 + h
				if h >= tc.some {
					x = 3 // and -3
				}
				rows = append(rows, row{"k": "a", "who": 2 * h, "owner": h, "x": x})
				if h >= tc.some {
					x = -3
				}
				rows = append(rows, row{"k": "a", "who": 2*h + 1, "owner": h, "x": x})
			}
			d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "owner", integer, "x", integer), rows...))
			if d.Roles.Holding = "owner"; tc.respondents {
				d.Roles.Respondent = "who"
			}
			p := off()
			p.MinHoldings = sdc.MinHoldings{Min: 10}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
			if diff := cmp.Diff(tc.want, found(r, 0)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAllEqualByHoldings: a value that most holdings contribute, whatever their respondents do.
func TestAllEqualByHoldings(t *testing.T) {
	for _, tc := range []struct {
		name      string
		sums      []int // of holdings of two respondents each
		lone      []int // of respondents without a holding
		sensitive []string
		want      []string
	}{
		{"nineteen of twenty, as 14-holdeq", append(nineteen(100), 25), nil, nil, []string{"all-equal at k=a: review"}},
		{"and sensitive", append(nineteen(100), 25), nil, []string{"100"}, []string{"all-equal at k=a: unsafe"}},
		{"the other is sensitive", append(nineteen(100), 25), nil, []string{"25"}, []string{"all-equal at k=a: review"}},
		{"nine of ten, the boundary", append(nineteen(100)[:9], 25), nil, nil, []string{"all-equal at k=a: review"}},
		{"eight of nine", append(nineteen(100)[:8], 25), nil, nil, []string{}},
		{"all", nineteen(100)[:5], nil, nil, []string{"all-equal at k=a: unsafe"}},
		{"those without a holding are of their own", nineteen(100)[:8], []int{100, 25}, nil, []string{"all-equal at k=a: review"}},
		{"and differ", nineteen(100)[:8], []int{99, 25}, nil, []string{}},
		{"most have 0", append(nineteen(0), 25), nil, nil, []string{}},
		{"most have 0, sensitive", append(nineteen(0), 25), nil, []string{"0"}, []string{"all-equal at k=a: unsafe"}},
		{"negative", append(nineteen(-100), 25), nil, nil, []string{"all-equal at k=a: review"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for h, sum := range tc.sums {
				part := 1000 + 7*h
				rows = append(rows, row{"k": "a", "who": len(rows), "owner": h, "x": sum - part}, row{"k": "a", "who": len(rows) + 1, "owner": h, "x": part})
			}
			for _, x := range tc.lone {
				rows = append(rows, row{"k": "a", "who": len(rows), "x": x})
			}
			for _, respondents := range []bool{true, false} {
				reader := array.NewTableReader(tableOf(t, fields("k", text, "who", integer, "owner", integer, "x", integer), rows...), 7)
				d := sdc.FromReaders(reader)
				if d.Roles.Holding = "owner"; respondents {
					d.Roles.Respondent = "who"
				}
				p := off()
				p.AllEqual = sdc.AllEqual{Percent: "90"}
				r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true, SensitiveValues: tc.sensitive})
				reader.Release()
				if diff := cmp.Diff(tc.want, found(r, 0)); diff != "" {
					t.Errorf("respondents named %v: %s", respondents, diff)
				}
			}
		})
	}
}

// nineteen returns nineteen times x.
func nineteen(x int) (out []int) {
	for range 19 {
		out = append(out, x)
	}
	return out
}

// TestAlikeRecount compares all-equal and min-holdings with a recount by maps: all roles
// that data may name, nulls, weights of 0, respondents in several cells, parts that merge.
func TestAlikeRecount(t *testing.T) {
	count := map[string]int{}
	for seed := range seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 33))
		rows := alikeRows(rng)
		roles := sdc.Roles{}
		if rng.IntN(3) > 0 {
			roles.Respondent = "who"
		}
		if rng.IntN(3) == 0 {
			roles.Holding = "owner"
		}
		if rng.IntN(3) == 0 {
			roles.Weight = "w"
		}
		weighting := sdc.Weighting("handbook")
		if roles.Holding == "" && rng.IntN(2) == 0 {
			weighting = "tau"
		}
		percent, least := int64(51+rng.IntN(50)), int64(2+rng.IntN(3))
		want := map[string]bool{}
		for _, a := range []string{"*", "0", "1"} {
			for _, b := range []string{"*", "0", "1", "2"} {
				kept := []int{}
				for i, r := range rows {
					if (a == "*" || r["a"] == a) && (b == "*" || r["b"] == b) {
						kept = append(kept, i)
					}
				}
				if len(kept) > 0 {
					for _, s := range alikeFindings(rows, kept, roles, percent, least) {
						want[fmt.Sprintf("%s at a=%s, b=%s: %s", s[0], a, b, s[1])] = true
						count[s[0]+" "+s[1]]++
					}
				}
			}
		}
		reader := array.NewTableReader(tableOf(t, fields("a", text, "b", text, "who", integer, "owner", text, "x", float, "w", integer), rows...), int64(1+rng.IntN(9)))
		d := sdc.FromReaders(reader)
		d.Roles = roles
		p := off()
		p.Weighting, p.MinHoldings = weighting, sdc.MinHoldings{Min: least}
		p.AllEqual = sdc.AllEqual{Percent: sdc.Percent(fmt.Sprint(percent))}
		opts := sdc.Options{Threads: 1 + rng.IntN(3), Sole: rng.IntN(2) == 0, TempDir: t.TempDir()}
		if rng.IntN(3) == 0 {
			opts.Memory = 1 + rng.Int64N(3000)
		}
		r, err := sdc.Check(context.Background(), d, []sdc.Output{{
			Name: "o", Kind: sdc.Magnitude, By: []string{"a", "b"}, Response: "x", SensitiveValues: []string{"2.5"},
		}}, p, opts)
		reader.Release()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, f := range found(r, 0) {
			got[f] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d, %+v, %s, percent %d, at least %d: %s\n%v", seed, roles, weighting, percent, least, diff, rows)
		}
	}
	for _, what := range []string{"all-equal unsafe", "all-equal review", "min-holdings unsafe", "min-holdings review"} {
		if count[what] == 0 {
			t.Errorf("no %s", what)
		}
	}
	t.Log(count)
}

// alikeRows are rows most of which have one response.
func alikeRows(rng *rand.Rand) []row {
	var rows []row
	common, other, units := []float64{0, 2.5, -1, 7}[rng.IntN(4)], rng.IntN(4), 1+rng.IntN(60)
	for i := range 1 + rng.IntN(60) {
		who := i
		if rng.IntN(3) == 0 {
			who = rng.IntN(units)
		}
		r := row{"a": fmt.Sprint(rng.IntN(2)), "b": fmt.Sprint(rng.IntN(3)), "who": who, "x": common, "w": 1 + who%4}
		if rng.IntN(12) < other {
			r["x"] = []any{nil, 0.0, 2.5, 1.25, -2.5}[rng.IntN(5)]
		}
		if who%7 == 3 {
			r["w"] = 0
		}
		if rng.IntN(2) == 0 {
			r["owner"] = fmt.Sprint("h", rng.IntN(3))
		}
		rows = append(rows, r)
	}
	return rows
}

// alikeFindings recounts one cell, of which kept are the rows, in quarters.
func alikeFindings(rows []row, kept []int, roles sdc.Roles, percent, least int64) (out [][2]string) {
	observed, persons, owners := map[int64]bool{}, map[string]int64{}, map[string]int64{}
	for _, i := range kept {
		r := rows[i]
		if r["x"] == nil || roles.Weight != "" && r["w"] == 0 {
			continue
		}
		x := int64(4 * r["x"].(float64))
		person := fmt.Sprint("row ", i)
		if roles.Respondent != "" {
			person = fmt.Sprint("person ", r["who"])
		}
		owner := person
		if r["owner"] != nil {
			owner = fmt.Sprint("holding ", r["owner"])
		}
		observed[x] = true
		persons[person] += x
		owners[owner] += x
	}
	sums := map[int64]int64{} // holdings by sum
	for _, x := range owners {
		sums[x]++
	}
	switch all := int64(len(owners)); {
	case roles.Holding == "":
	case all < least:
		out = append(out, [2]string{"min-holdings", "unsafe"})
	case all-sums[0] < least:
		out = append(out, [2]string{"min-holdings", "review"})
	}
	n := int64(len(persons))
	if n < 2 {
		return out
	}
	same := map[int64]int64{}
	for _, x := range persons {
		same[x]++
	}
	byOwner, negative := map[int64]bool{}, false
	for _, x := range owners {
		negative = negative || x < 0
		byOwner[x] = true
	}
	if roles.Weight != "" && negative {
		byOwner = map[int64]bool{}
		for _, x := range owners {
			byOwner[max(x, -x)] = true
		}
	}
	if len(observed) == 1 || len(same) == 1 || roles.Holding != "" && len(owners) > 1 && len(byOwner) == 1 {
		return append(out, [2]string{"all-equal", "unsafe"})
	}
	verdict := ""
	shared := func(same map[int64]int64, n int64) {
		for x, m := range same {
			switch {
			case 100*m < percent*n || n < 2:
			case x == 10:
				verdict = "unsafe"
			case x != 0 && verdict == "":
				verdict = "review"
			}
		}
	}
	if shared(same, n); roles.Holding != "" {
		shared(sums, int64(len(owners)))
	}
	if verdict != "" {
		out = append(out, [2]string{"all-equal", verdict})
	}
	return out
}

func containsText(s, part string) bool { return strings.Contains(s, part) }

// TestMinHoldingsMatching: of a class of one holding that others may belong to, by nulls
// that match, somebody judges.
func TestMinHoldingsMatching(t *testing.T) {
	var rows []row
	for i := range 24 {
		r := row{"a": "x", "b": "y", "who": i, "owner": i}
		if i >= 12 {
			r["b"] = nil
		} else {
			r["owner"] = 0
		}
		rows = append(rows, r)
	}
	d := sdc.FromTable(tableOf(t, fields("a", text, "b", text, "who", integer, "owner", integer), rows...))
	d.Roles.Respondent, d.Roles.Holding = "who", "owner"
	d.Missing = map[string]sdc.Missing{"b": "wildcard"}
	p := off()
	p.MinHoldings = sdc.MinHoldings{Min: 10}
	r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"a", "b"}})
	if diff := cmp.Diff([]string{"min-holdings at a=x, b=y: review"}, found(r, 0)); diff != "" {
		t.Error(diff)
	}
}
