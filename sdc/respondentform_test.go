package sdc_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/sdc"
)

// TestRespondentForm: a person written in two ways is refused, or counted as the form
// says, in every type of text, with and without codes for persons.
func TestRespondentForm(t *testing.T) {
	for _, tc := range []struct {
		name                         string
		ids                          []string
		more                         int   // values that are one too many
		trim, nfc, fold              int   // respondents
		trimMore, nfcMore, exactMore int64 // remarked still
	}{
		{"different", []string{"p0", "p1", "p10", "P2"}, 0, 4, 4, 4, 0, 0, 0},
		{"a blank behind", []string{"p0", "p0 ", "p1", "p1 "}, 2, 2, 4, 2, 0, 2, 2},
		{"case", []string{"p0", "P0", "p1", "P1"}, 2, 4, 4, 2, 2, 2, 2},
		{"case, more capitals", []string{"p0", "P0", "P1", "P2"}, 1, 4, 4, 3, 1, 1, 1},
		{"mixed case alone", []string{"aB", "Ab", "cD"}, 1, 3, 3, 2, 1, 1, 1},
		{"three ways", []string{"ab", "AB", "Ab"}, 2, 3, 3, 1, 2, 2, 2},
		{"Unicode form", []string{"caf\u00e9", "cafe\u0301", "cafe"}, 1, 3, 2, 2, 1, 0, 1},
		{"zero width", []string{"p0", "p0\u200b"}, 1, 2, 2, 1, 1, 1, 1},
		{"variation selector", []string{"p0", "p0\ufe0f"}, 1, 2, 2, 1, 1, 1, 1},
		{"full width digits", []string{"12", "\uff11\uff12"}, 1, 2, 2, 1, 1, 1, 1},
		{"a blank that does not break", []string{"p 0", "p\u00a00"}, 1, 2, 2, 1, 1, 1, 1},
		{"a control character", []string{"longer-than-eight", "longer-than-eight\x01"}, 1, 2, 2, 1, 1, 1, 1},
		{"empty and blank", []string{"", " "}, 1, 1, 2, 1, 0, 1, 1},
		{"final sigma", []string{"\u03c3\u03b1\u03c2", "\u03a3\u0391\u03a3"}, 1, 2, 2, 1, 1, 1, 1},
		{"leading zero", []string{"1", "01"}, 0, 2, 2, 2, 0, 0, 0},
		{"signs", []string{"a-b", "a_b", "A1B", "[", "{", "@", "`"}, 0, 7, 7, 7, 0, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, dt := range []arrow.DataType{text, arrow.BinaryTypes.LargeString, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: text}} {
				for _, coded := range []bool{false, true} {
					var rows []row
					for _, id := range tc.ids {
						rows = append(rows, row{"a": "x", "id": id, "w": 1})
					}
					run := func(form sdc.RespondentForm) (*sdc.Report, error) {
						d := sdc.FromTable(tableOf(t, fields("a", text, "id", dt, "w", integer), rows...))
						d.Roles.Respondent, d.RespondentForm = "id", form
						o := sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"a"}}
						if coded { // a weight is looked up by the code of a person
							d.Roles.Weight, o.Kind, o.Response = "w", sdc.Magnitude, "w"
						}
						p := off()
						return sdc.Check(context.Background(), d, []sdc.Output{o}, p, sdc.Options{Threads: 1})
					}
					_, err := run("")
					if (err != nil) != (tc.more > 0) {
						t.Fatalf("%v, coded %v: error %v, want %d too many", dt, coded, err, tc.more)
					}
					if err != nil {
						var at *sdc.ColumnError
						if !errors.Is(err, sdc.ErrLookAlike) || !errors.As(err, &at) || at.Column != "id" || !strings.Contains(err.Error(), fmt.Sprintf(": %d value", tc.more)) {
							t.Errorf("error %v, want %d", err, tc.more)
						}
					}
					for form, want := range map[sdc.RespondentForm]struct {
						n    int
						more int64
					}{"exact": {len(tc.ids), tc.exactMore}, "trim": {tc.trim, tc.trimMore}, "nfc": {tc.nfc, tc.nfcMore}, "fold": {tc.fold, 0}} {
						r, err := run(form)
						if err != nil {
							t.Fatal(err)
						}
						more := int64(0)
						for _, x := range r.Data.Remarks {
							if x.Name == "look-alike" {
								more = x.Count
							}
						}
						if tc.name == "leading zero" {
							continue // for review: see TestSameNumbers
						}
						if r.Data.Respondents != int64(want.n) || more != want.more || (more > 0) != (r.Verdict == sdc.Review) {
							t.Errorf("%v, coded %v, %s: %d respondents, %d look alike, verdict %v; want %d, %d", dt, coded, form, r.Data.Respondents, more, r.Verdict, want.n, want.more)
						}
					}
				}
			}
		})
	}
}

// TestHoldingForm: holdings count as respondents do.
func TestHoldingForm(t *testing.T) {
	rows := []row{{"a": "x", "h": "k0"}, {"a": "x", "h": "K0"}, {"a": "x", "h": nil}}
	run := func(form sdc.RespondentForm) error {
		d := sdc.FromTable(tableOf(t, fields("a", text, "h", text), rows...))
		d.Roles.Holding, d.RespondentForm = "h", form
		_, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "o", Kind: sdc.Frequency, By: []string{"a"}}}, off(), sdc.Options{})
		return err
	}
	if err := run(""); !errors.Is(err, sdc.ErrLookAlike) {
		t.Errorf("error %v", err)
	}
	if err := run("fold"); err != nil {
		t.Error(err)
	}
	if err := run("lower"); !errors.Is(err, sdc.ErrRequest) {
		t.Errorf("error %v of a form that there is none of", err)
	}
}

// TestLookAlikeRecount draws texts of letters that have look-alikes. It counts the looks
// by a table with the base form of each letter, in any order and number of threads.
func TestLookAlikeRecount(t *testing.T) {
	plain := map[string]string{"a": "a", "A": "a", "b": "b", "B": "b", "\u200b": "", "1": "1", "\uff11": "1", "\u00e9": "\u00e9", "\u00c9": "\u00e9", "_": "_"}
	letters := []string{"a", "A", "b", "B", "\u200b", "1", "\uff11", "\u00e9", "\u00c9", "_"}
	rng := rand.New(rand.NewPCG(17, 14))
	for range 300 {
		use := letters
		switch rng.IntN(3) {
		case 0:
			use = []string{"A", "B", "1", "a", "_"}
		case 1:
			use = []string{"a", "b", "1", "_"}
		}
		texts, looks := map[string]bool{}, map[string]bool{}
		var rows []row
		for range rng.IntN(12) + 1 {
			id, look := "", ""
			for range rng.IntN(12) {
				c := use[rng.IntN(len(use))]
				if rng.IntN(3) > 0 {
					c = use[0]
				}
				id, look = id+c, look+plain[c]
			}
			texts[id], looks[look] = true, true
			rows = append(rows, row{"a": "x", "id": id})
		}
		d := sdc.FromTable(tableOf(t, fields("a", text, "id", text), rows...))
		d.Roles.Respondent, d.RespondentForm = "id", "exact"
		r, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "o", Kind: sdc.Frequency, By: []string{"a"}}}, off(), sdc.Options{Threads: 1 + rng.IntN(3)})
		if err != nil {
			t.Fatal(err)
		}
		got := int64(0)
		for _, x := range r.Data.Remarks {
			if x.Name == "look-alike" {
				got = x.Count
			}
		}
		if want := int64(len(texts) - len(looks)); got != want {
			t.Fatalf("%q: %d look alike, want %d", rows, got, want)
		}
	}
}
