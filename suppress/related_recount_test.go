// One file for the recounts of relations and of microdata beside tables: they share the drawn
// data, and the sums over plain rows.

package suppress_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/internal/hide"
)

// seeds are the random data sets of a recount.
func seeds() uint64 {
	switch {
	case os.Getenv("SLUIS_LONG") != "":
		return 1000
	case testing.Short():
		return 150
	}
	return 300
}

// drawn is a random data set. Codes are texts; "" is a null.
type drawn struct {
	id      []int
	codes   map[string][]string // of a, b, c and p
	x       map[string][]int    // of p, x, y and z
	null    map[string][]bool   // of a response
	exclude bool                // nulls of codes leave a row out; otherwise they are a code
	tree    bool                // a has a tree: a0 and a1 in A, the others in B
	min     int64
	outputs []sdc.Output
}

const missingCode = "(missing)"

// draw draws data with relations between columns that hold for all, for all but a few, or
// for no rows.
func draw(rng *rand.Rand) *drawn {
	d := &drawn{
		codes: map[string][]string{}, x: map[string][]int{}, null: map[string][]bool{},
		exclude: rng.IntN(4) == 0, tree: rng.IntN(2) == 0, min: int64(2 + rng.IntN(4)),
	}
	size, odd := 6+rng.IntN(40), max(0, rng.IntN(6)-2) // odd of the rows break a relation
	nested, rest, response := rng.IntN(3), 1+rng.IntN(8), []int{0, 1, 1, 2, 3, 3, 3, 4, 5}[rng.IntN(9)]
	fewNulls := d.exclude || rng.IntN(4) == 0
	sort := 2 + rng.IntN(3)
	for i := range size {
		who, a := i, rng.IntN(sort)
		b := []int{a / 2, min(a, 1), rng.IntN(2)}[nested]
		if i < rest && nested == 1 {
			a, b = sort-1, 0 // code b0 holds a0, and the rest
		}
		breaks := i%max(1, size/max(1, odd)) == 0 && odd > 0
		if breaks {
			b = rng.IntN(3)
		}
		if rng.IntN(8) == 0 && i > 0 {
			who = d.id[rng.IntN(i)]
		}
		d.id = append(d.id, who)
		p, x := 1+rng.IntN(2), rng.IntN(5)
		y, z := []int{x, 3 * x, x, rng.IntN(5), 0, x + p}[response], []int{0, 2 * x, x + x, x + 2, rng.IntN(3), rng.IntN(4)}[rng.IntN(2)*response]
		if breaks {
			y += rng.IntN(3)
		}
		if response == 3 && !breaks {
			z = x + y
		}
		for name, v := range map[string]string{"a": fmt.Sprint("a", a), "b": fmt.Sprint("b", b), "c": fmt.Sprint("c", rng.IntN(2)), "p": fmt.Sprint(p)} {
			if fewNulls && (name == "c" && d.exclude && rng.IntN(3) == 0 || name != "p" && rng.IntN(12) == 0) {
				v = ""
			}
			d.codes[name] = append(d.codes[name], v)
		}
		for name, v := range map[string]int{"p": p, "x": x, "y": y, "z": z} {
			d.x[name] = append(d.x[name], v)
			d.null[name] = append(d.null[name], name != "p" && fewNulls && rng.IntN(12) == 0)
		}
	}
	used := map[string]bool{}
	sums := rng.IntN(2) == 0 // tables of several responses over the same columns
	for n := range 2 + rng.IntN(3) {
		o := sdc.Output{Name: fmt.Sprint("t", n), Kind: sdc.Frequency}
		for _, name := range []string{"a", "b", "c", "p"} {
			if rng.IntN(3) == 0 {
				o.By = append(o.By, name)
			}
		}
		if len(o.By) == 0 || n < 2 && rng.IntN(2) == 0 {
			o.By = []string{[]string{"a", "b"}[n%2]}
		} else if d.exclude && rng.IntN(3) == 0 {
			o.By = []string{"a", "b", "c"} // the rows without c are not in the table
		}
		if sums && n > 0 {
			o.By = d.outputs[0].By
		}
		if sums || rng.IntN(3) == 0 {
			o.Kind, o.Response = sdc.Magnitude, []string{"x", "y", "z", "p"}[(n+rng.IntN(5)/4)%4]
			if d.exclude && used[o.Response] || slices.Contains(o.By, o.Response) {
				o.Kind, o.Response = sdc.Frequency, ""
			}
			used[o.Response] = true
		}
		if rng.IntN(9) == 0 {
			o.Sensitive = o.By[:1]
		}
		o.NoMargins = rng.IntN(5) == 0
		if slices.Contains(o.By, "a") && d.tree && rng.IntN(2) == 0 {
			o.Depth = map[string]int{"a": 1}
		}
		d.outputs = append(d.outputs, o)
	}
	return d
}

// check runs a check of outputs, with the rows in another order and other parts each time.
func (d *drawn) check(ctx context.Context, rng *rand.Rand, outputs []sdc.Output) (*sdc.Report, error) {
	mem := memory.NewGoAllocator()
	names := []string{"a", "b", "c", "p"}
	fields := []arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}}
	for _, name := range append(names[:3:3], "p", "x", "y", "z") {
		kind := arrow.DataType(arrow.PrimitiveTypes.Int64)
		if name < "d" {
			kind = arrow.BinaryTypes.String
		}
		fields = append(fields, arrow.Field{Name: name, Type: kind, Nullable: true})
	}
	b := array.NewRecordBuilder(mem, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, i := range rng.Perm(len(d.id)) {
		b.Field(0).(*array.Int64Builder).Append(int64(d.id[i]))
		for k, name := range names[:3] {
			if v := d.codes[name][i]; v == "" {
				b.Field(1 + k).AppendNull()
			} else {
				b.Field(1 + k).(*array.StringBuilder).Append(v)
			}
		}
		for k, name := range []string{"p", "x", "y", "z"} {
			if d.null[name][i] {
				b.Field(4 + k).AppendNull()
			} else {
				b.Field(4 + k).(*array.Int64Builder).Append(int64(d.x[name][i]))
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	table := array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec})
	defer table.Release()
	reader := array.NewTableReader(table, int64(1+rng.IntN(9)))
	defer reader.Release()
	data := sdc.FromReaders(reader)
	data.Roles.Respondent = "id"
	data.Missing = map[string]sdc.Missing{"": sdc.MissingCategory}
	if d.exclude {
		data.Missing[""] = sdc.MissingExclude
	}
	if d.tree {
		list := func(names ...string) (out []sdc.Code) {
			for _, n := range names {
				out = append(out, sdc.Code{Label: n})
			}
			return out
		}
		h, err := sdc.NewHierarchy(sdc.Code{Label: "A", Children: list("a0", "a1")}, sdc.Code{Label: "B", Children: list("a2", "a3", "a4")})
		if err != nil {
			return nil, err
		}
		data.Hierarchies = map[string]*sdc.Hierarchy{"a": h}
	}
	p := sdc.CBS()
	p.Name = "test"
	p.NK.Off, p.GroupDisclosure.Off, p.ZeroCells.Off, p.MinHoldings.Off, p.AllEqual.Off, p.KAnonymity.Off, p.Closeness.Off, p.Identifiers.Off = true, true, true, true, true, true, true, true
	p.MinContributors = sdc.MinContributors{Min: d.min}
	return sdc.Check(ctx, data, outputs, p, sdc.Options{Sole: true, Threads: 1 + rng.IntN(3)})
}

// code is the code of a row, with a null as a code of its own; "" where the row is left out.
func (d *drawn) code(name string, i int) string {
	v := d.codes[name][i]
	if v == "" && !d.exclude {
		return missingCode
	}
	return v
}

// levels are the codes of an output that a row lies in, from fine to coarse; "*" is the total.
func (d *drawn) levels(o *sdc.Output, name string, i int) []string {
	v := d.code(name, i)
	if v == "" {
		return nil
	}
	out := []string{v}
	if name == "a" && d.tree && v != missingCode {
		up := "B"
		if v < "a2" {
			up = "A"
		}
		if out = append(out, up); o.Depth["a"] == 1 {
			out = out[1:]
		}
	}
	if o.NoMargins {
		return out[:1]
	}
	return append(out, "*")
}

// cells puts the rows into the published cells of a table, by "a=a1,b=b0" without totals.
func (d *drawn) cells(o *sdc.Output) map[string][]int {
	out := map[string][]int{}
	for i := range d.id {
		at := []string{""}
		for _, name := range slices.Sorted(slices.Values(o.By)) {
			var next []string
			for _, code := range d.levels(o, name, i) {
				for _, before := range at {
					if code == "*" {
						next = append(next, before)
					} else {
						next = append(next, before+name+"="+code+",")
					}
				}
			}
			at = next
		}
		for _, cell := range at {
			out[cell] = append(out[cell], i)
		}
	}
	return out
}

// hides reports whether a table has a cell with fewer contributors than the policy asks.
func (d *drawn) hides(o *sdc.Output) bool {
	for _, rows := range d.cells(o) {
		who := map[int]bool{}
		for _, i := range rows {
			if o.Kind == sdc.Frequency || !d.null[o.Response][i] {
				who[d.id[i]] = true
			}
		}
		if int64(len(who)) < d.min {
			return true
		}
	}
	return false
}

// sums are the sums of a response in all cells of its tables.
func (d *drawn) sums(response string) map[string]int {
	var out map[string]int
	for k := range d.outputs {
		if o := &d.outputs[k]; o.Response == response {
			for cell, rows := range d.cells(o) {
				if out == nil {
					out = map[string]int{}
				}
				out[cell] = 0
				for _, i := range rows {
					if !d.null[response][i] {
						out[cell] += d.x[response][i]
					}
				}
			}
		}
	}
	return out
}

// relations recounts what RelatedOf says, from its definitions in docs/protection.md.
func (d *drawn) relations() map[string]bool {
	want := map[string]bool{}
	any := false
	hide, spans, sensitive := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for k := range d.outputs {
		o := &d.outputs[k]
		hide[o.Name] = d.hides(o)
		any = any || hide[o.Name]
		for _, name := range o.By {
			spans[name] = true
		}
		for _, name := range o.Sensitive {
			sensitive[name] = true
		}
	}
	for from := range spans {
		for to := range spans {
			if from == to {
				continue
			}
			together, alone := false, true
			for _, o := range d.outputs {
				f, t := slices.Contains(o.By, from), slices.Contains(o.By, to)
				together = together || f && t
				alone = alone && (!f && !t || len(o.By) == 1)
			}
			in := map[string]map[string]map[int]bool{} // from -> to -> persons
			of := map[string]int64{}                   // to -> persons of its codes of from
			for i := range d.id {
				v, w := d.code(from, i), d.code(to, i)
				if v == "" || w == "" {
					continue
				}
				if in[v] == nil {
					in[v] = map[string]map[int]bool{}
				}
				if in[v][w] == nil {
					in[v][w] = map[int]bool{}
				}
				if !in[v][w][d.id[i]] {
					in[v][w][d.id[i]] = true
					of[w]++
				}
			}
			if len(in) < 2 || len(of) < 2 {
				continue
			}
			all, odd := int64(0), int64(0) // odd have another code than most with their code of from
			covered := map[string]int64{}
			for _, list := range in {
				sum, most, last := int64(0), int64(0), ""
				for w, who := range list {
					sum, most, last = sum+int64(len(who)), max(most, int64(len(who))), w
				}
				all, odd = all+sum, odd+sum-most
				if len(list) == 1 && sum >= d.min {
					covered[last] += sum
				}
			}
			few := odd > 0 && odd < d.min && 100*odd <= 5*all
			switch {
			case sensitive[to]:
			case odd == 0 && any:
				want[fmt.Sprintf("%s fixes %s", from, to)] = true
			case few:
				want[fmt.Sprintf("%s fixes %s but for a few", from, to)] = true
			}
			if odd > 0 && !few && !together {
				for w, n := range covered {
					if rest := of[w] - n; rest > 0 && (rest < d.min || !alone && rest*100 <= 20*of[w]) {
						want[fmt.Sprintf("codes of %s within %s", from, to)] = true
					}
				}
			}
		}
	}
	names := []string{"p", "x", "y", "z"}
	sums := map[string]map[string]int{}
	for _, name := range names {
		sums[name] = d.sums(name)
	}
	for i, x := range names {
		for _, y := range names[i+1:] {
			equal, other, nonzero, zero := 0, 0, 0, false
			ratios, values := map[float64]bool{}, map[int]bool{}
			for cell, a := range sums[x] {
				b, ok := sums[y][cell]
				if !ok || a == 0 && b == 0 {
					continue
				}
				nonzero++
				if a == b {
					equal++
				} else {
					other++
				}
				if zero = zero || a == 0 || b == 0; b != 0 {
					ratios[float64(a)/float64(b)] = true
					values[b] = true
				}
			}
			if other > 0 && 2*equal >= equal+other {
				want[x+" nearly "+y] = true
			}
			if any && nonzero > 0 && other == 0 {
				want[x+" equals "+y] = true
			}
			if any && !zero && other == nonzero && len(ratios) == 1 && len(values) > 1 {
				want[x+" times "+y] = true
			}
		}
	}
	for _, x := range names {
		for j, y := range names {
			for _, z := range names[j+1:] {
				if x == y || x == z {
					continue
				}
				is, some := any, false
				for cell, a := range sums[x] {
					b, one := sums[y][cell]
					c, two := sums[z][cell]
					if one && two {
						is, some = is && a == b+c, some || b != 0 && c != 0
					}
				}
				if is && some {
					want[x+" is "+y+" plus "+z] = true
				}
			}
		}
	}
	for _, o := range d.outputs {
		for _, other := range d.outputs {
			if o.Name != other.Name && o.Response != "" && slices.Contains(other.By, o.Response) && (hide[o.Name] || hide[other.Name]) {
				want[o.Response+" of "+o.Name+" spans "+other.Name] = true
			}
			for _, name := range other.By {
				if o.Name != other.Name && o.Response != "" && (hide[o.Name] || hide[other.Name]) && d.counts(&o, &other, name) {
					want[o.Response+" of "+o.Name+" counts "+name+" of "+other.Name] = true
				}
			}
		}
	}
	return want
}

// counts reports whether one of two values of the response of o is as frequent as a code of a
// column of other, in at least half of the cells that both have.
func (d *drawn) counts(o, other *sdc.Output, name string) bool {
	if slices.Contains(o.By, name) || name == o.Response {
		return false
	}
	values, mine, theirs := map[int]bool{}, d.cells(o), d.cells(other)
	for _, rows := range mine {
		for _, i := range rows {
			if !d.null[o.Response][i] {
				values[d.x[o.Response][i]] = true
			}
		}
	}
	if len(values) != 2 {
		return false
	}
	codes := map[string]map[string]int{} // code of the column -> cell without the column -> rows
	both := map[string]bool{}
	for cell, rows := range theirs {
		code, rest := "", ""
		for _, part := range strings.SplitAfter(cell, ",") {
			if strings.HasPrefix(part, name+"=") {
				code = part
			} else {
				rest += part
			}
		}
		if code == "" {
			continue
		}
		if _, ok := mine[rest]; ok {
			both[rest] = true
		}
		if codes[code] == nil {
			codes[code] = map[string]int{}
		}
		codes[code][rest] = len(rows)
	}
	for _, of := range codes {
		for x := range values {
			equal, some := 0, 0
			for cell := range both {
				n := 0
				for _, i := range mine[cell] {
					if !d.null[o.Response][i] && d.x[o.Response][i] == x {
						n++
					}
				}
				if n > 0 || of[cell] > 0 {
					some++
				}
				if n > 0 && n == of[cell] {
					equal++
				}
			}
			if equal > 0 && 2*equal >= some {
				return true
			}
		}
	}
	return false
}

// said names the relations of remarks.
func said(list []sdc.Remark) map[string]bool {
	got := map[string]bool{}
	for _, x := range list {
		text := x.Message.String()
		q := strings.Split(text, `"`)
		switch {
		case x.Verdict != sdc.Review:
			got["not for review: "+text] = true
		case x.Name == "dependent-columns" && strings.Contains(text, "but a few"):
			got[q[1]+" fixes "+q[3]+" but for a few"] = true
		case x.Name == "dependent-columns":
			got[q[1]+" fixes "+q[3]] = true
		case x.Name == "nested-codes":
			got["codes of "+q[1]+" within "+q[3]] = true
		case x.Name == "nearly-equal":
			got[q[1]+" nearly "+q[3]] = true
		case x.Name == "response-counts":
			got[q[1]+" of "+q[3]+" counts "+q[5]+" of "+q[7]] = true
		case x.Name == "response-spans":
			got[q[1]+" of "+q[3]+" spans "+q[5]] = true
		case strings.Contains(text, "multiple"):
			got[q[1]+" times "+q[3]] = true
		case strings.Contains(text, "plus"):
			got[q[1]+" is "+q[3]+" plus "+q[5]] = true
		case x.Name == "responses-add-up":
			got[q[1]+" equals "+q[3]] = true
		default:
			got[text] = true
		}
	}
	return got
}

// TestRelatedRecount compares the relations between columns with a recount from their
// definitions: nulls that are a code or leave the row out, several rows of a person, trees,
// tables without margins or to one level.
func TestRelatedRecount(t *testing.T) {
	count := map[string]int{}
	for seed := range 2 * seeds() {
		rng := rand.New(rand.NewPCG(seed, 93))
		d := draw(rng)
		r, err := d.check(t.Context(), rng, d.outputs)
		if err != nil {
			if errors.Is(err, sdc.ErrNoRows) || errors.Is(err, sdc.ErrRequest) {
				count["refused"]++
				continue
			}
			t.Fatalf("seed %d: %v", seed, err)
		}
		var tables []int
		for k := range d.outputs {
			tables = append(tables, k)
		}
		remarks, err := suppress.RelatedOf(t.Context(), r, tables, func(ctx context.Context, outputs []sdc.Output) (*sdc.Report, error) {
			return d.check(ctx, rng, outputs)
		})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		want := d.relations()
		if diff := cmp.Diff(want, said(remarks)); diff != "" {
			t.Fatalf("seed %d, min %d, exclude %t: %s\n%+v\n%v\n%v", seed, d.min, d.exclude, diff, d.outputs, d.codes, d.x)
		}
		for what := range want {
			words := strings.Fields(what)
			kind := words[1]
			if len(words) == 6 && words[5] == "few" || words[len(words)-1] == "few" {
				kind = "almost"
			} else if words[0] == "codes" {
				kind = "codes"
			} else if strings.Contains(what, " counts ") {
				kind = "counts"
			}
			count[kind]++
		}
		if len(want) == 0 {
			count["no relation"]++
		}
	}
	t.Log(count)
	for _, what := range []string{"fixes", "almost", "codes", "nearly", "equals", "times", "is", "of", "counts", "no relation"} {
		if count[what] == 0 {
			t.Errorf("no %s", what)
		}
	}
	if count["refused"] > 100 {
		t.Errorf("%d draws are refused", count["refused"])
	}
}

// TestBesideRecount compares what microdata tell of a table that hides with a recount: the
// records are counted as whoever has the file counts them. Where this gives every cell of a
// table that hides, the error must be ErrUnfit, and no other microdata beside such a table is
// without a remark.
func TestBesideRecount(t *testing.T) {
	count := map[string]int{}
	for seed := range seeds() {
		rng := rand.New(rand.NewPCG(seed, 94))
		d := draw(rng)
		tables := d.outputs
		for n := range rng.IntN(3) {
			m := sdc.Output{Name: fmt.Sprint("m", n), Kind: sdc.Microdata}
			for _, name := range []string{"a", "b", "c", "p", "x", "y"} {
				switch {
				case rng.IntN(3) > 0:
				case name < "d":
					m.By = append(m.By, name)
				default:
					m.Sensitive = append(m.Sensitive, name)
				}
			}
			if len(m.By) == 0 || rng.IntN(3) == 0 {
				m.By, m.Sensitive = slices.Clone(tables[0].By), nil
				if o := tables[0]; o.Response != "" && rng.IntN(2) == 0 {
					m.Sensitive = []string{o.Response}
				}
			}
			if d.tree && slices.Contains(m.By, "a") {
				switch rng.IntN(3) {
				case 0:
					m.Depth = map[string]int{"a": 1}
				case 1:
					m.Fold = map[string][]string{"a": {"B"}}
				}
			}
			d.outputs = slices.Insert(slices.Clone(d.outputs), rng.IntN(len(d.outputs)+1), m)
		}
		r, err := d.check(t.Context(), rng, d.outputs)
		if err != nil {
			if errors.Is(err, sdc.ErrNoRows) || errors.Is(err, sdc.ErrRequest) {
				count["refused by the check"]++
				continue
			}
			t.Fatalf("seed %d: %v", seed, err)
		}
		unfit := false
		want := map[string]bool{}
		var list []int
		for k := range d.outputs {
			o := &d.outputs[k]
			if o.Kind == sdc.Microdata {
				continue
			}
			list = append(list, k)
			if !d.hides(o) {
				continue
			}
			for _, m := range d.outputs {
				if m.Kind != sdc.Microdata {
					continue
				}
				// The finest codes that the table and the file have.
				n, every := 0, true
				for _, name := range o.By {
					has := slices.Contains(m.By, name) || slices.Contains(m.Sensitive, name)
					if has {
						n++
					}
					fine := name != "a" || o.Depth["a"] == 1 || m.Depth["a"] == 0 && m.Fold["a"] == nil
					every = every && has && fine
				}
				if o.Response != "" {
					every = every && (slices.Contains(m.By, o.Response) || slices.Contains(m.Sensitive, o.Response))
				}
				if every {
					unfit = true
				} else {
					want[fmt.Sprint(m.Name, " beside ", o.Name, ": ", n)] = true
					count["remarks"]++
				}
			}
		}
		remarks, err := hide.Beside(r, list, func(k int) bool { return r.Outputs[k].UnsafeCells > 0 })
		if unfit {
			count["unfit"]++
			if !errors.Is(err, suppress.ErrUnfit) {
				t.Fatalf("seed %d: %v: %+v", seed, err, d.outputs)
			}
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v: %+v", seed, err, d.outputs)
		}
		got := map[string]bool{}
		for _, x := range remarks {
			q := strings.Split(x.Message.String(), `"`)
			if x.Name != "microdata-beside-table" || x.Verdict != sdc.Review || (x.Column == "") != (x.Count == 0) {
				t.Fatalf("seed %d: %+v", seed, x)
			}
			got[fmt.Sprint(q[3], " beside ", q[1], ": ", x.Count)] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: %s\n%+v", seed, diff, d.outputs)
		}
		if len(want) == 0 {
			count["nothing beside"]++
		}
	}
	t.Log(count)
	for _, what := range []string{"unfit", "remarks", "nothing beside"} {
		if count[what] < 3 {
			t.Errorf("%d times %s", count[what], what)
		}
	}
}
