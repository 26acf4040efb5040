package main

import (
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/suppress"
)

// theme is one of the two.
type theme struct {
	name   string
	all    []string          // the columns of the file that is supplied
	types  map[string]string // of the columns that are numbers
	who    string            // the column of numbers that become pseudonyms
	output sdc.Output
	found  dossier.Reading // what a check has read
	proofs []suppress.Proof
}

func (t *theme) file() string { return t.name + ".parquet" }

// columns are those that the check of the theme reads beside the year.
func (t *theme) columns() []string {
	out := append([]string{t.who}, t.output.By...)
	if t.output.Response != "" {
		out = append(out, t.output.Response)
	}
	return out
}

var cities = []string{"Amsterdam", "Den Haag", "Rotterdam", "Tilburg", "Utrecht"}

func themes() []theme {
	return []theme{{
		name: "drugs", who: "person", // a person once, with the gravest suspicion
		all:   []string{"person", "city", "age", "offence", "year"},
		types: map[string]string{"year": "int64"},
		output: sdc.Output{
			Name: "drug offences", Title: "Suspects of drug offences by city, age and offence",
			Kind: sdc.Frequency, By: []string{"city", "age", "offence"}, Sensitive: []string{"offence"},
		},
	}, {
		name: "estate", who: "owner",
		all:   []string{"owner", "city", "object", "value", "year", "rooms"},
		types: map[string]string{"value": "int64", "year": "int64", "rooms": "int64"},
		output: sdc.Output{
			Name: "real estate", Title: "Value of real estate by city and object",
			Kind: sdc.Magnitude, By: []string{"city", "object"}, Response: "value",
		},
	}}
}
