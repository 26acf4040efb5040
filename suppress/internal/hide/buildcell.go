package hide

import (
	"fmt"
	"slices"
	"strings"
)

// cell is one cell of a table as one of the problem.
func (t *table) cell(cell int, a Attacker, o BuildOptions) Cell {
	c := Cell{Value: t.value[cell], Level: t.level[cell], Owner: max(t.owner[cell], noOwner)}
	empty := t.records[cell] == 0
	switch by := t.apriori[cell]; {
	case !t.shown[cell] && a.Lower > 0 && c.Value < a.Lower:
		c.Status = Protected // a total of empty cells, all of them published
	case !t.shown[cell]:
		c.Status = Withheld
	case t.reasons[cell] != 0 || t.force[cell]:
		c.Status = Primary
	case t.keep[cell]:
		c.Status = Protected
	case by.protected || empty && o.PublishZeros || !a.Negative && c.Value < a.Lower:
		c.Status = Protected
	}
	if !a.Negative {
		c.Shares, c.Part = t.share[cell], t.part[cell]
	}
	if c.Status != Primary {
		c.Level = Level{}
	}
	if !a.Negative {
		// Every attacker knows that the value is at least Lower: no level reaches below it.
		least := a.Lower
		if t.hears(cell) == isSomething && a.Whole {
			least = max(least, 1)
		}
		c.Level.Lower = min(c.Level.Lower, max(0, c.Value-least))
	}
	switch o.Cost {
	case CostValue:
		c.Cost = c.Value
		if c.Cost < 0 {
			c.Cost = -c.Cost
		}
	case CostCount:
		c.Cost = t.records[cell]
	}
	if by := t.apriori[cell].cost; by > 0 {
		c.Cost = by
	}
	c.Cost = min(max(c.Cost, 1), largest)
	return c
}

// join takes in the same cell as another table has it: hidden where either hides
// it, at the higher level, and Withheld only where neither publishes it.
func (c *Cell) join(o Cell) error {
	if c.Value != o.Value {
		return fmt.Errorf("%w: they differ in a cell that they share", ErrNotAdditive)
	}
	switch {
	case c.Status == Withheld:
		c.Status = o.Status
	case o.Status == Withheld:
	case c.Status == Primary || o.Status == Primary:
		c.Status = Primary
	case c.Status == Protected || o.Status == Protected:
		c.Status = Protected
	}
	c.Level = Level{max(c.Level.Lower, o.Level.Lower), max(c.Level.Upper, o.Level.Upper), max(c.Level.Sliding, o.Level.Sliding)}
	c.Cost = max(c.Cost, o.Cost)
	switch {
	case c.Part == 0 && c.Shares == nil: // a total that the one does not publish
		c.Shares, c.Part = o.Shares, o.Part
	case o.Part == 0 && o.Shares == nil:
	case c.Part != o.Part || !slices.Equal(c.Shares, o.Shares):
		return fmt.Errorf("%w: they differ in who has what of a cell that they share", ErrNotAdditive)
	}
	if c.Owner != o.Owner {
		return fmt.Errorf("%w: they differ in who is alone in a cell that they share", ErrNotAdditive)
	}
	return nil
}

// letter is the code of CL_CONF_STATUS (SDMX cross-domain code list) that says why
// a cell is hidden, for the confidential report alone.
func (r reason) letter() string {
	switch {
	case r&smallCount != 0:
		return "A"
	case r&dominance != 0:
		return "M"
	case r != 0:
		return "C"
	}
	return "D"
}

// number is the status code of tau-ARGUS for the same.
func (r reason) number() int {
	switch {
	case r&smallCount != 0:
		return 5
	case r&byRequest != 0:
		return 4
	case r&(dominance|groupShare) != 0:
		return 3
	case r != 0:
		return 9
	}
	return 11
}

// String lists the rules.
func (r reason) String() string {
	var list []string
	for i, name := range []string{"small count", "dominance", "group", "request", "by hand"} {
		if r&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return strings.Join(list, ", ")
}
