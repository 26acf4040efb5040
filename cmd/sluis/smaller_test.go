package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestSmallerResponse: wages are at most the income in every record. Twelve of C1 have one wage
// of 50, which must stay 100 away from their sum. Their incomes are published. To a contributor
// they leave what the others have more of income than of wages.
func TestSmallerResponse(t *testing.T) {
	const others = "C2,10,40*15 C2,11,41*15 C3,11,43*16 C3,12,42*15 C4,12,39*12 C4,13,38*13"
	for _, tc := range []struct {
		name    string
		rows    string // county, wage and income, so many times
		outputs []string
		code    int
		says    bool
	}{
		{"the income leaves enough", "C1,50,70*6 C1,50,71*6 " + others, []string{"wage", "income"}, 0, false},
		{"the income leaves too little", "C1,50,50*3 C1,50,55*5 C1,50,60*4 " + others, []string{"wage", "income"}, exitReview, true},
		{"the income leaves enough to an outsider alone", "C1,50,50*8 C1,50,90*2 C1,50,70*2 " + others, []string{"wage", "income"}, exitReview, true},
		{"the income leaves enough to the largest", "C1,50,50*6 C1,50,90*2 C1,50,80*4 " + others, []string{"wage", "income"}, 0, false},
		{"wages alone", "C1,50,50*3 C1,50,55*5 C1,50,60*4 " + others, []string{"wage"}, 0, false},
		{"one record has more wage than income", "C1,50,50*3 C1,50,55*5 C1,50,60*4 C2,99,40*1 " + others, []string{"wage", "income"}, 0, false},
		{"one county has more wage than income", "C1,50,50*3 C1,50,55*5 C1,50,60*4 C5,20,19*20 C5,21,20*20 " + others, []string{"wage", "income"}, 0, false},
		{"nothing is hidden", "C1,50,51*8 C1,49,52*8 " + others, []string{"wage", "income"}, 0, false},
		{"a loss: not decided", "C1,50,70*12 C5,-50,10*4 C5,-51,11*3 " + others, []string{"wage", "income"}, exitReview, true},
		{"incomes in cents", "C1,50,50.25*3 C1,50,55*5 C1,50,60*4 " + others, []string{"wage", "income"}, exitReview, true},
		{"incomes in cents that leave enough", "C1,50,70.25*6 C1,50,71*6 " + others, []string{"wage", "income"}, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("county,wage,income\n")
			for _, line := range strings.Fields(tc.rows) {
				row, times, _ := strings.Cut(line, "*")
				n := 0
				for _, digit := range times {
					n = 10*n + int(digit-'0')
				}
				b.WriteString(strings.Repeat(row+"\n", n))
			}
			outputs := ""
			for _, x := range tc.outputs {
				outputs += "  - {name: " + x + ", kind: magnitude, by: [county], response: " + x + "}\n"
			}
			dir := t.TempDir()
			write(t, filepath.Join(dir, "d.csv"), b.String())
			write(t, filepath.Join(dir, "s.yaml"), "version: 1\ndata: {source: d.csv}\noutputs:\n"+outputs)
			write(t, filepath.Join(dir, "p.yaml"), "version: 1\nname: p\nextends: cbs\nrules: {min-contributors: off, nk: off, p-percent: off, all-equal: {percent: 90}}\n")
			code, text := verb(t, "protect", filepath.Join(dir, "s.yaml"), "--policy", filepath.Join(dir, "p.yaml"), "--out", filepath.Join(dir, "out"))
			if code != tc.code || strings.Contains(text, "smaller-response") != tc.says {
				t.Errorf("exit status %d: %s", code, text)
			}
		})
	}
}
