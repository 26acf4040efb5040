package report

import (
	"cmp"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Risk is the report of the measures of package riskmetrics on microdata, schema
// sluis.risk/1; docs/risk.md describes it. The verb risk makes the report; this package
// measures nothing. A Risk is confidential. Make one with [NewRisk].
type Risk struct {
	Schema  string `json:"schema"`
	Notice  string `json:"confidential"`
	Verdict string `json:"verdict"`
	Data    struct {
		Records     int64           `json:"records"`
		LeftOut     int64           `json:"leftOut"`
		Classes     int             `json:"classes"`
		Sources     []origin.Source `json:"sources"`
		Keys        []string        `json:"keys"`
		Sensitive   []string        `json:"sensitive"`
		Weight      string          `json:"weight,omitempty"`
		Respondent  string          `json:"respondent,omitempty"`
		Household   string          `json:"household,omitempty"`
		Missing     string          `json:"missing"`
		MissingNote string          `json:"missingDefinition"`
		Nulls       string          `json:"sensitiveMissing,omitempty"`
		Alpha       *float64        `json:"alpha,omitempty"`
		Remarks     []sdc.Remark    `json:"remarks,omitempty"` // see [Risk.Remark]
	} `json:"data"`
	// Against says with what original data the data were compared; nil for none.
	Against      *RiskAgainst      `json:"against,omitempty"`
	Alone        RiskAlone         `json:"alone"`
	Keys         []RiskKey         `json:"keys"`
	Limits       []RiskLimit       `json:"limits"`
	Figures      []*RiskFigure     `json:"figures"`
	Combinations []RiskCombination `json:"combinations,omitempty"`
	Histograms   []RiskHistogram   `json:"histograms"`
	Worst        []RiskClass       `json:"smallestClasses"`
	NotMeasured  []words.Message   `json:"notMeasured"`
}

// RiskAgainst describes the comparison of the data with the original data: the records and
// files of the original data, the column that identifies the records ("" for their place),
// the variables with a distance, the largest number of nearest records, and the part that
// says how wide intervals are.
type RiskAgainst struct {
	Records int64           `json:"records"`
	Sources []origin.Source `json:"sources"`
	ID      string          `json:"id"`
	Numbers []string        `json:"numbers"`
	Nearest int             `json:"nearest"`
	Part    float64         `json:"part"`
}

// RiskAlone counts the units that share their keys with no other unit.
type RiskAlone struct {
	Records     int64 `json:"records"`
	Respondents int64 `json:"respondents"`
}

// RiskKey describes the effect of one key on the risk.
type RiskKey struct {
	Name string `json:"name"`
	// AloneWithout is how many respondents would stand alone without the key.
	AloneWithout int64 `json:"aloneWithout"`
	// SUDA is the share, in percent, of the total score that comes from minimal
	// uniques with the key.
	SUDA *float64 `json:"sudaPercent,omitempty"`
}

// RiskLimit is a limit that was asked for, with the attained value.
type RiskLimit struct {
	Definition words.Message `json:"definition"` // in JSON the English sentence
	Limit      float64       `json:"limit"`
	Attained   Number        `json:"attained"`
	Classes    int           `json:"violatingClasses"`
	Records    int64         `json:"violatingRecords"`
	Verdict    string        `json:"verdict"`
}

// RiskFigure is one number with its definition beside it.
type RiskFigure struct {
	Name       string        `json:"name"`
	Variable   string        `json:"variable,omitempty"`
	Value      Number        `json:"value"`
	Note       words.Message `json:"note,omitzero"`
	Definition string        `json:"definition"`
	Source     string        `json:"source,omitempty"`
	Missing    string        `json:"missing"`
	LogBase    string        `json:"logBase,omitempty"`
}

// RiskCombination is a set of keys with combinations of values that fewer records
// (respondents, where these are named) have than the limit: the number of such
// combinations, and the values of the rarest.
type RiskCombination struct {
	Keys     []string `json:"keys"`
	Rarest   []string `json:"rarest"`
	Smallest Number   `json:"smallest"`
	Classes  int      `json:"classesBelow"`
	Records  int64    `json:"recordsBelow"`
}

// RiskHistogram counts the records by a measure of each, in bins that adjoin.
type RiskHistogram struct {
	Of   string    `json:"of"`
	Bins []RiskBin `json:"bins"`
}

// RiskBin counts the records with a value from From to below To (to To itself
// in the last bin).
type RiskBin struct {
	From    float64 `json:"from"`
	To      Number  `json:"to"`
	Records int64   `json:"records"`
}

// RiskClass is a class of records by its values on the keys, with its f_k.
type RiskClass struct {
	Key  []string `json:"key"`
	Size Number   `json:"size"`
}

// Number is a float64 that JSON can hold: a value that is not finite is a string.
type Number float64

// MarshalJSON writes null for a value that does not exist, and "infinite".
func (n Number) MarshalJSON() ([]byte, error) {
	switch v := float64(n); {
	case math.IsNaN(v):
		return []byte("null"), nil
	case math.IsInf(v, 0):
		return []byte(`"infinite"`), nil
	default:
		return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
	}
}

// NotJudged is the verdict where no limit was asked for.
const NotJudged = "not judged"

// Remark adds remarks about the data, in the order of name, column and message, each
// once. The verdict becomes the worst of the old verdict and the remarks, also where no
// limit was asked for.
func (r *Risk) Remark(list ...sdc.Remark) {
	all := append(slices.Clone(r.Data.Remarks), list...)
	slices.SortStableFunc(all, func(a, b sdc.Remark) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message.String(), b.Message.String()), cmp.Compare(a.Count, b.Count), cmp.Compare(a.Verdict, b.Verdict))
	})
	r.Data.Remarks = slices.CompactFunc(all, sdc.Remark.Equal)
	for _, x := range list {
		if x.Verdict == sdc.Unsafe || x.Verdict == sdc.Review && r.Verdict != sdc.Unsafe.String() {
			r.Verdict = x.Verdict.String()
		}
	}
}

// NewRisk returns a report without figures. Missing is how nulls in keys match,
// as riskmetrics.Missing prints it.
func NewRisk(missing string) *Risk {
	r := &Risk{
		Schema: "sluis.risk/1", Verdict: NotJudged,
		Notice: "CONFIDENTIAL: this report holds small counts and values of the data. It must not leave the closed environment.",
		Limits: []RiskLimit{}, NotMeasured: []words.Message{},
	}
	r.Data.Missing = missing
	policy, arg, _ := strings.Cut(missing, "(")
	r.Data.MissingNote = missingNotes[policy]
	if alpha, err := strconv.ParseFloat(strings.TrimSuffix(arg, ")"), 64); err == nil {
		r.Data.Alpha = &alpha
	}
	return r
}

// WriteJSON writes the report as indented JSON.
func (r *Risk) WriteJSON(w io.Writer) error {
	if err := r.usable(w); err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// Add adds a figure, with the definition of its name.
func (r *Risk) Add(name string, v float64) *RiskFigure {
	def := definitionOf(name)
	if r.Data.Respondent != "" {
		def.text = inRespondents(name, def.text)
	}
	f := &RiskFigure{Name: name, Value: Number(v), Definition: def.text, Source: def.source, Missing: r.Data.Missing}
	matches := r.Data.Alpha != nil || r.Data.Missing == "wildcard" || r.Data.Missing == "suppressed"
	if def.nulls == always && matches || def.nulls == unlessWildcard && r.Data.Alpha != nil {
		f.Missing = "category"
	}
	r.Figures = append(r.Figures, f)
	return f
}

// inRespondents is a definition where respondents are named.
func inRespondents(name, text string) string {
	switch key, _ := definitionKey(name); key {
	case "records_below_#", "records_below_#_weighted", "records_with_minimal_uniques":
		return text + ", which counts respondents"
	case "discernibility", "distinction", "separation", "average_class_size", "share_of_missing_key_values":
		return text
	case "l_distinct", "l_distinct_jointly":
		return text + ", at most as many as can be given to different respondents who have them"
	}
	return strings.NewReplacer("records", "respondents", "record", "respondent").Replace(text)
}

// Histogram counts values in bins between edges, a NaN in none.
func (r *Risk) Histogram(of string, values []float64, edges []float64) {
	h := RiskHistogram{Of: of}
	for i := range len(edges) - 1 {
		h.Bins = append(h.Bins, RiskBin{From: edges[i], To: Number(edges[i+1])})
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
	"refuse":     "no key holds a null",
	"category":   "in a key, null equals null and nothing else",
	"exclude":    "records with a null in a key are left out",
	"wildcard":   "a null in a key matches every value and every value matches it",
	"suppressed": "as wildcard; the record of sluis local says that true keys were protected",
	"sdcmicro":   "as freqCalc of sdcMicro: a record matches those equal to it, nulls equal to nulls, fully; one without nulls matches records with some by alpha and records of nothing but nulls not at all (with two or more keys); one with some nulls matches records without fully and with by alpha; one of nothing but nulls matches all",
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
	key, n := definitionKey(name)
	d := definitions[key]
	d.text = strings.ReplaceAll(d.text, "#", n)
	return d
}

// definitionKey puts # for the number in the name of a figure.
func definitionKey(name string) (key, number string) {
	for p := range strings.SplitSeq(name, "_") {
		if _, err := strconv.Atoi(p); err == nil {
			return strings.Replace(name, p, "#", 1), p
		}
	}
	return name, "#"
}

var definitions = map[string]definition{
	"sample_uniques":                       {"records with f_k = 1, f_k being the number of records that match a record on all keys, itself included", "", asDeclared},
	"smallest_class":                       {"smallest f_k: the k of k-anonymity", "Samarati and Sweeney 1998", asDeclared},
	"records_below_#":                      {"records with f_k < #", "Samarati and Sweeney 1998", asDeclared},
	"smallest_class_respondents":           {"smallest number of distinct respondents that match a class", "", asDeclared},
	"respondents_in_classes_below_#":       {"distinct respondents with a record in a class that fewer than # distinct respondents match", "", asDeclared},
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
	"linked_#_gower":                       {"share of the records whose own original is among the # nearest originals by Gower's distance over keys and numbers, ties broken by chance", "Gower 1971", asDeclared},
	"found_#_gower":                        {"share of the originals whose own record is among the # nearest records by Gower's distance over keys and numbers, ties broken by chance", "Gower 1971", asDeclared},
	"linked_#_euclidean":                   {"share of the records whose own original is among the # nearest originals by the Euclidean distance of numbers over the standard deviation of the original, ties broken by chance", "Domingo-Ferrer and Torra 2001", asDeclared},
	"found_#_euclidean":                    {"share of the originals whose own record is among the # nearest records by the Euclidean distance of numbers over the standard deviation of the original, ties broken by chance", "Domingo-Ferrer and Torra 2001", asDeclared},
	"linked_#_manhattan_ranks":             {"share of the records whose own original is among the # nearest originals by the sum of the differences of the ranks of numbers, each in its own file, ties broken by chance", "Domingo-Ferrer and Torra 2001", asDeclared},
	"found_#_manhattan_ranks":              {"share of the originals whose own record is among the # nearest records by the sum of the differences of the ranks of numbers, each in its own file, ties broken by chance", "Domingo-Ferrer and Torra 2001", asDeclared},
	"linked_#_blindly":                     {"share of the records for an attacker who chooses # originals blindly", "", asDeclared},
	"found_#_blindly":                      {"share of the originals for an attacker who chooses # records blindly", "", asDeclared},
	"within_deviations":                    {"share of the records whose original lies around the released value within a part of the standard deviation of the released values", "Mateo-Sanz, Sebé and Domingo-Ferrer 2004", asDeclared},
	"within_deviations_all":                {"share of the records whose originals lie around the released values within a part of the standard deviation of the released values, in every number", "Mateo-Sanz, Sebé and Domingo-Ferrer 2004", asDeclared},
	"within_relative":                      {"share of the records whose original lies around the released value within a part of the released value", "", asDeclared},
	"within_relative_all":                  {"share of the records whose originals lie around the released values within a part of the released value, in every number", "", asDeclared},
	"within_ranks":                         {"share of the records whose original lies around the released value within a part of the records in the order of the released values", "Pagliuca and Seri 1999", asDeclared},
	"within_ranks_all":                     {"share of the records whose originals lie around the released values within a part of the records in the order of the released values, in every number", "Pagliuca and Seri 1999", asDeclared},
	"il1":                                  {"sum over records of 100 abs(x - y)/abs(x), x the original and y the released value, x = 0 left out", "Templ 2017", asDeclared},
	"il1_sum":                              {"sum of il1 over the numbers", "Templ 2017", asDeclared},
	"il1s":                                 {"sum over records of abs(x - y)/(s sqrt(2)), s the standard deviation of the originals", "Mateo-Sanz, Sebé and Domingo-Ferrer 2004", asDeclared},
	"il1s_sum":                             {"sum of il1s over the numbers", "Mateo-Sanz, Sebé and Domingo-Ferrer 2004", asDeclared},
	"il1s_mean":                            {"il1s_sum over the number of records and of numbers", "Mateo-Sanz, Sebé and Domingo-Ferrer 2004", asDeclared},
	"mean_shift":                           {"mean of the released values less that of the originals, over the standard deviation of the originals", "", asDeclared},
	"variance_ratio":                       {"variance of the released values over that of the originals", "", asDeclared},
	"correlation_change":                   {"mean over pairs of numbers of the absolute difference of the correlations of originals and of released values", "", asDeclared},
	"correlation_change_largest":           {"largest absolute difference of the correlations of a pair of numbers", "", asDeclared},
	"eigenvalue_change":                    {"sum of abs(e - f)/e, e and f the eigenvalues of the correlations of originals and of released values, in descending order", "Templ 2017", asDeclared},
	"hellinger":                            {"distance of Hellinger between the shares of the values of a key in the original and in the released data", "Gomatam, Karr and Sanil 2005", asDeclared},
	"table_distance":                       {"half the sum of the absolute differences of these shares", "Gomatam, Karr and Sanil 2005", asDeclared},
	"hellinger_pair":                       {"largest distance of Hellinger of a table of two keys", "Gomatam, Karr and Sanil 2005", asDeclared},
	"table_distance_pair":                  {"half the sum of the absolute differences of the shares of that table", "Gomatam, Karr and Sanil 2005", asDeclared},
	"share_suppressed":                     {"share of the original values that are null in the released data", "", asDeclared},
	"entropy_suppressed":                   {"share of the information of the original values that was suppressed: -log2 of the share of each value, summed over suppressed values and over all", "", asDeclared},
	"share_changed":                        {"share of the original values that have another value in the released data", "", asDeclared},
	"alone_on":                             {"records that no other record matches on these keys", "", asDeclared},
	"distinction":                          {"distinct combinations of values of these keys over the number of records", "Motwani and Xu 2007", always},
	"separation":                           {"share of pairs of records that differ on some of these keys", "Motwani and Xu 2007", always},
	"discernibility":                       {"sum of squared class sizes, each record left out counting as many as there are records", "Bayardo and Agrawal 2005", always},
	"average_class_size":                   {"records over classes", "", always},
	"share_of_missing_key_values":          {"share of key values that are null", "", always},
}
