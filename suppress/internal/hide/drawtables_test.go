// One file for the enumerated tables: their cases share one program and the releases it made.

package hide

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// drawnTable is a small table of counts with all totals as the tables of a report, and what
// can be released of it.
type drawnTable struct {
	x      []int64 // inner cells, a row after the other
	report *sdc.Report
}

// drawnTables are all tables of so many rows and columns in which every code occurs, and the
// total is at most most.
func drawnTables(t *testing.T, rows, cols int, most int64, p sdc.Policy) (out []*drawnTable) {
	t.Helper()
	smallTable{rows, cols, most, 0}.tables(func(x []int64) {
		for r := range rows {
			if slices.Max(x[r*cols:(r+1)*cols]) == 0 {
				return
			}
		}
		for c := range cols {
			some := false
			for r := range rows {
				some = some || x[r*cols+c] > 0
			}
			if !some {
				return
			}
		}
		out = append(out, &drawnTable{x: slices.Clone(x)})
	})
	for _, d := range out {
		data := &rowsOf{rows: rows, cols: cols}
		d.report = data.report(t, d.x, p)
	}
	return out
}

// rowsOf writes a table out as persons.
type rowsOf struct{ rows, cols int }

func (r *rowsOf) report(t *testing.T, x []int64, p sdc.Policy) *sdc.Report {
	t.Helper()
	data := &rows{names: []string{"a", "b"}}
	o := sdc.Output{Name: "t", Kind: sdc.Frequency, By: []string{"a", "b"}, Sensitive: []string{"a"}}
	if r.rows == 1 {
		data.names, o.By = data.names[:1], o.By[:1]
	}
	for i, n := range x {
		codes := []string{fmt.Sprint("C", i%r.cols), fmt.Sprint("R", i/r.cols)}
		for range n {
			data.add(0, codes[:len(data.names)]...)
		}
	}
	return data.check(t, p, nil, o)
}

// drawn lays a table out under one secret: the random numbers of its cells, by their keys.
func (d *drawnTable) drawn(t *testing.T, lotOf func(try int, cell string) (chance, lot uint64), known *pins) *Tables {
	t.Helper()
	groups, err := FromReport(d.report, []int{0}, BuildOptions{})
	if err != nil {
		t.Fatal(err)
	}
	g := groups[0]
	g.pins = known
	if g.lotOf = lotOf; lotOf != nil {
		if err := g.drawn(); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

// suppressedText is the release of a table, "" where nothing leaves without a reviewer.
func suppressedText(t *testing.T, g *Tables) string {
	t.Helper()
	pattern, remarks, err := g.Protect(t.Context(), Options{Threads: 1, Rounds: 2, Seed: 1})
	if errors.Is(err, ErrInfeasible) || errors.Is(err, ErrUndecided) || err == nil && len(remarks) > 0 {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	list, err := g.Releases(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return textOf(t, list)
}

func roundedText(t *testing.T, g *Tables) string {
	t.Helper()
	r, err := RoundTables(t.Context(), g, RoundOptions{Base: 4, Threads: 1})
	if errors.Is(err, ErrUndecided) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Releases()
	if err != nil || len(r.Remarks()) > 0 {
		return ""
	}
	return fmt.Sprint(r.rounded.Restricted) + textOf(t, list)
}

func textOf(t *testing.T, list []*Release) string {
	t.Helper()
	var b bytes.Buffer
	for _, r := range list {
		if err := r.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// TestDrawnTables enumerates small tables and does with each what protect does, under many
// secrets: any random numbers, each of which some secret draws. Of the tables that a release
// can come from every unsafe cell has two values at least. Where the first secrets give one
// value alone, others are tried that lead from further tables to the release. A table that is
// found is a table that is possible: so a release that is not pinned here is not pinned.
//
// Totals may be hidden too. A release with a hidden total may come from larger tables than are
// made. So releases alone are judged that come from a table of a total of at most judged. Of
// the tables, and of the releases, that permutations of rows and columns make of each other one
// is looked at.
func TestDrawnTables(t *testing.T) {
	more := int64(0)
	seeds := uint64(4)
	if !testing.Short() {
		more, seeds = 1, 16
	}
	long := os.Getenv("SLUIS_LONG") != ""
	type drawnCase struct {
		name         string
		rows, cols   int
		judged, most int64
		min          int64 // 0: the rule is off
		percent      int64 // of group-disclosure, 0: the rule is off
		sees         bool  // without a draw some are pinned
		long         bool  // is left out of short runs
		release      func(*testing.T, *Tables) string
	}
	for _, tc := range []drawnCase{
		{"suppression, three cells", 1, 3, 9 + more, 12 + more, 3, 0, true, false, suppressedText},
		{"suppression, two by two to 4", 2, 2, 4, 6, 2, 0, true, false, suppressedText},
		{"suppression, two by two to 6", 2, 2, 6, 8, 2, 0, true, true, suppressedText},
		{"suppression, two by two, minimum 3", 2, 2, 8, 11, 3, 0, true, true, suppressedText},
		{"suppression, two by two to 8, minimum 2", 2, 2, 8, 10, 2, 0, true, true, suppressedText},
		{"suppression, two by three, minimum 2", 2, 3, 6, 10, 2, 0, true, true, suppressedText},
		{"suppression, three by two, minimum 2", 3, 2, 6, 10, 2, 0, true, true, suppressedText},
		{"suppression, two by two, groups", 2, 2, 6, 8, 0, 90, false, true, suppressedText},
		{"suppression, two by two, minimum 2 and groups", 2, 2, 6, 8, 2, 90, true, true, suppressedText},
		{"rounding, three cells", 1, 3, 9 + more, 14 + more, 3, 0, true, false, roundedText},
		{"rounding, two by two, minimum 2", 2, 2, 5 + more, 8 + more, 2, 0, false, false, roundedText},
		{"rounding, two by two, minimum 3", 2, 2, 8, 12, 3, 0, false, true, roundedText},
		{"rounding, two by three, minimum 2", 2, 3, 6, 9, 2, 0, false, true, roundedText},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.long && !long {
				t.Skip("SLUIS_LONG is not set")
			}
			p := onlyRules()
			p.MinContributors = sdc.MinContributors{Min: tc.min, Off: tc.min == 0}
			if tc.percent > 0 {
				p.GroupDisclosure = sdc.GroupDisclosure{Percent: sdc.Percent(fmt.Sprint(tc.percent))}
			}
			tables := drawnTables(t, tc.rows, tc.cols, tc.most, p)
			is := unsafeRules{tc.cols, tc.min, tc.percent}
			same, first := permutations(tc.rows, tc.cols), map[string]string{}
			pinsIn := func(from map[string][]*drawnTable) (pinned []string, of int) {
				for text, list := range from {
					if first := first[same.name(text)]; first != "" && first != text {
						continue
					}
					judged := slices.ContainsFunc(list, func(d *drawnTable) bool { return total(d.x) <= tc.judged })
					if !judged {
						continue
					}
					of++
					if is.pins(list) > 0 {
						pinned = append(pinned, text)
					}
				}
				slices.Sort(pinned)
				return pinned, of
			}
			plain := map[string][]*drawnTable{}
			for _, d := range tables {
				if text := tc.release(t, d.drawn(t, nil, nil)); text != "" {
					plain[text] = append(plain[text], d)
				}
			}
			pinned, of := pinsIn(plain)
			t.Logf("without a draw: %d of %d releases pin an unsafe cell", len(pinned), of)
			if len(pinned) == 0 && tc.sees {
				t.Error("without a draw nothing is pinned: the test sees nothing")
			}

			from := map[string][]*drawnTable{}
			known := &pins{open: map[string]bool{}, reports: map[string]*sdc.Report{}}
			try := func(d *drawnTable, once bool, lotOf func(try int, cell string) (chance, lot uint64)) string {
				g := d.drawn(t, lotOf, known)
				g.base = once
				text := tc.release(t, g)
				if text != "" && (!once || from[text] != nil) && !slices.Contains(from[text], d) {
					from[text] = append(from[text], d)
					if name := same.name(text); first[name] == "" {
						first[name] = text
					}
				}
				return text
			}
			for _, d := range tables {
				if total(d.x) > tc.judged || !same.least(d.x) {
					continue
				}
				for seed := range seeds {
					try(d, false, func(try int, cell string) (chance, lot uint64) {
						sum := sha256.Sum256([]byte(fmt.Sprint(seed, try, cell)))
						// One cell in so many is hidden by lot; every other secret hides none.
						return binary.BigEndian.Uint64(sum[:]), oneIn*(seed%2) + uint64(sum[9]%8)
					})
				}
			}
			pinned, of = pinsIn(from)
			t.Logf("drawn: %d of %d, with the first secrets", len(pinned), of)
			for done := map[string]bool{}; len(pinned) > 0; {
				// What leads to one release may lead to others that are new.
				some := false
				for _, text := range pinned {
					if done[text] {
						continue
					}
					done[text], some = true, true
					for _, d := range tables {
						if now := is.pins(from[text]); now > 0 && is.pins(append(slices.Clone(from[text]), d)) < now && canLeadTo(t, d, text) {
							d.toward(t, text, try)
						}
					}
				}
				if !some {
					break
				}
				pinned, of = pinsIn(from)
			}
			t.Logf("drawn: %d of %d", len(pinned), of)
			open := 0
			for _, is := range known.open {
				if is {
					open++
				}
			}
			t.Logf("%d of %d releases were not let out", open, len(known.open))
			if len(pinned) > 0 {
				t.Errorf("%d of %d releases pin an unsafe cell:\n%s", len(pinned), of, strings.Join(pinned[:min(3, len(pinned))], "\n"))
			}
		})
	}
}

// toward tries secrets that lead to a release, if any does: what the release hides is cheap,
// and what it publishes dear; a count that the release has rounded up goes up. What a run
// publishes of what the release hides is hidden by lot in the next run. After that some of
// what is hidden is hidden by lot, and in another order of what is cheap. The release is one
// that is let out: what the choice tells is not looked at again.
func (d *drawnTable) toward(t *testing.T, text string, try func(*drawnTable, bool, func(try int, cell string) (chance, lot uint64)) string) {
	t.Helper()
	value := d.values()
	chances := map[string]uint64{}
	hidden := map[string]string{} // codes -> key
	for codes, shown := range releaseOf(text) {
		key := ""
		for i, code := range strings.Split(codes, ",") {
			if code != "*" {
				key += fmt.Sprintf("%q=%q,", string(rune('a'+i)), code)
			}
		}
		switch {
		case shown == "":
			chances[key] = 1<<64 - 1
			hidden[codes] = key
		case len(shown) > len(value[codes]) || len(shown) == len(value[codes]) && shown > value[codes]:
			chances[key] = 0
		default:
			chances[key] = 1<<32 - 1
		}
	}
	run := func(lots map[string]bool, noise uint64) string {
		return try(d, true, func(_ int, cell string) (chance, lot uint64) {
			if lot = 1; lots[cell] {
				lot = 0
			}
			if chance = chances[cell]; chance > 1<<40 && noise != 0 {
				chance >>= sha256.Sum256(fmt.Append(nil, noise, cell))[0] % 20
			}
			return chance, lot
		})
	}
	for lots, more := map[string]bool{}, true; more; {
		got := run(lots, 0)
		if got == text {
			return
		}
		more = false
		if got == "" {
			break
		}
		published := releaseOf(got)
		for codes, key := range hidden {
			if published[codes] != "" && !lots[key] {
				lots[key], more = true, true
			}
		}
	}
	rng := rand.New(rand.NewPCG(80, uint64(len(hidden))))
	var keys []string
	for _, key := range hidden {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for k := range 12 {
		lots := map[string]bool{}
		for _, key := range keys {
			lots[key] = k == 0 || rng.IntN(2+k%2) == 0
		}
		if run(lots, uint64(k)) == text {
			return
		}
	}
}

// sameTables are the permutations of rows and columns of a table: the tables and releases that
// they make of each other are looked at once.
type sameTables struct {
	rows, cols int
	list       [][2][]int
}

func permutations(rows, cols int) *sameTables {
	orders := func(n int) (out [][]int) {
		var add func(have []int)
		add = func(have []int) {
			if len(have) == n {
				out = append(out, slices.Clone(have))
			}
			for k := range n {
				if !slices.Contains(have, k) {
					add(append(have, k))
				}
			}
		}
		add(nil)
		return out
	}
	s := &sameTables{rows: rows, cols: cols}
	for _, r := range orders(rows) {
		for _, c := range orders(cols) {
			s.list = append(s.list, [2][]int{r, c})
		}
	}
	return s
}

// least reports whether a table comes before all that permutations make of it.
func (s *sameTables) least(x []int64) bool {
	return !slices.ContainsFunc(s.list, func(p [2][]int) bool {
		y := make([]int64, len(x))
		for i := range x {
			y[i] = x[p[0][i/s.cols]*s.cols+p[1][i%s.cols]]
		}
		return slices.Compare(y, x) < 0
	})
}

// name is one text of a release and all that permutations make of it.
func (s *sameTables) name(text string) (least string) {
	is := releaseOf(text)
	for _, p := range s.list {
		var b strings.Builder
		for r := range s.rows + 1 {
			for c := range s.cols + 1 {
				codes := "*"
				if c < s.cols {
					codes = fmt.Sprint("C", p[1][c])
				}
				if s.rows > 1 && r < s.rows {
					codes += fmt.Sprint(",R", p[0][r])
				} else if s.rows > 1 {
					codes += ",*"
				}
				b.WriteString(is[codes] + " ")
			}
		}
		if least == "" || b.String() < least {
			least = b.String()
		}
	}
	head, _, _ := strings.Cut(text, ",")
	return head + least
}

// releaseOf is what a release publishes, by codes.
func releaseOf(text string) map[string]string {
	out := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n")[1:] {
		f := strings.Split(line, ",")
		out[strings.Join(f[:len(f)-3], ",")] = f[len(f)-3]
	}
	return out
}

// values are the true values, by codes; a cell of nobody has none.
func (d *drawnTable) values() map[string]string {
	out := map[string]string{}
	for c := range d.report.Tables[0].Cells() {
		var codes []string
		for _, x := range c.Coordinates() {
			if x.Total {
				codes = append(codes, "*")
			} else {
				codes = append(codes, x.Code)
			}
		}
		out[strings.Join(codes, ",")] = fmt.Sprint(c.Records())
	}
	return out
}

func total(x []int64) (sum int64) {
	for _, v := range x {
		sum += v
	}
	return sum
}

// unsafeRules are the rules that make a cell unsafe; columns are the sensitive variable.
type unsafeRules struct {
	cols         int
	min, percent int64
}

// pins counts the cells, totals too, that have one value in all tables, and that is unsafe, and
// those of which all tables have a share of a line that the group rule calls unsafe.
func (u unsafeRules) pins(list []*drawnTable) (n int) {
	var sets [][]int // the inner cells of each cell, with the line that it is a share of
	var lines []int
	add := func(line int, cells ...int) { sets, lines = append(sets, cells), append(lines, line) }
	inner := len(list[0].x)
	all := make([]int, inner)
	for i := range all {
		all[i] = i
	}
	add(-1, all...)
	for r := 0; r < inner; r += u.cols {
		add(-1, all[r:r+u.cols]...)
	}
	for c := range u.cols {
		var col []int
		for r := 0; r < inner; r += u.cols {
			col = append(col, r+c)
			add(1+r/u.cols, r+c)
		}
		add(0, col...)
	}
	value := func(d *drawnTable, k int) (sum int64) {
		for _, i := range sets[k] {
			sum += d.x[i]
		}
		return sum
	}
	for k := range sets {
		v := value(list[0], k)
		one := !slices.ContainsFunc(list, func(d *drawnTable) bool { return value(d, k) != v })
		share := lines[k] >= 0 && u.percent > 0 && !slices.ContainsFunc(list, func(d *drawnTable) bool {
			x := value(d, k)
			return x == 0 || 100*x < u.percent*value(d, lines[k])
		})
		if one && v > 0 && v < u.min || share {
			n++
		}
	}
	return n
}

// canLeadTo reports whether a release can be of a table: a cell that is published has its value.
// Of a rounding any table may be.
func canLeadTo(t *testing.T, d *drawnTable, text string) bool {
	t.Helper()
	if strings.HasPrefix(text, "true") || strings.HasPrefix(text, "false") {
		return true
	}
	value := d.values()
	for codes, shown := range releaseOf(text) {
		if want, ok := value[codes]; shown != "" && shown != want && (ok || shown != "0") {
			return false
		}
	}
	return true
}

// TestRoundedCodesOccur: everything is rounded to 0 with base 4, and each code that is listed
// occurs. So three codes of a total of at most 3 are 1, 1 and 1.
func TestRoundedCodesOccur(t *testing.T) {
	for _, tc := range []struct {
		name string
		x    []int64
		off  bool
		open int
	}{
		{"three codes of one", []int64{1, 1, 1}, false, 3},
		{"two codes of one", []int64{1, 1}, false, 0},
		{"one and two", []int64{1, 2}, false, 0},
		{"the part occurs is off", []int64{1, 1, 1}, true, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := onlyRules()
			p.MinContributors = sdc.MinContributors{Min: 3}
			p.Attacker.NoOccurs = tc.off
			d := &drawnTable{x: tc.x, report: (&rowsOf{1, len(tc.x)}).report(t, tc.x, p)}
			g := d.drawn(t, nil, nil)
			r := &Rounded{Base: 4, Value: make([]int64, len(g.problem.cells)), Restricted: true}
			a, err := AuditRounded(t.Context(), g.problem, r, AuditOptions{Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			failed := map[int]bool{}
			for _, f := range a.Failures {
				failed[f.Cell] = true
			}
			if len(failed) != tc.open {
				t.Errorf("%d cells follow, want %d", len(failed), tc.open)
			}
		})
	}
}
