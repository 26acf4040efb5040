package sdc_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/population"
)

// meets decides on a row in another way than the package: over the text of its value.
func meets(c *population.Condition, value any, above map[string]string) bool {
	if value == nil {
		return c.Null && !c.Not
	}
	label := fmt.Sprint(value)
	if x, ok := value.(float64); ok {
		label = strconv.FormatFloat(x, 'f', -1, 64)
	}
	if c.From != "" || c.To != "" {
		x, _ := new(big.Rat).SetString(label)
		from, _ := new(big.Rat).SetString(c.From)
		to, _ := new(big.Rat).SetString(c.To)
		return (c.From == "" || x.Cmp(from) >= 0) && (c.To == "" || x.Cmp(to) < 0)
	}
	listed := false
	for code := label; code != ""; code = above[code] {
		listed = listed || slices.Contains(c.Codes, code)
	}
	return listed != c.Not
}

var aboveRegion = map[string]string{"r0": "N", "r1": "N", "r2": "S1", "S1": "S", "r3": "S"}

// conditions draws conditions on the columns of random rows. Ends are values of the rows.
func conditions(rng *rand.Rand, rows []row) population.Where {
	var w population.Where
	some := func(from ...string) []string {
		rng.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
		return from[:1+rng.IntN(len(from)-1)]
	}
	if rng.IntN(2) == 0 {
		w = append(w, population.Condition{Column: "region", Codes: some("r0", "r1", "r2", "r3", "r4", "N", "S", "S1"), Not: rng.IntN(3) == 0})
	}
	if rng.IntN(2) == 0 {
		w = append(w, population.Condition{Column: "class", Codes: some("0", "1", "2", "3"), Null: rng.IntN(2) == 0, Not: rng.IntN(3) == 0})
	}
	if rng.IntN(3) == 0 {
		w = append(w, population.Condition{Column: "sex", From: strconv.Itoa(rng.IntN(2))})
	}
	if rng.IntN(3) == 0 {
		w = append(w, population.Condition{Column: "owner", Codes: some("h0", "h1", "h2", "h3"), Null: rng.IntN(2) == 0, Not: rng.IntN(2) == 0})
	}
	if x, ok := rows[rng.IntN(len(rows))]["x"].(float64); ok || len(w) == 0 {
		end := strconv.FormatFloat(x, 'f', -1, 64)
		if c := (population.Condition{Column: "x", From: end}); rng.IntN(2) == 0 {
			w = append(w, c)
		} else {
			w = append(w, population.Condition{Column: "x", To: end})
		}
	}
	return w
}

// judged has what a report says of its outputs, without the line on the population.
func judged(t *testing.T, r *sdc.Report) string {
	t.Helper()
	var b strings.Builder
	for i := range r.Outputs {
		r.Outputs[i].Basis.Population = nil
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	var whole struct{ Outputs json.RawMessage }
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	b.Write(whole.Outputs)
	for _, x := range r.Data.Remarks {
		if !slices.Contains([]string{"one-row-each", "where-absent"}, x.Name) {
			fmt.Fprintln(&b, x.Name, x.Column, x.Count, x.Verdict, x.Message)
		}
	}
	for _, table := range r.Tables {
		for c := range table.Cells() {
			fmt.Fprintln(&b, c.Coordinates(), c.Records(), c.Respondents())
		}
	}
	return b.String()
}

// TestWhereRecount: a check with conditions is the check of the rows that other code picks,
// byte for byte, in any chunks, threads and types, and whether the conditions are those of the
// data or of the outputs.
func TestWhereRecount(t *testing.T) {
	tree, err := sdc.NewHierarchy(
		sdc.Code{Label: "N", Children: []sdc.Code{{Label: "r0"}, {Label: "r1"}}},
		sdc.Code{Label: "S", Children: []sdc.Code{{Label: "S1", Children: []sdc.Code{{Label: "r2"}}}, {Label: "r3"}}},
		sdc.Code{Label: "r4"})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for seed := range 2 * seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 22))
		rows := random(rng, 20+rng.IntN(300))
		w := conditions(rng, rows)
		var inside []row
		for _, r := range rows {
			in := true
			for i := range w {
				in = in && meets(&w[i], r[w[i].Column], aboveRegion)
			}
			if in {
				inside = append(inside, r)
			}
		}
		schema := randomSchema
		if rng.IntN(2) == 0 {
			schema = asDictionaries(schema)
		}
		if rng.IntN(3) == 0 {
			schema, rows = asTexts(schema, rows)
			_, inside = asTexts(schema, inside)
		}
		run := func(rows []row, ofData, ofOutputs population.Where, chunk int64, o sdc.Options) (*sdc.Report, error) {
			table := tableOf(t, schema, rows...)
			d := sdc.FromTable(table)
			if chunk > 0 {
				var list []array.RecordReader
				half := int64(len(rows)) / 2
				for _, part := range [][2]int64{{0, half}, {half, int64(len(rows))}} {
					var cols []arrow.Column
					for i := range int(table.NumCols()) {
						data := array.NewChunkedSlice(table.Column(i).Data(), part[0], part[1])
						col := arrow.NewColumn(table.Schema().Field(i), data)
						data.Release()
						cols = append(cols, *col)
					}
					slice := array.NewTable(table.Schema(), cols, part[1]-part[0])
					for i := range cols {
						cols[i].Release()
					}
					r := array.NewTableReader(slice, chunk)
					slice.Release()
					defer r.Release()
					list = append(list, r)
				}
				d = sdc.FromReaders(list...)
			}
			d.Roles = sdc.Roles{Respondent: "who", Holding: "owner", Weight: "w"}
			d.Missing = map[string]sdc.Missing{"class": "category"}
			d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree}
			d.Where = ofData
			outputs := []sdc.Output{
				{Name: "counts", Kind: sdc.Frequency, By: []string{"region", "sex", "class"}, Sensitive: []string{"class"}},
				{Name: "sums", Kind: sdc.Magnitude, By: []string{"region", "class"}, Response: "x", Margins: [][]string{{"region"}, {}}},
				{Name: "file", Kind: sdc.Microdata, By: []string{"region", "sex"}, Sensitive: []string{"class"}},
				{Name: "model", Kind: sdc.Model, Parameters: 2},
			}
			for i := range outputs {
				outputs[i].Where = ofOutputs
			}
			p := sdc.ESSNet()
			p.Weighting = "handbook"
			return sdc.Check(t.Context(), d, outputs, p, o)
		}
		want, wantErr := run(inside, nil, nil, 0, sdc.Options{Threads: 1})
		cut := rng.IntN(len(w) + 1)
		for _, tc := range []struct {
			ofData, ofOutputs population.Where
			chunk             int64
			threads           int
			memory            int64
		}{
			{w, nil, 0, 1, 0}, {nil, w, 0, 3, 0}, {w[:cut], w[cut:], 1 + rng.Int64N(40), 1, 0}, {w[cut:], w[:cut], 1 + rng.Int64N(400), 3, 1 << 12},
		} {
			r, err := run(rows, tc.ofData, tc.ofOutputs, tc.chunk, sdc.Options{Threads: tc.threads, Memory: tc.memory})
			if errors.Is(wantErr, sdc.ErrNoRows) && errors.Is(err, sdc.ErrNoRows) {
				count["no rows"]++
				continue
			}
			if err != nil || wantErr != nil {
				t.Fatalf("seed %d: %v: %v, and the rows alone: %v", seed, w, err, wantErr)
			}
			who := map[any]bool{}
			for _, x := range inside {
				who[x["who"]] = true
			}
			p := r.Outputs[0].Basis.Population
			if p == nil || p.Rows != int64(len(inside)) || p.Respondents != int64(len(who)) || r.Data.Rows != int64(len(rows)) {
				t.Fatalf("seed %d: %v: %+v of %d rows, want %d and %d of %d", seed, w, p, r.Data.Rows, len(inside), len(who), len(rows))
			}
			if diff := cmp.Diff(judged(t, want), judged(t, r)); diff != "" {
				t.Fatalf("seed %d: %v: %s", seed, w, diff)
			}
			count["equal"]++
			if len(inside) < len(rows) {
				count["fewer rows"]++
			}
		}
	}
	if count["equal"] < 100 || count["fewer rows"] < 50 || count["no rows"] == 0 {
		t.Errorf("the cases are too alike: %v", count)
	}
}

var whereSchema = fields("k", text, "n", integer, "x", float, "day", arrow.FixedWidthTypes.Date32, "flag", boolean, "who", integer)

// TestWhereErrors: what cannot be decided is an error that names the column, and no value.
func TestWhereErrors(t *testing.T) {
	rows := []row{
		{"k": "a", "n": 1, "x": 0.5, "day": "2026-01-31", "flag": true, "who": 1},
		{"k": "b", "n": 2, "x": -0.5, "day": "2026-02-01", "flag": false, "who": 2},
		{"k": nil, "n": 3, "x": nil, "day": nil, "flag": nil, "who": 3},
		{"k": "secret", "n": 4, "x": 1.5, "day": "2026-02-02", "flag": true, "who": 4},
	}
	tree, err := sdc.NewHierarchy(sdc.Code{Label: "top", Children: []sdc.Code{{Label: "a"}, {Label: "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		c    population.Condition
		tree bool
		want []string
		is   error
	}{
		{"a column that is not there", population.Condition{Column: "kk", Codes: []string{"a"}}, false, []string{`column "kk"`, "the name of column 1 is near"}, sdc.ErrColumn},
		{"an empty list", population.Condition{Column: "k"}, false, []string{`column "k"`, "the list is empty"}, sdc.ErrRequest},
		{"an empty list of what is not wanted", population.Condition{Column: "k", Not: true}, false, []string{"the list is empty"}, sdc.ErrRequest},
		{"codes and ends", population.Condition{Column: "n", Codes: []string{"1"}, To: "2"}, false, []string{"has both"}, sdc.ErrRequest},
		{"ends the wrong way round", population.Condition{Column: "n", From: "2", To: "2"}, false, []string{"from is not less than to"}, sdc.ErrRequest},
		{"a number and a date", population.Condition{Column: "n", From: "2", To: "2026-01-01"}, false, []string{"both numbers"}, sdc.ErrRequest},
		{"dates of a number", population.Condition{Column: "n", From: "2026-01-01"}, false, []string{`column "n"`, "the ends are dates"}, sdc.ErrRequest},
		{"numbers of a date", population.Condition{Column: "day", From: "1"}, false, []string{`column "day"`, "the ends are numbers"}, sdc.ErrRequest},
		{"numbers of truth", population.Condition{Column: "flag", From: "1"}, false, []string{`column "flag"`, "the ends are numbers"}, sdc.ErrRequest},
		{"a word for a number", population.Condition{Column: "n", Codes: []string{"1", "few"}}, false, []string{`column "n"`, "code 2 is no value"}, sdc.ErrRequest},
		{"one number in two ways", population.Condition{Column: "x", Codes: []string{"1.5", "1.50"}}, false, []string{"code 2 is the same value as code 1"}, sdc.ErrRequest},
		{"a word for truth", population.Condition{Column: "flag", Codes: []string{"yes"}}, false, []string{"code 1 is no value"}, sdc.ErrRequest},
		{"a code that is not in the tree", population.Condition{Column: "k", Codes: []string{"a", "c"}}, true, []string{`column "k"`, "code 2", "hierarchy"}, sdc.ErrRequest},
		{"a text that is no number", population.Condition{Column: "k", From: "1"}, false, []string{`column "k", row 1`, "no number"}, sdc.ErrType},
		{"a value that is not in the tree", population.Condition{Column: "k", Codes: []string{"top"}}, true, []string{`column "k", row 4`}, nil},
		{"no row", population.Condition{Column: "n", From: "5"}, false, []string{`output "o"`, "no row meets"}, sdc.ErrNoRows},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, ofOutput := range []bool{true, false} {
				d := sdc.FromTable(tableOf(t, whereSchema, rows...))
				o := sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"n"}}
				if d.Where = (population.Where{tc.c}); ofOutput {
					o.Where, d.Where = d.Where, nil
				}
				if tc.tree {
					d.Hierarchies = map[string]*sdc.Hierarchy{"k": tree}
				}
				_, err := sdc.Check(t.Context(), d, []sdc.Output{o}, sdc.CBS(), sdc.Options{Threads: 2})
				if err == nil || tc.is != nil && !errors.Is(err, tc.is) || strings.Contains(err.Error(), "secret") {
					t.Fatal(err)
				}
				for _, want := range tc.want {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%q is not in: %v", want, err)
					}
				}
			}
		})
	}
}

// TestWhereReadsNothingElse: a fault of a row outside of the population is no fault of the
// output, and one inside is named by its row in the data.
func TestWhereReadsNothingElse(t *testing.T) {
	rows := []row{{"k": "a", "n": 1}, {"k": nil, "n": 2}, {"k": "b", "n": 1}, {"k": nil, "n": 3}}
	for _, tc := range []struct {
		name string
		w    population.Where
		want string
	}{
		{"outside", population.Where{{Column: "n", Codes: []string{"1"}}}, ""},
		{"inside", population.Where{{Column: "n", From: "3"}}, `column "k", row 4`},
		{"inside, the first of two", population.Where{{Column: "n", From: "2"}}, `column "k", row 2`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, whereSchema, rows...))
			_, err := sdc.Check(t.Context(), d, []sdc.Output{{Name: "o", Kind: sdc.Frequency, By: []string{"k"}, Where: tc.w}}, sdc.CBS(), sdc.Options{Threads: 1})
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || !errors.Is(err, sdc.ErrNull)) {
				t.Error(err)
			}
		})
	}
}

// TestWherePopulations: two outputs of two populations that publish the same thing are for
// review, unless they are known to be about the same rows.
func TestWherePopulations(t *testing.T) {
	var rows []row
	for i := range 100 {
		rows = append(rows, row{"k": "a", "n": i % 2, "x": float64(i), "who": i})
	}
	even, adult := population.Condition{Column: "n", Codes: []string{"0"}}, population.Condition{Column: "x", From: "50"}
	all := population.Condition{Column: "x", From: "0"}
	count := sdc.Output{Kind: sdc.Frequency, By: []string{"k"}}
	sum := sdc.Output{Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"}
	for _, tc := range []struct {
		name   string
		a, b   sdc.Output
		wa, wb population.Where
		data   population.Where
		want   bool
	}{
		{"the same", count, count, population.Where{even, adult}, population.Where{adult, even}, nil, false},
		{"one, and all rows", count, count, population.Where{even}, nil, nil, true},
		{"two", count, count, population.Where{even}, population.Where{adult}, nil, true},
		{"one inside the other", sum, sum, population.Where{even}, population.Where{even, adult}, nil, true},
		{"inside, and of the same rows", count, count, nil, population.Where{all}, nil, false},
		{"both of the data alone", count, count, nil, nil, population.Where{even}, false},
		{"a count and a sum", count, sum, population.Where{even}, nil, nil, false},
		{"a count and a mean", count, sdc.Output{Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", Statistics: []string{"mean"}}, population.Where{even}, nil, nil, true},
		{"a count and microdata", count, sdc.Output{Kind: sdc.Microdata, By: []string{"k"}}, population.Where{even}, nil, nil, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, whereSchema, rows...))
			d.Roles.Respondent, d.Where = "who", tc.data
			tc.a.Name, tc.b.Name, tc.a.Where, tc.b.Where = "first", "second", tc.wa, tc.wb
			r, err := sdc.Check(t.Context(), d, []sdc.Output{tc.a, tc.b}, off(), sdc.Options{})
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(r.Data.Remarks, func(x sdc.Remark) bool { return x.Name == "populations" })
			if (at >= 0) != tc.want || tc.want && r.Verdict == sdc.Safe {
				t.Fatalf("%v: %v", r.Verdict, r.Data.Remarks)
			}
			if at >= 0 {
				if text := r.Data.Remarks[at].Message.String(); !strings.Contains(text, `"first"`) || !strings.Contains(text, `"second"`) || !strings.Contains(text, "two populations") {
					t.Error(text)
				}
			}
		})
	}
}

// TestWhereRemarks: a code that no row has, and a request in rows outside, are for review.
func TestWhereRemarks(t *testing.T) {
	var rows []row
	for i := range 40 {
		rows = append(rows, row{"k": []string{"a", "b"}[i%2], "n": i % 3, "x": 1.5, "who": i / 2, "flag": i == 0})
	}
	for _, tc := range []struct {
		name, remark string
		w            population.Where
		o            sdc.Output
		asks         bool
		want         bool
	}{
		{"a code that occurs", "where-absent", population.Where{{Column: "k", Codes: []string{"a"}}}, sdc.Output{}, false, false},
		{"a code that no row has", "where-absent", population.Where{{Column: "k", Codes: []string{"a", "c"}}}, sdc.Output{}, false, true},
		{"a code to leave out that no row has", "where-absent", population.Where{{Column: "k", Codes: []string{"B"}, Not: true}}, sdc.Output{}, false, true},
		{"a request", "where-request", population.Where{{Column: "k", Codes: []string{"b"}}}, sdc.Output{Kind: sdc.Magnitude, Response: "x"}, true, true},
		{"no request", "where-request", population.Where{{Column: "k", Codes: []string{"b"}}}, sdc.Output{Kind: sdc.Magnitude, Response: "x"}, false, false},
		{"a request, of all rows", "where-request", nil, sdc.Output{Kind: sdc.Magnitude, Response: "x"}, true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, whereSchema, rows...))
			d.Roles.Respondent = "who"
			p := off()
			if tc.asks {
				d.Roles.Request, p.Request = "flag", sdc.Request{Percent: "50"}
			}
			if tc.o.Kind == "" {
				tc.o.Kind = sdc.Frequency
			}
			tc.o.Name, tc.o.By, tc.o.Where = "o", []string{"n"}, tc.w
			r, err := sdc.Check(t.Context(), d, []sdc.Output{tc.o}, p, sdc.Options{Threads: 3})
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(r.Data.Remarks, func(x sdc.Remark) bool { return x.Name == tc.remark })
			if (at >= 0) != tc.want || at >= 0 && r.Data.Remarks[at].Verdict != sdc.Review {
				t.Errorf("%v", r.Data.Remarks)
			}
		})
	}
}

// TestWhereRefused: what does not reckon with populations refuses them.
func TestWhereRefused(t *testing.T) {
	w := population.Where{{Column: "n", Codes: []string{"1"}}}
	o := sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"k"}, Where: w}
	d := sdc.FromTable(tableOf(t, whereSchema, row{"k": "a", "n": 1}))
	if _, err := sdc.Check(t.Context(), d, []sdc.Output{o}, sdc.CBS(), sdc.Options{Sole: true}); !errors.Is(err, sdc.ErrRequest) || !strings.Contains(err.Error(), "data.where") {
		t.Error(err)
	}
	d.Missing = map[string]sdc.Missing{"k": sdc.MissingSuppressed}
	file := sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"k"}, Where: w}
	if _, err := sdc.Check(t.Context(), d, []sdc.Output{file}, sdc.CBS(), sdc.Options{}); !errors.Is(err, sdc.ErrRequest) {
		t.Error(err)
	}
}

// TestWhereMedian: order statistics of a population are those of its rows alone.
func TestWhereMedian(t *testing.T) {
	var rows, inside []row
	for i := range 300 {
		r := row{"k": []string{"a", "b"}[i%2], "n": i % 7, "x": float64(i*37%101) / 4, "who": i / 2}
		if rows = append(rows, r); i%7 >= 3 {
			inside = append(inside, r)
		}
	}
	run := func(rows []row, w population.Where) string {
		d := sdc.FromTable(tableOf(t, whereSchema, rows...))
		d.Roles.Respondent = "who"
		o := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", Statistics: []string{"median", "p90", "max"}, Where: w}
		r, err := sdc.Check(t.Context(), d, []sdc.Output{o}, sdc.CBS(), sdc.Options{Threads: 3})
		if err != nil {
			t.Fatal(err)
		}
		return judged(t, r)
	}
	want := run(inside, nil)
	if diff := cmp.Diff(want, run(rows, population.Where{{Column: "n", From: "3"}})); diff != "" || want == run(rows, nil) {
		t.Error("all rows, or: ", diff)
	}
}
