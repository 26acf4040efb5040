package source_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc/source"
)

// mutate changes a few bytes of a file in one of several ways.
func mutate(rng *rand.Rand, text []byte) []byte {
	out := append([]byte{}, text...)
	for range 1 + rng.IntN(3) {
		at := rng.IntN(len(out))
		if rng.IntN(2) == 0 { // where descriptions are
			at = []int{rng.IntN(min(len(out), 2000)), len(out) - 1 - rng.IntN(min(len(out), 2000))}[rng.IntN(2)]
		}
		n := min(1+rng.IntN(16), len(out)-at)
		switch rng.IntN(6) {
		case 0, 1:
			out[at] ^= 1 << rng.IntN(8)
		case 2:
			out[at] = byte(rng.Uint32())
		case 3:
			clear(out[at : at+n])
		case 4:
			copy(out[at:at+n], out[rng.IntN(len(out)-n+1):])
		case 5:
			out = append(out[:at], out[at+n:]...)
		}
		if len(out) == 0 {
			return text[:1]
		}
	}
	return out
}

// TestMutatedAgainstPyarrow: a mutated file gives the same values as in pyarrow. No
// checksum covers an IPC file, so a mutated value reads as another value in both.
// SLUIS_MUTATED sets the number of files; without it there are a few.
func TestMutatedAgainstPyarrow(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Python: not with -short")
	}
	count := 300
	if n, err := strconv.Atoi(os.Getenv("SLUIS_MUTATED")); err == nil {
		count = n
	}
	dir := t.TempDir()
	if err := python(t, "write", dir, "40").Run(); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(paths) == 0 {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(15, 8))
	p := &second{t: t}
	defer p.stop()
	tally := map[string]int{}
	for i := range count {
		from := paths[i%len(paths)]
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "mutated"+filepath.Ext(from))
		if err := os.WriteFile(path, mutate(rng, text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, columns, _, err := readReadable(path, source.Options{MemoryLimit: 256 << 20})
		var fe *source.FileError
		if err != nil {
			if tally["refused"]++; !errors.As(err, &fe) {
				t.Errorf("mutation %d of %s: error of another type: %v", i, filepath.Base(from), err)
			}
			continue
		}
		want := p.read(path, columns)
		if want.Error != "" {
			tally["read here, "+want.Error+" there"]++
			continue
		}
		tally["read by both"]++
		if diff := cmp.Diff(want, got); diff != "" {
			tally["differ"]++
			t.Errorf("mutation %d of %s: (-pyarrow +sluis)\n%.1500s", i, filepath.Base(from), diff)
		}
	}
	t.Logf("%d files: %v", count, tally)
}
