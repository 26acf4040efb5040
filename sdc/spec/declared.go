package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/sluis-go/sluis/sdc"
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

// texts reads a list of texts of some length; ok is false for anything else.
func texts(n ast.Node, length int) (out []string, ok bool) {
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) != length {
		return nil, false
	}
	for _, v := range list.Values {
		s, ok := scalar(v)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

// checked returns the fault of one declaration, at its place.
func checked(n ast.Node, field string, d declared.Columns) error {
	if err := d.Validate(); err != nil {
		text := strings.TrimPrefix(err.Error(), sdc.ErrRequest.Error()+": ")
		// The place is better than the number of the only one.
		for _, only := range []string{"independent pair 1: ", "relation 1: ", `bounds of column "x": `} {
			text = strings.TrimPrefix(text, only)
		}
		return misplaced(n, "data.%s: %s", field, text)
	}
	return nil
}

// pairOf is a pair of columns.
type pairOf [2]string

// UnmarshalYAML reads the names of two columns.
func (p *pairOf) UnmarshalYAML(n ast.Node) error {
	list, ok := texts(n, 2)
	if !ok {
		return misplaced(n, "data.independent: a list of pairs of columns is wanted, as [[a, b]]")
	}
	*p = pairOf(list)
	return checked(n, "independent", declared.Columns{Independent: [][2]string{*p}})
}

// relation is the text of a relation.
type relation string

// UnmarshalYAML reads a relation.
func (r *relation) UnmarshalYAML(n ast.Node) error {
	text, ok := scalar(n)
	if !ok {
		return misplaced(n, `data.relations: a list of relations is wanted, as ["total = paid + unpaid"]`)
	}
	*r = relation(text)
	return checked(n, "relations", declared.Columns{Relations: []string{text}})
}

// boundsOf are the least and the greatest value of a column.
type boundsOf [2]string

// UnmarshalYAML reads two numbers as they are written.
func (b *boundsOf) UnmarshalYAML(n ast.Node) error {
	list, ok := texts(n, 2)
	if !ok {
		return misplaced(n, "data.bounds: the least and the greatest value are wanted, as [0, 168]")
	}
	*b = boundsOf(list)
	return checked(n, "bounds", declared.Columns{Bounds: map[string][2]string{"x": *b}})
}

// DeclaredNumbers lists the columns of declared relations and bounds. A check reads their
// numbers, whatever the outputs are.
func (s *Spec) DeclaredNumbers() (out []string) {
	for field, name := range s.Declared.Named() {
		if field == "Relations" || field == "Bounds" {
			out = append(out, name)
		}
	}
	return out
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
	for _, p := range f.Independent {
		d.Independent = append(d.Independent, p)
	}
	for _, r := range f.Relations {
		d.Relations = append(d.Relations, string(r))
	}
	for name, b := range f.Bounds {
		if d.Bounds == nil {
			d.Bounds = map[string][2]string{}
		}
		d.Bounds[name] = b
	}
	if err := d.Validate(); err != nil {
		return wrong("data: %s", strings.TrimPrefix(err.Error(), sdc.ErrRequest.Error()+": "))
	}
	s.Declared = d
	return nil
}
