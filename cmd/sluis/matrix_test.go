package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/pseudonym"
)

// bsns returns valid citizen service numbers: 9, 8, ... 2 and -1 times the digits is a
// multiple of 11.
func bsns(n int) (out []string) {
	for x := 12345670; len(out) < n; x++ {
		digits, sum := fmt.Sprintf("%08d", x), 0
		for i, d := range digits {
			sum += (9 - i) * int(d-'0')
		}
		if sum%11 < 10 {
			out = append(out, fmt.Sprintf("%s%d", digits, sum%11))
		}
	}
	return out
}

// matrix makes files of the same 40 persons with every setting, in several folders.
type matrix struct {
	dir, custodian string
	flags          [][]string // of each setting
	names          [][]string // its pseudonyms, sorted
	version        []int      // of its record: 1 is the first, 2 the present one, 3 states another format
}

// The folders of the files, by what is known of them.
const (
	signed = "signed" // the record lies beside, signed
	plain  = "plain"  // the record lies beside, not signed
	bare   = "bare"   // no record
	listed = "listed" // the records lie in another folder, which a dossier names
)

// sides are the files of one setting: all persons, and all persons in another order.
var sides = []string{"one", "two"}

func (m *matrix) at(name ...string) string { return filepath.Join(append([]string{m.dir}, name...)...) }

// add makes the files of a setting.
func (m *matrix) add(t *testing.T, version int, flags ...string) {
	t.Helper()
	i := len(m.flags)
	m.flags, m.version = append(m.flags, flags), append(m.version, version)
	signer := must(loadSigner(m.at("signer.pem")))
	for _, side := range sides {
		file := fmt.Sprintf("%s%d.csv", side, i)
		args := []string{"pseudonymise", m.at(side + ".csv"), m.at(signed, file), "--column", "id", "--sign-with", m.at("signer.pem")}
		if status, _, errs := sluis(t, append(args, flags...)...); status != 0 {
			t.Fatalf("%v: status %d: %s", flags, status, errs)
		}
		data := must(os.ReadFile(m.at(signed, file)))
		record := must(pseudonym.ReadRecord(must(os.ReadFile(m.at(signed, file+".record.json"))), nil))
		switch c := &record.Columns[0]; version {
		case 1:
			record.Schema = "sluis.pseudonyms/1"
			record.KeyID, record.Domain, record.Algorithm, record.Bytes = c.KeyID, c.Domain, c.Algorithm, c.Bytes
			c.Setting, c.Form, c.Inferred = pseudonym.Setting{}, "", ""
		case 3:
			c.Format++
		}
		if err := record.Sign(signer); err != nil {
			t.Fatal(err)
		}
		with := must(json.Marshal(record))
		record.Signer, record.Signature = nil, nil
		without := must(json.Marshal(record))
		for _, f := range []struct {
			folder, name string
			text         []byte
		}{
			{signed, file + ".record.json", with}, {plain, file, data}, {plain, file + ".record.json", without},
			{bare, file, data}, {listed, file, data}, {"records", file + ".json", with},
		} {
			if err := os.WriteFile(m.at(f.folder, f.name), f.text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var names []string
		for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
			name, _, _ := strings.Cut(line, ",")
			names = append(names, name)
		}
		slices.Sort(names)
		if side == sides[0] {
			m.names = append(m.names, names)
		} else if !slices.Equal(names, m.names[i]) {
			t.Fatalf("%v: two files of the same persons have other pseudonyms", flags)
		}
	}
}

// check checks the files of settings i and j together. It returns the status, what was
// printed and the report in JSON.
func (m *matrix) check(t *testing.T, folder string, i, j int, args ...string) (int, string, string) {
	t.Helper()
	head := "version: 1\n"
	if folder == listed {
		head += "dossier: dossier.yaml\n"
		text := fmt.Sprintf("version: 2\ncustodian: %s\nrecords: [../records/one%d.csv.json, ../records/two%d.csv.json]\nsources:\n", m.custodian, i, j)
		for k, x := range []int{i, j} {
			file := fmt.Sprintf("%s%d.csv", sides[k], x)
			text += fmt.Sprintf("- {file: %s, sha256: %x, origin: supplied}\n", file, sha256.Sum256(must(os.ReadFile(m.at(folder, file)))))
		}
		r := must(pseudonym.ReadRecord(must(os.ReadFile(m.at(signed, fmt.Sprintf("one%d.csv.record.json", i)))), nil))
		s, _, _ := r.Setting("id")
		text += fmt.Sprintf("pseudonyms: [{column: id, key: %s, domain: %s}]\n", s.KeyID, s.Domain)
		if err := os.WriteFile(m.at(folder, "dossier.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	spec := head + fmt.Sprintf("data: {source: [one%d.csv, two%d.csv], respondent: id, csv: {types: {id: string}}}\noutputs:\n  - {name: counts, kind: frequency, by: [region, sex]}\n", i, j)
	if err := os.WriteFile(m.at(folder, "spec.yaml"), []byte(spec), 0o600); err != nil {
		t.Fatal(err)
	}
	report, cells := m.at("r.json"), m.at("cells.csv")
	for _, name := range []string{report, cells} {
		if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	status, out, errs := sluis(t, append([]string{"check", m.at(folder, "spec.yaml"), "--json", report, "--cells", cells}, args...)...)
	text := ""
	if status != 1 {
		text = string(must(os.ReadFile(report))) + string(must(os.ReadFile(cells)))
	}
	return status, out + errs, text
}

// TestMatrixOfTwoFiles: two files of the same 40 persons go through pseudonymise and
// check with all pairs of settings, and with all that may be known of them. Where the
// pseudonyms are equal, 40 persons are counted. Where they are not, no check is SAFE in
// silence. SLUIS_LONG=1 tries 3,000 pairs of 194 settings.
func TestMatrixOfTwoFiles(t *testing.T) {
	m := &matrix{dir: t.TempDir()}
	for _, name := range []string{signed, plain, bare, listed, "records"} {
		if err := os.Mkdir(m.at(name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	do := func(args ...string) string {
		t.Helper()
		status, out, errs := sluis(t, args...)
		if status != 0 {
			t.Fatalf("%v: status %d: %s", args, status, errs)
		}
		return out
	}
	_, m.custodian, _ = strings.Cut(strings.TrimSpace(do("key", "signer", m.at("signer.pem"))), "public key ")
	do("key", "new", m.at("key"))
	do("key", "new", m.at("key2"))
	ids := bsns(40)
	for s, side := range sides {
		text := "id,region,sex\n"
		for i := range ids {
			k := i
			if s == 1 {
				k = len(ids) - 1 - i
			}
			text += fmt.Sprintf("%s,%c,%c\n", ids[k], "ab"[k/20], "FM"[k%2])
		}
		if err := os.WriteFile(m.at(side+".csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	key := []string{"--key-file", m.at("key"), "--domain", "p/person"}
	base := append(key, "--form", "bsn")
	m.add(t, 2, base...)
	m.add(t, 1, base...)
	m.add(t, 3, base...)
	other := func(more ...string) []string { return append(slices.Clone(base), more...) }
	forms := [][]string{{"--form", "bsn"}, {"--form", "text"}, {"--form", "typed", "--type", "id=string"}, {"--form", "typed", "--type", "id=int64"}}
	type pair [2]int
	var pairs []pair
	if os.Getenv("SLUIS_LONG") == "" {
		for _, form := range forms[1:] {
			m.add(t, 2, other(form...)...)
		}
		m.add(t, 2, other("--form", "name")...)
		m.add(t, 2, other("--encoding", "base32")...)
		m.add(t, 2, other("--encoding", "binary")...)
		m.add(t, 2, other("--bytes", "14")...)
		m.add(t, 2, other("--algorithm", "sha512-256")...)
		m.add(t, 2, other("--domain", "p/house")...)
		m.add(t, 2, other("--key-file", m.at("key2"))...)
		for i := range m.flags {
			pairs = append(pairs, pair{0, i}, pair{i, i})
		}
		pairs = append(pairs, pair{3, 4}, pair{5, 4}, pair{1, 2}, pair{1, 12}, pair{7, 8})
	} else {
		for _, form := range forms {
			for _, encoding := range []string{"hex", "base32", "binary"} {
				for _, bytes := range []string{"14", "16"} {
					for _, algorithm := range []string{"sha256", "sha512-256"} {
						for _, domain := range []string{"p/person", "p/house"} {
							for _, file := range []string{"key", "key2"} {
								m.add(t, 2, append([]string{"--key-file", m.at(file), "--domain", domain, "--encoding", encoding, "--bytes", bytes, "--algorithm", algorithm}, form...)...)
							}
						}
					}
				}
			}
		}
		r := rand.New(rand.NewPCG(16, 2))
		for i := range m.flags {
			pairs = append(pairs, pair{i, i})
		}
		for len(pairs) < 3000 {
			pairs = append(pairs, pair{r.IntN(len(m.flags)), r.IntN(len(m.flags))})
		}
	}
	joined, refused := 0, 0
	for _, p := range pairs {
		i, j := p[0], p[1]
		same := slices.Equal(m.names[i], m.names[j])
		first := m.version[i] == 1 || m.version[j] == 1
		formats := same && !first && m.version[i] != m.version[j] // equal by chance, as far as anybody knows
		for _, tc := range []struct {
			name, folder string
			args         []string
			say          string // where the pseudonyms are equal
		}{
			{"signed", signed, []string{"--trust", m.custodian}, ""},
			{"signed, with a dossier", listed, nil, ""},
			{"not signed", plain, nil, "not signed by a key that is trusted"},
			{"no record", bare, nil, "no record of pseudonyms is known for these 2 files"},
		} {
			what := fmt.Sprintf("%s: %v (record %d) and %v (record %d)", tc.name, m.flags[i], m.version[i], m.flags[j], m.version[j])
			status, out, report := m.check(t, tc.folder, i, j, tc.args...)
			switch {
			case tc.folder == bare:
				if status == 0 && !strings.Contains(out, tc.say) {
					t.Errorf("%s: SAFE in silence: %s", what, out)
				}
			case !same || formats:
				refused++
				if status != 1 || !strings.Contains(out, "cannot be joined") && !strings.Contains(out, "columns differ") {
					if status != 4 || !first { // a record of version 1 does not state all
						t.Errorf("%s: status %d: %s", what, status, out)
					}
				}
				continue
			case first:
				if status != 4 || !strings.Contains(out, "version 1") {
					t.Errorf("%s: status %d: %s", what, status, out)
				}
			default:
				joined++
				if status != 0 || !strings.Contains(out, tc.say) || tc.say == "" && strings.Contains(out, "records:") {
					t.Errorf("%s: status %d: %s", what, status, out)
				}
				_, step, _ := strings.Cut(report, `"step": 6,`)
				step, _, _ = strings.Cut(step, `"step": `)
				if tc.folder == listed && !strings.Contains(step, `"state": "proven"`) {
					t.Errorf("%s: step 6 is not proven", what)
				}
			}
			if want := "counts,a,F,20,10,"; same && !strings.Contains(report, want) {
				t.Errorf("%s: %q is not among the cells", what, want)
			}
		}
		// One of the two has no record.
		hide := m.at(signed, fmt.Sprintf("two%d.csv.record.json", j))
		if err := os.Rename(hide, hide+"-"); err != nil {
			t.Fatal(err)
		}
		if status, out, _ := m.check(t, signed, i, j, "--trust", m.custodian); status != 1 {
			t.Errorf("one record of two: status %d: %s", status, out)
		}
		if err := os.Rename(hide+"-", hide); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d pairs: %d joined, %d refused", len(pairs), joined, refused)
	if joined < len(m.flags) || refused < 10 {
		t.Errorf("%d joined and %d refused: these are not the settings of the test", joined, refused)
	}
}
