package seal

import (
	"bytes"
	"testing"
)

// TestHeldBack: the last bytes are held back, whatever the pieces are.
func TestHeldBack(t *testing.T) {
	text := []byte("0123456789")
	for step := 1; step <= len(text); step++ {
		var b bytes.Buffer
		h := &heldBack{w: &b, keep: 3}
		for i := 0; i < len(text); i += step {
			if n, err := h.Write(text[i:min(i+step, len(text))]); err != nil || n != min(step, len(text)-i) {
				t.Fatal(n, err)
			}
		}
		if b.String() != "0123456" || string(h.held) != "789" {
			t.Errorf("step %d: %q, held %q", step, b.String(), h.held)
		}
	}
}
