package main

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/riskmetrics"
)

// riskReport is the report of the risk verb, schema sluis.risk/1. docs/risk.md
// describes it.
type riskReport struct {
	Schema  string `json:"schema"`
	Notice  string `json:"confidential"`
	Verdict string `json:"verdict"`
	Data    struct {
		Records     int64        `json:"records"`
		LeftOut     int64        `json:"leftOut"`
		Classes     int          `json:"classes"`
		Sources     []riskSource `json:"sources"`
		Keys        []string     `json:"keys"`
		Sensitive   []string     `json:"sensitive"`
		Weight      string       `json:"weight,omitempty"`
		Respondent  string       `json:"respondent,omitempty"`
		Household   string       `json:"household,omitempty"`
		Missing     string       `json:"missing"`
		MissingNote string       `json:"missingDefinition"`
		Nulls       string       `json:"sensitiveMissing,omitempty"`
		Alpha       *float64     `json:"alpha,omitempty"`
	} `json:"data"`
	Alone        riskAlone         `json:"alone"`
	Keys         []riskKey         `json:"keys"`
	Limits       []riskLimit       `json:"limits"`
	Figures      []*riskFigure     `json:"figures"`
	Combinations []riskCombination `json:"combinations,omitempty"`
	Histograms   []riskHistogram   `json:"histograms"`
	Worst        []riskClass       `json:"smallestClasses"`
	NotMeasured  []string          `json:"notMeasured"`
}

// riskAlone counts those who share their keys with nobody.
type riskAlone struct {
	Records     int64 `json:"records"`
	Respondents int64 `json:"respondents"`
}

// riskKey says what one key does to the risk.
type riskKey struct {
	Name string `json:"name"`
	// AloneWithout is how many respondents would stand alone without the key.
	AloneWithout int64 `json:"aloneWithout"`
	// SUDA is the share, in percent, of the total score that comes from minimal
	// uniques with the key.
	SUDA *float64 `json:"sudaPercent,omitempty"`
}

// riskLimit is a limit that was asked for, and what was attained.
type riskLimit struct {
	Definition string  `json:"definition"`
	Limit      float64 `json:"limit"`
	Attained   number  `json:"attained"`
	Classes    int     `json:"violatingClasses"`
	Records    int64   `json:"violatingRecords"`
	Verdict    string  `json:"verdict"`
}

// riskFigure is one number with its definition beside it.
type riskFigure struct {
	Name       string `json:"name"`
	Variable   string `json:"variable,omitempty"`
	Value      number `json:"value"`
	Note       string `json:"note,omitempty"`
	Definition string `json:"definition"`
	Source     string `json:"source,omitempty"`
	Missing    string `json:"missing"`
	LogBase    string `json:"logBase,omitempty"`
}

type riskCombination struct {
	Keys     []string `json:"keys"`
	Rarest   []string `json:"rarest"`
	Smallest number   `json:"smallest"`
	Classes  int      `json:"classesBelow"`
	Records  int64    `json:"recordsBelow"`
}

type riskHistogram struct {
	Of   string    `json:"of"`
	Bins []riskBin `json:"bins"`
}

// riskBin counts the records with a value from From to below To (to To itself
// in the last bin).
type riskBin struct {
	From    float64 `json:"from"`
	To      number  `json:"to"`
	Records int64   `json:"records"`
}

type riskClass struct {
	Key  []string `json:"key"`
	Size number   `json:"size"`
}

// number is a float64 that JSON can hold: what is not finite is a string.
type number float64

// MarshalJSON writes null for a value that does not exist, and "infinite".
func (n number) MarshalJSON() ([]byte, error) {
	switch v := float64(n); {
	case math.IsNaN(v):
		return []byte("null"), nil
	case math.IsInf(v, 0):
		return []byte(`"infinite"`), nil
	default:
		return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
	}
}

func newRiskReport(m *measurement, rows int64) *riskReport {
	c := m.classes
	r := &riskReport{
		Schema: "sluis.risk/1", Verdict: "not judged",
		Notice: "CONFIDENTIAL: this report holds small counts and values of the data. It must not leave the closed environment.",
		Limits: []riskLimit{}, NotMeasured: []string{},
	}
	d := &r.Data
	d.Records, d.Classes, d.Keys, d.Sensitive = rows, c.Len(), m.f.keys, append([]string{}, m.f.sensitive...)
	d.Weight, d.Respondent, d.Household, d.Missing = m.f.weight, m.f.respondent, m.f.household, c.Missing().String()
	if len(d.Sensitive) > 0 {
		d.Nulls = m.nulls.String()
	}
	for i := range c.Records() {
		if c.Class(i) == riskmetrics.NoClass {
			d.LeftOut++
		}
	}
	policy, arg, _ := strings.Cut(d.Missing, "(")
	d.MissingNote = missingNotes[policy]
	if alpha, err := strconv.ParseFloat(strings.TrimSuffix(arg, ")"), 64); err == nil {
		d.Alpha = &alpha
	}
	return r
}

// add adds a figure, with the definition of its name.
func (r *riskReport) add(name string, v float64) *riskFigure {
	def := definitionOf(name)
	f := &riskFigure{Name: name, Value: number(v), Definition: def.text, Source: def.source, Missing: r.Data.Missing}
	matches := r.Data.Alpha != nil || r.Data.Missing == "wildcard"
	if def.nulls == always && matches || def.nulls == unlessWildcard && r.Data.Alpha != nil {
		f.Missing = "category"
	}
	r.Figures = append(r.Figures, f)
	return f
}

// limit judges a limit, exactly: some records violate it or none do.
func (r *riskReport) limit(definition string, limit *big.Rat, a *riskmetrics.Attained) {
	v := a.Violations(limit)
	shown, _ := limit.Float64()
	l := riskLimit{Definition: definition, Limit: shown, Attained: number(a.Value), Classes: len(v.Classes), Records: v.Records, Verdict: "safe"}
	if r.Verdict == "not judged" {
		r.Verdict = "safe"
	}
	if len(v.Classes) > 0 {
		l.Verdict, r.Verdict = "unsafe", "unsafe"
	}
	r.Limits = append(r.Limits, l)
}

var (
	classBins = []float64{0, 2, 3, 5, 10, 20, 50, 100, math.Inf(1)}
	riskBins  = []float64{0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1}
)

// histogram counts values in bins, a NaN in none.
func (r *riskReport) histogram(of string, values []float64, edges []float64) {
	h := riskHistogram{Of: of}
	for i := range len(edges) - 1 {
		h.Bins = append(h.Bins, riskBin{From: edges[i], To: number(edges[i+1])})
	}
	last := len(h.Bins) - 1
	for _, v := range values {
		for i := last; i >= 0; i-- {
			if v >= h.Bins[i].From {
				h.Bins[i].Records++
				break
			}
		}
	}
	r.Histograms = append(r.Histograms, h)
}

var missingNotes = map[string]string{
	"refuse":   "no key holds a null",
	"category": "in a key, null equals null and nothing else",
	"exclude":  "records with a null in a key are left out",
	"wildcard": "a null in a key matches every value and every value matches it",
	"sdcmicro": "as freqCalc of sdcMicro: a record matches those equal to it, nulls equal to nulls, fully; one without nulls matches records with some by alpha and records of nothing but nulls not at all (with two or more keys); one with some nulls matches records without fully and with by alpha; one of nothing but nulls matches all",
}

type definition struct {
	text, source string
	nulls        nullRule
}

// nullRule says when null in a key is a category in a figure although the policy
// lets it match.
type nullRule uint8

const (
	asDeclared nullRule = iota
	unlessWildcard
	always
)

// definitionOf returns the definition of a figure; a number in its name stands
// for #.
func definitionOf(name string) definition {
	parts := strings.Split(name, "_")
	for i, p := range parts {
		if _, err := strconv.Atoi(p); err == nil {
			d := definitions[strings.Replace(name, p, "#", 1)]
			d.text = strings.ReplaceAll(d.text, "#", parts[i])
			return d
		}
	}
	return definitions[name]
}

var definitions = map[string]definition{
	"sample_uniques":                       {"records with f_k = 1, f_k being the number of records that match a record on all keys, itself included", "", asDeclared},
	"smallest_class":                       {"smallest f_k: the k of k-anonymity", "Samarati and Sweeney 1998", asDeclared},
	"records_below_#":                      {"records with f_k < #", "Samarati and Sweeney 1998", asDeclared},
	"smallest_class_respondents":           {"smallest number of distinct respondents in a class", "", always},
	"respondents_in_classes_below_#":       {"distinct respondents with a record in a class of fewer than # distinct respondents", "", always},
	"smallest_population_class":            {"smallest F_k, the summed weight of the records that match", "", asDeclared},
	"records_below_#_weighted":             {"records with F_k < #", "", asDeclared},
	"expected_reidentifications":           {"sum of the individual risks", "Franconi and Polettini 2004", asDeclared},
	"global_risk":                          {"mean of the individual risks", "Franconi and Polettini 2004", asDeclared},
	"largest_individual_risk":              {"largest individual risk", "", asDeclared},
	"expected_reidentifications_household": {"sum over records of 1 - product over the household of (1 - individual risk)", "Hundepool et al. 2012", asDeclared},
	"global_risk_household":                {"mean of the household risks", "Hundepool et al. 2012", asDeclared},
	"largest_household_risk":               {"largest household risk", "", asDeclared},
	"records_with_minimal_uniques":         {"records that are unique on some set of keys, nulls matching nothing and never part of a set", "Elliot, Manning and Ford 2002", always},
	"largest_suda_score":                   {"largest sum over the minimal sample uniques of a record of (m-s)! (elliot) or (2^(m-s)-1)/C(m,s) (ihsn), s of m keys", "Elliot, Manning and Ford 2002", always},
	"largest_dis_suda":                     {"largest 1/(1 + P(1-d)/d / (s^Q sum of s^-Q)), s the score, Q = 1+(8-m)/20, P the records in classes of two, d the sampling fraction of the intrusion", "Elliot 2005", always},
	"prosecutor_at_risk":                   {"share of records with 1/f_k above the threshold", "El Emam 2013", asDeclared},
	"prosecutor_highest":                   {"largest 1/f_k", "El Emam 2013", asDeclared},
	"prosecutor_success":                   {"mean of 1/f_k over records", "El Emam 2013", asDeclared},
	"estimated_journalist_at_risk":         {"share of records with 1/F_k above the threshold", "El Emam 2013", asDeclared},
	"estimated_journalist_highest":         {"largest 1/F_k", "El Emam 2013", asDeclared},
	"estimated_journalist_success":         {"mean of 1/F_k over records", "El Emam 2013", asDeclared},
	"journalist_at_risk":                   {"share of records whose class in the population is smaller than 1 over the threshold", "El Emam 2013", unlessWildcard},
	"journalist_highest":                   {"1 over the smallest class of the population that has a record of the sample", "El Emam 2013", unlessWildcard},
	"journalist_success":                   {"mean over records of 1 over the size of the class in the population, the marketer's expected share of right matches", "El Emam 2013", unlessWildcard},
	"k_map":                                {"smallest class of the population that has a record of the sample", "Sweeney 2001", unlessWildcard},
	"population_uniques_zayatz":            {"estimated number of the population's uniques", "Zayatz 1991", asDeclared},
	"population_uniques_pitman":            {"estimated number of the population's uniques, by Pitman's sampling formula and its approximation", "Hoshino 2001", asDeclared},
	"population_uniques_pitman_exact":      {"estimated number of the population's uniques, by Pitman's sampling formula and its exact expectation", "Hoshino 2001", asDeclared},
	"population_uniques_snb":               {"estimated number of the population's uniques, by the slide negative binomial model", "Chen and Keller-McNulty 1998", asDeclared},
	"population_uniques_dankar":            {"the estimate that the rule of Dankar et al. chooses", "Dankar et al. 2012", asDeclared},
	"tau1":                                 {"expected number of sample uniques that are unique in the population, if the keys are independent", "Skinner and Elamir 2006", asDeclared},
	"tau2":                                 {"expected right matches of sample uniques with the population, if the keys are independent", "Skinner and Elamir 2006", asDeclared},
	"tau1_misfit":                          {"misfit of independent keys, B over its standard deviation: at 2 and more the keys are not independent and tau1 may be far off either way", "Skinner and Shlomo 2008", asDeclared},
	"l_distinct":                           {"smallest number of distinct values in a class, nulls being none", "Machanavajjhala et al. 2007", unlessWildcard},
	"presence_least":                       {"smallest share of a class of the population that is in the sample", "Nergiz, Atzori and Clifton 2007", always},
	"presence_most":                        {"largest share of a class of the population that is in the sample", "Nergiz, Atzori and Clifton 2007", always},
	"l_distinct_jointly":                   {"smallest number of distinct values in a class of records equal on the keys and on all other sensitive variables", "Machanavajjhala et al. 2007, 4.3", unlessWildcard},
	"l_entropy":                            {"smallest exp(H) of a class, H the entropy of its values in nats", "Machanavajjhala et al. 2007", unlessWildcard},
	"c_recursive":                          {"largest r_1 / (r_l + ... + r_m) of a class, r_1 >= r_2 >= ... the counts of its values: (c,l)-diverse for every c above it", "Machanavajjhala et al. 2007", unlessWildcard},
	"alpha":                                {"largest share of one value in a class", "Wong et al. 2006", unlessWildcard},
	"t":                                    {"largest distance between the distribution in a class and that of all records", "Li, Li and Venkatasubramanian 2007", unlessWildcard},
	"beta":                                 {"largest (p-q)/q of a value whose share p in a class is above its share q of all, 0 for none", "Cao and Karras 2012", unlessWildcard},
	"beta_enhanced":                        {"smallest beta with (p-q)/q <= min(beta, -ln q) for every value and class", "Cao and Karras 2012", unlessWildcard},
	"delta":                                {"largest |log(p/q)| of a value that occurs in a class", "Brickell and Shmatikov 2008", unlessWildcard},
	"discernibility":                       {"sum of squared class sizes, each record left out counting as many as there are records", "Bayardo and Agrawal 2005", always},
	"average_class_size":                   {"records over classes", "", always},
	"share_of_missing_key_values":          {"share of key values that are null", "", always},
}
