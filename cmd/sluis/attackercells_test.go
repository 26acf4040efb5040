package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/internal/attacker"
)

// cellsCase draws a case of one table that can be given as cells: without declared codes,
// holdings, weights, missing values, values below zero and rounding. It returns nil where the draw has one of
// these. Contributors have values above zero, as is taken as true of cells.
func cellsCase(seed uint64) *attacker.Case {
	c := attacker.Draw(seed)
	if slices.Contains(c.Class, "declared codes") || c.Data.Holdings || c.Data.Weights || c.Data.Negative || c.Base > 0 || c.Outputs[0].Inner || slices.Contains(c.Class, "populations") {
		return nil
	}
	c.Outputs = c.Outputs[:1]
	o := &c.Outputs[0]
	if c.Records && o.Response == attacker.Count && slices.Contains(c.Class, "several rows") {
		return nil // a file of counts has contributors
	}
	o.Sensitive = nil
	for i := range c.Data.Rows {
		for k := range c.Data.Rows[i].X {
			c.Data.Rows[i].X[k] = max(1, c.Data.Rows[i].X[k])
		}
	}
	if c.Policy.AllEqual > 0 {
		c.Policy.AllEqual = 100 // cells do not tell a smaller share
	}
	c.Policy.MinHoldings = 0
	c.Args = slices.DeleteFunc(c.Args, func(s string) bool { return s == "--count" || s == "records" })
	c.Records = false
	return c
}

// cellsOf are the cells of the table of a case, with so many of the largest contributions.
func cellsOf(c *attacker.Case, listed int) (header string, rows []string) {
	o := &c.Outputs[0]
	type cell struct {
		sum int64
		of  map[string]int64
	}
	cells := map[string]*cell{}
	for _, r := range c.Data.Rows {
		keys := []string{""}
		for _, v := range o.By {
			x := &c.Data.Vars[v]
			codes := []string{attacker.Total}
			for code := r.Codes[v]; code != ""; code = x.Parent[code] {
				codes = append(codes, code)
			}
			var next []string
			for _, k := range keys {
				for _, code := range codes {
					next = append(next, k+code+",")
				}
			}
			keys = next
		}
		value := int64(1)
		if o.Response != attacker.Count {
			value = r.X[o.Response]
		}
		for _, k := range keys {
			if cells[k] == nil {
				cells[k] = &cell{of: map[string]int64{}}
			}
			cells[k].sum += value
			cells[k].of[r.Who] += value
		}
	}
	for _, v := range o.By {
		header += c.Data.Vars[v].Name + ","
	}
	header += "value,n"
	for k := range listed {
		header += ",x" + strconv.Itoa(k+1)
	}
	for key, x := range cells {
		row := fmt.Sprintf("%s%d,%d", key, x.sum, len(x.of))
		var list []int64
		for _, y := range x.of {
			list = append(list, y)
		}
		slices.SortFunc(list, func(a, b int64) int { return cmp.Compare(b, a) })
		for k := range listed {
			row += ","
			if k < len(list) {
				row += strconv.FormatInt(list[k], 10)
			}
		}
		rows = append(rows, row)
	}
	slices.Sort(rows)
	return header, rows
}

// cellsSpec is the spec of the same table as cells.
func cellsSpec(c *attacker.Case, listed int) string {
	text := strings.Split(c.Spec(), "\n")
	data := []string{"version: 1", "data:", "  cells: cells.csv", "  value: value", "  contributors: n", `  total: "*"`}
	if listed > 0 {
		list := []string{}
		for k := range listed {
			list = append(list, "x"+strconv.Itoa(k+1))
		}
		data = append(data, "  largest: ["+strings.Join(list, ", ")+"]")
	}
	at := slices.IndexFunc(text, func(s string) bool { return strings.HasPrefix(s, "  hierarchies:") || strings.HasPrefix(s, "outputs:") })
	return strings.Join(append(data, text[at:]...), "\n")
}

// TestAttackerCells protects random small data sets of which the command knows only the cells,
// and attacks what it calls safe from the records. Where contributors are in one cell each, the
// check of the cells also finds the very evidence that the check of the records finds.
// SLUIS_ATTACK and SLUIS_ATTACK_SEED are as for TestAttacker.
func TestAttackerCells(t *testing.T) {
	draws, first := 300, 1
	if testing.Short() {
		draws = 60
	}
	for name, to := range map[string]*int{"SLUIS_ATTACK": &draws, "SLUIS_ATTACK_SEED": &first} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			*to = n
		}
	}
	dir := t.TempDir()
	tally := map[string]int{}
	for i := range draws {
		seed := uint64(first + i)
		c := cellsCase(seed)
		if c == nil {
			tally["left out"]++
			continue
		}
		rng := rand.New(rand.NewPCG(seed, 21))
		listed := rng.IntN(4)
		sums := c.Outputs[0].Response != attacker.Count
		if need := max(int(c.Policy.NK[0]), 2*int(min(1, c.Policy.P+c.Policy.PQ[0])), int(min(1, c.Policy.AllEqual))); sums {
			listed = max(listed, need)
			if c.Whole {
				listed = max(1, listed)
			}
		}
		of := filepath.Join(dir, strconv.FormatUint(seed, 10))
		if err := os.Mkdir(of, 0o700); err != nil {
			t.Fatal(err)
		}
		header, rows := cellsOf(c, listed)
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		write(t, filepath.Join(of, "d.csv"), c.CSV())
		write(t, filepath.Join(of, "records.yaml"), c.Spec())
		write(t, filepath.Join(of, "cells.csv"), header+"\n"+strings.Join(rows, "\n")+"\n")
		write(t, filepath.Join(of, "spec.yaml"), cellsSpec(c, listed))
		write(t, filepath.Join(of, "policy.yaml"), c.PolicyFile())
		policy := filepath.Join(of, "policy.yaml")
		if !slices.Contains(c.Class, "several rows") && listed >= 2 {
			tally["compared with records"]++
			var cells [2]string
			for k, name := range []string{"spec.yaml", "records.yaml"} {
				to := filepath.Join(of, name+".cells.csv")
				status, text := verb(t, "check", filepath.Join(of, name), "--policy", policy, "--cells", to)
				if status != 0 && status != exitUnsafe && status != exitReview {
					t.Fatalf("seed %d: exit status %d: %s", seed, status, text)
				}
				out, err := os.ReadFile(to)
				if err != nil {
					t.Fatal(err)
				}
				// That a response has few values, which is for review, cells do not tell.
				cells[k] = strings.ReplaceAll(string(out), ",review\n", ",safe\n")
			}
			if cells[0] != cells[1] {
				t.Errorf("seed %d: the cells tell other evidence than the records:\n%s\n%s", seed, cells[0], cells[1])
			}
		}
		args := append([]string{"protect", filepath.Join(of, "spec.yaml"), "--policy", policy, "--out", filepath.Join(of, "out"), "--threads", "1"}, c.Args...)
		status, text := verb(t, args...)
		tally[fmt.Sprint("exit ", status)]++
		if status != 0 {
			if status != exitUnsafe && status != exitReview {
				t.Errorf("seed %d (%s): exit status %d: %s", seed, strings.Join(c.Class, ", "), status, text)
			}
			continue
		}
		f, err := os.Open(filepath.Join(of, "out", "release", c.Outputs[0].Name+".release.csv"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := attacker.ReadRelease(f, len(c.Outputs[0].By))
		if err := cmp.Or(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		found, err := attacker.Attack(c, []attacker.Released{r})
		if err != nil {
			tally["undecided"]++
		}
		if len(found) > 0 {
			t.Errorf("seed %d (%s): found\n\t%s\n%s\n%s", seed, strings.Join(c.Class, ", "), join(found), text, strings.Join(rows, "\n"))
		}
	}
	t.Log(tally)
	if compared := tally["compared with records"]; compared == 0 || tally["exit 0"] < draws/8 {
		t.Errorf("%v: too few draws are attacked or compared", tally)
	}
}
