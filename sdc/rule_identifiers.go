package sdc

import (
	"fmt"
	"strings"
)

// Identifiers guards against an output that carries a direct or pseudonymous
// identifier: a variable of the output that is named like one (compared without
// regard to case), or that is the data's own respondent or holding column; and,
// for microdata, a key variable in which more than UniqueShare percent of the
// rows hold a value that no other row has,
//
//	100 * (values that occur once) > UniqueShare * rows
//
// nulls aside. Source: CBS, identifying variables of the microdata catalogue.
type Identifiers struct {
	Off bool
	// Names are names of identifiers. Required; may be empty but not nil.
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
func (r Identifiers) checkNames(o *Output, roles Roles, f *findings) {
	if r.Off {
		return
	}
	for _, name := range append(append([]string{}, o.By...), sensitiveBeside(o)...) {
		reason := ""
		for _, id := range r.Names {
			if strings.EqualFold(id, name) {
				reason = "is named like an identifier"
			}
		}
		switch name {
		case roles.Respondent:
			reason = "identifies the respondent"
		case roles.Holding:
			reason = "identifies the holding"
		}
		if reason != "" {
			f.output(Finding{
				Rule: r.name(), Verdict: Unsafe, Variable: name, Observed: float64(1), Limit: float64(0),
				Message: fmt.Sprintf("variable %q %s", name, reason),
			})
		}
	}
}

// sensitiveBeside lists the sensitive variables that are not spanning ones.
func sensitiveBeside(o *Output) []string {
	if o.Kind == Microdata {
		return o.Sensitive
	}
	return nil
}

// checkUnique looks at the values of the key variables of microdata.
func (r Identifiers) checkUnique(t *Table, f *findings) {
	if r.Off {
		return
	}
	p := r.UniqueShare.must()
	for v := range t.vars {
		once, rows := t.uniqueValues(v)
		if rows == 0 || cmpShare(count(once), count(rows), p) <= 0 {
			continue
		}
		f.output(Finding{
			Rule: r.name(), Verdict: Unsafe, Variable: t.vars[v].Name,
			Observed: 100 * float64(once) / float64(rows), Limit: r.UniqueShare.float(),
			Message: fmt.Sprintf("%d of %s hold a value of %q that no other row has, more than %s %%", once, plural(rows, "row"), t.vars[v].Name, r.UniqueShare),
		})
	}
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
	for _, s := range []string{"min", "max", "range"} {
		if o.publishes(s) {
			f.output(Finding{
				Rule: r.name(), Verdict: Unsafe, Observed: float64(1), Limit: float64(0),
				Message: fmt.Sprintf("the %s of a cell is a value of one record", s),
			})
		}
	}
}
