package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sluis-go/sluis/sdc/source"
)

const (
	// manifestName is the list of the files of a release folder, itself aside.
	manifestName   = "manifest.json"
	manifestSchema = "sluis.manifest/1"
	// mostManifest bounds what is read of one.
	mostManifest = 16 << 20
)

// releaseManifest says what a release folder holds, and that nothing else lies in it.
type releaseManifest struct {
	Schema string `json:"schema"`
	// Policy is the one that the release was checked with; nil in one of an earlier
	// version.
	Policy *manifestPolicy `json:"policy,omitempty"`
	// Review names the rules and remarks that protect left to a reviewer, in order: the
	// release may leave once a reviewer has agreed. Null in one of an earlier version.
	Review []string       `json:"review"`
	Files  []manifestFile `json:"files"` // by name
}

// manifestPolicy tells a policy from another of its name. Differences are those from the
// shipped policy that may leave.
type manifestPolicy struct {
	Name        string   `json:"name"`
	SHA256      string   `json:"sha256"`
	Differences []string `json:"differences"`
}

type manifestFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Shows is what the values of a table are, such as "sum of turnover".
	Shows string `json:"shows,omitempty"`
}

// writeManifest lists the files of a folder, in it.
func writeManifest(dir string, policy *manifestPolicy, review []string, shows map[string]string) error {
	entries, err := os.ReadDir(dir) // by name
	if err != nil {
		return err
	}
	m := releaseManifest{Schema: manifestSchema, Policy: policy, Review: append([]string{}, review...), Files: []manifestFile{}}
	for _, e := range entries {
		f, err := manifestOf(dir, e.Name())
		if err != nil {
			return err
		}
		f.Shows = shows[f.Name]
		m.Files = append(m.Files, f)
	}
	return source.WriteFile(filepath.Join(dir, manifestName), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(m)
	})
}

// manifestOf measures one file.
func manifestOf(dir, name string) (manifestFile, error) {
	f, err := openPlain(filepath.Join(dir, name))
	if err != nil {
		return manifestFile{}, err
	}
	defer f.Close() //nolint:errcheck // read only
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return manifestFile{Name: name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// checkManifest says in what the folder differs from its manifest. A folder without one
// was not written by protect, or long ago: there is is false then. review is what protect
// left to a reviewer; nil in a manifest of an earlier version.
func checkManifest(dir string, entries []fs.DirEntry) (there bool, review, wrong []string, err error) {
	f, err := openPlain(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil, nil, nil
	}
	if err != nil {
		return false, nil, nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	text, err := io.ReadAll(io.LimitReader(f, mostManifest+1))
	if err != nil {
		return true, nil, nil, err
	}
	var m releaseManifest
	if len(text) > mostManifest || json.Unmarshal(text, &m) != nil || m.Schema != manifestSchema {
		return true, nil, []string{manifestName + ": it is not in the form of a manifest"}, nil
	}
	listed := map[string]manifestFile{}
	for _, x := range m.Files {
		if _, twice := listed[x.Name]; twice {
			wrong = append(wrong, fmt.Sprintf("%s: it lists %q twice", manifestName, x.Name))
		}
		listed[x.Name] = x
	}
	for _, e := range entries {
		if e.Name() == manifestName {
			continue
		}
		x, ok := listed[e.Name()]
		delete(listed, e.Name())
		if !ok || !e.Type().IsRegular() {
			wrong = append(wrong, fmt.Sprintf("%q is in the folder and not in its manifest", e.Name()))
			continue
		}
		is, err := manifestOf(dir, e.Name())
		if err != nil {
			return true, nil, nil, err
		}
		if is.Shows = x.Shows; is != x {
			wrong = append(wrong, fmt.Sprintf("%q is not the file of the manifest", e.Name()))
		}
	}
	for _, x := range m.Files { // in their order
		if _, missing := listed[x.Name]; missing {
			wrong = append(wrong, fmt.Sprintf("%q is in the manifest and not in the folder", x.Name))
			delete(listed, x.Name)
		}
	}
	return true, m.Review, wrong, nil
}
