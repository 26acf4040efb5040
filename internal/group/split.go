package group

// makeSplit changes a table with a radix of more than 64 bits. The new table first groups
// all columns but the last. It then groups the pairs of that group id and the last
// column, which always fit. The ids of existing groups stay.
func (t *Table) makeSplit() {
	t.split = len(t.codes) - 1
	t.prefix = NewTable(t.split)
	t.direct, t.slots, t.keys, t.key = nil, nil, nil, nil
	// The tail is a table of its own: the prefix id and the remaining columns.
	t.tail = NewTable(1 + len(t.codes) - t.split)
	if t.n == 0 {
		return
	}
	ids := make([]uint32, t.n)
	cards := make([]int, len(t.codes))
	for c, codes := range t.codes {
		for _, code := range codes {
			cards[c] = max(cards[c], int(code)+1)
		}
	}
	// Distinct tuples in id order get ids 0, 1, 2, ... again.
	t.tailIDs(t.codes, cards, ids)
}

func (t *Table) tailIDs(cols [][]uint32, cards []int, ids []uint32) {
	if cap(t.pid) < len(ids) {
		t.pid = make([]uint32, len(ids))
	}
	pid := t.pid[:len(ids)]
	t.prefix.Insert(cols[:t.split], cards[:t.split], pid)
	tail := append([][]uint32{pid}, cols[t.split:]...)
	tailCards := append([]int{t.prefix.Len()}, cards[t.split:]...)
	t.tail.Insert(tail, tailCards, ids)
}

func (t *Table) insertSplit(cols [][]uint32, cards []int, ids []uint32) {
	t.tailIDs(cols, cards, ids)
	for i, id := range ids {
		if int(id) == t.n {
			t.add(cols, i)
		}
	}
}
