package source

import (
	"bytes"
	"errors"
	"testing"

	"github.com/apache/arrow/go/v15/parquet/compress"
)

// TestLevelsOfPages: the levels of a page of version 2 lie before its values and are not
// compressed. They are no longer than the page, compressed or not, and there are none of
// repeated values.
func TestLevelsOfPages(t *testing.T) {
	values := bytes.Repeat([]byte{7, 0, 0, 0}, 5)
	levels := []byte{10, 1} // five times 1
	codec, err := compress.GetCodec(compress.Codecs.Snappy)
	if err != nil {
		t.Fatal(err)
	}
	body := codec.Encode(nil, values)
	page := append(bytes.Clone(levels), body...)
	whole, plain := int32(len(page)), int32(len(levels)+len(values))
	decode, err := decoder(codecSnappy)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name   string
		header pageHeader
		want   error
	}{
		{"as it was written", pageHeader{compressed: whole, uncompressed: plain, levels: 2}, nil},
		{"longer than the page", pageHeader{compressed: whole, uncompressed: whole + 100, levels: whole + 1}, ErrCorrupt},
		{"longer than the page says that it is", pageHeader{compressed: whole, uncompressed: 1, levels: 2}, ErrCorrupt},
		{"levels of repetition", pageHeader{compressed: whole, uncompressed: plain, levels: 2, reps: 1}, ErrCorrupt},
		{"of another length", pageHeader{compressed: whole, uncompressed: plain + 1, levels: 2}, ErrCorrupt},
		{"not compressed, of two lengths", pageHeader{compressed: whole, uncompressed: plain, levels: 2, stored: true}, ErrCorrupt},
	} {
		t.Run(x.name, func(t *testing.T) {
			x.header.version, x.header.values = 2, 5
			p := &chunkPages{f: bytes.NewReader(page), meta: &columnChunk{}, decode: decode, nullable: true, spare: &recycler{}, room: &limited{limit: 1 << 20}}
			if err := p.read(0, &x.header); !errors.Is(err, x.want) {
				t.Fatal(err)
			}
			if x.want != nil {
				return
			}
			if !bytes.Equal(p.page[p.from:p.to], values) {
				t.Errorf("values %v", p.page[p.from:p.to])
			}
			if _, n, err := p.valid(5); n != 5 || err != nil {
				t.Errorf("%d values of five rows, %v", n, err)
			}
		})
	}
}

// TestDictionaryPage: a column chunk has one dictionary page, before its data pages, which
// is large enough for its values.
func TestDictionaryPage(t *testing.T) {
	values := []byte{7, 0, 0, 0, 8, 0, 0, 0}
	for _, x := range []struct {
		name   string
		values int32
		seen   bool // a dictionary page was read before
		number int  // of data pages that were read before
		want   error
	}{
		{"the first page", 2, false, 0, nil},
		{"a second dictionary page", 2, true, 0, ErrCorrupt},
		{"behind a data page", 2, false, 1, ErrCorrupt},
		{"more values than bytes for them", 3, false, 0, ErrCorrupt},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := &chunkPages{f: bytes.NewReader(values), meta: &columnChunk{physical: physInt32}, spare: &recycler{}, room: &limited{limit: 1 << 20},
				dictSeen: x.seen, number: x.number}
			h := pageHeader{dictionary: true, values: x.values, compressed: 8, uncompressed: 8}
			if err := p.readDictionary(0, &h); !errors.Is(err, x.want) {
				t.Fatal(err)
			}
			if x.want == nil && (p.entries != 2 || !bytes.Equal(p.dict, values)) {
				t.Errorf("%d entries, %v", p.entries, p.dict)
			}
		})
	}
}
