package sdc

import (
	"encoding/binary"
	"fmt"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// GroupDisclosure is the 90 % rule; the 90 is Percent, which [CBS] and [ESSNet] set. The
// rule guards a recognisable group in which almost every member shares a category. A line
// of the table has all spanning variables fixed but one. That one is a sensitive
// variable, or each variable in turn where no sensitive variable is declared. In every
// line a non-empty cell is unsafe when
//
//	100 * Respondents(cell) >= Percent * Respondents(line)
//
// or, with Exclusive, > instead of >=. The respondents of the line are the distinct
// respondents of the cell that has the total in place of the category. Sources differ on
// the boundary; the default is the stricter.
//
// The categories of a tree are checked at every level. A code that is above every leaf of
// its tree (leaves without data included) is no category: for any data, all respondents
// of a line have such a code.
//
// A table that publishes only its inner cells also reveals the codes above them: these
// are sums of published cells. Such a code may break the rule while no inner cell below
// it breaks the rule by itself. Then the inner cells below the code have the finding,
// with the respondents of the deepest code that breaks the rule.
//
// Where a null of the variable is a category of a table, the respondents with a null can
// hide a category that the others share. The rule is judged a second time with the
// respondents of null taken from the line. A cell that breaks the rule only then is for
// review.
//
// For microdata the groups are the equivalence classes on the keys, and a class with a
// finding is an unsafe class of the output. Where a null of the sensitive variable is a
// category, the lines are judged a second time over the respondents with a known value:
// unknown values must not hide a category that the known ones share. A finding of the
// second time alone is
//
//   - unsafe where the known respondents of the line reach the minimum of
//     min-contributors (of k-anonymity where min-contributors is off);
//   - for review where they do not.
//
// Linear in cells times variables. Source: ESSNet guidelines 2010, 2.2.1 (group
// disclosure); City Deal "Zicht op ondermijning", step 20.
type GroupDisclosure struct {
	Off bool
	// Percent is the share of a line at which a category is unsafe. Required, in
	// (0, 100].
	Percent Percent
	// Exclusive makes a share of exactly Percent safe.
	Exclusive bool
}

func (GroupDisclosure) name() string { return "group-disclosure" }
func (r GroupDisclosure) off() bool  { return r.Off }
func (r GroupDisclosure) limits() []limit {
	return []limit{{"percent", string(r.Percent)}, {"exclusive", fmt.Sprint(r.Exclusive)}}
}
func (r GroupDisclosure) validate() error { return r.Percent.check(r.name(), 100) }

func (r GroupDisclosure) check(t *Table, f *findings) {
	if r.Off {
		return
	}
	// cmpCounts decides the inequality in whole numbers: 0 where the share of the cell is
	// exactly Percent, 1 where the share is more. lines.broken in known.go chooses the
	// counts to compare: of a cell or of a code above, with or without unknown values.
	p := r.Percent.must()
	least := 0
	if r.Exclusive {
		least = 1
	}
	limit, percent := r.Percent.float(), words.Decimal(string(r.Percent))
	f.lines(func(f *finder, in lineRun) {
		name := t.vars[in.over.v].Name
		for c, line := range in.published() {
			n := c.Respondents()
			at, of, verdict, unknown := in.over.broken(c, line, func(n, of int64) bool { return cmpCounts(n, of, p) >= least })
			switch {
			case verdict == Safe:
				continue
			case at != noLine:
				n = t.m.Respondents[at]
			}
			if t.fullLine != nil {
				full := t.fullRespondents(c)
				if cmpCounts(n, full, p) >= least {
					continue // found, with unknown values counted
				}
				verdict, unknown = t.knownVerdict(of, full)
			}
			share := f.share(count(n), count(of), limit)
			message := words.Message{}
			if at == noLine {
				message = f.say(words.GroupShares, f.count(n), f.count(of), words.NameOf(name), share, percent)
			} else {
				message = f.say(words.GroupSharesAbove, f.count(n), f.count(of), words.NameOf(name), t.level(in.over.v, at), share, percent)
			}
			if unknown > 0 {
				message = message.With(unknownNote(unknown))
			}
			f.cell(c, Finding{
				Rule: r.name(), Verdict: verdict, Variable: name, Observed: exact.Share(count(n), count(of)), Limit: limit, Count: n, Of: of,
				Message: message,
			})
		}
	})
}

// noCategory lists the line variables that have a code which is no category.
func (t *Table) noCategory(p *Policy) []words.Message {
	if p.GroupDisclosure.Off && p.GroupRemainder.Off {
		return nil
	}
	var out []words.Message
	for _, v := range t.lineVariables() {
		if t.vars[v].wholes() != nil {
			out = append(out, words.New(words.NoCategory, words.NameOf(t.vars[v].Name)))
		}
	}
	return out
}

// markClasses copies the verdicts that were found over one sensitive variable to the
// classes of microdata, which are the cells of f. The table s is spanned by the keys and,
// as last variable, the sensitive one.
func (f *findings) markClasses(s *Table, found *findings) {
	var class map[string]int
	for i, v := range found.worst {
		if v == Safe {
			continue
		}
		if class == nil {
			class = map[string]int{}
			for c := range f.table.published() {
				class[f.table.nodeKey(c.i, len(f.table.vars))] = c.i
			}
		}
		if at, ok := class[s.nodeKey(i, len(f.table.vars))]; ok {
			f.mark(Cell{f.table, at}, v)
		}
	}
}

// nodeKey is a text for the nodes of a cell in the first n variables.
func (t *Table) nodeKey(i, n int) string {
	key := make([]byte, 0, 4*n)
	for _, nodes := range t.nodes[:n] {
		key = binary.LittleEndian.AppendUint32(key, nodes[i])
	}
	return string(key)
}

// GroupRemainder is the complement of GroupDisclosure for small groups. In every line (as
// in GroupDisclosure) a non-empty cell is unsafe when it holds all but at most K of the
// members of the line,
//
//	Respondents(line) - K <= Respondents(cell)
//
// Neither rule contains the other. With K = 1, a cell of 5 of 6 breaks GroupRemainder
// alone, and a cell of 95 of 105 breaks the 90 % rule alone.
//
// Linear in cells times variables. Source: Lupp and Langsrud, Suppression of
// directly-disclosive cells in frequency tables.
type GroupRemainder struct {
	Off bool
	// K is the largest remainder that is unsafe. At least 0.
	K int64
}

func (GroupRemainder) name() string      { return "group-remainder" }
func (r GroupRemainder) off() bool       { return r.Off }
func (r GroupRemainder) limits() []limit { return []limit{{"k", fmt.Sprint(r.K)}} }

func (r GroupRemainder) validate() error {
	if r.K < 0 {
		return fmt.Errorf("%w: %s: k must be at least 0", ErrRequest, r.name())
	}
	return nil
}

func (r GroupRemainder) check(t *Table, f *findings) {
	if r.Off {
		return
	}
	f.lines(func(f *finder, in lineRun) {
		name := t.vars[in.over.v].Name
		for c, line := range in.published() {
			n := c.Respondents()
			at, of, verdict, unknown := in.over.broken(c, line, func(n, of int64) bool { return of-r.K <= n })
			switch {
			case verdict == Safe:
				continue
			case at != noLine:
				n = t.m.Respondents[at]
			}
			if t.fullLine != nil {
				full := t.fullRespondents(c)
				if full-r.K <= n {
					continue // found, with unknown values counted
				}
				verdict, unknown = t.knownVerdict(of, full)
			}
			message := words.Message{}
			if at == noLine {
				message = f.say(words.AllButFew, f.count(of-n), f.count(of), words.NameOf(name))
			} else {
				message = f.say(words.AllButFewAbove, f.count(of-n), f.count(of), words.NameOf(name), t.level(in.over.v, at))
			}
			if unknown > 0 {
				message = message.With(unknownNote(unknown))
			}
			f.cell(c, Finding{
				Rule: r.name(), Verdict: verdict, Variable: name, Observed: float64(of - n), Limit: float64(r.K), Count: n, Of: of,
				Message: message,
			})
		}
	})
}

// ZeroCells reports zeros that reveal something about a group. In every line over a
// declared sensitive variable whose group is not empty, a category without respondents is
// for review: no member of the group has the property. The rule looks only at categories
// that occur somewhere in the data. The rule cannot distinguish an empty category from an
// impossible one (a structural zero), which is why a person has to decide. Where no
// sensitive variable is declared the report says that the rule was not checked.
//
// Linear in lines times categories. Source: ESSNet guidelines 2010, 2.2.1.
type ZeroCells struct {
	Off bool
}

func (ZeroCells) name() string    { return "zero-cells" }
func (r ZeroCells) off() bool     { return r.Off }
func (ZeroCells) validate() error { return nil }
func (ZeroCells) limits() []limit { return nil }

func (r ZeroCells) check(t *Table, f *findings) {
	if r.Off {
		return
	}
	f.zeros(func(f *finder, v int, group Cell, category int) {
		f.add(Finding{
			Rule: r.name(), Verdict: Review, Variable: t.vars[v].Name,
			Cell:     f.coordinates(group, v, category),
			Observed: float64(0), Limit: float64(1), Of: group.Respondents(),
			Message: f.say(words.NobodyHas, f.count(group.Respondents()), words.NameOf(t.vars[v].Name)),
		})
	})
}
