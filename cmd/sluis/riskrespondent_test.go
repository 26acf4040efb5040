package main

import (
	"fmt"
	"strings"
)

// personEach gives every row of a CSV file a person of its own.
func personEach(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if i == 0 {
			fmt.Fprintf(&b, "%s,person\n", line)
		} else {
			fmt.Fprintf(&b, "%s,p%d\n", line, i)
		}
	}
	return b.String()
}
