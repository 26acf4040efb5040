// Package manifest is the list of the files of a release folder: what the release was
// checked with, what is left to a reviewer, and every file with its length and SHA-256.
// A manifest is not signed: whoever can write to the folder can write another.
package manifest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

const (
	// Name is the name of the file, in the folder that it lists. It does not list itself.
	Name   = "manifest.json"
	schema = "sluis.manifest/1"
	// most bounds, in bytes, what is read of one.
	most = 16 << 20
)

// Manifest says what a release folder holds, and that nothing else lies in it.
type Manifest struct {
	Schema string `json:"schema"`
	// Policy is the one that the release was checked with; nil in one of an earlier
	// version.
	Policy *Policy `json:"policy,omitempty"`
	// Review names the rules and remarks that are left to a reviewer, in order: the
	// release may leave once the reviewer has agreed. Null in one of an earlier version.
	Review []string `json:"review"`
	// Off names the parts of the attacker that were not reckoned with. Null in one of an
	// earlier version.
	Off []string `json:"attackerOff"`
	// NotReckoned names what the publication did not reckon with.
	NotReckoned []string `json:"notReckoned"`
	Files       []File   `json:"files"` // by name
}

// Policy tells a policy from another of its name. Differences are those from the shipped
// policy that may leave.
type Policy struct {
	Name        string   `json:"name"`
	SHA256      string   `json:"sha256"`
	Differences []string `json:"differences"`
}

// File is one file.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Values says what the values of a table are; empty for a file that is no table.
	Values
}

// Values says what the values of a table are.
type Values struct {
	// Shows is their name, such as "sum of turnover".
	Shows string `json:"shows,omitempty"`
	// Counts says whether they are counts without weights: whole, and not negative. Nil in a
	// manifest of an earlier version.
	Counts *bool `json:"counts,omitempty"`
}

// Of lists the files of a folder that has no manifest yet, beside what about says. shows
// says what the values of tables are, by file.
func Of(ctx context.Context, folder fs.FS, about Manifest, shows map[string]Values) (*Manifest, error) {
	entries, err := fs.ReadDir(folder, ".") // by name
	if err != nil {
		return nil, err
	}
	m := &about
	m.Schema, m.Files = schema, []File{}
	for _, list := range []*[]string{&m.Review, &m.Off, &m.NotReckoned} {
		*list = append([]string{}, *list...)
	}
	for _, e := range entries {
		f, err := measure(ctx, folder, e.Name())
		if err != nil {
			return nil, err
		}
		f.Values = shows[f.Name]
		m.Files = append(m.Files, f)
	}
	return m, nil
}

// WriteJSON writes the manifest as indented JSON.
func (m *Manifest) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(m)
}

// measure reads one file.
func measure(ctx context.Context, folder fs.FS, name string) (File, error) {
	if err := ctx.Err(); err != nil {
		return File{}, err
	}
	f, err := folder.Open(name)
	if err != nil {
		return File{}, err
	}
	defer f.Close() //nolint:errcheck // read only
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return File{Name: name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// Check compares a folder with its manifest. found is nil where there is none: such a folder
// was not written by sluis, or by an early version. wrong lists the differences.
func Check(ctx context.Context, folder fs.FS) (found *Manifest, wrong []string, err error) {
	m, err := read(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil
	case errors.Is(err, errForm):
		return &Manifest{}, []string{Name + ": it is not in the form of a manifest"}, nil
	case err != nil:
		return nil, nil, err
	}
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return m, nil, err
	}
	listed := map[string]File{}
	for _, x := range m.Files {
		if _, twice := listed[x.Name]; twice {
			wrong = append(wrong, fmt.Sprintf("%s: it lists %q twice", Name, x.Name))
		}
		listed[x.Name] = x
	}
	for _, e := range entries {
		if e.Name() == Name {
			continue
		}
		x, ok := listed[e.Name()]
		delete(listed, e.Name())
		if !ok || !e.Type().IsRegular() {
			wrong = append(wrong, fmt.Sprintf("%q is in the folder and not in its manifest", e.Name()))
			continue
		}
		is, err := measure(ctx, folder, e.Name())
		if err != nil {
			return m, nil, err
		}
		if is.Values = x.Values; is != x {
			wrong = append(wrong, fmt.Sprintf("%q is not the file of the manifest", e.Name()))
		}
	}
	for _, x := range m.Files { // in their order
		if _, missing := listed[x.Name]; missing {
			wrong = append(wrong, fmt.Sprintf("%q is in the manifest and not in the folder", x.Name))
			delete(listed, x.Name)
		}
	}
	return m, wrong, nil
}

var errForm = errors.New("not in the form of a manifest")

// read reads the manifest of a folder.
func read(folder fs.FS) (*Manifest, error) {
	f, err := folder.Open(Name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	var m Manifest
	if len(text) > most || json.Unmarshal(text, &m) != nil || m.Schema != schema {
		return nil, errForm
	}
	return &m, nil
}
