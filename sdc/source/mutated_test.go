package source

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	parquetfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// raw prints a value so that two readers in two languages print the same: bytes and
// floats in hexadecimal, times and dates as numbers.
func raw(arr arrow.Array, i int) string {
	if arr.IsNull(i) {
		return "-"
	}
	switch a := arr.(type) {
	case *array.Dictionary:
		return raw(a.Dictionary(), a.GetValueIndex(i))
	case *array.String:
		return hex.EncodeToString([]byte(a.Value(i)))
	case *array.Binary:
		return hex.EncodeToString(a.Value(i))
	case *array.FixedSizeBinary:
		return hex.EncodeToString(a.Value(i))
	case *array.Float16:
		return fmt.Sprintf("%04x", a.Value(i).Uint16())
	case *array.Float32:
		return fmt.Sprintf("%08x", math.Float32bits(a.Value(i)))
	case *array.Float64:
		return fmt.Sprintf("%016x", math.Float64bits(a.Value(i)))
	case *array.Date32:
		return strconv.Itoa(int(a.Value(i)))
	case *array.Time32:
		return strconv.Itoa(int(a.Value(i)))
	case *array.Time64:
		return strconv.Itoa(int(a.Value(i)))
	case *array.Timestamp:
		return strconv.Itoa(int(a.Value(i)))
	}
	return text(arr, i)
}

// flat are the columns of the seeds that two readers can compare.
var flat = []string{
	"id", "g", "t", "i32", "i64", "f32", "f64", "b", "i8", "i16", "u8", "u16", "u32", "u64", "f16", "day", "t_ms", "t_us", "t_ns", "ts_ms", "ts_us",
	"ts_ns", "utc_us", "d4", "d17", "d38", "d60", "bin", "fsb", "uuid", "d9", "d18", "ts", "tz", "f", "u",
}

// columnLines reads each flat column of a file by itself: its cells, or its error.
func columnLines(path string, names []string) map[string]any {
	out := map[string]any{}
	ctx := context.Background()
	s, err := Open(ctx, []string{path}, Options{BatchRows: 37})
	if err != nil {
		return map[string]any{"": err}
	}
	defer s.Close()
	for _, name := range names {
		if len(s.Schema().FieldIndices(name)) != 1 {
			continue
		}
		out[name] = func() any {
			r, err := s.Reader(ctx, []string{name})
			if err != nil {
				return err
			}
			defer r.Release()
			cells := []string{}
			for r.Next() {
				arr := r.Record().Column(0)
				if err := validate(arr); err != nil {
					return fmt.Errorf("an array that is not valid: %v", err)
				}
				for i := range arr.Len() {
					cells = append(cells, strings.Clone(raw(arr, i)))
				}
			}
			if r.Err() != nil {
				return r.Err()
			}
			return cells
		}()
	}
	return out
}

// mutate changes a file: bits, bytes, a piece of it, or its end.
func mutate(rng *rand.Rand, data []byte) []byte {
	b := slices.Clone(data)
	at := func() int {
		if rng.IntN(2) == 0 {
			// The footer, which no checksum covers.
			n := min(len(b), 1500)
			return len(b) - 1 - rng.IntN(n)
		}
		return rng.IntN(len(b))
	}
	for range 1 + rng.IntN(3) {
		switch k := at(); rng.IntN(8) {
		case 0, 1, 2:
			b[k] ^= 1 << rng.IntN(8)
		case 3, 4:
			b[k] = byte(rng.IntN(256))
		case 5:
			b[k] += byte(2*rng.IntN(2)) - 1
		case 6:
			from := rng.IntN(len(b))
			copy(b[k:], b[from:min(len(b), from+1+rng.IntN(40))])
		case 7:
			if rng.IntN(6) == 0 {
				b = b[:max(1, k)]
			} else {
				b[k] ^= 0x80
			}
		}
	}
	return b
}

func seeds(t testing.TB) (out [][]byte) {
	for _, path := range fixtures(t, "*.parquet") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, data)
	}
	return out
}

// TestMutatedParquet reads files that were changed at random, here and in pyarrow with
// its checks of checksums on: the same rows or an error. SLUIS_MUTATIONS says how many.
func TestMutatedParquet(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import pyarrow.parquet").Run() != nil {
		t.Skip("python3 with pyarrow is not installed: it is the second reader")
	}
	n, _ := strconv.Atoi(os.Getenv("SLUIS_MUTATIONS"))
	if n == 0 {
		n = 150
	}
	rng := rand.New(rand.NewPCG(15, 26))
	dir, all := t.TempDir(), seeds(t)
	for i := range n {
		seed := all[i%len(all)]
		if i >= len(all) {
			seed = mutate(rng, seed)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.parquet", i)), seed, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	other, err := exec.Command(python, filepath.Join("testdata", "parquet", "read.py"), dir, strings.Join(flat, ",")).Output()
	if err != nil {
		t.Fatal(err)
	}
	theirs := map[string]string{}
	for line := range strings.Lines(string(other)) {
		f := strings.Fields(line)
		theirs[f[0]+" "+f[1]] = f[2]
	}
	counts := map[string]int{}
	for i := range n {
		name := fmt.Sprintf("%05d", i)
		ours := columnLines(filepath.Join(dir, name+".parquet"), flat)
		if err, failed := ours[""].(error); failed {
			counts["files refused"]++
			checkKind(t, name, err)
			continue
		}
		counts["files opened"]++
		for column, got := range ours {
			want, known := theirs[name+" "+column]
			if err, failed := got.(error); failed {
				checkKind(t, name, err)
				if counts["columns refused"]++; i < len(all) && !errors.Is(err, ErrUnsupported) {
					t.Errorf("%s, column %s as it was written: %v", name, column, err)
				}
				if known && want != "error" {
					counts["columns refused here alone"]++
				}
				continue
			}
			sum := md5.Sum([]byte(strings.Join(got.([]string), "\n")))
			switch {
			case !known || want == "error":
				counts["columns read here alone"]++
				keep(t, dir, name, "alone-"+column)
			case want == hex.EncodeToString(sum[:]):
				counts["columns read alike"]++
			default:
				t.Errorf("%s, column %s: %d rows, other than those of pyarrow", name, column, len(got.([]string)))
				keep(t, dir, name, "other-"+column)
			}
		}
	}
	t.Logf("%d files: %v", n, counts)
	if counts["columns read alike"] == 0 || counts["columns refused"] == 0 {
		t.Error("the test compares nothing")
	}
}

// keep copies a file to the folder SLUIS_KEEP, for a developer who wants to look at it.
func keep(t *testing.T, dir, name, why string) {
	t.Helper()
	to := os.Getenv("SLUIS_KEEP")
	if to == "" {
		return
	}
	b, err := os.ReadFile(filepath.Join(dir, name+".parquet"))
	if err == nil {
		err = os.WriteFile(filepath.Join(to, name+"-"+why+".parquet"), b, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}

// checkKind: an error is a *FileError of a kind that is known.
func checkKind(t *testing.T, name string, err error) {
	t.Helper()
	var fe *FileError
	if !errors.As(err, &fe) || fe.File == "" || !slices.ContainsFunc([]error{ErrCorrupt, ErrUnsupported, ErrMemory}, func(k error) bool { return errors.Is(err, k) }) {
		t.Errorf("%s: error of another kind: %v", name, err)
	}
}

// FuzzParquetAgainstArrow: both readers read the same values.
func FuzzParquetAgainstArrow(f *testing.F) {
	for _, data := range seeds(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.parquet")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		ours := columnLines(path, flat)
		theirs := arrowLines(data, flat)
		for name, got := range ours {
			cells, ok := got.([]string)
			want, read := theirs[name]
			if ok && read && !slices.Equal(cells, want) {
				t.Fatalf("column %q: %d rows here and %d there, or others", name, len(cells), len(want))
			}
		}
	})
}

// arrowLines reads flat columns with the reader of arrow. Columns at which it fails are
// left out.
func arrowLines(data []byte, names []string) (out map[string][]string) {
	out = map[string][]string{}
	defer func() { recover() }() //nolint:errcheck // a reader that panics has read nothing
	rdr, err := parquetfile.NewParquetReader(bytes.NewReader(data), parquetfile.WithReadProps(parquet.NewReaderProperties(memory.DefaultAllocator)))
	if err != nil {
		return out
	}
	rdr.MetaData().FileMetaData.KeyValueMetadata = nil
	fr, err := pqarrow.NewFileReader(rdr, pqarrow.ArrowReadProperties{BatchSize: 1 << 16}, memory.DefaultAllocator)
	if err != nil {
		return out
	}
	sc, err := fr.Schema()
	if err != nil {
		return out
	}
	for _, name := range names {
		if len(sc.FieldIndices(name)) != 1 {
			continue
		}
		if cells, ok := arrowColumn(fr, sc, name); ok {
			out[name] = cells
		}
	}
	return out
}

func arrowColumn(fr *pqarrow.FileReader, sc *arrow.Schema, name string) (cells []string, ok bool) {
	defer func() {
		if recover() != nil {
			cells, ok = nil, false
		}
	}()
	i := sc.FieldIndices(name)[0]
	leaf := fr.Manifest.Fields[i].ColIndex
	if leaf < 0 || fr.ParquetReader().MetaData().Schema.Column(leaf).PhysicalType() == parquet.Types.Int96 {
		return nil, false // arrow's INT96 are nanoseconds
	}
	cells = []string{}
	for g := range fr.ParquetReader().NumRowGroups() {
		if fr.ParquetReader().MetaData().RowGroup(g).NumRows() > 1<<16 {
			return nil, false
		}
		c, err := fr.GetFieldReader(context.Background(), i, map[int]bool{leaf: true}, []int{g})
		if err != nil {
			return nil, false
		}
		chunks, err := c.NextBatch(fr.ParquetReader().MetaData().RowGroup(g).NumRows())
		if err != nil {
			return nil, false
		}
		if int64(chunks.Len()) != fr.ParquetReader().MetaData().RowGroup(g).NumRows() {
			return nil, false // it ends without an error at an encoding that it lacks
		}
		for _, arr := range chunks.Chunks() {
			if validate(arr) != nil {
				return nil, false
			}
			for k := range arr.Len() {
				cells = append(cells, raw(arr, k))
			}
		}
	}
	return cells, true
}
