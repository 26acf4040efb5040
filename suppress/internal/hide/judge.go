package hide

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc"
)

// judge takes in the findings: which cells are unsafe, why, and to what level. The error
// wraps
//
//   - ErrUnfit for a finding of a rule that is not in reasonOf: what such a rule requires of
//     a hidden cell is not known;
//   - ErrRequest for findings that are not those of the check: of a cell that the table does
//     not have, or no finding of a cell that is unsafe.
func (t *table) judge(r *sdc.Report, k int, policy *sdc.Policy, digits int) error {
	t.reasons = make([]reason, t.n)
	t.level = make([]Level, t.n)
	codes := make([]map[string]int, len(t.vars))
	for v := range t.vars {
		codes[v] = map[string]int{}
		for i, c := range t.vars[v].Codes {
			codes[v][c] = i
		}
	}
	for _, f := range r.Outputs[k].Findings {
		if f.Verdict != sdc.Unsafe || len(f.Cell) == 0 {
			continue
		}
		cell := 0
		if len(f.Cell) != len(t.vars) {
			return errTampered
		}
		for v, at := range f.Cell {
			if at.Total {
				continue
			}
			code, ok := codes[v][at.Code]
			if !ok {
				return errTampered
			}
			cell += code * t.stride[v]
		}
		why, ok := reasonOf[f.Rule]
		if !ok {
			return fmt.Errorf("%w: rule %q makes cells unsafe, and what it requires of hidden cells is not known; leave the output out", ErrUnfit, f.Rule)
		}
		t.reasons[cell] |= why
		if why == groupShare {
			v := slices.IndexFunc(t.vars, func(c CodeList) bool { return c.Name == f.Variable })
			if v < 0 {
				return errTampered
			}
			line := cell - t.code(cell, v)*t.stride[v]
			t.raise(cell, Level{Lower: t.groupLevel(cell, line, f.Rule, policy)})
			// Of a variable of one code all of a line is known to be in it.
			if t.groupLevel(cell, line, f.Rule, policy) > 0 && len(t.vars[v].Codes) > 2 {
				t.groups = append(t.groups, groupFinding{cell, line, v, f.Rule})
			}
			t.branches(cell, line, v, f.Rule, policy)
		}
	}
	unit := new(big.Rat).SetInt(exact.Pow10(digits))
	for c := range r.Tables[k].Cells() {
		cell := t.at(c)
		if t.reasons[cell] == 0 {
			if r.Status(k, c) == sdc.Unsafe {
				return errTampered
			}
			continue
		}
		x := c.ProtectionLevel(policy)
		n, err := roundUnits(x.Mul(x, unit), true)
		if err != nil {
			n = largest // more than any table holds: proven impossible later
		}
		t.raise(cell, Level{Lower: n, Upper: n})
	}
	return nil
}

var errTampered = fmt.Errorf("%w: the findings of the report are not those of its check; check again", ErrRequest)

// branches notes the groups of codes above a cell that are not published, and that break
// a group rule as sums of what is.
func (t *table) branches(cell, line, v int, rule string, policy *sdc.Policy) {
	for code := t.vars[v].Parents[t.code(cell, v)]; code > 0; code = t.vars[v].Parents[code] {
		above := line + code*t.stride[v]
		if t.shown[above] || t.whole(v, code) {
			continue
		}
		f := groupFinding{above, line, v, rule}
		if level := t.groupLevel(above, line, rule, policy); level > 0 && !slices.Contains(t.groups, f) {
			t.raise(cell, Level{Lower: min(level, t.value[cell])})
			t.groups = append(t.groups, f)
		}
	}
}

// whole reports whether all codes are that code, above or below it.
func (t *table) whole(v, code int) bool {
	in := make([]bool, len(t.vars[v].Codes))
	for k := range in {
		in[k] = k == code || k > 0 && in[t.vars[v].Parents[k]]
	}
	for up := code; up >= 0; up = t.vars[v].Parents[up] {
		in[up] = true
	}
	return !slices.Contains(in, false)
}

func (t *table) raise(cell int, l Level) {
	was := t.level[cell]
	t.level[cell] = Level{max(was.Lower, l.Lower), max(was.Upper, l.Upper), max(was.Sliding, l.Sliding)}
}

// apart is the most that one contributor may have in a line outside a cell of the line. This
// contributor computes the share in the line of the others: 17 of 19 is 17 of 18 to one of
// the two.
func (t *table) apart(cell, line int) int64 {
	rest := t.value[line] - t.value[cell]
	if rest <= 0 {
		return 0
	}
	others := int64(0) // contributors besides him
	if t.has[line] && t.has[cell] && t.cells[line].WeightSum() == nil {
		others = max(0, t.cells[line].Holdings()-t.cells[cell].Holdings()-1)
	}
	return max(0, rest-others)
}

// groupLevel is the distance below the value of a cell that must be possible: at that
// distance the share of the line does not break the rule, for outsiders and for contributors
// to the line (see apart). groupLevel is 0 where the published value is no count of
// respondents and passes the rule as it is.
func (t *table) groupLevel(cell, line int, rule string, policy *sdc.Policy) int64 {
	n, of := t.value[cell], t.value[line]-t.apart(cell, line)
	safe := of - policy.GroupRemainder.K - 1
	if rule == "group-disclosure" {
		// The largest whole m with 100 m < Percent * of, or <= where the limit
		// itself is safe.
		p, ok := new(big.Rat).SetString(string(policy.GroupDisclosure.Percent))
		if !ok {
			return max(0, n)
		}
		x := p.Mul(p, new(big.Rat).SetFrac64(of, 100))
		q, rest := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
		safe = q.Int64()
		if rest.Sign() == 0 && !policy.GroupDisclosure.Exclusive {
			safe--
		}
	}
	return max(0, n-max(0, safe))
}

// byHand takes in what an a-priori list says beside safe and unsafe.
func (t *table) byHand(out *sdc.Output, digits int) error {
	t.apriori = make([]apriori, t.n)
	number := func(s string, up bool) (int64, error) {
		x, ok := new(big.Rat).SetString(s)
		if !ok {
			return 0, fmt.Errorf("%w: an a-priori entry has a number that is none", ErrRequest)
		}
		if up {
			x.Mul(x, new(big.Rat).SetInt(exact.Pow10(digits)))
		}
		return roundUnits(x, up)
	}
	for _, a := range out.APriori {
		if !a.Protected && a.Cost == "" && a.Lower == "" && a.Upper == "" {
			continue
		}
		var cost int64
		var level Level
		var err error
		for _, f := range []struct {
			text string
			to   *int64
			up   bool
		}{{a.Cost, &cost, false}, {a.Lower, &level.Lower, true}, {a.Upper, &level.Upper, true}} {
			if f.text == "" {
				continue
			}
			if *f.to, err = number(f.text, f.up); err != nil {
				return err
			}
			*f.to = max(*f.to, 0)
		}
		if a.Cost != "" {
			cost = max(cost, 1)
		}
		for cell := range t.n {
			if !t.matches(cell, a.Codes) {
				continue
			}
			t.apriori[cell].protected = t.apriori[cell].protected || a.Protected
			t.apriori[cell].cost = max(t.apriori[cell].cost, cost)
			t.raise(cell, level)
		}
	}
	return nil
}

func (t *table) matches(cell int, codes map[string]string) bool {
	for v := range t.vars {
		want, ok := codes[t.vars[v].Name]
		if ok && want != t.vars[v].Codes[t.code(cell, v)] {
			return false
		}
	}
	return true
}
