package evidence_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/oracle"
)

// TestSpillFails lets every call of the storage fail in turn: there is an error,
// never evidence of fewer rows.
func TestSpillFails(t *testing.T) {
	failed := 0
	for seed := range uint64(draws(20)) {
		rng := rand.New(rand.NewPCG(seed, 3))
		d := randomData(rng)
		if d.shape.Response {
			d.shape.Alike = 90
		}
		if !d.shape.Respondent && !d.shape.Holding && !d.shape.Response {
			continue
		}
		p := d.shuffled(rng)
		p.spill = 1
		for at := 1; ; at++ {
			p.storage = &storage{failAt: at}
			q := p
			q.codes = nil
			w, err := d.accumulate(t, q)
			if err == nil {
				_, err = w.acc.Margins(context.Background(), w.evidenceLevels(), oracle.Combos(d.oracleLevels()), 1)
			}
			if p.storage.calls < at {
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				break
			}
			if !errors.Is(err, evidence.ErrSpill) || !errors.Is(err, errFull) {
				t.Fatalf("seed %d, call %d of %d: %v", seed, at, p.storage.calls, err)
			}
			failed++
		}
	}
	if failed == 0 {
		t.Error("no call has failed")
	}
}
