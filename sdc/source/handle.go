package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/maphash"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/files"
)

// ErrChanged says that a file was written to while it was read.
var ErrChanged = errors.New("file has changed while it was read")

// ErrHash says that the SHA-256 of a file is not the expected one.
var ErrHash = errors.New("SHA-256 is not the one that was given")

// blockSize is the size of the blocks that the digests of a handle cover.
const blockSize = 1 << 16

// handle is an open file that reads the same every time. The first reading of a block, by
// any reader, stores a digest of the block. Every later reading compares the block with
// the digest. Therefore the hashed bytes are the decoded bytes, and the bytes of the
// first pass over a CSV file are those of the second. This holds even where the file is
// overwritten in between and its times are set back, or another file is put under its
// name.
//
// Digests are 64 bits, under a key that is drawn for the handle and never shown. A
// changed block is not noticed with probability 2^-64.
type handle struct {
	f    opened
	name string
	info os.FileInfo // when it was opened
	size int64
	seed maphash.Seed
	seen []atomic.Uint64 // of each block; 0 before its first reading
	// changed stays true once a block was seen to have changed: decoders need not
	// hand the error on.
	changed atomic.Bool
	sum     string // SHA-256 in hexadecimal, once known
	want    string // what sum must be, "" for any
}

// opened is the input of a handle: a file, or an upload.
type opened interface {
	io.ReaderAt
	io.Closer
	Stat() (os.FileInfo, error)
}

func openHandle(name string) (*handle, error) {
	f, err := files.Open(name)
	if errors.Is(err, files.ErrKind) {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, plain(err))
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return newHandle(f, name, info), nil
}

func newHandle(f opened, name string, info os.FileInfo) *handle {
	h := &handle{f: f, name: name, info: info, size: info.Size(), seed: maphash.MakeSeed()}
	h.seen = make([]atomic.Uint64, (h.size+blockSize-1)/blockSize)
	return h
}

func (h *handle) close() error { return h.f.Close() }

// check holds a block against its digest, or fixes the digest.
func (h *handle) check(block int64, b []byte) error {
	d := max(maphash.Bytes(h.seed, b), 1)
	if !h.seen[block].CompareAndSwap(0, d) && h.seen[block].Load() != d {
		h.changed.Store(true)
		return ErrChanged
	}
	return nil
}

// length is the number of bytes of a block: the last may be short.
func (h *handle) length(block int64) int { return int(min(blockSize, h.size-block*blockSize)) }

// load reads a block into buf, which has room for one.
func (h *handle) load(block int64, buf []byte) ([]byte, error) {
	b := buf[:h.length(block)]
	if n, err := h.f.ReadAt(b, block*blockSize); n < len(b) {
		if errors.Is(err, io.EOF) {
			h.changed.Store(true) // it has become shorter
			return nil, ErrChanged
		}
		return nil, err
	}
	return b, h.check(block, b)
}

var blocks = sync.Pool{New: func() any { return newCursor(nil) }}

// ReadAt implements io.ReaderAt. It reads whole blocks. A [cursor] avoids reading the
// blocks at the edges again when reading continues at the last position.
func (h *handle) ReadAt(p []byte, off int64) (int, error) {
	c := blocks.Get().(*cursor)
	c.h, c.block = h, -1
	n, err := c.ReadAt(p, off)
	c.h = nil
	blocks.Put(c)
	return n, err
}

// cursor reads from a handle and keeps the last block that was needed in part. A cursor
// is for one goroutine.
type cursor struct {
	h     *handle
	buf   []byte
	block int64 // in buf; -1 for none
}

func newCursor(h *handle) *cursor { return &cursor{h: h, block: -1} }

// ReadAt implements io.ReaderAt.
func (c *cursor) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > c.h.size {
		return 0, io.EOF
	}
	want := len(p)
	p = p[:min(int64(want), c.h.size-off)]
	done := 0
	for done < len(p) {
		at := off + int64(done)
		block, from := at/blockSize, int(at%blockSize)
		if from == 0 && len(p)-done >= c.h.length(block) && block != c.block {
			n, err := c.whole(block, p[done:])
			if err != nil {
				return done, err
			}
			done += n
			continue
		}
		if block != c.block {
			c.block = -1
			c.buf = sized(c.buf, c.h.length(block))
			if _, err := c.h.load(block, c.buf); err != nil {
				return done, err
			}
			c.block = block
		}
		done += copy(p[done:], c.buf[from:c.h.length(block)])
	}
	if done < want {
		return done, io.EOF
	}
	return done, nil
}

// whole reads as many whole blocks as p has room for, in one go.
func (c *cursor) whole(block int64, p []byte) (int, error) {
	n := len(p)
	if block*blockSize+int64(n) < c.h.size {
		n -= n % blockSize
	}
	if got, err := c.h.f.ReadAt(p[:n], block*blockSize); got < n {
		if errors.Is(err, io.EOF) {
			c.h.changed.Store(true)
			return 0, ErrChanged
		}
		return 0, err
	}
	for at := 0; at < n; at += blockSize {
		if err := c.h.check(block, p[at:min(at+blockSize, n)]); err != nil {
			return 0, err
		}
		block++
	}
	return n, nil
}

// hash reads the file and returns its SHA-256, unless a pass over it has found
// it already.
func (h *handle) hash(ctx context.Context) (string, error) {
	if h.sum != "" {
		return h.sum, nil
	}
	sum, buf := sha256.New(), make([]byte, 1<<20)
	c := newCursor(h)
	for at := int64(0); at < h.size; at += int64(len(buf)) {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := c.ReadAt(buf, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		sum.Write(buf[:n])
	}
	return h.sealed(sum)
}

// sealed returns the sum of all bytes, if there are no more of them and the file
// is as it was when it was opened.
func (h *handle) sealed(sum hash.Hash) (string, error) {
	if h.want != "" {
		if hex.EncodeToString(sum.Sum(nil)) != h.want {
			h.changed.Store(true)
			return "", ErrChanged
		}
		h.sum = h.want
		return h.sum, nil
	}
	info, err := h.f.Stat()
	if err != nil {
		return "", err
	}
	if info.Size() != h.size || !info.ModTime().Equal(h.info.ModTime()) {
		h.changed.Store(true)
		return "", ErrChanged
	}
	h.sum = hex.EncodeToString(sum.Sum(nil))
	return h.sum, nil
}
