package hide

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluis-go/sluis/suppress/verify"
)

// roundedFiles rounds random tables and writes what leaves.
func roundedFiles(t *testing.T, rng *rand.Rand, nearest bool) (*RoundedTables, fstest.MapFS) {
	t.Helper()
	g := randomTables(t, rng, rng.IntN(2) == 0)
	r, err := RoundTables(context.Background(), g, RoundOptions{Base: int64(2 + rng.IntN(5)), Nearest: nearest})
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	var names []string
	for _, release := range r.releases() {
		var b bytes.Buffer
		if err := release.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		names = append(names, release.Name+".release.csv")
		files[names[len(names)-1]] = &fstest.MapFile{Data: b.Bytes()}
	}
	var b bytes.Buffer
	if err := r.writeStatement(&b, r.releases(), names); err != nil {
		t.Fatal(err)
	}
	files["t.rounding.json"] = &fstest.MapFile{Data: b.Bytes()}
	return r, files
}

// restated writes a statement with the hashes and the digest made right.
func restated(t *testing.T, files fstest.MapFS, doc *roundingStatement) {
	t.Helper()
	for i := range doc.Releases {
		sum := sha256.Sum256(files[doc.Releases[i].File].Data)
		doc.Releases[i].SHA256 = hex.EncodeToString(sum[:])
	}
	doc.Digest = ""
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	doc.Digest = hex.EncodeToString(sum[:])
	if text, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	files["t.rounding.json"] = &fstest.MapFile{Data: append(text, '\n')}
}

// TestVerifyRounding: rounded releases verify; with a value, a row or a number of the
// statement changed they do not, also where hashes and digest have been made right.
func TestVerifyRounding(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 51))
	refused := 0
	for round := range 60 {
		nearest := round%3 == 0
		r, files := roundedFiles(t, rng, nearest)
		v, err := verify.Rounding(t.Context(), files, "t.rounding.json", verify.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		below, above := r.rounded.Reach()
		if v.Base != r.rounded.Base || v.Additive == nearest || v.Below != below || v.Above != above {
			t.Fatalf("%+v", v)
		}
		var doc roundingStatement
		if err := json.Unmarshal(files["t.rounding.json"].Data, &doc); err != nil {
			t.Fatal(err)
		}
		reject := func(what string) {
			t.Helper()
			if _, err := verify.Rounding(t.Context(), files, "t.rounding.json", verify.Limits{}); !errors.Is(err, verify.ErrCertificate) {
				t.Fatalf("round %d: %s: %v", round, what, err)
			}
			refused++
		}
		file := doc.Releases[rng.IntN(len(doc.Releases))].File
		good := files[file].Data
		lines := strings.SplitAfter(string(good), "\n")
		k := 1 + rng.IntN(len(lines)-2)
		changed := func(to string) {
			copied := append([]string{}, lines...)
			copied[k] = to
			files[file] = &fstest.MapFile{Data: []byte(strings.Join(copied, ""))}
		}
		fields := strings.Split(strings.TrimSpace(lines[k]), ",")
		at := len(fields) - 3
		with := func(value, status, tau string) string {
			row := append(append([]string{}, fields[:at]...), value, status, tau)
			return strings.Join(row, ",") + "\n"
		}
		var value int64
		if _, err := fmt.Sscan(fields[at], &value); err != nil {
			t.Fatal(err)
		}
		changed(with(fmt.Sprint(value+1), "F", "1")) // no multiple
		reject("the hash")
		restated(t, files, &doc)
		reject("no multiple")
		changed(with("", "C", "3"))
		restated(t, files, &doc)
		reject("a suppressed cell")
		changed(lines[k] + lines[k])
		restated(t, files, &doc)
		reject("a cell twice")
		// A multiple of another value: some sum fails, unless sums need not hold.
		by := doc.Base
		if nearest {
			by *= 1000
		}
		changed(with(fmt.Sprint(value+by), "F", "1"))
		restated(t, files, &doc)
		reject("another multiple")
		files[file] = &fstest.MapFile{Data: good}
		for what, change := range map[string]func(d *roundingStatement){
			"the base": func(d *roundingStatement) { d.Base++ }, "the reach": func(d *roundingStatement) { d.Above++ }, "both": func(d *roundingStatement) { d.Above++; d.Below++ },
			"the method": func(d *roundingStatement) { d.Additive = !d.Additive }, "the schema": func(d *roundingStatement) { d.Schema += "1" },
			"no release": func(d *roundingStatement) { d.Releases = nil },
		} {
			bad := doc
			change(&bad)
			restated(t, files, &bad)
			reject(what)
		}
		restated(t, files, &doc)
		files["t.rounding.json"].Data[len(files["t.rounding.json"].Data)-10] ^= 1
		reject("the digest")
	}
	t.Logf("%d changes refused", refused)
}

// TestRoundTables: what a group of linked tables publishes is what was rounded, and the
// report says that it is confidential.
func TestRoundTables(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 51))
	for range 20 {
		r, _ := roundedFiles(t, rng, false)
		var b bytes.Buffer
		if err := r.WriteReport(&b); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(b.String(), "CONFIDENTIAL") || strings.Contains(b.String(), "do not hold, by") {
			t.Errorf("%s", b.String())
		}
		if err := r.WriteStatement(&b, nil); !errors.Is(err, ErrRequest) {
			t.Error(err)
		}
	}
	g := randomTables(t, rng, false)
	g.list[0].count = false
	if _, err := RoundTables(context.Background(), g, RoundOptions{Base: 3}); !errors.Is(err, ErrUnfit) {
		t.Error(err)
	}
}

// FuzzVerifyRounding reads statements and releases from anything.
func FuzzVerifyRounding(f *testing.F) {
	f.Add([]byte(`{"schema":"sluis.rounding/1","releases":[{"file":"a.csv","sha256":"","variables":[{"name":"a","codes":["","x"],"parents":[-1,0]}]}],"base":3,"additive":true,"below":2,"above":2,"digest":""}`), []byte("a,value,status,status_tau\n*,3,F,1\nx,3,F,1\n"))
	f.Fuzz(func(t *testing.T, statement, release []byte) {
		// The hash and digest are put in, so that what comes after them is reached.
		var doc roundingStatement
		files := fstest.MapFS{"t.rounding.json": {Data: statement}, "a.csv": {Data: release}}
		if json.Unmarshal(statement, &doc) == nil && len(doc.Releases) == 1 && doc.Releases[0].File == "a.csv" {
			restated(t, files, &doc)
		}
		v, err := verify.Rounding(t.Context(), files, "t.rounding.json", verify.Limits{File: 1 << 16})
		if err == nil && v.Cells == 0 {
			t.Error("nothing, and it holds")
		}
	})
}
