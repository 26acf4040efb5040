package sdc_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/sdc"
)

// citizens returns n numbers that pass the eleven-test, from a first one.
func citizens(n, from int) []int64 {
	var out []int64
	for x := from; len(out) < n; x++ {
		d, sum := fmt.Sprintf("%09d", x), 0
		for i := range 8 {
			sum += (9 - i) * int(d[i]-'0')
		}
		if (sum-int(d[8]-'0'))%11 == 0 {
			out = append(out, int64(x))
		}
	}
	return out
}

// TestNotPseudonymised: columns of persons, keys and sensitive variables with direct
// identifiers as values give a remark, in every type, order and number of threads.
func TestNotPseudonymised(t *testing.T) {
	bsn := citizens(40, 100_000_000)
	number := func(i int) any { return bsn[i] }
	digits := func(i int) any { return fmt.Sprint(bsn[i]) }
	mail := func(i int) any { return fmt.Sprintf("p%d@example.nl", i) }
	plain := func(i int) any { return fmt.Sprint("p", i) }
	count := func(i int) any { return i }
	dict := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: text}
	for _, tc := range []struct {
		name   string
		dt     arrow.DataType
		value  func(i int) any
		rows   int
		column string // "" for no remark
		say    string
		output sdc.Output
	}{
		{"whole numbers", integer, number, 40, "id", "40 of 40 distinct values", sdc.Output{}},
		{"whole numbers, unsigned", arrow.PrimitiveTypes.Uint64, number, 40, "id", "citizen service numbers", sdc.Output{}},
		{"text", text, digits, 40, "id", "citizen service numbers", sdc.Output{}},
		{"a dictionary", dict, mail, 40, "id", "e-mail addresses", sdc.Output{}},
		{"pseudonyms", text, plain, 40, "", "", sdc.Output{}},
		{"numbers in order", integer, count, 40, "", "", sdc.Output{}},
		{"nine values", integer, func(i int) any { return bsn[i%9] }, 40, "", "", sdc.Output{}},
		{"ten values", integer, func(i int) any { return bsn[i%10] }, 40, "id", "10 of 10", sdc.Output{}},
		{"nine of ten", integer, func(i int) any {
			if i%10 == 9 {
				return 1
			}
			return bsn[i%10]
		}, 40, "id", "9 of 10", sdc.Output{}},
		{"eight of ten", integer, func(i int) any {
			if i%10 > 7 {
				return i % 10
			}
			return bsn[i%10]
		}, 40, "", "", sdc.Output{}},
		{"a key", text, plain, 40, "key", "e-mail addresses", sdc.Output{Name: "t", Kind: sdc.Frequency, By: []string{"key"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.output.Name == "" {
				tc.output = sdc.Output{Name: "t", Kind: sdc.Frequency, By: []string{"g"}}
			}
			r := rand.New(rand.NewPCG(1, 2))
			var rows []row
			for i := range tc.rows {
				rows = append(rows, row{"id": tc.value(i), "g": "a", "key": mail(i)})
			}
			first := ""
			for _, threads := range []int{1, 3} {
				r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
				d := sdc.FromTable(tableOf(t, fields("id", tc.dt, "g", text, "key", text), rows...))
				d.Roles.Respondent = "id"
				rep, err := sdc.Check(context.Background(), d, []sdc.Output{tc.output}, off(), sdc.Options{Threads: threads})
				if err != nil {
					t.Fatal(err)
				}
				mine := slices.DeleteFunc(slices.Clone(rep.Data.Remarks), func(x sdc.Remark) bool { return x.Name != "not-pseudonymised" })
				got := fmt.Sprint(mine)
				if first == "" {
					first = got
				}
				if got != first {
					t.Errorf("%s in another order, not %s", got, first)
				}
				if tc.column == "" {
					if len(mine) > 0 || rep.Verdict != sdc.Safe {
						t.Errorf("%v: %s", rep.Verdict, got)
					}
					continue
				}
				if len(mine) != 1 {
					t.Fatalf("%d remarks: %s", len(mine), got)
				}
				x := mine[0]
				if x.Name != "not-pseudonymised" || x.Column != tc.column || x.Verdict != sdc.Review || rep.Verdict != sdc.Review || !strings.Contains(x.Message.String(), tc.say) {
					t.Errorf("%+v, verdict %v", x, rep.Verdict)
				}
				if strings.Contains(got, fmt.Sprint(bsn[0])) || strings.Contains(got, "p1@") {
					t.Errorf("a value is in the remark: %s", got)
				}
			}
		})
	}
}

// TestNotPseudonymisedOfMany: of more persons than are looked at, the same ones in every order.
func TestNotPseudonymisedOfMany(t *testing.T) {
	bsn := citizens(30_000, 200_000_000)
	for _, dt := range []arrow.DataType{integer, text} {
		var rows []row
		for _, x := range bsn {
			id := any(x)
			if dt == text {
				id = fmt.Sprint(x)
			}
			rows = append(rows, row{"id": id, "g": "a"})
		}
		first := ""
		for _, threads := range []int{1, 4} {
			d := sdc.FromTable(tableOf(t, fields("id", dt, "g", text), rows...))
			d.Roles.Respondent = "id"
			rep, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "t", Kind: sdc.Frequency, By: []string{"g"}}}, off(), sdc.Options{Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(rep.Data.Remarks)
			if !strings.Contains(got, "10000 of 10000 distinct values that were looked at") || first != "" && got != first {
				t.Errorf("%v: %s", dt, got)
			}
			first = got
			for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
				rows[i], rows[j] = rows[j], rows[i]
			}
		}
	}
}

// TestNotPseudonymisedNull: a null is no value. Of ten values of a key nine are addresses.
func TestNotPseudonymisedNull(t *testing.T) {
	for _, nulls := range []int{0, 3} {
		var rows []row
		for i := range 40 {
			key := any(fmt.Sprintf("p%d@voorbeeld.nl", i%10))
			if i%10 == 9 {
				key = "other"
			}
			rows = append(rows, row{"key": key})
		}
		for range nulls {
			rows = append(rows, row{})
		}
		d := sdc.FromTable(tableOf(t, fields("key", text), rows...))
		d.Missing = map[string]sdc.Missing{"key": sdc.MissingCategory}
		r := check(t, d, off(), sdc.Output{Name: "t", Kind: sdc.Frequency, By: []string{"key"}})
		mine := slices.DeleteFunc(slices.Clone(r.Data.Remarks), func(x sdc.Remark) bool { return x.Name != "not-pseudonymised" })
		if len(mine) != 1 || !strings.Contains(mine[0].Message.String(), "9 of 10") {
			t.Errorf("%d nulls: %v", nulls, mine)
		}
	}
}
