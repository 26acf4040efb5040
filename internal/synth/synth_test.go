package synth_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/synth"
)

// digest hashes the values of a table, for any batches.
func digest(t *testing.T, name string, rows int64, seed uint64, batch int) string {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r, err := synth.Open(name, synth.Options{Rows: rows, Seed: seed, Batch: batch, Allocator: mem})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	h := sha256.New()
	n := int64(0)
	for r.Next() {
		rec := r.Record()
		n += rec.NumRows()
		for i := range int(rec.NumRows()) {
			for _, c := range rec.Columns() {
				h.Write([]byte(c.ValueStr(i)))
				h.Write([]byte{0})
			}
		}
	}
	if n != rows || r.Err() != nil {
		t.Fatalf("%s: %d rows of %d, %v", name, n, rows, r.Err())
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// TestSameEverywhere pins the values of seed 1: they are the same on every
// platform, in every version, and in batches of any size.
func TestSameEverywhere(t *testing.T) {
	want := map[string]string{
		"persons": "d5ac87c07349c9ad", "enterprises": "7826cf4d48d2b811", "events": "fcce9176c9518163",
	}
	for _, name := range synth.Names() {
		a := digest(t, name, 5000, 1, 0)
		if b := digest(t, name, 5000, 1, 7); a != b {
			t.Errorf("%s depends on the batch size", name)
		}
		if b := digest(t, name, 5000, 2, 0); a == b {
			t.Errorf("%s does not depend on the seed", name)
		}
		if a != want[name] {
			t.Errorf("%s: %s, want %s", name, a, want[name])
		}
	}
}

// column returns a column of events as text.
func column(t *testing.T, o synth.Options, name string) []string {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	o.Allocator = mem
	r, err := synth.Open("events", o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	at := r.Schema().FieldIndices(name)[0]
	var out []string
	for r.Next() {
		for i := range int(r.Record().NumRows()) {
			out = append(out, r.Record().Column(at).ValueStr(i))
		}
	}
	return out
}

// TestParts: parts, one after the other, are the whole, in any number of parts
// and with any columns beside.
func TestParts(t *testing.T) {
	const rows = 150
	for _, name := range []string{"person_id", "offence", "damage"} {
		want := column(t, synth.Options{Rows: rows, Seed: 5}, name)
		for _, parts := range []int{1, 3, 7, rows, rows + 13} {
			var got []string
			for k := range parts {
				o := synth.Options{Rows: rows, Seed: 5, Part: k, Parts: parts, Columns: []string{"year", name}}
				got = append(got, column(t, o, name)...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %d parts are not the whole", name, parts)
			}
		}
	}
	for _, o := range []synth.Options{{Rows: -1}, {Part: 3, Parts: 3}, {Part: -1, Parts: 2}, {Part: 1}, {Columns: []string{"no such"}}} {
		if _, err := synth.Open("events", o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// TestNumbers: identifiers are the same as numbers and as text.
func TestNumbers(t *testing.T) {
	texts := column(t, synth.Options{Rows: 500, Seed: 2}, "person_id")
	numbers := column(t, synth.Options{Rows: 500, Seed: 2, Numbers: true}, "person_id")
	for i := range texts {
		if strings.TrimLeft(texts[i], "0") != numbers[i] {
			t.Fatalf("row %d: %s is not %s", i, texts[i], numbers[i])
		}
	}
}

func TestBSN(t *testing.T) {
	seen := map[int64]bool{}
	for i := range int64(20_000) {
		n := synth.BSN(i * 4_499)
		if seen[n] {
			t.Fatalf("number %d repeats", i)
		}
		seen[n] = true
		sum, rest := -(n % 10), n/10
		for k := int64(2); k <= 9; k, rest = k+1, rest/10 {
			sum += k * (rest % 10)
		}
		if n >= 1_000_000_000 || sum%11 != 0 {
			t.Fatalf("number %d fails the eleven test", i)
		}
	}
}

func TestSkew(t *testing.T) {
	r, err := synth.Open("events", synth.Options{Rows: 100_000, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	offence := map[string]int{}
	person := map[string]int{}
	for r.Next() {
		o := r.Record().Column(7).(*array.Dictionary)
		p := r.Record().Column(1).(*array.String)
		for i := range o.Len() {
			offence[o.ValueStr(i)]++
			person[p.Value(i)]++
		}
	}
	if len(offence) != 18 || offence["theft"] < 1000*offence["human-trafficking"] || offence["human-trafficking"] == 0 {
		t.Errorf("offences are not skewed: %v", offence)
	}
	if len(person) < 20_000 || len(person) > 33_334 {
		t.Errorf("%d persons behind 100,000 events", len(person))
	}
}

func TestTrees(t *testing.T) {
	if got := len(synth.Leaves(synth.Regions())); got != 342 {
		t.Errorf("%d municipalities", got)
	}
	var b bytes.Buffer
	if err := synth.WriteHRC(&b, synth.Offences()); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), "property\n@theft\n") {
		t.Errorf("hierarchy file starts with %q", b.String()[:20])
	}
}

func BenchmarkEvents(b *testing.B) {
	for b.Loop() {
		r, err := synth.Open("events", synth.Options{Rows: 1 << 18, Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		for r.Next() {
		}
		r.Release()
	}
	b.ReportMetric(float64(b.N)*(1<<18)/b.Elapsed().Seconds(), "rows/s")
}
