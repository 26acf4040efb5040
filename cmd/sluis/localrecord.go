package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/suppress/records"
)

// localSuffix is what the name of a record of local suppression has behind that of the
// file.
const localSuffix = ".local.json"

// record writes the record of a file that lies at path and is to be called out.
func (f *localFlags) record(ctx context.Context, path, out string, rows int64, done *records.Result) error {
	file, err := openPlain(path)
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
	if f.signKey != nil {
		r.Signer = f.signKey.Public().(ed25519.PublicKey)
		r.Signature = ed25519.Sign(f.signKey, r.Payload())
	}
	return writeFile(ctx, f.recordFile, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		return enc.Encode(r)
	})
}

// localRecords reads the records of files, of which there must be one each. A signature
// that does not fit is an error.
func localRecords(paths []string) ([]*sdc.Suppression, error) {
	var out []*sdc.Suppression
	for _, path := range paths {
		text, err := readSmall(path + localSuffix)
		if errors.Is(err, os.ErrNotExist) {
			return nil, usageError(fmt.Errorf("%s: missing values are called suppressed, and the record of that, %s%s, is not there; sluis local writes it", path, filepath.Base(path), localSuffix))
		} else if err != nil {
			return nil, err
		}
		s, err := sdc.ParseSuppression(text)
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", path, localSuffix, err)
		}
		if len(s.Signer)+len(s.Signature) > 0 && (len(s.Signer) != ed25519.PublicKeySize || !ed25519.Verify(s.Signer, s.Payload(), s.Signature)) {
			return nil, fmt.Errorf("%s%s: %w: the signature is not that of the record; make the file anew with sluis local", path, localSuffix, sdc.ErrRequest)
		}
		out = append(out, s)
	}
	return out, nil
}

// localRemarks says which records of local suppression are not signed by a trusted key. A
// record that anybody can write makes missing values into suppressed ones, so that such a
// record is for review where keys are trusted.
func localRemarks(records []*sdc.Suppression, trusted []ed25519.PublicKey) []sdc.Remark {
	var out []sdc.Remark
	for _, s := range records {
		x := sdc.Remark{Name: "local-record", Verdict: sdc.Safe}
		signed := len(s.Signature) > 0
		switch {
		case slices.ContainsFunc(trusted, func(key ed25519.PublicKey) bool { return signed && key.Equal(ed25519.PublicKey(s.Signer)) }):
			continue
		case len(trusted) > 0:
			x.Verdict = sdc.Review
			x.Message = fmt.Sprintf("the record of local suppression of %q is not signed by a trusted key: nothing proves that its missing values were suppressed; make the file anew with sluis local --sign-with", s.Output.Name)
		case signed:
			x.Message = fmt.Sprintf("the record of local suppression of %q is signed, and no key is trusted: name the key of the signer with --trust", s.Output.Name)
		default:
			x.Message = fmt.Sprintf("the record of local suppression of %q is not signed: that its missing values were suppressed rests on a file that anybody may have written; make the file anew with sluis local --sign-with, and name the key with --trust", s.Output.Name)
		}
		out = append(out, x)
	}
	return out
}

// sameFiles refuses records of other files than those that were read.
func sameFiles(records []*sdc.Suppression, sources []sdc.Source) error {
	if records == nil {
		return nil
	}
	known := map[string]bool{}
	for _, s := range records {
		known[s.Output.SHA256] = true
	}
	for _, src := range sources {
		if !known[src.SHA256] {
			return fmt.Errorf("%s: the record of local suppression is of another file: its SHA-256 is not that of the data", src.Name)
		}
	}
	return nil
}

// addSuppressions reads the records of the data of a spec that calls missing values
// suppressed, and the hashes of the files that the records are held against.
func addSuppressions(ctx context.Context, d *sdc.Data, s *spec.Spec, src *source.Source) error {
	if !slices.Contains(slices.Collect(maps.Values(s.Missing)), sdc.MissingSuppressed) {
		return nil
	}
	var paths []string
	for _, file := range src.Files() {
		paths = append(paths, file.Name)
	}
	var err error
	if d.Suppressions, err = localRecords(paths); err != nil {
		return err
	}
	if err := src.Hash(ctx); err != nil {
		return err
	}
	for _, file := range src.Files() {
		d.Sources = append(d.Sources, sdc.Source{Name: filepath.Base(file.Name), SHA256: file.SHA256})
	}
	return nil
}
