package pseudonym

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"filippo.io/age"

	"github.com/sluis-go/sluis/internal/staging"
)

// linkageGoneSchema names the form of a tombstone.
const linkageGoneSchema = "sluis.linkage-destroyed/1"

// LinkageTombstone stands in the place of a linkage table that was destroyed, and is
// the record of it. It holds no pseudonym and no identifier.
type LinkageTombstone struct {
	Schema string `json:"schema"`
	// Settings say what the pseudonyms of the table were made with, and Entries how
	// many there were.
	Settings
	Entries int `json:"entries"`
	// Time is when, in UTC.
	Time time.Time `json:"time"`
	// Tool is the name and version of the program.
	Tool string `json:"tool"`
	// Signer is the Ed25519 public key, and Signature that of the record without it.
	Signer    []byte `json:"signer"`
	Signature []byte `json:"signature,omitempty"`
}

func (r LinkageTombstone) payload() ([]byte, error) {
	r.Signature = nil
	text, err := json.Marshal(r)
	return append([]byte(linkageGoneSchema+"\n"), text...), err
}

// DestroyLinkage puts a signed tombstone in the place of the file of a linkage table, and
// overwrites the table with zeros. The table must be readable with an identity, so that the
// tombstone can say what it was. On media that keep old blocks the overwriting may not
// reach them: a table whose identity is destroyed too is gone there as well. The error
// is that of [LoadLinkage], or ErrRecord without a signer.
func DestroyLinkage(path string, signer ed25519.PrivateKey, now time.Time, tool string, identities ...age.Identity) (*LinkageTombstone, error) {
	if len(signer) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("%w: no key to sign it with", ErrRecord)
	}
	l, err := LoadLinkage(path, identities...)
	if err != nil {
		return nil, err
	}
	defer l.Destroy()
	r := &LinkageTombstone{
		Schema: linkageGoneSchema, Settings: l.made, Entries: l.Len(), Time: now.UTC().Truncate(time.Second), Tool: tool,
		Signer: signer.Public().(ed25519.PublicKey),
	}
	payload, err := r.payload()
	if err != nil {
		return nil, err
	}
	r.Signature = ed25519.Sign(signer, payload)
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return nil, err
	}
	return r, replace(path, append(text, '\n'))
}

// replace puts text in the place of a file, and overwrites with zeros what was there.
// The text has its place before the first zero is written: a process that is killed
// between leaves what was there without a name, and has lost nothing of the text.
func replace(path string, text []byte) error {
	write := func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}
	return staged(path, write, func(from string) error {
		old, info, err := openRegular(path, os.O_WRONLY)
		if err != nil {
			return err
		}
		if runtime.GOOS == "windows" { // which keeps the name of an open file
			err = errors.Join(zero(old, info.Size()), old.Close())
			if err == nil {
				err = os.Rename(from, path)
			}
			return err
		}
		err = os.Rename(from, path)
		if err == nil {
			err = errors.Join(staging.SyncDir(filepath.Dir(path)), zero(old, info.Size()))
		}
		return errors.Join(err, old.Close())
	})
}

// zero overwrites the first bytes of an open file.
func zero(f *os.File, size int64) error {
	_, err := io.CopyN(f, zeros{}, size)
	if err == nil {
		err = f.Sync()
	}
	return err
}

type zeros struct{}

// Read fills b with zeros.
func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// tombstone returns the error that a tombstone is. Whose signature it has is not looked
// at: nothing is read from such a file in any case.
func tombstone(r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, maxKeyFile))
	var gone LinkageTombstone
	if err != nil || !decode(text, &gone) || gone.Schema != linkageGoneSchema {
		return fmt.Errorf("%w: it is not one, or of another version", ErrLinkage)
	}
	return fmt.Errorf("%w: on %s, with %d pseudonyms of the domain %q and the key %q", ErrLinkageDestroyed, gone.Time.Format(time.DateOnly), gone.Entries, gone.Domain, gone.KeyID)
}

// VerifyLinkageDestruction reads a tombstone and checks that it is signed by the public
// key, which the verifier must have from elsewhere, and written as it was signed but
// for blanks. The error is ErrRecord.
func VerifyLinkageDestruction(text []byte, signer ed25519.PublicKey) (*LinkageTombstone, error) {
	var r LinkageTombstone
	if !decode(text, &r) || r.Schema != linkageGoneSchema {
		return nil, fmt.Errorf("%w: not in the form of a record", ErrRecord)
	}
	if err := checkSigned(text, r, r.Signer, r.Signature, signer); err != nil {
		return nil, err
	}
	return &r, nil
}
