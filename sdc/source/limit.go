package source

import (
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// limitExceeded is the panic of a limited allocator. guard turns it into
// ErrMemory.
type limitExceeded struct{}

// limited is an allocator that refuses, by a panic that guard catches, to hold
// more than its limit.
type limited struct {
	mem   memory.Allocator
	limit int64
	held  atomic.Int64
}

func (l *limited) take(n int) {
	if n < 0 || l.held.Add(int64(n)) > l.limit {
		l.held.Add(-int64(max(0, n)))
		panic(limitExceeded{})
	}
}

func (l *limited) drop(n int) { l.held.Add(-int64(n)) }

// Allocate implements memory.Allocator.
func (l *limited) Allocate(size int) []byte {
	l.take(size)
	return l.mem.Allocate(size)
}

// Reallocate implements memory.Allocator.
func (l *limited) Reallocate(size int, b []byte) []byte {
	l.take(size)
	l.held.Add(-int64(len(b)))
	return l.mem.Reallocate(size, b)
}

// Free implements memory.Allocator.
func (l *limited) Free(b []byte) {
	l.held.Add(-int64(len(b)))
	l.mem.Free(b)
}

// memories are the allocators of one batch. Each batch has its own, because a caller may
// keep the batches before it.
type memories struct {
	mem  memory.Allocator
	rows memory.Allocator // for memory that is written in full
}

func (m *memories) renew(mem memory.Allocator, limit int64, spare *recycler) {
	l := &limited{mem: mem, limit: limit}
	m.mem, m.rows = l, newRecycling(l, spare)
}
