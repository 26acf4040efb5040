package main

import (
	"bytes"
	"crypto/ed25519"
	"fmt"

	"github.com/sluis-go/sluis/sdc/diff"
	"github.com/sluis-go/sluis/sdc/seal"
)

// signWith returns a function that signs a report with the private key in a file.
func signWith(path string) (func(payload []byte) (public, signature []byte), error) {
	key, err := loadSigner(path)
	if err != nil {
		return nil, err
	}
	return func(payload []byte) ([]byte, []byte) {
		return key.Public().(ed25519.PublicKey), ed25519.Sign(key, payload)
	}, nil
}

// signedBy is an error where a report is not signed by the key.
func signedBy(path string, r *diff.Report, key ed25519.PublicKey) error {
	if r.Digest == "" || !bytes.Equal(r.Signer, key) || !ed25519.Verify(key, seal.Payload(r.Digest), r.Signature) {
		return fmt.Errorf("%s: %w: it is not signed by the key of --trust", path, seal.ErrSeal)
	}
	return nil
}
