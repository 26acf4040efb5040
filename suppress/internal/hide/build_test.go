package hide

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/declared"
	"github.com/sluis-go/sluis/suppress/verify"
)

// rows is a table of text columns and one number, "x".
type rows struct {
	names   []string
	text    [][]string
	x       []float64 // NaN is null
	roles   sdc.Roles
	unasked bool // who is alone

	declared declared.Columns
}

func (r *rows) add(x float64, codes ...string) {
	r.text = append(r.text, codes)
	r.x = append(r.x, x)
}

// check runs a policy over outputs.
func (r *rows) check(t testing.TB, p sdc.Policy, hs map[string]*sdc.Hierarchy, outputs ...sdc.Output) *sdc.Report {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	var fields []arrow.Field
	for _, n := range r.names {
		fields = append(fields, arrow.Field{Name: n, Type: arrow.BinaryTypes.String})
	}
	b := array.NewRecordBuilder(mem, arrow.NewSchema(append(fields, arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Float64}), nil))
	defer b.Release()
	for i, codes := range r.text {
		for k, c := range codes {
			if k := b.Field(k).(*array.StringBuilder); c == "" {
				k.AppendNull()
			} else {
				k.Append(c)
			}
		}
		if x := b.Field(len(codes)).(*array.Float64Builder); math.IsNaN(r.x[i]) {
			x.AppendNull()
		} else {
			x.Append(r.x[i])
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	table := array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec})
	defer table.Release()
	d := sdc.FromTable(table)
	d.Hierarchies, d.Roles, d.Declared = hs, r.roles, r.declared
	report, err := sdc.Check(context.Background(), d, outputs, p, sdc.Options{Threads: 1, Sole: !r.unasked})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// onlyRules is cbs with everything off that looks at the cells of a table.
func onlyRules() sdc.Policy {
	p := sdc.CBS()
	p.Name = "test"
	p.MinContributors.Off, p.NK.Off, p.GroupDisclosure.Off, p.ZeroCells.Off = true, true, true, true
	p.MinHoldings.Off, p.AllEqual.Off = true, true
	return p
}

func build(t *testing.T, r *sdc.Report, p sdc.Policy, o BuildOptions) []*Tables {
	t.Helper()
	var all []int
	for k := range r.Outputs {
		all = append(all, k)
	}
	g, err := FromReport(r, all, o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestLevels: the published levels of concentration rules.
func TestLevels(t *testing.T) {
	cases := []struct {
		name   string
		values []float64
		rule   func(*sdc.Policy)
		want   int64 // in units of the last decimal of the values
	}{
		// Handbook on SDC: X = 330 of 300, 20, 10, (1,85): the bound is 352.94.
		{"nk", []float64{300, 20, 10}, func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "85"} }, 23},
		{"nk in hundredths", []float64{300.01, 20, 10}, func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "85"} }, 2295},
		// 700, 260, 40 by holding: 10 % of 700 less 40.
		{"p%", []float64{700, 260, 40}, func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10"} }, 30},
		{"p% of a coalition", []float64{700, 260, 40}, func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10", Coalition: 2} }, 70},
		{"pq", []float64{700, 260, 40}, func(p *sdc.Policy) { p.PQ = sdc.PQ{P: "10", Q: "50"} }, 100},
		{"the largest counts", []float64{700, 260, 40}, func(p *sdc.Policy) {
			p.PPercent = sdc.PPercent{P: "10"}
			p.PQ = sdc.PQ{P: "10", Q: "50"}
		}, 100},
		{"a threshold alone", []float64{5, 5, 5}, func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 4} }, 0},
		{"an interval", []float64{300, 20, 12}, func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 4, Interval: "20"} }, 67}, // of 332: 66.4
		{"an interval of less than a unit", []float64{1, 1, 1}, func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 4, Interval: "20"} }, 1},
		{"an interval of nothing", []float64{300, 20, 10}, func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 4, Interval: "0"} }, 0},
		{"an interval, and the rule larger", []float64{700, 260, 40}, func(p *sdc.Policy) {
			p.MinContributors = sdc.MinContributors{Min: 4, Interval: "5"}
			p.PQ = sdc.PQ{P: "10", Q: "50"}
		}, 100},
		// Of twenty with 1 there must be as few as seventeen: 90 % of twenty are eighteen.
		{"all equal", slices.Repeat([]float64{1}, 20), func(p *sdc.Policy) { p.AllEqual = sdc.AllEqual{Percent: "90"} }, 3},
		{"all zero", []float64{0, 0, 0}, func(p *sdc.Policy) { p.AllEqual = sdc.AllEqual{Percent: "90"} }, 0},
		{"safe", []float64{700, 260, 70}, func(p *sdc.Policy) {
			p.PPercent = sdc.PPercent{P: "10"}
			p.MinContributors = sdc.MinContributors{Min: 3, Interval: "20"}
		}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := &rows{names: []string{"a"}}
			for _, x := range c.values {
				r.add(x, "k")
			}
			p := onlyRules()
			c.rule(&p)
			report := r.check(t, p, nil, sdc.Output{Name: "t", Kind: sdc.Magnitude, By: []string{"a"}, Response: "x"})
			cell := build(t, report, p, BuildOptions{})[0].problem.cells[1]
			if cell.Level != (Level{Lower: c.want, Upper: c.want}) || (cell.Status == Primary) == (c.name == "safe") {
				t.Errorf("%s: %+v", c.name, cell)
			}
		})
	}
}

// TestGroupLevels: a cell must be possible down to where its share would pass.
func TestGroupLevels(t *testing.T) {
	cases := []struct {
		in, out int
		rule    func(*sdc.Policy)
		want    int64
	}{
		{18, 2, func(p *sdc.Policy) { p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"} }, 1},                  // 18 of 20 is unsafe, 17 is not
		{19, 1, func(p *sdc.Policy) { p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90", Exclusive: true} }, 2}, // 18 would pass, but is 18 of 19 to the one outside
		{20, 0, func(p *sdc.Policy) { p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"} }, 3},
		{19, 0, func(p *sdc.Policy) { p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"} }, 2}, // 17.1 is the limit
		{5, 1, func(p *sdc.Policy) { p.GroupRemainder = sdc.GroupRemainder{K: 1} }, 2},             // 4 of 6 are 4 of 5 to the one outside
		{6, 0, func(p *sdc.Policy) { p.GroupRemainder = sdc.GroupRemainder{K: 1} }, 2},
	}
	for i, c := range cases {
		t.Run(fmt.Sprint(c.in, " in, ", c.out, " out"), func(t *testing.T) {
			r := &rows{names: []string{"g", "s"}}
			for range c.in {
				r.add(0, "g1", "yes")
			}
			for range c.out {
				r.add(0, "g1", "no")
			}
			for range 40 {
				r.add(0, "g2", "yes")
				r.add(0, "g2", "no")
			}
			p := onlyRules()
			c.rule(&p)
			report := r.check(t, p, nil, sdc.Output{Name: "t", Kind: sdc.Frequency, By: []string{"g", "s"}, Sensitive: []string{"s"}})
			g := build(t, report, p, BuildOptions{})[0]
			found := false
			for k, cell := range g.problem.cells {
				if cell.Status == Primary {
					found = true
					if cell.Level != (Level{Lower: c.want}) {
						t.Errorf("case %d: cell %s: %+v", i, g.Name(k), cell)
					}
				}
			}
			if !found {
				t.Errorf("case %d: nothing is unsafe", i)
			}
		})
	}
}

// TestTwoByThree is case 5 of the reference: 02-tr1 unsafe by count, 06-tr2 by
// dominance, and 02-tr2 and 06-tr1 protect them.
func TestTwoByThree(t *testing.T) {
	r := &rows{names: []string{"activity", "size"}}
	add := func(activity, size string, n int, total, largest float64) {
		r.add(largest, activity, size)
		for k := range n - 1 {
			share := float64(int(total-largest) / (n - 1))
			if k == n-2 {
				share = total - largest - share*float64(n-2)
			}
			r.add(share, activity, size)
		}
	}
	add("01", "tr1", 10, 100, 20)
	add("01", "tr2", 5, 50, 15)
	add("02", "tr1", 2, 30, 20)
	add("02", "tr2", 5, 20, 10)
	add("06", "tr1", 8, 60, 16)
	add("06", "tr2", 6, 40, 38)
	p := onlyRules()
	p.MinContributors = sdc.MinContributors{Min: 3}
	p.NK = sdc.NK{N: 1, Percent: "85"}
	report := r.check(t, p, nil, sdc.Output{Name: "t", Kind: sdc.Magnitude, By: []string{"activity", "size"}, Response: "x"})
	g := build(t, report, p, BuildOptions{})[0]
	pattern, err := Protect(context.Background(), g.problem, Options{Rounds: 20})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := g.releases(pattern)[0].WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	const want = `activity,size,value,status,status_tau
*,*,300,F,1
*,tr1,190,F,1
*,tr2,110,F,1
01,*,150,F,1
01,tr1,100,F,1
01,tr2,50,F,1
02,*,50,F,1
02,tr1,,C,3
02,tr2,,C,3
06,*,100,F,1
06,tr1,,C,3
06,tr2,,C,3
`
	if b.String() != want {
		t.Errorf("%s", b.String())
	}
}

// TestTauFromRecords is case 3: from the records of tau-ARGUS's test data to nine
// unsafe cells and their levels, by p% = 15.
func TestTauFromRecords(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "reference", "tables")
	f, err := os.Open(filepath.Join(dir, "tau_testW.asc"))
	if err != nil {
		t.Skipf("no reference tables: %v", err)
	}
	defer f.Close()
	tree, err := os.Open(filepath.Join(dir, "region2.hrc"))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	h, err := sdc.ParseHRC(tree, "@")
	if err != nil {
		t.Fatal(err)
	}
	r := &rows{names: []string{"size", "region"}}
	for in := bufio.NewScanner(f); in.Scan(); {
		line := in.Text()
		x, err := strconv.ParseFloat(strings.TrimSpace(line[27:37]), 64)
		if err != nil {
			t.Fatal("a value that is no number")
		}
		r.add(x, line[8:10], line[11:13])
	}
	p := onlyRules()
	p.PPercent = sdc.PPercent{P: "15"}
	report := r.check(t, p, map[string]*sdc.Hierarchy{"region": h},
		sdc.Output{Name: "t", Kind: sdc.Magnitude, By: []string{"size", "region"}, Response: "x"})
	// By value thirteen cells cost less than any twelve found; it is the number that
	// is held against tau-ARGUS.
	g := build(t, report, p, BuildOptions{Cost: CostUnity})[0]
	var levels []string
	for k, cell := range g.problem.cells {
		if cell.Status == Primary {
			levels = append(levels, fmt.Sprintf("%s %s", g.Name(k), unitsText(cell.Level.Upper, g.digits)))
		}
	}
	var want []string
	for _, at := range []string{" 2, Nr", " 2,  1", " 2,  4", " 2,  6", " 4, Nr", " 4,  1", " 4, Os", " 4,  6"} {
		want = append(want, `"t": `+at+" 0.75")
	}
	want = append(want, `"t":  9,  4 1288.15`)
	if !slices.Equal(levels, want) {
		t.Fatalf("unsafe cells and levels: %q", levels)
	}
	pattern, err := Protect(context.Background(), g.problem, Options{Rounds: 20})
	if err != nil {
		t.Fatal(err)
	}
	releases := g.releases(pattern)
	if all, hidden := releases[0].Cells(); hidden > 9+12 {
		t.Errorf("%d of %d cells are suppressed", hidden, all)
	}
	files, err := certifyFiles(releases, g.problem.Attacker())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verify.Certificate(t.Context(), files, testCertificate, verify.Limits{}); err != nil {
		t.Fatal(err)
	}
}

// TestLinked: tables that share cells hide them together.
func TestLinked(t *testing.T) {
	r := &rows{names: []string{"a", "b", "c"}}
	n := 0
	for _, a := range []string{"p", "q", "r"} {
		for _, b := range []string{"x", "y", "z"} {
			for range 3 + (n*7)%11 {
				r.add(1, a, b, []string{"u", "v"}[n%2])
			}
			n++
		}
	}
	r.add(1, "s", "x", "u") // a group of one, in both tables
	p := onlyRules()
	p.MinContributors = sdc.MinContributors{Min: 3}
	report := r.check(t, p, nil,
		sdc.Output{Name: "t0", Kind: sdc.Frequency, By: []string{"a", "b"}},
		sdc.Output{Name: "t1", Kind: sdc.Frequency, By: []string{"c", "a"}},
		sdc.Output{Name: "t2", Kind: sdc.Magnitude, By: []string{"a"}, Response: "x"})
	groups := build(t, report, p, BuildOptions{})
	if len(groups) != 2 || len(groups[0].list) != 2 {
		t.Fatalf("%d groups", len(groups))
	}
	// The one in s is one insider in both tables: alone in s, in s with x, and in s
	// with u. Nobody else is alone.
	whose := map[int32]int{}
	for _, c := range groups[0].problem.cells {
		if c.Owner != 0 {
			whose[c.Owner]++
		}
	}
	if len(whose) != 1 || slices.Max(slices.Collect(maps.Values(whose))) != 3 {
		t.Errorf("cells by owner: %v, want one owner of three", whose)
	}
	c := issue(t, groups[0])
	if c == nil {
		t.Fatal("not protected")
	}
	v, err := verify.Certificate(t.Context(), c.files, testCertificate, verify.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Releases) != 2 || v.Hidden < 6 {
		t.Errorf("%+v", v)
	}
	for name, f := range c.files {
		if strings.HasSuffix(name, ".csv") && strings.Contains(string(f.Data), "s,*,1,F") || strings.Contains(string(f.Data), "*,s,1,F") {
			t.Errorf("%s shows the group of one", name)
		}
	}
}

func TestUnfit(t *testing.T) {
	r := &rows{names: []string{"a"}}
	for k := range 30 {
		r.add(float64(k), "k")
	}
	p := sdc.CBS()
	report := r.check(t, p, nil,
		sdc.Output{Name: "max", Kind: sdc.Magnitude, By: []string{"a"}, Response: "x", Statistics: []string{"max"}},
		sdc.Output{Name: "mean", Kind: sdc.Magnitude, By: []string{"a"}, Response: "x", Statistics: []string{"mean"}},
		sdc.Output{Name: "median", Kind: sdc.Magnitude, By: []string{"a"}, Response: "x", Statistics: []string{"mean", "median"}},
		sdc.Output{Name: "both", Kind: sdc.Magnitude, By: []string{"a"}, Response: "x", Statistics: []string{"mean", "range"}},
		sdc.Output{Name: "records", Kind: sdc.Microdata, By: []string{"a"}})
	for k, o := range report.Outputs {
		_, err := FromReport(report, []int{k}, BuildOptions{})
		if fits := o.Name == "mean"; fits != (err == nil) || !fits && !errors.Is(err, ErrUnfit) {
			t.Errorf("%s: %v", o.Name, err)
		}
		if alone := Fits(report, k); (alone == nil) != (err == nil) {
			t.Errorf("%s: %v, but %v", o.Name, alone, err)
		}
	}
}
