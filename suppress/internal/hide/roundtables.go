package hide

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// RoundOptions say how tables are rounded.
type RoundOptions struct {
	// Base is the base of the multiples. Required, from 2 to 2^30.
	Base int64
	// Nearest rounds every cell by itself; then sums need not hold. By default they do.
	Nearest bool
	// Threads is the number of threads of the audit. Defaults to 1. Threads does not
	// change the result.
	Threads int
}

// RoundedTables are tables of counts rounded together, with the attack on them. Tables
// that do not withstand the attack are not released.
type RoundedTables struct {
	tables  *Tables
	rounded *Rounded
	audited *Audited // intervals in tables of up to 5,000 cells
	pins    bool     // every choice that was drawn pins a cell
}

// mostIntervals is how many cells a problem may have for the intervals of a rounded
// table to be worked out; beyond, only whether levels hold.
const mostIntervals = 5000

// RoundTables rounds tables of counts, with their shared cells, and attacks the result.
// Releases reports whether the result protects: every unsafe cell then has its level,
// against outsiders and against every sole contributor of a cell.
//
// The error wraps ErrUnfit for tables that are not of whole counts, or is an error of
// Round or AuditRounded.
//
// Where the choice was drawn, a release of a small table that pins a cell, see pinned.go, is
// drawn anew, and is for review where that does not help: see Remarks.
func RoundTables(ctx context.Context, g *Tables, o RoundOptions) (*RoundedTables, error) {
	for _, t := range g.list {
		if !t.count || g.digits != 0 || g.problem.attacker.Negative {
			return nil, fmt.Errorf("%w: output %q is not of whole counts, and rounding is for these", ErrUnfit, t.name)
		}
	}
	if o.Nearest {
		return roundOnce(ctx, g, o)
	}
	var out *RoundedTables
	ok, err := g.unpinned(ctx, func(h *Tables) (choice, error) {
		t, err := roundOnce(ctx, h, o)
		if h == g {
			out = t
		}
		if err != nil || len(t.audited.Failures) > 0 || h.looked() == nil && !h.base {
			return choice{}, err
		}
		return t.choice()
	})
	if err != nil {
		return nil, err
	}
	out.pins = !ok
	return out, nil
}

// roundOnce is one choice.
func roundOnce(ctx context.Context, g *Tables, o RoundOptions) (out *RoundedTables, err error) {
	out = &RoundedTables{tables: g}
	if o.Nearest {
		out.rounded, err = RoundNearest(g.problem, o.Base)
	} else {
		out.rounded, err = Round(ctx, g.problem, o.Base)
	}
	if err != nil {
		return nil, err
	}
	out.audited, err = AuditRounded(ctx, g.problem, out.rounded,
		AuditOptions{Threads: o.Threads, NeedsOnly: len(g.problem.cells) > mostIntervals})
	return out, err
}

// choice is what leaves.
func (t *RoundedTables) choice() (c choice, err error) {
	if len(t.Remarks()) > 0 {
		return c, nil
	}
	table := t.tables.list[0]
	c.lo, c.hi, c.rounded = make([]int64, table.n), make([]int64, table.n), make([]int64, table.n)
	below, above := t.rounded.Reach()
	for cell, id := range table.id {
		x := t.rounded.Value[id]
		if c.lo[cell], c.hi[cell], c.rounded[cell] = max(0, x-below), x+above, x; !table.shown[cell] {
			c.lo[cell], c.hi[cell] = 0, worldMost
		}
	}
	text, err := textOfReleases(t.releases())
	c.text = fmt.Sprint(t.rounded.Restricted, " ", text)
	return c, err
}

// Remarks counts the cells with a small count that is known to be small: for an attacker
// who knows base and method, all possible values are below the minimum of
// min-contributors. A person must decide whether that may be known, so the remark is for
// review. A base below the minimum is for review in any case. Another remark says that every
// choice that was drawn pins a cell.
func (t *RoundedTables) Remarks() []sdc.Remark {
	if t.pins {
		return append(t.small(), t.tables.pinsRemark())
	}
	return t.small()
}

func (t *RoundedTables) small() []sdc.Remark {
	least := t.tables.policy.MinContributors
	if least.Off || t.rounded.Base < least.Min {
		return nil
	}
	_, above := t.rounded.Reach()
	most := map[int]int64{}
	for _, v := range t.audited.Intervals {
		if v.Greatest.Den != 0 {
			most[v.Cell] = t.tables.problem.cells[v.Cell].Value + v.Greatest.Delta/v.Greatest.Den
		}
	}
	few := map[int]bool{}
	for _, table := range t.tables.list {
		for cell, id := range table.id {
			if !table.shown[cell] || table.reasons[cell]&smallCount == 0 || table.value[cell] >= least.Min {
				continue
			}
			x := t.rounded.Value[id] + above
			if m, ok := most[int(id)]; ok {
				x = min(x, m)
			}
			if x < least.Min {
				few[int(id)] = true
			}
		}
	}
	if len(few) == 0 {
		return nil
	}
	return []sdc.Remark{{
		Name: "rounded-small", Count: int64(len(few)), Verdict: sdc.Review,
		Message: words.New(words.RoundedFew, words.NameOf(t.tables.list[0].name), words.Count(int64(len(few)))),
	}}
}

// Releases returns the tables as they leave: every published cell with its rounded
// value. The error wraps ErrTooClose, as a *CellsError, where the attack found an unsafe
// cell without its level, or did not find out.
func (t *RoundedTables) Releases() ([]*Release, error) {
	var cells []int
	for _, f := range t.audited.Failures {
		if !slices.Contains(cells, f.Cell) {
			cells = append(cells, f.Cell)
		}
	}
	if err := cellsError(ErrTooClose, cells); err != nil {
		return nil, err
	}
	return t.releases(), nil
}

// releases is Releases without regard to the result of the attack.
func (t *RoundedTables) releases() []*Release {
	g := t.tables
	out := make([]*Release, len(g.list))
	for i, table := range g.list {
		r := &Release{
			Name: table.name, Variables: table.vars, grid: table.layout, shown: table.shown,
			hidden: make([]bool, table.n), value: make([]int64, table.n),
		}
		for cell, id := range table.id {
			if table.shown[cell] {
				r.value[cell] = t.rounded.Value[id]
			}
		}
		out[i] = r
	}
	return out
}

// roundingStatement is the form of the file; the verifier has its own.
type roundingStatement struct {
	Schema   string           `json:"schema"`
	Releases []certifiedTable `json:"releases"`
	Base     int64            `json:"base"`
	Additive bool             `json:"additive"`
	Below    int64            `json:"below"`
	Above    int64            `json:"above"`
	Digest   string           `json:"digest"`
}

// WriteStatement writes the statement that leaves with rounded releases, schema
// sluis.rounding/1: the files with their hashes and code lists, the base, whether sums
// hold, and how far below and above a rounded value the true value may lie. An attacker
// who knows the method knows all of these. files are the names under which WriteCSV will
// write the releases. verify.Rounding reads the statement. The error may be one of
// Releases.
func (t *RoundedTables) WriteStatement(w io.Writer, files []string) error {
	releases, err := t.Releases()
	if err != nil {
		return err
	}
	return t.writeStatement(w, releases, files)
}

func (t *RoundedTables) writeStatement(w io.Writer, releases []*Release, files []string) error {
	if len(files) != len(releases) {
		return fmt.Errorf("%w: a file name for each release is needed", ErrRequest)
	}
	doc := roundingStatement{Schema: "sluis.rounding/1", Base: t.rounded.Base, Additive: !t.rounded.Nearest}
	doc.Below, doc.Above = t.rounded.Reach()
	for i, r := range releases {
		h := sha256.New()
		if err := r.WriteCSV(h); err != nil {
			return err
		}
		entry := certifiedTable{File: files[i], SHA256: hex.EncodeToString(h.Sum(nil))}
		for _, v := range r.Variables {
			entry.Variables = append(entry.Variables, certifiedVar(v))
		}
		doc.Releases = append(doc.Releases, entry)
	}
	text, err := json.Marshal(&doc)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	doc.Digest = hex.EncodeToString(sum[:])
	if text, err = json.Marshal(&doc); err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
