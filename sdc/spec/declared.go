package spec

import (
	"fmt"
	"maps"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/sluis-go/sluis/sdc/declared"
)

// misplaced is an error about a place of the file.
func misplaced(n ast.Node, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return fmt.Errorf("%s", text)
	}
	p := n.GetToken().Position
	return fmt.Errorf("[%d:%d] %s", p.Line, p.Column, text)
}

// scalar returns the text of a value as it is written, and false for a list, a map or
// nothing.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.AnchorNode:
		return scalar(n.Value)
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// codeList are the declared codes of a column.
type codeList []string

// UnmarshalYAML reads a list of different codes.
func (c *codeList) UnmarshalYAML(n ast.Node) error {
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) == 0 {
		return misplaced(n, "data.codes: a list of all codes of the column is wanted, as [a, b, c]")
	}
	first := map[string]int{}
	for i, v := range list.Values {
		code, ok := scalar(v)
		if !ok || code == "" {
			return misplaced(v, "data.codes: code %d is empty or no text: a missing value is no code; take the entry out, or put quotes around it", i+1)
		}
		if k, twice := first[code]; twice {
			return misplaced(v, "data.codes: code %d is the same as code %d: take one of them out", i+1, k+1)
		}
		first[code] = i
		*c = append(*c, code)
	}
	return nil
}

// declare takes in what the spec declares of columns.
func (f *dataFile) declare(s *Spec) error {
	d := declared.Columns{}
	for _, name := range slices.Sorted(maps.Keys(f.Codes)) {
		if s.Hierarchies[name] != nil {
			return wrong("data.codes: column %q has a hierarchy, which declares its codes: leave one of the two out", name)
		}
		if d.Codes == nil {
			d.Codes = map[string][]string{}
		}
		d.Codes[name] = f.Codes[name]
	}
	s.Declared = d
	return nil
}
