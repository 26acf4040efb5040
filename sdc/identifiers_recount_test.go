package sdc_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// identifierValue makes a value of a kind that is, or is not, an identifier by its form.
// bsn are citizen service numbers.
func identifierValue(kind string, i int, bsn []int64) string {
	switch kind {
	case "bsn":
		return fmt.Sprint(bsn[i])
	case "no bsn": // one more in the last digit is not divisible
		x := bsn[i]
		if x%10 == 9 {
			return fmt.Sprint(x - 1)
		}
		return fmt.Sprint(x + 1)
	case "mail":
		return fmt.Sprintf("p%d@example.nl", i)
	case "no mail":
		return fmt.Sprintf("p%d@example", i)
	case "plate":
		return fmt.Sprintf("%c%c-%02d-%c%c", 'B'+i%20, 'D'+i/20%5, i%100, 'F'+i%7, 'H')
	case "no plate":
		return fmt.Sprintf("%c%c-%02d-%c%c-1", 'B'+i%20, 'D'+i/20%5, i%100, 'F'+i%7, 'H')
	case "phone":
		return fmt.Sprintf("06%08d", 10_000_000+i)
	case "account": // check digits by division, digit by digit
		body := fmt.Sprintf("ABNA%010d", 417164300+i)
		rest := 0
		for _, c := range body + "NL00" {
			if c >= 'A' {
				rest = (100*rest + int(c-'A') + 10) % 97
			} else {
				rest = (10*rest + int(c-'0')) % 97
			}
		}
		return fmt.Sprintf("NL%02d%s", 98-rest, body)
	}
	return fmt.Sprintf("code %d x", i)
}

// TestIdentifiersRecount compares the rule with a recount of random microdata:
//
//   - names with changed letters, signs and cases;
//   - forms of the values near 10 values and 90 %;
//   - unique values near the share, and rows of one person;
//   - numbers and texts, and cleared columns.
func TestIdentifiersRecount(t *testing.T) {
	bsn := citizens(200, 111_222_000)
	kinds := []string{"bsn", "no bsn", "mail", "no mail", "plate", "no plate", "phone", "account", "code"}
	is := map[string]bool{"bsn": true, "mail": true, "plate": true, "phone": true, "account": true}
	count := map[string]int{}
	for seed := range seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 80))
		name, named := identifierName(rng)
		share := int64(1 + rng.IntN(100))
		sensitive := rng.IntN(2) == 0
		number := rng.IntN(4) == 0
		// The distinct values: of one form, and a few of another.
		n := []int{9, 10, 11, 20, 1 + rng.IntN(40)}[rng.IntN(5)]
		main, other := kinds[rng.IntN(len(kinds))], kinds[rng.IntN(len(kinds))]
		odd := []int{0, n / 10, n/10 + 1, rng.IntN(n + 1)}[rng.IntN(4)]
		var values []string
		ids := 0
		for i := range n {
			kind := main
			if i < odd {
				kind = other
			}
			v := identifierValue(kind, i, bsn)
			if is[kind] {
				ids++
			}
			values = append(values, v)
		}
		if number {
			values, ids = nil, 0
			for i := range n {
				values = append(values, fmt.Sprint(2000+7*i))
			}
		}
		var rows []row
		add := func(v any, who int) { rows = append(rows, row{"zz": "A", "col": v, "who": who}) }
		next := 0
		for i, v := range values {
			x := any(v)
			if number {
				x = 2000 + 7*i
			}
			switch rng.IntN(3) {
			case 0: // one person, in a few rows
				for range 1 + rng.IntN(3) {
					add(x, next)
				}
				next++
			default:
				for range 1 + rng.IntN(4) {
					add(x, next)
					next++
				}
			}
		}
		for range rng.IntN(4) {
			add(nil, next)
			next++
		}
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		for i := range rows {
			rows[i][name] = rows[i]["col"]
			delete(rows[i], "col")
		}
		// The recount.
		who, all := map[string]map[any]bool{}, int64(0)
		for _, r := range rows {
			if r[name] == nil {
				continue
			}
			v := fmt.Sprint(r[name])
			if who[v] == nil {
				who[v] = map[any]bool{}
			}
			who[v][r["who"]] = true
			all++
		}
		own := int64(0)
		for _, r := range rows {
			if r[name] != nil && len(who[fmt.Sprint(r[name])]) == 1 {
				own++
			}
		}
		cleared := rng.IntN(5) == 0
		verdict := func(v string) string {
			if cleared {
				return "review"
			}
			return v
		}
		want := map[string]int{}
		if next == 1 && share < 100 { // all rows are of one person, whose own every value is
			want["of another column: unsafe"]++
		}
		if named {
			want["named: "+verdict("unsafe")]++
		}
		if all > 0 && 100*own > share*all {
			v := "unsafe"
			if sensitive && allNumbers(values) {
				v = "review"
			}
			want["own: "+verdict(v)]++
		}
		if n >= 10 && 10*ids >= 9*n {
			want["form: "+verdict("unsafe")]++
		}
		dt := text
		schema := fields("zz", text, name, dt, "who", integer)
		if number {
			schema = fields("zz", text, name, integer, "who", integer)
		}
		d := sdc.FromTable(tableOf(t, schema, rows...))
		d.Roles.Respondent = "who"
		d.Missing = map[string]sdc.Missing{name: "category"}
		if cleared {
			d.NotIdentifiers = map[string]string{name: "codes that were read"}
		}
		p := off()
		p.Identifiers = sdc.Identifiers{Names: []string{"klantcode"}, UniqueShare: sdc.Percent(fmt.Sprint(share))}
		o := sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"zz", name}}
		if sensitive {
			o.By, o.Sensitive = []string{"zz"}, []string{name}
		}
		r := check(t, d, p, o)
		got := map[string]int{}
		for _, f := range r.Outputs[0].Findings {
			what := "named"
			switch {
			case f.Variable != name:
				what = "of another column"
			case strings.Contains(f.Message.String(), "no other respondent"):
				what = "own"
			case strings.Contains(f.Message.String(), "have the form"):
				what = "form"
			}
			got[fmt.Sprint(what, ": ", f.Verdict)]++
			count[fmt.Sprint(what, ": ", f.Verdict)]++
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d, %q, share %d, sensitive %v, %s and %d of %s of %d: %s\n%v", seed, name, share, sensitive, main, odd, other, n, diff, rows)
		}
	}
	t.Log(count)
	for _, what := range []string{"named: unsafe", "own: unsafe", "own: review", "form: unsafe"} {
		if count[what] == 0 {
			t.Errorf("no %s", what)
		}
	}
}

// allNumbers reports whether all texts are digits.
func allNumbers(list []string) bool {
	for _, s := range list {
		if strings.Trim(s, "0123456789") != "" || len(s) > 1 && s[0] == '0' {
			return false
		}
	}
	return len(list) > 0
}

// identifierName is a name of an identifier, written in some way, or a name of no
// identifier.
func identifierName(rng *rand.Rand) (string, bool) {
	is := []string{"burgerservicenummer", "bsn", "sofinummer", "naam", "name", "email", "iban", "telefoon", "geboortedatum", "kenteken", "kvk", "klantcode"}
	not := []string{"region", "diagnosis", "income", "sofia", "phoneme", "gemeentenaam", "ibanez", "kvklein", "birthyear"}
	named := rng.IntN(2) == 0
	list := not
	if named {
		list = is
	}
	base := list[rng.IntN(len(list))]
	if named && base != "naam" && base != "name" && rng.IntN(3) == 0 {
		base += []string{"_nr", "_h", " hash", ".code"}[rng.IntN(4)]
	}
	accents := map[rune]string{'a': "á", 'e': "é", 'i': "ï", 'o': "ö", 'n': "ñ"}
	var b strings.Builder
	for _, c := range base {
		s := string(c)
		switch rng.IntN(12) {
		case 0:
			if named { // elsewhere a capital begins a word: phoneMe
				s = strings.ToUpper(s)
			}
		case 1:
			if a, ok := accents[c]; ok {
				s = a
			}
		case 2:
			s = "\u200b" + s
		}
		b.WriteString(s)
	}
	out := b.String()
	if rng.IntN(6) == 0 {
		out = strings.ToUpper(out)
	}
	if rng.IntN(6) == 0 {
		out = []string{" ", "_", "."}[rng.IntN(3)] + out + []string{" ", "_", "-"}[rng.IntN(3)]
	}
	return out, named
}
