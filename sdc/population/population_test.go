package population_test

import (
	"testing"

	"github.com/sluis-go/sluis/sdc/population"
)

// TestString: conditions are written as a spec has them, and the same conditions in another
// order have the same key.
func TestString(t *testing.T) {
	w := population.Where{
		{Column: "sex", Codes: []string{"M", "F"}, Null: true},
		{Column: "age of man", From: "25", To: "65.5"},
		{Column: "region", Codes: []string{"a b", "~", "*"}, Not: true},
		{Column: "day", To: "2026-01-31"},
	}
	const want = `sex: [M, F, ~], "age of man": {from: 25, to: 65.5}, region: {not: ["a b", "~", "*"]}, day: {to: 2026-01-31}`
	if got := w.String(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	o := population.Where{w[3], w[1], {Column: "region", Codes: []string{"*", "a b", "~"}, Not: true}, {Column: "sex", Codes: []string{"F", "M"}, Null: true}}
	if w.Key() != o.Key() || !w.Narrows(o) || !o.Narrows(w) {
		t.Errorf("%s and %s", w.Key(), o.Key())
	}
	if !w.Narrows(w[:2]) || w[:2].Narrows(w) || !w.Narrows(nil) || population.Where(nil).Narrows(w) {
		t.Error("fewer conditions are more records")
	}
	for i := range w {
		other := append(population.Where{}, w...)
		other[i].Not, other[i].From = !other[i].Not, other[i].From+"1"
		if other.Key() == w.Key() {
			t.Errorf("condition %d has no say in the key", i)
		}
	}
}

// TestKeyTellsApart: a code that looks like two codes is one code.
func TestKeyTellsApart(t *testing.T) {
	seen := map[string]int{}
	for i, w := range []population.Where{
		{{Column: "a", Codes: []string{"x", "y"}}}, {{Column: "a", Codes: []string{"x, y"}}}, {{Column: "a", Codes: []string{"x"}, Null: true}},
		{{Column: "a", Codes: []string{"x", "~"}}}, {{Column: "a", Codes: []string{`"x"`}}}, {{Column: "a", Codes: []string{"x"}}},
		{{Column: "a", Codes: []string{"x"}}, {Column: "b", Codes: []string{"y"}}}, {{Column: `a: [x], b`, Codes: []string{"y"}}},
		{{Column: "a", From: "1"}}, {{Column: "a", To: "1"}}, {{Column: "a", Codes: []string{"1"}}}, {{Column: "a", Codes: []string{"1"}, Not: true}},
	} {
		if k, twice := seen[w.Key()]; twice {
			t.Errorf("%d and %d have one key: %s", k, i, w.Key())
		}
		seen[w.Key()] = i
	}
}
