package dossier

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc"
)

func hashed(path string, text []byte) sdc.Source {
	return sdc.Source{Name: filepath.Base(path), SHA256: fmt.Sprintf("%x", sha256.Sum256(text))}
}

// loadRecords reads the records of pseudonyms and of destruction. A record that
// the custodian has not signed is an error, not a step that is missing: somebody
// put it there.
func (d *Dossier) loadRecords(dir string) error {
	var custodian ed25519.PublicKey
	if d.Custodian != "" {
		key, err := hex.DecodeString(d.Custodian)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return fmt.Errorf("%w: custodian is no Ed25519 public key in hexadecimal", ErrDossier)
		}
		custodian = key
	}
	for i, c := range d.Pseudonyms {
		if c.Column == "" || c.Key == "" || c.Domain == "" {
			return fmt.Errorf("%w: pseudonyms: entry %d wants a column, a key and a domain", ErrDossier, i+1)
		}
	}
	switch {
	case len(d.Records) > 0 && len(d.Pseudonyms) == 0:
		return fmt.Errorf("%w: records tell of no column under pseudonyms", ErrDossier)
	case len(d.Destruction) > 0 && (custodian == nil || len(d.Pseudonyms) == 0):
		return fmt.Errorf("%w: destruction wants a custodian, and the keys under pseudonyms", ErrDossier)
	}
	for _, name := range d.Records {
		text, err := d.read(dir, name)
		if err != nil {
			return err
		}
		r, err := pseudonym.ReadRecord(text, custodian)
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrDossier, name, err)
		}
		d.records = append(d.records, r)
	}
	for _, name := range d.Destruction {
		text, err := d.read(dir, name)
		if err != nil {
			return err
		}
		r, err := pseudonym.VerifyDestruction(text, custodian)
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrDossier, name, err)
		}
		d.destroyed = append(d.destroyed, r)
	}
	return nil
}

func (d *Dossier) read(dir, name string) ([]byte, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, name)
	}
	text, err := os.ReadFile(path)
	if err == nil {
		d.Inputs = append(d.Inputs, hashed(path, text))
	}
	return text, err
}

// pseudonymised reports whether the records tell of every source and every
// declared column: the source is the output of a record, and the column was
// replaced, under the declared key and domain, by that one or by one whose output
// it started from.
func (d *Dossier) pseudonymised(sources []sdc.Source) bool {
	for _, s := range sources {
		chain := d.chain(s.SHA256, nil)
		if s.SHA256 == "" || len(chain) == 0 {
			return false
		}
		for _, c := range d.Pseudonyms {
			if !slices.ContainsFunc(chain, func(r *pseudonym.Record) bool {
				return r.KeyID == c.Key && r.Domain == c.Domain &&
					slices.ContainsFunc(r.Columns, func(x pseudonym.RecordedCount) bool { return x.Column == c.Column })
			}) {
				return false
			}
		}
	}
	return len(sources) > 0
}

// chain returns the records by which a file came about, back to one of several
// inputs: there is no saying which of these a column came from.
func (d *Dossier) chain(sum string, found []*pseudonym.Record) []*pseudonym.Record {
	for _, r := range d.records {
		if !strings.EqualFold(r.Output.SHA256, sum) || slices.Contains(found, r) {
			continue
		}
		found = append(found, r)
		if len(r.Inputs) == 1 {
			found = d.chain(r.Inputs[0].SHA256, found)
		}
	}
	return found
}

// keysDestroyed reports whether every key that was used is destroyed.
func (d *Dossier) keysDestroyed() bool {
	for _, c := range d.Pseudonyms {
		if !slices.ContainsFunc(d.destroyed, func(r *pseudonym.DestructionRecord) bool { return r.KeyID == c.Key }) {
			return false
		}
	}
	return true
}
