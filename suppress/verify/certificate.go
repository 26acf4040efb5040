package verify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
)

// ErrCertificate is wrapped by every error that says that a certificate does not
// prove its release protected.
var ErrCertificate = errors.New("certificate does not hold")

// Certified is the result of a valid certificate. The certificate proves that every
// suppressed cell of every release, primary or secondary, has at least two possible
// values. To an attacker who knows that values are whole, two of them are a whole unit or
// more apart. The tables that show the values agree with
//
//   - everything published in all the releases together;
//   - the code trees in the certificate;
//   - the prior knowledge of the attacker that the certificate states (Whole, Least).
//
// The certificate holds nothing of the true values. So it does not show how far the
// possible values are from the true ones: the confidential proof shows that.
//
// The reader must judge two statements: the knowledge of the attacker (Whole, Least) and
// the code trees. An attacker who knows more than is stated is not covered.
type Certified struct {
	Releases  []string // files
	Cells     int      // published cells, in all releases
	Hidden    int      // suppressed cells
	Witnesses int      // tables that show their values
	Digits    int      // a unit is 10^-Digits
	Whole     bool     // the attacker knows that values are whole units
	Least     *int64   // the attacker knows that values are at least this, in units; nil: no such knowledge
	// Narrowest is the smallest distance between the two shown values of a suppressed
	// cell, in units; 0 where nothing is suppressed.
	Narrowest float64
}

// Limits bound the bytes that a verification reads.
type Limits struct {
	// File is the size of the certificate and of each release, in bytes. Defaults to 1
	// GiB. Memory is at most about 24 times the bytes that are read.
	File int64
}

// fill gives limits their default, and refuses a context or a folder that is nil.
func (l *Limits) fill(ctx context.Context, fsys fs.FS) error {
	if ctx == nil || fsys == nil {
		return refuse("the context or the folder is nil")
	}
	if l.File <= 0 {
		l.File = 1 << 30
	}
	l.File = min(l.File, math.MaxInt64-1) // one byte more is read, to see that there is none
	return nil
}

const (
	certificateSchema  = "sluis.certificate/1"
	confidentialSchema = "sluis.confidential/2"
	roundingSchema     = "sluis.rounding/1"

	verifyCells = 1 << 24 // cells of a table with all its totals
	verifyValue = 1 << 52 // absolute value of a cell, in units
	verifyDen   = 1 << 10 // denominator of a witness
	verifySum   = 1 << 61 // absolute sum on the way
	verifyDepth = 64      // of a code tree
	verifyRatio = 256     // cells with all totals per byte of the release
)

// certificateDoc is the form of a certificate. Numbers of witnesses are in flat lists:
// memory is in proportion to the size of the file.
type certificateDoc struct {
	Schema   string               `json:"schema"`
	Releases []certificateRelease `json:"releases"`
	Digits   int                  `json:"digits"`
	Whole    bool                 `json:"whole"`
	Least    *int64               `json:"least"`
	// Base is a possible value of every suppressed inner cell, releases one after
	// the other, cells in the order of the code lists.
	Base []int64 `json:"base"`
	// Witness w changes the base in the suppressed inner cells Cells[Starts[w]:
	// Starts[w+1]], numbered as Base is, by Changes/Dens[w]. Totals follow.
	Starts  []int64 `json:"starts"`
	Cells   []int64 `json:"cells"`
	Changes []int64 `json:"changes"`
	Dens    []int64 `json:"dens"`
	// High and Low name, for every suppressed cell (totals too) in that order, two
	// witnesses, or -1 for the base, between which it differs.
	High []int64 `json:"high"`
	Low  []int64 `json:"low"`
	// Digest is the SHA-256 of this document with an empty Digest.
	Digest string `json:"digest"`
}

type certificateRelease struct {
	File      string                `json:"file"`
	SHA256    string                `json:"sha256"`
	Variables []certificateVariable `json:"variables"`
}

type certificateVariable struct {
	Name    string   `json:"name"`
	Codes   []string `json:"codes"`
	Parents []int    `json:"parents"`
}

// Certificate reads a certificate and the releases beside it that it names, and nothing
// else, and checks the proof in whole numbers:
//
//  1. The certificate is canonical: encoding it again gives the same bytes, and its
//     digest is right.
//  2. Each release is the file of the certificate's hash. It has every inner cell of the
//     code trees and any of their totals, each once; a value where its status is free and
//     none where it is suppressed.
//  3. Base and witnesses give every suppressed inner cell a value. Totals are added up
//     over all code trees and variables from the inner cells. Published cells then have
//     their published values, in every table. Cells that several releases share are
//     equal, published or not. Suppressed cells agree with the knowledge of the attacker.
//  4. Every suppressed cell differs between its two witnesses, and by a unit or more
//     where the attacker knows values to be whole.
//
// The error wraps ErrCertificate, or is of the file system, or of the context when that
// is done. Time and memory are linear in the sizes of the files, times the depth of the
// trees.
func Certificate(ctx context.Context, fsys fs.FS, certificate string, limits Limits) (*Certified, error) {
	if err := limits.fill(ctx, fsys); err != nil {
		return nil, err
	}
	doc, err := readCertificate(ctx, fsys, certificate, limits.File)
	if err != nil {
		return nil, err
	}
	v := &verifier{ctx: ctx, doc: doc}
	for i := range doc.Releases {
		t, err := readRelease(ctx, fsys, path.Dir(certificate), &doc.Releases[i], doc.Digits, limits.File)
		if err != nil {
			return nil, err
		}
		v.tables = append(v.tables, t)
	}
	if err := v.share(); err != nil {
		return nil, err
	}
	if err := v.base(); err != nil {
		return nil, err
	}
	if err := v.witnesses(); err != nil {
		return nil, err
	}
	out := &Certified{Digits: doc.Digits, Whole: doc.Whole, Least: doc.Least, Witnesses: len(doc.Dens)}
	if out.Narrowest, err = v.widths(); err != nil {
		return nil, err
	}
	for _, t := range v.tables {
		out.Releases = append(out.Releases, t.file)
		out.Cells += t.cells
		out.Hidden += len(t.hidden)
	}
	return out, nil
}

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCertificate, fmt.Sprintf(format, args...))
}
