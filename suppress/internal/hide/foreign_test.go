// One file for published tables and random ones, since both go the way of a file that
// is read, audited and told.

package hide

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

func spanning(names ...string) (out []ForeignVariable) {
	for _, n := range names {
		out = append(out, ForeignVariable{Name: n, Total: "Total"})
	}
	return out
}

// foreignAudit reads a table and audits it.
func foreignAudit(t *testing.T, text string, s ForeignSpec, o ForeignOptions) *ForeignReport {
	t.Helper()
	f, err := ReadForeign(strings.NewReader(text), s)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Audit(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// at returns the suppressed cell of the given codes.
func (r *ForeignReport) at(t *testing.T, codes ...string) *AuditedCell {
	t.Helper()
	for i := range r.Suppressed {
		if r.Suppressed[i].name == strings.Join(codes, ", ") {
			return &r.Suppressed[i]
		}
	}
	t.Fatalf("cell %v is not suppressed", codes)
	return nil
}

func (c *AuditedCell) ends() string {
	return fmt.Sprintf("[%s,%s]", orNone(c.Interval.Least, "-"), orNone(c.Interval.Greatest, "-"))
}

// square writes a table of rows by columns with totals, as a,b,value,status; hidden
// cells have the status given, their values only with show.
func square(values [][]int64, status map[[2]int]string, show bool) string {
	var b strings.Builder
	b.WriteString("a,b,value,status\n")
	rows, cols := len(values), len(values[0])
	for r := range rows + 1 {
		for c := range cols + 1 {
			sum := int64(0)
			for i := range rows {
				for j := range cols {
					if (r == rows || i == r) && (c == cols || j == c) {
						sum += values[i][j]
					}
				}
			}
			name := func(prefix string, k, n int) string {
				if k == n {
					return "Total"
				}
				return fmt.Sprint(prefix, k)
			}
			value, s := strconv.FormatInt(sum, 10), "safe"
			if x, ok := status[[2]int{r, c}]; ok {
				s = x
				if !show {
					value = ""
				}
			}
			fmt.Fprintf(&b, "%s,%s,%s,%s\n", name("r", r, rows), name("c", c, cols), value, s)
		}
	}
	return b.String()
}

var plain = ForeignSpec{Variables: spanning("a", "b"), Value: "value", Status: "status"}

// TestForeignHandbook is the example of the Handbook on Statistical Disclosure
// Control (2nd edition), as in TestHandbookInterval: with and without the values of
// the suppressed cells, of which the attacker's interval does not depend.
func TestForeignHandbook(t *testing.T) {
	values := [][]int64{{5, 2}, {1, 2}, {3, 3}}
	status := map[[2]int]string{{0, 0}: "primary", {0, 1}: "secondary", {1, 0}: "secondary", {1, 1}: "secondary"}
	for _, show := range []bool{true, false} {
		for _, kind := range []string{ValuesWhole, ValuesAny} {
			r := foreignAudit(t, square(values, status, show), plain, ForeignOptions{Values: kind})
			c := r.at(t, "r0", "c0")
			if c.ends() != "[3,6]" || c.Verdict != VerdictProtected || r.Verdict != VerdictProtected || (c.Value != nil) != show {
				t.Errorf("values given %v, %s: %s %s", show, kind, c.ends(), c.Verdict)
			}
			// 1 above 5 is possible, 2 is not; where 5 is not told nothing can be said of
			// a level, unless the whole interval of 3 is too short for it.
			for _, l := range []struct {
				percent sdc.Percent
				want    [2]string // with and without the value
			}{{"20", [2]string{VerdictProtected, VerdictUndecided}}, {"21", [2]string{VerdictUnprotected, VerdictUndecided}}} {
				r := foreignAudit(t, square(values, status, show), plain, ForeignOptions{Values: kind, Rules: ForeignRules{Range: l.percent}})
				want := l.want[0]
				if !show {
					want = l.want[1]
				}
				if r.Verdict != want {
					t.Errorf("values given %v, %s, range %s: %s, want %s", show, kind, l.percent, r.Verdict, want)
				}
			}
		}
	}
}

// TestForeignFourByFour is the example of sdcTable and GaussSuppression, as in
// TestFourByFour: two suppressions in every row and column, and w|b known exactly.
func TestForeignFourByFour(t *testing.T) {
	values := [][]int64{{30, 47, 64, 89}, {90, 124, 5, 31}, {92, 100, 59, 85}, {800, 991, 651, 685}}
	status := map[[2]int]string{}
	for _, c := range [][2]int{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 2}, {2, 1}, {2, 3}, {3, 1}, {3, 3}} {
		status[c] = "primary"
	}
	for _, show := range []bool{true, false} {
		text := square(values, status, show)
		r := foreignAudit(t, text, plain, ForeignOptions{})
		c := r.at(t, "r0", "c1")
		if r.Verdict != VerdictUnprotected || c.ends() != "[47,47]" || !c.Determined || c.Verdict != VerdictUnprotected {
			t.Errorf("w|b in %s, %s", c.ends(), c.Verdict)
		}
		status[[2]int{1, 3}] = "secondary"
		r = foreignAudit(t, square(values, status, show), plain, ForeignOptions{})
		if c := r.at(t, "r0", "c1"); c.ends() != "[0,78]" || c.Verdict != VerdictProtected {
			t.Errorf("w|b in %s, %s, want [0,78]", c.ends(), c.Verdict)
		}
		delete(status, [2]int{1, 3})
	}
}

// TestForeignTwoByThree is case 5 of the reference: ACTIVITY by SIZE with counts and
// the largest contribution, minimum 3 and (1,85)-dominance.
func TestForeignTwoByThree(t *testing.T) {
	const text = `activity;size;value;n;top1;status
T;T;300;36;38;V
T;tr1;190;20;20;V
T;tr2;110;16;38;V
01;T;150;15;20;V
01;tr1;100;10;20;V
01;tr2;50;5;15;V
02;T;50;7;20;V
02;tr1;30;2;20;A
02;tr2;20;5;10;D
06;T;100;14;38;V
06;tr1;60;8;16;D
06;tr2;40;6;38;B
`
	s := ForeignSpec{Variables: []ForeignVariable{{Name: "activity", Total: "T"}, {Name: "size", Total: "T"}},
		Value: "value", Status: "status", Contributors: "n", Largest: []string{"top1"}, Separator: ';'}
	rules := ForeignRules{NK: &sdc.NK{N: 1, Percent: "85"}, MinContributors: 3}
	r := foreignAudit(t, text, s, ForeignOptions{Values: ValuesAny, Rules: rules})
	// 100/85 of 38, less 40, is 4.7, and 5 in whole units.
	c := r.at(t, "06", "tr2")
	if r.Verdict != VerdictProtected || c.ends() != "[10,60]" || c.Level == nil || c.Level.Upper != "5" {
		t.Errorf("%s %s %+v", r.Verdict, c.ends(), c.Level)
	}
	// With the status of a secondary cell, an unsafe one is unsafe all the same.
	renamed := strings.NewReplacer("40;6;38;B", "40;6;38;D", "30;2;20;A", "30;2;20;D").Replace(text)
	r = foreignAudit(t, renamed, s, ForeignOptions{Values: ValuesAny, Rules: rules})
	if c := r.at(t, "06", "tr2"); r.Counts.Primary != 2 || c.Level == nil || c.Level.Upper != "5" {
		t.Errorf("unsafe cells called secondary: %+v", r.Counts)
	}
	// The same cells published: one for each rule.
	for old, want := range map[string]string{"40;6;38;B": "concentration", "30;2;20;A": "few contributors"} {
		t.Run(old, func(t *testing.T) {
			r := foreignAudit(t, strings.Replace(text, old, old[:len(old)-1]+"V", 1), s, ForeignOptions{Rules: rules})
			if r.Verdict != VerdictUnprotected || len(r.Unsafe) != 1 || r.Unsafe[0].Rules != want {
				t.Errorf("%s published: %+v", old, r.Unsafe)
			}
		})
	}
}

// TestForeignZeros is case 6 of the reference: 0 = x + x + 0, and 15 = 10 + 3 + x + x
// which attackers who know that nothing hidden is zero work out.
func TestForeignZeros(t *testing.T) {
	s := ForeignSpec{Variables: spanning("a"), Value: "value", Status: "status"}
	const zeros = "a,value,status\nTotal,0,1\np,0,6\nq,0,11\nr,0,1\n"
	if r := foreignAudit(t, zeros, s, ForeignOptions{}); r.Verdict != VerdictUnprotected || r.at(t, "p").ends() != "[0,0]" {
		t.Errorf("zeros: %s", r.Verdict)
	}
	const ones = "a,value,status\nTotal,15,1\np,1,5\nq,1,11\nr,10,1\ns,3,1\n"
	if r := foreignAudit(t, ones, s, ForeignOptions{}); r.Verdict != VerdictProtected || r.at(t, "p").ends() != "[0,2]" {
		t.Errorf("ones: %s", r.Verdict)
	}
	if r := foreignAudit(t, ones, s, ForeignOptions{AtLeast: "1"}); r.Verdict != VerdictUnprotected || r.at(t, "p").ends() != "[1,1]" {
		t.Errorf("ones, nothing hidden is zero: %s", r.Verdict)
	}
}

// TestForeignSingletons is case 7 of the reference, reported against sdcTable: rows
// 1,1,7,1,0 and 1,0,0,2,8, threshold 2. With the cells below 2 hidden and a pattern
// that keeps outsiders off, the person behind a cell of one works out another.
func TestForeignSingletons(t *testing.T) {
	values := [][]int64{{1, 1, 7, 1, 0}, {1, 0, 0, 2, 8}}
	status := map[[2]int]string{{0, 0}: "u", {0, 1}: "u", {0, 3}: "u", {1, 0}: "u", {1, 1}: "m", {1, 3}: "m"}
	text := square(values, status, true)
	text = strings.ReplaceAll(text, "safe", "s")
	s := plain
	if _, err := ReadForeign(strings.NewReader(text), s); err != nil {
		t.Fatal(err) // u and m are of one list alone
	}
	r := foreignAudit(t, text, s, ForeignOptions{})
	outsiders := r.Verdict
	s.Contributors = "value"
	r = foreignAudit(t, text, s, ForeignOptions{})
	p, err := newGrid(values, Attacker{Whole: true}, func(r, c int, cell *Cell) {
		cell.Status = Protected
		if x := status[[2]int{r, c}]; x == "u" {
			cell.Status = Primary
		} else if x == "m" {
			cell.Status = Secondary
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	alone(p.cells, p.rel)
	hidden := make([]bool, len(p.cells))
	for i, c := range p.cells {
		hidden[i] = c.Status.Hidden()
	}
	want := map[int32]bool{}
	for _, o := range append(owners(p, hidden), 0) {
		a := bruteForce(p, hidden, o, 1_000_000)
		for i, c := range p.cells {
			if c.Status == Primary && (o == 0 || c.Owner != o) && a.determined(i) {
				want[o] = true
			}
		}
	}
	if outsiders != VerdictProtected || want[0] {
		t.Errorf("outsiders: %s, brute force %v", outsiders, want[0])
	}
	if r.Verdict != VerdictUnprotected || len(want) == 0 {
		t.Errorf("insiders: %s, brute force %v", r.Verdict, want)
	}
}

// TestForeignTau audits tau-ARGUS's own table of 9 primary and 12 secondary cells,
// with p% = 15: the levels are those of the reference, and every one holds.
func TestForeignTau(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "reference", "tables")
	text, err := os.ReadFile(filepath.Join(dir, "Simple2D_expected.txt"))
	if err != nil {
		t.Skipf("no reference tables: %v", err)
	}
	tree, err := openTree(os.DirFS(dir), "region2.hrc", "@")
	if err != nil {
		t.Fatal(err)
	}
	// " 99" of the region is "unknown", directly below the total.
	top := []sdc.Code{{Label: "99"}}
	below := map[string][]sdc.Code{}
	for code, above := range tree.All() {
		if above == "" {
			top = append(top, sdc.Code{Label: code})
		} else {
			below[above] = append(below[above], sdc.Code{Label: code})
		}
	}
	for i := range top {
		top[i].Children = below[top[i].Label]
	}
	regions, err := sdc.NewHierarchy(top...)
	if err != nil {
		t.Fatal(err)
	}
	s := ForeignSpec{Names: []string{"size", "region", "value", "status", "lower", "upper"}, Value: "value", Status: "status", Lower: "lower", Upper: "upper",
		Variables: []ForeignVariable{{Name: "size", Total: "Total"}, {Name: "region", Total: "Total", Tree: regions}}}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		level := ""
		if strings.HasSuffix(line, ",3") {
			level = "0.75"
		}
		if strings.HasPrefix(line, `" 9"," 4",`) {
			level = "1288.15"
		}
		fmt.Fprintf(&b, "%s,%s,%s\n", line, level, level)
	}
	r := foreignAudit(t, b.String(), s, ForeignOptions{})
	n := r.Counts
	if r.Verdict != VerdictProtected || n.Cells != 162 || n.Primary != 9 || n.Secondary != 12 || n.Relations != 63 || r.Attacker.Whole {
		t.Errorf("%s: %+v", r.Verdict, n)
	}
	wide := 0
	for _, c := range r.Suppressed {
		if !c.Interval.Exact {
			t.Errorf("%s: not exact", c.name)
		}
		if c.Level != nil && c.Level.Upper == "1288.15" {
			wide++
		}
	}
	if wide != 1 {
		t.Errorf("%d cells at level 1288.15", wide)
	}
	// One secondary cell opened, any of them: what the independent attacker says.
	opened := 0
	for line := range strings.Lines(b.String()) {
		if !strings.Contains(line, ",11,") {
			continue
		}
		r := foreignAudit(t, strings.Replace(b.String(), line, strings.Replace(line, ",11,", ",1,", 1), 1), s, ForeignOptions{})
		if r.Verdict == VerdictUnprotected {
			opened++
		}
	}
	if opened == 0 {
		t.Error("no secondary cell matters")
	}
	t.Logf("of 12 secondary cells %d are needed", opened)
}

// TestForeignLevels: the levels from contributions are those that the report has of
// the records, rule by rule.
func TestForeignLevels(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 1))
	for range 200 {
		n := 1 + rng.IntN(5)
		r := &rows{names: []string{"g"}}
		var list []int64
		total := int64(0)
		for range n {
			x := rng.Int64N(30)
			list = append(list, x)
			total += x
			r.add(float64(x), "p")
		}
		slices.SortFunc(list, func(a, b int64) int { return int(b - a) })
		policy := onlyRules()
		rules := ForeignRules{NK: &sdc.NK{N: 1 + rng.IntN(3), Percent: "70"}, PPercent: &sdc.PPercent{P: "12.5", Coalition: 1 + rng.IntN(2)}, PQ: &sdc.PQ{P: "10", Q: "80"}}
		policy.NK, policy.PPercent, policy.PQ = *rules.NK, *rules.PPercent, *rules.PQ
		report := r.check(t, policy, nil, sdc.Output{Name: "t", Kind: sdc.Magnitude, By: []string{"g"}, Response: "x"})
		var want *big.Rat
		for c := range report.Tables[0].Cells() {
			want = c.ProtectionLevel(&policy)
		}
		x := make([]*big.Rat, rules.tops())
		for k := range x {
			x[k] = new(big.Rat)
			if k < n {
				x[k].SetInt64(list[k])
			}
		}
		if got := rules.level(big.NewRat(total, 1), x); got.Cmp(want) != 0 {
			t.Fatalf("%v: level %s, want %s", list, got, want)
		}
	}
}

// foreignCase is a random table as a problem and as a file.
type foreignCase struct {
	p    *Problem
	grid *layout
	spec ForeignSpec
}

// randomForeign makes a table of counts of one or two variables, some with code
// trees.
func randomForeign(t *testing.T, rng *rand.Rand) *foreignCase {
	t.Helper()
	vars := []CodeList{codeTree(rng, "a", 2+rng.IntN(3), true)}
	if rng.IntN(4) > 0 {
		vars = append(vars, codeTree(rng, "b", 2+rng.IntN(2), rng.IntN(2) == 0))
	}
	l, err := newLayout(vars)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]int64, l.n)
	for cell := range x {
		if l.inner(cell) && rng.IntN(4) > 0 {
			x[cell] = rng.Int64N(7)
		}
	}
	if err := l.rollUp(x); err != nil {
		t.Fatal(err)
	}
	cells := make([]Cell, l.n)
	for i, v := range x {
		cells[i] = Cell{Value: v, Cost: 1 + v}
		switch {
		case v > 0 && v < 3:
			cells[i].Status = Primary
			if rng.IntN(3) == 0 {
				cells[i].Level = Level{Lower: rng.Int64N(v + 1), Upper: rng.Int64N(3), Sliding: rng.Int64N(3)}
			}
		case v == 0 && rng.IntN(3) == 0:
			cells[i].Status = Protected
		}
	}
	var rel []Relation
	l.relations(func(_, total int, parts []int) { rel = append(rel, Relation{Total: total, Parts: parts}) })
	alone(cells, rel)
	p, err := New(cells, rel, Attacker{Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	return foreignOf(t, p, l)
}

// foreignOf is a problem of a table with what its file has.
func foreignOf(tb testing.TB, p *Problem, l *layout) *foreignCase {
	tb.Helper()
	out := &foreignCase{p: p, grid: l, spec: ForeignSpec{
		Value: "value", Status: "status", Lower: "lower", Upper: "upper", Sliding: "sliding", Contributors: "value",
	}}
	for _, v := range l.vars {
		var build func(parent int) []sdc.Code
		build = func(parent int) (codes []sdc.Code) {
			for k, q := range v.Parents {
				if q == parent {
					codes = append(codes, sdc.Code{Label: v.Codes[k], Children: build(k)})
				}
			}
			return codes
		}
		tree, err := sdc.NewHierarchy(build(0)...)
		if err != nil {
			tb.Fatal(err)
		}
		out.spec.Variables = append(out.spec.Variables, ForeignVariable{Name: v.Name, Total: "*", Tree: tree})
	}
	return out
}

// file writes the table with the statuses of a pattern, in random order.
func (c *foreignCase) file(rng *rand.Rand, status []Status) string {
	var lines []string
	for i, cell := range c.p.cells {
		s := []string{"safe", "primary", "secondary", "protected"}[status[i]]
		if s == "protected" && cell.Value == 0 && rng.IntN(2) == 0 {
			s = "zero"
		}
		lines = append(lines, fmt.Sprintf("%s,%d,%s,%d,%d,%d\n", strings.Join(c.grid.coordinates(i), ","), cell.Value, s, cell.Level.Lower, cell.Level.Upper, cell.Level.Sliding))
	}
	rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	names := ""
	for _, v := range c.grid.vars {
		names += v.Name + ","
	}
	return names + "value,status,lower,upper,sliding\n" + strings.Join(lines, "")
}

// TestForeignRoundTrip protects random tables, writes them with their statuses, reads
// them back and audits them: our own patterns are protected; with one secondary cell
// opened the verdict is that of the brute-force attacker, outsider and insiders, and
// so is every interval.
func TestForeignRoundTrip(t *testing.T) {
	var ours, opened, unprotected, undecided, skipped int
	for seed := range uint64(long(250, 20_000)) {
		rng := rand.New(rand.NewPCG(seed, 41))
		c := randomForeign(t, rng)
		pattern, err := Protect(context.Background(), c.p, Options{})
		if errors.Is(err, ErrInfeasible) || errors.Is(err, ErrUndecided) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		r := foreignAudit(t, c.file(rng, pattern.status), c.spec, ForeignOptions{})
		if r.Verdict != VerdictProtected {
			t.Fatalf("seed %d: our own pattern: %s", seed, r.Verdict)
		}
		ours++
		status := slices.Clone(pattern.status)
		var secondary []int
		for i, s := range status {
			if s == Secondary {
				secondary = append(secondary, i)
			}
		}
		if len(secondary) > 0 {
			status[secondary[rng.IntN(len(secondary))]] = Safe
			opened++
		}
		hidden := make([]bool, len(status))
		for i, s := range status {
			hidden[i] = s.Hidden()
		}
		want, ok := bruteVerdict(c.p, hidden)
		outside := bruteForce(c.p, hidden, 0, bruteSteps)
		if !ok || outside == nil {
			skipped++
			continue
		}
		r = foreignAudit(t, c.file(rng, status), c.spec, ForeignOptions{})
		switch r.Verdict {
		case VerdictUndecided:
			undecided++
		case want:
			if want == VerdictUnprotected {
				unprotected++
			}
		default:
			t.Fatalf("seed %d: %s, brute force %s", seed, r.Verdict, want)
		}
		for i, h := range hidden {
			if !h {
				continue
			}
			got := r.at(t, c.grid.coordinates(i)...)
			end := func(v *big.Rat) string {
				if v == nil {
					return "-"
				}
				return new(big.Rat).Add(v, big.NewRat(c.p.cells[i].Value, 1)).RatString()
			}
			up, down := outside.ends(i)
			if down != nil {
				down = down.Neg(down)
			}
			if w := fmt.Sprintf("[%s,%s]", end(down), end(up)); got.Interval.Exact && got.ends() != w {
				t.Fatalf("seed %d: cell %s: %s, brute force %s", seed, got.name, got.ends(), w)
			}
		}
	}
	t.Logf("%d patterns of ours, %d with a cell opened, %d of these unprotected, %d undecided, %d too large for brute force", ours, opened, unprotected, undecided, skipped)
	if unprotected == 0 || undecided*100 > ours {
		t.Errorf("%d unprotected, %d undecided", unprotected, undecided)
	}
}

// bruteVerdict is what the brute-force attackers say of a pattern; not ok where that
// was too much work.
func bruteVerdict(p *Problem, hidden []bool) (verdict string, ok bool) {
	verdict = VerdictProtected
	by := newAttackers(p, hidden)
	for i, c := range p.cells {
		if c.Status != Primary {
			continue
		}
		for _, o := range append(insiders(p, hidden, i), 0) {
			holds, ok := by.holds(i, o)
			if !ok {
				return "", false
			}
			for _, holds := range holds {
				if !holds {
					verdict = VerdictUnprotected
				}
			}
		}
	}
	return verdict, true
}

// TestForeignBlind audits releases alone, without the values of what is suppressed:
// intervals are those of the audit with all values, and no level is called held.
func TestForeignBlind(t *testing.T) {
	tried := 0
	for seed := range uint64(long(60, 5_000)) {
		rng := rand.New(rand.NewPCG(seed, 43))
		c := randomForeign(t, rng)
		pattern, err := Protect(context.Background(), c.p, Options{})
		if err != nil {
			continue
		}
		text := c.file(rng, pattern.status)
		s := c.spec
		s.Contributors = ""
		full := foreignAudit(t, text, s, ForeignOptions{})
		var b strings.Builder
		n := len(s.Variables)
		for line := range strings.Lines(text) {
			f := strings.Split(line, ",")
			if f[n+1] == "primary" || f[n+1] == "secondary" {
				f[n] = "x"
			}
			b.WriteString(strings.Join(f, ","))
		}
		blind := foreignAudit(t, b.String(), s, ForeignOptions{})
		for i := range full.Suppressed {
			x, y := full.Suppressed[i], blind.Suppressed[i]
			if x.Interval.Exact && y.Interval.Exact && x.ends() != y.ends() {
				t.Fatalf("seed %d: %s: %s, and %s without the values", seed, x.name, x.ends(), y.ends())
			}
			if y.Value != nil || y.Level != nil && y.Verdict == VerdictProtected && (x.Level.Lower != "0" || x.Level.Upper != "0") || x.Verdict == VerdictProtected && y.Verdict == VerdictUnprotected {
				t.Fatalf("seed %d: %s: %s, and %s without the values", seed, x.name, x.Verdict, y.Verdict)
			}
			tried++
		}
	}
	if tried < 100 {
		t.Errorf("%d cells", tried)
	}
	t.Logf("%d cells", tried)
}

// TestForeignReports: both forms say that they are confidential, and neither depends
// on the order of rows or on threads.
func TestForeignReports(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 47))
	for {
		c := randomForeign(t, rng)
		pattern, err := Protect(context.Background(), c.p, Options{})
		if err != nil || len(pattern.needs) < 2 {
			continue
		}
		lines := strings.SplitAfter(c.file(rng, pattern.status), "\n")
		var texts []string
		for _, threads := range []int{1, 3} {
			rest := lines[1 : len(lines)-1]
			rng.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
			r := foreignAudit(t, strings.Join(lines, ""), c.spec, ForeignOptions{Threads: threads})
			var b bytes.Buffer
			if err := r.WriteText(&b); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, b.String())
		}
		if texts[0] != texts[1] || !strings.HasPrefix(texts[0], "CONFIDENTIAL") {
			t.Errorf("%s\n%s", texts[0], texts[1])
		}
		return
	}
}

// BenchmarkForeignAudit audits patterns of ours as tables of others, values and
// statuses from a file, all needs and no intervals.
func BenchmarkForeignAudit(b *testing.B) {
	for _, codes := range [][]int{{140, 143}, {20, 25, 40}, {320, 317}, {46, 47, 47}} {
		b.Run(fmt.Sprint(codes), func(b *testing.B) {
			p := counts(b, 1, nil, codes...)
			pattern, err := Protect(context.Background(), p, Options{Threads: 2})
			if err != nil {
				b.Fatal(err)
			}
			c := foreignOf(b, p, p.grid)
			text := c.file(rand.New(rand.NewPCG(1, 1)), pattern.status)
			for b.Loop() {
				f, err := ReadForeign(strings.NewReader(text), c.spec)
				if err != nil {
					b.Fatal(err)
				}
				r, err := f.Audit(context.Background(), ForeignOptions{Threads: 2, NeedsOnly: true})
				if err != nil {
					b.Fatal(err)
				}
				if r.Verdict != VerdictProtected {
					b.Error(r.Verdict)
				}
			}
			b.ReportMetric(float64(len(p.cells)*b.N)/b.Elapsed().Seconds(), "cells/s")
		})
	}
}
