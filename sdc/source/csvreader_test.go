package source

import (
	"encoding/csv"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// ourRecords reads all records of a text.
func ourRecords(src io.Reader, comma rune) ([][]string, error) {
	r, err := newCSVReader(src, comma)
	if err != nil {
		return nil, err
	}
	var out [][]string
	for {
		rec, err := r.read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		row := make([]string, len(rec))
		for i, f := range rec {
			row[i] = strings.Clone(f)
		}
		out = append(out, row)
	}
}

// theirRecords reads them with the reader of Go's library, which makes line feeds of
// the line ends in quotes and takes a carriage return as any other character.
func theirRecords(text string, comma rune) ([][]string, error) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.Comma = comma
	return r.ReadAll()
}

// compareCSV reads a text with both: equal rows, or an error of ours that is one of
// theirs, or a carriage return alone.
func compareCSV(t *testing.T, text string, comma rune) {
	t.Helper()
	got, err := ourRecords(strings.NewReader(text), comma)
	want, theirs := theirRecords(text, comma)
	if err != nil {
		if theirs == nil && !errors.Is(err, errReturn) {
			t.Fatalf("%q: %v, and they read %q", text, err, want)
		}
		return
	}
	if theirs != nil {
		t.Fatalf("%q: %q, and they say %v", text, got, theirs)
	}
	for _, row := range got {
		for i := range row {
			row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
		}
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Fatalf("%q: %q, want %q", text, got, want)
	}
	// The same whatever comes at a time.
	again, err := ourRecords(iotest.OneByteReader(strings.NewReader(text)), comma)
	for _, row := range again {
		for i := range row {
			row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
		}
	}
	if err != nil || !slices.EqualFunc(again, want, slices.Equal) {
		t.Fatalf("%q byte by byte: %q, %v", text, again, err)
	}
}

func TestCSVReader(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		rows       [][]string
		err        error
		line       int
	}{
		{"empty", "", nil, nil, 0},
		{"lines of nothing", "\n\r\n\n", nil, nil, 0},
		{"no end", "a,b\n1,2", [][]string{{"a", "b"}, {"1", "2"}}, nil, 0},
		{"return at the end", "a,b\n1,2\r", [][]string{{"a", "b"}, {"1", "2"}}, nil, 0},
		{"empty fields", ",\n,\n", [][]string{{"", ""}, {"", ""}}, nil, 0},
		{"line ends in quotes", "\"a\r\nb\",\"\n\",\"\r\"\r\n", [][]string{{"a\r\nb", "\n", "\r"}}, nil, 0},
		{"quotes in quotes", "\"\"\"\",\"a\"\"b\"\n", [][]string{{"\"", "a\"b"}}, nil, 0},
		{"blanks", " a , b\n", [][]string{{" a ", " b"}}, nil, 0},
		{"mark", "\ufeff\"a\",b\n", [][]string{{"a", "b"}}, nil, 0},
		{"bare quote", "a,b\n1,x\"y\n", nil, errQuote, 2},
		{"blank before a quote", "a\n \"x\"\n", nil, errQuote, 2},
		{"text behind a quote", "a,b\n\n\"x\"y,1\n", nil, errQuote, 3},
		{"open quote", "a\n\"x\n\n", nil, errQuote, 2},
		{"return alone", "a,b\r1,2\r", nil, errReturn, 1},
		{"return behind a quote", "a\n\"x\"\ry\n", nil, errReturn, 2},
		{"too few", "a,b\n1\n", nil, errFields, 2},
		{"too many", "a,b\n1,2,3\n", nil, errFields, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ourRecords(strings.NewReader(tc.text), ',')
			var at *FileError
			switch {
			case tc.err == nil && err != nil, tc.err != nil && (!errors.Is(err, tc.err) || !errors.As(err, &at) || at.Line != tc.line):
				t.Fatalf("%q, %v", got, err)
			case tc.err == nil && !slices.EqualFunc(got, tc.rows, slices.Equal):
				t.Fatalf("%q, want %q", got, tc.rows)
			}
			compareCSV(t, tc.text, ',')
		})
	}
	for _, comma := range []rune{'"', '\n', '\r', 0xfffd, 0xd800} {
		if _, err := newCSVReader(strings.NewReader("a"), comma); !errors.Is(err, ErrUnsupported) {
			t.Errorf("delimiter %q: %v", comma, err)
		}
	}
}

// TestCSVReaderIsTheOther: random texts of the characters that matter are read as the
// reader of Go's library reads them, or are errors.
func TestCSVReaderIsTheOther(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 15))
	for _, comma := range []rune{',', ';', '\t', 'é', '¦'} {
		letters := []string{string(comma), string(comma), "\n", "\n", "\r\n", "\"", "\"", "a", "b ", "\"\"", "\r", "\xc3", "\xc2", "é"}
		for range 1000 {
			var b strings.Builder
			for range rng.IntN(14) {
				b.WriteString(letters[rng.IntN(len(letters))])
			}
			compareCSV(t, b.String(), comma)
		}
	}
}

// TestCSVBounds: what is too long is an error that says so, and the length of a file is
// no reason for one.
func TestCSVBounds(t *testing.T) {
	long := strings.Repeat("x", maxField)
	for _, tc := range []struct {
		name, text string
		err        error
	}{
		{"a field of 16 MiB", "a,b\n" + long + ",1\n", nil},
		{"one byte more", "a,b\n" + long + "x,1\n", errField},
		{"in quotes", "a,b\n\"" + long + "x\",1\n", errField},
		{"a quote that is not closed", "a,b\n\"" + long + strings.Repeat("\ny", 9), errField},
		{"names", "a," + long + "\n", errHeader},
		{"names that are many", strings.Repeat("ab,", maxHeader/2+2) + "\n", errHeader},
	} {
		_, err := ourRecords(strings.NewReader(tc.text), ',')
		if !errors.Is(err, tc.err) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// TestManyColumns: the time to open a file is linear in its columns.
func TestManyColumns(t *testing.T) {
	open := func(n int) time.Duration {
		var b strings.Builder
		for range 2 {
			for i := range n {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteString("c")
				b.WriteString(strings.Repeat("x", 3))
				for k := i; k > 0; k /= 10 {
					b.WriteByte(byte('0' + k%10))
				}
			}
			b.WriteByte('\n')
		}
		path := t.TempDir() + "/x.csv"
		if err := WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, b.String()); return err }); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		s, err := Open(t.Context(), []string{path}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		r, err := s.Reader(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Release()
		for r.Next() {
		}
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		return time.Since(start)
	}
	few, many := open(5_000), open(100_000)
	if many > 200*few+5*time.Second {
		t.Errorf("5,000 columns take %v, and 100,000 %v", few, many)
	}
}

func FuzzCSVReader(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\r\nb\",\"\"\"\"\r\n", "\ufeffa\n\n\"\n\"", "a\r", "a;b\n1;2"} {
		f.Add(s, ',')
		f.Add(s, ';')
	}
	f.Fuzz(func(t *testing.T, text string, comma rune) {
		if _, err := newCSVReader(strings.NewReader(text), comma); err != nil || comma <= 0 {
			return
		}
		compareCSV(t, text, comma)
	})
}

// TestFindDelimiter: what the first records have in common decides, and no name does.
func TestFindDelimiter(t *testing.T) {
	for _, tc := range []struct {
		text string
		want rune
	}{
		{"a,b\n1,2\n", ','}, {"a;b\n1;2\n", ';'}, {"a\tb\n1\t2\n", '\t'}, {"a|b\n1|2\n", '|'}, {"a\n1\n", 0}, {"", 0},
		{"a;b\n1,5;2,5\n", ';'}, {"a;b,c;d\n1;2;3\n", ';'}, {"a;b,c\n1;2\n", ';'}, {"\"a,b\";c\n1;2\n", ';'},
		{"a,b;c\n1,2;3\n", ','}, {"a,b;c;d\n1,2;3;4\n", ';'}, {"a;b\n\"1;2\n", 0},
		{"a;b\n" + strings.Repeat("1,0;2\n", 1<<18) + "x", ';'},
	} {
		path := t.TempDir() + "/x.csv"
		if err := WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, tc.text); return err }); err != nil {
			t.Fatal(err)
		}
		if got := FindDelimiter([]string{path}); got != tc.want {
			t.Errorf("%.20q: %q, want %q", tc.text, got, tc.want)
		}
	}
}
