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

// LinkageTombstone replaces a linkage table that was destroyed, and is the record of the
// destruction. It holds no pseudonym and no identifier.
type LinkageTombstone struct {
	Schema string `json:"schema"`
	// Settings are the settings of the pseudonyms of the table, and Entries is the number
	// of pseudonyms.
	Settings
	Entries int `json:"entries"`
	// Time is when, in UTC.
	Time time.Time `json:"time"`
	// Tool is the name and version of the program.
	Tool string `json:"tool"`
	// Signer is the Ed25519 public key. Signature signs the record without Signature.
	Signer    []byte `json:"signer"`
	Signature []byte `json:"signature,omitempty"`
}

func (r LinkageTombstone) payload() ([]byte, error) {
	r.Signature = nil
	text, err := json.Marshal(r)
	return append([]byte(linkageGoneSchema+"\n"), text...), err
}

// DestroyLinkage replaces the file of a linkage table by a signed tombstone, and
// overwrites the table with zeros. The table must be readable with an identity: the
// tombstone describes the table. On media that keep old blocks the zeros may not reach
// the old blocks. Destroy the identity of the table too: the old blocks are then
// unreadable. The error is that of [LoadLinkage], or ErrRecord without a signer.
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

// replace writes text in the place of a file, and overwrites the old content with zeros.
// The text is in its place before the first zero is written. A process that is killed in
// between loses nothing of the text, and leaves the old content without a name.
func replace(path string, text []byte) error {
	write := func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}
	return staging.WritePrivate(path, write, func(from string) error {
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

// tombstone returns ErrLinkageDestroyed for a tombstone, and ErrLinkage for other text.
// It does not verify the signature: such a file has no table to read in any case.
func tombstone(r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, maxKeyFile))
	var gone LinkageTombstone
	if err != nil || !decode(text, &gone) || gone.Schema != linkageGoneSchema {
		return fmt.Errorf("%w: it is not one, or of another version", ErrLinkage)
	}
	return fmt.Errorf("%w: on %s, with %d pseudonyms of the domain %q and the key %q", ErrLinkageDestroyed, gone.Time.Format(time.DateOnly), gone.Entries, gone.Domain, gone.KeyID)
}

// VerifyLinkageDestruction reads a tombstone and checks that it is signed by the public
// key. The verifier must have that key from another source. The text must be the signed
// text, except for blanks. The error is ErrRecord.
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
