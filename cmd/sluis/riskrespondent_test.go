package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// personEach gives every row of a CSV file a person of its own.
func personEach(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if i == 0 {
			fmt.Fprintf(&b, "%s,person\n", line)
		} else {
			fmt.Fprintf(&b, "%s,p%d\n", line, i)
		}
	}
	return b.String()
}

// TestRiskOfPersons: a limit is on persons where a respondent is named, and what is
// not defined for several values of one person is refused alone.
func TestRiskOfPersons(t *testing.T) {
	var shares, l2, al, low strings.Builder
	shares.WriteString("person,region,diagnosis\n")
	for i := range 9 {
		fmt.Fprintf(&shares, "p0,N,%s\n", []string{"flu", "cold", "cough"}[i%3])
		fmt.Fprintf(&shares, "p%d,N,cancer\n", i+1)
	}
	l2.WriteString("a,id,s\n")
	al.WriteString("a,id,s\n")
	for i := range 6 {
		fmt.Fprintf(&l2, "A,p1,%d\nB,q%d,%d\n", i%3, i, i%3)
	}
	for i := range 30 {
		fmt.Fprintf(&al, "A,p9,y\nB,q%d,%s\n", i%20, []string{"x", "y"}[i%2])
	}
	for i := range 9 {
		fmt.Fprintf(&al, "A,p%d,x\n", i)
	}
	low.WriteString("a,w,s\nx,0.5,1\nx,0.4,2\ny,7,1\ny,9,2\n")
	dir := folder(t, "shares.csv", shares.String(), "l2.csv", l2.String(), "al.csv", al.String(), "low.csv", low.String(),
		"text.csv", "a,s\nA,high\nA,high\nB,low\nB,medium\n")
	for _, x := range []struct {
		name, file string
		args       []string
		status     int
		says       []string
	}{
		{"nine of ten persons share it", "shares.csv", []string{"--keys", "region", "--respondent", "person", "--sensitive", "diagnosis", "--alpha", "0.6", "--k", "10"}, 3, []string{"0.9"}},
		{"on the limit", "shares.csv", []string{"--keys", "region", "--respondent", "person", "--sensitive", "diagnosis", "--alpha", "0.9", "--k", "10"}, 0, nil},
		{"by rows it is half", "shares.csv", []string{"--keys", "region", "--sensitive", "diagnosis", "--alpha", "0.6", "--k", "10"}, 0, nil},
		{"one person with three values has l = 1", "l2.csv", []string{"--keys", "a", "--sensitive", "s", "--l", "3", "--respondent", "id"}, 3, nil},
		{"by rows l = 3", "l2.csv", []string{"--keys", "a", "--sensitive", "s", "--l", "3"}, 0, nil},
		{"a limit that is not defined is review", "l2.csv", []string{"--keys", "a", "--sensitive", "s", "--t", "1", "--respondent", "id"}, 4, []string{"t of s", "1 respondents have several values"}},
		{"recursive diversity too", "l2.csv", []string{"--keys", "a", "--sensitive", "s", "--c", "100", "--respondent", "id"}, 4, []string{"c_recursive of s"}},
		{"thirty rows of one person", "al.csv", []string{"--keys", "a", "--sensitive", "s", "--alpha", "0.8", "--respondent", "id"}, 3, nil},
		{"weights below 1 of one class end no other measure", "low.csv", []string{"--keys", "a", "--weight", "w", "--sensitive", "s", "--k", "2", "--l", "2"}, 0,
			[]string{`individual risk: column "w", row 1`, "estimated journalist risk"}},
		{"text in a declared order", "text.csv", []string{"--keys", "a", "--sensitive", "s", "--t", "0.3", "--distance", "ordered", "--order", "s=low<medium<high"}, 3, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			status, out, errs := sluis(t, append([]string{"risk", filepath.Join(dir, x.file), "--suda=false"}, x.args...)...)
			if status != x.status {
				t.Errorf("status %d, want %d: %s%s", status, x.status, out, errs)
			}
			for _, s := range x.says {
				if !strings.Contains(out, s) {
					t.Errorf("it does not say %q: %s", s, out)
				}
			}
		})
	}
}
