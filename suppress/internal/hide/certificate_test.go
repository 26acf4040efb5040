package hide

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluis-go/sluis/suppress/verify"
)

// codeTree makes a code list of n leaves, some of them in groups.
func codeTree(rng *rand.Rand, name string, n int, groups bool) CodeList {
	c := CodeList{Name: name, Codes: []string{""}, Parents: []int{-1}}
	parent := 0
	for k := range n {
		if groups && rng.IntN(3) == 0 {
			parent = len(c.Codes)
			c.Codes = append(c.Codes, fmt.Sprintf("%s-g%d", name, k))
			c.Parents = append(c.Parents, 0)
		}
		c.Codes = append(c.Codes, fmt.Sprintf("%s-%d", name, k))
		c.Parents = append(c.Parents, parent)
	}
	return c
}

// randomTables makes one table, or two that share a variable, with some unsafe
// cells.
func randomTables(t *testing.T, rng *rand.Rand, linked bool) *Tables {
	t.Helper()
	shared := codeTree(rng, "a", 2+rng.IntN(3), true)
	b, c := codeTree(rng, "b", 2+rng.IntN(3), true), codeTree(rng, "c", 2, false)
	g := &Tables{}
	add := func(name string, vars ...CodeList) *table {
		l, err := newLayout(vars)
		if err != nil {
			t.Fatal(err)
		}
		out := &table{layout: l, name: name, count: true, shown: make([]bool, l.n), value: make([]int64, l.n),
			records: make([]int64, l.n), reasons: make([]reason, l.n), force: make([]bool, l.n), keep: make([]bool, l.n), level: make([]Level, l.n),
			apriori: make([]apriori, l.n), owner: make([]int32, l.n), part: make([]int64, l.n), share: make([][]Share, l.n)}
		for i := range out.shown {
			out.shown[i] = true
		}
		g.list = append(g.list, out)
		return out
	}
	// One table of all three variables, of which the linked ones are margins.
	full, err := newLayout([]CodeList{shared, b, c})
	if err != nil {
		t.Fatal(err)
	}
	x := make([]int64, full.n)
	for cell := range x {
		if full.inner(cell) && rng.IntN(4) > 0 {
			x[cell] = int64(rng.IntN(6))
		}
	}
	if err := full.rollUp(x); err != nil {
		t.Fatal(err)
	}
	tables := [][]CodeList{{shared, b}}
	if linked {
		tables = append(tables, []CodeList{c, shared})
	}
	for i, vars := range tables {
		out := add(fmt.Sprint("t", i), vars...)
		for cell := range out.value {
			at := 0
			for v := range vars {
				for w := range full.vars {
					if full.vars[w].Name == vars[v].Name {
						at += out.code(cell, v) * full.stride[w]
					}
				}
			}
			out.value[cell] = x[at]
			out.records[cell] = x[at]
			if x[at] > 0 && x[at] < 3 {
				out.reasons[cell] = smallCount
			}
		}
	}
	if err := g.lay(BuildOptions{Cost: CostValue}); err != nil {
		t.Fatal(err)
	}
	return g
}

// issued is a set of releases with their certificate, as files.
type issued struct {
	g        *Tables
	pattern  *Pattern
	releases []*Release
	files    fstest.MapFS
}

const testCertificate = "t0.certificate.json"

// issue protects tables and certifies them; nil where they cannot be protected.
func issue(t *testing.T, g *Tables) *issued {
	t.Helper()
	pattern, err := Protect(context.Background(), g.problem, Options{})
	if errors.Is(err, ErrInfeasible) || errors.Is(err, ErrUndecided) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	out := &issued{g: g, pattern: pattern, releases: g.releases(pattern)}
	if out.files, err = certifyFiles(out.releases, g.problem.Attacker()); err != nil {
		t.Fatal(err)
	}
	return out
}

func certifyFiles(releases []*Release, a Attacker) (fstest.MapFS, error) {
	files := fstest.MapFS{}
	var names []string
	for _, r := range releases {
		var b bytes.Buffer
		if err := r.WriteCSV(&b); err != nil {
			return nil, err
		}
		names = append(names, r.Name+".release.csv")
		files[names[len(names)-1]] = &fstest.MapFile{Data: b.Bytes()}
	}
	c, err := Certify(context.Background(), releases, names, a, 1)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := c.WriteJSON(&b); err != nil {
		return nil, err
	}
	files[testCertificate] = &fstest.MapFile{Data: b.Bytes()}
	return files, nil
}

// sealed encodes a document with the right digest, so that what is refused is
// refused for what it says.
func sealed(t *testing.T, doc *certificate) []byte {
	t.Helper()
	doc.Digest = ""
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	doc.Digest = hex.EncodeToString(sum[:])
	text, err = json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// TestCertificates: what Protect protects can be certified and verifies, and an
// enumeration of all tables finds two values of every suppressed cell as well.
func TestCertificates(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	done, hidden := 0, 0
	for range 200 {
		c := issue(t, randomTables(t, rng, rng.IntN(2) == 0))
		if c == nil {
			continue
		}
		v, err := verify.Certificate(t.Context(), c.files, testCertificate, verify.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		done++
		hidden += v.Hidden
	}
	if done < 150 || hidden < 500 {
		t.Fatalf("only %d tables with %d suppressed cells were certified", done, hidden)
	}
	t.Logf("%d certificates over %d suppressed cells", done, hidden)
}

// TestCertificateIsPublic: the certificate is a function of the release. Tables
// that differ in suppressed cells alone have the same bytes.
func TestCertificateIsPublic(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	compared := 0
	for range 100 {
		c := issue(t, randomTables(t, rng, rng.IntN(2) == 0))
		if c == nil {
			continue
		}
		for _, w := range c.pattern.witnesses {
			// Another truth with the same release.
			other := &Tables{digits: c.g.digits}
			for _, was := range c.g.list {
				now := *was
				now.value = append([]int64{}, was.value...)
				for k, id := range was.id {
					now.value[k] += w.at(id)
				}
				other.list = append(other.list, &now)
			}
			files, err := certifyFiles(other.releases(c.pattern), c.g.problem.Attacker())
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(files, c.files) {
				t.Fatal("the release or its certificate tells which of two tables is the true one")
			}
			compared++
		}
	}
	if compared < 100 {
		t.Fatalf("only %d pairs were compared", compared)
	}
}

// TestChangedCertificate changes every number and text of a certificate, one at a
// time, first as it is, then with the digest made right. The first is always
// refused. The second is refused or still a proof: then what was changed is a
// witness or a claim, and an independent check of the sums agrees.
func TestChangedCertificate(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	number := regexp.MustCompile(`-?\d+`)
	changes, stillHolds := 0, 0
	for range 6 {
		c := issue(t, randomTables(t, rng, rng.IntN(2) == 0))
		if c == nil {
			continue
		}
		text := c.files[testCertificate].Data
		for _, at := range number.FindAllIndex(text, -1) {
			for _, by := range []string{"0", "1", "7", "-1", "123456789012345678901234567890"} {
				changed := append(append(append([]byte{}, text[:at[0]]...), by...), text[at[1]:]...)
				if bytes.Equal(changed, text) {
					continue
				}
				changes++
				files := fstest.MapFS{}
				for k, f := range c.files {
					files[k] = f
				}
				files[testCertificate] = &fstest.MapFile{Data: changed}
				if _, err := verify.Certificate(t.Context(), files, testCertificate, verify.Limits{}); !errors.Is(err, verify.ErrCertificate) {
					t.Fatalf("a changed certificate: %v", err)
				}
				var doc certificate
				if json.Unmarshal(changed, &doc) != nil {
					continue
				}
				files[testCertificate] = &fstest.MapFile{Data: sealed(t, &doc)}
				if _, err := verify.Certificate(t.Context(), files, testCertificate, verify.Limits{}); err == nil {
					stillHolds++
					if !provesAnyway(c, &doc) {
						t.Fatalf("a certificate that proves nothing was accepted:\n%s\n%s", text, changed)
					}
				}
			}
		}
	}
	if changes < 1500 {
		t.Fatalf("only %d changes", changes)
	}
	t.Logf("%d changes, of which %d with the right digest are proofs too", changes, stillHolds)
}

// provesAnyway checks a certificate in the plainest way: every relation of every
// table, one after the other.
func provesAnyway(c *issued, doc *certificate) bool {
	if doc.Least == nil || *doc.Least < 0 {
		return true // a proof against an attacker who knows less
	}
	n := len(c.g.problem.cells)
	table := func(w int64) map[int32]int64 {
		x := map[int32]int64{}
		k := 0
		for ti, r := range c.releases {
			for cell, id := range c.g.list[ti].id {
				switch {
				case !r.hidden[cell]:
					x[id] = r.value[cell]
				case r.grid.inner(cell):
					x[id] = doc.Base[k]
					if w >= 0 {
						for i := doc.Starts[w]; i < doc.Starts[w+1]; i++ {
							if doc.Cells[i] == int64(k) {
								x[id] += doc.Changes[i] / doc.Dens[w]
							}
						}
					}
					k++
				}
			}
		}
		for range n { // hidden totals from below
			for _, rel := range c.g.problem.Relations() {
				if _, ok := x[int32(rel.Total)]; ok {
					continue
				}
				sum, all := int64(0), true
				for _, p := range rel.Parts {
					v, ok := x[int32(p)]
					sum, all = sum+v, all && ok
				}
				if all {
					x[int32(rel.Total)] = sum
				}
			}
		}
		return x
	}
	good := func(x map[int32]int64) bool {
		for _, rel := range c.g.problem.Relations() {
			sum := int64(0)
			for _, p := range rel.Parts {
				sum += x[int32(p)]
			}
			if sum != x[int32(rel.Total)] {
				return false
			}
		}
		for ti, r := range c.releases {
			for cell, id := range c.g.list[ti].id {
				if r.hidden[cell] && x[id] < *doc.Least {
					return false
				}
			}
		}
		return true
	}
	base := table(-1)
	if !good(base) {
		return false
	}
	k := 0
	for ti, r := range c.releases {
		for cell, id := range c.g.list[ti].id {
			if !r.hidden[cell] {
				continue
			}
			hi, lo := table(doc.High[k]), table(doc.Low[k])
			if !good(hi) || !good(lo) || hi[id] <= lo[id] {
				return false
			}
			k++
		}
	}
	return true
}

// TestChangedRelease changes every row of a release: another value, another
// status, a value where there was none, a row less, a row twice. With the hash
// made right as well it is refused still.
func TestChangedRelease(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	changes := 0
	for range 8 {
		c := issue(t, randomTables(t, rng, rng.IntN(2) == 0))
		if c == nil {
			continue
		}
		for ti, r := range c.releases {
			file := r.Name + ".release.csv"
			lines := strings.SplitAfter(strings.TrimSuffix(string(c.files[file].Data), "\n"), "\n")
			for i := 1; i < len(lines); i++ {
				f := strings.Split(strings.TrimSpace(lines[i]), ",")
				n := len(f)
				set := func(value, letter, number string) string {
					return strings.Join(append(append([]string{}, f[:n-3]...), value, letter, number), ",") + "\n"
				}
				cases := []string{"", lines[i] + lines[i], set("7", f[n-2], f[n-1]), set(f[n-3]+"1", "F", "1"), set("", "C", "3"),
					set(f[n-3], "A", f[n-1]), set(f[n-3], f[n-2], "11"), set("1", "F", "1"), set("0", "F", "1"), set("+1", "F", "1")}
				for _, now := range cases {
					if now == lines[i] || strings.TrimSpace(now) == strings.TrimSpace(lines[i]) {
						continue
					}
					changes++
					text := strings.Join(lines[:i], "") + now + strings.Join(lines[i+1:], "")
					var doc certificate
					if err := json.Unmarshal(c.files[testCertificate].Data, &doc); err != nil {
						t.Fatal(err)
					}
					files := fstest.MapFS{testCertificate: c.files[testCertificate]}
					for k, v := range c.files {
						files[k] = v
					}
					files[file] = &fstest.MapFile{Data: []byte(text)}
					if _, err := verify.Certificate(t.Context(), files, testCertificate, verify.Limits{}); !errors.Is(err, verify.ErrCertificate) {
						t.Fatalf("a changed release: %v", err)
					}
					if now == "" && f[n-2] == "F" && !r.grid.inner(i-1) {
						continue // a release that says less, of which the proof holds too
					}
					sum := sha256.Sum256([]byte(text))
					doc.Releases[ti].SHA256 = hex.EncodeToString(sum[:])
					files[testCertificate] = &fstest.MapFile{Data: sealed(t, &doc)}
					if _, err := verify.Certificate(t.Context(), files, testCertificate, verify.Limits{}); !errors.Is(err, verify.ErrCertificate) {
						t.Fatalf("a changed release with its hash, %q for %q: %v", now, lines[i], err)
					}
				}
			}
		}
	}
	if changes < 300 {
		t.Fatalf("only %d changes", changes)
	}
}
