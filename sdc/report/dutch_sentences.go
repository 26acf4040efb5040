package report

import "regexp"

// dutchSentence is a sentence with something filled in.
type dutchSentence struct {
	english *regexp.Regexp
	dutch   string
}

// dutchSentences are the Dutch sentences of the limits and notes of a risk.
var dutchSentences = []dutchSentence{
	// Limits and notes of a risk.
	{regexp.MustCompile(`^k-anonymity in records: f_k < k is unsafe$`), "k-anonimiteit in records: f_k < k is onveilig"},
	{regexp.MustCompile(`^k-anonymity in respondents: .*$`), "k-anonimiteit in respondenten: f_k < k is onveilig"},
	{regexp.MustCompile(`^k-anonymity without what nulls may stand for: .*$`), "k-anonimiteit zonder wat lege waarden kunnen zijn: minder dan k gelijk op alle sleutels, leeg gelijk aan leeg, vraagt beoordeling"},
	{regexp.MustCompile(`^k-map: .*$`), "k-map: minder dan k van de populatie in een klasse is onveilig"},
	{regexp.MustCompile(`^every combination of at most (\d+) keys: .*$`), "iedere combinatie van hoogstens $1 sleutels: minder dan de grens is onveilig"},
	{regexp.MustCompile(`^l-diversity: .*$`), "l-diversiteit: minder dan l verschillende waarden in een klasse is onveilig"},
	{regexp.MustCompile(`^recursive \(c,l\)-diversity: .*$`), "recursieve (c,l)-diversiteit: c of hoger is onveilig"},
	{regexp.MustCompile(`^alpha: .*$`), "alfa: een groter deel van één waarde in een klasse is onveilig"},
	{regexp.MustCompile(`^t-closeness: .*$`), "t-closeness: een grotere afstand is onveilig"},
	{regexp.MustCompile(`^beta-likeness: .*$`), "beta-likeness: een grotere winst is onveilig"},
	{regexp.MustCompile(`^delta-disclosure: .*$`), "delta-disclosure: delta of hoger is onveilig"},
	{regexp.MustCompile(`^(l = \d+|pitman|snb|zayatz)$`), "$1"},
	{regexp.MustCompile(`^equal distance$`), "gelijke afstand"},
	{regexp.MustCompile(`^ordered distance$`), "geordende afstand"},
	{regexp.MustCompile(`^range distance$`), "afstand naar bereik"},
	{regexp.MustCompile(`^hierarchical distance$`), "hiërarchische afstand"},
	{regexp.MustCompile(`^infeasible: no beta gives it, .*$`), "onhaalbaar: geen beta geeft het, een winst is groter dan -ln q"},
	{regexp.MustCompile(`^minimal sample uniques \(--suda=false\)$`), "minimale steekproefunieken (--suda=false)"},
	{regexp.MustCompile(`^records left out for nulls in keys: (\d+)$`), "records die zijn weggelaten om lege waarden in sleutels: $1"},
	{regexp.MustCompile(`^records in classes without a value of (.*): (\d+)$`), "records in klassen zonder waarde van $1: $2"},
	{regexp.MustCompile(`^DIS-SUDA: .*$`), "DIS-SUDA: de scores bestaan niet voor zo veel sleutels"},
	{regexp.MustCompile(`^(minimal sample uniques|uniques of the population): (?:request is not well defined: )?(\d+) respondents have records in several classes.*$`), "minimale steekproefunieken en unieken van de populatie: $2 respondenten hebben records in meer klassen; daarvoor bestaan deze maatstaven niet"},
	{regexp.MustCompile(`^(\w+) of (.*): request is not well defined: (\d+) respondents have several values .*$`), "$1 van $2: $3 respondenten hebben meer waarden; daarvoor bestaat deze maatstaf niet"},
	{regexp.MustCompile(`^(\w+) of (.*): request is not well defined: (\d+) respondents have records in several classes.*$`), "$1 van $2: $3 respondenten hebben records in meer klassen; daarvoor bestaat deze maatstaf niet als lege waarden passen"},
	{regexp.MustCompile(`^population frequencies: column (".*"), row (\d+): .*$`), "populatiefrequenties: het gewicht in kolom $1, rij $2, past niet bij de steekproef of bij een ander record van dezelfde respondent"},
	{regexp.MustCompile(`^individual risk: column (".*"), row (\d+): .*$`), "individueel risico: het gewicht in kolom $1, rij $2, past niet bij de steekproef of bij een ander record van dezelfde respondent"},
	{regexp.MustCompile(`^estimated journalist risk: column (".*"), row (\d+): .*$`), "geschat journalistrisico: het gewicht in kolom $1, rij $2, past niet bij de steekproef of bij een ander record van dezelfde respondent"},
	{regexp.MustCompile(`^column (".*"), row (\d+): weight cannot be used: .*$`), "het gewicht in kolom $1, rij $2, kan niet worden gebruikt"},
	{regexp.MustCompile(`^estimator has no solution: .*$`), "de schatter heeft voor deze gegevens geen oplossing"},
	{regexp.MustCompile(`^request is not well defined: .*$`), "de schatter kan voor deze gegevens niet worden gevraagd"},
}
