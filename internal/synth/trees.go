package synth

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Tree is a code with the codes below it.
type Tree struct {
	Code  string
	Below []Tree
}

// provinces of the Netherlands with the number of municipalities given to each
// here, 342 in all.
var provinces = []struct {
	name string
	n    int
}{
	{"Groningen", 10}, {"Friesland", 18}, {"Drenthe", 12}, {"Overijssel", 25},
	{"Flevoland", 6}, {"Gelderland", 51}, {"Utrecht", 26}, {"Noord-Holland", 44},
	{"Zuid-Holland", 50}, {"Zeeland", 13}, {"Noord-Brabant", 56}, {"Limburg", 31},
}

// Regions is the tree of 12 provinces and 342 numbered municipalities.
func Regions() []Tree {
	var out []Tree
	for _, p := range provinces {
		t := Tree{Code: p.name}
		for k := range p.n {
			t.Below = append(t.Below, Tree{Code: fmt.Sprintf("%s-%02d", p.name, k+1)})
		}
		out = append(out, t)
	}
	return out
}

// Offences is the tree of offences of the events, common and rare ones.
func Offences() []Tree {
	return trees(map[string][]string{
		"property": {"theft", "burglary", "fraud", "fencing", "arson"},
		"violence": {"assault", "threat", "robbery", "homicide"},
		"drugs":    {"possession", "dealing", "production"},
		"traffic":  {"drink-driving", "hit-and-run"},
		"other":    {"vandalism", "money-laundering", "human-trafficking", "bribery"},
	}, "property", "violence", "drugs", "traffic", "other")
}

// Sectors is the tree of economic sectors of the enterprises.
func Sectors() []Tree {
	return trees(map[string][]string{
		"A": {"01", "02", "03"}, "C": {"10", "13", "20", "24", "29"}, "D": {"35"}, "F": {"41", "42", "43"},
		"G": {"45", "46", "47"}, "H": {"49", "50", "51", "52"}, "I": {"55", "56"}, "J": {"58", "61", "62"},
		"K": {"64", "65"}, "M": {"69", "70", "72"}, "Q": {"86", "87"},
	}, "A", "C", "D", "F", "G", "H", "I", "J", "K", "M", "Q")
}

func trees(below map[string][]string, order ...string) []Tree {
	var out []Tree
	for _, code := range order {
		t := Tree{Code: code}
		for _, b := range below[code] {
			t.Below = append(t.Below, Tree{Code: b})
		}
		out = append(out, t)
	}
	return out
}

// Leaves lists the codes without any below them, in order.
func Leaves(top []Tree) []string {
	var out []string
	for _, t := range top {
		if len(t.Below) == 0 {
			out = append(out, t.Code)
		}
		out = append(out, Leaves(t.Below)...)
	}
	return out
}

// WriteHRC writes a tree as a tau-ARGUS hierarchy file with the mark "@".
func WriteHRC(w io.Writer, top []Tree) error {
	b := bufio.NewWriter(w)
	var write func(list []Tree, depth int)
	write = func(list []Tree, depth int) {
		for _, t := range list {
			fmt.Fprintf(b, "%s%s\n", strings.Repeat("@", depth), t.Code)
			write(t.Below, depth+1)
		}
	}
	write(top, 0)
	return b.Flush()
}
