package sdc

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/internal/exact"
)

// words makes strings out of parts. They lie one behind the other in blocks, so that
// it allocates now and then. The zero value is ready to use; it must not be copied
// afterwards.
type words struct {
	block strings.Builder
	few   [32]byte
}

// The first and the largest block.
const firstBlock, lastBlock = 1 << 8, 1 << 14

// begin makes room for n bytes and says where they will begin.
func (w *words) begin(n int) int {
	if c := w.block.Cap(); c-w.block.Len() < n {
		w.block = strings.Builder{}
		w.block.Grow(max(n, firstBlock, min(2*c, lastBlock)))
	}
	return w.block.Len()
}

// join returns the parts as one string.
func (w *words) join(parts ...string) string {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	start := w.begin(n)
	for _, p := range parts {
		w.block.WriteString(p)
	}
	return w.block.String()[start:]
}

func (w *words) text(b []byte) string {
	start := w.begin(len(b))
	w.block.Write(b)
	return w.block.String()[start:]
}

// number returns n in decimal.
func (w *words) number(n int64) string { return w.text(strconv.AppendInt(w.few[:0], n, 10)) }

// plural returns n with a noun.
func (w *words) plural(n int64, noun string) string {
	if n == 1 {
		return w.join("1 ", noun)
	}
	return w.join(w.number(n), " ", noun, "s")
}

// share prints 100*a/b, for a that is not 0, with enough digits to tell it from a
// round limit.
func (w *words) share(a, b exact.Num) string {
	if b.Sign() == 0 {
		return ">100"
	}
	s := exact.Share(a, b)
	for _, digits := range []int{1, 3} {
		t := strconv.AppendFloat(w.few[:0], s, 'f', digits, 64)
		if back, _ := strconv.ParseFloat(string(t), 64); back != float64(int64(back)) || back == s {
			return w.text(bytes.TrimSuffix(t, []byte(".0")))
		}
	}
	return w.text(strconv.AppendFloat(w.few[:0], s, 'f', 6, 64))
}
