package differencing_test

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/differencing"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
)

// checked checks the outputs of a spec on rows. head is the end of data in the spec.
func checked(t *testing.T, min int64, header string, rows []string, head, outputs string) *sdc.Report {
	t.Helper()
	dir := t.TempDir()
	text := "version: 1\ndata: {source: d.csv, respondent: id" + head + "}\noutputs:\n" + outputs
	for name, text := range map[string]string{"d.csv": header + "\n" + strings.Join(rows, "\n") + "\n", "s.yaml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := spec.Load(filepath.Join(dir, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	policy := sdc.CBS()
	policy.Name, policy.MinContributors.Min, policy.MinHoldings.Off = "test", min, true
	policy.GroupDisclosure.Off, policy.ZeroCells.Off, policy.NK.Off, policy.AllEqual.Off = true, true, true, true
	r, err := project.New(s, policy, project.Options{}).Check(t.Context(), sdc.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// remarksOf has the remarks of a name, one a line.
func remarksOf(r *sdc.Report, name string) (out []string) {
	for _, x := range r.Data.Remarks {
		if x.Name == name {
			out = append(out, report.RemarkLine(&x))
		}
	}
	return out
}

// inPart reports how the sentence of an output on secondary disclosure is.
func inPart(t *testing.T, o *sdc.OutputReport) bool {
	t.Helper()
	for _, x := range o.NotChecked {
		switch x.ID {
		case words.TogetherDecided:
			return true
		case words.SecondaryDisclosure:
			return false
		}
	}
	t.Fatalf("output %s says nothing on secondary disclosure", o.Name)
	return false
}

// TestTogetherCases: tables of one spec, each safe alone. Every want is a part of one remark;
// without wants nothing is found.
func TestTogetherCases(t *testing.T) {
	ages := slices.Concat(people(0, 16, "u,u"), people(20, 1, "o,u"), people(30, 30, "o,o"))
	nulls := slices.Concat(people(0, 45, "P,x,s,5"), people(100, 1, "P,x,,7"), people(200, 30, "Q,y,s,9"))
	square := slices.Concat(people(0, 1, "a,x,d"), people(10, 11, "a,y,e"), people(30, 12, "b,x,e"), people(50, 14, "b,y,d"))
	moved := slices.Concat(people(0, 20, "a,a"), people(30, 1, "a,b"), people(40, 20, "b,b"), people(70, 1, "b,a"))
	grid := slices.Concat(people(0, 20, "a,x,1"), people(30, 20, "a,y,2"), people(60, 20, "b,x,3"), people(90, 20, "b,y,4"))
	for _, tc := range []struct {
		name, header  string
		rows          []string
		head, outputs string
		min           int64
		want          []string
		part          string // of each output: y where the sentence says what was looked for
	}{
		{
			"age bands below 20 and below 25", "id,below20,below25", ages, "",
			"  - {name: first, kind: frequency, by: [below20]}\n  - {name: second, kind: frequency, by: [below25]}\n", 5,
			[]string{`cell below25=o of output "second" and cell below20=o of output "first" differ by 1 respondent, and one`, `cell below25=u of output "second" and cell below20=u of output "first" differ by 1 respondent, and one`}, "yy",
		},
		{
			"rows that a null leaves out", "id,a,b,c,y", nulls, ", missing: {c: exclude}",
			"  - {name: t1, kind: frequency, by: [a, b]}\n  - {name: t2, kind: frequency, by: [a, c]}\n", 3,
			[]string{`cell a=P, c=* of output "t2" and cell a=*, b=x of output "t1" differ by 1 respondent, and one`}, "yy",
		},
		{
			"sums over rows that a null leaves out", "id,a,b,c,y", nulls, ", missing: {c: exclude}",
			"  - {name: t1, kind: magnitude, by: [a, b], response: y}\n  - {name: t2, kind: magnitude, by: [a, c], response: y, statistics: [mean]}\n", 3,
			[]string{`cell a=P, c=* of output "t2" and cell a=*, b=x of output "t1" differ by 1 respondent, and one cell lies inside the other: the difference of the two numbers (sums of y)`}, "yy",
		},
		{
			"a square and its diagonal", "id,r,s,g", square, "",
			"  - {name: r, kind: frequency, by: [r]}\n  - {name: s, kind: frequency, by: [s]}\n  - {name: g, kind: frequency, by: [g]}\n", 5,
			[]string{"differencing: unsafe: from the cells of all outputs together a reader can compute a number about 1 respondent alone, inside cell"}, "yyy",
		},
		{
			"two of them tell nothing", "id,r,s,g", square, "",
			"  - {name: r, kind: frequency, by: [r]}\n  - {name: s, kind: frequency, by: [s]}\n", 5, nil, "yy",
		},
		{
			"two who moved, with mixed signs", "id,r,q", moved, "",
			"  - {name: r, kind: frequency, by: [r]}\n  - {name: q, kind: frequency, by: [q]}\n", 5,
			[]string{"differ by 2 respondents, some of them in the one cell and some in the other"}, "yy",
		},
		{
			"tables with a variable in common", "id,a,b,c", grid, "",
			"  - {name: ab, kind: frequency, by: [a, b]}\n  - {name: bc, kind: frequency, by: [b, c]}\n", 5, nil, "yy",
		},
		{
			"sums of different columns", "id,a,b,y", grid, "",
			"  - {name: y, kind: magnitude, by: [a], response: y}\n  - {name: n, kind: frequency, by: [b]}\n", 5, nil, "nn",
		},
		{
			"one table", "id,a,b,c", grid, "", "  - {name: ab, kind: frequency, by: [a, b]}\n", 5, nil, "n",
		},
		{
			"the same table with other margins", "id,a,b,c", grid, "",
			"  - {name: ab, kind: frequency, by: [a, b]}\n  - {name: ba, kind: frequency, by: [b, a], margins: none}\n", 5, nil, "nn",
		},
		{
			"a person with two rows", "id,a,b", append(slices.Concat(people(0, 20, "P,x"), people(30, 20, "Q,y")), "p0001,Q,x", "p0001,Q,y"), "",
			"  - {name: a, kind: frequency, by: [a]}\n  - {name: b, kind: frequency, by: [b]}\n", 5,
			[]string{"alone"}, "yy",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := checked(t, tc.min, tc.header, tc.rows, tc.head, tc.outputs)
			got := remarksOf(r, "differencing")
			if tc.want == nil && len(got) > 0 {
				t.Errorf("found: %q", got)
			}
			for _, want := range tc.want {
				if !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, want) }) {
					t.Errorf("%q is not found in\n%s", want, strings.Join(got, "\n"))
				}
			}
			for i := range r.Outputs {
				if o := &r.Outputs[i]; inPart(t, o) != (tc.part[i] == 'y') {
					t.Errorf("output %s: %v", o.Name, o.NotChecked)
				}
				if r.Outputs[i].UnsafeCells > 0 {
					t.Errorf("output %s is not safe alone", r.Outputs[i].Name)
				}
			}
		})
	}
}

// TestTogetherPopulations: where all was decided, the remark on tables that leave out different
// rows says so, and a person still decides on what was not.
func TestTogetherPopulations(t *testing.T) {
	rows := slices.Concat(people(0, 45, "P,s"), people(100, 7, "P,"), people(200, 30, "Q,s"))
	r := checked(t, 5, "id,a,c", rows, ", missing: {c: exclude}", "  - {name: t1, kind: frequency, by: [a]}\n  - {name: t2, kind: frequency, by: [a, c]}\n")
	if got := remarksOf(r, "populations"); len(got) != 1 || !strings.Contains(got[0], "fewer than 5 respondents") || !strings.Contains(got[0], "populations: review") || r.Verdict != sdc.Review {
		t.Errorf("%v: %q", r.Verdict, got)
	}
	if got := remarksOf(r, "differencing"); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

// TestTogetherLimits: where the work reaches its bound a person decides, and no output says
// that all was looked for. Nothing is said where nothing says what few are.
func TestTogetherLimits(t *testing.T) {
	dir := t.TempDir()
	rows := slices.Concat(people(0, 20, "a,x"), people(30, 20, "a,y"), people(60, 20, "b,x"), people(90, 2, "b,y"))
	for name, text := range map[string]string{
		"d.csv":  "id,a,b\n" + strings.Join(rows, "\n") + "\n",
		"s.yaml": "version: 1\ndata: {source: d.csv, respondent: id}\noutputs:\n  - {name: a, kind: frequency, by: [a]}\n  - {name: b, kind: frequency, by: [b]}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := spec.Load(filepath.Join(dir, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	off := sdc.CBS()
	off.Name, off.MinContributors.Off = "off", true
	for _, tc := range []struct {
		name   string
		policy sdc.Policy
		limits differencing.Options
		want   string
	}{
		{"few steps", sdc.CBS(), differencing.Options{Steps: 1}, "are too many: sums over several cells were not decided"},
		{"as it is", sdc.CBS(), differencing.Options{}, ""},
		{"no minimum", off, differencing.Options{Steps: 1}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := project.New(s, tc.policy, project.Options{}).CheckOutputs(t.Context(), s.Outputs, sdc.Options{})
			if err != nil {
				t.Fatal(err)
			}
			src, err := source.Open(t.Context(), s.Patterns, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close() //nolint:errcheck // read only
			if err := differencing.Together(t.Context(), src, s, r, 2, tc.limits); err != nil {
				t.Fatal(err)
			}
			got := remarksOf(r, "differencing")
			if tc.want == "" && len(got) > 0 || tc.want != "" && (len(got) != 1 || !strings.Contains(got[0], tc.want) || r.Verdict != sdc.Unsafe && r.Verdict != sdc.Review) {
				t.Errorf("%q", got)
			}
			if done := tc.limits.Steps == 0; inPart(t, &r.Outputs[0]) != done {
				t.Errorf("%v", r.Outputs[0].NotChecked)
			}
		})
	}
	for _, r := range []*sdc.Report{nil, {}} {
		if err := differencing.Together(t.Context(), nil, s, r, 1, differencing.Options{}); !errors.Is(err, sdc.ErrRequest) {
			t.Error(err)
		}
	}
	r, err := project.New(s, sdc.CBS(), project.Options{}).CheckOutputs(t.Context(), s.Outputs, sdc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	src, err := source.Open(t.Context(), s.Patterns, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close() //nolint:errcheck // read only
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := differencing.Together(ctx, src, s, r, 1, differencing.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestTogetherBruteForce: random rows of which two or three tables are made. An attacker of the
// test has one unknown for each respondent, and for sums one for each row, and asks of every
// set of unknowns of few respondents, in rational numbers, whether its sum follows.
func TestTogetherBruteForce(t *testing.T) {
	draws := 1500
	if testing.Short() {
		draws = 150
	}
	if os.Getenv("SLUIS_LONG") != "" {
		draws = 100_000
	}
	unsafe, quiet := map[string]int{}, 0
	for seed := range draws {
		r := rand.New(rand.NewPCG(uint64(seed), 83))
		n, min, sums, twice := 4+r.IntN(5), int64(2+r.IntN(2)), r.IntN(2) == 0, r.IntN(3) == 0
		type row struct {
			who        int
			a, b, c, y string
		}
		var rows []row
		for i := range n {
			has := 1
			if twice && r.IntN(4) == 0 {
				has = 2
			}
			for range has {
				x := row{i, string("uvw"[r.IntN(3)]), string("st"[r.IntN(2)]), string("kl"[r.IntN(2)]), fmt.Sprint(1 + r.IntN(40))}
				if r.IntN(9) == 0 {
					x.b = ""
				}
				if r.IntN(8) == 0 {
					x.y = ""
				}
				rows = append(rows, x)
			}
		}
		rows[0].b, rows[0].y = "s", "5"
		var lines []string
		for _, x := range rows {
			lines = append(lines, fmt.Sprintf("p%d,%s,%s,%s,%s", x.who, x.a, x.b, x.c, x.y))
		}
		outputs := ""
		var b brute
		var parts []int // row -> unknown
		for _, x := range rows {
			if sums {
				parts = append(parts, b.unknown(x.who, fmt.Sprint(len(parts))))
			} else {
				parts = append(parts, b.unknown(x.who, ""))
			}
		}
		for o := range 2 + r.IntN(2) {
			by := [][]string{{"a"}, {"b"}, {"c"}, {"a", "b"}, {"b", "c"}, {"a", "c"}}[r.IntN(6)]
			kind := "kind: frequency"
			if sums {
				kind = "kind: magnitude, response: y"
			}
			margins := ""
			if r.IntN(4) == 0 {
				margins = ", margins: none"
			}
			outputs += fmt.Sprintf("  - {name: t%d, %s, by: [%s]%s}\n", o, kind, strings.Join(by, ", "), margins)
			cells := map[string]uint64{}
			for i, x := range rows {
				codes := map[string]string{"a": x.a, "b": x.b, "c": x.c}
				if sums && x.y == "" || slices.ContainsFunc(by, func(v string) bool { return codes[v] == "" }) {
					continue
				}
				for mask := range 1 << len(by) {
					if margins != "" && mask != 1<<len(by)-1 {
						continue
					}
					key := ""
					for v, name := range by {
						if key += "*/"; mask>>v&1 == 1 {
							key += codes[name]
						}
					}
					cells[key] |= 1 << parts[i]
				}
			}
			for _, set := range cells {
				b.now = append(b.now, set)
			}
		}
		want, any := b.follows(min)
		report := checked(t, min, "id,a,b,c,y", lines, ", missing: {b: exclude}", outputs)
		got := false
		for _, x := range report.Data.Remarks {
			got = got || x.Name == "differencing" && x.Verdict == sdc.Unsafe
			if text := x.Message.String(); strings.Contains(text, "was not decided") || strings.Contains(text, "too many") {
				t.Fatalf("seed %d: %s", seed, text)
			}
		}
		differ := slices.ContainsFunc(report.Outputs, func(o sdc.OutputReport) bool { return inPart(t, &o) })
		if want && !got && differ || got && !any {
			t.Fatalf("seed %d: unsafe %v, want %v, or %v: %v\n%s%s", seed, got, want, any, report.Data.Remarks, outputs, strings.Join(lines, "\n"))
		}
		switch {
		case want && differ:
			unsafe[fmt.Sprint("sums ", sums)]++
		case !want:
			quiet++
		}
	}
	t.Log(unsafe, quiet)
	if unsafe["sums true"] < draws/40 || unsafe["sums false"] < draws/40 || quiet < draws/40 {
		t.Errorf("unsafe %v, safe %d", unsafe, quiet)
	}
}

// follows reports whether a smallest set of unknowns with fewer respondents than min follows
// from the cells and is no cell, and whether there is such a set that need not be a smallest
// one.
func (b *brute) follows(min int64) (found, any bool) {
	all := b.span(b.now)
	var smallest []uint64
	for size := 1; size <= len(b.who); size++ {
		for set := uint64(1); set < 1<<len(b.who); set++ {
			if bits.OnesCount64(set) != size || b.respondents(set) >= min || !all(set) {
				continue
			}
			cell := slices.Contains(b.now, set)
			any = any || !cell
			if !slices.ContainsFunc(smallest, func(s uint64) bool { return s&set == s }) {
				smallest = append(smallest, set)
				found = found || !cell
			}
		}
	}
	return found, any
}
