package source

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// TestEncodingAgainstText: random texts, written by golang.org/x/text and handed out in
// pieces of many lengths, are the same texts again.
func TestEncodingAgainstText(t *testing.T) {
	utf16 := func(e unicode.Endianness) encoding.Encoding { return unicode.UTF16(e, unicode.UseBOM) }
	for _, tc := range []struct {
		name    string
		is      Encoding
		writer  encoding.Encoding
		letters string
	}{
		{"latin-1", EncodingLatin1, charmap.ISO8859_1, "ab,\n\"ëéÿ£ß"},
		{"windows-1252", EncodingWindows1252, charmap.Windows1252, "ab,\n\"ëé€Žœ™"},
		{"utf-16, little end first", EncodingUTF16, utf16(unicode.LittleEndian), "ab,\n\"ëł€日𝄞"},
		{"utf-16, big end first", EncodingUTF16, utf16(unicode.BigEndian), "ab,\n\"ëł€日𝄞"},
		{"utf-16 that nobody named", "", utf16(unicode.BigEndian), "ab,\n\"ëł€日𝄞"},
		{"utf-8", EncodingUTF8, encoding.Nop, "ab,\n\"ëł€日𝄞"},
		{"utf-8 that nobody named", "", encoding.Nop, "ab,\n\"ëł€日𝄞"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(16, 1252))
			letters := []rune(tc.letters)
			for range 60 {
				var text strings.Builder
				text.WriteString("é,") // some character is no UTF-8 of a code page
				for range r.IntN(1 << r.IntN(18)) {
					text.WriteRune(letters[r.IntN(len(letters))])
				}
				raw, err := tc.writer.NewEncoder().String(text.String())
				if err != nil {
					t.Fatal(err)
				}
				var src io.Reader = strings.NewReader(raw)
				switch r.IntN(4) {
				case 0:
					src = iotest.HalfReader(src)
				case 1:
					src = iotest.DataErrReader(src)
				case 2:
					src = io.MultiReader(io.LimitReader(src, r.Int64N(100)), iotest.OneByteReader(io.LimitReader(src, r.Int64N(100))), src)
				}
				in, err := asUTF8(src, tc.is)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(in)
				if err != nil || string(got) != text.String() {
					t.Fatalf("a text of %d bytes came back as %d bytes, error %v", text.Len(), len(got), err)
				}
			}
		})
	}
}

func TestEncodingErrors(t *testing.T) {
	for _, tc := range []struct {
		name, raw string
		is        Encoding
		line      int // 0: the error names none
		want      error
	}{
		{"windows-1252 in a file of latin-1", "a\nb\x80", EncodingLatin1, 2, errLatin1},
		{"the first and the last control character", "a\n\nb\x9f", EncodingLatin1, 3, errLatin1},
		{"no character of windows-1252", "a\nb\x81", EncodingWindows1252, 2, err1252},
		{"the others without a character", "\xe9\x9d", EncodingWindows1252, 1, err1252},
		{"utf-8 that is called latin-1", "a\né\n", EncodingLatin1, 3, errIs8},
		{"utf-8 with a mark that is called windows-1252", "\ufeffa\nb\n", EncodingWindows1252, 3, errIs8},
		{"utf-16 without a mark", "a\x00b\x00", EncodingUTF16, 0, errNoByteOrder},
		{"a file of one byte as utf-16", "a", EncodingUTF16, 0, errNoByteOrder},
		{"an empty file as utf-16", "", EncodingUTF16, 0, errNoByteOrder},
		{"utf-32", "\xff\xfe\x00\x00a\x00\x00\x00", "", 0, err32},
		{"half a unit", "\xff\xfea\x00\n\x00b", "", 2, err16},
		{"half a pair at the end", "\xff\xfe\x34\xd8", "", 1, err16},
		{"a pair that begins with its second half", "\xff\xfe\x1e\xdd\x34\xd8", "", 1, err16},
		{"half a pair before a letter", "\xfe\xff\xd8\x34\x00a", "", 1, err16},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in, err := asUTF8(strings.NewReader(tc.raw), tc.is)
			if err == nil {
				_, err = io.ReadAll(in)
			}
			if !errors.Is(err, tc.want) {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
			line := 0
			if e := (*FileError)(nil); errors.As(err, &e) {
				line = e.Line
			}
			if line != tc.line {
				t.Errorf("the error names line %d, not %d", line, tc.line)
			}
		})
	}
	for _, fine := range []string{"plain", "", "one \xe9"} { // all ASCII is UTF-8 and latin-1
		in, err := asUTF8(strings.NewReader(fine), EncodingLatin1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(in); err != nil {
			t.Errorf("%d bytes: %v", len(fine), err)
		}
	}
	broken := errors.New("the disk")
	in, err := asUTF8(io.MultiReader(strings.NewReader("\xff\xfea\x00b\x00"), iotest.ErrReader(broken)), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(in); !errors.Is(err, broken) {
		t.Errorf("the error of a file is %v", err)
	}
}

// TestUTF8Seen: whether bytes are UTF-8 does not depend on the pieces they come in.
func TestUTF8Seen(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	parts := []string{"a", "é", "日", "𝄞", "\xe9", "\xe6\x97", "\xf0\x9d\x84", "\x80", "\xff"}
	yes := 0
	for range 20_000 {
		var b []byte
		for range r.IntN(6) {
			k := r.IntN(len(parts))
			if r.IntN(3) > 0 {
				k %= 4
			}
			b = append(b, parts[k]...)
		}
		var s utf8Seen
		for rest := b; len(rest) > 0; {
			n := 1 + r.IntN(len(rest))
			s.look(rest[:n])
			rest = rest[n:]
		}
		want := bytes.Equal(bytes.ToValidUTF8(b, nil), b) && len(bytes.Trim(b, "a")) > 0
		if s.all() != want {
			t.Fatalf("%q: %v", b, s.all())
		}
		if want {
			yes++
		}
	}
	if yes < 1000 {
		t.Errorf("only %d of the texts were UTF-8", yes)
	}
}
