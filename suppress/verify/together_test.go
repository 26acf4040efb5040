package verify

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestSameCells: the boundary between releases of the same cells and of others.
func TestSameCells(t *testing.T) {
	for _, tc := range []struct {
		name, a, b string
		same       bool
	}{
		{"the same table", "r,s,v\nx,*,5", "r,s,v\nx,*,5", true},
		{"variables in another order", "r,s,v\nx,y,5", "s,r,v\ny,x,5", true},
		{"a margin of one is a cell of the other", "r,s,v\nx,*,5\nx,y,2", "r,v\nx,5", true},
		{"one value differs", "r,v\nx,5\ny,1", "r,v\nx,5\ny,2", false},
		{"other codes", "r,v\nx,5", "r,v\ny,5", false},
		{"a renamed variable", "r,v\nx,5\ny,7", "s,v\nx,5\ny,7", true},
		{"a renamed variable with a code more", "r,v\nx,5\ny,7", "s,v\nx,5\ny,7\nz,1", false},
		{"renamed, and another value", "r,v\nx,5\ny,7", "s,v\nx,5\ny,8", false},
		{"renamed and in another order", "r,s,v\nx,p,5\nx,q,2\ny,p,3", "t,u,v\np,x,5\nq,x,2\np,y,3", true},
		{"renamed, with two variables of the same codes", "r,s,v\nx,x,5\ny,y,2", "t,u,v\nx,x,5\ny,y,2", false},
		{"all that both publish is 0", "r,v\nx,0\ny,1", "r,v\nx,0\nz,1", false},
		{"hidden in one", "r,v\nx,\ny,1", "r,v\nx,5\ny,1", true},
		{"nothing in common", "r,v\nx,\ny,1", "r,v\nx,5\ny,", false},
		{"decimals", "r,v\nx,5.50", "r,v\nx,5.5", true},
		{"tens are no decimals", "r,v\nx,50", "r,v\nx,5", false},
		{"whole and decimals", "r,v\nx,5.00", "r,v\nx,5", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			release := func(text string) []byte {
				lines := strings.Split(text, "\n")
				for i := range lines {
					lines[i] += []string{",F,1", ",status,status_tau"}[min(1, max(0, 1-i))]
				}
				return []byte(strings.ReplaceAll(strings.Join(lines, "\n"), "v,status", "value,status"))
			}
			folder := fstest.MapFS{"a.csv": {Data: release(tc.a)}, "b.csv": {Data: release(tc.b)}}
			for _, covered := range []map[string]string{{"a.csv": "1", "b.csv": "2"}, {"b.csv": "1", "a.csv": "2"}} {
				if wrong, err := Together(folder, covered); err != nil || (len(wrong) == 1) != tc.same {
					t.Errorf("%q, %v", wrong, err)
				}
			}
			if wrong, err := Together(folder, map[string]string{"a.csv": "1", "b.csv": "1"}); err != nil || wrong != nil {
				t.Errorf("under one certificate: %q, %v", wrong, err)
			}
		})
	}
}
