package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProtectRelatedColumns: relations between columns, which suppression does not reckon
// with, are for review where the tables hide something. Of tables that are released as they
// are, check says the same.
func TestProtectRelatedColumns(t *testing.T) {
	line := func(n int, text string) string { return strings.Repeat(text+"\n", n) }
	counts := "  - {name: t, kind: frequency, by: [county]}\n  - {name: u, kind: frequency, by: [region]}\n"
	crossed := "  - {name: t, kind: frequency, by: [county, region]}\n"
	alone := "  - {name: t, kind: frequency, by: [county]}\n"
	amounts := "  - {name: t, kind: magnitude, by: [county], response: %s}\n"
	// Bands of age: 0-15 and 16+ beside 0-17 and 18+, and few are 16 or 17.
	banded := func(few int) string {
		return line(40, "0-15,0-17,1,1,2,-1") + line(few, "16+,0-17,1,1,2,-1") + line(50, "16+,18+,1,1,2,-1")
	}
	bySex := "  - {name: t, kind: frequency, by: [county, paid]}\n  - {name: u, kind: frequency, by: [region, paid]}\n"
	pair := strings.Repeat(amounts, 1) + strings.ReplaceAll(amounts, "name: t", "name: u")
	double := line(3, "C1,R1,1,2,3,-1") + line(30, "C2,R1,2,4,3,-1") + line(31, "C3,R1,3,6,3,0")
	// County C1 has three persons of region R1, with C2 and C3 beside it.
	nested := line(3, "C1,R1,1,2,3,-1") + line(30, "C2,R1,2,2,4,-1") + line(31, "C3,R1,2,1,3,0") + line(25, "C4,R2,5,6,11,-2") + line(27, "C5,R2,7,1,8,-2")
	for _, c := range []struct {
		name, rows, outputs, says string
		code                      int
	}{
		{"a county has one region", nested, counts, `"county" fixes "region": `, exitReview},
		{"crossed in one table", nested, crossed, `"county" fixes "region": `, exitReview},
		{"a row breaks it", nested + line(1, "C2,R2,1,1,2,-1"), counts, `"county" fixes "region" for all but a few`, exitReview},
		{"nine rows of 198 break it", nested + line(82, "C4,R2,1,1,2,-1") + line(9, "C2,R2,1,1,2,-1"), counts, `fixes "region" for all but a few`, exitReview},
		{"ten rows break it", nested + line(91, "C4,R2,1,1,2,-1") + line(10, "C2,R2,1,1,2,-1"), counts, "", 0},
		{"three are between two bands, and nothing is hidden", banded(3), counts, `differ by 3 respondents, and one cell lies inside the other`, exitUnsafe},
		{"nine of 62 are between two bands", banded(9) + line(3, "0-15,0-17,1,1,2,-1"), counts, `differ by 9 respondents, and one cell lies inside the other`, exitUnsafe},
		{"ten are between two bands", banded(10), counts, "", 0},
		{"ten are between two bands, in tables with a further column", banded(10), bySex, `codes of "county" lie within codes of "region"`, exitReview},
		{"half are between two bands, in tables with a further column", banded(40), bySex, "", 0},
		{"a multiple", double, fmt.Sprintf(pair, "paid", "open"), `"open" is a fixed multiple of "paid"`, exitReview},
		{"a multiple but for one", double + line(1, "C3,R1,3,7,3,0"), fmt.Sprintf(pair, "paid", "open"), "", 0},
		{"sums without one outlier", line(30, "C2,R1,2,2,3,-1") + line(29, "C3,R1,3,3,3,0") + line(30, "C4,R1,3,3,3,0") + line(1, "C3,R1,300,1,3,0"), fmt.Sprintf(pair, "paid", "open"),
			`"open" and "paid" have equal sums in most cells`, exitReview},
		{"a response that spans another table", nested, "  - {name: t, kind: magnitude, by: [county], response: paid}\n  - {name: u, kind: frequency, by: [region, paid]}\n", `"paid" is the response of table "t"`, exitReview},
		{"one column is not published", nested, alone, "", 0},
		{"nothing is hidden", line(30, "C2,R1,1,1,1,1") + line(40, "C4,R2,1,1,1,1"), counts, "", 0},
		{"a total and its parts", nested, fmt.Sprintf(amounts+strings.ReplaceAll(amounts, "name: t", "name: u")+strings.ReplaceAll(amounts, "name: t", "name: v"), "paid", "open", "total"),
			`"total" is "open" plus "paid" in every cell`, exitReview},
		{"one response twice", nested, fmt.Sprintf(amounts+strings.ReplaceAll(amounts, "name: t", "name: u"), "paid", "open"), "", 0},
		{"weights", nested, "weight: " + alone, `weighted with "paid" and hide cells`, exitReview},
		{"weights, and nothing is hidden", line(30, "C2,R1,1,1,1,1") + line(40, "C4,R2,1,1,1,1"), "weight: " + alone, "", 0},
		{"nowhere above zero", nested, fmt.Sprintf(amounts, "loss"), `"loss" is nowhere above zero`, exitReview},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			var b strings.Builder
			b.WriteString("id,county,region,paid,open,total,loss\n")
			for i, row := range strings.Split(strings.TrimSpace(c.rows), "\n") {
				fmt.Fprintf(&b, "%d,%s\n", i, row)
			}
			write(t, filepath.Join(dir, "d.csv"), b.String())
			weight, outputs := "", c.outputs
			if rest, ok := strings.CutPrefix(outputs, "weight: "); ok {
				weight, outputs = ", weight: paid", rest
			}
			write(t, filepath.Join(dir, "s.yaml"), "version: 1\ndata: {source: d.csv, respondent: id"+weight+"}\noutputs:\n"+outputs)
			write(t, filepath.Join(dir, "p.yaml"), "version: 1\nname: p\nextends: cbs\nrules: {nk: off, all-equal: off}\n")
			if code, text := verb(t, "check", filepath.Join(dir, "s.yaml"), "--policy", filepath.Join(dir, "p.yaml")); code != exitUnsafe && (code != c.code || !strings.Contains(text, c.says)) {
				t.Errorf("check: exit status %d, want %d and %q: %s", code, c.code, c.says, text)
			} else if asTheyAre := c.code != exitUnsafe && strings.Contains(c.name, "between two bands") && !strings.Contains(c.name, "further") || c.code != exitUnsafe && strings.Contains(c.name, "nothing is hidden") || c.name == "sums without one outlier"; asTheyAre == (code == exitUnsafe) {
				t.Errorf("check: exit status %d, which is wrong for the tables alone: %s", code, text)
			}
			code, text := verb(t, "protect", filepath.Join(dir, "s.yaml"), "--policy", filepath.Join(dir, "p.yaml"), "--out", filepath.Join(dir, "out"), "--html", filepath.Join(dir, "p.html"), "--lang", "nl")
			if code != c.code || !strings.Contains(text, c.says) {
				t.Errorf("exit status %d, want %d and %q: %s", code, c.code, c.says, text)
			}
			page, err := os.ReadFile(filepath.Join(dir, "p.html"))
			if c.code == exitUnsafe {
				if err == nil {
					t.Error("nothing is released, and there is a page")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if page := string(page); c.code == exitReview && (strings.Contains(page, "reckon") || strings.Contains(page, "not checked;") || !strings.Contains(page, "geen rekening") && !strings.Contains(page, "niet gecontroleerd;")) {
				t.Error("the page in Dutch has it in English, or not at all")
			}
			if c.code == 0 && (strings.Contains(text, `" fixes "`) || strings.Contains(text, `" plus "`)) {
				t.Errorf("a relation that is not there: %s", text)
			}
		})
	}
}
