package hide

import "testing"

// TestWithKeepsTheDraw: a problem with forms has the prices, numbers and lots that were drawn:
// what is hidden for a sum is drawn too. The cells of forms have none of a draw.
func TestWithKeepsTheDraw(t *testing.T) {
	cells := []Cell{{Value: 9}, {Value: 2, Status: Primary}, {Value: 3}, {Value: 4}}
	p, err := New(cells, []Relation{{Total: 0, Parts: []int{1, 2, 3}}}, Attacker{Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	forms := []form{{plus: []int32{1, 2}}, {plus: []int32{1, 2, 3}, minus: []int32{2}}}
	same := func(q *Problem) {
		t.Helper()
		for i := range p.cells {
			if q.cost(i) != p.cost(i) || q.lot(int32(i), 7) != p.lot(int32(i), 7) {
				t.Errorf("cell %d costs %d, want %d", i, q.cost(i), p.cost(i))
			}
		}
		for i := len(p.cells); i < len(q.cells); i++ {
			if q.cost(i) != 1 {
				t.Errorf("the cell %d of a form costs %d", i, q.cost(i))
			}
		}
	}
	for _, draw := range []bool{false, true} {
		if draw {
			p.draw([]uint64{1, 1 << 40, 1 << 60, 3})
			p.lots = []bool{false, true, false, true}
		}
		q, _, err := p.with(forms, []int32{2})
		if err != nil {
			t.Fatal(err)
		}
		same(q)
		again, _, err := q.with(forms[:1], nil)
		if err != nil {
			t.Fatal(err)
		}
		same(again)
		if draw && (len(q.lots) != len(q.cells) || !q.lots[3] || q.lots[4]) {
			t.Errorf("the lots are %v", q.lots)
		}
	}
}
