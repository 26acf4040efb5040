package pseudonym

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/internal/plainyaml"
)

// ErrPlan says that a plan is not well formed.
var ErrPlan = errors.New("plan of pseudonyms is not well formed")

// Plan is the treatment of the columns of a file in one pass: the file pseudonyms.yaml.
// With one pass there is no file in between that still holds an identifier.
// docs/pseudonyms.schema.json describes the format.
type Plan struct {
	// Version is 1.
	Version plainyaml.Whole `yaml:"version"`
	// Key is the id of the key that must be used; any where it is empty.
	Key string `yaml:"key"`
	// Columns are replaced, each as it says.
	Columns []PlanColumn `yaml:"columns"`
	// Direct are columns with direct identifiers: each is replaced or dropped.
	Direct []string `yaml:"direct"`
	// Drop are columns that are left out.
	Drop []string `yaml:"drop"`
}

// PlanColumn holds the settings of the pseudonyms of a column. A field that is left out
// has the default of [Config].
type PlanColumn struct {
	Column    string          `yaml:"column"`
	Domain    string          `yaml:"domain"`
	Form      string          `yaml:"form"`
	Encoding  string          `yaml:"encoding"`
	Bytes     plainyaml.Whole `yaml:"bytes"`
	Algorithm string          `yaml:"algorithm"`
	Invalid   string          `yaml:"invalid"`
}

// ParsePlan reads a plan. The error wraps ErrPlan, and names the line or the entry.
func ParsePlan(text []byte) (*Plan, error) {
	p := &Plan{}
	if err := plainyaml.Decode(text, p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	switch id, err := hex.DecodeString(p.Key); {
	case p.Version != 1:
		return nil, fmt.Errorf("%w: version must be 1", ErrPlan)
	case err != nil || p.Key != "" && (len(id) != 8 || hex.EncodeToString(id) != p.Key):
		return nil, fmt.Errorf("%w: key is the id of a key, 16 hexadecimal digits in small letters, as sluis key id prints it", ErrPlan)
	case len(p.Columns) == 0:
		return nil, fmt.Errorf("%w: columns names no column", ErrPlan)
	}
	for i, c := range p.Columns {
		if _, err := c.Config(); err != nil {
			return nil, fmt.Errorf("%w: columns, entry %d: %w", ErrPlan, i+1, err)
		}
		switch {
		case c.Column == "":
			return nil, fmt.Errorf("%w: columns, entry %d: column is missing", ErrPlan, i+1)
		case slices.ContainsFunc(p.Columns[:i], func(o PlanColumn) bool { return o.Column == c.Column }):
			return nil, fmt.Errorf("%w: columns, entry %d: column %q is there twice", ErrPlan, i+1, c.Column)
		case slices.Contains(p.Drop, c.Column):
			return nil, fmt.Errorf("%w: column %q is both replaced and dropped", ErrPlan, c.Column)
		}
	}
	for _, name := range p.Direct {
		if !slices.Contains(p.Drop, name) && !slices.Contains(p.Names(), name) {
			return nil, fmt.Errorf("%w: column %q holds a direct identifier and is neither under columns nor under drop", ErrPlan, name)
		}
	}
	return p, nil
}

// Names lists the columns that are replaced.
func (p *Plan) Names() []string {
	var out []string
	for _, c := range p.Columns {
		out = append(out, c.Column)
	}
	return out
}

// Config returns the configuration of a column, without the key. The error wraps
// ErrDomain, ErrSetting or ErrLength.
func (c PlanColumn) Config() (out Config, err error) {
	or := func(s, other string) string {
		if s == "" {
			return other
		}
		return s
	}
	out, err = Settings{
		Domain: c.Domain, Form: or(c.Form, Typed.String()), Encoding: or(c.Encoding, Hex.String()), Bytes: int(c.Bytes),
		Algorithm: or(c.Algorithm, SHA256.Flag()), Format: FormatVersion,
	}.Config()
	if err != nil {
		return out, err
	}
	if out.Invalid, err = ParseInvalid(or(c.Invalid, InvalidError.String())); err != nil {
		return out, err
	}
	if c.Bytes < 0 {
		return out, fmt.Errorf("%w: a negative number of bytes", ErrLength)
	}
	_, err = out.length()
	return out, err
}

// Makers makes the pseudonymizer of every column. The caller must destroy them. The error
// is the one of [New], or ErrKey where the plan names another key.
func (p *Plan) Makers(k Key) (Columns, error) {
	id, err := k.ID()
	if err != nil {
		return nil, err
	}
	if p.Key != "" && p.Key != id {
		return nil, fmt.Errorf("%w: the plan names the key %s, this is %s", ErrKey, p.Key, id)
	}
	out := Columns{}
	for _, c := range p.Columns {
		config, err := c.Config()
		if err == nil {
			config.Key = k
			out[c.Column], err = New(config)
		}
		if err != nil {
			for _, made := range out {
				if made != nil {
					made.Destroy()
				}
			}
			return nil, fmt.Errorf("column %q: %w", c.Column, err)
		}
	}
	return out, nil
}

// Fits reports whether the pseudonyms of a record have the settings of the plan. It does
// not compare the key.
func (c PlanColumn) Fits(s Setting) bool {
	config, err := c.Config()
	if err != nil {
		return false
	}
	n, err := config.length()
	form := config.Form.String()
	return err == nil && s.Domain == config.Domain.String() && s.Format == FormatVersion && s.Bytes == n &&
		s.Encoding == config.Encoding.String() && s.Algorithm == config.Algorithm.String() &&
		(config.Form == Typed || s.Canonical == form || s.Canonical == NoPseudonyms)
}
