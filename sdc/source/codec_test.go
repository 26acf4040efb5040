package source

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/klauspost/compress/zstd"
)

// allocated returns the memory that a call allocates.
func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// decoded decompresses a page, and reports whether it became dst.
func decoded(t *testing.T, codec int32, dst, page []byte) bool {
	t.Helper()
	decode, err := decoder(codec)
	if err != nil {
		t.Fatal(err)
	}
	ok, _ := guard(func() (bool, error) { return decode(dst, page), nil })
	return ok
}

// TestPageLengths: a page becomes as many bytes as its header says, or none.
func TestPageLengths(t *testing.T) {
	text := bytes.Repeat([]byte("some text, "), 1000)
	for codec, name := range codecNames {
		switch codec {
		case codecNone, 3, codecLZ4, codecLZ4Raw:
			continue // not compressed, LZO; LZ4 has a test with files of others
		}
		c, err := compress.GetCodec(compress.Compression(codec))
		if err != nil {
			t.Fatal(err)
		}
		page := c.Encode(make([]byte, 0, c.CompressBound(int64(len(text)))), text)
		for _, tc := range []struct {
			what string
			n    int
			page []byte
			want bool
		}{
			{"as it says", len(text), page, true},
			{"one byte less", len(text) - 1, page, false},
			{"one byte more", len(text) + 1, page, false},
			{"cut", len(text), page[:len(page)-1], false},
			{"nothing", len(text), nil, false},
		} {
			t.Run(fmt.Sprint(name, ", ", tc.what), func(t *testing.T) {
				dst := make([]byte, tc.n)
				if ok := decoded(t, int32(codec), dst, tc.page); ok != tc.want || ok && !bytes.Equal(dst, text) {
					t.Errorf("%t", ok)
				}
			})
		}
	}
}

// TestChecksumsOfCodecs: gzip and Zstandard have checksums of their own. A byte that
// they cover is not read as another.
func TestChecksumsOfCodecs(t *testing.T) {
	text := []byte("the codes 0123456789 stand in the file as they are")
	var stored bytes.Buffer
	w, err := gzip.NewWriterLevel(&stored, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(true), zstd.WithNoEntropyCompression(true), zstd.WithAllLitEntropyCompression(false))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		codec int32
		page  []byte
	}{
		{"gzip", codecGzip, stored.Bytes()},
		{"zstd", codecZstd, z.EncodeAll(text, nil)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			at := bytes.Index(tc.page, []byte("0123456789"))
			dst := make([]byte, len(text))
			if at < 0 || !decoded(t, tc.codec, dst, tc.page) || !bytes.Equal(dst, text) {
				t.Fatal("the page is not read as it was written")
			}
			for i := range 10 {
				page := bytes.Clone(tc.page)
				page[at+i] ^= 1
				if decoded(t, tc.codec, dst, page) {
					t.Errorf("digit %d: another is read", i)
				}
			}
		})
	}
}

// TestZstdPages: for any sizes in the frames of a page, no more memory is allocated.
func TestZstdPages(t *testing.T) {
	frame := func(n int) []byte {
		w, err := zstd.NewWriter(nil)
		if err != nil {
			t.Fatal(err)
		}
		return w.EncodeAll(make([]byte, n), nil)
	}
	unsized := func(n int) []byte { // the length is not in the frame
		var b bytes.Buffer
		w, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		for range n >> 10 {
			if _, err := w.Write(make([]byte, 1<<10)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	const size = 1 << 20
	for _, tc := range []struct {
		name string
		page []byte
		want bool
	}{
		{"one frame", frame(size), true},
		{"a frame without its length", unsized(size), true},
		{"two frames", append(frame(size/2), frame(size/2)...), true},
		{"another frame behind", append(frame(size), frame(64<<20)...), false},
		{"a frame without its length, too long", unsized(64 << 20), false},
		{"a frame that is too short", frame(size - 1), false},
		{"no frame", []byte("no frame"), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dst := make([]byte, size)
			decoded(t, codecZstd, dst, frame(size)) // the decoder has its memory
			var ok bool
			got := allocated(func() { ok = decoded(t, codecZstd, dst, tc.page) })
			if ok != tc.want || got > 16<<20 {
				t.Errorf("%t after %d bytes", ok, got)
			}
		})
	}
}
