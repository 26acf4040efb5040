package sdc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sluis-go/sluis/sdc/basis"
)

func TestBasis(t *testing.T) {
	tree, err := NewHierarchy(Code{Label: "N", Children: []Code{{Label: "a"}, {Label: "b"}}}, Code{Label: "S"})
	if err != nil {
		t.Fatal(err)
	}
	d := &Data{
		Roles:       Roles{Respondent: "id", Holding: "group", Weight: "w"},
		Missing:     map[string]Missing{"": MissingExclude, "sex": MissingCategory},
		Hierarchies: map[string]*Hierarchy{"region": tree, "other": tree},
	}
	none := []basis.Hierarchy{}
	for _, x := range []struct {
		name   string
		data   *Data
		output Output
		want   basis.Facts
	}{
		{"nothing is named", &Data{}, Output{Kind: Model}, basis.Facts{By: []string{}, Sensitive: []string{}, Statistics: []string{}, Missing: []basis.Missing{}, Hierarchies: none}},
		{"a frequency table counts", d, Output{Kind: Frequency, By: []string{"region", "sex"}, Sensitive: []string{"sex"}, Depth: map[string]int{"region": 1}}, basis.Facts{
			Respondent: "id", Holding: "group", Weight: "w", By: []string{"region", "sex"}, Sensitive: []string{"sex"}, Statistics: []string{"count"},
			Missing: []basis.Missing{{Column: "region", Policy: string(MissingExclude)}, {Column: "sex", Policy: string(MissingCategory)}}, Hierarchies: []basis.Hierarchy{{Column: "region", Levels: 2, Codes: 4, Depth: 1, SHA256: tree.digest()}}, Margins: "all",
		}},
		{"a magnitude table sums", d, Output{Kind: Magnitude, By: []string{"sex"}, Response: "x"}, basis.Facts{
			Respondent: "id", Holding: "group", Weight: "w", By: []string{"sex"}, Sensitive: []string{}, Response: "x", Statistics: []string{"sum"},
			Missing: []basis.Missing{{Column: "sex", Policy: string(MissingCategory)}}, Hierarchies: none, Margins: "all",
		}},
		{"statistics as named", d, Output{Kind: Magnitude, By: []string{"sex"}, Response: "x", Statistics: []string{"mean"}}, basis.Facts{
			Respondent: "id", Holding: "group", Weight: "w", By: []string{"sex"}, Sensitive: []string{}, Response: "x", Statistics: []string{"mean"},
			Missing: []basis.Missing{{Column: "sex", Policy: string(MissingCategory)}}, Hierarchies: none, Margins: "all",
		}},
		{"sensitive columns of microdata", d, Output{Kind: Microdata, By: []string{"sex"}, Sensitive: []string{"region"}}, basis.Facts{
			Respondent: "id", Holding: "group", Weight: "w", By: []string{"sex"}, Sensitive: []string{"region"}, Statistics: []string{},
			Missing: []basis.Missing{{Column: "sex", Policy: string(MissingCategory)}, {Column: "region", Policy: string(MissingExclude)}}, Hierarchies: []basis.Hierarchy{{Column: "region", Levels: 2, Codes: 4, Depth: 0, SHA256: tree.digest()}},
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			if diff := cmp.Diff(x.want, x.data.basis(&x.output)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
