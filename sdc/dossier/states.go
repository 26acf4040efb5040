package dossier

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc"
)

// settled reports whether nothing is open about a state.
func settled(state string) bool { return state == Proven || state == Answered || state == Excused }

// state is a step's state, who is behind it, and why.
type state struct{ is, by, why string }

func missing(format string, args ...any) state {
	return state{is: Missing, why: fmt.Sprintf(format, args...)}
}

func excused(why string) state { return state{is: Excused, why: why} }

// answer is the state of a step that a person answers.
func (d *Dossier) answer(key string) state {
	if e := d.Answers[key]; e.filled() {
		return state{is: Answered, by: e.By}
	}
	return missing("there is no answer with a name")
}

// proven turns an answer into a proof; what is not answered stays missing.
func (s state) proven(why string) state {
	if s.is == Answered {
		s.is, s.by = Proven, "sluis, "+s.by
	}
	return s.because(why)
}

func (s state) because(why string) state {
	switch {
	case why == "":
	case s.why == "":
		s.why = why
	default:
		s.why += "; " + why
	}
	return s
}

// Steps returns the checklist. With a nil run nothing is proven by a run; with a nil
// verification nothing is known of a release.
func (d *Dossier) Steps(run *Run, release *Verification) []sdc.DossierStep {
	var out []sdc.DossierStep
	for _, s := range steps {
		x := d.state(s.key, run, release)
		out = append(out, sdc.DossierStep{Step: s.number, Key: s.key, Title: s.en, Article: s.law, State: x.is, By: x.by, Why: x.why})
	}
	return out
}

func (d *Dossier) state(key string, run *Run, release *Verification) state {
	supplied := d.supplied()
	none := len(d.Sources) > 0 && len(supplied) == 0
	switch key {
	case "question":
		s := d.answer(key)
		if run != nil {
			s = s.because(fmt.Sprintf("%d rows of %d respondents were read", run.Rows, run.Respondents))
		}
		return s
	case "purpose":
		if d.Product == "" {
			return missing("product is not filled in")
		}
		return d.answer(key).because("product: " + d.Product)
	case "anonymous":
		return d.anonymous()
	case "categories":
		return d.categories(run)
	case "sources":
		return d.sources(run)
	case "pseudonyms":
		return d.pseudonymisation(run)
	case "special":
		return d.special(run)
	case "provision":
		if none {
			return excused("no source is supplied")
		}
		return each(supplied, "responsible", func(s *Source) Entry { return s.Responsible })
	case "statistics":
		return d.statistics(run, release)
	case "police":
		if len(d.Sources) == 0 {
			return missing("sources is empty")
		}
		for _, s := range d.Sources {
			if s.Law == "" {
				return missing("law is not filled in for %s", s.File)
			}
		}
		list := slices.DeleteFunc(slices.Clone(d.Sources), func(s Source) bool { return !s.sensitiveLaw() })
		if len(list) == 0 {
			return excused("no source holds police, judicial or prosecution data")
		}
		return each(list, "permission", func(s *Source) Entry { return s.Permission })
	case "accuracy":
		return d.accuracy(run)
	case "methods":
		return d.answer(key).because("the rules and methods of sluis cite their sources in docs/rules.md, docs/protection.md and docs/risk.md")
	case "security":
		if none {
			return excused("no source is supplied")
		}
		return d.answer(key)
	case "destruction":
		if none {
			return excused("no source is supplied")
		}
		return d.destruction()
	case "publication":
		return d.publication(release)
	case "evaluation":
		return d.evaluated(run)
	}
	return d.answer(key)
}

// each is the state of a step that every source of a list answers.
func each(list []Source, field string, of func(*Source) Entry) state {
	if len(list) == 0 {
		return missing("sources is empty")
	}
	var by, open []string
	for i := range list {
		e := of(&list[i])
		if !e.filled() {
			open = append(open, list[i].File)
		} else if !slices.Contains(by, e.By) {
			by = append(by, e.By)
		}
	}
	if len(open) > 0 {
		return missing("%s is not answered for %s", field, strings.Join(open, ", "))
	}
	return state{is: Answered, by: strings.Join(by, ", ")}
}

// anonymous holds step 3 against the type of product.
func (d *Dossier) anonymous() state {
	s := d.answer("anonymous")
	if s.is != Answered {
		return s
	}
	switch a := d.Answers["anonymous"].Answer; {
	case a == "":
		return missing("answer is neither yes nor no")
	case a == "yes" && d.Product != "trend-report":
		return s.because("the answer is yes, and the product of step 2 is no trend report: look again")
	case a == "no" && d.Product == "trend-report":
		return s.because("the answer is no, and for a trend report anonymised data would probably do: look again")
	}
	return s
}

// categories compares the columns that were read with those that are declared.
func (d *Dossier) categories(run *Run) state {
	s := d.answer("categories")
	if len(d.Columns) == 0 {
		return missing("columns is empty")
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
		return missing("columns were read that are not declared: %s", strings.Join(more, ", "))
	}
	if len(unused) > 0 {
		return s.proven("declared, and not read in this run: " + strings.Join(unused, ", "))
	}
	return s.proven("")
}

// sources compares the files that were read with those that are declared.
func (d *Dossier) sources(run *Run) state {
	s := d.answer("sources")
	if len(d.Sources) == 0 {
		return missing("sources is empty")
	}
	for _, x := range d.Sources {
		if x.Origin == "" || strings.TrimSpace(x.Provider) == "" {
			return missing("%s has no origin, or no provider", x.File)
		}
	}
	if run == nil || s.is != Answered {
		return s
	}
	for _, x := range run.Sources {
		if d.source(x.Name) == nil {
			return missing("%s was read and is not among the sources", x.Name)
		}
	}
	return s.proven("")
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
		return missing("a column of the data looks like an identifier")
	}
	if len(d.Sources) == 0 {
		return missing("sources is empty")
	}
	var recorded, own []sdc.Source
	for _, s := range d.Sources {
		x := sdc.Source{Name: s.File, SHA256: s.SHA256}
		if run != nil {
			i := slices.IndexFunc(run.Sources, func(r sdc.Source) bool { return r.Name == s.File })
			if i < 0 {
				continue // not read
			}
			x = run.Sources[i]
		}
		if s.Origin == FromCBS {
			own = append(own, x)
		} else {
			recorded = append(recorded, x)
		}
	}
	s := d.answer("pseudonyms")
	if len(recorded) == 0 {
		return s
	}
	if len(d.Pseudonyms) == 0 {
		return missing("a supplied source wants a record of sluis pseudonymise, and pseudonyms names no column")
	}
	if why := d.recorded(recorded); why != "" {
		return missing("%s", why)
	}
	switch {
	case run == nil && s.is == Answered:
		return s
	case run == nil:
		return state{is: Answered, by: "records"}
	case len(own) > 0:
		return s.because("proven for the supplied sources by records")
	}
	return state{is: Proven, by: "sluis"}
}

func (d *Dossier) special(run *Run) state {
	s := d.answer("special")
	if run == nil || s.is != Answered {
		return s
	}
	var used []string
	for _, c := range run.Used {
		if slices.Contains(d.Special, c) {
			used = append(used, c)
		}
	}
	if len(used) > 0 {
		s = s.because("outputs are spanned by special data, or hold them as sensitive: " + strings.Join(used, ", "))
	}
	return s
}

// statistics holds the policy of the run against that of the dossier. What is unsafe may
// leave as a release that was verified.
func (d *Dossier) statistics(run *Run, release *Verification) state {
	s := d.answer("statistics")
	if d.Policy.Name == "" {
		return missing("policy is empty")
	}
	if run == nil || s.is != Answered {
		return s
	}
	if d.Policy.Name != run.Policy.Name || !strings.EqualFold(d.Policy.SHA256, run.Policy.SHA256) {
		return missing("the output was checked with another policy than the dossier names")
	}
	switch {
	case release != nil && release.Problem == "" && release.Open > 0:
		return s.because(fmt.Sprintf("%d released tables were verified, and a reviewer must decide about %d remarks of protect", release.Tables, release.Open))
	case release != nil && release.Problem == "" && run.Verdict != sdc.Review:
		return s.proven(fmt.Sprintf("checked with the policy, and %d released tables were verified", release.Tables))
	case run.Verdict == sdc.Safe:
		return s.proven("the verdict is safe")
	case run.Verdict == sdc.Review:
		return s.because("a reviewer must decide about the output")
	}
	return s.because("the output is unsafe as it is")
}

// accuracy proves the hashes, and the profile where there is one.
func (d *Dossier) accuracy(run *Run) state {
	s := d.answer("accuracy")
	for _, x := range d.Sources {
		if x.SHA256 == "" {
			return missing("%s has no sha256", x.File)
		}
	}
	if len(d.Sources) == 0 {
		return missing("sources is empty")
	}
	if run == nil || s.is != Answered {
		return s
	}
	for _, x := range run.Sources {
		of := d.source(x.Name)
		if of == nil || x.SHA256 == "" || !strings.EqualFold(of.SHA256, x.SHA256) {
			return missing("%s is not the file that was provided", x.Name)
		}
	}
	if d.profiled == nil {
		return s.because("the hashes are proven; there is no profile of spread and validity")
	}
	if why := d.profiled.fits(run); why != "" {
		return missing("%s", why)
	}
	return s.proven(d.profiled.says)
}

// destruction is proven for the keys by signed records; a file that is still there
// contradicts the answer.
func (d *Dossier) destruction() state {
	s := d.answer("destruction")
	var left []string
	for _, name := range d.Written {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(d.dir, name)
		}
		if _, err := os.Lstat(path); err == nil || !os.IsNotExist(err) {
			left = append(left, name)
		}
	}
	claimed := len(d.Destruction) > 0
	switch {
	case s.is != Answered:
		return s
	case claimed && !d.keysDestroyed():
		return missing("not every key under pseudonyms has a signed record of its destruction")
	case claimed && len(left) > 0:
		return missing("%d of %d files are still where they were written: %s", len(left), len(d.Written), strings.Join(left, ", "))
	case claimed && len(d.Written) == 0:
		return s.because("the key's destruction is proven; written lists no file, so nothing is known of copies")
	case claimed:
		return s.proven(fmt.Sprintf("the key's destruction is proven, and the %d listed files are gone; a file that was moved looks the same", len(d.Written)))
	}
	return s.because(fmt.Sprintf("%d of %d listed files are still there", len(left), len(d.Written)))
}

// publication is proven by a release folder that was verified.
func (d *Dossier) publication(release *Verification) state {
	s := d.answer("publication")
	if release == nil || s.is != Answered {
		return s
	}
	if release.Problem != "" {
		return missing("the release does not hold: %s", release.Problem)
	}
	if release.Open > 0 {
		return s.because(fmt.Sprintf("%d released tables were verified, and a reviewer must decide about %d remarks of protect", release.Tables, release.Open))
	}
	return s.proven(fmt.Sprintf("%d released tables were verified; no ledger of releases was asked", release.Tables))
}

// evaluated asks all five questions.
func (d *Dossier) evaluated(run *Run) state {
	var by []string
	for _, q := range evaluation {
		e := d.Evaluation[q.key]
		if q.key == "reproducible" && run != nil && run.Manifest && !e.filled() {
			continue // proven by the manifest
		}
		if !e.filled() {
			return missing("evaluation: %s is not answered", q.key)
		}
		if !slices.Contains(by, e.By) {
			by = append(by, e.By)
		}
	}
	s := state{is: Answered, by: strings.Join(by, ", ")}
	if run != nil && run.Manifest {
		s = s.because("reproducible: the report names the tool and the hash of every input")
	}
	return s
}
