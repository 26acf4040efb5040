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

// TestThousandsOfVerbs: numbers that a profile bins, that weigh, or whose distance counts may
// be a thousand times too small as well; codes may not.
func TestThousandsOfVerbs(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	var b strings.Builder
	b.WriteString("id,region,w,x\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d,N,%s,%s\n", i, []string{"3", "1.250"}[i%2], []string{"3", "12.500"}[i/2%2])
	}
	write(t, at("d.csv"), b.String())
	write(t, at("plain.csv"), strings.ReplaceAll(b.String(), "250", "25"))
	risk := []string{"risk", at("d.csv"), "--keys", "region", "--suda=false", "--k", "3"}
	for _, c := range []struct {
		name string
		args []string
		of   string // the columns that are remarked
		code int
	}{
		{"profile", []string{"profile", at("d.csv"), "--respondent", "id"}, "w x", 0},
		{"profile, declared", []string{"profile", at("d.csv"), "--respondent", "id", "--type", "w=float64"}, "x", 0},
		{"profile, one has other digits", []string{"profile", at("plain.csv"), "--respondent", "id"}, "x", 0},
		{"weight", append(risk, "--weight", "w"), "w", exitReview},
		{"weight, declared", append(risk, "--weight", "w", "--type", "w=float64"), "", 0},
		{"a code", append(risk, "--sensitive", "x"), "", 0},
		{"an ordered distance", append(risk, "--sensitive", "x", "--t", "1", "--distance", "ordered"), "x", exitReview},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, text := verb(t, c.args...)
			var of []string
			for _, name := range []string{"w", "x"} {
				if strings.Contains(text, fmt.Sprintf("thousands: review: column %q", name)) {
					of = append(of, name)
				}
			}
			if strings.Join(of, " ") != c.of || code != c.code {
				t.Errorf("exit status %d, of %v: %s", code, of, text)
			}
		})
	}
}
