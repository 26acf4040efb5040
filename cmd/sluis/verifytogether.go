package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// cellsOf reads what a release publishes: by variables and codes, totals left out, so
// that a margin of one table is the cell of another. Suppressed cells are not there.
func cellsOf(path string) (map[string]string, error) {
	f, err := openPlain(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	in := csv.NewReader(f)
	in.ReuseRecord = true
	head, err := in.Read()
	if err != nil {
		return nil, err
	}
	head = slices.Clone(head)
	n := len(head) - 3 // value, status, status_tau
	if n < 0 {
		return nil, errors.New("it is not in the form of a release")
	}
	cells := map[string]string{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return cells, nil
		}
		if err != nil {
			return nil, err
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

// together refuses releases of the same cells under different certificates: each holds
// by itself, and what one publishes may be what the other hides.
// covered has the certificate of each; the result says which, by name.
func together(dir string, covered map[string]string) (wrong []string, err error) {
	names := slices.Sorted(maps.Keys(covered))
	cells := make([]map[string]string, len(names))
	for i, name := range names {
		var err error
		if cells[i], err = cellsOf(filepath.Join(dir, name)); err != nil {
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
