package sdc

import "fmt"

// Verdict is the result of a policy for an output. The zero value is Unsafe: a verdict
// that was never set cannot read as safe.
type Verdict uint8

const (
	// Unsafe: a rule forbids it.
	Unsafe Verdict = iota
	// Review: a person must judge; the evidence is there, but the rule of thumb
	// alone does not decide.
	Review
	// Safe: everything that the policy asks was checked, and nothing was found.
	Safe
)

// worst returns the stricter of two verdicts.
func worst(a, b Verdict) Verdict { return min(a, b) }

// String returns "unsafe", "review" or "safe".
func (v Verdict) String() string {
	switch v {
	case Unsafe:
		return "unsafe"
	case Review:
		return "review"
	case Safe:
		return "safe"
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// MarshalText implements encoding.TextMarshaler.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (v *Verdict) UnmarshalText(text []byte) error {
	for _, w := range []Verdict{Unsafe, Review, Safe} {
		if string(text) == w.String() {
			*v = w
			return nil
		}
	}
	return fmt.Errorf("verdict is none of safe, unsafe, review")
}
