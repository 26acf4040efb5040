package words

import "slices"

// What tables tell together with those that have left: see docs/ledger.md.
const (
	DifferencingInside   ID = "differencing-inside"
	DifferencingMixed    ID = "differencing-mixed"
	DifferencingChanged  ID = "differencing-changed"
	DifferencingCombined ID = "differencing-combined"
	DifferencingMore     ID = "differencing-more"
	LedgerCompared       ID = "ledger-compared"
	LedgerNoSource       ID = "ledger-no-source"
	LedgerNotDerived     ID = "ledger-not-derived"
	LedgerForm           ID = "ledger-respondent-form"
	LedgerNoRespondent   ID = "ledger-no-respondent"
	LedgerFewShared      ID = "ledger-few-shared"
	LedgerKind           ID = "ledger-kind"
	LedgerKindNow        ID = "ledger-kind-now"
	LedgerHidden         ID = "ledger-hidden"
	LedgerHiddenNow      ID = "ledger-hidden-now"
	LedgerLimit          ID = "ledger-limit"
	LedgerOtherName      ID = "ledger-other-name"

	TogetherInside       ID = "together-inside"
	TogetherMixed        ID = "together-mixed"
	TogetherCombined     ID = "together-combined"
	TogetherTooMany      ID = "together-too-many"
	TogetherNotDerived   ID = "together-not-derived"
	TogetherDecided      ID = "secondary-disclosure-in-part"
	DifferentRowsDecided ID = "different-populations-in-part"
)

// between are the arguments of what a cell and an earlier cell tell together.
var between = slices.Concat(name("output"), text("cell"), number("release"), name("earlier"), text("other"), number("n", "min"), text("response"))

// within are the arguments of what cells of two outputs of one spec tell together.
var within = slices.Concat(name("output"), text("cell"), name("second"), text("other"), number("n", "min"), text("response"))

var ledgerParameters = map[ID][]Parameter{
	DifferencingInside:   between,
	DifferencingMixed:    between,
	DifferencingChanged:  between,
	DifferencingCombined: between,
	DifferencingMore:     slices.Concat(number("n"), text("response")),
	LedgerCompared:       number("n", "of"),
	LedgerNoSource:       number("release"),
	LedgerNotDerived:     number("release"),
	LedgerForm:           number("release"),
	LedgerNoRespondent:   number("release"),
	LedgerFewShared:      number("release"),
	LedgerKind:           slices.Concat(number("release"), name("output")),
	LedgerKindNow:        name("output"),
	LedgerHidden:         slices.Concat(number("release"), name("output")),
	LedgerHiddenNow:      name("output"),
	LedgerLimit:          slices.Concat(number("atoms", "cells"), text("response")),
	LedgerOtherName:      slices.Concat(number("release"), text("population", "unit")),
	TogetherInside:       within,
	TogetherMixed:        within,
	TogetherCombined:     within,
	TogetherTooMany:      number("most"),
	TogetherNotDerived:   name("output"),
	TogetherDecided:      nil,
	DifferentRowsDecided: slices.Concat(name("first", "second"), number("n", "m", "min")),
}

var englishLedger = map[ID]string{
	DifferencingInside:   "cell {cell} of output {output} and cell {other} of output {earlier} in release {release} differ by {n:respondent|respondents}, and one cell lies inside the other: the difference of the two numbers[ (sums of {response})] is about {n?this respondent|these respondents} alone; at least {min} are required",
	DifferencingMixed:    "cell {cell} of output {output} and cell {other} of output {earlier} in release {release} differ by {n:respondent|respondents}, some of them in the one cell and some in the other: the difference of the two numbers[ (sums of {response})] is about {n?this respondent|these respondents} alone, with mixed signs; at least {min} are required",
	DifferencingChanged:  "[cell {cell} of output {output} and ][cell {other} of output {earlier} in release {release} ]tell, but for values that have changed between the files, a number[ (sum of {response})] about {n:respondent|respondents} alone; at least {min} are required",
	DifferencingCombined: "with what was released a reader can compute a number[ (sum of {response})] about {n:respondent|respondents} alone[, inside cell {cell} of output {output}][ and inside cell {other} of output {earlier} in release {release}]; at least {min} are required",
	DifferencingMore:     "{n} further findings about numbers[ (sums of {response})] of few respondents are not shown",
	LedgerCompared:       "compared with {n} of {of} earlier releases of this population and unit: what two cells differ by, and all sums over fewer respondents than the minimum; not decided: dominance in such sums, bounds that suppressed or rounded cells leave, and columns with the same contents under other names",
	LedgerNoSource:       "release {release} was not compared: its files are not at hand; name them with --source NAME=FILE",
	LedgerNotDerived:     "release {release} was not compared: its files do not give the numbers that were published",
	LedgerForm:           "release {release} was not compared: respondents are compared in a form, data.respondent-form, which is not decided",
	LedgerNoRespondent:   "release {release} was not compared: it is of other files, and no column names the respondents in one of the two",
	LedgerFewShared:      "release {release} has few respondents in common with these data: if their identifiers were replaced under another key, nothing was compared",
	LedgerKind:           "output {output} of release {release} publishes what is not compared: only counts of respondents and sums without weights are",
	LedgerKindNow:        "output {output} publishes what is not compared with earlier releases: only counts of respondents and sums without weights are",
	LedgerHidden:         "output {output} of release {release} has suppressed or rounded cells: what these data tell of the cells is not decided",
	LedgerHiddenNow:      "output {output} has suppressed or rounded cells: what earlier releases tell of the cells is not decided",
	LedgerLimit:          "the {atoms} classes of respondents that {cells} cells[ (sums of {response})] tell apart are too many: sums over several cells were not decided, or not all of them",
	LedgerOtherName:      "release {release} was made from one of these files under another population or unit, {population} and {unit}, and was not compared; give both specs the same names",
	TogetherInside:       "cell {cell} of output {output} and cell {other} of output {second} differ by {n:respondent|respondents}, and one cell lies inside the other: the difference of the two numbers[ (sums of {response})] is about {n?this respondent|these respondents} alone; at least {min} are required",
	TogetherMixed:        "cell {cell} of output {output} and cell {other} of output {second} differ by {n:respondent|respondents}, some of them in the one cell and some in the other: the difference of the two numbers[ (sums of {response})] is about {n?this respondent|these respondents} alone, with mixed signs; at least {min} are required",
	TogetherCombined:     "from the cells of all outputs together a reader can compute a number[ (sum of {response})] about {n:respondent|respondents} alone[, inside cell {cell} of output {output}][ and inside cell {other} of output {second}]; at least {min} are required",
	TogetherTooMany:      "what the tables tell together was not decided: their spanning variables have more than {most} combinations of codes in the data; leave a table or a variable out, or use fewer codes",
	TogetherNotDerived:   "what the tables tell together was not decided: the cells of output {output} could not be derived once more from the rows",
	TogetherDecided:      "secondary disclosure, in part: numbers about few respondents that follow from the tables of this spec by additions and subtractions were looked for; not looked at are dominance and groups in sums of cells, bounds, what different responses tell of each other, and earlier releases",
	DifferentRowsDecided: "outputs {first} and {second} leave out different rows for missing values ({n} and {m}): what follows about fewer than {min} respondents was looked for, and whether one respondent dominates the difference of the two outputs, or whether the difference discloses a group, was not checked; make null a category (missing: category), or leave the same rows out before the check",
}

var dutchLedger = map[ID]string{
	DifferencingInside:   "cel {cell} van uitkomst {output} en cel {other} van uitkomst {earlier} in release {release} verschillen {n:respondent|respondenten}, en de ene cel ligt binnen de andere: het verschil van de twee getallen[ (sommen van {response})] gaat alleen over {n?deze respondent|deze respondenten}; minstens {min} zijn vereist",
	DifferencingMixed:    "cel {cell} van uitkomst {output} en cel {other} van uitkomst {earlier} in release {release} verschillen {n:respondent|respondenten}, van wie sommige in de ene en sommige in de andere cel: het verschil van de twee getallen[ (sommen van {response})] gaat alleen over {n?deze respondent|deze respondenten}, met wisselende tekens; minstens {min} zijn vereist",
	DifferencingChanged:  "[cel {cell} van uitkomst {output} en ][cel {other} van uitkomst {earlier} in release {release} ]geven, op waarden na die tussen de bestanden zijn veranderd, een getal[ (som van {response})] over {n:respondent|respondenten} alleen; minstens {min} zijn vereist",
	DifferencingCombined: "met wat al is vrijgegeven kan een lezer een getal[ (som van {response})] over {n:respondent|respondenten} alleen berekenen[, binnen cel {cell} van uitkomst {output}][ en binnen cel {other} van uitkomst {earlier} in release {release}]; minstens {min} zijn vereist",
	DifferencingMore:     "nog {n} bevindingen over getallen[ (sommen van {response})] van weinig respondenten worden niet getoond",
	LedgerCompared:       "vergeleken met {n} van de {of} eerdere releases over deze populatie en eenheid: waarin twee cellen verschillen, en alle sommen over minder respondenten dan het minimum; niet beslist: dominantie in zulke sommen, grenzen die onderdrukte of afgeronde cellen laten, en kolommen met dezelfde inhoud onder een andere naam",
	LedgerNoSource:       "release {release} is niet vergeleken: de bestanden zijn er niet; noem ze met --source NAAM=BESTAND",
	LedgerNotDerived:     "release {release} is niet vergeleken: de bestanden geven niet de getallen die zijn gepubliceerd",
	LedgerForm:           "release {release} is niet vergeleken: respondenten worden in een vorm vergeleken, data.respondent-form, en dat wordt niet beslist",
	LedgerNoRespondent:   "release {release} is niet vergeleken: de bestanden zijn andere, en in een van de twee noemt geen kolom de respondenten",
	LedgerFewShared:      "release {release} heeft weinig respondenten met deze data gemeen: zijn de identificatoren met een andere sleutel vervangen, dan is niets vergeleken",
	LedgerKind:           "uitkomst {output} van release {release} publiceert wat niet wordt vergeleken: alleen aantallen respondenten en sommen zonder gewichten worden vergeleken",
	LedgerKindNow:        "uitkomst {output} publiceert wat niet met eerdere releases wordt vergeleken: alleen aantallen respondenten en sommen zonder gewichten worden vergeleken",
	LedgerHidden:         "uitkomst {output} van release {release} heeft onderdrukte of afgeronde cellen: wat deze data over die cellen vertellen, is niet beslist",
	LedgerHiddenNow:      "uitkomst {output} heeft onderdrukte of afgeronde cellen: wat eerdere releases over die cellen vertellen, is niet beslist",
	LedgerLimit:          "de {atoms} klassen van respondenten die {cells} cellen[ (sommen van {response})] onderscheiden, zijn te veel: sommen over meer cellen zijn niet of niet alle beslist",
	LedgerOtherName:      "release {release} is gemaakt van een van deze bestanden, onder een andere populatie of eenheid, {population} en {unit}, en is niet vergeleken; geef beide specs dezelfde namen",
	TogetherInside:       "cel {cell} van uitkomst {output} en cel {other} van uitkomst {second} verschillen {n:respondent|respondenten}, en de ene cel ligt binnen de andere: het verschil van de twee getallen[ (sommen van {response})] gaat alleen over {n?deze respondent|deze respondenten}; minstens {min} zijn vereist",
	TogetherMixed:        "cel {cell} van uitkomst {output} en cel {other} van uitkomst {second} verschillen {n:respondent|respondenten}, van wie sommige in de ene en sommige in de andere cel: het verschil van de twee getallen[ (sommen van {response})] gaat alleen over {n?deze respondent|deze respondenten}, met wisselende tekens; minstens {min} zijn vereist",
	TogetherCombined:     "uit de cellen van alle uitkomsten samen kan een lezer een getal[ (som van {response})] over {n:respondent|respondenten} alleen berekenen[, binnen cel {cell} van uitkomst {output}][ en binnen cel {other} van uitkomst {second}]; minstens {min} zijn vereist",
	TogetherTooMany:      "wat de tabellen samen vertellen, is niet beslist: hun opspannende variabelen hebben meer dan {most} combinaties van codes in de data; laat een tabel of een variabele weg, of gebruik minder codes",
	TogetherNotDerived:   "wat de tabellen samen vertellen, is niet beslist: de cellen van uitkomst {output} konden niet nog eens uit de rijen worden afgeleid",
	TogetherDecided:      "secundaire onthulling, deels: er is gezocht naar getallen over weinig respondenten die met optellen en aftrekken uit de tabellen van deze spec volgen; niet bekeken zijn dominantie en groepen in sommen van cellen, grenzen, wat verschillende responsvariabelen over elkaar vertellen, en eerdere publicaties",
	DifferentRowsDecided: "uitkomsten {first} en {second} laten verschillende rijen weg vanwege ontbrekende waarden ({n} en {m}): naar wat over minder dan {min} respondenten volgt, is gezocht; of één respondent het verschil van de twee uitkomsten domineert, of dat verschil een groep onthult, is niet bekeken; maak van ontbrekend een categorie (missing: category), of laat vóór de controle dezelfde rijen weg",
}
