package pseudonym_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestLinkageTypes: numbers, dates, times and the rest come back from the pseudonyms
// of their columns, through a file, and are re-keyed.
func TestLinkageTypes(t *testing.T) {
	who := identity(t)
	for _, tc := range []struct {
		name string
		form pseudonym.Form
		dt   arrow.DataType
		text string
		want []string // "" for null
	}{
		{"int64", pseudonym.Typed, arrow.PrimitiveTypes.Int64, `[7, -1, null, 7, 9223372036854775807]`, []string{"7", "-1", "", "7", "9223372036854775807"}},
		{"int8", pseudonym.Typed, arrow.PrimitiveTypes.Int8, `[7, -1]`, []string{"7", "-1"}},
		{"uint64", pseudonym.Typed, arrow.PrimitiveTypes.Uint64, `[18446744073709551615, 1]`, []string{"18446744073709551615", "1"}},
		{"bool", pseudonym.Typed, arrow.FixedWidthTypes.Boolean, `[true, false, null]`, []string{"true", "false", ""}},
		{"date32", pseudonym.Typed, arrow.FixedWidthTypes.Date32, `["1970-01-01", "1931-12-24", "2026-01-31"]`, []string{"1970-01-01", "1931-12-24", "2026-01-31"}},
		{"date64", pseudonym.Typed, arrow.FixedWidthTypes.Date64, `["2026-01-31"]`, []string{"2026-01-31"}},
		{"timestamp", pseudonym.Typed, arrow.FixedWidthTypes.Timestamp_ms, `["2026-01-31 12:00:01.5", "1931-12-24 00:00:00"]`, []string{"2026-01-31T12:00:01.5Z", "1931-12-24T00:00:00Z"}},
		{"decimal", pseudonym.Typed, &arrow.Decimal128Type{Precision: 10, Scale: 2}, `["7.50", "7.00"]`, []string{"7.5", "7"}},
		{"binary", pseudonym.Typed, arrow.BinaryTypes.Binary, `["AQI=", ""]`, []string{"0102", ""}},
		{"text", pseudonym.Typed, arrow.BinaryTypes.String, `["Jansen", "", null, "a\nb \"c\""]`, []string{"Jansen", "", "", "a\nb \"c\""}},
		{"number as text", pseudonym.AsText, arrow.PrimitiveTypes.Int64, `[7, 12]`, []string{"7", "12"}},
		{"bsn of a number", pseudonym.BSN, arrow.PrimitiveTypes.Int64, `[123456782, 11222335]`, []string{"123456782", "11222335"}},
		{"kvk of a number", pseudonym.KvK, arrow.PrimitiveTypes.Int32, `[1234567]`, []string{"1234567"}},
		{"dictionary", pseudonym.BSN, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, `["123456782", null, "123456782"]`, []string{"123456782", "", "123456782"}},
		{"null", pseudonym.Typed, arrow.Null, `[null, null]`, []string{"", ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			p := maker(t, func(c *pseudonym.Config) { c.Form = tc.form })
			arr := build(t, mem, tc.dt, tc.text)
			defer arr.Release()
			l := pseudonym.EmptyLinkage(p)
			if n, err := l.AddArray(p, arr); n != 0 || err != nil {
				t.Fatal(n, err)
			}
			path := filepath.Join(t.TempDir(), "table")
			if err := l.Save(path, who.Recipient()); err != nil {
				t.Fatal(err)
			}
			back, err := pseudonym.LoadLinkage(path, who)
			if err != nil || back.Settings() != p.Settings() {
				t.Fatalf("%+v, %v", back.Settings(), err)
			}
			other := maker(t, func(c *pseudonym.Config) { c.Form, c.Key = tc.form, must(pseudonym.NewKey()) })
			next, err := back.Rekey(other)
			if err != nil || len(next.Refused) > 0 {
				t.Fatal(next, err)
			}
			before, after := column1(t, p, arr), column1(t, other, arr)
			for i, want := range tc.want {
				if arr.IsNull(i) || arr.NullN() == arr.Len() {
					continue
				}
				if got, err := back.Lookup(before[i]); err != nil || got != want {
					t.Errorf("row %d: %q, %v, want %q", i, got, err, want)
				}
				if got, ok := next.Translation.New(before[i]); !ok || got != after[i] {
					t.Errorf("row %d is translated to another pseudonym than the new key makes", i)
				}
				if got, err := next.Table.Lookup(after[i]); err != nil || got != want {
					t.Errorf("row %d, re-keyed: %q, %v", i, got, err)
				}
			}
		})
	}
}

// column1 makes the pseudonyms of an array as text, dictionaries as their values.
func column1(t *testing.T, p *pseudonym.Pseudonymizer, arr arrow.Array) []string {
	t.Helper()
	out, err := p.Array(context.Background(), memory.DefaultAllocator, arr, nil)
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for i := range out.Len() {
		rows = append(rows, out.ValueStr(i))
	}
	return rows
}

// TestOldLinkage reads a table of the first version of the file.
func TestOldLinkage(t *testing.T) {
	who := identity(t)
	p := maker(t, nil)
	old := must(p.Text("Jansen"))
	path := seal(t, who, "sluis linkage 1\n"+p.KeyID()+"\nzicht/person\n1\n"+old+" \"Jansen\"\n")
	l, err := pseudonym.LoadLinkage(path, who)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := l.Lookup(old); got != "Jansen" || err != nil || l.Settings() != (pseudonym.Settings{KeyID: p.KeyID(), Domain: "zicht/person"}) {
		t.Errorf("%q %v %+v", got, err, l.Settings())
	}
	if !l.Shaped(old) || l.Shaped("Jansen") || l.Shaped("123456782") {
		t.Error("what is a pseudonym of the table")
	}
}

// seal encrypts a text to a file.
func seal(t *testing.T, who *age.X25519Identity, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sealed")
	f := must(os.Create(path))
	w := must(age.Encrypt(f, who.Recipient()))
	must(io.WriteString(w, text))
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRekeyGoesOn: identifiers that the new form does not take are named by their old
// pseudonyms, and the others are re-keyed.
func TestRekeyGoesOn(t *testing.T) {
	p := maker(t, nil)
	l, err := pseudonym.NewLinkage(p, slices.Values([]string{"123456782", "SECRET", "111222333", "123456783"}))
	if err != nil {
		t.Fatal(err)
	}
	l.AskFourEyes()
	next, err := l.Rekey(maker(t, func(c *pseudonym.Config) { c.Form = pseudonym.BSN }))
	if err != nil || next.Table.Len() != 2 || next.Translation.Len() != 2 || !next.Table.FourEyes() {
		t.Fatal(err)
	}
	want := []string{must(p.Text("SECRET")), must(p.Text("123456783"))}
	slices.Sort(want)
	if !slices.Equal(next.Refused, want) {
		t.Errorf("refused are %v, want %v", next.Refused, want)
	}
	l.Destroy()
	if _, err := l.Rekey(p); !errors.Is(err, pseudonym.ErrLinkageDestroyed) {
		t.Errorf("a destroyed table: %v", err)
	}
}

// TestRekeySave: both files appear, or neither does.
func TestRekeySave(t *testing.T) {
	who := identity(t)
	p, q := maker(t, nil), maker(t, func(c *pseudonym.Config) { c.Domain.Variable = "other" })
	l := must(pseudonym.NewLinkage(p, slices.Values([]string{"Jansen", "Bakker"})))
	for _, tc := range []struct {
		name   string
		taken  string // a file that is there already
		to     []age.Recipient
		files  string
		failed bool
	}{
		{"both", "", []age.Recipient{who.Recipient()}, "new.age translation.txt", false},
		{"the table is there", "new.age", []age.Recipient{who.Recipient()}, "new.age", true},
		{"the translation is there", "translation.txt", []age.Recipient{who.Recipient()}, "translation.txt", true},
		{"no recipient", "", nil, "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if tc.taken != "" {
				if err := os.WriteFile(filepath.Join(dir, tc.taken), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := must(l.Rekey(q)).Save(filepath.Join(dir, "new.age"), filepath.Join(dir, "translation.txt"), tc.to...)
			var names []string
			for _, e := range must(os.ReadDir(dir)) {
				names = append(names, e.Name())
			}
			if got := strings.Join(names, " "); got != tc.files || (err != nil) != tc.failed {
				t.Errorf("files %q, error %v; want %q, failed %v", got, err, tc.files, tc.failed)
			}
		})
	}
	if err := (&pseudonym.Rekeyed{}).Save("", ""); !errors.Is(err, pseudonym.ErrLinkage) {
		t.Errorf("the zero value: %v", err)
	}
}

// TestRekeySame: a table is not re-keyed to what would give the old pseudonyms again, whole,
// cut short or in another encoding.
func TestRekeySame(t *testing.T) {
	old := maker(t, func(c *pseudonym.Config) { c.Bytes = 16 })
	l, err := pseudonym.NewLinkage(old, slices.Values([]string{"123456782"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		change func(*pseudonym.Config)
		same   bool
	}{
		{"nothing", func(*pseudonym.Config) {}, true},
		{"the length", func(c *pseudonym.Config) { c.Bytes = 20 }, true},
		{"the encoding", func(c *pseudonym.Config) { c.Encoding = pseudonym.Encoding(1) }, true},
		{"length and encoding", func(c *pseudonym.Config) { c.Bytes, c.Encoding = 24, pseudonym.Encoding(1) }, true},
		{"a form that takes text as it is", func(c *pseudonym.Config) { c.Form = pseudonym.AsText }, true},
		{"the form", func(c *pseudonym.Config) { c.Form = pseudonym.BSN }, false},
		{"the domain", func(c *pseudonym.Config) { c.Domain.Variable = "other" }, false},
		{"the key", func(c *pseudonym.Config) { c.Key = must(pseudonym.NewKey()) }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := maker(t, func(c *pseudonym.Config) { c.Bytes = 16; tc.change(c) })
			next, err := l.Rekey(p)
			if errors.Is(err, pseudonym.ErrSame) != tc.same || (next == nil) != tc.same {
				t.Fatalf("%v, %v", next, err)
			}
			if was, is := must(old.Text("123456782")), must(p.Text("123456782")); !tc.same && is == was {
				t.Error("the pseudonym is the old one")
			}
		})
	}
}

func TestLinkageBad(t *testing.T) {
	who := identity(t)
	p := maker(t, nil)
	head := strings.Replace(fmt.Sprintf(`{"keyId":%q,"domain":"zicht/person","form":"typed","encoding":"hex","bytes":16,"algorithm":"sha256","format":1,"fourEyes":false,"entries":N}`, p.KeyID()), "N", "1", 1)
	for name, text := range map[string]string{
		"nothing": "", "another": "hello\n", "no head": "sluis linkage 2\n", "no entries": "sluis linkage 2\n" + head + "\n",
		"too many": "sluis linkage 2\n" + head + "\nab s \"x\"\nac s \"y\"\n", "no tag": "sluis linkage 2\n" + head + "\nab \"x\"\n",
		"an unknown tag": "sluis linkage 2\n" + head + "\nab z \"x\"\n", "no number": "sluis linkage 2\n" + head + "\nab i \"x\"\n",
		"a number twice": "sluis linkage 2\n" + head + "\nab i \"07\"\n", "a small u": "sluis linkage 2\n" + head + "\nab u \"7\"\n",
		"unknown member": "sluis linkage 2\n" + strings.Replace(head, "{", `{"x":1,`, 1) + "\nab s \"x\"\n", "no quotes": "sluis linkage 2\n" + head + "\nab s x\n",
		"negative": "sluis linkage 2\n" + strings.Replace(head, ":1}", ":-1}", 1) + "\n", "no line end": "sluis linkage 2\n" + head,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := pseudonym.LoadLinkage(seal(t, who, text), who); !errors.Is(err, pseudonym.ErrLinkage) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	if l, err := pseudonym.LoadLinkage(seal(t, who, "sluis linkage 2\n"+head+"\nab s \"x\"\n"), who); err != nil || l.Len() != 1 {
		t.Errorf("a good one: %v", err)
	}
	arr := build(t, memory.DefaultAllocator, arrow.PrimitiveTypes.Float64, "[1.5]")
	var e *pseudonym.ColumnError
	if _, err := pseudonym.EmptyLinkage(p).AddArray(p, arr); !errors.As(err, &e) || !errors.Is(err, pseudonym.ErrType) {
		t.Errorf("floats: %v", err)
	}
	other := maker(t, func(c *pseudonym.Config) { c.Bytes = 20 })
	if _, err := pseudonym.EmptyLinkage(p).AddArray(other, build(t, memory.DefaultAllocator, arrow.PrimitiveTypes.Int8, "[1]")); !errors.Is(err, pseudonym.ErrLinkage) {
		t.Errorf("another pseudonymizer: %v", err)
	}
}

// TestDestroyLinkage: a table that is destroyed leaves a signed tombstone, and nothing
// of what it held.
func TestDestroyLinkage(t *testing.T) {
	who := identity(t)
	pub, signer, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := maker(t, nil)
	l := must(pseudonym.NewLinkage(p, slices.Values([]string{"Jansen", "Bakker"})))
	path := filepath.Join(t.TempDir(), "table")
	if err := l.Save(path, who.Recipient()); err != nil {
		t.Fatal(err)
	}
	raw := must(os.ReadFile(path))
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	if _, err := pseudonym.DestroyLinkage(path, nil, now, "test", who); !errors.Is(err, pseudonym.ErrRecord) {
		t.Errorf("without a signer: %v", err)
	}
	if _, err := pseudonym.DestroyLinkage(path, signer, now, "test", identity(t)); !errors.Is(err, pseudonym.ErrLinkage) || string(must(os.ReadFile(path))) != string(raw) {
		t.Errorf("without its identity: %v", err)
	}
	// A second name of the same file: the old blocks are overwritten, not only unlinked.
	other := path + ".again"
	if err := os.Link(path, other); err != nil {
		t.Fatal(err)
	}
	r, err := pseudonym.DestroyLinkage(path, signer, now, "test", who)
	if err != nil || r.Entries != 2 || r.Domain != "zicht/person" {
		t.Fatal(r, err)
	}
	if b := must(os.ReadFile(other)); len(b) != len(raw) || strings.Trim(string(b), "\x00") != "" {
		t.Error("the table is still on the disk")
	}
	if _, err := pseudonym.LoadLinkage(path, who); !errors.Is(err, pseudonym.ErrLinkageDestroyed) || !strings.Contains(err.Error(), "2026-11-24") {
		t.Errorf("loading: %v", err)
	}
	if _, err := pseudonym.DestroyLinkage(path, signer, now, "test", who); !errors.Is(err, pseudonym.ErrLinkageDestroyed) {
		t.Errorf("twice: %v", err)
	}
	text := must(os.ReadFile(path))
	if got, err := pseudonym.VerifyLinkageDestruction(text, pub); err != nil || got.KeyID != p.KeyID() {
		t.Errorf("%+v %v", got, err)
	}
	for i := range text {
		bad := slices.Clone(text)
		bad[i] ^= 1
		if got, err := pseudonym.VerifyLinkageDestruction(bad, pub); err == nil && (got.KeyID != r.KeyID || got.Entries != 2 || !got.Time.Equal(now)) {
			t.Errorf("byte %d changed is trusted", i)
		}
	}
	if err := l.Save(path+"2", who.Recipient()); err != nil {
		t.Fatal(err)
	}
	l.Destroy()
	if err := l.Save(path+"3", who.Recipient()); !errors.Is(err, pseudonym.ErrLinkageDestroyed) {
		t.Errorf("saving a destroyed one: %v", err)
	}
}

func TestTranslation(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	for from := range 3 {
		for to := range 3 {
			p := maker(t, func(c *pseudonym.Config) { c.Encoding = pseudonym.Encoding(from) })
			q := maker(t, func(c *pseudonym.Config) {
				c.Encoding, c.Key, c.Bytes = pseudonym.Encoding(to), must(pseudonym.NewKey()), 20
			})
			ids := build(t, mem, arrow.BinaryTypes.String, `["a", null, "b", "a", ""]`)
			l := pseudonym.EmptyLinkage(p)
			must(l.AddArray(p, ids))
			next := must(l.Rekey(q))
			path := filepath.Join(t.TempDir(), "translation")
			if err := next.Translation.Save(path); err != nil {
				t.Fatal(err)
			}
			tr := must(pseudonym.LoadTranslation(path))
			if tr.From() != p.Settings() || tr.To() != q.Settings() || tr.Len() != 3 {
				t.Errorf("%+v %+v", tr.From(), tr.To())
			}
			var c, direct pseudonym.Counter
			old, want := must(p.Array(context.Background(), mem, ids, nil)), must(q.Array(context.Background(), mem, ids, &direct))
			got, err := tr.Array(mem, old, pseudonym.InvalidError, &c)
			if err != nil || !array.Equal(got, want) {
				t.Errorf("%d to %d: %v, %v, want %v", from, to, got, err, want)
			}
			if s := c.Stats(); s.Rows != 5 || s.Nulls != 1 || s.Distinct != 3 || s.Invalid != 0 {
				t.Errorf("%+v", s)
			}
			// The record of a translated column says what that of one made anew says, and that
			// it is translated.
			record := &pseudonym.Record{}
			record.AppendTranslated(tr, []string{"id"}, map[string]*pseudonym.Counter{"id": &c}, "test")
			anew := q.Record([]string{"id"}, map[string]*pseudonym.Counter{"id": &direct}, "test")
			anew.Columns[0].Translated = true
			if !reflect.DeepEqual(record, anew) {
				t.Errorf("%+v, want %+v", record, anew)
			}
			for _, a := range []arrow.Array{ids, old, want, got} {
				a.Release()
			}
		}
	}
}

func TestTranslationBad(t *testing.T) {
	p, q := maker(t, nil), maker(t, func(c *pseudonym.Config) { c.Key = must(pseudonym.NewKey()) })
	l := must(pseudonym.NewLinkage(p, slices.Values([]string{"a", "b"})))
	dir := t.TempDir()
	path := filepath.Join(dir, "t")
	tr := must(l.Rekey(q)).Translation
	if err := tr.Save(path); err != nil {
		t.Fatal(err)
	}
	if info := must(os.Stat(path)); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	text := must(os.ReadFile(path))
	step := 1
	if testing.Short() {
		step = 5
	}
	for i := 0; i < len(text); i += step {
		for _, bad := range [][]byte{slices.Delete(slices.Clone(text), i, i+1), append(slices.Clone(text[:i]), append([]byte{text[i] ^ 1}, text[i+1:]...)...)} {
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := pseudonym.LoadTranslation(path)
			if err != nil {
				if !errors.Is(err, pseudonym.ErrTranslation) {
					t.Errorf("byte %d: %v", i, err)
				}
				continue
			}
			// The settings are words: only they may differ.
			for _, id := range []string{"a", "b"} {
				a, _ := got.New(must(p.Text(id)))
				if b, _ := tr.New(must(p.Text(id))); a != b {
					t.Errorf("byte %d changed translates otherwise", i)
				}
			}
		}
	}
	var e *pseudonym.ColumnError
	unknown := build(t, memory.DefaultAllocator, arrow.BinaryTypes.String, `[null, "SECRET"]`)
	_, err := tr.Array(memory.DefaultAllocator, unknown, pseudonym.InvalidError, nil)
	if !errors.Is(err, pseudonym.ErrUntranslated) || !errors.As(err, &e) || e.Row != 1 || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("unknown: %v", err)
	}
	var c pseudonym.Counter
	if out, err := tr.Array(memory.DefaultAllocator, unknown, pseudonym.InvalidNull, &c); err != nil || out.NullN() != 2 || c.Stats().Invalid != 1 {
		t.Errorf("null: %v", err)
	}
	if _, err := tr.Array(memory.DefaultAllocator, unknown, pseudonym.InvalidKeep, nil); !errors.Is(err, pseudonym.ErrSetting) {
		t.Errorf("keep: %v", err)
	}
	if _, err := tr.Array(memory.DefaultAllocator, build(t, memory.DefaultAllocator, arrow.PrimitiveTypes.Int8, "[1]"), pseudonym.InvalidNull, nil); !errors.Is(err, pseudonym.ErrType) {
		t.Errorf("numbers: %v", err)
	}
}
