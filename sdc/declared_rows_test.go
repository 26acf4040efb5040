package sdc_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// names lists the remarks on the data with their verdicts, of those about declarations.
func declaredRemarks(r *sdc.Report) (out []string) {
	for _, x := range r.Data.Remarks {
		if strings.HasPrefix(x.Name, "declared") || strings.HasPrefix(x.Name, "relation") || strings.HasPrefix(x.Name, "bounds") {
			out = append(out, fmt.Sprint(x.Name, " ", x.Verdict))
		}
	}
	return out
}

// sums asks for tables of sums by k.
func sums(responses ...string) (out []sdc.Output) {
	for _, x := range responses {
		out = append(out, sdc.Output{Name: x, Kind: sdc.Magnitude, By: []string{"k"}, Response: x})
	}
	return out
}

// TestRelations: whether records keep a relation, and what the tables tell by it.
func TestRelations(t *testing.T) {
	dec := func(scale int32) arrow.DataType { return &arrow.Decimal128Type{Precision: 38, Scale: scale} }
	n := func(s string) json.Number { return json.Number(s) }
	const holds = "declared-relation safe"
	for _, tc := range []struct {
		name      string
		relation  string
		types     [3]arrow.DataType // of x, y and z
		rows      [][3]any
		outputs   []sdc.Output
		min, want string // min-contributors; "" is off
		err       string
	}{
		{"it holds", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{3, 1, 2}, {0, 0, 0}, {-1, 1, -2}}, sums("x"), "2", holds, ""},
		{"a null is 0", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{1, 1, nil}, {nil, nil, nil}, {nil, 2, -2}}, sums("x"), "2", holds, ""},
		{"one breaks it", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{3, 1, 2}, {4, 1, 2}}, sums("x"), "2", holds + ", relation-broken review", ""},
		{"a null breaks it", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{3, 1, nil}}, sums("x"), "2", holds + ", relation-broken review", ""},
		{"as many as the minimum break it", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{4, 1, 2}, {5, 1, 2}, {3, 1, 2}}, sums("x"), "2", "", "relation 1 of the declared ones does not hold: 2 records break it"},
		{"without a minimum one is enough", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{4, 1, 2}}, sums("x"), "", "", "does not hold: 1 record breaks it; correct"},
		{"floats as they are written", "x = y + z", [3]arrow.DataType{float, float, float}, [][3]any{{n("0.3"), n("0.1"), n("0.2")}}, sums("x"), "2", holds, ""},
		{"floats of all sizes", "x = y + z", [3]arrow.DataType{float, float, float}, [][3]any{{n("1e300"), n("1e300"), 0}, {n("1e-300"), 0, n("1e-300")}}, sums("x"), "2", holds, ""},
		{"a float that is a little off", "x = y", [3]arrow.DataType{float, float, float}, [][3]any{{n("1e-300"), n("1.0000001e-300"), 0}}, sums("x"), "2", holds + ", relation-broken review", ""},
		{"different units", "x = y + z", [3]arrow.DataType{float, integer, dec(3)}, [][3]any{{n("1.125"), 1, n("0.125")}}, sums("x"), "2", holds, ""},
		{"thirty digits", "x = y + z", [3]arrow.DataType{dec(0), dec(0), integer}, [][3]any{{n("123456789012345678901234567890"), n("123456789012345678901234567889"), 1}}, sums("x"), "2", holds, ""},
		{"the last of thirty digits", "x = y + z", [3]arrow.DataType{dec(0), dec(0), integer}, [][3]any{{n("123456789012345678901234567890"), n("123456789012345678901234567889"), 2}}, sums("x"), "2", holds + ", relation-broken review", ""},
		{"the largest numbers", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{n("9223372036854775807"), n("9223372036854775807"), 0}, {n("-9223372036854775808"), n("-9223372036854775808"), 0}}, sums("x"), "2", holds, ""},
		{"no overflow", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{n("-2"), n("9223372036854775807"), n("9223372036854775807")}}, sums("x"), "2", holds + ", relation-broken review", ""},
		{"factors", "x = 1.21 * y - 0.5 * z", [3]arrow.DataType{dec(2), integer, integer}, [][3]any{{n("121.00"), 100, 0}, {n("120.50"), 100, 1}}, sums("x"), "2", holds, ""},
		{"two of three are published", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{3, 1, 2}, {3, 1, 2}}, sums("x", "y"), "2", holds + ", relation-open review", ""},
		{"all are published", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{3, 1, 2}, {3, 1, 2}}, sums("x", "y", "z"), "2", holds, ""},
		{"all are published, and cells are hidden", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{3, 1, 2}, {3, 1, 2}}, sums("x", "y", "z"), "3", holds + ", relation-hidden review", ""},
		{"two are published, and cells are hidden", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{3, 1, 2}, {3, 1, 2}}, sums("y", "z"), "3", holds + ", relation-hidden review, relation-open review", ""},
		{"one is published, and cells are hidden", "x = y + z", [3]arrow.DataType{integer, integer, integer}, [][3]any{{3, 1, 2}, {3, 1, 2}}, sums("y"), "3", holds, ""},
		{"one is published by another", "x = y", [3]arrow.DataType{integer, integer, integer}, [][3]any{{3, 3, 2}, {3, 3, 2}}, []sdc.Output{{Name: "o", Kind: sdc.Magnitude, By: []string{"y"}, Response: "x"}}, "3", holds + ", relation-hidden review", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i, x := range tc.rows {
				rows = append(rows, row{"who": i, "k": "a", "x": x[0], "y": x[1], "z": x[2]})
			}
			d := sdc.FromTable(tableOf(t, fields("who", integer, "k", text, "x", tc.types[0], "y", tc.types[1], "z", tc.types[2]), rows...))
			d.Roles.Respondent = "who"
			d.Declared.Relations = []string{tc.relation}
			p := off()
			if tc.min != "" {
				p.MinContributors = sdc.MinContributors{Min: int64(tc.min[0] - '0')}
			}
			r, err := sdc.Check(context.Background(), d, tc.outputs, p, sdc.Options{Threads: 1})
			switch {
			case tc.err != "":
				if !errors.Is(err, sdc.ErrRequest) || !strings.Contains(err.Error(), tc.err) || !strings.Contains(err.Error(), "leave the relation out") {
					t.Error(err)
				}
			case err != nil:
				t.Error(err)
			default:
				if diff := cmp.Diff(tc.want, strings.Join(declaredRemarks(r), ", ")); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// TestBounds: a value outside of the bounds is an error that names its row and not the value.
func TestBounds(t *testing.T) {
	dec := &arrow.Decimal128Type{Precision: 38, Scale: 2}
	n := func(s string) json.Number { return json.Number(s) }
	for _, tc := range []struct {
		name   string
		typ    arrow.DataType
		bounds [2]string
		values []any
		row    int64 // of the error, -1 for none
	}{
		{"on both bounds", integer, [2]string{"0", "168"}, []any{0, 168, 7}, -1},
		{"above", integer, [2]string{"0", "168"}, []any{0, 168, 169}, 2},
		{"below", integer, [2]string{"0", "168"}, []any{0, -1, 169}, 1},
		{"null", integer, [2]string{"5", "6"}, []any{nil, 5, nil}, -1},
		{"between two whole numbers", integer, [2]string{"0.5", "1.5"}, []any{1, 1}, -1},
		{"just below half", integer, [2]string{"0.5", "1.5"}, []any{1, 0}, 1},
		{"just above half", integer, [2]string{"0.5", "1.5"}, []any{1, 2}, 1},
		{"negative halves", integer, [2]string{"-1.5", "-0.5"}, []any{-1, 0}, 1},
		{"negative halves, below", integer, [2]string{"-1.5", "-0.5"}, []any{-1, -2}, 1},
		{"floats", float, [2]string{"0.1", "0.3"}, []any{n("0.1"), n("0.3"), n("0.30000000000000004")}, 2},
		{"small floats", float, [2]string{"0", "0.3"}, []any{n("1e-300"), n("-1e-300")}, 1},
		{"decimals", dec, [2]string{"0.005", "99.999"}, []any{n("0.01"), n("99.99"), n("0.00")}, 2},
		{"large decimals", dec, [2]string{"0", "999999999999999999999999999999"}, []any{n("999999999999999999999999999999.00"), n("999999999999999999999999999999.01")}, 1},
		{"bounds beyond 64 bits", integer, [2]string{"-99999999999999999999", "99999999999999999999"}, []any{n("9223372036854775807"), n("-9223372036854775808")}, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for _, x := range tc.values {
				rows = append(rows, row{"k": "a", "x": x, "y": 1})
			}
			for _, outputs := range [][]sdc.Output{sums("x"), sums("y")} { // the column is looked at where no table has it
				d := sdc.FromTable(tableOf(t, fields("k", text, "x", tc.typ, "y", integer), rows...))
				d.Declared.Bounds = map[string][2]string{"x": tc.bounds}
				r, err := sdc.Check(context.Background(), d, outputs, off(), sdc.Options{Threads: 1})
				if tc.row < 0 {
					if err != nil || !slices.Equal(declaredRemarks(r), []string{"declared-bounds safe"}) {
						t.Error(err)
					}
					continue
				}
				var at *sdc.ColumnError
				if !errors.As(err, &at) || at.Column != "x" || at.Row != tc.row || !strings.Contains(err.Error(), "correct the bounds or the value") {
					t.Error(err)
				}
			}
		})
	}
}

// TestBoundsAreForReview: bounds of a response of which cells must be hidden.
func TestBoundsAreForReview(t *testing.T) {
	for _, tc := range []struct {
		name string
		min  int64
		want []string
	}{
		{"nothing is hidden", 2, []string{"declared-bounds safe"}},
		{"a cell is hidden", 3, []string{"bounds-hidden review", "declared-bounds safe"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("k", text, "x", integer), row{"k": "a", "x": 1}, row{"k": "a", "x": 2}))
			d.Declared.Bounds = map[string][2]string{"x": {"0", "168"}}
			p := off()
			p.MinContributors = sdc.MinContributors{Min: tc.min}
			if diff := cmp.Diff(tc.want, declaredRemarks(check(t, d, p, sums("x")...))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCoincidence: no column of a pair is a sensitive variable.
func TestCoincidence(t *testing.T) {
	for _, tc := range []struct {
		name      string
		sensitive []string
		refused   bool
	}{
		{"none is sensitive", nil, false},
		{"the first", []string{"a"}, true},
		{"the second", []string{"b"}, true},
		{"another", []string{"c"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("a", text, "b", text, "c", text), row{"a": "1", "b": "2", "c": "3"}))
			d.Declared.Independent = [][2]string{{"a", "b"}}
			r, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "o", Kind: sdc.Frequency, By: []string{"a", "b", "c"}, Sensitive: tc.sensitive}}, off(), sdc.Options{Threads: 1})
			switch {
			case tc.refused:
				if !errors.Is(err, sdc.ErrRequest) || !strings.Contains(err.Error(), "take the pair out") {
					t.Error(err)
				}
			case err != nil:
				t.Error(err)
			case !slices.Equal(declaredRemarks(r), []string{"declared-coincidence safe"}):
				t.Error(declaredRemarks(r))
			}
		})
	}
}

// TestRelationsByBruteForce: how many records and respondents break a relation, in any
// number of threads.
func TestRelationsByBruteForce(t *testing.T) {
	reviewed, refused, kept := 0, 0, 0
	for seed := range uint64(220) {
		rng := rand.New(rand.NewPCG(seed, 5))
		types := []arrow.DataType{integer, float, &arrow.Decimal128Type{Precision: 30, Scale: 2}, arrow.PrimitiveTypes.Int16}
		pick := func() arrow.DataType { return types[rng.IntN(len(types))] }
		of := [3]arrow.DataType{&arrow.Decimal128Type{Precision: 30, Scale: 4}, pick(), pick()}
		f := [2]int64{int64(1 + rng.IntN(300)), int64(1 + rng.IntN(300))} // hundredths
		minus := rng.IntN(2) == 0
		people := 1 + rng.IntN(6)
		textual, coded := rng.IntN(2) == 0, rng.IntN(2) == 0
		var rows []row
		records, who := int64(0), map[int]bool{}
		wrong := rng.IntN(8)
		value := func(dt arrow.DataType) (string, *big.Rat) {
			v := int64(rng.IntN(2000) - 1000)
			s := fmt.Sprintf("%d.%02d", v/100, max(v, -v)%100)
			if v < 0 && v > -100 {
				s = "-" + s
			}
			if dt == integer || dt == types[3] {
				s = fmt.Sprint(v)
			}
			x, _ := new(big.Rat).SetString(s)
			return s, x
		}
		for range 1 + rng.IntN(20) {
			ys, y := value(of[1])
			zs, z := value(of[2])
			x := new(big.Rat).Mul(y, big.NewRat(f[0], 100))
			z = new(big.Rat).Mul(z, big.NewRat(f[1], 100))
			if minus {
				z.Neg(z)
			}
			x.Add(x, z)
			p := rng.IntN(people)
			if rng.IntN(8) < wrong && rng.IntN(4) == 0 {
				x.Add(x, big.NewRat(1, 10000))
				records++
				who[p] = true
			}
			id := any(p)
			if textual {
				id = fmt.Sprint("p", p)
			}
			rows = append(rows, row{"who": id, "k": "a", "x": json.Number(x.FloatString(4)), "y": json.Number(ys), "z": json.Number(zs)})
		}
		sign := map[bool]string{false: "+", true: "-"}[minus]
		relation := fmt.Sprintf("x = %s * y %s %s * z", big.NewRat(f[0], 100).FloatString(2), sign, big.NewRat(f[1], 100).FloatString(2))
		least := int64(2 + rng.IntN(3))
		for _, threads := range []int{1, 3} {
			kind := arrow.DataType(integer)
			if textual {
				kind = text
			}
			reader := array.NewTableReader(tableOf(t, fields("who", kind, "k", text, "x", of[0], "y", of[1], "z", of[2]), rows...), 1+int64(seed%3))
			defer reader.Release()
			d := sdc.FromReaders(reader)
			outputs := sums("x")
			if coded {
				outputs[0].By = []string{"k", "who"} // then the respondents have codes
			}
			d.Roles.Respondent = "who"
			d.Declared.Relations = []string{relation}
			p := off()
			p.MinContributors = sdc.MinContributors{Min: least}
			r, err := sdc.Check(context.Background(), d, outputs, p, sdc.Options{Threads: threads})
			var got int64
			if err == nil {
				for _, x := range r.Data.Remarks {
					if x.Name == "relation-broken" {
						got = x.Count
					}
				}
			}
			switch {
			case records > 0 && int64(len(who)) >= least:
				refused++
				if err == nil || !strings.Contains(err.Error(), fmt.Sprintf(" does not hold: %d record", records)) {
					t.Fatalf("seed %d: %s: %v: %d records break it", seed, relation, err, records)
				}
			case err != nil || got != records:
				t.Fatalf("seed %d: %s: %v: %d records break it, not %d", seed, relation, err, records, got)
			case records > 0:
				reviewed++
			default:
				kept++
			}
		}
	}
	if reviewed < 20 || refused < 20 || kept < 20 {
		t.Errorf("%d for review, %d refused, %d kept", reviewed, refused, kept)
	}
}
