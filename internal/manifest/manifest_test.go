package manifest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluis-go/sluis/internal/manifest"
)

// folder is a folder of files with their texts.
func folder(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return out
}

// listed writes the manifest of a folder into it.
func listed(t *testing.T, dir fstest.MapFS, review ...string) {
	t.Helper()
	m, err := manifest.Of(t.Context(), dir, manifest.Manifest{Policy: &manifest.Policy{Name: "cbs"}, Review: review}, map[string]manifest.Values{"t.csv": {Shows: "sum of turnover"}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := m.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	dir[manifest.Name] = &fstest.MapFile{Data: b.Bytes(), Mode: 0o644}
}

// checked is manifest.Check, with the review apart.
func checked(t *testing.T, dir fstest.MapFS) (found bool, review, wrong []string, err error) {
	t.Helper()
	m, wrong, err := manifest.Check(t.Context(), dir)
	if m != nil {
		review = m.Review
	}
	return m != nil, review, wrong, err
}

// TestOf: files by name, with length, hash and what they show; a review of nothing is a
// list of nothing, and not null.
func TestOf(t *testing.T) {
	dir := folder(map[string]string{"t.csv": "abc", "a.json": "", ".hidden": "x"})
	m, err := manifest.Of(t.Context(), dir, manifest.Manifest{}, map[string]manifest.Values{"t.csv": {Shows: "sum"}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := m.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	const want = `{
  "schema": "sluis.manifest/1",
  "review": [],
  "attackerOff": [],
  "notReckoned": [],
  "files": [
    {
      "name": ".hidden",
      "bytes": 1,
      "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    },
    {
      "name": "a.json",
      "bytes": 0,
      "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    },
    {
      "name": "t.csv",
      "bytes": 3,
      "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "shows": "sum"
    }
  ]
}
`
	if b.String() != want {
		t.Errorf("%s", b.String())
	}
}

// TestCheck: what is noticed of one folder.
func TestCheck(t *testing.T) {
	files := map[string]string{"t.csv": "region,n\nN,5\n", "t.json": "{}", "empty": ""}
	for _, tc := range []struct {
		name  string
		spoil func(dir fstest.MapFS)
		wrong string // part of the only difference; "" for none
	}{
		{"as it was written", func(fstest.MapFS) {}, ""},
		{"a byte is another", func(d fstest.MapFS) { d["t.csv"].Data = []byte("region,n\nN,6\n") }, `"t.csv" is not the file`},
		{"a byte more", func(d fstest.MapFS) { d["t.json"].Data = []byte("{}\n") }, `"t.json" is not the file`},
		{"a byte less", func(d fstest.MapFS) { d["t.json"].Data = []byte("{") }, `"t.json" is not the file`},
		{"a file that was empty", func(d fstest.MapFS) { d["empty"].Data = []byte{0} }, `"empty" is not the file`},
		{"a file that is empty", func(d fstest.MapFS) { d["t.json"].Data = nil }, `"t.json" is not the file`},
		{"a file is gone", func(d fstest.MapFS) { delete(d, "empty") }, `"empty" is in the manifest and not in the folder`},
		{"a file more", func(d fstest.MapFS) { d["more"] = &fstest.MapFile{} }, `"more" is in the folder and not`},
		{"a hidden file", func(d fstest.MapFS) { d[".t.csv"] = d["t.csv"] }, `".t.csv" is in the folder and not`},
		{"a name in other case", func(d fstest.MapFS) { d["T.csv"] = d["t.csv"] }, `"T.csv" is in the folder and not`},
		{"a second manifest in other case", func(d fstest.MapFS) { d["Manifest.json"] = d[manifest.Name] }, `"Manifest.json" is in the folder and not`},
		{"a blank behind the name", func(d fstest.MapFS) { d["t.csv "] = d["t.csv"] }, `"t.csv " is in the folder and not`},
		{"a folder", func(d fstest.MapFS) { d["sub/t.csv"] = d["t.csv"] }, `"sub" is in the folder and not`},
		{"a link in place of a file", func(d fstest.MapFS) { d["t.json"] = &fstest.MapFile{Data: []byte("t.csv"), Mode: fs.ModeSymlink} }, `"t.json" is in the folder and not`},
		{"a pipe in place of a file", func(d fstest.MapFS) { d["t.json"].Mode = fs.ModeNamedPipe }, `"t.json" is in the folder and not`},
		{"a file is listed twice", func(d fstest.MapFS) {
			d[manifest.Name].Data = bytes.Replace(d[manifest.Name].Data, []byte(`"name": "t.json"`), []byte(`"name": "t.csv"`), 1)
		}, ""},
		{"no JSON", func(d fstest.MapFS) { d[manifest.Name].Data = []byte("{") }, "not in the form"},
		{"another schema", func(d fstest.MapFS) {
			d[manifest.Name].Data = bytes.Replace(d[manifest.Name].Data, []byte("manifest/1"), []byte("manifest/2"), 1)
		}, "not in the form"},
		{"a list of no files", func(d fstest.MapFS) {
			d[manifest.Name].Data = []byte(`{"schema": "sluis.manifest/1", "files": "t.csv"}`)
		}, "not in the form"},
		{"an empty manifest", func(d fstest.MapFS) { d[manifest.Name].Data = nil }, "not in the form"},
		{"a manifest of 16 MiB and a byte", func(d fstest.MapFS) {
			d[manifest.Name].Data = append(d[manifest.Name].Data, bytes.Repeat([]byte(" "), 16<<20+1-len(d[manifest.Name].Data))...)
		}, "not in the form"},
		{"a manifest of 16 MiB", func(d fstest.MapFS) {
			d[manifest.Name].Data = append(d[manifest.Name].Data, bytes.Repeat([]byte(" "), 16<<20-len(d[manifest.Name].Data))...)
		}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := folder(files)
			listed(t, dir, "nk")
			tc.spoil(dir)
			found, review, wrong, err := checked(t, dir)
			if !found || err != nil {
				t.Fatalf("found %v, %v", found, err)
			}
			switch {
			case tc.name == "a file is listed twice":
				if len(wrong) < 2 || !strings.Contains(wrong[0], `lists "t.csv" twice`) {
					t.Errorf("%q", wrong)
				}
			case tc.wrong == "":
				if len(wrong) > 0 || !slices.Equal(review, []string{"nk"}) {
					t.Errorf("%q, review %q", wrong, review)
				}
			case len(wrong) != 1 || !strings.Contains(wrong[0], tc.wrong):
				t.Errorf("%q, want %q", wrong, tc.wrong)
			}
		})
	}
}

// TestCheckOfEarlier: a folder without a manifest is told from one with a bad manifest, and
// one of a version that named nothing to review from one that left nothing.
func TestCheckOfEarlier(t *testing.T) {
	if found, review, wrong, err := checked(t, folder(map[string]string{"t.csv": ""})); found || review != nil || wrong != nil || err != nil {
		t.Errorf("no manifest: %v, %v, %v, %v", found, review, wrong, err)
	}
	dir := folder(nil)
	listed(t, dir)
	if found, review, wrong, err := checked(t, dir); !found || review == nil || len(review) > 0 || wrong != nil || err != nil {
		t.Errorf("nothing to review: %v, %v, %v, %v", found, review, wrong, err)
	}
	dir[manifest.Name].Data = []byte(`{"schema": "sluis.manifest/1", "files": []}`)
	if found, review, wrong, err := checked(t, dir); !found || review != nil || wrong != nil || err != nil {
		t.Errorf("an earlier version: %v, %v, %v, %v", found, review, wrong, err)
	}
}

// TestCancelled: a context that has ended ends both.
func TestCancelled(t *testing.T) {
	dir := folder(map[string]string{"t.csv": "x"})
	listed(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, wrong, err := manifest.Check(ctx, dir); !errors.Is(err, context.Canceled) || wrong != nil {
		t.Errorf("Check: %v, %v", wrong, err)
	}
	if m, err := manifest.Of(ctx, dir, manifest.Manifest{}, nil); !errors.Is(err, context.Canceled) || m != nil {
		t.Errorf("Of: %v, %v", m, err)
	}
}

// TestAnyChangeIsNoticed: in random folders every file that is changed, gone, added or
// renamed is in a difference, and nothing else is.
func TestAnyChangeIsNoticed(t *testing.T) {
	names := []string{"a", "A", ".a", "a.csv", "A.CSV", "\u00e4", "a\u0308", "t.release.csv", "t.certificate.json", "b c", "\"", "-", "manifest.json~", "MANIFEST.JSON"}
	changes := 0
	for round := range 300 {
		rng := rand.New(rand.NewPCG(uint64(round), 1))
		files := map[string]string{}
		for _, k := range rng.Perm(len(names))[:1+rng.IntN(6)] {
			text := make([]byte, rng.IntN(40))
			for i := range text {
				text[i] = byte(rng.Uint32())
			}
			files[names[k]] = string(text)
		}
		dir := folder(files)
		listed(t, dir)
		if _, wrong, err := manifest.Check(t.Context(), dir); err != nil || len(wrong) > 0 {
			t.Fatalf("round %d: %q, %v", round, wrong, err)
		}
		touched := map[string]bool{}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			other := names[rng.IntN(len(names))]
			_, there := dir[other]
			switch rng.IntN(6) {
			case 0: // a bit
				if text := dir[name].Data; len(text) > 0 && !touched[name] {
					text = bytes.Clone(text)
					text[rng.IntN(len(text))] ^= 1 << rng.IntN(8)
					dir[name] = &fstest.MapFile{Data: text, Mode: 0o644}
					touched[name] = true
				}
			case 1: // gone
				if _, still := dir[name]; still && !touched[name] {
					delete(dir, name)
					touched[name] = true
				}
			case 2: // another name
				if _, was := files[other]; !there && !was && !touched[name] {
					dir[other] = dir[name]
					delete(dir, name)
					touched[name], touched[other] = true, true
				}
			case 3: // a copy
				if _, was := files[other]; !there && !was && !touched[name] {
					dir[other] = dir[name]
					touched[other] = true
				}
			}
		}
		_, wrong, err := manifest.Check(t.Context(), dir)
		if err != nil || len(wrong) != len(touched) {
			t.Errorf("round %d: %q, touched %v, %v", round, wrong, touched, err)
		}
		for name := range touched {
			if !slices.ContainsFunc(wrong, func(w string) bool { return strings.HasPrefix(w, fmt.Sprintf("%q is", name)) }) {
				t.Errorf("round %d: %q is not in %q", round, name, wrong)
			}
		}
		changes += len(touched)
	}
	if changes < 300 {
		t.Errorf("only %d changes were made", changes)
	}
}
