package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"path"
	"strings"
)

// ErrCertificate is wrapped by every error that says that a certificate does not
// prove its release protected.
var ErrCertificate = errors.New("certificate does not hold")

// Certified is what a valid certificate proves of its releases: that every
// suppressed cell of every one of them, whatever it is suppressed for, has at least
// two possible values (a whole unit or more apart, to an attacker who knows values
// to be whole), by tables that agree with everything published in all of them
// together, with the code trees in the certificate, and with what an attacker is
// said to know beforehand. It says nothing of the truth, of which it
// holds nothing, hence not how far the possible values are from it: that is what
// the confidential proof shows.
//
// What it leaves to the reader is the attacker's knowledge (Whole, Least) and the
// code trees: who knows more than is stated there is not covered.
type Certified struct {
	Releases  []string // files
	Cells     int      // published cells, in all releases
	Hidden    int      // suppressed cells
	Witnesses int      // tables that show their values
	Digits    int      // a unit is 10^-Digits
	Whole     bool     // the attacker knows that values are whole units
	Least     *int64   // he knows that they are at least this, in units; nil: nothing
	// Narrowest is the least that two shown values of a suppressed cell lie apart,
	// in units; 0 where nothing is suppressed.
	Narrowest float64
}

// Limits bound what a verification reads.
type Limits struct {
	// File is the size of the certificate and of each release, in bytes. Defaults
	// to 1 GiB. Memory is at most about 24 times what is read.
	File int64
}

const (
	certificateSchema  = "sluis.certificate/1"
	confidentialSchema = "sluis.confidential/2"
	roundingSchema     = "sluis.rounding/1"

	verifyCells = 1 << 24 // cells of a table with all its totals
	verifyValue = 1 << 52 // absolute value of a cell, in units
	verifyDen   = 1 << 10 // denominator of a witness
	verifySum   = 1 << 61 // absolute sum on the way
	verifyDepth = 64      // of a code tree
	verifyRatio = 256     // cells with all totals per byte of the release
)

// certificateDoc is the form of a certificate. Numbers of witnesses lie in flat
// lists, so that what a file makes us keep is in proportion to its size.
type certificateDoc struct {
	Schema   string               `json:"schema"`
	Releases []certificateRelease `json:"releases"`
	Digits   int                  `json:"digits"`
	Whole    bool                 `json:"whole"`
	Least    *int64               `json:"least"`
	// Base is a possible value of every suppressed inner cell, releases one after
	// the other, cells in the order of the code lists.
	Base []int64 `json:"base"`
	// Witness w changes the base in the suppressed inner cells Cells[Starts[w]:
	// Starts[w+1]], numbered as Base is, by Changes/Dens[w]. Totals follow.
	Starts  []int64 `json:"starts"`
	Cells   []int64 `json:"cells"`
	Changes []int64 `json:"changes"`
	Dens    []int64 `json:"dens"`
	// High and Low name, for every suppressed cell (totals too) in that order, two
	// witnesses, or -1 for the base, between which it differs.
	High []int64 `json:"high"`
	Low  []int64 `json:"low"`
	// Digest is the SHA-256 of this document with an empty Digest.
	Digest string `json:"digest"`
}

type certificateRelease struct {
	File      string                `json:"file"`
	SHA256    string                `json:"sha256"`
	Variables []certificateVariable `json:"variables"`
}

type certificateVariable struct {
	Name    string   `json:"name"`
	Codes   []string `json:"codes"`
	Parents []int    `json:"parents"`
}

// Certificate reads a certificate and the releases beside it that it names, and
// nothing else, and checks the proof in whole numbers:
//
//  1. The certificate is canonical: encoding it again gives the same bytes, and
//     its digest is right.
//  2. Each release is the file of the certificate's hash. It has every inner cell
//     of the code trees and any of their totals, each once; a value where its
//     status is free and none where it is suppressed.
//  3. Base and witnesses give every suppressed inner cell a value. Totals are added
//     up over all code trees and variables from the inner cells. Published cells
//     then have their published values, in every table; cells that several releases
//     share are equal, be they published or not; suppressed cells keep to what the
//     attacker knows.
//  4. Every suppressed cell differs between its two witnesses, and by a unit or more
//     where the attacker knows values to be whole.
//
// The error wraps ErrCertificate, or is of the file system, or of the context when that is
// done. Time and memory are
// linear in the sizes of the files, times the depth of the trees.
func Certificate(ctx context.Context, fsys fs.FS, certificate string, limits Limits) (*Certified, error) {
	if limits.File <= 0 {
		limits.File = 1 << 30
	}
	doc, err := readCertificate(ctx, fsys, certificate, limits.File)
	if err != nil {
		return nil, err
	}
	v := &verifier{ctx: ctx, doc: doc}
	for i := range doc.Releases {
		t, err := readRelease(ctx, fsys, path.Dir(certificate), &doc.Releases[i], doc.Digits, limits.File)
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
	if err := v.witnesses(); err != nil {
		return nil, err
	}
	out := &Certified{Digits: doc.Digits, Whole: doc.Whole, Least: doc.Least, Witnesses: len(doc.Dens)}
	if out.Narrowest, err = v.widths(); err != nil {
		return nil, err
	}
	for _, t := range v.tables {
		out.Releases = append(out.Releases, t.file)
		out.Cells += t.cells
		out.Hidden += len(t.hidden)
	}
	return out, nil
}

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCertificate, fmt.Sprintf(format, args...))
}

// State of a cell of a table with all its totals.
const (
	isAbsent = iota // not in the release
	isPublished
	isHidden
)

// checkedTable is a release as it was read, on the grid of its code trees.
type checkedTable struct {
	file   string
	vars   []certificateVariable
	stride []int
	up     [][][]int // variable -> code -> the code and all above it
	n      int
	inner  []bool
	state  []uint8
	value  []int64 // published values; of the base, once there is one
	hidden []int   // suppressed cells, rising
	open   []int   // of these the inner ones
	cells  int     // published

	member []int32 // cell -> its number among shared cells, -1; nil: none is
	stamp  []int32 // cell -> witness, plus one, whose change is known
	change []int64
	seen   []int // cells so stamped
}

// treeOf checks a code list and returns, of each code, itself and what is above.
func treeOf(v *certificateVariable) (up [][]int, leaf []bool, err error) {
	n := len(v.Codes)
	if n < 2 || len(v.Parents) != n || v.Codes[0] != "" || v.Parents[0] != -1 {
		return nil, nil, refuse("variable %q has no proper code list", v.Name)
	}
	leaf = make([]bool, n)
	known := map[string]bool{}
	for k, c := range v.Codes {
		if known[c] || c == "*" {
			return nil, nil, refuse("variable %q: code %d occurs twice or stands for the total", v.Name, k)
		}
		known[c] = true
		leaf[k] = true
	}
	up = make([][]int, n)
	up[0] = []int{0}
	for k := 1; k < n; k++ {
		p := v.Parents[k]
		if p < 0 || p >= k {
			return nil, nil, refuse("variable %q: code %d has no code above it that comes before", v.Name, k)
		}
		leaf[p] = false
		up[k] = append([]int{k}, up[p]...)
		if len(up[k]) > verifyDepth {
			return nil, nil, refuse("variable %q: its tree is deeper than %d", v.Name, verifyDepth)
		}
	}
	leaf[0] = false
	return up, leaf, nil
}

// newChecked lays out an empty table.
func newChecked(r *certificateRelease) (*checkedTable, [][]bool, error) {
	t := &checkedTable{file: r.File, vars: r.Variables, n: 1, stride: make([]int, len(r.Variables))}
	leaves := make([][]bool, len(r.Variables))
	names := map[string]bool{}
	for i := len(r.Variables) - 1; i >= 0; i-- {
		v := &r.Variables[i]
		up, leaf, err := treeOf(v)
		if err != nil {
			return nil, nil, err
		}
		if names[v.Name] {
			return nil, nil, refuse("variable %q occurs twice", v.Name)
		}
		names[v.Name] = true
		t.up = append(t.up, up)
		leaves[i] = leaf
		t.stride[i] = t.n
		if len(v.Codes) > verifyCells/t.n { // so that no product overflows 32 bits
			return nil, nil, refuse("%s has more than %d cells", r.File, verifyCells)
		}
		t.n *= len(v.Codes)
	}
	if len(r.Variables) == 0 {
		return nil, nil, refuse("%s has no variables", r.File)
	}
	for i, j := 0, len(t.up)-1; i < j; i, j = i+1, j-1 {
		t.up[i], t.up[j] = t.up[j], t.up[i]
	}
	return t, leaves, nil
}

// readRelease reads a release and puts its cells on the grid.
func readRelease(ctx context.Context, fsys fs.FS, dir string, r *certificateRelease, digits int, limit int64) (*checkedTable, error) {
	if r.File != path.Base(r.File) || strings.ContainsAny(r.File, `/\`) || !fs.ValidPath(r.File) {
		return nil, refuse("a release is not a file beside the certificate")
	}
	text, err := readAll(ctx, fsys, path.Join(dir, r.File), limit)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(text); r.SHA256 != hex.EncodeToString(sum[:]) {
		return nil, refuse("%s is not the file that the certificate is about", r.File)
	}
	t, leaves, err := newChecked(r)
	if err != nil {
		return nil, err
	}
	// A release has every inner cell, and at most so many cells for each of them.
	inner := 1
	for _, leaf := range leaves {
		n := 0
		for _, is := range leaf {
			if is {
				n++
			}
		}
		inner *= n
	}
	if inner > len(text) || t.n/verifyRatio > len(text) {
		return nil, refuse("%s lacks inner cells", r.File)
	}
	t.inner = make([]bool, t.n)
	t.state = make([]uint8, t.n)
	t.value = make([]int64, t.n)
	for cell := range t.n {
		t.inner[cell] = true
		for v, leaf := range leaves {
			t.inner[cell] = t.inner[cell] && leaf[cell/t.stride[v]%len(leaf)]
		}
	}
	if err := t.fill(ctx, text, digits); err != nil {
		return nil, err
	}
	for cell, s := range t.state {
		switch {
		case s == isAbsent && t.inner[cell]:
			return nil, refuse("%s lacks inner cells", r.File)
		case s == isHidden:
			t.hidden = append(t.hidden, cell)
			if t.inner[cell] {
				t.open = append(t.open, cell)
			}
		case s == isPublished:
			t.cells++
		}
	}
	return t, nil
}

// bare is a name or code without the apostrophe that keeps a spreadsheet from taking
// it for a formula: the first of those before = + - @, a tab, a line end, or the wide
// forms of these signs.
func bare(s string) string {
	rest, ok := strings.CutPrefix(s, "'")
	if ok && strings.IndexAny(strings.TrimLeft(rest, "'"), "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20") == 0 {
		return rest
	}
	return s
}

// fill reads the rows of a release.
func (t *checkedTable) fill(ctx context.Context, text []byte, digits int) error {
	in := csv.NewReader(bytes.NewReader(text))
	in.ReuseRecord = true
	width := len(t.vars)
	in.FieldsPerRecord = width + 3
	codes := make([]map[string]int, width)
	for v := range t.vars {
		codes[v] = make(map[string]int, len(t.vars[v].Codes))
		for k, c := range t.vars[v].Codes {
			codes[v][c] = k
		}
		delete(codes[v], "")
		codes[v]["*"] = 0
	}
	for row := 0; ; row++ {
		if row%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		f, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return refuse("%s, row %d: not %d fields of CSV", t.file, row, width+3)
		}
		if row == 0 {
			for v := range t.vars {
				if bare(f[v]) != t.vars[v].Name {
					return refuse("%s: column %d is not %q", t.file, v+1, t.vars[v].Name)
				}
			}
			if f[width] != "value" || f[width+1] != "status" || f[width+2] != "status_tau" {
				return refuse("%s: the last columns are not value, status and status_tau", t.file)
			}
			continue
		}
		cell := 0
		for v := range t.vars {
			k, ok := codes[v][bare(f[v])]
			if !ok {
				return refuse("%s, row %d: a code of %q is not in its list", t.file, row, t.vars[v].Name)
			}
			cell += k * t.stride[v]
		}
		if t.state[cell] != isAbsent {
			return refuse("%s, row %d: the cell occurs twice", t.file, row)
		}
		value, status, tau := f[width], f[width+1], f[width+2]
		switch {
		case status == "F" && tau == "1":
			if t.value[cell], err = parseUnits(value, digits); err != nil {
				return refuse("%s, row %d: %v", t.file, row, err)
			}
			t.state[cell] = isPublished
		case status == "C" && tau == "3" && value == "":
			t.state[cell] = isHidden
		default:
			return refuse("%s, row %d: value and status do not belong together", t.file, row)
		}
	}
}

// parseUnits reads a decimal with exactly so many digits after the point, in the
// one way of writing it.
func parseUnits(s string, digits int) (int64, error) {
	bad := errors.New("the value is not in canonical form or out of range")
	text, neg := strings.CutPrefix(s, "-")
	whole, frac, point := strings.Cut(text, ".")
	if point != (digits > 0) || len(frac) != digits || whole == "" || len(whole) > 1 && whole[0] == '0' {
		return 0, bad
	}
	n := int64(0)
	for _, c := range []byte(whole + frac) {
		if c < '0' || c > '9' {
			return 0, bad
		}
		if n = n*10 + int64(c-'0'); n > verifyValue {
			return 0, bad
		}
	}
	if neg {
		if n == 0 {
			return 0, bad
		}
		n = -n
	}
	return n, nil
}

// verifier checks one certificate.
type verifier struct {
	ctx     context.Context
	doc     *certificateDoc
	tables  []*checkedTable
	members [][]place // shared cell -> where it is
	claims  []claim   // of every hidden cell
}

type place struct{ table, cell int }

// claim is what was found in the two witnesses of a hidden cell.
type claim struct {
	high, low       int64 // change against the base
	highDen, lowDen int64
}

// share finds the cells that several tables have, published or not.
func (v *verifier) share() error {
	lists := map[string]*certificateVariable{}
	for _, t := range v.tables {
		for i := range t.vars {
			a := &t.vars[i]
			b, ok := lists[a.Name]
			if !ok {
				lists[a.Name] = a
				continue
			}
			same := len(a.Codes) == len(b.Codes)
			for k := range a.Codes {
				same = same && a.Codes[k] == b.Codes[k] && a.Parents[k] == b.Parents[k]
			}
			if !same {
				return refuse("variable %q has different code lists in two releases", a.Name)
			}
		}
	}
	for j, t := range v.tables {
		for i, s := range v.tables[:j] {
			if s.file == t.file {
				return refuse("%s occurs twice", s.file)
			}
			v.pair(i, j)
		}
	}
	return nil
}

// pair notes the cells that tables i and j share: those that are totals in every
// variable that only one of them has.
func (v *verifier) pair(i, j int) {
	s, t := v.tables[i], v.tables[j]
	type axis struct{ s, t, n int }
	var common []axis
	for a := range s.vars {
		for b := range t.vars {
			if s.vars[a].Name == t.vars[b].Name {
				common = append(common, axis{s.stride[a], t.stride[b], len(s.vars[a].Codes)})
			}
		}
	}
	for _, c := range []*checkedTable{s, t} {
		if c.member == nil {
			c.member = make([]int32, c.n)
			for k := range c.member {
				c.member[k] = -1
			}
		}
	}
	var walk func(k, x, y int)
	walk = func(k, x, y int) {
		if k < len(common) {
			for code := range common[k].n {
				walk(k+1, x+code*common[k].s, y+code*common[k].t)
			}
			return
		}
		id := s.member[x]
		if id < 0 {
			id = int32(len(v.members))
			v.members = append(v.members, []place{{i, x}})
			s.member[x] = id
		}
		if t.member[y] < 0 {
			t.member[y] = id
			v.members[id] = append(v.members[id], place{j, y})
		}
	}
	walk(0, 0, 0)
}

// base puts the base into the tables and checks it.
func (v *verifier) base() error {
	at := 0
	for _, t := range v.tables {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		sums := make([]int64, t.n)
		for cell, is := range t.inner {
			if is {
				sums[cell] = t.value[cell]
			}
		}
		if at+len(t.open) > len(v.doc.Base) {
			return refuse("the base has too few values")
		}
		for _, cell := range t.open {
			sums[cell] = v.doc.Base[at]
			at++
			if x := sums[cell]; x > verifyValue || x < -verifyValue {
				return refuse("a value of the base is out of range")
			}
		}
		if !t.addUp(sums) {
			return refuse("sums of the base are out of range")
		}
		for cell, s := range t.state {
			x := sums[cell]
			switch {
			case s == isPublished && x != t.value[cell]:
				return refuse("%s: the base does not agree with a published cell", t.file)
			case s == isHidden && (x > verifyValue || x < -verifyValue || v.doc.Least != nil && x < *v.doc.Least):
				return refuse("%s: the base is outside what the attacker knows of a suppressed cell", t.file)
			}
		}
		t.value = sums
	}
	if at != len(v.doc.Base) {
		return refuse("the base has too many values")
	}
	for _, list := range v.members {
		for _, p := range list[1:] {
			first := list[0]
			if v.tables[p.table].value[p.cell] != v.tables[first.table].value[first.cell] {
				return refuse("%s and %s differ in a cell that they share", v.tables[first.table].file, v.tables[p.table].file)
			}
		}
	}
	return nil
}

// addUp fills in the totals: along each variable, every code into the one above,
// the last codes first. It reports false when a sum is out of range.
func (t *checkedTable) addUp(x []int64) bool {
	for v := range t.vars {
		codes, step := len(t.vars[v].Codes), t.stride[v]
		for outer := 0; outer < t.n; outer += codes * step {
			for k := codes - 1; k > 0; k-- {
				from, to := outer+k*step, outer+t.vars[v].Parents[k]*step
				for i := range step {
					s := x[to+i] + x[from+i]
					if s > verifySum || s < -verifySum {
						return false
					}
					x[to+i] = s
				}
			}
		}
	}
	return true
}

// lists checks that the lists of witnesses fit together, and returns where the hidden
// cells are, and of these the inner ones.
func (v *verifier) lists() (where, open []place, err error) {
	d := v.doc
	n := len(d.Dens)
	if len(d.Starts) != n+1 || d.Starts[0] != 0 || d.Starts[n] != int64(len(d.Cells)) || len(d.Changes) != len(d.Cells) {
		return nil, nil, refuse("the lists of the witnesses do not fit together")
	}
	for i, t := range v.tables {
		t.stamp, t.change = make([]int32, t.n), make([]int64, t.n)
		for _, cell := range t.hidden {
			where = append(where, place{i, cell})
		}
		for _, cell := range t.open {
			open = append(open, place{i, cell})
		}
	}
	return where, open, nil
}

// witnesses checks every witness and notes what the claims are made of.
func (v *verifier) witnesses() error {
	d := v.doc
	n := len(d.Dens)
	where, open, err := v.lists()
	if err != nil {
		return err
	}
	if len(d.High) != len(where) || len(d.Low) != len(where) {
		return refuse("there is not one claim for each suppressed cell")
	}
	v.claims = make([]claim, len(where))
	for i := range v.claims {
		v.claims[i] = claim{highDen: 1, lowDen: 1}
	}
	// The claims by witness: highs at 2i, lows at 2i+1.
	next, err := claimsByWitness(d, n)
	if err != nil {
		return err
	}
	for w := range n {
		if err := v.witness(w, open); err != nil {
			return err
		}
		for c := next.first[w]; c >= 0; c = next.next[c] {
			p := where[c/2]
			t := v.tables[p.table]
			x := int64(0)
			if t.stamp[p.cell] == int32(w)+1 {
				x = t.change[p.cell]
			}
			if c%2 == 0 {
				v.claims[c/2].high, v.claims[c/2].highDen = x, d.Dens[w]
			} else {
				v.claims[c/2].low, v.claims[c/2].lowDen = x, d.Dens[w]
			}
		}
	}
	return nil
}

// chains lists the claims of each witness.
type chains struct{ first, next []int32 }

func claimsByWitness(d *certificateDoc, n int) (chains, error) {
	c := chains{first: make([]int32, n), next: make([]int32, 2*len(d.High))}
	for w := range c.first {
		c.first[w] = -1
	}
	for i := range d.High {
		for side, w := range [2]int64{d.High[i], d.Low[i]} {
			switch {
			case w < -1 || w >= int64(n):
				return c, refuse("suppressed cell %d: there is no such witness", i)
			case w >= 0:
				c.next[2*i+side] = c.first[w]
				c.first[w] = int32(2*i + side)
			}
		}
	}
	return c, nil
}

// witness checks one witness. Afterwards the changes of all cells are in the
// tables, stamped with its number plus one.
func (v *verifier) witness(w int, open []place) error {
	if err := v.ctx.Err(); err != nil {
		return err
	}
	d := v.doc
	if d.Starts[w] > d.Starts[w+1] || d.Starts[w] < 0 || d.Starts[w+1] > int64(len(d.Cells)) {
		return refuse("witness %d: no proper list", w)
	}
	if d.Dens[w] < 1 || d.Dens[w] > verifyDen || d.Whole && d.Dens[w] != 1 {
		return refuse("witness %d: the denominator is out of range", w)
	}
	for _, t := range v.tables {
		t.seen = t.seen[:0]
	}
	last := int64(-1)
	for k := d.Starts[w]; k < d.Starts[w+1]; k++ {
		c := d.Cells[k]
		if c <= last || c >= int64(len(open)) {
			return refuse("witness %d: its cells do not rise or do not exist", w)
		}
		last = c
		x := d.Changes[k]
		if x == 0 || x > verifySum || x < -verifySum {
			return refuse("witness %d: a change is out of range", w)
		}
		if !v.tables[open[c].table].spread(open[c].cell, 0, x, int32(w)+1) {
			return refuse("witness %d: a sum is out of range", w)
		}
	}
	den := d.Dens[w]
	for i, t := range v.tables {
		for _, cell := range t.seen {
			x := t.change[cell]
			switch t.state[cell] {
			case isPublished:
				if x != 0 {
					return refuse("witness %d: it changes a published cell of %s", w, t.file)
				}
			case isHidden:
				y := t.value[cell]*den + x // at most 2^62 + 2^61
				if y > verifyValue*den || y < -verifyValue*den {
					return refuse("witness %d: a cell of %s is out of range", w, t.file)
				}
				if d.Least != nil && y < *d.Least*den {
					return refuse("witness %d: a cell of %s is less than the attacker knows it to be", w, t.file)
				}
			}
			if t.member == nil || t.member[cell] < 0 {
				continue
			}
			for _, p := range v.members[t.member[cell]] {
				s := v.tables[p.table]
				if p.table != i && (s.stamp[p.cell] != int32(w)+1 && x != 0 || s.stamp[p.cell] == int32(w)+1 && s.change[p.cell] != x) {
					return refuse("witness %d: %s and %s differ in a cell that they share", w, t.file, s.file)
				}
			}
		}
	}
	return nil
}

// spread adds a change to a cell and to all totals that it is in, the variables
// before the given one being settled.
func (t *checkedTable) spread(cell, variable int, x int64, stamp int32) bool {
	if variable == len(t.vars) {
		if t.stamp[cell] != stamp {
			t.stamp[cell] = stamp
			t.change[cell] = 0
			t.seen = append(t.seen, cell)
		}
		t.change[cell] += x
		return t.change[cell] <= verifySum && t.change[cell] >= -verifySum
	}
	code := cell / t.stride[variable] % len(t.vars[variable].Codes)
	for _, k := range t.up[variable][code] {
		if !t.spread(cell+(k-code)*t.stride[variable], variable+1, x, stamp) {
			return false
		}
	}
	return true
}

// widths checks that every suppressed cell differs, and by enough.
func (v *verifier) widths() (narrowest float64, err error) {
	one := big.NewRat(1, 1)
	var least *big.Rat
	for i, c := range v.claims {
		width := big.NewRat(c.high, c.highDen)
		width.Sub(width, big.NewRat(c.low, c.lowDen))
		if width.Sign() <= 0 || v.doc.Whole && width.Cmp(one) < 0 {
			return 0, refuse("suppressed cell %d is not shown to have two values", i)
		}
		if least == nil || width.Cmp(least) < 0 {
			least = width
		}
	}
	if least == nil {
		return 0, nil
	}
	narrowest, _ = least.Float64()
	return narrowest, nil
}
