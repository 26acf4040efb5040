// One file for the verb protect: its cases share the folders and the readers of releases.

package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// protectData writes enterprises with a turnover that no two cells share, and a
// spec of two linked tables of counts and one of sums.
func protectData(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	rng := rand.New(rand.NewPCG(5, 5))
	var b strings.Builder
	b.WriteString("region,size,sector,turnover\n")
	for i := range 2000 {
		r, s := rng.IntN(9)*rng.IntN(9)/8, rng.IntN(8)*rng.IntN(8)/7
		fmt.Fprintf(&b, "r%d,%c,k%d,%d\n", r, "sml"[rng.IntN(3)], s, 1_000_003*(1+rng.IntN(1+rng.IntN(90)))+7919*i)
	}
	write(t, filepath.Join(dir, "d.csv"), b.String())
	write(t, filepath.Join(dir, "spec.yaml"), `version: 1
data: {source: d.csv}
outputs:
  - {name: n, kind: frequency, by: [region, sector]}
  - {name: m, kind: frequency, by: [sector, size]}
  - {name: turnover, kind: magnitude, by: [region, sector], response: turnover}
`)
	return dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// verb runs a command line and returns all that it says.
func verb(t *testing.T, args ...string) (code int, text string) {
	t.Helper()
	code, out, errs := sluis(t, args...)
	return code, out + errs
}

func TestProtectAndVerify(t *testing.T) {
	dir := protectData(t)
	out := filepath.Join(dir, "out")
	code, text := verb(t, "protect", filepath.Join(dir, "spec.yaml"), "--out", out)
	if code != 0 || strings.Contains(text, "such tables share no cell exactly") { // of linked tables
		t.Fatalf("exit status %d: %s", code, text)
	}
	code, text = verb(t, "verify", out)
	if code != 0 || strings.Count(text, "holds, and must not leave") != 2 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	checkNothingShows(t, dir, out)
	checkConfidential(t, out)

	// A manifest that names other files is not accepted; what follows is about the rest.
	out = filepath.Join(out, "release")
	if err := os.Remove(filepath.Join(out, "manifest.json")); err != nil {
		t.Fatal(err)
	}
	// One cell more than the pattern: neither file is accepted.
	for _, name := range []string{"turnover.release.csv", "turnover.release.parquet"} {
		was, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".csv") {
			write(t, filepath.Join(out, name), strings.Replace(string(was), ",,C,3", ",1,F,1", 1))
		} else {
			other, err := os.ReadFile(filepath.Join(out, "n.release.parquet"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(out, name), string(other))
		}
		if code, text := verb(t, "verify", out); code != exitUnsafe {
			t.Errorf("a changed %s: exit status %d: %s", name, code, text)
		}
		write(t, filepath.Join(out, name), string(was))
	}
	if err := os.Remove(filepath.Join(out, "n.certificate.json")); err != nil {
		t.Fatal(err)
	}
	if code, text := verb(t, "verify", out); code != exitUnsafe || !strings.Contains(text, "m.release.csv: no certificate") {
		t.Errorf("without a certificate: exit status %d: %s", code, text)
	}
}

// checkConfidential: the proof that stays inside is for its owner's eyes, says what it
// is, and is refused when changed; without it the certificates hold as well.
func checkConfidential(t *testing.T, out string) {
	t.Helper()
	name := filepath.Join(out, "confidential", "turnover.confidential.json")
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %o", name, info.Mode().Perm())
	}
	was, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	write(t, name, strings.Replace(string(was), `"below":[`, `"below":[1`, 1))
	if code, text := verb(t, "verify", out); code != exitUnsafe || !strings.Contains(text, "turnover.confidential.json: ") {
		t.Errorf("a changed level: exit status %d: %s", code, text)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if code, text := verb(t, "verify", out); code != 0 {
		t.Errorf("without what stays inside: exit status %d: %s", code, text)
	}
}

// checkNothingShows searches what leaves for the suppressed sums: as text, as
// bytes of a column, anywhere in the file, Parquet's statistics included.
func checkNothingShows(t *testing.T, dir, out string) {
	t.Helper()
	sums := turnoverSums(t, dir)
	out = filepath.Join(out, "release")
	text, err := os.ReadFile(filepath.Join(out, "turnover.release.csv"))
	if err != nil {
		t.Fatal(err)
	}
	hidden := 0
	var leaving [][]byte
	for _, name := range []string{"turnover.release.csv", "turnover.release.parquet", "turnover.certificate.json", "manifest.json"} {
		b, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		leaving = append(leaving, b)
	}
	for _, line := range strings.Split(string(text), "\n") {
		key, ok := strings.CutSuffix(line, ",,C,3")
		if !ok || sums[key] == 0 {
			continue
		}
		hidden++
		for k, b := range leaving {
			if bytes.Contains(b, fmt.Appendf(nil, "%d", sums[key])) || bytes.Contains(b, binary.LittleEndian.AppendUint64(nil, uint64(sums[key]))) {
				t.Errorf("file %d that leaves holds the value of %s", k, key)
			}
		}
	}
	if hidden < 10 {
		t.Fatalf("only %d cells with a value are suppressed: the test shows nothing", hidden)
	}
}

// turnoverSums adds up the turnover of every cell of region by sector.
func turnoverSums(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	sums := map[string]int64{}
	f, err := os.Open(filepath.Join(dir, "d.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		var x int64
		fmt.Sscan(r[3], &x)
		for _, key := range []string{r[0] + "," + r[2], "*," + r[2], r[0] + ",*", "*,*"} {
			sums[key] += x
		}
	}
	return sums
}

// TestProtectLeavesNothing: on any failure there is no file at all.
func TestProtectLeavesNothing(t *testing.T) {
	dir := protectData(t)
	out := filepath.Join(dir, "out")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var text bytes.Buffer
	if code := run(ctx, []string{"protect", filepath.Join(dir, "spec.yaml"), "--out", out}, &text, &text); code != exitFailure {
		t.Errorf("cancelled: exit status %d: %s", code, text.String())
	}
	// Two cells and their total, one of them unsafe: nothing can be done.
	write(t, filepath.Join(dir, "small.csv"), "a\n"+strings.Repeat("x\n", 30)+"y\n")
	write(t, filepath.Join(dir, "small.hst"), "x,P\nT,P\n")
	write(t, filepath.Join(dir, "small.yaml"), `version: 1
data: {source: small.csv}
outputs:
  - {name: n, kind: frequency, by: [a], apriori: {file: small.hst, totals: [T], reason: published before}}
`)
	code, said := verb(t, "protect", filepath.Join(dir, "small.yaml"), "--out", out)
	if code != exitUnsafe || !strings.Contains(said, "nothing is released") {
		t.Errorf("what cannot be protected: exit status %d: %s", code, said)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if strings.HasPrefix(path, out+string(filepath.Separator)) {
			t.Errorf("left behind: %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// countdown is a context that ends when it has been asked so often whether it has.
type countdown struct {
	context.Context
	left *atomic.Int64
	end  context.CancelFunc
}

func (c countdown) Err() error {
	if c.left.Add(-1) < 0 {
		c.end()
	}
	return c.Context.Err()
}

// TestProtectCancelled: wherever protect is interrupted it leaves nothing behind, and
// says so by its exit status.
func TestProtectCancelled(t *testing.T) {
	dir := protectData(t)
	out := filepath.Join(dir, "out")
	interrupted := 0
	for asked := int64(1); ; asked *= 3 {
		inner, end := context.WithCancel(context.Background())
		ctx := countdown{Context: inner, left: new(atomic.Int64), end: end}
		ctx.left.Store(asked)
		var text bytes.Buffer
		code := run(ctx, []string{"protect", filepath.Join(dir, "spec.yaml"), "--rounds", "0", "--threads", "2", "--out", out}, &text, &text)
		end()
		if code == 0 {
			break
		}
		interrupted++
		if code != exitFailure {
			t.Errorf("after %d questions: exit status %d: %s", asked, code, text.String())
		}
		left, err := os.ReadDir(out)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if len(left) > 0 {
			t.Fatalf("after %d questions: left behind: %v", asked, left)
		}
	}
	if interrupted < 4 {
		t.Errorf("only %d interruptions", interrupted)
	}
	if code, text := verb(t, "verify", out); code != 0 {
		t.Errorf("exit status %d: %s", code, text)
	}
}

// TestProtectOddTables: tables at the edge have a clear outcome, and what is released
// is verified.
func TestProtectOddTables(t *testing.T) {
	lines := func(n int, line string) string { return strings.Repeat(line+"\n", n) }
	numbered := func(n int, line string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(line, "#", fmt.Sprint(i)) + "\n")
		}
		return b.String()
	}
	cases := []struct {
		name, data, output string
		hierarchy, policy  string
		code               int
		says               string
	}{
		// All members of the only group are in it: group disclosure.
		{name: "one cell", data: "a\n" + lines(40, "x"), output: "kind: frequency, by: [a]", says: `"t": 2 cells, 2 suppressed`},
		{name: "one cell, unsafe", data: "a\n" + lines(4, "x"), output: "kind: frequency, by: [a]", says: `"t": 2 cells, 2 suppressed`},
		{name: "all cells unsafe", data: "a,b\nx,u\nx,v\ny,u\ny,v\n", output: "kind: frequency, by: [a, b]", says: `"t": 9 cells, 9 suppressed`},
		{name: "negative values", data: "a,b,x\n" + lines(15, "p,u,5") + lines(15, "p,v,-4") + lines(15, "q,u,-1") + lines(15, "q,v,3") +
			lines(15, "r,u,7") + lines(3, "r,v,-9"), output: "kind: magnitude, by: [a, b], response: x", says: "6 suppressed"}, // all inner cells are of one value
		{name: "a property that all have", data: "a,who,x\n" + numbered(20, "p,#,1") + numbered(40, "q,1#0,#"), output: "kind: magnitude, by: [a], response: x", says: `"t": 3 cells, 2 suppressed`},
		{name: "safe by hand", data: "a\n" + lines(4, "x") + lines(40, "y"), output: "kind: frequency, by: [a], apriori: [{codes: {a: x}, status: safe, reason: published before, by: J. Jansen}]",
			policy: "version: 1\nname: p\nextends: cbs\nrules: {group-disclosure: off}\n", code: exitReview, says: `by hand: "entry 1 sets 1 cell safe that a rule does not: published before; judged by J. Jansen"`},
		{name: "twelve of one owner", data: "a,who,own\n" + numbered(12, "p,#,h") + numbered(40, "q,1#0,#"), output: "kind: frequency, by: [a]",
			policy: "version: 1\nname: p\nextends: cbs\nrules: {group-disclosure: off}\n", says: `"t": 3 cells, 2 suppressed`},
		{name: "a hierarchy in a circle", data: "a\n" + lines(40, "x"), output: "kind: frequency, by: [a]",
			hierarchy: "{tree: {x: [y], y: [x]}}", code: exitUsage, says: "hierarchy"},
		{name: "rows of a respondent in several cells", data: "a,who\n" + lines(40, "x,1") + lines(40, "y,1"),
			output: "kind: frequency, by: [a]", code: exitFailure, says: "count records instead"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "d.csv"), c.data)
			data := "{source: d.csv"
			if strings.Contains(c.data, "who") {
				data += ", respondent: who"
			}
			if strings.Contains(c.data, "own") {
				data += ", holding: own"
			}
			if c.hierarchy != "" {
				data += ", hierarchies: {a: " + c.hierarchy + "}"
			}
			write(t, filepath.Join(dir, "spec.yaml"), "version: 1\ndata: "+data+"}\noutputs:\n  - {name: t, "+c.output+"}\n")
			out := filepath.Join(dir, "out")
			policy := "cbs"
			if c.policy != "" {
				policy = filepath.Join(dir, "policy.yaml")
				write(t, policy, c.policy)
			}
			code, text := verb(t, "protect", filepath.Join(dir, "spec.yaml"), "--policy", policy, "--out", out)
			if code != c.code || !strings.Contains(text, c.says) {
				t.Errorf("%s: exit status %d: %s", c.name, code, text)
			}
			if code != 0 && code != exitReview {
				if left, err := os.ReadDir(out); len(left) > 0 {
					t.Errorf("%s: left behind: %v, %v", c.name, left, err)
				}
				return
			}
			if again, text := verb(t, "verify", out); again != code {
				t.Errorf("%s: verify: exit status %d, protect %d: %s", c.name, again, code, text)
			}
		})
	}
}

// TestProtectMeans: a table of means is released as sums, and says so; outputs that cannot
// be protected are left alone with their verdict, and the others are released.
func TestProtectMeans(t *testing.T) {
	dir := protectData(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	const means, counts = "  - {name: m, kind: magnitude, by: [region, sector], response: turnover, statistics: [mean]}\n", "  - {name: n, kind: frequency, by: [sector, region]}\n"
	const largest, records = "  - {name: x, kind: magnitude, by: [sector], response: turnover, statistics: [max]}\n", "  - {name: r, kind: microdata, by: [region, size]}\n"
	const model = "  - {name: f, kind: model, parameters: 5}\n"
	for _, tc := range []struct {
		name, outputs string
		code          int
		says          []string
		files         string
	}{
		{"two of four", means + largest + records + counts, exitUnsafe, []string{
			`"x" cannot be protected and is left alone: unsafe`, "only sums, means and counts can be protected", `"r" is no table and is left alone: unsafe`,
			`"m": the values are sums; a mean is the sum divided by the number of contributors: see the table of counts`, "Released to",
		}, "m n"},
		{"no counts", means, 0, []string{"which the spec does not ask for"}, "m"},
		{"a model", counts + model, exitReview, []string{`"f" is no table and is left alone: review`}, "n"},
		{"nothing that can be", largest, exitUnsafe, []string{"only sums, means and counts can be protected"}, ""},
		{"no table", model, exitUsage, []string{"no table to protect"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			write(t, at("spec2.yaml"), "version: 1\ndata: {source: d.csv}\noutputs:\n"+tc.outputs)
			out := filepath.Join(t.TempDir(), "out")
			public, inside := filepath.Join(out, "release", "page.html"), filepath.Join(out, "confidential", "page.html")
			code, text := verb(t, "protect", at("spec2.yaml"), "--out", out, "--public", public, "--html", inside)
			if code != tc.code {
				t.Errorf("exit status %d: %s", code, text)
			}
			for _, s := range tc.says {
				if !strings.Contains(text, s) {
					t.Errorf("%q is not said: %s", s, text)
				}
			}
			if tc.files == "" {
				if left, err := os.ReadDir(out); len(left) > 0 {
					t.Errorf("left behind: %v, %v", left, err)
				}
				return
			}
			var names []string
			for _, name := range files(t, out) {
				if name, ok := strings.CutSuffix(name, ".release.csv"); ok {
					names = append(names, filepath.Base(name))
				}
			}
			if got := strings.Join(names, " "); got != tc.files {
				t.Errorf("released: %q", got)
			}
			if code, text := verb(t, "verify", out); code != 0 && (code != exitReview || !strings.Contains(text, `review: "`)) {
				t.Errorf("verify: exit status %d: %s", code, text)
			}
			manifest, page := readFile(t, filepath.Join(out, "release", "manifest.json")), readFile(t, public)
			if strings.Contains(tc.files, "m") != strings.Contains(manifest, `"shows": "sum of turnover; mean = this sum divided by the number of contributors"`) ||
				strings.Contains(tc.files, "m") != strings.Contains(page, "A mean is this sum divided by the number of contributors.") {
				t.Errorf("the release does not say what it shows: %s", manifest)
			}
			counts := strings.Contains(manifest, `"shows": "number of `)
			if counts != strings.Contains(manifest, `"counts": true`) || strings.Contains(manifest, `"shows": "sum of `) != strings.Contains(manifest, `"counts": false`) {
				t.Errorf("the manifest does not say which values are counts: %s", manifest)
			}
			if strings.Contains(page, ">x<") || strings.Contains(page, "turnover, max") {
				t.Error("the public page has an output that was left alone")
			}
		})
	}
}

// TestProtectRespondents: persons in several cells do not add up, and protect says
// so rather than publishing something else.
func TestProtectRespondents(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("id,a\n")
	for i := range 200 {
		fmt.Fprintf(&b, "%d,x%d\n", i/2, i%5)
	}
	write(t, filepath.Join(dir, "d.csv"), b.String())
	write(t, filepath.Join(dir, "spec.yaml"), `version: 1
data: {source: d.csv, respondent: id}
outputs:
  - {name: n, kind: frequency, by: [a]}
`)
	args := []string{"protect", filepath.Join(dir, "spec.yaml"), "--out", filepath.Join(dir, "out")}
	if code, text := verb(t, args...); code != exitFailure || !strings.Contains(text, "count records instead") {
		t.Errorf("exit status %d: %s", code, text)
	}
	if code, text := verb(t, append(args, "--count", "records")...); code != 0 {
		t.Errorf("exit status %d: %s", code, text)
	}
}

// TestProtectMissing: tables that leave out different rows are not linked, and
// protect says so.
func TestProtectMissing(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("a,b,c\n")
	for i := range 600 {
		c := fmt.Sprint("z", i%4)
		if i%50 == 0 {
			c = ""
		}
		fmt.Fprintf(&b, "x%d,y%d,%s\n", i%5, i%7, c)
	}
	write(t, filepath.Join(dir, "d.csv"), b.String())
	write(t, filepath.Join(dir, "spec.yaml"), `version: 1
data: {source: d.csv, missing: {default: exclude}}
outputs:
  - {name: n, kind: frequency, by: [a, b]}
  - {name: m, kind: frequency, by: [a, c]}
`)
	code, text := verb(t, "protect", filepath.Join(dir, "spec.yaml"), "--out", filepath.Join(dir, "out"))
	if code != exitReview || !strings.Contains(text, "such tables share no cell exactly") || !strings.Contains(text, `populations: review: outputs "n" and "m"`) {
		t.Errorf("exit status %d: %s", code, text)
	}
}

// TestProtectSameMissing: tables that leave out the same rows are linked. The table by region
// shows what the table by region and size adds up to; so a total that the one hides is hidden
// by the other.
func TestProtectSameMissing(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("firm,region,size,x\n")
	for i := range 192 {
		fmt.Fprintf(&b, "f%d,r%d,s%d,%d\n", i, i%4, i/4%4, 10+i)
	}
	b.WriteString("big,r1,s1,15000\nf99,,s0,1\nf100,,s1,5\n") // big is dominant, except in the total
	write(t, filepath.Join(dir, "d.csv"), b.String())
	write(t, filepath.Join(dir, "spec.yaml"), `version: 1
data: {source: d.csv, respondent: firm, missing: {default: exclude}}
outputs:
  - {name: both, kind: magnitude, by: [region, size], response: x}
  - {name: regions, kind: magnitude, by: [region], response: x}
`)
	code, text := verb(t, "protect", filepath.Join(dir, "spec.yaml"), "--out", filepath.Join(dir, "out"))
	if strings.Contains(text, "such tables share no cell exactly") || strings.Contains(text, "populations:") {
		t.Errorf("exit status %d: %s", code, text)
	}
	cells := func(name string, column int) map[string]string {
		text, err := os.ReadFile(filepath.Join(dir, "out", "release", name+".release.csv"))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
			f := strings.Split(line, ",")
			if column == 1 || f[1] == "*" {
				out[f[0]] = f[column]
			}
		}
		return out
	}
	if diff := cmp.Diff(cells("both", 2), cells("regions", 1)); diff != "" {
		t.Error(diff)
	}
	if got := cells("regions", 1)["r1"]; got != "" {
		t.Errorf("the dominant total is published: %s", got)
	}
}

// TestProtectDecimals: sums with decimals, with trailing zeros and below one, are
// the same in both files; and fewer are published where asked.
func TestProtectDecimals(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("a,b,x\n")
	for i := range 1200 {
		fmt.Fprintf(&b, "p%d,q%d,%d.%02d\n", i%7, i*i%5, i%40-3, i%100)
	}
	b.WriteString("p1,q0,0.01\np9,q0,0.05\np9,q1,1.10\n")
	write(t, filepath.Join(dir, "d.csv"), b.String())
	write(t, filepath.Join(dir, "spec.yaml"), `version: 1
data: {source: d.csv}
outputs:
  - {name: t, kind: magnitude, by: [a, b], response: x}
`)
	for _, digits := range []string{"-1", "0", "1", "5"} {
		out := filepath.Join(dir, "out"+digits)
		if code, text := verb(t, "protect", filepath.Join(dir, "spec.yaml"), "--digits", digits, "--out", out); code != 0 &&
			(code != exitReview || !strings.Contains(text, "sum-of-hidden: review")) { // with negative values bounds of the sums do not decide
			t.Fatalf("digits %s: exit status %d: %s", digits, code, text)
		}
		if code, text := verb(t, "verify", out); code != 0 {
			t.Errorf("digits %s: exit status %d: %s", digits, code, text)
		}
	}
}

// TestProtectRing: tables linked in a ring are protected with the table behind them,
// of which nothing is released; two tables are not read twice.
func TestProtectRing(t *testing.T) {
	dir := protectData(t)
	spec := filepath.Join(dir, "ring.yaml")
	write(t, spec, `version: 1
data: {source: d.csv}
outputs:
  - {name: rs, kind: frequency, by: [region, sector]}
  - {name: sz, kind: frequency, by: [sector, size]}
  - {name: rz, kind: frequency, by: [region, size]}
`)
	out := filepath.Join(dir, "ring")
	if code, text := verb(t, "protect", spec, "--out", out, "--rounds", "0"); code != 0 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	names, err := filepath.Glob(filepath.Join(out, "release", "*.release.csv"))
	if err != nil || len(names) != 3 {
		t.Errorf("releases %v, %v", names, err)
	}
	if code, text := verb(t, "verify", out); code != 0 {
		t.Errorf("verify: exit status %d: %s", code, text)
	}
}

// TestProtectSeveralParts: amounts of which one contributor has parts of several, by
// several rows and in linked tables, are protected against him: nobody is asked to judge,
// and the verifier of the confidential proof, who knows who has what, agrees.
func TestProtectSeveralParts(t *testing.T) {
	for _, rows := range []int{1, 2, 7} { // of a respondent
		dir := t.TempDir()
		var b strings.Builder
		b.WriteString("id,a,b,c,v\n")
		for i := range 1200 {
			y := i % 7
			if y == 3 && i%5 == 2 && i > 100 {
				y = 4 // a cell of few
			}
			fmt.Fprintf(&b, "%d,x%d,y%d,z%d,%d\n", i/rows, i%5, y, i%11/4, 10+i%13)
		}
		write(t, filepath.Join(dir, "d.csv"), b.String())
		write(t, filepath.Join(dir, "spec.yaml"), `version: 1
data: {source: d.csv, respondent: id}
outputs:
  - {name: n, kind: magnitude, by: [a, b], response: v}
  - {name: m, kind: magnitude, by: [b, c], response: v}
`)
		out := filepath.Join(dir, "out")
		code, text := verb(t, "protect", filepath.Join(dir, "spec.yaml"), "--out", out)
		if code != 0 || strings.Contains(text, "such tables share no cell exactly") || strings.Contains(text, `"n": 48 cells, 0 suppressed`) {
			t.Errorf("%d rows: exit status %d: %s", rows, code, text)
		}
		if code, text := verb(t, "verify", out); code != 0 || !strings.Contains(text, "holds, and must not leave") {
			t.Errorf("%d rows: verify: exit status %d: %s", rows, code, text)
		}
	}
}
