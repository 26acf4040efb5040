package measure

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/sluis-go/sluis/riskmetrics"
)

// ReadTree reads a hierarchy: on each line a value and the nodes above it, up to the root, by
// semicolons. It returns the node above each value and node. Errors name the line.
func ReadTree(in io.Reader) (map[string]string, error) {
	if in == nil {
		return nil, fmt.Errorf("%w: the reader of a hierarchy is nil", riskmetrics.ErrRequest)
	}
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord = ';', -1
	lines, err := r.ReadAll()
	if err != nil {
		return nil, errors.New("not a hierarchy with fields by semicolons")
	}
	parent := map[string]string{}
	for n, line := range lines {
		for i := range len(line) - 1 {
			if line[i] == line[i+1] {
				continue // a value that a level leaves as it is
			}
			if up, ok := parent[line[i]]; ok && up != line[i+1] {
				return nil, fmt.Errorf("line %d: field %d has two parents", n+1, i+1)
			}
			parent[line[i]] = line[i+1]
		}
	}
	return parent, nil
}
