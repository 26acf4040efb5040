package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Codecs of Parquet.
const (
	codecNone   = 0
	codecSnappy = 1
	codecGzip   = 2
	codecBrotli = 4
	codecLZ4    = 5 // with lengths before each block, as Hadoop does
	codecZstd   = 6
	codecLZ4Raw = 7
)

var codecNames = []string{"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"}

// nameOf is the name of an enumeration's value, or its number.
func nameOf(names []string, i int32) string {
	if i >= 0 && int(i) < len(names) && names[i] != "" {
		return names[i]
	}
	return fmt.Sprint("number ", i)
}

// decoder returns the function that decompresses a page, and reports whether it has
// filled dst.
func decoder(codec int32) (func(dst, src []byte) bool, error) {
	switch codec {
	case codecNone:
		return nil, nil
	case codecSnappy, codecGzip, codecBrotli:
		// arrow numbers the codecs as Parquet does.
		c, err := compress.GetCodec(compress.Compression(codec))
		if err != nil {
			break
		}
		if codec == codecSnappy {
			return func(dst, src []byte) bool {
				// The decoder allocates the length that the text gives.
				n, k := binary.Uvarint(src)
				return k > 0 && n == uint64(len(dst)) && len(c.Decode(dst[:len(dst):len(dst)], src)) == len(dst)
			}, nil
		}
		return func(dst, src []byte) bool { return streamed(c, dst, src) }, nil
	case codecZstd:
		return func(dst, src []byte) bool {
			got, err := zstdDecoder().DecodeAll(src, dst[:0:len(dst)])
			return err == nil && len(got) == len(dst)
		}, nil
	case codecLZ4Raw:
		return lz4Block, nil
	case codecLZ4:
		return lz4Hadoop, nil
	}
	return nil, fmt.Errorf("%w: compression %s; write the file with SNAPPY or ZSTD", ErrUnsupported, nameOf(codecNames, codec))
}

// zstdDecoder decodes frames into the given memory, and into no more. Where a frame has a
// checksum, the decoder checks it.
var zstdDecoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderConcurrency(0))
	if err != nil {
		panic(err) // of the options alone
	}
	return d
})

// streamed decompresses to the end, because the checksum of gzip follows the content.
// Content beyond dst is an error. A decoder may panic; guard catches the panic.
func streamed(c compress.Codec, dst, src []byte) bool {
	r := c.NewReader(bytes.NewReader(src))
	defer r.Close() //nolint:errcheck // read to its end, or refused
	if _, err := io.ReadFull(r, dst); err != nil {
		return false
	}
	var more [1]byte
	n, err := io.ReadFull(r, more[:])
	return n == 0 && errors.Is(err, io.EOF)
}

func lz4Block(dst, src []byte) bool {
	n, err := lz4.UncompressBlock(src, dst)
	return err == nil && n == len(dst)
}

// lz4Hadoop reads blocks that follow their lengths: uncompressed and compressed, both
// big endian. Some writers wrote bare blocks under this codec.
func lz4Hadoop(dst, src []byte) bool {
	whole, from := dst, src
	for len(dst) > 0 && len(src) >= 8 {
		n, k := uint64(binary.BigEndian.Uint32(src)), uint64(binary.BigEndian.Uint32(src[4:]))
		if n > uint64(len(dst)) || k > uint64(len(src)-8) || !lz4Block(dst[:n], src[8:8+k]) {
			return lz4Block(whole, from)
		}
		dst, src = dst[n:], src[8+k:]
	}
	if len(dst) == 0 && len(src) == 0 {
		return true
	}
	return lz4Block(whole, from)
}
