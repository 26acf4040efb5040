package pseudonym

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
)

// statement is a record that can be signed: payload returns the signed bytes.
type statement interface{ payload() ([]byte, error) }

// checkSigned checks that the text of a statement is signed by the public key by, and is
// the signed text except for blanks: every reader then reads the same statement. public
// and signature are the values in the statement. The error is ErrRecord.
func checkSigned(text []byte, s statement, public, signature []byte, by ed25519.PublicKey) error {
	payload, err := s.payload()
	if err != nil || len(by) != ed25519.PublicKeySize || !bytes.Equal(public, by) || !ed25519.Verify(by, payload, signature) {
		return fmt.Errorf("%w: the signature is not that of the key", ErrRecord)
	}
	if !writtenAs(text, s) {
		return fmt.Errorf("%w: it is not written as it was signed", ErrRecord)
	}
	return nil
}
