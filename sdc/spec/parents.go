package spec

import (
	"fmt"
	"sort"

	"github.com/sluis-go/sluis/sdc"
)

// fromParents builds a hierarchy from a map of every code to its
// parent, "" standing for the total; siblings are in the order of their bytes.
// Parents that are no keys of the map lie directly below the total. The error
// wraps ErrSpec; a cycle is one.
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
	// What hangs below no root hangs below itself.
	if n := len(parents) + len(roots) - placed; n > 0 {
		return nil, fmt.Errorf("%w: %d codes lie on or below a cycle", ErrSpec, n)
	}
	return sdc.NewHierarchy(top...)
}
