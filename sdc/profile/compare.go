package profile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Read reads a profile in JSON. The error wraps ErrRequest.
func Read(r io.Reader) (*Profile, error) {
	if r == nil {
		return nil, fmt.Errorf("%w: the reader is nil", ErrRequest)
	}
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	p := &Profile{}
	if err := dec.Decode(p); err != nil || p.Schema != schema {
		return nil, fmt.Errorf("%w: not a profile of sluis", ErrRequest)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows the profile", ErrRequest)
	}
	return p, nil
}

// WriteJSON writes the profile as indented JSON.
func (p *Profile) WriteJSON(w io.Writer) error {
	if w == nil {
		return fmt.Errorf("%w: the writer is nil", ErrRequest)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	return enc.Encode(p)
}

// Change is one thing in which a profile differs from an earlier one.
type Change struct {
	Column string
	// Text describes the change of figures that both profiles show.
	Text string
}

// Compare lists the changes: columns that are new or gone, types, and the shares of
// classes that both profiles show. It does not compare numbers of rows and respondents:
// their difference may be a few respondents.
func Compare(was, now *Profile) []Change {
	if was == nil {
		was = &Profile{}
	}
	if now == nil {
		now = &Profile{}
	}
	var out []Change
	later := map[string]*Column{}
	for i := range now.Columns {
		later[now.Columns[i].Name] = &now.Columns[i]
	}
	earlier := map[string]bool{}
	for i := range was.Columns {
		a := &was.Columns[i]
		earlier[a.Name] = true
		b, ok := later[a.Name]
		switch {
		case !ok:
			out = append(out, Change{a.Name, "the column is gone"})
		case a.Type != b.Type:
			out = append(out, Change{a.Name, fmt.Sprintf("its type is %s, and was %s", b.Type, a.Type)})
		case (a.Withheld == "") != (b.Withheld == ""):
			out = append(out, Change{a.Name, "its values are shown in one of the two profiles alone"})
		default:
			out = append(out, classes(a, b)...)
		}
	}
	for _, c := range now.Columns {
		if !earlier[c.Name] {
			out = append(out, Change{c.Name, "the column is new"})
		}
	}
	return out
}

// String says the class in words.
func (c Class) String() string {
	if c.Label == "" && c.Kind != "value" {
		return c.Kind
	}
	return fmt.Sprintf("%s %q", c.Kind, c.Label)
}

func classes(a, b *Column) []Change {
	var out []Change
	later := map[string]Class{}
	for _, c := range b.Classes {
		later[c.String()] = c
	}
	earlier := map[string]bool{}
	for _, c := range a.Classes {
		earlier[c.String()] = true
		d, ok := later[c.String()]
		switch {
		case !ok:
			out = append(out, Change{a.Name, c.String() + " is no longer shown"})
		case c.Percent != d.Percent:
			out = append(out, Change{a.Name, fmt.Sprintf("%s: %d %%, was %d %%", c, d.Percent, c.Percent)})
		}
	}
	for _, c := range b.Classes {
		if !earlier[c.String()] {
			out = append(out, Change{a.Name, fmt.Sprintf("%s is shown now: %d %%", c, c.Percent)})
		}
	}
	return out
}
