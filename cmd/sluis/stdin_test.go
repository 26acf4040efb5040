package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// piped runs a command line with standard input.
func piped(t *testing.T, in io.Reader, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(context.WithValue(t.Context(), stdinKey{}, in), args, &out, &errs)
	return status, out.String(), errs.String()
}

// streamOf writes the people of a CSV file as an Arrow stream and as an Arrow file, and
// returns the bytes of the stream.
func streamOf(t *testing.T, dir string) []byte {
	t.Helper()
	for _, name := range []string{"people.arrows", "people.arrow"} {
		status, _, errs := sluis(t, "local", filepath.Join(dir, "people.csv"), filepath.Join(dir, name), "--keys", "region", "--k", "2", "--missing", "wildcard", "--record", filepath.Join(dir, name+".json"))
		if status != 0 {
			t.Fatal(errs)
		}
	}
	return []byte(readFile(t, filepath.Join(dir, "people.arrows")))
}

// withoutSource returns a report without what names the source: name, hash, seal and spec.
func withoutSource(t *testing.T, text string) map[string]any {
	t.Helper()
	var r map[string]any
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err, text)
	}
	data := r["data"].(map[string]any)
	for _, s := range data["sources"].([]any) {
		if sum := s.(map[string]any)["sha256"].(string); len(sum) != 64 {
			t.Errorf("the SHA-256 is %q", sum)
		}
	}
	delete(data, "sources")
	delete(r, "digest")
	delete(r["manifest"].(map[string]any), "inputs")
	return r
}

// TestStdin: the report on rows from standard input is that on the same rows in a file, but
// for the name, however standard input is named. Every verb that reads data reads standard
// input.
func TestStdin(t *testing.T) {
	dir := folder(t, "people.csv", people(36), "file.yaml", strings.Replace(peopleSpec, "people.csv", "people.arrow", 1),
		"stdin.yaml", strings.Replace(peopleSpec, "people.csv", `"-"`, 1))
	at := func(name string) string { return filepath.Join(dir, name) }
	stream := streamOf(t, dir)
	counted := binary.LittleEndian.AppendUint64(bytes.Clone(stream), 36)
	want, file, errs := sluis(t, "check", at("file.yaml"), "--json", "-")
	if want != exitUnsafe {
		t.Fatal(want, errs)
	}
	for _, tc := range []struct {
		name string
		in   []byte
		args []string
	}{
		{"in the spec", stream, []string{"check", at("stdin.yaml"), "--json", "-"}},
		{"argument", stream, []string{"check", at("file.yaml"), "-", "--json", "-"}},
		{"rows follow", counted, []string{"check", at("stdin.yaml"), "--json", "-", "--rows-follow"}},
		{"more passes", counted, []string{"check", at("stdin.yaml"), "--json", "-", "--rows-follow", "--suggest"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, out, errs := piped(t, bytes.NewReader(tc.in), tc.args...)
			if status != want {
				t.Fatalf("status %d: %s", status, errs)
			}
			if !strings.Contains(out, `"name": "-"`) {
				t.Errorf("the source is not named -: %.400s", out)
			}
			if got := withoutSource(t, out); !reflect.DeepEqual(got, withoutSource(t, file)) {
				t.Errorf("another report: %s", out)
			}
		})
	}
	for _, tc := range []struct {
		name   string
		status int
		args   []string
	}{
		{"protect", 0, []string{"protect", at("stdin.yaml"), "--out", at("tables"), "--rounds", "0", "--rows-follow"}},
		{"risk", 0, []string{"risk", "-", "--keys", "region,sex", "--json", at("risk.json"), "--rows-follow"}},
		{"profile", 0, []string{"profile", "-", "--respondent", "id", "--json", at("profile.json"), "--rows-follow"}},
		{"local", 0, []string{"local", "-", at("local.csv"), "--keys", "region,sex", "--k", "2", "--missing", "wildcard", "--rows-follow"}},
		{"pseudonymise", 0, []string{"pseudonymise", "-", at("pseudonyms.csv"), "--column", "id", "--key-file", at("key"), "--domain", "p/v", "--rows-follow"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.name == "pseudonymise" {
				if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
					t.Fatal(errs)
				}
			}
			status, out, errs := piped(t, bytes.NewReader(counted), tc.args...)
			if status != tc.status && status != exitReview {
				t.Fatalf("status %d: %s%s", status, out, errs)
			}
		})
	}
}

// TestStdinCut: rows on standard input that end early are exit status 1. No report is
// written.
func TestStdinCut(t *testing.T) {
	dir := folder(t, "people.csv", people(36), "stdin.yaml", strings.Replace(peopleSpec, "people.csv", `"-"`, 1), "people.yaml", peopleSpec)
	at := func(name string) string { return filepath.Join(dir, name) }
	counted := binary.LittleEndian.AppendUint64(streamOf(t, dir), 36)
	for n := 0; n < len(counted); n += 7 {
		status, out, errs := piped(t, bytes.NewReader(counted[:n]), "check", at("stdin.yaml"), "--json", "-", "--html", at("page.html"), "--rows-follow")
		if status != exitFailure || out != "" || !strings.Contains(errs, "the producer ended early") {
			t.Errorf("cut at %d: status %d: %s%s", n, status, out, errs)
		}
	}
	if _, err := os.Stat(at("page.html")); err == nil {
		t.Error("a page was written")
	}
	whole := counted[:len(counted)-8]
	for _, tc := range []struct {
		name   string
		in     []byte
		args   []string
		status int
		says   string
	}{
		{"cut, open streams allowed", whole[:len(whole)-8], []string{"check", at("stdin.yaml"), "--allow-open-stream"}, exitFailure, "the producer ended early"},
		{"another number", binary.LittleEndian.AppendUint64(bytes.Clone(whole), 35), []string{"check", at("stdin.yaml"), "--rows-follow"}, exitFailure, "another number of rows"},
		{"no stream", whole, []string{"check", at("people.yaml"), "--rows-follow"}, exitUsage, "--rows-follow is for rows on standard input"},
		{"twice", whole, []string{"risk", "-", "--keys", "region", "--population", "-"}, exitUsage, "- is named twice"},
		{"a file behind the spec", whole, []string{"check", at("people.yaml"), at("people.csv")}, exitUsage, "perhaps -"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if status, out, errs := piped(t, bytes.NewReader(tc.in), tc.args...); status != tc.status || out != "" || !strings.Contains(errs, tc.says) {
				t.Errorf("status %d: %s%s", status, out, errs)
			}
		})
	}
}

// TestStdinInterrupted: an interrupt ends a command that waits for rows.
func TestStdinInterrupted(t *testing.T) {
	dir := folder(t, "stdin.yaml", strings.Replace(peopleSpec, "people.csv", `"-"`, 1))
	r, w := io.Pipe()
	defer w.Close()
	ctx, stop := context.WithCancel(context.WithValue(t.Context(), stdinKey{}, io.Reader(r)))
	go func() {
		w.Write([]byte{0xff, 0xff, 0xff, 0xff})
		stop()
	}()
	var out, errs bytes.Buffer
	if status := run(ctx, []string{"check", filepath.Join(dir, "stdin.yaml")}, &out, &errs); status != exitFailure || out.Len() > 0 {
		t.Errorf("status %d: %s%s", status, out.String(), errs.String())
	}
}
