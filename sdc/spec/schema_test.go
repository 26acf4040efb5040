package spec

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// keys lists the YAML keys of a struct.
func keys(v any) []string {
	var out []string
	t := reflect.TypeOf(v)
	for i := range t.NumField() {
		if tag, ok := t.Field(i).Tag.Lookup("yaml"); ok {
			out = append(out, tag)
		}
	}
	slices.Sort(out)
	return out
}

// at walks a JSON Schema to the object at a path and lists its properties.
func at(t *testing.T, file, path string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", file))
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	for step := range strings.FieldsSeq(path) {
		if list, ok := v.([]any); ok {
			v = list[int(step[0]-'0')]
			continue
		}
		v = v.(map[string]any)[step]
	}
	var out []string
	for k := range v.(map[string]any)["properties"].(map[string]any) {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// TestSchemas: the JSON Schemas know the same keys as the reader.
func TestSchemas(t *testing.T) {
	for _, tc := range []struct {
		file, path string
		of         any
	}{
		{"spec.schema.json", "", specFile{}},
		{"spec.schema.json", "properties data", dataFile{}},
		{"spec.schema.json", "properties data properties csv", csvFile{}},
		{"spec.schema.json", "properties data properties identifiers", identifiersFile{}},
		{"spec.schema.json", "properties data properties hierarchies additionalProperties", hierarchyFile{}},
		{"spec.schema.json", "properties outputs items", outputFile{}},
		{"spec.schema.json", "properties outputs items properties apriori oneOf 0 items", aprioriEntry{}},
		{"spec.schema.json", "properties outputs items properties apriori oneOf 1", aprioriHST{}},
		{"policy.schema.json", "", policyFile{}},
		{"policy.schema.json", "properties rules", rulesFile{}},
		{"policy.schema.json", "properties rules properties min-holdings oneOf 1", minFields{}},
		{"policy.schema.json", "properties rules properties all-equal oneOf 1", percentField{}},
		{"policy.schema.json", "properties rules properties nk oneOf 1", nkFields{}},
		{"policy.schema.json", "properties rules properties p-percent oneOf 1", pFields{}},
		{"policy.schema.json", "properties rules properties pq oneOf 1", pqFields{}},
		{"policy.schema.json", "properties rules properties group-disclosure oneOf 1", groupFields{}},
		{"policy.schema.json", "properties rules properties closeness oneOf 1", closeFields{}},
		{"policy.schema.json", "properties rules properties identifiers oneOf 1", identifierFields{}},
	} {
		t.Run(fmt.Sprintf("file %s, path %s", tc.file, tc.path), func(t *testing.T) {
			if diff := cmp.Diff(keys(tc.of), at(t, tc.file, tc.path)); diff != "" {
				t.Errorf("%s at %q: %s", tc.file, tc.path, diff)
			}
		})
	}
}
