package dossier

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/sluis-go/sluis/sdc/profile"
)

// profiled is the profile that step 14 names.
type profiled struct {
	rows, respondents int64
	sources           []string
	says              string
}

func (d *Dossier) loadProfile() error {
	if d.Profile == "" {
		return nil
	}
	text, err := d.read(d.dir, d.Profile)
	if err != nil {
		return err
	}
	p, err := profile.Read(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrDossier, filepath.Base(d.Profile), err)
	}
	x := &profiled{rows: p.Rows, respondents: p.Respondents}
	for _, s := range p.Sources {
		x.sources = append(x.sources, s.Name)
	}
	invalid, withheld := 0, 0
	for _, c := range p.Columns {
		if c.Withheld != "" {
			withheld++
		}
		if slices.ContainsFunc(c.Classes, func(c profile.Class) bool { return c.Kind == "invalid" }) {
			invalid++
		}
	}
	x.says = fmt.Sprintf("the hashes are proven; the profile has %d columns, of which %d show codes that are in no list and %d are withheld", len(p.Columns), invalid, withheld)
	d.profiled = x
	return nil
}

// fits says why the profile is not one of the data that were read, or "". A profile
// may leave and holds no hash: names and numbers of rows and respondents must agree.
func (p *profiled) fits(run *Run) string {
	names := make([]string, len(run.Sources))
	for i, s := range run.Sources {
		names[i] = s.Name
	}
	had := slices.Clone(p.sources)
	slices.Sort(names)
	slices.Sort(had)
	switch {
	case !slices.Equal(names, had):
		return "the profile is of other files"
	case p.rows != run.Rows:
		return "the profile has another number of rows than the data"
	case p.respondents != run.Respondents && p.respondents != run.Rows:
		return "the profile has another number of respondents than the data"
	}
	return ""
}
