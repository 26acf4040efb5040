package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/suppress"
)

// answeredDossier is a dossier of people.csv in which every question is answered.
func answeredDossier(t *testing.T, data string, change ...func(*dossier.Dossier)) string {
	t.Helper()
	yes := dossier.Entry{Text: "yes", By: "someone"}
	d := &dossier.Dossier{
		Product: "group-profile", Policy: dossier.Policy{Name: "cbs"}, Columns: []string{"id", "region", "sex"},
		Sources: []dossier.Source{{File: "people.csv", SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(data))), Origin: dossier.FromCBS, Provider: "CBS", Law: "none"}},
		Answers: map[string]dossier.Entry{}, Evaluation: map[string]dossier.Entry{"relevant": yes, "yield": yes, "particulars": yes, "obstacles": yes},
	}
	for _, q := range dossier.Questions("en") {
		d.Answers[q.Key] = yes
	}
	d.Answers["anonymous"] = dossier.Entry{Text: "no", By: "someone", Answer: "no"}
	for _, fn := range change {
		fn(d)
	}
	var b bytes.Buffer
	if err := dossier.Template(&b, "en", d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestDossierEveryStep: a policy that requires the dossier refuses every output, and a
// release, while any one of the steps 1 to 18 is missing, and asks for no later step.
func TestDossierEveryStep(t *testing.T) {
	data := people(40)
	dir := folder(t, "people.csv", data, "policy.yaml", "version: 1\nname: strict\nextends: cbs\ndossier: required\n",
		"spec.yaml", strings.Replace(peopleSpec, "version: 1", "version: 1\ndossier: dossier.yaml", 1))
	at := func(name string) string { return filepath.Join(dir, name) }
	policy, err := os.ReadFile(at("policy.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	without := func(keys ...string) func(*dossier.Dossier) {
		return func(d *dossier.Dossier) {
			for _, k := range keys {
				delete(d.Answers, k)
			}
		}
	}
	supplied := func(d *dossier.Dossier) { d.Sources[0].Origin = dossier.Supplied }
	broken := map[int]func(*dossier.Dossier){
		1: without("question"), 2: without("purpose"), 3: without("anonymous"), 4: without("categories"), 5: without("sources"),
		6: without("pseudonyms"), 7: without("special"), 8: supplied, 9: without("analysis"), 10: without("legal-basis"),
		11: without("statistics"), 12: func(d *dossier.Dossier) { d.Sources[0].Law = "police" }, 13: without("notification"),
		14: without("accuracy"), 15: without("methods"), 16: without("error"),
		17: func(d *dossier.Dossier) { supplied(d); delete(d.Answers, "security") }, 18: without("informing"),
		19: without("destruction"), 20: without("publication"), 21: func(d *dossier.Dossier) { d.Evaluation = nil },
	}
	for n := 0; n <= 21; n++ {
		text := answeredDossier(t, data, func(d *dossier.Dossier) {
			d.Policy = dossier.Policy{Name: "strict", SHA256: fmt.Sprintf("%x", sha256.Sum256(policy))}
			if n > 0 {
				broken[n](d)
			}
		})
		if err := os.WriteFile(at("dossier.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		want, say := 0, "SAFE"
		if n >= 1 && n <= 18 {
			want, say = 3, fmt.Sprintf("step %d, ", n)
		}
		if status, out, errs := sluis(t, "check", at("spec.yaml"), "--policy", at("policy.yaml")); status != want || !strings.Contains(out, say) {
			t.Errorf("check without step %d: status %d, want %d and %q: %s%s", n, status, want, say, out, errs)
		}
		if want == 0 {
			continue
		}
		status, out, errs := sluis(t, "protect", at("spec.yaml"), "--policy", at("policy.yaml"), "--out", at("release"))
		if left, err := filepath.Glob(at("release/*")); status != 3 || !strings.Contains(out+errs, say) || err != nil || len(left) > 0 {
			t.Errorf("protect without step %d: status %d, %v, %v: %s%s", n, status, left, err, out, errs)
		}
	}
}

// TestDossierReading: a check says what it read and did not need, the rows of each
// period, and who can read the files.
func TestDossierReading(t *testing.T) {
	data := people(40)
	dir := folder(t, "people.csv", data, "spec.yaml", strings.Replace(peopleSpec, "version: 1", "version: 1\ndossier: dossier.yaml", 1))
	at := func(name string) string { return filepath.Join(dir, name) }
	check := func(status int, period string, columns []string, want ...string) {
		t.Helper()
		text := answeredDossier(t, data, func(d *dossier.Dossier) { d.Period, d.Columns = period, columns })
		if err := os.WriteFile(at("dossier.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, out, errs := sluis(t, "check", at("spec.yaml"))
		for _, x := range want {
			if got != status || !strings.Contains(out+errs, x) {
				t.Errorf("status %d, want %d and %q: %s%s", got, status, x, out, errs)
			}
		}
	}
	read := []string{"id", "region", "sex"}
	check(0, "", read, "period names no column", "in the files, and not read: x")
	check(0, "sex", read, "sex F: 20 rows of 20 respondents; sex M: 20 rows of 20 respondents")
	check(3, "x", read, "columns were read that are not declared: x")
	check(0, "year", read, "no periods were counted: year is no column of these data")
}

// TestDossierRequired: with a policy that requires it, nothing is safe without a
// complete dossier that agrees with what is read, and nothing is released.
func TestDossierRequired(t *testing.T) {
	data := people(40)
	policy := "version: 1\nname: strict\nextends: cbs\ndossier: required\n"
	dir := folder(t, "people.csv", data, "plain.yaml", peopleSpec,
		"spec.yaml", strings.Replace(peopleSpec, "version: 1", "version: 1\ndossier: dossier.yaml", 1), "policy.yaml", policy)
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(text string) {
		if err := os.WriteFile(at("dossier.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(what string, want int, say string, args ...string) {
		t.Helper()
		if status, out, errs := sluis(t, args...); status != want || !strings.Contains(out+errs, say) {
			t.Errorf("%s: status %d, want %d and %q: %s%s", what, status, want, say, out, errs)
		}
	}
	strict := func(spec string) []string { return []string{"check", at(spec), "--policy", at("policy.yaml")} }
	expect("none", 3, "there is none", strict("plain.yaml")...)
	expect("none, but not required", 0, "SAFE", "check", at("plain.yaml"))
	expect("not there", 1, "dossier.yaml", strict("spec.yaml")...)
	expect("init", 0, "", "dossier", "init", at("dossier.yaml"))
	expect("init again", 2, "left alone", "dossier", "init", at("dossier.yaml"))
	expect("init in another language", 2, "en or nl", "dossier", "init", at("x.yaml"), "--lang", "fr")
	expect("empty", 3, "step 8, provision", strict("spec.yaml")...)
	expect("check, empty", 3, "18 steps are open", "dossier", "check", at("dossier.yaml"))
	expect("check, a line a step", 3, "step 12  missing         Test for police", "dossier", "check", at("dossier.yaml"))

	full := answeredDossier(t, data)
	named := strings.Replace(full, `policy: {name: "cbs", sha256: ""}`, fmt.Sprintf(`policy: {name: "strict", sha256: "%x"}`, sha256.Sum256([]byte(policy))), 1)
	write(named)
	expect("check, complete", 0, "settled", "dossier", "check", at("dossier.yaml"))
	expect("complete", 0, "SAFE", append(strict("spec.yaml"), "--html", at("r.html"), "--json", at("r.json"))...)
	expect("a line a step", 0, "step 11  proven", strict("spec.yaml")...)
	for name, want := range map[string]string{"r.html": "AWR 67(3)", "r.json": `"state": "proven"`} {
		t.Run(name, func(t *testing.T) {
			if text, err := os.ReadFile(at(name)); err != nil || !strings.Contains(string(text), want) {
				t.Errorf("%s does not hold %q: %v", name, want, err)
			}
		})
	}
	write(full)
	expect("another policy", 3, "step 11", strict("spec.yaml")...)
	write(strings.Replace(full, `"region", "sex"]`, `"region"]`, 1))
	expect("a column too many, not required", 3, "contradicts the dossier: step 4, categories: columns were read that are not declared: sex", "check", at("spec.yaml"))
	expect("protect", 3, "step 4", "protect", at("spec.yaml"), "--out", at("release"))
	if left, err := filepath.Glob(at("release/*")); err != nil || len(left) > 0 {
		t.Errorf("released: %v, %v", left, err)
	}
	write(full)
	expect("as it was", 0, "SAFE", "check", at("spec.yaml"))
	if err := os.WriteFile(at("people.csv"), []byte(data+"99,a,F,5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	expect("another file", 3, "step 14", "check", at("spec.yaml"))
}

// TestDossierRelease: step 20 is proven by a release that holds, and falls back to
// missing where a released cell is changed.
func TestDossierRelease(t *testing.T) {
	data := people(40)
	dir := folder(t, "people.csv", data, "spec.yaml", peopleSpec, "dossier.yaml", answeredDossier(t, data))
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "protect", at("spec.yaml"), "--out", at("out")); status != 0 {
		t.Fatal(status, errs)
	}
	check := func(status int, want string) {
		t.Helper()
		got, out, errs := sluis(t, "dossier", "check", at("dossier.yaml"), "--release", at("out"))
		if got != status || !strings.Contains(out, want) {
			t.Errorf("status %d, want %d and %q: %s%s", got, status, want, out, errs)
		}
	}
	check(0, "step 20  proven")
	files, err := filepath.Glob(at("out/release/*.release.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files[0], bytes.Replace(text, []byte("20"), []byte("21"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	check(3, "step 20  missing")
}

// TestDossierReleaseProblems: the dossier says which part of a release does not hold, what
// is not known, and ends with the error of a context that ended.
func TestDossierReleaseProblems(t *testing.T) {
	data := people(40)
	released := func(t *testing.T) (dir, dossier string) {
		dir = folder(t, "people.csv", data, "spec.yaml", peopleSpec, "dossier.yaml", answeredDossier(t, data))
		if status, _, errs := sluis(t, "protect", filepath.Join(dir, "spec.yaml"), "--out", filepath.Join(dir, "out")); status != 0 {
			t.Fatal(status, errs)
		}
		return filepath.Join(dir, "out", suppress.ReleaseFolder), filepath.Join(dir, "dossier.yaml")
	}
	remove := func(t *testing.T, name string) {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		code   int
		want   string
	}{
		{"no manifest", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "manifest.json")) }, 0,
			"step 20  answered        Publish the results with care"},
		{"no manifest, in words", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "manifest.json")) }, 0,
			"what protect left for a reviewer is not known"},
		{"a certificate that holds before a table that has none", func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, "manifest.json"))
			write(t, filepath.Join(dir, "z.release.csv"), "a\n")
		}, 3, "the release does not hold: z.release.csv: no certificate holds for it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, dossier := released(t)
			c.change(t, dir)
			got, out, errs := sluis(t, "dossier", "check", dossier, "--release", filepath.Dir(dir))
			if got != c.code || !strings.Contains(out, c.want) {
				t.Errorf("exit status %d, want %d and %q: %s%s", got, c.code, c.want, out, errs)
			}
		})
	}
	dir, dossier := released(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := run(ctx, []string{"dossier", "check", dossier, "--release", filepath.Dir(dir)}, &out, &errs); code != exitFailure || strings.Contains(out.String(), "does not hold") {
		t.Errorf("a context that ended: exit status %d: %s%s", code, &out, &errs)
	}
	if found, err := verifiedRelease(ctx, dir); !errors.Is(err, context.Canceled) || found != nil {
		t.Errorf("%+v, %v", found, err)
	}
}

// TestDossierAsk: init asks the questions, an empty line skips one, and migrate takes
// over what version 1 had.
func TestDossierAsk(t *testing.T) {
	dir := folder(t, "old.yaml", "version: 1\nproject: p\nentries:\n  methods: {text: counts, by: me}\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	var out bytes.Buffer
	d, err := askDossier(strings.NewReader("Harbour\nA. Jansen\nyearly\nprevention\nno table would do\nno\n\n"), &out, "nl")
	if err != nil {
		t.Fatal(err)
	}
	if d.Project != "Harbour" || d.Answers["anonymous"] != (dossier.Entry{Text: "no table would do", By: "A. Jansen", Answer: "no"}) || len(d.Answers) != 3 {
		t.Errorf("%+v", d)
	}
	if !strings.Contains(out.String(), "13. Melding bij AP of FG") {
		t.Error(out.String())
	}
	if status, _, errs := sluis(t, "dossier", "migrate", at("old.yaml"), at("new.yaml"), "--lang", "nl"); status != 0 {
		t.Fatal(errs)
	}
	status, text, _ := sluis(t, "dossier", "check", at("new.yaml"))
	if status != 3 || !strings.Contains(text, "step 15  answered") {
		t.Errorf("status %d: %s", status, text)
	}
	if status, _, errs := sluis(t, "dossier", "check", at("old.yaml")); status != 2 || !strings.Contains(errs, "migrate") {
		t.Errorf("status %d: %s", status, errs)
	}
}
