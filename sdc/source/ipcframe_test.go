package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"
)

// frame is an IPC file in pieces.
type frame struct {
	first  []byte // what lies between the magic word and the batches
	pieces []piece
	footer []byte
	lists  []int // the piece that each block of the footer lists, dictionaries first
	at     []int // where the blocks lie in the footer
}

type piece struct {
	bytes []byte
	meta  int // bytes before the body
}

// joined puts the pieces together; the footer lists where they came to lie.
func (f *frame) joined() []byte {
	out := append([]byte("ARROW1\x00\x00"), f.first...)
	starts := make([]int, len(f.pieces))
	for i, p := range f.pieces {
		starts[i] = len(out)
		out = append(out, p.bytes...)
	}
	footer := bytes.Clone(f.footer)
	for k, i := range f.lists {
		b := footer[f.at[k]:]
		binary.LittleEndian.PutUint64(b, uint64(starts[i]))
		binary.LittleEndian.PutUint32(b[8:], uint32(f.pieces[i].meta))
		binary.LittleEndian.PutUint64(b[16:], uint64(len(f.pieces[i].bytes)-f.pieces[i].meta))
	}
	out = append(out, footer...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(footer)))
	return append(out, "ARROW1"...)
}

// insert puts bytes that no block has before piece i.
func (f *frame) insert(i int, b []byte) {
	f.pieces = slices.Insert(f.pieces, i, piece{bytes: b})
	for k := range f.lists {
		if f.lists[k] >= i {
			f.lists[k]++
		}
	}
}

// move puts piece i behind all others.
func (f *frame) move(i int) {
	p := f.pieces[i]
	f.pieces = append(slices.Delete(f.pieces, i, i+1), p)
	for k, x := range f.lists {
		switch {
		case x == i:
			f.lists[k] = len(f.pieces) - 1
		case x > i:
			f.lists[k]--
		}
	}
}

// vector returns where in the footer the vector of a slot begins with its length.
func (f *frame) vector(slot int) int {
	t := rootTable(f.footer)
	return int(t.Vector(flatbuffers.UOffsetT(t.Offset(flatbuffers.VOffsetT(slot))))) - 4
}

// framed writes three batches of a text with a dictionary, and takes the file apart:
// piece 0 is the dictionary, 1 to 3 the batches, 4 the mark of the end.
func framed(t *testing.T) *frame {
	t.Helper()
	var buf seekBuffer
	w, err := ipc.NewFileWriter(&buf, ipc.WithSchema(frameSchema))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		rec := frameRecord(i)
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
		rec.Release()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	all := buf.b
	size := int(binary.LittleEndian.Uint32(all[len(all)-10:]))
	f := &frame{footer: all[len(all)-10-size : len(all)-10]}
	at := 0
	for _, slot := range []int{footerDictionaries, footerBatches} {
		v := f.vector(slot)
		for i := range int(binary.LittleEndian.Uint32(f.footer[v:])) {
			b := v + 4 + i*blockSizeFB
			f.at = append(f.at, b)
			f.lists = append(f.lists, len(f.lists))
			start, meta := int(binary.LittleEndian.Uint64(f.footer[b:])), int(binary.LittleEndian.Uint32(f.footer[b+8:]))
			body := int(binary.LittleEndian.Uint64(f.footer[b+16:]))
			if f.first == nil {
				f.first = all[8:start]
			} else if start != at {
				t.Fatalf("block at %d, not %d", start, at)
			}
			at = start + meta + body
			f.pieces = append(f.pieces, piece{all[start:at], meta})
		}
	}
	f.pieces = append(f.pieces, piece{bytes: all[at : len(all)-10-size]})
	if len(f.pieces) != 5 || !bytes.Equal(f.joined(), all) {
		t.Fatalf("%d pieces", len(f.pieces))
	}
	return f
}

var frameSchema = arrow.NewSchema([]arrow.Field{
	{Name: "region", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}},
	{Name: "n", Type: arrow.PrimitiveTypes.Int64},
}, nil)

// frameRecord is batch i: i+1 rows.
func frameRecord(i int) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, frameSchema)
	defer b.Release()
	d := b.Field(0).(*array.BinaryDictionaryBuilder)
	for _, s := range []string{"Mainland", "Island"} {
		if err := d.AppendString(s); err != nil {
			panic(err)
		}
		b.Field(1).(*array.Int64Builder).Append(0)
	}
	for range i + 1 {
		if err := d.AppendString("Island"); err != nil {
			panic(err)
		}
		b.Field(1).(*array.Int64Builder).Append(int64(i))
	}
	rec := b.NewRecord()
	defer rec.Release()
	return rec.NewSlice(2, rec.NumRows())
}

type seekBuffer struct{ b []byte }

func (s *seekBuffer) Write(p []byte) (int, error) {
	s.b = append(s.b, p...)
	return len(p), nil
}

func (s *seekBuffer) Seek(off int64, whence int) (int64, error) {
	if off != 0 {
		return 0, errors.New("not here")
	}
	return int64(len(s.b)), nil
}

// island reads a file: its rows, and the sum of n.
func island(t *testing.T, name string, text []byte, opts Options) (rows, sum int64, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	opts.Allocator = mem
	s, err := Open(t.Context(), []string{path}, opts)
	if err != nil {
		return 0, 0, err
	}
	defer s.Close()
	readers, err := s.Split(t.Context(), nil, 2)
	if err != nil {
		return 0, 0, err
	}
	for _, r := range readers {
		for r.Next() {
			rows += r.Record().NumRows()
			d := r.Record().Column(0).(*array.Dictionary)
			for i, v := range r.Record().Column(1).(*array.Int64).Int64Values() {
				if sum += v; d.Dictionary().(*array.String).Value(d.GetValueIndex(i)) != "Island" {
					t.Errorf("row %d is elsewhere", i)
				}
			}
		}
		err = errors.Join(err, r.Err())
		r.Release()
	}
	if err == nil {
		mem.AssertSize(t, 0)
	}
	return rows, sum, err
}

// TestFileFrame: every batch that the footer of an IPC file lists is read, once, or the
// file is an error.
func TestFileFrame(t *testing.T) {
	mark := []byte{255, 255, 255, 255, 0, 0, 0, 0}
	for _, tc := range []struct {
		name   string
		change func(f *frame)
		want   error  // nil: the six rows
		says   string // in the error
	}{
		{"as written", func(f *frame) {}, nil, ""},
		{"a mark of the end between batches", func(f *frame) { f.insert(2, mark) }, nil, ""},
		{"zeros between batches", func(f *frame) { f.insert(2, make([]byte, 64)) }, nil, ""},
		{"many zeros between batches", func(f *frame) { f.insert(2, make([]byte, 200_008)) }, nil, ""},
		{"marks and zeros before the first batch", func(f *frame) { f.insert(0, slices.Concat(mark, make([]byte, 24), mark)) }, nil, ""},
		{"no mark of the end", func(f *frame) { f.pieces[4].bytes = nil }, nil, ""},
		{"no schema at the begin", func(f *frame) { f.first = nil }, nil, ""},
		{"schema at the begin without length", func(f *frame) { f.first = f.first[8:] }, nil, ""},
		{"schema at the begin without a mark", func(f *frame) { f.first = append(bytes.Clone(f.first[4:]), 0, 0, 0, 0) }, nil, ""},
		{"dictionary behind its batches", func(f *frame) { f.move(0) }, nil, ""},
		{"footer lists the batches in another order", func(f *frame) { f.lists[1], f.lists[3] = 3, 1 }, nil, ""},
		{"a mark of the end over a batch", func(f *frame) { f.pieces[2].bytes = overwritten(f.pieces[2].bytes, mark) }, ErrCorrupt, "mark of the end"},
		{"a batch listed twice", func(f *frame) { f.lists[3] = 2 }, ErrCorrupt, "twice"},
		{"a batch listed in place of another", func(f *frame) { f.lists[3], f.lists[2] = 1, 3 }, ErrCorrupt, "twice"},
		{"a dictionary listed as a batch", func(f *frame) { f.lists[1] = 0 }, ErrCorrupt, "twice"},
		{"batches that overlap", func(f *frame) { f.poke(3, 0, int64(8+len(f.first)+len(f.pieces[0].bytes))+8) }, ErrCorrupt, "overlap"},
		{"a batch that is cut", func(f *frame) { f.pieces[2].bytes = f.pieces[2].bytes[:len(f.pieces[2].bytes)-8] }, ErrCorrupt, "length"},
		{"the last batch not listed", func(f *frame) { f.shorten(1) }, ErrCorrupt, "does not list"},
		{"no batch listed", func(f *frame) { f.shorten(3) }, ErrCorrupt, "does not list"},
		{"no batch listed, schema without length", func(f *frame) { f.first = f.first[8:]; f.unlist() }, ErrCorrupt, "does not list"},
		{"bytes between batches", func(f *frame) { f.insert(2, []byte{0, 0, 0, 1, 0, 0, 0, 0}) }, ErrCorrupt, "does not list"},
		{"bytes before the footer", func(f *frame) { f.insert(5, []byte("12345678")) }, ErrCorrupt, "does not list"},
		{"half a mark before the footer", func(f *frame) { f.insert(5, mark[:7]) }, ErrCorrupt, "does not list"},
		{"another schema at the begin", func(f *frame) { f.first = bytes.Replace(f.first, []byte("region"), []byte("regime"), 1) }, ErrCorrupt, "schema"},
		{"a batch in place of the schema", func(f *frame) { f.first = f.pieces[1].bytes }, ErrCorrupt, "does not list"},
		{"a batch outside", func(f *frame) { f.poke(3, 0, 1<<40) }, ErrCorrupt, "outside"},
		{"a negative place", func(f *frame) { f.poke(3, 0, -8) }, ErrCorrupt, "outside"},
		{"a body of another length", func(f *frame) { f.poke(3, 16, 8) }, ErrCorrupt, "length"},
		{"a negative body", func(f *frame) { f.poke(3, 16, -8) }, ErrCorrupt, "outside"},
		{"a longer place for the description", func(f *frame) { f.poke(1, 8, int64(f.pieces[1].meta)+8) }, ErrCorrupt, ""},
		{"no place for the description", func(f *frame) { f.poke(1, 8, 0) }, ErrCorrupt, "outside"},
		{"version 3", func(f *frame) { f.version(2) }, ErrUnsupported, "version 3"},
		{"version 9", func(f *frame) { f.version(8) }, ErrUnsupported, "version 9"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := framed(t)
			tc.change(f)
			rows, sum, err := island(t, "x.arrow", f.joined(), Options{})
			if tc.want == nil && (err != nil || rows != 6 || sum != 8) {
				t.Errorf("%d rows, sum %d, %v", rows, sum, err)
			}
			if tc.want != nil && (!errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says)) {
				t.Errorf("%d rows, %v; want %v", rows, err, tc.want)
			}
		})
	}
}

func overwritten(b, with []byte) []byte { return append(bytes.Clone(with), b[len(with):]...) }

// shorten has the footer list n batches less.
func (f *frame) shorten(n int) {
	v := f.vector(footerBatches)
	f.footer = bytes.Clone(f.footer)
	binary.LittleEndian.PutUint32(f.footer[v:], binary.LittleEndian.Uint32(f.footer[v:])-uint32(n))
}

// unlist has the footer list nothing.
func (f *frame) unlist() {
	f.shorten(3)
	binary.LittleEndian.PutUint32(f.footer[f.vector(footerDictionaries):], 0)
}

// poke writes a number into block k of the footer, which lists no piece any more.
func (f *frame) poke(k, within int, v int64) {
	f.footer = append([]byte{}, f.joinedFooter()...)
	if within == 8 {
		binary.LittleEndian.PutUint32(f.footer[f.at[k]+8:], uint32(v))
	} else {
		binary.LittleEndian.PutUint64(f.footer[f.at[k]+within:], uint64(v))
	}
	f.lists = nil
}

func (f *frame) joinedFooter() []byte {
	all := f.joined()
	return all[len(all)-10-len(f.footer) : len(all)-10]
}

func (f *frame) version(v int16) {
	t := rootTable(f.footer)
	f.footer = bytes.Clone(f.footer)
	binary.LittleEndian.PutUint16(f.footer[int(t.Pos)+int(t.Offset(footerVersion)):], uint16(v))
}

// TestFileNames: a file of another format is not called damaged.
func TestFileNames(t *testing.T) {
	f := framed(t)
	file := f.joined()
	stream := f.stream()
	for _, tc := range []struct {
		name string
		text []byte
		want error
		says string
	}{
		{"x.arrow", stream, ErrUnsupported, ".arrows"},
		{"x.feather", stream, ErrUnsupported, ".arrows"},
		{"x.arrows", file, ErrUnsupported, ".arrow"},
		{"x.feather", []byte("FEA1 and more, and so on, FEA1"), ErrUnsupported, "version 1"},
		{"x.arrow", []byte("PAR1 and more, and so on, PAR1"), ErrUnsupported, ".parquet"},
		{"x.arrow", file[:len(file)-1], ErrCorrupt, "cut off"},
		{"x.arrow", append(bytes.Clone(file), 0), ErrCorrupt, "behind its end"},
		{"x.arrow", nil, ErrCorrupt, "empty"},
		{"x.arrows", nil, ErrCorrupt, "empty"},
		{"x.arrow", []byte("a,b\n1,2\n and more and more"), ErrCorrupt, ""},
		{"x.arrows", []byte("a,b\n1,2\n and more and more"), ErrCorrupt, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, _, err := island(t, tc.name, tc.text, Options{}); !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%s %.8q: %v, want %v", tc.name, tc.text, err, tc.want)
			}
		})
	}
	for _, name := range []string{"x.feather", "x.arrow"} {
		if rows, _, err := island(t, name, file, Options{}); rows != 6 || err != nil {
			t.Errorf("%s: %d rows, %v", name, rows, err)
		}
	}
}

// stream is the messages as a stream.
func (f *frame) stream() []byte {
	out := bytes.Clone(f.first)
	for _, p := range f.pieces[:4] {
		out = append(out, p.bytes...)
	}
	return append(out, 255, 255, 255, 255, 0, 0, 0, 0)
}

// TestStreamEnd: a stream is read to the mark of its end, and is all of the file.
func TestStreamEnd(t *testing.T) {
	all := framed(t).stream()
	whole := all[:len(all)-8]
	last := len(framed(t).pieces[3].bytes)
	for _, tc := range []struct {
		name string
		text []byte
		open bool  // --allow-open-stream
		want error // nil: rows
		rows int64
		says string
	}{
		{"whole", all, false, nil, 6, ""},
		{"whole, may be open", all, true, nil, 6, ""},
		{"an old mark", slices.Concat(whole, make([]byte, 4)), false, nil, 6, ""},
		{"no mark", whole, false, ErrCorrupt, 0, "--allow-open-stream"},
		{"no mark, may be open", whole, true, nil, 6, ""},
		{"cut at a batch", whole[:len(whole)-last], false, ErrCorrupt, 0, "--allow-open-stream"},
		{"cut at a batch, may be open", whole[:len(whole)-last], true, nil, 3, ""},
		{"cut in a body", whole[:len(whole)-1], true, ErrCorrupt, 0, "cut off"},
		{"cut in a description", whole[:len(whole)-last+20], true, ErrCorrupt, 0, "cut off"},
		{"cut in a length", whole[:len(whole)-last+6], true, ErrCorrupt, 0, "cut off"},
		{"cut in a mark", all[:len(all)-3], true, ErrCorrupt, 0, "cut off"},
		{"another stream behind", slices.Concat(all, all), false, ErrCorrupt, 0, "one stream a file"},
		{"another stream behind, may be open", slices.Concat(all, all), true, ErrCorrupt, 0, "one stream a file"},
		{"another stream without a mark between", slices.Concat(whole, all), true, ErrCorrupt, 0, "belong"},
		{"a mark before the last batch", slices.Concat(whole[:len(whole)-last], all[len(all)-8:], all[len(all)-8-last:]), true, ErrCorrupt, 0, "behind the end"},
		{"zeros behind", slices.Concat(all, make([]byte, 8)), false, ErrCorrupt, 0, "behind the end"},
		{"no schema", all[len(framed(t).first):], false, ErrCorrupt, 0, ""},
		{"a mark alone", all[len(all)-8:], false, ErrCorrupt, 0, "no schema"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rows, _, err := island(t, "x.arrows", tc.text, Options{OpenStreams: tc.open})
			if !errors.Is(err, tc.want) || rows != tc.rows || err != nil && !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%d rows, %v; want %d, %v", rows, err, tc.rows, tc.want)
			}
		})
	}
}

// TestNoBatches: a file without batches, or without rows, has none.
func TestNoBatches(t *testing.T) {
	f := framed(t)
	f.unlist()
	f.pieces = f.pieces[4:]
	f.lists = nil
	if rows, _, err := island(t, "x.arrow", f.joined(), Options{}); rows != 0 || err != nil {
		t.Errorf("%d rows, %v", rows, err)
	}
	if rows, _, err := island(t, "x.arrows", slices.Concat(f.first, []byte{255, 255, 255, 255, 0, 0, 0, 0}), Options{}); rows != 0 || err != nil {
		t.Errorf("%d rows, %v", rows, err)
	}
}
