package source

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/sluis-go/sluis/internal/staging"
)

// StreamName is the name that stands for a received stream where a file to read is named.
// A file of that name is ./-.
const StreamName = "-"

// ReceiveOptions says how a stream is received. The zero value is ready to use.
type ReceiveOptions struct {
	// RowsFollow says that eight bytes follow the mark of the end: the number of rows, as a
	// little-endian integer without a sign. Another number of rows is an error. A producer
	// that fails can still write the mark of the end, and knows not all rows.
	RowsFollow bool
	// Memory is the number of bytes that are held in memory. More bytes go to a private
	// temporary file. Defaults to 256 MiB.
	Memory int64
}

// Received is one Arrow IPC stream that was read to its end, for example from standard
// input. A source whose Options name it reads the stream under the name "-", any number of
// times. A Received is safe for concurrent use until Close.
type Received struct {
	in    *upload  // nil where file is set
	file  *os.File // has the bytes that were too many for the memory
	stage *staging.Folder
	size  int64 // of the stream, without the number of rows
	sum   string
}

// errNoMark and errBehind are the ways in which a stream does not end.
var (
	errNoMark = fmt.Errorf("%w: the stream has no mark of its end, so that batches may be missing; write it anew, or say --allow-open-stream if it is whole", ErrCorrupt)
	errBehind = fmt.Errorf("%w: the file has bytes behind the end of the stream; write one stream a file", ErrCorrupt)
)

// ErrEarly says that a received stream does not have all its rows.
var ErrEarly = fmt.Errorf("%w: the producer ended early", ErrCorrupt)

// Receive reads an Arrow IPC stream from r to the end of r, and checks that the stream is
// whole:
//
//   - the stream has the mark of its end, whatever Options.OpenStreams says later;
//   - nothing follows the mark, or with RowsFollow the number of rows alone;
//   - the number of rows is right.
//
// A stream that was cut is an error that wraps [ErrEarly]. Receive returns when the context
// ends, even where r waits; then a goroutine waits until r returns. Receive does not close
// r. The caller closes what was received. The error is a *FileError, or the error of the
// context.
func Receive(ctx context.Context, r io.Reader, o ReceiveOptions) (*Received, error) {
	if ctx == nil || r == nil {
		return nil, &FileError{File: StreamName, Err: errors.New("the context or the reader is nil")}
	}
	if o.Memory <= 0 {
		o.Memory = 256 << 20
	}
	in := &Received{in: &upload{}}
	err := in.receive(ctx, r, &o)
	if err == nil {
		return in, nil
	}
	in.Close() //nolint:errcheck // the first error is the one to tell
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, fileError(StreamName, err)
}

// arrived is a piece of a stream; err is the error of the reader behind the piece.
type arrived struct {
	bytes []byte
	err   error
}

func (in *Received) receive(ctx context.Context, r io.Reader, o *ReceiveOptions) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	pieces := make(chan arrived, 4)
	go func() {
		for {
			b := make([]byte, pieceSize)
			n, err := fill(r, b)
			select {
			case pieces <- arrived{b[:n], err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	sum := tailHash{hash: sha256.New()}
	if o.RowsFollow {
		sum.keep = 8
	}
	for {
		var p arrived
		select {
		case <-ctx.Done():
			return ctx.Err()
		case p = <-pieces:
		}
		sum.write(p.bytes)
		if err := in.take(p.bytes, o.Memory); err != nil {
			return err
		}
		if errors.Is(p.err, io.EOF) {
			return in.finish(&sum, o.RowsFollow)
		}
		if p.err != nil {
			return plain(p.err)
		}
	}
}

// take keeps a piece in memory, or in the file where the memory is not enough.
func (in *Received) take(b []byte, memory int64) error {
	if in.file == nil {
		in.in.pieces = append(in.in.pieces, b)
		in.in.size += int64(len(b))
		in.size = in.in.size
		if in.in.size <= memory {
			return nil
		}
		return in.spill()
	}
	in.size += int64(len(b))
	_, err := in.file.Write(b)
	return plain(err)
}

// spill moves what is in memory to a private file. Where the system allows that, the file
// has no name from then on.
func (in *Received) spill() error {
	var err error
	if in.stage, err = staging.New(os.TempDir()); err != nil {
		return plain(err)
	}
	if in.file, err = os.OpenFile(in.stage.Path("rows"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return plain(err)
	}
	if in.stage.Drop() == nil {
		in.stage = nil
	}
	for _, b := range in.in.pieces {
		if _, err := in.file.Write(b); err != nil {
			return plain(err)
		}
	}
	in.in = nil
	return nil
}

// finish checks the stream.
func (in *Received) finish(sum *tailHash, rowsFollow bool) error {
	switch {
	case in.size == 0:
		return fmt.Errorf("%w: nothing was written to it; pipe an Arrow IPC stream into it", ErrEarly)
	case in.size <= int64(sum.keep):
		return fmt.Errorf("%w: there are no bytes before those of the number of rows", ErrEarly)
	}
	in.size -= int64(sum.keep)
	in.sum = hex.EncodeToString(sum.hash.Sum(nil))
	opts := Options{}
	opts.defaults()
	f, err := openIPC(in.handle(), false, &opts)
	switch {
	case errors.Is(err, errBehind) && !rowsFollow:
		return fmt.Errorf("%w: bytes follow the end of the stream; write one stream, and say --rows-follow where the bytes are the number of rows", ErrCorrupt)
	case errors.Is(err, errBehind):
		return fmt.Errorf("%w: bytes follow the end of the stream and the number of rows", ErrCorrupt)
	case errors.Is(err, errNoMark) && rowsFollow:
		return fmt.Errorf("%w: the mark of the end of the stream, or the number of rows behind it, is missing", ErrEarly)
	case errors.Is(err, errNoMark):
		return fmt.Errorf("%w: the stream has no mark of its end", ErrEarly)
	case errors.Is(err, errStreamCut):
		return fmt.Errorf("%w: the input ends within a message of the stream, or is no Arrow IPC stream", ErrEarly)
	case err != nil:
		return err
	}
	if rows, _ := f.rows(); rowsFollow && uint64(rows) != binary.LittleEndian.Uint64(sum.held) {
		return fmt.Errorf("%w: the stream has another number of rows than the number behind the stream", ErrEarly)
	}
	return nil
}

// handle returns a handle of the stream. What is read is held against the bytes that were
// received: those in memory do not change, those of the file have the same hash.
func (in *Received) handle() *handle {
	if in.file == nil {
		h := newHandle(kept{in.in}, StreamName, uploadInfo{in.size})
		h.sum = in.sum
		return h
	}
	h := newHandle(kept{in.file}, StreamName, uploadInfo{in.size})
	h.want = in.sum
	return h
}

// Close lets go of the stream, and removes the file.
func (in *Received) Close() error {
	var err error
	if in.file != nil {
		err = in.file.Close()
	}
	if in.stage != nil {
		err = errors.Join(err, in.stage.Drop())
	}
	*in = Received{in: &upload{}, sum: in.sum}
	return err
}

// add adds the received stream to a source.
func (in *Received) add(ctx context.Context, s *Source) error {
	if in == nil {
		return &FileError{File: StreamName, Err: errors.New("this name stands for standard input, which is not read here; a file of this name is ./-")}
	}
	for _, info := range s.infos {
		if info.Name == StreamName {
			return &FileError{File: StreamName, Err: errTwice}
		}
	}
	return s.include(ctx, in.handle(), StreamName, ".arrows")
}

// kept is an input that a handle does not close. Its size and time do not change.
type kept struct{ io.ReaderAt }

// Close implements io.Closer.
func (kept) Close() error { return nil }

// Stat implements opened.
func (k kept) Stat() (os.FileInfo, error) { return nil, os.ErrInvalid }

// tailHash hashes all bytes but the last ones, which it holds.
type tailHash struct {
	hash hash.Hash
	keep int
	held []byte
}

func (t *tailHash) write(b []byte) {
	n := len(t.held) + len(b) - t.keep // bytes that are no longer among the last
	if n > 0 {
		first := min(n, len(t.held))
		t.hash.Write(t.held[:first])
		t.held = append([]byte{}, t.held[first:]...)
		t.hash.Write(b[:n-first])
		b = b[n-first:]
	}
	t.held = append(t.held, b...)
}
