package differencing

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/sluis-go/sluis/internal/atoms"
	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
)

// Together adds to a report what the tables of its spec tell together: the tables that count
// respondents, and the tables that sum one response. The cells are derived once more from the
// rows, and must be those of the report. src has the data of the report; threads is how many
// readers read the rows. Options.Min is that of the report.
//
// Numbers about few respondents that follow are remarks with the verdict unsafe. Two cells that
// differ by few with mixed signs, and what was not decided for its size, are for review. Where
// all was decided, the sentence of an output on secondary disclosure says so.
//
// Nothing is read where no two tables can differ. The report is left as it is where the rule
// min-contributors is off, and where respondents with several rows are compared in a form.
//
// The error is that of the context or of the files, or wraps ErrRequest of package sdc.
func Together(ctx context.Context, src *source.Source, s *spec.Spec, r *sdc.Report, threads int, o Options) error {
	t, err := look(ctx, src, s, r, nil, threads, o)
	if err != nil || t == nil {
		return err
	}
	t.narrow(s)
	r.Remark(t.found...)
	return nil
}

// TogetherReleased is Together for what is released of the tables: the published cells of the
// outputs that are given, which have the names of those of the spec. The remarks are returned,
// and the report stays as it is.
func TogetherReleased(ctx context.Context, src *source.Source, s *spec.Spec, r *sdc.Report, released []Output, threads int, o Options) ([]sdc.Remark, error) {
	if released == nil {
		released = []Output{}
	}
	t, err := look(ctx, src, s, r, released, threads, o)
	if err != nil || t == nil {
		return nil, err
	}
	return t.found, nil
}

// look asks what tables tell together; released is nil for all their cells. It returns nil where
// nothing is asked.
func look(ctx context.Context, src *source.Source, s *spec.Spec, r *sdc.Report, released []Output, threads int, o Options) (*together, error) {
	if ctx == nil || src == nil || s == nil || r == nil || r.JudgedBy() == nil || len(r.Tables) != len(s.Outputs) {
		return nil, fmt.Errorf("%w: a context, open files, a spec and the report of sdc.Check on its outputs are wanted", guard.ErrRequest)
	}
	rule := r.JudgedBy().MinContributors
	if rule.Off {
		return nil, nil
	}
	o.Min = rule.Min
	o.defaults()
	t := &together{r: r, o: o, families: familiesOf(s, released)}
	if len(t.families) == 0 {
		return nil, nil
	}
	respondent := s.Roles.Respondent
	if respondent == "" || r.Data.Rows == r.Data.Respondents {
		respondent = "" // every row is a respondent
	} else if s.RespondentForm != "" && s.RespondentForm != "exact" {
		return nil, nil
	}
	var by, responses []string
	for _, f := range t.families {
		for _, p := range f.parts {
			by = append(by, p.d.By...)
			if p.response != "" {
				responses = append(responses, p.response)
			}
		}
	}
	slices.Sort(by)
	slices.Sort(responses)
	t.rows = newJoint(slices.Compact(by), slices.Compact(responses), respondent)
	ok, err := t.rows.read(ctx, src, threads)
	if err != nil {
		return nil, err
	}
	if !ok {
		t.found = append(t.found, sdc.Remark{Name: "differencing", Verdict: sdc.Review, Message: words.New(words.TogetherTooMany, words.Count(mostJoint))})
		return t, nil
	}
	slices.Sort(t.rows.pairs)
	t.rows.pairs = slices.Compact(t.rows.pairs)
	for _, f := range t.families {
		if err := t.decide(ctx, f); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// together is one run of Together.
type together struct {
	r        *sdc.Report
	o        Options
	rows     *joint
	families []*published
	found    []sdc.Remark
}

// published is the tables of a spec that count respondents, or those that sum one response.
type published struct {
	response string
	parts    []*part
	decided  bool
}

// part is an output as a table of a family. Rows where response is null are left out; "" for
// no response.
type part struct {
	output   int
	name     string
	d        Definition
	response string
	known    map[string]string // the codes of what is published; nil for all cells
	cells    map[string]int32  // codes -> cell of the family
}

// publishes reports whether a cell is published.
func (p *part) publishes(key string) bool {
	_, ok := p.known[key]
	return ok || p.known == nil
}

// familiesOf lists the families in which two tables can differ. released has what is published
// of them, nil for all cells.
func familiesOf(s *spec.Spec, released []Output) []*published {
	var out []*published
	add := func(family string, p *part) {
		if released != nil {
			i := slices.IndexFunc(released, func(o Output) bool { return o.Name == p.name && o.Cells != nil })
			if i < 0 {
				return
			}
			if p.known = released[i].published(family != ""); len(p.known) == 0 {
				return
			}
		}
		for _, f := range out {
			if f.response == family {
				f.parts = append(f.parts, p)
				return
			}
		}
		out = append(out, &published{response: family, parts: []*part{p}})
	}
	for i := range s.Outputs {
		d := Describe(s, &s.Outputs[i])
		counts, sums, _ := d.publishes()
		if d.Kind == string(sdc.Magnitude) && s.Roles.Weight != "" {
			continue
		}
		if len(d.Where) > 0 {
			continue // the combinations are those of all records
		}
		if sums {
			add(d.Response, &part{output: i, name: s.Outputs[i].Name, d: d, response: d.Response})
		}
		if counts {
			add("", &part{output: i, name: s.Outputs[i].Name, d: d, response: d.Response})
		}
	}
	return slices.DeleteFunc(out, func(f *published) bool {
		return !slices.ContainsFunc(f.parts[1:], func(p *part) bool { return p.differs(f.parts[0]) })
	})
}

// differs reports whether a table may have cells that do not follow from those of another.
func (p *part) differs(q *part) bool {
	a, b := slices.Sorted(slices.Values(p.d.By)), slices.Sorted(slices.Values(q.d.By))
	return !slices.Equal(a, b) || len(p.d.Depth)+len(q.d.Depth)+len(p.d.Fold)+len(q.d.Fold) > 0 || p.response != q.response
}

// lists returns the lists of cells that the rows of a combination are part of, the finest cell
// first, and which of the lists each combination has.
func (p *part) lists(j *joint) (lists [][][]string, which []int) {
	chain := make([]*chains, len(p.d.By))
	at := make([]int, len(p.d.By))
	for v, name := range p.d.By {
		chain[v], at[v] = p.d.chains(name, column.Written), slices.Index(j.by, name)
	}
	response := slices.Index(j.responses, p.response)
	known := map[string]int{}
	var key []byte
	for n := range j.keys {
		key = key[:0]
		for _, c := range at {
			key = append(key, j.keys[n][4*c:4*c+4]...)
		}
		if p.response != "" {
			key = append(key, j.keys[n][4*len(j.by)+response])
		}
		i, ok := known[string(key)]
		if !ok {
			i = len(lists)
			known[string(key)] = i
			var list [][]string
			if p.response == "" || !j.missing(n, response) {
				list = p.of(j, n, at, chain)
			}
			lists = append(lists, list)
		}
		which = append(which, i)
	}
	return lists, which
}

// of returns the cells that the rows of a combination are part of, the finest first; none
// where a null leaves the rows out.
func (p *part) of(j *joint, n int, at []int, chain []*chains) [][]string {
	path, finest := make([][]string, len(at)), make([]string, len(at))
	for v, c := range at {
		label, null := j.label(n, c)
		switch {
		case !null:
			path[v] = chain[v].of(label)
		case sdc.Missing(p.d.Missing[p.d.By[v]]) == sdc.MissingCategory:
			path[v] = []string{column.MissingLabel}
		}
		if len(path[v]) == 0 {
			return nil
		}
		finest[v] = path[v][len(path[v])-1]
	}
	return append([][]string{finest}, slices.DeleteFunc(p.d.cellsOf(path), func(codes []string) bool { return slices.Equal(codes, finest) })...)
}

// derived is the cells of a family, and those of every combination.
type derived struct {
	part  []int // cell -> part
	codes [][]string
	total []bool    // cell -> it is the sum of finest cells, of which no row has two
	of    [][]int32 // combination -> cells, rising
}

// derive numbers the cells of a family, in the order of the tables and of their keys.
func (f *published) derive(j *joint) *derived {
	d := &derived{of: make([][]int32, len(j.keys))}
	for k, p := range f.parts {
		lists, which := p.lists(j)
		finest, all, hidden := map[string]bool{}, map[string][]string{}, false
		for _, list := range lists {
			for i, codes := range list {
				key := cellKey(codes)
				finest[key] = finest[key] || i == 0
				if p.publishes(key) {
					all[key] = codes
				} else if i == 0 {
					hidden = true
				}
			}
		}
		p.cells = make(map[string]int32, len(all))
		first := len(d.part)
		for i, key := range slices.Sorted(maps.Keys(all)) {
			p.cells[key] = int32(first + i)
			d.part, d.codes, d.total = append(d.part, k), append(d.codes, all[key]), append(d.total, !finest[key])
		}
		cells, mixed := make([][]int32, len(lists)), hidden
		for i, list := range lists {
			in := 0
			for _, codes := range list {
				c, ok := p.cells[cellKey(codes)]
				if !ok {
					continue
				}
				if cells[i] = append(cells[i], c); !d.total[c] {
					in++
				}
			}
			slices.Sort(cells[i])
			mixed = mixed || in > 1
		}
		if mixed { // a finest cell is hidden, or rows have a code and a code below it
			clear(d.total[first:])
		}
		for n, i := range which {
			d.of[n] = append(d.of[n], cells[i]...)
		}
	}
	return d
}

// decide asks what the cells of a family tell together.
func (t *together) decide(ctx context.Context, f *published) error {
	d := f.derive(t.rows)
	b := atoms.NewBuilder(t.o.Min)
	many := t.rows.respondent != "" // rows of a respondent
	for c, k := range d.part {
		b.Cell(atoms.Cell{Output: int32(k), Sum: d.total[c] && (!many || f.response != "")})
	}
	count := make([]int64, len(d.part))
	if many {
		t.eachRespondent(func(who int32, in []uint64) {
			var cells []int32
			for _, x := range in {
				if of := d.of[uint32(x)]; len(in) == 1 || f.response == "" {
					cells = append(cells, of...)
				} else {
					b.Add(who, slices.Clone(of))
					cells = append(cells, of...)
				}
			}
			slices.Sort(cells)
			cells = slices.Compact(cells)
			for _, c := range cells {
				count[c]++
			}
			if len(in) == 1 || f.response == "" {
				b.Add(who, cells)
			}
		})
	} else {
		// More respondents of a combination than are required make no difference.
		next := int32(0)
		for n, of := range d.of {
			var who []int32
			for range min(t.rows.rows[n], t.o.Min) {
				who = append(who, next)
				next++
			}
			b.AddAll(of, who...)
			for _, c := range of {
				count[c] += t.rows.rows[n]
			}
		}
	}
	if p := t.other(f, count); p != nil {
		t.found = append(t.found, sdc.Remark{Name: "differencing", Verdict: sdc.Review, Message: words.New(words.TogetherNotDerived, words.NameOf(p.name))})
		return nil
	}
	p := b.Problem()
	got, err := p.Together(ctx, atoms.Limits{Steps: t.o.Steps, Entries: t.o.Entries})
	if err != nil {
		return err
	}
	f.decided = got.Complete
	t.tell(f, d, p, got)
	return nil
}

// eachRespondent calls fn for every respondent with its pairs.
func (t *together) eachRespondent(fn func(who int32, in []uint64)) {
	for list := t.rows.pairs; len(list) > 0; {
		n := 1
		for n < len(list) && list[n]>>32 == list[0]>>32 {
			n++
		}
		fn(int32(list[0]>>32), list[:n])
		list = list[n:]
	}
}

// other returns a table whose cells are not those of the report, by their numbers of
// respondents; nil for none.
func (t *together) other(f *published, count []int64) *part {
	for _, p := range f.parts {
		seen := 0
		for c := range t.r.Tables[p.output].Cells() {
			want := c.Respondents()
			if p.d.Kind == string(sdc.Magnitude) {
				want = c.Contributors()
			}
			var codes []string
			for _, x := range c.Coordinates() {
				if codes = append(codes, x.Code); x.Total {
					codes[len(codes)-1] = "*"
				}
			}
			key := cellKey(codes)
			n, ok := p.cells[key]
			if !p.publishes(key) {
				continue
			}
			if ok {
				seen++
				want -= count[n]
			}
			if want != 0 {
				return p
			}
		}
		if seen != len(p.cells) {
			return p
		}
	}
	return nil
}

// tell remarks on a decision.
func (t *together) tell(f *published, d *derived, p *atoms.Problem, got *atoms.Decision) {
	shown, hidden, worst := map[words.ID]int{}, int64(0), sdc.Review
	say := func(v sdc.Verdict, id words.ID, c, e int32, n int64) {
		if shown[id]++; shown[id] > most {
			hidden++
			worst = min(worst, v)
			return
		}
		args := []words.Arg{words.TextOf(""), words.TextOf(""), words.TextOf(""), words.TextOf("")}
		for i, cell := range []int32{c, e} {
			if cell >= 0 {
				q := f.parts[d.part[cell]]
				args[2*i], args[2*i+1] = words.NameOf(q.name), words.TextOf(placeOf(q.d.By, d.codes[cell]))
			}
		}
		args = append(args, words.Count(n), words.Count(t.o.Min), words.TextOf(f.response))
		t.found = append(t.found, sdc.Remark{Name: "differencing", Verdict: v, Message: words.New(id, args...)})
	}
	for _, x := range got.Differences {
		if x.Inside {
			say(sdc.Unsafe, words.TogetherInside, x.New, x.Old, x.Respondents)
		} else {
			say(sdc.Review, words.TogetherMixed, x.New, x.Old, x.Respondents)
		}
	}
	slices.SortStableFunc(got.Combined, func(a, b atoms.Combined) int { return cmp.Or(cmp.Compare(a.New, b.New), cmp.Compare(a.Old, b.Old)) })
	for _, x := range got.Combined {
		say(sdc.Unsafe, words.TogetherCombined, x.New, x.Old, x.Respondents)
	}
	if hidden > 0 {
		t.found = append(t.found, sdc.Remark{Name: "differencing", Verdict: worst, Message: words.New(words.DifferencingMore, words.Count(hidden), words.TextOf(f.response))})
	}
	if !got.Complete {
		t.found = append(t.found, sdc.Remark{
			Name: "differencing", Verdict: sdc.Review,
			Message: words.New(words.LedgerLimit, words.Count(int64(p.Atoms())), words.Count(int64(len(d.part))), words.TextOf(f.response)),
		})
	}
}

// narrow says in the report what was decided: at outputs of which every family was, and at the
// remarks on tables that leave out different rows.
func (t *together) narrow(s *spec.Spec) {
	undecided, decided := map[int]bool{}, map[int]bool{}
	for _, f := range t.families {
		for _, p := range f.parts {
			if decided[p.output] = true; !f.decided {
				undecided[p.output] = true
			}
		}
	}
	for i := range t.r.Outputs {
		d := Describe(s, &s.Outputs[i])
		if _, _, other := d.publishes(); other || !decided[i] || undecided[i] {
			continue
		}
		for k, x := range t.r.Outputs[i].NotChecked {
			if x.ID == words.SecondaryDisclosure {
				t.r.Outputs[i].NotChecked[k] = words.New(words.TogetherDecided)
			}
		}
	}
	for k := range t.r.Data.Remarks {
		x := &t.r.Data.Remarks[k]
		if x.Message.ID == words.DifferentPopulations && t.both(x.Message.Args[0].Text, x.Message.Args[1].Text) {
			x.Message = words.New(words.DifferentRowsDecided, append(slices.Clone(x.Message.Args), words.Count(t.o.Min))...)
		}
	}
}

// both reports whether all was decided that two outputs tell together: they have a family in
// common, and every such family was decided.
func (t *together) both(a, b string) bool {
	common := false
	for _, f := range t.families {
		has := func(name string) bool {
			return slices.ContainsFunc(f.parts, func(p *part) bool { return p.name == name })
		}
		if has(a) && has(b) {
			if common = true; !f.decided {
				return false
			}
		}
	}
	return common
}
