package differencing_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/differencing"
	"github.com/sluis-go/sluis/sdc/report"
)

// file writes records, and describes a release of them.
func file(t *testing.T, release int64, header string, rows []string, outputs ...differencing.Output) *differencing.Made {
	t.Helper()
	text := header + "\n" + strings.Join(rows, "\n") + "\n"
	name := filepath.Join(t.TempDir(), "data.csv")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(text))
	m := &differencing.Made{
		Release: release, Reading: differencing.Reading{Delimiter: ",", Respondent: "id"}, Files: []string{name},
		SHA256: []string{hex.EncodeToString(sum[:])}, Outputs: outputs,
	}
	for i := range outputs {
		if release > 0 && m.Outputs[i].Cells == nil {
			m.Outputs[i].Cells = tabulated(header, rows, &m.Outputs[i].Definition)
		}
	}
	return m
}

func counts(name string, by ...string) differencing.Output {
	return differencing.Output{Name: name, Definition: differencing.Definition{Kind: "frequency", By: by}}
}

func sums(name, response string, by ...string) differencing.Output {
	return differencing.Output{Name: name, Definition: differencing.Definition{Kind: "magnitude", By: by, Response: response}}
}

// excluding leaves rows with a null in a column out of a table.
func excluding(o differencing.Output, column string) differencing.Output {
	o.Definition.Missing = map[string]string{column: "exclude"}
	return o
}

// tabulated makes the published cells of a table with all margins and no trees, row by row: it
// shares no code with the package.
func tabulated(header string, rows []string, d *differencing.Definition) []differencing.Published {
	names := strings.Split(header, ",")
	at := func(name string) int { return slices.Index(names, name) }
	who, total := map[string]map[string]bool{}, map[string]*big.Rat{}
	var keys []string
	for _, row := range rows {
		f := strings.Split(row, ",")
		if d.Response != "" && f[at(d.Response)] == "" || slices.ContainsFunc(d.By, func(v string) bool { return f[at(v)] == "" }) {
			continue
		}
		for mask := range 1 << len(d.By) {
			codes := make([]string, len(d.By))
			for v, name := range d.By {
				if codes[v] = "*"; mask>>v&1 == 1 {
					codes[v] = f[at(name)]
				}
			}
			key := strings.Join(codes, ",")
			if who[key] == nil {
				who[key], total[key] = map[string]bool{}, new(big.Rat)
				keys = append(keys, key)
			}
			who[key][f[at("id")]] = true
			if d.Response != "" {
				x, _ := new(big.Rat).SetString(f[at(d.Response)])
				total[key].Add(total[key], x)
			}
		}
	}
	out := []differencing.Published{}
	for _, key := range keys {
		p := differencing.Published{Codes: strings.Split(key, ","), Statistic: "count", Value: fmt.Sprint(len(who[key])), Status: "published"}
		if d.Response != "" {
			p.Statistic, p.Value = "sum", total[key].RatString()
		}
		out = append(out, p)
	}
	return out
}

// people makes n rows of respondents from a number on, which end in the same fields.
func people(from, n int, fields string) []string {
	var out []string
	for k := range n {
		out = append(out, fmt.Sprintf("p%04d,%s", from+k, fields))
	}
	return out
}

// said has the remarks of a comparison that are not safe, one a line.
func said(t *testing.T, now *differencing.Made, least int64, earlier ...*differencing.Made) []string {
	t.Helper()
	list, err := differencing.Compare(t.Context(), now, earlier, differencing.Options{Min: least})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, x := range list {
		if x.Verdict != sdc.Safe {
			out = append(out, report.RemarkLine(&x))
		}
	}
	return out
}

// TestCases: published cases and their like. Every want is a part of one line; without wants
// there is nothing to find.
func TestCases(t *testing.T) {
	areas := slices.Concat(
		people(0, 50, "a,A,m"), people(100, 2, ",A,m"), people(200, 54, "a,A,f"), people(300, 1, ",A,f"),
		people(400, 128, "b,B,m"), people(600, 2, ",B,m"), people(700, 140, "b,B,f"), people(900, 39, "c,C,m"), people(1000, 49, "c,C,f"),
	)
	ages := slices.Concat(people(0, 6, "u,u"), people(10, 1, "o,u"), people(20, 30, "o,o"))
	drugs := slices.Concat(people(0, 6, "J,J1"), people(10, 3, "J,J2"), people(20, 12, "M,M1"))
	nulls := slices.Concat(people(0, 45, "P,x,s"), people(100, 1, "P,x,"), people(200, 30, "Q,y,s"))
	cohort := func(state string) []string {
		return slices.Concat(people(0, 20, "in"), people(20, 1, state), people(21, 20, "out"))
	}
	pay := func(joiners, first int) []string {
		var out []string
		for k := range 20 + joiners {
			out = append(out, fmt.Sprintf("p%d,%d", k, first+7*k))
		}
		return out
	}
	rows := slices.Concat(people(0, 11, "a,x"), people(20, 1, "a,y"), people(30, 11, "b,y"), people(50, 13, "b,x"))
	for _, tc := range []struct {
		name    string
		now     *differencing.Made
		earlier []*differencing.Made
		min     int64
		want    []string
	}{
		{
			"geography: 50, 54; 128, 140; 39, 49 and 52, 55; 130, 140; 39, 49",
			file(t, 0, "id,old,new,sex", areas, counts("now", "new", "sex")),
			[]*differencing.Made{file(t, 1, "id,old,new,sex", areas, excluding(counts("before", "old", "sex"), "old"))}, 5,
			[]string{
				`cell new=A, sex=m of output "now" and cell old=a, sex=m of output "before" in release 1 differ by 2 respondents, and one`,
				`new=A, sex=f of output "now" and cell old=a, sex=f of output "before" in release 1 differ by 1 respondent, and one`,
				`new=B, sex=m of output "now" and cell old=b, sex=m of output "before" in release 1 differ by 2 respondents, and one`,
			},
		},
		{
			"age below 20: 6, below 25: 7", file(t, 0, "id,below20,below25", ages, counts("now", "below25")),
			[]*differencing.Made{file(t, 1, "id,below20,below25", ages, counts("before", "below20"))}, 5,
			[]string{`below25=u of output "now" and cell below20=u of output "before" in release 1 differ by 1 respondent, and one`},
		},
		{
			"9 less 6 of a code of the level below", file(t, 0, "id,four,seven", drugs, counts("four", "four")),
			[]*differencing.Made{file(t, 3, "id,four,seven", drugs, differencing.Output{
				Name: "seven", Definition: differencing.Definition{Kind: "frequency", By: []string{"seven"}, Margins: [][]string{}},
				Cells: []differencing.Published{{Codes: []string{"J1"}, Statistic: "count", Value: "6", Status: "published"}, {Codes: []string{"J2"}, Statistic: "count", Status: "suppressed"}},
			})}, 5,
			[]string{
				`output "seven" of release 3 has suppressed or rounded cells`,
				`four=J of output "four" and cell seven=J1 of output "seven" in release 3 differ by 3 respondents, and one`,
			},
		},
		{
			"8 of 20, 7 of 19", file(t, 0, "id,has", slices.Concat(people(0, 8, "yes"), people(20, 12, "no")), counts("now", "has")),
			[]*differencing.Made{file(t, 1, "id,has", slices.Concat(people(0, 7, "yes"), people(20, 12, "no")), counts("before", "has"))}, 5,
			[]string{`has=yes of output "now" and cell has=yes of output "before" in release 1 differ by 1 respondent, and one`},
		},
		{
			"rows that a null leaves out", file(t, 0, "id,a,b,c", nulls, excluding(counts("t2", "a", "c"), "c")),
			[]*differencing.Made{file(t, 1, "id,a,b,c", nulls, counts("t1", "a", "b"))}, 3,
			[]string{`a=P, c=* of output "t2" and cell a=P, b=* of output "t1" in release 1 differ by 1 respondent, and one`},
		},
		{
			"a closed cohort, the third month", file(t, 0, "id,state", cohort("out"), counts("march", "state")),
			[]*differencing.Made{file(t, 1, "id,state", cohort("in"), counts("january", "state")), file(t, 2, "id,state", cohort("in"), counts("february", "state"))}, 5,
			[]string{
				`state=in of output "march" and cell state=in of output "january" in release 1 differ by 1 respondent, and one`,
				`state=in of output "march" and cell state=in of output "february" in release 2 differ by 1 respondent, and one`,
			},
		},
		{
			"this year with one joiner, the values as they were", file(t, 0, "id,pay", pay(1, 100), sums("now", "pay", "k")),
			nil, 5, nil,
		},
		{
			"one who has moved from one region to another one, with mixed signs",
			file(t, 0, "id,r", slices.Concat(people(0, 20, "a"), people(30, 1, "a"), people(40, 20, "b"), people(70, 1, "b")), counts("now", "r")),
			[]*differencing.Made{file(t, 1, "id,r", slices.Concat(people(0, 20, "a"), people(30, 1, "b"), people(40, 20, "b"), people(70, 1, "a")), counts("before", "r"))}, 5,
			[]string{"differ by 2 respondents, some of them in the one cell and some in the other"},
		},
		{
			"three tables of one variable each tell a cell", file(t, 0, "id,r,s", rows, differencing.Output{
				Name: "inner", Definition: differencing.Definition{Kind: "frequency", By: []string{"r", "s"}, NoMargins: true},
			}),
			[]*differencing.Made{file(t, 1, "id,r,s", rows, counts("r", "r")), file(t, 2, "id,r,s", rows, counts("s", "s"))}, 5,
			[]string{`r=a, s=x of output "inner" and cell r=a of output "r" in release 1 differ by 1 respondent, and one`},
		},
		{
			"the same again", file(t, 0, "id,r,s", rows, counts("again", "r")),
			[]*differencing.Made{file(t, 1, "id,r,s", rows, counts("r", "r"))}, 5, nil,
		},
		{
			"others of the same population", file(t, 0, "id,r", people(0, 40, "a"), counts("now", "r")),
			[]*differencing.Made{file(t, 1, "id,r", slices.Concat(people(0, 20, "a"), people(20, 20, "b")), counts("before", "r"))}, 5, nil,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.earlier == nil { // a column of one code, so that the table has a cell
				header := "id,pay,k"
				in := func(rows []string) (out []string) {
					for _, r := range rows {
						out = append(out, r+",all")
					}
					return out
				}
				now, before := file(t, 0, header, in(pay(1, 100)), sums("now", "pay", "k")), file(t, 1, header, in(pay(0, 100)), sums("before", "pay", "k"))
				if got := said(t, now, 5, before); len(got) == 0 || !strings.Contains(got[0], "differ by 1 respondent, and one cell lies inside the other: the difference of the two numbers (sums of pay)") {
					t.Errorf("%q", got)
				}
				// Everybody earns more: nothing is computed exactly, and a person must look.
				now = file(t, 0, header, in(pay(1, 107)), sums("now", "pay", "k"))
				if got := said(t, now, 5, before); len(got) == 0 || !strings.Contains(got[0], "differencing: review") || !strings.Contains(got[0], "but for values that have changed") {
					t.Errorf("values that have changed: %q", got)
				}
				// Nobody has joined, and two earn more.
				rows := in(pay(0, 100))
				rows[3], rows[9] = "p3,9999,all", "p9,8888,all"
				now = file(t, 0, header, rows, sums("now", "pay", "k"))
				if got := said(t, now, 5, before); len(got) == 0 || !strings.Contains(got[0], "differ by 2 respondents, some of them in the one cell and some in the other") {
					t.Errorf("two values that have changed: %q", got)
				}
				return
			}
			got := said(t, tc.now, tc.min, tc.earlier...)
			if tc.want == nil && len(got) > 0 {
				t.Errorf("found: %q", got)
			}
			for _, want := range tc.want {
				if !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, want) }) {
					t.Errorf("%q is not found in\n%s", want, strings.Join(got, "\n"))
				}
			}
		})
	}
}

// TestCombined: no two cells differ by few, and four together tell of one.
func TestCombined(t *testing.T) {
	// Four blocks of a square, of which one has a single respondent: rows, columns and one
	// diagonal are published.
	data := slices.Concat(people(0, 1, "a,x,d"), people(10, 11, "a,y,e"), people(30, 12, "b,x,e"), people(50, 14, "b,y,d"))
	header := "id,r,s,g"
	now := file(t, 0, header, data, counts("g", "g"))
	got := said(t, now, 5, file(t, 1, header, data, counts("r", "r")), file(t, 2, header, data, counts("s", "s")))
	if !slices.ContainsFunc(got, func(line string) bool {
		return strings.Contains(line, `differencing: unsafe: with what was released a reader can compute a number about 1 respondent alone, inside cell g=d of output "g" and inside cell r=a of output "r" in release 1; at least 5 are required`)
	}) {
		t.Errorf("%q", got)
	}
	if got := said(t, file(t, 0, header, data, counts("s", "s")), 5, file(t, 1, header, data, counts("r", "r"))); len(got) > 0 {
		t.Errorf("two tables tell nothing: %q", got)
	}
}

// TestNotDecided: what is not compared is a remark for review that names the release.
func TestNotDecided(t *testing.T) {
	rows, header := slices.Concat(people(0, 20, "a,1"), people(20, 20, "b,2")), "id,r,y"
	before := func(change func(m *differencing.Made)) *differencing.Made {
		m := file(t, 7, header, rows, counts("n", "r"), sums("y", "y", "r"))
		change(m)
		return m
	}
	for name, tc := range map[string]struct {
		change func(m *differencing.Made)
		want   string
	}{
		"no file":          {func(m *differencing.Made) { m.Files = nil }, "release 7 was not compared: its files are not at hand"},
		"a form":           {func(m *differencing.Made) { m.Reading.Form = "fold" }, "release 7 was not compared: respondents are compared in a form"},
		"no respondent":    {func(m *differencing.Made) { m.Reading.Respondent = "" }, "release 7 was not compared: it is of other files, and no column"},
		"another count":    {func(m *differencing.Made) { m.Outputs[0].Cells[1].Value = "19" }, "release 7 was not compared: its files do not give the numbers"},
		"another sum":      {func(m *differencing.Made) { m.Outputs[1].Cells[1].Value = "19.5" }, "release 7 was not compared: its files do not give the numbers"},
		"a cell of nobody": {func(m *differencing.Made) { m.Outputs[0].Cells[1].Codes = []string{"z"} }, "release 7 was not compared: its files do not give the numbers"},
		"another hash":     {func(m *differencing.Made) { m.SHA256 = []string{strings.Repeat("0", 64)} }, "release 7 was not compared: its files do not give the numbers"},
		"no such column":   {func(m *differencing.Made) { m.Outputs[0].Definition.By = []string{"z"} }, "release 7 was not compared: its files do not give the numbers"},
		"a suppressed cell": {func(m *differencing.Made) {
			m.Outputs[0].Cells[1].Status, m.Outputs[0].Cells[1].Value = "suppressed", ""
		}, `output "n" of release 7 has suppressed or rounded cells`},
		"a rounded cell": {func(m *differencing.Made) { m.Outputs[0].Cells[1].Status = "rounded" }, `output "n" of release 7 has suppressed or rounded cells`},
		"microdata":      {func(m *differencing.Made) { m.Outputs[0].Definition.Kind = "microdata" }, `output "n" of release 7 publishes what is not compared`},
		"a model":        {func(m *differencing.Made) { m.Outputs[0].Definition.Kind = "model" }, `output "n" of release 7 publishes what is not compared`},
		"a median":       {func(m *differencing.Made) { m.Outputs[1].Definition.Statistics = []string{"sum", "median"} }, `output "y" of release 7 publishes what is not compared`},
		"a maximum":      {func(m *differencing.Made) { m.Outputs[1].Definition.Statistics = []string{"sum", "max"} }, `output "y" of release 7 publishes what is not compared`},
		"weights":        {func(m *differencing.Made) { m.Reading.Weight = "w" }, `output "y" of release 7 publishes what is not compared`},
		"others by identifier": {func(m *differencing.Made) {
			*m = *file(t, 7, header, slices.Concat(people(1000, 40, "a,1"), people(0, 2, "a,1")), counts("n", "r"))
		}, "release 7 has few respondents in common"},
	} {
		t.Run(name, func(t *testing.T) {
			now := file(t, 0, header, append(slices.Clone(rows), "q,b,3"), counts("n", "r"))
			got := said(t, now, 1, before(tc.change))
			if !slices.ContainsFunc(got, func(line string) bool {
				return strings.HasPrefix(line, "ledger: review: ") && strings.Contains(line, tc.want)
			}) {
				t.Errorf("%q", got)
			}
		})
	}
	now := file(t, 0, header, rows, differencing.Output{Name: "file", Definition: differencing.Definition{Kind: "microdata", By: []string{"r"}}})
	if got := said(t, now, 1, before(func(*differencing.Made) {})); len(got) != 1 || !strings.Contains(got[0], `output "file" publishes what is not compared with earlier releases`) {
		t.Errorf("%q", got)
	}
	list, err := differencing.Compare(t.Context(), file(t, 0, header, append(slices.Clone(rows), "q,b,3"), counts("n", "r")), []*differencing.Made{before(func(*differencing.Made) {})}, differencing.Options{Min: 5, Steps: 1, Entries: 1})
	if err != nil || !slices.ContainsFunc(list, func(x sdc.Remark) bool {
		return x.Verdict == sdc.Review && strings.Contains(x.Message.String(), "are too many")
	}) {
		t.Errorf("limits: %v, %v", list, err)
	}
	for _, m := range []*differencing.Made{nil, {}} {
		if _, err := differencing.Compare(t.Context(), m, nil, differencing.Options{Min: 1}); !errors.Is(err, sdc.ErrRequest) {
			t.Error(err)
		}
	}
}

// TestTrees: margins, levels and folds of a tree give the cells that are published.
func TestTrees(t *testing.T) {
	rows, header := slices.Concat(people(0, 20, "a1,x"), people(20, 20, "a2,y"), people(40, 21, "b,x"), people(70, 1, "a1,x")), "id,r,s"
	tree := map[string][][2]string{"r": {{"a", ""}, {"a1", "a"}, {"a2", "a"}, {"b", ""}}}
	for name, tc := range map[string]struct {
		of   differencing.Definition
		want []string // cells that differ by the one respondent
	}{
		"all":         {differencing.Definition{}, []string{"r=*, s=*", "r=*, s=x", "r=a, s=*", "r=a, s=x", "r=a1, s=*", "r=a1, s=x"}},
		"to level 1":  {differencing.Definition{Depth: map[string]int{"r": 1}}, []string{"r=*, s=*", "r=*, s=x", "r=a, s=*", "r=a, s=x"}},
		"folded":      {differencing.Definition{Fold: map[string][]string{"r": {"a"}}}, []string{"r=*, s=*", "r=*, s=x", "r=a, s=*", "r=a, s=x"}},
		"no margins":  {differencing.Definition{NoMargins: true}, []string{"r=a1, s=x"}},
		"some":        {differencing.Definition{Margins: [][]string{{"s"}}}, []string{"r=*, s=x", "r=a, s=x", "r=a1, s=x"}},
		"grand total": {differencing.Definition{Margins: [][]string{{}}}, []string{"r=*, s=*", "r=a, s=x", "r=a1, s=x"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := tc.of
			d.Kind, d.By, d.Trees = "frequency", []string{"r", "s"}, tree
			now := file(t, 0, header, rows, differencing.Output{Name: "n", Definition: d})
			before := file(t, 1, header, rows[:len(rows)-1], differencing.Output{Name: "n", Definition: d, Cells: []differencing.Published{}})
			for _, cell := range [][]string{{"*", "*", "61"}, {"*", "x", "41"}, {"a", "*", "40"}, {"a", "x", "20"}, {"a1", "*", "20"}, {"a1", "x", "20"}} {
				if slices.Contains(tc.want, "r="+cell[0]+", s="+cell[1]) {
					before.Outputs[0].Cells = append(before.Outputs[0].Cells, differencing.Published{Codes: cell[:2], Statistic: "count", Value: cell[2], Status: "published"})
				}
			}
			var got []string
			for _, line := range said(t, now, 2, before) {
				if cell, rest, ok := strings.Cut(strings.TrimPrefix(line, "differencing: unsafe: cell "), ` of output "n" and cell `); ok && strings.HasPrefix(rest, cell+` of output`) {
					got = append(got, cell)
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
