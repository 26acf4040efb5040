// One file for what holds of keys, of single identifiers and of whole columns: its
// tests and benchmarks share a key, a maker and the arrays.

package pseudonym_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/pseudonym"
)

// testKey is the key of the vectors: bytes 0 to 31.
func testKey(t testing.TB) pseudonym.Key {
	t.Helper()
	b := make([]byte, 32)
	for i := range b {
		b[i] = byte(i)
	}
	k, err := pseudonym.KeyFromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func maker(t testing.TB, change func(*pseudonym.Config)) *pseudonym.Pseudonymizer {
	t.Helper()
	c := pseudonym.Config{Key: testKey(t), Domain: pseudonym.Domain{Project: "zicht", Variable: "person"}}
	if change != nil {
		change(&c)
	}
	p, err := pseudonym.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func build(t testing.TB, mem memory.Allocator, dt arrow.DataType, text string) arrow.Array {
	t.Helper()
	arr, _, err := array.FromJSON(mem, dt, strings.NewReader(text), array.WithUseNumber())
	if err != nil {
		t.Fatal(err)
	}
	return arr
}

// texts pseudonymises an array and prints every row.
func texts(t testing.TB, p *pseudonym.Pseudonymizer, dt arrow.DataType, text string) ([]string, pseudonym.Stats) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	arr := build(t, mem, dt, text)
	defer arr.Release()
	var c pseudonym.Counter
	out, err := p.Array(context.Background(), mem, arr, &c)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Release()
	if !arrow.TypeEqual(out.DataType(), p.DataType(dt)) {
		t.Errorf("type %v, want %v", out.DataType(), p.DataType(dt))
	}
	var rows []string
	for i := range out.Len() {
		rows = append(rows, out.ValueStr(i))
	}
	return rows, c.Stats()
}

// TestKeyNeverPrints formats a key and a pseudonymizer in every way there is.
func TestKeyNeverPrints(t *testing.T) {
	raw := []byte("this is 32 bytes of secret bytes")
	k, err := pseudonym.KeyFromBytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	p, err := pseudonym.New(pseudonym.Config{Key: k, Domain: pseudonym.Domain{Project: "p", Variable: "v"}})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	var set pseudonym.KeySet
	if err := set.Rotate(k); err != nil {
		t.Fatal(err)
	}
	type config struct{ c pseudonym.Config }
	for _, v := range []any{
		k, &k, p, struct{ K pseudonym.Key }{k}, []pseudonym.Key{k}, map[string]pseudonym.Key{"k": k},
		// In a field that is not exported fmt cannot ask the key for its text.
		struct{ k pseudonym.Key }{k}, &struct{ k *pseudonym.Key }{&k}, struct{ p *pseudonym.Pseudonymizer }{p},
		set, &set, config{pseudonym.Config{Key: k}}, struct{ k []pseudonym.Key }{[]pseudonym.Key{k}},
		reflect.ValueOf(p).Elem(),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%t", "%c", "%U", "%b", "%o"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("key", "value", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("key", "value", v)
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			t.Error(err)
		}
	}
	if err := gob.NewEncoder(&out).Encode(k); err != nil {
		t.Error(err)
	}
	func() {
		defer func() { fmt.Fprintln(&out, recover()) }()
		panic(k)
	}()
	hex := fmt.Sprintf("%x", raw)
	for _, leak := range []string{string(raw), "this is", "of secret", "hmac.Key=&{", hex, hex[:8], strings.ToUpper(hex[:8]), "116 104 105", "0x74, 0x68"} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q is printed", leak)
		}
	}
	if n := strings.Count(out.String(), "REDACTED"); n < 60 {
		t.Errorf("REDACTED is printed %d times", n)
	}
}

func TestKeys(t *testing.T) {
	for name, b := range map[string][]byte{
		"short": []byte("0123456789012345678901234567890"), "zeros": make([]byte, 32), "repeats": bytes.Repeat([]byte("abcd"), 8), "none": nil,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := pseudonym.KeyFromBytes(b); !errors.Is(err, pseudonym.ErrKey) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	for _, s := range []string{"", "SLUIS-KEY-1-", "SLUIS-KEY-1-zz", "SLUIS-KEY-2-" + strings.Repeat("0f", 32), "SLUIS-KEY-1-" + strings.Repeat("00", 32)} {
		if _, err := pseudonym.ParseKey(s); !errors.Is(err, pseudonym.ErrKey) {
			t.Errorf("%q: %v", s, err)
		}
	}
	a, err1 := pseudonym.NewKey()
	b, err2 := pseudonym.NewKey()
	if err1 != nil || err2 != nil || a.Equal(b) || !a.Equal(a) {
		t.Error("new keys are equal")
	}
	copied := a
	p, err := pseudonym.New(pseudonym.Config{Key: a, Domain: pseudonym.Domain{Project: "p", Variable: "v"}})
	if err != nil {
		t.Fatal(err)
	}
	a.Destroy()
	a.Destroy()
	if _, err := copied.ID(); !errors.Is(err, pseudonym.ErrDestroyed) || copied.Equal(copied) {
		t.Errorf("a copy outlives its key: %v", err)
	}
	if _, err := pseudonym.New(pseudonym.Config{Key: a, Domain: pseudonym.Domain{Project: "p", Variable: "v"}}); !errors.Is(err, pseudonym.ErrDestroyed) {
		t.Errorf("pseudonymizer of a destroyed key: %v", err)
	}
	if _, err := p.Text("x"); err != nil {
		t.Errorf("the pseudonymizer has a key of its own: %v", err)
	}
	p.Destroy()
	if _, err := p.Text("x"); !errors.Is(err, pseudonym.ErrDestroyed) {
		t.Errorf("destroyed pseudonymizer: %v", err)
	}
	var set pseudonym.KeySet
	if _, err := set.Primary(); !errors.Is(err, pseudonym.ErrKey) {
		t.Errorf("empty set: %v", err)
	}
	k := testKey(t)
	id, _ := k.ID()
	if err := errors.Join(set.Rotate(k), set.Rotate(b)); err != nil {
		t.Fatal(err)
	}
	if err := set.Rotate(k); !errors.Is(err, pseudonym.ErrKey) {
		t.Errorf("a key twice: %v", err)
	}
	if first, _ := set.Primary(); !first.Equal(b) {
		t.Error("the newest key is not the primary")
	}
	if old, err := set.ByID(id); err != nil || !old.Equal(k) {
		t.Errorf("an old key is not found: %v", err)
	}
	set.Destroy()
	if _, err := b.ID(); !errors.Is(err, pseudonym.ErrDestroyed) {
		t.Error("the set did not destroy its keys")
	}
}

func TestDomains(t *testing.T) {
	for _, s := range []string{"", "a", "/b", "a/", "a/b/c", strings.Repeat("x", 256) + "/b", "a/\xff", "a\n/b", "a/b\x7f", "a/\u0085"} {
		if _, err := pseudonym.ParseDomain(s); !errors.Is(err, pseudonym.ErrDomain) {
			t.Errorf("%q: %v", s, err)
		}
	}
	// Shifting a letter from one part to the other is another domain.
	seen := map[string]string{}
	for _, s := range []string{"ab/c", "a/bc", "abc/d", "ab/cd", "AB/c"} {
		d, err := pseudonym.ParseDomain(s)
		if err != nil {
			t.Fatal(err)
		}
		text, err := maker(t, func(c *pseudonym.Config) { c.Domain = d }).Text("x")
		if err != nil || seen[text] != "" {
			t.Errorf("%s and %s give the same pseudonym", s, seen[text])
		}
		seen[text] = s
	}
}

// TestSameIdentifier: with a form that says so, the same identifier has the same
// pseudonym however it is stored.
func TestSameIdentifier(t *testing.T) {
	dict := func(v arrow.DataType) arrow.DataType {
		return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: v}
	}
	stored := []struct {
		dt   arrow.DataType
		json string
	}{
		{arrow.PrimitiveTypes.Int64, `[11222311, null, 123456782, 11222311]`},
		{arrow.PrimitiveTypes.Int32, `[11222311, null, 123456782, 11222311]`},
		{arrow.PrimitiveTypes.Uint64, `[11222311, null, 123456782, 11222311]`},
		{arrow.BinaryTypes.String, `["011222311", null, "123456782", "11222311"]`},
		{arrow.BinaryTypes.LargeString, `["011222311", null, "123456782", "11222311"]`},
		{&arrow.Decimal128Type{Precision: 12, Scale: 2}, `["11222311.00", null, "123456782", "11222311"]`},
		{dict(arrow.BinaryTypes.String), `["011222311", null, "123456782", "11222311"]`},
	}
	for _, enc := range []pseudonym.Encoding{pseudonym.Hex, pseudonym.Base32, pseudonym.Binary} {
		for _, alg := range []pseudonym.Algorithm{pseudonym.SHA256, pseudonym.SHA512_256} {
			p := maker(t, func(c *pseudonym.Config) { c.Form, c.Encoding, c.Algorithm = pseudonym.BSN, enc, alg })
			var want []string
			for _, s := range stored {
				got, stats := texts(t, p, s.dt, s.json)
				if want == nil {
					want = got
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%v: %s", s.dt, diff)
				}
				if want[0] != want[3] || want[0] == want[2] || want[1] != array.NullValueStr {
					t.Errorf("%v: %v", s.dt, want)
				}
				if diff := cmp.Diff(pseudonym.Stats{Rows: 4, Nulls: 1, Distinct: 2, DistinctExact: true}, stats); diff != "" {
					t.Errorf("%v: %s", s.dt, diff)
				}
			}
		}
	}
	// As they are, the number 7 and the text 7 are two identifiers.
	typed := maker(t, nil)
	a, _ := texts(t, typed, arrow.PrimitiveTypes.Int64, `[7]`)
	b, _ := texts(t, typed, arrow.BinaryTypes.String, `["7"]`)
	c, _ := texts(t, typed, arrow.PrimitiveTypes.Uint8, `[7]`)
	if a[0] == b[0] || a[0] != c[0] {
		t.Error("typed identifiers: 7 and \"7\", or int64 and uint8")
	}
	name := maker(t, func(c *pseudonym.Config) { c.Form = pseudonym.Name })
	n, _ := texts(t, name, arrow.BinaryTypes.String, `["J\u00f6rg Stra\u00dfe", "JO\u0308RG STRASSE", "jorg strasse"]`)
	if n[0] != n[1] || n[0] == n[2] {
		t.Errorf("names: %v", n)
	}
}

func TestInvalidBSN(t *testing.T) {
	const rows = `["123456782", "123456783", "SECRET", "000000000", "1234567821", "", "111222333"]`
	p := maker(t, func(c *pseudonym.Config) { c.Form = pseudonym.BSN })
	arr := build(t, memory.DefaultAllocator, arrow.BinaryTypes.String, rows)
	_, err := p.Array(context.Background(), memory.DefaultAllocator, arr, nil)
	var ce *pseudonym.ColumnError
	if !errors.As(err, &ce) || !errors.Is(err, pseudonym.ErrInvalid) || ce.Row != 1 {
		t.Errorf("invalid: %v", err)
	}
	null := maker(t, func(c *pseudonym.Config) { c.Form, c.Invalid = pseudonym.BSN, pseudonym.InvalidNull })
	got, stats := texts(t, null, arrow.BinaryTypes.String, rows)
	if stats.Invalid != 5 || stats.Nulls != 0 || got[1] != array.NullValueStr || got[0] == array.NullValueStr || got[6] == array.NullValueStr {
		t.Errorf("as null: %v, %+v", got, stats)
	}
	keep := maker(t, func(c *pseudonym.Config) { c.Form, c.Invalid = pseudonym.BSN, pseudonym.InvalidKeep })
	kept, stats := texts(t, keep, arrow.BinaryTypes.String, rows)
	if stats.Invalid != 5 || stats.Distinct != 7 || kept[0] != got[0] {
		t.Errorf("kept: %v, %+v", kept, stats)
	}
}

func TestLength(t *testing.T) {
	for n, want := range map[int64]int{0: 5, 1: 5, 2: 5, 1000: 7, 1_000_000: 9, 18_000_000: 10, 1 << 40: 14} {
		t.Run(fmt.Sprint("n ", n), func(t *testing.T) {
			if got := pseudonym.MinBytes(n); got != want {
				t.Errorf("%d values: %d bytes, want %d", n, got, want)
			}
		})
	}
	for _, c := range []struct {
		bytes    int
		expected int64
		ok       bool
	}{{13, 0, false}, {14, 0, true}, {9, 1_000_000, true}, {8, 1_000_000, false}, {33, 0, false}, {0, -1, false}, {32, 0, true}} {
		t.Run(fmt.Sprint("bytes ", c.bytes), func(t *testing.T) {
			_, err := pseudonym.New(pseudonym.Config{Key: testKey(t), Domain: pseudonym.Domain{Project: "p", Variable: "v"}, Bytes: c.bytes, Expected: c.expected})
			if (err == nil) != c.ok {
				t.Errorf("%d bytes for %d values: %v", c.bytes, c.expected, err)
			}
		})
	}
}

// TestUnusedEntries: a dictionary entry that no row uses is neither hashed nor
// judged.
func TestUnusedEntries(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	dict := build(t, mem, arrow.BinaryTypes.String, `["not a number", "123456782"]`)
	defer dict.Release()
	ix := build(t, mem, arrow.PrimitiveTypes.Int8, `[1, null, 1]`)
	defer ix.Release()
	d := array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, ix, dict)
	defer d.Release()
	p := maker(t, func(c *pseudonym.Config) { c.Form = pseudonym.BSN })
	var c pseudonym.Counter
	out, err := p.Array(context.Background(), mem, d, &c)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Release()
	if n := out.(*array.Dictionary).Dictionary().Len(); n != 1 {
		t.Errorf("%d entries, of which one is used", n)
	}
	if diff := cmp.Diff(pseudonym.Stats{Rows: 3, Nulls: 1, Distinct: 1, DistinctExact: true}, c.Stats()); diff != "" {
		t.Error(diff)
	}
}

// TestDictionaryOrder: neither the order of the entries, nor how many there were,
// nor what lies under a null is left of a dictionary.
func TestDictionaryOrder(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	const entries, rows = `["1", "2", null, "3", "4", "5"]`, `[4, 4, 2, null, 0, 3, 0, null, 4]`
	dict := build(t, mem, arrow.BinaryTypes.String, entries)
	defer dict.Release()
	p := maker(t, nil)
	for _, ixType := range []arrow.DataType{
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
	} {
		ix := build(t, mem, ixType, rows)
		whole := array.NewDictionaryArray(&arrow.DictionaryType{IndexType: ixType, ValueType: arrow.BinaryTypes.String, Ordered: true}, ix, dict)
		for lo := range whole.Len() + 1 {
			d := array.NewSlice(whole, int64(lo), int64(whole.Len())).(*array.Dictionary)
			var c pseudonym.Counter
			arr, err := p.Array(context.Background(), mem, d, &c)
			if err != nil {
				t.Fatal(err)
			}
			out, most, nulls := arr.(*array.Dictionary), -1, int64(0)
			for i := range d.Len() {
				k := out.GetValueIndex(i)
				if out.IsNull(i) {
					if k != 0 {
						t.Errorf("%v: index %d lies under a null", ixType, k)
					}
					nulls++
					continue
				}
				if k > most+1 {
					t.Errorf("%v: entry %d comes before %d", ixType, k, most+1)
				}
				most = max(most, k)
				want := array.NullValueStr
				if j := d.GetValueIndex(i); dict.IsValid(j) {
					want = must(p.Text(dict.ValueStr(j)))
				} else {
					nulls++
				}
				if got := out.Dictionary().ValueStr(k); got != want {
					t.Errorf("%v, row %d: %s, want %s", ixType, i, got, want)
				}
			}
			if out.Dictionary().Len() != most+1 || out.DataType().(*arrow.DictionaryType).Ordered {
				t.Errorf("%v: %d entries of which %d are used", ixType, out.Dictionary().Len(), most+1)
			}
			if s := c.Stats(); s.Rows != int64(d.Len()) || s.Nulls != nulls {
				t.Errorf("%v: %+v", ixType, s)
			}
			arr.Release()
			d.Release()
		}
		whole.Release()
		ix.Release()
	}
}

// TestNotUTF8: texts that are not UTF-8 are no names, rather than all the same one.
func TestNotUTF8(t *testing.T) {
	p := maker(t, func(c *pseudonym.Config) { c.Form = pseudonym.Name })
	if _, err := p.Text("Jos\xe9"); !errors.Is(err, pseudonym.ErrInvalid) {
		t.Errorf("Latin-1: %v", err)
	}
	keep := maker(t, func(c *pseudonym.Config) { c.Form, c.Invalid = pseudonym.Name, pseudonym.InvalidKeep })
	if must(keep.Text("Jos\xe9")) == must(keep.Text("Jos\xe8")) {
		t.Error("two texts have one pseudonym")
	}
}

// TestInstants: the same instant is one identifier in any unit, and one that does
// not fit nanoseconds is invalid, rather than that of another.
func TestInstants(t *testing.T) {
	p := maker(t, nil)
	var want string
	for unit, number := range map[arrow.TimeUnit]string{arrow.Second: "1000000", arrow.Millisecond: "1000000000", arrow.Microsecond: "1000000000000", arrow.Nanosecond: "1000000000000000"} {
		t.Run(fmt.Sprint("unit ", unit), func(t *testing.T) {
			got, _ := texts(t, p, &arrow.TimestampType{Unit: unit}, "["+number+"]")
			if want == "" {
				want = got[0]
			}
			if got[0] != want {
				t.Errorf("%v: %s, want %s", unit, got[0], want)
			}
		})
	}
	// 2^55 seconds are a multiple of 2^64 nanoseconds.
	far := build(t, memory.DefaultAllocator, &arrow.TimestampType{Unit: arrow.Second}, "[0, 36028797018963968]")
	var ce *pseudonym.ColumnError
	if _, err := p.Array(context.Background(), memory.DefaultAllocator, far, nil); !errors.As(err, &ce) || !errors.Is(err, pseudonym.ErrInvalid) || ce.Row != 1 {
		t.Errorf("a time that does not fit: %v", err)
	}
	keep := maker(t, func(c *pseudonym.Config) { c.Invalid = pseudonym.InvalidKeep })
	got, stats := texts(t, keep, &arrow.TimestampType{Unit: arrow.Second}, "[0, 36028797018963968, 72057594037927936, null]")
	if stats.Invalid != 2 || stats.Distinct != 3 || got[0] == got[1] {
		t.Errorf("kept: %v, %+v", got, stats)
	}
}

// TestNullable: a column of which invalid values become null can hold nulls.
func TestNullable(t *testing.T) {
	s := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.BinaryTypes.String}}, nil)
	for invalid, want := range map[pseudonym.Invalid]bool{pseudonym.InvalidError: false, pseudonym.InvalidKeep: false, pseudonym.InvalidNull: true} {
		t.Run(fmt.Sprint("invalid ", invalid), func(t *testing.T) {
			out, err := pseudonym.Columns{"id": maker(t, func(c *pseudonym.Config) { c.Invalid = invalid })}.Schema(s)
			if err != nil || out.Field(0).Nullable != want {
				t.Errorf("%d: nullable %v, %v", invalid, out.Field(0).Nullable, err)
			}
		})
	}
}

// TestRecordTableReader: order kept, other columns untouched, chunks and threads
// without effect, nothing leaked.
func TestRecordTableReader(t *testing.T) {
	ctx := context.Background()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "x", Type: arrow.BinaryTypes.String},
	}, nil)
	var recs []arrow.Record
	for k := range 5 {
		b := array.NewRecordBuilder(mem, schema)
		for i := range 30 {
			b.Field(0).(*array.Int64Builder).Append(int64(k*30 + i%7))
			b.Field(1).(*array.StringBuilder).Append(fmt.Sprint(i))
		}
		recs = append(recs, b.NewRecord())
		b.Release()
	}
	defer func() {
		for _, r := range recs {
			r.Release()
		}
	}()
	table := array.NewTableFromRecords(schema, recs)
	defer table.Release()
	columns := pseudonym.Columns{"id": maker(t, nil)}
	print := func(r array.RecordReader) (rows []string) {
		for r.Next() {
			for i := range int(r.Record().NumRows()) {
				rows = append(rows, r.Record().Column(0).ValueStr(i)+" "+r.Record().Column(1).ValueStr(i))
			}
		}
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		return rows
	}
	var want []string
	for _, threads := range []int{1, 2, 7} {
		out, err := columns.Table(ctx, mem, table, threads, nil)
		if err != nil {
			t.Fatal(err)
		}
		tr := array.NewTableReader(out, 11)
		got := print(tr)
		tr.Release()
		out.Release()
		if want == nil {
			want = got
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d threads: %s", threads, diff)
		}
	}
	counters := map[string]*pseudonym.Counter{"id": {}}
	tr := array.NewTableReader(table, 13)
	defer tr.Release()
	r, err := columns.Reader(ctx, mem, tr, counters)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, print(r)); diff != "" {
		t.Errorf("reader: %s", diff)
	}
	r.Release()
	if s := counters["id"].Stats(); s.Rows != 150 || s.Distinct != 35 {
		t.Errorf("counted %+v", s)
	}
	_, err = pseudonym.Columns{"nope": maker(t, nil)}.Table(ctx, mem, table, 1, nil)
	var ce *pseudonym.ColumnError
	if !errors.As(err, &ce) || ce.Column != "nope" || !errors.Is(err, pseudonym.ErrMissing) {
		t.Errorf("missing column: %v", err)
	}
	_, err = pseudonym.Columns{"id": maker(t, func(c *pseudonym.Config) { c.Form = pseudonym.Name })}.Table(ctx, mem, table, 1, nil)
	if !errors.As(err, &ce) || ce.Column != "id" || !errors.Is(err, pseudonym.ErrType) {
		t.Errorf("names of numbers: %v", err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := columns.Table(done, mem, table, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestNoPseudonymAcrossDomains: the same identifiers in two domains share none.
func TestNoPseudonymAcrossDomains(t *testing.T) {
	n := 200_000
	if testing.Short() {
		n = 20_000
	}
	if os.Getenv("SLUIS_LONG") != "" {
		n = 5_000_000 // ten million pseudonyms in all
	}
	b := array.NewInt64Builder(memory.DefaultAllocator)
	for i := range n {
		b.Append(int64(i))
	}
	arr := b.NewArray()
	seen := make(map[string]bool, 2*n)
	for _, project := range []string{"a", "b"} {
		p := maker(t, func(c *pseudonym.Config) {
			c.Domain = pseudonym.Domain{Project: project, Variable: "person"}
			c.Encoding, c.Bytes = pseudonym.Binary, 14
		})
		out, err := p.Array(context.Background(), memory.DefaultAllocator, arr, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			s := string(out.(*array.FixedSizeBinary).Value(i))
			if seen[s] {
				t.Fatalf("value %d repeats", i)
			}
			seen[s] = true
		}
	}
}

// benchArray is a column of numbers of nine digits.
func benchArray(n int) arrow.Array {
	sb := array.NewStringBuilder(memory.DefaultAllocator)
	for i := range n {
		sb.Append(fmt.Sprintf("%09d", i))
	}
	return sb.NewArray()
}

func BenchmarkArray(b *testing.B) {
	const n = 1 << 16
	arr := benchArray(n)
	for _, enc := range []pseudonym.Encoding{pseudonym.Hex, pseudonym.Base32, pseudonym.Binary} {
		p := maker(b, func(c *pseudonym.Config) { c.Encoding = enc })
		b.Run([]string{"hex", "base32", "binary"}[enc], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out, err := p.Array(context.Background(), memory.DefaultAllocator, arr, nil)
				if err != nil {
					b.Fatal(err)
				}
				out.Release()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/value")
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "values/s")
		})
	}
}

// BenchmarkThreads hashes sixteen chunks by one and two goroutines.
func BenchmarkThreads(b *testing.B) {
	const n = 1 << 16
	arr := benchArray(n)
	chunks := make([]arrow.Array, 16)
	for i := range chunks {
		chunks[i] = arr
	}
	col := arrow.NewChunked(arr.DataType(), chunks)
	p := maker(b, func(c *pseudonym.Config) { c.Encoding = pseudonym.Binary })
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprint(threads), func(b *testing.B) {
			for b.Loop() {
				out, err := p.Chunked(context.Background(), memory.DefaultAllocator, col, threads, nil)
				if err != nil {
					b.Fatal(err)
				}
				out.Release()
			}
			b.ReportMetric(float64(b.N*n*len(chunks))/b.Elapsed().Seconds(), "values/s")
		})
	}
}

// BenchmarkDictionary is a column of many rows of few values: the dictionary is
// hashed, the rows are looked at once.
func BenchmarkDictionary(b *testing.B) {
	rows, entries := 100_000_000, 1_000_000
	if testing.Short() {
		rows, entries = 1_000_000, 10_000
	}
	dict := benchArray(entries)
	ib := array.NewInt32Builder(memory.DefaultAllocator)
	ib.Reserve(rows)
	for i := range rows {
		ib.UnsafeAppend(int32(i * 7919 % entries))
	}
	d := array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, ib.NewArray(), dict)
	p := maker(b, func(c *pseudonym.Config) { c.Encoding = pseudonym.Binary })
	for b.Loop() {
		out, err := p.Array(context.Background(), memory.DefaultAllocator, d, nil)
		if err != nil {
			b.Fatal(err)
		}
		out.Release()
	}
	b.ReportMetric(float64(b.N)*float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
