package suppress

import "github.com/sluis-go/sluis/sdc"

// contributors notes which cells have one contributor.
func (t *table) contributors(from *sdc.Table) {
	t.alone = make([]bool, t.n)
	for c := range from.Cells() {
		n := c.Holdings()
		if t.count {
			n = c.Respondents()
		}
		t.alone[t.at(c)] = n == 1
	}
}

// assignOwners numbers the contributors of cells that have one: what lies in a cell of
// one contributor, in whichever of the tables, is all his.
func assignOwners(cells []Cell, relations []Relation, alone, empty []bool) {
	parent := make([]int32, len(cells))
	for i := range parent {
		parent[i] = int32(i)
	}
	find := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for _, r := range relations {
		if !alone[r.Total] {
			continue
		}
		for _, p := range r.Parts {
			if !empty[p] {
				parent[find(int32(p))] = find(int32(r.Total))
			}
		}
	}
	for i := range cells {
		if alone[i] {
			cells[i].Owner = find(int32(i)) + 1
		}
	}
}
