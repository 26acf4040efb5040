package spec

import (
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/population"
)

// conditionOf is what a spec asks of one column.
type conditionOf population.Condition

const conditionWanted = `where: a list of codes, as [F], or ends, as {from: 25, to: 65}, or {not: [a, b]} is wanted`

// UnmarshalYAML reads a list, ends, or a list of what is not wanted.
func (c *conditionOf) UnmarshalYAML(n ast.Node) error {
	switch x := n.(type) {
	case *ast.SequenceNode:
		if err := c.codes(x); err != nil {
			return err
		}
	case *ast.MappingNode:
		for _, v := range x.Values {
			if err := c.entry(v); err != nil {
				return err
			}
		}
	case *ast.MappingValueNode:
		if err := c.entry(x); err != nil {
			return err
		}
	default:
		return misplaced(n, conditionWanted)
	}
	check := population.Condition(*c)
	check.Column = "x"
	if err := check.Validate(); err != nil {
		text := strings.TrimPrefix(err.Error(), sdc.ErrRequest.Error()+": ")
		return misplaced(n, "where: %s", strings.TrimPrefix(text, `where: column "x": `))
	}
	return nil
}

// entry reads from, to or not.
func (c *conditionOf) entry(v *ast.MappingValueNode) error {
	key := v.Key.GetToken().Value
	switch key {
	case "from", "to":
		text, ok := scalar(v.Value)
		if !ok || text == "" {
			return misplaced(v.Value, "where: %s is a number or a date", key)
		}
		if key == "from" {
			c.From = text
		} else {
			c.To = text
		}
		return nil
	case "not":
		if list, ok := v.Value.(*ast.SequenceNode); ok {
			c.Not = true
			return c.codes(list)
		}
	}
	return misplaced(v.Key, conditionWanted)
}

// codes reads a list of codes, in which ~ is null.
func (c *conditionOf) codes(list *ast.SequenceNode) error {
	for i, v := range list.Values {
		if null, ok := v.(*ast.NullNode); ok {
			if null.GetToken().Value != "~" || c.Null {
				return misplaced(v, "where: entry %d is nothing, or a second ~: write ~ once for a missing value, or take the entry out", i+1)
			}
			c.Null = true
			continue
		}
		code, ok := scalar(v)
		if !ok || code == "" {
			return misplaced(v, "where: entry %d is no code: write the code of the data, in quotes where YAML reads something else", i+1)
		}
		c.Codes = append(c.Codes, code)
	}
	return nil
}

// whereOf are the conditions of a spec, by column.
type whereOf map[string]conditionOf

// where returns the conditions in the order of the columns.
func (w whereOf) where() population.Where {
	var out population.Where
	for _, name := range slices.Sorted(maps.Keys(w)) {
		c := population.Condition(w[name])
		c.Column = name
		out = append(out, c)
	}
	return out
}
