package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckValues: --values writes a private file with the values of safe cells.
func TestCheckValues(t *testing.T) {
	var data strings.Builder
	data.WriteString("k,x\n")
	for i := range 25 {
		fmt.Fprintf(&data, "a,%d\n", i)
	}
	data.WriteString("b,77\n")
	dir := folder(t, "d.csv", data.String())
	spec := "version: 1\ndata: {source: d.csv}\noutputs:\n  - {name: m, kind: magnitude, by: [k], margins: none, response: x, statistics: [median, mean]}\n"
	if err := os.WriteFile(filepath.Join(dir, "spec.yaml"), []byte(spec), 0o600); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, "values.csv")
	if status, _, stderr := sluis(t, "check", filepath.Join(dir, "spec.yaml"), "--values", at); status != 3 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	got, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	want := "output,k,statistic,value,verdict\nm,a,median,,unsafe\nm,a,mean,,unsafe\nm,b,median,,unsafe\nm,b,mean,,unsafe\n"
	if strings.ReplaceAll(string(got), "\r", "") != want {
		t.Errorf("%s", got)
	}
	if info, err := os.Stat(at); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	// Where neither cell has nearly all respondents of the line, both are safe.
	rows := strings.ReplaceAll(data.String(), "b,77\n", "")
	for i := range 25 {
		rows += fmt.Sprintf("b,%d\n", i)
	}
	if err := os.WriteFile(filepath.Join(dir, "d.csv"), []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := sluis(t, "check", filepath.Join(dir, "spec.yaml"), "--values", at); status == 1 || status == 2 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	if got, err = os.ReadFile(at); err != nil {
		t.Fatal(err)
	}
	if text := string(got); !strings.Contains(text, "m,a,median,12,safe") || !strings.Contains(text, "m,b,mean,12,safe") {
		t.Errorf("%s", got)
	}
}
