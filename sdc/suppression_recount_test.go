package sdc_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/localrecord"
	"github.com/sluis-go/sluis/sdc/origin"
)

// TestSuppressedRecount compares k-anonymity of nulls that local suppression wrote with a
// recount by definition: one or two records of random keys, respondents, k and sizes, which
// tell of all nulls of the keys, of fewer, or of more; a key whose nulls are a category, or
// wildcards that no record tells of.
func TestSuppressedRecount(t *testing.T) {
	count := map[string]int{}
	for seed := range 2 * seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 92))
		of := [3]sdc.Missing{sdc.MissingSuppressed, sdc.MissingSuppressed, sdc.MissingSuppressed}
		switch rng.IntN(6) {
		case 0:
			of[2] = sdc.MissingCategory
		case 1:
			of[2] = sdc.MissingWildcard
		}
		// Each person has one class, and one row or two.
		type person struct {
			key  [3]string // "" is a null
			rows int
		}
		var people []person
		total, nulls := 0, [3]int{}
		for range 4 + rng.IntN(16) {
			p := person{rows: 1 + rng.IntN(5)/4}
			for k := range p.key {
				if p.key[k] = fmt.Sprint(rng.IntN(2)); rng.IntN(6) == 0 {
					p.key[k] = ""
					nulls[k] += p.rows
				}
			}
			total += p.rows
			people = append(people, p)
		}
		named := rng.IntN(4) > 0
		respondent := ""
		if named {
			respondent = "id"
		}
		k := int64(2 + rng.IntN(4))
		// The records; told is what they tell of each key together.
		var records []*localrecord.Record
		told, sum := [3]int{}, 0
		honest, covers, least := rng.IntN(2) > 0, true, int64(100)
		files := 1 + rng.IntN(2)
		for n := range files {
			s := &localrecord.Record{Schema: localrecord.Schema, Missing: "wildcard", K: 2 + rng.Int64N(5), Respondent: respondent, Records: int64(total / files)}
			if rng.IntN(3) > 0 {
				s.K = k + rng.Int64N(2)
			}
			if n == files-1 {
				s.Records = int64(total - sum)
			}
			sum += int(s.Records)
			switch rng.IntN(9) {
			case 0:
				s.Respondent = "other"
				covers = covers && !named
			case 1:
				s.MaxKeys = 2
				covers = false
			case 2:
				s.MaxKeys = 3
			}
			keys := 3
			if rng.IntN(12) == 0 {
				keys, covers = 2, false
			}
			for v, name := range []string{"a", "b", "c"}[:keys] {
				x := nulls[v] - told[v]
				if n < files-1 {
					x = rng.IntN(x + 1)
				}
				if v == 2 && of[v] == sdc.MissingCategory {
					x = 0
				}
				switch {
				case honest:
				case rng.IntN(3) > 0:
					x = max(0, x-rng.IntN(2))
				case rng.IntN(3) == 0:
					x++
				}
				told[v] += x
				s.Keys = append(s.Keys, name)
				s.Suppressed = append(s.Suppressed, localrecord.Key{Key: name, Values: int64(x)})
			}
			least = min(least, s.K)
			records = append(records, s)
		}
		if rng.IntN(10) == 0 {
			off := 1 - 2*rng.IntN(2)
			records[0].Records += int64(off)
			sum += off
		}
		// The recount.
		judged := of[2] != sdc.MissingWildcard // by the records
		matches := func(x, y person) bool {
			for v := range x.key {
				if x.key[v] != y.key[v] && (x.key[v] != "" && y.key[v] != "" || of[v] == sdc.MissingCategory) {
					return false
				}
			}
			return true
		}
		refused, complete := judged && sum != total, judged
		want := map[string]bool{}
		for v, name := range []string{"a", "b", "c"} {
			n := nulls[v]
			if of[v] == sdc.MissingCategory {
				n = 0
			}
			if judged && told[v] > n {
				refused = true
			}
			if judged && told[v] < n {
				complete = false
				want["remark on "+name] = true
			}
		}
		trusted := judged && complete && covers && least >= k
		for _, x := range people {
			matching, certain := int64(0), int64(0)
			for _, y := range people {
				n := int64(y.rows)
				if named {
					n = 1
				}
				if matches(x, y) {
					matching += n
				}
				if x.key == y.key {
					certain += n
				}
			}
			at := strings.Join(x.key[:], "|")
			switch {
			case matching < k:
				want[at+" unsafe"] = true
			case certain < k && !trusted:
				want[at+" review"] = true
			case certain < k:
				count["classes that a record vouches for"]++
			}
		}
		// The rule.
		var rows []row
		for i, p := range people {
			for range p.rows {
				r := row{"id": i}
				for v, name := range []string{"a", "b", "c"} {
					if p.key[v] != "" {
						r[name] = p.key[v]
					}
				}
				rows = append(rows, r)
			}
		}
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		reader := array.NewTableReader(tableOf(t, fields("id", integer, "a", text, "b", text, "c", text), rows...), int64(1+rng.IntN(9)))
		d := sdc.FromReaders(reader)
		d.Roles.Respondent = respondent
		d.Missing = map[string]sdc.Missing{"a": of[0], "b": of[1], "c": of[2]}
		d.Suppressions = records
		for n, s := range records {
			s.Output = origin.Source{Name: fmt.Sprint(n), SHA256: strings.Repeat("a", 63) + fmt.Sprint(n)}
			d.Sources = append(d.Sources, s.Output)
		}
		p := off()
		p.KAnonymity = sdc.KAnonymity{K: k}
		r, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "o", Kind: sdc.Microdata, By: []string{"a", "b", "c"}}}, p, sdc.Options{Threads: 1 + rng.IntN(3)})
		reader.Release()
		if refused {
			count["refused"]++
			if !errors.Is(err, sdc.ErrRequest) {
				t.Fatalf("seed %d: told %v of %v, %d of %d rows: %v", seed, told, nulls, sum, total, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got := map[string]bool{}
		for _, f := range r.Outputs[0].Findings {
			var key [3]string
			for v, x := range f.Cell {
				if key[v] = x.Code; x.Code == "(missing)" {
					key[v] = ""
				}
			}
			got[strings.Join(key[:], "|")+" "+f.Verdict.String()] = true
			count[f.Verdict.String()]++
		}
		for _, x := range r.Data.Remarks {
			if x.Name == "local-record" {
				got["remark on "+x.Column] = true
				count["remarks"]++
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d, k %d, %v, told %v of %v: %s", seed, k, of, told, nulls, diff)
		}
	}
	t.Log(count)
	for _, what := range []string{"refused", "unsafe", "review", "remarks", "classes that a record vouches for"} {
		if count[what] < 3 {
			t.Errorf("%d times %s", count[what], what)
		}
	}
}
