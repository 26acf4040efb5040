package dossier_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/profile"
)

// proof is a dossier in which all proofs hold, with the data that a check has read.
type proof struct {
	t         *testing.T
	dir       string
	d         *dossier.Dossier
	run       dossier.Run
	release   dossier.Verification
	custodian ed25519.PrivateKey
	record    *pseudonym.Record
	profile   *profile.Profile
}

func (p *proof) write(name string, v any) {
	p.t.Helper()
	content, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(filepath.Join(p.dir, name), content, 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// sign signs the record of the source again, and writes it.
func (p *proof) sign(key ed25519.PrivateKey) {
	p.t.Helper()
	p.record.Signer, p.record.Signature = nil, nil
	if err := p.record.Sign(key); err != nil {
		p.t.Fatal(err)
	}
	p.write("drugs.csv.record.json", p.record)
}

// load writes the dossier, and reads it.
func (p *proof) load() (*dossier.Dossier, error) {
	p.t.Helper()
	path := filepath.Join(p.dir, "dossier.yaml")
	if err := os.WriteFile(path, []byte(written(p.t, "nl", p.d)), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return dossier.Load(path)
}

func proofs(t *testing.T) *proof {
	t.Helper()
	seed := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	key, err := pseudonym.KeyFromBytes([]byte("a key of a test protects nobody.."[:32]))
	if err != nil {
		t.Fatal(err)
	}
	id, err := key.ID()
	if err != nil {
		t.Fatal(err)
	}
	yes := dossier.Entry{Text: "yes", By: "someone"}
	p := &proof{t: t, dir: t.TempDir(), custodian: seed, d: full()}
	p.d.Sources[0] = dossier.Source{File: "drugs.csv", SHA256: digest("drugs"), Origin: dossier.Supplied, Provider: "police", Law: "police", Responsible: yes, Permission: yes}
	p.d.Pseudonyms = []dossier.Column{{Column: "id", Key: id, Domain: "p/id"}}
	p.d.Records, p.d.Destruction, p.d.Profile = []string{"drugs.csv.record.json"}, []string{"gone.json"}, "june.json"
	p.d.Written, p.d.Custodian = []string{"copy.csv"}, hexOf(seed.Public().(ed25519.PublicKey))
	p.record = &pseudonym.Record{
		Schema: "sluis.pseudonyms/2", Columns: []pseudonym.RecordedCount{{Column: "id", Setting: pseudonym.Setting{
			KeyID: id, Domain: "p/id", Format: 1, Canonical: "bsn", Encoding: "hex", Bytes: 16, Algorithm: "HMAC-SHA-256",
		}, Distinct: 20}},
		Inputs: []pseudonym.RecordedFile{{Name: "raw.csv", Keyed: digest("raw")}}, Output: pseudonym.RecordedFile{Name: "drugs.csv", SHA256: digest("drugs")},
	}
	p.sign(seed)
	gone, err := pseudonym.Destroy(key, "", seed, time.Unix(0, 0), "test")
	if err != nil {
		t.Fatal(err)
	}
	p.write("gone.json", gone)
	p.profile = &profile.Profile{
		Schema: "sluis.profile/1", Rows: 40, Respondents: 20, Sources: []origin.Source{{Name: "drugs.csv"}},
		Columns: []profile.Column{{Name: "region", Type: "utf8", Classes: []profile.Class{{Kind: "invalid", Percent: 100}}}}, NotChecked: []string{},
	}
	p.write("june.json", p.profile)
	p.run = dossier.Run{
		Policy: dossier.Policy{Name: "cbs"}, Sources: []origin.Source{{Name: "drugs.csv", SHA256: digest("drugs")}}, Reading: dossier.Reading{Columns: []string{"id", "region", "income"}},
		Rules: []string{"group-disclosure"}, Rows: 40, Respondents: 20, Manifest: true, Verdict: sdc.Safe,
	}
	p.release = dossier.Verification{Tables: 2, Cells: 9, Hidden: 1}
	return p
}

// TestBroken: each proof is broken on purpose. The step becomes missing, with the reason.
// A dossier with a forged record is not read at all.
func TestBroken(t *testing.T) {
	stranger := ed25519.NewKeyFromSeed([]byte(strings.Repeat("s", ed25519.SeedSize)))
	leave := func(name string) func(*proof) {
		return func(p *proof) { p.write(name, "x") }
	}
	for _, x := range []struct {
		name  string
		wreck func(*proof)
		step  int
		state string // "" where the dossier is not read
		why   string
	}{
		{"nothing, columns", func(*proof) {}, 4, "proven", ""},
		{"nothing, sources", func(*proof) {}, 5, "proven", "0 of CBS, 1 supplied (drugs.csv)"},
		{"nothing, pseudonyms", func(*proof) {}, 6, "proven", ""},
		{"nothing, policy", func(*proof) {}, 11, "proven", "2 released tables"},
		{"nothing, data", func(*proof) {}, 14, "proven", "1 columns, of which 1 show codes that are in no list and 0 are withheld; there is no earlier profile"},
		{"nothing, security", func(*proof) {}, 17, "answered", "proven in part: the custodian or a trusted key signed the records"},
		{"nothing, destruction", func(*proof) {}, 19, "answered", "the key is destroyed; 2 of 2 listed files are gone (copy.csv: gone, drugs.csv: gone)"},
		{"nothing, publication", func(*proof) {}, 20, "proven", "2 released tables were verified"},
		{"a column more", func(p *proof) { p.run.Columns = append(p.run.Columns, "phone") }, 4, "missing", "not declared: phone"},
		{"another file", func(p *proof) { p.run.Sources[0].Name = "other.csv" }, 5, "missing", "other.csv was read and is not among the sources"},
		{"other bytes, no record", func(p *proof) { p.run.Sources[0].SHA256 = digest("other") }, 6, "missing", "drugs.csv has no record"},
		{"other bytes, another hash", func(p *proof) { p.run.Sources[0].SHA256 = digest("other") }, 14, "missing", "drugs.csv is not the file that was provided"},
		{"an identifier left in", func(p *proof) { p.run.Identifiers = true }, 6, "missing", "looks like an identifier"},
		{"a record of another key", func(p *proof) { p.record.Columns[0].KeyID = "0123456789abcdef"; p.sign(p.custodian) }, 6, "missing", "another key or domain"},
		{"a record of another file", func(p *proof) { p.record.Output.SHA256 = digest("other"); p.sign(p.custodian) }, 6, "missing", "has no record"},
		{"a record that a stranger signed, and no custodian", func(p *proof) { p.d.Custodian, p.d.Destruction = "", nil; p.sign(stranger) }, 6, "missing", "not signed by the custodian"},
		{"the same, for security", func(p *proof) { p.d.Custodian, p.d.Destruction = "", nil; p.sign(stranger) }, 17, "answered", ""},
		{"a record that a stranger signed", func(p *proof) { p.sign(stranger) }, 6, "", "drugs.csv.record.json"},
		{"a record changed after it was signed", func(p *proof) { p.record.Columns[0].Nulls = 1; p.write("drugs.csv.record.json", p.record) }, 6, "", "drugs.csv.record.json"},
		{"a record without a signature", func(p *proof) {
			p.record.Signature, p.record.Signer = nil, nil
			p.write("drugs.csv.record.json", p.record)
		}, 6, "", "drugs.csv.record.json"},
		{"no record", func(p *proof) { p.d.Records = nil }, 6, "missing", "has no record"},
		{"another policy", func(p *proof) { p.run.Policy.Name = "loose" }, 11, "missing", "another policy"},
		{"another policy of that name", func(p *proof) { p.run.Policy.SHA256 = digest("loose") }, 11, "missing", "another policy"},
		{"a profile of other rows", func(p *proof) { p.profile.Rows++; p.write("june.json", p.profile) }, 14, "missing", "another number of rows"},
		{"a profile of other respondents", func(p *proof) { p.profile.Respondents++; p.write("june.json", p.profile) }, 14, "missing", "another number of respondents"},
		{"a profile of another file", func(p *proof) { p.profile.Sources[0].Name = "other.csv"; p.write("june.json", p.profile) }, 14, "missing", "of other files"},
		{"a profile that shows nothing", func(p *proof) { p.profile.Columns[0].Withheld = "by the rule nk"; p.write("june.json", p.profile) }, 14, "answered", "shows nothing"},
		{"a source not destroyed", leave("drugs.csv"), 19, "missing", "1 of 2 files are still where they were written: drugs.csv"},
		{"a copy not destroyed", leave("copy.csv"), 19, "missing", "1 of 2 files are still where they were written: copy.csv"},
		{"the identifiers not destroyed", leave("raw.csv"), 19, "missing", "1 of 3 files are still where they were written: raw.csv"},
		{"a source in no list", func(p *proof) {
			p.d.Sources = append(p.d.Sources, dossier.Source{File: "tax.csv", Origin: dossier.Supplied})
		}, 19, "missing", "supplied source tax.csv"},
		{"a key not destroyed", func(p *proof) {
			p.d.Pseudonyms = append(p.d.Pseudonyms, dossier.Column{Column: "house", Key: "0123456789abcdef", Domain: "p/house"})
		}, 19, "missing", "not every key"},
		{"a destruction changed after it was signed", func(p *proof) {
			content, err := os.ReadFile(filepath.Join(p.dir, "gone.json"))
			if err != nil {
				p.t.Fatal(err)
			}
			p.write("gone.json", json.RawMessage(strings.Replace(string(content), `"test"`, `"tast"`, 1)))
		}, 19, "", "gone.json"},
		{"a released cell changed", func(p *proof) { p.release.Problem = "a.release.csv: cell 3 differs" }, 20, "missing", "does not hold: a.release.csv: cell 3 differs"},
		{"no rule about groups", func(p *proof) { p.run.Rules = nil }, 20, "answered", "no rule about groups"},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := proofs(t)
			x.wreck(p)
			d, err := p.load()
			if x.state == "" {
				if !errors.Is(err, dossier.ErrDossier) || !strings.Contains(err.Error(), x.why) {
					t.Errorf("%v, want an error about %s", err, x.why)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if s := d.Steps(&p.run, &p.release)[x.step-1]; s.State != x.state || !strings.Contains(s.Why, x.why) || strings.HasPrefix(x.name, "the same") && s.Why != "" {
				t.Errorf("step %d is %s: %q, want %s: %q", s.Step, s.State, s.Why, x.state, x.why)
			}
		})
	}
}

// TestEarlier: step 14 says in which columns a profile differs from the earlier profile.
func TestEarlier(t *testing.T) {
	for _, x := range []struct {
		name   string
		change func(*profile.Profile)
		want   string
	}{
		{"nothing", func(*profile.Profile) {}, "nothing that both profiles show has changed"},
		{"a share", func(p *profile.Profile) { p.Columns[0].Classes[0].Percent = 90 }, "changes since the earlier profile: 1, in the columns region"},
		{"a column more", func(p *profile.Profile) { p.Columns = append(p.Columns, profile.Column{Name: "age"}) }, "changes since the earlier profile: 1, in the columns age"},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := proofs(t)
			x.change(p.profile)
			p.write("may.json", p.profile)
			p.d.Earlier = "may.json"
			d, err := p.load()
			if err != nil {
				t.Fatal(err)
			}
			if s := d.Steps(&p.run, nil)[13]; s.State != dossier.Proven || !strings.Contains(s.Why, x.want) || len(d.Inputs) != 5 {
				t.Errorf("%s: %q, %v", s.State, s.Why, d.Inputs)
			}
		})
	}
	if _, err := load(t, "version: 2\nearlier: may.json\n"); !errors.Is(err, dossier.ErrDossier) {
		t.Errorf("an earlier profile alone: %v", err)
	}
}

// TestAccess: who can read a file, by the modes of the file and of the folders above it.
func TestAccess(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(dir), 0o755)); err != nil { // it is empty
		t.Fatal(err)
	}
	for _, x := range []struct {
		folder, file os.FileMode
		want         string
	}{
		{0o755, 0o600, dossier.ByOwner}, {0o700, 0o644, dossier.ByOwner}, {0o755, 0o640, dossier.ByOthers}, {0o755, 0o604, dossier.ByOthers},
		{0o750, 0o640, dossier.ByOthers}, {0o750, 0o604, dossier.ByOwner}, {0o701, 0o640, dossier.ByOthers},
	} {
		t.Run(fmt.Sprintf("%o/%o", x.folder, x.file), func(t *testing.T) {
			folder := filepath.Join(dir, fmt.Sprintf("%o-%o", x.folder, x.file))
			path := filepath.Join(folder, "a.csv")
			if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(path, nil, 0o600), os.Chmod(path, x.file), os.Chmod(folder, x.folder)); err != nil {
				t.Fatal(err)
			}
			// Only the folders of the test have modes that are known.
			if probe := dossier.AccessOf(dir); probe.By != dossier.ByOthers {
				t.Skip("others cannot enter the folder of the test")
			}
			if got := dossier.AccessOf(path); got != (dossier.Access{Name: "a.csv", By: x.want}) {
				t.Errorf("%+v, want %s", got, x.want)
			}
		})
	}
	if got := dossier.AccessOf(filepath.Join(dir, "none")); got.By != dossier.Unknown {
		t.Errorf("no file: %+v", got)
	}
}
