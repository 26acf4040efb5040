package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// counting is a file system that ends a context when its nth file is opened.
type counting struct {
	fs.FS
	left int
	end  context.CancelFunc
}

// Open implements fs.FS.
func (c *counting) Open(name string) (fs.File, error) {
	if c.left--; c.left == 0 {
		c.end()
	}
	return c.FS.Open(name)
}

// TestCanceled: a context that is done ends every verification with the error of the
// context, before the first file and after it. This error says nothing about the
// certificate.
func TestCanceled(t *testing.T) {
	d, texts := smallProof()
	if err := forge(t, d, texts); err != nil {
		t.Fatal(err)
	}
	z, release := smallTwin()
	if err := forgeTwin(t, z, release); err != nil {
		t.Fatal(err)
	}
	rounded := "a,value,status,status_tau\n*,6,F,1\nx,2,F,1\ny,4,F,1\n"
	sum := sha256.Sum256([]byte(rounded))
	statement := &roundingDoc{Schema: roundingSchema, Base: 2, Additive: true, Below: 1, Above: 1, Releases: slices.Clone(d.Releases)}
	files := fstest.MapFS{
		"c.json": {Data: sealed(t, d)}, "r.csv": {Data: []byte(texts["r.csv"])},
		"twin/c.json": {Data: sealedTwin(t, z)}, "twin/r.csv": {Data: []byte(release)},
		"rounded/r.csv": {Data: []byte(rounded)},
	}
	statement.Releases[0].SHA256 = hex.EncodeToString(sum[:])
	files["rounded/c.json"] = &fstest.MapFile{Data: seal(t, statement, &statement.Digest)}
	for _, c := range []struct {
		name string
		run  func(ctx context.Context, fsys fs.FS) error
	}{
		{"certificate", func(ctx context.Context, fsys fs.FS) error {
			_, err := Certificate(ctx, fsys, "c.json", Limits{})
			return err
		}},
		{"confidential", func(ctx context.Context, fsys fs.FS) error {
			_, err := Confidential(ctx, fsys, "twin/c.json", Limits{})
			return err
		}},
		{"rounding", func(ctx context.Context, fsys fs.FS) error {
			_, err := Rounding(ctx, fsys, "rounded/c.json", Limits{})
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.run(t.Context(), files); err != nil {
				t.Fatal(err)
			}
			for n := range 3 {
				ctx, end := context.WithCancel(t.Context())
				if n == 0 {
					end()
				}
				err := c.run(ctx, &counting{files, n, end})
				if !errors.Is(err, context.Canceled) || errors.Is(err, ErrCertificate) {
					t.Errorf("canceled at file %d: %v", n, err)
				}
				end()
			}
		})
	}
}

// TestCanceledReading: of a large file no more is read once the context is done.
func TestCanceledReading(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	text, err := readAll(ctx, fstest.MapFS{"d": {Data: []byte("text")}}, "d", 200)
	if text != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("read %q, %v", text, err)
	}
}

// TestSealed: the three documents are read in the same way. Each is refused for a change
// of the text itself, with an error of its own.
func TestSealed(t *testing.T) {
	type doc struct {
		A      int    `json:"a"`
		Digest string `json:"digest"`
	}
	x := doc{A: 1}
	good := string(seal(t, &x, &x.Digest))
	for _, c := range []struct{ name, text, why string }{
		{"as it is", good, ""},
		{"no line end", strings.TrimSuffix(good, "\n"), "canonical form"},
		{"two line ends", good + "\n", "canonical form"},
		{"something after", good + "{}", "canonical form"},
		{"a blank", strings.Replace(good, ":1", ": 1", 1), "canonical form"},
		{"a field twice", strings.Replace(good, `"a":1`, `"a":1,"a":1`, 1), "canonical form"},
		{"a field in capitals", strings.Replace(good, `"a"`, `"A"`, 1), "canonical form"},
		{"another field", strings.Replace(good, `"a":1`, `"a":1,"b":1`, 1), "it is no thing of this form"},
		{"a fraction", strings.Replace(good, ":1", ":1.5", 1), "it is no thing of this form"},
		{"another number", strings.Replace(good, ":1", ":2", 1), "digest is wrong"},
		{"the digest in capitals", strings.Replace(good, x.Digest, strings.ToUpper(x.Digest), 1), "digest is wrong"},
		{"empty", "", "it is no thing of this form"},
		{"a byte too large", good + strings.Repeat(" ", 200-len(good)+1), "larger than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var x doc
			err := readSealed(t.Context(), fstest.MapFS{"d": {Data: []byte(c.text)}}, "d", 200, "thing", &x, &x.Digest)
			if holds := c.why == ""; holds != (err == nil) || !holds && (!errors.Is(err, ErrCertificate) || !strings.Contains(err.Error(), c.why)) {
				t.Errorf("got %v, wanted %q", err, c.why)
			}
		})
	}
}
