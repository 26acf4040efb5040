package dossier

import (
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/sluis-go/sluis/sdc"
)

// Question is a step as a person is asked it.
type Question struct {
	Step             int
	Key, Title, Text string
}

// Questions lists the questions that a person answers under answers, in the order of the
// framework, in "en" or "nl". Steps 8, 12 and 21 are answered in other places of the
// file.
func Questions(lang string) []Question {
	var out []Question
	for _, s := range steps {
		if s.key == "provision" || s.key == "police" || s.key == "evaluation" {
			continue
		}
		out = append(out, Question{s.number, s.key, s.title.in(lang), s.ask.in(lang)})
	}
	return out
}

// Template writes a dossier with the answers that are given, and every question as a
// comment, in "en" or "nl".
func Template(w io.Writer, lang string, d *Dossier) error {
	if w == nil {
		return fmt.Errorf("%w: the writer is nil", sdc.ErrRequest)
	}
	if d == nil {
		d = &Dossier{}
	}
	t := &templater{lang: lang}
	t.line("# %s", t.say("The account of a project: see docs/dossier.md. An answer wants a text and a name.", "Het dossier van een project: zie docs/dossier.md. Een antwoord vraagt een tekst en een naam."))
	t.line("version: 2")
	t.line("project: %s", scalar(d.Project))
	t.line("product: %s", scalar(d.Product))
	t.note("step 2: trend-report, pattern-report or group-profile", "stap 2: trend-report (trendrapport), pattern-report (patroonrapport) of group-profile (groepsprofiel)")
	name := d.Policy.Name
	if name == "" {
		name = "cbs"
	}
	t.line("policy: {name: %s, sha256: %s}", scalar(name), scalar(d.Policy.SHA256))
	t.note("step 11: the policy of the check; sha256 of its file, empty for a shipped one", "stap 11: het beleid van de controle; sha256 van het bestand, leeg voor een meegeleverd beleid")
	t.line("period: %s", scalar(d.Period))
	t.note("step 1: the column of the period, such as the year", "stap 1: de kolom van de periode, zoals het jaar")
	t.line("columns: %s", flow(d.Columns))
	t.note("step 4: the columns that may be read", "stap 4: de kolommen die gelezen mogen worden")
	t.line("special: %s", flow(d.Special))
	t.note("step 7: columns of special categories", "stap 7: kolommen met bijzondere gegevens")
	t.sources(d)
	t.list("pseudonyms", len(d.Pseudonyms), func(i int) string {
		c := d.Pseudonyms[i]
		return fmt.Sprintf("{column: %s, key: %s, domain: %s}", scalar(c.Column), scalar(c.Key), scalar(c.Domain))
	})
	t.note("step 6: columns with records, {column: id, key: 1fd5134d52e71890, domain: zicht/person}", "stap 6: kolommen met verslagen, {column: id, key: 1fd5134d52e71890, domain: zicht/person}")
	t.line("plan: %s", scalar(d.Plan))
	t.note("step 6: or the plan of sluis pseudonymise --plan, with its key", "stap 6: of het plan van sluis pseudonymise --plan, met de sleutel")
	for _, x := range []struct {
		key, en, nl string
		list        []string
	}{
		{"records", "step 6: what sluis pseudonymise wrote", "stap 6: wat sluis pseudonymise schreef", d.Records},
		{"destruction", "step 19: what sluis key destroy wrote", "stap 19: wat sluis key destroy schreef", d.Destruction},
		{"written", "step 19: files of supplied data that must be gone", "stap 19: bestanden met geleverde gegevens die weg moeten zijn", d.Written},
	} {
		t.line("%s: %s", x.key, flow(x.list))
		t.note(x.en, x.nl)
	}
	t.line("profile: %s", scalar(d.Profile))
	t.note("step 14: what sluis profile --json wrote", "stap 14: wat sluis profile --json schreef")
	t.line("earlier: %s", scalar(d.Earlier))
	t.note("step 14: the profile of last time", "stap 14: het profiel van de vorige keer")
	t.line("release: %s", scalar(d.Release))
	t.note("step 20: the folder of the release", "stap 20: de map van de publicatie")
	t.line("custodian: %s", scalar(d.Custodian))
	t.note("steps 6 and 19: the public key that signed the records", "stappen 6 en 19: de publieke sleutel die de verslagen ondertekende")
	t.line("answers:")
	for _, s := range steps {
		t.line("  # %s %d. %s (%s)", t.say("Step", "Stap"), s.number, s.title.in(lang), s.law)
		t.line("  #   %s", s.ask.in(lang))
		switch s.key {
		case "provision", "police", "evaluation":
			continue
		case "anonymous":
			e := d.Answers[s.key]
			t.line("  %s: {answer: %s, text: %s, by: %s, date: %s}", s.key, scalar(e.Answer), scalar(e.Text), scalar(e.By), scalar(e.Date))
		default:
			t.line("  %s: %s", s.key, entry(d.Answers[s.key]))
		}
	}
	t.line("evaluation:")
	for _, q := range evaluation {
		t.line("  # %s", q.ask.in(lang))
		t.line("  %s: %s", q.key, entry(d.Evaluation[q.key]))
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

type templater struct {
	b    strings.Builder
	lang string
}

func (t *templater) say(en, nl string) string { return text{en, nl}.in(t.lang) }

func (t *templater) line(format string, args ...any) { fmt.Fprintf(&t.b, format+"\n", args...) }

// note explains the line before it.
func (t *templater) note(en, nl string) {
	text := strings.TrimSuffix(t.b.String(), "\n")
	t.b.Reset()
	t.b.WriteString(text + "   # " + t.say(en, nl) + "\n")
}

func (t *templater) list(key string, n int, of func(int) string) {
	if n == 0 {
		t.line("%s: []", key)
		return
	}
	items := make([]string, n)
	for i := range items {
		items[i] = of(i)
	}
	t.line("%s: [%s]", key, strings.Join(items, ", "))
}

func (t *templater) sources(d *Dossier) {
	t.line("# %s", t.say("Steps 5, 6, 8, 12, 14: one entry a file. origin: cbs or supplied; law: police, judicial, prosecution, tax or none;",
		"Stappen 5, 6, 8, 12, 14: een regel per bestand. origin: cbs of supplied (geleverd); law: police (politie), judicial (justitieel), prosecution (strafvorderlijk), tax (belasting) of none;"))
	t.line("# %s", t.say("a supplied file wants responsible: {text, by} (step 8), one of police, judicial or prosecution data permission: {text, by} (step 12).",
		"een geleverd bestand vraagt responsible: {text, by} (stap 8), een met politie-, justitiële of strafvorderlijke gegevens permission: {text, by} (stap 12)."))
	if len(d.Sources) == 0 {
		t.line("sources: []")
		t.note("- {file: persons.parquet, sha256: ..., origin: cbs, provider: CBS, law: none}", "- {file: persons.parquet, sha256: ..., origin: cbs, provider: CBS, law: none}")
		return
	}
	t.line("sources:")
	for _, s := range d.Sources {
		t.line("  - file: %s", scalar(s.File))
		t.line("    sha256: %s", scalar(s.SHA256))
		t.line("    origin: %s", scalar(s.Origin))
		t.line("    provider: %s", scalar(s.Provider))
		t.line("    law: %s", scalar(s.Law))
		t.line("    responsible: %s", entry(s.Responsible))
		t.line("    permission: %s", entry(s.Permission))
	}
}

func entry(e Entry) string {
	return fmt.Sprintf("{text: %s, by: %s, date: %s}", scalar(e.Text), scalar(e.By), scalar(e.Date))
}

// scalar is a text in YAML, always within quotes.
func scalar(s string) string {
	if text, err := yaml.MarshalWithOptions(s, yaml.JSON()); err == nil {
		return strings.TrimSpace(string(text))
	}
	return `""`
}

func flow(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = scalar(s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}
