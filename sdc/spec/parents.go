package spec

import (
	"fmt"
	"sort"

	"github.com/sluis-go/sluis/sdc"
)

// fromParents builds a hierarchy from a map of every code to its parent; "" is the total.
// Siblings are in the order of their bytes. A parent that is no key of the map lies
// directly below the total. A cycle is an error. The error wraps ErrSpec.
func fromParents(parents map[string]string) (*sdc.Hierarchy, error) {
	children := map[string][]string{}
	roots := map[string]bool{}
	for code, parent := range parents {
		if code == "" {
			return nil, fmt.Errorf("%w: empty code", ErrSpec)
		}
		children[parent] = append(children[parent], code)
		if _, ok := parents[parent]; parent != "" && !ok && !roots[parent] {
			roots[parent] = true
			children[""] = append(children[""], parent)
		}
	}
	placed := 0
	var build func(parent string) []sdc.Code
	build = func(parent string) []sdc.Code {
		labels := children[parent]
		sort.Strings(labels)
		var out []sdc.Code
		for _, l := range labels {
			placed++
			out = append(out, sdc.Code{Label: l, Children: build(l)})
		}
		return out
	}
	top := build("")
	// A code that is below no root is below itself.
	if n := len(parents) + len(roots) - placed; n > 0 {
		return nil, fmt.Errorf("%w: %d codes lie on or below a cycle", ErrSpec, n)
	}
	return sdc.NewHierarchy(top...)
}
