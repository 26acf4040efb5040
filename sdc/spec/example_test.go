package spec_test

import (
	"fmt"

	"github.com/sluis-go/sluis/sdc/spec"
)

// Example reads a spec and the policy that ships with the library.
func Example() {
	s, err := spec.Load("../../testdata/persons.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := spec.LoadPolicy("cbs")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("respondent:", s.Roles.Respondent)
	for _, o := range s.Outputs {
		fmt.Println(o.Name, "is a", o.Kind, "table by", o.By)
	}
	fmt.Println("at least", policy.MinContributors.Min, "contributors in a cell")
	// Output:
	// respondent: person_id
	// health is a frequency table by [region state]
	// at least 10 contributors in a cell
}
