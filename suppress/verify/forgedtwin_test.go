package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// smallTwin is a small confidential proof that holds: x = 1 is unsafe, and a contributor
// has 2 of the 4 of z.
func smallTwin() (*confidentialDoc, string) {
	least := int64(0)
	return &confidentialDoc{
		Notice: "CONFIDENTIAL", Schema: "sluis.confidential/2", Whole: true, Least: &least,
		Releases: []certificateRelease{{File: "r.csv", Variables: []certificateVariable{{"a", []string{"", "x", "y", "z"}, []int{-1, 0, 0, 0}}}}},
		Base:     []int64{1, 2, 4}, Starts: []int64{0, 2, 4}, Cells: []int64{0, 1, 1, 2}, Changes: []int64{2, -2, 2, -2}, Dens: []int64{1, 1},
		Primary: []int64{0, 1}, Below: []int64{0, 0}, Above: []int64{2, 2}, Apart: []int64{2, 0}, ShownStarts: []int64{0, 1, 2}, Shown: []int64{0, 1},
		Part: []int64{0, 0, 2}, OwnedTable: []int64{}, OwnedCell: []int64{}, Owner: []int64{},
		ShareTable: []int64{0}, ShareCell: []int64{3}, ShareOwner: []int64{2}, ShareLeast: []int64{1}, ShareMost: []int64{2},
	}, "a,value,status,status_tau\n*,7,F,1\nx,,C,3\ny,,C,3\nz,,C,3\n"
}

func forgeTwin(t *testing.T, d *confidentialDoc, text string) error {
	t.Helper()
	for i := range d.Releases {
		sum := sha256.Sum256([]byte(text))
		d.Releases[i].SHA256 = hex.EncodeToString(sum[:])
	}
	_, err := Confidential(t.Context(), fstest.MapFS{"r.csv": {Data: []byte(text)}, twinName: {Data: sealedTwin(t, d)}}, twinName, Limits{})
	return err
}

// TestForgedTwin changes a confidential proof in one way at a time, the digest made right:
// it is refused, and for that. Where nothing is to be said against it, it holds.
func TestForgedTwin(t *testing.T) {
	type doc = confidentialDoc
	own := func(d *doc, owner, table, cell int64) {
		d.Owner, d.OwnedTable, d.OwnedCell = append(d.Owner, owner), append(d.OwnedTable, table), append(d.OwnedCell, cell)
	}
	share := func(d *doc, owner, table, cell, least, most int64) {
		d.ShareOwner, d.ShareTable, d.ShareCell = append(d.ShareOwner, owner), append(d.ShareTable, table), append(d.ShareCell, cell)
		d.ShareLeast, d.ShareMost = append(d.ShareLeast, least), append(d.ShareMost, most)
	}
	least := func(x int64) *int64 { return &x }
	const (
		levels  = "one level for each"
		shown   = "no proper list"
		owners  = "lists of owners"
		shares  = "lists of shares"
		outside = "an owner is out of range"
		none    = "a share is out of range"
		noPart  = "no part of its cell"
		twice   = "two shares of a cell"
		open    = "not shown to be protected"
		insider = "not shown to be protected against an insider"
		unsafe  = "do not rise or are not suppressed"
	)
	for _, c := range []struct {
		name, why string
		change    func(d *doc)
	}{
		{"nothing", "", func(*doc) {}},
		{"another schema", "is not of schema", func(d *doc) { d.Schema = "sluis.confidential/1" }},
		{"the schema of a certificate", "is not of schema", func(d *doc) { d.Schema = "sluis.certificate/1" }},
		{"no notice", "is not of schema", func(d *doc) { d.Notice = "" }},
		{"no releases", "names no release", func(d *doc) { d.Releases = nil }},
		{"digits below 0", "number of digits", func(d *doc) { d.Digits = -1 }},
		{"16 digits", "number of digits", func(d *doc) { d.Digits = 16 }},
		{"15 digits", "canonical form", func(d *doc) { d.Digits = 15 }},
		{"a least value too large", "least value out of range", func(d *doc) { d.Least = least(tooMuch) }},
		{"a least value too small", "least value out of range", func(d *doc) { d.Least = least(-tooMuch) }},
		{"a release twice", "occurs twice", func(d *doc) { d.Releases = append(d.Releases, d.Releases[0]) }},
		{"another truth", "does not agree with a published cell", func(d *doc) { d.Base[0]++ }},
		{"a witness that changes a published cell", "changes a published cell", func(d *doc) { d.Changes[0]++ }},
		{"a witness too few", "do not fit together", func(d *doc) { d.Dens = d.Dens[:1] }},

		{"a level too few below", levels, func(d *doc) { d.Below = d.Below[:1] }},
		{"a level too few above", levels, func(d *doc) { d.Above = d.Above[:1] }},
		{"a level too few apart", levels, func(d *doc) { d.Apart = d.Apart[:1] }},
		{"a level too many", levels, func(d *doc) { d.Below = append(d.Below, 0) }},
		{"a list of witnesses too few", levels, func(d *doc) { d.ShownStarts = []int64{0, 2} }},
		{"a list of witnesses too many", levels, func(d *doc) { d.ShownStarts = []int64{0, 1, 2, 2} }},
		{"a list that starts late", shown, func(d *doc) { d.ShownStarts[0] = 1 }},
		{"a list that ends early", shown, func(d *doc) { d.Shown = append(d.Shown, 1) }},
		{"lists that go back", shown, func(d *doc) { d.ShownStarts = []int64{0, 3, 2} }},
		{"a level below 0", "a level is out of range", func(d *doc) { d.Below[0] = -1 }},
		{"a level above of less than 0", "a level is out of range", func(d *doc) { d.Above[0] = -1 }},
		{"a level apart of less than 0", "a level is out of range", func(d *doc) { d.Apart[0] = -1 }},
		{"a level too large", "a level is out of range", func(d *doc) { d.Above[1] = tooMuch }},
		{"the largest level", open, func(d *doc) { d.Above[1] = verifyValue }},
		{"the largest level below", open, func(d *doc) { d.Below[1] = verifyValue }},
		{"the largest level apart", open, func(d *doc) { d.Apart[1] = verifyValue }},
		{"unsafe cells that fall", unsafe, func(d *doc) { d.Primary = []int64{1, 0} }},
		{"an unsafe cell twice", unsafe, func(d *doc) { d.Primary = []int64{0, 0} }},
		{"an unsafe cell before the first", unsafe, func(d *doc) { d.Primary[0] = -1 }},
		{"an unsafe cell after the last", unsafe, func(d *doc) { d.Primary[1] = 3 }},
		{"a witness that does not exist", "does not exist", func(d *doc) { d.Shown[1] = 2 }},
		{"a witness before the first", "does not exist", func(d *doc) { d.Shown[0] = -1 }},
		{"a witness that leaves the cell as it is", open, func(d *doc) { d.Shown[0] = 1 }},
		{"a witness of another cell", open, func(d *doc) { d.Shown[1] = 0 }},

		{"a part too few", "one part for each", func(d *doc) { d.Part = d.Part[:2] }},
		{"a part too many", "one part for each", func(d *doc) { d.Part = append(d.Part, 0) }},
		{"a part below 0", "a part is out of range", func(d *doc) { d.Part[0] = -1 }},
		{"a part of more than the cell", "a part is out of range", func(d *doc) { d.Part[0] = 2 }},
		{"a part of all of a cell", "", func(d *doc) { d.Part[0] = 1 }},
		{"a part that rules a witness out", insider, func(d *doc) { d.Part[2] = 3 }},
		{"a part that rules the first witness out", insider, func(d *doc) { d.Part[1] = 1 }},

		{"an owner without a table", owners, func(d *doc) { own(d, 1, 0, 3); d.OwnedTable = nil }},
		{"an owner without a cell", owners, func(d *doc) { own(d, 1, 0, 3); d.OwnedCell = nil }},
		{"a cell without an owner", owners, func(d *doc) { own(d, 1, 0, 3); d.Owner = nil }},
		{"an owner of number 0", outside, func(d *doc) { own(d, 0, 0, 1) }},
		{"an owner in a table before the first", outside, func(d *doc) { own(d, 1, -1, 1) }},
		{"an owner in a table after the last", outside, func(d *doc) { own(d, 1, 1, 1) }},
		{"an owner of a cell before the first", outside, func(d *doc) { own(d, 1, 0, -1) }},
		{"an owner of a cell after the last", outside, func(d *doc) { own(d, 1, 0, 4) }},
		{"two owners", "two owners", func(d *doc) { own(d, 1, 0, 1); own(d, 3, 0, 1) }},
		{"an owner of the unsafe cell", "", func(d *doc) { own(d, 1, 0, 1) }},
		{"an owner of a published cell", "", func(d *doc) { own(d, 1, 0, 0) }},
		{"an owner of what makes up for it", insider, func(d *doc) { own(d, 1, 0, 2) }},

		{"a share without a table", shares, func(d *doc) { d.ShareTable = nil }},
		{"a share without a cell", shares, func(d *doc) { d.ShareCell = nil }},
		{"a share without least", shares, func(d *doc) { d.ShareLeast = nil }},
		{"a share without most", shares, func(d *doc) { d.ShareMost = nil }},
		{"a share of nobody", shares, func(d *doc) { d.ShareOwner = nil }},
		{"a share of number 0", none, func(d *doc) { d.ShareOwner[0] = 0 }},
		{"a share in a table before the first", none, func(d *doc) { d.ShareTable[0] = -1 }},
		{"a share in a table after the last", none, func(d *doc) { d.ShareTable[0] = 1 }},
		{"a share in a cell before the first", none, func(d *doc) { d.ShareCell[0] = -1 }},
		{"a share in a cell after the last", none, func(d *doc) { d.ShareCell[0] = 4 }},
		{"a share of less than 0", noPart, func(d *doc) { d.ShareLeast[0] = -1 }},
		{"a share of least more than most", noPart, func(d *doc) { d.ShareLeast[0] = 3 }},
		{"a share of more than the cell", noPart, func(d *doc) { d.ShareMost[0] = 5 }},
		{"a share of no more than the cell", insider, func(d *doc) { d.ShareMost[0] = 4 }},
		{"a share of just too much", insider, func(d *doc) { d.ShareMost[0] = 3 }},
		{"two shares of one", twice, func(d *doc) { share(d, 2, 0, 3, 1, 1) }},
		{"shares of two", "", func(d *doc) { share(d, 3, 0, 3, 1, 1) }},
		{"a share beside an owner", twice, func(d *doc) { own(d, 1, 0, 3) }},

		{"a level just shown", "", func(d *doc) { d.Apart[1] = 2 }},
		{"a level just not shown above", open, func(d *doc) { d.Above[0] = 3 }},
		{"a level just not shown below", open, func(d *doc) { d.Below[0] = 1 }},
		{"a level just not shown apart", open, func(d *doc) { d.Apart[0] = 3 }},
		{"no levels and no other value", open, func(d *doc) { d.Above[1], d.Shown[1] = 0, 0; d.Primary[1] = 2 }},
		{"no levels and another value", "", func(d *doc) { d.Above[1] = 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, text := smallTwin()
			c.change(d)
			said(t, c.name, c.why, forgeTwin(t, d, text))
		})
	}
}

// TestForgedTwinText: a confidential proof is one line of canonical JSON, as a certificate.
func TestForgedTwinText(t *testing.T) {
	d, release := smallTwin()
	if err := forgeTwin(t, d, release); err != nil {
		t.Fatal(err)
	}
	text := string(sealedTwin(t, d))
	for _, c := range []struct{ name, from, to string }{
		{"nothing", "", ""},
		{"blanks", `{"confidential"`, `{ "confidential"`},
		{"something after it", "}\n", "}\n{}"},
		{"an unknown key", `{"confidential"`, `{"note":1,"confidential"`},
		{"a key twice", `{"confidential"`, `{"whole":false,"confidential"`},
		{"a key in capitals", `"whole":`, `"Whole":`},
		{"no digest", d.Digest, ""},
		{"no JSON", `{"confidential"`, `"confidential"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := strings.Replace(text, c.from, c.to, 1)
			if c.name != "nothing" && changed == text {
				t.Fatalf("%s: nothing was changed", c.name)
			}
			_, err := Confidential(t.Context(), fstest.MapFS{"r.csv": {Data: []byte(release)}, twinName: {Data: []byte(changed)}}, twinName, Limits{})
			if holds := c.name == "nothing"; holds != (err == nil) || !holds && !errors.Is(err, ErrCertificate) {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
	if _, err := Confidential(t.Context(), fstest.MapFS{twinName: {Data: []byte(text)}}, twinName, Limits{}); err == nil {
		t.Error("a proof of a release that is not there")
	}
	if _, err := Confidential(t.Context(), fstest.MapFS{}, twinName, Limits{}); err == nil {
		t.Error("a proof that is not there")
	}
	// A contributor has two parts of one cell, which two releases have.
	d.Releases = append(d.Releases, certificateRelease{File: "s.csv", Variables: slices.Clone(d.Releases[0].Variables)})
	d.Base, d.Part = slices.Concat(d.Base, d.Base), []int64{0, 0, 2, 0, 0, 1}
	d.Starts, d.Cells, d.Changes = []int64{0, 4, 8}, []int64{0, 1, 3, 4, 1, 2, 4, 5}, []int64{2, -2, 2, -2, 2, -2, 2, -2}
	for _, want := range []string{"two parts", ""} {
		for i := range d.Releases {
			sum := sha256.Sum256([]byte(release))
			d.Releases[i].SHA256 = hex.EncodeToString(sum[:])
		}
		_, err := Confidential(t.Context(), fstest.MapFS{"r.csv": {Data: []byte(release)}, "s.csv": {Data: []byte(release)}, twinName: {Data: sealedTwin(t, d)}}, twinName, Limits{})
		said(t, "parts of a shared cell", want, err)
		d.Part[5] = 2
	}
}
