package diff

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
)

const schema = "sluis.diff/1"

const notice = "CONFIDENTIAL: this comparison holds small counts and must not leave the closed environment"

// Change is one thing that differs. Was and Now say it in words; nil where there
// was or is nothing.
type Change struct {
	// Part is the part of the report that changed: verdict, about, policy, source, input,
	// tool, data, remark, output, basis, finding, not-checked or dossier.
	Part string `json:"part"`
	// Output is the name of the output, where it is about one.
	Output string `json:"output,omitempty"`
	// Where says which: the rule and the cell of a finding, the name of a file, a
	// field.
	Where string  `json:"where,omitempty"`
	Was   *string `json:"was"`
	Now   *string `json:"now"`
}

// Changes lists the differences between two reports, in the order of the earlier one. The
// same two reports give the same bytes. docs/diff.schema.json describes the JSON of
// Changes.
type Changes struct {
	Notice string `json:"confidential"`
	Schema string `json:"schema"`
	// Worse says that the verdict on the whole or on an output has become stricter, or
	// that an output is new and not safe.
	Worse   bool     `json:"worse"`
	Changes []Change `json:"changes"`
}

// Compare returns the changes from one report to another. Outputs and sources are matched
// by name, and findings by rule, variable and cell. Linear in the findings.
func Compare(was, now *Report) *Changes {
	if was == nil {
		was = &Report{}
	}
	if now == nil {
		now = &Report{}
	}
	c := &Changes{Notice: notice, Schema: schema, Worse: now.Verdict < was.Verdict, Changes: []Change{}}
	c.compare(Change{Part: "verdict"}, was.Verdict.String(), now.Verdict.String())
	c.lists("about", "", about(was.About), about(now.About))
	c.lists("policy", "", facts(was.Policy.facts()), facts(now.Policy.facts()))
	c.lists("source", "", sources(was.Data.Sources), sources(now.Data.Sources))
	c.manifests(was.Manifest, now.Manifest)
	c.compare(Change{Part: "data", Where: "rows"}, fmt.Sprint(was.Data.Rows), fmt.Sprint(now.Data.Rows))
	c.compare(Change{Part: "data", Where: "respondents"}, fmt.Sprint(was.Data.Respondents), fmt.Sprint(now.Data.Respondents))
	c.lists("remark", "", remarks(was.Data.Remarks), remarks(now.Data.Remarks))
	c.outputs(was.Outputs, now.Outputs)
	c.lists("dossier", "", dossier(was.Dossier), dossier(now.Dossier))
	return c
}

// fact is something of a report under a name: its text, and for a message its ID and
// arguments as JSON. data is "" for another fact, and in a report of the first schema. Two
// facts of one text are the same unless both have data and the data differ.
type fact struct{ name, text, data string }

// said is a fact of a message.
func said(name, text string, m words.Fact) fact {
	f := fact{name: name, text: text}
	if m.ID != "" {
		m.Text = ""
		// Arguments that were read as JSON can be written as JSON.
		data, _ := json.Marshal(m)
		f.data = string(data)
	}
	return f
}

// facts numbers the facts that have the name of an earlier one.
func facts(list []fact) []fact {
	seen := map[string]int{}
	for i := range list {
		name := list[i].name
		if seen[name]++; seen[name] > 1 {
			list[i].name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
	}
	return list
}

// compare adds a change where two facts differ.
func (c *Changes) compare(x Change, was, now string) {
	if was != now {
		x.Was, x.Now = &was, &now
		c.Changes = append(c.Changes, x)
	}
}

// lists compares facts by name: changed and gone ones in the order of the earlier report,
// new ones in the order of the later report.
func (c *Changes) lists(part, output string, was, now []fact) {
	later := map[string]fact{}
	for _, f := range now {
		later[f.name] = f
	}
	earlier := map[string]bool{}
	for _, f := range was {
		earlier[f.name] = true
		x := Change{Part: part, Output: output, Where: f.name}
		if g, ok := later[f.name]; ok {
			if f.text == g.text && f.data != "" && g.data != "" {
				// One sentence can say two facts.
				f.text, g.text = f.text+" "+f.data, g.text+" "+g.data
			}
			c.compare(x, f.text, g.text)
			continue
		}
		x.Was = &f.text
		c.Changes = append(c.Changes, x)
	}
	for _, f := range now {
		if !earlier[f.name] {
			c.Changes = append(c.Changes, Change{Part: part, Output: output, Where: f.name, Now: &f.text})
		}
	}
}

func (p *policy) facts() []fact {
	out := []fact{{"name", p.Name, ""}, {"weighting", p.Weighting, ""}}
	if p.SHA256 != "" {
		out = append(out, fact{"sha256", p.SHA256, ""})
	}
	if p.File != nil {
		out = append(out, fact{"file", p.File.Name + " " + p.File.SHA256, ""})
	}
	for _, r := range p.Rules {
		text := "off"
		if !r.Off {
			text = "on"
			for _, l := range r.Limits {
				text += ", " + l.Name + " " + l.Value
			}
		}
		out = append(out, fact{r.Rule, text, ""})
	}
	for _, d := range p.Differences {
		if d.Rule == "weighting" || slices.ContainsFunc(p.Rules, func(r rule) bool { return r.Rule == d.Rule }) {
			continue // said above
		}
		text := d.Text
		if text == "" {
			text = d.String()
		}
		out = append(out, fact{d.Rule, text, ""})
	}
	for _, r := range p.Remarks {
		out = append(out, said("remark: "+r.Text, "said", r.Fact))
	}
	return out
}

func sources(list []origin.Source) []fact {
	var out []fact
	for _, s := range list {
		text := s.SHA256
		if text == "" {
			text = "not hashed"
		}
		out = append(out, fact{s.Name, text, ""})
	}
	return facts(out)
}

func about(a *origin.About) []fact {
	if a == nil {
		a = &origin.About{}
	}
	return []fact{{"title", a.Title, ""}, {"project", a.Project, ""}, {"requester", a.Requester, ""}, {"date", a.Date, ""}}
}

func remarks(list []remark) []fact {
	var out []fact
	for _, x := range list {
		name := x.Name
		if x.Column != "" {
			name += " of " + x.Column
		}
		out = append(out, said(name, fmt.Sprintf("%s (%d): %s", x.Verdict, x.Count, x.Text), x.Fact))
	}
	return facts(out)
}

func dossier(list []checklist.Step) []fact {
	var out []fact
	for _, s := range list {
		text := s.State
		if s.By != "" {
			text += " by " + s.By
		}
		if s.Why != "" {
			text += ": " + s.Why
		}
		for _, a := range s.Answers {
			text += fmt.Sprintf("; answer %q", []string{a.Of, a.Answer, a.Text, a.By, a.Date})
		}
		out = append(out, fact{fmt.Sprintf("step %d, %s", s.Step, s.Key), text, ""})
	}
	return facts(out)
}

func (c *Changes) manifests(was, now *origin.Manifest) {
	a, b := was, now
	if a == nil {
		a = &origin.Manifest{}
	}
	if b == nil {
		b = &origin.Manifest{}
	}
	c.lists("input", "", sources(a.Inputs), sources(b.Inputs))
	c.lists("tool", "", tool(was), tool(now))
}

func tool(m *origin.Manifest) []fact {
	if m == nil {
		return nil
	}
	t := m.Tool
	revision := t.Revision
	if t.Modified {
		revision += ", modified"
	}
	return []fact{{"name", t.Name, ""}, {"version", t.Version, ""}, {"revision", revision, ""}, {"go", t.Go, ""}}
}

func (c *Changes) outputs(was, now []output) {
	later := map[string]*output{}
	for i := range now {
		later[now[i].Name] = &now[i]
	}
	earlier := map[string]bool{}
	for i := range was {
		a := &was[i]
		earlier[a.Name] = true
		if b, ok := later[a.Name]; ok {
			c.output(a, b)
			continue
		}
		text := a.Verdict.String()
		c.Changes = append(c.Changes, Change{Part: "output", Output: a.Name, Was: &text})
		c.lists("finding", a.Name, findings(a.Findings), nil)
	}
	for i := range now {
		if b := &now[i]; !earlier[b.Name] {
			text := b.Verdict.String()
			c.Worse = c.Worse || b.Verdict != sdc.Safe
			c.Changes = append(c.Changes, Change{Part: "output", Output: b.Name, Now: &text})
			c.lists("finding", b.Name, nil, findings(b.Findings))
		}
	}
}

func (c *Changes) output(a, b *output) {
	c.Worse = c.Worse || b.Verdict < a.Verdict
	for _, f := range []struct{ where, was, now string }{
		{"verdict", a.Verdict.String(), b.Verdict.String()},
		{"title", a.Title, b.Title}, {"kind", a.Kind, b.Kind},
		{"cells", fmt.Sprint(a.Cells), fmt.Sprint(b.Cells)},
		{"unsafe cells", fmt.Sprint(a.UnsafeCells), fmt.Sprint(b.UnsafeCells)},
		{"rows", fmt.Sprint(a.Rows), fmt.Sprint(b.Rows)},
		{"excluded rows", fmt.Sprint(a.Excluded), fmt.Sprint(b.Excluded)},
	} {
		c.compare(Change{Part: "output", Output: a.Name, Where: f.where}, f.was, f.now)
	}
	c.lists("basis", a.Name, basisFacts(a.Basis), basisFacts(b.Basis))
	c.lists("finding", a.Name, findings(a.Findings), findings(b.Findings))
	c.lists("not-checked", a.Name, unchecked(a.NotChecked), unchecked(b.NotChecked))
}

// basis lists the basis of an output, one fact for each field.
func basisFacts(b *basis.Facts) []fact {
	if b == nil {
		return nil
	}
	out := []fact{
		{"respondent", b.Respondent, ""}, {"holding", b.Holding, ""}, {"weight", b.Weight, ""}, {"by", strings.Join(b.By, ", "), ""},
		{"sensitive", strings.Join(b.Sensitive, ", "), ""}, {"response", b.Response, ""}, {"statistics", strings.Join(b.Statistics, ", "), ""},
		{"quantile type", fmt.Sprint(b.QuantileType), ""}, {"per respondent", fmt.Sprint(b.PerRespondent), ""},
	}
	if p := b.Population; p != nil {
		out = append(out, fact{"population", fmt.Sprintf("%s: %d rows of %d respondents", p.Where, p.Rows, p.Respondents), ""})
	}
	for _, m := range b.Missing {
		out = append(out, fact{"missing " + m.Column, string(m.Policy), ""})
	}
	for _, h := range b.Hierarchies {
		out = append(out, fact{"hierarchy " + h.Column, fmt.Sprintf("%d codes in %d levels, to level %d, sha256 %s", h.Codes, h.Levels, h.Depth, h.SHA256), ""})
	}
	out = append(out,
		fact{"request", b.Request, ""}, fact{"margins", b.Margins, ""}, fact{"margins of", fmt.Sprintf("%q", b.MarginsOf), ""},
		fact{"sensitive values", strings.Join(b.SensitiveValues, ", "), ""}, fact{"parameters", fmt.Sprint(b.Parameters), ""})
	for _, a := range b.Amounts {
		out = append(out, fact{"amount " + a.Column, "width " + a.Width, ""})
	}
	for _, f := range b.Fold {
		out = append(out, fact{"fold " + f.Column, fmt.Sprintf("%q", f.Codes), ""})
	}
	for i, a := range b.APriori {
		text := ""
		for _, v := range slices.Sorted(maps.Keys(a.Codes)) {
			text += fmt.Sprintf("%s=%q ", v, a.Codes[v])
		}
		text += fmt.Sprintf("%s, by %q, line %d, protected %t, cost %q, levels %q and %q: %s", a.Status, a.By, a.Line, a.Protected, a.Cost, a.Lower, a.Upper, a.Reason)
		out = append(out, fact{fmt.Sprintf("a-priori entry %d", i+1), text, ""})
	}
	return facts(out)
}

func unchecked(list []message) []fact {
	var out []fact
	for _, m := range list {
		out = append(out, said(m.Text, "said", m.Fact))
	}
	return facts(out)
}

// findings names each finding by its rule, variable and cell. The order of the variables
// does not change the name.
func findings(list []finding) []fact {
	out := make([]fact, len(list))
	for i, f := range list {
		name := f.Rule
		if f.Variable != "" {
			name += " over " + f.Variable
		}
		if f.Statistic != "" {
			name += " of " + f.Statistic
		}
		sep := " at "
		for _, v := range slices.Sorted(maps.Keys(f.Cell)) {
			code := "*"
			if f.Cell[v] != nil {
				// Quoted where it could be taken for something else.
				if code = *f.Cell[v]; code == "" || strings.ContainsAny(code, `"=,* `) {
					code = fmt.Sprintf("%q", code)
				}
			}
			name += sep + v + "=" + code
			sep = ", "
		}
		text := fmt.Sprintf("%s, %s against %s: %s", f.Verdict, f.Observed, f.Limit, f.Text)
		if f.Count != 0 || f.Of != 0 {
			text += fmt.Sprintf(" (%d of %d)", f.Count, f.Of)
		}
		out[i] = said(name, text, f.Fact)
	}
	return facts(out)
}

// WriteJSON writes the changes as indented JSON.
func (c *Changes) WriteJSON(w io.Writer) error {
	if w == nil {
		return errWriter
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	return enc.Encode(c)
}

// WriteText writes the changes for a person, one line each. Of the new, gone and changed
// findings of an output it writes at most most of each.
func (c *Changes) WriteText(w io.Writer, most int) error {
	if w == nil {
		return errWriter
	}
	most = max(0, most)
	var b strings.Builder
	b.WriteString(notice + "\n")
	switch {
	case len(c.Changes) == 0:
		b.WriteString("Nothing has changed.\n")
	case c.Worse:
		b.WriteString("Worse: a verdict has become stricter.\n")
	}
	count := map[string]int{}
	flush := func() {
		for _, kind := range []string{"new", "gone", "changed"} {
			if n := count[kind] - most; n > 0 {
				fmt.Fprintf(&b, "  and %d more findings that are %s\n", n, kind)
			}
		}
		clear(count)
	}
	for i, x := range c.Changes {
		if i > 0 && (x.Part != c.Changes[i-1].Part || x.Output != c.Changes[i-1].Output) {
			flush()
		}
		kind := "changed"
		if x.Was == nil {
			kind = "new"
		} else if x.Now == nil {
			kind = "gone"
		}
		if x.Part == "finding" {
			if count[kind]++; count[kind] > most {
				continue
			}
		}
		b.WriteString(x.line(kind))
	}
	flush()
	_, err := io.WriteString(w, b.String())
	return err
}

func (x *Change) line(kind string) string {
	what := x.Part
	if x.Output != "" {
		what = fmt.Sprintf("%s %q", x.Part, x.Output)
	}
	if x.Where != "" {
		what += ", " + x.Where
	}
	switch kind {
	case "new":
		return printable(fmt.Sprintf("new      %s: %s", what, *x.Now)) + "\n"
	case "gone":
		return printable(fmt.Sprintf("gone     %s: %s", what, *x.Was)) + "\n"
	}
	return printable(fmt.Sprintf("changed  %s: %s (was: %s)", what, *x.Now, *x.Was)) + "\n"
}

// printable keeps names and codes of a report from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '\ufffd'
		}
		return r
	}, s)
}

var errWriter = fmt.Errorf("%w: the writer is nil", sdc.ErrRequest)
