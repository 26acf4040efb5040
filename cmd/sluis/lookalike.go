package main

import "github.com/spf13/pflag"

// addForm adds the flag that says that units which look alike are different ones.
func addForm(fl *pflag.FlagSet, form *string) {
	fl.StringVar(form, "respondent-form", "", "exact: persons (and households) whose texts differ in case, blanks, Unicode form or invisible characters alone are different; without it such texts are an error")
}
