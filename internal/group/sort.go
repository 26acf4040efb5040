package group

// Order returns the ids of the groups in canonical order: ascending by the first column's
// rank, then the second's, and so on. ranks[c] maps the codes of column c to their rank;
// a nil rank stands for the codes themselves. The method is counting sort, linear in
// groups and cardinalities.
func (t *Table) Order(ranks [][]uint32) []uint32 {
	if ranks == nil && t.direct != nil {
		order := make([]uint32, 0, t.n) // keys are in code order already
		for _, s := range t.direct {
			if s != 0 {
				order = append(order, s-1)
			}
		}
		return order
	}
	order := make([]uint32, t.n)
	for i := range order {
		order[i] = uint32(i)
	}
	next := make([]uint32, t.n)
	for c := len(t.codes) - 1; c >= 0; c-- {
		rank := func(id uint32) uint32 { return t.codes[c][id] }
		if ranks != nil && ranks[c] != nil {
			r := ranks[c]
			rank = func(id uint32) uint32 { return r[t.codes[c][id]] }
		}
		top := uint32(0)
		for _, id := range order {
			top = max(top, rank(id))
		}
		count := make([]uint32, int(top)+2)
		for _, id := range order {
			count[rank(id)+1]++
		}
		for i := 1; i < len(count); i++ {
			count[i] += count[i-1]
		}
		for _, id := range order {
			r := rank(id)
			next[count[r]] = id
			count[r]++
		}
		order, next = next, order
	}
	return order
}

// Merge adds the groups of o and returns, for every group of o, its id in t.
// codes[c] maps o's codes of column c to t's; nil stands for the same codes.
func (t *Table) Merge(o *Table, codes [][]uint32) []uint32 {
	cols := make([][]uint32, len(o.codes))
	cards := make([]int, len(o.codes))
	for c, col := range o.codes {
		mapped := col
		if codes != nil && codes[c] != nil {
			mapped = make([]uint32, len(col))
			for i, code := range col {
				mapped[i] = codes[c][code]
			}
		}
		for _, code := range mapped {
			cards[c] = max(cards[c], int(code)+1)
		}
		cols[c] = mapped
	}
	ids := make([]uint32, o.n)
	t.Insert(cols, cards, ids)
	return ids
}
