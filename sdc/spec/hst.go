package spec

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/sdc"
)

// parseHST reads a tau-ARGUS a-priori file for a table spanned by the given variables. A
// line is
//
//	code1 SEP ... codeD SEP KIND [SEP number [SEP number]]
//
// Fields are trimmed, and one pair of double quotes is removed. The total is the empty
// code or totals[i]. KIND, in any case, is
//
//   - S: safe;
//   - U: unsafe;
//   - P: protected;
//   - M or ML: manual secondary (kept as unsafe, the strict side);
//   - C or W: cost;
//   - PL: lower and upper protection level.
//
// reason and who (the person who judged) go with every entry. A byte order mark before
// the first line is skipped.
//
// The error wraps ErrSpec and names the line.
func parseHST(r io.Reader, sep string, by, totals []string, reason, who string) ([]sdc.APriori, error) {
	if sep == "" {
		sep = ","
	}
	var out []sdc.APriori
	sc := bufio.NewScanner(r)
	for line := 1; sc.Scan(); line++ {
		text := strings.TrimRight(sc.Text(), "\r\n")
		if line == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		a, err := parseHSTLine(strings.Split(text, sep), by, totals)
		if err != nil {
			return nil, fmt.Errorf("%w: a-priori list, line %d: %w", ErrSpec, line, err)
		}
		a.Reason, a.By, a.Line = reason, who, line
		out = append(out, a)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%w: a-priori list: %w", ErrSpec, err)
	}
	return out, nil
}

func parseHSTLine(fields, by, totals []string) (sdc.APriori, error) {
	a := sdc.APriori{Codes: map[string]string{}}
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
		a.Protected, a.Neutral = true, true
	case "C", "W":
		want, a.Neutral = 1, true
	case "PL":
		want, a.Neutral = 2, true
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
