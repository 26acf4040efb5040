package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestThousands: 92.227 may be ninety-two thousand. Where no field says otherwise, a
// person must look.
func TestThousands(t *testing.T) {
	for _, c := range []struct {
		name, largest, csv string
		others             []string
		remarked           bool
	}{
		{"one with a point", "92.227", "", []string{"336", "900"}, true},
		{"below zero", "-1.500", "", []string{"336", "900"}, true},
		{"two digits before the point and three behind, all", "92.227", "", []string{"1.336", "900"}, true},
		{"one has two digits behind the point", "92.227", "", []string{"336.5", "900"}, false},
		{"one begins with 0", "92.227", "", []string{"0.336", "900"}, false},
		{"four digits before the point", "9222.227", "", []string{"336", "900"}, false},
		{"whole numbers", "92227", "", []string{"336", "900"}, false},
		{"declared", "92.227", "    types: {x: float64}\n", []string{"336", "900"}, false},
		{"a decimal comma", "92,227", "    decimal: \",\"\n    delimiter: \";\"\n", []string{"336", "900"}, true},
		{"a decimal comma and two digits", "92,22", "    decimal: \",\"\n    delimiter: \";\"\n", []string{"336", "900"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			var b strings.Builder
			sep := ","
			if strings.Contains(c.csv, ";") {
				sep = ";"
			}
			b.WriteString(strings.Join([]string{"id", "region", "x"}, sep) + "\n")
			for i := range 40 {
				x := c.others[i%2]
				if i == 7 {
					x = c.largest
				}
				b.WriteString(strings.Join([]string{fmt.Sprint(i), "N", x}, sep) + "\n")
			}
			write(t, filepath.Join(dir, "d.csv"), b.String())
			spec := "version: 1\ndata:\n  source: d.csv\n  respondent: id\n"
			if c.csv != "" {
				spec += "  csv:\n" + c.csv
			}
			write(t, filepath.Join(dir, "s.yaml"), spec+"outputs:\n  - {name: t, kind: magnitude, by: [region], response: x}\n")
			for _, args := range [][]string{{"check", filepath.Join(dir, "s.yaml")}, {"protect", filepath.Join(dir, "s.yaml"), "--out", filepath.Join(dir, "out")}} {
				code, text := verb(t, args...)
				if got := strings.Contains(text, "thousands: review: "); got != c.remarked || c.remarked && code == 0 {
					t.Errorf("%s: exit status %d: %s", args[0], code, text)
				}
			}
		})
	}
}
