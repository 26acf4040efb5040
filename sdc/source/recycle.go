package source

import (
	"math/bits"
	"sync"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Free memory of 2^leastRecycled to 2^mostRecycled bytes is used again. Pages and batches
// have few sizes, and the first touch of new memory costs more than most of the work on
// it.
const (
	leastRecycled = 14
	mostRecycled  = 26
	keptFree      = 64 << 20 // bytes that are kept at most
)

// recycler holds the memory of the files of a source. A recycler is safe for concurrent
// use.
type recycler struct {
	mu   sync.Mutex
	free [mostRecycled + 1][][]byte // by the logarithm of the size
	kept int

	// For tests: all sizes are recycled, and returned memory is overwritten.
	strict bool
}

// class returns the logarithm of the memory that n bytes are part of, and whether that
// is recycled.
func (r *recycler) class(n int) (class int, ok bool) {
	class = bits.Len(uint(max(n, 1) - 1))
	return class, (r.strict || leastRecycled <= class) && class <= mostRecycled
}

// take returns n bytes of any content.
func (r *recycler) take(n int) []byte {
	class, ok := r.class(n)
	if !ok {
		return make([]byte, n)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.free[class]
	if len(list) == 0 {
		return make([]byte, n, 1<<class)
	}
	b := list[len(list)-1]
	r.free[class] = list[:len(list)-1]
	r.kept -= 1 << class
	return b[:n]
}

// give returns memory that take gave out, or nil. The caller must not use the memory any
// more.
func (r *recycler) give(b []byte) {
	class, ok := r.class(cap(b))
	if !ok || cap(b) != 1<<class {
		return
	}
	if b = b[:cap(b)]; r.strict {
		for i := range b {
			b[i] = 0xa5
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept+cap(b) > keptFree {
		return
	}
	r.free[class] = append(r.free[class], b[:0])
	r.kept += cap(b)
}

// sized returns n bytes of any content: of b where that is large enough, otherwise b is
// taken back.
func (r *recycler) sized(b []byte, n int) []byte {
	if cap(b) < n {
		r.give(b)
		return r.take(n)
	}
	return b[:n]
}

// recycling is a limited allocator for the rows of batches. Its memory may have any
// content, because rows are written in full. It recycles memory that would otherwise go
// to the garbage collector.
type recycling struct {
	*limited
	spare *recycler // nil where it does not
}

func newRecycling(l *limited, spare *recycler) recycling {
	if _, ok := l.mem.(*memory.GoAllocator); !ok {
		spare = nil
	}
	return recycling{l, spare}
}

// Allocate implements memory.Allocator.
func (r recycling) Allocate(size int) []byte {
	if r.spare == nil {
		return r.limited.Allocate(size)
	}
	r.take(size)
	return r.spare.take(size)
}

// Reallocate implements memory.Allocator.
func (r recycling) Reallocate(size int, b []byte) []byte {
	if r.spare == nil || size <= len(b) {
		return r.limited.Reallocate(size, b)
	}
	to := r.Allocate(size)
	copy(to, b)
	r.Free(b)
	return to
}

// Free implements memory.Allocator.
func (r recycling) Free(b []byte) {
	if r.spare == nil {
		r.limited.Free(b)
		return
	}
	r.held.Add(-int64(len(b)))
	r.spare.give(b)
}
