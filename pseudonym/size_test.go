package pseudonym_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestTooLargeForText: an array of text has offsets of 31 bits. Pseudonyms that do not
// fit are an error before anything is hashed, in every encoding as text.
func TestTooLargeForText(t *testing.T) {
	for _, tc := range []struct {
		name     string
		encoding pseudonym.Encoding
		rows     int // the fewest that do not fit
	}{
		{"hexadecimal, 64 characters", pseudonym.Hex, 1 << 25},
		{"base 32, 52 characters", pseudonym.Base32, (1<<31)/52 + 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			values := memory.NewBufferBytes(make([]byte, tc.rows/8+1))
			data := array.NewData(arrow.FixedWidthTypes.Boolean, tc.rows, []*memory.Buffer{nil, values}, nil, 0, 0)
			defer data.Release()
			arr := array.NewBooleanData(data)
			defer arr.Release()
			p := maker(t, func(c *pseudonym.Config) { c.Encoding, c.Bytes = tc.encoding, 32 })
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			// A context that has ended stops what fits, and only that.
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_, err := p.Array(ctx, mem, arr, nil)
			var column *pseudonym.ColumnError
			if !errors.Is(err, pseudonym.ErrSize) || !errors.As(err, &column) || column.Row != -1 {
				t.Errorf("%d rows: %v", tc.rows, err)
			}
			one := array.NewSlice(arr, 0, int64(tc.rows-1))
			defer one.Release()
			if os.Getenv("SLUIS_LONG") == "" {
				return // takes 2 GiB of memory
			}
			if _, err := p.Array(ctx, mem, one, nil); !errors.Is(err, context.Canceled) {
				t.Errorf("%d rows: %v", tc.rows-1, err)
			}
		})
	}
}
