package pseudonym

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"filippo.io/age"
)

// ErrRecord says that a record of pseudonyms or of destruction is not well formed or not signed by
// the key it should be.
var ErrRecord = errors.New("record cannot be trusted")

// recordSchema names the form of a destruction record.
const recordSchema = "sluis.destruction/1"

// IntentSchema names the form of a statement that a key is going to be destroyed. The
// statement is no record: [VerifyDestruction] refuses it.
const IntentSchema = "sluis.destruction-intent/1"

// DestructionRecord says that a key was destroyed. No program can make or test a
// pseudonym with that key any more. The record can be shown to the provider of the data.
type DestructionRecord struct {
	Schema string `json:"schema"`
	// KeyID is the id of the key.
	KeyID string `json:"keyId"`
	// Time is when, in UTC.
	Time time.Time `json:"time"`
	// Tool is the name and version of the program.
	Tool string `json:"tool"`
	// Signer is the Ed25519 public key. Signature signs the record without Signature, as
	// canonical JSON.
	Signer    []byte `json:"signer"`
	Signature []byte `json:"signature,omitempty"`
}

// payload returns the signed bytes: a label, and the record without its signature.
func (r DestructionRecord) payload() ([]byte, error) {
	r.Signature = nil
	text, err := json.Marshal(r)
	return append([]byte(r.Schema+"\n"), text...), err
}

// possible refuses dates on which no key can have been destroyed: before 1970, or more
// than a year after the clock of this machine. The year allows for a wrong clock.
func possible(t time.Time) error {
	if t.Unix() < 0 || t.After(time.Now().AddDate(1, 0, 0)) {
		return fmt.Errorf("%w: the date of the destruction is not possible", ErrRecord)
	}
	return nil
}

// Destroy wipes the key, removes its file if path is not empty, and returns a signed
// record of the destruction. The file must hold this key; an encrypted file is read with
// the identities.
//
//   - ErrKeyFile: the file holds another key or cannot be read. Nothing is removed.
//   - ErrRecord: the date is not possible.
//   - Where the file cannot be removed, the key is not wiped and there is no record.
func Destroy(k Key, path string, signer ed25519.PrivateKey, now time.Time, tool string, identities ...age.Identity) (*DestructionRecord, error) {
	r, err := stated(recordSchema, k, path, signer, now, tool, identities)
	if err != nil {
		return nil, err
	}
	if path != "" {
		if err := DestroyKeyFile(path); err != nil {
			return nil, err
		}
	}
	k.Destroy()
	return r, nil
}

// IntendDestruction returns a signed statement that the key is going to be destroyed, for
// callers that write a file before the destruction. The statement proves nothing. The
// errors are those of [Destroy] before it removes the file.
func IntendDestruction(k Key, path string, signer ed25519.PrivateKey, now time.Time, tool string, identities ...age.Identity) (*DestructionRecord, error) {
	return stated(IntentSchema, k, path, signer, now, tool, identities)
}

// stated returns a signed statement about a key.
func stated(schema string, k Key, path string, signer ed25519.PrivateKey, now time.Time, tool string, identities []age.Identity) (*DestructionRecord, error) {
	if len(signer) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("%w: no key to sign it with", ErrRecord)
	}
	if err := possible(now); err != nil {
		return nil, err
	}
	id, err := k.ID()
	if err != nil {
		return nil, err
	}
	if path != "" {
		if err := holds(path, k, identities); err != nil {
			return nil, err
		}
	}
	r := &DestructionRecord{
		Schema: schema, KeyID: id, Time: now.UTC().Truncate(time.Second), Tool: tool,
		Signer: signer.Public().(ed25519.PublicKey),
	}
	payload, err := r.payload()
	if err != nil {
		return nil, err
	}
	r.Signature = ed25519.Sign(signer, payload)
	return r, nil
}

// holds compares the key of a file.
func holds(path string, k Key, identities []age.Identity) error {
	of, err := LoadKeySet(path, identities...)
	if err != nil {
		return err
	}
	defer of.Destroy()
	if len(of.keys) != 1 {
		return fmt.Errorf("%w: it holds %d keys", ErrKeyFile, len(of.keys))
	}
	if !of.keys[0].Equal(k) {
		return fmt.Errorf("%w: it holds another key than the one to destroy", ErrKeyFile)
	}
	return nil
}

// VerifyDestruction reads a record in JSON and checks that it is signed by the public
// key. The verifier must have that key from another source. The text must be the signed
// text, except for blanks. The error is ErrRecord.
func VerifyDestruction(text []byte, signer ed25519.PublicKey) (*DestructionRecord, error) {
	var r DestructionRecord
	if !decode(text, &r) || r.Schema != recordSchema {
		return nil, fmt.Errorf("%w: not in the form of a record", ErrRecord)
	}
	if err := checkSigned(text, r, r.Signer, r.Signature, signer); err != nil {
		return nil, err
	}
	if err := possible(r.Time); err != nil {
		return nil, err
	}
	return &r, nil
}
