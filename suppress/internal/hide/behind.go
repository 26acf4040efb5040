package hide

import (
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/sdc"
)

// mostBehind is the largest number of cells, with all totals, of a finer table behind
// others.
const mostBehind = 1 << 16

// Behind returns the outputs that a check must make in addition to the outputs with the
// given numbers, so that FromReport can protect these. They are the finer tables behind
// linked tables; they are never published. r is the report of a check without them.
//
// All tables of one data set are margins of one finer table over all their variables.
// Every attacker knows that this table exists, that no value of it is negative, and that
// counts in it are whole. Tables that agree in shared cells need not have such a finer
// table: over a x b, b x c and a x c some have one and some do not. So its existence
// reveals more about suppressed cells than the sums of the three tables. In that case the
// cells of the finer table belong to the problem, and none of them is released.
//
// Tables whose variables form no ring always have a finer table if they agree in the
// shared cells:
//
//   - Two tables always have one: for each shared code, by the north-west corner rule,
//     whole where they are whole.
//   - One more table has one if it shares with the others no more than with one of them.
//
// To find rings, remove variables of a single table, and tables within others, until
// nothing changes. The rest is in rings (Graham 1979; Yu and Ozsoyoglu 1979).
//
// The error wraps ErrUnfit where a finer table has more than 65,536 cells with all
// totals: what the tables reveal together can then not be decided.
func Behind(r *sdc.Report, outputs []int) ([]sdc.Output, error) {
	var out []sdc.Output
	for _, group := range linkedGroups(r, outputs) {
		for _, by := range ringsOf(r, group) {
			first := r.Tables[group[0]].Output()
			o := sdc.Output{
				Name: fmt.Sprintf("behind %s (%d)", first.Name, len(out)+1), Kind: first.Kind, Response: first.Response,
				By: by, NoMargins: true, Depth: depths(r, group, by),
			}
			if cells := sizeOf(r, group, by); cells > mostBehind {
				return nil, fmt.Errorf("%w: output %q and others are linked in a ring, and the finer table behind them has more than %d cells: "+
					"what they tell together cannot be decided; leave one out or protect them as one table", ErrUnfit, first.Name, mostBehind)
			}
			out = append(out, o)
		}
	}
	return out, nil
}

// linkedGroups lists the outputs that are linked with each other, in order. Outputs that
// FromReport refuses are left out.
func linkedGroups(r *sdc.Report, outputs []int) (groups [][]int) {
	place := map[string]int{}
	for _, k := range outputs {
		name, err := linkName(r, k)
		if err != nil {
			continue
		}
		at, ok := place[name]
		if !ok {
			at = len(groups)
			place[name] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], k)
	}
	return groups
}

// ringsOf lists the variables of each ring of linked tables.
func ringsOf(r *sdc.Report, group []int) [][]string {
	var spans [][]span
	for _, k := range group {
		var s []span
		for _, v := range r.Tables[k].Variables() {
			s = append(s, span{v.Name, v.Len()})
		}
		spans = append(spans, s)
	}
	return ringsIn(spans)
}

// span is a variable of a table with the number of its codes. A variable with codes of several
// depths is one for each: the coarse ones can be shared where the fine ones are not.
type span struct {
	name  string
	codes int
}

// ringsIn lists the variables of each ring of tables that have these variables.
func ringsIn(tables [][]span) [][]string {
	var all []span
	for _, vars := range tables {
		for _, x := range vars {
			if !slices.Contains(all, x) {
				all = append(all, x)
			}
		}
	}
	sets := make([][]int, len(tables))
	for i, vars := range tables {
		for _, v := range vars {
			for at, x := range all {
				if x.name == v.name && x.codes <= v.codes {
					sets[i] = append(sets[i], at)
				}
			}
		}
	}
	var out [][]string
	for _, ring := range rings(sets) {
		var by []string
		for _, at := range ring {
			if !slices.Contains(by, all[at].name) {
				by = append(by, all[at].name)
			}
		}
		out = append(out, by)
	}
	return out
}

// rings reduces sets until no element is in a single set and no set is within another. It
// returns the elements of the remaining sets, rising, by connected parts.
func rings(sets [][]int) (out [][]int) {
	for i := range sets {
		sets[i] = slices.Clone(sets[i])
	}
	for changed := true; changed; {
		changed = false
		times := map[int]int{}
		for _, s := range sets {
			for _, v := range s {
				times[v]++
			}
		}
		for i, s := range sets {
			sets[i] = slices.DeleteFunc(s, func(v int) bool { return times[v] == 1 })
			changed = changed || len(sets[i]) < len(s)
		}
		for i := 0; i < len(sets); i++ {
			within := len(sets[i]) == 0
			for j, t := range sets {
				within = within || j != i && !slices.ContainsFunc(sets[i], func(v int) bool { return !slices.Contains(t, v) })
			}
			if within {
				sets = slices.Delete(sets, i, i+1)
				changed = true
				i--
			}
		}
	}
	for len(sets) > 0 {
		ring := sets[0]
		sets = sets[1:]
		for i := 0; i < len(sets); i++ {
			if slices.ContainsFunc(sets[i], func(v int) bool { return slices.Contains(ring, v) }) {
				ring = append(ring, sets[i]...)
				sets = slices.Delete(sets, i, i+1)
				i = -1
			}
		}
		slices.Sort(ring)
		out = append(out, slices.Compact(ring))
	}
	return out
}

// sizeOf is how many cells with all totals a table has, up to the most and one.
func sizeOf(r *sdc.Report, group []int, by []string) int {
	size := 1
	for _, name := range by {
		codes := 0
		for _, k := range group {
			for _, v := range r.Tables[k].Variables() {
				if v.Name == name {
					codes = max(codes, v.Len())
				}
			}
		}
		size = min(size*codes, mostBehind+1)
	}
	return size
}

// depths are the levels down to which variables have codes in any of the tables.
func depths(r *sdc.Report, group []int, by []string) map[string]int {
	out := map[string]int{}
	for _, name := range by {
		deepest := 0
		for _, k := range group {
			o := r.Tables[k].Output()
			if !slices.Contains(o.By, name) {
				continue
			}
			if o.Depth[name] == 0 {
				deepest = 0
				break
			}
			deepest = max(deepest, o.Depth[name])
		}
		if deepest > 0 {
			out[name] = deepest
		}
	}
	return out
}

// findBehind returns the numbers of the outputs that stand behind a group.
func findBehind(r *sdc.Report, group, behind []int) (found []int, err error) {
	for _, by := range ringsOf(r, group) {
		k := slices.IndexFunc(behind, func(k int) bool {
			a, b := r.Tables[k].Output(), r.Tables[group[0]].Output()
			_, excluded := r.Tables[k].Rows()
			return a.Kind == b.Kind && a.Response == b.Response && excluded == 0 &&
				!slices.ContainsFunc(by, func(v string) bool { return !slices.Contains(a.By, v) })
		})
		if k < 0 {
			return nil, fmt.Errorf("%w: output %q and others are linked in a ring; check with the outputs of Behind, and name them in BuildOptions.Behind",
				ErrRequest, r.Tables[group[0]].Name())
		}
		found = append(found, behind[k])
	}
	return found, nil
}

// hide makes a table one of which no cell is released or judged.
func (t *table) hide() {
	t.shown = make([]bool, t.n)
	t.reasons, t.level, t.apriori = make([]reason, t.n), make([]Level, t.n), make([]apriori, t.n)
}
