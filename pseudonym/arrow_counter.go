package pseudonym

import (
	"sync"
)

// Stats counts the values that a pseudonymizer has handled.
type Stats struct {
	Rows, Nulls, Invalid int64
	// Distinct is the number of distinct pseudonyms: exact up to 2^20, and above an
	// estimate with a standard error of 0.81 %. DistinctExact says which.
	Distinct      int64
	DistinctExact bool
	// DistinctLow and DistinctHigh are three standard errors below and above an
	// estimate; 0 where the number is exact.
	DistinctLow, DistinctHigh int64
}

// Counter gathers Stats over many columns or batches. The zero value is empty. A Counter
// is safe for concurrent use.
type Counter struct {
	mu                   sync.Mutex
	rows, nulls, invalid int64
	canonical            string // "" where no value was hashed, else see Setting
	seen                 sketch
}

func (c *Counter) add(rows, nulls, invalid int64, canonical string, seen *sketch) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows += rows
	c.nulls += nulls
	c.invalid += invalid
	switch {
	case canonical == "" || c.canonical == canonical:
	case c.canonical == "":
		c.canonical = canonical
	default:
		c.canonical = mixed
	}
	if seen != nil {
		c.seen.merge(seen)
	}
}

// note counts the first 64 bits of sums.
func (c *Counter) note(sums []uint64) {
	if len(sums) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen.insertAll(sums)
}

// Stats returns the counts so far: zeros of a counter that is nil.
func (c *Counter) Stats() Stats {
	if c == nil {
		return Stats{DistinctExact: true}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Stats{Rows: c.rows, Nulls: c.nulls, Invalid: c.invalid}
	n, low, high := c.seen.count()
	s.Distinct, s.DistinctExact = n, low == high
	if !s.DistinctExact {
		s.DistinctLow, s.DistinctHigh = low, high
	}
	return s
}

// class returns the Canonical of a [Setting].
func (c *Counter) class() string {
	if c == nil {
		return NoPseudonyms
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.canonical == "" {
		return NoPseudonyms
	}
	return c.canonical
}
