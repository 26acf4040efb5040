package sdc

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/sluis-go/sluis/sdc/seal"
)

// How a report ends: see package seal.
const (
	sealStart = ",\n \"digest\": "
	sealEnd   = "\n}\n"
)

func sealed(t *testing.T, r *Report, key ed25519.PrivateKey) []byte {
	t.Helper()
	var b bytes.Buffer
	var sign func([]byte) ([]byte, []byte)
	if key != nil {
		sign = func(p []byte) ([]byte, []byte) {
			return key.Public().(ed25519.PublicKey), ed25519.Sign(key, p)
		}
	}
	if err := r.WriteSealed(&b, sign); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSeal(t *testing.T) {
	r := &Report{Notice: notice, Schema: seal.Schema, Verdict: Unsafe, Outputs: []OutputReport{{Name: "a \"digest\": \"b\""}}}
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	plain, signed := sealed(t, r, nil), sealed(t, r, key)
	t.Run("valid JSON that says the same", func(t *testing.T) {
		for _, text := range [][]byte{plain, signed} {
			var got struct {
				Digest    string `json:"digest"`
				Verdict   Verdict
				Signer    []byte `json:"signer"`
				Signature []byte `json:"signature"`
			}
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			digest, err := seal.Check(text)
			if err != nil || digest != got.Digest || len(digest) != 64 {
				t.Errorf("digest %q, in the file %q: %v", digest, got.Digest, err)
			}
			if got.Signer != nil && !ed25519.Verify(got.Signer, seal.Payload(digest), got.Signature) {
				t.Error("the signature does not fit")
			}
		}
		if !bytes.Contains(signed, []byte(base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey)))) {
			t.Error("the signer is missing")
		}
	})
	t.Run("the same bytes twice", func(t *testing.T) {
		if !bytes.Equal(plain, sealed(t, r, nil)) || !bytes.Equal(signed, sealed(t, r, key)) {
			t.Error("they differ")
		}
	})
	t.Run("every changed byte is found", func(t *testing.T) {
		end := bytes.LastIndex(plain, []byte(sealStart)) + len(sealStart) + 65
		for i := range plain[:end] {
			text := bytes.Clone(plain)
			text[i] ^= 1
			digest, err := seal.Check(text)
			if err == nil && digest != "" {
				t.Fatalf("byte %d", i)
			}
			if err != nil && !errors.Is(err, seal.ErrSeal) {
				t.Fatal(err)
			}
		}
	})
	t.Run("nothing follows but a signature", func(t *testing.T) {
		for _, text := range [][]byte{plain, signed} {
			body := bytes.TrimSuffix(text, []byte(sealEnd))
			for _, more := range []string{`, "verdict": "safe"`, ",\n \"outputs\": []", ",\n \"signer\": \"\"", " ", "\n"} {
				changed := append(append(bytes.Clone(body), more...), sealEnd...)
				if _, err := seal.Check(changed); !errors.Is(err, seal.ErrSeal) {
					t.Errorf("%q: %v", more, err)
				}
			}
			if _, err := seal.Check(append(bytes.Clone(text), '\n')); !errors.Is(err, seal.ErrSeal) {
				t.Error("a line more")
			}
		}
	})
	t.Run("without a digest", func(t *testing.T) {
		if digest, err := seal.Check([]byte("{}\n")); digest != "" || err != nil {
			t.Error(digest, err)
		}
	})
	t.Run("a full disk", func(t *testing.T) {
		for n := range len(plain) {
			if err := r.WriteSealed(&fullDisk{n}, nil); err == nil {
				t.Fatalf("no error after %d bytes", n)
			}
		}
	})
}

// fullDisk fails after n bytes.
type fullDisk struct{ n int }

func (s *fullDisk) Write(p []byte) (int, error) {
	if len(p) > s.n {
		return s.n, io.ErrShortWrite
	}
	s.n -= len(p)
	return len(p), nil
}
