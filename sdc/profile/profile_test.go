package profile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
)

// row is a row of the test data; nil is null.
type row struct {
	who          string
	text, region *string
	number       *float64
	count        *int64
	year         int // 0 for null
}

var schemaOfRows = arrow.NewSchema([]arrow.Field{
	{Name: "who", Type: arrow.BinaryTypes.String},
	{Name: "text", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "region", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "number", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "count", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "day", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
}, nil)

func opener(t testing.TB, mem memory.Allocator, rows []row, chunk int) Opener {
	return func(context.Context) (array.RecordReader, error) {
		var records []arrow.Record
		for part := range slices.Chunk(rows, chunk) {
			b := array.NewRecordBuilder(mem, schemaOfRows)
			for _, r := range part {
				b.Field(0).(*array.StringBuilder).Append(r.who)
				for k, s := range []*string{r.text, r.region} {
					if s == nil {
						b.Field(1 + k).AppendNull()
					} else {
						b.Field(1 + k).(*array.StringBuilder).Append(*s)
					}
				}
				if r.number == nil {
					b.Field(3).AppendNull()
				} else {
					b.Field(3).(*array.Float64Builder).Append(*r.number)
				}
				if r.count == nil {
					b.Field(4).AppendNull()
				} else {
					b.Field(4).(*array.Int64Builder).Append(*r.count)
				}
				if r.year == 0 {
					b.Field(5).AppendNull()
				} else {
					b.Field(5).(*array.Date32Builder).Append(arrow.Date32((r.year-1970)*365 + (r.year-1969)/4 + 10))
				}
			}
			records = append(records, b.NewRecord())
			b.Release()
		}
		r, err := array.NewRecordReader(schemaOfRows, records)
		for _, rec := range records {
			rec.Release()
		}
		return r, err
	}
}

// holds reports whether a row is in a class, by the text of the class alone.
func (r *row) holds(t *testing.T, column string, c Class, codes []string) bool {
	t.Helper()
	text, v, null := "", 0.0, false
	switch column {
	case "text", "region":
		s := r.text
		if column == "region" {
			s = r.region
		}
		if null = s == nil; !null {
			text = *s
		}
	case "number":
		if null = r.number == nil; !null {
			v = *r.number
		}
	case "count":
		if null = r.count == nil; !null {
			v, text = float64(*r.count), strconv.FormatInt(*r.count, 10)
		}
	case "day":
		null, v = r.year == 0, float64(r.year)
	}
	switch c.Kind {
	case "missing":
		return null
	case "value":
		return !null && text == c.Label
	case "invalid":
		return !null && !slices.Contains(codes, text)
	case "bin":
		limit := func(s string) float64 {
			x, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatalf("%s: %v", c.Label, err)
			}
			return x
		}
		words := strings.Fields(c.Label)
		in := !null
		for i, w := range words {
			switch w {
			case "from":
				in = in && v >= limit(words[i+1])
			case "below":
				in = in && v < limit(words[i+1])
			}
		}
		return in
	}
	return false
}

// TestNothingBelowTheThreshold: every class of a profile of random data, the rest
// included, has at least the number of respondents that the policy requires. The
// respondents are counted again from the rows by the text of the class, and give the
// share of the class. The order and chunks of rows change nothing.
func TestNothingBelowTheThreshold(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	classes, withheld := 0, 0
	for round := range 150 {
		rows := randomRows(rng)
		policy := sdc.CBS()
		policy.Name, policy.MinContributors.Min = "test", 2+rng.Int64N(11)
		if rng.IntN(2) == 0 {
			policy.GroupDisclosure.Off = true
		}
		codes := []string{"North", "South", "East"}
		o := Options{Policy: policy, Respondent: "who", Codes: map[string][]string{"region": codes}, Top: 1 + rng.IntN(6), Check: sdc.Options{Threads: 1}}
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		p, err := Make(t.Context(), opener(t, mem, rows, 1+rng.IntN(50)), o)
		mem.AssertSize(t, 0)
		all := map[string]bool{}
		for i := range rows {
			all[rows[i].who] = true
		}
		if int64(len(all)) < policy.MinContributors.Min {
			if !errors.Is(err, ErrFew) {
				t.Fatalf("%d respondents: %v", len(all), err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Columns {
			if c.Withheld != "" {
				withheld++
				if len(c.Classes) > 0 {
					t.Errorf("round %d: %s is withheld and has classes", round, c.Name)
				}
				continue
			}
			shown := make([]bool, len(rows))
			count := func(in func(i int) bool) int64 {
				who := map[string]bool{}
				for i := range rows {
					if in(i) {
						who[rows[i].who] = true
					}
				}
				return int64(len(who))
			}
			for _, x := range c.Classes {
				var n int64
				if x.Kind == "other" {
					n = count(func(i int) bool { return !shown[i] })
				} else {
					n = count(func(i int) bool {
						in := rows[i].holds(t, c.Name, x, codes) && !shown[i]
						shown[i] = shown[i] || in
						return in
					})
				}
				classes++
				total := int64(len(all))
				if n < policy.MinContributors.Min || x.Percent != (200*n+total)/(2*total) {
					t.Errorf("round %d: %s, %s: %d respondents of %d, at least %d are wanted; says %d %%", round, c.Name, x, n, total, policy.MinContributors.Min, x.Percent)
				}
			}
			if c.Classes[len(c.Classes)-1].Kind != "other" && slices.Contains(shown, false) {
				t.Errorf("round %d: %s: rows are in no class", round, c.Name)
			}
		}
		var a, b bytes.Buffer
		shuffled := slices.Clone(rows)
		rng.Shuffle(len(rows), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		q, err := Make(t.Context(), opener(t, memory.DefaultAllocator, shuffled, 7), o)
		if err := errors.Join(err, p.WriteJSON(&a)); err != nil {
			t.Fatal(err)
		}
		if err := q.WriteJSON(&b); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("round %d: another order gives another profile: %v", round, err)
		}
		back, err := Read(&a)
		if err != nil || len(Compare(p, back)) > 0 {
			t.Errorf("round %d: read back: %v, %v", round, err, Compare(p, back))
		}
	}
	if classes < 500 || withheld < 50 {
		t.Errorf("only %d classes, and %d columns withheld", classes, withheld)
	}
}

func randomRows(rng *rand.Rand) []row {
	pick := func(list ...string) *string { return &list[min(rng.IntN(len(list)), rng.IntN(len(list)))] }
	n := 1 + rng.IntN(200)
	people := n
	if rng.IntN(2) == 0 {
		people = 1 + n/3
	}
	rows := make([]row, n)
	for i := range rows {
		r := &rows[i]
		r.who = fmt.Sprint("p", i)
		if people < n {
			r.who = fmt.Sprint("p", rng.IntN(people))
		}
		if rng.IntN(8) > 0 {
			r.text = pick("a", "b", "c", "d", "", "other", "(missing)", "%")
		}
		if rng.IntN(20) > 0 {
			r.region = pick("North", "South", "East", "west")
		}
		if rng.IntN(10) > 0 {
			v := (rng.Float64() - 0.3) * []float64{0.001, 1, 100, 1e6}[rng.IntN(4)]
			r.number = &v
		}
		if rng.IntN(10) > 0 {
			v := rng.Int64N(int64(1 + rng.IntN(40)))
			r.count = &v
		}
		if rng.IntN(10) > 0 {
			r.year = 2015 + rng.IntN(8)
		}
	}
	return rows
}

// TestFold: groups part the labels, and each has enough or there is one alone.
func TestFold(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		var labels []string
		var counts []int64
		for i := range rng.IntN(8) {
			labels, counts = append(labels, fmt.Sprint("v", i)), append(counts, rng.Int64N(15)+1)
		}
		for i := range rng.IntN(6) {
			labels, counts = append(labels, binLabel(3*i)), append(counts, rng.Int64N(15)+1)
		}
		if rng.IntN(2) == 0 {
			labels, counts = append(labels, "m"), append(counts, rng.Int64N(15)+1)
		}
		additive, least := rng.IntN(2) == 0, rng.Int64N(12)+1
		groups := foldLabels(labels, counts, additive, least, 1+rng.IntN(5))
		var got []string
		for _, g := range groups {
			got = append(got, g.labels...)
			sum, most := int64(0), int64(0)
			for _, l := range g.labels {
				n := counts[slices.Index(labels, l)]
				sum, most = sum+n, max(most, n)
			}
			certain := most
			if additive {
				certain = sum
			}
			if g.least != certain || certain < least && len(groups) > 1 {
				t.Fatalf("%v %v, at least %d: group %v has %d", labels, counts, least, g.labels, certain)
			}
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(labels))
		if !slices.Equal(got, want) {
			t.Fatalf("%v became %v", want, got)
		}
	}
}

// TestGrid: a value lies between the limits of its bin.
func TestGrid(t *testing.T) {
	for _, g := range []*grid{newGrid(0, 18), newGrid(-12, 18)} {
		for _, v := range []float64{0, 1, -1, 0.5, 1.9999999999999998, 2, 4.999, 5, 99, 100, -100, -100.5, 1e18, 4e18, 5e18, 1e300, -1e300, 3e-13} {
			b := g.bin(v)
			if b > 0 && v < g.at[b-1] || b < len(g.at) && v >= g.at[b] {
				t.Errorf("%v is in bin %d", v, b)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	rows := randomRows(rand.New(rand.NewPCG(1, 1)))
	open := opener(t, memory.DefaultAllocator, rows, 10)
	off := sdc.CBS()
	off.MinContributors.Off = true
	for name, o := range map[string]Options{
		"no minimum": {Policy: off}, "no such respondent": {Policy: sdc.CBS(), Respondent: "x"}, "codes of nothing": {Policy: sdc.CBS(), Codes: map[string][]string{"x": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Make(t.Context(), open, o); !errors.Is(err, ErrRequest) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	if _, err := Make(t.Context(), open, Options{}); !errors.Is(err, sdc.ErrRequest) {
		t.Errorf("no policy: %v", err)
	}
	for _, text := range []string{"", "{}", `{"schema":"sluis.profile/1"} {}`, `{"schema":"sluis.profile/1","mood":1}`} {
		if _, err := Read(strings.NewReader(text)); !errors.Is(err, ErrRequest) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestSchema: the JSON Schema has the keys of the types.
func TestSchema(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "profile.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	type object struct {
		Properties map[string]struct{ Items *object }
	}
	var schema object
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	keys := func(o *object) []string { return slices.Sorted(maps.Keys(o.Properties)) }
	columns := schema.Properties["columns"].Items
	for _, tc := range []struct {
		of     reflect.Type
		schema *object
	}{
		{reflect.TypeFor[Profile](), &schema}, {reflect.TypeFor[Column](), columns}, {reflect.TypeFor[Class](), columns.Properties["classes"].Items},
	} {
		t.Run(tc.of.String(), func(t *testing.T) {
			var want []string
			for i := range tc.of.NumField() {
				key, _, _ := strings.Cut(tc.of.Field(i).Tag.Get("json"), ",")
				want = append(want, key)
			}
			slices.Sort(want)
			if !slices.Equal(want, keys(tc.schema)) {
				t.Errorf("%v: %v, and in the schema %v", tc.of, want, keys(tc.schema))
			}
		})
	}
}
