package words_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// through writes a fact as JSON and reads it again.
func through(t *testing.T, f words.Fact) (text string, back words.Fact) {
	t.Helper()
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	return string(b), back
}

// TestFact: a message in JSON, and the message that is made of the JSON.
func TestFact(t *testing.T) {
	for _, tc := range []struct {
		name string
		m    words.Message
		want string
	}{
		{"nothing", words.Message{}, `{"message":""}`},
		{"without arguments", words.New(words.NoDossier), `{"message":"` + words.New(words.NoDossier).String() + `","id":"no-dossier"}`},
		{"numbers", words.New(words.FewContributors, words.Count(3), words.Count(10)), `{"message":"3 contributors; at least 10 are required","id":"few-contributors","args":{"min":"10","n":"3"}}`},
		{"more than a number", words.New(words.LargestDominates, words.Arg{Kind: words.Above, Text: "100"}, words.Decimal("50")),
			`{"message":"the largest contribution is \u003e100 % of the total, more than 50 %","id":"largest-dominates","args":{"limit":"50","share":{"kind":"above","text":"100"}}}`},
		{"a word", words.New(words.EndpointOfCell, words.TermOf(words.Maximum)), `{"message":"the max of a cell is a value of one record","id":"endpoint-of-cell","args":{"statistic":"max"}}`},
		{"a list", words.New(words.RulesOff, words.Texts([]string{"nk", "pq"})...), `{"message":"` + words.New(words.RulesOff, words.Texts([]string{"nk", "pq"})...).String() + `","id":"rules-off","args":{"rules":["nk","pq"]}}`},
		{"a list of one in two languages", words.New(words.DossierContradicted, words.TextIn("5, x", "5, y")),
			`{"message":"what was read contradicts the dossier: step 5, x","id":"dossier-contradicted","args":{"steps":[{"dutch":"5, y","kind":"text","text":"5, x"}]}}`},
		{"a name and a list", words.New(words.JoinedRecords, words.NameOf("a"), words.NameOf("b"), words.NameOf("c"), words.NameOf("d")), ""},
		{"an empty argument", words.New(words.EntryWithoutCell, words.Count(3), words.Decimal("")), ""},
		{"too few arguments", words.New(words.FewContributors, words.Count(1)), `{"message":"1 contributor; at least  are required","id":"few-contributors","args":{"n":"1"}}`},
		{"too many arguments", words.New(words.NoDossier, words.Count(1)), `{"message":"` + words.New(words.NoDossier).String() + `","id":"no-dossier","args":{"1":{"kind":"number","text":"1"}}}`},
		{"notes", words.New(words.NoDossier).With(words.New(words.NoteNegative)).With(words.New(words.NoteSetSafe, words.TextOf("x"))),
			`{"message":"` + words.New(words.NoDossier).String() + ` (some contributions are negative: absolute values are compared); set safe by hand: x","id":"no-dossier","notes":[{"id":"note-negative"},{"id":"note-set-safe","args":{"reason":"x"}}]}`},
		{"a sentence", words.Said("50 % of [them] {n}"), `{"message":"50 % of [them] {n}","id":"sentence","args":{"sentence":"50 % of [them] {n}"}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, back := through(t, tc.m.Fact())
			if tc.want != "" && text != tc.want {
				t.Errorf("%s, want %s", text, tc.want)
			}
			if got := back.Message(); !reflect.DeepEqual(got, tc.m) {
				t.Errorf("%+v, want %+v", got, tc.m)
			}
		})
	}
}

// TestFactOfAnother: what is not in the form of a fact is the sentence alone, so that
// nothing is said that the document does not say.
func TestFactOfAnother(t *testing.T) {
	for _, tc := range []struct{ name, text string }{
		{"of an earlier version", `{"message":"m"}`},
		{"of a later version", `{"message":"m","id":"later","args":{"n":"3"}}`},
		{"with an argument more", `{"message":"m","id":"few-contributors","args":{"n":"3","min":"10","max":"4"}}`},
		{"without the first argument", `{"message":"m","id":"few-contributors","args":{"min":"10"}}`},
		{"a number", `{"message":"m","id":"few-contributors","args":{"n":3,"min":"10"}}`},
		{"a list for one", `{"message":"m","id":"few-contributors","args":{"n":["3"],"min":"10"}}`},
		{"one for a list", `{"message":"m","id":"rules-off","args":{"rules":"nk"}}`},
		{"an empty list", `{"message":"m","id":"rules-off","args":{"rules":[]}}`},
		{"another kind", `{"message":"m","id":"rules-off","args":{"rules":[{"kind":"x","text":"y"}]}}`},
		{"no kind", `{"message":"m","id":"rules-off","args":{"rules":[{"text":"y"}]}}`},
		{"no text", `{"message":"m","id":"rules-off","args":{"rules":[{"kind":"text"}]}}`},
		{"a Dutch number", `{"message":"m","id":"rules-off","args":{"rules":[{"kind":"text","text":"y","dutch":1}]}}`},
		{"a note of a later version", `{"message":"m","id":"no-dossier","notes":[{"id":"later"}]}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var f words.Fact
			if err := json.Unmarshal([]byte(tc.text), &f); err != nil {
				t.Fatal(err)
			}
			if got := f.Message(); !reflect.DeepEqual(got, words.Said("m")) {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestEveryFact: every fact, with arguments of any number and kind and with notes, is the
// same message after JSON.
func TestEveryFact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "3", "50.25", "a b", "\"{n}[x]", "\u202e<&>", "max"}
	draw := func(id words.ID) words.Message {
		params, _ := words.Parameters(id)
		m := words.Message{ID: id}
		for i := range len(params) + r.IntN(3) {
			a := words.Arg{Kind: words.Kind(r.IntN(5)), Text: texts[r.IntN(len(texts))]}
			if n := len(params); n > 0 && r.IntN(3) > 0 {
				a.Kind = params[min(i, n-1)].Kind
			}
			if r.IntN(5) == 0 {
				a.Dutch = "nl"
			}
			m.Args = append(m.Args, a)
		}
		return m
	}
	ids := words.IDs()
	for _, id := range ids {
		for range 20 {
			m := draw(id)
			for range r.IntN(3) {
				m = m.With(draw(ids[r.IntN(len(ids))]))
			}
			_, back := through(t, m.Fact())
			if got := back.Message(); !reflect.DeepEqual(got, m) {
				t.Fatalf("%+v, want %+v", got, m)
			}
			if back.Text != m.In(words.English) {
				t.Errorf("%q, want %q", back.Text, m)
			}
		}
	}
}
