package sdc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
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
	none := []HierarchyBasis{}
	for _, x := range []struct {
		name   string
		data   *Data
		output Output
		want   Basis
	}{
		{"nothing is named", &Data{}, Output{Kind: Model}, Basis{By: []string{}, Sensitive: []string{}, Statistics: []string{}, Missing: []MissingBasis{}, Hierarchies: none}},
		{"a frequency table counts", d, Output{Kind: Frequency, By: []string{"region", "sex"}, Sensitive: []string{"sex"}, Depth: map[string]int{"region": 1}}, Basis{
			Respondent: "id", Holding: "group", Weight: "w", By: []string{"region", "sex"}, Sensitive: []string{"sex"}, Statistics: []string{"count"},
			Missing: []MissingBasis{{"region", MissingExclude}, {"sex", MissingCategory}}, Hierarchies: []HierarchyBasis{{"region", 2, 4, 1, tree.digest()}}, Margins: "all",
		}},
		{"a magnitude table sums", d, Output{Kind: Magnitude, By: []string{"sex"}, Response: "x"}, Basis{
			Respondent: "id", Holding: "group", Weight: "w", By: []string{"sex"}, Sensitive: []string{}, Response: "x", Statistics: []string{"sum"},
			Missing: []MissingBasis{{"sex", MissingCategory}}, Hierarchies: none, Margins: "all",
		}},
		{"statistics as named", d, Output{Kind: Magnitude, By: []string{"sex"}, Response: "x", Statistics: []string{"mean"}}, Basis{
			Respondent: "id", Holding: "group", Weight: "w", By: []string{"sex"}, Sensitive: []string{}, Response: "x", Statistics: []string{"mean"},
			Missing: []MissingBasis{{"sex", MissingCategory}}, Hierarchies: none, Margins: "all",
		}},
		{"sensitive columns of microdata", d, Output{Kind: Microdata, By: []string{"sex"}, Sensitive: []string{"region"}}, Basis{
			Respondent: "id", Holding: "group", Weight: "w", By: []string{"sex"}, Sensitive: []string{"region"}, Statistics: []string{},
			Missing: []MissingBasis{{"sex", MissingCategory}, {"region", MissingExclude}}, Hierarchies: []HierarchyBasis{{"region", 2, 4, 0, tree.digest()}},
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			if diff := cmp.Diff(x.want, x.data.basis(&x.output)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
