package sdc

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// RespondentForm is the form in which the texts that name respondents and holdings are
// compared. Two texts look alike where they differ only in case, in blanks, in Unicode
// form or in invisible characters. A person written in two ways would count twice.
//
//	""     texts as they are; texts that look alike are an error, [ErrLookAlike]
//	exact  texts as they are
//	trim   without the blanks before and behind
//	nfc    in the Unicode form NFC
//	fold   as they look: in the form NFKC, in small letters, without blanks and
//	       invisible characters
//
// Under every form but "", texts that look alike after the form is applied give a remark
// for review with their number. Under every form, texts that are the same number, such as
// 100, 0100 and 100.0, give such a remark too. Bytes that are UTF-8 are texts. Other
// bytes, numbers and dates have one form. Linear in the distinct texts; trim, nfc and
// fold are linear in the rows.
type RespondentForm string

const (
	formExact RespondentForm = "exact"
	formTrim  RespondentForm = "trim"
	formNFC   RespondentForm = "nfc"
	formFold  RespondentForm = "fold"
)

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
			Message: words.New(words.RespondentFormSet, words.NameOf(string(form))),
		})
	}
	for c, unit := range w.units {
		if !unit {
			continue
		}
		in := w.interners[c]
		if in == nil {
			in = internerOf(w.encoders[c])
		}
		remarks, err := unitsLookAlike(pl.columns[c].name, in, form)
		if err != nil {
			return nil, err
		}
		out = append(out, remarks...)
	}
	return out, nil
}

// unitsLookAlike says which texts that name units look alike, and which are the same number.
func unitsLookAlike(name string, in *column.Interner, form RespondentForm) (out []Remark, err error) {
	switch n := in.LookAlikes(func(text []byte) []byte { return []byte(codeLook(string(text))) }); {
	case n == 0:
	case form == "":
		return nil, &ColumnError{Column: name, Row: -1, Err: fmt.Errorf(
			"%w: %s in case, blanks, Unicode form or invisible characters alone: say respondent-form: fold (or trim, nfc) where these are one, exact where they are not", ErrLookAlike, differ(n))}
	default:
		out = append(out, Remark{
			Name: lookAlike, Column: name, Count: n, Verdict: Review,
			Message: words.New(words.UnitsLookAlike, words.Count(n), words.NameOf(name)),
		})
	}
	if n := in.SameNumbers(); n > 0 {
		out = append(out, Remark{
			Name: sameNumber, Column: name, Count: n, Verdict: Review,
			Message: words.New(words.UnitsSameNumber, words.Count(n), words.NameOf(name)),
		})
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
