// One file, because the parts belong together: random rows become evidence, by any plan,
// and then lines that are compared with the lines of the oracle. The file has no test.

package evidence_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/oracle"
)

// plan is one way through the same data: which rows in which order, cut into
// batches, given to which part, and how the parts are merged.
type plan struct {
	batches  [][]int // rows of each batch
	part     []int   // of each batch
	parts    int
	merges   [][2]int // receiver and giver; the first receiver is part 0
	codes    *rand.Rand
	compact  int // rows of pairs before they are compacted; 0: never here
	spill    int // rows of a pool that stay in memory; 0: all
	fine     int // see evidence.Spill
	storage  *storage
	threads  int
	receiver int
	keys     bool // units by key, not by dense id
	grids    bool // rows by dictionary indices, where that can be
}

// straight is one batch of all rows in order.
func (d *data) straight() plan {
	all := make([]int, len(d.rows))
	for i := range all {
		all[i] = i
	}
	return plan{batches: [][]int{all}, part: []int{0}, parts: 1, threads: 1}
}

// shuffled is a random plan over all rows.
func (d *data) shuffled(rng *rand.Rand) plan {
	p := plan{parts: 1 + rng.IntN(4), threads: []int{1, 2, 7}[rng.IntN(3)], compact: []int{0, 1, 3, 10}[rng.IntN(4)], codes: rng,
		spill: []int{0, 0, 0, 0, 0, 0, 1, 7}[rng.IntN(8)], fine: rng.IntN(4), storage: &storage{}}
	rows := rng.Perm(len(d.rows))
	for len(rows) > 0 {
		n := 1 + rng.IntN(len(rows))
		p.batches = append(p.batches, rows[:n])
		p.part = append(p.part, rng.IntN(p.parts))
		rows = rows[n:]
	}
	alive := rng.Perm(p.parts)
	for len(alive) > 1 {
		i, j := rng.IntN(len(alive)), rng.IntN(len(alive)-1)
		if j >= i {
			j++
		}
		p.merges = append(p.merges, [2]int{alive[i], alive[j]})
		alive = slices.Delete(alive, j, j+1)
	}
	p.receiver = alive[0]
	return p
}

// storage is a Storage in memory, which can be set to fail after some calls.
type storage struct {
	mu       sync.Mutex
	b        []byte
	failAt   int // call that fails, from 1; 0: none
	calls    int
	appended int
}

var errFull = errors.New("full")

func (s *storage) call() error {
	if s.calls++; s.calls == s.failAt {
		return errFull
	}
	return nil
}

func (s *storage) Append(b []byte) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := len(s.b)
	s.b = append(s.b, b...)
	s.appended++
	return int64(at), s.call()
}

func (s *storage) ReadAt(b []byte, at int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copy(b, s.b[at:]), s.call()
}

// coder numbers names in the order of first sight.
type coder struct {
	code  map[string]uint32
	names []string
}

func (c *coder) of(name string) uint32 {
	if c.code == nil {
		c.code = map[string]uint32{}
	}
	if _, ok := c.code[name]; !ok {
		c.code[name] = uint32(len(c.names))
		c.names = append(c.names, name)
	}
	return c.code[name]
}

func (c *coder) merge(o *coder) []uint32 {
	out := make([]uint32, len(o.names))
	for i, name := range o.names {
		out[i] = c.of(name)
	}
	return out
}

// worker is an accumulator with the codes of its part.
type worker struct {
	d                   *data
	acc                 *evidence.Accumulator
	cols                []coder
	respondent, holding coder
	keys, grids         bool
	rng                 *rand.Rand
	grid                *evidence.Grid // nil unless the plan has grids
	cards               []int          // of grid
	gridded, refused    int            // batches
	merged              int            // grids
}

func (d *data) worker(p *plan) (*worker, error) {
	var rd, wd int
	float := false
	if d.shape.Response {
		rd, _ = column.NumberDigits(d.response.typ)
		float = column.IsFloat(d.response.typ)
	}
	if d.shape.Weight {
		wd, _ = column.NumberDigits(d.weight.typ)
	}
	acc, err := evidence.New(d.shape, rd, wd, float)
	if err != nil {
		return nil, err
	}
	if p.compact > 0 {
		acc.CompactAfter(p.compact)
	}
	if p.spill > 0 {
		acc.SpillTo(evidence.NewSpill(p.storage, p.spill).Fine(p.fine))
	}
	if p.grids && p.codes == nil {
		panic("grids need a generator")
	}
	w := &worker{d: d, acc: acc, keys: p.keys, grids: p.grids, rng: p.codes, cols: make([]coder, d.shape.Columns)}
	if p.codes != nil && p.codes.IntN(2) == 0 {
		// Codes in any order, and codes that no row of this part uses.
		for _, i := range p.codes.Perm(len(d.rows))[:len(d.rows)/2] {
			w.encode(i)
		}
	}
	return w, nil
}

func (w *worker) encode(i int) (codes []uint32, respondent, holding uint32) {
	r := &w.d.rows[i]
	for v := range w.cols {
		codes = append(codes, w.cols[v].of(r.Codes[v]))
	}
	if w.d.shape.Respondent {
		respondent = w.respondent.of(r.Respondent)
	}
	if r.Holding != "" {
		holding = w.holding.of(r.Holding)
	}
	return codes, respondent, holding
}

func (w *worker) add(t testing.TB, mem memory.Allocator, rows []int) error {
	t.Helper()
	s := w.d.shape
	b := evidence.Batch{Rows: len(rows), Cols: make([][]uint32, s.Columns)}
	for _, i := range rows {
		codes, respondent, holding := w.encode(i)
		for v, c := range codes {
			b.Cols[v] = append(b.Cols[v], c)
		}
		if s.Respondent {
			b.Respondent = append(b.Respondent, respondent)
		}
		if s.Holding {
			b.Holding = append(b.Holding, holding)
			b.HoldingNull = append(b.HoldingNull, w.d.rows[i].Holding == "")
		}
	}
	if !slices.Contains(b.HoldingNull, true) {
		b.HoldingNull = nil
	}
	for v := range w.cols {
		b.Cards = append(b.Cards, len(w.cols[v].names))
	}
	if s.Response {
		b.Response = w.d.response.read(t, mem, rows)
	}
	if s.Weight {
		b.Weight = w.d.weight.read(t, mem, rows)
	}
	if (s.Sole || s.Largest > 0 || s.Owners) && !s.Respondent {
		b.FirstRow = uint64(rows[0])
		for k, i := range rows {
			if b.RowKey = append(b.RowKey, uint64(i)); i != rows[0]+k {
				b.FirstRow = 1 << 40 // wrong
			}
		}
		if b.FirstRow < 1<<40 {
			b.RowKey = nil
		}
	}
	if w.keys {
		b.RespondentKey, b.Respondent = keysOf(&w.respondent, b.Respondent), nil
		b.HoldingKey, b.Holding = keysOf(&w.holding, b.Holding), nil
	}
	if w.grids {
		if done, err := w.addToGrid(&b); done || err != nil {
			return err
		}
	}
	return w.acc.Add(&b)
}

// addToGrid hands a batch to a grid over the codes as they are now. Now and then,
// and where there are new codes, it begins a new one.
func (w *worker) addToGrid(b *evidence.Batch) (bool, error) {
	if w.grid != nil && (!slices.Equal(w.cards, b.Cards) || w.rng.IntN(5) == 0) {
		if err := w.flush(); err != nil {
			return false, err
		}
	}
	if w.grid == nil {
		if w.grid, w.cards = w.acc.NewGrid(b.Cards, 1<<20), b.Cards; w.grid == nil {
			return false, nil
		}
	}
	cols := make([]column.Indices, len(b.Cols))
	for c, codes := range b.Cols {
		width := w.rng.IntN(3)
		cols[c].Below = b.Cards[c]
		for _, code := range codes {
			switch width {
			case 0:
				cols[c].U8 = append(cols[c].U8, uint8(code))
			case 1:
				cols[c].U16 = append(cols[c].U16, uint16(code))
			default:
				cols[c].U32 = append(cols[c].U32, code)
			}
		}
	}
	ok, err := w.grid.Add(b, cols)
	if ok {
		w.gridded++
		return true, err
	}
	w.refused++
	if err == nil {
		err = w.flush()
	}
	return false, err
}

// flush hands the counts of the grid to the accumulator.
func (w *worker) flush() error {
	if w.grid == nil {
		return nil
	}
	columns := make([][]uint32, len(w.cards))
	for c := range columns {
		for code, used := range w.grid.Used(c) {
			if used {
				columns[c] = append(columns[c], uint32(code))
			} else {
				columns[c] = append(columns[c], evidence.NoNode)
			}
		}
	}
	g := w.grid
	w.grid = nil
	return w.acc.Take(g, columns, 2)
}

// keysOf turns dense ids into keys that are the same in every worker.
func keysOf(c *coder, ids []uint32) []uint64 {
	if ids == nil {
		return nil
	}
	keys := make([]uint64, len(ids))
	for i, id := range ids {
		if len(c.names) > 0 { // without a holding any id will do
			for _, ch := range c.names[id] {
				keys[i] = keys[i]<<8 | uint64(ch)
			}
		}
	}
	return keys
}

// respondents counts the distinct respondents.
func (d *data) respondents() int64 {
	seen := map[string]bool{}
	for _, r := range d.rows {
		seen[r.Respondent] = true
	}
	return int64(len(seen))
}

func (w *worker) merge(o *worker) error {
	w.gridded, w.refused, w.merged = w.gridded+o.gridded, w.refused+o.refused, w.merged+o.merged
	same := w.grid != nil && o.grid != nil && slices.Equal(w.cards, o.cards) && w.grid.Fits(o.grid)
	for v := 0; same && v < len(w.cols); v++ {
		same = slices.Equal(w.cols[v].names[:w.cards[v]], o.cols[v].names[:o.cards[v]])
	}
	if !same {
		if err := errors.Join(w.flush(), o.flush()); err != nil {
			return err
		}
	}
	var m evidence.Codes
	for v := range w.cols {
		m.Columns = append(m.Columns, w.cols[v].merge(&o.cols[v]))
	}
	m.Respondent = w.respondent.merge(&o.respondent)
	m.Holding = w.holding.merge(&o.holding)
	if same {
		w.merged++
		if err := w.grid.Merge(o.grid, m, 2); err != nil {
			return err
		}
	}
	return w.acc.Merge(o.acc, m)
}

// accumulate follows a plan up to the margins.
func (d *data) accumulate(t testing.TB, p plan) (*worker, error) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	parts := make([]*worker, p.parts)
	for k := range parts {
		var err error
		if parts[k], err = d.worker(&p); err != nil {
			return nil, err
		}
	}
	for k, rows := range p.batches {
		if err := parts[p.part[k]].add(t, mem, rows); err != nil {
			return nil, err
		}
	}
	for _, m := range p.merges {
		if err := parts[m[0]].merge(parts[m[1]]); err != nil {
			return nil, err
		}
	}
	return parts[p.receiver], parts[p.receiver].flush()
}

// nodes lists the nodes of a variable over all its levels, in order.
func (d *data) nodes(v int) []string {
	var out []string
	for _, l := range d.levels[v] {
		for _, node := range l {
			out = append(out, node)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// evidenceLevels are the levels in the worker's codes.
func (w *worker) evidenceLevels() []evidence.Levels {
	out := make([]evidence.Levels, len(w.cols))
	for v := range w.cols {
		nodes := w.d.nodes(v)
		for _, l := range w.d.levels[v] {
			at := make([]uint32, len(w.cols[v].names))
			for code, name := range w.cols[v].names {
				at[code] = evidence.NoNode
				if node, ok := l[name]; ok {
					k, _ := slices.BinarySearch(nodes, node)
					at[code] = uint32(k)
				}
			}
			out[v] = append(out[v], at)
		}
	}
	return out
}

func (d *data) oracleLevels() [][]oracle.Level {
	out := make([][]oracle.Level, len(d.levels))
	for v, levels := range d.levels {
		for _, l := range levels {
			out[v] = append(out[v], oracle.Tree(l))
		}
	}
	return out
}

// lines prints every cell of every combination of levels, one a line, with
// exact numbers; the order of cells is that of the evidence.
func (w *worker) lines(t testing.TB, threads int) []string {
	t.Helper()
	combos := oracle.Combos(w.d.oracleLevels())
	margins, err := w.acc.Margins(t.Context(), w.evidenceLevels(), combos, threads)
	if err != nil {
		t.Fatal(err)
	}
	u, s := w.acc.Units(), w.d.shape
	var out []string
	for k, m := range margins {
		if !slices.Equal(m.Levels, combos[k]) {
			t.Fatalf("margin %d has levels %v, asked were %v", k, m.Levels, combos[k])
		}
		for i := range m.N {
			var l line
			for v := range m.Nodes {
				l.nodes = append(l.nodes, w.d.nodes(v)[m.Nodes[v][i]])
			}
			l.counts = []int64{m.Records[i], m.Respondents[i], m.Holdings[i], m.Contributors[i]}
			if s.Response {
				l.counts = append(l.counts, m.Missing[i], m.NonZero[i])
				l.negative = m.Negative[i]
				l.number(u.Response, m.Sum.At(i))
				l.number(u.Response, m.SumAbs.At(i))
				for k := range m.Top.Len(i) {
					x := m.Top.At(i, k)
					l.number(u.Response, x.Value)
					if s.Tau {
						l.number(u.Weight, x.Weight)
					}
				}
			}
			if s.Weight {
				l.number(u.Weight, m.Weights.At(i))
				if s.Response {
					l.number(u.Product, m.Weighted.At(i))
					l.number(u.Product, m.WeightedAbs.At(i))
				}
			}
			out = append(out, l.text(combos[k]))
		}
	}
	return out
}

// line is one cell, printed.
type line struct {
	nodes    []string
	counts   []int64
	negative bool
	numbers  []string
}

func (l *line) number(u exact.Unit, x exact.Num) { l.rat(u.Rat(x)) }
func (l *line) rat(x *big.Rat)                   { l.numbers = append(l.numbers, x.RatString()) }
func (l *line) text(combo []int) string {
	return fmt.Sprintf("%v %q %v %t %s", combo, l.nodes, l.counts, l.negative, strings.Join(l.numbers, " "))
}

// want is the expected output of lines, by the oracle.
func (d *data) want() []string {
	levels := d.oracleLevels()
	var out []string
	for _, combo := range oracle.Combos(levels) {
		cells := d.oracle().Cells(oracle.Pick(levels, combo))
		var keys []string
		for k := range cells {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b string) int { return slices.Compare(cells[a].Nodes, cells[b].Nodes) })
		for _, k := range keys {
			out = append(out, d.wantLine(cells[k]).text(combo))
		}
	}
	return out
}

func (d *data) wantLine(c *oracle.Cell) *line {
	s := d.shape
	l := &line{nodes: c.Nodes, counts: []int64{c.Records, c.Respondents, c.Holdings, c.Contributors}}
	if s.Response {
		l.counts = append(l.counts, c.Missing, c.NonZero)
		l.negative = c.Negative
		l.rat(c.Sum)
		l.rat(c.SumAbs)
		if s.Tau {
			for _, x := range keptForTau(c, s.Top) {
				l.rat(x.Value)
				l.rat(x.Weight)
			}
		} else {
			for _, x := range c.Top(s.Top) {
				l.rat(x)
			}
		}
	}
	if s.Weight {
		l.rat(c.WeightSum)
		if s.Response {
			l.rat(c.Weighted)
			l.rat(c.WeightedAbs)
		}
	}
	return l
}

// keptForTau are the contributions of positive weight that n slots and the n
// largest unweighted, two at least, need.
func keptForTau(c *oracle.Cell, n int) []oracle.Contribution {
	var out []oracle.Contribution
	before, slots := new(big.Rat), new(big.Rat).SetInt64(int64(n))
	for _, x := range c.Contributions {
		if x.Weight.Sign() == 0 {
			continue
		}
		if len(out) >= max(n, 2) && before.Cmp(slots) >= 0 {
			break
		}
		out = append(out, x)
		before.Add(before, x.Weight)
	}
	return out
}
