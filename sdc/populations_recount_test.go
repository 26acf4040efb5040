package sdc_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestPopulationsRecount compares the remark on different rows with a recount of the rows
// that each of two random outputs counts or adds up. Two outputs that publish the same thing
// of different rows never go without the remark.
func TestPopulationsRecount(t *testing.T) {
	count := map[string]int{}
	for seed := range 4 * seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 96))
		var rows []row
		// One value of so many is a null: of codes, and of responses.
		often, responses := 2+rng.IntN(30), 3+rng.IntN(20)
		if rng.IntN(2) == 0 {
			often = 1000
		}
		for i := range 5 + rng.IntN(20) {
			r := row{"id": i}
			for _, name := range []string{"a", "b", "c", "x", "y"} {
				switch {
				case name < "d" && rng.IntN(often) > 0:
					r[name] = fmt.Sprint(rng.IntN(2))
				case name > "d" && rng.IntN(responses) > 0:
					r[name] = rng.IntN(9)
				}
			}
			rows = append(rows, r)
		}
		if rng.IntN(3) == 0 { // as many rows have no a as have no b, and no c
			delete(rows[0], "a")
			delete(rows[rng.IntN(len(rows))], "b")
			delete(rows[rng.IntN(len(rows))], "c")
		}
		var outputs []sdc.Output
		for n := range 2 + rng.IntN(3) {
			o := sdc.Output{Name: fmt.Sprint("o", n), Kind: []sdc.Kind{sdc.Frequency, sdc.Magnitude, sdc.Magnitude, sdc.Magnitude, sdc.Microdata}[rng.IntN(5)]}
			for _, name := range []string{"a", "b", "c"} {
				if rng.IntN(2) == 0 {
					o.By = append(o.By, name)
				}
			}
			if len(o.By) == 0 {
				o.By = []string{"c"}
			}
			rng.Shuffle(len(o.By), func(i, j int) { o.By[i], o.By[j] = o.By[j], o.By[i] })
			if o.Kind == sdc.Magnitude {
				o.Response = []string{"x", "x", "y"}[rng.IntN(3)]
				o.Statistics = [][]string{nil, {"sum"}, {"mean"}, {"sum", "count"}}[rng.IntN(4)]
			}
			if rng.IntN(9) == 0 {
				o = sdc.Output{Name: o.Name, Kind: sdc.Model, Parameters: 1}
			}
			o.NoMargins = o.Kind == sdc.Frequency || o.Kind == sdc.Magnitude
			o.NoMargins = o.NoMargins && rng.IntN(4) == 0
			outputs = append(outputs, o)
		}
		// The rows of an output: nulls of a and b leave a row out, those of c are a code or do too.
		code := "c"
		if seed%2 == 0 {
			code = ""
		}
		of := func(o *sdc.Output, response bool) (in, out string) {
			for i, r := range rows {
				left := false
				for _, name := range o.By {
					left = left || name != code && r[name] == nil
				}
				if left {
					out += fmt.Sprint(i, " ")
				}
				if !left && (!response || o.Response == "" || r[o.Response] != nil) {
					in += fmt.Sprint(i, " ")
				}
			}
			return in, out
		}
		counts := func(o *sdc.Output) bool {
			return o.Kind != sdc.Magnitude || slices.Contains(o.Statistics, "mean") || slices.Contains(o.Statistics, "count")
		}
		// By the definition: the same number of rows, for nested columns. Outputs with the rows
		// of a third output have the same rows: the closure, by Warshall.
		excluding := func(o *sdc.Output) map[string]bool {
			m := map[string]bool{}
			for _, name := range o.By {
				if name != code {
					m[name] = true
				}
			}
			return m
		}
		one := make([][]bool, len(outputs))
		for i := range outputs {
			one[i] = make([]bool, len(outputs))
			for j := range outputs {
				inA, inB, both := excluding(&outputs[i]), excluding(&outputs[j]), 0
				for name := range inA {
					if inB[name] {
						both++
					}
				}
				_, outA := of(&outputs[i], true)
				_, outB := of(&outputs[j], true)
				n, m := len(strings.Fields(outA)), len(strings.Fields(outB))
				one[i][j] = n == m && (n == 0 || both == len(inA) || both == len(inB))
			}
		}
		for k := range one {
			for i := range one {
				for j := range one {
					one[i][j] = one[i][j] || one[i][k] && one[k][j]
				}
			}
		}
		want := map[string]bool{}
		for j := range outputs {
			for i := range j {
				a, b := &outputs[i], &outputs[j]
				if a.Kind == sdc.Model || b.Kind == sdc.Model {
					continue
				}
				pair := a.Name + " " + b.Name
				// By the rows alone: what must not go without a remark.
				countA, outA := of(a, true)
				countB, outB := of(b, true)
				sumA, _ := of(a, false)
				sumB, _ := of(b, false)
				must := counts(a) && counts(b) && countA != countB ||
					a.Response == b.Response && sumA != sumB ||
					(a.Kind == sdc.Microdata || b.Kind == sdc.Microdata) && sumA != sumB
				same := one[i][j]
				compared := counts(a) && counts(b) || a.Kind == sdc.Microdata || b.Kind == sdc.Microdata || a.Response == b.Response
				if compared && counts(a) && counts(b) && a.Response != b.Response {
					same = same && countA == sumA && countB == sumB
				}
				if compared && !same {
					want[pair] = true
					count["remarks"]++
					if outA == outB {
						count["remarks for nulls of a response alone"]++
					}
				}
				if must && !want[pair] {
					t.Fatalf("seed %d: the definition passes over different rows of %+v and %+v", seed, a, b)
				}
				if compared && same {
					count["pairs of the same rows"]++
				}
			}
		}
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		reader := array.NewTableReader(tableOf(t, fields("id", integer, "a", text, "b", text, "c", text, "x", integer, "y", integer), rows...), int64(1+rng.IntN(9)))
		d := sdc.FromReaders(reader)
		d.Roles.Respondent = "id"
		d.Missing = map[string]sdc.Missing{"a": sdc.MissingExclude, "b": sdc.MissingExclude, "c": sdc.MissingCategory}
		if code == "" {
			d.Missing["c"] = sdc.MissingExclude
		}
		r, err := sdc.Check(context.Background(), d, outputs, off(), sdc.Options{Threads: 1 + rng.IntN(3)})
		reader.Release()
		if errors.Is(err, sdc.ErrNoRows) {
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for j := range outputs {
			for i := range j {
				_, outA := of(&outputs[i], true)
				_, outB := of(&outputs[j], true)
				if is := r.Tables[i].Population() == r.Tables[j].Population(); is != one[i][j] {
					t.Fatalf("seed %d: %+v and %+v have one population: %v, want %v", seed, outputs[i], outputs[j], is, one[i][j])
				}
				switch {
				case !one[i][j]:
				case outA != outB:
					t.Fatalf("seed %d: one population for different rows of %+v and %+v", seed, outputs[i], outputs[j])
				case outA != "":
					count["populations with rows left out"]++
				}
			}
		}
		got := map[string]bool{}
		for _, x := range r.Data.Remarks {
			if x.Name == "populations" {
				q := strings.Split(x.Message.String(), `"`)
				got[q[1]+" "+q[3]] = x.Verdict == sdc.Review && x.Count > 0
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: %s\n%+v\n%v", seed, diff, outputs, rows)
		}
	}
	t.Log(count)
	for _, what := range []string{"remarks", "remarks for nulls of a response alone", "pairs of the same rows", "populations with rows left out"} {
		if count[what] < 5 {
			t.Errorf("%d %s", count[what], what)
		}
	}
}
