package sdc

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// texts makes messages and the texts of their arguments. They are stored one after the
// other in blocks, so that few allocations are needed. The zero value is ready to use; a
// texts must not be copied after its first use.
type texts struct {
	block strings.Builder
	few   [64]byte
	args  []words.Arg // room for later arguments
	made  int         // arguments so far
}

// The first and the largest block.
const firstBlock, lastBlock = 1 << 8, 1 << 14

// text returns a text with these bytes.
func (w *texts) text(b []byte) string {
	if c := w.block.Cap(); c-w.block.Len() < len(b) {
		w.block = strings.Builder{}
		w.block.Grow(max(len(b), firstBlock, min(2*c, lastBlock)))
	}
	start := w.block.Len()
	w.block.Write(b)
	return w.block.String()[start:]
}

// say returns a fact.
func (w *texts) say(id words.ID, args ...words.Arg) words.Message {
	n := len(args)
	if len(w.args) < n {
		w.args = make([]words.Arg, max(n, min(1<<10, max(16, w.made))))
	}
	out := w.args[:n:n]
	w.args = w.args[n:]
	w.made += copy(out, args)
	return words.Message{ID: id, Args: out}
}

// count returns a whole number as an argument.
func (w *texts) count(n int64) words.Arg {
	if 0 <= n && n < 100 {
		return words.Count(n) // allocates nothing
	}
	return words.Decimal(w.text(strconv.AppendInt(w.few[:0], n, 10)))
}

// share returns 100*a/b, for a that is not 0. It has enough digits to distinguish the
// share from a whole number and from the limit of the rule, unless the share equals one
// of them.
func (w *texts) share(a, b exact.Num, limit float64) words.Arg {
	if b.Sign() == 0 {
		return words.Arg{Kind: words.Above, Text: "100"}
	}
	s := exact.Share(a, b)
	for _, digits := range []int{1, 3, 6, 9, 12} {
		t := strconv.AppendFloat(w.few[:0], s, 'f', digits, 64)
		back, _ := strconv.ParseFloat(string(t), 64)
		if back == s || back != float64(int64(back)) && back != limit {
			return words.Decimal(w.text(bytes.TrimSuffix(bytes.TrimRight(t, "0"), []byte("."))))
		}
	}
	return words.Decimal(w.text(strconv.AppendFloat(w.few[:0], s, 'f', 15, 64)))
}

// shareAbove is share for a share above the limit. Where no digit of a float
// distinguishes the share from the limit, the argument says that the share is more than
// the limit.
func (w *texts) shareAbove(a, b exact.Num, limit float64, text Percent) words.Arg {
	if b.Sign() != 0 && exact.Share(a, b) <= limit {
		return words.Arg{Kind: words.Above, Text: string(text)}
	}
	return w.share(a, b, limit)
}
