package sdc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc"
)

// countdown is a context that ends after a number of looks at it: it reaches every place
// at which a worker could continue after the end.
type countdown struct {
	context.Context
	mu   sync.Mutex
	left int
	done chan struct{}
}

// Done implements context.Context.
func (c *countdown) Done() <-chan struct{} { return c.done }

// Err implements context.Context.
func (c *countdown) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left > 0 {
		return nil
	}
	if c.left == 0 {
		close(c.done)
	}
	return context.Canceled
}

// TestCancel: whenever the context ends, the check returns its error, or, where it
// was not looked at again, the report of one that was left alone.
func TestCancel(t *testing.T) {
	var rows []row
	for i := range 60 {
		rows = append(rows, row{
			"a": fmt.Sprint("a", i%3), "b": fmt.Sprint("b", i%5), "c": fmt.Sprint("c", i%2),
			"who": fmt.Sprint("p", i%40), "owner": fmt.Sprint("h", i%20), "x": i, "w": 1.5,
		})
	}
	table := tableOf(t, fields("a", text, "b", text, "c", text, "who", text, "owner", text, "x", integer, "w", float), rows...)
	outputs := []sdc.Output{
		{Name: "counts", Kind: sdc.Frequency, By: []string{"a", "b", "c"}},
		{Name: "sums", Kind: sdc.Magnitude, By: []string{"a", "b"}, Response: "x"},
		{Name: "records", Kind: sdc.Microdata, By: []string{"a", "b"}, Sensitive: []string{"c"}},
	}
	policy := sdc.CBS()
	policy.Weighting = "handbook" // defined for holdings
	for _, tc := range []struct {
		name  string
		roles sdc.Roles
		sole  bool
	}{
		{"rows", sdc.Roles{}, false},
		{"respondents", sdc.Roles{Respondent: "who"}, true},
		{"respondents and holdings", sdc.Roles{Respondent: "who", Holding: "owner", Weight: "w"}, true},
	} {
		for _, threads := range []int{1, 3} {
			for _, streamed := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %d threads, streamed %v", tc.name, threads, streamed), func(t *testing.T) {
					data := func() *sdc.Data {
						d := sdc.FromTable(table)
						if streamed {
							r := array.NewTableReader(table, 13)
							t.Cleanup(r.Release)
							d = sdc.FromReaders(r)
						}
						d.Roles = tc.roles
						return d
					}
					opts := sdc.Options{Threads: threads, Sole: tc.sole}
					whole, err := sdc.Check(t.Context(), data(), outputs, policy, opts)
					if err != nil {
						t.Fatal(err)
					}
					want := reportText(t, whole)
					for n, step := 1, 1; ; n += step {
						if testing.Short() {
							step = 1 + n/8
						}
						ctx := &countdown{Context: t.Context(), left: n, done: make(chan struct{})}
						r, err := sdc.Check(ctx, data(), outputs, policy, opts)
						if err == nil {
							if got := reportText(t, r); !bytes.Equal(got, want) {
								t.Errorf("after %d looks: another report", n)
							}
							if ctx.left > 0 {
								return
							}
							continue
						}
						if !errors.Is(err, context.Canceled) || errors.Is(err, guard.ErrInternal) || r != nil {
							t.Fatalf("after %d looks: %v", n, err)
						}
					}
				})
			}
		}
	}
}

func reportText(t *testing.T, r *sdc.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPanicOfAReader: a reader that fails in a goroutine of its own is an error, and
// one that names no data.
func TestPanicOfAReader(t *testing.T) {
	table := tableOf(t, fields("a", text), row{"a": "x"}, row{"a": "y"})
	for _, threads := range []int{1, 2, 7} {
		for _, at := range []int{0, 1} {
			inner := array.NewTableReader(table, 1)
			bad := &failing{RecordReader: inner, left: at}
			r, err := sdc.Check(t.Context(), sdc.FromReaders(bad), []sdc.Output{{Name: "n", Kind: sdc.Frequency, By: []string{"a"}}}, sdc.CBS(), sdc.Options{Threads: threads})
			if !errors.Is(err, guard.ErrInternal) || r != nil || bytes.Contains([]byte(err.Error()), []byte("secret")) {
				t.Errorf("%d threads, record %d: %v", threads, at, err)
			}
			inner.Release()
		}
	}
}

// failing is a reader that panics with data after some records.
type failing struct {
	array.RecordReader
	left int
}

// Next implements array.RecordReader.
func (f *failing) Next() bool {
	if f.left--; f.left < 0 {
		panic("secret")
	}
	return f.RecordReader.Next()
}
