// Package checklist has the checklist of a project dossier as a report shows it. Its types are
// plain data; package sdc/dossier fills them in.
package checklist

// State says how complete the project's dossier is, for policies that
// require one. Package sdc/dossier reads them.
type State struct {
	// Missing lists the missing items by number and key, as in "8, controller".
	Missing []string
}

// Step is one line of the dossier's checklist in a report: one of the 21 steps, by its number
// and key, with its title, the article of law behind it, and the person who answered.
type Step struct {
	Step    int    `json:"step"`
	Key     string `json:"key"`
	Title   string `json:"title"`
	Article string `json:"article"`
	// State is proven, answered, missing, or "does not apply".
	State string `json:"state"`
	By    string `json:"by,omitempty"`
	// Why gives the facts that the state rests on, or the missing items.
	Why string `json:"why,omitempty"`
	// Answers are the answers of persons: one for every source in the steps 8 and 12, and
	// one for every question in step 21.
	Answers []Answer `json:"answers,omitempty"`
	// Question is the question to answer. Can says what sluis can prove about the
	// question or add to its answer. Both texts are the same in every dossier.
	Question string `json:"-"`
	Can      string `json:"-"`
	// Dutch has the texts of the step in Dutch.
	Dutch Dutch `json:"-"`
}

// Answer is the answer of a person: the text, the name of the person, and the date.
type Answer struct {
	// Of is the source or the question that is answered; "" for the step itself.
	Of string `json:"of,omitempty"`
	// Answer is yes or no, of step 3 alone.
	Answer string `json:"answer,omitempty"`
	Text   string `json:"text"`
	By     string `json:"by,omitempty"`
	Date   string `json:"date,omitempty"`
	// OfDutch is Of in Dutch.
	OfDutch string `json:"-"`
}

// Dutch holds the texts of a step in Dutch.
type Dutch struct{ Title, Article, Question, Can, Why string }
