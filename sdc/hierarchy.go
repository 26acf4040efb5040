package sdc

import (
	"fmt"
	"sort"
)

// Hierarchy is the code tree of a spanning variable. Records carry the codes of
// its leaves; every code above them is a margin of the table. The total is
// never listed. A Hierarchy is immutable.
type Hierarchy struct {
	codes []treeCode // in the order given, parents before children
	index map[string]int
	depth int
}

type treeCode struct {
	label  string
	parent int // -1: the total
	level  int // from 1
	leaf   bool
}

// Code is one code of a tree and what lies below it.
type Code struct {
	Label    string
	Children []Code
}

// NewHierarchy builds a hierarchy from its top-level codes, in the given order.
// The error wraps ErrHierarchy for an empty code or tree and for a code that
// occurs twice, by position and level; it is the same for a code below itself.
func NewHierarchy(top ...Code) (*Hierarchy, error) {
	h := &Hierarchy{index: map[string]int{}}
	var add func(c Code, parent, level int) error
	add = func(c Code, parent, level int) error {
		if err := h.append(c.Label, parent, level); err != nil {
			return err
		}
		self := len(h.codes) - 1
		for _, child := range c.Children {
			if err := add(child, self, level+1); err != nil {
				return err
			}
		}
		return nil
	}
	for _, c := range top {
		if err := add(c, -1, 1); err != nil {
			return nil, err
		}
	}
	return h.finish()
}

// HierarchyFromParents builds a hierarchy from a map of every code to its
// parent, "" standing for the total; siblings are in the order of their bytes.
// Parents that are no keys of the map lie directly below the total. The error
// wraps ErrHierarchy; a cycle is one.
func HierarchyFromParents(parents map[string]string) (*Hierarchy, error) {
	children := map[string][]string{}
	roots := map[string]bool{}
	for code, parent := range parents {
		if code == "" {
			return nil, fmt.Errorf("%w: empty code", ErrHierarchy)
		}
		children[parent] = append(children[parent], code)
		if _, ok := parents[parent]; parent != "" && !ok && !roots[parent] {
			roots[parent] = true
			children[""] = append(children[""], parent)
		}
	}
	var build func(parent string) []Code
	build = func(parent string) []Code {
		labels := children[parent]
		sort.Strings(labels)
		var out []Code
		for _, l := range labels {
			out = append(out, Code{Label: l, Children: build(l)})
		}
		return out
	}
	h, err := NewHierarchy(build("")...)
	if err != nil {
		return nil, err
	}
	// What hangs below no root hangs below itself.
	if n := len(parents) + len(roots) - len(h.codes); n > 0 {
		return nil, fmt.Errorf("%w: %d codes lie on or below a cycle", ErrHierarchy, n)
	}
	return h, nil
}

func (h *Hierarchy) append(label string, parent, level int) error {
	if label == "" {
		return fmt.Errorf("%w: code %d is empty", ErrHierarchy, len(h.codes)+1)
	}
	if first, ok := h.index[label]; ok {
		return fmt.Errorf("%w: code %d is the same as code %d", ErrHierarchy, len(h.codes)+1, first+1)
	}
	h.index[label] = len(h.codes)
	h.codes = append(h.codes, treeCode{label: label, parent: parent, level: level, leaf: true})
	if parent >= 0 {
		h.codes[parent].leaf = false
	}
	h.depth = max(h.depth, level)
	return nil
}

func (h *Hierarchy) finish() (*Hierarchy, error) {
	if len(h.codes) == 0 {
		return nil, fmt.Errorf("%w: no codes", ErrHierarchy)
	}
	return h, nil
}

// isLeaf reports whether label is a leaf.
func (h *Hierarchy) isLeaf(label string) bool {
	i, ok := h.index[label]
	return ok && h.codes[i].leaf
}
