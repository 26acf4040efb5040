package guard

import (
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
