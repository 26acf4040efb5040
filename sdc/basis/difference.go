package basis

import (
	"slices"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// Difference is one difference between a policy and the shipped policy that it is compared
// with.
type Difference struct {
	// Rule is the name of a rule, or "dossier", "weighting", "attacker" or "rounding".
	Rule string `json:"rule"`
	// Field is the part of the attacker, or "base" of the rounding; empty for all of Rule.
	Field string `json:"field,omitempty"`
	// Base is the name of the shipped policy.
	Base string `json:"base"`
	// New is how the policy sets the rule, and Old how the shipped policy does. Both are
	// nil where a document that may leave says only that the policies differ.
	New *Setting `json:"new,omitempty"`
	Old *Setting `json:"old,omitempty"`
}

// Setting is how a policy sets a rule or a field: a state, which may have limits, or a value.
type Setting struct {
	State State `json:"state,omitempty"`
	// Limits are the thresholds of a rule that is on.
	Limits []Limit `json:"limits,omitempty"`
	// Value is an exact decimal, or the name of a choice; empty where State says all.
	Value string `json:"value,omitempty"`
}

// State is a setting that has a name.
type State string

const (
	On             State = "on"
	Off            State = "off"
	Required       State = "required"
	NotRequired    State = "not-required"
	AtLeastMinimum State = "at-least-minimum"
)

// Equal reports whether two settings are the same.
func (s Setting) Equal(t Setting) bool {
	return s.State == t.State && s.Value == t.Value && slices.Equal(s.Limits, t.Limits)
}

// Message is the difference as a fact.
func (d Difference) Message() words.Message {
	if d.New == nil || d.Old == nil {
		return words.New(words.PolicyDiffers, words.TextOf(d.Rule), words.TextOf(d.Base))
	}
	return words.New(words.PolicySets, words.TextOf(d.Rule), words.TextOf(d.Field), d.New.arg(), words.TextOf(d.Base), d.Old.arg())
}

// String says the difference in English.
func (d Difference) String() string { return d.Message().String() }

// states are the facts that say a state.
var states = map[State]words.ID{
	On: words.StateOn, Off: words.StateOff, Required: words.StateRequired, NotRequired: words.StateNotRequired,
	AtLeastMinimum: words.StateAtLeastMinimum,
}

// arg is the setting as a part of a sentence.
func (s Setting) arg() words.Arg {
	id, ok := states[s.State]
	if !ok {
		return words.TextOf(string(s.State) + s.Value)
	}
	var limits []string
	for _, l := range s.Limits {
		limits = append(limits, l.Name+" "+l.Value)
	}
	m := words.New(id)
	if id == words.StateOn {
		m.Args = words.Texts(limits)
	}
	return words.TextIn(m.In(words.English), m.In(words.Dutch))
}
