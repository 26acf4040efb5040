package sdc

import (
	"fmt"
	"strings"

	"github.com/sluis-go/sluis/internal/identifier"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Identifiers guards against an output that carries a direct or pseudonymous
// identifier. A variable of the output, key or sensitive one, is found when
//
//   - it is the data's own respondent or holding column: unsafe;
//
//   - it is named like an identifier (see below): unsafe;
//
//   - its values have the form of one: at least 10 distinct values, of which at least
//     90 % are citizen service numbers (eleven-test), bank accounts (IBAN check digits),
//     e-mail addresses, licence plates or telephone numbers (package identifier): unsafe;
//
//   - it is one of microdata, and more than UniqueShare percent of the rows hold a value
//     that no other respondent has,
//
//     100 * (rows with a value of one respondent) > UniqueShare * rows
//
//     nulls aside, equality being safe: unsafe, and for a sensitive variable of numbers
//     for review, since amounts are mostly a person's own. Texts are numbers where all
//     are whole or decimal numbers without zeros in front, with one decimal sign.
//     Numbers that are all dates of eight digits (20250131) are dates.
//
// Names are compared without case, accents, blanks, dots, underscores and other signs,
// with Names, with the usual Dutch and English ones, and with those of the CBS microdata
// catalogue. Except for words that are parts of other names too (name, naam), a word of
// the name suffices, and so does one with an ending such as nr, nummer, hash or h.
//
// [Data.NotIdentifiers] clears a column but the respondent and the holding: findings
// about it are for review, with the reason. Linear in distinct values. Source: CBS,
// identifying variables of the microdata catalogue.
type Identifiers struct {
	Off bool
	// Names are names of identifiers beside the usual ones. Required; may be empty but
	// not nil.
	Names []string
	// UniqueShare is the largest share of unique values that is safe. Required,
	// in (0, 100].
	UniqueShare Percent
}

// identifierNames are the identifiers of the CBS microdata catalogue, and the
// citizen service number.
func identifierNames() []string {
	return []string{"RINPERSOON", "RINPERSOONS", "RINADRES", "RINOBJECTNUMMER", "BEID", "BRIN", "BSN"}
}

func (Identifiers) name() string { return "identifiers" }
func (r Identifiers) off() bool  { return r.Off }
func (r Identifiers) limits() []limit {
	return []limit{{"names", strings.Join(r.Names, " ")}, {"unique-share", string(r.UniqueShare)}}
}

func (r Identifiers) validate() error {
	if r.Names == nil {
		return fmt.Errorf("%w: %s: names are not given", ErrRequest, r.name())
	}
	return r.UniqueShare.check(r.name(), 100)
}

// checkNames looks at the names of an output's variables.
func (r Identifiers) checkNames(o *Output, d *Data, f *findings) {
	if r.Off {
		return
	}
	for _, name := range append(append([]string{}, o.By...), sensitiveBeside(o)...) {
		x := Finding{Rule: r.name(), Verdict: Unsafe, Variable: name, Observed: float64(1), Limit: float64(0)}
		switch {
		case name == d.Roles.Respondent:
			x.Message = words.New(words.NamesRespondent, words.NameOf(name))
		case name == d.Roles.Holding:
			x.Message = words.New(words.NamesHolding, words.NameOf(name))
		case namesIdentifier(name, r.Names):
			x.Message = words.New(words.NamedLikeIdentifier, words.NameOf(name))
			x = d.cleared(x)
		default:
			continue
		}
		f.output(x)
	}
}

// cleared is a finding about a column that is said to be no identifier.
func (d *Data) cleared(x Finding) Finding {
	if reason, ok := d.NotIdentifiers[x.Variable]; ok {
		x.Verdict = Review
		x.Message = x.Message.With(words.New(words.NoteSpecClear, words.TextOf(strings.TrimSpace(reason))))
	}
	return x
}

// sensitiveBeside lists the sensitive variables that are not spanning ones.
func sensitiveBeside(o *Output) []string {
	if o.Kind == Microdata {
		return o.Sensitive
	}
	return nil
}

// checkValues looks at the values of the variables of microdata.
func (r Identifiers) checkValues(t *outputTables, d *Data, f *findings) {
	if r.Off {
		return
	}
	for v := range t.main.vars {
		r.checkUnique(t.main, v, Unsafe, d, f)
	}
	for _, s := range t.sensitive {
		v := len(s.vars) - 1
		verdict := Unsafe
		if s.vars[v].amounts() {
			verdict = Review
		}
		r.checkUnique(s, v, verdict, d, f)
		r.checkForm(&s.vars[v], d, f)
	}
	r.checkForms(t.main, d, f)
}

// checkUnique looks at how many rows hold a value that one respondent has.
func (r Identifiers) checkUnique(t *Table, v int, verdict Verdict, d *Data, f *findings) {
	once, rows := t.uniqueValues(v)
	if rows == 0 || cmpShare(count(once), count(rows), r.UniqueShare.must()) <= 0 {
		return
	}
	f.output(d.cleared(Finding{
		Rule: r.name(), Verdict: verdict, Variable: t.vars[v].Name,
		Observed: 100 * float64(once) / float64(rows), Limit: r.UniqueShare.float(), Count: int64(once), Of: int64(rows),
		Message: words.New(words.UniqueValues, words.Count(once), words.Count(rows), words.NameOf(t.vars[v].Name), words.Decimal(string(r.UniqueShare))),
	}))
}

// checkForms looks at the form of the values of all spanning or key variables.
func (r Identifiers) checkForms(t *Table, d *Data, f *findings) {
	if r.Off {
		return
	}
	for v := range t.vars {
		r.checkForm(&t.vars[v], d, f)
	}
}

func (r Identifiers) checkForm(v *Variable, d *Data, f *findings) {
	var values identifier.Sample
	for n := range v.nodes {
		if x := &v.nodes[n]; n > 0 && x.leaf && !x.null {
			values.Add([]byte(x.label))
		}
	}
	tally := values.Tally()
	kind, found := tally.Kind()
	if !found {
		return
	}
	f.output(d.cleared(Finding{
		Rule: r.name(), Verdict: Unsafe, Variable: v.Name,
		Observed: 100 * float64(tally.Found()) / float64(tally.Total()), Limit: identifier.Percent, Count: int64(tally.Found()), Of: int64(tally.Total()),
		Message: words.New(words.FormOfIdentifier, words.NameOf(v.Name), formOf(kind)),
	}))
}

// formOf is the kind of an identifier as an argument.
func formOf(kind identifier.Kind) words.Arg {
	return words.TermOf(map[identifier.Kind]words.ID{
		identifier.CitizenNumber: words.ServiceNumbers, identifier.Account: words.BankAccounts, identifier.LicencePlate: words.LicencePlates,
		identifier.Address: words.MailAddresses, identifier.Telephone: words.PhoneNumbers,
	}[kind])
}

// Endpoints guards against publishing a value of one record: an output whose
// statistics contain a minimum, a maximum or a range is unsafe. Source: ESSNet
// guidelines 2010, 2.2.2.
type Endpoints struct {
	Off bool
}

func (Endpoints) name() string    { return "endpoints" }
func (r Endpoints) off() bool     { return r.Off }
func (Endpoints) validate() error { return nil }
func (Endpoints) limits() []limit { return nil }

func (r Endpoints) check(o *Output, f *findings) {
	if r.Off {
		return
	}
	for _, s := range []words.ID{words.Minimum, words.Maximum, words.Range} {
		if o.publishes(string(s)) {
			f.output(Finding{
				Rule: r.name(), Verdict: Unsafe, Observed: float64(1), Limit: float64(0),
				Message: words.New(words.EndpointOfCell, words.TermOf(s)),
			})
		}
	}
}
