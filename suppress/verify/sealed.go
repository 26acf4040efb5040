package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
)

// canceled is a reader that ends with the error of a context that is done.
type canceled struct {
	ctx context.Context
	io.Reader
}

// Read implements io.Reader.
func (c canceled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.Reader.Read(p)
}

// readAll reads a file of at most limit bytes.
func readAll(ctx context.Context, fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	b, err := io.ReadAll(io.LimitReader(canceled{ctx, f}, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, refuse("%s is larger than %d bytes", name, limit)
	}
	return b, nil
}

// readSealed reads a document that is one line of canonical JSON: encoding it again must
// give the same bytes. what is the name of its kind in errors. digest is the field that
// holds the SHA-256 of the same line with this field empty; it is empty afterwards.
func readSealed(ctx context.Context, fsys fs.FS, name string, limit int64, what string, doc any, digest *string) error {
	text, err := readAll(ctx, fsys, name, limit)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(doc); err != nil {
		return refuse("%s cannot be read: it is no %s of this form", name, what)
	}
	again, err := json.Marshal(doc)
	if err != nil || !bytes.Equal(append(again, '\n'), text) {
		return refuse("%s is not in canonical form", name)
	}
	said := *digest
	*digest = ""
	if again, err = json.Marshal(doc); err != nil {
		return refuse("%s cannot be encoded", name)
	}
	if sum := sha256.Sum256(again); said != hex.EncodeToString(sum[:]) {
		return refuse("%s has been changed: its digest is wrong", name)
	}
	return nil
}

func readCertificate(ctx context.Context, fsys fs.FS, name string, limit int64) (*certificateDoc, error) {
	var doc certificateDoc
	if err := readSealed(ctx, fsys, name, limit, "certificate", &doc, &doc.Digest); err != nil {
		return nil, err
	}
	if doc.Schema != certificateSchema {
		return nil, refuse("%s is not of schema %s", name, certificateSchema)
	}
	return &doc, inRange(name, doc.Releases, doc.Digits, doc.Least)
}

func readConfidential(ctx context.Context, fsys fs.FS, name string, limit int64) (*confidentialDoc, error) {
	var doc confidentialDoc
	if err := readSealed(ctx, fsys, name, limit, "confidential proof", &doc, &doc.Digest); err != nil {
		return nil, err
	}
	if doc.Schema != confidentialSchema || doc.Notice == "" {
		return nil, refuse("%s is not of schema %s", name, confidentialSchema)
	}
	return &doc, inRange(name, doc.Releases, doc.Digits, doc.Least)
}

// inRange checks the first fields of a certificate or a confidential proof.
func inRange(name string, releases []certificateRelease, digits int, least *int64) error {
	switch {
	case len(releases) == 0:
		return refuse("%s names no release", name)
	case digits < 0 || digits > 15:
		return refuse("%s has a number of digits out of range", name)
	case least != nil && (*least > verifyValue || *least < -verifyValue):
		return refuse("%s has a least value out of range", name)
	}
	return nil
}

func readRounding(ctx context.Context, fsys fs.FS, name string, limit int64) (*roundingDoc, error) {
	var doc roundingDoc
	if err := readSealed(ctx, fsys, name, limit, "statement", &doc, &doc.Digest); err != nil {
		return nil, err
	}
	b := doc.Base
	switch {
	case doc.Schema != roundingSchema:
		return nil, refuse("%s is not of schema %s", name, roundingSchema)
	case len(doc.Releases) == 0:
		return nil, refuse("%s names no release", name)
	case b < 2 || b > 1<<30:
		return nil, refuse("%s has a base out of range", name)
	case !doc.Additive && doc.Below == b/2 && doc.Above == (b-1)/2:
	case doc.Additive && doc.Below == doc.Above && (doc.Below == b-1 || doc.Below == 2*b-1):
	default:
		return nil, refuse("%s states a reach that no method has", name)
	}
	return &doc, nil
}
