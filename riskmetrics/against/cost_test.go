package against_test

import (
	"context"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluis-go/sluis/riskmetrics/against"
)

// values are the numbers of a column, NaN for a null.
func (f *file) values(k int) []float64 {
	out := make([]float64, len(f.rows))
	for i, row := range f.rows {
		if out[i] = math.NaN(); row[k] != "" {
			out[i], _ = number(row[k]).Float64()
		}
	}
	return out
}

func known(list []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(list), math.IsNaN)
}

func meanOf(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum / float64(len(list))
}

func deviationOf(list []float64) float64 {
	mean, sum := meanOf(list), 0.0
	for _, x := range list {
		sum += (x - mean) * (x - mean)
	}
	if sum < 1e-12 { // equal values
		sum = 0
	}
	return math.Sqrt(sum / float64(len(list)-1))
}

// correlationOf is the mean product of standard scores.
func correlationOf(x, y []float64) float64 {
	var a, b []float64
	for i := range x {
		if !math.IsNaN(x[i] + y[i]) {
			a, b = append(a, x[i]), append(b, y[i])
		}
	}
	s, t := deviationOf(a), deviationOf(b)
	if len(a) < 2 || s == 0 || t == 0 {
		return math.NaN()
	}
	sum := 0.0
	for i := range a {
		sum += (a[i] - meanOf(a)) / s * (b[i] - meanOf(b)) / t
	}
	return sum / float64(len(a)-1)
}

// roots are the eigenvalues of a matrix of correlations of two or three numbers, by the
// formula for the roots of its polynomial.
func roots(r []float64) []float64 {
	if len(r) == 1 {
		return []float64{1 + math.Abs(r[0]), 1 - math.Abs(r[0])}
	}
	p := math.Sqrt((r[0]*r[0] + r[1]*r[1] + r[2]*r[2]) / 3)
	if p == 0 {
		return []float64{1, 1, 1}
	}
	phi := math.Acos(min(1, max(-1, r[0]*r[1]*r[2]/(p*p*p)))) / 3
	var out []float64
	for k := range 3 {
		out = append(out, 1+2*p*math.Cos(phi-2*math.Pi*float64(k)/3))
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

// costOf is the cost by the definitions, in floats.
func costOf(before, after *file) *against.Cost {
	c := &against.Cost{Correlation: math.NaN(), LargestCorrelation: math.NaN(), Eigen: math.NaN()}
	original := map[string][]string{}
	for _, row := range before.rows {
		original[row[0]] = row
	}
	var numbers, keys []int
	for k := 1; k < len(before.names); k++ {
		if before.types[k].ID() == arrow.STRING {
			keys = append(keys, k)
		} else {
			numbers = append(numbers, k)
		}
	}
	for _, k := range numbers {
		x, y := before.values(k), after.values(k)
		s := deviationOf(known(x))
		n := against.NumberCost{Name: before.names[k]}
		for j, row := range after.rows {
			o := original[row[0]][k]
			if o == "" || math.IsNaN(y[j]) {
				continue
			}
			v, _ := number(o).Float64()
			if d := math.Abs(v - y[j]); d > 0 {
				n.IL1s += d / (s * math.Sqrt2)
				if v != 0 {
					n.IL1 += 100 * d / math.Abs(v)
				}
			}
		}
		n.Mean = (meanOf(known(y)) - meanOf(known(x))) / s
		n.Variance = math.Pow(deviationOf(known(y))/s, 2)
		if s == 0 {
			n.Variance = math.NaN()
		}
		c.Numbers = append(c.Numbers, n)
		c.IL1 += n.IL1
		c.IL1s += n.IL1s
	}
	c.IL1sMean = c.IL1s / float64(len(after.rows)*len(numbers))
	if len(numbers) > 1 {
		var r, q []float64
		sum, most := 0.0, 0.0
		for a := range numbers {
			for b := range a {
				r = append(r, correlationOf(before.values(numbers[a]), before.values(numbers[b])))
				q = append(q, correlationOf(after.values(numbers[a]), after.values(numbers[b])))
				d := math.Abs(r[len(r)-1] - q[len(q)-1])
				sum += d
				most = max(most, d)
			}
		}
		if !math.IsNaN(sum) {
			c.Correlation, c.LargestCorrelation, c.Eigen = sum/float64(len(r)), most, 0
			if e, f := roots(r[:min(3, len(r))]), roots(q[:min(3, len(q))]); len(numbers) < 4 {
				for i := range e {
					if e[i] > 1e-9 { // otherwise infinite, or nothing
						c.Eigen += math.Abs(e[i]-f[i]) / e[i]
					} else {
						c.Eigen = math.NaN()
					}
				}
			}
		}
	}
	table := func(cols ...int) {
		counts := map[string][2]float64{}
		var names []string
		for _, k := range cols {
			names = append(names, before.names[k])
		}
		for f, file := range []*file{before, after} {
			for _, row := range file.rows {
				cell := ""
				for _, k := range cols {
					cell += row[k] + "|"
				}
				x := counts[cell]
				x[f] += 1 / float64(len(file.rows))
				counts[cell] = x
			}
		}
		product, apart := 0.0, 0.0
		for _, x := range counts {
			product += math.Sqrt(x[0] * x[1])
			apart += math.Abs(x[0]-x[1]) / 2
		}
		c.Tables = append(c.Tables, against.TableCost{Keys: names, Hellinger: math.Sqrt(max(0, 1-product)), Absolute: apart})
	}
	for _, k := range keys {
		table(k)
	}
	for a := range keys {
		for _, l := range keys[a+1:] {
			table(keys[a], l)
		}
	}
	for _, k := range slices.Concat(keys, numbers) {
		v := against.ValueCost{Name: before.names[k]}
		same := func(a, b string) bool {
			return a == b || a != "" && b != "" && before.types[k].ID() != arrow.STRING && number(a).Cmp(number(b)) == 0
		}
		var all, lost []string
		for _, row := range after.rows {
			o := original[row[0]][k]
			if o == "" {
				continue
			}
			v.Values++
			all = append(all, o)
			if row[k] == "" {
				v.Suppressed++
				lost = append(lost, o)
			} else if !same(o, row[k]) {
				v.Changed++
			}
		}
		bits := func(list []string) (sum float64) {
			for _, x := range list {
				n := 0.0
				for _, y := range all {
					if same(x, y) {
						n++
					}
				}
				sum -= math.Log2(n / float64(len(all)))
			}
			return sum
		}
		if whole := bits(all); whole > 0 {
			v.Entropy = bits(lost) / whole
		}
		c.Values = append(c.Values, v)
	}
	return c
}

// TestCostRecount: the cost of random files is that of the definitions, and does not depend on
// the order of the records.
func TestCostRecount(t *testing.T) {
	// Where floats cannot tell 0 from nearly 0, the comparison is left out.
	close := cmp.Comparer(func(x, y float64) bool {
		return math.IsNaN(x) && math.IsNaN(y) || x == y || math.Abs(x-y) <= 1e-7*max(1, math.Abs(x))
	})
	eigen := 0
	for seed := range 200 {
		rng := rand.New(rand.NewPCG(uint64(seed), 29))
		missing := []string{"refuse", "category", "wildcard"}[seed%3]
		before, after := drawn(rng, missing != "refuse")
		cost := func() *against.Cost {
			p, err := against.New(t.Context(), before.table(t, rng.IntN(2)), after.table(t), options(t, before, missing))
			if err != nil {
				t.Fatal(err)
			}
			c, err := p.Cost(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		got, want := cost(), costOf(before, after)
		if math.IsNaN(want.Eigen) || len(want.Numbers) > 3 {
			want.Eigen = got.Eigen
		} else {
			eigen++
		}
		if diff := cmp.Diff(want, got, close); diff != "" {
			t.Fatalf("seed %d, %s: %s\n%v\n%v", seed, missing, diff, before.rows, after.rows)
		}
		rng.Shuffle(len(before.rows), func(i, j int) { before.rows[i], before.rows[j] = before.rows[j], before.rows[i] })
		rng.Shuffle(len(after.rows), func(i, j int) { after.rows[i], after.rows[j] = after.rows[j], after.rows[i] })
		if diff := cmp.Diff(got, cost(), cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("seed %d, in another order: %s", seed, diff)
		}
	}
	if eigen < 20 {
		t.Errorf("only %d files have eigenvalues", eigen)
	}
}

// TestCostBoundaries: what costs nothing, and what costs all.
func TestCostBoundaries(t *testing.T) {
	for _, tc := range []struct {
		name                string
		after               []string
		il1s, table, absent float64
	}{
		{"the same file", []string{"a,x,1", "b,x,2", "c,y,3"}, 0, 0, 0},
		{"another town for all", []string{"a,z,1", "b,z,2", "c,z,3"}, 0, 1, 0},
		{"one number by a standard deviation", []string{"a,x,1", "b,x,2", "c,y,4"}, math.Sqrt(0.5), 0, 0},
		{"all towns suppressed", []string{"a,,1", "b,,2", "c,,3"}, 0, 1, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before, after := people("a,x,1", "b,x,2", "c,y,3"), people(tc.after...)
			p, err := against.New(t.Context(), before.table(t), after.table(t), options(t, before, "category"))
			if err != nil {
				t.Fatal(err)
			}
			c, err := p.Cost(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(c.IL1s-tc.il1s) > 1e-12 || math.Abs(c.Tables[0].Hellinger-tc.table) > 1e-12 || c.Tables[0].Absolute != tc.table || c.Values[0].Entropy != tc.absent {
				t.Errorf("IL1s %v, Hellinger %v, absolute %v, entropy %v; want %v, %v, %v", c.IL1s, c.Tables[0].Hellinger, c.Tables[0].Absolute, c.Values[0].Entropy, tc.il1s, tc.table, tc.absent)
			}
		})
	}
	f := people("a,x,1")
	p, err := against.New(t.Context(), f.table(t), f.table(t), options(t, f, "refuse"))
	if err != nil {
		t.Fatal(err)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if _, err := p.Cost(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
}

// TestCostScale: a change of scale of both files changes no figure, and takes numbers beyond
// the products of 64 bits.
func TestCostScale(t *testing.T) {
	whole := arrow.PrimitiveTypes.Int64
	made := func(scale int64) (before, after *file) {
		rng := rand.New(rand.NewPCG(3, 30))
		before = &file{names: []string{"id", "a", "b"}, types: []arrow.DataType{arrow.BinaryTypes.String, whole, whole}}
		after = &file{names: before.names, types: before.types}
		for i := range 30 {
			a, b := rng.Int64N(1_000_000), rng.Int64N(1_000_000)
			id := strconv.Itoa(i)
			before.rows = append(before.rows, []string{id, strconv.FormatInt(a*scale, 10), strconv.FormatInt(b*scale, 10)})
			after.rows = append(after.rows, []string{id, strconv.FormatInt((a+b/3)*scale, 10), strconv.FormatInt(b*scale, 10)})
		}
		return before, after
	}
	var want *against.Cost
	for _, scale := range []int64{1, 1_000_000_000_000} {
		before, after := made(scale)
		p, err := against.New(t.Context(), before.table(t), after.table(t), options(t, before, "refuse"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := p.Cost(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = c
		}
		if diff := cmp.Diff(want, c, near); diff != "" {
			t.Error(diff)
		}
	}
}

// TestAgainstSdcMicro: dRisk and dUtility of sdcMicro 5.8.1 on twelve records give these figures.
func TestAgainstSdcMicro(t *testing.T) {
	before := numbers("32,5700,1200", "26,3400,100", "23,2700,750", "69,7400,650", "43,9200,50", "47,7200,1450", "42,7300,1800", "30,6100,250", "49,3900,50", "62,4400,1650", "44,7000,1200", "64,2400,800")
	after := numbers("32,5700,1210", "24,3400,70", "23,2754,750", "69,7548,620", "43,8740,50", "47,6840,1450", "40,6935,1800", "30,5795,260", "47,3978,20", "63,4488,1650", "44,6650,1200", "65,2280,810")
	p, err := against.New(t.Context(), before.table(t), after.table(t), options(t, before, "refuse"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Cost(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	in, err := p.Intervals(t.Context(), against.Deviations, big.NewRat(5, 100))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name      string
		got, want float64
	}{
		{"dRisk", float64(in.All) / float64(in.Records), 0.166666666666667},
		{"dUtility, IL1", c.IL1, 158.409966281798},
		{"dUtility, IL1s", c.IL1s, 1.26955801739178},
		{"dUtility, eigen", c.Eigen, 0.0279827076104159},
	} {
		if math.Abs(tc.got-tc.want) > 1e-9 {
			t.Errorf("%s: %v; want %v", tc.name, tc.got, tc.want)
		}
	}
}

// numbers is a file of records of three numbers.
func numbers(rows ...string) *file {
	whole := arrow.PrimitiveTypes.Int64
	f := &file{names: []string{"id", "age", "income", "savings"}, types: []arrow.DataType{arrow.BinaryTypes.String, whole, whole, whole}}
	for i, row := range rows {
		f.rows = append(f.rows, append([]string{strconv.Itoa(i)}, strings.Split(row, ",")...))
	}
	return f
}
