package hide

import "io"

// ConfidentialProof is the twin of a certificate, which stays inside. With the true
// values and the levels it proves the needs of a Pattern, see verify.Confidential. It
// reveals all values that the releases hide.
type ConfidentialProof struct{ doc confidentialProof }

// confidentialProof is the form of the file; the verifier has its own.
type confidentialProof struct {
	Notice   string           `json:"confidential"`
	Schema   string           `json:"schema"`
	Releases []certifiedTable `json:"releases"`
	Digits   int              `json:"digits"`
	Whole    bool             `json:"whole"`
	Least    *int64           `json:"least"`
	provenBy
	Primary     []int64 `json:"primary"`
	Below       []int64 `json:"below"`
	Above       []int64 `json:"above"`
	Apart       []int64 `json:"apart"`
	ShownStarts []int64 `json:"shownStarts"`
	Shown       []int64 `json:"shown"`
	Part        []int64 `json:"part"`
	OwnedTable  []int64 `json:"ownedTable"`
	OwnedCell   []int64 `json:"ownedCell"`
	Owner       []int64 `json:"owner"`
	ShareTable  []int64 `json:"shareTable"`
	ShareCell   []int64 `json:"shareCell"`
	ShareOwner  []int64 `json:"shareOwner"`
	ShareLeast  []int64 `json:"shareLeast"`
	ShareMost   []int64 `json:"shareMost"`
	Digest      string  `json:"digest"`
}

// Confidential returns the proof of a pattern. files are the names under which the
// releases are written. The proof is nil for tables that are linked in a ring: no release
// that a verifier could read has the finer table behind them. Confidential checks the
// whole proof again; its errors are those of Releases.
func (g *Tables) Confidential(p *Pattern, releases []*Release, files []string) (*ConfidentialProof, error) {
	if err := g.problem.proves(p); err != nil {
		return nil, err
	}
	return g.twin(p, releases, files)
}

// twin is Confidential without asking for the proof.
func (g *Tables) twin(p *Pattern, releases []*Release, files []string) (*ConfidentialProof, error) {
	if len(g.behind) > 0 {
		return nil, nil
	}
	a, cells := g.problem.attacker, g.problem.cells
	doc := confidentialProof{
		Notice: confidential, Schema: "sluis.confidential/2", Digits: g.digits, Whole: a.Whole,
		Primary: []int64{}, Below: []int64{}, Above: []int64{}, Apart: []int64{},
		ShownStarts: []int64{0}, Shown: []int64{}, Part: []int64{},
		OwnedTable: []int64{}, OwnedCell: []int64{}, Owner: []int64{},
		ShareTable: []int64{}, ShareCell: []int64{}, ShareOwner: []int64{}, ShareLeast: []int64{}, ShareMost: []int64{},
	}
	if !a.Negative {
		doc.Least = &a.Lower
	}
	var err error
	if doc.Releases, err = certified(releases, files); err != nil {
		return nil, err
	}
	value := make([]int64, len(cells))
	for i, c := range cells {
		value[i] = c.Value
	}
	witnesses := make([]*Witness, len(p.witnesses))
	for i := range p.witnesses {
		witnesses[i] = &p.witnesses[i]
	}
	needs := make([][]Need, len(cells))
	for _, n := range p.needs {
		needs[n.Cell] = append(needs[n.Cell], n)
	}
	ids := make([][]int32, len(g.list))
	for t, list := range g.list {
		ids[t] = list.id
	}
	doc.contributors(cells, ids, p.Hidden())
	suppressed(releases, ids, func(_, _ int, id int32) {
		c := &cells[id]
		if c.Status == Primary {
			doc.Primary = append(doc.Primary, int64(len(doc.Part)))
			doc.Below, doc.Above = append(doc.Below, c.Level.Lower), append(doc.Above, c.Level.Upper)
			doc.Apart = append(doc.Apart, c.Level.Sliding)
			for _, w := range tables(needs[id]) {
				doc.Shown = append(doc.Shown, int64(w))
			}
			doc.ShownStarts = append(doc.ShownStarts, int64(len(doc.Shown)))
		}
		doc.Part = append(doc.Part, c.Part)
	})
	doc.provenBy = layOut(releases, ids, value, witnesses)
	return &ConfidentialProof{doc}, nil
}

// contributors states the contributions of every contributor who knows something about a
// suppressed cell.
func (d *confidentialProof) contributors(cells []Cell, ids [][]int32, hidden []bool) {
	knows := map[int32]bool{}
	for i, c := range cells {
		if !hidden[i] {
			continue
		}
		knows[c.Owner] = true
		for _, s := range c.Shares {
			knows[s.Owner] = true
		}
	}
	done := make([]bool, len(cells))
	for t, list := range ids {
		for cell, id := range list {
			if done[id] {
				continue
			}
			done[id] = true
			c := &cells[id]
			if c.Owner != 0 && knows[c.Owner] {
				d.OwnedTable, d.OwnedCell = append(d.OwnedTable, int64(t)), append(d.OwnedCell, int64(cell))
				d.Owner = append(d.Owner, int64(c.Owner))
			}
			for _, s := range c.Shares {
				if knows[s.Owner] {
					d.ShareTable, d.ShareCell = append(d.ShareTable, int64(t)), append(d.ShareCell, int64(cell))
					d.ShareOwner = append(d.ShareOwner, int64(s.Owner))
					d.ShareLeast, d.ShareMost = append(d.ShareLeast, s.Least), append(d.ShareMost, s.Most)
				}
			}
		}
	}
}

// WriteJSON writes the proof in its canonical form: one line. The line begins with the
// notice that it is confidential, and ends with the digest of everything before it.
func (c *ConfidentialProof) WriteJSON(w io.Writer) error {
	doc := c.doc
	return writeSealed(w, &doc, &doc.Digest)
}
