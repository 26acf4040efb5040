package differencing

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/atoms"
	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Made is what one release publishes, and the files that it was made from.
type Made struct {
	// Release is the number of the release; 0 for what is checked now.
	Release int64
	Reading Reading
	// Files are the paths of the files; nil where they are not at hand. SHA256 has the hash
	// of each file, also where it is not at hand.
	Files, SHA256 []string
	Outputs       []Output
}

// Output is an output of a release. Cells are those that were published; nil for what is
// checked now, where every cell is published.
type Output struct {
	Name       string
	Definition Definition
	Cells      []Published
}

// Published is a cell as it was published. Statistic is count or sum; other statistics are
// passed over. Status is published, suppressed or rounded.
type Published struct {
	Codes                    []string
	Statistic, Value, Status string
}

// published returns the values of the cells with exact counts or sums, by the key of their
// codes; nil for what is checked now.
func (o *Output) published(sums bool) map[string]string {
	if o.Cells == nil {
		return nil
	}
	out := map[string]string{}
	for _, c := range o.Cells {
		if c.Status == "published" && (sums && c.Statistic == "sum" || !sums && c.Statistic == "count") {
			out[cellKey(c.Codes)] = c.Value
		}
	}
	return out
}

// hides reports whether a cell was suppressed or rounded.
func (o *Output) hides() bool {
	return slices.ContainsFunc(o.Cells, func(c Published) bool { return c.Status != "published" })
}

// Options say what is compared.
type Options struct {
	// Min is the least number of respondents that a number may be about. Required: at
	// least 1.
	Min int64
	// Steps and Entries bound the work; see docs/ledger.md. They default to 2 * 10^9 and
	// 5 * 10^7.
	Steps, Entries int
}

func (o *Options) defaults() {
	if o.Steps == 0 {
		o.Steps = 2e9
	}
	if o.Entries == 0 {
		o.Entries = 5e7
	}
}

// Compare compares what is checked now with earlier releases of the same population and unit.
// It returns remarks: unsafe ones on what an attacker computes, and ones for review on what is
// not decided. It always returns one that says what was compared.
//
// The error is that of the context, of a file of now, or wraps ErrRequest of package sdc.
func Compare(ctx context.Context, now *Made, earlier []*Made, o Options) ([]sdc.Remark, error) {
	if ctx == nil || now == nil || now.Files == nil || slices.Contains(earlier, nil) || o.Min < 1 {
		return nil, fmt.Errorf("%w: a context, a release with files, and a minimum of 1 or more are wanted", guard.ErrRequest)
	}
	for _, m := range append([]*Made{now}, earlier...) {
		if err := m.validate(); err != nil {
			return nil, err
		}
	}
	o.defaults()
	c := &comparison{now: now, o: o}
	for _, m := range earlier {
		if c.canDerive(m) {
			c.earlier = append(c.earlier, m)
		}
	}
	if len(earlier) > 0 {
		c.leftOver(now)
		for i := range now.Outputs {
			if now.Outputs[i].hides() {
				c.review(words.New(words.LedgerHiddenNow, words.NameOf(now.Outputs[i].Name)))
			}
		}
	}
	for len(c.earlier) > 0 {
		failed, err := c.derive(ctx)
		if err != nil {
			return nil, err
		}
		if failed == nil {
			break
		}
		if failed == now {
			return nil, fmt.Errorf("%w: the numbers that are published are not those of the data", guard.ErrRequest)
		}
		c.review(words.New(words.LedgerNotDerived, words.Count(failed.Release)))
		c.earlier = slices.DeleteFunc(c.earlier, func(m *Made) bool { return m == failed })
	}
	if len(c.earlier) > 0 {
		if err := c.decide(ctx); err != nil {
			return nil, err
		}
	}
	c.add(sdc.Safe, "ledger", words.New(words.LedgerCompared, words.Count(int64(len(c.earlier))), words.Count(int64(len(earlier)))))
	return c.remarks, nil
}

// validate reports the first fault of a release.
func (m *Made) validate() error {
	if len(m.Files) > 0 && len(m.Files) != len(m.SHA256) {
		return fmt.Errorf("%w: release %d: there are %d files and %d hashes", guard.ErrRequest, m.Release, len(m.Files), len(m.SHA256))
	}
	for i := range m.Outputs {
		o := &m.Outputs[i]
		d := &o.Definition
		if counts, sums, _ := d.publishes(); !counts && !sums {
			continue
		}
		if len(d.By) == 0 || slices.Contains(d.By, "") || d.Kind == string(sdc.Magnitude) && d.Response == "" {
			return fmt.Errorf("%w: release %d, output %q: a table has spanning variables, and one of sums has a response", guard.ErrRequest, m.Release, o.Name)
		}
		for _, c := range o.Cells {
			if len(c.Codes) != len(d.By) {
				return fmt.Errorf("%w: release %d, output %q: a cell has a code for each spanning variable", guard.ErrRequest, m.Release, o.Name)
			}
		}
	}
	return nil
}

// comparison is one run of Compare.
type comparison struct {
	now     *Made
	earlier []*Made // whose cells are derived
	o       Options
	groups  [][]*Made
	world   *world
	remarks []sdc.Remark
}

func (c *comparison) add(v sdc.Verdict, name string, m words.Message) {
	c.remarks = append(c.remarks, sdc.Remark{Name: name, Verdict: v, Message: m})
}

func (c *comparison) review(m words.Message) { c.add(sdc.Review, "ledger", m) }

// canDerive reports whether the cells of an earlier release can be derived, and remarks on
// what cannot.
func (c *comparison) canDerive(m *Made) bool {
	if len(m.Files) == 0 {
		c.review(words.New(words.LedgerNoSource, words.Count(m.Release)))
		return false
	}
	if !slices.Contains([]string{"", "exact"}, m.Reading.Form) || !slices.Contains([]string{"", "exact"}, c.now.Reading.Form) {
		c.review(words.New(words.LedgerForm, words.Count(m.Release)))
		return false
	}
	if (m.Reading.Respondent == "" || c.now.Reading.Respondent == "") && !m.sameFiles(c.now) {
		c.review(words.New(words.LedgerNoRespondent, words.Count(m.Release)))
		return false
	}
	c.leftOver(m)
	for i := range m.Outputs {
		if m.Outputs[i].hides() {
			c.review(words.New(words.LedgerHidden, words.Count(m.Release), words.NameOf(m.Outputs[i].Name)))
		}
	}
	return true
}

// leftOver remarks on outputs of a release that are not compared, or not in all that they
// publish.
func (c *comparison) leftOver(m *Made) {
	for i := range m.Outputs {
		d := &m.Outputs[i].Definition
		_, sums, other := d.publishes()
		if other || sums && m.Reading.Weight != "" {
			id := words.LedgerKind
			args := []words.Arg{words.Count(m.Release), words.NameOf(m.Outputs[i].Name)}
			if m == c.now {
				id, args = words.LedgerKindNow, args[1:]
			}
			c.review(words.New(id, args...))
		}
	}
}

// derive reads the files. failed is an earlier release whose cells are not those that were
// published.
func (c *comparison) derive(ctx context.Context) (failed *Made, err error) {
	c.groups = [][]*Made{{c.now}}
	for _, m := range c.earlier {
		i := slices.IndexFunc(c.groups, func(g []*Made) bool { return g[0].sameFiles(m) })
		if i < 0 {
			i = len(c.groups)
			c.groups = append(c.groups, nil)
		}
		c.groups[i] = append(c.groups[i], m)
	}
	w := &world{who: map[string]int32{}}
	c.world = w
	for range c.groups {
		w.seen = append(w.seen, map[int32]bool{})
	}
	for _, m := range append([]*Made{c.now}, c.earlier...) {
		for i := range m.Outputs {
			o := &m.Outputs[i]
			d := &o.Definition
			counts, sums, _ := d.publishes()
			if sums && m.Reading.Weight == "" {
				w.table(m, o, d.Response, false, len(c.groups))
			}
			switch {
			case counts && d.Kind == string(sdc.Magnitude) && m.Reading.Weight == "":
				w.table(m, o, d.Response, true, len(c.groups))
			case counts && d.Kind == string(sdc.Frequency):
				w.table(m, o, "", false, len(c.groups))
			}
		}
	}
	for g, of := range c.groups {
		if err := w.read(ctx, g, of); err != nil {
			if last := of[len(of)-1]; last != c.now && ctx.Err() == nil {
				return last, nil
			}
			if errors.Is(err, errDerive) {
				err = fmt.Errorf("%w: %w", guard.ErrRequest, err)
			}
			return nil, err
		}
	}
	for _, f := range w.families {
		if t := f.otherThanPublished(); t != nil {
			return t.made, nil
		}
	}
	return nil, nil
}

// otherThanPublished returns a table whose cells are not those that the ledger has.
func (f *family) otherThanPublished() *tableIn {
	counts := make([]int64, len(f.cells))
	for _, cells := range f.counted {
		for _, n := range cells {
			counts[n]++
		}
	}
	for _, t := range f.tables {
		if t.known == nil {
			continue
		}
		for key, text := range t.known {
			want, ok := new(big.Rat).SetString(text)
			is := new(big.Rat)
			if n, derived := t.cells[key]; derived && n >= 0 {
				if is.SetInt64(counts[n]); f.response != "" {
					is = t.sums[n]
				}
			}
			if !ok || is == nil || is.Cmp(want) != 0 {
				return t
			}
		}
	}
	return nil
}

// decide asks what the cells of each family tell together.
func (c *comparison) decide(ctx context.Context) error {
	for g, of := range c.groups[1:] {
		both, least := 0, min(len(c.world.seen[0]), len(c.world.seen[g+1]))
		for who := range c.world.seen[g+1] {
			if c.world.seen[0][who] {
				both++
			}
		}
		if 2*both < least {
			for _, m := range of {
				c.review(words.New(words.LedgerFewShared, words.Count(m.Release)))
			}
		}
	}
	for _, f := range c.world.families {
		if err := c.decideFamily(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) decideFamily(ctx context.Context, f *family) error {
	old := slices.ContainsFunc(f.tables, func(t *tableIn) bool { return t.made != c.now })
	fresh := slices.ContainsFunc(f.tables, func(t *tableIn) bool { return t.made == c.now })
	if !old || !fresh {
		return nil
	}
	exactly, changed := c.problem(f, false)
	d, err := exactly.Decide(ctx, atoms.Limits{Steps: c.o.Steps, Entries: c.o.Entries})
	if err != nil {
		return err
	}
	c.tell(f, exactly, d, false)
	if !changed {
		return nil
	}
	// The values of some respondents differ between the files. Where the respondents alone
	// would tell of few, a person must look.
	alike, _ := c.problem(f, true)
	if d, err = alike.Decide(ctx, atoms.Limits{Steps: c.o.Steps, Entries: c.o.Entries}); err != nil {
		return err
	}
	c.tell(f, alike, d, true)
	return nil
}

// problem makes the atoms of a family. alike takes every respondent as one element. changed
// reports that a respondent has other values in other files, or several.
func (c *comparison) problem(f *family, alike bool) (_ *atoms.Problem, changed bool) {
	b := atoms.NewBuilder(c.o.Min)
	outputs := map[*tableIn]int32{}
	for i, t := range f.tables {
		outputs[t] = int32(i)
	}
	for _, x := range f.cells {
		b.Cell(atoms.Cell{Output: outputs[x.table], Old: x.table.made != c.now})
	}
	for who, cells := range f.counted {
		b.Add(who, slices.Clone(cells))
	}
	done := map[int32]bool{}
	for g := range f.parts {
		for who := range f.parts[g] {
			if done[who] {
				continue
			}
			done[who] = true
			var all []*element
			in, single := 0, true
			for _, p := range f.parts {
				if len(p[who]) > 0 {
					in++
				}
				single = single && len(p[who]) <= 1
				for _, e := range p[who] {
					all = append(all, e)
				}
			}
			byValue := map[string][]int32{}
			for i, e := range all {
				key := e.value.RatString()
				switch {
				case alike:
					key = ""
				case in > 1 && !single:
					key = fmt.Sprint(i)
				}
				byValue[key] = append(byValue[key], e.cells...)
			}
			changed = changed || in > 1 && len(byValue) > 1
			if in == 1 && !alike {
				for _, e := range all {
					b.Add(who, slices.Clone(e.cells))
				}
				continue
			}
			for _, cells := range byValue {
				b.Add(who, cells)
			}
		}
	}
	return b.Problem(), changed
}

// most is how many findings of a kind are told, of one family.
const most = 20

// tell remarks on a decision. changed says that the values of respondents differ between the
// files: then the findings are for review.
func (c *comparison) tell(f *family, p *atoms.Problem, d *atoms.Decision, changed bool) {
	shown, hidden := map[words.ID]int{}, int64(0)
	worst := sdc.Review
	say := func(v sdc.Verdict, id words.ID, args ...words.Arg) {
		if changed {
			v, id = sdc.Review, words.DifferencingChanged
		}
		if shown[id]++; shown[id] > most {
			hidden++
			worst = min(worst, v)
			return
		}
		c.add(v, "differencing", words.New(id, args...))
	}
	slices.SortStableFunc(d.Differences, func(a, b atoms.Difference) int {
		return strings.Compare(c.order(f, a.New)+c.order(f, a.Old), c.order(f, b.New)+c.order(f, b.Old))
	})
	for _, x := range d.Differences {
		id, v := words.DifferencingMixed, sdc.Review
		if x.Inside {
			id, v = words.DifferencingInside, sdc.Unsafe
		}
		say(v, id, c.args(f, x.New, x.Old, x.Respondents)...)
	}
	slices.SortStableFunc(d.Combined, func(a, b atoms.Combined) int {
		return strings.Compare(c.order(f, a.New)+c.order(f, a.Old), c.order(f, b.New)+c.order(f, b.Old))
	})
	for _, x := range d.Combined {
		say(sdc.Unsafe, words.DifferencingCombined, c.args(f, x.New, x.Old, x.Respondents)...)
	}
	if hidden > 0 {
		c.add(worst, "differencing", words.New(words.DifferencingMore, words.Count(hidden), words.TextOf(f.response)))
	}
	if !d.Complete {
		c.review(words.New(words.LedgerLimit, words.Count(int64(p.Atoms())), words.Count(int64(len(f.cells))), words.TextOf(f.response)))
	}
}

// order is a text by which the cells of a family are put in order.
func (c *comparison) order(f *family, cell int32) string {
	if cell < 0 {
		return ""
	}
	x := f.cells[cell]
	return fmt.Sprintf("%09d\x00%s\x00%s\x00", x.table.made.Release, x.table.output.Name, strings.Join(x.codes, "\x00"))
}

// args are the arguments of a finding about a new and an old cell, -1 for none.
func (c *comparison) args(f *family, fresh, old int32, n int64) []words.Arg {
	var out [5]words.Arg
	for i := range out {
		out[i] = words.TextOf("")
	}
	if fresh >= 0 {
		out[0], out[1] = words.NameOf(f.cells[fresh].table.output.Name), words.TextOf(f.cells[fresh].text())
	}
	if old >= 0 {
		x := f.cells[old]
		out[2], out[3], out[4] = words.Count(x.table.made.Release), words.NameOf(x.table.output.Name), words.TextOf(x.text())
	}
	return append(out[:], words.Count(n), words.Count(c.o.Min), words.TextOf(f.response))
}

// text is the place of a cell, as town=T2, band=*.
func (x *cellIn) text() string { return placeOf(x.table.output.Definition.By, x.codes) }

func placeOf(by, codes []string) string {
	var b strings.Builder
	for i, code := range codes {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(by[i] + "=" + code)
	}
	return b.String()
}
