package spec

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMissingHasEffect: a line under missing of a column that is used has an effect.
func TestMissingHasEffect(t *testing.T) {
	for _, tc := range []struct {
		name, missing string
		wrong         string // the column
	}{
		{"of a spanning variable", "{region: category}", ""},
		{"of a sensitive variable", "{diagnosis: category}", ""},
		{"of all", "{default: refuse}", ""},
		{"of the response", "{income: refuse}", "income"},
		{"of the respondent", "{person: exclude}", "person"},
		{"of a column that no output has", "{region: refuse, other: refuse}", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "spec.yaml")
			text := `version: 1
data: {source: d.csv, respondent: person, missing: ` + tc.missing + `}
outputs:
  - {name: t, kind: magnitude, by: [region], response: income}
  - {name: m, kind: microdata, keys: [region], sensitive: [diagnosis]}
`
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load(path)
			if (err != nil) != (tc.wrong != "") {
				t.Fatalf("error %v", err)
			}
			if err != nil && (!errors.Is(err, ErrSpec) || !strings.Contains(err.Error(), `"`+tc.wrong+`" has no effect`)) {
				t.Errorf("error %v", err)
			}
		})
	}
}
