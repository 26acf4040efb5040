package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
)

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
	stamp  []int32 // cell -> number plus one of the witness whose change is in change
	change []int64
	seen   []int // cells so stamped
}

// treeOf checks a code list. It returns, for each code, the code and the codes above it.
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
		if len(v.Codes) > verifyCells/t.n { // no product may overflow 32 bits
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
	// A release has every inner cell. The number of cells for each inner cell is bounded.
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

// bare is a name or code without the apostrophe that keeps a spreadsheet from reading it
// as a formula: the first of the apostrophes before = + - @, a tab, a line end, or the
// wide forms of these signs.
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

// parseUnits reads a decimal in canonical form; digits is the exact number of digits
// after the point.
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
