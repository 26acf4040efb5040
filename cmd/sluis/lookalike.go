package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/sdc"
)

// addForm adds the flag that says that units which look alike are different ones.
func addForm(fl *pflag.FlagSet, form *string) {
	fl.StringVar(form, "respondent-form", "", "exact: persons (and households) whose texts differ in case, blanks, Unicode form or invisible characters alone are different; without it such texts are an error")
}

// lookAlikes looks in columns of units, and in columns of values, for texts that look
// alike. One person in two ways of writing would count twice: an error, unless form says
// exact. One value in two ways of writing is two values, of which somebody must judge.
func lookAlikes(data arrow.Table, units, values []string, form string) ([]sdc.Remark, error) {
	if form != "" && form != "exact" {
		return nil, usageError(errors.New("--respondent-form is exact, not another word"))
	}
	var out []sdc.Remark
	for k, name := range slices.Concat(units, values) {
		if name == "" {
			continue
		}
		n, err := sdc.LookAlikes(data, name)
		if err != nil {
			return nil, err
		}
		if k < len(units) {
			remarks, err := sdc.UnitsLookAlike(name, n, sdc.RespondentForm(form))
			if err != nil {
				return nil, fmt.Errorf("%w (here: --respondent-form exact, or write one form into the file)", err)
			}
			out = append(out, remarks...)
		} else if n > 0 {
			message := "%d values of %q differ from others in case, blanks, Unicode form or invisible characters alone, and count as different values"
			if n == 1 {
				message = "%d value of %q differs from another one in case, blanks, Unicode form or invisible characters alone, and counts as a value of its own"
			}
			out = append(out, sdc.Remark{Name: "look-alike", Column: name, Count: n, Verdict: sdc.Review, Message: fmt.Sprintf(message, n, name)})
		}
	}
	return out, nil
}
