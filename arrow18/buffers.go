package arrow18

import (
	memory15 "github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/apache/arrow-go/v18/arrow/memory"
)

// hold is the allocator of a buffer of Arrow 15 that shares the bytes of a buffer of Arrow
// 18. Freeing the one releases the other.
type hold struct{ of *memory.Buffer }

// Allocate is never called.
func (hold) Allocate(int) []byte { panic("arrow18: a shared buffer does not grow") }

// Reallocate is never called.
func (hold) Reallocate(_ int, _ []byte) []byte { panic("arrow18: a shared buffer does not grow") }

// Free releases the buffer that is shared.
func (h hold) Free([]byte) { h.of.Release() }

// share returns a buffer with the bytes of b, which it holds until it is released.
func share(b *memory.Buffer) *memory15.Buffer {
	if b == nil {
		return nil
	}
	b.Retain()
	return memory15.NewBufferWithAllocator(b.Bytes(), hold{b})
}
