package suppress_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/suppress"
)

// projectSecret is the secret of the tests.
var projectSecret = []byte("a secret of tests, 32 bytes long")

// releasedText is the CSV file of the first table.
func releasedText(t *testing.T, p *suppress.Publication) string {
	t.Helper()
	text, err := fs.ReadFile(p.FS(suppress.ReleaseFolder), p.Tables[0].File)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestSecret: one secret gives one pattern, whatever outputs are called; other secrets give
// other patterns; without a secret the publication is for review, unless the policy says that
// nobody knows the program.
func TestSecret(t *testing.T) {
	released := func(o suppress.Options, out sdc.Output) *suppress.Publication {
		t.Helper()
		p, err := suppress.Release(t.Context(), checked(t, sdc.Options{Sole: true}, out), o)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	secretOf := func(n byte) []byte { s := slices.Clone(projectSecret); s[0] = n; return s }
	p := released(suppress.Options{Secret: projectSecret}, crossed)
	if p.Verdict != sdc.Safe || !slices.ContainsFunc(p.NotChecked, isFact("pattern-choice")) || slices.ContainsFunc(p.NotChecked, isFact("repeatable-pattern")) {
		t.Errorf("verdict %s, not checked: %v", p.Verdict, p.NotChecked)
	}
	other := crossed
	other.Name = "another"
	if releasedText(t, p) != releasedText(t, released(suppress.Options{Secret: projectSecret}, other)) {
		t.Error("the name of an output changes the pattern")
	}
	patterns := map[string]bool{}
	for n := range byte(20) {
		patterns[releasedText(t, released(suppress.Options{Secret: secretOf(n)}, crossed))] = true
	}
	if len(patterns) < 2 {
		t.Error("20 secrets give one pattern")
	}
	for name, o := range map[string]suppress.Options{"nothing": {}, "a seed": {Seed: 7}} {
		t.Run(name, func(t *testing.T) {
			p := released(o, crossed)
			if p.Verdict != sdc.Review || !slices.Contains(p.Review, "repeatable-pattern") {
				t.Errorf("%s: verdict %s, review %v", name, p.Verdict, p.Review)
			}
			m, err := fs.ReadFile(p.FS(suppress.ReleaseFolder), "manifest.json")
			if err != nil || !strings.Contains(string(m), `"method"`) {
				t.Errorf("%s: the manifest does not say that method is off: %v", name, err)
			}
		})
	}
	for name, o := range map[string]suppress.Options{
		"a secret and a seed": {Secret: projectSecret, Seed: 1}, "a short secret": {Secret: projectSecret[:31]}, "zeros": {Secret: make([]byte, 32)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := suppress.Release(t.Context(), checked(t, sdc.Options{Sole: true}, crossed), o)
			if !errors.Is(err, suppress.ErrRequest) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func isFact(id string) func(words.Message) bool {
	return func(m words.Message) bool { return string(m.ID) == id }
}

// TestMethodOff: where the policy says that nobody knows the program, no secret is drawn with:
// 20 secrets give one pattern, and the manifest says so.
func TestMethodOff(t *testing.T) {
	policy := sdc.CBS()
	policy.Attacker.NoMethod = true
	patterns := map[string]bool{}
	for n := range byte(20) {
		s := slices.Clone(projectSecret)
		s[0] = n
		p, err := suppress.Release(t.Context(), checkedUnder(t, policy, sdc.Options{Sole: true}, crossed), suppress.Options{Secret: s})
		if err != nil {
			t.Fatal(err)
		}
		patterns[releasedText(t, p)] = true
		m, err := fs.ReadFile(p.FS(suppress.ReleaseFolder), "manifest.json")
		if err != nil || !strings.Contains(string(m), `"method"`) {
			t.Errorf("the manifest does not say that method is off: %v", err)
		}
	}
	if len(patterns) != 1 {
		t.Errorf("20 secrets give %d patterns", len(patterns))
	}
}
