package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"path/filepath"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/suppress/records"
)

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
