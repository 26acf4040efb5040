package declared_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/declared"
)

// TestTerms: the columns and factors of relations.
func TestTerms(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"total = paid + unpaid", "total -1/1, paid 1/1, unpaid 1/1"},
		{"a = b", "a -1/1, b 1/1"},
		{"a = b - c - d + e", "a -1/1, b 1/1, c -1/1, d -1/1, e 1/1"},
		{"  gross =\t1.21 * net\n", "gross -1/1, net 121/100"},
		{"a = 2 * b - 0.5 * c", "a -1/1, b 2/1, c -1/2"},
		{`"all of it" = "2" + x-y`, "all of it -1/1, 2 1/1, x-y 1/1"},
		{`"=" = "+" - "*"`, "= -1/1, + 1/1, * -1/1"},
		{"é = ü", "é -1/1, ü 1/1"},
	} {
		t.Run(tc.text, func(t *testing.T) {
			c := declared.Columns{Relations: []string{tc.text}}
			if err := c.Validate(); err != nil {
				t.Fatal(err)
			}
			var got []string
			for name, times := range c.Terms(0) {
				got = append(got, name+" "+times.String())
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, ", ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestValidate: declarations that are not well defined, and the cure that the error names.
func TestValidate(t *testing.T) {
	relation := func(texts ...string) declared.Columns { return declared.Columns{Relations: texts} }
	between := func(least, most string) declared.Columns {
		return declared.Columns{Bounds: map[string][2]string{"x": {least, most}}}
	}
	pairs := func(list ...[2]string) declared.Columns { return declared.Columns{Independent: list} }
	for _, tc := range []struct {
		name string
		c    declared.Columns
		want string // "" for none
	}{
		{"nothing", declared.Columns{}, ""},
		{"one pair", pairs([2]string{"a", "b"}), ""},
		{"a pair of one", pairs([2]string{"a", "a"}), "two different columns"},
		{"a pair without a name", pairs([2]string{"a", ""}), "two different columns"},
		{"a pair twice", pairs([2]string{"a", "b"}, [2]string{"c", "b"}, [2]string{"b", "a"}), "pair 3 is the same as pair 1"},
		{"no relation", relation(""), "total = paid + unpaid"},
		{"one side", relation("total"), "total = paid + unpaid"},
		{"nothing on the right", relation("total ="), "total = paid + unpaid"},
		{"without blanks", relation("total=paid+unpaid"), "blanks around every sign"},
		{"blanks on one side", relation("total = paid +unpaid"), "the sign + or - is wanted"},
		{"two signs", relation("total = paid + + unpaid"), "the name of column 2"},
		{"a sign at the end", relation("total = paid +"), "the name of column 2"},
		{"a sign at the beginning", relation("total = - paid"), "the name of column 1"},
		{"two equations", relation("a = b = c"), "the sign + or - is wanted"},
		{"a number alone", relation("a = b + 7"), "the name of column 2"},
		{"a factor of 0", relation("a = 0 * b"), "a number above 0"},
		{"a factor below 0", relation("a = -2 * b"), "a number above 0"},
		{"a factor that is no number", relation("a = c * b"), "a number above 0"},
		{"a factor on the left", relation("2 * a = b"), "total = paid + unpaid"},
		{"a column twice", relation("a = b + c + b"), "twice"},
		{"itself", relation("a = a + b"), "twice"},
		{"quotes that do not end", relation(`a = "b`), "double quotes"},
		{"a relation twice", relation("a = b", "c = d", "a = b"), "relation 3 is the same as relation 1"},
		{"too long", relation("a = b" + strings.Repeat(" ", 1<<15)), "bytes"},
		{"bounds", between("0", "168"), ""},
		{"one value", between("-0.5", "-0.5"), ""},
		{"bounds that are turned around", between("1", "0"), "least value first"},
		{"an exponent", between("0", "1e3"), "bound 2 is no plain decimal number"},
		{"no least value", between("", "1"), "bound 1 is no plain decimal number"},
		{"no number", between("0", "x"), "bound 2 is no plain decimal number"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := tc.c.Validate()
			switch {
			case tc.want == "" && err != nil:
				t.Error(err)
			case tc.want != "" && (!errors.Is(err, sdc.ErrRequest) || !strings.Contains(err.Error(), tc.want)):
				t.Error(err)
			}
		})
	}
}

// TestNamed: every column that a declaration names.
func TestNamed(t *testing.T) {
	c := declared.Columns{
		Codes: map[string][]string{"b": {"x"}, "a": {"x"}}, Independent: [][2]string{{"d", "c"}}, Relations: []string{"e = f - g"},
		Bounds: map[string][2]string{"h": {"0", "1"}},
	}
	got := ""
	for field, column := range c.Named() {
		got += fmt.Sprintf("%s %s, ", field, column)
	}
	if diff := cmp.Diff("Codes a, Codes b, Independent d, Independent c, Relations e, Relations f, Relations g, Bounds h, ", got); diff != "" {
		t.Error(diff)
	}
	if !c.Coincidence("c", "d") || !c.Coincidence("d", "c") || c.Coincidence("c", "a") {
		t.Error("pairs are not found")
	}
}
