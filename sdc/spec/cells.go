package spec

import (
	"maps"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// Cells names a file that has the cells of a table and not records, and its columns.
type Cells struct {
	// File is the path of the file.
	File string
	// Value is the column of the values. Required.
	Value string
	// Contributors is the column of the numbers of contributors; "" for none.
	Contributors string
	// Largest are the columns of the largest contributions, the largest first.
	Largest []string
	// Status, Lower, Upper, Sliding, Cost and Owner are the columns of the statuses, of the
	// protection levels, of the costs of hiding, and of who is the only contributor; "" for
	// none. Codes is the list of status codes; "" for the one that has all that occur.
	Status, Lower, Upper, Sliding, Cost, Owner, Codes string
	// Metadata is the path of the metadata of a table for tau-ARGUS (.rda); "" for none.
	// What the metadata say, the other fields need not.
	Metadata string
	// Total has the codes of the totals, by variable. The entry "" is for all variables that
	// are not named. Nil says that the file has inner cells alone.
	Total map[string]string
}

// TotalOf returns the code of the total of a variable; "" where it is not given.
func (c *Cells) TotalOf(variable string) string {
	if code, ok := c.Total[variable]; ok {
		return code
	}
	return c.Total[""]
}

// totalFile is the code of all totals, or a code by variable.
type totalFile map[string]string

// UnmarshalYAML reads a code, or a map of variables to codes.
func (t *totalFile) UnmarshalYAML(n ast.Node) error {
	if code, ok := scalar(n); ok {
		*t = totalFile{"": code}
		return nil
	}
	m, ok := n.(*ast.MappingNode)
	if one, is := n.(*ast.MappingValueNode); is {
		m, ok = &ast.MappingNode{Values: []*ast.MappingValueNode{one}}, true
	}
	if !ok || len(m.Values) == 0 {
		return misplaced(n, `data.total: the code of the totals is wanted, as "*", or a code for each variable, as {region: T, size: all}`)
	}
	*t = totalFile{}
	for _, x := range m.Values {
		name, is := scalar(x.Key)
		code, ok := scalar(x.Value)
		if !is || !ok || name == "" {
			return misplaced(x, "data.total: a variable and the code of its total are wanted, as region: T")
		}
		(*t)[name] = code
	}
	return nil
}

// cells takes in what the data section says of a table that is given as cells.
func (f *dataFile) cells(s *Spec, in *folder) error {
	own := len(f.Largest) > 0 || f.Total != nil
	for _, column := range []string{f.Value, f.Contributors, f.Status, f.StatusCodes, f.Lower, f.Upper, f.Sliding, f.Cost, f.Owner, f.Metadata} {
		own = own || column != ""
	}
	switch {
	case f.Cells == "" && own:
		return wrong("data: value, contributors, largest, status, status-codes, lower, upper, sliding, cost, owner, total and metadata describe a table of cells, and there is none: name its file as cells")
	case f.Cells == "":
		return nil
	case len(f.Source) > 0:
		return wrong("data: source names records, and cells a table without records: one of the two is wanted")
	case f.Metadata != "" && f.Total != nil:
		return wrong("data: the codes of the totals are in the metadata: leave total out")
	case f.Value == "" && f.Metadata == "":
		return wrong("data: cells needs value, the column of the values of the cells")
	case f.Respondent != "" || f.Holding != "" || f.Weight != "" || f.Request != "" || f.Form != "" || len(f.Missing) > 0 || f.Copies != "":
		return wrong("data: respondent, respondent-form, holding, weight, request, missing and copies are about records, and cells have none: leave them out")
	case len(f.Codes)+len(f.Relations)+len(f.Bounds) > 0:
		return wrong("data: codes, relations and bounds are about records, and cells have none: leave them out")
	case len(f.Where) > 0:
		return wrong("data: where picks records, and cells have none: leave it out")
	case len(f.CSV.Nulls) > 0 || f.CSV.Trim || len(f.CSV.Types) > 0 || f.CSV.Encoding != "":
		return wrong("data.csv: a file of cells has a delimiter and a decimal mark alone: leave nulls, encoding, trim and types out")
	}
	spanning := map[string]bool{"": true}
	for _, o := range s.Outputs {
		for _, name := range o.By {
			spanning[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Total)) {
		if !spanning[name] {
			return wrong("data.total: no output has the variable %q", name)
		}
	}
	s.Cells = &Cells{
		File: in.path(f.Cells), Value: f.Value, Contributors: f.Contributors, Largest: f.Largest, Total: f.Total,
		Status: f.Status, Codes: f.StatusCodes, Lower: f.Lower, Upper: f.Upper, Sliding: f.Sliding, Cost: f.Cost, Owner: f.Owner,
	}
	if f.Metadata != "" {
		s.Cells.Metadata = in.path(f.Metadata)
		if _, err := in.open(f.Metadata); err != nil {
			return err
		}
	}
	s.Patterns = []string{s.Cells.File}
	return nil
}
