package verify

import (
	"context"
	"io/fs"
	"path"
	"slices"
)

// Proven is the result of a valid confidential proof. The proof shows two things:
//
//   - the true values agree with everything that is published;
//   - for every unsafe cell, the bounds of an outsider and of every insider are as far
//     from the true value as its level requires.
type Proven struct {
	Releases  []string // files
	Unsafe    int      // suppressed cells that are unsafe, in all releases
	Witnesses int      // tables that show the levels
	Insiders  int      // contributors with a number
}

// confidentialDoc is the form of a confidential proof. The lists of Certificate are
// those of a certificate, with the true values as Base.
type confidentialDoc struct {
	Notice   string               `json:"confidential"`
	Schema   string               `json:"schema"`
	Releases []certificateRelease `json:"releases"`
	Digits   int                  `json:"digits"`
	Whole    bool                 `json:"whole"`
	Least    *int64               `json:"least"`
	Base     []int64              `json:"base"`
	Starts   []int64              `json:"starts"`
	Cells    []int64              `json:"cells"`
	Changes  []int64              `json:"changes"`
	Dens     []int64              `json:"dens"`
	// Primary lists the numbers of the suppressed cells that are unsafe. Below, Above and
	// Apart are their levels in units. Witnesses Shown[ShownStarts[i]:ShownStarts[i+1]]
	// show the levels.
	Primary     []int64 `json:"primary"`
	Below       []int64 `json:"below"`
	Above       []int64 `json:"above"`
	Apart       []int64 `json:"apart"`
	ShownStarts []int64 `json:"shownStarts"`
	Shown       []int64 `json:"shown"`
	// Part is, for every suppressed cell, the most that a contributor has in the cell who
	// is not listed in it. It is used in inner cells only.
	Part []int64 `json:"part"`
	// Owner is alone in cell OwnedCell of the grid of release OwnedTable. The lists hold
	// all cells in which an owner is alone, suppressed or not, published or not.
	OwnedTable []int64 `json:"ownedTable"`
	OwnedCell  []int64 `json:"ownedCell"`
	Owner      []int64 `json:"owner"`
	// ShareOwner has at least ShareLeast and at most ShareMost of a cell with other
	// contributors. The lists hold all cells in which the contributor is listed.
	ShareTable []int64 `json:"shareTable"`
	ShareCell  []int64 `json:"shareCell"`
	ShareOwner []int64 `json:"shareOwner"`
	ShareLeast []int64 `json:"shareLeast"`
	ShareMost  []int64 `json:"shareMost"`
	Digest     string  `json:"digest"`
}

// Confidential reads a confidential proof and the releases beside it that it names. It
// checks in whole numbers that
//
//  1. the proof is canonical, and its digest is right; releases, base and witnesses are
//     as Certificate requires, with the true values as base;
//  2. every unsafe cell with true value a and levels L, U, S is protected against
//     outsiders and against every insider k who is not alone in it. Of the witnesses that
//     are named for the cell, those that k cannot rule out give the cell values of at
//     least a + U, of at most a - L, and (a included) S or more apart. Where all levels
//     are 0, they give a value other than a; where values are known to be whole, one that
//     is a unit or more from a.
//
// The insiders are the owners (the contributors with a number) and the unlisted
// contributor. In the cells other than the unsafe one,
//
//   - an owner rules out a witness that changes a cell in which the owner is alone;
//   - an owner rules out a witness that makes a cell less than the owner may have in it;
//   - the unlisted contributor rules out a witness that makes an inner cell less than its
//     Part.
//
// The most that an owner may have in a cell is
//
//   - ShareMost, where the owner is listed in the cell;
//   - elsewhere, in an inner cell: Part; or, if that is less, the most that the owner has
//     in a total of the cell, less the least that the owner has elsewhere in the total.
//
// An insider who has s of the unsafe cell knows that the cell is at least s. So the lower
// level is capped at a - s, for every s that the insider may have. In whole numbers a
// witness must show the capped level with a value of at least s. With fractions such a
// table lies between a shown table and the true one.
//
// Where values may be negative, an insider rules out only witnesses that change a cell in
// which the insider is alone.
//
// Three statements are not checked: which cells are unsafe, their levels, and the
// contributions. Errors wrap ErrCertificate, or are of the file system, or of the context
// when that is done. Errors hold no values.
func Confidential(ctx context.Context, fsys fs.FS, name string, limits Limits) (*Proven, error) {
	if err := limits.fill(ctx, fsys); err != nil {
		return nil, err
	}
	doc, err := readConfidential(ctx, fsys, name, limits.File)
	if err != nil {
		return nil, err
	}
	v := &verifier{ctx: ctx, doc: &certificateDoc{
		Digits: doc.Digits, Whole: doc.Whole, Least: doc.Least,
		Base: doc.Base, Starts: doc.Starts, Cells: doc.Cells, Changes: doc.Changes, Dens: doc.Dens,
	}}
	for i := range doc.Releases {
		t, err := readRelease(ctx, fsys, path.Dir(name), &doc.Releases[i], doc.Digits, limits.File)
		if err != nil {
			return nil, err
		}
		v.tables = append(v.tables, t)
	}
	if err := v.share(); err != nil {
		return nil, err
	}
	if err := v.base(); err != nil {
		return nil, err
	}
	i := &twinVerifier{verifier: v, doc: doc}
	if err := i.read(); err != nil {
		return nil, err
	}
	if err := i.gather(); err != nil {
		return nil, err
	}
	for k := range doc.Primary {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := i.judge(k); err != nil {
			return nil, err
		}
	}
	out := &Proven{Unsafe: len(doc.Primary), Witnesses: len(doc.Dens), Insiders: len(i.cells)}
	for _, t := range v.tables {
		out.Releases = append(out.Releases, t.file)
	}
	return out, nil
}

// twinVerifier checks one confidential proof. Cells of all tables are numbered together, a
// shared one by the first of its places.
type twinVerifier struct {
	*verifier
	doc   *confidentialDoc
	first []int     // table -> number of its first cell
	where []place   // suppressed cell
	open  []place   // of these the inner ones
	below [][][]int // variable of all tables -> code -> codes directly below

	owner  map[int]int64   // cell -> the owner that is alone in it
	shares map[int][]share // cell
	cells  map[int64][]int // owner -> cells in which the owner is alone or listed
	part   map[int]int64   // inner cell -> the most that a contributor who is not listed has
	moved  [][]move        // witness -> changes of cells that an insider knows something about
	change map[shownIn]int64
	stakes map[int64]map[int]int64 // owner -> cell -> the least that the owner has, see has
}

// share is the share of a contributor in a cell.
type share struct{ who, least, most int64 }

// move is a change of a cell.
type move struct {
	cell int
	by   int64
}

// shownIn is a cell in a witness.
type shownIn struct {
	cell    int
	witness int64
}

// Insiders are numbered: owners by their numbers, from 1; noList is the unlisted
// contributor.
const noList = -1

func (i *twinVerifier) number(p place) int {
	if m := i.tables[p.table].member; m != nil && m[p.cell] >= 0 {
		p = i.members[m[p.cell]][0]
	}
	return i.first[p.table] + p.cell
}

// places are where a cell is.
func (i *twinVerifier) places(cell int) []place {
	t := len(i.first) - 1
	for i.first[t] > cell {
		t--
	}
	at := place{t, cell - i.first[t]}
	if m := i.tables[t].member; m != nil && m[at.cell] >= 0 {
		return i.members[m[at.cell]]
	}
	return []place{at}
}

func (i *twinVerifier) value(cell int) int64 {
	at := i.places(cell)[0]
	return i.tables[at.table].value[at.cell]
}

// read checks and stores the lists of statements.
func (i *twinVerifier) read() error {
	d := i.doc
	n := 0
	for _, t := range i.tables {
		i.first = append(i.first, n)
		n += t.n
		for v := range t.vars {
			list := make([][]int, len(t.vars[v].Codes))
			for k, p := range t.vars[v].Parents {
				if p >= 0 {
					list[p] = append(list[p], k)
				}
			}
			i.below = append(i.below, list)
		}
	}
	var err error
	if i.where, i.open, err = i.lists(); err != nil {
		return err
	}
	m := len(d.Primary)
	switch {
	case len(d.Below) != m || len(d.Above) != m || len(d.Apart) != m || len(d.ShownStarts) != m+1:
		return refuse("there is not one level for each unsafe cell")
	case d.ShownStarts[0] != 0 || d.ShownStarts[m] != int64(len(d.Shown)) || !slices.IsSorted(d.ShownStarts):
		return refuse("the witnesses of unsafe cells are no proper list")
	case len(d.Part) != len(i.where):
		return refuse("there is not one part for each suppressed cell")
	case len(d.OwnedTable) != len(d.Owner) || len(d.OwnedCell) != len(d.Owner):
		return refuse("the lists of owners do not fit together")
	case len(d.ShareTable) != len(d.ShareOwner) || len(d.ShareCell) != len(d.ShareOwner) ||
		len(d.ShareLeast) != len(d.ShareOwner) || len(d.ShareMost) != len(d.ShareOwner):
		return refuse("the lists of shares do not fit together")
	}
	for k, c := range d.Primary {
		if c < 0 || c >= int64(len(i.where)) || k > 0 && c <= d.Primary[k-1] {
			return refuse("unsafe cells do not rise or are not suppressed")
		}
		for _, level := range []int64{d.Below[k], d.Above[k], d.Apart[k]} {
			if level < 0 || level > verifyValue {
				return refuse("a level is out of range")
			}
		}
	}
	for _, w := range d.Shown {
		if w < 0 || w >= int64(len(d.Dens)) {
			return refuse("an unsafe cell is shown by a witness that does not exist")
		}
	}
	return i.contributors()
}

// contributors checks and stores the contributions.
func (i *twinVerifier) contributors() error {
	d := i.doc
	i.owner, i.shares, i.cells, i.part = map[int]int64{}, map[int][]share{}, map[int64][]int{}, map[int]int64{}
	cellOf := func(table, cell int64) (int, bool) {
		if table < 0 || table >= int64(len(i.tables)) || cell < 0 || cell >= int64(i.tables[table].n) {
			return 0, false
		}
		return i.number(place{int(table), int(cell)}), true
	}
	for k, o := range d.Owner {
		cell, ok := cellOf(d.OwnedTable[k], d.OwnedCell[k])
		if o < 1 || !ok {
			return refuse("an owner is out of range")
		}
		if _, ok := i.owner[cell]; ok {
			return refuse("a cell has two owners")
		}
		i.owner[cell] = o
		i.cells[o] = append(i.cells[o], cell)
	}
	for k, o := range d.ShareOwner {
		cell, ok := cellOf(d.ShareTable[k], d.ShareCell[k])
		if o < 1 || !ok {
			return refuse("a share is out of range")
		}
		s := share{o, d.ShareLeast[k], d.ShareMost[k]}
		if s.least < 0 || s.least > s.most || s.most > max(0, i.value(cell)) {
			return refuse("a share is no part of its cell")
		}
		if _, ok := i.owner[cell]; ok || slices.ContainsFunc(i.shares[cell], func(x share) bool { return x.who == o }) {
			return refuse("somebody has two shares of a cell, or one of a cell of one contributor")
		}
		i.shares[cell] = append(i.shares[cell], s)
		i.cells[o] = append(i.cells[o], cell)
	}
	stated := map[int]int64{}
	for k, x := range d.Part {
		cell := i.number(i.where[k])
		if x < 0 || x > max(0, i.value(cell)) {
			return refuse("a part is out of range")
		}
		if was, ok := stated[cell]; ok && was != x {
			return refuse("a cell has two parts")
		}
		stated[cell] = x
		if x > 0 && i.isInner(cell) {
			i.part[cell] = x
		}
	}
	return nil
}

// isInner reports whether a cell is a total in no table.
func (i *twinVerifier) isInner(cell int) bool {
	return !slices.ContainsFunc(i.places(cell), func(p place) bool { return !i.tables[p.table].inner[p.cell] })
}

// gather checks the witnesses. It stores their changes of the cells that an insider knows
// something about, and of the unsafe cells that they are named for.
func (i *twinVerifier) gather() error {
	d := i.doc
	asked := make([][]int, len(d.Dens)) // witness -> unsafe cells
	for k := range d.Primary {
		for _, w := range d.Shown[d.ShownStarts[k]:d.ShownStarts[k+1]] {
			asked[w] = append(asked[w], k)
		}
	}
	i.moved, i.change = make([][]move, len(d.Dens)), map[shownIn]int64{}
	i.stakes = map[int64]map[int]int64{}
	for w := range d.Dens {
		if err := i.witness(w, i.open); err != nil {
			return err
		}
		for t, table := range i.tables {
			for _, c := range table.seen {
				x := table.change[c]
				if x == 0 {
					continue
				}
				cell := i.number(place{t, c})
				if i.owner[cell] > 0 || x < 0 && !i.signed() && (i.part[cell] > 0 || len(i.shares[cell]) > 0) {
					i.moved[w] = append(i.moved[w], move{cell, x})
				}
			}
		}
		for _, k := range asked[w] {
			p := i.where[d.Primary[k]]
			if table := i.tables[p.table]; table.stamp[p.cell] == int32(w)+1 {
				i.change[shownIn{i.number(p), int64(w)}] = table.change[p.cell]
			}
		}
	}
	return nil
}
