package dossier

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc/profile"
)

// profiled is the profile that step 14 names.
type profiled struct {
	rows, respondents int64
	sources           []string
	says              text
	shows             bool // something of the values of a column
}

func (d *Dossier) loadProfile() error {
	if d.Profile == "" {
		if d.Earlier != "" {
			return fmt.Errorf("%w: earlier is the profile before that of profile, which names none", ErrDossier)
		}
		return nil
	}
	p, err := d.readProfile(d.Profile)
	if err != nil {
		return err
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
	x.says = say("the profile has %d columns, of which %d show codes that are in no list and %d are withheld",
		"het profiel heeft %d kolommen, waarvan er %d codes tonen die in geen lijst staan en %d niet worden getoond", len(p.Columns), invalid, withheld)
	x.shows = withheld < len(p.Columns)
	d.profiled = x
	if d.Earlier == "" {
		x.says = x.says.and(say("there is no earlier profile to compare with", "er is geen eerder profiel om mee te vergelijken"))
		return nil
	}
	was, err := d.readProfile(d.Earlier)
	if err != nil {
		return err
	}
	var columns []string
	list := profile.Compare(was, p)
	for _, c := range list {
		if !slices.Contains(columns, c.Column) {
			columns = append(columns, c.Column)
		}
	}
	if len(list) == 0 {
		x.says = x.says.and(say("nothing that both profiles show has changed since the earlier one", "niets wat beide profielen tonen is sinds het eerdere veranderd"))
		return nil
	}
	x.says = x.says.and(say("changes since the earlier profile: %d, in the columns %s", "veranderingen sinds het eerdere profiel: %d, in de kolommen %s", len(list), strings.Join(columns, ", ")))
	return nil
}

func (d *Dossier) readProfile(name string) (*profile.Profile, error) {
	content, err := d.read(d.dir, name)
	if err != nil {
		return nil, err
	}
	p, err := profile.Read(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDossier, filepath.Base(name), err)
	}
	return p, nil
}

// fits says why the profile is not one of the data that were read; empty where it is. A
// profile may leave and holds no hash: names and numbers of rows and respondents must
// agree.
func (p *profiled) fits(run *Run) text {
	names := make([]string, len(run.Sources))
	for i, s := range run.Sources {
		names[i] = s.Name
	}
	had := slices.Clone(p.sources)
	slices.Sort(names)
	slices.Sort(had)
	switch {
	case !slices.Equal(names, had):
		return say("the profile is of other files", "het profiel is van andere bestanden")
	case p.rows != run.Rows:
		return say("the profile has another number of rows than the data", "het profiel heeft een ander aantal rijen dan de gegevens")
	case p.respondents != run.Respondents && p.respondents != run.Rows:
		return say("the profile has another number of respondents than the data", "het profiel heeft een ander aantal respondenten dan de gegevens")
	}
	return text{}
}
