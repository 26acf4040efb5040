package sdc

import (
	"errors"
	"fmt"
	"slices"
	"unicode"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// APriori sets the status of cells by hand. An entry applies to every cell that has the
// given codes, with any codes in the other variables.
//
// A cell set safe keeps its findings, with verdict Safe and the reason. The output is
// then for review: a person has overruled a rule. A cell set unsafe gets a finding.
//
//   - Where entries contradict each other, unsafe wins. The report names the overruled
//     entry, also when that entry is Protected.
//   - An entry that applies to no cell is a finding for review.
//   - For an entry with fewer variables than the table the report says how many cells it
//     covers.
type APriori struct {
	// Codes maps spanning variables to codes; "" is the total. Required.
	Codes map[string]string
	// Safe sets the cells safe; false sets them unsafe.
	Safe bool
	// Reason is printed in the report. Required unless the entry is Neutral: two
	// letters or digits at least.
	Reason string
	// By names the person who judged. Defaults to no name.
	By string
	// Line is the line of the entry in its file, for messages. Defaults to none.
	Line int
	// Neutral says that the entry sets cells neither safe nor unsafe. The entry then
	// carries only the fields below, which are for secondary suppression and change no
	// verdict.
	Neutral bool
	// Protected forbids the cells as secondary suppressions. Cost is the cost of such a
	// suppression, a decimal of which the whole part counts, at least 1; "" for the cost that
	// suppress.Options names. Lower and Upper are the least protection levels below and
	// above the value, decimals in the unit of the table; "" for none beside the levels of
	// the rules. All four are as in a tau-ARGUS a-priori file.
	Protected    bool
	Cost         string
	Lower, Upper string
}

func (a *APriori) validate(o *Output) error {
	if len(a.Codes) == 0 {
		return errors.New("no codes")
	}
	for name := range a.Codes {
		if !slices.Contains(o.By, name) {
			return fmt.Errorf("variable %q does not span the table", name)
		}
	}
	if !a.Neutral && !isReason(a.Reason) {
		return errors.New("no reason: say why in a word or more")
	}
	return nil
}

// isReason reports whether a text has two letters or digits.
func isReason(s string) bool {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n >= 2
}

// byHand holds the effect of the entries of an a-priori list on a table.
type byHand struct {
	t       *Table
	entries []handled
	unsafe  []Finding // of cells
}

// handled holds the effect of one entry.
type handled struct {
	cells   int64 // published and not empty
	lost    int64 // of these, cells that entry over sets unsafe against this entry
	over    int
	unknown string // a variable that does not have the code; "" where there is none
}

// applyAPriori sets cells safe or unsafe by hand. It fills f.safe, and returns the effect
// of each entry.
func (t *Table) applyAPriori(f *findings) *byHand {
	entries := t.output.APriori
	h := &byHand{t: t, entries: make([]handled, len(entries))}
	if len(entries) == 0 {
		return h
	}
	f.safe = map[int]int{}
	hit := make([]int, 0, len(entries))
	for c := range t.published() {
		bad, good := -1, -1
		hit = hit[:0]
		for k := range entries {
			if !t.matches(c, &entries[k]) {
				continue
			}
			hit = append(hit, k)
			h.entries[k].cells++
			switch a := &entries[k]; {
			case a.Neutral:
			case a.Safe:
				good = k
			case bad < 0:
				bad = k
			}
		}
		if bad < 0 {
			if good >= 0 {
				f.safe[c.i] = good
			}
			continue
		}
		f.mark(c, Unsafe)
		h.unsafe = append(h.unsafe, Finding{
			Rule: "a-priori", Cell: c.Coordinates(), Verdict: Unsafe, Observed: 1, Limit: 0,
			Message: words.New(words.SetUnsafe, words.TextOf(entries[bad].Reason)),
		})
		for _, k := range hit {
			if a := &entries[k]; a.Safe && !a.Neutral || a.Protected {
				if h.entries[k].lost++; h.entries[k].lost == 1 {
					h.entries[k].over = bad
				}
			}
		}
	}
	for k := range entries {
		h.entries[k].unknown = t.unknown(&entries[k])
	}
	return h
}

// report adds the effect of the entries to the findings:
//
//   - cells that are unsafe by hand;
//   - cells that are safe only by hand;
//   - entries that apply to no cell;
//   - entries that another entry overrules;
//   - entries that name fewer variables than the table has.
func (h *byHand) report(f *findings) {
	for _, x := range h.unsafe {
		f.output(x)
	}
	cleared := make([]int64, len(h.entries))
	seen := map[int]bool{}
	for _, by := range f.finders {
		for _, i := range by.cleared {
			if !seen[i] {
				seen[i] = true
				cleared[f.safe[i]]++
			}
		}
	}
	for k := range h.entries {
		a, e := &h.t.output.APriori[k], &h.entries[k]
		say := func(v Verdict, observed int64, id words.ID, args ...words.Arg) {
			message := words.New(id, slices.Concat(a.entry(k), args)...)
			f.output(Finding{Rule: "a-priori", Verdict: v, Observed: float64(observed), Limit: 0, Count: observed, Message: message})
		}
		if n := cleared[k]; n > 0 {
			if a.By == "" {
				say(Review, n, words.EntrySetsSafeUnsigned, words.Count(n), words.TextOf(a.Reason))
			} else {
				say(Review, n, words.EntrySetsSafe, words.Count(n), words.TextOf(a.Reason), words.TextOf(a.By))
			}
		}
		switch {
		case e.unknown != "":
			say(Review, 0, words.EntryUnknownCode, words.NameOf(e.unknown))
		case e.cells == 0:
			say(Review, 0, words.EntryWithoutCell)
		}
		if e.lost > 0 {
			say(Review, e.lost, words.EntryOverruled, words.Count(e.lost), words.Count(int64(e.over)+1))
		}
		if e.cells > 0 && len(a.Codes) < len(h.t.vars) {
			say(Safe, e.cells, words.EntryCovers, words.Count(int64(len(a.Codes))), words.Count(int64(len(h.t.vars))), words.Count(e.cells))
		}
	}
}

// entry is entry k as arguments: its number, and its line or nothing.
func (a *APriori) entry(k int) []words.Arg {
	line := words.Decimal("")
	if a.Line > 0 {
		line = words.Count(int64(a.Line))
	}
	return []words.Arg{words.Count(int64(k) + 1), line}
}

// unknown returns a variable for which an entry names a code that the variable does not
// have: a typing error, or a cell that is empty in these data. It returns "" where there
// is none.
func (t *Table) unknown(a *APriori) string {
	for v := range t.vars {
		code, named := a.Codes[t.vars[v].Name]
		known := !named || code == ""
		for n := 1; n < t.vars[v].Len() && !known; n++ {
			known = t.vars[v].Label(n) == code
		}
		if !known {
			return t.vars[v].Name
		}
	}
	return ""
}

func (t *Table) matches(c Cell, a *APriori) bool {
	for v := range t.vars {
		code, ok := a.Codes[t.vars[v].Name]
		if ok && (code != t.vars[v].Label(c.Node(v)) || (code == "") != (c.Node(v) == 0)) {
			return false
		}
	}
	return true
}
