package guard

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
)

// slip fails as hostile data would have it.
func slip(data []string, at int) string { return data[at] }

// TestCall: an error is returned unchanged; for a panic the error names the place, not
// the argument.
func TestCall(t *testing.T) {
	own := errors.New("own")
	for _, tc := range []struct {
		name string
		fn   func() error
		want error
		say  string
	}{
		{"no error", func() error { return nil }, nil, ""},
		{"an error", func() error { return own }, own, "own"},
		{"a panic of the runtime", func() error { slip([]string{"secret"}, 7); return nil }, ErrInternal, "guard.slip, guard_test.go:"},
		{"a panic with data", func() error { panic("secret") }, ErrInternal, "guard_test.go:"},
		{"a nil pointer", func() error { var p *failure; p.place = "x"; return nil }, ErrInternal, "guard_test.go:"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := Call(tc.fn)
			if !errors.Is(err, tc.want) {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
			if err == nil {
				return
			}
			if text := err.Error(); !strings.Contains(text, tc.say) || strings.Contains(text, "secret") || strings.Contains(text, "[7]") {
				t.Errorf("the error says %q", text)
			}
		})
	}
}

// TestGroup: all goroutines end, and the panic of one goes on where they are waited
// for, through a group inside a group too.
func TestGroup(t *testing.T) {
	var ran atomic.Int64
	err := Call(func() error {
		var outer Group
		for range 3 {
			outer.Go(func() {
				var inner Group
				for i := range 4 {
					inner.Go(func() {
						ran.Add(1)
						if i == 2 {
							slip(nil, i)
						}
					})
				}
				inner.Wait()
			})
		}
		outer.Wait()
		return nil
	})
	if ran.Load() != 12 {
		t.Errorf("%d of 12 goroutines ran", ran.Load())
	}
	if !errors.Is(err, ErrInternal) || !strings.Contains(err.Error(), "guard.slip") {
		t.Errorf("got %v", err)
	}
	var quiet Group
	quiet.Go(func() {})
	quiet.Wait() // no panic
}

// TestEach: every number is called once, whatever the number of threads, each by a worker
// below that number; a panic goes on in the caller after all others have ended.
func TestEach(t *testing.T) {
	for _, threads := range []int{-1, 0, 1, 2, 7, 200} {
		for _, n := range []int{0, 1, 2, 100} {
			called := make([]atomic.Int64, n)
			Each(threads, n, func(worker, i int) {
				if worker < 0 || worker >= max(1, min(threads, n)) {
					t.Errorf("worker %d of %d", worker, threads)
				}
				called[i].Add(1)
			})
			for i := range called {
				if got := called[i].Load(); got != 1 {
					t.Errorf("%d threads: %d of %d is called %d times", threads, i, n, got)
				}
			}
		}
		err := Call(func() error {
			Each(threads, 50, func(_, i int) {
				if i == 3 {
					slip(nil, i)
				}
			})
			return nil
		})
		if !errors.Is(err, ErrInternal) || !strings.Contains(err.Error(), "guard.slip") {
			t.Errorf("%d threads: %v", threads, err)
		}
	}
}

// TestTry: the first error by number of those met is returned, and what is left is not
// called; a context that is done is such an error.
func TestTry(t *testing.T) {
	own := []error{errors.New("0"), errors.New("1"), errors.New("2"), errors.New("3")}
	for _, threads := range []int{-1, 1, 2, 4, 9} {
		if err := Try(t.Context(), threads, len(own), func(worker, i int) error {
			if worker >= max(1, threads) {
				t.Errorf("worker %d of %d", worker, threads)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		var met atomic.Int64
		err := Try(t.Context(), threads, len(own), func(_, i int) error {
			met.Or(1 << i)
			return own[i]
		})
		for i, e := range own {
			if met.Load()>>i&1 == 1 {
				if !errors.Is(err, e) {
					t.Errorf("%d threads: %v, and the first met is %v", threads, err, e)
				}
				break
			}
		}
		if got := met.Load(); threads <= 1 && got != 1 {
			t.Errorf("one thread goes on behind an error: %b", got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := Try(ctx, threads, 3, func(int, int) error { t.Error("called"); return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("%d threads: %v", threads, err)
		}
		if err := Try(ctx, threads, 0, nil); err != nil {
			t.Errorf("%d threads, nothing to do: %v", threads, err)
		}
	}
}
