// Package basis has the facts that the verdict on an output rests on, as a report shows them.
// Its types are plain data.
package basis

// Facts lists the facts that the verdict on one output rests on: the unit that was
// counted, the columns that decided, and the rows or codes that were left out. "" and
// empty lists mean none.
type Facts struct {
	// Respondent is the column of the unit that is counted and protected. Where it is
	// "", every row is a respondent of its own.
	Respondent string `json:"respondent"`
	// Cells says that the cells were given, and not records: then the contributors of each
	// cell are those that the table gives.
	Cells bool `json:"cells,omitempty"`
	// Holding is the column of the owners of respondents.
	Holding string `json:"holding"`
	// Weight is the column of sampling weights. Counts of respondents never use it;
	// dominance does, as the policy's weighting says.
	Weight string `json:"weight"`
	// Request is the column that marks respondents who asked for protection.
	Request string `json:"request,omitempty"`
	// By lists the spanning variables of a table, or the key variables of microdata.
	By []string `json:"by"`
	// Population is the part of the records that the output is about; nil for all records.
	Population *Population `json:"population,omitempty"`
	// Sensitive lists the sensitive variables.
	Sensitive []string `json:"sensitive"`
	// Response is the summed column of a magnitude table.
	Response string `json:"response"`
	// Statistics lists the published statistics of a cell. They are "count" for a
	// frequency table, and "sum" for a magnitude table that names none.
	Statistics []string `json:"statistics"`
	// QuantileType is the type of Hyndman and Fan of medians and percentiles, 0 where none
	// is published. PerRespondent says that their observations, and those of endpoints, are
	// the sums of the rows of a respondent.
	QuantileType  int  `json:"quantileType,omitempty"`
	PerRespondent bool `json:"perRespondent,omitempty"`
	// Missing is the meaning of a null, for every column of By and for every sensitive
	// column of microdata.
	Missing []Missing `json:"missing"`
	// Hierarchies lists the code trees of columns of By and Sensitive.
	Hierarchies []Hierarchy `json:"hierarchies"`
	// Margins says which totals of a table are published: all, none, or the list in
	// MarginsOf, where each margin is given by the variables that it keeps.
	Margins   string     `json:"margins,omitempty"`
	MarginsOf [][]string `json:"marginsOf,omitempty"`
	// Fold lists the codes into which the codes below them are folded.
	Fold []Fold `json:"fold,omitempty"`
	// SensitiveValues are the sensitive values of the response.
	SensitiveValues []string `json:"sensitiveValues,omitempty"`
	// Amounts are the sensitive variables that are amounts. With Width they are numbers
	// for which that width is a narrow band.
	Amounts []Amount `json:"amounts,omitempty"`
	// Parameters is the number of parameters of a model.
	Parameters int `json:"parameters,omitempty"`
	// APriori are the entries that a person has made.
	APriori []APriori `json:"apriori,omitempty"`
}

// Population is the part of the records that an output is about: the conditions as a spec
// writes them, and the number of rows and of distinct respondents that meet them.
type Population struct {
	Where       string `json:"where"`
	Rows        int64  `json:"rows"`
	Respondents int64  `json:"respondents"`
}

// Amount is a sensitive variable of numbers. Width is the width of a narrow band as a
// decimal, in the unit of the column; "" for an amount, whose band is in percent.
type Amount struct {
	Column string `json:"column"`
	Width  string `json:"width,omitempty"`
}

// Fold lists the codes of a column into which the codes below them are folded: the output
// shows these codes and none below them.
type Fold struct {
	Column string   `json:"column"`
	Codes  []string `json:"codes"`
}

// APriori is an entry of an a-priori list. Status is safe, unsafe or neutral. The other
// fields are those of sdc.APriori.
type APriori struct {
	Codes     map[string]string `json:"codes"`
	Status    string            `json:"status"`
	Reason    string            `json:"reason,omitempty"`
	By        string            `json:"by,omitempty"`
	Line      int               `json:"line,omitempty"`
	Protected bool              `json:"protected,omitempty"`
	Cost      string            `json:"cost,omitempty"`
	Lower     string            `json:"lower,omitempty"`
	Upper     string            `json:"upper,omitempty"`
}

// Missing is the meaning of a null in a column: Policy is a value of sdc.Missing as text,
// such as category or exclude. sdc.OutputReport has the number of rows that all columns
// together leave out.
type Missing struct {
	Column string `json:"column"`
	Policy string `json:"policy"`
}

// Hierarchy is the code tree of a column, with its number of levels and codes
// below the total. Depth is the level that the output publishes it to, 0 for all. SHA256 is
// the digest of the tree: two trees of the same codes differ in it where a code lies below
// another one. A column with a depth and no tree has no levels, codes and digest.
type Hierarchy struct {
	Column string `json:"column"`
	Levels int    `json:"levels"`
	Codes  int    `json:"codes"`
	Depth  int    `json:"depth"`
	SHA256 string `json:"sha256,omitempty"`
}
