// The verifier of the confidential proof. Like that of certificates, and with it, it
// stands alone: these two files use nothing else of the package.

package suppress

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"path"
	"slices"
)

// ConfidentialVerified is what a valid confidential proof shows, beside that the true
// values agree with everything that is published: every unsafe cell is as far from
// what an outsider, and every insider, can rule out as its level asks.
type ConfidentialVerified struct {
	Releases  []string // files
	Unsafe    int      // suppressed cells that are unsafe, in all releases
	Witnesses int
	Insiders  int // who stand alone in some cell, or have the largest part of one
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
	// Primary numbers the suppressed cells that are unsafe, with their levels in units,
	// and the witnesses Shown[ShownStarts[i]:ShownStarts[i+1]] that show these.
	Primary     []int64 `json:"primary"`
	Below       []int64 `json:"below"`
	Above       []int64 `json:"above"`
	Apart       []int64 `json:"apart"`
	ShownStarts []int64 `json:"shownStarts"`
	Shown       []int64 `json:"shown"`
	// Part is, for every suppressed cell, the most that one of several contributors has
	// in it.
	Part []int64 `json:"part"`
	// Owner stands alone in cell OwnedCell of the grid of release OwnedTable, suppressed
	// or not, published or not.
	OwnedTable []int64 `json:"ownedTable"`
	OwnedCell  []int64 `json:"ownedCell"`
	Owner      []int64 `json:"owner"`
	Digest     string  `json:"digest"`
}

// VerifyConfidential reads a confidential proof and the releases beside it that it
// names, and checks in whole numbers that
//
//  1. the proof is canonical, and its digest right; releases, base and witnesses are
//     as Verify asks, the base being the true values;
//  2. for every unsafe cell with true value a and levels L, U, S, and for outsiders and
//     every insider k, some of the witnesses that are named for the cell, and that k
//     cannot rule out, give it values of at least a + U, of at most a - L, and S or more
//     apart, the truth being one of them; where all levels are 0, another value than a,
//     a unit off where values are known to be whole.
//
// An owner rules out what changes a cell in which he is alone, and is not kept off
// these; who has the largest part of a suppressed cell rules out that it is less than
// that, and is not kept off that cell nor any within it. Below, either knows that a
// cell is no less than what he has in it: L is then no more than the rest.
//
// What it takes as given are the statements: the levels, and who has what. Errors
// wrap ErrCertificate, or are of the file system, and hold no values.
func VerifyConfidential(fsys fs.FS, name string, limits VerifyLimits) (*ConfidentialVerified, error) {
	if limits.File <= 0 {
		limits.File = 1 << 30
	}
	doc, err := readConfidential(fsys, name, limits.File)
	if err != nil {
		return nil, err
	}
	v := &verifier{doc: &certificateDoc{
		Digits: doc.Digits, Whole: doc.Whole, Least: doc.Least,
		Base: doc.Base, Starts: doc.Starts, Cells: doc.Cells, Changes: doc.Changes, Dens: doc.Dens,
	}}
	for i := range doc.Releases {
		t, err := readRelease(fsys, path.Dir(name), &doc.Releases[i], doc.Digits, limits.File)
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
		if err := i.judge(k); err != nil {
			return nil, err
		}
	}
	out := &ConfidentialVerified{Unsafe: len(doc.Primary), Witnesses: len(doc.Dens), Insiders: len(i.cells) + len(i.part)}
	for _, t := range v.tables {
		out.Releases = append(out.Releases, t.file)
	}
	return out, nil
}

func readConfidential(fsys fs.FS, name string, limit int64) (*confidentialDoc, error) {
	text, err := readAll(fsys, name, limit)
	if err != nil {
		return nil, err
	}
	var doc confidentialDoc
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return nil, refuse("%s cannot be read: it is no confidential proof of this form", name)
	}
	again, err := json.Marshal(&doc)
	if err != nil || !bytes.Equal(append(again, '\n'), text) {
		return nil, refuse("%s is not in canonical form", name)
	}
	digest := doc.Digest
	doc.Digest = ""
	if again, err = json.Marshal(&doc); err != nil {
		return nil, refuse("%s cannot be encoded", name)
	}
	sum := sha256.Sum256(again)
	switch {
	case digest != hex.EncodeToString(sum[:]):
		return nil, refuse("%s has been changed: its digest is wrong", name)
	case doc.Schema != "sluis.confidential/1" || doc.Notice == "":
		return nil, refuse("%s is not of schema sluis.confidential/1", name)
	case len(doc.Releases) == 0:
		return nil, refuse("%s names no release", name)
	case doc.Digits < 0 || doc.Digits > 15:
		return nil, refuse("%s has a number of digits out of range", name)
	case doc.Least != nil && (*doc.Least > verifyValue || *doc.Least < -verifyValue):
		return nil, refuse("%s has a least value out of range", name)
	}
	return &doc, nil
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

	owner   map[int]int64   // cell -> who is alone in it
	cells   map[int64][]int // owner -> his cells
	part    map[int]int64   // cell -> the largest part of it
	touched [][]int64       // witness -> insiders who rule it out, rising
	change  map[shownIn]int64
}

// shownIn is a cell in a witness.
type shownIn struct {
	cell    int
	witness int64
}

// Insiders are numbered: owners by their numbers, from 1; who has part of cell c, ^c.

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

// read checks the lists of statements and takes them in.
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
	i.owner, i.cells, i.part = map[int]int64{}, map[int64][]int{}, map[int]int64{}
	for k, o := range d.Owner {
		t := d.OwnedTable[k]
		if o < 1 || t < 0 || t >= int64(len(i.tables)) || d.OwnedCell[k] < 0 || d.OwnedCell[k] >= int64(i.tables[t].n) {
			return refuse("an owner is out of range")
		}
		cell := i.number(place{int(t), int(d.OwnedCell[k])})
		if was, ok := i.owner[cell]; ok && was != o {
			return refuse("a cell has two owners")
		} else if !ok {
			i.owner[cell] = o
			i.cells[o] = append(i.cells[o], cell)
		}
	}
	for k, x := range d.Part {
		cell := i.number(i.where[k])
		if x < 0 || x > max(0, i.value(cell)) {
			return refuse("a part is out of range")
		}
		if was, ok := i.part[cell]; ok && was != x {
			return refuse("a cell has two parts")
		}
		if x > 0 {
			i.part[cell] = x
		}
	}
	return nil
}

// gather checks the witnesses, and notes who rules each out, and how it changes the
// unsafe cells that it is named for.
func (i *twinVerifier) gather() error {
	d := i.doc
	asked := make([][]int, len(d.Dens)) // witness -> unsafe cells
	for k := range d.Primary {
		for _, w := range d.Shown[d.ShownStarts[k]:d.ShownStarts[k+1]] {
			asked[w] = append(asked[w], k)
		}
	}
	i.touched, i.change = make([][]int64, len(d.Dens)), map[shownIn]int64{}
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
				if o, ok := i.owner[cell]; ok {
					i.touched[w] = append(i.touched[w], o)
				}
				if p, ok := i.part[cell]; ok && d.Least != nil && x < -(table.value[c]-p)*d.Dens[w] {
					i.touched[w] = append(i.touched[w], ^int64(cell))
				}
			}
		}
		slices.Sort(i.touched[w])
		i.touched[w] = slices.Compact(i.touched[w])
		for _, k := range asked[w] {
			p := i.where[d.Primary[k]]
			if table := i.tables[p.table]; table.stamp[p.cell] == int32(w)+1 {
				i.change[shownIn{i.number(p), int64(w)}] = table.change[p.cell]
			}
		}
	}
	return nil
}

// judge checks an unsafe cell for outsiders, and for every insider who rules out one
// of its witnesses: all others are outsiders to it, who at most know more of what is
// below.
func (i *twinVerifier) judge(k int) error {
	d := i.doc
	list := d.Shown[d.ShownStarts[k]:d.ShownStarts[k+1]]
	cell := i.number(i.where[d.Primary[k]])
	if !i.shows(k, cell, list, d.Below[k], nil) {
		return refuse("unsafe cell %d is not shown to be protected", k)
	}
	var insiders []int64
	for _, w := range list {
		insiders = append(insiders, i.touched[w]...)
	}
	slices.Sort(insiders)
	var above map[int]bool // the cell, and the totals that it is in
	for _, who := range slices.Compact(insiders) {
		if who >= 0 && i.owner[cell] == who {
			continue
		}
		if who < 0 {
			if above == nil {
				above = i.totals([]int{cell})
			}
			if above[int(^who)] {
				continue
			}
		}
		low := d.Below[k]
		if d.Least != nil && low > 0 {
			low = min(low, i.value(cell)-i.share(cell, who))
		}
		if !i.shows(k, cell, list, low, &who) {
			return refuse("unsafe cell %d is not shown to be protected against an insider", k)
		}
	}
	return nil
}

// shows checks the levels of an unsafe cell by those witnesses that somebody, nil for
// outsiders, cannot rule out.
func (i *twinVerifier) shows(k, cell int, list []int64, below int64, who *int64) bool {
	d := i.doc
	differs := false
	high, highDen, low, lowDen := int64(0), int64(1), int64(0), int64(1)
	for _, w := range list {
		if who != nil {
			if _, is := slices.BinarySearch(i.touched[w], *who); is {
				continue
			}
		}
		x, den := i.change[shownIn{cell, w}], d.Dens[w]
		differs = differs || x != 0 && (!d.Whole || x >= den || x <= -den)
		if less(high, highDen, x, den) {
			high, highDen = x, den
		}
		if less(x, den, low, lowDen) {
			low, lowDen = x, den
		}
	}
	if d.Below[k] == 0 && d.Above[k] == 0 && d.Apart[k] == 0 {
		return differs
	}
	return !less(high, highDen, d.Above[k], 1) && !less(-below, 1, low, lowDen) && wide(high, highDen, low, lowDen, d.Apart[k])
}

// less reports whether a/b < c/d, for positive b and d.
func less(a, b, c, d int64) bool {
	x, y := floorDiv(a, b), floorDiv(c, d)
	if x != y {
		return x < y
	}
	return (a-x*b)*d < (c-y*d)*b
}

// wide reports whether a/b - c/d is at least so much.
func wide(a, b, c, d, least int64) bool {
	x, y := floorDiv(a, b), floorDiv(c, d)
	switch whole := x - y - least; {
	case whole != 0:
		return whole > 0 // what is left of either is less than 1
	default:
		return (a-x*b)*d >= (c-y*d)*b
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// up calls fn for every total that a cell is directly in.
func (i *twinVerifier) up(cell int, fn func(total int)) {
	for _, p := range i.places(cell) {
		t := i.tables[p.table]
		for v := range t.vars {
			code := p.cell / t.stride[v] % len(t.vars[v].Codes)
			if code > 0 {
				fn(i.number(place{p.table, p.cell + (t.vars[v].Parents[code]-code)*t.stride[v]}))
			}
		}
	}
}

// totals are some cells with all that they are in.
func (i *twinVerifier) totals(cells []int) map[int]bool {
	out := map[int]bool{}
	for _, c := range cells {
		out[c] = true
	}
	for k := 0; k < len(cells); k++ {
		i.up(cells[k], func(total int) {
			if !out[total] {
				out[total] = true
				cells = append(cells, total)
			}
		})
	}
	return out
}

// share is how much of a cell somebody has in it, by his own cells within it: the most
// that some way of adding the cell up shows.
func (i *twinVerifier) share(cell int, who int64) int64 {
	his := map[int]int64{}
	var own []int
	if who < 0 {
		own = []int{int(^who)}
		his[int(^who)] = i.part[int(^who)]
	} else {
		own = slices.Clone(i.cells[who])
		for _, c := range own {
			his[c] = max(0, i.value(c))
		}
	}
	above := i.totals(own)
	var within func(cell int) int64
	within = func(cell int) int64 {
		if x, ok := his[cell]; ok || !above[cell] {
			return x
		}
		most := int64(0)
		for _, p := range i.places(cell) {
			t := i.tables[p.table]
			for v := range t.vars {
				code := p.cell / t.stride[v] % len(t.vars[v].Codes)
				sum := int64(0)
				for _, k := range i.below[i.variable(p.table)+v][code] {
					sum += within(i.number(place{p.table, p.cell + (k-code)*t.stride[v]}))
				}
				most = max(most, sum)
			}
		}
		his[cell] = most
		return most
	}
	return within(cell)
}

// variable is the number of the first variable of a table among all.
func (i *twinVerifier) variable(table int) (n int) {
	for _, t := range i.tables[:table] {
		n += len(t.vars)
	}
	return n
}
