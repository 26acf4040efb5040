package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
)

// VerifyOptions say what a ledger is held against. The zero value is ready to use.
type VerifyOptions struct {
	// Head is the digest of an entry that must be in the ledger. Defaults to none: then
	// nobody can tell whether the last entries are gone.
	Head string
	// Trusted are keys of approvers. With such keys every entry must be signed by one of
	// them. Defaults to none: signatures must then fit the keys that the entries name.
	Trusted []ed25519.PublicKey
}

// Verified says what Verify found. Head is the digest of the last entry. After is the number
// of entries after the one of VerifyOptions.Head.
type Verified struct {
	Entries, Signed, After int64
	Head                   string
}

// Verify reads the whole ledger. The error wraps ErrChanged and names the first entry that
// was changed or dropped, or that is not signed as it must be.
func (l *Ledger) Verify(ctx context.Context, o VerifyOptions) (*Verified, error) {
	list, err := l.Releases(ctx)
	if err != nil {
		return nil, err
	}
	fail := func(format string, args ...any) (*Verified, error) {
		return nil, fmt.Errorf("%s: %w: %s", l.path, ErrChanged, fmt.Sprintf(format, args...))
	}
	var orphans int
	if err := l.each(ctx, "PRAGMA foreign_key_check", nil, func(func(...any) error) error { orphans++; return nil }); err != nil {
		return nil, l.failed(err)
	}
	if orphans > 0 {
		return fail("%d rows belong to an entry that is not there", orphans)
	}
	v, at := &Verified{}, int64(-1)
	for i := range list {
		n := int64(i) + 1
		if list[i].Number != n {
			return fail("entry %d is not there", n)
		}
		r, err := l.Entry(ctx, n)
		if err != nil {
			return nil, err
		}
		if err := r.linked(n, v.Head); err != nil {
			return nil, l.failed(err)
		}
		trusted := func(key ed25519.PublicKey) bool { return bytes.Equal(key, r.Signer) }
		if len(o.Trusted) > 0 && !slices.ContainsFunc(o.Trusted, trusted) {
			return fail("entry %d is not signed by a trusted key", n)
		}
		if len(r.Signer) > 0 {
			v.Signed++
		}
		if v.Head = r.Digest; v.Head == o.Head {
			at = n
		}
		v.Entries = n
	}
	if o.Head != "" && at < 0 {
		return fail("no entry has the digest that was kept: entries were taken away, or the ledger was written anew")
	}
	if o.Head != "" {
		v.After = v.Entries - at
	}
	return v, nil
}

// fits reports whether an entry has the digest of what it says, its outputs and files aside.
func (r *Release) fits() error {
	if is, err := r.digest(); err != nil || is != r.Digest {
		return fmt.Errorf("entry %d: %w: it does not fit its digest", r.Number, ErrChanged)
	}
	return nil
}

// linked reports whether an entry has the number n, fits its digest, follows the entry with
// the digest previous, and is signed as it says.
func (r *Release) linked(n int64, previous string) error {
	fail := func(format string) error {
		return fmt.Errorf("%w: "+format, ErrChanged, n)
	}
	switch {
	case r.Number != n:
		return fail("entry %d is not there")
	case r.Previous != previous:
		return fail("entry %d does not follow the entry before it")
	case len(r.Signer) == 0 && len(r.Signature) > 0:
		return fail("entry %d has a signature and no key")
	case len(r.Signer) > 0 && (len(r.Signer) != ed25519.PublicKeySize || !ed25519.Verify(r.Signer, Payload(r.Digest), r.Signature)):
		return fail("the signature of entry %d does not fit")
	}
	return r.fits()
}
