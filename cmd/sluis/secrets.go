package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
)

// parseRecipients reads age public keys.
func parseRecipients(keys []string) ([]age.Recipient, error) {
	var to []age.Recipient
	for i, s := range keys {
		r, err := age.ParseX25519Recipient(s)
		if err != nil {
			return nil, usageError(fmt.Errorf("--recipient: number %d is no age public key", i+1))
		}
		to = append(to, r)
	}
	return to, nil
}

// parsePublic reads Ed25519 public keys: 64 hexadecimal digits, or the name of a file
// that holds them and blanks at most.
func parsePublic(keys []string) ([]ed25519.PublicKey, error) {
	var out []ed25519.PublicKey
	for i, s := range keys {
		b, err := hex.DecodeString(s)
		if err != nil {
			text, err := readSmall(s)
			if err != nil {
				return nil, usageError(fmt.Errorf("--public: number %d is neither a public key in hexadecimal nor a file with one", i+1))
			}
			b, _ = hex.DecodeString(strings.TrimSpace(string(text)))
		}
		if len(b) != ed25519.PublicKeySize {
			return nil, usageError(fmt.Errorf("--public: number %d is no Ed25519 public key of 64 hexadecimal digits", i+1))
		}
		out = append(out, b)
	}
	if len(out) == 0 {
		return nil, usageError(errors.New("--public is required: the public key, from whoever signs"))
	}
	return out, nil
}
