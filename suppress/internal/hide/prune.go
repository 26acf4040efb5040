package hide

import (
	"cmp"
	"context"
	"slices"
)

// open reports whether a witness changes hidden cells alone.
func (c *cover) open(id int32) bool {
	for _, k := range c.found.all[id].Cells {
		if !c.hidden[k] {
			return false
		}
	}
	return true
}

// use makes a primary cell rest on the given needs instead of those before.
func (c *cover) use(cell int32, needs []Need) {
	for len(c.users) < len(c.found.all) {
		c.users = append(c.users, nil)
	}
	was, is := tables(c.uses[cell]), tables(needs)
	for _, id := range is {
		if slices.Contains(was, id) {
			continue
		}
		if c.users[id] = append(c.users[id], cell); len(c.users[id]) == 1 {
			for _, k := range c.found.all[id].Cells {
				c.used[k]++
			}
		}
	}
	for _, id := range was {
		if slices.Contains(is, id) {
			continue
		}
		i := slices.Index(c.users[id], cell)
		if c.users[id] = slices.Delete(c.users[id], i, i+1); len(c.users[id]) == 0 {
			for _, k := range c.found.all[id].Cells {
				c.used[k]--
			}
		}
	}
	c.uses[cell] = needs
}

// settle makes every primary cell rest on witnesses of hidden cells. It returns
// the cells for which there are none.
func (c *cover) settle() (failed []int32) {
	for _, cell := range c.primaries {
		met, missing := c.found.assign(cell, c.open)
		if len(missing) > 0 {
			failed = append(failed, cell)
		}
		c.use(cell, met)
	}
	return failed
}

// effort is the work that programs may take for every cell of a table.
const effort = 1500

// prune publishes secondary cells that no witness in use needs, then tries to do
// without each of the others, the dearest first. What it leaves is protected:
// every primary cell keeps its witnesses among the hidden cells.
func (c *cover) prune(ctx context.Context) error {
	var list []int32
	for i := range c.hidden {
		if c.hidden[i] && !c.p.cells[i].Status.Hidden() { // forced ones too
			list = append(list, int32(i))
		}
	}
	return c.pruneAmong(ctx, list)
}

// pruneAmong is prune for some secondary cells.
func (c *cover) pruneAmong(ctx context.Context, list []int32) error {
	// Most of these searches end without success. In large tables the dearest cells
	// alone are worth programs.
	f := c.finders[0]
	enough := f.work + max(1e7, effort*len(c.p.cells))
	defer func() { f.small = false }()
	c.sweep(list)
	slices.SortStableFunc(list, func(a, b int32) int { return cmp.Compare(c.price[b], c.price[a]) })
	for _, k := range list {
		if !c.hidden[k] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		f.small = f.work > enough
		if err := c.without(ctx, k); err != nil {
			return err
		}
	}
	c.sweep(list)
	return nil
}

func (c *cover) sweep(list []int32) {
	for _, k := range list {
		if c.used[k] == 0 && !c.isForced(k) {
			c.hidden[k], c.published = false, true
		}
	}
}

// without tries to publish a secondary cell: every primary cell that rests on a
// witness that changes it must do with others.
//
// A cell that a sum takes to pass stays hidden.
func (c *cover) without(ctx context.Context, k int32) error {
	if c.breaks(k) {
		return nil
	}
	if c.isForced(k) {
		own := c.uses[k]
		c.release(k)
		defer func() {
			if c.hidden[k] {
				c.force(k)
				c.use(k, own)
			}
		}()
	}
	c.hidden[k], c.published = false, true
	if c.used[k] == 0 {
		return nil
	}
	cells := c.resting(k)
	was := make([][]Need, len(cells))
	for i, cell := range cells {
		needs, err := c.manage(ctx, cell)
		if needs == nil {
			c.hidden[k] = true
			for j := range i {
				c.use(cells[j], was[j])
			}
			return err
		}
		was[i] = c.uses[cell]
		c.use(cell, needs)
	}
	return nil
}

// manage finds witnesses for a primary cell among the hidden cells; nil where
// it finds none.
func (c *cover) manage(ctx context.Context, cell int32) ([]Need, error) {
	for range 6 {
		met, missing := c.found.assign(cell, c.open)
		if len(missing) == 0 {
			return met, nil
		}
		w, err := c.seek(ctx, c.finders[0], missing[0], false)
		if w == nil || err != nil {
			return nil, err
		}
		c.found.add(w)
	}
	return nil, nil
}
