package main

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/sluis-go/sluis/internal/synth"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/suppress"
)

// theme is one of the two.
type theme struct {
	name   string
	schema *arrow.Schema
	fill   func(b *array.RecordBuilder, i int)
	rows   int
	who    string // the column of numbers that become pseudonyms
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
	text, integer := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64
	ages, offences := []string{"18-24", "25-44", "45-64", "65+"}, []string{"possession", "dealing", "production"}
	objects := []string{"house", "flat", "shop", "warehouse"}
	return []theme{{
		name: "drugs", rows: 2500, who: "person", // a person once, with the gravest suspicion
		schema: arrow.NewSchema([]arrow.Field{{Name: "person", Type: text}, {Name: "city", Type: text}, {Name: "age", Type: text}, {Name: "offence", Type: text}, {Name: "year", Type: integer}}, nil),
		fill: func(b *array.RecordBuilder, i int) {
			put(b, 0, fmt.Sprintf("%09d", synth.BSN(int64(i))))
			put(b, 1, pick(cities, mix(i, 2), 40, 60, 82, 86))
			put(b, 2, pick(ages, mix(i, 3), 35, 80, 98))
			put(b, 3, pick(offences, mix(i, 4), 60, 94))
			b.Field(4).(*array.Int64Builder).Append(2021 + int64(mix(i, 10)%3))
		},
		output: sdc.Output{Name: "drug offences", Title: "Suspects of drug offences by city, age and offence", Kind: sdc.Frequency, By: []string{"city", "age", "offence"}, Sensitive: []string{"offence"}},
	}, {
		name: "estate", rows: 3000, who: "owner",
		schema: arrow.NewSchema([]arrow.Field{{Name: "owner", Type: text}, {Name: "city", Type: text}, {Name: "object", Type: text}, {Name: "value", Type: integer}, {Name: "year", Type: integer}, {Name: "rooms", Type: integer}}, nil),
		fill: func(b *array.RecordBuilder, i int) {
			owner := int(mix(i, 5) % 2200)
			value := 150 + int64(mix(i, 6)%400)
			if mix(i, 7)%160 == 0 {
				owner, value = owner%7, value*120 // who owns much owns it dearly
			}
			put(b, 0, fmt.Sprintf("%09d", synth.BSN(int64(owner))))
			put(b, 1, pick(cities, mix(i, 8), 35, 55, 80, 87))
			put(b, 2, pick(objects, mix(i, 9), 50, 85, 97))
			b.Field(3).(*array.Int64Builder).Append(value)
			b.Field(4).(*array.Int64Builder).Append(2021 + int64(mix(i, 11)%3))
			b.Field(5).(*array.Int64Builder).Append(1 + int64(mix(i, 12)%6))
		},
		output: sdc.Output{Name: "real estate", Title: "Value of real estate by city and object", Kind: sdc.Magnitude, By: []string{"city", "object"}, Response: "value"},
	}}
}

func put(b *array.RecordBuilder, column int, s string) {
	b.Field(column).(*array.StringBuilder).Append(s)
}

// pick chooses by a number of which percent lie below each limit.
func pick(list []string, n uint64, limits ...uint64) string {
	for i, l := range limits {
		if n%100 < l {
			return list[i]
		}
	}
	return list[len(limits)]
}

// mix is a fixed scramble of a row and a purpose: the example is the same
// everywhere.
func mix(i, salt int) uint64 {
	x := uint64(i)*0x9e3779b97f4a7c15 + uint64(salt)*0xbf58476d1ce4e5b9
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
