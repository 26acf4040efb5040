package source

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// ErrCopy says that two files are the same, byte for byte.
var ErrCopy = errors.New("the file is a copy of another, so that its rows would count twice")

// glance is a quick fingerprint of a file: the length, and a digest of the first, the
// middle and the last block. Files of equal content have equal glances; few other files
// do.
type glance struct {
	size int64
	sum  [sha256.Size]byte
}

func (h *handle) glance() (glance, error) {
	g := glance{size: h.size}
	sum, buf := sha256.New(), make([]byte, blockSize)
	c := newCursor(h)
	for _, at := range []int64{0, h.size / 2 / blockSize * blockSize, max(0, (h.size-1)/blockSize*blockSize)} {
		n, err := c.ReadAt(buf, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return g, err
		}
		sum.Write(buf[:n])
	}
	sum.Sum(g.sum[:0])
	return g, nil
}

// noCopies looks for files of equal SHA-256. Files without rows may be equal. It reads
// only files with equal glances, so few files are read twice. It is part of Open: the
// rows of a copy must not be counted by a reader.
func (s *Source) noCopies(ctx context.Context) error {
	if s.opts.Copies {
		return nil
	}
	sizes := map[int64]int{}
	for _, h := range s.handles {
		sizes[h.size]++
	}
	first := map[glance][]int{}
	for i, h := range s.handles {
		if n, known := s.files[i].rows(); known && n == 0 || sizes[h.size] < 2 {
			continue
		}
		g, err := h.glance()
		if err != nil {
			return s.fail(i, err)
		}
		for _, k := range first[g] {
			a, err := s.handles[k].hash(ctx)
			if err != nil {
				return s.fail(k, err)
			}
			b, err := h.hash(ctx)
			if err != nil {
				return s.fail(i, err)
			}
			if a == b {
				return &FileError{File: s.infos[i].Name, Err: fmt.Errorf("%w: leave out %s or this one, or say data.copies: allowed in the spec if both are meant", ErrCopy, s.infos[k].Name)}
			}
		}
		first[g] = append(first[g], i)
	}
	return nil
}
