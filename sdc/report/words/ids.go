package words

import "slices"

// Sentence is the ID of a sentence that no catalogue has: see [Said].
const Sentence ID = "sentence"

// What the rules find.
const (
	FewContributors       ID = "few-contributors"
	FewNonZero            ID = "few-non-zero"
	FewOfTwo              ID = "few-of-two-values"
	FewSensitiveOfTwo     ID = "few-sensitive-of-two-values"
	FewOfCodes            ID = "few-of-codes"
	FewSensitiveCodes     ID = "few-sensitive-of-codes"
	FewHoldings           ID = "few-holdings"
	FewHoldingsNonZero    ID = "few-holdings-non-zero"
	SmallClass            ID = "small-class"
	SmallMatchedClass     ID = "small-matched-class"
	UncertainClass        ID = "uncertain-class"
	RowsLeftOut           ID = "rows-left-out"
	FewDegreesOfFreedom   ID = "few-degrees-of-freedom"
	LargestDominates      ID = "largest-dominates"
	TopDominates          ID = "top-dominates"
	AskedDominates        ID = "asked-dominates"
	LargestEstimable      ID = "largest-estimable"
	PosteriorEstimable    ID = "posterior-estimable"
	EqualObservations     ID = "equal-observations"
	EqualContributions    ID = "equal-contributions"
	EqualHoldings         ID = "equal-holdings"
	SharedValue           ID = "shared-value"
	SharedByHoldings      ID = "shared-by-holdings"
	SensitiveByHoldings   ID = "shared-sensitive-by-holdings"
	SharedSensitiveValue  ID = "shared-sensitive-value"
	GroupShares           ID = "group-shares"
	GroupSharesAbove      ID = "group-shares-above"
	AllButFew             ID = "all-but-few"
	AllButFewAbove        ID = "all-but-few-above"
	NobodyHas             ID = "nobody-has"
	CloseAmounts          ID = "close-amounts"
	CloseWithin           ID = "close-within"
	NamesRespondent       ID = "names-respondent"
	NamesHolding          ID = "names-holding"
	NamedLikeIdentifier   ID = "named-like-identifier"
	UniqueValues          ID = "unique-values"
	FormOfIdentifier      ID = "form-of-identifier"
	EndpointOfCell        ID = "endpoint-of-cell"
	EndpointOfFew         ID = "endpoint-of-few"
	EndpointOfFewHoldings ID = "endpoint-of-few-holdings"
	FewUpTo               ID = "few-up-to-quantile"
	FewFrom               ID = "few-from-quantile"
	FewBetween            ID = "few-between-quantiles"
	FewHoldingsUpTo       ID = "few-holdings-up-to-quantile"
	FewHoldingsFrom       ID = "few-holdings-from-quantile"
	FewHoldingsBetween    ID = "few-holdings-between-quantiles"
	ModelNotBuilt         ID = "model-not-built"
	SetUnsafe             ID = "set-unsafe"
	EntrySetsSafe         ID = "entry-sets-safe"
	EntrySetsSafeUnsigned ID = "entry-sets-safe-unsigned"
	EntryUnknownCode      ID = "entry-unknown-code"
	EntryWithoutCell      ID = "entry-without-cell"
	EntryOverruled        ID = "entry-overruled"
	EntryCovers           ID = "entry-covers"
	NoDossier             ID = "no-dossier"
	DossierIncomplete     ID = "dossier-incomplete"
	DossierContradicted   ID = "dossier-contradicted"
)

// Notes behind what the rules find.
const (
	NoteNegative  ID = "note-negative"
	NoteSetSafe   ID = "note-set-safe"
	NoteUnknown   ID = "note-unknown"
	NoteSpecClear ID = "note-spec-clear"
)

// What was not looked at.
const (
	RulesOff            ID = "rules-off"
	RulesIdle           ID = "rules-idle"
	PolicyIdle          ID = "policy-idle"
	ThresholdAlone      ID = "threshold-alone"
	NoSensitiveZeros    ID = "no-sensitive-zeros"
	NoSensitiveGroup    ID = "no-sensitive-group"
	TooManyPairs        ID = "too-many-pairs"
	NoRequests          ID = "no-requests"
	NoHoldings          ID = "no-holdings"
	DominanceByUnit     ID = "dominance-by-respondent"
	SecondaryDisclosure ID = "secondary-disclosure"
	ModelResults        ID = "model-results"
	NoCategory          ID = "no-category"
	NoAmounts           ID = "no-amounts"
)

// Remarks about the data.
const (
	NoRespondent         ID = "no-respondent"
	OneRowEach           ID = "one-row-each"
	IdentifierCleared    ID = "identifier-cleared"
	FixedBy              ID = "fixed-by"
	DifferentPopulations ID = "different-populations"
	OtherPopulations     ID = "other-populations"
	WhereAbsent          ID = "where-absent"
	WhereRequest         ID = "where-request"
	NotPseudonymised     ID = "not-pseudonymised"
	NotPseudonymisedOf   ID = "not-pseudonymised-of-sample"
	RespondentFormSet    ID = "respondent-form"
	UnitsLookAlike       ID = "units-look-alike"
	UnitsSameNumber      ID = "units-same-number"
	CodesLookAlike       ID = "codes-look-alike"
	CodesSameNumber      ID = "codes-same-number"
	CellsHide            ID = "cells-hide"
	CellsGiven           ID = "cells-given"
	CellsAlike           ID = "cells-alike"
	CellsShared          ID = "cells-shared"
)

// Remarks about how files and columns were read.
const (
	WholeNumbers  ID = "whole-numbers"
	Decimals      ID = "decimal-numbers"
	ExactDecimals ID = "exact-decimals"
	Grouped       ID = "grouped-numbers"
	CodesAsText   ID = "codes-as-text"
	NoChecksum    ID = "no-checksum"
	OpenStream    ID = "open-stream"
	CopiedFiles   ID = "copied-files"
)

// Remarks about records of pseudonyms.
const (
	RecordOfOther     ID = "record-of-other-file"
	RecordsDiffer     ID = "records-differ"
	RecordsDifferForm ID = "records-differ-in-form"
	NoRecords         ID = "no-records"
	RecordOfOne       ID = "record-of-one"
	RecordsIncomplete ID = "records-incomplete"
	RecordIncomplete  ID = "record-incomplete"
	RecordsUnsigned   ID = "records-unsigned"
)

// Remarks about records of local suppression.
const (
	LocalUntrusted ID = "local-record-untrusted"
	LocalNoTrust   ID = "local-record-no-trust"
	LocalUnsigned  ID = "local-record-unsigned"
	LocalPart      ID = "local-record-part"
)

// Remarks of a profile, which may leave: without a number.
const (
	SomeCodesLookAlike  ID = "some-codes-look-alike"
	SomeUnitsLookAlike  ID = "some-units-look-alike"
	SomeUnitsSameNumber ID = "some-units-same-number"
	SomeUnitsForReview  ID = "some-units-for-review"
)

// What suppression does not reckon with.
const (
	Fixes            ID = "fixes"
	FixesAlmost      ID = "fixes-almost"
	CodesNested      ID = "codes-nested"
	NearlyEqual      ID = "nearly-equal-sums"
	Proportional     ID = "proportional-sums"
	ResponseSpans    ID = "response-spans"
	ResponseCounts   ID = "response-counts"
	JoinedRecords    ID = "joined-records"
	QuantilesOfTwo   ID = "quantiles-of-two"
	EqualSums        ID = "equal-sums"
	SumOfTwo         ID = "sum-of-two"
	NowhereAboveZero ID = "nowhere-above-zero"
	PairsNotLookedAt ID = "pairs-not-looked-at"
	WeightedHidden   ID = "weighted-hidden"
	RoundedSmall     ID = "rounding-base"
	RoundedFew       ID = "rounded-small"
	RoundedShares    ID = "rounded-shares"
	Unlinked         ID = "unlinked-tables"
	LongerRelations  ID = "longer-relations"
	OtherReleases    ID = "other-releases"
	DeclaredCodes    ID = "declared-codes"
	AttackerOff      ID = "attacker-off"
	LongerSums       ID = "longer-sums"
	SumsAllEqual     ID = "sums-all-equal"
	Pooled           ID = "pooled-contributors"
	SmallerResponse  ID = "smaller-response"
	DifferentThings  ID = "different-things"
	NegativeTotals   ID = "negative-totals"
	Repeatable       ID = "repeatable-pattern"
	PatternChoice    ID = "pattern-choice"
	RecordsBeside    ID = "records-beside"
	SumOfHidden      ID = "sum-of-hidden"
	SumsOfFew        ID = "sums-of-few"
	SumsOfThree      ID = "sums-of-three"
	CodeOccurs       ID = "code-occurs"
	ChoicePins       ID = "choice-pins"
	GroupShareOpen   ID = "group-share"

	DeclaredCoincidence ID = "declared-coincidence"
	DeclaredRelation    ID = "declared-relation"
	DeclaredBounds      ID = "declared-bounds"
	RelationBroken      ID = "relation-broken"
	RelationOpen        ID = "relation-open"
	RelationHidden      ID = "relation-hidden"
	BoundsHidden        ID = "bounds-hidden"
	BoundsReckoned      ID = "bounds-reckoned"
)

// Differences between a policy and the shipped one, and the states that they name.
const (
	PolicyDiffers       ID = "policy-differs"
	PolicySets          ID = "policy-sets"
	StateOn             ID = "state-on"
	StateOff            ID = "state-off"
	StateRequired       ID = "state-required"
	StateNotRequired    ID = "state-not-required"
	StateAtLeastMinimum ID = "state-at-least-minimum"
)

// Words of sentences.
const (
	DifferOften     ID = "differ-how-often"
	DifferKey       ID = "differ-key"
	DifferDomain    ID = "differ-domain"
	DifferAlgorithm ID = "differ-algorithm"
	DifferLength    ID = "differ-length"
	DifferFormat    ID = "differ-format"
	DifferEncoding  ID = "differ-encoding"
	Minimum         ID = "min"
	Maximum         ID = "max"
	Range           ID = "range"
	ServiceNumbers  ID = "citizen-service-numbers"
	BankAccounts    ID = "bank-account-numbers"
	LicencePlates   ID = "licence-plates"
	MailAddresses   ID = "e-mail-addresses"
	PhoneNumbers    ID = "telephone-numbers"
)

// Parameters returns the parameters of a fact, in the order of its arguments; false for an
// ID that is not known.
func Parameters(id ID) ([]Parameter, bool) {
	list, ok := parameters[id]
	return list, ok
}

// entry is the number of an entry of an a-priori list, and its line in the file, which may
// be empty.
var entry = []Parameter{{Name: "entry", Kind: Number}, {Name: "line", Kind: Number}}

func number(names ...string) []Parameter { return params(Number, names...) }
func name(names ...string) []Parameter   { return params(Name, names...) }
func text(names ...string) []Parameter   { return params(Text, names...) }
func term(names ...string) []Parameter   { return params(Term, names...) }

func params(kind Kind, names ...string) []Parameter {
	out := make([]Parameter, len(names))
	for i, s := range names {
		out[i] = Parameter{Name: s, Kind: kind}
	}
	return out
}

// list is a parameter for all arguments that are left.
func list(kind Kind, name string) []Parameter {
	return []Parameter{{Name: name, Kind: kind, List: true}}
}

// checkParameters are those of the facts on checks and releases.
var checkParameters = map[ID][]Parameter{
	Sentence: text("sentence"),

	FewContributors:       number("n", "min"),
	FewNonZero:            number("of", "n", "min"),
	FewOfTwo:              number("of", "n", "min"),
	FewSensitiveOfTwo:     number("of", "n", "min"),
	FewOfCodes:            number("values", "of", "n", "min"),
	FewSensitiveCodes:     number("values", "of", "n", "min"),
	FewHoldings:           number("n", "min"),
	FewHoldingsNonZero:    number("of", "n", "min"),
	SmallClass:            number("n", "k"),
	SmallMatchedClass:     number("n", "k"),
	UncertainClass:        number("n", "certain", "k"),
	RowsLeftOut:           number("n"),
	FewDegreesOfFreedom:   number("n", "parameters", "left", "min"),
	LargestDominates:      number("share", "limit"),
	TopDominates:          number("n", "share", "limit"),
	AskedDominates:        number("share", "limit"),
	LargestEstimable:      number("share", "limit"),
	PosteriorEstimable:    number("q", "p"),
	EqualObservations:     number("n"),
	EqualContributions:    number("n"),
	EqualHoldings:         number("n"),
	SharedValue:           number("n", "of"),
	SharedByHoldings:      number("n", "of"),
	SensitiveByHoldings:   number("n", "of"),
	SharedSensitiveValue:  number("n", "of"),
	GroupShares:           slices.Concat(number("n", "of"), name("variable"), number("share", "limit")),
	GroupSharesAbove:      slices.Concat(number("n", "of"), name("variable"), number("level", "share", "limit")),
	AllButFew:             slices.Concat(number("rest", "of"), name("variable")),
	AllButFewAbove:        slices.Concat(number("rest", "of"), name("variable"), number("level")),
	NobodyHas:             slices.Concat(number("of"), name("variable")),
	CloseAmounts:          slices.Concat(number("n", "of"), name("variable"), number("percent")),
	CloseWithin:           slices.Concat(number("n", "of"), name("variable"), number("width")),
	NamesRespondent:       name("variable"),
	NamesHolding:          name("variable"),
	NamedLikeIdentifier:   name("variable"),
	UniqueValues:          slices.Concat(number("n", "rows"), name("variable"), number("limit")),
	FormOfIdentifier:      slices.Concat(name("variable"), term("form")),
	EndpointOfCell:        term("statistic"),
	EndpointOfFew:         slices.Concat(term("statistic"), number("n", "min")),
	EndpointOfFewHoldings: slices.Concat(term("statistic"), number("n", "min")),
	FewUpTo:               slices.Concat(number("n"), name("statistic"), number("min")),
	FewFrom:               slices.Concat(number("n"), name("statistic"), number("min")),
	FewBetween:            slices.Concat(number("n"), name("first", "second"), number("min")),
	FewHoldingsUpTo:       slices.Concat(number("n"), name("statistic"), number("min")),
	FewHoldingsFrom:       slices.Concat(number("n"), name("statistic"), number("min")),
	FewHoldingsBetween:    slices.Concat(number("n"), name("first", "second"), number("min")),
	ModelNotBuilt:         nil,
	SetUnsafe:             text("reason"),
	EntrySetsSafe:         slices.Concat(entry, number("cells"), text("reason", "by")),
	EntrySetsSafeUnsigned: slices.Concat(entry, number("cells"), text("reason")),
	EntryUnknownCode:      slices.Concat(entry, name("variable")),
	EntryWithoutCell:      entry,
	EntryOverruled:        slices.Concat(entry, number("cells", "over")),
	EntryCovers:           slices.Concat(entry, number("named", "variables", "cells")),
	NoDossier:             nil,
	DossierIncomplete:     list(Text, "steps"),
	DossierContradicted:   list(Text, "steps"),

	NoteNegative:  nil,
	NoteSetSafe:   text("reason"),
	NoteUnknown:   number("n"),
	NoteSpecClear: text("reason"),

	RulesOff:            list(Text, "rules"),
	RulesIdle:           list(Text, "rules"),
	PolicyIdle:          list(Text, "rules"),
	ThresholdAlone:      nil,
	NoSensitiveZeros:    nil,
	NoSensitiveGroup:    nil,
	TooManyPairs:        slices.Concat(name("output"), number("most")),
	NoRequests:          nil,
	NoHoldings:          nil,
	DominanceByUnit:     nil,
	SecondaryDisclosure: nil,
	ModelResults:        nil,
	NoCategory:          name("variable"),
	NoAmounts:           name("variable"),

	NoRespondent:         nil,
	OneRowEach:           name("column"),
	IdentifierCleared:    slices.Concat(name("column"), text("reason")),
	FixedBy:              slices.Concat(name("output"), number("n", "classes"), name("from", "to"), number("limit")),
	DifferentPopulations: slices.Concat(name("first", "second"), number("n", "m")),
	OtherPopulations:     slices.Concat(name("first", "second"), number("n", "m")),
	WhereAbsent:          slices.Concat(name("column"), number("n")),
	WhereRequest:         name("output"),
	NotPseudonymised:     slices.Concat(number("n", "of"), term("form")),
	NotPseudonymisedOf:   slices.Concat(number("n", "of"), term("form")),
	RespondentFormSet:    name("form"),
	UnitsLookAlike:       slices.Concat(number("n"), name("column")),
	UnitsSameNumber:      slices.Concat(number("n"), name("column")),
	CodesLookAlike:       slices.Concat(number("n"), name("column")),
	CodesSameNumber:      slices.Concat(number("n"), name("column")),

	CellsHide: nil, CellsGiven: nil, CellsAlike: name("output"), CellsShared: name("output"),

	WholeNumbers: nil, Decimals: nil, ExactDecimals: text("type"), Grouped: nil, CodesAsText: list(Name, "columns"),
	NoChecksum: nil, OpenStream: nil, CopiedFiles: nil,

	RecordOfOther:     text("file"),
	RecordsDiffer:     slices.Concat(text("first", "second"), term("what")),
	RecordsDifferForm: text("first", "second", "form", "other"),
	NoRecords:         number("files"),
	RecordOfOne:       text("with", "without", "suffix"),
	RecordsIncomplete: number("files"),
	RecordIncomplete:  nil,
	RecordsUnsigned:   nil,

	LocalUntrusted: name("file"), LocalNoTrust: name("file"), LocalUnsigned: name("file"), LocalPart: nil,

	SomeCodesLookAlike: name("column"), SomeUnitsLookAlike: name("column"), SomeUnitsSameNumber: name("column"), SomeUnitsForReview: name("column"),

	Fixes: name("from", "to"), FixesAlmost: name("from", "to"), CodesNested: name("from", "to"), NearlyEqual: name("first", "second"), Proportional: name("first", "second"), ResponseSpans: name("column", "table", "other"), ResponseCounts: name("column", "table", "spans", "other"), JoinedRecords: slices.Concat(name("first", "second"), list(Name, "columns")), QuantilesOfTwo: name("first", "second"), EqualSums: name("first", "second"), SumOfTwo: name("sum", "first", "second"),
	NowhereAboveZero: name("column"), PairsNotLookedAt: number("pairs"), WeightedHidden: name("weight"),
	RoundedSmall: slices.Concat(name("table"), number("base", "min")), RoundedFew: slices.Concat(name("table"), number("counts")), RoundedShares: slices.Concat(name("table"), number("cells")), Unlinked: nil, LongerRelations: nil, OtherReleases: nil,
	AttackerOff:         list(Text, "parts"),
	DeclaredCodes:       slices.Concat(name("column"), number("n")),
	DeclaredCoincidence: name("first", "second"),
	DeclaredRelation:    text("relation"),
	DeclaredBounds:      slices.Concat(name("column"), text("least", "most")),
	RelationBroken:      text("relation"),
	RelationOpen:        slices.Concat(text("relation"), list(Name, "others")),
	RelationHidden:      slices.Concat(text("relation"), list(Name, "columns")),
	BoundsHidden:        name("column"),
	BoundsReckoned:      name("column"),
	LongerSums:          nil,
	SumsAllEqual:        nil,
	Pooled:              nil,
	SmallerResponse:     name("smaller", "larger"),
	DifferentThings:     nil,
	NegativeTotals:      nil,
	Repeatable:          nil,
	PatternChoice:       nil,

	RecordsBeside:  slices.Concat(name("table", "records"), number("n", "of")),
	SumOfHidden:    slices.Concat(name("table"), number("places")),
	SumsOfFew:      slices.Concat(name("table"), number("sums")),
	SumsOfThree:    slices.Concat(name("table"), number("most")),
	CodeOccurs:     slices.Concat(name("table"), number("places")),
	ChoicePins:     name("table"),
	GroupShareOpen: slices.Concat(name("table"), number("places")),

	PolicyDiffers: text("rule", "base"), PolicySets: text("rule", "field", "new", "base", "old"),
	StateOn: list(Text, "limits"), StateOff: nil, StateRequired: nil, StateNotRequired: nil, StateAtLeastMinimum: nil,

	DifferOften: nil, DifferKey: nil, DifferDomain: nil, DifferAlgorithm: nil, DifferLength: nil, DifferFormat: nil, DifferEncoding: nil,
	Minimum: nil, Maximum: nil, Range: nil,
	ServiceNumbers: nil, BankAccounts: nil, LicencePlates: nil, MailAddresses: nil, PhoneNumbers: nil,
}
