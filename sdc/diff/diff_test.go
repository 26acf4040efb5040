package diff

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/seal"
)

func fixture(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/report.json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func read(t *testing.T, text []byte) *Report {
	t.Helper()
	r, err := Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// mutations calls fn once for every value of a document, with that value changed
// or, in a list, left out.
func mutations(doc any, path string, fn func(path string)) {
	switch d := doc.(type) {
	case map[string]any:
		for key, v := range d {
			d[key] = other(key, v)
			fn(path + "." + key)
			d[key] = v
			mutations(v, path+"."+key, fn)
		}
	case []any:
		for i, v := range d {
			d[i] = other("", v)
			fn(fmt.Sprintf("%s[%d]", path, i))
			d[i] = v
			mutations(v, fmt.Sprintf("%s[%d]", path, i), fn)
		}
	}
}

// other returns something else of the same type.
func other(key string, v any) any {
	switch v := v.(type) {
	case string:
		if key == "verdict" {
			if v == "unsafe" {
				return "review"
			}
			return "unsafe"
		}
		return v + "x"
	case float64:
		return v + 1
	case bool:
		return !v
	case []any:
		if len(v) > 0 {
			return v[1:]
		}
		return []any{}
	case nil:
		return "x"
	}
	return map[string]any{}
}

// derived are those that follow from others, or say nothing of the check.
var derived = []string{".confidential", ".policy.differences", ".title", ".article"}

// TestNothingGoesUnnoticed: whatever value of a report is another, it is an
// error or a change, in both directions; and a report has not changed from
// itself.
func TestNothingGoesUnnoticed(t *testing.T) {
	text := fixture(t)
	was := read(t, text)
	if c := Compare(was, read(t, text)); len(c.Changes) > 0 || c.Worse {
		t.Errorf("a report differs from itself: %v", c.Changes)
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	before, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	mutations(doc, "", func(path string) {
		if slices.ContainsFunc(derived, func(d string) bool { return strings.Contains(path, d) }) {
			return
		}
		changed, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(before, changed) {
			return // an empty list
		}
		tried++
		now, err := Read(bytes.NewReader(changed))
		if err != nil {
			return
		}
		there, back := Compare(was, now), Compare(now, was)
		if len(there.Changes) == 0 || len(there.Changes) != len(back.Changes) {
			t.Errorf("%s: %d changes, and %d back", path, len(there.Changes), len(back.Changes))
		}
	})
	if tried < 150 {
		t.Errorf("only %d values were changed", tried)
	}
}

// TestCompare: what is new, gone and changed, and what is worse.
func TestCompare(t *testing.T) {
	text := string(fixture(t))
	was := read(t, []byte(text))
	for _, tc := range []struct {
		name, old, now string
		worse          bool
		want           string
	}{
		{"an output is stricter", `"name": "persons by region",
   "kind": "frequency",
   "verdict": "safe"`, `"name": "persons by region",
   "kind": "frequency",
   "verdict": "review"`, true, "changed  output \"persons by region\", verdict: review (was: safe)\n"},
		{"another file", `"sha256": "9b7574f8`, `"sha256": "00000000`, false, "changed  source, persons.csv: 00000000fe6bdc65d98c819aa55cc2657029ad859a70758ea39fae5b7a409cb9 (was: 9b7574f8fe6bdc65d98c819aa55cc2657029ad859a70758ea39fae5b7a409cb9)\n"},
		{"a limit", `"value": "5"`, `"value": "8"`, false, "changed  policy, min-contributors: on, min 8 (was: on, min 5)\n"},
		{"another tool", `"version": "v1.0.0"`, `"version": "v1.1.0"`, false, "changed  tool, version: v1.1.0 (was: v1.0.0)\n"},
		{"a cell", `"age": "65+",
      "benefit": "disability"`, `"age": "65+",
      "benefit": "old, age"`, false, `gone     finding "benefits by region and age", min-contributors at age=65+, benefit=disability, region=*: unsafe, 4 against 5: 4 contributors; at least 5 are required
new      finding "benefits by region and age", min-contributors at age=65+, benefit="old, age", region=*: unsafe, 4 against 5: 4 contributors; at least 5 are required
`},
		{"an output is gone and another new", `"name": "persons by region"`, `"name": "households"`, false, `gone     output "persons by region": safe
new      output "households": safe
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if strings.Count(text, tc.old) == 0 {
				t.Fatalf("%s: not in the fixture", tc.name)
			}
			now := read(t, []byte(strings.Replace(text, tc.old, tc.now, 1)))
			c := Compare(was, now)
			var b strings.Builder
			if err := c.WriteText(&b, 5); err != nil {
				t.Fatal(err)
			}
			_, got, _ := strings.Cut(b.String(), "\n")
			got = strings.TrimPrefix(got, "Worse: a verdict has become stricter.\n")
			if diff := cmp.Diff(tc.want, got); diff != "" || c.Worse != tc.worse {
				t.Errorf("%s: worse %v: %s", tc.name, c.Worse, diff)
			}
		})
	}
	c := Compare(&Report{Verdict: was.Verdict}, was)
	var b strings.Builder
	if err := c.WriteText(&b, 1); err != nil || !strings.Contains(b.String(), "and 3 more findings that are new") || !c.Worse {
		t.Errorf("%v: %s", err, b.String())
	}
}

var update = flag.Bool("update", false, "write the golden files")

// TestGolden: a later report of the same folder, as text and as JSON.
func TestGolden(t *testing.T) {
	text := fixture(t)
	later := strings.NewReplacer("9b7574f8", "11111111", `"rows": 240`, `"rows": 243`, `"state": "missing"`, `"state": "answered"`,
		"4 contributors", "3 contributors", `"modified": true,`, "", `"verdict": "safe"`, `"verdict": "review"`).Replace(string(text))
	c := Compare(read(t, text), read(t, []byte(later)))
	for name, write := range map[string]func(io.Writer) error{
		"changes.json": c.WriteJSON,
		"changes.txt":  func(w io.Writer) error { return c.WriteText(w, 20) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		})
	}
}

// TestSchemas: the JSON Schemas have the keys of the types.
func TestSchemas(t *testing.T) {
	for name, v := range map[string]any{"report.schema.json": Report{}, "diff.schema.json": Changes{}} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
			if err != nil {
				t.Fatal(err)
			}
			var schema map[string]any
			if err := json.Unmarshal(text, &schema); err != nil {
				t.Fatal(err)
			}
			same(t, name, schema, reflect.TypeOf(v))
		})
	}
}

// same compares the properties of an object in a schema with the fields of a
// struct, and so on below.
func same(t *testing.T, path string, schema map[string]any, of reflect.Type) {
	t.Helper()
	if of == reflect.TypeFor[[]byte]() {
		return // a text in base64
	}
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		if of.Kind() == reflect.Slice {
			items, ok := schema["items"].(map[string]any)
			if !ok {
				t.Errorf("%s: no items", path)
				return
			}
			schema = items
		}
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct {
		return
	}
	props, _ := schema["properties"].(map[string]any)
	fields := 0
	for _, field := range reflect.VisibleFields(of) {
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if key == "-" || field.Anonymous {
			continue
		}
		fields++
		below, ok := props[key].(map[string]any)
		if !ok {
			t.Errorf("%s: %q is not in the schema", path, key)
			continue
		}
		same(t, path+"."+key, below, field.Type)
	}
	if schema["additionalProperties"] != false || len(props) != fields {
		t.Errorf("%s: %d properties and %d fields, or more are allowed", path, len(props), fields)
	}
}

func TestRead(t *testing.T) {
	text := string(fixture(t))
	for name, bad := range map[string]string{
		"empty": "", "no report": "{}", "another schema": strings.Replace(text, "sluis.report/1", "sluis.report/3", 1),
		"a field more": strings.Replace(text, `"verdict"`, `"mood": 1, "verdict"`, 1), "cut off": text[:len(text)/2],
		"two": text + text, "a verdict": strings.Replace(text, `"verdict": "unsafe"`, `"verdict": "fine"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(strings.NewReader(bad)); !errors.Is(err, ErrReport) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// TestTextDoesNotSteer: codes of a report are no orders to the terminal.
func TestTextDoesNotSteer(t *testing.T) {
	text := "unsafe\nNothing has changed."
	c := &Changes{Changes: []Change{
		{Part: "finding", Where: "nk at a=\x1b[2J", Now: &text}, {Part: "finding", Where: "x", Was: &text}, {Part: "finding", Where: "y", Was: &text, Now: &text},
	}}
	var b strings.Builder
	if err := c.WriteText(&b, 9); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "\x1b") || strings.Count(b.String(), "\n") != 4 {
		t.Errorf("%q", b.String())
	}
	b.Reset()
	if err := (&Changes{Changes: []Change{}}).WriteText(&b, -5); err != nil || strings.Contains(b.String(), "more") {
		t.Errorf("fewer than none: %q, %v", b.String(), err)
	}
}

// TestMilder: a verdict that does not follow from the findings is no report, and
// neither is one that was changed after it was written.
func TestMilder(t *testing.T) {
	write := func(change func(*sdc.Report)) string {
		r := &sdc.Report{Schema: seal.Schema, Verdict: sdc.Unsafe, Outputs: []sdc.OutputReport{{
			Name: "o", Verdict: sdc.Unsafe, Findings: []sdc.Finding{{Rule: "nk", Verdict: sdc.Unsafe}, {Rule: "zero-cells", Verdict: sdc.Review}},
		}}}
		change(r)
		var b strings.Builder
		if err := r.WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, x := range []struct {
		name   string
		change func(*sdc.Report)
		ok     bool
	}{
		{"as it is", func(*sdc.Report) {}, true},
		{"an output milder than its finding", func(r *sdc.Report) { r.Outputs[0].Verdict = sdc.Review }, false},
		{"a report milder than its output", func(r *sdc.Report) { r.Verdict = sdc.Review }, false},
		{"stricter than the findings", func(r *sdc.Report) { r.Outputs[0].Findings = nil }, true},
		{"milder than the unsafe cells", func(r *sdc.Report) {
			r.Verdict, r.Outputs[0] = sdc.Safe, sdc.OutputReport{Name: "o", Verdict: sdc.Safe, UnsafeCells: 1}
		}, false},
		{"milder than a remark", func(r *sdc.Report) {
			r.Verdict, r.Outputs = sdc.Safe, nil
			r.Data.Remarks = []sdc.Remark{{Name: "x", Verdict: sdc.Review}}
		}, false},
		{"as strict as a remark", func(r *sdc.Report) {
			r.Verdict, r.Outputs = sdc.Review, nil
			r.Data.Remarks = []sdc.Remark{{Name: "x", Verdict: sdc.Review}}
		}, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(write(x.change)))
			if (err == nil) != x.ok || err != nil && !errors.Is(err, ErrReport) {
				t.Error(err)
			}
		})
	}
	text := write(func(*sdc.Report) {})
	for _, x := range []struct{ name, text string }{
		{"a finding is changed", strings.Replace(text, `"rule": "nk"`, `"rule": "pq"`, 1)},
		{"the digest is moved", strings.Replace(text, "{", `{"digest": "x",`, 1)},
		{"written anew", strings.ReplaceAll(text, "\n ", "\n  ")},
	} {
		t.Run(x.name, func(t *testing.T) {
			if _, err := Read(strings.NewReader(x.text)); !errors.Is(err, seal.ErrSeal) {
				t.Error(err)
			}
		})
	}
}
