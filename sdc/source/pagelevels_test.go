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
