package hide

import (
	"context"
	"testing"
)

// TestManyLargeParts has a total of more parts, each as large as values may be
// taken to be, than fit in 64 bits: bounds are given up, not wrong.
func TestManyLargeParts(t *testing.T) {
	const parts = 2000
	cells := make([]Cell, parts+1)
	rel := Relation{}
	hidden := make([]bool, parts+1)
	for i := 1; i <= parts; i++ {
		cells[i].Value = 1
		cells[0].Value++
		rel.Parts = append(rel.Parts, i)
		hidden[i] = true
	}
	hidden[0] = true
	p, err := New(cells, []Relation{rel}, Attacker{Upper: largest})
	if err != nil {
		t.Fatal(err)
	}
	lower, upper := p.propagate(func(cell int) bool { return !hidden[cell] })
	for i := range cells {
		if lower[i] > 0 || upper[i] < 0 || upper[i] < 1 {
			t.Fatalf("cell %d: changes from %d to %d leave the truth out", i, lower[i], upper[i])
		}
	}
	for i := 3; i <= parts; i++ {
		hidden[i] = false
	}
	got, err := Audit(context.Background(), p, hidden, AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range got.Intervals {
		if !v.Exact() || v.Lower.Den != 1 {
			t.Errorf("%+v", v)
		}
	}
}
