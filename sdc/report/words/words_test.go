package words_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc/report/words"
)

func number(s string) words.Arg { return words.Decimal(s) }

// TestSentences: what a rule found, in both languages, with every number.
func TestSentences(t *testing.T) {
	state, diag := words.NameOf("state"), words.NameOf("diag")
	negative := words.New(words.NoteNegative)
	for _, tc := range []struct {
		name   string
		m      words.Message
		en, nl string
	}{
		{"nothing", words.Message{}, "", ""},
		{"one contributor", words.New(words.FewContributors, words.Count(1), words.Count(10)), "1 contributor; at least 10 are required", "1 bijdrager; minstens 10 vereist"},
		{"contributors of zero", words.New(words.FewNonZero, words.Count(1200), words.Count(8), words.Count(10)),
			"1200 contributors, but only 8 with a sum other than zero; at least 10 are required", "1.200 bijdragers, van wie slechts 8 met een som ongelijk aan nul; minstens 10 vereist"},
		{"set safe", words.New(words.FewNonZero, words.Count(12), words.Count(8), words.Count(10)).With(words.New(words.NoteSetSafe, words.TextOf("bekend {n}[x]"))),
			"12 contributors, but only 8 with a sum other than zero; at least 10 are required; set safe by hand: bekend {n}[x]",
			"12 bijdragers, van wie slechts 8 met een som ongelijk aan nul; minstens 10 vereist; handmatig veilig verklaard: bekend {n}[x]"},
		{"one holding", words.New(words.FewHoldings, words.Count(1), words.Count(10)), "1 holding; at least 10 are required", "1 ondernemingengroep; minstens 10 vereist"},
		{"just above", words.New(words.LargestDominates, number("50.000005"), number("50")),
			"the largest contribution is 50.000005 % of the total, more than 50 %", "de grootste bijdrage is 50,000005 % van het totaal, meer dan 50 %"},
		{"of a total of nothing", words.New(words.LargestDominates, words.Arg{Kind: words.Above, Text: "100"}, number("50")),
			"the largest contribution is >100 % of the total, more than 50 %", "de grootste bijdrage is meer dan 100 % van het totaal, meer dan 50 %"},
		{"two largest", words.New(words.TopDominates, words.Count(2), number("75.25"), number("60")).With(negative),
			"the 2 largest contributions are 75.25 % of the total, more than 60 % (some contributions are negative: absolute values are compared)",
			"de 2 grootste bijdragen vormen samen 75,25 % van het totaal, meer dan 60 % (sommige bijdragen zijn negatief: absolute waarden zijn vergeleken)"},
		{"an analyst writes of negatives", words.New(words.LargestDominates, number("75"), number("60")).With(words.New(words.NoteSetSafe, words.TextOf("contributions are negative"))),
			"the largest contribution is 75 % of the total, more than 60 %; set safe by hand: contributions are negative",
			"de grootste bijdrage is 75 % van het totaal, meer dan 60 %; handmatig veilig verklaard: contributions are negative"},
		{"two notes", words.New(words.LargestDominates, number("75"), number("60")).With(negative).With(words.New(words.NoteSetSafe, words.TextOf("x"))),
			"the largest contribution is 75 % of the total, more than 60 % (some contributions are negative: absolute values are compared); set safe by hand: x",
			"de grootste bijdrage is 75 % van het totaal, meer dan 60 % (sommige bijdragen zijn negatief: absolute waarden zijn vergeleken); handmatig veilig verklaard: x"},
		{"one of a line", words.New(words.GroupShares, words.Count(1), words.Count(1), state, number("100"), number("90")),
			`1 of the 1 respondent of the line over "state" share this category (100 %, limit 90 %)`,
			`1 van de 1 respondenten van de lijn over "state" deelt deze categorie (100 %, grens 90 %)`},
		{"a branch", words.New(words.GroupSharesAbove, words.Count(1640), words.Count(1640), diag, words.Count(1), number("100"), number("90")),
			`1640 of the 1640 respondents of the line over "diag" share the category above this cell, at level 1 of its tree (100 %, limit 90 %)`,
			`1.640 van de 1.640 respondenten van de lijn over "diag" delen de categorie boven deze cel, op niveau 1 van de boom (100 %, grens 90 %)`},
		{"a name with signs", words.New(words.NoAmounts, words.NameOf("a\"b{n}\u202e")),
			`closeness: the values of "a\"b{n}\u202e" are numbers, and the output names no amounts or width for them, so nobody has checked which classes share nearly one value`,
			`closeness: de waarden van "a\"b{n}\u202e" zijn getallen waarvoor de uitkomst geen amounts of width noemt, dus is niet gezocht naar klassen die bijna één waarde delen`},
		{"an entry of a file", words.New(words.EntryWithoutCell, words.Count(3), words.Count(7)), "entry 3 (line 7) applies to no published cell with records",
			"handmatig oordeel 3 (op bestandsregel 7) geldt voor geen enkele cel die gepubliceerd wordt en niet leeg is"},
		{"an entry of a list", words.New(words.EntryWithoutCell, words.Count(3), words.Decimal("")), "entry 3 applies to no published cell with records",
			"handmatig oordeel 3 geldt voor geen enkele cel die gepubliceerd wordt en niet leeg is"},
		{"a list", words.New(words.CodesAsText, words.Names([]string{"a", "b c"})...), `the codes of CSV columns are their text as it stands in the file: "a", "b c"`,
			`de codes van CSV-kolommen zijn de tekst zoals die in het bestand staat: "a", "b c"`},
		{"steps", words.New(words.DossierIncomplete, words.Texts([]string{"8, controller", "9, rights"})...), "the dossier is incomplete: step 8, controller; step 9, rights",
			"het dossier is onvolledig: stap 8, controller; stap 9, rights"},
		{"a text in two languages", words.New(words.DossierContradicted, words.TextIn("5, minimisation: unused", "5, minimisation: ongebruikt"), words.TextOf("6, x")),
			"what was read contradicts the dossier: step 5, minimisation: unused; step 6, x", "wat gelezen is weerspreekt het dossier: stap 5, minimisation: ongebruikt; stap 6, x"},
		{"a word", words.New(words.EndpointOfCell, words.TermOf(words.Maximum)), "the max of a cell is a value of one record", "het maximum van een cel is een waarde van één record"},
		{"of somebody else", words.Said("50 % of [them] {n}"), "50 % of [them] {n}", "50 % of [them] {n}"},
		{"of a later version", words.New("later", words.Count(1200), words.NameOf("x")), `later 1200 "x"`, `later 1.200 "x"`},
		{"too few arguments", words.New(words.FewContributors, words.Count(1)), "1 contributor; at least  are required", "1 bijdrager; minstens  vereist"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.m.In(words.English); got != tc.en || tc.m.String() != got {
				t.Errorf("\n%s\nwant\n%s", got, tc.en)
			}
			if got := tc.m.In(words.Dutch); got != tc.nl {
				t.Errorf("\n%s\nwant\n%s", got, tc.nl)
			}
		})
	}
}

// TestForeign: who reads a page is told which sentences are not in its language.
func TestForeign(t *testing.T) {
	known := words.New(words.NoRespondent)
	for _, tc := range []struct {
		name string
		m    words.Message
		want bool
	}{
		{"a fact", known, false}, {"a sentence", words.Said("x"), true}, {"a fact with a sentence behind", known.With(words.Said("x")), true},
		{"a fact with a note", known.With(words.New(words.NoteNegative)), false}, {"of a later version", words.New("later"), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.m.Foreign(); got != tc.want {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}

// TestWith: a note is put behind, and the fact that it is put behind stays as it was.
func TestWith(t *testing.T) {
	one := words.New(words.NoRespondent).With(words.Said("; one"))
	two, three := one.With(words.Said("; two")), one.With(words.Said("; three"))
	base := words.New(words.NoRespondent).String()
	for want, m := range map[string]words.Message{base + "; one": one, base + "; one; two": two, base + "; one; three": three} {
		t.Run(want, func(t *testing.T) {
			if got := m.String(); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

// TestCatalogues: every fact has a sentence in every language, which says each of its
// arguments and no others; every catalogue has facts that are known alone.
func TestCatalogues(t *testing.T) {
	marks := regexp.MustCompile(`\{([a-z]+)`)
	whole := regexp.MustCompile(`^[^{}\[\]]*(?:\[?(?:[^{}\[\]]*\{[a-z]+(?:[:?][^{}|\[\]]+\|[^{}|\[\]]+|\+[^{}\[\]]+)?\})+[^{}\[\]]*\]?[^{}\[\]]*)*$`)
	for _, l := range words.Languages() {
		catalogue := words.Catalogue(l)
		for _, id := range words.IDs() {
			parameters, _ := words.Parameters(id)
			sentence, ok := catalogue[id]
			switch {
			case !ok || sentence == "":
				t.Errorf("%s: no sentence for %s", l, id)
			case !whole.MatchString(sentence):
				t.Errorf("%s: the marks of %q", l, sentence)
			}
			var want, got []string
			for i, p := range parameters {
				if p.List && i < len(parameters)-1 {
					t.Errorf("%s: the list %s is not the last parameter", id, p.Name)
				}
				want = append(want, p.Name)
			}
			for _, m := range marks.FindAllStringSubmatch(sentence, -1) {
				got = append(got, m[1])
			}
			slices.Sort(want)
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, want) {
				t.Errorf("%s: the sentence of %s says %q, its parameters are %q", l, id, got, want)
			}
		}
		for id := range catalogue {
			if _, ok := words.Parameters(id); !ok {
				t.Errorf("%s: a sentence for %s, which is no fact", l, id)
			}
		}
	}
}

// TestEveryNumberIsSaid: a sentence of every language has every argument, as the language
// writes it.
func TestEveryNumberIsSaid(t *testing.T) {
	for _, id := range words.IDs() {
		parameters, _ := words.Parameters(id)
		var args []words.Arg
		said := map[words.Language][]string{}
		add := func(a words.Arg, en, nl string) {
			args = append(args, a)
			said[words.English], said[words.Dutch] = append(said[words.English], en), append(said[words.Dutch], nl)
		}
		for i, p := range parameters {
			n := string(rune('2'+i)) + "345.67"
			switch p.Kind {
			case words.Number:
				add(words.Decimal(n), n, strings.NewReplacer("345", ".345", ".67", ",67").Replace(n))
			case words.Name:
				add(words.NameOf("name "+n), `"name `+n+`"`, `"name `+n+`"`)
			case words.Text:
				add(words.TextOf("text "+n), "text "+n, "text "+n)
			case words.Term:
				add(words.TermOf(words.Maximum), "max", "het maximum")
			}
		}
		for _, l := range words.Languages() {
			sentence := words.New(id, args...).In(l)
			for _, s := range said[l] {
				if !strings.Contains(sentence, s) {
					t.Errorf("%s, %s: %q is not in %q", id, l, s, sentence)
				}
			}
			if strings.ContainsAny(sentence, "{}[]|") {
				t.Errorf("%s, %s: a mark is left in %q", id, l, sentence)
			}
		}
	}
}

// TestJSON: a fact is its English sentence, and a sentence that is read stays as it is.
func TestJSON(t *testing.T) {
	m := words.New(words.FewContributors, words.Count(3), words.Count(10))
	text, err := m.MarshalText()
	if err != nil || string(text) != "3 contributors; at least 10 are required" {
		t.Fatalf("%q, %v", text, err)
	}
	var back words.Message
	if err := back.UnmarshalText(text); err != nil || back.ID != words.Sentence || back.In(words.Dutch) != string(text) {
		t.Errorf("%+v, %v", back, err)
	}
}

// TestMarked: a number with the marks of a language.
func TestMarked(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "999": "999", "1000": "1.000", "-1234567.50": "-1.234.567,50", "-0.5": "-0,5", "100000": "100.000",
		"": "", "1e300": "1e300", "1.": "1.", ".5": ".5", "--1": "--1", "1.2.3": "1.2.3", "\u0661": "\u0661",
		"123456789012345678901234": "123.456.789.012.345.678.901.234",
	} {
		t.Run(in, func(t *testing.T) {
			if got := words.Marked(in, ".", ","); got != want {
				t.Errorf("%q is written as %q, want %q", in, got, want)
			}
		})
	}
}
