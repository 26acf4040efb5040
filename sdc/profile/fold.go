package profile

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/sdc"
)

// Kinds of labels, their first byte.
const (
	value     = 'v' // the rest is the text
	bin       = 'b' // the rest is the number of the bin
	missing   = 'm'
	invalid   = 'i'
	notFinite = 'n'
	other     = 'o'
)

// column is one column on its way to a profile.
type column struct {
	name, typ string
	withheld  string
	// label tells the class of a value.
	label labeler
	// limits are the limits of the bins, as texts: bin i lies below limits[i].
	limits []string
	codes  map[string]bool
	alike  []sdc.Remark // codes that look alike

	output int // in the report; -1 for none
	groups []group
	into   map[string]string // label -> name of its group; nil for all their own
}

// group is a set of labels that are shown as one class.
type group struct {
	kind   byte
	labels []string
	// least is a number of respondents that the group has at least.
	least int64
}

// name is the label of the records of a group.
func (g *group) name(i int) string { return fmt.Sprintf("%c%06d", g.kind, i) }

// fold puts the labels of a table into groups. It joins bins with their neighbours, and
// keeps the most frequent values. A group with fewer respondents than least is joined
// with others, until the joined group has least respondents. At the end every group has
// at least that many respondents, or there is only one group.
//
// Where every respondent has one row (additive), two labels together have the sum of
// their respondents. Otherwise only the larger of the two numbers is certain.
func (c *column) fold(t *sdc.Table, additive bool, least int64, top int) {
	var labels []string
	var counts []int64
	variable := &t.Variables()[0]
	for cell := range t.Cells() {
		if cell.Node(0) != 0 {
			labels = append(labels, variable.Label(cell.Node(0)))
			counts = append(counts, cell.Respondents())
		}
	}
	c.groups = foldLabels(labels, counts, additive, least, top)
	c.into = map[string]string{}
	for i := range c.groups {
		for _, l := range c.groups[i].labels {
			c.into[l] = c.groups[i].name(i)
		}
	}
}

func foldLabels(labels []string, counts []int64, additive bool, least int64, top int) []group {
	join := func(a, b group) group {
		n := max(a.least, b.least)
		if additive {
			n = a.least + b.least
		}
		return group{kind: a.kind, labels: append(slices.Clone(a.labels), b.labels...), least: n}
	}
	var bins, rest []group
	for i, l := range labels {
		g := group{kind: l[0], labels: []string{l}, least: counts[i]}
		if g.kind == bin {
			bins = append(bins, g)
		} else {
			rest = append(rest, g)
		}
	}
	slices.SortFunc(bins, func(a, b group) int { return strings.Compare(a.labels[0], b.labels[0]) })
	var shown []group
	for i, b := range bins {
		if last := len(shown) - 1; i > 0 && shown[last].least < least {
			shown[last] = join(shown[last], b)
		} else {
			shown = append(shown, b)
		}
	}
	if last := len(shown) - 1; last > 0 && shown[last].least < least {
		shown[last-1] = join(shown[last-1], shown[last])
		shown = shown[:last]
	}
	// The most frequent first, then by label: the order of rows has no effect.
	slices.SortFunc(rest, func(a, b group) int {
		return cmp.Or(cmp.Compare(b.least, a.least), strings.Compare(a.labels[0], b.labels[0]))
	})
	left := group{kind: other}
	values := 0
	for _, g := range rest {
		if g.kind == value {
			values++
		}
		if g.least < least || g.kind == value && values > top {
			left = join(left, g)
		} else {
			shown = append(shown, g)
		}
	}
	// A bin that stayed alone and small.
	if len(shown) > 0 && shown[0].least < least {
		left = join(left, shown[0])
		shown = shown[1:]
	}
	for len(left.labels) > 0 && left.least < least && len(shown) > 0 {
		small := 0
		for i := range shown {
			if shown[i].least <= shown[small].least {
				small = i
			}
		}
		left = join(left, shown[small])
		shown = slices.Delete(shown, small, small+1)
	}
	if len(left.labels) > 0 {
		shown = append(shown, left)
	}
	return shown
}

// text describes a group for people.
func (c *column) text(g *group) (kind, label string) {
	switch g.kind {
	case value:
		return "value", g.labels[0][1:]
	case missing:
		return "missing", ""
	case invalid:
		return "invalid", ""
	case notFinite:
		return "not-finite", ""
	case other:
		return "other", ""
	}
	return "bin", c.limitsOf(g)
}

// limitsOf returns the limits of a bin. The lowest bin with values is open below, and the
// highest is open above: no limit bounds the smallest and the largest value.
func (c *column) limitsOf(g *group) string {
	lo, hi := binNumber(g.labels[0]), binNumber(g.labels[len(g.labels)-1])
	first, last := true, true
	for i := range c.groups {
		for _, l := range c.groups[i].labels {
			if l[0] == bin {
				first, last = first && binNumber(l) >= lo, last && binNumber(l) <= hi
			}
		}
	}
	switch {
	case first && last:
		return ""
	case first:
		return "below " + c.limits[hi]
	case last:
		return "from " + c.limits[lo-1]
	}
	return fmt.Sprintf("from %s to below %s", c.limits[lo-1], c.limits[hi])
}

func binNumber(label string) int {
	n, err := strconv.Atoi(label[1:])
	if err != nil {
		panic("profile: a bin without a number")
	}
	return n
}

func binLabel(n int) string { return fmt.Sprintf("%c%06d", bin, n) }

// grid are the limits of the bins of numbers: 1, 2 and 5 times powers of ten,
// with both signs, and 0.
type grid struct {
	at    []float64
	texts []string
}

// newGrid makes the limits from 10^low to 10^high.
func newGrid(low, high int) *grid {
	var up []string
	for e := low; e <= high; e++ {
		for _, m := range []string{"1", "2", "5"} {
			up = append(up, m+"e"+strconv.Itoa(e))
		}
	}
	g := &grid{}
	add := func(s string) {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			panic("profile: a limit is no number")
		}
		g.at = append(g.at, v)
		g.texts = append(g.texts, strconv.FormatFloat(v, 'g', -1, 64))
	}
	for _, s := range slices.Backward(up) {
		add("-" + s)
	}
	add("0")
	for _, s := range up {
		add(s)
	}
	return g
}

// bin returns the number of limits at or below v.
func (g *grid) bin(v float64) int {
	return sort.Search(len(g.at), func(i int) bool { return g.at[i] > v })
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
