package report_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// protection is a table of every kind of hidden cell, with codes that would like
// to be something else.
func protection(attacked bool) *report.Protection {
	hostile := []string{"", "<script>alert(1)</script>", `"><b>`, "\u202egnp", "=HYPERLINK(1)", strings.Repeat("n", 10_000)}
	t := report.ReleasedTable{
		Name: "<b>t</b>", Certificate: "t.certificate.json", Attacked: attacked, Loss: &report.Loss{Cells: 18, Primary: 3, Secondary: 2, Share: 12.34},
		Attacker: report.Attacker{Whole: attacked},
		Variables: []report.CodeTree{
			{Name: "code", Codes: hostile, Parents: []int{-1, 0, 1, 1, 0, 0}}, {Name: "sex", Codes: []string{"", "F", "M"}, Parents: []int{-1, 0, 0}},
		},
	}
	if attacked {
		t.Attacker.Least = new(big.Rat)
	}
	for i := range hostile {
		for j := range 3 {
			c := report.ReleasedCell{Nodes: []int{i, j}, Value: fmt.Sprint(1000 + 10*i + j)}
			if i > 0 && j > 0 && i < 4 {
				truth := int64(70_001 + 100*i + j)
				c.Value, c.Suppressed = "", true
				c.Behind = &report.HiddenCell{
					Value: fmt.Sprint(truth), Primary: i < 3, Cost: truth, Lower: big.NewRat(truth-50_500, 1), Upper: big.NewRat(truth+10_333, 1), Near: j == 2,
				}
				switch {
				case i == 1:
					c.Behind.Why = "small count, dominance"
					c.Behind.AtMost, c.Behind.AtLeast = big.NewRat(truth-77, 1), big.NewRat(truth+77, 1)
				case i == 3 && j == 1:
					c.Behind.Upper = nil
				}
			}
			t.Cells = append(t.Cells, c)
		}
	}
	return &report.Protection{
		Verdict: sdc.Review, Policy: "cbs", Tables: []report.ReleasedTable{t}, Sources: []origin.Source{{Name: "a.csv", SHA256: "00"}},
		Others:   []sdc.OutputReport{{Name: "file", Kind: sdc.Microdata, Verdict: sdc.Review}},
		Cautions: []words.Message{words.New(words.Unlinked)},
	}
}

// TestProtectionPages: the true values of suppressed cells are on the confidential page
// and not on the other. Codes are text. The Dutch page is in Dutch.
func TestProtectionPages(t *testing.T) {
	for _, attacked := range []bool{true, false} {
		p := protection(attacked)
		pages := map[string]string{}
		for _, lang := range []string{"en", "nl"} {
			for name, write := range map[string]func(io.Writer, *report.Protection, report.HTMLOptions) error{"inside": report.ProtectionHTML, "outside": report.ReleaseHTML} {
				var b bytes.Buffer
				if err := write(&b, p, report.HTMLOptions{Lang: lang}); err != nil {
					t.Fatal(err)
				}
				pages[name+lang] = b.String()
				rest := blocks.ReplaceAllString(b.String(), "")
				for _, bad := range []string{"<script", "<b>t", `"><b>`, "\u202e", strings.Repeat("n", 200)} {
					if strings.Contains(rest, bad) {
						t.Errorf("the page %s holds %.40q", name, bad)
					}
				}
			}
			digits := strings.NewReplacer(",", "", ".", "").Replace
			inside, outside := digits(seen(pages["inside"+lang])), digits(seen(pages["outside"+lang]))
			for _, c := range p.Tables[0].Cells {
				if c.Behind == nil {
					continue
				}
				if !strings.Contains(inside, c.Behind.Value) {
					t.Errorf("%s: the confidential page does not have %s", lang, c.Behind.Value)
				}
				for _, secret := range []string{c.Behind.Value, c.Behind.Lower.FloatString(0), "1234", "123"} {
					if strings.Contains(outside, secret) {
						t.Errorf("%s: the public page has %s", lang, secret)
					}
				}
				if low := c.Behind.Lower.FloatString(0); attacked != strings.Contains(inside, low) {
					t.Errorf("%s: the end %s of an interval, attacked %v", lang, low, attacked)
				}
			}
		}
		english(t, pages["insideen"], pages["insidenl"])
		english(t, pages["outsideen"], pages["outsidenl"])
		if strings.Contains(pages["outsideen"], `class="unsafe"`) || strings.Count(pages["outsideen"], `<td class="review">`) != 6 {
			t.Error("the public page tells suppressed cells apart, or leaves one out")
		}
		if attacked != strings.Contains(pages["insideen"], "<svg") {
			t.Errorf("attacked %v: the plot of the intervals", attacked)
		}
	}
	// Nothing suppressed, nothing known of the share.
	p := protection(true)
	t0 := &p.Tables[0]
	t0.Loss.Share = math.NaN()
	for i := range t0.Cells {
		t0.Cells[i] = report.ReleasedCell{Nodes: t0.Cells[i].Nodes, Value: "5"}
	}
	var b bytes.Buffer
	if err := report.ProtectionHTML(&b, p, report.HTMLOptions{}); err != nil || !strings.Contains(b.String(), "Nothing is suppressed.") {
		t.Errorf("%v: a table without a suppressed cell", err)
	}
}
