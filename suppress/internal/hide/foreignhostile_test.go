package hide

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluis-go/sluis/sdc"
)

// TestForeignRefused has every way in which a foreign table is none: what is said
// names the place, and never a value.
func TestForeignRefused(t *testing.T) {
	const head = "a,b,value,status\n"
	good := head + "Total,Total,7151,F\nTotal,q,7151,F\np,Total,7151,F\np,q,7151,F\n"
	tree, err := sdc.ParseHRC(strings.NewReader("z\n@q\n"), "@")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		change     func(s *ForeignSpec)
		want       error
		says       string
	}{
		{"a formula", strings.Replace(good, "p,q,7151", "p,q,=7151+1", 1), nil, ErrTable, `line 5, column "value": is no number`},
		{"a formula as a code", strings.Replace(good, "p,q,7151,F", "=cmd(1),q,7151,F", 1), nil, ErrNotAdditive, ""},
		{"an exponent", strings.Replace(good, "p,q,7151", "p,q,7e151", 1), nil, ErrTable, "is no number"},
		{"a hexadecimal", strings.Replace(good, "p,q,7151", "p,q,0x7151", 1), nil, ErrTable, "is no number"},
		{"thousands", strings.Replace(good, "p,q,7151", `p,q,"7,151"`, 1), nil, ErrTable, "is no number"},
		{"not a number", strings.Replace(good, "p,q,7151", "p,q,NaN", 1), nil, ErrTable, "is no number"},
		{"infinity", strings.Replace(good, "p,q,7151", "p,q,Inf", 1), nil, ErrTable, "is no number"},
		{"too many digits", strings.Replace(good, "p,q,7151", "p,q,7151715171517151715", 1), nil, ErrTable, "is no number"},
		{"beyond 2^52", strings.ReplaceAll(good, "7151", "71517151715171517"), nil, ErrTable, "beyond 2^52"},
		{"twice", good + "p,q,7151,F\n", nil, ErrTable, "line 6: the cell of line 5 once more"},
		{"no value", strings.Replace(good, "p,q,7151", "p,q,", 1), nil, ErrTable, `line 5, column "value": has no value`},
		{"empty and not zero", strings.ReplaceAll(strings.Replace(good, "p,q,7151,F", "p,q,7151,14", 1), ",F", ",1"), nil, ErrTable, "is not zero"},
		{"an unknown status", strings.Replace(good, "p,q,7151,F", "p,q,7151,Q", 1), nil, ErrRequest, "none of the code lists"},
		{"statuses of two lists", strings.ReplaceAll(good, ",F", ",S"), nil, ErrRequest, "disagree"},
		{"tau-ARGUS 7", strings.ReplaceAll(good, ",F", ",7"), nil, ErrRequest, "none of the code lists"},
		{"no total", strings.ReplaceAll(good, "Total", "TOTAL"), nil, ErrRequest, `variable "a": no row has the code that is said to be its total`},
		{"a total alone", head + "Total,Total,7151,F\n", nil, ErrRequest, "no row has another code"},
		{"no rows", head, nil, ErrTable, "no rows"},
		{"nothing", "", nil, ErrTable, "no rows"},
		{"no such column", good, func(s *ForeignSpec) { s.Lower = "lpl" }, ErrRequest, `no column "lpl"`},
		{"a column twice", strings.Replace(good, "status", "value", 1), func(s *ForeignSpec) { s.Status = "value" }, ErrRequest, `more than one column "value"`},
		{"a code outside the tree", good, func(s *ForeignSpec) { s.Variables[0].Tree = tree }, ErrTable, `column "a": holds a code that is not in its tree`},
		{"too few fields", good + "p,r\n", nil, ErrTable, "line 6"},
		{"a quote that does not end", good + `"p,` + strings.Repeat("7151", 1<<20), nil, ErrTable, "bytes"},
		{"a long field", good + strings.Repeat("7", 5000) + ",q,0,F\n", nil, ErrTable, "field 1 has more than"},
		{"not UTF-8", strings.Replace(good, "p,q,7151", "\xe9,q,7151", 1), nil, ErrTable, "UTF-8"},
		{"not additive", strings.Replace(good, "p,q,7151", "p,q,7150", 1), nil, ErrNotAdditive, `p, Total, over "b", by 0.00014 of it`},
		{"absent, and not zero", strings.Replace(good, "p,q,7151,F\n", "", 1), nil, ErrNotAdditive, "cells that are in no row count as zero"},
		{"rounded", head + "Total,Total,100,F\nTotal,q,33,F\nTotal,r,67,F\np,Total,100,F\np,q,33,F\np,r,66,F\n", nil, ErrNotAdditive, "before rounding"},
		{"a negative level", strings.ReplaceAll(strings.Replace(good, "status", "status,l", 1), "7151,F", "7151,F,-1"),
			func(s *ForeignSpec) { s.Lower = "l" }, ErrTable, `line 2, column "l": is negative`},
		{"spans and counts", good, func(s *ForeignSpec) { s.Value = "a" }, ErrRequest, "is something else as well"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := plain
			s.Variables = spanning("a", "b")
			if c.change != nil {
				c.change(&s)
			}
			f, err := ReadForeign(strings.NewReader(c.text), s)
			if err == nil {
				_, err = f.Audit(context.Background(), ForeignOptions{})
			}
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", c.name, err)
				return
			}
			if strings.Contains(err.Error(), "715") {
				t.Errorf("%s: a value is in the error: %v", c.name, err)
			}
		})
	}
	if f, err := ReadForeign(strings.NewReader(good), plain); err != nil {
		t.Error(err)
	} else if r, err := f.Audit(context.Background(), ForeignOptions{}); err != nil || r.Verdict != VerdictProtected {
		t.Error(err)
	}
}

// TestForeignRequests has options that are not well defined.
func TestForeignRequests(t *testing.T) {
	f, err := ReadForeign(strings.NewReader("a,b,value,status\nTotal,Total,7,F\nTotal,q,7,F\np,Total,7,F\np,q,7,F\n"), plain)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range []ForeignOptions{
		{Values: "some"}, {AtLeast: "x"}, {AtLeast: "0.5"}, {AtMost: "0"}, {AtMost: "-1"}, {Within: -1},
		{Rules: ForeignRules{Range: "-1"}}, {Rules: ForeignRules{Range: "1e3"}}, {Rules: ForeignRules{MinContributors: 3}},
		{Rules: ForeignRules{PPercent: &sdc.PPercent{P: "10"}}}, {Rules: ForeignRules{NK: &sdc.NK{Percent: "50"}}},
		{Rules: ForeignRules{NK: &sdc.NK{N: 1, Percent: "101"}}}, {Rules: ForeignRules{PQ: &sdc.PQ{P: "50", Q: "50"}}},
	} {
		if _, err := f.Audit(context.Background(), o); !errors.Is(err, ErrRequest) {
			t.Errorf("options %d: %v", i, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	g, err := ReadForeign(strings.NewReader("a,value,status\nTotal,7,1\np,x,3\nq,x,11\n"), ForeignSpec{Variables: spanning("a"), Value: "value", Status: "status"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Audit(ctx, ForeignOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	// Suppressed values that no sums allow.
	h, err := ReadForeign(strings.NewReader("a,value,status\nTotal,7,1\np,x,3\nq,x,11\nr,9,1\n"), ForeignSpec{Variables: spanning("a"), Value: "value", Status: "status"})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := h.Audit(context.Background(), ForeignOptions{}); err == nil {
		t.Errorf("no table agrees with it: %s", r.Verdict)
	}
}

// TestForeignContributions has largest contributions that cannot be those of their
// cells: to take a missing one for zero would lower the level.
func TestForeignContributions(t *testing.T) {
	s := ForeignSpec{Variables: spanning("a"), Value: "value", Status: "status", Largest: []string{"x1", "x2"}}
	o := ForeignOptions{Values: ValuesAny, Rules: ForeignRules{PPercent: &sdc.PPercent{P: "10"}}}
	const table = "a,value,status,x1,x2\nTotal,100,V,20,20\np,60,B,%s\nq,40,D,20,20\n"
	for contributions, says := range map[string]string{
		"50,": "is missing", "50,55": "is more than the one before it", "50,11": "are more than the value", ",": "is missing", "60,": "", "50,10": "", "50,-1": "is negative",
	} {
		t.Run(contributions, func(t *testing.T) {
			f, err := ReadForeign(strings.NewReader(fmt.Sprintf(table, contributions)), s)
			if err == nil {
				_, err = f.Audit(context.Background(), o)
			}
			if says == "" && err != nil || says != "" && (!errors.Is(err, ErrTable) || !strings.Contains(err.Error(), says)) {
				t.Errorf("contributions %s: %v", contributions, err)
			}
		})
	}
}

// TestForeignParts: who has 58 of a cell of 60 knows it to be no less, and the other cell
// of a total of 100 to be no more than 42: too close to its 40 at a level of 4. Who has
// 39 of that knows of the first that it is no more than 61.
func TestForeignParts(t *testing.T) {
	s := ForeignSpec{Variables: spanning("a"), Value: "value", Status: "status", Largest: []string{"x1", "x2"}}
	o := ForeignOptions{Values: ValuesAny, Rules: ForeignRules{PPercent: &sdc.PPercent{P: "10"}}}
	r := foreignAudit(t, "a,value,status,x1,x2\nTotal,100,V,50,10\np,60,B,58,1\nq,40,B,39,1\n", s, o)
	for _, name := range []string{"p", "q"} {
		c := r.at(t, name)
		if c.ends() != "[0,100]" || c.Verdict != VerdictUnprotected || !strings.Contains(strings.Join(c.Why, ""), "to the largest contributor to another cell: the interval ends closer above") {
			t.Errorf("%s: %s %s %v", name, c.ends(), c.Verdict, c.Why)
		}
	}
	// Without his contribution nobody is reckoned with but outsiders.
	s.Largest, o.Rules, s.Upper = nil, ForeignRules{}, "l"
	r = foreignAudit(t, "a,value,status,l\nTotal,100,V,\np,60,B,4\nq,40,B,4\n", s, o)
	if r.Verdict != VerdictProtected {
		t.Errorf("outsiders: %s", r.Verdict)
	}
}

// TestForeignAbsent: a cell in no row is a known zero, or one that is not published.
func TestForeignAbsent(t *testing.T) {
	const text = "a,b,value,status\nTotal,Total,12,1\nTotal,q,6,1\nTotal,r,6,1\np,Total,6,1\np,q,2,5\np,r,4,11\n"
	s := plain
	s.Variables = spanning("a", "b")
	f, err := ReadForeign(strings.NewReader(text), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Audit(context.Background(), ForeignOptions{}); !errors.Is(err, ErrNotAdditive) {
		t.Errorf("%v", err)
	}
	// A second row whose inner cells are not published, and one that is empty.
	const more = text + "s,Total,6,1\n"
	s.Absent = AbsentWithheld
	r := foreignAudit(t, more, s, ForeignOptions{})
	if c := r.at(t, "p", "q"); r.Verdict != VerdictProtected || c.ends() != "[0,6]" || r.Counts.Absent != 2 {
		t.Errorf("withheld: %s, %s", r.Verdict, c.ends())
	}
	s.Absent = AbsentEmpty
	const zeros = text + "s,Total,6,1\ns,q,4,1\ns,r,2,1\nt,Total,0,1\n"
	r = foreignAudit(t, zeros, s, ForeignOptions{})
	if c := r.at(t, "p", "q"); r.Verdict != VerdictUnprotected || c.ends() != "[2,2]" || r.Counts.Absent != 2 {
		t.Errorf("empty: %s, %s", r.Verdict, c.ends())
	}
}

// TestForeignOwners: the same owner of two cells that no nesting ties together works
// out a third; unnamed they are two people, who do not.
func TestForeignOwners(t *testing.T) {
	const text = `a,b,value,status,n,owner
Total,Total,14,1,9,
Total,q,7,1,5,
Total,r,7,1,4,
p,Total,6,1,4,
p,q,3,5,1,X
p,r,3,5,2,
s,Total,8,1,5,
s,q,4,5,2,
s,r,4,5,1,%s
`
	s := plain
	s.Variables, s.Contributors, s.Owner = spanning("a", "b"), "n", "owner"
	// In a square one cell gives the other three: any insider works it out.
	if r := foreignAudit(t, fmt.Sprintf(text, "X"), s, ForeignOptions{}); r.Verdict != VerdictUnprotected {
		t.Errorf("%s", r.Verdict)
	}
	// A third column, through which each of two owners leaves the other cells free, and
	// both together do not.
	const wide = `a,b,value,status,n,owner
Total,Total,21,1,9,
Total,q,7,1,5,
Total,r,7,1,4,
Total,t,7,1,4,
p,Total,9,1,4,
p,q,3,5,1,X
p,r,3,5,2,
p,t,3,11,2,
s,Total,12,1,5,
s,q,4,11,2,
s,r,4,11,3,
s,t,4,11,1,%s
`
	for owner, want := range map[string]string{"X": VerdictUnprotected, "Y": VerdictProtected, "": VerdictProtected} {
		t.Run(owner, func(t *testing.T) {
			if r := foreignAudit(t, fmt.Sprintf(wide, owner), s, ForeignOptions{}); r.Verdict != want {
				t.Errorf("owner %q: %s, want %s", owner, r.Verdict, want)
			}
		})
	}
	// Without the values nobody's knowledge can be reckoned with: not decided.
	blind := fmt.Sprintf(wide, "X")
	for _, v := range []string{"3,5", "3,11", "4,11"} {
		blind = strings.ReplaceAll(blind, ","+v+",", ",x,"+strings.Split(v, ",")[1]+",")
	}
	if r := foreignAudit(t, blind, s, ForeignOptions{}); r.Verdict != VerdictUndecided {
		t.Errorf("without values: %s", r.Verdict)
	}
}

// TestRDA reads the metadata of tau-ARGUS's own tests (sdcTools/checkTauArgus,
// inst/tests/Batch/ex1) with a pattern as its modular method would write it.
func TestRDA(t *testing.T) {
	const rda = `<SEPARATOR> ","
<SAFE> "S"
<UNSAFE> "U"
<PROTECT> "Z"
region
   <RECODEABLE>
   <TOTCODE> "Total"
   <HIERCODELIST> "C:\data\hier_region_ex1.hrc"
   <HIERLEADSTRING> "@"
   <HIERARCHICAL>
gender
   <RECODEABLE>
   <TOTCODE> "Total"
freq
   <NUMERIC>
sdcStatus
   <STATUS>
lpl
   <NUMERIC> <LOWERPL>
upl
   <NUMERIC> <UPPERPL>
`
	files := fstest.MapFS{"d/x.rda": {Data: []byte(rda)}, "d/hier_region_ex1.hrc": {Data: []byte("A\nB\nC\nD\n")}}
	s, err := ReadRDA(files, "d/x.rda")
	if err != nil {
		t.Fatal(err)
	}
	const table = `Total, Total,5146,S,1,1
Total,  male,2757,S,1,1
Total,female,2389,S,1,1
    A, Total,1032,S,1,1
    A,  male, 895,%[1]s,1,1
    A,female, 137,U,1,1
    B, Total,1726,S,1,1
    B,  male, 753,S,1,1
    B,female, 973,S,1,1
    C, Total,1055,S,1,1
    C,  male, 569,%[1]s,1,1
    C,female, 486,%[1]s,1,1
    D, Total,1333,S,1,1
    D,  male, 540,S,1,1
    D,female, 793,S,1,1
`
	for status, want := range map[string]string{"M": VerdictProtected, "S": VerdictUnprotected, "11": VerdictProtected} {
		t.Run(status, func(t *testing.T) {
			r := foreignAudit(t, fmt.Sprintf(table, status), *s, ForeignOptions{})
			if r.Verdict != want {
				t.Errorf("%s: %s", status, r.Verdict)
			}
		})
	}
	r := foreignAudit(t, fmt.Sprintf(table, "M"), *s, ForeignOptions{})
	if c := r.at(t, "A", "female"); c.ends() != "[0,623]" || c.Level.Upper != "1" {
		t.Errorf("%s %+v", c.ends(), c.Level)
	}
	for name, change := range map[string][2]string{
		"an unknown keyword":   {"<STATUS>", "<STATE>"},
		"by width":             {`<HIERLEADSTRING> "@"`, "<HIERLEVELS> 1 1"},
		"no hierarchy file":    {`   <HIERCODELIST> "C:\data\hier_region_ex1.hrc"` + "\n", ""},
		"no separator":         {`<SEPARATOR> ","`, ""},
		"two statuses in one":  {`<PROTECT> "Z"`, `<PROTECT> "U"`},
		"records":              {"<STATUS>", "<HOLDING>"},
		"a quote":              {`"S"`, `"S`},
		"two columns":          {"<UPPERPL>", "<LOWERPL>"},
		"a wide separator":     {`","`, `";;"`},
		"keyword out of place": {"<SAFE>", "<TOTCODE>"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(rda, change[0], change[1], 1)
			if text == rda {
				t.Errorf("%s: nothing changes", name)
			}
			files["d/y.rda"] = &fstest.MapFile{Data: []byte(text)}
			if _, err := ReadRDA(files, "d/y.rda"); !errors.Is(err, ErrRequest) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	for name, tree := range map[string]string{
		"a code below itself": "A\n@B\n@@A\n", "a depth too many": "A\n@@B\n", "an empty code": "A\n@\n", "nothing": "", "the total": "Total\nA\n",
	} {
		t.Run("tree with "+name, func(t *testing.T) {
			files["d/hier_region_ex1.hrc"] = &fstest.MapFile{Data: []byte(tree)}
			s, err := ReadRDA(files, "d/x.rda")
			if err == nil {
				_, err = ReadForeign(strings.NewReader(fmt.Sprintf(table, "M")), *s)
			}
			if !errors.Is(err, ErrRequest) {
				t.Errorf("tree with %s: %v", name, err)
			}
		})
	}
	delete(files, "d/hier_region_ex1.hrc")
	if _, err := ReadRDA(files, "d/x.rda"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no tree: %v", err)
	}
}

// endless is a file without an end.
type endless struct{ text string }

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.text[i%len(e.text)]
	}
	return len(p), nil
}

// TestForeignEndless: files without an end end in an error.
func TestForeignEndless(t *testing.T) {
	s := ForeignSpec{Variables: spanning("a"), Value: "value", Status: "status", Names: []string{"a", "value", "status"}}
	for _, r := range []io.Reader{endless{`"`}, endless{"x"}, endless{"\n"}} {
		if _, err := ReadForeign(r, s); !errors.Is(err, ErrTable) {
			t.Errorf("%v", err)
		}
	}
	// A short file that would make a large table.
	var b strings.Builder
	for i := range 200 {
		fmt.Fprintf(&b, "c%d,c%d,c%d,0,1\n", i, i, i)
	}
	b.WriteString("Total,Total,Total,0,1\n")
	wide := ForeignSpec{Variables: spanning("a", "b", "c"), Value: "v", Status: "s", Names: []string{"a", "b", "c", "v", "s"}}
	if _, err := ReadForeign(strings.NewReader(b.String()), wide); !errors.Is(err, ErrTable) {
		t.Errorf("a sparse table: %v", err)
	}
}

// FuzzForeign reads metadata and table from anything: errors are requests, and what
// is read can be audited or is refused.
func FuzzForeign(f *testing.F) {
	const rda = "<SEPARATOR> \",\"\na\n<RECODEABLE>\n<TOTCODE> T\n<HIERARCHICAL>\n<HIERCODELIST> t.hrc\nv\n<NUMERIC>\ns\n<STATUS>\nn\n<FREQUENCY>\n"
	f.Add(rda, "p\n@q\n@r\n", "T,5,1,5\np,5,1,5\nq,x,3,2\nr,x,11,3\n")
	f.Add(rda, "p\nq\n", "T,5.50,1,5\np,\"2.25\",5,1\nq,3.25,M,4\n")
	f.Add("<SEPARATOR> \";\"\na\n<RECODABLE>\n<TOTCODE> \"\"\nv\n<NUMERIC>\ns\n<STATUS>\n", "", ";1;14\nx;0;13\n")
	f.Fuzz(func(t *testing.T, meta, tree, table string) {
		if len(table) > 1<<10 {
			return // what is audited stays small
		}
		s, err := ReadRDA(fstest.MapFS{"m.rda": {Data: []byte(meta)}, "t.hrc": {Data: []byte(tree)}}, "m.rda")
		if err != nil {
			if !errors.Is(err, ErrRequest) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		got, err := ReadForeign(strings.NewReader(table), *s)
		if err != nil {
			if !errors.Is(err, ErrRequest) && !errors.Is(err, ErrTable) {
				t.Fatal(err)
			}
			return
		}
		if got.grid.n > 400 {
			return
		}
		r, err := got.Audit(context.Background(), ForeignOptions{Branches: 5})
		if err != nil {
			if !errors.Is(err, ErrRequest) && !errors.Is(err, ErrTable) && !errors.Is(err, ErrNotAdditive) && !errors.Is(err, ErrUndecided) {
				t.Fatal(err)
			}
			return
		}
		if err := r.WriteText(io.Discard); err != nil {
			t.Fatal(err)
		}
	})
}
