package hide

import (
	"context"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/guard"
)

// parallel calls f for 0 to n-1 from so many workers, each with its number, and
// waits. Which worker takes what is left to chance, so f must not depend on it.
// It returns the first error by index of those met; after one, or when the
// context is done, no more calls are made.
func parallel(ctx context.Context, workers, n int, f func(worker, i int) error) error {
	workers = max(1, min(workers, n))
	var next, stop atomic.Int64
	errs := make([]error, workers)
	at := make([]int, workers)
	run := func(w int) {
		for stop.Load() == 0 {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			err := ctx.Err()
			if err == nil {
				err = f(w, i)
			}
			if err != nil {
				errs[w], at[w] = err, i
				stop.Store(1)
				return
			}
		}
	}
	if workers == 1 {
		run(0)
		return errs[0]
	}
	var wg guard.Group
	for w := range workers {
		wg.Go(func() { run(w) })
	}
	wg.Wait()
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
