package spec_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/spec"
)

// TestEveryRule: a policy file can name every rule of a policy, the schema of policy files
// has the rule, and docs/rules.md has its inequality.
func TestEveryRule(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	schema, rules := read("policy.schema.json"), read("rules.md")
	word := regexp.MustCompile(`([A-Z][a-z])`)
	n := 0
	for _, field := range reflect.VisibleFields(reflect.TypeFor[sdc.Policy]()) {
		if field.Type.Kind() != reflect.Struct {
			continue
		}
		if _, is := field.Type.FieldByName("Off"); !is {
			continue
		}
		n++
		// MinHoldings is min-holdings, PPercent p-percent, NK nk.
		name := strings.ToLower(strings.TrimPrefix(word.ReplaceAllString(field.Name, "-$1"), "-"))
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "policy.yaml")
			if err := os.WriteFile(file, []byte("version: 1\nname: x\nextends: cbs\nrules: {"+name+": off}\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			p, err := spec.LoadPolicy(file)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.ValueOf(p).FieldByIndex(field.Index).FieldByName("Off").Bool() {
				t.Error("the rule is still on")
			}
			if !strings.Contains(schema, `"`+name+`": {`) {
				t.Error("docs/policy.schema.json does not have the rule")
			}
			if !strings.Contains(rules, "| `"+name+"` |") {
				t.Error("docs/rules.md does not have the rule")
			}
		})
	}
	if n < 15 {
		t.Errorf("only %d rules were found", n)
	}
}
