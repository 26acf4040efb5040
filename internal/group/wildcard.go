package group

import (
	"context"
	"math/bits"

	"github.com/sluis-go/sluis/internal/scatter"
)

// Matching says how nulls in keys match.
type Matching struct {
	// SdcMicro counts as sdcMicro does; otherwise a null matches every value and
	// every value matches a null.
	SdcMicro bool
}

// Match returns, for every class, the total size of the classes that it matches. whole is
// the size of the classes that count fully; part is the size of the classes that count by
// alpha (sdcMicro only). keys holds one code for each column and class; all classes must
// be distinct. null[c] is the code of null in column c, or -1.
//
// Wildcard: x matches y if in every key x = y or either is null. This is symmetric, and
// part is 0.
//
// SdcMicro (freqCalc of sdcMicro 5.7): x matches y as above, but
//
//   - y identical to x, with null equal to null, counts fully;
//   - x complete: y with a null counts alpha. If there are two or more keys, a y that has
//     only nulls counts nothing;
//   - x with some nulls: a complete y counts fully, y with a null alpha;
//   - x that has only nulls: every y counts fully.
//
// Classes are compared through an index for each pair of null masks, so the time is
// linear in masks times classes and never quadratic in classes.
func Match(keys [][]uint32, null []int64, size []int64, m Matching) (whole, part []int64) {
	w, p, _ := MatchAll(context.Background(), keys, null, [][]int64{size}, m) // the background does not end
	return w[0], p[0]
}

// MatchAll is Match for several sizes of the same classes. It returns ctx.Err()
// if the context ends.
func MatchAll(ctx context.Context, keys [][]uint32, null []int64, sizes [][]int64, m Matching) (whole, part [][]int64, err error) {
	for _, size := range sizes {
		whole = append(whole, make([]int64, len(size)))
		part = append(part, make([]int64, len(size)))
	}
	var sums []int64
	n := 0
	if len(sizes) > 0 {
		n = len(sizes[0])
	}
	err = Pairs(ctx, keys, null, n, m, func(p *Pair) {
		for v, size := range sizes {
			sums = append(sums[:0], make([]int64, p.Groups)...)
			for j, y := range p.Y {
				if g := p.GY[j]; g != NoGroup {
					sums[g] += size[y]
				}
			}
			to := whole[v]
			if p.Part {
				to = part[v]
			}
			for i, x := range p.X {
				if g := p.GX[i]; g != NoGroup {
					to[x] += sums[g]
				}
				if p.Same && p.Part { // a class is identical to itself
					to[x] -= size[x]
					whole[v][x] += size[x]
				}
			}
		}
	})
	return whole, part, err
}

// NoGroup marks a class that matches none of the other side.
const NoGroup = ^uint32(0)

// Pair holds the classes X of one null mask, and the classes Y of another mask or the
// same one. X[i] matches Y[j] where GX[i] is GY[j] and below Groups. It counts Y[j] fully
// or, if Part, by alpha. Same says that X and Y are the same classes: each class is
// identical to itself.
type Pair struct {
	X, Y, GX, GY []uint32
	Groups       int
	Same, Part   bool
}

// Pairs visits every ordered pair of null masks of n classes that can count for each
// other. visit must not keep the pair. The order depends only on the classes.
func Pairs(ctx context.Context, keys [][]uint32, null []int64, n int, m Matching, visit func(*Pair)) error {
	masks, members := nullMasks(keys, null, n)
	pr := newProjector(keys, n)
	open := make([]bool, len(keys))
	for a := range masks {
		for b := a; b < len(masks); b++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			x, y := masks[a], masks[b]
			for c := range open {
				open[c] = x[c] || y[c]
			}
			p := Pair{X: members[a], Y: members[b], Same: a == b}
			p.GX, p.GY, p.Groups = pr.groups(p.X, p.Y, open)
			if w := m.weight(x, y); w != none {
				p.Part = w == alpha
				visit(&p)
			}
			if a == b {
				continue
			}
			if w := m.weight(y, x); w != none {
				visit(&Pair{X: p.Y, Y: p.X, GX: p.GY, GY: p.GX, Groups: p.Groups, Part: w == alpha})
			}
		}
	}
	return nil
}

type weight uint8

const (
	none weight = iota
	alpha
	full
)

// weight returns how records of null mask y count for a record of null mask x. Identical
// records are not considered.
func (m Matching) weight(x, y []bool) weight {
	if !m.SdcMicro {
		return full
	}
	nx, ny := ones(x), ones(y)
	switch {
	case nx == len(x):
		return full
	case ny == 0:
		return full
	case nx == 0 && len(x) >= 2 && ny == len(y):
		return none
	}
	return alpha
}

func ones(mask []bool) int {
	n := 0
	for _, m := range mask {
		if m {
			n++
		}
	}
	return n
}

// nullMasks returns the distinct null masks and the classes of each.
func nullMasks(keys [][]uint32, null []int64, n int) (masks [][]bool, members [][]uint32) {
	of := make([]uint32, n) // class -> mask, refined column by column
	count := 1
	for c, codes := range keys {
		if null[c] < 0 {
			continue
		}
		next := make([]uint32, 2*count)
		for i := range next {
			next[i] = NoGroup
		}
		count = 0
		for i, code := range codes {
			k := 2 * of[i]
			if int64(code) == null[c] {
				k++
			}
			if next[k] == NoGroup {
				next[k] = uint32(count)
				count++
			}
			of[i] = next[k]
		}
	}
	sizes := make([]int, count)
	for _, g := range of {
		sizes[g]++
	}
	for _, s := range sizes {
		members = append(members, make([]uint32, 0, s))
	}
	for i, g := range of {
		members[g] = append(members[g], uint32(i))
	}
	for _, list := range members {
		mask := make([]bool, len(keys))
		for c := range keys {
			mask[c] = len(list) > 0 && int64(keys[c][list[0]]) == null[c]
		}
		masks = append(masks, mask)
	}
	return masks, members
}

// projector groups classes by the keys that no null leaves open.
type projector struct {
	keys   [][]uint32
	radix  []uint64
	full   []uint64 // class -> all its codes in mixed radix; nil where 64 bits do not suffice
	slots  []uint32
	seen   []uint64 // group -> projected key
	gx, gy []uint32
}

func newProjector(keys [][]uint32, n int) *projector {
	p := &projector{keys: keys}
	cards := make([]int, len(keys))
	for c, codes := range keys {
		for _, code := range codes {
			cards[c] = max(cards[c], int(code)+1)
		}
	}
	var product uint64
	if p.radix, product = strides(cards); product == 0 && n > 0 {
		return p
	}
	p.full = make([]uint64, n)
	for c, codes := range keys {
		for i, code := range codes {
			p.full[i] += uint64(code) * p.radix[c]
		}
	}
	return p
}

// groups numbers the projections of the smaller list, and looks up the projections of the
// other list. The results are valid until the next call.
func (p *projector) groups(xs, ys []uint32, open []bool) (gx, gy []uint32, n int) {
	p.gx, p.gy = room(p.gx, len(xs)), room(p.gy, len(ys))
	if p.full == nil {
		return p.wide(xs, ys, open)
	}
	few, gf, many, gm := xs, p.gx, ys, p.gy
	if len(ys) < len(xs) {
		few, gf, many, gm = ys, p.gy, xs, p.gx
	}
	var cols []int
	for c, o := range open {
		if o {
			cols = append(cols, c)
		}
	}
	size := 1 << bits.Len(uint(2*len(few)))
	p.slots = room(p.slots, size)
	clear(p.slots)
	p.seen = p.seen[:0]
	shift := uint(64 - bits.TrailingZeros(uint(size)))
	find := func(id uint32, insert bool) uint32 {
		k := p.full[id]
		for _, c := range cols {
			k -= uint64(p.keys[c][id]) * p.radix[c]
		}
		for h := scatter.Mix(k) >> shift; ; h++ {
			slot := &p.slots[h&uint64(size-1)]
			switch {
			case *slot == 0 && !insert:
				return NoGroup
			case *slot == 0:
				p.seen = append(p.seen, k)
				*slot = uint32(len(p.seen))
				return *slot - 1
			case p.seen[*slot-1] == k:
				return *slot - 1
			}
		}
	}
	for i, id := range few {
		gf[i] = find(id, true)
	}
	for i, id := range many {
		gm[i] = find(id, false)
	}
	return p.gx, p.gy, len(p.seen)
}

// wide groups through a Table, which knows any width.
func (p *projector) wide(xs, ys []uint32, open []bool) (gx, gy []uint32, n int) {
	t := NewTable(len(open) - ones(open))
	insert := func(list, ids []uint32) {
		var cols [][]uint32
		var cards []int
		for c, o := range open {
			if o {
				continue
			}
			col := make([]uint32, len(list))
			card := 0
			for i, id := range list {
				col[i] = p.keys[c][id]
				card = max(card, int(col[i])+1)
			}
			cols, cards = append(cols, col), append(cards, card)
		}
		t.Insert(cols, cards, ids)
	}
	insert(xs, p.gx)
	insert(ys, p.gy)
	return p.gx, p.gy, t.Len()
}

func room(s []uint32, n int) []uint32 {
	if cap(s) < n {
		return make([]uint32, n)
	}
	return s[:n]
}
