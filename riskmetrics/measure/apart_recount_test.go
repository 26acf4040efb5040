package measure_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/riskmetrics/measure"
	"github.com/sluis-go/sluis/sdc"
)

// patient is a row of random data; "" is a null.
type patient struct {
	a, b, s, id string
}

// limits are the limits of a draw; 0 is none. Shares are in hundredths.
type limits struct {
	k, l, combos, least              int
	c, alpha, t, beta, delta         int64
	respondent, category, suppressed bool
	keys                             string // how nulls of keys match
}

// judged recounts which limits on sensitive values are unsafe, from the definitions of
// docs/risk.md. apart takes a null in a key as equal to a null alone; known leaves the rows
// with a null as sensitive value out. A limit that is not defined for persons with several
// values is in refused.
func (x limits) judged(rows []patient, apart, known bool) (unsafe, unjudged, refused map[string]bool) {
	unsafe, unjudged, refused = map[string]bool{}, map[string]bool{}, map[string]bool{}
	match := x.keys == "wildcard" && !apart
	same := func(p, q string) bool { return p == q || match && (p == "" || q == "") }
	has := func(r patient) bool { return r.s != "" || x.category && !known }
	people, all := map[string]map[string]bool{}, map[string]bool{} // value -> persons
	count := func(m map[string]map[string]bool, value, who string) {
		if m[value] == nil {
			m[value] = map[string]bool{}
		}
		m[value][who] = true
	}
	for _, r := range rows {
		if has(r) {
			count(people, r.s, r.id)
			all[r.id] = true
		}
	}
	values := func(m map[string]map[string]bool) bool { // somebody has several values
		n := map[string]int{}
		for _, who := range m {
			for id := range who {
				n[id]++
			}
		}
		for _, k := range n {
			if k > 1 {
				return true
			}
		}
		return false
	}
	if values(people) {
		refused["t"] = true
	}
	for _, r := range rows {
		in, who := map[string]map[string]bool{}, map[string]bool{}
		own := map[string]map[string]bool{}
		for _, q := range rows {
			if has(q) && same(r.a, q.a) && same(r.b, q.b) {
				count(in, q.s, q.id)
				who[q.id] = true
			}
			if has(q) && r.a == q.a && r.b == q.b {
				count(own, q.s, q.id)
			}
		}
		if values(own) {
			refused["c"] = true
			if match {
				refused["l"] = true
			}
		}
		if distinct(in) < x.l {
			unsafe["l"] = true
		}
		if len(who) == 0 {
			for _, limit := range []string{"c", "alpha", "t", "beta", "delta"} {
				unjudged[limit] = true
			}
			continue
		}
		n, every := int64(len(who)), int64(len(all))
		var counts []int64
		var distance float64
		for v, of := range people {
			k, total := int64(len(in[v])), int64(len(of))
			p, q := big.NewRat(k, n), big.NewRat(total, every)
			gap, _ := new(big.Rat).Sub(p, q).Float64()
			distance += math.Abs(gap) / 2
			if k == 0 {
				continue
			}
			counts = append(counts, k)
			if 100*k > x.alpha*n {
				unsafe["alpha"] = true
			}
			ratio := new(big.Rat).Quo(p, q)
			if new(big.Rat).Sub(ratio, big.NewRat(1, 1)).Cmp(big.NewRat(x.beta, 100)) > 0 {
				unsafe["beta"] = true
			}
			f, _ := ratio.Float64()
			if math.Abs(math.Log(f)) >= float64(x.delta)/100 {
				unsafe["delta"] = true
			}
		}
		if distance > float64(x.t)/100+1e-9 {
			unsafe["t"] = true
		}
		// Recursive (c, 2): the largest against all but the largest.
		most, sum := int64(0), int64(0)
		for _, k := range counts {
			most, sum = max(most, k), sum+k
		}
		if 100*most >= x.c*(sum-most) {
			unsafe["c"] = true
		}
	}
	for _, m := range []map[string]bool{unsafe, unjudged} {
		for limit := range refused {
			delete(m, limit)
		}
	}
	return unsafe, unjudged, refused
}

// distinct is the largest number of values that different persons can have.
func distinct(in map[string]map[string]bool) int {
	var values []string
	for v := range in {
		values = append(values, v)
	}
	taken := map[string]bool{}
	var try func(at int) int
	try = func(at int) int {
		if at == len(values) {
			return 0
		}
		best := try(at + 1)
		for who := range in[values[at]] {
			if !taken[who] {
				taken[who] = true
				best = max(best, 1+try(at+1))
				delete(taken, who)
			}
		}
		return best
	}
	return try(0)
}

// TestApartRecount compares the limits of classes and of sensitive values, and what is judged a second
// time without what nulls may stand for, with a recount by maps of persons: nulls of keys and
// of values, persons with several rows and values, limits on the boundary.
func TestApartRecount(t *testing.T) {
	draws := 100
	if os.Getenv("SLUIS_LONG") != "" {
		draws = 1000
	}
	count := map[string]int{}
	for seed := range uint64(draws) {
		rng := rand.New(rand.NewPCG(seed, 95))
		x := limits{
			l: 1 + rng.IntN(3), c: int64(50 + 25*rng.IntN(12)), alpha: int64(40 + 5*rng.IntN(12)), t: int64(5 * rng.IntN(15)), beta: int64(10 * rng.IntN(20)), delta: int64(31 + 20*rng.IntN(8)),
			k: 2 + rng.IntN(3), combos: rng.IntN(3), least: 2 + rng.IntN(2),
			respondent: rng.IntN(2) == 0, category: rng.IntN(2) == 0, keys: []string{"wildcard", "wildcard", "category"}[rng.IntN(3)],
		}
		x.suppressed = x.keys == "wildcard" && rng.IntN(5) == 0
		var rows []patient
		pick := func(list ...string) string { return list[rng.IntN(len(list))] }
		few, several := rng.IntN(3), rng.IntN(4) == 0
		for i := range 4 + rng.IntN(20) {
			r := patient{a: pick("x", "y", "x", ""), b: pick("u", "u", "u", "v", ""), s: pick("flu", "cold", "hiv", "flu", ""), id: fmt.Sprint(i)}
			if few == 0 {
				r.b = "u"
			}
			if x.respondent && i > 0 && rng.IntN(5) == 0 { // another row of somebody, in the same class
				q := rows[rng.IntN(i)]
				if r.a, r.b, r.id = q.a, q.b, q.id; !several {
					r.s = q.s
				}
			}
			rows = append(rows, r)
		}
		want := map[string]bool{}
		asked := map[string]bool{"k": true, "combinations": true}
		for _, limit := range []string{"l", "c", "alpha", "t", "beta", "delta"} {
			asked[limit] = rng.IntN(3) == 0 || seed%2 == 0
		}
		say := func(limit, verdict string) {
			if !asked[limit] {
				return
			}
			want[limit+" "+verdict] = true
			count[limit+" "+verdict]++
		}
		// Classes, and combinations of keys.
		size := func(r patient, match bool, on int) int { // on: bits of the keys
			who := map[string]bool{}
			for _, q := range rows {
				fits := func(p, q string) bool { return p == q || match && (p == "" || q == "") }
				if (on&1 == 0 || fits(r.a, q.a)) && (on&2 == 0 || fits(r.b, q.b)) {
					who[q.id] = true
				}
			}
			return len(who)
		}
		match := x.keys == "wildcard"
		below, certain, rare, perhaps := false, false, false, false
		for _, r := range rows {
			n := size(r, match, 3)
			below = below || n < x.k
			certain = certain || n >= x.k && size(r, false, 3) < x.k
			least, surely := 1000, 1000
			for on := 1; on <= 3; on++ {
				if on < 3 || x.combos == 2 {
					least = min(least, size(r, match && !x.respondent, on))
					surely = min(surely, size(r, false, on))
				}
			}
			rare = rare || least < x.least
			perhaps = perhaps || least >= x.least && surely < x.least
		}
		if below {
			say("k", "unsafe")
		}
		if certain && match && !x.suppressed {
			say("k", "review")
		}
		if x.combos > 0 && rare {
			say("combinations", "unsafe")
		}
		if x.combos > 0 && perhaps && match && !x.respondent && !x.suppressed {
			say("combinations", "review")
		}
		first, unjudged, refused := x.judged(rows, false, false)
		for limit := range first {
			say(limit, "unsafe")
		}
		for limit := range refused {
			say(limit, "refused")
		}
		for limit := range unjudged {
			if !first[limit] {
				say(limit, "not judged")
			}
		}
		again := map[string]bool{}
		for _, how := range [][2]bool{{true, false}, {false, true}, {true, true}} {
			if how[0] && (!match || x.suppressed) || how[1] && !x.category {
				continue
			}
			second, _, _ := x.judged(rows, how[0], how[1])
			for limit := range second {
				if !first[limit] {
					again[limit] = true
				}
			}
		}
		for limit := range again {
			say(limit, "review")
		}
		// The rule, with the rows in another order and other parts.
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		var lines []string
		for _, r := range rows {
			line := strings.Join([]string{r.a, r.b, r.s, r.id}, ",")
			for range 2 {
				line = strings.ReplaceAll(line, ",,", ",NULL,")
			}
			if r.a == "" {
				line = "NULL" + line
			}
			lines = append(lines, line)
		}
		data := chunked(mem, rng, lines)
		policy := func(s sdc.Missing) riskmetrics.Missing {
			m, err := riskmetrics.ParseMissing(string(s))
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		o := measure.Options{
			Keys: []string{"a", "b"}, Sensitive: []string{"s"}, K: x.k, L: x.l, Combinations: x.combos, MinCount: int64(x.least), NoSUDA: true,
			C: big.NewRat(x.c, 100), Alpha: big.NewRat(x.alpha, 100), T: big.NewRat(x.t, 100), Beta: big.NewRat(x.beta, 100), Delta: big.NewRat(x.delta, 100),
			Missing: policy(sdc.Missing(x.keys)), SensitiveMissing: policy(sdc.MissingExclude), Suppressed: x.suppressed, Threads: 1 + rng.IntN(3),
		}
		if !asked["l"] {
			o.L = 0
		}
		for limit, of := range map[string]**big.Rat{"c": &o.C, "alpha": &o.Alpha, "t": &o.T, "beta": &o.Beta, "delta": &o.Delta} {
			if !asked[limit] {
				*of = nil
			}
		}
		if x.category {
			o.SensitiveMissing = policy(sdc.MissingCategory)
		}
		if x.respondent {
			o.Respondent = "id"
		}
		result, err := measure.Make(context.Background(), data, o)
		data.Release()
		mem.AssertSize(t, 0)
		if errors.Is(err, riskmetrics.ErrRequest) {
			count["refused"]++
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got := map[string]bool{}
		worst := "safe"
		for _, l := range result.Report.Limits {
			text := l.Definition.String()
			name, verdict := "", l.Verdict
			for _, n := range [][2]string{
				{"k-anonymity", "k"}, {"combination", "combinations"}, {"distinct", "l"}, {"recursive", "c"}, {"alpha", "alpha"}, {"closeness", "t"}, {"likeness", "beta"}, {"disclosure", "delta"},
			} {
				if name == "" && strings.Contains(text, n[0]) {
					name = n[1]
				}
			}
			if name == "" {
				t.Fatalf("%q", text)
			}
			second := strings.Contains(text, "without what nulls may stand for") || name == "k" || name == "combinations"
			switch {
			case strings.Contains(text, "not judged"):
				verdict = "refused"
			case verdict == "review" && !second:
				verdict = "not judged"
			}
			if verdict != "safe" {
				got[name+" "+verdict] = true
			}
			if l.Verdict == "unsafe" || l.Verdict == "review" && worst == "safe" {
				worst = l.Verdict
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d, %+v: %s\n%v", seed, x, diff, rows)
		}
		if worst != result.Report.Verdict {
			t.Fatalf("seed %d: verdict %s with limits %+v", seed, result.Report.Verdict, result.Report.Limits)
		}
	}
	t.Log(count)
	for _, limit := range []string{"k", "combinations", "l", "c", "alpha", "t", "beta", "delta"} {
		for _, verdict := range []string{"unsafe", "review"} {
			if count[limit+" "+verdict] == 0 {
				t.Errorf("no %s %s", limit, verdict)
			}
		}
	}
}

// chunked is table for rows in parts.
func chunked(mem memory.Allocator, rng *rand.Rand, rows []string) arrow.Table {
	whole := table(mem, []string{"a", "b", "s", "id"}, rows...)
	defer whole.Release()
	reader := array.NewTableReader(whole, int64(1+rng.IntN(7)))
	defer reader.Release()
	var parts []arrow.Record
	for reader.Next() {
		rec := reader.Record()
		rec.Retain()
		defer rec.Release()
		parts = append(parts, rec)
	}
	return array.NewTableFromRecords(reader.Schema(), parts)
}
