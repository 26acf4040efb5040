package field

import (
	"math/rand/v2"
	"testing"
)

// TestInverse holds the chain of squarings against the definition.
func TestInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	list := []uint64{1, 2, 3, Prime - 1, Prime - 2, 1 << 60}
	for range 1000 {
		list = append(list, 1+r.Uint64N(Prime-1))
	}
	for _, a := range list {
		if got := Mul(a, Inverse(a)); got != 1 {
			t.Errorf("%d times its inverse is %d", a, got)
		}
	}
}
