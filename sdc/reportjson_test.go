package sdc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestMarshal: the standard library writes a report in the form that the schema of the report
// names, as WriteJSON does, but for the digest.
func TestMarshal(t *testing.T) {
	table := tableOf(t, fields("a", text), row{"a": "x"}, row{"a": "y"})
	r, err := sdc.Check(context.Background(), sdc.FromTable(table), []sdc.Output{{Name: "o", Kind: sdc.Frequency, By: []string{"a"}}}, sdc.CBS(), sdc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	if err := r.WriteJSON(&written); err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	if err := json.Unmarshal(written.Bytes(), &want); err != nil {
		t.Fatal(err)
	}
	delete(want, "digest")
	line, err := json.Marshal(r)
	if err == nil {
		err = json.Unmarshal(line, &got)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !bytes.Contains(line, []byte(`"id":"`)) {
		t.Error("a message has no id")
	}
}
