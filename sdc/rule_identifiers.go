package sdc

import (
	"fmt"
	"strings"

	"github.com/sluis-go/sluis/internal/identifier"
	"github.com/sluis-go/sluis/internal/observed"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Identifiers guards against an output that carries a direct or pseudonymous identifier.
// A key or sensitive variable of the output is found when
//
//   - it is the respondent or holding column of the data: unsafe;
//
//   - it is named like an identifier (see below): unsafe;
//
//   - its values have the form of an identifier: at least 10 distinct values, and at
//     least 90 % of them of one form of package identifier (citizen service number with
//     eleven-test, bank account with IBAN check digits, e-mail address, licence plate,
//     telephone number): unsafe;
//
//   - the output is microdata, and more than UniqueShare percent of the rows hold a value
//     that no other respondent has,
//
//     100 * (rows with a value of one respondent) > UniqueShare * rows
//
//     with nulls left out, equality being safe: unsafe. For a sensitive variable of
//     numbers it is for review, because amounts mostly differ from person to person.
//     Texts are numbers when all are whole or decimal numbers without leading zeros and
//     with one decimal sign. Numbers that are all dates of eight digits (20250131) are
//     dates.
//
// Names are compared without case, accents, blanks, dots, underscores and other signs. A
// name is compared with Names, with the usual Dutch and English names of identifiers, and
// with those of the CBS microdata catalogue. One word of the name suffices, or two to
// four words in a row (date of birth), also with an ending such as nr, nummer, hash or h.
// The exceptions are words that are parts of other names too (name, naam).
//
// [Data.NotIdentifiers] clears a column, but not the respondent and the holding: findings
// about a cleared column are for review, with the reason. Linear in distinct values.
// Source: CBS, identifying variables of the microdata catalogue.
type Identifiers struct {
	Off bool
	// Names lists names of identifiers in addition to the usual ones. Required; may be
	// empty but not nil.
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

// cleared makes the finding x one for review, with the reason, where the analyst says
// that the column is no identifier.
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

// checkUnique counts the rows with a value that only one respondent has.
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

// Endpoints guards against publishing the value of one record. A published minimum, maximum
// or range of a cell is unsafe when
//
//	contributors with exactly that observation  <  Min of MinContributors
//
// for a range the least and the largest observation both. Contributors and observations are
// those of [QuantileTail]. Where the data name holdings, and MinHoldings is on, the same is
// asked of holdings with the Min of MinHoldings.
//
// Every published minimum, maximum and range is unsafe, as a finding about the output, where
// this cannot be counted: without MinContributors, of data with weights, and of a table that
// is given as cells. Source: ESSNet guidelines 2010, 2.2.2.
type Endpoints struct {
	Off bool
}

func (Endpoints) name() string    { return "endpoints" }
func (r Endpoints) off() bool     { return r.Off }
func (Endpoints) validate() error { return nil }
func (Endpoints) limits() []limit { return nil }

func (r Endpoints) check(t *Table, p *Policy, f *findings) {
	if r.Off {
		return
	}
	var published []words.ID
	for _, s := range []words.ID{words.Minimum, words.Maximum, words.Range} {
		if t.output.publishes(string(s)) {
			published = append(published, s)
		}
	}
	if len(published) == 0 {
		return
	}
	o := t.observed
	if o == nil || p.MinContributors.Off {
		for _, s := range published {
			f.output(Finding{
				Rule: r.name(), Statistic: string(s), Verdict: Unsafe, Observed: float64(1), Limit: float64(0),
				Message: words.New(words.EndpointOfCell, words.TermOf(s)),
			})
		}
		return
	}
	facts := [observed.Roles]words.ID{words.EndpointOfFew, words.EndpointOfFewHoldings}
	f.runs(func(f *finder, in run) {
		for c := range in.published() {
			x := &o.cells[c.i]
			if x.N == 0 {
				continue
			}
			for _, s := range published {
				units := x.Min.Units
				if s != words.Minimum {
					units = x.Max.Units
				}
				for role := range o.roles() {
					n, least := units[role], o.request.Least[role]
					if s == words.Range {
						n = min(n, x.Min.Units[role])
					}
					if n < least {
						f.cell(c, Finding{
							Rule: r.name(), Statistic: string(s), Verdict: Unsafe, Observed: float64(n), Limit: float64(least),
							Message: f.say(facts[role], words.TermOf(s), f.count(n), words.Count(least)),
						})
						break
					}
				}
			}
		}
	})
}
