package differencing

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc/source"
)

// mostJoint is the number of combinations of codes beyond which tables are not compared.
const mostJoint = 2_000_000

// joint is the rows of the data by what the tables of a spec see of them: the codes of all
// spanning variables, and which responses are null.
type joint struct {
	by, responses []string
	respondent    string // "" where every row is a respondent

	encoders []*column.Encoder // of by, then of the respondent
	codes    [][]uint32
	index    map[string]int32
	keys     [][]byte // four bytes a code, then a byte a response: 1 for null
	rows     []int64
	pairs    []uint64 // respondent and combination, of every row
}

func newJoint(by, responses []string, respondent string) *joint {
	return &joint{by: by, responses: responses, respondent: respondent, index: map[string]int32{}}
}

// names lists the columns.
func (j *joint) names() []string {
	out := slices.Clone(j.by)
	for _, name := range append(slices.Clone(j.responses), j.respondent) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// read reads the rows, by so many readers. It reports whether the combinations are not too
// many.
func (j *joint) read(ctx context.Context, src *source.Source, threads int) (ok bool, err error) {
	readers, err := src.Split(ctx, j.names(), threads)
	if err != nil {
		return false, err
	}
	defer func() {
		for _, r := range readers {
			r.Release()
		}
	}()
	parts := make([]*joint, len(readers))
	err = guard.Try(ctx, len(readers), len(readers), func(_, i int) error {
		parts[i] = newJoint(j.by, j.responses, j.respondent)
		return parts[i].readAll(ctx, readers[i])
	})
	if err != nil {
		return false, err
	}
	for _, p := range parts {
		if len(p.keys) <= mostJoint {
			j.merge(p)
		}
		if len(p.keys) > mostJoint || len(j.keys) > mostJoint {
			return false, nil
		}
	}
	return true, nil
}

// readAll reads the rows of a reader, or as many as are not too many.
func (j *joint) readAll(ctx context.Context, r array.RecordReader) error {
	row := int64(0)
	for len(j.keys) <= mostJoint && r.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec := r.Record()
		if err := j.record(rec, row); err != nil {
			return err
		}
		row += rec.NumRows()
	}
	return r.Err()
}

// columns lists the columns that are encoded.
func (j *joint) columns() []string {
	if j.respondent == "" {
		return j.by
	}
	return append(slices.Clone(j.by), j.respondent)
}

// record adds the rows of a record.
func (j *joint) record(rec arrow.Record, row int64) error {
	n := int(rec.NumRows())
	column1 := func(name string) arrow.Array { return rec.Column(rec.Schema().FieldIndices(name)[0]) }
	for c, name := range j.columns() {
		if len(j.encoders) == c {
			e, err := column.NewEncoder(name, column1(name).DataType())
			if err != nil {
				return err
			}
			j.encoders, j.codes = append(j.encoders, e), append(j.codes, nil)
		}
		j.codes[c] = slices.Grow(j.codes[c][:0], n)[:n]
		if err := j.encoders[c].Append(column1(name), row, j.codes[c]); err != nil {
			return err
		}
	}
	nulls := make([]arrow.Array, len(j.responses))
	for k, name := range j.responses {
		nulls[k] = column1(name)
	}
	key := make([]byte, 4*len(j.by)+len(nulls))
	for i := range n {
		for c := range j.by {
			binary.LittleEndian.PutUint32(key[4*c:], j.codes[c][i])
		}
		for k, a := range nulls {
			key[4*len(j.by)+k] = 0
			if a.IsNull(i) {
				key[4*len(j.by)+k] = 1
			}
		}
		at := j.at(key)
		j.rows[at]++
		if j.respondent != "" {
			j.pairs = append(j.pairs, uint64(j.codes[len(j.by)][i])<<32|uint64(at))
		}
	}
	return nil
}

// at returns the number of a combination.
func (j *joint) at(key []byte) int32 {
	if n, ok := j.index[string(key)]; ok {
		return n
	}
	n := int32(len(j.keys))
	j.keys = append(j.keys, slices.Clone(key))
	j.index[string(j.keys[n])] = n
	j.rows = append(j.rows, 0)
	return n
}

// merge adds the rows of another joint of the same columns.
func (j *joint) merge(o *joint) {
	if j.encoders == nil {
		*j = *o
		return
	}
	if o.encoders == nil {
		return
	}
	to := make([][]uint32, len(o.encoders))
	for c := range o.encoders {
		to[c] = j.encoders[c].Merge(o.encoders[c])
	}
	at := make([]int32, len(o.keys))
	for n, key := range o.keys {
		for c := range j.by {
			binary.LittleEndian.PutUint32(key[4*c:], to[c][binary.LittleEndian.Uint32(key[4*c:])])
		}
		at[n] = j.at(key)
		j.rows[at[n]] += o.rows[n]
	}
	for _, p := range o.pairs {
		j.pairs = append(j.pairs, uint64(to[len(j.by)][p>>32])<<32|uint64(at[uint32(p)]))
	}
}

// label returns the code of a column of a combination, and whether it is null.
func (j *joint) label(n, c int) (label string, null bool) {
	code := binary.LittleEndian.Uint32(j.keys[n][4*c:])
	e := j.encoders[c]
	if x, ok := e.Null(); ok && x == code {
		return "", true
	}
	return e.Label(code), false
}

// missing reports whether a response of a combination is null.
func (j *joint) missing(n, response int) bool { return j.keys[n][4*len(j.by)+response] == 1 }
