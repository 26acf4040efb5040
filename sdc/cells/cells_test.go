package cells_test

import (
	"errors"
	"testing"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc/cells"
)

func valid() *cells.Table {
	return &cells.Table{
		Variables: []cells.Variable{{Name: "a", Codes: []string{"", "p", "q"}, Parents: []int{-1, 0, 0}}}, Listed: 2, Apart: true,
		Cells: []cells.Cell{
			{Nodes: []int{0}, Value: 30, Contributors: 4, NonZero: 4, Largest: []int64{10, 9}, Known: []int64{10, 9}, Who: []int64{1, 2}, Rest: 9},
			{Nodes: []int{1}, Value: 20, Contributors: 3, NonZero: 3, Largest: []int64{9, 9}, Known: []int64{9, 9}, Who: []int64{2, 3}, Rest: 2},
		},
	}
}

// TestValidate: every fault of the form is a wrong request.
func TestValidate(t *testing.T) {
	if err := valid().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*cells.Table){
		"no variables":                     func(t *cells.Table) { t.Variables = nil },
		"no name":                          func(t *cells.Table) { t.Variables[0].Name = "" },
		"a total with a code":              func(t *cells.Table) { t.Variables[0].Codes[0] = "T" },
		"a code before its parent":         func(t *cells.Table) { t.Variables[0].Parents[1] = 2 },
		"an empty code":                    func(t *cells.Table) { t.Variables[0].Codes[2] = "" },
		"too many digits":                  func(t *cells.Table) { t.Digits = 16 },
		"too many listed":                  func(t *cells.Table) { t.Listed = 101 },
		"a node that is not there":         func(t *cells.Table) { t.Cells[1].Nodes[0] = 3 },
		"a cell twice":                     func(t *cells.Table) { t.Cells[1].Nodes[0] = 0 },
		"a node too many":                  func(t *cells.Table) { t.Cells[1].Nodes = []int{1, 1} },
		"no contributors":                  func(t *cells.Table) { t.Cells[0].Contributors = 0 },
		"a value below zero":               func(t *cells.Table) { t.Cells[0].Value = -1 },
		"more above zero than there are":   func(t *cells.Table) { t.Cells[0].NonZero = 5 },
		"contributions that rise":          func(t *cells.Table) { t.Cells[0].Largest = []int64{9, 10} },
		"more contributions than listed":   func(t *cells.Table) { t.Listed = 1 },
		"a contribution of nobody":         func(t *cells.Table) { t.Cells[0].Who = []int64{1} },
		"a rest of more than the value":    func(t *cells.Table) { t.Cells[0].Rest = 31 },
		"numbers that tell nobody apart":   func(t *cells.Table) { t.Apart = false },
		"a contribution that is below one": func(t *cells.Table) { t.Cells[0].Known = []int64{1, -1} },
	} {
		t.Run(name, func(t *testing.T) {
			x := valid()
			spoil(x)
			if err := x.Validate(); !errors.Is(err, guard.ErrRequest) {
				t.Fatal(err)
			}
		})
	}
	if err := (*cells.Table)(nil).Validate(); !errors.Is(err, guard.ErrRequest) {
		t.Fatal(err)
	}
}
