package sdc

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Finding is one thing that a rule found.
type Finding struct {
	// Rule is the rule's name, such as "min-contributors".
	Rule string `json:"rule"`
	// Cell says where; it is empty for a finding about the whole output.
	Cell Coordinates `json:"cell,omitempty"`
	// Variable is the variable that a finding is about: that of the line for
	// group rules, the identifier.
	Variable string `json:"variable,omitempty"`
	// Observed and Limit are what was seen and where the rule draws the line:
	// counts, or percentages rounded to a float64. They explain; they did not
	// decide.
	Observed float64 `json:"observed"`
	Limit    float64 `json:"limit"`
	Verdict  Verdict `json:"verdict"`
	// Message says it in a sentence.
	Message string `json:"message"`
}

// Coordinates is a place in a table, in the order of its spanning variables.
type Coordinates []struct {
	Variable string
	Code     string
	Total    bool // stands for the variable's total; Code is empty
}

// MarshalJSON writes an object from variable to code, in the order of the
// variables, with null for a total.
func (c Coordinates) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range c {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(k.Variable)
		if err != nil {
			return nil, err
		}
		code := []byte("null")
		if !k.Total {
			if code, err = json.Marshal(k.Code); err != nil {
				return nil, err
			}
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(code)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// String prints the coordinates as "region=North, sex=*".
func (c Coordinates) String() string {
	var b bytes.Buffer
	for i, k := range c {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(k.Variable)
		b.WriteByte('=')
		if k.Total {
			b.WriteByte('*')
		} else {
			b.WriteString(k.Code)
		}
	}
	return b.String()
}

// findings collects what the rules find in one output.
type findings struct {
	list  []Finding
	table *Table
	safe  map[int]string // cells set safe by hand, with the reason
	worst []Verdict      // of every cell, Safe without a finding; nil before there is one
	room  Coordinates    // for those of findings to come
}

func (f *findings) add(x Finding) { f.list = append(f.list, x) }

// output adds a finding about the whole output.
func (f *findings) output(x Finding) { f.add(x) }

// cell adds a finding about a cell; one that was set safe by hand keeps it as
// a remark.
func (f *findings) cell(c Cell, x Finding) {
	x.Cell = f.coordinates(c)
	if reason, ok := f.safe[c.i]; ok {
		x.Verdict = Safe
		x.Message += "; set safe by hand: " + reason
	}
	f.mark(c, x.Verdict)
	f.add(x)
}

func (f *findings) mark(c Cell, v Verdict) {
	if f.worst == nil {
		f.worst = slices.Repeat([]Verdict{Safe}, c.t.m.N)
	}
	f.worst[c.i] = worst(v, f.worst[c.i])
}

// coordinates returns the cell's place in the table. It allocates now and then.
func (f *findings) coordinates(c Cell) Coordinates {
	n := len(c.t.vars)
	if len(f.room) < n {
		f.room = make(Coordinates, 256*n)
	}
	out := f.room[:n:n]
	f.room = f.room[n:]
	c.locate(out, -1, 0)
	return out
}

func (f *findings) verdict() Verdict {
	v := Safe
	for _, x := range f.list {
		v = worst(v, x.Verdict)
	}
	return v
}
