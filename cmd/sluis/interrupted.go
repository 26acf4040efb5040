package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// interrupted is a writer that fails once the context has ended.
type interrupted struct {
	ctx context.Context
	w   io.Writer
}

// Write writes, while the context lasts.
func (w interrupted) Write(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.w.Write(b)
}

// written are the files that a command has written whole: a command that is interrupted
// says which they are.
type written struct {
	mu    sync.Mutex
	names []string
}

// writtenKey is the key of a command's *written in its context.
type writtenKey struct{}

// wrote notes files that were written whole, each under the name that it has.
func wrote(ctx context.Context, names ...string) {
	if w, ok := ctx.Value(writtenKey{}).(*written); ok {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.names = append(w.names, names...)
	}
}

// text is what a command says that was interrupted. Files that waited in a folder of
// staging are gone.
func (w *written) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(w.names), func(name string) bool {
		_, err := os.Lstat(name)
		return err != nil
	})
	if len(left) == 0 {
		return "interrupted; nothing was written"
	}
	slices.Sort(left)
	return "interrupted; written before, each file whole: " + strings.Join(slices.Compact(left), ", ")
}

// makeFolder makes a folder and those above it. undo removes what was made, where it is
// empty.
func makeFolder(path string) (undo func(), err error) {
	var made []string // the deepest first
	for dir := filepath.Clean(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		made = append(made, dir)
	}
	undo = func() {
		for _, dir := range made {
			if os.Remove(dir) != nil {
				return // it holds something, and so do those above it
			}
		}
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		undo()
		return nil, err
	}
	return undo, nil
}
