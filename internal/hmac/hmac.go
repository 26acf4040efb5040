package hmac

import (
	"crypto/sha256"
	"encoding/binary"
)

// Size is the length of a sum in bytes.
const Size = 32

// block is the length of a SHA-256 block, and short the longest message that
// fits one with its padding.
const (
	block = 64
	short = block - 9
)

// state is a SHA-256 chaining value.
type state [8]uint32

var initial = state{
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
}

// Key is a key with its two key-dependent blocks hashed. A Key is as secret as the key.
// It is safe for concurrent use until it is wiped, where each goroutine has a [Scratch]
// of its own.
type Key struct{ inner, outer state }

// New hashes the key's blocks (FIPS 198-1, steps 1 to 3 and 5). A key longer
// than a block is hashed first.
func New(key []byte) *Key {
	var pad [block]byte
	if len(key) > block {
		sum := sha256.Sum256(key)
		copy(pad[:], sum[:])
	} else {
		copy(pad[:], key)
	}
	k := &Key{inner: initial, outer: initial}
	for i := range pad {
		pad[i] ^= 0x36
	}
	compress(&k.inner, &pad)
	for i := range pad {
		pad[i] ^= 0x36 ^ 0x5c
	}
	compress(&k.outer, &pad)
	clear(pad[:])
	return k
}

// Wipe overwrites the hashed blocks with zeros. Sums made afterwards are
// worthless; callers must not make any.
func (k *Key) Wipe() { *k = Key{} }

// Scratch is the working memory of one goroutine: it holds blocks of messages
// between calls, and [Scratch.Wipe] clears them.
type Scratch struct {
	a, b   [block]byte
	sa, sb state
}

// Wipe clears the scratch.
func (s *Scratch) Wipe() { *s = Scratch{} }

// Sum writes the HMAC of msg to dst. Sum allocates nothing.
func (k *Key) Sum(s *Scratch, dst *[Size]byte, msg []byte) {
	s.sa = k.inner
	total := uint64(block + len(msg))
	for len(msg) > short {
		if len(msg) < block {
			// The padding does not fit: the message ends in this block, its
			// length in the next.
			n := copy(s.a[:], msg)
			s.a[n] = 0x80
			clear(s.a[n+1:])
			compress(&s.sa, &s.a)
			clear(s.a[:block-8])
			binary.BigEndian.PutUint64(s.a[block-8:], 8*total)
			compress(&s.sa, &s.a)
			k.finish(s, dst)
			return
		}
		copy(s.a[:], msg)
		compress(&s.sa, &s.a)
		msg = msg[block:]
	}
	pad(&s.a, msg, total)
	compress(&s.sa, &s.a)
	k.finish(s, dst)
}

// finish hashes the inner sum in s.sa under the outer key.
func (k *Key) finish(s *Scratch, dst *[Size]byte) {
	outerBlock(&s.a, &s.sa)
	s.sa = k.outer
	compress(&s.sa, &s.a)
	put(dst, &s.sa)
}

// Sum2 writes the HMACs of two messages, interleaved where both are short. Sum2 allocates
// nothing.
func (k *Key) Sum2(s *Scratch, dst0, dst1 *[Size]byte, msg0, msg1 []byte) {
	if len(msg0) > short || len(msg1) > short {
		k.Sum(s, dst0, msg0)
		k.Sum(s, dst1, msg1)
		return
	}
	pad(&s.a, msg0, uint64(block+len(msg0)))
	pad(&s.b, msg1, uint64(block+len(msg1)))
	s.sa, s.sb = k.inner, k.inner
	compress2(&s.sa, &s.sb, &s.a, &s.b)
	outerBlock(&s.a, &s.sa)
	outerBlock(&s.b, &s.sb)
	s.sa, s.sb = k.outer, k.outer
	compress2(&s.sa, &s.sb, &s.a, &s.b)
	put(dst0, &s.sa)
	put(dst1, &s.sb)
}

// pad fills the last block of a message: its tail, a one bit, zeros, and the
// length in bits of the total.
func pad(b *[block]byte, tail []byte, total uint64) {
	n := copy(b[:short], tail)
	b[n] = 0x80
	clear(b[n+1 : block-8])
	binary.BigEndian.PutUint64(b[block-8:], 8*total)
}

// outerBlock fills the block of an inner sum: 32 bytes after the outer key.
func outerBlock(b *[block]byte, sum *state) {
	for i, w := range sum {
		binary.BigEndian.PutUint32(b[4*i:], w)
	}
	b[32] = 0x80
	clear(b[33 : block-8])
	binary.BigEndian.PutUint64(b[block-8:], 8*(block+Size))
}

func put(dst *[Size]byte, sum *state) {
	for i, w := range sum {
		binary.BigEndian.PutUint32(dst[4*i:], w)
	}
}
