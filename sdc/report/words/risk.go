package words

import "slices"

// Limits of risk. A variable, where it is not empty, is the sensitive one.
const (
	LimitRecords     ID = "limit-records"
	LimitRespondents ID = "limit-respondents"
	LimitCertain     ID = "limit-certain"
	// LimitCertainCombinations is LimitCertain for combinations of keys.
	LimitCertainCombinations ID = "limit-certain-combinations"
	LimitPopulation          ID = "limit-population"
	LimitCombinations        ID = "limit-combinations"
	LimitDistinct            ID = "limit-distinct"
	LimitRecursive           ID = "limit-recursive"
	LimitAlpha               ID = "limit-alpha"
	LimitDistance            ID = "limit-distance"
	LimitLikeness            ID = "limit-likeness"
	LimitDisclosure          ID = "limit-disclosure"
	NoteNotJudged            ID = "note-not-judged"
	NoteApart                ID = "note-apart"
)

// Notes of figures of risk.
const (
	FigureOfL        ID = "figure-of-l"
	FigureEqual      ID = "figure-equal"
	FigureOrdered    ID = "figure-ordered"
	FigureRange      ID = "figure-range"
	FigureTree       ID = "figure-tree"
	FigureInfeasible ID = "figure-infeasible"
	FigureEstimator  ID = "figure-estimator"
	// FigureLinks says how many records are linked whatever an attacker chooses among ties,
	// and how many can be.
	FigureLinks ID = "figure-links"
	FigurePart  ID = "figure-part"
)

// What was not measured of risk. A reason is a note behind.
const (
	NoUniques       ID = "no-uniques"
	LeftOutNulls    ID = "left-out-nulls"
	WithoutValue    ID = "without-value"
	NotMeasured     ID = "not-measured"
	NotMeasuredOf   ID = "not-measured-of"
	ManyClassesEach ID = "many-classes-each"
	// OtherAttackers says what links between two files do not measure.
	OtherAttackers ID = "other-attackers"
	// OtherAnalyses says what the cost of a protection does not measure.
	OtherAnalyses  ID = "other-analyses"
	NotInReleased  ID = "not-in-released"
	NoLinksOfNulls ID = "no-links-of-nulls"
)

// Why an error of package riskmetrics refuses a measure.
const (
	RiskUndefined   ID = "risk-undefined"
	RiskWeight      ID = "risk-weight"
	RiskUnsolved    ID = "risk-unsolved"
	RiskAtRow       ID = "risk-at-row"
	SeveralClasses  ID = "several-classes"
	SeveralMatching ID = "several-matching"
	SeveralValues   ID = "several-values"
	SeveralInClass  ID = "several-in-class"
	SeveralDistinct ID = "several-distinct"
	ScoresOfKeys    ID = "scores-of-keys"
	ManyTableCells  ID = "many-table-cells"
	SmallSampleFreq ID = "small-sample-frequency"
	EndlessPopFreq  ID = "endless-population-frequency"
	SmallPopFreq    ID = "small-population-frequency"
	OtherWeight     ID = "other-weight"
	NullWeight      ID = "null-weight"
	LowWeight       ID = "low-weight"
	NoRecordsToFit  ID = "no-records-to-fit"
	NotConverged    ID = "not-converged"
	NotFinite       ID = "estimate-not-finite"
	MisfitNotFinite ID = "misfit-not-finite"
	ManyFitCells    ID = "many-fit-cells"
	PitmanNeeds     ID = "pitman-needs"
	PitmanNone      ID = "pitman-none"
	SNBNeeds        ID = "snb-needs"
	SNBNone         ID = "snb-none"
	SNBSeveral      ID = "snb-several"
)

// Measures, as words of sentences.
const (
	MeasureUniques    ID = "measure-uniques"
	MeasureScores     ID = "measure-scores"
	MeasurePopUniques ID = "measure-population-uniques"
	MeasurePopFreq    ID = "measure-population-frequencies"
	MeasureIndividual ID = "measure-individual"
	MeasureJournalist ID = "measure-journalist"
)

// riskParameters are those of the facts on risk.
var riskParameters = map[ID][]Parameter{
	LimitRecords:             nil,
	LimitRespondents:         nil,
	LimitCertain:             nil,
	LimitCertainCombinations: number("keys"),
	LimitPopulation:          nil,
	LimitCombinations:        number("keys"),
	LimitDistinct:            text("variable"),
	LimitRecursive:           text("variable"),
	LimitAlpha:               text("variable"),
	LimitDistance:            text("variable"),
	LimitLikeness:            text("variable"),
	LimitDisclosure:          text("variable"),
	NoteNotJudged:            nil,
	NoteApart:                nil,

	FigureOfL:        number("l"),
	FigureEqual:      nil,
	FigureOrdered:    nil,
	FigureRange:      nil,
	FigureTree:       nil,
	FigureInfeasible: nil,
	FigureEstimator:  text("estimator"),
	FigureLinks:      number("certain", "possible", "records"),
	FigurePart:       number("part"),

	NoUniques:       nil,
	LeftOutNulls:    number("records"),
	WithoutValue:    slices.Concat(text("variable"), number("records")),
	NotMeasured:     term("what"),
	NotMeasuredOf:   text("figure", "variable"),
	ManyClassesEach: number("respondents"),
	OtherAttackers:  nil,
	OtherAnalyses:   nil,
	NotInReleased:   number("records"),
	NoLinksOfNulls:  nil,

	RiskUndefined:   nil,
	RiskWeight:      nil,
	RiskUnsolved:    nil,
	RiskAtRow:       slices.Concat(name("column"), number("row")),
	SeveralClasses:  number("respondents"),
	SeveralMatching: number("respondents"),
	SeveralValues:   slices.Concat(number("respondents"), name("variable")),
	SeveralInClass:  slices.Concat(number("respondents"), name("variable")),
	SeveralDistinct: number("respondents"),
	ScoresOfKeys:    number("most"),
	ManyTableCells:  nil,
	SmallSampleFreq: nil,
	EndlessPopFreq:  nil,
	SmallPopFreq:    nil,
	OtherWeight:     nil,
	NullWeight:      nil,
	LowWeight:       nil,
	NoRecordsToFit:  nil,
	NotConverged:    number("rounds"),
	NotFinite:       nil,
	MisfitNotFinite: nil,
	ManyFitCells:    nil,
	PitmanNeeds:     nil,
	PitmanNone:      nil,
	SNBNeeds:        nil,
	SNBNone:         nil,
	SNBSeveral:      nil,

	MeasureUniques:    nil,
	MeasureScores:     nil,
	MeasurePopUniques: nil,
	MeasurePopFreq:    nil,
	MeasureIndividual: nil,
	MeasureJournalist: nil,
}
