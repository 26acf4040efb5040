package dossier

import (
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc/origin"
)

// categories compares the columns that were read with the declared ones. It names the
// data that were not needed: columns that are declared or in the files and were not read,
// and rows that no output holds.
func (d *Dossier) categories(run *Run) state {
	s := d.answer("categories")
	if len(d.Columns) == 0 {
		return missing(say("columns is empty", "columns is leeg"))
	}
	if run == nil || s.is != Answered {
		return s
	}
	var more, unused []string
	for _, c := range run.Columns {
		if !slices.Contains(d.Columns, c) {
			more = append(more, c)
		}
	}
	for _, c := range d.Columns {
		if !slices.Contains(run.Columns, c) {
			unused = append(unused, c)
		}
	}
	if len(more) > 0 {
		return missing(say("columns were read that are not declared: %s", "er zijn kolommen gelezen die niet zijn opgegeven: %s", strings.Join(more, ", ")))
	}
	var why text
	if len(unused) > 0 {
		why = say("declared, and not read in this run: %s", "opgegeven, en in deze controle niet gelezen: %s", strings.Join(unused, ", "))
	}
	if len(run.Unread) > 0 {
		why = why.and(say("in the files, and not read: %s", "in de bestanden, en niet gelezen: %s", strings.Join(run.Unread, ", ")))
	}
	switch {
	case run.LeftOut > 0 && run.LeftOutExact:
		why = why.and(say("rows that no output holds: %d", "rijen die in geen uitkomst zitten: %d", run.LeftOut))
	case run.LeftOut > 0:
		why = why.and(say("rows that no output holds: at most %d", "rijen die in geen uitkomst zitten: hoogstens %d", run.LeftOut))
	}
	return s.proven(why)
}

// sources compares the files that were read with the declared files.
func (d *Dossier) sources(run *Run) state {
	s := d.answer("sources")
	if len(d.Sources) == 0 {
		return missing(noSources)
	}
	var supplied, unread []string
	for _, x := range d.Sources {
		if x.Origin == "" || strings.TrimSpace(x.Provider) == "" {
			return missing(say("%s has no origin, or no provider", "van %s ontbreekt de herkomst (origin) of de leverancier (provider)", x.File))
		}
		if x.Origin == Supplied {
			supplied = append(supplied, x.File)
		}
		if run != nil && run.source(x.File) == nil {
			unread = append(unread, x.File)
		}
	}
	if s.is != Answered {
		return s
	}
	why := say("%d of CBS, %d supplied", "%d van het CBS, %d geleverd", len(d.Sources)-len(supplied), len(supplied))
	if len(supplied) > 0 {
		why = say("%s (%s)", "%s (%s)", why, strings.Join(supplied, ", "))
	}
	if run == nil {
		return s.because(why)
	}
	for _, x := range run.Sources {
		if d.source(x.Name) == nil {
			return missing(say("%s was read and is not among the sources", "%s is gelezen en staat niet onder sources", x.Name))
		}
	}
	if len(unread) > 0 {
		why = why.and(say("not read in this run: %s", "in deze controle niet gelezen: %s", strings.Join(unread, ", ")))
	}
	return s.proven(why)
}

func (d *Dossier) source(name string) *Source {
	for i := range d.Sources {
		if d.Sources[i].File == name {
			return &d.Sources[i]
		}
	}
	return nil
}

// pseudonymisation: supplied sources are proven by records; CBS answers for its own.
func (d *Dossier) pseudonymisation(run *Run) state {
	if run != nil && run.Identifiers {
		return missing(say("a column of the data looks like an identifier", "een kolom van de gegevens lijkt op een identificerend gegeven"))
	}
	if len(d.Sources) == 0 {
		return missing(noSources)
	}
	recorded, own := d.pseudonymised(run)
	s := d.answer("pseudonyms")
	if len(recorded) == 0 {
		return s
	}
	if len(d.Pseudonyms) == 0 {
		return missing(say("a supplied source wants a record of sluis pseudonymise, and pseudonyms names no column",
			"een geleverde bron vraagt een verslag van sluis pseudonymise, en pseudonyms noemt geen kolom"))
	}
	if why := d.recorded(recorded); why != (text{}) {
		return missing(why)
	}
	switch {
	case run == nil && s.is == Answered:
		return s
	case run == nil:
		return state{is: Answered, by: "records"}
	case own:
		return s.because(say("proven for the supplied sources by records", "voor de geleverde bronnen bewezen door verslagen"))
	}
	return state{is: Proven, by: "sluis"}
}

// pseudonymised lists the sources that want a record, as they were read where there is
// a run, and says whether there are others: CBS answers for its own.
func (d *Dossier) pseudonymised(run *Run) (recorded []origin.Source, own bool) {
	for _, s := range d.Sources {
		x := &origin.Source{Name: s.File, SHA256: s.SHA256}
		if run != nil {
			x = run.source(s.File)
		}
		switch {
		case x == nil: // not read
		case s.Origin == FromCBS:
			own = true
		default:
			recorded = append(recorded, *x)
		}
	}
	return recorded, own
}

// accuracy proves the hashes, and the profile where there is one.
func (d *Dossier) accuracy(run *Run) state {
	s := d.answer("accuracy")
	for _, x := range d.Sources {
		if x.SHA256 == "" {
			return missing(say("%s has no sha256", "%s heeft geen sha256", x.File))
		}
	}
	if len(d.Sources) == 0 {
		return missing(noSources)
	}
	if run == nil || s.is != Answered {
		return s
	}
	for _, x := range run.Sources {
		of := d.source(x.Name)
		if of == nil || x.SHA256 == "" || !strings.EqualFold(of.SHA256, x.SHA256) {
			return missing(say("%s is not the file that was provided", "%s is niet het bestand dat is geleverd", x.Name))
		}
	}
	s = s.because(say("the hashes are proven", "de hashes zijn bewezen"))
	if d.profiled == nil {
		return s.because(say("there is no profile of spread and validity", "er is geen profiel van spreiding en geldigheid"))
	}
	if d.elsewhere(run) {
		return s.because(say("the profile is of sources that were not read in this run", "het profiel is van bronnen die in deze controle niet zijn gelezen"))
	}
	if why := d.profiled.fits(run); why != (text{}) {
		return missing(why)
	}
	if !d.profiled.shows {
		return s.because(d.profiled.says).because(say("the profile shows nothing of any column", "het profiel toont van geen enkele kolom iets"))
	}
	return s.proven(d.profiled.says)
}

// elsewhere reports whether the profile is about sources of the dossier that were not
// read in this run: a dossier may have several specs.
func (d *Dossier) elsewhere(run *Run) bool {
	for _, name := range d.profiled.sources {
		if d.source(name) == nil || run.source(name) != nil {
			return false
		}
	}
	return len(d.profiled.sources) > 0
}
