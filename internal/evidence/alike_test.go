package evidence_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/oracle"
)

// TestAlike compares the shared values of the respondents of a cell and of its holdings, and
// the numbers of its holdings with a response and with a sum, with the rows. It uses any order of rows, batches and
// merges, any walk, codes or keys, in memory or spilled.
func TestAlike(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(draws(1600)) {
		rng := rand.New(rand.NewPCG(seed, 6))
		d := randomData(rng)
		if !d.shape.Response || len(d.rows) == 0 {
			continue
		}
		d.shape.Alike = 51 + rng.IntN(50)
		d.shape.Owners = d.shape.Holding
		d.level(rng)
		var want []string
		for range 3 {
			p := d.shuffled(rng)
			p.keys, p.grids = !d.shape.Tau && rng.IntN(2) == 0, rng.IntN(2) == 0
			w, err := d.accumulate(t, p)
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, d.name, err)
			}
			walks := [][5]int{{64, 24, 10, 5, 8}, {1, 24, 10, 65535, 8}, {3, 24, 0, 0, 0}, {64, 0, 10, 1, 0}, {64, 2, 0, 2, 8}, {5, 3, 2, 3, 1}}
			most := walks[rng.IntN(len(walks))]
			w.acc.Lower(most[0], most[1], most[2], most[3], most[4])
			combos := oracle.Combos(d.oracleLevels())
			margins, err := w.acc.Margins(t.Context(), w.evidenceLevels(), combos, p.threads)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for k, m := range margins {
				for i := range m.N {
					got = append(got, alikeText(w.acc.Units().Response, m, i, d.shape.Alike))
				}
				if want == nil || len(want) < len(got) {
					for i := range m.N {
						want = append(want, d.wantAlike(combos[k], d.nodesOf(m, i), seen))
					}
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s, %v, %+v: (-want +got)\n%s", seed, d.name, most, p, cmp.Diff(want, got))
			}
		}
	}
	for _, what := range []string{"equal observations", "equal contributions", "shared", "not shared", "nothing", "one contributor", "owners", "shared by owners", "not shared by owners", "0 shared by owners"} {
		if seen[what] == 0 {
			t.Errorf("no cell has %s", what)
		}
	}
}

// level gives most rows one response, 0 now and then, and some of them one of few.
func (d *data) level(rng *rand.Rand) {
	few := rng.IntN(4)
	if _, whole := d.response.values[0].(int64); whole && rng.IntN(2) == 0 {
		d.response.values[0] = int64(0)
		d.rows[0].Response = d.response.rat(0)
	}
	for i, x := range d.response.values {
		if x == nil || rng.IntN(8) < few {
			continue
		}
		d.response.values[i] = d.response.values[0]
		if k := rng.IntN(len(d.rows)); rng.IntN(12) == 0 {
			d.response.values[i] = d.response.values[k]
		}
		d.rows[i].Response = d.response.rat(i)
	}
}

func alikeText(unit exact.Unit, m *evidence.Margin, i, percent int) string {
	s := fmt.Sprint(m.Equal[i])
	if m.Owners != nil {
		s += fmt.Sprint(" owners ", m.Owners[i], " non-zero ", m.OwnersNonZero[i])
		if n := m.Owners[i]; n > 1 && 100*m.OwnerShare[i] >= int64(percent)*n {
			s += fmt.Sprint(" ", m.OwnerShare[i], " have ", unit.Rat(m.OwnerCommon.At(i)).RatString())
		}
	}
	common := unit.Rat(m.Common.At(i))
	if n := m.Contributors[i]; n > 1 && 100*m.Share[i] >= int64(percent)*n {
		return s + fmt.Sprint(" ", m.Share[i], " of ", n, " have ", common.RatString())
	}
	return s
}

// wantAlike recounts one cell from the rows, and notes which cases occur.
func (d *data) wantAlike(combo []int, at []string, seen map[string]int) string {
	sum, observed, owners := map[string]*big.Rat{}, map[string]bool{}, map[string]*big.Rat{}
	for i, row := range d.rows {
		in := row.Response != nil && (row.Weight == nil || row.Weight.Sign() > 0)
		for v, l := range combo {
			node, ok := d.levels[v][l][row.Codes[v]]
			in = in && ok && node == at[v]
		}
		if !in {
			continue
		}
		observed[row.Response.RatString()] = true
		who := row.Respondent
		if who == "" {
			who = fmt.Sprint("row ", i)
		}
		if sum[who] == nil {
			sum[who] = new(big.Rat)
		}
		sum[who].Add(sum[who], row.Response)
		owner := row.Holding
		if owner == "" {
			owner = "of itself " + who
		}
		if owners[owner] == nil {
			owners[owner] = new(big.Rat)
		}
		owners[owner].Add(owners[owner], row.Response)
	}
	s := fmt.Sprint(len(observed) == 1)
	if d.shape.Holding {
		seen["owners"]++
		share, most := shares(owners)
		s += fmt.Sprint(" owners ", len(owners), " non-zero ", len(owners)-share["0"])
		if n := share[most]; len(owners) > 1 && 100*n >= d.shape.Alike*len(owners) {
			s += fmt.Sprint(" ", n, " have ", most)
			if seen["shared by owners"]++; most == "0" {
				seen["0 shared by owners"]++
			}
		} else {
			seen["not shared by owners"]++
		}
	}
	share, most := shares(sum)
	switch {
	case len(sum) == 0:
		seen["nothing"]++
	case len(sum) == 1:
		seen["one contributor"]++
	case 100*share[most] < d.shape.Alike*len(sum):
		seen["not shared"]++
	default:
		s += fmt.Sprint(" ", share[most], " of ", len(sum), " have ", most)
		seen["shared"]++
	}
	if len(observed) == 1 && len(share) > 1 {
		seen["equal observations"]++
	}
	if len(share) == 1 && len(observed) > 1 {
		seen["equal contributions"]++
	}
	return s
}

// shares returns how many units have each sum, and the sum of the most.
func shares(sum map[string]*big.Rat) (share map[string]int, most string) {
	share = map[string]int{}
	for _, x := range sum {
		share[x.RatString()]++
	}
	for x, n := range share {
		if n > share[most] {
			most = x
		}
	}
	return share, most
}
