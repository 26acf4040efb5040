package source

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// textKind is the form of a file of records with delimiters, as its name says.
type textKind struct {
	delimiter rune   // where the options name none
	packed    string // ".gz" or ".zst"; "" for none
}

// textKinds are the endings of names of such files.
var textKinds = func() map[string]textKind {
	kinds := map[string]textKind{}
	for _, packed := range []string{"", ".gz", ".zst"} {
		kinds[".csv"+packed] = textKind{0, packed}
		kinds[".txt"+packed] = textKind{0, packed}
		kinds[".tsv"+packed] = textKind{'\t', packed}
	}
	return kinds
}()

// extensionOf returns the ending of a name that says the format: both parts of .csv.gz.
func extensionOf(name string) string {
	name = strings.ToLower(name)
	last := filepath.Ext(name)
	if last != ".gz" && last != ".zst" {
		return last
	}
	return filepath.Ext(strings.TrimSuffix(name, last)) + last
}

// IsCSV reports whether [Open] reads a file of this name with [CSVOptions]: .csv, .tsv and
// .txt, also followed by .gz or .zst.
func IsCSV(name string) bool {
	_, ok := textKinds[extensionOf(name)]
	return ok
}

// errUnpack says that compressed data end too early, or are damaged.
var errUnpack = fmt.Errorf("%w: the compressed data are damaged, or end too early", ErrCorrupt)

// unpacked returns the contents of src, which is compressed as packed says, and a function
// that lets go of them. A window of zstd has at most limit bytes.
func unpacked(src io.Reader, packed string, limit int64) (io.Reader, func(), error) {
	if packed == "" {
		return src, func() {}, nil
	}
	u := &unpacker{src: &keeper{src: src}}
	done := func() {}
	var err error
	if packed == ".gz" {
		u.from, err = gzip.NewReader(u.src)
	} else {
		var d *zstd.Decoder
		d, err = zstd.NewReader(u.src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(uint64(max(limit, zstd.MinWindowSize))))
		if err == nil {
			u.from, done = d, d.Close
		}
	}
	if err != nil {
		return nil, nil, u.why(err)
	}
	return u, done, nil
}

// keeper keeps the error of a reader that is not its end.
type keeper struct {
	src io.Reader
	err error
}

// Read implements io.Reader.
func (k *keeper) Read(p []byte) (int, error) {
	n, err := k.src.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		k.err = err
	}
	return n, err
}

// unpacker is a reader of contents whose errors say whose fault they are.
type unpacker struct {
	src  *keeper
	from io.Reader
}

// Read implements io.Reader.
func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.from.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // an end within an error is no end
		err = u.why(err)
	}
	return n, err
}

// why is the reason of an error: the file that cannot be read, the memory, or the contents.
func (u *unpacker) why(err error) error {
	switch {
	case u.src.err != nil:
		return u.src.err
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return fmt.Errorf("%w: the window of its compression", ErrMemory)
	}
	return errUnpack
}
