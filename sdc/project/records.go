package project

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	plainfiles "github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/localrecord"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
)

// recordsBeside reads the record beside every file, where there is one.
func recordsBeside(records *dossier.Records, files []source.FileInfo) error {
	for _, f := range files {
		if f.Name == source.StreamName {
			continue // nothing lies beside a stream
		}
		if err := records.Beside(f.Name); err != nil {
			return err
		}
	}
	return nil
}

// SourcesOf names files that were hashed.
func SourcesOf(files []source.FileInfo) []origin.Source {
	out := []origin.Source{}
	for _, f := range files {
		out = append(out, origin.Source{Name: filepath.Base(f.Name), SHA256: f.SHA256})
	}
	return out
}

// JoinRecords reads the records of pseudonyms beside files that were hashed. It compares
// them on the columns that name persons and on other columns, as Check does: see
// [dossier.Records.Join].
func JoinRecords(files []source.FileInfo, trusted []ed25519.PublicKey, persons, others []string) ([]sdc.Remark, error) {
	var records dossier.Records
	records.Trust(trusted...)
	if err := recordsBeside(&records, files); err != nil {
		return nil, err
	}
	return records.Join(SourcesOf(files), persons, others)
}

// LocalSuffix follows the name of the file in the name of a record of local suppression.
const LocalSuffix = ".local.json"

// LocalRecords reads the records of files. Every file must have one. A signature that is
// not valid is an error.
func LocalRecords(paths []string) ([]*localrecord.Record, error) {
	var out []*localrecord.Record
	for _, path := range paths {
		if path == source.StreamName {
			return nil, &RequestError{errors.New("-: missing values are called suppressed, and no record lies beside standard input: write the rows to a file beside their record")}
		}
		text, err := plainfiles.Read(path + LocalSuffix)
		if errors.Is(err, os.ErrNotExist) {
			return nil, &RequestError{fmt.Errorf("%s: missing values are called suppressed, and the record of that, %s%s, is not there; sluis local writes it", path, filepath.Base(path), LocalSuffix)}
		} else if err != nil {
			return nil, err
		}
		s, err := localrecord.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", path, LocalSuffix, err)
		}
		if len(s.Signer)+len(s.Signature) > 0 && (len(s.Signer) != ed25519.PublicKeySize || !ed25519.Verify(s.Signer, s.Payload(), s.Signature)) {
			return nil, fmt.Errorf("%s%s: %w: the signature is not that of the record; make the file anew with sluis local", path, LocalSuffix, sdc.ErrRequest)
		}
		out = append(out, s)
	}
	return out, nil
}

// LocalRemarks remarks on records of local suppression without a signature of a trusted
// key. A record turns missing values into suppressed ones, and any person can write one.
// So such a record is for review where keys are trusted.
func LocalRemarks(records []*localrecord.Record, trusted []ed25519.PublicKey) []sdc.Remark {
	var out []sdc.Remark
	for _, s := range records {
		x := sdc.Remark{Name: "local-record", Verdict: sdc.Safe}
		signed := len(s.Signature) > 0
		switch {
		case slices.ContainsFunc(trusted, func(key ed25519.PublicKey) bool { return signed && key.Equal(ed25519.PublicKey(s.Signer)) }):
			continue
		case len(trusted) > 0:
			x.Verdict = sdc.Review
			x.Message = words.New(words.LocalUntrusted, words.NameOf(s.Output.Name))
		case signed:
			x.Message = words.New(words.LocalNoTrust, words.NameOf(s.Output.Name))
		default:
			x.Message = words.New(words.LocalUnsigned, words.NameOf(s.Output.Name))
		}
		out = append(out, x)
	}
	return out
}

// SameFiles refuses records of files that were not read.
func SameFiles(records []*localrecord.Record, sources []origin.Source) error {
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
// suppressed, and the hashes of the files that the records are compared with.
func addSuppressions(ctx context.Context, d *sdc.Data, s *spec.Spec, src *source.Source) error {
	if !slices.Contains(slices.Collect(maps.Values(s.Missing)), sdc.MissingSuppressed) {
		return nil
	}
	var paths []string
	for _, file := range src.Files() {
		paths = append(paths, file.Name)
	}
	var err error
	if d.Suppressions, err = LocalRecords(paths); err != nil {
		return err
	}
	if err := src.Hash(ctx); err != nil {
		return err
	}
	for _, file := range src.Files() {
		d.Sources = append(d.Sources, origin.Source{Name: filepath.Base(file.Name), SHA256: file.SHA256})
	}
	return nil
}
