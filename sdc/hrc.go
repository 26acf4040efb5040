package sdc

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// ParseHRC reads a tau-ARGUS hierarchy file: one code a line, the number of
// leading repetitions of lead ("@" where empty) being its depth. The total is
// not listed. Only trailing blanks, tabs and carriage returns are trimmed:
// leading blanks belong to the code. Blank lines are skipped.
//
// The error wraps ErrRequest and names the line: a depth that grows by more
// than one, an empty code, a code that occurs twice.
func ParseHRC(r io.Reader, lead string) (*Hierarchy, error) {
	if r == nil {
		return nil, outputsError("the reader of a hierarchy is nil")
	}
	if lead == "" {
		lead = "@"
	}
	h := &Hierarchy{index: map[string]int{}}
	var path []int // code at each depth above the present line
	sc := bufio.NewScanner(r)
	for line := 1; sc.Scan(); line++ {
		text := strings.TrimRight(sc.Text(), " \t\r\n")
		if line == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if text == "" {
			continue
		}
		depth := 0
		for strings.HasPrefix(text, lead) {
			text = text[len(lead):]
			depth++
		}
		if depth > len(path) {
			return nil, fmt.Errorf("%w: hierarchy: line %d: depth grows by more than one", ErrRequest, line)
		}
		parent := -1
		if path = path[:depth]; depth > 0 {
			parent = path[depth-1]
		}
		if err := h.append(text, parent, depth+1); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		path = append(path, len(h.codes)-1)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%w: hierarchy: %w", ErrRequest, err)
	}
	return h.finish()
}
