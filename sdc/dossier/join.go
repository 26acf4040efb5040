package dossier

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// ErrJoin says that files cannot be joined on a column of pseudonyms. By their records
// one person has different pseudonyms in them, or one file has no record.
var ErrJoin = errors.New("the files cannot be joined")

// RecordSuffix follows the name of a file in the name of its record.
const RecordSuffix = ".record.json"

// maxRecord bounds a record, in bytes.
const maxRecord = 1 << 24

// Records are the records of pseudonyms that are known when files are read. A record
// counts for the file that has the SHA-256 of the output in the record; the place of the
// record does not count. The zero value is empty.
type Records struct {
	trusted []ed25519.PublicKey
	list    []held
	// Inputs are the files of the records that were read.
	Inputs []origin.Source
}

// held is a record and the name of its file.
type held struct {
	*pseudonym.Record
	name string
}

// unusable is an error about a record of pseudonyms or its signing key. It wraps
// ErrDossier, but its text does not mention a dossier: there may be none.
type unusable struct{ err error }

// Error is the text of the wrapped error.
func (u unusable) Error() string { return u.err.Error() }

// Unwrap returns the wrapped error and ErrDossier.
func (u unusable) Unwrap() []error { return []error{u.err, ErrDossier} }

// PublicKey reads an Ed25519 public key in hexadecimal.
func PublicKey(text string) (ed25519.PublicKey, error) {
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, unusable{errors.New("a public key is 64 hexadecimal digits, as sluis key signer prints it")}
	}
	return key, nil
}

// Trust adds public keys: a record that one of them has signed is proof.
func (k *Records) Trust(keys ...ed25519.PublicKey) { k.trusted = append(k.trusted, keys...) }

// Beside reads the record beside a file, FILE.record.json, where there is one. Where the
// record names one input, Beside reads the record beside that input in the same folder,
// and so on. A file of this name that is no record of pseudonyms, or has a wrong
// signature, is an error that wraps ErrDossier.
func (k *Records) Beside(path string) error {
	for range maxChain {
		name := path + RecordSuffix
		if slices.ContainsFunc(k.list, func(h held) bool { return h.name == name }) {
			return nil
		}
		text, err := readRecord(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		k.Inputs = append(k.Inputs, hashed(name, text))
		if err := k.Add(name, text); err != nil {
			return err
		}
		of := k.list[len(k.list)-1]
		if len(of.Inputs) != 1 || filepath.Base(of.Inputs[0].Name) != of.Inputs[0].Name {
			return nil
		}
		path = filepath.Join(filepath.Dir(path), of.Inputs[0].Name)
	}
	return nil
}

// maxChain bounds the number of records that are followed back.
const maxChain = 64

// readRecord reads a regular file that is not too long for a record.
func readRecord(name string) ([]byte, error) {
	f, err := files.Open(name)
	if errors.Is(err, files.ErrKind) {
		return nil, unusable{err}
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() > maxRecord {
		return nil, unusable{fmt.Errorf("%s: a record has at most %d bytes", name, maxRecord)}
	}
	return io.ReadAll(io.LimitReader(f, maxRecord))
}

// Claims returns the settings of a column in all known records, of any file; nil where no
// record names the column.
func (k *Records) Claims(column string) ([]pseudonym.Setting, error) {
	for _, h := range k.list {
		p, err := k.pastOf(h, column, nil)
		if err != nil || len(p.settings) > 0 {
			return p.settings, err
		}
	}
	return nil, nil
}

// Tells reports whether a record at hand is of a file with this SHA-256.
func (k *Records) Tells(sum string) bool {
	return slices.ContainsFunc(k.list, func(h held) bool { return sum != "" && strings.EqualFold(h.Output.SHA256, sum) })
}

// Add adds a record in JSON. In a signed record the signature must be valid for the key
// in the record. The error wraps ErrDossier.
func (k *Records) Add(name string, text []byte) error {
	r, err := pseudonym.ReadRecord(text, nil)
	if err == nil && len(r.Signer)+len(r.Signature) > 0 {
		r, err = pseudonym.ReadRecord(text, r.Signer)
	}
	if err != nil {
		return unusable{fmt.Errorf("%s: %w", name, err)}
	}
	k.list = append(k.list, held{r, name})
	return nil
}

// proves reports whether a key that is trusted has signed a record. Add has verified
// the signature.
func (k *Records) proves(h held) bool {
	return slices.ContainsFunc(k.trusted, func(key ed25519.PublicKey) bool { return key.Equal(ed25519.PublicKey(h.Signer)) })
}

// past is how the pseudonyms of one column of one file came about.
type past struct {
	// settings has one entry for every time that the column was pseudonymised.
	settings []pseudonym.Setting
	// proven: every record behind it is signed by a trusted key.
	proven bool
}

// complete reports whether every record states everything.
func (p past) complete() bool {
	return !slices.ContainsFunc(p.settings, func(s pseudonym.Setting) bool { return !s.Complete() })
}

// empty reports whether the column has no pseudonym at all.
func (p past) empty() bool {
	n := len(p.settings)
	return n > 0 && p.settings[n-1].Canonical == pseudonym.NoPseudonyms
}

// past follows the records back from a file: the one that made it, and where that
// had one input, the one that made the input. There is no saying from which of several
// inputs a column came. Two records of one file that differ are an error, unless one
// of them is proof.
func (k *Records) past(sum, column string, seen []string) (past, error) {
	if sum == "" || slices.Contains(seen, sum) {
		return past{}, nil
	}
	seen = append(seen, sum)
	var of []held
	for _, h := range k.list {
		if strings.EqualFold(h.Output.SHA256, sum) {
			of = append(of, h)
		}
	}
	if slices.ContainsFunc(of, k.proves) {
		of = slices.DeleteFunc(of, func(h held) bool { return !k.proves(h) })
	}
	var out past
	for i, h := range of {
		p, err := k.pastOf(h, column, seen)
		if err != nil {
			return past{}, err
		}
		if i > 0 && !slices.Equal(p.settings, out.settings) {
			return past{}, fmt.Errorf("%w: two records of one file say different things of column %q: %s and %s; keep the right one", ErrJoin, column, of[0].name, h.name)
		}
		p.proven = p.proven || i > 0 && out.proven
		out = p
	}
	return out, nil
}

func (k *Records) pastOf(h held, column string, seen []string) (past, error) {
	var before past
	if len(h.Inputs) == 1 {
		var err error
		if before, err = k.past(h.Inputs[0].SHA256, column, seen); err != nil {
			return past{}, err
		}
	}
	s, over, ok := h.Setting(column)
	if n := len(before.settings); ok && n > 0 && h.Translated(column) {
		before.settings[n-1] = s // in the place of the last one
		return past{before.settings, before.proven && k.proves(h)}, nil
	}
	switch {
	case !ok: // as it was in the input
		before.proven = before.proven && k.proves(h)
		return before, nil
	case len(over) > 0 || len(before.settings) == 0:
		return past{append(slices.Clone(over), s), k.proves(h)}, nil
	}
	return past{append(slices.Clone(before.settings), s), before.proven && k.proves(h)}, nil
}

// Join compares the records of the files on the columns that name persons (respondent and
// holding; empty names are left out), and on other columns. It returns remarks for the
// reader of the report, or an error:
//
//   - records that differ in a column of persons, and a file without a record where
//     another has one, are ErrJoin; in another column this is a remark for review;
//   - records of version 1, which do not state the form, are a remark for review where
//     there are several files;
//   - records that no trusted key has signed, and several files without any record, are
//     remarks for information;
//   - a column without a single pseudonym agrees with all others.
//
// Files are compared by the fields of [pseudonym.Setting], and by the number of times
// that the column was pseudonymised.
func (k *Records) Join(files []origin.Source, persons, others []string) ([]sdc.Remark, error) {
	var out []sdc.Remark
	done := map[string]bool{"": true}
	for i, column := range slices.Concat(persons, others) {
		if done[column] {
			continue
		}
		done[column] = true
		remarks, err := k.join(files, column, i < len(persons))
		if err != nil {
			return nil, err
		}
		out = append(out, remarks...)
	}
	for _, h := range k.list {
		if k.stale(files, h) {
			out = append(out, sdc.Remark{Name: "records", Verdict: sdc.Safe, Message: words.New(words.RecordOfOther, words.TextOf(h.Output.Name))})
		}
	}
	return out, nil
}

// stale reports whether a record lies beside one of the files, by its name, and tells
// of other bytes.
func (k *Records) stale(files []origin.Source, h held) bool {
	for _, f := range files {
		if filepath.Base(h.name) == f.Name+RecordSuffix && f.SHA256 != "" && !strings.EqualFold(f.SHA256, h.Output.SHA256) {
			return true
		}
	}
	return false
}

func (k *Records) join(files []origin.Source, column string, persons bool) ([]sdc.Remark, error) {
	var with, without []string // names of files
	var kinds []past           // the settings that differ, and the file of each
	var names []string
	proven, complete := true, true
	about := func(v sdc.Verdict, id words.ID, args ...words.Arg) []sdc.Remark {
		return []sdc.Remark{{Name: "records", Column: column, Count: int64(len(files)), Verdict: v, Message: words.New(id, args...)}}
	}
	wrong := func(id words.ID, args ...words.Arg) ([]sdc.Remark, error) {
		if persons {
			return nil, fmt.Errorf("%w: column %q: %v", ErrJoin, column, words.New(id, args...))
		}
		return about(sdc.Review, id, args...), nil
	}
	for _, f := range files {
		p, err := k.past(f.SHA256, column, nil)
		if err != nil {
			return nil, err
		}
		if len(p.settings) == 0 {
			without = append(without, f.Name)
			continue
		}
		with = append(with, f.Name)
		proven, complete = proven && p.proven, complete && p.complete()
		if p.empty() {
			continue
		}
		for i, other := range kinds {
			if id, what := difference(other.settings, p.settings); id != "" {
				return wrong(id, slices.Concat([]words.Arg{words.TextOf(names[i]), words.TextOf(f.Name)}, what)...)
			}
		}
		if !slices.ContainsFunc(kinds, func(o past) bool { return slices.Equal(o.settings, p.settings) }) {
			kinds, names = append(kinds, p), append(names, f.Name)
		}
	}
	switch {
	case len(with) == 0 && (len(files) < 2 || !persons):
		return nil, nil
	case len(with) == 0:
		return about(sdc.Safe, words.NoRecords, words.Count(int64(len(files)))), nil
	case len(without) > 0:
		return wrong(words.RecordOfOne, words.TextOf(with[0]), words.TextOf(without[0]), words.TextOf(RecordSuffix))
	case !complete && len(files) > 1:
		return about(sdc.Review, words.RecordsIncomplete, words.Count(int64(len(files)))), nil
	case !complete:
		return about(sdc.Safe, words.RecordIncomplete), nil
	case !proven:
		return about(sdc.Safe, words.RecordsUnsigned), nil
	}
	return nil, nil
}

// differs reports whether two columns differ: see difference.
func differs(a, b []pseudonym.Setting) bool {
	id, _ := difference(a, b)
	return id != ""
}

// difference returns the message about the first difference of two columns, without the
// names of the files; "" for none. Fields that a record of version 1 does not have are
// not compared.
func difference(a, b []pseudonym.Setting) (words.ID, []words.Arg) {
	if len(a) != len(b) {
		return words.RecordsDiffer, []words.Arg{words.TermOf(words.DifferOften)}
	}
	for i := range a {
		x, y := a[i], b[i]
		both := x.Complete() && y.Complete()
		switch {
		case x.KeyID != y.KeyID:
			return words.RecordsDiffer, []words.Arg{words.TermOf(words.DifferKey)}
		case x.Domain != y.Domain:
			return words.RecordsDiffer, []words.Arg{words.TermOf(words.DifferDomain)}
		case x.Algorithm != y.Algorithm:
			return words.RecordsDiffer, []words.Arg{words.TermOf(words.DifferAlgorithm)}
		case x.Bytes != y.Bytes:
			return words.RecordsDiffer, []words.Arg{words.TermOf(words.DifferLength)}
		case both && x.Format != y.Format:
			return words.RecordsDiffer, []words.Arg{words.TermOf(words.DifferFormat)}
		case both && x.Canonical != y.Canonical:
			return words.RecordsDifferForm, []words.Arg{words.TextOf(string(x.Canonical)), words.TextOf(string(y.Canonical))}
		case both && x.Encoding != y.Encoding:
			return words.RecordsDiffer, []words.Arg{words.TermOf(words.DifferEncoding)}
		}
	}
	return "", nil
}
