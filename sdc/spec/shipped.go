package spec

import (
	"embed"
	"fmt"
	"strings"

	"github.com/sluis-go/sluis/internal/plainyaml"
	"github.com/sluis-go/sluis/sdc"
)

// ShippedPolicy is a policy that [LoadPolicy] knows by name. About says in a line whose policy it
// is. Text is its file: rules, source, and what of the source could not be read.
type ShippedPolicy struct {
	Name, About, Text string
}

//go:embed policies/*.yaml
var policies embed.FS

// shippedNames are the policies of the program, and then those of other houses.
var shippedNames = []string{"cbs", "essnet", "abs-datalab", "bundesbank", "iab", "opensafely", "sacro"}

// ShippedPolicies lists the policies that ship with the program: cbs and essnet, and then those
// of other houses by name.
func ShippedPolicies() []ShippedPolicy {
	var list []ShippedPolicy
	for _, name := range shippedNames {
		text, err := policies.ReadFile("policies/" + name + ".yaml")
		if err != nil {
			panic("spec: " + err.Error()) // the files are in the program
		}
		about, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# "), "\n")
		list = append(list, ShippedPolicy{name, about, string(text)})
	}
	return list
}

// shippedPolicy returns the policy of a name; false where none has it.
func shippedPolicy(name string) (sdc.Policy, bool, error) {
	if p, ok := shipped(name); ok {
		return p, true, nil
	}
	for _, x := range ShippedPolicies() {
		if x.Name == name {
			p, err := x.policy()
			return p, true, err
		}
	}
	return sdc.Policy{}, false, nil
}

// policy reads the file.
func (x ShippedPolicy) policy() (sdc.Policy, error) {
	var f policyFile
	if err := decode(x.Name, []byte(x.Text), &f, plainyaml.DecodeRaw); err != nil {
		return sdc.Policy{}, err
	}
	return f.resolve()
}

// notShipped refuses the name of a policy of another house for other rules.
func notShipped(p *sdc.Policy) error {
	for _, x := range ShippedPolicies() {
		if _, ours := shipped(x.Name); ours || !strings.EqualFold(x.Name, p.Name) {
			continue // resolve has looked at the names of ours
		}
		if is, err := x.policy(); err != nil || is.Digest() != p.Digest() {
			return wrong("name is that of the policy %s, which ships with other rules: choose another name", x.Name)
		}
	}
	return nil
}

// shippedList names the policies for messages.
func shippedList() string {
	return fmt.Sprintf("%s and %s", strings.Join(shippedNames[:len(shippedNames)-1], ", "), shippedNames[len(shippedNames)-1])
}
