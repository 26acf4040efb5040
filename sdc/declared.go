package sdc

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// tree returns the code tree of a column: its hierarchy, or a tree of one level of the
// declared codes. It returns nil where there is none.
func (d *Data) tree(name string) *Hierarchy {
	if h := d.Hierarchies[name]; h != nil {
		return h
	}
	list := d.Declared.Codes[name]
	if list == nil {
		return nil
	}
	h := &Hierarchy{index: map[string]int{}, flat: true}
	for _, code := range list {
		if err := h.append(code, -1, 1); err != nil {
			panic("sdc: declared codes were not validated") // see Data.validate
		}
	}
	return h
}

// noLeaf is the reason for a value of the data that a tree does not have.
func (h *Hierarchy) noLeaf() error {
	if h.flat {
		return fmt.Errorf("%w: the value is none of them; declare its code too, or correct the value", errDeclared)
	}
	return fmt.Errorf("%w: the value is no leaf of it", errHierarchy)
}

// declarations says what the data are declared to be.
func (d *Data) declarations() (out []Remark) {
	for _, name := range slices.Sorted(maps.Keys(d.Declared.Codes)) {
		n := int64(len(d.Declared.Codes[name]))
		out = append(out, Remark{
			Name: string(words.DeclaredCodes), Column: name, Count: n, Verdict: Safe,
			Message: words.New(words.DeclaredCodes, words.NameOf(name), words.Count(n)),
		})
	}
	return out
}
