package sdc

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// RespondentForm says in which form the texts that name respondents and holdings count.
// Two texts look alike where they differ in case, in blanks, in Unicode form or in
// invisible characters alone. One person written in two ways would count twice.
//
//	""     texts as they are; texts that look alike are an error, [ErrLookAlike]
//	exact  texts as they are
//	trim   without the blanks before and behind
//	nfc    in the Unicode form NFC
//	fold   as they look: in the form NFKC, in small letters, with one blank for several
//	       and none before and behind, and without invisible characters
//
// Under all but the first, texts that look alike still are a remark for review with
// their number. Numbers, dates and bytes have one form. Linear in the distinct texts; trim,
// nfc and fold are linear in the rows.
type RespondentForm string

const (
	formExact RespondentForm = "exact"
	formTrim  RespondentForm = "trim"
	formNFC   RespondentForm = "nfc"
	formFold  RespondentForm = "fold"
)

// ErrLookAlike says that texts which name respondents or holdings look alike, and that
// nobody has said whether these are one.
var ErrLookAlike = errors.New("values look alike")

func (f RespondentForm) validate() error {
	switch f {
	case "", formExact, formTrim, formNFC, formFold:
		return nil
	}
	return fmt.Errorf("%w: the form of respondents is exact, trim, nfc or fold", ErrRequest)
}

// folds reports whether texts change their form.
func (f RespondentForm) folds() bool { return f != "" && f != formExact }

// of returns the form of a text.
func (f RespondentForm) of(s string) string {
	switch f {
	case formTrim:
		return strings.TrimFunc(s, unicode.IsSpace)
	case formNFC:
		return norm.NFC.String(s)
	case formFold:
		return codeLook(s)
	}
	return s
}

// unitLooks looks for texts of units that look alike. w is the merged worker.
func (w *worker) unitLooks(pl *plan) (out []Remark, err error) {
	form := pl.data.RespondentForm
	if form != "" {
		out = append(out, Remark{
			Name: "respondent-form", Verdict: Safe,
			Message: fmt.Sprintf("texts that name respondents and holdings count in the form %q", string(form)),
		})
	}
	for c, unit := range w.units {
		if !unit || form == formFold {
			continue
		}
		n := int64(0)
		if in := w.interners[c]; in != nil {
			n = looksAmong(in)
		} else {
			n = looksOf(w.encoders[c])
		}
		remarks, err := UnitsLookAlike(pl.columns[c].name, n, form)
		if err != nil {
			return nil, err
		}
		out = append(out, remarks...)
	}
	return out, nil
}

// differ says that n values look like others.
func differ(n int64) string {
	if n == 1 {
		return "1 value differs from another one"
	}
	return fmt.Sprintf("%d values differ from another one", n)
}
