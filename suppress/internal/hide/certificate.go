package hide

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Certificate is the proof that leaves with releases; see verify.Certificate for its
// meaning. It is made only from the releases, so it reveals no more than they do. Its
// tables are possible tables, and do not depend on the true values.
type Certificate struct{ doc certificate }

// certificate is the form of the file; the verifier has its own.
type certificate struct {
	Schema   string           `json:"schema"`
	Releases []certifiedTable `json:"releases"`
	Digits   int              `json:"digits"`
	Whole    bool             `json:"whole"`
	Least    *int64           `json:"least"`
	provenBy
	High   []int64 `json:"high"`
	Low    []int64 `json:"low"`
	Digest string  `json:"digest"`
}

// provenBy holds a table, by the values of the suppressed inner cells of releases, and
// other tables, by their changes of these cells.
type provenBy struct {
	Base    []int64 `json:"base"`
	Starts  []int64 `json:"starts"`
	Cells   []int64 `json:"cells"`
	Changes []int64 `json:"changes"`
	Dens    []int64 `json:"dens"`
}

type certifiedTable struct {
	File      string         `json:"file"`
	SHA256    string         `json:"sha256"`
	Variables []certifiedVar `json:"variables"`
}

type certifiedVar struct {
	Name    string   `json:"name"`
	Codes   []string `json:"codes"`
	Parents []int    `json:"parents"`
}

// Certify proves that an attacker with the knowledge in a, and no more, cannot compute
// the exact value of any suppressed cell from all releases together. It looks for a
// possible table, the base. It then audits the releases as if the base were the true
// table: for each suppressed cell it looks for another value. files are the names under
// which WriteCSV will write the releases.
//
// The error wraps
//
//   - ErrInfeasible, as a *CellsError with numbers of cells whose exact value can be
//     computed;
//   - ErrUndecided, with the cells that could not be decided within a bounded number of
//     programs;
//   - ErrRequest.
//
// Certify uses no randomness: equal releases have equal certificates, for any number of
// threads.
func Certify(ctx context.Context, releases []*Release, files []string, a Attacker, threads int) (*Certificate, error) {
	if len(releases) == 0 || len(files) != len(releases) {
		return nil, fmt.Errorf("%w: a certificate needs releases, and a file name for each", ErrRequest)
	}
	p, err := newPublic(releases, a)
	if err != nil {
		return nil, err
	}
	if worked := p.workedOut(releases); len(worked) > 0 {
		return nil, &CellsError{Cells: worked, Err: ErrInfeasible}
	}
	unknown, err := p.findBase(ctx)
	if err != nil {
		return nil, err
	}
	if len(unknown) > 0 {
		return nil, &CellsError{Cells: ints(unknown), Err: ErrUndecided}
	}
	shown, err := p.differ(ctx, threads)
	if err != nil {
		return nil, err
	}
	c := &Certificate{doc: certificate{
		Schema: "sluis.certificate/1", Digits: releases[0].Digits, Whole: a.Whole,
		High: []int64{}, Low: []int64{},
	}}
	if !a.Negative {
		c.doc.Least = &a.Lower
	}
	if c.doc.Releases, err = certified(releases, files); err != nil {
		return nil, err
	}
	c.fill(releases, p, shown)
	return c, nil
}

func ints(list []int32) []int {
	out := make([]int, len(list))
	for i, v := range list {
		out[i] = int(v)
	}
	return out
}

// workedOut lists suppressed cells that follow from a single relation at a time.
func (p *public) workedOut(releases []*Release) []int {
	var out []int
	seen := map[int32]bool{}
	for t, r := range releases {
		for cell, is := range r.hidden {
			if id := p.ids[t][cell]; is && p.known[id] && !seen[id] {
				seen[id] = true
				out = append(out, int(id))
			}
		}
	}
	return out
}

// certified names releases, with the hashes of their files and their code lists.
func certified(releases []*Release, files []string) (out []certifiedTable, err error) {
	for i, r := range releases {
		h := sha256.New()
		if err := r.WriteCSV(h); err != nil {
			return nil, err
		}
		t := certifiedTable{File: files[i], SHA256: hex.EncodeToString(h.Sum(nil))}
		for _, v := range r.Variables {
			t.Variables = append(t.Variables, certifiedVar(v))
		}
		out = append(out, t)
	}
	return out, nil
}

// differ looks for another value of every suppressed cell than its base.
func (p *public) differ(ctx context.Context, threads int) (*Audited, error) {
	q, err := p.problem()
	if err != nil {
		return nil, err
	}
	hidden := make([]bool, len(p.known))
	for i, known := range p.known {
		hidden[i] = !known
	}
	got, err := Audit(ctx, q, hidden, AuditOptions{Threads: threads, NeedsOnly: true})
	if err != nil {
		return nil, err
	}
	var fixed, unknown []int
	for _, f := range got.Failures {
		if f.Verdict == Fails {
			fixed = append(fixed, f.Cell)
		} else {
			unknown = append(unknown, f.Cell)
		}
	}
	if len(fixed) > 0 {
		return nil, &CellsError{Cells: fixed, Err: ErrInfeasible}
	}
	return got, cellsError(ErrUndecided, unknown)
}

// fill lays out base, witnesses and claims.
func (c *Certificate) fill(releases []*Release, p *public, shown *Audited) {
	claim := make([]Need, len(p.known))
	for _, n := range shown.Needs {
		claim[n.Cell] = n
	}
	var used []*Witness
	number := make([]int64, len(shown.Witnesses)) // plus one
	use := func(table int32) int64 {
		if table < 0 {
			return -1
		}
		if number[table] == 0 {
			used = append(used, &shown.Witnesses[table])
			number[table] = int64(len(used))
		}
		return number[table] - 1
	}
	suppressed(releases, p.ids, func(_, _ int, id int32) {
		n := claim[id]
		c.doc.High, c.doc.Low = append(c.doc.High, use(n.High)), append(c.doc.Low, use(n.Low))
	})
	c.doc.provenBy = layOut(releases, p.ids, p.value, used)
}

// suppressed calls fn for every suppressed cell, releases one after the other, cells
// in the order of the code lists.
func suppressed(releases []*Release, ids [][]int32, fn func(release, cell int, id int32)) {
	for t, r := range releases {
		for cell, is := range r.hidden {
			if is {
				fn(t, cell, ids[t][cell])
			}
		}
	}
}

// layOut turns tables over the cells of a problem into tables over the suppressed
// inner cells of releases.
func layOut(releases []*Release, ids [][]int32, value []int64, witnesses []*Witness) provenBy {
	out := provenBy{Base: []int64{}, Starts: []int64{0}, Cells: []int64{}, Changes: []int64{}, Dens: []int64{}}
	places := make([][]int64, len(value)) // cell -> its numbers among them
	suppressed(releases, ids, func(t, cell int, id int32) {
		if releases[t].grid.inner(cell) {
			places[id] = append(places[id], int64(len(out.Base)))
			out.Base = append(out.Base, value[id])
		}
	})
	type change struct{ cell, by int64 }
	for _, w := range witnesses {
		var list []change
		for i, cell := range w.Cells {
			for _, k := range places[cell] {
				list = append(list, change{k, w.Delta[i]})
			}
		}
		slices.SortFunc(list, func(a, b change) int { return cmp.Compare(a.cell, b.cell) })
		for _, x := range list {
			out.Cells, out.Changes = append(out.Cells, x.cell), append(out.Changes, x.by)
		}
		out.Starts = append(out.Starts, int64(len(out.Cells)))
		out.Dens = append(out.Dens, w.Den)
	}
	return out
}

// WriteJSON writes the certificate in its canonical form: one line, the digest of
// everything before it at the end.
func (c *Certificate) WriteJSON(w io.Writer) error {
	doc := c.doc
	return writeSealed(w, &doc, &doc.Digest)
}

// writeSealed writes a document with its digest.
func writeSealed(w io.Writer, doc any, digest *string) error {
	*digest = ""
	text, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	*digest = hex.EncodeToString(sum[:])
	if text, err = json.Marshal(doc); err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
