package sdc_test

import (
	"cmp"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// largestCase is random microdata for several linked tables.
type largestCase struct {
	rows    []row
	schema  *arrow.Schema
	roles   sdc.Roles
	outputs []sdc.Output
	policy  sdc.Policy
	kept    int
}

// randomLargest draws few amounts, so that many are equal, of few units, so that
// these are in many cells.
func randomLargest(rng *rand.Rand) *largestCase {
	unit := []arrow.DataType{integer, text}[rng.IntN(2)]
	owner := []arrow.DataType{integer, text}[rng.IntN(2)]
	number := []arrow.DataType{integer, float, &arrow.Decimal128Type{Precision: 30, Scale: 2}}[rng.IntN(3)]
	c := &largestCase{schema: fields("a", text, "b", integer, "region", text, "who", unit, "owner", owner, "x", number, "y", integer, "w", integer)}
	named := func(dt arrow.DataType, k int) any {
		if dt == text {
			return fmt.Sprint("u", k)
		}
		return k
	}
	if rng.IntN(4) > 0 {
		c.roles.Respondent = "who"
	}
	if rng.IntN(2) > 0 {
		c.roles.Holding = "owner"
	} else if rng.IntN(4) == 0 {
		c.roles.Weight = "w"
	}
	n := rng.IntN(60) + 1
	holding, moving, exclude := map[int]any{}, rng.IntN(2) == 0, rng.IntN(3) == 0
	units, owners, amounts, negative := 1+rng.IntN(n+5), 1+rng.IntN(8), 2+rng.IntN(8), rng.IntN(3) == 0
	for range n {
		who := rng.IntN(units)
		r := row{
			"a": fmt.Sprint("a", rng.IntN(3)), "b": rng.IntN(2), "region": fmt.Sprint("r", rng.IntN(5)),
			"who": named(unit, who), "x": rng.IntN(amounts), "y": rng.IntN(3), "w": who % 3,
		}
		if negative && rng.IntN(2) == 0 {
			r["x"] = -rng.IntN(amounts)
		}
		for _, name := range []string{"x", "y"} {
			if rng.IntN(8) == 0 {
				r[name] = nil
			}
		}
		if exclude && len(c.rows) > 0 && rng.IntN(6) == 0 {
			r["a"] = nil
		}
		if h, ok := holding[who]; ok && !moving {
			r["owner"] = h
		} else if rng.IntN(3) > 0 {
			r["owner"] = named(owner, rng.IntN(owners))
		}
		holding[who] = r["owner"]
		c.rows = append(c.rows, r)
	}
	c.policy, c.kept = off(), 4
	if rng.IntN(4) == 0 {
		c.policy.NK = sdc.NK{N: 5, Percent: "99"}
		c.kept = 6
	}
	c.outputs = []sdc.Output{
		{Name: "ab", Kind: sdc.Magnitude, By: []string{"a", "b"}, Response: "x"},
		{Name: "region", Kind: sdc.Magnitude, By: []string{"region"}, Response: "x"},
		{Name: "counts", Kind: sdc.Frequency, By: []string{"region", "a"}},
		{Name: "y", Kind: sdc.Magnitude, By: []string{"b", "region"}, Response: "y"},
	}
	rng.Shuffle(len(c.outputs), func(i, j int) { c.outputs[i], c.outputs[j] = c.outputs[j], c.outputs[i] })
	return c
}

func (c *largestCase) check(t *testing.T, rows []row, schema *arrow.Schema, chunk int64, opts sdc.Options) *sdc.Report {
	t.Helper()
	reader := array.NewTableReader(tableOf(t, schema, rows...), chunk)
	defer reader.Release()
	d := sdc.FromReaders(reader)
	d.Roles = c.roles
	d.Missing = map[string]sdc.Missing{"a": "exclude"}
	tree, err := sdc.NewHierarchy(
		sdc.Code{Label: "N", Children: []sdc.Code{{Label: "r0"}, {Label: "r1"}}},
		sdc.Code{Label: "S", Children: []sdc.Code{{Label: "S1", Children: []sdc.Code{{Label: "r2"}}}, {Label: "r3"}}},
		sdc.Code{Label: "r4"})
	if err != nil {
		t.Fatal(err)
	}
	d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree}
	opts.Sole = true
	r, err := sdc.Check(t.Context(), d, c.outputs, c.policy, opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// unitOf names the unit of row i.
func (c *largestCase) unitOf(i int) string {
	r := c.rows[i]
	switch {
	case c.roles.Holding != "" && r["owner"] != nil:
		return fmt.Sprint("holding ", r["owner"])
	case c.roles.Respondent != "":
		return fmt.Sprint("respondent ", r["who"])
	}
	return fmt.Sprint("row ", i)
}

type named struct {
	name   string
	amount int
}

// recount lists the contributors to a cell by brute force, falling, and returns the
// number of holdings.
func (c *largestCase) recount(t *sdc.Table, cell sdc.Cell) ([]named, int) {
	sum, all := map[string]int{}, map[string]bool{}
	for i, r := range c.rows {
		in := r["a"] != nil || !slices.Contains(t.Output().By, "a")
		for v, k := range cell.Coordinates() {
			in = in && slices.Contains(nodesOf(t.Output().By[v], label(r[t.Output().By[v]])), k.Code)
		}
		if !in {
			continue
		}
		all[c.unitOf(i)] = true
		weight := c.roles.Weight == "" || r["w"] != 0
		if x, ok := r[t.Output().Response].(int); ok && weight {
			sum[c.unitOf(i)] += x
		}
	}
	var list []named
	for name, x := range sum {
		if x != 0 {
			list = append(list, named{name, max(x, -x)})
		}
	}
	slices.SortFunc(list, func(a, b named) int {
		return cmp.Or(cmp.Compare(b.amount, a.amount), cmp.Compare(a.name, b.name))
	})
	return list, len(all)
}

// overlap reports whether a respondent has several holdings, or one and none.
func (c *largestCase) overlap() bool {
	if c.roles.Respondent == "" || c.roles.Holding == "" {
		return false
	}
	owner := map[any]any{}
	for _, r := range c.rows {
		if o, ok := owner[r["who"]]; ok && o != r["owner"] {
			return true
		}
		owner[r["who"]] = r["owner"]
	}
	return false
}

// TestLargestRecount checks, in several linked tables,
//
//   - the listed contributors with their amounts, and the largest amount of the others;
//   - that a number is one contributor everywhere, also for sole contributors;
//   - that numbers are in the promised order.
func TestLargestRecount(t *testing.T) {
	seeds := uint64(120)
	if os.Getenv("SLUIS_LONG") != "" {
		seeds = 6000
	}
	seen := map[string]int{}
	for seed := range seeds {
		c := randomLargest(rand.New(rand.NewPCG(seed, 21)))
		r := c.check(t, c.rows, c.schema, 1<<20, sdc.Options{Threads: 1})
		if got := r.HoldingsOverlap(); got != c.overlap() {
			t.Fatalf("seed %d, %v: respondents of several holdings: %t", seed, c.roles, got)
		} else if c.roles.Respondent != "" && c.roles.Holding != "" {
			seen[fmt.Sprint("overlap ", got)]++
		}
		places := map[int32][][3]int{}
		// A number is one contributor: the one with its amounts in all cells, or one of
		// several with the same amounts in all cells.
		may := map[string]map[int32]bool{}
		alone := int32(0) // the last number of a sole contributor
		for _, table := range r.Tables {
			for cell := range table.Cells() {
				s, _ := cell.Sole()
				alone = max(alone, s.Respondent, s.Holding)
			}
		}
		for k, table := range r.Tables {
			if table.Output().Kind != sdc.Magnitude {
				continue
			}
			at := 0
			for cell := range table.Cells() {
				at++
				want, holdings := c.recount(table, cell)
				all, rest := want, 0
				if holdings > c.kept && len(want) >= c.kept {
					rest = want[c.kept-1].amount
					want = slices.DeleteFunc(slices.Clone(want), func(x named) bool { return x.amount <= rest })
					seen["some"]++
				}
				list, most, ok := cell.Largest()
				if !ok || most.Cmp(big.NewRat(int64(rest), 1)) != 0 || len(list) != len(want) {
					t.Fatalf("seed %d, %v at %v: %v rest %v, want %v rest %d", seed, c.roles, cell.Coordinates(), contributorsText(list), most, want, rest)
				}
				for i, x := range list {
					if x.Amount.Cmp(big.NewRat(int64(want[i].amount), 1)) != 0 {
						t.Fatalf("seed %d at %v: %s, want %v", seed, cell.Coordinates(), contributorsText(list), want)
					}
					if i > 0 && want[i].amount == want[i-1].amount {
						seen["tie"]++
						if list[i-1].Holding >= x.Holding {
							t.Fatalf("seed %d: equal ones are not by number: %s", seed, contributorsText(list))
						}
					}
					places[x.Holding] = append(places[x.Holding], [3]int{k, at, -want[i].amount})
				}
				for _, x := range want {
					narrow(may, x, list)
				}
				if s, _ := cell.Sole(); s.Holding != 0 && len(all) == 1 {
					seen["alone"]++
					if len(list) != 1 || list[0].Holding != s.Holding {
						t.Fatalf("seed %d: %d is alone, listed are %s", seed, s.Holding, contributorsText(list))
					}
				}
				if len(list) > c.kept || len(list) >= c.kept && rest > 0 {
					t.Fatalf("seed %d: %d are listed", seed, len(list))
				}
			}
		}
		back := map[int32]string{}
		for name, numbers := range may {
			if len(numbers) == 0 {
				t.Fatalf("seed %d: %s has no number of his own", seed, name)
			}
			for n := range numbers {
				if len(numbers) > 1 {
					break
				}
				seen["certain"]++
				if other, ok := back[n]; ok {
					t.Fatalf("seed %d: %q and %q have one number", seed, name, other)
				}
				back[n] = name
			}
		}
		// Contributors that are alone in no cell are in the order of their places.
		var numbers []int32
		for n := range places {
			if n > alone {
				numbers = append(numbers, n)
			}
		}
		slices.Sort(numbers)
		for i, n := range numbers {
			if n != alone+1+int32(i) {
				t.Fatalf("seed %d: %d are alone, the others have the numbers %v", seed, alone, numbers)
			}
			if i > 0 {
				order := slices.CompareFunc(places[n-1], places[n], func(a, b [3]int) int { return slices.Compare(a[:], b[:]) })
				if order > 0 {
					t.Fatalf("seed %d: %d is listed before %d", seed, n, n-1)
				}
				if order == 0 {
					seen["not told apart"]++
				}
			}
		}
	}
	for _, what := range []string{"some", "tie", "alone", "certain", "not told apart", "overlap true", "overlap false"} {
		if seen[what] == 0 {
			t.Errorf("nothing of %q occurs", what)
		}
	}
	t.Log(seen)
}

// narrow keeps, of the numbers that a contributor may have, the numbers that a cell lists
// with the contributor's amount.
func narrow(may map[string]map[int32]bool, x named, list []sdc.Contributor) {
	here := map[int32]bool{}
	for _, y := range list {
		if y.Amount.Cmp(big.NewRat(int64(x.amount), 1)) == 0 && (may[x.name] == nil || may[x.name][y.Holding]) {
			here[y.Holding] = true
		}
	}
	may[x.name] = here
}

// TestLargestSame: the order of rows, chunks, threads, dictionaries and rows kept in a
// file do not change the listed contributors or their numbers.
func TestLargestSame(t *testing.T) {
	seeds := uint64(25)
	if os.Getenv("SLUIS_LONG") != "" {
		seeds = 1500
	}
	folder := t.TempDir()
	for seed := range seeds {
		rng := rand.New(rand.NewPCG(seed, 22))
		c := randomLargest(rng)
		want := solesAndLargest(t, c.check(t, c.rows, c.schema, 1<<20, sdc.Options{Threads: 1}))
		for range 4 {
			rows, schema := slices.Clone(c.rows), c.schema
			rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			if rng.IntN(2) == 0 {
				schema = asDictionaries(schema)
			}
			opts := sdc.Options{Threads: 1 + rng.IntN(4), Memory: []int64{0, 1, 5000}[rng.IntN(3)], TempDir: folder}
			got := solesAndLargest(t, c.check(t, rows, schema, 1+rng.Int64N(40), opts))
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %v, %+v: %s", seed, c.roles, opts, diff)
			}
		}
	}
}

func solesAndLargest(t *testing.T, r *sdc.Report) (out []string) {
	t.Helper()
	out = append(out, fmt.Sprint(r.HoldingsOverlap()))
	for _, table := range r.Tables {
		for c := range table.Cells() {
			s, _ := c.Sole()
			list, rest, ok := c.Largest()
			out = append(out, fmt.Sprint(table.Name(), c.Coordinates(), s, contributorsText(list), rest, ok))
		}
	}
	return out
}
