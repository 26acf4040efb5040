package dossier

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/origin"
)

func hashed(path string, text []byte) origin.Source {
	return origin.Source{Name: filepath.Base(path), SHA256: fmt.Sprintf("%x", sha256.Sum256(text))}
}

// loadRecords reads the records of pseudonyms and of destruction. A record without the
// signature of the custodian is an error, not a missing step: the record may be forged.
func (d *Dossier) loadRecords(dir string) error {
	var custodian ed25519.PublicKey
	if d.Custodian != "" {
		key, err := PublicKey(d.Custodian)
		if err != nil {
			return fmt.Errorf("%w: custodian: %w", ErrDossier, err)
		}
		custodian = key
		d.found.Trust(key)
	}
	if err := d.loadPlan(dir); err != nil {
		return err
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
		if custodian != nil {
			if _, err := pseudonym.ReadRecord(text, custodian); err != nil {
				return fmt.Errorf("%w: %s: %w", ErrDossier, name, err)
			}
		}
		if err := d.found.Add(name, text); err != nil {
			return fmt.Errorf("%w: %w", ErrDossier, err)
		}
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

// loadPlan reads the plan of pseudonyms, and declares its columns.
func (d *Dossier) loadPlan(dir string) error {
	if d.Plan == "" {
		return nil
	}
	text, err := d.read(dir, d.Plan)
	if err != nil {
		return err
	}
	if d.plan, err = pseudonym.ParsePlan(text); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrDossier, d.Plan, err)
	}
	if d.plan.Key == "" {
		return fmt.Errorf("%w: %s: a plan that a dossier names has the id of its key (key:)", ErrDossier, d.Plan)
	}
	for _, c := range d.plan.Columns {
		want := Column{Column: c.Column, Key: d.plan.Key, Domain: c.Domain}
		i := slices.IndexFunc(d.Pseudonyms, func(o Column) bool { return o.Column == c.Column })
		switch {
		case i < 0:
			d.Pseudonyms = append(d.Pseudonyms, want)
		case d.Pseudonyms[i] != want:
			return fmt.Errorf("%w: pseudonyms, entry %d: %s says another key or domain of column %q", ErrDossier, i+1, d.Plan, c.Column)
		}
	}
	return nil
}

// asPlanned reports whether a column was made as the plan says, where there is one.
func (d *Dossier) asPlanned(column string, s pseudonym.Setting) bool {
	if d.plan == nil || !s.Complete() {
		return true // an incomplete record proves nothing in any case
	}
	for _, c := range d.plan.Columns {
		if c.Column == column {
			return c.Fits(s)
		}
	}
	return true
}

func (d *Dossier) read(dir, name string) ([]byte, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, name)
	}
	text, err := files.Read(path)
	if err == nil {
		d.Inputs = append(d.Inputs, hashed(path, text))
	}
	return text, err
}

// recorded compares the records with every source and every declared column. It returns
// the reason why step 6 is not proven; empty where the step is proven.
func (d *Dossier) recorded(sources []origin.Source) text {
	for _, c := range d.Pseudonyms {
		var first *past
		for _, s := range sources {
			p, err := d.found.past(s.SHA256, c.Column, nil)
			n := len(p.settings)
			switch {
			case err != nil || n == 0:
				return say("%s has no record of pseudonyms in column %q", "%s heeft geen verslag van pseudoniemen in kolom %q", s.Name, c.Column)
			case p.settings[n-1].KeyID != c.Key || p.settings[n-1].Domain != c.Domain:
				return say("%s has a record of another key or domain for column %q", "%s heeft een verslag met een andere sleutel of een ander domein voor kolom %q", s.Name, c.Column)
			case !p.complete():
				return say("the record of %s does not state how column %q was made", "het verslag van %s zegt niet hoe kolom %q is gemaakt", s.Name, c.Column)
			case !d.asPlanned(c.Column, p.settings[n-1]):
				return say("the record of %s says that column %q was not made as the plan says", "volgens het verslag van %s is kolom %q niet gemaakt zoals het plan zegt", s.Name, c.Column)
			case !p.proven:
				return say("the record of %s is not signed by the custodian or a trusted key", "het verslag van %s is niet ondertekend door de beheerder of een vertrouwde sleutel", s.Name)
			case p.empty():
				continue
			}
			if first != nil && differs(first.settings, p.settings) {
				return say("two sources have pseudonyms of column %q that were made differently", "twee bronnen hebben pseudoniemen in kolom %q die verschillend zijn gemaakt", c.Column)
			}
			first = &p
		}
	}
	return text{}
}

// Known returns the records of pseudonyms that the dossier names, with the custodian's
// key as the one that is trusted. Records that are added to them count for step 6.
func (d *Dossier) Known() *Records { return &d.found }

// keysDestroyed reports whether every key that was used is destroyed.
func (d *Dossier) keysDestroyed() bool {
	for _, c := range d.Pseudonyms {
		if !slices.ContainsFunc(d.destroyed, func(r *pseudonym.DestructionRecord) bool { return r.KeyID == c.Key }) {
			return false
		}
	}
	return true
}
