// Package population says which records an output is about, as conditions on columns.
package population

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluis-go/sluis/internal/guard"
)

// Where is a conjunction: a record is in the population if it meets all conditions. The zero
// value has every record.
type Where []Condition

// Condition is about one column. It has either codes or ends.
//
// A null meets no condition, except where Null says so.
type Condition struct {
	// Column is the name of the column. Required.
	Column string `json:"column"`
	// Codes are the codes that meet the condition, in any order. A code of a code tree
	// stands for all codes below it. In a column of numbers, dates or times a code is the
	// value: 1.50 is 1.5.
	Codes []string `json:"codes,omitempty"`
	// Null also takes null as a code of the list.
	Null bool `json:"null,omitempty"`
	// Not takes the records with none of Codes. A null then meets the condition in no
	// case: a list that does not name null says nothing of null.
	Not bool `json:"not,omitempty"`
	// From and To are the ends of the values that meet the condition: at least From, and
	// less than To. Both are plain decimal numbers, or both are dates such as 2026-01-31 or
	// times such as 2026-01-31T12:00:00, in UTC where the column has a time zone. "" is no
	// end. A float is the shortest decimal number that is read as that float.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Ends reports whether the condition has ends, and no codes.
func (c *Condition) Ends() bool { return c.From != "" || c.To != "" }

// Validate reports the first fault. The error wraps ErrRequest of package sdc. It names the
// column and the position of a code, and no code.
func (w Where) Validate() error {
	for i := range w {
		if err := w[i].Validate(); err != nil {
			return err
		}
	}
	return nil
}

// Validate reports the first fault of a condition, as [Where.Validate] does.
func (c *Condition) Validate() error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%w: where: column %q: %s", guard.ErrRequest, c.Column, fmt.Sprintf(format, args...))
	}
	if c.Column == "" {
		return fmt.Errorf("%w: where: a condition has no column", guard.ErrRequest)
	}
	listed := len(c.Codes) > 0 || c.Null
	switch {
	case listed == c.Ends() && listed:
		return fail("a condition has codes or ends, and this one has both")
	case !listed && !c.Ends():
		return fail("the list is empty: no record, or every record, would be meant; name a code, or leave the column out")
	case c.Ends() && c.Not:
		return fail("not is for lists of codes: write two outputs, one for each side")
	}
	first := map[string]int{}
	for i, code := range c.Codes {
		if code == "" {
			return fail("code %d is empty: write ~ for a missing value", i+1)
		}
		if k, twice := first[code]; twice {
			return fail("code %d is the same as code %d: take one of them out", i+1, k+1)
		}
		first[code] = i
	}
	if !c.Ends() {
		return nil
	}
	from, to, err := c.Numbers()
	if err != nil {
		begin, end, timeErr := c.Times()
		switch {
		case timeErr != nil:
			return fail("the ends are both numbers, such as 25 or 0.5, or both dates, such as 2026-01-31")
		case begin != nil && end != nil && !begin.Before(*end):
			return fail("from is not before to: no record is between them")
		}
		return nil
	}
	if from != nil && to != nil && from.Cmp(to) >= 0 {
		return fail("from is not less than to: no record is between them")
	}
	return nil
}

var plainNumber = regexp.MustCompile(`^-?[0-9]{1,40}(\.[0-9]{1,40})?$`)

// Number reads a plain decimal number.
func Number(text string) (*big.Rat, bool) {
	if !plainNumber.MatchString(text) {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// Time reads a date, or a time of a date, in UTC where it has no zone.
func Time(text string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// Numbers returns the ends as numbers, nil for none. It is an error where one is no number.
func (c *Condition) Numbers() (from, to *big.Rat, err error) {
	var out [2]*big.Rat
	for i, text := range []string{c.From, c.To} {
		if text == "" {
			continue
		}
		var ok bool
		if out[i], ok = Number(text); !ok {
			return nil, nil, fmt.Errorf("%w: an end is no plain decimal number", guard.ErrRequest)
		}
	}
	return out[0], out[1], nil
}

// Times returns the ends as times, nil for none. It is an error where one is no time.
func (c *Condition) Times() (from, to *time.Time, err error) {
	var out [2]*time.Time
	for i, text := range []string{c.From, c.To} {
		if text == "" {
			continue
		}
		t, ok := Time(text)
		if !ok {
			return nil, nil, fmt.Errorf("%w: an end is no date", guard.ErrRequest)
		}
		out[i] = &t
	}
	return out[0], out[1], nil
}

// String writes the conditions as a spec does, such as
//
//	sex: [F], age: {from: 25, to: 65}, region: {not: [Flevoland]}
func (w Where) String() string {
	var out []string
	for _, c := range w {
		out = append(out, c.String())
	}
	return strings.Join(out, ", ")
}

var plainText = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]*$`)

func written(text string) string {
	if plainText.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}

// String writes the condition as a spec does.
func (c Condition) String() string {
	var b strings.Builder
	b.WriteString(written(c.Column) + ": ")
	if c.Ends() {
		var ends []string
		if c.From != "" {
			ends = append(ends, "from: "+c.From)
		}
		if c.To != "" {
			ends = append(ends, "to: "+c.To)
		}
		return b.String() + "{" + strings.Join(ends, ", ") + "}"
	}
	var codes []string
	for _, code := range c.Codes {
		codes = append(codes, written(code))
	}
	if c.Null {
		codes = append(codes, "~")
	}
	list := "[" + strings.Join(codes, ", ") + "]"
	if c.Not {
		list = "{not: " + list + "}"
	}
	return b.String() + list
}

// Key is the same text for two conjunctions of the same conditions, in any order.
func (w Where) Key() string {
	var all []string
	for _, c := range w {
		c.Codes = slices.Clone(c.Codes)
		slices.Sort(c.Codes)
		all = append(all, c.String())
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

// Narrows reports whether w has all conditions of o, and perhaps more: then every record of
// w is one of o.
func (w Where) Narrows(o Where) bool {
	for _, c := range o {
		if !slices.ContainsFunc(w, func(x Condition) bool { return Where{x}.Key() == Where{c}.Key() }) {
			return false
		}
	}
	return true
}

// Columns lists the columns of the conditions, each once.
func (w Where) Columns() []string {
	var out []string
	for _, c := range w {
		if !slices.Contains(out, c.Column) {
			out = append(out, c.Column)
		}
	}
	return out
}
