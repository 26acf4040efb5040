package guard

import (
	"context"
	"sync/atomic"
)

// Each calls fn for 0 to n-1 from so many goroutines, each with its number, and waits.
// Which goroutine takes what is left to chance, so the result must not depend on it. One
// thread, or fewer, is the goroutine of the caller. A panic of fn goes on in the goroutine
// of the caller, once all have ended.
func Each(threads, n int, fn func(worker, i int)) {
	var next atomic.Int64
	work := func(worker int) {
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			fn(worker, i)
		}
	}
	threads = min(threads, n)
	if threads <= 1 {
		work(0)
		return
	}
	var wg Group
	for worker := range threads {
		wg.Go(func() { work(worker) })
	}
	wg.Wait()
}

// Try is Each for what may fail. It returns the first error by index of those met; after
// one, or when the context is done, no more calls are made.
func Try(ctx context.Context, threads, n int, fn func(worker, i int) error) error {
	var next, stop atomic.Int64
	threads = max(1, min(threads, n))
	errs := make([]error, threads)
	at := make([]int, threads)
	Each(threads, threads, func(_, worker int) {
		for stop.Load() == 0 {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			err := ctx.Err()
			if err == nil {
				err = fn(worker, i)
			}
			if err != nil {
				errs[worker], at[worker] = err, i
				stop.Store(1)
				return
			}
		}
	})
	first := -1
	for w, err := range errs {
		if err != nil && (first < 0 || at[w] < at[first]) {
			first = w
		}
	}
	if first < 0 {
		return nil
	}
	return errs[first]
}
