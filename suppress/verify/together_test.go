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
		{"another variable", "r,v\nx,5", "s,v\nx,5", false},
		{"all that both publish is 0", "r,v\nx,0\ny,1", "r,v\nx,0\nz,1", false},
		{"hidden in one", "r,v\nx,\ny,1", "r,v\nx,5\ny,1", true},
		{"nothing in common", "r,v\nx,\ny,1", "r,v\nx,5\ny,", false},
		{"decimals", "r,v\nx,5.50", "r,v\nx,5.5", true},
		{"tens are no decimals", "r,v\nx,50", "r,v\nx,5", false},
		{"whole and decimals", "r,v\nx,5.00", "r,v\nx,5", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			read := func(text string) map[string]string {
				lines := strings.Split(text, "\n")
				for i := range lines {
					lines[i] += []string{",F,1", ",status,status_tau"}[min(1, max(0, 1-i))]
				}
				text = strings.ReplaceAll(strings.Join(lines, "\n"), "v,status", "value,status")
				cells, err := publishedCells(fstest.MapFS{"x.csv": {Data: []byte(text)}}, "x.csv")
				if err != nil {
					t.Fatal(err)
				}
				return cells
			}
			a, b := read(tc.a), read(tc.b)
			if sameCells(a, b) != tc.same || sameCells(b, a) != tc.same {
				t.Errorf("got %v, %v", sameCells(a, b), sameCells(b, a))
			}
		})
	}
}
