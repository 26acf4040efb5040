package sdc

import (
	"regexp"
	"strings"
	"time"
)

// amountText is a number as people write one: whole, or with a decimal sign.
var amountText = regexp.MustCompile(`^-?(0|[1-9][0-9]*)([.,][0-9]+)?$`)

// amounts reports whether the values of a variable are numbers, or texts that all are
// numbers, and not dates of eight digits. Linear in the values.
func (v *Variable) amounts() bool {
	points, commas, others, values := 0, 0, 0, 0
	for n := range v.nodes {
		x := &v.nodes[n]
		if n == 0 || !x.leaf || x.null {
			continue
		}
		values++
		if !v.number && !amountText.MatchString(x.label) {
			return false
		}
		if strings.Contains(x.label, ".") {
			points++
		}
		if strings.Contains(x.label, ",") {
			commas++
		}
		if !dateOfDigits(x.label) {
			others++
		}
	}
	return values > 0 && others > 0 && (points == 0 || commas == 0)
}

// dateOfDigits reports whether a text is a date of the years 1800 to 2199 as eight digits.
func dateOfDigits(s string) bool {
	if len(s) != 8 || s < "1800" || s >= "2200" {
		return false
	}
	_, err := time.Parse("20060102", s)
	return err == nil
}
