package source_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/decimal256"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc/source"
)

// python skips a test where Python and pyarrow are not installed, and returns the
// command that runs testdata/ipc.py.
func python(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	if err := exec.Command("python3", "-c", "import pyarrow").Run(); err != nil {
		t.Skip("python3 with pyarrow is not installed")
	}
	cmd := exec.Command("python3", append([]string{"-W", "ignore", filepath.Join("testdata", "ipc.py")}, args...)...)
	cmd.Stderr = os.Stderr
	return cmd
}

// reading is the result of a reader for a file.
type reading struct {
	Rows    int64                `json:"rows"`
	Columns map[string][]*string `json:"columns"`
	Error   string               `json:"error"`
}

// readReadable reads all columns of a file that can be read, and returns the names
// of the others.
func readReadable(path string, opts source.Options) (out reading, columns, others []string, err error) {
	ctx := context.Background()
	s, err := source.Open(ctx, []string{path}, opts)
	if err != nil {
		return out, nil, nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, f := range s.Schema().Fields() {
		r, err := s.Reader(ctx, []string{f.Name})
		switch {
		case errors.Is(err, source.ErrUnsupported):
			others = append(others, f.Name)
			continue
		case err != nil:
			return out, nil, nil, err
		}
		r.Release()
		columns = append(columns, f.Name)
	}
	readers, err := s.Split(ctx, columns, 3)
	if err != nil {
		return out, columns, others, err
	}
	out.Columns = map[string][]*string{}
	for _, name := range columns {
		out.Columns[name] = []*string{}
	}
	for _, r := range readers {
		for r.Next() {
			if at := r.(interface{ Offset() int64 }).Offset(); at != out.Rows {
				err = errors.Join(err, fmt.Errorf("offset %d of row %d", at, out.Rows))
			}
			out.Rows += r.Record().NumRows()
			for i, name := range columns {
				out.Columns[name] = append(out.Columns[name], texts(r.Record().Column(i))...)
			}
		}
		err = errors.Join(err, r.Err())
		r.Release()
	}
	if n, known := s.Rows(); err == nil && (!known || n != out.Rows) {
		err = fmt.Errorf("%d rows are said, %d read", n, out.Rows)
	}
	return out, columns, others, err
}

// texts is text of testdata/ipc.py.
func texts(arr arrow.Array) []*string {
	out := make([]*string, arr.Len())
	for i := range out {
		if s, ok := value(arr, i); ok {
			out[i] = &s
		}
	}
	return out
}

func value(arr arrow.Array, i int) (string, bool) {
	if arr.IsNull(i) {
		return "", false
	}
	float := func(v float64) string { return fmt.Sprintf("%016x", math.Float64bits(v)) }
	switch a := arr.(type) {
	case *array.Null:
		return "", false
	case *array.Dictionary:
		return value(a.Dictionary(), a.GetValueIndex(i))
	case *array.String:
		return hex.EncodeToString([]byte(a.Value(i))), true
	case *array.LargeString:
		return hex.EncodeToString([]byte(a.Value(i))), true
	case *array.Binary:
		return hex.EncodeToString(a.Value(i)), true
	case *array.FixedSizeBinary:
		return hex.EncodeToString(a.Value(i)), true
	case *array.Float32:
		return float(float64(a.Value(i))), true
	case *array.Float64:
		return float(a.Value(i)), true
	case *array.Decimal128:
		return decimal128.Num(a.Value(i)).BigInt().String(), true
	case *array.Decimal256:
		return decimal256.Num(a.Value(i)).BigInt().String(), true
	case *array.Date32:
		return strconv.Itoa(int(a.Value(i))), true
	case *array.Timestamp:
		return strconv.Itoa(int(a.Value(i))), true
	case *array.Time64:
		return strconv.Itoa(int(a.Value(i))), true
	}
	return arr.ValueStr(i), true
}

// second is another reader, in a process that is started again where it dies of a
// file.
type second struct {
	t     testing.TB
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	death int
}

func (p *second) start() {
	p.cmd = python(p.t, "read")
	p.cmd.Stderr = nil
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		p.t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *second) stop() {
	if p.cmd != nil {
		p.in.Close()
		p.cmd.Wait() //nolint:errcheck // it may have died
		p.cmd = nil
	}
}

func (p *second) read(path string, columns []string) (out reading) {
	if p.cmd == nil {
		p.start()
	}
	line, err := json.Marshal([]any{path, columns})
	if err != nil {
		p.t.Fatal(err)
	}
	p.in.Write(append(line, '\n')) //nolint:errcheck // it may have died
	answer, err := p.out.ReadBytes('\n')
	if err != nil {
		p.stop()
		p.death++
		return reading{Error: "died"}
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		p.t.Fatalf("%s: %v", path, err)
	}
	return out
}

// TestAgainstPyarrow reads files that pyarrow and polars write, and has pyarrow read
// them as well.
func TestAgainstPyarrow(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Python: not with -short")
	}
	dir := t.TempDir()
	if err := python(t, "write", dir, "1000").Run(); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(paths) < 15 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	p := &second{t: t}
	defer p.stop()
	unread := []string{"fixed", "list", "listview", "map", "runs", "struct", "union"}
	for _, path := range paths {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		got, columns, others, err := readReadable(path, source.Options{Allocator: mem})
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		mem.AssertSize(t, 0)
		for _, name := range others {
			if !slices.Contains(unread, name) {
				t.Errorf("%s: column %q cannot be read", filepath.Base(path), name)
			}
		}
		if diff := cmp.Diff(p.read(path, columns), got); diff != "" {
			t.Errorf("%s: (-pyarrow +sluis)\n%.2000s", filepath.Base(path), diff)
		}
	}
}
