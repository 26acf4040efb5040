package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encoding is the encoding of the texts of a CSV file. The zero value is UTF-8, and UTF-16
// where the file begins with a byte order mark of UTF-16.
type Encoding string

const (
	// EncodingUTF8 is UTF-8.
	EncodingUTF8 Encoding = "utf-8"
	// EncodingUTF16 is UTF-16 with a byte order mark.
	EncodingUTF16 Encoding = "utf-16"
	// EncodingLatin1 is ISO 8859-1. A control character from 80 to 9F is an error: such a
	// file is usually one of Windows-1252.
	EncodingLatin1 Encoding = "latin-1"
	// EncodingWindows1252 is the code page of Windows for western Europe. A byte that has no
	// character there is an error.
	EncodingWindows1252 Encoding = "windows-1252"
)

// Validate reports whether e is one of the encodings; "" is the default.
func (e Encoding) Validate() error {
	switch e {
	case "", EncodingUTF8, EncodingUTF16, EncodingLatin1, EncodingWindows1252:
		return nil
	}
	return fmt.Errorf("%w: the encoding is none of utf-8, utf-16, latin-1, windows-1252", ErrUnsupported)
}

// Reasons inside a *FileError for a text that is not of its encoding.
var (
	errNoByteOrder = fmt.Errorf("%w: a file of UTF-16 must begin with a byte order mark", ErrUnsupported)
	err16          = fmt.Errorf("%w: not UTF-16; write the file as UTF-8", ErrValue)
	err32          = fmt.Errorf("%w: the file is UTF-32; write the file as UTF-8", ErrUnsupported)
	errLatin1      = fmt.Errorf("%w: a control character, which files of latin-1 do not have: is the encoding windows-1252?", ErrValue)
	err1252        = fmt.Errorf("%w: a byte that windows-1252 has no character for: is the encoding utf-8?", ErrValue)
	errIs8         = fmt.Errorf("%w: all texts of the file are UTF-8, so that the declared encoding reads other texts than are meant: leave the encoding out", ErrValue)
)

// asUTF8 returns the text of src as UTF-8. A text that is not of the encoding is a
// *FileError of the returned reader, with the line. One name in two encodings is two persons:
// therefore no byte is replaced, and a file of UTF-8 that is declared as a code page is an
// error at its end.
func asUTF8(src io.Reader, e Encoding) (io.Reader, error) {
	if e == EncodingUTF8 {
		return src, nil
	}
	d := &transcoder{src: src, line: 1}
	switch e {
	case EncodingLatin1:
		d.step = (&codePage{page: charmap.ISO8859_1, none: errLatin1}).step
		return d, nil
	case EncodingWindows1252:
		d.step = (&codePage{page: charmap.Windows1252, none: err1252}).step
		return d, nil
	}
	mark := make([]byte, 4)
	n, err := io.ReadFull(src, mark)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	mark = mark[:n]
	rest := func(from int) io.Reader { return io.MultiReader(bytes.NewReader(mark[from:]), src) }
	switch {
	case bytes.Equal(mark, []byte{0xff, 0xfe, 0, 0}), bytes.Equal(mark, []byte{0, 0, 0xfe, 0xff}):
		return nil, err32
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe}):
		d.src, d.step = rest(2), func(in, out []byte, end bool) (int, []byte, error) { return step16(in, out, end, 0, 1) }
	case bytes.HasPrefix(mark, []byte{0xfe, 0xff}):
		d.src, d.step = rest(2), func(in, out []byte, end bool) (int, []byte, error) { return step16(in, out, end, 1, 0) }
	case e == EncodingUTF16:
		return nil, errNoByteOrder
	default:
		return rest(0), nil
	}
	return d, nil
}

// text returns the text of the bytes of a file, and a function that lets go of them.
func (k textKind) text(raw io.Reader, e Encoding, limit int64) (io.Reader, func(), error) {
	contents, done, err := unpacked(raw, k.packed, limit)
	if err != nil {
		return nil, nil, err
	}
	text, err := asUTF8(contents, e)
	if err != nil {
		done()
		return nil, nil, err
	}
	return text, done, nil
}

// transcoder is a reader of the text of src in UTF-8.
type transcoder struct {
	src io.Reader
	// step decodes the beginning of in, appends it to out, and returns how many bytes it has
	// used. The bytes that are left are the beginning of a character, which must not be so
	// at the end.
	step func(in, out []byte, end bool) (used int, text []byte, err error)
	in   []byte // read and not yet decoded
	out  []byte // decoded
	pos  int    // the first byte of out that was not handed out
	line int    // of the end of out
	err  error
}

// Read implements io.Reader.
func (d *transcoder) Read(p []byte) (int, error) {
	for d.pos == len(d.out) {
		if d.err != nil {
			return 0, d.err
		}
		d.more()
	}
	n := copy(p, d.out[d.pos:])
	d.pos += n
	return n, nil
}

// more decodes the next bytes of src.
func (d *transcoder) more() {
	const chunk = 1 << 15
	held := len(d.in)
	d.in = append(d.in, make([]byte, chunk)...)
	n, err := d.src.Read(d.in[held:])
	d.in = d.in[:held+n]
	used, text, wrong := d.step(d.in, d.out[:0], errors.Is(err, io.EOF))
	d.in = d.in[:copy(d.in, d.in[used:])]
	d.out, d.pos = text, 0
	d.line += bytes.Count(text, []byte{'\n'})
	switch {
	case wrong != nil:
		d.err = &FileError{Line: d.line, Err: wrong}
	default:
		d.err = err
	}
}

// codePage decodes texts in which every byte is a character.
type codePage struct {
	page *charmap.Charmap
	none error // of a byte that is no character
	utf8 utf8Seen
}

func (c *codePage) step(in, out []byte, end bool) (int, []byte, error) {
	c.utf8.look(in)
	for i, b := range in {
		if b < utf8.RuneSelf {
			out = append(out, b)
			continue
		}
		r := c.page.DecodeByte(b)
		if r == utf8.RuneError || r >= 0x80 && r < 0xa0 {
			return i, out, c.none
		}
		out = utf8.AppendRune(out, r)
	}
	if end && c.utf8.all() {
		return len(in), out, errIs8
	}
	return len(in), out, nil
}

// utf8Seen looks whether bytes are UTF-8.
type utf8Seen struct {
	part  []byte // the beginning of a character at the end of what was seen
	other bool   // something is not UTF-8
	some  bool   // some character has several bytes
}

func (s *utf8Seen) look(b []byte) {
	if s.other {
		return
	}
	for len(s.part) > 0 && len(b) > 0 {
		s.part, b = append(s.part, b[0]), b[1:]
		if utf8.FullRune(s.part) {
			s.add(s.part)
			s.part = s.part[:0]
		}
	}
	end := len(b)
	for k := 1; k < utf8.UTFMax && k <= len(b); k++ {
		if at := len(b) - k; utf8.RuneStart(b[at]) {
			if !utf8.FullRune(b[at:]) {
				end = at
			}
			break
		}
	}
	s.add(b[:end])
	s.part = append(s.part, b[end:]...)
}

func (s *utf8Seen) add(b []byte) {
	s.other = s.other || !utf8.Valid(b)
	s.some = s.some || !ascii(b)
}

// all reports whether all bytes are UTF-8, and some of them are no ASCII.
func (s *utf8Seen) all() bool { return !s.other && s.some && len(s.part) == 0 }

// step16 decodes UTF-16 whose units have their low byte at low and their high byte at high.
func step16(in, out []byte, end bool, low, high int) (int, []byte, error) {
	unit := func(at int) rune { return rune(in[at+low]) | rune(in[at+high])<<8 }
	at := 0
	for at+1 < len(in) {
		r, size := unit(at), 2
		if utf16.IsSurrogate(r) {
			if at+3 >= len(in) {
				break
			}
			if r, size = utf16.DecodeRune(r, unit(at+2)), 4; r == utf8.RuneError {
				return at, out, err16
			}
		}
		out = utf8.AppendRune(out, r)
		at += size
	}
	if end && at < len(in) {
		return at, out, err16
	}
	return at, out, nil
}
