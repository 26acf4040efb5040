package verify

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Together finds releases of the same cells under different certificates. Each
// certificate holds only by itself: one release may publish a cell that another hides.
// covered gives the certificate, or the statement of rounding, of every release. wrong
// names the pairs; it is empty where there is none.
//
// Two releases are of the same cells if
//
//   - some cell, with the same variables and codes, is published in both and is not 0;
//     and
//   - no such cell has two values.
//
// Variables are the same if they have one name. In releases in which no two variables
// have the same codes, variables are also the same if they have the same codes: a renamed
// variable hides nothing. Quadratic in releases.
func Together(folder fs.FS, covered map[string]string) (wrong []string, err error) {
	names := slices.Sorted(maps.Keys(covered))
	list := make([]*published, len(names))
	for i, name := range names {
		if list[i], err = readPublished(folder, name); err != nil {
			return nil, err
		}
	}
	for i := range names {
		for j := range i {
			a, b := list[i], list[j]
			if covered[names[i]] == covered[names[j]] {
				continue
			}
			if sameCells(a.byName, b.byName) || a.byCodes != nil && b.byCodes != nil && sameCells(a.byCodes, b.byCodes) {
				wrong = append(wrong, fmt.Sprintf("%q and %q release the same cells under two certificates: what they tell together is not proven", names[j], names[i]))
			}
		}
	}
	return wrong, nil
}

// published holds the value of every cell that is not suppressed, by variables and codes.
// Totals are left out of the codes: a margin of one table is then the cell of another.
type published struct {
	byName  map[string]string // variables by their names
	byCodes map[string]string // variables by their codes; nil where two have the same
}

// readPublished reads a release.
func readPublished(folder fs.FS, name string) (*published, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	n := -1 // value, status, status_tau follow the variables
	if len(rows) > 0 {
		n = len(rows[0]) - 3
	}
	if n < 0 {
		return nil, fmt.Errorf("%s: it is not in the form of a release", name)
	}
	head, rows := rows[0][:n], rows[1:]
	out := &published{byName: cellsBy(head, rows)}
	if codes := codesOf(n, rows); len(slices.Compact(slices.Sorted(slices.Values(codes)))) == n {
		out.byCodes = cellsBy(codes, rows)
	}
	return out, nil
}

// codesOf returns, for each variable, all of its codes but the total, in order.
func codesOf(n int, rows [][]string) []string {
	out := make([]string, n)
	for v := range out {
		seen := map[string]bool{}
		for _, row := range rows {
			seen[row[v]] = true
		}
		delete(seen, "*")
		out[v] = strings.Join(slices.Sorted(maps.Keys(seen)), "\x02")
	}
	return out
}

// cellsBy returns the published values by cell. variables identify the variables.
func cellsBy(variables []string, rows [][]string) map[string]string {
	n := len(variables)
	cells := map[string]string{}
	for _, row := range rows {
		if row[n] == "" {
			continue
		}
		var codes []string
		for v, code := range row[:n] {
			if code != "*" {
				codes = append(codes, variables[v]+"\x00"+code)
			}
		}
		slices.Sort(codes)
		// 12.50 of two decimals is 12.5 of one.
		value := row[n]
		if strings.Contains(value, ".") {
			value = strings.TrimRight(strings.TrimRight(value, "0"), ".")
		}
		cells[strings.Join(codes, "\x01")] = value
	}
	return cells
}

// sameCells reports whether two releases tell of the same things: they publish some
// cells both, not all 0, and none of these with two values.
func sameCells(a, b map[string]string) bool {
	some := false
	for key, value := range a {
		other, both := b[key]
		switch {
		case both && other != value:
			return false
		case both && value != "0":
			some = true
		}
	}
	return some
}
