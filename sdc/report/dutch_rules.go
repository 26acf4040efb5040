package report

import "github.com/sluis-go/sluis/sdc"

// dutchRules describes each rule in a few Dutch words. The name of a rule is the name in
// policy files, in every language.
var dutchRules = map[string]string{
	"min-contributors":       "minimum aantal bijdragers",
	"min-holdings":           "minimum aantal ondernemingengroepen",
	"nk":                     "dominantie van de n grootste bijdragen",
	"p-percent":              "p%-regel: hoe scherp de grootste bijdrage te schatten is",
	"pq":                     "(p,q)-regel: schatting met voorkennis",
	"all-equal":              "gelijke waarden van bijdragers",
	"group-disclosure":       "groepsonthulling",
	"group-remainder":        "groepsonthulling in kleine groepen",
	"zero-cells":             "lege cellen van een groep",
	"closeness":              "waarden die dicht bij elkaar liggen",
	"k-anonymity":            "minimale omvang van een klasse",
	"identifiers":            "identificerende gegevens",
	"endpoints":              "kleinste en grootste waarden",
	"quantile-tail":          "percentielen van weinig bijdragers",
	"min-degrees-of-freedom": "minimum aantal vrijheidsgraden",
	"request":                "verzoek om bescherming",
	"a-priori":               "handmatig oordeel",
	"model":                  "model niet herbouwd",
	"dossier":                "dossier",
}

// gloss describes a rule; "" in English, where the name is enough.
func (d language) gloss(rule string) string {
	if d.lang == "nl" {
		return dutchRules[rule]
	}
	return ""
}

// threshold prints a limit with all its decimals.
func (d language) threshold(x float64) string { return d.exactly(x) }

// observed prints the observed value, with enough decimals to distinguish it from the
// limit.
func (d language) observed(f *sdc.Finding) string {
	if s := d.float(f.Observed); f.Observed == f.Limit || s != d.threshold(f.Limit) {
		return s
	}
	return d.exactly(f.Observed)
}
