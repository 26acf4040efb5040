package pages_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/pages"
)

// released is the publication of a small table in memory.
func released(t *testing.T) (*sdc.Report, *suppress.Publication) {
	t.Helper()
	var b strings.Builder
	b.WriteString("region,size\n")
	for _, x := range []struct {
		row string
		n   int
	}{{"n,s", 3}, {"n,l", 40}, {"m,s", 30}, {"m,l", 20}, {"z,s", 25}, {"z,l", 35}} {
		b.WriteString(strings.Repeat(x.row+"\n", x.n))
	}
	src, err := source.NewReader(t.Context(), strings.NewReader(b.String()), source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close() //nolint:errcheck // in memory
	rows, err := src.Reader(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	outputs := []sdc.Output{{Name: "n", Kind: sdc.Frequency, By: []string{"region", "size"}}, {Name: "m", Kind: sdc.Model, Parameters: 2}}
	r, err := sdc.Check(t.Context(), sdc.FromReaders(rows), outputs, sdc.CBS(), sdc.Options{Threads: 1, Sole: true})
	if err != nil {
		t.Fatal(err)
	}
	p, err := suppress.Release(t.Context(), r, suppress.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	return r, p
}

// TestOf: the page has the cells of the released file. The true values stand behind the
// suppressed cells inside, and nowhere outside.
func TestOf(t *testing.T) {
	r, p := released(t)
	for _, tc := range []struct {
		name   string
		inside bool
	}{{"inside", true}, {"outside", false}} {
		t.Run(tc.name, func(t *testing.T) {
			page, err := pages.Of(r, p, tc.inside)
			if err != nil {
				t.Fatal(err)
			}
			hidden, behind := 0, 0
			for _, c := range page.Tables[0].Cells {
				if c.Suppressed {
					hidden++
				}
				if c.Behind != nil {
					behind++
				}
			}
			loss := p.Tables[0].Loss
			if hidden == 0 || hidden != loss.Primary+loss.Secondary || tc.inside && behind != hidden || !tc.inside && (behind != 0 || page.Tables[0].Loss != nil) {
				t.Errorf("%d cells are suppressed, %d have the truth behind them; loss %+v", hidden, behind, loss)
			}
			if len(page.Others) != 1 || page.Others[0].Name != "m" {
				t.Errorf("other outputs: %+v", page.Others)
			}
			var html bytes.Buffer
			draw := report.ReleaseHTML
			if tc.inside {
				draw = report.ProtectionHTML
			}
			if err := draw(&html, page, report.HTMLOptions{}); err != nil || html.Len() == 0 {
				t.Errorf("the page has %d bytes: %v", html.Len(), err)
			}
		})
	}
}
