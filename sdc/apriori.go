package sdc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// APriori sets the status of cells by hand. It applies to every cell that has
// the given codes, whatever its other coordinates.
//
// A cell set safe keeps its findings, with verdict Safe and the reason; a cell
// set unsafe gets one. Where entries contradict each other, unsafe wins.
type APriori struct {
	// Codes maps spanning variables to codes, "" being the total. Required.
	Codes map[string]string
	// Safe says to which side the cells are set.
	Safe bool
	// Reason is printed in the report. Required.
	Reason string
	// Protected, Cost, Lower and Upper are what an .hst line may carry beside a
	// status: they do not bear on safety and are kept for secondary suppression.
	Protected    bool
	Cost         string
	Lower, Upper string
	neutral      bool // carries only such
}

func (a *APriori) validate(o *Output) error {
	if len(a.Codes) == 0 {
		return errors.New("no codes")
	}
	for name := range a.Codes {
		if !slices.Contains(o.By, name) {
			return fmt.Errorf("variable %q does not span the table", name)
		}
	}
	if a.Reason == "" && !a.neutral {
		return errors.New("no reason")
	}
	return nil
}

// ParseHST reads a tau-ARGUS a-priori file for a table spanned by the given
// variables: code1 SEP ... codeD SEP KIND [SEP number [SEP number]], fields
// trimmed and one pair of double quotes removed, the total being the empty code
// or totals[i]. KIND, in any case: S safe, U unsafe, P protected, M or ML manual
// secondary (kept as unsafe, the strict side), C or W cost, PL lower and upper
// protection level. reason goes with every entry.
//
// The error wraps ErrOutput and names the line.
func ParseHST(r io.Reader, sep string, by, totals []string, reason string) ([]APriori, error) {
	if sep == "" {
		sep = ","
	}
	var out []APriori
	sc := bufio.NewScanner(r)
	for line := 1; sc.Scan(); line++ {
		text := strings.TrimRight(sc.Text(), "\r\n")
		if strings.TrimSpace(text) == "" {
			continue
		}
		a, err := parseHSTLine(strings.Split(text, sep), by, totals)
		if err != nil {
			return nil, fmt.Errorf("%w: a-priori list, line %d: %w", ErrOutput, line, err)
		}
		a.Reason = reason
		out = append(out, a)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%w: a-priori list: %w", ErrOutput, err)
	}
	return out, nil
}

func parseHSTLine(fields, by, totals []string) (APriori, error) {
	a := APriori{Codes: map[string]string{}}
	if len(fields) <= len(by) {
		return a, fmt.Errorf("%d fields where at least %d are needed", len(fields), len(by)+1)
	}
	for i, f := range fields {
		f = strings.TrimSpace(f)
		if len(f) >= 2 && f[0] == '"' && f[len(f)-1] == '"' {
			f = f[1 : len(f)-1]
		}
		fields[i] = f
	}
	for i, name := range by {
		code := fields[i]
		if i < len(totals) && code == totals[i] {
			code = ""
		}
		a.Codes[name] = code
	}
	numbers := fields[len(by)+1:]
	for _, n := range numbers {
		if _, err := strconv.ParseFloat(n, 64); err != nil {
			return a, errors.New("a field that should be a number is none")
		}
	}
	want := 0
	switch strings.ToUpper(fields[len(by)]) {
	case "S":
		a.Safe = true
	case "U", "M", "ML":
	case "P":
		a.Protected, a.neutral = true, true
	case "C", "W":
		want, a.neutral = 1, true
	case "PL":
		want, a.neutral = 2, true
	default:
		return a, errors.New("kind is none of S, U, P, M, ML, C, W, PL")
	}
	if len(numbers) != want {
		return a, fmt.Errorf("%d numbers where %d are needed", len(numbers), want)
	}
	if want == 1 {
		a.Cost = numbers[0]
	}
	if want == 2 {
		a.Lower, a.Upper = numbers[0], numbers[1]
	}
	return a, nil
}
