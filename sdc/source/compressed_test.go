package source_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/sluis-go/sluis/sdc/source"
)

// packed compresses a text, as the ending of a name says.
func packed(t testing.TB, ending, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	switch ending {
	case ".gz":
		w := gzip.NewWriter(&b)
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	case ".zst":
		w, err := zstd.NewWriter(&b, zstd.WithEncoderCRC(true))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	default:
		b.WriteString(text)
	}
	return b.Bytes()
}

// readNamed writes a file of a name and reads its rows.
func readNamed(t testing.TB, name string, content []byte, opts source.Options) (rows []string, sum string, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := source.Open(context.Background(), []string{path}, opts)
	if err != nil {
		return nil, "", err
	}
	defer s.Close()
	r, err := s.Reader(context.Background(), nil)
	if err != nil {
		return nil, "", err
	}
	defer r.Release()
	if rows, err = lines(r); err != nil {
		return nil, "", err
	}
	err = s.Hash(context.Background())
	return rows, s.Files()[0].SHA256, err
}

func TestTextFiles(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		csv        source.CSVOptions
	}{
		{"x.csv", "a,b\n1,é\n2,y\n", source.CSVOptions{}},
		{"x.tsv", "a\tb\n1\té\n2\ty\n", source.CSVOptions{}},
		{"x.TXT", "a,b\n1,é\n2,y\n", source.CSVOptions{}},
		{"x.tsv", "a;b\n1;é\n2;y\n", source.CSVOptions{Delimiter: ';'}},
		{"x.csv", "a,b\n1,\xe9\n2,y\n", source.CSVOptions{Encoding: source.EncodingLatin1}},
		{"x.csv", "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x00\xe9\x00\n\x002\x00,\x00y\x00\n\x00", source.CSVOptions{}},
	} {
		for _, ending := range []string{"", ".gz", ".zst"} {
			t.Run(tc.name+ending, func(t *testing.T) {
				content := packed(t, ending, tc.text)
				rows, _, err := readNamed(t, tc.name+ending, content, source.Options{CSV: tc.csv})
				if want := []string{"1|é|", "2|y|"}; err != nil || !slices.Equal(rows, want) {
					t.Fatalf("got %q, %v", rows, err)
				}
				if !source.IsCSV(tc.name + ending) {
					t.Error("IsCSV says no")
				}
				opts := source.Options{CSV: tc.csv}
				if strings.HasSuffix(tc.name, ".tsv") && tc.csv.Delimiter == 0 {
					opts.CSV.Delimiter = '\t' // an upload has no name
				}
				up, err := source.NewReader(context.Background(), bytes.NewReader(content), opts)
				if err != nil {
					t.Fatal(err)
				}
				if n, known := up.Rows(); n != 2 || !known {
					t.Errorf("an upload has %d rows", n)
				}
				up.Close()
			})
		}
	}
	for _, no := range []string{"x.parquet", "x.gz", "x.parquet.gz", "x", ".zst", "csv"} {
		if source.IsCSV(no) {
			t.Errorf("IsCSV(%q)", no)
		}
	}
	if _, _, err := readNamed(t, "x.arrow.gz", packed(t, ".gz", "a\n1\n"), source.Options{}); !errors.Is(err, source.ErrUnsupported) {
		t.Errorf("a compressed file of another format: %v", err)
	}
	_, _, err := readNamed(t, "x.csv", []byte("a\n1\n"), source.Options{CSV: source.CSVOptions{Encoding: "ebcdic"}})
	if !errors.Is(err, source.ErrUnsupported) {
		t.Errorf("an encoding that is none: %v", err)
	}
}

// TestCompressed: a compressed file is read whole, or not at all.
func TestCompressed(t *testing.T) {
	text := "id,region\n" + strings.Repeat("12345,North\n67890,South\n", 40)
	for _, ending := range []string{".gz", ".zst"} {
		t.Run(ending, func(t *testing.T) {
			content := packed(t, ending, text)
			want, sum, err := readNamed(t, "x.csv"+ending, content, source.Options{})
			if err != nil || len(want) != 80 {
				t.Fatalf("%d rows, %v", len(want), err)
			}
			if s := sha256.Sum256(content); sum != hex.EncodeToString(s[:]) {
				t.Error("the SHA-256 is not that of the file")
			}
			for cut := range content {
				if cut == 0 && ending == ".zst" {
					continue // an empty file has no frame, and no line of names
				}
				if _, _, err := readNamed(t, "x.csv"+ending, content[:cut], source.Options{}); !errors.Is(err, source.ErrCorrupt) {
					t.Fatalf("cut at byte %d of %d: %v", cut, len(content), err)
				}
			}
			same := 0
			for bit := range 8 * len(content) {
				bad := slices.Clone(content)
				bad[bit/8] ^= 1 << (bit % 8)
				rows, _, err := readNamed(t, "x.csv"+ending, bad, source.Options{})
				switch {
				case err == nil && slices.Equal(rows, want):
					same++
				case err == nil:
					t.Fatalf("bit %d was flipped: %d other rows, and no error", bit, len(rows))
				case strings.Contains(err.Error(), "12345") || strings.Contains(err.Error(), "North"):
					t.Fatalf("bit %d: the error has a value: %v", bit, err)
				}
			}
			if same > 100 { // time, system and name of gzip; a flag of zstd
				t.Errorf("%d of %d flipped bits change nothing", same, 8*len(content))
			}
			for _, tail := range []string{"x", "\x00", "12345,North\n"} {
				if _, _, err := readNamed(t, "x.csv"+ending, append(slices.Clone(content), tail...), source.Options{}); !errors.Is(err, source.ErrCorrupt) {
					t.Errorf("bytes behind the end: %v", err)
				}
			}
			two := append(packed(t, ending, text[:100]), packed(t, ending, text[100:])...)
			if rows, _, err := readNamed(t, "x.csv"+ending, two, source.Options{}); err != nil || !slices.Equal(rows, want) {
				t.Errorf("two parts: %d rows, %v", len(rows), err)
			}
		})
	}
	t.Run("delimiter", func(t *testing.T) {
		dir := t.TempDir()
		for name, text := range map[string]string{
			"a.csv.gz": "a;b\n1,5;2\n", "b.csv.zst": "a;b\n1,5;2\n", "c.tsv": "only\n1\n", "d.csv": "\xff\xfea\x00;\x00b\x00\n\x00",
		} {
			if err := os.WriteFile(filepath.Join(dir, name), packed(t, filepath.Ext(name), text), 0o600); err != nil {
				t.Fatal(err)
			}
			want := ';'
			if name == "c.tsv" {
				want = '\t'
			}
			if got := source.FindDelimiter([]string{filepath.Join(dir, name)}); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
	})
}

func FuzzCompressed(f *testing.F) {
	for _, ending := range []string{".gz", ".zst"} {
		f.Add(packed(f, ending, "a,b\n1,2\n"), ending == ".gz")
	}
	f.Fuzz(func(t *testing.T, data []byte, zip bool) {
		ending := ".zst"
		if zip {
			ending = ".gz"
		}
		_, _, err := readNamed(t, "x.csv"+ending, data, source.Options{MemoryLimit: 64 << 20})
		var fe *source.FileError
		if err != nil && !errors.As(err, &fe) {
			t.Fatalf("error of another type: %v", err)
		}
	})
}
