package riskmetrics_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/riskmetrics"
)

// TestPopulationUniques draws samples of the census file and compares the
// estimates with its true uniques, printing the relative errors.
func TestPopulationUniques(t *testing.T) {
	all := reference(t, "input/adult.csv")
	for _, tc := range []struct {
		name string
		keys []string
	}{
		{"Q9", []string{"age", "workclass", "education", "marital-status", "occupation", "race", "sex", "native-country", "salary-class"}},
		{"Q5", []string{"age", "education", "marital-status", "race", "sex"}},
	} {
		truth := 0
		whole := classes(t, table(t, all), riskmetrics.Options{Keys: tc.keys})
		for id := range uint32(whole.Len()) {
			if whole.Size(id) == 1 {
				truth++
			}
		}
		for _, fraction := range []float64{0.05, 0.1, 0.3} {
			rng := rand.New(rand.NewPCG(1, 2))
			rows := slices.Clone(all[1:])
			rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			n := int(fraction * float64(len(rows)))
			c := classes(t, table(t, append([][]string{all[0]}, rows[:n]...)), riskmetrics.Options{Keys: tc.keys})
			u, err := c.PopulationUniques(fraction)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s at %v: truth %d, zayatz %.0f, pitman %.0f, exact %.0f, snb %.0f, choice %s %.0f, failed %v",
				tc.name, fraction, truth, u.Zayatz, u.Pitman, u.PitmanExact, u.SNB, u.By, u.Dankar, u.Failed)
			rel := func(v float64) float64 { return v/float64(truth) - 1 }
			if e := rel(u.PitmanExact); e < -0.3 || e > 0.3 {
				t.Errorf("Pitman is off by %.0f %%", 100*e)
			}
		}
	}
}
