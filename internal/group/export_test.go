package group

import "testing"

// ForEachVariant runs a test with every variant of the kernels that this machine
// has.
func ForEachVariant(t *testing.T, test func(*testing.T)) {
	fastest := Vectors(false)
	defer Vectors(fastest)
	t.Run("portable", test)
	if fastest {
		Vectors(true)
		t.Run("vectors", test)
		if hasBins {
			hasBins = false
			t.Run("vectors without bins", test)
		}
	}
}
