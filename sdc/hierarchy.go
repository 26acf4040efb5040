package sdc

import (
	"fmt"
	"iter"
)

// Hierarchy is the code tree of a spanning variable. Records carry the codes of
// its leaves; every code above them is a margin of the table. The total is
// never listed. A Hierarchy is immutable.
type Hierarchy struct {
	codes []treeCode // in the order given, parents before children
	index map[string]int
	depth int
	flat  bool // the declared codes of a column
}

type treeCode struct {
	label  string
	parent int // -1: the total
	level  int // from 1
	leaf   bool
}

// Code is one code of a tree: its text in the data, and the codes directly below it. A code
// without children is a leaf.
type Code struct {
	Label    string
	Children []Code
}

// NewHierarchy builds a hierarchy from its top-level codes, in the given order. An empty
// code, an empty tree, or a code that occurs twice (also below itself) is an error. The
// error wraps ErrRequest and names the position and level of the code.
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

func (h *Hierarchy) append(label string, parent, level int) error {
	if label == "" {
		return fmt.Errorf("%w: hierarchy: code %d is empty", ErrRequest, len(h.codes)+1)
	}
	if first, ok := h.index[label]; ok {
		return fmt.Errorf("%w: hierarchy: code %d is the same as code %d", ErrRequest, len(h.codes)+1, first+1)
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
		return nil, fmt.Errorf("%w: hierarchy: no codes", ErrRequest)
	}
	return h, nil
}

// isLeaf reports whether label is a leaf.
func (h *Hierarchy) isLeaf(label string) bool {
	i, ok := h.index[label]
	return ok && h.codes[i].leaf
}

// All yields every code with its parent, in the order given, parents first. The parent is
// "" for codes directly below the total.
func (h *Hierarchy) All() iter.Seq2[string, string] {
	return func(yield func(code, parent string) bool) {
		for _, c := range h.codes {
			above := ""
			if c.parent >= 0 {
				above = h.codes[c.parent].label
			}
			if !yield(c.label, above) {
				return
			}
		}
	}
}
