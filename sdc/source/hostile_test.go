package source_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc/source"
)

// readAll reads a whole file, looking at every value, and returns the bytes that
// were set aside for it on the way.
func readAll(path string) (allocated uint64, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = func() error {
		ctx := context.Background()
		s, err := source.Open(ctx, []string{path}, source.Options{BatchRows: 4096})
		if err != nil {
			return err
		}
		defer s.Close()
		r, err := s.Reader(ctx, nil)
		if err != nil {
			return err
		}
		defer r.Release()
		_, err = lines(r)
		return err
	}()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, err
}

// compressedIPC writes the fixture as a compressed IPC stream.
func compressedIPC(t testing.TB, path string, opt ipc.Option, rows int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := ipc.NewWriter(f, ipc.WithSchema(fixtureSchema), opt)
	rec := fixture(memory.DefaultAllocator, rows)
	defer rec.Release()
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
}

// corpus is a file of every binary format.
func corpus(t testing.TB, rows int) []string {
	dir := t.TempDir()
	var paths []string
	for _, ext := range []string{".parquet", ".arrow", ".arrows"} {
		p := filepath.Join(dir, "x"+ext)
		write(t, p, rows)
		paths = append(paths, p)
	}
	for name, opt := range map[string]ipc.Option{"zstd": ipc.WithZstd(), "lz4": ipc.WithLZ4()} {
		p := filepath.Join(dir, name+".arrows")
		compressedIPC(t, p, opt, rows)
		paths = append(paths, p)
	}
	return paths
}

// TestBitFlips flips one bit at a time: an error or a readable file, never a
// crash, and never more memory than twice what the file itself needs (and a
// fixed room for decoders).
func TestBitFlips(t *testing.T) {
	flips := 2000
	if testing.Short() {
		flips = 200
	}
	const room = 48 << 20
	rng := rand.New(rand.NewPCG(20, 26))
	for _, path := range corpus(t, 300) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		need, err := readAll(path)
		if err != nil {
			t.Fatalf("%s: %v", filepath.Base(path), err)
		}
		errs := 0
		for range flips {
			bit := rng.IntN(8 * len(data))
			data[bit/8] ^= 1 << (bit % 8)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			used, err := readAll(path)
			if used > 2*need+room {
				t.Errorf("%s, bit %d: %d bytes where %d are needed", filepath.Base(path), bit, used, need)
			}
			var fe *source.FileError
			if err != nil {
				errs++
				if !errors.As(err, &fe) {
					t.Errorf("%s, bit %d: error of another type: %v", filepath.Base(path), bit, err)
				}
			}
			data[bit/8] ^= 1 << (bit % 8)
		}
		t.Logf("%s: %d of %d flips are errors", filepath.Base(path), errs, flips)
	}
}

// TestTruncated cuts a file at every length: an error.
func TestTruncated(t *testing.T) {
	for _, path := range corpus(t, 20) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		step := 1
		if testing.Short() {
			step = 17
		}
		for n := 0; n < len(data); n += step {
			if err := os.WriteFile(path, data[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := readAll(path)
			if err == nil {
				t.Errorf("%s cut to %d of %d bytes is read", filepath.Base(path), n, len(data))
			}
			var fe *source.FileError
			if err != nil && !errors.As(err, &fe) {
				t.Errorf("%s cut to %d: error of another type: %v", filepath.Base(path), n, err)
			}
		}
	}
}

func fuzzFormat(f *testing.F, ext string) {
	for _, path := range corpus(f, 5) {
		if filepath.Ext(path) == ext {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x"+ext)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readAll(path)
		var fe *source.FileError
		if err != nil && !errors.As(err, &fe) {
			t.Fatalf("error of another type: %v", err)
		}
	})
}

func FuzzParquet(f *testing.F) { fuzzFormat(f, ".parquet") }
func FuzzIPC(f *testing.F)     { fuzzFormat(f, ".arrow") }
func FuzzStream(f *testing.F)  { fuzzFormat(f, ".arrows") }
