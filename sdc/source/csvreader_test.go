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
	"unicode"
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
	text = strings.TrimPrefix(text, "\ufeff")
	if rest, ok := strings.CutPrefix(text, "sep="+string(comma)); ok && !unicode.IsLetter(comma) && !unicode.IsDigit(comma) && comma != ' ' {
		for _, end := range []string{"\r\n", "\n"} {
			if after, ok := strings.CutPrefix(rest, end); ok {
				text = after
				break
			}
		}
		if rest == "" || rest == "\r" {
			text = ""
		}
	}
	r := csv.NewReader(strings.NewReader(text))
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
	// The result is the same for any size of the pieces.
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

// TestCSVBounds: a field or record that is too long is an error that says so. The length
// of a file is no reason for an error.
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
		t.Run(tc.name, func(t *testing.T) {
			_, err := ourRecords(strings.NewReader(tc.text), ',')
			if !errors.Is(err, tc.err) {
				t.Errorf("%s: %v", tc.name, err)
			}
		})
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
	for _, s := range []string{"a,b\n1,2\n", "\"a\r\nb\",\"\"\"\"\r\n", "\ufeffa\n\n\"\n\"", "a\r", "a;b\n1;2", "sep=;\na;b\n1;2", "sep=,\r\na,b", "\ufeffsep=;", "sep=;;\n"} {
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

// TestDeclaredDelimiter: a first line sep=X is no record, and declares the delimiter. Any
// other line that begins with sep= is a record.
func TestDeclaredDelimiter(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		comma      rune // that was asked for
		want       [][]string
		says       string // of the error
	}{
		{"none was asked for", "sep=;\na;b\n1,5;2\n", 0, [][]string{{"a", "b"}, {"1,5", "2"}}, ""},
		{"the same was asked for", "sep=;\r\na;b\r\n", ';', [][]string{{"a", "b"}}, ""},
		{"a comma, and none was asked for", "sep=,\na,b\n", 0, [][]string{{"a", "b"}}, ""},
		{"a tab", "sep=\t\na\tb\n", 0, [][]string{{"a", "b"}}, ""},
		{"several bytes", "sep=¦\na¦b\n", 0, [][]string{{"a", "b"}}, ""},
		{"behind a mark of the byte order", "\ufeffsep=;\na;b\n", 0, [][]string{{"a", "b"}}, ""},
		{"nothing else", "sep=;", 0, nil, ""},
		{"an empty file of it", "sep=;\n", 0, nil, ""},
		{"another was asked for", "sep=;\na;b\n", ',', nil, "the line sep=; says that the delimiter is ';', and ',' was asked for"},
		{"more on the line", "sep=;x\n1;2\n", ';', [][]string{{"sep=", "x"}, {"1", "2"}}, ""},
		{"two delimiters", "sep=;;\n1;2;3\n", ';', [][]string{{"sep=", "", ""}, {"1", "2", "3"}}, ""},
		{"a letter", "sep=a\n1\n", ',', [][]string{{"sep=a"}, {"1"}}, ""},
		{"a digit", "sep=1\n1\n", ',', [][]string{{"sep=1"}, {"1"}}, ""},
		{"a blank", "sep= \n1\n", ',', [][]string{{"sep= "}, {"1"}}, ""},
		{"nothing", "sep=\n1\n", ',', [][]string{{"sep="}, {"1"}}, ""},
		{"in quotes", "\"sep=;\"\n1\n", ';', [][]string{{"sep=;"}, {"1"}}, ""},
		{"capitals", "SEP=;\n1;2\n", ';', [][]string{{"SEP=", ""}, {"1", "2"}}, ""},
		{"in the second line", "a;b\nsep=;\n", ';', [][]string{{"a", "b"}, {"sep=", ""}}, ""},
		{"a return alone", "sep=;\ra;b\n", ';', nil, "carriage return"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ourRecords(iotest.OneByteReader(strings.NewReader(tc.text)), tc.comma)
			if (err == nil) != (tc.says == "") || err != nil && !strings.Contains(err.Error(), tc.says) || !slices.EqualFunc(got, tc.want, slices.Equal) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// TestUnnamedColumns: columns without a name, or with the name of another, may stay
// unread. A column that is read must have a name of its own.
func TestUnnamedColumns(t *testing.T) {
	for _, tc := range []struct {
		name, head string
		columns    []string // nil for all
		says       string   // of the error
	}{
		{"others have one name", "a,x,x,b", []string{"b", "a"}, ""},
		{"others have no name", "a,,,b,", []string{"b", "a"}, ""},
		{"one of two of that name", "a,x,x,b", []string{"a", "x"}, `column "x": 2 columns have this name: give each column that is read a name of its own`},
		{"one of three", "x,x,x,b", []string{"x"}, "3 columns have this name"},
		{"all", "a,x,x,b", nil, "2 columns have this name"},
		{"all, and one has no name", "a,,b", nil, "a column has no name: give it one, or leave it out of the file"},
		{"one that does not exist", "Jansen,,Emmen", []string{"plaats"}, "the file has 3 columns, whose names are not shown: some have no name or that of another"},
		{"one that does not exist, beside two of one name", "Jansen,1,1", []string{"plaats"}, "whose names are not shown"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := t.TempDir() + "/x.csv"
			text := tc.head + "\n1,2,3" + strings.Repeat(",4", strings.Count(tc.head, ",")-2) + "\n"
			if err := WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), []string{path}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close() //nolint:errcheck // read only
			r, err := s.Reader(t.Context(), tc.columns)
			if tc.says != "" {
				if !errors.Is(err, ErrNoColumn) || errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "Jansen") {
					t.Fatal(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer r.Release()
			if !r.Next() || r.Record().NumRows() != 1 {
				t.Fatal(r.Err())
			}
			for i, want := range []string{map[int]string{2: "3", 3: "4", 4: "4"}[strings.Count(tc.head, ",")], "1"} {
				if got := r.Record().Column(i).ValueStr(0); got != want {
					t.Errorf("column %d: %q, want %q", i, got, want)
				}
			}
		})
	}
}

// TestFindDelimiter: the number of fields of the first records decides; names have no
// effect.
func TestFindDelimiter(t *testing.T) {
	for _, tc := range []struct {
		text string
		want rune
	}{
		{"a,b\n1,2\n", ','}, {"a;b\n1;2\n", ';'}, {"a\tb\n1\t2\n", '\t'}, {"a|b\n1|2\n", '|'}, {"a\n1\n", 0}, {"", 0},
		{"a;b\n1,5;2,5\n", ';'}, {"a;b,c;d\n1;2;3\n", ';'}, {"a;b,c\n1;2\n", ';'}, {"\"a,b\";c\n1;2\n", ';'},
		{"a,b;c\n1,2;3\n", ','}, {"a,b;c;d\n1,2;3;4\n", ';'}, {"a;b\n\"1;2\n", 0},
		{"sep=;\na;b\n1;2\n", ';'}, {"sep=;\na,b;c\n1,2;3\n", ';'}, {"sep=#\na#b\n1#2\n", 0}, {"sep=;\na\n1\n", 0},
		{"a;b\n" + strings.Repeat("1,0;2\n", 1<<18) + "x", ';'},
	} {
		t.Run(tc.text, func(t *testing.T) {
			path := t.TempDir() + "/x.csv"
			if err := WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, tc.text); return err }); err != nil {
				t.Fatal(err)
			}
			if got := FindDelimiter([]string{path}); got != tc.want {
				t.Errorf("%.20q: %q, want %q", tc.text, got, tc.want)
			}
		})
	}
}
