package hide

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/suppress/verify"
)

const twinName = "t0.confidential.json"

// randomTwin protects a random table of counts or sums of few persons, alone or with
// another, and writes releases and confidential proof; nil where it cannot be had.
func randomTwin(t *testing.T, seed uint64) (*Tables, *Pattern, fstest.MapFS) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 6))
	r := &rows{names: []string{"a", "b", "c", "who"}, roles: sdc.Roles{Respondent: "who"}}
	for range 20 + rng.IntN(60) {
		x := float64(rng.IntN(1 + rng.IntN(60)))
		r.add(x, fmt.Sprint("a", rng.IntN(4)), fmt.Sprint("b", rng.IntN(4)), fmt.Sprint("c", rng.IntN(2)), fmt.Sprint("p", rng.IntN(40)))
	}
	p := onlyRules()
	p.MinContributors = sdc.MinContributors{Min: 3}
	out := []sdc.Output{{Name: "t0", Kind: sdc.Frequency, By: []string{"a", "b"}}, {Name: "t1", Kind: sdc.Frequency, By: []string{"b", "c"}}}
	if rng.IntN(2) == 0 {
		p.PPercent = sdc.PPercent{P: "20"}
		for k := range out {
			out[k].Kind, out[k].Response = sdc.Magnitude, "x"
		}
	}
	out = out[:1+rng.IntN(2)]
	g := build(t, r.check(t, p, nil, out...), p, BuildOptions{Count: CountRecords})[0]
	pattern, err := Protect(context.Background(), g.problem, Options{})
	if errors.Is(err, ErrInfeasible) || errors.Is(err, ErrUndecided) {
		return nil, nil, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	releases := g.releases(pattern)
	files := fstest.MapFS{}
	var names []string
	for _, r := range releases {
		var b bytes.Buffer
		if err := r.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		names = append(names, r.Name+".release.csv")
		files[r.Name+".release.csv"] = &fstest.MapFile{Data: b.Bytes()}
	}
	c, err := g.twin(pattern, releases, names)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	files[twinName] = &fstest.MapFile{Data: b.Bytes()}
	return g, pattern, files
}

// TestConfidential: what Protect proves, the verifier of the twin accepts; without any
// one of the witnesses that a cell rests on it does not, nor with a level raised beyond
// what they show.
func TestConfidential(t *testing.T) {
	proofs, insiders, raised, dropped, owned := 0, 0, 0, 0, 0
	for seed := range uint64(60) {
		g, pattern, files := randomTwin(t, seed)
		if files == nil {
			continue
		}
		v, err := verify.Confidential(t.Context(), files, twinName, verify.Limits{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		proofs++
		insiders += v.Insiders
		if v.Witnesses != len(pattern.witnesses) {
			t.Fatalf("seed %d: %d witnesses of %d", seed, v.Witnesses, len(pattern.witnesses))
		}
		var doc confidentialProof
		if err := json.Unmarshal(files[twinName].Data, &doc); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(files[twinName].Data), `{"confidential":"CONFIDENTIAL`) {
			t.Fatal("the file does not begin by saying that it is confidential")
		}
		refused := func(what string, change func(d *confidentialProof)) {
			d := doc
			for _, list := range []*[]int64{&d.Below, &d.Above, &d.Apart, &d.Shown, &d.ShownStarts} {
				*list = slices.Clone(*list)
			}
			change(&d)
			files := fstest.MapFS{"t0.release.csv": files["t0.release.csv"], "t1.release.csv": files["t1.release.csv"], twinName: {Data: sealedTwin(t, &d)}}
			if files["t1.release.csv"] == nil {
				delete(files, "t1.release.csv")
			}
			if _, err := verify.Confidential(t.Context(), files, twinName, verify.Limits{}); !errors.Is(err, verify.ErrCertificate) {
				t.Fatalf("seed %d: %s: %v", seed, what, err)
			}
		}
		for k := range doc.Primary {
			most := int64(0)
			for _, x := range doc.Changes {
				most = max(most, x, -x)
			}
			for _, level := range []func(*confidentialProof) []int64{
				func(d *confidentialProof) []int64 { return d.Below }, func(d *confidentialProof) []int64 { return d.Above },
				func(d *confidentialProof) []int64 { return d.Apart },
			} {
				raised++
				refused("a level is raised", func(d *confidentialProof) { level(d)[k] = int64(len(doc.Cells))*most + 1 })
			}
			if (doc.Below[k] == 0 || doc.Above[k] > 0) && !allHidden(g, pattern, idOf(g, pattern, doc.Primary[k])) {
				owned++
				refused("somebody knows all suppressed cells but one", func(d *confidentialProof) {
					d.OwnedTable, d.OwnedCell, d.Owner = nil, nil, nil
					d.ShareTable, d.ShareCell, d.ShareOwner, d.ShareLeast, d.ShareMost = nil, nil, nil, nil, nil
					his := idOf(g, pattern, doc.Primary[k])
					suppressed(g.releases(pattern), ids(g), func(table, cell int, id int32) {
						if id != his {
							d.OwnedTable, d.OwnedCell = append(d.OwnedTable, int64(table)), append(d.OwnedCell, int64(cell))
							d.Owner = append(d.Owner, 1<<40)
						}
					})
				})
			}
			dropped++
			refused("a cell rests on nothing", func(d *confidentialProof) {
				n := d.ShownStarts[k+1] - d.ShownStarts[k]
				d.Shown = slices.Delete(d.Shown, int(d.ShownStarts[k]), int(d.ShownStarts[k+1]))
				for i := k + 1; i < len(d.ShownStarts); i++ {
					d.ShownStarts[i] -= n
				}
			})
		}
	}
	if proofs < 20 || insiders < 100 || raised < 300 || dropped < 100 || owned < 50 {
		t.Errorf("%d proofs, %d insiders, %d levels raised, %d cells without witnesses, %d with one who knows the rest", proofs, insiders, raised, dropped, owned)
	}
}

// allHidden reports whether all that a cell is the sum of is hidden, so that somebody who
// has all of that has all of the cell.
func allHidden(g *Tables, p *Pattern, cell int32) bool {
	hidden := p.Hidden()
	return slices.ContainsFunc(g.problem.rel, func(r Relation) bool {
		return r.Total == int(cell) && !slices.ContainsFunc(r.Parts, func(q int) bool { return !hidden[q] && g.problem.cells[q].Value > 0 })
	})
}

func ids(g *Tables) (out [][]int32) {
	for _, t := range g.list {
		out = append(out, t.id)
	}
	return out
}

// idOf is the cell of the problem that a suppressed cell is.
func idOf(g *Tables, p *Pattern, number int64) (found int32) {
	suppressed(g.releases(p), ids(g), func(_, _ int, id int32) {
		if number == 0 {
			found = id
		}
		number--
	})
	return found
}

// sealedTwin writes a proof with the right digest.
func sealedTwin(t *testing.T, doc *confidentialProof) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeSealed(&b, doc, &doc.Digest); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestChangedConfidential changes every number of a proof, one at a time, first as it
// is: always refused. Then with the digest made right: refused, or what was changed is
// a statement (a level, a part, an owner) that the witnesses show as well, or a witness
// that is one still.
func TestChangedConfidential(t *testing.T) {
	number := regexp.MustCompile(`-?\d+`)
	changes, holds := 0, 0
	for seed := uint64(0); changes < 1500; seed++ {
		g, p, files := randomTwin(t, seed)
		if files == nil {
			continue
		}
		text := files[twinName].Data
		for _, at := range number.FindAllIndex(text, -1) {
			for _, by := range []string{"0", "1", "123456789012345678901234567890"} {
				changed := append(append(append([]byte{}, text[:at[0]]...), by...), text[at[1]:]...)
				if bytes.Equal(changed, text) {
					continue
				}
				changes++
				files[twinName] = &fstest.MapFile{Data: changed}
				if _, err := verify.Confidential(t.Context(), files, twinName, verify.Limits{}); !errors.Is(err, verify.ErrCertificate) {
					t.Fatalf("seed %d: a changed proof: %v", seed, err)
				}
				var doc confidentialProof
				if json.Unmarshal(changed, &doc) != nil {
					continue
				}
				files[twinName] = &fstest.MapFile{Data: sealedTwin(t, &doc)}
				if _, err := verify.Confidential(t.Context(), files, twinName, verify.Limits{}); err == nil {
					holds++
					agrees(t, g, p, doc.Base)
				}
			}
		}
	}
	t.Logf("%d changes, of which %d with the right digest are proofs too", changes, holds)
}

// agrees holds a base against what is published, totals added up by the layout.
func agrees(t *testing.T, g *Tables, p *Pattern, base []int64) {
	t.Helper()
	k := 0
	for i, r := range g.releases(p) {
		x := make([]int64, r.grid.n)
		for cell := range x {
			switch {
			case !r.grid.inner(cell):
			case r.hidden[cell]:
				x[cell] = base[k]
				k++
			default:
				x[cell] = r.value[cell]
			}
		}
		if err := r.grid.rollUp(x); err != nil {
			t.Fatal(err)
		}
		for cell, v := range x {
			if r.shown[cell] && !r.hidden[cell] && v != r.value[cell] {
				t.Fatalf("release %d: a base was accepted that does not agree with a published cell", i)
			}
		}
	}
}

// TestConfidentialShares: whatever is said of contributors, the verifier accepts what the
// package says that the witnesses show, and nothing else.
func TestConfidentialShares(t *testing.T) {
	accepted, refused := 0, 0
	for seed := range uint64(80) {
		g, pattern, files := randomTwin(t, seed)
		if files == nil {
			continue
		}
		rng := rand.New(rand.NewPCG(seed, 61))
		for range 8 {
			cells := slices.Clone(g.problem.cells)
			often := 1 + rng.IntN(12)
			for i := range cells {
				c := &cells[i]
				c.Shares, c.Part = nil, 0
				if c.Value == 0 || c.Owner != 0 || rng.IntN(often) > 0 {
					continue
				}
				statements(rng, c)
				for k := range c.Shares {
					c.Shares[k].Owner++ // no share without a number is in a proof
				}
			}
			q, err := New(cells, g.problem.rel, g.problem.attacker)
			if err != nil {
				t.Fatal(err)
			}
			s := newStore(q)
			for i := range pattern.witnesses {
				s.add(&pattern.witnesses[i])
			}
			holds := true
			for i, c := range cells {
				if c.Status != Primary {
					continue
				}
				var needs []Need
				for _, n := range pattern.needs {
					if int(n.Cell) == i {
						needs = append(needs, n)
					}
				}
				list := tables(needs)
				_, missing := s.assign(int32(i), func(id int32) bool { return slices.Contains(list, id) })
				holds = holds && len(missing) == 0
			}
			said := *g
			said.problem = q
			var names []string
			for _, r := range g.releases(pattern) {
				names = append(names, r.Name+".release.csv")
			}
			proof, err := said.twin(pattern, g.releases(pattern), names)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := proof.WriteJSON(&b); err != nil {
				t.Fatal(err)
			}
			files[twinName] = &fstest.MapFile{Data: b.Bytes()}
			_, err = verify.Confidential(t.Context(), files, twinName, verify.Limits{})
			if holds != (err == nil) || err != nil && !errors.Is(err, verify.ErrCertificate) {
				t.Fatalf("seed %d: the package says %v, the verifier %v", seed, holds, err)
			}
			if holds {
				accepted++
			} else {
				refused++
			}
		}
	}
	t.Logf("%d accepted, %d refused", accepted, refused)
	if accepted < 50 || refused < 50 {
		t.Errorf("%d accepted, %d refused", accepted, refused)
	}
}
