package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/suppress"
)

// localSuffix is what the name of a record of local suppression has behind that of the
// file.
const localSuffix = ".local.json"

// record writes the record of a file that lies at path and is to be called out.
func (f *localFlags) record(ctx context.Context, path, out string, rows int64, done *suppress.LocallySuppressed) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // read only
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return err
	}
	r := sdc.Suppression{
		Schema: sdc.SuppressionSchema, Output: sdc.Source{Name: filepath.Base(out), SHA256: hex.EncodeToString(hash.Sum(nil))},
		Keys: f.risk.keys, Missing: sdc.Missing(f.missing), K: int64(f.k), MaxKeys: f.maxKeys, Respondent: f.risk.respondent, Records: rows,
	}
	for v, name := range f.risk.keys {
		r.Suppressed = append(r.Suppressed, sdc.SuppressedKey{Key: name, Values: done.Suppressed[v]})
	}
	return writeFile(ctx, out+localSuffix, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		return enc.Encode(r)
	})
}

// localRecords reads the records of files, of which there must be one each, of its hash.
// The files are those of sources, in order.
func localRecords(paths []string, sources []sdc.Source) ([]*sdc.Suppression, error) {
	byHash := map[string]*sdc.Suppression{}
	for _, path := range paths {
		text, err := os.ReadFile(path + localSuffix)
		if errors.Is(err, os.ErrNotExist) {
			return nil, usageError(fmt.Errorf("%s: missing values are called suppressed, and the record of that, %s%s, is not there; sluis local writes it", path, filepath.Base(path), localSuffix))
		} else if err != nil {
			return nil, err
		}
		s, err := sdc.ParseSuppression(text)
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", path, localSuffix, err)
		}
		byHash[s.Output.SHA256] = s
	}
	var out []*sdc.Suppression
	for _, src := range sources {
		s := byHash[src.SHA256]
		if s == nil {
			return nil, fmt.Errorf("%s: the record of local suppression is of another file: its SHA-256 is not that of the data", src.Name)
		}
		out = append(out, s)
	}
	return out, nil
}
