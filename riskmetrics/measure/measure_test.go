package measure_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/riskmetrics/measure"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// table makes a table of texts, and of numbers for the column w. NULL is null.
func table(mem memory.Allocator, columns []string, rows ...string) arrow.Table {
	var fields []arrow.Field
	for _, name := range columns {
		kind := arrow.DataType(arrow.BinaryTypes.String)
		if name == "w" {
			kind = arrow.PrimitiveTypes.Int64
		}
		fields = append(fields, arrow.Field{Name: name, Type: kind, Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for _, row := range rows {
		for i, text := range strings.Split(row, ",") {
			if text == "NULL" {
				b.Field(i).AppendNull()
			} else if err := b.Field(i).AppendValueFromString(text); err != nil {
				panic(err)
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	return array.NewTableFromRecords(schema, []arrow.Record{rec})
}

// TestFacts: all that a report of risk says is a fact, which Dutch has a sentence for, also
// where persons with several values and a weight that cannot be used refuse most measures.
func TestFacts(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	data := table(mem, []string{"a", "id", "s", "w"}, "A,p,x,1", "A,p,y,2", "B,q,x,1", "B,p,z,1", "C,r,x,1")
	defer data.Release()
	one := big.NewRat(1, 1)
	result, err := measure.Make(t.Context(), data, measure.Options{
		Keys: []string{"a"}, Sensitive: []string{"s"}, Respondent: "id", Weight: "w", K: 2, L: 2, Combinations: 1,
		C: one, Alpha: one, T: one, Beta: one, Delta: one, Fraction: 0.5, Distance: riskmetrics.Equal,
	})
	if err != nil {
		t.Fatal(err)
	}
	r := result.Report
	said := 0
	see := func(where string, m words.Message) {
		if m.ID == "" {
			return
		}
		said++
		if m.Foreign() || m.In(words.Dutch) == "" {
			t.Errorf("%s: %q is no fact: %q", where, m, m.In(words.Dutch))
		}
	}
	for _, m := range r.NotMeasured {
		see("not measured", m)
	}
	for _, l := range r.Limits {
		see("limit", l.Definition)
	}
	for _, f := range r.Figures {
		see(f.Name, f.Note)
	}
	if said < 20 || len(r.NotMeasured) < 4 {
		t.Errorf("%d facts, %d of them not measured: %v", said, len(r.NotMeasured), r.NotMeasured)
	}
	for _, want := range []struct{ en, nl string }{
		{`individual risk: column "w", row 2: weight cannot be used: not that of another record of the same respondent and class`,
			`individueel risico: kolom "w", rij 2: het gewicht is niet te gebruiken: niet dat van een ander record van dezelfde respondent en klasse`},
		{`uniques of the population: 1 respondents have records in several classes, for whom the estimates are not defined`,
			`unieken van de populatie: 1 respondent heeft records in meer klassen; daarvoor bestaan de schattingen niet`},
		{`t of s: request is not well defined: 1 respondents have several values of "s", and this measure is of one value a respondent`,
			`t van s: niet gedefinieerd: 1 respondent heeft meer waarden van "s"; deze maatstaf is er voor één waarde per respondent`},
	} {
		t.Run(want.en, func(t *testing.T) {
			found := false
			for _, m := range r.NotMeasured {
				found = found || m.String() == want.en && m.In(words.Dutch) == want.nl
			}
			if !found {
				t.Errorf("nothing says %q and %q: %q", want.en, want.nl, r.NotMeasured)
			}
		})
	}
}

// TestRefused: options that do not go together are an error, and no panic.
func TestRefused(t *testing.T) {
	data := table(memory.DefaultAllocator, []string{"a", "s"}, "A,x", "A,y", "B,x")
	defer data.Release()
	keys, s := []string{"a"}, []string{"s"}
	var order *measure.OrderError
	for _, tc := range []struct {
		name string
		o    measure.Options
	}{
		{"no keys", measure.Options{}},
		{"an empty key", measure.Options{Keys: []string{"a", ""}}},
		{"k below 0", measure.Options{Keys: keys, K: -1}},
		{"a column that is not there", measure.Options{Keys: []string{"b"}}},
		{"a key that is sensitive", measure.Options{Keys: keys, Sensitive: keys}},
		{"l without a sensitive variable", measure.Options{Keys: keys, L: 2}},
		{"a tree of another variable", measure.Options{Keys: keys, Sensitive: s, Trees: map[string]map[string]string{"a": {"A": "*"}}}},
		{"an order of another variable", measure.Options{Keys: keys, Sensitive: s, Orders: map[string][]string{"a": {"A", "B"}}}},
		{"a fraction of 1", measure.Options{Keys: keys, Fraction: 1}},
		{"a risk above 1", measure.Options{Keys: keys, AtRisk: 1.5}},
		{"more keys than there are", measure.Options{Keys: keys, SUDASize: 2}},
		{"suppressed values that are refused", measure.Options{Keys: keys, Suppressed: true}},
		{"text without an order", measure.Options{Keys: keys, Sensitive: s, Distance: riskmetrics.Ordered}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := measure.Make(t.Context(), data, tc.o)
			if err == nil || tc.name != "a column that is not there" && !errors.Is(err, riskmetrics.ErrRequest) {
				t.Errorf("%v", err)
			}
			if errors.As(err, &order) != (tc.name == "text without an order") {
				t.Errorf("%v", err)
			}
		})
	}
}

func ExampleMake() {
	data := table(memory.DefaultAllocator, []string{"region", "sex"}, "N,F", "N,F", "N,M", "S,F", "S,F")
	defer data.Release()
	result, err := measure.Make(context.Background(), data, measure.Options{Keys: []string{"region", "sex"}, K: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := result.Report
	fmt.Println(r.Verdict, r.Alone.Records)
	fmt.Println(r.Limits[0].Definition, r.Limits[0].Attained)
	// Output:
	// unsafe 1
	// k-anonymity in records: f_k < k is unsafe 1
}
