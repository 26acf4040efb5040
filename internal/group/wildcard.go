package group

// Matching says how nulls in keys match.
type Matching struct {
	// SdcMicro counts as sdcMicro does; otherwise a null matches every value and
	// every value matches a null.
	SdcMicro bool
}

// Match returns, for every class, the sizes of the classes that it matches:
// whole of those that count fully, part of those that count alpha each
// (sdcMicro only). keys holds a code a column and class, all classes being
// distinct; null[c] is the code of null in column c, or -1.
//
// Wildcard: x matches y if in every key x = y or either is null. This is
// symmetric, and part is 0.
//
// SdcMicro (freqCalc of sdcMicro 5.7): x matches y as above, but
//
//   - y identical to x, null being equal to null, counts fully;
//   - x complete: y with a null counts alpha; if there are two or more keys, a
//     y of nothing but nulls counts nothing;
//   - x with some nulls: a complete y counts fully, y with a null alpha;
//   - x of nothing but nulls: every y counts fully.
//
// Classes are compared through an index for each pair of null masks, so the time
// is linear in masks times classes and never quadratic in classes.
func Match(keys [][]uint32, null []int64, size []int64, m Matching) (whole, part []int64) {
	n := len(size)
	whole, part = make([]int64, n), make([]int64, n)
	masks, members := nullMasks(keys, null, n)
	all := make([]bool, len(keys))
	for c := range all {
		all[c] = true
	}
	for a, x := range masks {
		for b, y := range masks {
			weigh := m.weight(x, y)
			if weigh == none && a != b {
				continue
			}
			matched := sumMatches(keys, size, members[a], members[b], x, y)
			for i, id := range members[a] {
				same := int64(0)
				if a == b {
					same = size[id] // the class itself: identical records
				}
				whole[id] += same
				switch weigh {
				case full:
					whole[id] += matched[i] - same
				case alpha:
					part[id] += matched[i] - same
				}
			}
		}
	}
	return whole, part
}

type weight uint8

const (
	none weight = iota
	alpha
	full
)

// weight says what records of null mask y count for one of null mask x, those
// identical to it aside.
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
	bits := make([][]uint32, len(keys))
	cards := make([]int, len(keys))
	for c, codes := range keys {
		bits[c] = make([]uint32, n)
		cards[c] = 2
		for i, code := range codes {
			if int64(code) == null[c] {
				bits[c][i] = 1
			}
		}
	}
	t := NewTable(len(keys))
	ids := make([]uint32, n)
	t.Insert(bits, cards, ids)
	members = make([][]uint32, t.Len())
	for i, id := range ids {
		members[id] = append(members[id], uint32(i))
	}
	for g := range t.Len() {
		mask := make([]bool, len(keys))
		for c := range keys {
			mask[c] = t.Codes(c)[g] == 1
		}
		masks = append(masks, mask)
	}
	return masks, members
}

// sumMatches returns, for each class of as, the summed size of the classes of bs
// that agree with it on the keys that neither mask leaves open.
func sumMatches(keys [][]uint32, size []int64, as, bs []uint32, x, y []bool) []int64 {
	var cols []int
	for c := range keys {
		if !x[c] && !y[c] {
			cols = append(cols, c)
		}
	}
	t := NewTable(len(cols))
	project := func(list []uint32) []uint32 {
		out := make([][]uint32, len(cols))
		cards := make([]int, len(cols))
		for k, c := range cols {
			out[k] = make([]uint32, len(list))
			for i, id := range list {
				out[k][i] = keys[c][id]
				cards[k] = max(cards[k], int(keys[c][id])+1)
			}
		}
		ids := make([]uint32, len(list))
		t.Insert(out, cards, ids)
		return ids
	}
	sums := make([]int64, 0, len(bs))
	for i, g := range project(bs) {
		for len(sums) <= int(g) {
			sums = append(sums, 0)
		}
		sums[g] += size[bs[i]]
	}
	out := make([]int64, len(as))
	for i, g := range project(as) {
		if int(g) < len(sums) {
			out[i] = sums[g]
		}
	}
	return out
}
