// Package diff compares two reports of a check, as written in JSON. It lists the outputs
// that have become safe or unsafe, the findings that are new or gone, and the changes of
// the data, the policy or the tool.
package diff

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/seal"
)

// ErrReport says that a file is no report that this package knows.
var ErrReport = errors.New("not a report of sluis check")

// firstSchema is the schema of earlier reports. In these a message is its English sentence
// alone, and a difference between policies is one too.
const firstSchema = "sluis.report/1"

// Report is a report as its JSON has it. docs/report.schema.json describes it.
type Report struct {
	Notice   string           `json:"confidential"`
	Schema   string           `json:"schema"`
	Verdict  sdc.Verdict      `json:"verdict"`
	About    *origin.About    `json:"about"`
	Policy   policy           `json:"policy"`
	Data     data             `json:"data"`
	Outputs  []output         `json:"outputs"`
	Dossier  []checklist.Step `json:"dossier"`
	Manifest *origin.Manifest `json:"manifest"`
	// Digest is the SHA-256 of the bytes of the report before it. It is "" in a report of
	// an earlier version; a change of such a report cannot be detected.
	Digest string `json:"digest"`
	// Signer is an Ed25519 public key, and Signature its signature of [seal.Payload].
	Signer    []byte `json:"signer"`
	Signature []byte `json:"signature"`
}

type policy struct {
	Name        string         `json:"name"`
	SHA256      string         `json:"sha256"`
	File        *origin.Source `json:"file"`
	Weighting   string         `json:"weighting"`
	Rules       []rule         `json:"rules"`
	Differences []difference   `json:"differences"`
	Remarks     []message      `json:"remarks"`
}

// difference is as the report has it. Text is the difference in a report of the first
// schema, "dossier: required (in cbs: not required)": the name of the rule, a colon and
// English words.
type difference struct {
	basis.Difference
	Text string `json:"-"`
}

// UnmarshalJSON implements json.Unmarshaler, for reports of every schema.
func (d *difference) UnmarshalJSON(text []byte) error {
	if text[0] != '"' {
		return strictly(text, &d.Difference)
	}
	err := json.Unmarshal(text, &d.Text)
	d.Rule, _, _ = strings.Cut(d.Text, ":")
	return err
}

// message is a fact that stands alone. In the first schema it is a sentence.
type message struct{ words.Fact }

// UnmarshalJSON implements json.Unmarshaler, for reports of every schema.
func (m *message) UnmarshalJSON(text []byte) error {
	if text[0] != '"' {
		return strictly(text, &m.Fact)
	}
	return json.Unmarshal(text, &m.Text)
}

// strictly decodes JSON without fields that are not known.
func strictly(text []byte, to any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode(to)
}

type rule struct {
	Rule   string  `json:"rule"`
	Off    bool    `json:"off"`
	Limits []limit `json:"limits"`
}

type limit struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type data struct {
	Rows        int64           `json:"rows"`
	Respondents int64           `json:"respondents"`
	Sources     []origin.Source `json:"sources"`
	Remarks     []remark        `json:"remarks"`
}

// remark is as [sdc.Remark], with the sentence that the report has.
type remark struct {
	Name    string      `json:"name"`
	Column  string      `json:"column"`
	Count   int64       `json:"count"`
	Verdict sdc.Verdict `json:"verdict"`
	words.Fact
}

type output struct {
	Name        string       `json:"name"`
	Title       string       `json:"title"`
	Kind        string       `json:"kind"`
	Verdict     sdc.Verdict  `json:"verdict"`
	Basis       *basis.Facts `json:"basis"`
	Cells       int          `json:"cells"`
	UnsafeCells int          `json:"unsafeCells"`
	Rows        int64        `json:"rows"`
	Excluded    int64        `json:"excludedRows"`
	Findings    []finding    `json:"findings"`
	NotChecked  []message    `json:"notChecked"`
}

type finding struct {
	Rule      string             `json:"rule"`
	Cell      map[string]*string `json:"cell"`
	Variable  string             `json:"variable"`
	Statistic string             `json:"statistic"`
	Observed  json.Number        `json:"observed"`
	Limit     json.Number        `json:"limit"`
	Count     int64              `json:"count"`
	Of        int64              `json:"of"`
	Verdict   sdc.Verdict        `json:"verdict"`
	words.Fact
}

// Read reads a report in JSON. The error wraps ErrReport and holds nothing of the report.
// These are errors:
//
//   - a field that is not known: its content could not be compared;
//   - a report that does not fit its digest (the error wraps [seal.ErrSeal] too);
//   - a verdict that is milder than the content of the report: an output is never better
//     than its worst finding, and a report is never better than its worst output or
//     remark.
func Read(r io.Reader) (*Report, error) {
	if r == nil {
		return nil, fmt.Errorf("%w: the reader is nil", ErrReport)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	digest, err := seal.Check(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReport, err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	out := &Report{}
	if err := dec.Decode(out); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("%w: no JSON at byte %d", ErrReport, syntax.Offset)
		}
		return nil, fmt.Errorf("%w: a field is missing, of another type, or not known", ErrReport)
	}
	if out.Schema != seal.Schema && out.Schema != firstSchema {
		return nil, fmt.Errorf("%w: the schema is not %s or %s", ErrReport, seal.Schema, firstSchema)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows it", ErrReport)
	}
	if out.Digest != digest {
		return nil, fmt.Errorf("%w: %w: the digest is not where it was written", ErrReport, seal.ErrSeal)
	}
	return out, out.follows()
}

// follows reports a verdict that does not follow from the findings.
func (r *Report) follows() error {
	worst := sdc.Safe
	for _, x := range r.Data.Remarks {
		worst = min(worst, x.Verdict)
	}
	for i, o := range r.Outputs {
		found := sdc.Safe
		for _, f := range o.Findings {
			found = min(found, f.Verdict)
		}
		if o.UnsafeCells > 0 {
			found = sdc.Unsafe
		}
		if o.Verdict > found {
			return fmt.Errorf("%w: the verdict of output %d is milder than its findings", ErrReport, i+1)
		}
		worst = min(worst, o.Verdict)
	}
	if r.Verdict > worst {
		return fmt.Errorf("%w: the verdict is milder than that of an output or a remark", ErrReport)
	}
	return nil
}
