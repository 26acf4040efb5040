package sdc

import (
	"encoding/json"
	"io"

	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/seal"
)

const notice = "CONFIDENTIAL: this report holds small counts and must not leave the closed environment"

// WriteSealed writes the report as indented JSON with its digest. Where sign is not nil
// it adds a signature: sign returns the public key and its Ed25519 signature of a
// payload. The same check and key give the same bytes. Package sdc/seal checks both.
func (r *Report) WriteSealed(w io.Writer, sign func(payload []byte) (public, signature []byte)) error {
	if r == nil || w == nil {
		return outputsError("the report or the writer is nil")
	}
	return seal.Write(w, r.form(), sign)
}

// WriteJSON writes the report as indented JSON with its digest, the same bytes for
// the same check. See [Report.WriteSealed].
func (r *Report) WriteJSON(w io.Writer) error { return r.WriteSealed(w, nil) }

// MarshalJSON returns the report in the same form as [Report.WriteJSON], without its digest.
func (r *Report) MarshalJSON() ([]byte, error) { return json.Marshal(r.form()) }

// reportForm is a report as its JSON has it: every message is a [words.Fact].
type reportForm struct {
	Notice   string           `json:"confidential"`
	Schema   string           `json:"schema"`
	Verdict  Verdict          `json:"verdict"`
	About    *origin.About    `json:"about,omitempty"`
	Policy   policyForm       `json:"policy"`
	Data     dataForm         `json:"data"`
	Outputs  []outputForm     `json:"outputs"`
	Dossier  []checklist.Step `json:"dossier,omitempty"`
	Manifest *origin.Manifest `json:"manifest,omitempty"`
}

// In each of these forms, a field of the form takes the place of the embedded field that
// has the same name in JSON.
type (
	policyForm struct {
		basis.Policy
		Remarks []words.Fact `json:"remarks"`
	}
	dataForm struct {
		DataReport
		Remarks []remarkForm `json:"remarks,omitempty"`
	}
	outputForm struct {
		*OutputReport
		Findings   []findingForm `json:"findings"`
		NotChecked []words.Fact  `json:"notChecked"`
	}
	remarkForm struct {
		deepRemark
		words.Fact
	}
	findingForm struct {
		deepFinding
		words.Fact
	}
	// The message of deepRemark and deepFinding lies one level below that of the fact,
	// which therefore takes its place.
	deepRemark  struct{ *Remark }
	deepFinding struct{ *Finding }
)

func (r *Report) form() reportForm {
	out := reportForm{
		Notice: r.Notice, Schema: r.Schema, Verdict: r.Verdict, About: r.About, Dossier: r.Dossier, Manifest: r.Manifest,
		Policy: policyForm{r.Policy, words.Facts(r.Policy.Remarks)}, Data: dataForm{DataReport: r.Data},
		Outputs: make([]outputForm, len(r.Outputs)),
	}
	for i := range r.Data.Remarks {
		x := &r.Data.Remarks[i]
		out.Data.Remarks = append(out.Data.Remarks, remarkForm{deepRemark{x}, x.Message.Fact()})
	}
	for i := range r.Outputs {
		o := &r.Outputs[i]
		found := make([]findingForm, len(o.Findings))
		for k := range o.Findings {
			found[k] = findingForm{deepFinding{&o.Findings[k]}, o.Findings[k].Message.Fact()}
		}
		out.Outputs[i] = outputForm{o, found, words.Facts(o.NotChecked)}
	}
	return out
}
