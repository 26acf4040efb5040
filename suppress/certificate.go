package suppress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// Certificate is the proof that goes out with releases: see Verify for what it
// proves. It is made from the releases alone, so that it can tell nobody more than
// they do. Its tables are possible ones; they have nothing to do with the truth.
type Certificate struct{ doc certificate }

// certificate is the form of the file; the verifier has its own.
type certificate struct {
	Schema   string           `json:"schema"`
	Releases []certifiedTable `json:"releases"`
	Digits   int              `json:"digits"`
	Whole    bool             `json:"whole"`
	Least    *int64           `json:"least"`
	Base     []int64          `json:"base"`
	Starts   []int64          `json:"starts"`
	Cells    []int64          `json:"cells"`
	Changes  []int64          `json:"changes"`
	Dens     []int64          `json:"dens"`
	High     []int64          `json:"high"`
	Low      []int64          `json:"low"`
	Digest   string           `json:"digest"`
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

// Certify proves that no suppressed cell of the releases, taken together, can be
// worked out exactly by an attacker who knows no more than a says: it searches for
// two possible values of each, a whole unit or more apart. Files are the names
// under which WriteCSV will have written them.
//
// The error wraps ErrInfeasible, as a *CellsError with numbers of cells that can
// be worked out; ErrUndecided, with those of which it could not be told; or
// ErrRequest. Nothing here is random: equal releases have equal certificates.
func Certify(ctx context.Context, releases []*Release, files []string, a Attacker) (*Certificate, error) {
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
	fixed, unknown, err := p.solve(ctx)
	if err != nil {
		return nil, err
	}
	if len(unknown) > 0 {
		return nil, &CellsError{Cells: ints(unknown), Err: ErrUndecided}
	}
	if len(fixed) > 0 {
		return nil, &CellsError{Cells: ints(fixed), Err: ErrInfeasible}
	}
	c := &Certificate{doc: certificate{
		Schema: "sluis.certificate/1", Digits: releases[0].Digits, Whole: a.Whole,
		Base: []int64{}, Starts: []int64{0}, Cells: []int64{}, Changes: []int64{}, Dens: []int64{}, High: []int64{}, Low: []int64{},
	}}
	if !a.Negative {
		c.doc.Least = &a.Lower
	}
	for i, r := range releases {
		if err := c.name(r, files[i]); err != nil {
			return nil, err
		}
	}
	c.fill(releases, p)
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

// name enters a release with the hash of its file and its code lists.
func (c *Certificate) name(r *Release, file string) error {
	h := sha256.New()
	if err := r.WriteCSV(h); err != nil {
		return err
	}
	t := certifiedTable{File: file, SHA256: hex.EncodeToString(h.Sum(nil))}
	for _, v := range r.Variables {
		t.Variables = append(t.Variables, certifiedVar(v))
	}
	c.doc.Releases = append(c.doc.Releases, t)
	return nil
}

// fill lays out base, witnesses and claims. The k-th tables of all components are
// one witness.
func (c *Certificate) fill(releases []*Release, p *public) {
	n := len(p.known)
	base := make([]int64, n)
	part, pos := make([]int32, n), make([]int32, n)
	count := 0
	for i, comp := range p.parts {
		count = max(count, len(comp.found))
		for j, cell := range comp.cells {
			base[cell], part[cell], pos[cell] = comp.base[j], int32(i), int32(j)
		}
	}
	var open []int32 // suppressed inner cells
	for t, r := range releases {
		for cell, is := range r.hidden {
			if !is {
				continue
			}
			id := p.ids[t][cell]
			if r.grid.inner(cell) {
				open = append(open, id)
				c.doc.Base = append(c.doc.Base, base[id])
			}
			high, low := p.parts[part[id]].widest(pos[id])
			c.doc.High, c.doc.Low = append(c.doc.High, high), append(c.doc.Low, low)
		}
	}
	for w := range count {
		for k, id := range open {
			comp := p.parts[part[id]]
			if w >= len(comp.found) {
				continue
			}
			if d := comp.found[w][pos[id]] - base[id]; d != 0 {
				c.doc.Cells, c.doc.Changes = append(c.doc.Cells, int64(k)), append(c.doc.Changes, d)
			}
		}
		c.doc.Starts = append(c.doc.Starts, int64(len(c.doc.Cells)))
		c.doc.Dens = append(c.doc.Dens, 1)
	}
}

// widest returns the tables in which a cell is most and least, -1 for the base.
func (c *component) widest(j int32) (high, low int64) {
	high, low = -1, -1
	most, least := c.base[j], c.base[j]
	for w, x := range c.found {
		if x[j] > most {
			high, most = int64(w), x[j]
		}
		if x[j] < least {
			low, least = int64(w), x[j]
		}
	}
	return high, low
}

// WriteJSON writes the certificate in its canonical form: one line, the digest of
// everything before it at the end.
func (c *Certificate) WriteJSON(w io.Writer) error {
	doc := c.doc
	doc.Digest = ""
	text, err := json.Marshal(&doc)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	doc.Digest = hex.EncodeToString(sum[:])
	if text, err = json.Marshal(&doc); err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
