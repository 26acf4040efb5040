package report

import "regexp"

// dutchSentences are sentences with something filled in.
var dutchSentences = []struct {
	english *regexp.Regexp
	dutch   string
}{
	{regexp.MustCompile(`^rules that the policy has switched off: (.*)$`), "regels die het beleid heeft uitgezet: $1"},
	{regexp.MustCompile(`^zero-cells: no sensitive variable is declared$`), "zero-cells: er is geen gevoelige variabele opgegeven"},
	{regexp.MustCompile(`^group-disclosure: no sensitive variable is declared.*$`), "group-disclosure: er is geen gevoelige variabele opgegeven, dus is niet gezocht naar wat de leden van een klasse delen"},
	{regexp.MustCompile(`^request: .*$`), "request: de gegevens noemen geen kolom van respondenten die om bescherming vroegen"},
	{regexp.MustCompile(`^respondents: .*$`), "respondents: er is geen kolom van respondenten genoemd, dus geldt iedere rij als een eigen respondent"},
	{regexp.MustCompile(`^holdings: .*$`), "holdings: er is geen kolom van houders genoemd, dus is dominantie per respondent beoordeeld"},
	{regexp.MustCompile(`^secondary disclosure: .*$`), "secundaire onthulling: wat volgt uit de gepubliceerde cellen samen, uit gekoppelde tabellen en uit eerdere publicaties"},
	{regexp.MustCompile(`^what tables tell together that leave out .*$`), "wat tabellen samen vertellen die rijen met ontbrekende waarden weglaten; zij delen geen cel precies en zijn ieder apart beveiligd"},
	{regexp.MustCompile(`^model: .*$`), "model: alleen de vrijheidsgraden zijn bekeken, niet de coëfficiënten of residuen"},
	{regexp.MustCompile(`^the threshold with the \(1,k\) rule alone ignores .*$`), "de drempel met alleen de (1,k)-regel ziet niet wat de op een na grootste bijdrager over de grootste kan uitrekenen; de p%-regel staat uit"},
	// Limits and notes of a risk.
	{regexp.MustCompile(`^k-anonymity in records: f_k < k is unsafe$`), "k-anonimiteit in records: f_k < k is onveilig"},
	{regexp.MustCompile(`^k-anonymity in respondents: .*$`), "k-anonimiteit in respondenten: minder dan k in een klasse is onveilig"},
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
	{regexp.MustCompile(`^DIS-SUDA: .*$`), "DIS-SUDA: de scores bestaan niet voor zo veel sleutels"},
	{regexp.MustCompile(`^estimator has no solution: .*$`), "de schatter heeft voor deze gegevens geen oplossing"},
	{regexp.MustCompile(`^request is not well defined: .*$`), "de schatter kan voor deze gegevens niet worden gevraagd"},
}
