package source_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sluis-go/sluis/sdc/source"
)

// counted is a stream with a number of rows behind it.
func counted(stream []byte, rows uint64) []byte {
	return binary.LittleEndian.AppendUint64(bytes.Clone(stream), rows)
}

// TestReceive: a stream has the rows and the hash of the file of the same bytes, with and
// without the number of rows, in memory and in a temporary file, however the bytes arrive.
func TestReceive(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	stream := uploads(t, 300)[".arrows"]
	path := filepath.Join(t.TempDir(), "x.arrows")
	if err := os.WriteFile(path, stream, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := source.Open(t.Context(), []string{path}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	want, err := rowsOf(file)
	if err != nil || len(want) != 300 {
		t.Fatal(len(want), err)
	}
	sum := sha256.Sum256(stream)
	for _, follow := range []bool{false, true} {
		for _, memory := range []int64{0, 1, int64(len(stream))} {
			for how, wrap := range map[string]func(io.Reader) io.Reader{
				"at once": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "end with data": iotest.DataErrReader,
			} {
				t.Run(fmt.Sprintf("%v, %d, %s", follow, memory, how), func(t *testing.T) {
					text := stream
					if follow {
						text = counted(stream, 300)
					}
					in, err := source.Receive(t.Context(), wrap(bytes.NewReader(text)), source.ReceiveOptions{RowsFollow: follow, Memory: memory})
					if err != nil {
						t.Fatal(err)
					}
					defer in.Close()
					for range 2 { // passes over the data
						s, err := source.Open(t.Context(), []string{"-"}, source.Options{Received: in, Sums: map[string]string{"-": hex.EncodeToString(sum[:])}})
						if err != nil {
							t.Fatal(err)
						}
						got, err := rowsOf(s)
						if err != nil || !slices.Equal(got, want) {
							t.Errorf("%d rows, %v", len(got), err)
						}
						if f := s.Files()[0]; f.Name != "-" || f.SHA256 != hex.EncodeToString(sum[:]) || f.Rows != 300 || f.Size != int64(len(stream)) {
							t.Errorf("%+v", f)
						}
						if err := s.Close(); err != nil {
							t.Error(err)
						}
					}
					if err := in.Close(); err != nil {
						t.Error(err)
					}
					if _, err := source.Open(t.Context(), []string{"-"}, source.Options{Received: in}); err == nil {
						t.Error("a closed stream was read")
					}
				})
			}
		}
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestCutStream: a stream that ends at any byte but the last is an error that says so, and
// never fewer rows. The same holds for a stream with the number of rows behind it, for
// another number, and for bytes behind that number.
func TestCutStream(t *testing.T) {
	stream := uploads(t, 12)[".arrows"]
	for _, tc := range []struct {
		name   string
		text   []byte
		follow bool
	}{
		{"stream", stream, false},
		{"stream and number", counted(stream, 12), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for n := range len(tc.text) + 1 {
				in, err := source.Receive(t.Context(), bytes.NewReader(tc.text[:n]), source.ReceiveOptions{RowsFollow: tc.follow})
				if whole := n == len(tc.text); whole != (err == nil) || !whole && !errors.Is(err, source.ErrEarly) {
					t.Errorf("cut at %d of %d: %v", n, len(tc.text), err)
				}
				if err == nil {
					in.Close()
				}
			}
		})
	}
	for _, tc := range []struct {
		name   string
		text   []byte
		follow bool
		early  bool
		says   string
	}{
		{"a row less than said", counted(stream, 13), true, true, "another number of rows"},
		{"a row more than said", counted(stream, 11), true, true, "another number of rows"},
		{"no number", stream, true, true, "is missing"},
		{"big-endian number", append(bytes.Clone(stream), 0, 0, 0, 0, 0, 0, 0, 12), true, true, "another number"},
		{"a byte behind the number", append(counted(stream, 12), 0), true, false, "bytes follow"},
		{"a number that was not asked for", counted(stream, 12), false, false, "--rows-follow"},
		{"two streams", append(bytes.Clone(stream), stream...), false, false, "bytes follow"},
		{"a Parquet file", []byte("PAR1aaaaaaaaPAR1"), false, false, "Parquet"},
		{"text", []byte("id,region\n1,n\n"), false, true, "no Arrow IPC stream"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := source.Receive(t.Context(), bytes.NewReader(tc.text), source.ReceiveOptions{RowsFollow: tc.follow})
			var at *source.FileError
			if !errors.As(err, &at) || at.File != "-" || errors.Is(err, source.ErrEarly) != tc.early || !strings.Contains(err.Error(), tc.says) {
				t.Error(err)
			}
		})
	}
}

// TestReceiveEnds: a reader that fails is its error, and one that waits does not hold the
// context up.
func TestReceiveEnds(t *testing.T) {
	broken := errors.New("broken pipe")
	if _, err := source.Receive(t.Context(), iotest.ErrReader(broken), source.ReceiveOptions{}); !errors.Is(err, broken) {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	defer w.Close()
	go func() {
		w.Write(uploads(t, 12)[".arrows"][:100])
		stop()
	}()
	if _, err := source.Receive(ctx, r, source.ReceiveOptions{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestStreamName: - never is a file of that name, and counts once.
func TestStreamName(t *testing.T) {
	in, err := source.Receive(t.Context(), bytes.NewReader(uploads(t, 12)[".arrows"]), source.ReceiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("-", uploads(t, 12)[".arrows"], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		names []string
		in    *source.Received
		says  string
	}{
		{"no stream", []string{"-"}, nil, "not read here"},
		{"twice", []string{"-", "-"}, in, "twice"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := source.Open(t.Context(), tc.names, source.Options{Received: tc.in}); err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Error(err)
			}
		})
	}
}
