package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	forgedRows = "a,value,status,status_tau\n*,3,F,1\nx,,C,3\ny,,C,3\n"
	tooMuch    = verifyValue + 1
)

// smallProof is a small certificate that holds, with its release as text.
func smallProof() (*certificateDoc, map[string]string) {
	least := int64(0)
	return &certificateDoc{
		Schema: "sluis.certificate/1", Whole: true, Least: &least,
		Releases: []certificateRelease{{File: "r.csv", Variables: []certificateVariable{{"a", []string{"", "x", "y"}, []int{-1, 0, 0}}}}},
		Base:     []int64{1, 2}, Starts: []int64{0, 2}, Cells: []int64{0, 1}, Changes: []int64{1, -1}, Dens: []int64{1},
		High: []int64{0, -1}, Low: []int64{-1, 0},
	}, map[string]string{"r.csv": forgedRows}
}

// linkedPair is one over two releases that share their total, which neither has.
func linkedPair() (*certificateDoc, map[string]string) {
	d, files := smallProof()
	d.Releases = append(d.Releases, certificateRelease{File: "s.csv", Variables: []certificateVariable{{"b", []string{"", "p", "q"}, []int{-1, 0, 0}}}})
	d.Base, d.Starts, d.Cells, d.Changes = []int64{1, 2, 0, 3}, []int64{0, 4}, []int64{0, 1, 2, 3}, []int64{2, -1, 3, -2}
	d.High, d.Low = []int64{0, -1, 0, -1}, []int64{-1, 0, -1, 0}
	files["r.csv"] = "a,value,status,status_tau\nx,,C,3\ny,,C,3\n"
	files["s.csv"] = "b,value,status,status_tau\np,,C,3\nq,,C,3\n"
	return d, files
}

// forge verifies a certificate with the right hashes.
func forge(t *testing.T, d *certificateDoc, texts map[string]string) error {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for i := range d.Releases {
		if r := &d.Releases[i]; r.SHA256 == "" {
			sum := sha256.Sum256([]byte(texts[r.File]))
			r.SHA256 = hex.EncodeToString(sum[:])
		}
	}
	files["c.json"] = &fstest.MapFile{Data: sealed(t, d)}
	_, err := Certificate(t.Context(), files, "c.json", Limits{})
	return err
}

// deep is a variable in which the last code has n codes above it, and the total.
func deep(n int) certificateVariable {
	v := certificateVariable{"a", []string{""}, []int{-1}}
	for k := range n {
		v.Codes, v.Parents = append(v.Codes, fmt.Sprint("c", k)), append(v.Parents, k)
	}
	return v
}

// TestForgedCertificate changes a certificate in one way at a time, all hashes made right:
// it is refused, and for that. Where nothing is to be said against it, it holds.
func TestForgedCertificate(t *testing.T) {
	type doc = certificateDoc
	least := func(x int64) *int64 { return &x }
	v := func(d *doc) *certificateVariable { return &d.Releases[0].Variables[0] }
	for _, c := range []struct {
		name   string
		why    string // "": it holds
		change func(d *doc)
	}{
		{"nothing", "", func(*doc) {}},
		{"another schema", "is not of schema", func(d *doc) { d.Schema = "sluis.certificate/2" }},
		{"the schema of the twin", "is not of schema", func(d *doc) { d.Schema = "sluis.confidential/2" }},
		{"no releases", "names no release", func(d *doc) { *d = doc{Schema: d.Schema, Starts: []int64{0}} }},
		{"digits below 0", "number of digits", func(d *doc) { d.Digits = -1 }},
		{"16 digits", "number of digits", func(d *doc) { d.Digits = 16 }},
		{"15 digits", "canonical form", func(d *doc) { d.Digits = 15 }},
		{"a least value too large", "least value out of range", func(d *doc) { d.Least = least(tooMuch) }},
		{"a least value too small", "least value out of range", func(d *doc) { d.Least = least(-tooMuch) }},
		{"the smallest least value", "", func(d *doc) { d.Least = least(-verifyValue) }},
		{"the largest least value", "outside what the attacker knows", func(d *doc) { d.Least = least(verifyValue) }},
		{"a least value above the base", "outside what the attacker knows", func(d *doc) { d.Least = least(2) }},
		{"a least value above a witness", "", func(d *doc) { d.Least = least(1) }},
		{"no least value", "", func(d *doc) { d.Least = nil }},

		{"the total alone", "proper code list", func(d *doc) { v(d).Codes, v(d).Parents = []string{""}, []int{-1} }},
		{"a parent too few", "proper code list", func(d *doc) { v(d).Parents = []int{-1, 0} }},
		{"a parent too many", "proper code list", func(d *doc) { v(d).Parents = []int{-1, 0, 0, 0} }},
		{"no total", "proper code list", func(d *doc) { v(d).Codes[0] = "t" }},
		{"a total below", "proper code list", func(d *doc) { v(d).Parents[0] = 0 }},
		{"a code twice", "occurs twice", func(d *doc) { v(d).Codes[2] = "x" }},
		{"an empty code", "occurs twice", func(d *doc) { v(d).Codes[2] = "" }},
		{"a code that stands for the total", "stands for the total", func(d *doc) { v(d).Codes[2] = "*" }},
		{"a code below itself", "code above it", func(d *doc) { v(d).Parents[2] = 2 }},
		{"a code below a later one", "code above it", func(d *doc) { v(d).Parents[1] = 2 }},
		{"a second total", "code above it", func(d *doc) { v(d).Parents[2] = -1 }},
		{"a code more", "lacks inner cells", func(d *doc) { v(d).Codes, v(d).Parents = append(v(d).Codes, "z"), append(v(d).Parents, 0) }},
		{"a tree too deep", "deeper than", func(d *doc) { *v(d) = deep(verifyDepth) }},
		{"a tree just not too deep", "is not in its list", func(d *doc) { *v(d) = deep(verifyDepth - 1) }},
		{"a variable twice", "occurs twice", func(d *doc) { d.Releases[0].Variables = append(d.Releases[0].Variables, *v(d)) }},
		{"no variables", "no variables", func(d *doc) { d.Releases[0].Variables = nil }},
		{"too many cells", "more than", func(d *doc) {
			list := make([]certificateVariable, 3)
			for i := range list {
				list[i] = certificateVariable{fmt.Sprint("v", i), []string{""}, []int{-1}}
				for k := range 300 {
					list[i].Codes, list[i].Parents = append(list[i].Codes, fmt.Sprint(k)), append(list[i].Parents, 0)
				}
			}
			d.Releases[0].Variables = list
		}},
		{"so many cells that their number is 0 in 32 bits", "more than", func(d *doc) {
			list := make([]certificateVariable, 4)
			for i := range list {
				list[i] = certificateVariable{fmt.Sprint("v", i), []string{""}, []int{-1}}
				for k := range 255 {
					list[i].Codes, list[i].Parents = append(list[i].Codes, fmt.Sprint(k)), append(list[i].Parents, 0)
				}
			}
			d.Releases[0].Variables = list
		}},
		{"more inner cells than bytes", "lacks inner cells", func(d *doc) {
			*v(d) = deep(2)
			for k := range len(forgedRows) {
				v(d).Codes, v(d).Parents = append(v(d).Codes, fmt.Sprint(k)), append(v(d).Parents, 0)
			}
		}},
		{"more totals than the bytes allow", "lacks inner cells", func(d *doc) {
			d.Releases[0].Variables = nil
			for _, name := range []string{"a", "b", "c"} { // one inner cell
				chain := deep(verifyDepth - 1)
				chain.Name = name
				d.Releases[0].Variables = append(d.Releases[0].Variables, chain)
			}
		}},
		{"a file elsewhere", "not a file beside", func(d *doc) { d.Releases[0].File = "../r.csv" }},
		{"a file below", "not a file beside", func(d *doc) { d.Releases[0].File = "d/r.csv" }},
		{"a file by backslashes", "not a file beside", func(d *doc) { d.Releases[0].File = `..\r.csv` }},
		{"the folder above", "not a file beside", func(d *doc) { d.Releases[0].File = ".." }},
		{"another hash", "is not the file", func(d *doc) { d.Releases[0].SHA256 = strings.Repeat("0", 64) }},
		{"a release twice", "occurs twice", func(d *doc) {
			d.Releases = append(d.Releases, d.Releases[0])
		}},

		{"a base too short", "too few values", func(d *doc) { d.Base = d.Base[:1] }},
		{"a base too long", "too many values", func(d *doc) { d.Base = append(d.Base, 0) }},
		{"another base", "does not agree with a published cell", func(d *doc) { d.Base[0] = 2 }},
		{"a base too large", "the base is out of range", func(d *doc) { d.Base = []int64{tooMuch, 3 - tooMuch} }},
		{"a base too small", "the base is out of range", func(d *doc) { d.Least, d.Base = nil, []int64{-tooMuch, 3 + tooMuch} }},
		{"the largest base", "", func(d *doc) {
			d.Least, d.Base, d.Changes = nil, []int64{verifyValue, 3 - verifyValue}, []int64{-1, 1}
			d.High, d.Low = d.Low, d.High
		}},
		{"a base below what is known", "outside what the attacker knows", func(d *doc) { d.Base = []int64{-1, 4} }},

		{"a start too few", "do not fit together", func(d *doc) { d.Starts = d.Starts[:1] }},
		{"a start too many", "do not fit together", func(d *doc) { d.Starts = append(d.Starts, 2) }},
		{"a first cell left out", "do not fit together", func(d *doc) { d.Starts[0] = 1 }},
		{"a last cell left out", "do not fit together", func(d *doc) { d.Starts[1] = 1 }},
		{"a change too few", "do not fit together", func(d *doc) { d.Changes = d.Changes[:1] }},
		{"a claim too few above", "one claim for each", func(d *doc) { d.High = d.High[:1] }},
		{"a claim too few below", "one claim for each", func(d *doc) { d.Low = d.Low[:1] }},
		{"no claims", "one claim for each", func(d *doc) { d.High, d.Low = nil, nil }},
		{"a witness that does not exist", "no such witness", func(d *doc) { d.High[0] = 1 }},
		{"a witness before the base", "no such witness", func(d *doc) { d.Low[0] = -2 }},
		{"lists that overlap", "no proper list", func(d *doc) { d.Dens, d.Starts = []int64{1, 1}, []int64{0, 3, 2} }},
		{"lists that go back", "no proper list", func(d *doc) { d.Dens, d.Starts = []int64{1, 1, 1}, []int64{0, 2, 0, 2} }},

		{"a denominator of 0", "denominator", func(d *doc) { d.Whole, d.Dens[0] = false, 0 }},
		{"a denominator too large", "denominator", func(d *doc) { d.Whole, d.Dens[0] = false, verifyDen+1 }},
		{"the largest denominator", "", func(d *doc) { d.Whole, d.Dens[0] = false, verifyDen }},
		{"halves of whole numbers", "denominator", func(d *doc) { d.Dens[0] = 2 }},
		{"a cell twice", "do not rise", func(d *doc) { d.Cells = []int64{0, 0} }},
		{"cells that fall", "do not rise", func(d *doc) { d.Cells, d.Changes = []int64{1, 0}, []int64{-1, 1} }},
		{"a cell before the first", "do not rise", func(d *doc) { d.Cells[0] = -1 }},
		{"a cell after the last", "do not rise or do not exist", func(d *doc) { d.Cells[1] = 2 }},
		{"a change of nothing", "a change is out of range", func(d *doc) { d.Changes[0] = 0 }},
		{"a change too large", "a change is out of range", func(d *doc) { d.Changes = []int64{verifySum + 1, -verifySum - 1} }},
		{"a change too far down", "a change is out of range", func(d *doc) { d.Changes = []int64{-verifySum - 1, verifySum + 1} }},
		{"the largest change", "a cell of r.csv is out of range", func(d *doc) { d.Changes = []int64{verifySum, -verifySum} }},
		{"sums too large", "a sum is out of range", func(d *doc) { d.Changes = []int64{verifySum, verifySum} }},
		{"sums too small", "a sum is out of range", func(d *doc) { d.Changes = []int64{-verifySum, -verifySum} }},
		{"a sum that wraps to 0", "a sum is out of range", func(d *doc) {
			d.Changes = []int64{verifySum, verifySum}
			for range 6 {
				v(d).Codes, v(d).Parents = append(v(d).Codes, fmt.Sprint("z", len(v(d).Codes))), append(v(d).Parents, 0)
			}
			d.Base = append(d.Base, 0, 0, 0, 0, 0, 0)
			d.Cells, d.Changes = []int64{0, 1, 2, 3, 4, 5, 6, 7}, slices.Repeat([]int64{verifySum}, 8)
			d.Starts, d.High, d.Low = []int64{0, 8}, slices.Repeat([]int64{0}, 8), slices.Repeat([]int64{-1}, 8)
		}},
		{"a witness that is too large", "a cell of r.csv is out of range", func(d *doc) { d.Least, d.Changes = nil, []int64{verifyValue, -verifyValue} }},
		{"a witness that is too small", "a cell of r.csv is out of range", func(d *doc) {
			d.Least, d.Base, d.Changes = nil, []int64{-5, 8}, []int64{-verifyValue, verifyValue}
			d.High, d.Low = d.Low, d.High
		}},
		{"the largest witness", "", func(d *doc) { d.Least, d.Changes = nil, []int64{verifyValue - 1, 1 - verifyValue} }},
		{"another total", "changes a published cell", func(d *doc) { d.Changes[0] = 2 }},
		{"a witness below what is known", "less than the attacker knows", func(d *doc) { d.Changes = []int64{3, -3} }},
		{"a witness as low as is known", "", func(d *doc) { d.Changes = []int64{2, -2} }},

		{"claims the wrong way round", "not shown to have two values", func(d *doc) { d.High, d.Low = d.Low, d.High }},
		{"a claim of the base alone", "not shown to have two values", func(d *doc) { d.High[0] = -1 }},
		{"a claim of one witness", "not shown to have two values", func(d *doc) { d.Low[0] = 0 }},
		{"witnesses of nothing", "not shown to have two values", func(d *doc) { d.Starts, d.Cells, d.Changes = []int64{0, 0}, nil, nil }},
		{"no witnesses", "not shown to have two values", func(d *doc) {
			d.Dens, d.Starts, d.Cells, d.Changes, d.High, d.Low = nil, []int64{0}, nil, nil, []int64{-1, -1}, []int64{-1, -1}
		}},
		{"less than a unit", "", func(d *doc) { d.Whole, d.Dens[0] = false, 3 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, texts := smallProof()
			c.change(d)
			if c.name == "a sum that wraps to 0" {
				texts["r.csv"] = forgedRows
				for k := 3; k < 9; k++ {
					texts["r.csv"] += fmt.Sprintf("z%d,,C,3\n", k)
				}
			}
			said(t, c.name, c.why, forge(t, d, texts))
		})
	}
}

// said looks at why something was refused.
func said(t *testing.T, name, why string, err error) {
	t.Helper()
	switch {
	case why == "" && err != nil:
		t.Errorf("%s: %v", name, err)
	case why != "" && (!errors.Is(err, ErrCertificate) || !strings.Contains(err.Error(), why)):
		t.Errorf("%s: not refused because %q: %v", name, why, err)
	}
}

// TestForgedPair: releases that share a cell which none of them has must agree in it.
func TestForgedPair(t *testing.T) {
	type doc = certificateDoc
	for _, c := range []struct {
		name, why string
		change    func(d *doc)
	}{
		{"nothing", "", func(*doc) {}},
		{"another total in the base", "differ in a cell that they share", func(d *doc) { d.Base[3]++ }},
		{"another total in a witness", "differ in a cell that they share", func(d *doc) { d.Changes[3]++ }},
		{"a total that changes in the first alone", "differ in a cell that they share", func(d *doc) { d.Changes[2] = 2 }},
		{"a total that changes in the second alone", "differ in a cell that they share", func(d *doc) { d.Changes[0] = 1 }},
		{"a witness of the first alone", "differ in a cell that they share", func(d *doc) {
			d.Starts, d.Cells, d.Changes = []int64{0, 2}, d.Cells[:2], d.Changes[:2]
		}},
		{"a witness of the second alone", "differ in a cell that they share", func(d *doc) {
			d.Starts, d.Cells, d.Changes = []int64{0, 2}, d.Cells[2:], d.Changes[2:]
		}},
		{"another name in the list than in the file", "is not \"a\"", func(d *doc) { d.Releases[1].Variables[0].Name = "a" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, texts := linkedPair()
			c.change(d)
			said(t, c.name, c.why, forge(t, d, texts))
		})
	}
	d, texts := linkedPair()
	d.Releases[1].Variables[0].Name = "a"
	texts["s.csv"] = "a,value,status,status_tau\np,,C,3\nq,,C,3\n"
	said(t, "codes that differ", "different code lists", forge(t, d, texts))
	d, texts = smallProof() // parents alone differ
	other := certificateVariable{"a", []string{"", "x", "y"}, []int{-1, 0, 1}}
	d.Releases = append(d.Releases, certificateRelease{File: "s.csv", Variables: []certificateVariable{other}})
	texts["s.csv"] = "a,value,status,status_tau\n*,3,F,1\nx,3,F,1\ny,3,F,1\n"
	said(t, "parents that differ", "different code lists", forge(t, d, texts))
	d, texts = smallProof()
	other = certificateVariable{"a", []string{"", "x"}, []int{-1, 0}}
	d.Releases = append(d.Releases, certificateRelease{File: "s.csv", Variables: []certificateVariable{other}})
	texts["s.csv"] = "a,value,status,status_tau\n*,3,F,1\nx,3,F,1\n"
	said(t, "a code less", "different code lists", forge(t, d, texts))
}

// TestForgedText: a certificate is one line of canonical JSON. Other text with the same
// meaning, and text that hides a field, is refused.
func TestForgedText(t *testing.T) {
	d, texts := smallProof()
	if err := forge(t, d, texts); err != nil {
		t.Fatal(err)
	}
	text := string(sealed(t, d))
	for _, c := range []struct{ name, from, to string }{
		{"nothing", "", ""},
		{"blanks", `{"schema"`, `{ "schema"`},
		{"no line end", "}\n", "}"},
		{"two line ends", "}\n", "}\n\n"},
		{"something after it", "}\n", "}\n{}"},
		{"an unknown key", `{"schema"`, `{"note":1,"schema"`},
		{"a key twice", `{"schema"`, `{"whole":false,"schema"`},
		{"a key in capitals", `"whole":`, `"Whole":`},
		{"a key left out", `"digits":0,`, ``},
		{"a number in another form", `"digits":0,`, `"digits":-0,`},
		{"no digest", d.Digest, ""},
		{"a digest in capitals", d.Digest, strings.ToUpper(d.Digest)},
		{"no JSON", `{"schema"`, `"schema"`},
		{"a fraction", `"base":[1,`, `"base":[1.5,`},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := strings.Replace(text, c.from, c.to, 1)
			if c.name != "nothing" && changed == text {
				t.Fatalf("%s: nothing was changed", c.name)
			}
			files := fstest.MapFS{"r.csv": {Data: []byte(texts["r.csv"])}, "c.json": {Data: []byte(changed)}}
			_, err := Certificate(t.Context(), files, "c.json", Limits{})
			if holds := c.name == "nothing"; holds != (err == nil) || !holds && !errors.Is(err, ErrCertificate) {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
	files := fstest.MapFS{"r.csv": {Data: []byte(texts["r.csv"])}, "c.json": {Data: []byte(text)}}
	for _, c := range []struct {
		file int64
		why  string
	}{{int64(len(text)), ""}, {int64(len(text)) - 1, "larger than"}, {10, "larger than"}, {math.MaxInt64, ""}} {
		t.Run(fmt.Sprint("read up to ", c.file), func(t *testing.T) {
			_, err := Certificate(t.Context(), files, "c.json", Limits{File: c.file})
			said(t, fmt.Sprint("read up to ", c.file), c.why, err)
		})
	}
	delete(files, "r.csv")
	if _, err := Certificate(t.Context(), files, "c.json", Limits{}); err == nil {
		t.Error("a certificate of a release that is not there")
	}
	if _, err := Certificate(t.Context(), files, "d.json", Limits{}); err == nil {
		t.Error("a certificate that is not there")
	}
}

// TestForgedRelease changes the text of a release, hash and digest made right.
func TestForgedRelease(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		digits         int
		why            string
	}{
		{"nothing", "", "", 0, ""},
		{"no rows", forgedRows[strings.Index(forgedRows, "\n")+1:], "", 0, "lacks inner cells"},
		{"no header", forgedRows[:strings.Index(forgedRows, "\n")+1], "", 0, "column 1 is not"},
		{"no text", forgedRows, "", 0, "lacks inner cells"},
		{"another variable", "a,value", "b,value", 0, "column 1 is not"},
		{"another column of values", "value,", "values,", 0, "the last columns"},
		{"another column of statuses", "status,", "state,", 0, "the last columns"},
		{"another last column", "status_tau", "tau", 0, "the last columns"},
		{"a field more", "y,,C,3", "y,,C,3,", 0, "fields of CSV"},
		{"a field less", "y,,C,3", "y,,C", 0, "fields of CSV"},
		{"a quote", "y,,C,3", `y,",C,3`, 0, "fields of CSV"},
		{"an unknown code", "y,,C,3", "z,,C,3", 0, "is not in its list"},
		{"an empty code", "*,3,F", ",3,F", 0, "is not in its list"},
		{"a cell twice", "y,,C,3", "x,,C,3", 0, "the cell occurs twice"},
		{"a total twice", "y,,C,3", "*,3,F,1", 0, "the cell occurs twice"},
		{"a cell less", "y,,C,3\n", "", 0, "lacks inner cells"},
		{"a published cell called suppressed", "3,F,1", ",F,1", 0, "canonical form"},
		{"a suppressed cell with its value", "y,,C,3", "y,2,C,3", 0, "do not belong together"},
		{"statuses that disagree", "y,,C,3", "y,,C,1", 0, "do not belong together"},
		{"statuses that disagree, published", "3,F,1", "3,F,3", 0, "do not belong together"},
		{"a status of secondary cells", "y,,C,3", "y,,D,3", 0, "do not belong together"},
		{"a status without a letter", "y,,C,3", "y,,,3", 0, "do not belong together"},
		{"a plus", "3,F,1", "+3,F,1", 0, "canonical form"},
		{"zeros in front", "3,F,1", "03,F,1", 0, "canonical form"},
		{"a point", "3,F,1", "3.,F,1", 0, "canonical form"},
		{"decimals", "3,F,1", "3.0,F,1", 0, "canonical form"},
		{"a blank", "3,F,1", " 3,F,1", 0, "canonical form"},
		{"minus zero", "3,F,1", "-0,F,1", 0, "canonical form"},
		{"two signs", "3,F,1", "--3,F,1", 0, "canonical form"},
		{"an exponent", "3,F,1", "3e0,F,1", 0, "canonical form"},
		{"a colon", "3,F,1", ":,F,1", 0, "canonical form"},
		{"a slash", "3,F,1", "/,F,1", 0, "canonical form"},
		{"a value too large", "3,F,1", "4503599627370497,F,1", 0, "canonical form or out of range"},
		{"a value that wraps to 3", "3,F,1", "18446744073709551619,F,1", 0, "canonical form or out of range"},
		{"another value", "3,F,1", "4503599627370496,F,1", 0, "does not agree with a published cell"},
		{"one decimal", "3,F,1", "0.3,F,1", 1, ""},
		{"no point", "3,F,1", "3,F,1", 1, "canonical form"},
		{"one decimal too many", "3,F,1", "0.30,F,1", 1, "canonical form"},
		{"nothing before the point", "3,F,1", ".3,F,1", 1, "canonical form"},
		{"zeros before the point", "3,F,1", "00.3,F,1", 1, "canonical form"},
		{"two decimals", "3,F,1", "0.03,F,1", 2, ""},
		{"one decimal too few", "3,F,1", "0.3,F,1", 2, "canonical form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, texts := smallProof()
			d.Digits = c.digits
			changed := strings.Replace(forgedRows, c.from, c.to, 1)
			if changed == forgedRows && c.from != c.to {
				t.Fatalf("%s: nothing was changed", c.name)
			}
			texts["r.csv"] = changed
			said(t, c.name, c.why, forge(t, d, texts))
		})
	}
}
