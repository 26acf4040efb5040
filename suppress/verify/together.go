package verify

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Together refuses releases of the same cells under different certificates: each
// certificate holds by itself, and what one release publishes may be what another hides.
// covered names the certificate, or the statement of rounding, of every release. The
// result names the pairs; it is empty where there is none.
//
// Two releases are of the same cells if some cell, with the same variables and codes, is
// published in both, not 0, and no such cell has two values. Quadratic in releases.
func Together(folder fs.FS, covered map[string]string) (wrong []string, err error) {
	names := slices.Sorted(maps.Keys(covered))
	cells := make([]map[string]string, len(names))
	for i, name := range names {
		if cells[i], err = publishedCells(folder, name); err != nil {
			return nil, err
		}
	}
	for i := range names {
		for j := range i {
			if covered[names[i]] != covered[names[j]] && sameCells(cells[i], cells[j]) {
				wrong = append(wrong, fmt.Sprintf("%q and %q release the same cells under two certificates: what they tell together is not proven", names[j], names[i]))
			}
		}
	}
	return wrong, nil
}

// publishedCells reads what a release publishes: by variables and codes, totals left out,
// so that a margin of one table is the cell of another. Suppressed cells are not there.
func publishedCells(folder fs.FS, name string) (map[string]string, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	in := csv.NewReader(f)
	in.ReuseRecord = true
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	head = slices.Clone(head)
	n := len(head) - 3 // value, status, status_tau
	if n < 0 {
		return nil, fmt.Errorf("%s: it is not in the form of a release", name)
	}
	cells := map[string]string{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return cells, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if row[n] == "" {
			continue
		}
		var codes []string
		for v, code := range row[:n] {
			if code != "*" {
				codes = append(codes, head[v]+"\x00"+code)
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
