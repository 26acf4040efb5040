package dossier

import (
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc/checklist"
)

// settled reports whether a state needs no further answer.
func settled(state string) bool { return state == Proven || state == Answered || state == Excused }

// state is the state of a step, the name of the person who answered, and the reason.
type state struct {
	is, by string
	why    text
}

func missing(why text) state { return state{is: Missing, why: why} }

func excused(why text) state { return state{is: Excused, why: why} }

// answer is the state of a step that a person answers.
func (d *Dossier) answer(key string) state {
	if e := d.Answers[key]; e.filled() {
		return state{is: Answered, by: e.By}
	}
	return missing(say("there is no answer with a name", "er is geen antwoord met een naam"))
}

// proven turns an answer into a proof; a step without an answer stays missing.
func (s state) proven(why text) state {
	if s.is == Answered {
		s.is, s.by = Proven, "sluis, "+s.by
	}
	return s.because(why)
}

func (s state) because(why text) state {
	s.why = s.why.and(why)
	return s
}

// Steps returns the checklist. With a nil run no step is proven by a run. With a nil
// verification no release is known.
func (d *Dossier) Steps(run *Run, release *Verification) []checklist.Step {
	var out []checklist.Step
	for _, s := range steps {
		x := d.state(s.key, run, release)
		out = append(out, checklist.Step{
			Step: s.number, Key: s.key, Title: s.title.en, Article: s.law, State: x.is, By: x.by, Why: x.why.en, Answers: d.answers(s.key),
			Question: s.ask.en, Can: s.can.en,
			Dutch: checklist.Dutch{Title: s.title.nl, Article: dutchLaw.Replace(s.law), Question: s.ask.nl, Can: s.can.nl, Why: x.why.nl},
		})
	}
	return out
}

// answers lists the answers of persons to a step.
func (d *Dossier) answers(key string) []checklist.Answer {
	var out []checklist.Answer
	add := func(of text, e Entry) {
		if e != (Entry{}) {
			out = append(out, checklist.Answer{Of: of.en, OfDutch: of.nl, Answer: e.Answer, Text: e.Text, By: e.By, Date: e.Date})
		}
	}
	add(text{}, d.Answers[key])
	for _, s := range d.Sources {
		of := text{s.File, s.File}
		switch {
		case key == "provision" && s.Origin != FromCBS:
			add(of, s.Responsible)
		case key == "police" && s.sensitiveLaw():
			add(of, s.Permission)
		}
	}
	if key == "evaluation" {
		for _, q := range evaluation {
			add(q.ask, d.Evaluation[q.key])
		}
	}
	return out
}

func (d *Dossier) state(key string, run *Run, release *Verification) state {
	supplied := d.supplied()
	none := len(d.Sources) > 0 && len(supplied) == 0
	nothing := say("no source is supplied", "er is geen geleverde bron")
	switch key {
	case "question":
		return d.answer(key).because(run.size(d.Period))
	case "purpose":
		if d.Product == "" {
			return missing(say("product is not filled in", "product is niet ingevuld"))
		}
		return d.answer(key).because(say("product: %s", "soort product: %s", text{d.Product, productDutch[d.Product]}))
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
			return excused(nothing)
		}
		return each(supplied, "responsible", func(s *Source) Entry { return s.Responsible })
	case "statistics":
		return d.statistics(run, release)
	case "police":
		return d.police()
	case "accuracy":
		return d.accuracy(run)
	case "methods":
		return d.answer(key).because(run.methods())
	case "error":
		return d.answer(key).because(release.loss())
	case "security":
		if none {
			return excused(nothing)
		}
		return d.security(run)
	case "destruction":
		if none {
			return excused(nothing)
		}
		return d.destruction()
	case "publication":
		return d.publication(run, release)
	case "evaluation":
		return d.evaluated(run)
	}
	return d.answer(key)
}

var noSources = text{"sources is empty", "sources is leeg"}

// each is the state of a step that every source of a list answers.
func each(list []Source, field string, of func(*Source) Entry) state {
	if len(list) == 0 {
		return missing(noSources)
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
		return missing(say("%s is not answered for %s", "%s is niet beantwoord voor %s", field, strings.Join(open, ", ")))
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
		return missing(say("answer is neither yes nor no", "answer is niet yes en niet no"))
	case a == "yes" && d.Product != "trend-report":
		return s.because(say("the answer is yes, and the product of step 2 is no trend report: look again",
			"het antwoord is ja, en het product van stap 2 is geen trendrapport: kijk nog eens"))
	case a == "no" && d.Product == "trend-report":
		return s.because(say("the answer is no, and for a trend report anonymised data would probably do: look again",
			"het antwoord is nee, terwijl geanonimiseerde gegevens voor een trendrapport waarschijnlijk volstaan: kijk nog eens"))
	}
	return s
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
		s = s.because(say("outputs are spanned by special data, or hold them as sensitive: %s",
			"bijzondere gegevens spannen uitkomsten op of zijn daarin gevoelig: %s", strings.Join(used, ", ")))
	}
	return s
}

// police asks a permission for every source of police, judicial or prosecution data.
func (d *Dossier) police() state {
	if len(d.Sources) == 0 {
		return missing(noSources)
	}
	var list []Source
	for _, s := range d.Sources {
		if s.Law == "" {
			return missing(say("law is not filled in for %s", "law is niet ingevuld voor %s", s.File))
		}
		if s.sensitiveLaw() {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return excused(say("no source holds police, judicial or prosecution data", "geen bron bevat politie-, justitiële of strafvorderlijke gegevens"))
	}
	return each(list, "permission", func(s *Source) Entry { return s.Permission })
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
			return missing(say("evaluation: %s is not answered", "evaluation: %s is niet beantwoord", q.key))
		}
		if !slices.Contains(by, e.By) {
			by = append(by, e.By)
		}
	}
	s := state{is: Answered, by: strings.Join(by, ", ")}
	if run != nil && run.Manifest {
		s = s.because(say("reproducible: the report names the tool and the hash of every input",
			"reproduceerbaar: het rapport noemt het programma en de hash van iedere invoer"))
	}
	return s
}
