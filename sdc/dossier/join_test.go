package dossier_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/origin"
)

// made is a file of one person: a pseudonym, and its record.
type made struct {
	name, pseudonym string
	record          *pseudonym.Record
}

// everySetting makes the pseudonym of one person under every combination of settings.
func everySetting(t *testing.T) []made {
	t.Helper()
	var out []made
	ints, _, err := array.FromJSON(memory.DefaultAllocator, arrow.PrimitiveTypes.Int64, strings.NewReader(`[123456782]`))
	if err != nil {
		t.Fatal(err)
	}
	texts, _, err := array.FromJSON(memory.DefaultAllocator, arrow.BinaryTypes.String, strings.NewReader(`["123456782"]`))
	if err != nil {
		t.Fatal(err)
	}
	for k, key := range []string{"one key of a test protects nobody", "two key of a test protects nobody"} {
		secret, err := pseudonym.KeyFromBytes([]byte(key))
		if err != nil {
			t.Fatal(err)
		}
		for _, domain := range []string{"person", "house"} {
			for _, form := range []pseudonym.Form{pseudonym.Typed, pseudonym.AsText, pseudonym.BSN, pseudonym.Name} {
				for _, encoding := range []pseudonym.Encoding{pseudonym.Hex, pseudonym.Base32, pseudonym.Binary} {
					for _, algorithm := range []pseudonym.Algorithm{pseudonym.SHA256, pseudonym.SHA512_256} {
						for _, bytes := range []int{14, 16} {
							p, err := pseudonym.New(pseudonym.Config{
								Key: secret, Domain: pseudonym.Domain{Project: "p", Variable: domain}, Form: form, Encoding: encoding, Algorithm: algorithm, Bytes: bytes,
							})
							if err != nil {
								t.Fatal(err)
							}
							for _, arr := range []arrow.Array{ints, texts} {
								if form == pseudonym.Name && arr == ints {
									continue
								}
								var c pseudonym.Counter
								got, err := p.Array(context.Background(), memory.DefaultAllocator, arr, &c)
								if err != nil {
									t.Fatal(err)
								}
								r := p.Record([]string{"person"}, map[string]*pseudonym.Counter{"person": &c}, "test")
								out = append(out, made{fmt.Sprintf("key %d, %s, %v of %v, %v, %v, %d", k, domain, form, arr.DataType(), encoding, algorithm, bytes), got.DataType().String() + got.ValueStr(0), r})
								got.Release()
							}
						}
					}
				}
			}
		}
	}
	return out
}

// TestJoinMatrix: two files of one person, under all pairs of settings. Where the
// pseudonyms are equal, the records join the files; where they are not, the records
// refuse.
func TestJoinMatrix(t *testing.T) {
	all := everySetting(t)
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	known := &dossier.Records{}
	known.Trust(private.Public().(ed25519.PublicKey))
	var files []origin.Source
	for i, m := range all {
		m.record.Output = pseudonym.RecordedFile{Name: m.name, SHA256: digest(fmt.Sprint(i))}
		if err := m.record.Sign(private); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(m.record)
		if err == nil {
			err = known.Add(m.name, text)
		}
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, origin.Source{Name: m.name, SHA256: m.record.Output.SHA256})
	}
	joined, refused := 0, 0
	for i, a := range all {
		for j := i; j < len(all); j++ {
			b := all[j]
			remarks, err := known.Join([]origin.Source{files[i], files[j]}, []string{"person", ""}, nil)
			switch same := a.pseudonym == b.pseudonym; {
			case same && (err != nil || len(remarks) > 0):
				t.Fatalf("%s and %s: one pseudonym, %v, %v", a.name, b.name, err, remarks)
			case !same && !errors.Is(err, dossier.ErrJoin):
				t.Fatalf("%s and %s: two pseudonyms, %v, %v", a.name, b.name, err, remarks)
			case same:
				joined++
			default:
				refused++
			}
			// A column that names no person lifts the verdict.
			remarks, err = known.Join([]origin.Source{files[i], files[j]}, nil, []string{"person"})
			if err != nil || (a.pseudonym != b.pseudonym) != (len(remarks) == 1 && remarks[0].Verdict == sdc.Review) {
				t.Fatalf("%s and %s as another column: %v, %v", a.name, b.name, err, remarks)
			}
		}
	}
	if joined < len(all) || refused < 10*joined {
		t.Errorf("%d joined, %d refused: the settings are not those of the test", joined, refused)
	}
}

// TestJoin: the records of several files about a column of persons.
func TestJoin(t *testing.T) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, stranger, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	good := pseudonym.Setting{KeyID: "k1", Domain: "p/person", Format: 1, Canonical: "bsn", Encoding: "hex", Bytes: 16, Algorithm: "HMAC-SHA-256"}
	with := func(change func(*pseudonym.Setting)) pseudonym.Setting {
		s := good
		change(&s)
		return s
	}
	none := with(func(s *pseudonym.Setting) { s.Canonical = pseudonym.NoPseudonyms })
	type rec struct {
		file, from string
		setting    pseudonym.Setting
		over       []pseudonym.Setting
		column     string
		signer     ed25519.PrivateKey
	}
	plain := func(file string) rec { return rec{file: file, setting: good, signer: private} }
	changed := func(file string, change func(*pseudonym.Setting)) rec {
		return rec{file: file, setting: with(change), signer: private}
	}
	const silent, safe, review, refuse = "silent", "safe", "review", "refuse"
	for _, tc := range []struct {
		name    string
		files   string // one letter each
		records []rec
		want    string
		say     string
	}{
		{"one file, no record", "a", nil, silent, ""},
		{"two files, no record", "ab", nil, safe, "no record"},
		{"one file, signed", "a", []rec{plain("a")}, silent, ""},
		{"two files, signed", "ab", []rec{plain("a"), plain("b")}, silent, ""},
		{"two files, one record", "ab", []rec{plain("b")}, refuse, "has none"},
		{"three files, two records", "abc", []rec{plain("a"), plain("c")}, refuse, "has none"},
		{"the record of another file", "ab", []rec{plain("c")}, safe, "no record"},
		{"not signed", "ab", []rec{{file: "a", setting: good}, {file: "b", setting: good}}, safe, "--trust"},
		{"signed by a stranger", "a", []rec{{file: "a", setting: good, signer: stranger}}, safe, "--trust"},
		{"one of two not signed", "ab", []rec{plain("a"), {file: "b", setting: good}}, safe, "--trust"},
		{"not signed, and other settings", "ab", []rec{{file: "a", setting: good}, {file: "b", setting: with(func(s *pseudonym.Setting) { s.Canonical = "text" })}}, refuse, "form"},
		{"two keys, after a rotation", "ab", []rec{plain("a"), changed("b", func(s *pseudonym.Setting) { s.KeyID = "k2" })}, refuse, "the key"},
		{"another domain", "ab", []rec{plain("a"), changed("b", func(s *pseudonym.Setting) { s.Domain = "q/person" })}, refuse, "the domain"},
		{"another form", "ab", []rec{plain("a"), changed("b", func(s *pseudonym.Setting) { s.Canonical = "integer" })}, refuse, "bsn and integer"},
		{"another encoding", "ab", []rec{plain("a"), changed("b", func(s *pseudonym.Setting) { s.Encoding = "base32" })}, refuse, "the encoding"},
		{"another length", "ab", []rec{plain("a"), changed("b", func(s *pseudonym.Setting) { s.Bytes = 14 })}, refuse, "the length"},
		{"another algorithm", "ab", []rec{plain("a"), changed("b", func(s *pseudonym.Setting) { s.Algorithm = "HMAC-SHA-512/256" })}, refuse, "the algorithm"},
		{"another format", "ab", []rec{plain("a"), changed("b", func(s *pseudonym.Setting) { s.Format = 2 })}, refuse, "version"},
		{"pseudonymised twice", "ab", []rec{plain("a"), {file: "b", setting: good, over: []pseudonym.Setting{good}, signer: private}}, refuse, "how often"},
		{"both twice", "ab", []rec{{file: "a", setting: good, over: []pseudonym.Setting{good}, signer: private}, {file: "b", setting: good, over: []pseudonym.Setting{good}, signer: private}}, silent, ""},
		{"both twice, the first time otherwise", "ab", []rec{{file: "a", setting: good, over: []pseudonym.Setting{good}, signer: private}, {file: "b", setting: good, over: []pseudonym.Setting{none}, signer: private}}, refuse, "form"},
		{"twice, by a chain of records", "ab", []rec{plain("a"), plain("x"), {file: "b", from: "x", setting: good, signer: private}}, refuse, "how often"},
		{"another column afterwards", "ab", []rec{plain("a"), plain("x"), {file: "b", from: "x", column: "house", setting: good, signer: private}}, silent, ""},
		{"another column afterwards, by a stranger", "ab", []rec{plain("a"), plain("x"), {file: "b", from: "x", column: "house", setting: good, signer: stranger}}, safe, "--trust"},
		{"a record of another column", "ab", []rec{plain("a"), {file: "b", column: "house", setting: good, signer: private}}, refuse, "has none"},
		{"a circle", "a", []rec{{file: "a", from: "a", column: "house", setting: good, signer: private}}, silent, ""},
		{"one file of nulls alone", "ab", []rec{plain("a"), {file: "b", setting: none, signer: private}}, silent, ""},
		{"nulls first, then two that differ", "abc", []rec{{file: "a", setting: none, signer: private}, plain("b"), changed("c", func(s *pseudonym.Setting) { s.Encoding = "base32" })}, refuse, "encoding"},
		{"version 1, one file", "a", []rec{{file: "a", setting: pseudonym.Setting{KeyID: "k1", Domain: "p/person", Bytes: 16, Algorithm: "HMAC-SHA-256"}, signer: private}}, safe, "version 1"},
		{"version 1 and 2", "ab", []rec{plain("a"), {file: "b", setting: pseudonym.Setting{KeyID: "k1", Domain: "p/person", Bytes: 16, Algorithm: "HMAC-SHA-256"}, signer: private}}, review, "version 1"},
		{"version 1, another key", "ab", []rec{plain("a"), {file: "b", setting: pseudonym.Setting{KeyID: "k2", Domain: "p/person", Bytes: 16, Algorithm: "HMAC-SHA-256"}, signer: private}}, refuse, "the key"},
		{"version 1, another length", "ab", []rec{plain("a"), {file: "b", setting: pseudonym.Setting{KeyID: "k1", Domain: "p/person", Bytes: 14, Algorithm: "HMAC-SHA-256"}, signer: private}}, refuse, "the length"},
		{"version 1 between two that differ", "abc", []rec{{file: "a", setting: pseudonym.Setting{KeyID: "k1", Domain: "p/person", Bytes: 16, Algorithm: "HMAC-SHA-256"}, signer: private}, plain("b"), changed("c", func(s *pseudonym.Setting) { s.Canonical = "text" })}, refuse, "form"},
		{"two records of one file that differ", "a", []rec{{file: "a", setting: good}, {file: "a", setting: with(func(s *pseudonym.Setting) { s.Canonical = "text" }), signer: stranger}}, refuse, "two records"},
		{"two records of one file, one proves", "ab", []rec{{file: "a", setting: with(func(s *pseudonym.Setting) { s.Canonical = "text" })}, plain("a"), plain("b")}, silent, ""},
		{"a record twice", "ab", []rec{plain("a"), plain("a"), plain("b")}, silent, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			known := &dossier.Records{}
			known.Trust(private.Public().(ed25519.PublicKey))
			for i, x := range tc.records {
				column := "person"
				if x.column != "" {
					column = x.column
				}
				r := &pseudonym.Record{Schema: "sluis.pseudonyms/2", Output: pseudonym.RecordedFile{Name: x.file, SHA256: digest(x.file)}}
				if x.from != "" {
					r.Inputs = []pseudonym.RecordedFile{{Name: x.from, SHA256: digest(x.from)}}
				}
				r.Columns = []pseudonym.RecordedCount{{Column: column, Setting: x.setting, Over: x.over, Distinct: 1}}
				if s := x.setting; !s.Complete() {
					r.Schema, r.KeyID, r.Domain, r.Bytes, r.Algorithm = "sluis.pseudonyms/1", s.KeyID, s.Domain, s.Bytes, s.Algorithm
					r.Columns[0].Setting = pseudonym.Setting{}
				}
				if x.signer != nil {
					if err := r.Sign(x.signer); err != nil {
						t.Fatal(err)
					}
				}
				text, err := json.Marshal(r)
				if err == nil {
					err = known.Add(fmt.Sprint(i), text)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			var files []origin.Source
			for _, f := range strings.Split(tc.files, "") {
				files = append(files, origin.Source{Name: f, SHA256: digest(f)})
			}
			remarks, err := known.Join(files, []string{"person"}, nil)
			got, text := silent, ""
			switch {
			case errors.Is(err, dossier.ErrJoin):
				got, text = refuse, err.Error()
			case err != nil || len(remarks) > 1:
				t.Fatal(err, remarks)
			case len(remarks) == 1:
				got, text = remarks[0].Verdict.String(), remarks[0].Message.String()
				if remarks[0].Name != "records" || remarks[0].Column != "person" {
					t.Errorf("%+v", remarks[0])
				}
			}
			if got != tc.want || !strings.Contains(text, tc.say) {
				t.Errorf("%s: %s, want %s: %s", got, text, tc.want, tc.say)
			}
		})
	}
}

// TestBeside: the record beside a file, and beside the file it came from.
func TestBeside(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	setting := pseudonym.Setting{KeyID: "k", Domain: "p/v", Format: 1, Canonical: "text", Encoding: "hex", Bytes: 16, Algorithm: "HMAC-SHA-256"}
	one := &pseudonym.Record{
		Schema: "sluis.pseudonyms/2", Columns: []pseudonym.RecordedCount{{Column: "person", Setting: setting}},
		Output: pseudonym.RecordedFile{Name: "one.csv", SHA256: digest("one")},
	}
	two := &pseudonym.Record{
		Schema: "sluis.pseudonyms/2", Columns: []pseudonym.RecordedCount{{Column: "house", Setting: setting}},
		Inputs: []pseudonym.RecordedFile{{Name: "one.csv", SHA256: digest("one")}},
		Output: pseudonym.RecordedFile{Name: "two.csv", SHA256: digest("two")},
	}
	text := func(v any) string {
		t.Helper()
		b, err := json.MarshalIndent(v, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	write("one.csv.record.json", text(one))
	write("two.csv.record.json", text(two))
	known := &dossier.Records{}
	if err := errors.Join(known.Beside(at("none.csv")), known.Beside(at("two.csv")), known.Beside(at("two.csv"))); err != nil {
		t.Fatal(err)
	}
	for _, column := range []string{"person", "house"} {
		if s, err := known.Claims(column); err != nil || len(s) != 1 {
			t.Errorf("%s: %v, %v", column, s, err)
		}
	}
	if s, _ := known.Claims("age"); len(s) != 0 || len(known.Inputs) != 2 || !known.Tells(digest("one")) || known.Tells("") {
		t.Errorf("%v, %d files", s, len(known.Inputs))
	}
	remarks, err := known.Join([]origin.Source{{Name: "two.csv", SHA256: digest("changed")}}, []string{"person"}, nil)
	if err != nil || len(remarks) != 1 || remarks[0].Verdict != sdc.Safe || !strings.Contains(remarks[0].Message.String(), "has changed") {
		t.Errorf("a file that was changed: %v, %v", remarks, err)
	}

	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := one.Sign(private); err != nil {
		t.Fatal(err)
	}
	one.Columns[0].Rows = 7
	for name, bad := range map[string]string{
		"forged": text(one), "no JSON": "hello", "nothing": "", "another form": "{}",
		"no form": strings.Replace(text(two), `"canonical": "text",`, "", 1),
		"no sum":  strings.Replace(text(two), digest("two"), "", 1),
		"long":    strings.Repeat(" ", 1<<24+1),
	} {
		t.Run(name, func(t *testing.T) {
			write("bad.csv.record.json", bad)
			if err := (&dossier.Records{}).Beside(at("bad.csv")); !errors.Is(err, dossier.ErrDossier) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	if err := os.Mkdir(at("dir.csv.record.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := (&dossier.Records{}).Beside(at("dir.csv")); !errors.Is(err, dossier.ErrDossier) {
		t.Errorf("a folder: %v", err)
	}
}
