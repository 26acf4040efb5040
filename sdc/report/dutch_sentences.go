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
	{regexp.MustCompile(`^holdings: .*$`), "holdings: er is geen kolom met ondernemingengroepen genoemd, dus is dominantie per respondent beoordeeld"},
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
	{regexp.MustCompile(`^records left out for nulls in keys: (\d+)$`), "records die zijn weggelaten om lege waarden in sleutels: $1"},
	{regexp.MustCompile(`^records in classes without a value of (.*): (\d+)$`), "records in klassen zonder waarde van $1: $2"},
	{regexp.MustCompile(`^DIS-SUDA: .*$`), "DIS-SUDA: de scores bestaan niet voor zo veel sleutels"},
	{regexp.MustCompile(`^estimator has no solution: .*$`), "de schatter heeft voor deze gegevens geen oplossing"},
	{regexp.MustCompile(`^request is not well defined: .*$`), "de schatter kan voor deze gegevens niet worden gevraagd"},
	// Findings that are not told from their numbers.
	{regexp.MustCompile(`^who knows contributions to within (.*) % can estimate the largest to within less than (.*) %$`), "wie bijdragen tot op $1 % kent, kan de grootste schatten tot op minder dan $2 %"},
	{regexp.MustCompile(`^a contributor who asked for protection holds (.*) % of the total, more than (.*) %$`), "een bijdrager die om bescherming vroeg, heeft $1 % van het totaal, meer dan $2 %"},
	{regexp.MustCompile(`^variable (".*") is named like an identifier$`), "variabele $1 heet als een identificerend nummer"},
	{regexp.MustCompile(`^variable (".*") identifies the respondent$`), "variabele $1 identificeert de respondent"},
	{regexp.MustCompile(`^variable (".*") identifies the holding$`), "variabele $1 identificeert de holding"},
	{regexp.MustCompile(`^(\d+) of (\d+) rows? hold a value of (".*") that no other row has, more than (.*) %$`), "$1 van $2 rijen hebben een waarde van $3 die geen andere rij heeft, meer dan $4 %"},
	{regexp.MustCompile(`^the min of a cell is a value of one record$`), "het minimum van een cel is een waarde van één record"},
	{regexp.MustCompile(`^the max of a cell is a value of one record$`), "het maximum van een cel is een waarde van één record"},
	{regexp.MustCompile(`^the range of a cell is a value of one record$`), "het bereik van een cel is een waarde van één record"},
	{regexp.MustCompile(`^entry (\d+) sets cells unsafe by hand, and names a code that occurs nowhere$`), "regel $1 stelt cellen met de hand onveilig, en noemt een code die nergens voorkomt"},
	{regexp.MustCompile(`^set unsafe by hand: (.*)$`), "met de hand onveilig gesteld: $1"},
	{regexp.MustCompile(`^the policy requires a dossier, and there is none$`), "het beleid vereist een dossier, en dat is er niet"},
	{regexp.MustCompile(`^the dossier is incomplete: (.*)$`), "het dossier is onvolledig: $1"},
	{regexp.MustCompile(`^what was read contradicts the dossier: (.*)$`), "wat gelezen is weerspreekt het dossier: $1"},
}

// dutchSteps are the steps of a dossier, by their keys.
var dutchSteps = map[string]string{
	"question":     "de vraag, en waarom er gegevens voor nodig zijn",
	"purpose":      "het doel en het soort product",
	"aggregation":  "of geaggregeerde of geanonimiseerde gegevens volstaan",
	"categories":   "categorieën van gegevens en van personen, waaronder bijzondere",
	"minimisation": "de kolommen en rijen die gelezen worden, en geen andere",
	"pseudonyms":   "gepseudonimiseerd: sleutelnummer en domein",
	"sources":      "de bronnen en wie ze levert",
	"controller":   "de verwerkingsverantwoordelijke en de verwerkers",
	"legal-basis":  "de grondslag",
	"permissions":  "toestemmingen en meldingen",
	"output-check": "de controle van uitvoer en haar beleid",
	"methods":      "de methoden en hun validatie",
	"error":        "de fout die toelaatbaar is",
	"integrity":    "de geanalyseerde bestanden zijn de geleverde",
	"access":       "wie toegang heeft",
	"informing":    "hoe personen worden geïnformeerd",
	"custody":      "wie de sleutel bewaart",
	"retention":    "wanneer de gegevens worden vernietigd",
	"destruction":  "het verslag van de vernietiging van de sleutel, of wanneer die moet gebeuren",
	"release":      "wat wordt vrijgegeven, nagegaan op groepsonthulling",
	"evaluation":   "de evaluatie, en hoe het resultaat opnieuw gemaakt wordt",
}
