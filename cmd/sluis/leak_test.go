package main

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestNothingLeaks: of all that the commands of a custodian and of an analyst print and
// write, good runs and bad ones, nothing holds an identifier or a byte string of the key
// but the files that are for it: the raw data, the key file and the table's look-up.
func TestNothingLeaks(t *testing.T) {
	var raw strings.Builder
	raw.WriteString("id,region,sex\n")
	var secrets []string
	for i := range 40 {
		id := fmt.Sprintf("zzleak%dq", 1000+i)
		secrets = append(secrets, id)
		fmt.Fprintf(&raw, "%s,%c,%c\n", id, "ab"[i/20], "FM"[i%2])
	}
	d := newDesk(t, "raw.csv", raw.String(), "people.csv", "", "spec.yaml", peopleSpec,
		"bad.csv", "id,region,sex\nzzleak1000q,a\n", "quote.csv", "id,region,sex\n\"zzleak1001q,a,F\n", "latin.csv", "id,region,sex\nzzleak1002q\xff,a,F\n",
		"empty.csv", "", "twice.csv", "id,id\nzzleak1003q,zzleak1004q\n", "broken.parquet", "PAR1zzleak1005qPAR1", "broken.arrow", "ARROW1zzleak1006q",
		"plan.yaml", "version: 1\ncolumns: [{column: zzleak, domain: zzleak}]\n", "bad.yaml", "version: 2\nzzleak1008q: [", "notkey", "SLUIS-KEY-1-zzleak1009q\n", "table", "zzleak1010q")
	os.Remove(d.at("people.csv"))
	key, err := pseudonym.LoadKey(d.at("key"))
	if err != nil {
		t.Fatal(err)
	}
	defer key.Destroy()
	line := strings.TrimSpace(d.read("key"))
	fields := strings.Split(line, "-")
	bytes, err := hex.DecodeString(fields[len(fields)-2]) // the last are check digits
	if err != nil || len(bytes) != 32 {
		t.Fatalf("the form of a key file has changed: %v", err)
	}
	for _, part := range [][]byte{bytes[:8], bytes[8:16], bytes[16:24], bytes[24:]} {
		text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(part)
		secrets = append(secrets, string(part), hex.EncodeToString(part), strings.ToUpper(hex.EncodeToString(part)), text[:12], strings.ToLower(text[:12]))
	}
	whole := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(bytes)
	secrets = append(secrets, whole[12:24], strings.ToLower(whole[12:24]), fmt.Sprint(bytes[:8]))
	own := map[string]bool{"key": true, "raw.csv": true, "sign.pem": true, "id.age": true}
	for _, name := range strings.Fields(d.files()) {
		own[name] = true // what the test wrote itself
	}
	var all strings.Builder
	ends := map[int]int{}
	do := func(args ...string) {
		t.Helper()
		for i, a := range args {
			if name, ok := strings.CutPrefix(a, "@"); ok {
				args[i] = d.at(name)
			}
		}
		status, out, errs := sluis(t, args...)
		ends[status]++
		fmt.Fprintf(&all, "%v: %s%s\n", args, out, errs)
		for _, s := range secrets {
			if strings.Contains(out+errs, s) {
				t.Errorf("%v prints %q:\n%s%s", args, s, out, errs)
			}
		}
	}
	with := func(in, out string, more ...string) []string {
		return append([]string{"pseudonymise", "@" + in, "@" + out, "--column", "id", "--form", "text", "--key-file", "@key", "--domain", "p/person"}, more...)
	}
	// What works.
	do(with("raw.csv", "people.csv", "--sign-with", "@sign.pem")...)
	do(with("raw.csv", "people.parquet", "--encoding", "base32")...)
	do("linkage", "build", "@raw.csv", "@table.age", "--column", "id", "--form", "text", "--key-file", "@key", "--domain", "p/person", "--recipient", d.recipient)
	do("key", "verify", "@people.csv.record.json", "--public", "@sign.pub")
	do("key", "id", "@key")
	do("key", "new", "@new")
	do("linkage", "rekey", "@table.age", "@table2.age", "--identity", "@id.age", "--key-file", "@new", "--recipient", d.recipient, "--translation", "@translation.txt")
	own["new"] = true
	do("pseudonymise", "@people.csv", "@moved.csv", "--column", "id", "--translate", "@translation.txt")
	do("check", "@spec.yaml", "--json", "@report.json", "--html", "@report.html", "--cells", "@cells.csv", "--public", "@public.html")
	do("risk", "@people.csv", "--keys", "region,sex", "--respondent", "id", "--records", "@risk.csv", "--json", "@risk.json", "--html", "@risk.html")
	do("local", "@people.csv", "@local.csv", "--keys", "region,sex", "--k", "3", "--missing", "wildcard", "--respondent", "id")
	do("profile", "@people.csv", "--respondent", "id", "--json", "@profile.json")
	// On the raw file, whose identifiers are those of respondents.
	do("risk", "@raw.csv", "--keys", "region", "--respondent", "id", "--json", "@risk2.json")
	do("profile", "@raw.csv", "--respondent", "id", "--json", "@profile2.json")
	good := ends[0]
	// What does not.
	for _, in := range []string{"bad.csv", "quote.csv", "latin.csv", "empty.csv", "twice.csv", "broken.parquet", "broken.arrow", "none.csv"} {
		do(with(in, "x.csv")...)
		do("risk", "@"+in, "--keys", "region,sex", "--respondent", "id")
		do("local", "@"+in, "@x.csv", "--keys", "region,sex", "--k", "3", "--missing", "wildcard")
		do("profile", "@"+in, "--respondent", "id")
		do("linkage", "build", "@"+in, "@x.age", "--column", "id", "--form", "text", "--key-file", "@key", "--domain", "p/person", "--recipient", d.recipient)
	}
	for _, form := range pseudonym.FormNames() {
		if form != "typed" && form != "text" && form != "name" {
			do(with("raw.csv", "x.csv", "--form", form)...)
		}
	}
	do(with("raw.csv", "x.csv", "--key-file", "@notkey")...)
	do(with("raw.csv", "x.csv", "--key-file", "@raw.csv")...)
	do(with("raw.csv", "x.csv", "--bytes", "4", "--expected", "10")...)
	do(with("raw.csv", "x.csv", "--domain", "nothing")...)
	do(with("raw.csv", "x.csv", "--type", "id=int64", "--form", "typed")...)
	do(with("raw.csv", "x.csv", "--type", "id=date32", "--form", "typed")...)
	do("pseudonymise", "@raw.csv", "@x.csv", "--plan", "@plan.yaml", "--key-file", "@key")
	do("pseudonymise", "@raw.csv", "@x.csv", "--column", "id", "--translate", "@translation.txt")
	do("pseudonymise", "@raw.csv", "@x.csv", "--column", "id", "--translate", "@raw.csv")
	do("check", "@bad.yaml")
	do("check", "@raw.csv")
	do("linkage", "lookup", "@table", "x", "--identity", "@id.age", "--who", "a", "--why", "b", "--log", "@log", "--sign-with", "@sign.pem")
	do("linkage", "lookup", "@table.age", "x", "--identity", "@key", "--who", "a", "--why", "b", "--log", "@log", "--sign-with", "@sign.pem")
	do("key", "id", "@notkey")
	do("key", "verify", "@raw.csv", "--public", "@sign.pub")
	do("key", "verify", "@key", "--public", "@key")
	if good < 12 || len(ends) < 3 || strings.Count(all.String(), "sluis:") < 40 {
		t.Errorf("%d runs were good, ends %v: too little was tried", good, ends)
	}
	seen := 0
	err = filepath.WalkDir(d.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || own[e.Name()] {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		for _, s := range secrets {
			if strings.Contains(string(text), s) {
				t.Errorf("%s holds %q", e.Name(), s)
			}
		}
		return nil
	})
	if err != nil || seen < 15 {
		t.Errorf("%v, %d files were looked at", err, seen)
	}
}
