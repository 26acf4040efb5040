package suppress_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/suppress"
)

// TestResponseCounts: a table by a column of texts hides cells, and the mean of a response of
// two values says the same of its rows.
func TestResponseCounts(t *testing.T) {
	const counts = "p of t1 counts b of t0"
	for _, tc := range []struct {
		name string
		// how many of the 30 rows of each region are ill
		ill     [3]int
		other   int   // so many rows of the first region have the other value
		values  []int // of the response
		null    bool  // in a row of the third region
		outputs func(o []sdc.Output)
		want    bool
	}{
		{name: "28-rate", ill: [3]int{3, 14, 15}, values: []int{0, 1}, want: true},
		{name: "another code for it", ill: [3]int{3, 14, 15}, values: []int{7, 5}, want: true},
		{name: "a null in one of three regions, and in the total", ill: [3]int{3, 14, 15}, values: []int{0, 1}, null: true, want: true},
		{name: "one region and the total differ", ill: [3]int{3, 14, 15}, other: 1, values: []int{0, 1}, want: true},
		{name: "a response of three values", ill: [3]int{3, 14, 15}, values: []int{0, 1, 2}},
		{name: "nothing is hidden", ill: [3]int{13, 14, 15}, values: []int{0, 1}},
		{name: "both span both", ill: [3]int{3, 14, 15}, values: []int{0, 1}, outputs: func(o []sdc.Output) { o[1].By = o[0].By }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := &drawn{codes: map[string][]string{}, x: map[string][]int{}, null: map[string][]bool{}, min: 10}
			for i := range 90 {
				region, at := i/30, i%30
				ill := at < tc.ill[region]
				is := ill != (region == 0 && at >= 30-tc.other)
				d.id = append(d.id, i)
				p := tc.values[0]
				if is {
					p = tc.values[1]
				}
				if i == 89 && len(tc.values) > 2 {
					p = tc.values[2]
				}
				d.codes["a"], d.codes["b"] = append(d.codes["a"], fmt.Sprint("a", region)), append(d.codes["b"], map[bool]string{true: "yes", false: "no"}[ill])
				d.codes["c"], d.codes["p"] = append(d.codes["c"], "c0"), append(d.codes["p"], "")
				for _, name := range []string{"p", "x", "y", "z"} {
					d.x[name] = append(d.x[name], p)
					d.null[name] = append(d.null[name], name == "p" && tc.null && i == 89)
				}
			}
			outputs := []sdc.Output{
				{Name: "t0", Kind: sdc.Frequency, By: []string{"a", "b"}},
				{Name: "t1", Kind: sdc.Magnitude, By: []string{"a"}, Response: "p", Statistics: []string{"mean"}},
			}
			if tc.outputs != nil {
				tc.outputs(outputs)
			}
			rng := rand.New(rand.NewPCG(1, 28))
			r, err := d.check(t.Context(), rng, outputs)
			if err != nil {
				t.Fatal(err)
			}
			remarks, err := suppress.RelatedOf(t.Context(), r, []int{0, 1}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := said(remarks); got[counts] != tc.want {
				t.Errorf("said %v, want %v", got, tc.want)
			}
		})
	}
}
