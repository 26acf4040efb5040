package evidence_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/oracle"
)

// TestSole compares the sole unit of each cell with the rows, in any order of rows,
// batches and merges, with codes or keys, in memory or spilled.
func TestSole(t *testing.T) {
	alone, gridded, merged := map[evidence.UnitKind]int{}, 0, 0
	for seed := range uint64(draws(600)) {
		rng := rand.New(rand.NewPCG(seed, 4))
		d := randomData(rng)
		d.shape.Sole = true
		for range 3 {
			p := d.shuffled(rng)
			p.keys, p.grids = !d.shape.Tau && rng.IntN(2) == 0, rng.IntN(2) == 0
			w, err := d.accumulate(t, p)
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, d.name, err)
			}
			gridded, merged = gridded+w.gridded, merged+w.merged
			combos := oracle.Combos(d.oracleLevels())
			margins, err := w.acc.Margins(t.Context(), w.evidenceLevels(), combos, p.threads)
			if err != nil {
				t.Fatal(err)
			}
			for k, m := range margins {
				for i := range m.N {
					respondent, holding := d.soleOf(combos[k], w, m, i)
					if got := w.unitName(m.SoleRespondent[i]); got != respondent {
						t.Fatalf("seed %d, %s, %+v: respondent %q, want %q", seed, d.name, p, got, respondent)
					}
					alone[m.SoleRespondent[i].Kind]++
					if !d.shape.Holding {
						if m.SoleHolding != nil {
							t.Fatal("holdings of data without")
						}
						continue
					}
					if got := w.unitName(m.SoleHolding[i]); got != holding {
						t.Fatalf("seed %d, %s, %+v: holding %q, want %q", seed, d.name, p, got, holding)
					}
					alone[m.SoleHolding[i].Kind]++
				}
			}
		}
	}
	for _, kind := range []evidence.UnitKind{evidence.NoUnit, evidence.RespondentUnit, evidence.HoldingUnit, evidence.SeveralUnits} {
		if alone[kind] == 0 {
			t.Errorf("no cell has a unit of kind %d", kind)
		}
	}
	if gridded == 0 || merged == 0 {
		t.Errorf("%d batches in grids, %d merges of grids", gridded, merged)
	}
}

// soleOf recounts one cell: "" for no unit, "*" for several.
func (d *data) soleOf(combo []int, w *worker, m *evidence.Margin, i int) (respondent, holding string) {
	join := func(s *string, name string) {
		if *s == "" || *s == name {
			*s = name
		} else {
			*s = "*"
		}
	}
	var at []string
	for v := range combo {
		at = append(at, d.nodes(v)[m.Nodes[v][i]])
	}
	for r, row := range d.rows {
		in := true
		for v, l := range combo {
			node, ok := d.levels[v][l][row.Codes[v]]
			in = in && ok && node == at[v]
		}
		if !in || d.shape.Response && (row.Response == nil || d.shape.Weight && row.Weight.Sign() == 0) {
			continue
		}
		name := row.Respondent
		if !d.shape.Respondent {
			name = fmt.Sprint("row ", r)
		}
		join(&respondent, name)
		if row.Holding != "" {
			name = row.Holding
		}
		join(&holding, name)
	}
	return respondent, holding
}

// unitName names a unit.
func (w *worker) unitName(u evidence.Unit) string {
	c, row := &w.respondent, !w.d.shape.Respondent
	switch u.Kind {
	case evidence.NoUnit:
		return ""
	case evidence.SeveralUnits:
		return "*"
	case evidence.HoldingUnit:
		c, row = &w.holding, false
	}
	if row {
		return fmt.Sprint("row ", u.Key)
	}
	if !w.keys {
		return c.names[u.Key]
	}
	for id, key := range keysOf(c, ids(len(c.names))) {
		if key == u.Key {
			return c.names[id]
		}
	}
	return "?"
}

func ids(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i)
	}
	return out
}
