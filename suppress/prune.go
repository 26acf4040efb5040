package suppress

import (
	"cmp"
	"context"
	"slices"
)

// open reports whether a witness changes hidden cells alone.
func (c *cover) open(id int32) bool {
	for _, k := range c.found.all[id].cells {
		if !c.hidden[k] {
			return false
		}
	}
	return true
}

// use makes a primary cell rest on the given witnesses instead of those before.
func (c *cover) use(cell int32, ids []int32) {
	for len(c.users) < len(c.found.all) {
		c.users = append(c.users, 0)
	}
	for _, id := range ids {
		if c.users[id]++; c.users[id] == 1 {
			for _, k := range c.found.all[id].cells {
				c.used[k]++
			}
		}
	}
	for _, id := range c.uses[cell] {
		if c.users[id]--; c.users[id] == 0 {
			for _, k := range c.found.all[id].cells {
				c.used[k]--
			}
		}
	}
	c.uses[cell] = ids
}

// settle makes every primary cell rest on witnesses of hidden cells.
func (c *cover) settle() {
	for _, cell := range c.primaries {
		if c.failed[cell] {
			c.use(cell, nil)
			continue
		}
		ids, _, ok := c.found.assign(cell, c.open)
		if !ok {
			c.failed[cell] = true
		}
		c.use(cell, ids)
	}
}

// prune publishes secondary cells that no witness in use needs, then tries to do
// without each of the others, the dearest first. What it leaves is protected:
// every primary cell keeps its witnesses among the hidden cells.
func (c *cover) prune(ctx context.Context) error {
	c.settle()
	var list []int32
	for i := range c.hidden {
		if c.hidden[i] && c.p.cells[i].Status != Primary {
			list = append(list, int32(i))
		}
	}
	sweep := func() {
		for _, k := range list {
			if c.used[k] == 0 {
				c.hidden[k] = false
			}
		}
	}
	sweep()
	price := c.local.price
	slices.SortStableFunc(list, func(a, b int32) int { return cmp.Compare(price[b], price[a]) })
	for _, k := range list {
		if !c.hidden[k] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.without(ctx, k); err != nil {
			return err
		}
	}
	sweep()
	return nil
}

// without tries to publish a secondary cell: every primary cell that rests on a
// witness that changes it must do with others.
func (c *cover) without(ctx context.Context, k int32) error {
	if c.used[k] == 0 {
		c.hidden[k] = false
		return nil
	}
	c.hidden[k] = false
	s := c.found
	var cells []int32
	for _, id := range s.by[k] {
		if int(id) >= len(c.users) || c.users[id] == 0 {
			continue
		}
		for _, cell := range s.all[id].cells {
			if slices.Contains(c.uses[cell], id) && !slices.Contains(cells, cell) {
				cells = append(cells, cell)
			}
		}
	}
	slices.Sort(cells)
	was := make([][]int32, len(cells))
	for i, cell := range cells {
		ids, err := c.manage(ctx, cell)
		if ids == nil {
			c.hidden[k] = true
			for j := range i {
				c.use(cells[j], was[j])
			}
			return err
		}
		was[i] = c.uses[cell]
		c.use(cell, ids)
	}
	return nil
}

// manage finds witnesses for a primary cell among the hidden cells; nil where
// there are none.
func (c *cover) manage(ctx context.Context, cell int32) ([]int32, error) {
	for range 6 {
		ids, missing, ok := c.found.assign(cell, c.open)
		if ok {
			return ids, nil
		}
		w, err := c.local.find(ctx, missing, false)
		if w == nil || err != nil {
			return nil, err
		}
		c.found.add(w)
	}
	return nil, nil
}
