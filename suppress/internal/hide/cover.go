package hide

import (
	"context"
	"slices"

	"github.com/sluis-go/sluis/internal/guard"
)

// cover hides what must be hidden: for every need of a primary cell that no
// witness meets yet, it finds one at little further cost.
type cover struct {
	p         *Problem
	threads   int
	primaries []int32
	hidden    []bool
	price     []int64
	found     *store
	finders   []*finder // one a thread
	failed    []int32   // primaries with a need for which no witness was found

	uses  [][]Need  // cell -> how its needs are met
	users [][]int32 // witness -> primaries that rest on it
	used  []int32   // cell -> witnesses in use that change it

	forced []bool // cells hidden for the sake of a sum, nil for none; they are among primaries
	barred []bool // cells that cannot be

	published bool // some cell was hidden before, and is published now
}

// newCover starts with what is hidden, which changes as it goes. Primary cells
// that are not hidden are left out.
func newCover(p *Problem, hidden []bool, price []int64, threads int) *cover {
	c := &cover{
		p: p, threads: max(1, threads), hidden: hidden, price: price, found: newStore(p),
		uses: make([][]Need, len(hidden)), used: make([]int32, len(hidden)),
	}
	for i, cell := range p.cells {
		if cell.Status == Primary && hidden[i] {
			c.primaries = append(c.primaries, int32(i))
		}
	}
	for range c.threads {
		c.finders = append(c.finders, newFinder(p, hidden, price))
	}
	return c
}

// few is the size of a table up to which its cells are taken one after the
// other; in larger ones several at a time look at the same pattern, which is
// faster and may hide a little more.
const few = 2000

// run finds witnesses for all primary cells: first among what is hidden, then
// hiding more.
func (c *cover) run(ctx context.Context) error {
	return c.runOn(ctx, c.primaries)
}

// runOn does that for some primary cells.
func (c *cover) runOn(ctx context.Context, cells []int32) error {
	order := slices.Clone(cells)
	batch := 1
	if len(c.p.cells) > few {
		batch = 32
		shuffled(order)
	}
	// What needs a program is left to the second pass, which may hide more.
	for _, f := range c.finders {
		f.small = batch > 1
	}
	err := c.pass(ctx, order, 1024, false)
	for _, f := range c.finders {
		f.small = false
	}
	if err != nil {
		return err
	}
	c.failed = c.failed[:0]
	return c.pass(ctx, order, batch, true)
}

// shuffled reorders cells so that neighbours come far apart.
func shuffled(cells []int32) {
	const stride = 7919
	if len(cells)%stride == 0 {
		return
	}
	from := slices.Clone(cells)
	for i := range cells {
		cells[i] = from[i*stride%len(cells)]
	}
}

// stands reports whether a witness changes hidden cells alone. Until a cell is published every
// witness does.
func (c *cover) stands(id int32) bool { return !c.published || c.open(id) }

// sought is a witness and the need that it was sought for.
type sought struct {
	need Need
	w    *Witness
}

// pass takes so many cells at a time. For all of them, pass looks for the missing witnesses
// under the same pattern. Then pass takes in the witnesses one after the other, except those
// that are no longer needed. pass repeats this with the same cells until nothing is missing
// or nothing is found.
func (c *cover) pass(ctx context.Context, order []int32, batch int, more bool) error {
	for len(order) > 0 {
		now := slices.Clone(order[:min(batch, len(order))])
		order = order[len(now):]
		lost := make(map[int32][]Need) // what no witness was found for, nor will be
		for len(now) > 0 {
			got := make([][]sought, len(now))
			fails := make([][]Need, len(now))
			met := make([]bool, len(now))
			err := guard.Try(ctx, c.threads, len(now), func(worker, i int) (err error) {
				_, missing := c.found.assign(now[i], c.stands)
				met[i] = len(missing) == 0
				got[i], fails[i], err = c.seekAll(ctx, c.finders[worker], missing, lost[now[i]], more)
				return err
			})
			if err != nil {
				return err
			}
			next := now[:0]
			for i, cell := range now {
				switch {
				case met[i]:
				case len(got[i]) == 0 || !c.takeAll(cell, got[i]):
					c.failed = append(c.failed, cell)
				default:
					next = append(next, cell)
					if !more {
						lost[cell] = append(lost[cell], fails[i]...)
					}
				}
			}
			now = next
		}
	}
	return nil
}

// seekAll looks for a witness of each of some needs of a cell. What hides more is the
// last that it finds, since the next ones may use it; so is what brings a sliding need
// nearer.
func (c *cover) seekAll(ctx context.Context, f *finder, missing, lost []Need, more bool) (got []sought, fails []Need, err error) {
	defer f.part()
	for i, n := range missing {
		f.meet(n, missing[i:])
		if slices.ContainsFunc(lost, n.same) || slices.ContainsFunc(got, func(x sought) bool { return c.p.serves(x.w, n) }) {
			continue
		}
		w, err := c.seek(ctx, f, n, more)
		if err != nil {
			return nil, nil, err
		}
		if w == nil {
			fails = append(fails, n)
			continue
		}
		got = append(got, sought{n, w})
		if n.Kind == Sliding || f.priceOf(w) > 0 {
			break
		}
	}
	return got, fails, nil
}

// takeAll takes in what was found for a cell and is still missing. It is false where
// something does not do what it was sought for, which would be sought for ever. A
// witness of a sliding need is allowed to bring it nearer only.
func (c *cover) takeAll(cell int32, got []sought) bool {
	_, missing := c.found.assign(cell, c.stands)
	var taken []Need
	for _, x := range got {
		// Another cell's witness may have met the need in the meantime.
		if slices.ContainsFunc(missing, x.need.same) {
			c.take(x.w)
			taken = append(taken, x.need)
		}
	}
	if len(taken) == 0 {
		return true
	}
	_, missing = c.found.assign(cell, c.stands)
	return !slices.ContainsFunc(taken, func(n Need) bool { return n.Kind != Sliding && slices.ContainsFunc(missing, n.same) })
}

// take hides what a witness changes.
func (c *cover) take(w *Witness) {
	for _, k := range w.Cells {
		c.hidden[k] = true
	}
	c.found.add(w)
}

// seek looks for a witness that meets a need, or brings a sliding one nearer. What
// outsiders need is sought so that Anyone has it too: it has to be had anyway.
func (c *cover) seek(ctx context.Context, f *finder, n Need, more bool) (*Witness, error) {
	if n.Owner == 0 && c.p.anonymous {
		n.Owner = Anyone
	}
	v := c.p.view(n)
	if n.Kind != Sliding {
		return f.find(ctx, n, v, more)
	}
	// What the other side has is not asked for again.
	hi, e := change(c.found.all, n.High, n.Cell)
	lo, d := change(c.found.all, n.Low, n.Cell)
	hi, lo = hi/e, -lo/d
	asks := []Need{
		{Cell: n.Cell, Kind: Upper, Owner: n.Owner, Least: n.Least - lo},
		{Cell: n.Cell, Kind: Lower, Owner: n.Owner, Least: n.Least - hi},
	}
	for len(asks) > 0 {
		for _, ask := range asks {
			if ask.Kind == Upper && ask.Least <= hi || ask.Kind == Lower && ask.Least <= lo {
				continue
			}
			if w, err := f.find(ctx, ask, v, more); w != nil || err != nil {
				return w, err
			}
		}
		// Neither side is wide enough alone: half of it, as long as that is news.
		for i := range asks {
			asks[i].Least /= 2
		}
		if asks[0].Least <= hi && asks[1].Least <= lo {
			break
		}
	}
	return nil, nil
}
