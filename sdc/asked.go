package sdc

import "github.com/sluis-go/sluis/internal/evidence"

// asks collects the respondents and holdings that asked for protection. A respondent asks
// when any row of the respondent asks. A holding asks when any of its respondents asks.
// Then the whole contribution counts, also in rows that do not ask.
type asks struct {
	respondents, holdings map[uint64]struct{}
	// Pairs of a respondent and a holding, where both are named. Which of them asked is
	// known after all rows are read.
	pairs map[[2]uint64]struct{}
}

func newAsks() *asks {
	return &asks{respondents: map[uint64]struct{}{}, holdings: map[uint64]struct{}{}, pairs: map[[2]uint64]struct{}{}}
}

// unit returns the key of row i in a column of respondents or holdings; false where the
// holding is missing.
func (w *worker) unit(c, i int) (uint64, bool) {
	if w.keyed[c] {
		k := &w.keys[c]
		return k.Key[i], k.Null == nil || !k.Null[i]
	}
	code := w.codes[c][i]
	null, ok := w.encoders[c].Null()
	return uint64(code), !ok || code != null
}

// noteAsked takes in a batch of n rows.
func (w *worker) noteAsked(n int) {
	r, h := w.pl.respondent, w.pl.holding
	if w.asks == nil || r < 0 && h < 0 {
		return
	}
	for i := range n {
		asked := w.flags[w.codes[w.pl.request][i]]
		if !asked && (r < 0 || h < 0) {
			continue
		}
		var who, owner uint64
		owned := false
		if r >= 0 {
			who, _ = w.unit(r, i)
		}
		if h >= 0 {
			owner, owned = w.unit(h, i)
		}
		if r >= 0 && owned {
			w.asks.pairs[[2]uint64{who, owner}] = struct{}{}
		}
		if asked && r >= 0 {
			w.asks.respondents[who] = struct{}{}
		}
		if asked && owned {
			w.asks.holdings[owner] = struct{}{}
		}
	}
}

// merge adds o. codes maps the codes of units in o; nil where units are keys.
func (a *asks) merge(o *asks, codes evidence.Codes) {
	renamed := func(key uint64, codes []uint32) uint64 {
		if codes == nil {
			return key
		}
		return uint64(codes[key])
	}
	for k := range o.respondents {
		a.respondents[renamed(k, codes.Respondent)] = struct{}{}
	}
	for k := range o.holdings {
		a.holdings[renamed(k, codes.Holding)] = struct{}{}
	}
	for p := range o.pairs {
		a.pairs[[2]uint64{renamed(p[0], codes.Respondent), renamed(p[1], codes.Holding)}] = struct{}{}
	}
}

// close adds the holdings of respondents that asked.
func (a *asks) close() {
	for p := range a.pairs {
		if _, ok := a.respondents[p[0]]; ok {
			a.holdings[p[1]] = struct{}{}
		}
	}
	a.pairs = map[[2]uint64]struct{}{}
}

// has reports whether a respondent or holding asked.
func (a *asks) has(u evidence.Unit) bool {
	who := a.respondents
	if u.Kind == evidence.HoldingUnit {
		who = a.holdings
	}
	_, ok := who[u.Key]
	return ok
}

// askedRows returns the kept rows that may belong to a unit that asked:
//
//   - every row with a unit: whether the unit asked is known after all rows are read;
//   - of the rows without a unit, those that ask.
//
// Rows of weight 0 contribute nothing, and are left out.
func (w *worker) askedRows(n int, keep []int32) []int32 {
	r, h := w.pl.respondent, w.pl.holding
	out := []int32{}
	add := func(i int) {
		if w.pl.weight >= 0 && w.numbers[w.pl.weight].Zero(i) {
			return
		}
		united := r >= 0
		if !united && h >= 0 {
			_, united = w.unit(h, i)
		}
		if united || w.flags[w.codes[w.pl.request][i]] {
			out = append(out, int32(i))
		}
	}
	if keep == nil {
		for i := range n {
			add(i)
		}
		return out
	}
	for _, i := range keep {
		add(int(i))
	}
	return out
}
