// One file for the ledger: its cases share the releases and the ways to spoil an entry.

package ledger_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/ledger"
)

// release is an entry with everything in it.
func release(k int) *ledger.Release {
	return &ledger.Release{
		Time: "2026-11-30T12:00:00Z", Project: "P123", Requester: "A. Jansen", Approved: []string{"B. de Boer", "C. Smit"},
		Verdict: "review", Because: "the remainder is public", Note: fmt.Sprint("month ", k), Population: "inhabitants", Unit: "person",
		Policy: "cbs", PolicySHA256: "0f", Spec: "1e", Reading: json.RawMessage(`{"delimiter":";"}`),
		Sources: []ledger.Source{{Name: "a.csv", SHA256: "aa", Rows: 12, Schema: "id:utf8"}, {Name: "b.csv", SHA256: "bb", Rows: 13}},
		Outputs: []ledger.Output{
			{Name: "persons", Definition: json.RawMessage(`{"kind":"frequency","by":["région"]}`), Cells: []ledger.Cell{
				{Coordinates: []string{"*"}, Statistic: "count", Value: "25", Status: "published"},
				{Coordinates: []string{`\*`}, Statistic: "count", Status: "suppressed"},
			}},
			{Name: "empty", Definition: json.RawMessage(`{}`)},
		},
		Files: []ledger.File{{Name: "persons.release.csv", SHA256: "cc", Bytes: 99}},
	}
}

func made(t testing.TB) (path string, l *ledger.Ledger) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a ledger?#%.db")
	if err := ledger.Create(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return path, opened(t, path)
}

func opened(t testing.TB, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func added(t testing.TB, l *ledger.Ledger, k int) *ledger.Release {
	t.Helper()
	r, err := l.Add(t.Context(), release(k), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRoundTrip: an entry comes back as it was added, and the chain holds.
func TestRoundTrip(t *testing.T) {
	path, l := made(t)
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	public := key.Public().(ed25519.PublicKey)
	sign := func(p []byte) ([]byte, []byte) { return public, ed25519.Sign(key, p) }
	first := added(t, l, 1)
	second, err := l.Add(t.Context(), release(2), sign)
	if err != nil {
		t.Fatal(err)
	}
	if second.Number != 2 || second.Previous != first.Digest || first.Previous != "" || len(second.Digest) != 64 {
		t.Errorf("numbers and digests: %+v", second)
	}
	again := opened(t, path)
	got, err := again.Entry(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(second, got); d != "" {
		t.Error(d)
	}
	v, err := again.Verify(t.Context(), ledger.VerifyOptions{Head: first.Digest})
	if want := (ledger.Verified{Entries: 2, Signed: 1, After: 1, Head: second.Digest}); err != nil || *v != want {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := again.Verify(t.Context(), ledger.VerifyOptions{Trusted: []ed25519.PublicKey{public}}); !errors.Is(err, ledger.ErrChanged) || !strings.Contains(err.Error(), "entry 1 is not signed by a trusted key") {
		t.Errorf("an entry without a signature: %v", err)
	}
	chain, err := again.Chain(t.Context())
	if err != nil || len(chain) != 2 {
		t.Fatal(len(chain), err)
	}
	for i, want := range []*ledger.Release{first, second} {
		bare := *want
		bare.Outputs, bare.Files = nil, nil
		if d := cmp.Diff(&bare, &chain[i]); d != "" {
			t.Error(d)
		}
	}
	var b bytes.Buffer
	if err := again.WriteJSON(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(&b)
	for _, want := range []*ledger.Release{first, second} {
		var r ledger.Release
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, &r); d != "" {
			t.Error(d)
		}
	}
	if _, err := again.Entry(t.Context(), 3); !errors.Is(err, ledger.ErrNoEntry) {
		t.Error(err)
	}
}

// TestModes: the ledger, and what SQLite keeps beside it, is for its owner alone.
func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	path, l := made(t)
	added(t, l, 1)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%q has mode %v", suffix, info.Mode())
		}
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".sluis-staging-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestSettings: what the promise of whole entries rests on.
func TestSettings(t *testing.T) {
	_, l := made(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "user_version": fmt.Sprint(ledger.Schemas)} {
		if got, err := l.Query("PRAGMA " + pragma); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s is %v, want %s: %v", pragma, got, want, err)
		}
	}
}

// TestCreateRefuses: no file is written over, whatever it is.
func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	plain, link, folder := filepath.Join(dir, "plain"), filepath.Join(dir, "link"), filepath.Join(dir, "folder")
	if err := errors.Join(os.WriteFile(plain, []byte("mine"), 0o644), os.Symlink("nowhere", link), os.Mkdir(folder, 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{plain, link, folder} {
		if err := ledger.Create(t.Context(), path); !errors.Is(err, ledger.ErrExists) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if text, err := os.ReadFile(plain); err != nil || string(text) != "mine" {
		t.Errorf("%q, %v", text, err)
	}
	if err := ledger.Create(t.Context(), filepath.Join(dir, "no", "folder")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := ledger.Create(t.Context(), ""); !errors.Is(err, sdc.ErrRequest) {
		t.Error(err)
	}
}

// TestOpenRefuses: a file that is no ledger of this version is refused, and not changed.
func TestOpenRefuses(t *testing.T) {
	later, l := made(t)
	if err := l.Exec(fmt.Sprintf("PRAGMA user_version=%d", ledger.Schemas+1)); err != nil {
		t.Fatal(err)
	}
	other, l := made(t)
	if err := l.Exec("PRAGMA application_id=7"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	empty, text := filepath.Join(dir, "empty"), filepath.Join(dir, "text")
	if err := errors.Join(os.WriteFile(empty, nil, 0o600), os.WriteFile(text, bytes.Repeat([]byte("no ledger "), 1000), 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		path string
		want error
	}{
		"later version": {later, ledger.ErrNoLedger}, "other program": {other, ledger.ErrNoLedger}, "empty": {empty, ledger.ErrNoLedger},
		"text": {text, ledger.ErrNoLedger}, "folder": {dir, ledger.ErrNoLedger}, "nothing": {filepath.Join(dir, "nothing"), fs.ErrNotExist},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ledger.Open(t.Context(), x.path); !errors.Is(err, x.want) {
				t.Error(err)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "nothing")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a file was made")
	}
}

// TestAddRefuses: an entry that says too little is not added.
func TestAddRefuses(t *testing.T) {
	_, l := made(t)
	for name, change := range map[string]func(r *ledger.Release){
		"no time":                  func(r *ledger.Release) { r.Time = "" },
		"nobody":                   func(r *ledger.Release) { r.Approved = nil },
		"a nameless person":        func(r *ledger.Release) { r.Approved = []string{""} },
		"no verdict":               func(r *ledger.Release) { r.Verdict = "" },
		"another verdict":          func(r *ledger.Release) { r.Verdict = "fine" },
		"review without reason":    func(r *ledger.Release) { r.Because = "" },
		"unsafe without reason":    func(r *ledger.Release) { r.Verdict, r.Because = "unsafe", "" },
		"no population":            func(r *ledger.Release) { r.Population = "" },
		"no unit":                  func(r *ledger.Release) { r.Unit = "" },
		"no sources":               func(r *ledger.Release) { r.Sources = nil },
		"no outputs":               func(r *ledger.Release) { r.Outputs = nil },
		"one name twice":           func(r *ledger.Release) { r.Outputs[1].Name = r.Outputs[0].Name },
		"a definition of blanks":   func(r *ledger.Release) { r.Outputs[0].Definition = json.RawMessage(`{ }`) },
		"a definition of a number": func(r *ledger.Release) { r.Outputs[0].Definition = json.RawMessage(`1`) },
		"no reading":               func(r *ledger.Release) { r.Reading = nil },
		"a value that is hidden":   func(r *ledger.Release) { r.Outputs[0].Cells[1].Value = "3" },
		"published nothing":        func(r *ledger.Release) { r.Outputs[0].Cells[0].Value = "" },
		"another status":           func(r *ledger.Release) { r.Outputs[0].Cells[0].Status = "x" },
		"no UTF-8":                 func(r *ledger.Release) { r.Outputs[0].Cells[0].Coordinates[0] = "\xff" },
		"a zero byte":              func(r *ledger.Release) { r.Note = "a\x00b" },
	} {
		t.Run(name, func(t *testing.T) {
			r := release(1)
			change(r)
			if _, err := l.Add(t.Context(), r, nil); !errors.Is(err, sdc.ErrRequest) {
				t.Error(err)
			}
		})
	}
	if _, err := l.Add(t.Context(), nil, nil); !errors.Is(err, sdc.ErrRequest) {
		t.Error(err)
	}
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	wrong := func([]byte) ([]byte, []byte) { return key.Public().(ed25519.PublicKey), make([]byte, 64) }
	if _, err := l.Add(t.Context(), release(1), wrong); !errors.Is(err, sdc.ErrRequest) {
		t.Error("a signature that does not fit:", err)
	}
	if list, err := l.Releases(t.Context()); err != nil || len(list) != 0 {
		t.Error("entries were added:", len(list), err)
	}
	var none *ledger.Ledger
	if _, err := none.Releases(t.Context()); !errors.Is(err, sdc.ErrRequest) {
		t.Error(err)
	}
	if err := none.Close(); err != nil {
		t.Error(err)
	}
}

// TestChanged: whatever field is changed, whatever row is dropped, moved or added, Verify
// says so, and so does Entry where the row belongs to the entry.
func TestChanged(t *testing.T) {
	path, l := made(t)
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	sign := func(p []byte) ([]byte, []byte) { return key.Public().(ed25519.PublicKey), ed25519.Sign(key, p) }
	var head string
	for k := range 3 {
		r, err := l.Add(t.Context(), release(k), sign)
		if err != nil {
			t.Fatal(err)
		}
		head = r.Digest
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var chain error // of the last verify
	verify := func(t *testing.T, o ledger.VerifyOptions, statements ...string) error {
		copied := filepath.Join(t.TempDir(), "copy")
		if err := os.WriteFile(copied, text, 0o600); err != nil {
			t.Fatal(err)
		}
		l := opened(t, copied)
		for _, s := range append([]string{"PRAGMA foreign_keys=0"}, statements...) {
			if err := l.Exec(s); err != nil {
				t.Fatal(s, err)
			}
		}
		_, err := l.Verify(t.Context(), o)
		_, chain = l.Chain(t.Context())
		return err
	}
	if err := verify(t, ledger.VerifyOptions{Head: head}); err != nil {
		t.Fatal("unchanged:", err)
	}
	l = opened(t, path)
	changes := 0
	for _, table := range []string{"release", "source", "output", "cell", "file"} {
		columns, err := l.Query("SELECT name || ' ' || type FROM pragma_table_info('" + table + "')")
		if err != nil || len(columns) < 4 {
			t.Fatal(columns, err)
		}
		entry := "release"
		if table == "release" {
			entry = "number"
		}
		for _, c := range columns {
			name, kind, _ := strings.Cut(c, " ")
			to := map[string][]string{
				"TEXT": {name + " || 'x'", name + " || ' '", "'x' || " + name}, "INTEGER": {name + " + 7", name + " + 100"},
				"BLOB": {"zeroblob(64)", "NULL"},
			}[kind]
			for _, value := range to {
				changes++
				t.Run(table+"."+name+" = "+value, func(t *testing.T) {
					where := " WHERE " + entry + " = 2"
					if err := verify(t, ledger.VerifyOptions{Head: head}, "UPDATE "+table+" SET "+name+" = "+value+where); !errors.Is(err, ledger.ErrChanged) {
						t.Error(err)
					}
					if apart := table == "release" || table == "source"; apart && !errors.Is(chain, ledger.ErrChanged) {
						t.Error("Chain:", chain)
					}
				})
			}
		}
		t.Run("rows of "+table+" dropped", func(t *testing.T) {
			if err := verify(t, ledger.VerifyOptions{Head: head}, "DELETE FROM "+table+" WHERE "+entry+" = 2"); !errors.Is(err, ledger.ErrChanged) {
				t.Error(err)
			}
			if apart := table == "release" || table == "source"; apart && !errors.Is(chain, ledger.ErrChanged) {
				t.Error("Chain:", chain)
			}
		})
	}
	if changes < 60 {
		t.Errorf("only %d changes were tried", changes)
	}
	everywhere := func(statement string) []string {
		out := []string{fmt.Sprintf(statement, "release", "number")}
		for _, table := range []string{"source", "output", "cell", "file"} {
			out = append(out, fmt.Sprintf(statement, table, "release"))
		}
		return out
	}
	for name, x := range map[string]struct {
		statements []string
		head       string
		found      bool
	}{
		"an entry dropped":                          {everywhere("DELETE FROM %s WHERE %s = 2"), "", true},
		"the first dropped":                         {everywhere("DELETE FROM %s WHERE %s = 1"), "", true},
		"an entry dropped, and the next renumbered": {append(everywhere("DELETE FROM %s WHERE %s = 2"), everywhere("UPDATE %s SET %s = 2 WHERE %[2]s = 3")...), "", true},
		"the tail cut, with a head":                 {everywhere("DELETE FROM %s WHERE %s = 3"), head, true},
		"the tail cut, without a head":              {everywhere("DELETE FROM %s WHERE %s = 3"), "", false},
		"all gone":                                  {everywhere("DELETE FROM %s WHERE %s > 0"), head, true},
		"a cell more":                               {[]string{"INSERT INTO cell VALUES (2, 0, 2, '[\"b\"]', 'count', '3', 'published')"}, "", true},
		"a cell of no output":                       {[]string{"INSERT INTO cell VALUES (2, 9, 0, '[\"b\"]', 'count', '3', 'published')"}, "", true},
		"a cell of no entry":                        {[]string{"INSERT INTO cell VALUES (9, 0, 0, '[\"b\"]', 'count', '3', 'published')"}, "", true},
		"a file more":                               {[]string{"INSERT INTO file VALUES (2, 1, 'x', 'y', 0)"}, "", true},
		"two entries change their places":           {append(append(everywhere("UPDATE %s SET %s = 9 WHERE %[2]s = 2"), everywhere("UPDATE %s SET %s = 2 WHERE %[2]s = 3")...), everywhere("UPDATE %s SET %s = 3 WHERE %[2]s = 9")...), "", true},
	} {
		t.Run(name, func(t *testing.T) {
			if err := verify(t, ledger.VerifyOptions{Head: x.head}, x.statements...); errors.Is(err, ledger.ErrChanged) != x.found {
				t.Error(err)
			}
		})
	}
}

// TestAborted: at whatever row a writer stops, nothing of the entry is there, and the next
// writer has its place.
func TestAborted(t *testing.T) {
	path, l := made(t)
	before := added(t, l, 1)
	stop := errors.New("stop")
	rows := 0
	defer ledger.AtStatement(func(string) error { rows++; return nil })()
	added(t, l, 2)
	if rows != 8 {
		t.Fatalf("%d rows are written", rows)
	}
	for at := range rows {
		t.Run(fmt.Sprint("error at row ", at), func(t *testing.T) {
			n := 0
			defer ledger.AtStatement(func(string) error {
				if n++; n > at {
					return stop
				}
				return nil
			})()
			if _, err := l.Add(t.Context(), release(3), nil); !errors.Is(err, stop) {
				t.Fatal(err)
			}
			whole(t, path, 2, before.Digest)
		})
		t.Run(fmt.Sprint("cancelled at row ", at), func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			n := 0
			defer ledger.AtStatement(func(string) error {
				if n++; n > at {
					cancel()
				}
				return nil
			})()
			if _, err := l.Add(ctx, release(3), nil); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			whole(t, path, 2, before.Digest)
		})
	}
	added(t, l, 3)
	whole(t, path, 3, before.Digest)
}

// whole checks that a ledger has so many whole entries.
func whole(t *testing.T, path string, entries int64, head string) {
	t.Helper()
	l := opened(t, path)
	v, err := l.Verify(t.Context(), ledger.VerifyOptions{Head: head})
	if err != nil || v.Entries != entries {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, table := range []string{"source", "output", "cell", "file"} {
		if rows, err := l.Query("SELECT DISTINCT release FROM " + table); err != nil || int64(len(rows)) != entries {
			t.Errorf("%s has rows of %d entries: %v", table, len(rows), err)
		}
	}
}

// TestKilled: a process that is killed at any row leaves whole entries.
func TestKilled(t *testing.T) {
	const row = "SLUIS_LEDGER_KILLED_AT"
	if path := os.Getenv("SLUIS_LEDGER"); path != "" {
		n, at := 0, 0
		if _, err := fmt.Sscan(os.Getenv(row), &at); err != nil {
			t.Fatal(err)
		}
		ledger.AtStatement(func(string) error {
			if n++; n > at {
				self, err := os.FindProcess(os.Getpid())
				if err == nil {
					err = self.Kill()
				}
				time.Sleep(time.Minute)
				return err
			}
			return nil
		})
		added(t, opened(t, path), 2)
		return
	}
	path, l := made(t)
	before := added(t, l, 1)
	for at := range 8 {
		cmd := selfCommand(t, "TestKilled")
		cmd.Env = append(os.Environ(), "SLUIS_LEDGER="+path, fmt.Sprint(row, "=", at))
		if text, err := cmd.CombinedOutput(); err == nil || strings.Contains(string(text), "FAIL") {
			t.Fatalf("row %d: the process was not killed: %v\n%s", at, err, text)
		}
		whole(t, path, 1, before.Digest)
	}
	added(t, l, 2)
	whole(t, path, 2, before.Digest)
}

// TestFullDisk: where there is no room, nothing is written, and the error says so.
func TestFullDisk(t *testing.T) {
	path, l := made(t)
	before := added(t, l, 1)
	big := release(2)
	for k := range 5000 {
		big.Outputs[0].Cells = append(big.Outputs[0].Cells, ledger.Cell{Coordinates: []string{fmt.Sprint(k)}, Statistic: "count", Value: "12", Status: "published"})
	}
	pages, err := l.Query("PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Exec("PRAGMA max_page_count=" + pages[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Add(t.Context(), big, nil); !errors.Is(err, ledger.ErrFull) {
		t.Fatal(err)
	}
	whole(t, path, 1, before.Digest)
	if err := l.Exec("PRAGMA max_page_count=1000000"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Add(t.Context(), big, nil); err != nil {
		t.Fatal(err)
	}
}

// TestReadOnly: a ledger that may not be written to can be read, and Add says why not.
func TestReadOnly(t *testing.T) {
	path, l := made(t)
	before := added(t, l, 1)
	if err := l.Exec("PRAGMA query_only=1"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Add(t.Context(), release(2), nil); !errors.Is(err, ledger.ErrReadOnly) {
		t.Fatal(err)
	}
	whole(t, path, 1, before.Digest)
}

// TestTwoWriters: writers wait for each other, and one that waits too long is told so.
func TestTwoWriters(t *testing.T) {
	path, l := made(t)
	const each = 20
	var all sync.WaitGroup
	for range 2 {
		w := opened(t, path)
		all.Go(func() {
			for k := range each {
				if _, err := w.Add(context.Background(), release(k), nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if v, err := l.Verify(t.Context(), ledger.VerifyOptions{}); err != nil || v.Entries != 2*each {
		t.Fatalf("%+v, %v", v, err)
	}
	defer ledger.Waiting(10 * time.Millisecond)()
	second := opened(t, path)
	defer ledger.AtStatement(func(string) error {
		if _, err := second.Add(context.Background(), release(0), nil); !errors.Is(err, ledger.ErrBusy) {
			t.Error("the second writer:", err)
		}
		return errors.New("stop")
	})()
	if _, err := l.Add(t.Context(), release(0), nil); err == nil {
		t.Error("no error")
	}
}
