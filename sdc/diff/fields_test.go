package diff

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/declared"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// request is all that a check is asked.
type request struct {
	data    *sdc.Data
	policy  sdc.Policy
	outputs []sdc.Output
	said    int // messages of the reports, see sayAgain
}

// persons has 90 persons of 30 households in six towns of two provinces.
func persons(t *testing.T) arrow.Table {
	t.Helper()
	var rows []map[string]any
	for i := range 90 {
		rows = append(rows, map[string]any{
			"id": fmt.Sprint("p", i), "other": fmt.Sprint("q", i%80), "own": fmt.Sprint("h", i%30), "w": 1 + i%3, "asked": i%41 == 3,
			"town": fmt.Sprint("t", i%6), "sex": []any{"m", "f", nil}[i*i%7%3], "age": i % 4, "x": 100 + i*i%53, "y": i % 2, "z": 100 + i*i%53 - i%2,
		})
	}
	text, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	var fields []arrow.Field
	for _, name := range []string{"id", "other", "own", "town", "sex"} {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	for _, name := range []string{"w", "age", "x", "y", "z"} {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Int64, Nullable: true})
	}
	fields = append(fields, arrow.Field{Name: "asked", Type: arrow.FixedWidthTypes.Boolean, Nullable: true})
	table, err := array.TableFromJSON(memory.DefaultAllocator, arrow.NewSchema(fields, nil), []string{string(text)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(table.Release)
	return table
}

func provinces(t *testing.T, first ...string) *sdc.Hierarchy {
	t.Helper()
	north, south := sdc.Code{Label: "N"}, sdc.Code{Label: "S"}
	for i := range 6 {
		c := sdc.Code{Label: fmt.Sprint("t", i)}
		if slices.Contains(first, c.Label) {
			north.Children = append(north.Children, c)
		} else {
			south.Children = append(south.Children, c)
		}
	}
	h, err := sdc.NewHierarchy(north, south)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// asked is a request in which every field says something.
func asked(t *testing.T, table arrow.Table) *request {
	t.Helper()
	r := &request{data: sdc.FromTable(table), policy: sdc.CBS()}
	r.policy.Name = "ours"
	r.data.Roles = sdc.Roles{Respondent: "id", Holding: "own", Request: "asked"}
	r.data.Missing = map[string]sdc.Missing{"": "exclude", "sex": "category"}
	r.data.Hierarchies = map[string]*sdc.Hierarchy{"town": provinces(t, "t0", "t1", "t2")}
	r.data.RespondentForm = "exact"
	r.data.Declared = declared.Columns{
		Codes: map[string][]string{"age": {"0", "1", "2", "3", "4"}}, Independent: [][2]string{{"town", "age"}}, Relations: []string{"x = z + y"},
		Bounds: map[string][2]string{"x": {"0", "200"}},
	}
	r.data.About = origin.About{Title: "a", Project: "b", Requester: "c", Date: "d"}
	r.data.NotIdentifiers = map[string]string{"age": "it is an age"}
	r.policy.RequireDossier, r.data.Dossier = true, &checklist.State{}
	r.data.Sources = []origin.Source{{Name: "f.csv", SHA256: strings.Repeat("a", 64)}}
	r.data.Remarks = []sdc.Remark{{Name: "said", Column: "x", Count: 1, Verdict: sdc.Safe, Message: words.Said("something")}}
	r.outputs = []sdc.Output{
		{
			Name: "count", Title: "of persons", Kind: sdc.Frequency, By: []string{"town", "sex"}, Margins: [][]string{{"town"}, {}}, Depth: map[string]int{"town": 1},
			Fold: map[string][]string{"town": {"N"}}, Sensitive: []string{"sex"}, APriori: []sdc.APriori{{
				Codes: map[string]string{"town": "N"}, Reason: "known", By: "me", Line: 3, Protected: true, Cost: "4", Lower: "5", Upper: "6",
			}},
		},
		{Name: "sum", Kind: sdc.Magnitude, By: []string{"town", "age"}, Response: "x", SensitiveValues: []string{"3"}, Statistics: []string{"sum", "median"}, QuantileType: 6, PerRespondent: true},
		{Name: "file", Kind: sdc.Microdata, By: []string{"town", "age"}, Sensitive: []string{"sex", "x", "y"}, Amounts: []string{"x"}, Width: map[string]string{"y": "2"}},
		{Name: "fit", Kind: sdc.Model, Parameters: 7},
	}
	return r
}

// report returns the JSON of a check and the report that diff reads from it; nil for an
// error.
func (r *request) report(t *testing.T) ([]byte, *Report) {
	t.Helper()
	out, err := sdc.Check(context.Background(), r.data, r.outputs, r.policy, sdc.Options{Threads: 1})
	if err != nil {
		return nil, nil
	}
	var b bytes.Buffer
	if err := out.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	back := read(t, b.Bytes())
	r.said += sayAgain(t, out, back)
	return b.Bytes(), back
}

// others returns values of the same type that differ from v.
func others(v reflect.Value) []reflect.Value {
	of := func(x any) reflect.Value { return reflect.ValueOf(x).Convert(v.Type()) }
	if v.Type() == reflect.TypeFor[words.Message]() {
		return []reflect.Value{of(words.Said("other")), of(words.New(words.NoRespondent))}
	}
	switch v.Kind() {
	case reflect.Bool:
		return []reflect.Value{of(!v.Bool())}
	case reflect.Int, reflect.Int64:
		return []reflect.Value{of(v.Int() + 1)}
	case reflect.String:
		list := []string{"", "12", "sex", "x", "y", "w", "other", "category", "exclude", "wildcard", "frequency", "handbook", v.String() + "x"}
		var out []reflect.Value
		for _, s := range list {
			if s != v.String() {
				out = append(out, of(s))
			}
		}
		return out
	}
	return nil
}

// change calls fn once for every way to change the value of v; v is changed during the
// call.
func change(v reflect.Value, path string, fn func(path string)) {
	with := func(x reflect.Value, path string) {
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		v.Set(x)
		fn(path)
		v.Set(old)
	}
	for i, x := range others(v) {
		with(x, fmt.Sprintf("%s (%d)", path, i))
	}
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[words.Message]() {
			return // a fact is its sentence
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				change(v.Field(i), path+"."+f.Name, fn)
			}
		}
	case reflect.Slice:
		if v.Len() > 0 {
			with(v.Slice(1, v.Len()), path+" without the first")
			with(reflect.Zero(v.Type()), path+" without any")
			with(reflect.Append(v.Slice3(0, v.Len(), v.Len()), v.Index(0)), path+" with the first twice")
		}
		for i := range v.Len() {
			change(v.Index(i), fmt.Sprintf("%s[%d]", path, i), fn)
		}
	case reflect.Array:
		for i := range v.Len() {
			change(v.Index(i), fmt.Sprintf("%s[%d]", path, i), fn)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			less := reflect.MakeMap(v.Type())
			for _, k := range v.MapKeys() {
				if k.Interface() != key.Interface() {
					less.SetMapIndex(k, v.MapIndex(k))
				}
			}
			with(less, fmt.Sprintf("%s without %v", path, key))
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(key))
			change(value, fmt.Sprintf("%s[%v]", path, key), func(path string) {
				more := reflect.MakeMap(v.Type())
				for _, k := range v.MapKeys() {
					more.SetMapIndex(k, v.MapIndex(k))
				}
				more.SetMapIndex(key, value)
				with(more, path)
			})
		}
	case reflect.Pointer:
		if !v.IsNil() {
			with(reflect.Zero(v.Type()), path+" without it")
			if v.Type() != reflect.TypeFor[*sdc.Hierarchy]() {
				change(v.Elem(), path, fn)
			}
		}
	}
}

// TestEveryFieldIsInTheReport: a change of any field of a request, of its data, its
// outputs or its policy changes the report, and diff shows the change; or it is an error.
func TestEveryFieldIsInTheReport(t *testing.T) {
	table := persons(t)
	base := asked(t, table)
	before, was := base.report(t)
	if was == nil {
		t.Fatal("the request is an error")
	}
	tried, errs := 0, 0
	seen := map[string]bool{}
	look := func(path string) {
		tried++
		seen[strings.SplitN(strings.SplitN(path, " ", 2)[0], "[", 2)[0]] = true
		after, now := base.report(t)
		if now == nil {
			errs++
			return
		}
		if bytes.Equal(before, after) {
			if path == "data.Remarks with the first twice" {
				return // equal remarks are kept once
			}
			t.Errorf("%s: the report is the same", path)
			return
		}
		if c := Compare(was, now); len(c.Changes) == 0 {
			t.Errorf("%s: diff does not see it", path)
		}
	}
	change(reflect.ValueOf(base.data).Elem(), "data", look)
	change(reflect.ValueOf(&base.policy).Elem(), "policy", look)
	change(reflect.ValueOf(&base.outputs).Elem(), "outputs", look)
	for name, h := range map[string]*sdc.Hierarchy{"another tree": provinces(t, "t0", "t1", "t3"), "another order of levels": provinces(t, "t0")} {
		old := base.data.Hierarchies["town"]
		base.data.Hierarchies["town"] = h
		look("tree: " + name)
		base.data.Hierarchies["town"] = old
	}
	if after, _ := base.report(t); !bytes.Equal(before, after) {
		t.Error("the test leaves something changed")
	}
	if base.said < 100*tried/2 {
		t.Errorf("%d messages in %d reports", base.said, tried)
	}
	if tried < 400 || errs > tried*3/4 {
		t.Errorf("%d changes, %d errors", tried, errs)
	}
	for _, want := range []string{"data.Roles.Respondent", "data.Missing", "data.About.Date", "data.Declared.Codes", "data.Declared.Independent", "data.Declared.Relations", "data.Declared.Bounds", "policy.NK.Percent", "policy.Weighting", "outputs"} {
		if !seen[want] {
			t.Errorf("%s was not changed: %q", want, slices.Sorted(maps.Keys(seen)))
		}
	}
}

// TestNothingOfAReportGoesUnnoticed: as TestNothingGoesUnnoticed, of a report in which
// every field of the basis says something.
func TestNothingOfAReportGoesUnnoticed(t *testing.T) {
	text, was := asked(t, persons(t)).report(t)
	at := bytes.LastIndex(text, []byte(",\n \"digest\""))
	var doc any
	if err := json.Unmarshal(append(bytes.Clone(text[:at]), '}'), &doc); err != nil {
		t.Fatal(err)
	}
	was.Digest = ""
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
			return
		}
		tried++
		if now, err := Read(bytes.NewReader(changed)); err == nil && len(Compare(was, now).Changes) == 0 {
			t.Errorf("%s: no change", path)
		}
	})
	if tried < 150 {
		t.Errorf("only %d values were changed", tried)
	}
}
