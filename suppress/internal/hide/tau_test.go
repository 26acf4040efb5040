package hide

import (
	"bufio"
	"context"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// tauTable reads the table of tau-ARGUS's own test data, size by region, with the
// statuses that its modular method gave, as a problem in cents. Protection levels
// are those of the p% rule with p = 15.
func tauTable(t *testing.T) (p *Problem, theirs []bool) {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "reference", "tables", "Simple2D_expected.txt")
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("no reference tables: %v", err)
	}
	defer f.Close()
	var cells []Cell
	at := map[[2]string]int{}
	var sizes, regions []string
	for in := bufio.NewScanner(f); in.Scan(); {
		x := strings.Split(strings.TrimSpace(in.Text()), ",")
		if len(x) != 4 {
			continue
		}
		size, region := strings.Trim(x[0], `"`), strings.Trim(x[1], `"`)
		if _, ok := at[[2]string{size, "Total"}]; !ok && region == "Total" && size != "Total" {
			sizes = append(sizes, size)
		}
		if size == "Total" {
			regions = append(regions, region)
		}
		at[[2]string{size, region}] = len(cells)
		c := Cell{}
		v, err := strconv.ParseFloat(x[2], 64)
		if err == nil {
			c.Value = int64(math.Round(v * 100))
		}
		switch x[3] {
		case "3":
			c.Status = Primary
			c.Level = Level{Lower: 75, Upper: 75}
			if size == " 9" && region == " 4" {
				c.Level = Level{Lower: 128815, Upper: 128815}
			}
		case "14": // nobody is in it
			c.Status = Protected
		}
		c.Cost = c.Value
		theirs = append(theirs, x[3] == "3" || x[3] == "11")
		cells = append(cells, c)
	}
	below := map[string][]string{
		"Total": {"Nr", "Os", "Ws", "Zd", "99"}, "Nr": {" 1", " 2", " 3"}, "Os": {" 4", " 5", " 6", " 7"},
		"Ws": {" 8", " 9", "10"}, "Zd": {"11", "12"},
	}
	var rel []Relation
	for _, size := range append([]string{"Total"}, sizes...) {
		for _, total := range []string{"Total", "Nr", "Os", "Ws", "Zd"} {
			r := Relation{Total: at[[2]string{size, total}]}
			for _, q := range below[total] {
				r.Parts = append(r.Parts, at[[2]string{size, q}])
			}
			rel = append(rel, r)
		}
	}
	for _, region := range regions {
		r := Relation{Total: at[[2]string{"Total", region}]}
		for _, size := range sizes {
			r.Parts = append(r.Parts, at[[2]string{size, region}])
		}
		rel = append(rel, r)
	}
	p, err = New(cells, rel, Attacker{})
	if err != nil {
		t.Fatal(err)
	}
	return p, theirs
}

// TestTau protects tau-ARGUS's table of 9 primary cells with no more secondary
// ones than its modular method, 12, and audits both patterns: every interval is
// wide enough.
func TestTau(t *testing.T) {
	p, theirs := tauTable(t)
	pattern, err := Protect(context.Background(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	secondary := 0
	for _, s := range pattern.status {
		if s == Secondary {
			secondary++
		}
	}
	if n := len(p.primaries()); n != 9 || secondary > 12 {
		t.Errorf("%d primary cells, %d secondary, want 9 and at most 12", n, secondary)
	}
	cost := int64(0)
	for i, h := range theirs {
		if h && p.cells[i].Status != Primary {
			cost += p.cost(i)
		}
	}
	t.Logf("%d secondary cells, cost %d; tau-ARGUS modular 12, cost %d", secondary, pattern.cost, cost)
	for k, hidden := range [][]bool{pattern.Hidden(), theirs} {
		name := []string{"ours", "theirs"}[k]
		a, err := Audit(context.Background(), p, hidden, AuditOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Failures {
			t.Errorf("%s: %+v", name, f)
		}
		for _, v := range a.Intervals {
			l := p.cells[v.Cell].Level
			low, high := toRat(v.Lower), toRat(v.Upper)
			if !v.Exact() || p.cells[v.Cell].Status == Primary &&
				(high != nil && high.Cmp(toRat(Bound{l.Upper, 1})) < 0 || low != nil && low.Cmp(toRat(Bound{-l.Lower, 1})) > 0) {
				t.Errorf("%s: cell %d: %+v", name, v.Cell, v)
			}
		}
	}
}
