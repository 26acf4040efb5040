package diff

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/seal"
)

// sayAgain compares the messages of a report with those of its JSON: the ID and the
// arguments make the sentence of the JSON, and the message of the report in every language.
// sayAgain returns the number of messages.
func sayAgain(t *testing.T, made *sdc.Report, read *Report) (n int) {
	t.Helper()
	same := func(want words.Message, got words.Fact) {
		n++
		again := got.Message()
		if got.Text != again.In(words.English) || got.ID != want.ID || again.Foreign() != want.Foreign() {
			t.Errorf("%+v says %q", got, again.In(words.English))
		}
		for _, l := range words.Languages() {
			if a, b := again.In(l), want.In(l); a != b {
				t.Errorf("%s: %q, want %q", l, a, b)
			}
		}
	}
	list := func(want []words.Message, got []message) {
		if len(got) != len(want) {
			t.Fatalf("%d messages of %d", len(got), len(want))
		}
		for i := range want {
			same(want[i], got[i].Fact)
		}
	}
	list(made.Policy.Remarks, read.Policy.Remarks)
	if len(read.Policy.Differences) != len(made.Policy.Differences) || len(read.Data.Remarks) != len(made.Data.Remarks) || len(read.Outputs) != len(made.Outputs) {
		t.Fatal("something is not in the JSON")
	}
	for i, d := range made.Policy.Differences {
		n++
		for _, l := range words.Languages() {
			if a, b := read.Policy.Differences[i].Message().In(l), d.Message().In(l); a != b {
				t.Errorf("%s: %q, want %q", l, a, b)
			}
		}
	}
	for i := range made.Data.Remarks {
		same(made.Data.Remarks[i].Message, read.Data.Remarks[i].Fact)
	}
	for i := range made.Outputs {
		a, b := &made.Outputs[i], &read.Outputs[i]
		list(a.NotChecked, b.NotChecked)
		if len(a.Findings) != len(b.Findings) {
			t.Fatal("a finding is not in the JSON")
		}
		for k := range a.Findings {
			same(a.Findings[k].Message, b.Findings[k].Fact)
		}
	}
	return n
}

// TestFirstSchema: a report of the first schema, in which messages and differences are
// sentences, is read, and is the same report. Its changes are noticed as before.
func TestFirstSchema(t *testing.T) {
	text, now := asked(t, persons(t)).report(t)
	var doc map[string]any
	if err := json.Unmarshal(append(bytes.Clone(text[:bytes.LastIndex(text, []byte(",\n \"digest\""))]), '}'), &doc); err != nil {
		t.Fatal(err)
	}
	plain(doc)
	doc["schema"] = firstSchema
	var differences []any
	for _, d := range now.Policy.Differences {
		differences = append(differences, d.String())
	}
	doc["policy"].(map[string]any)["differences"] = differences
	earlier, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(earlier, []byte(`"args"`)) || !bytes.Contains(earlier, []byte(`"notChecked":["`)) || !bytes.Contains(earlier, []byte(`"dossier: required`)) {
		t.Fatalf("not as the first schema has it: %s", earlier)
	}
	was := read(t, earlier)
	now.Digest = ""
	for _, c := range []*Changes{Compare(was, now), Compare(now, was), Compare(was, read(t, earlier))} {
		if len(c.Changes) > 0 || c.Worse {
			t.Errorf("%+v", c)
		}
	}
	for _, tc := range []struct{ name, old, now string }{
		{"a difference", "dossier: required", "dossier: wanted"}, {"a finding", "at least 10 are required", "at least 9 are required"},
		{"what was not checked", `"notChecked":["`, `"notChecked":["x`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			changed := strings.Replace(string(earlier), tc.old, tc.now, 1)
			if changed == string(earlier) {
				t.Fatal("not in the report")
			}
			if c := Compare(was, read(t, []byte(changed))); len(c.Changes) == 0 {
				t.Error("no change")
			}
		})
	}
}

// plain makes messages of a report sentences.
func plain(x any) {
	switch x := x.(type) {
	case map[string]any:
		for _, key := range []string{"notChecked", "remarks"} {
			list, _ := x[key].([]any)
			for i := range list {
				if m := list[i].(map[string]any); m["verdict"] == nil {
					list[i] = m["message"]
				}
			}
		}
		if _, ok := x["message"]; ok {
			delete(x, "id")
			delete(x, "args")
			delete(x, "notes")
		}
		for _, y := range x {
			plain(y)
		}
	case []any:
		for _, y := range x {
			plain(y)
		}
	}
}

// TestOneSentenceOfTwoFacts: two messages of one sentence, of which the data differ, are a
// change.
func TestOneSentenceOfTwoFacts(t *testing.T) {
	of := func(m words.Message) *Report {
		var b bytes.Buffer
		r := &sdc.Report{Schema: seal.Schema, Verdict: sdc.Unsafe, Outputs: []sdc.OutputReport{{
			Name: "o", Verdict: sdc.Unsafe, Findings: []sdc.Finding{{Rule: "nk", Verdict: sdc.Unsafe, Message: m}}, NotChecked: []words.Message{m},
		}}}
		r.Policy.Remarks, r.Data.Remarks = []words.Message{m}, []sdc.Remark{{Name: "r", Message: m, Verdict: sdc.Safe}}
		if err := r.WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		return read(t, b.Bytes())
	}
	a, b := of(words.New(words.NoRespondent)), of(words.Said(words.New(words.NoRespondent).String()))
	if c := Compare(a, b); len(c.Changes) != 4 {
		t.Errorf("%+v", c.Changes)
	}
	if c := Compare(a, of(words.New(words.NoRespondent))); len(c.Changes) != 0 {
		t.Errorf("%+v", c.Changes)
	}
}
