package verify

import (
	"fmt"
	"slices"
	"testing"
)

// change is a table that is shown: the changes of the inner cells, by code, over den.
type change struct {
	by  map[string]int64
	den int64 // 0: 1
}

// contribution is what an owner has of a cell. alone: the owner is alone in the cell.
type contribution struct {
	owner       int64
	code        string
	least, most int64
	alone       bool
}

// levelCase is a table of one variable. The total alone is published. unsafe is the code of
// the one unsafe cell, and all witnesses are named for it.
type levelCase struct {
	values              map[string]int64 // by code; A is the total of a1 and a2
	witnesses           []change
	unsafe              string
	below, above, apart int64
	part                map[string]int64
	has                 []contribution
	fractions           bool
	least               int64
	anySign             bool // nothing is known of the least value
}

// twin is the confidential proof of a case, and its release.
func (c *levelCase) twin() (*confidentialDoc, string) {
	v := certificateVariable{"v", []string{""}, []int{-1}}
	for _, code := range []string{"x", "y", "z", "A", "a1", "a2"} {
		if _, ok := c.values[code]; !ok {
			continue
		}
		parent := 0
		if len(code) == 2 {
			parent = slices.Index(v.Codes, "A")
		}
		v.Codes, v.Parents = append(v.Codes, code), append(v.Parents, parent)
	}
	d := &confidentialDoc{
		Notice: "CONFIDENTIAL", Schema: confidentialSchema, Whole: !c.fractions, Least: &c.least,
		Releases: []certificateRelease{{File: "r.csv", Variables: []certificateVariable{v}}},
		Starts:   []int64{0}, ShownStarts: []int64{0, int64(len(c.witnesses))},
		Below: []int64{c.below}, Above: []int64{c.above}, Apart: []int64{c.apart},
	}
	if c.anySign {
		d.Least = nil
	}
	total, text := int64(0), ""
	var inner []string
	for k, code := range v.Codes[1:] {
		text += code + ",,C,3\n"
		d.Part = append(d.Part, c.part[code])
		if code == c.unsafe {
			d.Primary = []int64{int64(k)}
		}
		if code != "A" {
			total += c.values[code]
			d.Base = append(d.Base, c.values[code])
			inner = append(inner, code)
		}
	}
	for w, m := range c.witnesses {
		for k, code := range inner {
			if x := m.by[code]; x != 0 {
				d.Cells, d.Changes = append(d.Cells, int64(k)), append(d.Changes, x)
			}
		}
		d.Starts, d.Dens, d.Shown = append(d.Starts, int64(len(d.Cells))), append(d.Dens, max(1, m.den)), append(d.Shown, int64(w))
	}
	for _, h := range c.has {
		cell := int64(slices.Index(v.Codes, h.code))
		if h.alone {
			d.Owner, d.OwnedTable, d.OwnedCell = append(d.Owner, h.owner), append(d.OwnedTable, 0), append(d.OwnedCell, cell)
			continue
		}
		d.ShareOwner, d.ShareTable, d.ShareCell = append(d.ShareOwner, h.owner), append(d.ShareTable, 0), append(d.ShareCell, cell)
		d.ShareLeast, d.ShareMost = append(d.ShareLeast, h.least), append(d.ShareMost, h.most)
	}
	return d, fmt.Sprintf("v,value,status,status_tau\n*,%d,F,1\n%s", total, text)
}

// TestLevels: what an outsider and each insider is shown of one unsafe cell, at the boundary
// of every condition of Confidential.
func TestLevels(t *testing.T) {
	type m = map[string]int64
	const (
		open    = "is not shown to be protected"
		insider = "not shown to be protected against an insider"
	)
	xyz := m{"x": 10, "y": 10, "z": 10}
	tree := m{"x": 1, "y": 1, "z": 1, "A": 12, "a1": 10, "a2": 2}
	falls := func(by int64) change { return change{m{"x": -by, "y": by}, 1} }
	steps := func(from, to int64) (list []change) { // the cell falls by from, ... and to
		for by := from; by <= to; by++ {
			list = append(list, falls(by))
		}
		return list
	}
	for _, c := range []struct {
		name, why string
		levelCase
	}{
		{"falls as far as the lower level", "", levelCase{values: xyz, below: 3, witnesses: steps(3, 3)}},
		{"falls a unit less than the lower level", open, levelCase{values: xyz, below: 4, witnesses: steps(3, 3)}},
		{"no levels, and the cell falls", "", levelCase{values: xyz, witnesses: steps(1, 1)}},
		{"no levels, and the cell rises", "", levelCase{values: xyz, witnesses: []change{{m{"x": 1, "y": -1}, 1}}}},
		{"no levels, and a change of less than a unit", "", levelCase{values: xyz, fractions: true, witnesses: []change{{m{"x": 1, "y": -1}, 3}}}},
		{"no levels, a value of 0, and no witness", open, levelCase{values: m{"x": 0, "y": 10, "z": 10}}},
		{"a half above and a half below are one apart", "", levelCase{values: xyz, fractions: true, apart: 1,
			witnesses: []change{{m{"x": 1, "y": -1}, 2}, {m{"x": -1, "y": 1}, 2}}}},
		{"a half above and a quarter below are not one apart", open, levelCase{values: xyz, fractions: true, apart: 1,
			witnesses: []change{{m{"x": 1, "y": -1}, 2}, {m{"x": -1, "y": 1}, 4}}}},
		{"two and a half below are not three apart", open, levelCase{values: xyz, fractions: true, apart: 3, witnesses: []change{{m{"x": -5, "y": 5}, 2}}}},

		{"the owner of a cell that rises rules a witness out", insider, levelCase{values: xyz, below: 3, witnesses: steps(3, 3),
			has: []contribution{{owner: 1, code: "y", alone: true}}}},
		{"the owner of another cell does not", "", levelCase{values: xyz, below: 3, witnesses: steps(3, 3),
			has: []contribution{{owner: 1, code: "z", alone: true}}}},
		{"the owner of both cells is not asked", "", levelCase{values: xyz, below: 3, witnesses: steps(3, 3),
			has: []contribution{{owner: 1, code: "x", alone: true}, {owner: 1, code: "y", alone: true}}}},

		// The insider may have 4 of the 10: the cell is at least 4.
		{"a share leaves room for the lower level", "", levelCase{values: xyz, below: 6, witnesses: steps(6, 6), has: []contribution{{1, "x", 0, 4, false}}}},
		{"a witness below the share shows no lower level", insider, levelCase{values: xyz, below: 3, witnesses: steps(8, 8), has: []contribution{{1, "x", 0, 4, false}}}},
		{"a witness below the share shows no other value", insider, levelCase{values: xyz, witnesses: steps(8, 8), has: []contribution{{1, "x", 0, 4, false}}}},
		{"a witness at the share shows another value", "", levelCase{values: xyz, witnesses: steps(6, 6), has: []contribution{{1, "x", 0, 4, false}}}},
		{"a witness below the share shows no distance", insider, levelCase{values: xyz, apart: 7, witnesses: steps(8, 8), has: []contribution{{1, "x", 0, 4, false}}}},
		{"with fractions a witness below the share shows the level between", "", levelCase{values: xyz, fractions: true, below: 5, witnesses: steps(5, 5),
			has: []contribution{{1, "x", 8, 8, false}}}},
		{"all of the cell is the insider's", "", levelCase{values: xyz, below: 2, witnesses: steps(2, 2), has: []contribution{{1, "x", 10, 10, false}}}},
		{"no levels, and all of the cell is the insider's", "", levelCase{values: xyz, witnesses: steps(1, 1), has: []contribution{{1, "x", 10, 10, false}}}},

		// The insider owns z. The lower level is at most what the insider has not of x.
		{"a level capped at the rest of the cell", "", levelCase{values: xyz, fractions: true, below: 5,
			witnesses: []change{{m{"x": -5, "z": 5}, 1}, falls(2)}, has: []contribution{{1, "x", 8, 8, false}, {owner: 1, code: "z", alone: true}}}},
		{"a unit less than the capped level", insider, levelCase{values: xyz, fractions: true, below: 5,
			witnesses: []change{{m{"x": -5, "z": 5}, 1}, falls(1)}, has: []contribution{{1, "x", 8, 8, false}, {owner: 1, code: "z", alone: true}}}},

		// In whole numbers every share that the insider may have must be shown.
		{"every possible share is shown", "", levelCase{values: xyz, below: 3, witnesses: steps(1, 3), has: []contribution{{1, "x", 0, 10, false}}}},
		{"the largest possible share is not shown", insider, levelCase{values: xyz, below: 3, witnesses: steps(2, 3), has: []contribution{{1, "x", 0, 10, false}}}},
		{"a share between is not shown", insider, levelCase{values: xyz, below: 3, witnesses: []change{falls(1), falls(3)}, has: []contribution{{1, "x", 0, 10, false}}}},
		{"shares down to the room", "", levelCase{values: xyz, below: 3, witnesses: steps(2, 3), has: []contribution{{1, "x", 0, 8, false}}}},
		{"the share at the room is not shown", insider, levelCase{values: xyz, below: 3, witnesses: []change{falls(1), falls(3)}, has: []contribution{{1, "x", 0, 8, false}}}},
		{"64 shares are looked at", "", levelCase{values: m{"x": 100, "y": 10}, below: 94, witnesses: steps(30, 94), has: []contribution{{1, "x", 0, 70, false}}}},
		{"65 shares are not", insider, levelCase{values: m{"x": 100, "y": 10}, below: 95, witnesses: steps(30, 95), has: []contribution{{1, "x", 0, 70, false}}}},

		// A is the total of a1 = 10 and a2 = 2. The insider owns z.
		{"a part of a total is not used", "", levelCase{values: tree, above: 2, witnesses: []change{{m{"x": 2, "a1": -2}, 1}}, part: m{"A": 12}}},
		{"a part of an inner cell is", insider, levelCase{values: tree, above: 2, witnesses: []change{{m{"x": 2, "a1": -2}, 1}}, part: m{"a1": 9}}},
		{"what the insider has in a cell is in its total", "", levelCase{values: tree, unsafe: "A", below: 5,
			witnesses: []change{{m{"a1": -5, "x": 5}, 1}, {m{"a2": -2, "x": 2}, 1}}, has: []contribution{{owner: 1, code: "a1", alone: true}}}},
		{"what the insider has in a cell is no more than the cell", insider, levelCase{values: tree, unsafe: "A", below: 5,
			witnesses: []change{{m{"a1": -5, "x": 5}, 1}, {m{"a2": -1, "x": 1}, 1}}, has: []contribution{{owner: 1, code: "a1", alone: true}}}},
		{"the share of a total bounds that of its cells", "", levelCase{values: tree, above: 2, part: m{"a1": 5},
			witnesses: []change{{m{"x": 2, "z": -1, "y": -1}, 1}, {m{"x": 2, "a1": -6, "y": 4}, 1}},
			has:       []contribution{{1, "A", 0, 3, false}, {owner: 1, code: "z", alone: true}}}},
		{"the share of a total does not bound it enough", insider, levelCase{values: tree, above: 2, part: m{"a1": 5},
			witnesses: []change{{m{"x": 2, "z": -1, "y": -1}, 1}, {m{"x": 2, "a1": -8, "y": 6}, 1}},
			has:       []contribution{{1, "A", 0, 3, false}, {owner: 1, code: "z", alone: true}}}},
		{"what the insider has elsewhere in the total is taken off", "", levelCase{values: tree, above: 2, part: m{"a1": 5},
			witnesses: []change{{m{"x": 2, "z": -1, "y": -1}, 1}, {m{"x": 2, "a1": -8, "y": 6}, 1}},
			has:       []contribution{{1, "A", 0, 3, false}, {1, "a2", 2, 2, false}, {owner: 1, code: "z", alone: true}}}},
		{"the smallest of two totals counts", "", levelCase{values: tree, above: 2, part: m{"a1": 5},
			witnesses: []change{{m{"x": 2, "z": -1, "y": -1}, 1}, {m{"x": 2, "a1": -7, "y": 5}, 1}},
			has:       []contribution{{1, "A", 0, 5, false}, {1, "", 0, 4, false}, {owner: 1, code: "z", alone: true}}}},

		// Where values may be negative, a share is no bound of a cell.
		{"a part, and values at least -5", "", levelCase{values: xyz, above: 2, least: -5, witnesses: []change{{m{"x": 2, "y": -2}, 1}}, part: m{"y": 10}}},
		{"a part, and values of any sign", "", levelCase{values: xyz, above: 2, anySign: true, witnesses: []change{{m{"x": 2, "y": -2}, 1}}, part: m{"y": 10}}},
		{"a part, and values at least 0", insider, levelCase{values: xyz, above: 2, witnesses: []change{{m{"x": 2, "y": -2}, 1}}, part: m{"y": 10}}},
		{"a part of a cell of one owner, and values of any sign", "", levelCase{values: xyz, above: 2, anySign: true, witnesses: []change{{m{"x": 2, "y": -2}, 1}},
			part: m{"y": 10}, has: []contribution{{owner: 1, code: "x", alone: true}, {owner: 1, code: "y", alone: true}}}},
		{"a share of the unsafe cell, and values of any sign", "", levelCase{values: xyz, below: 5, anySign: true,
			witnesses: []change{{m{"x": -5, "z": 5}, 1}, falls(5)}, has: []contribution{{1, "x", 8, 8, false}, {owner: 1, code: "z", alone: true}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.unsafe == "" {
				c.unsafe = "x"
			}
			d, release := c.twin()
			said(t, c.name, c.why, forgeTwin(t, d, release))
		})
	}
}
