package source

import (
	"cmp"
	"fmt"
	"slices"
)

// apart checks that the chunks of columns do not overlap: of two row groups in one place
// the rows would count twice.
func (p *parquetFile) apart(fields []int) error {
	type chunk struct {
		field, group int
		start, end   int64
	}
	var all []chunk
	for _, f := range fields {
		for g := range p.footer.groups {
			if p.footer.groups[g].rows > 0 {
				c := &p.footer.groups[g].columns[p.columns[f].leaf]
				all = append(all, chunk{f, g, c.start(), c.start() + c.compressed})
			}
		}
	}
	slices.SortFunc(all, func(a, b chunk) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.group, b.group), cmp.Compare(a.field, b.field))
	})
	all = slices.Compact(all) // a column may be asked for twice
	for i := 1; i < len(all); i++ {
		if all[i].start < all[i-1].end {
			return groupError(p.columns[all[i].field].name, all[i].group, errPlace)
		}
	}
	return nil
}

// errPlace says that rows would be read twice.
var errPlace = fmt.Errorf("%w: the footer has two columns or row groups in one place", ErrCorrupt)
