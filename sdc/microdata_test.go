package sdc_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/localrecord"
	"github.com/sluis-go/sluis/sdc/origin"
)

// TestWhoKnowsTrueKeys is somebody who knows the true keys of one person, and so what
// the nulls of that person stand for. Where the verdict on a class is safe, there are k
// persons whose record it can be, whatever is true. The verdicts are recounted too.
func TestWhoKnowsTrueKeys(t *testing.T) {
	values := map[string][]any{"a": {"x", "y", nil}, "b": {"u", "v", nil}}
	safe, review := 0, 0
	for seed := range seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 99))
		k := int64(2 + rng.IntN(3))
		var rows []row
		for i := range 1 + rng.IntN(30) {
			rows = append(rows, row{"a": values["a"][rng.IntN(2+rng.IntN(2))], "b": values["b"][rng.IntN(2+rng.IntN(2))], "id": i})
		}
		d := sdc.FromTable(tableOf(t, fields("a", text, "b", text, "id", integer), rows...))
		d.Roles.Respondent = "id"
		d.Missing = map[string]sdc.Missing{"": "wildcard"}
		p := off()
		p.KAnonymity = sdc.KAnonymity{K: k}
		got := map[string]bool{}
		r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"a", "b"}})
		for _, f := range found(r, 0) {
			got[f] = true
		}
		agree := func(x, y any) bool { return x == y || x == nil || y == nil }
		want := map[string]bool{}
		for _, x := range rows {
			matching, certain := int64(0), int64(0)
			for _, y := range rows {
				if agree(x["a"], y["a"]) && agree(x["b"], y["b"]) {
					matching++
				}
				if x["a"] == y["a"] && x["b"] == y["b"] {
					certain++
				}
			}
			at := fmt.Sprintf("k-anonymity at a=%s, b=%s: ", label(x["a"]), label(x["b"]))
			switch {
			case matching < k:
				want[at+"unsafe"] = true
				continue
			case certain < k:
				want[at+"review"] = true
				review++
				continue
			}
			safe++
			// Every truth behind the nulls, a value that occurs nowhere among them.
			truths := func(v any, of string) []any {
				if v != nil {
					return []any{v}
				}
				return append([]any{"nowhere"}, values[of][:2]...)
			}
			for _, a := range truths(x["a"], "a") {
				for _, b := range truths(x["b"], "b") {
					candidates := int64(0)
					for _, y := range rows {
						if (y["a"] == nil || y["a"] == a) && (y["b"] == nil || y["b"] == b) {
							candidates++
						}
					}
					if candidates < k && !got[at+"unsafe"] && !got[at+"review"] {
						t.Fatalf("seed %d: who knows (%v, %v) finds %d of %d, and the class is safe", seed, a, b, candidates, k)
					}
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
	if safe < 50 || review < 50 {
		t.Errorf("%d safe, %d for review", safe, review)
	}
}

// TestSuppressedKeys: a record of local suppression takes the place of the review, for
// what it covers.
func TestSuppressedKeys(t *testing.T) {
	rows := []row{{"a": "x", "id": 1}, {"a": nil, "id": 2}, {"a": nil, "id": 3}}
	two := []localrecord.Key{{Key: "a", Values: 2}, {Key: "b", Values: 0}, {Key: "a", Values: 1}}
	for _, tc := range []struct {
		name    string
		record  *localrecord.Record
		missing sdc.Missing
		k       int64
		want    []string
	}{
		{"covered", &localrecord.Record{Keys: []string{"a", "b"}, Suppressed: two[:2], K: 3, Respondent: "id"}, "suppressed", 3, []string{}},
		{"one null was there before", &localrecord.Record{Keys: []string{"a"}, Suppressed: two[2:], K: 3, Respondent: "id"}, "suppressed", 3, []string{"x", "(missing)"}},
		{"both nulls were there before", &localrecord.Record{Keys: []string{"a"}, K: 3, Respondent: "id"}, "suppressed", 3, []string{"x", "(missing)"}},
		{"natural nulls", &localrecord.Record{Keys: []string{"a"}, K: 3, Respondent: "id"}, "wildcard", 3, []string{"x", "(missing)"}},
		{"made for a smaller k", &localrecord.Record{Keys: []string{"a"}, Suppressed: two[:1], K: 2, Respondent: "id"}, "suppressed", 3, []string{"x", "(missing)"}},
		{"other respondents", &localrecord.Record{Keys: []string{"a"}, Suppressed: two[:1], K: 3}, "suppressed", 3, []string{"x", "(missing)"}},
		{"other keys", &localrecord.Record{Keys: []string{"b"}, Suppressed: two[:1], K: 3, Respondent: "id"}, "suppressed", 3, []string{"x", "(missing)"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("a", text, "id", integer), rows...))
			d.Roles.Respondent = "id"
			d.Missing = map[string]sdc.Missing{"a": tc.missing}
			tc.record.Records = int64(len(rows))
			tc.record.Schema, tc.record.Missing = localrecord.Schema, "wildcard"
			tc.record.Output.SHA256 = strings.Repeat("a", 64)
			d.Sources = []origin.Source{{Name: "f.csv", SHA256: tc.record.Output.SHA256}}
			d.Suppressions = []*localrecord.Record{tc.record}
			p := off()
			p.KAnonymity = sdc.KAnonymity{K: tc.k}
			want := []string{}
			for _, v := range tc.want {
				want = append(want, "k-anonymity at a="+v+": review")
			}
			if diff := cmp.Diff(want, found(check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"a"}}), 0)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLeftOutBesideSuppressed: where rows are left out for the nulls of another key, the
// record of local suppression, which is of all rows, shows nothing of those that are left.
func TestLeftOutBesideSuppressed(t *testing.T) {
	rows := []row{{"a": "x", "b": "u", "id": 1}, {"a": nil, "b": "u", "id": 2}, {"a": nil, "b": "u", "id": 3}, {"a": "x", "b": nil, "id": 4}}
	d := sdc.FromTable(tableOf(t, fields("a", text, "b", text, "id", integer), rows...))
	d.Roles.Respondent = "id"
	d.Missing = map[string]sdc.Missing{"a": sdc.MissingSuppressed, "b": sdc.MissingExclude}
	s := &localrecord.Record{
		Schema: localrecord.Schema, Missing: "wildcard", Keys: []string{"a", "b"}, K: 3, Respondent: "id", Records: 4,
		Suppressed: []localrecord.Key{{Key: "a", Values: 2}, {Key: "b", Values: 1}},
	}
	s.Output.SHA256 = strings.Repeat("a", 64)
	d.Sources, d.Suppressions = []origin.Source{{Name: "f.csv", SHA256: s.Output.SHA256}}, []*localrecord.Record{s}
	p := off()
	p.KAnonymity = sdc.KAnonymity{K: 3}
	want := []string{"k-anonymity at a=x, b=u: review", "k-anonymity at a=(missing), b=u: review", "k-anonymity at output: review"}
	if diff := cmp.Diff(want, found(check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"a", "b"}}), 0)); diff != "" {
		t.Error(diff)
	}
}

// TestKnownShare: unknown values are no camouflage.
func TestKnownShare(t *testing.T) {
	for _, tc := range []struct {
		hiv, flu, unknown int
		want              []string
	}{
		{8, 0, 4, []string{"group-disclosure at region=A, diag=hiv: review"}},
		{10, 0, 4, []string{"group-disclosure at region=A, diag=hiv: unsafe"}},
		{9, 0, 1, []string{"group-disclosure at region=A, diag=hiv: unsafe"}}, // 90 % with unknown ones counted
		{9, 1, 4, []string{"group-disclosure at region=A, diag=hiv: unsafe"}}, // 9 of 10 known
		{8, 1, 4, []string{}}, // 8 of 9 known
	} {
		t.Run(fmt.Sprint(tc.hiv, tc.flu, tc.unknown), func(t *testing.T) {
			var rows []row
			add := func(n int, v any) {
				for range n {
					rows = append(rows, row{"region": "A", "diag": v, "id": len(rows)})
				}
			}
			add(tc.hiv, "hiv")
			add(tc.flu, "flu")
			add(tc.unknown, nil)
			d := sdc.FromTable(tableOf(t, fields("region", text, "diag", text, "id", integer), rows...))
			d.Roles.Respondent = "id"
			d.Missing = map[string]sdc.Missing{"": "category"}
			p := off()
			p.MinContributors = sdc.MinContributors{Min: 10}
			p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"region"}, Sensitive: []string{"diag"}})
			if diff := cmp.Diff(tc.want, found(r, 0)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestIdentifierNames: how a column may be called, and how it may not.
func TestIdentifierNames(t *testing.T) {
	for name, want := range map[string]bool{
		"burgerservicenummer": true, "BSN ": true, "bsn_nr": true, "sofinummer": true, "naam": true, "rinpersoon_h": true, "iban": true, "email": true,
		"geboortedatum": true, "Geboorte_Datum": true, "e-mail": true, "E.mail": true, "client_iban": true, "telefoon.nr": true, "KvK-nummer": true,
		"dateOfBirth": true, "Náám": true, "b s n": true, "bsn\u200b": true, "hash_bsn": true, "RINPERSOONS": true, "kenteken": true, "name": true,
		"gsm": true, "Paspoort": true, "rijbewijs_nr": true, "patientnummer": true, "client_id": true, "persoonsnummer": true, "a_nummer": true, "anr": true,
		"vestigingsnummer": true, "username": true, "voorletters": true, "postcode_huisnummer": true,
		"klantnummer": true, "Klant-ID": true, "polisnr": true, "rekeningnr": true, "personeelsnummer": true, "student_id": true, "leerlingnummer": true,
		"onderwijsnummer": true, "zaaknummer": true, "parketnummer": true, "BTW-nummer": true, "BIG_nummer": true, "AGB-code": true, "v-nummer": true,
		"skn": true, "mobile_number": true, "accountNumber": true, "imei": true, "Naam_kind": true, "naam van klant": true, "cliëntnaam": true,
		"bedrijfsnaam": true, "handelsnaam": true, "company name": true, "name of mother": true, "straatnaam": true, "huisnr": true,
		"Bsn2": true, "partnerbsn": true, "bsnvader": true, "pseudobsn": true, "persoonsnr": true, "national_id": true, "user_id": true, "zorgnummer": true,
		"nummerplaat": true, "hhnr": true, "household_id": true, "bsn_moeder": true, "sofi1": true,
		"student": false, "klant": false, "kind": false, "moeder": false, "contract": false, "contracttype": false, "naam_gemeente": false,
		"medewerkers": false, "aantal_klanten": false, "account": false, "schoolnaam": false, "idee": false, "lid": false,
		"region": false, "gemeentenaam": false, "product_name": false, "diagnosis": false, "birth_year": false, "income": false, "sofia": false,
		"bsnee": false, "phoneme": false, "": false,
	} {
		t.Run(name, func(t *testing.T) {
			if name == "" {
				return
			}
			d := sdc.FromTable(tableOf(t, fields("zz", text, name, text), row{"zz": "A", name: "x"}, row{"zz": "A", name: "x"}))
			p := off()
			p.Identifiers = sdc.Identifiers{Names: []string{}, UniqueShare: "95"}
			by := []string{name}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: by})
			if got := r.Verdict == sdc.Unsafe; got != want {
				t.Errorf("%q: %v, want %v: %v", name, got, want, found(r, 0))
			}
		})
	}
}

// TestIdentifierValues: sensitive columns are looked at as keys are, by their values and
// by their form.
func TestIdentifierValues(t *testing.T) {
	own := func(format string, n, each int) (out []any) {
		for i := range n {
			for range each {
				out = append(out, fmt.Sprintf(format, i))
			}
		}
		return out
	}
	numbers := func(n int) (out []any) {
		for i := range n {
			out = append(out, 1000+i)
		}
		return out
	}
	same := func(v any, n int) (out []any) {
		for range n {
			out = append(out, v)
		}
		return out
	}
	for _, tc := range []struct {
		name   string
		kind   arrow.DataType
		values []any
		each   int // rows a person
		not    string
		want   sdc.Verdict
	}{
		{"a text of one's own", text, own("v%d", 24, 1), 1, "", sdc.Unsafe},
		{"in two rows a person", text, own("v%d", 24, 2), 2, "", sdc.Unsafe},
		{"numbers of one's own", integer, numbers(24), 1, "", sdc.Review},
		{"19 of 20 rows: on the limit", text, append(own("v%d", 19, 1), append(same("w", 0), "v0")...), 1, "", sdc.Safe},
		{"20 of 21 rows", text, append(own("v%d", 20, 1), nil, nil), 1, "", sdc.Unsafe},
		{"mail that many share", text, append(append(own("p%d@mail.nl", 10, 3), "x"), own("q%d@mail.nl", 1, 3)...), 1, "", sdc.Unsafe},
		{"nine mail addresses", text, own("p%d@mail.nl", 9, 3), 1, "", sdc.Safe},
		{"cleared", text, own("v%d", 24, 1), 1, "free text that was read", sdc.Review},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i, v := range tc.values {
				rows = append(rows, row{"region": "A", "s": v, "id": i / tc.each})
			}
			d := sdc.FromTable(tableOf(t, fields("region", text, "s", tc.kind, "id", integer), rows...))
			d.Roles.Respondent = "id"
			d.Missing = map[string]sdc.Missing{"s": "category"}
			if tc.not != "" {
				d.NotIdentifiers = map[string]string{"s": tc.not}
			}
			p := off()
			p.Identifiers = sdc.Identifiers{Names: []string{}, UniqueShare: "95"}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"region"}, Sensitive: []string{"s"}})
			if r.Outputs[0].Verdict != tc.want {
				t.Errorf("%v, want %v: %v", r.Outputs[0].Verdict, tc.want, found(r, 0))
			}
			if tc.not != "" && !strings.Contains(r.Outputs[0].Findings[0].Message.String(), tc.not) {
				t.Errorf("the reason is not said: %v", r.Outputs[0].Findings)
			}
		})
	}
}
