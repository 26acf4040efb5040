package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// toStdout is the name that stands for standard output where a file to write is named.
const toStdout = "-"

// outputFlags are the flags that name a file to write.
var outputFlags = []string{"json", "cells", "html", "public", "records", "record"}

// outputArgs says which argument of a verb names a file to write.
var outputArgs = map[string]int{"local": 1, "pseudonymise": 1, "synth": 1, "init": 0}

// namesStdout reports whether a command line writes a file to standard output. Text for
// people then goes to standard error.
func namesStdout(cmd *cobra.Command, args []string) bool {
	if at, ok := outputArgs[cmd.Name()]; ok && at < len(args) && args[at] == toStdout {
		return true
	}
	return slices.ContainsFunc(outputFlags, func(name string) bool {
		f := cmd.Flags().Lookup(name)
		return f != nil && f.Value.String() == toStdout
	})
}

// stdoutKey is the key of standard output, as it is, in the context of a command.
type stdoutKey struct{}

// stdoutOf returns standard output for a file of the name -.
func stdoutOf(ctx context.Context) io.Writer {
	if w, ok := ctx.Value(stdoutKey{}).(io.Writer); ok {
		return w
	}
	return io.Discard // no command line named it
}

// failing is a writer that keeps its first error: verbs print line by line, and need
// not look after each.
type failing struct {
	w   io.Writer
	mu  sync.Mutex
	err error
}

// Write writes, unless it has failed before.
func (f *failing) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.w.Write(b)
	f.err = err
	return n, err
}

// cleaned is a writer of text for people, perhaps on a terminal. It shows an invisible
// character by its number: a name in the data, in a spec or of a file cannot control the
// terminal, hide, or reverse the text.
type cleaned struct {
	to   func() io.Writer
	rest []byte // the beginning of a character
	buf  []byte
}

// Write writes all of b but the beginning of a character at its end.
func (c *cleaned) Write(b []byte) (int, error) {
	text := b
	if len(c.rest) > 0 {
		text = append(c.rest, b...)
		c.rest = nil
	}
	c.buf = c.buf[:0]
	for len(text) > 0 {
		if !utf8.FullRune(text) {
			c.rest = append([]byte{}, text...)
			break
		}
		r, n := utf8.DecodeRune(text)
		c.buf = appendClean(c.buf, r, text[:n])
		text = text[n:]
	}
	if _, err := c.to().Write(c.buf); err != nil {
		return 0, err
	}
	return len(b), nil
}

// flush writes the bytes of a character that never ended.
func (c *cleaned) flush() {
	if len(c.rest) == 0 {
		return
	}
	var out []byte
	for _, b := range c.rest {
		out = fmt.Appendf(out, `\x%02x`, b)
	}
	c.rest = nil
	c.to().Write(out) //nolint:errcheck // standard output keeps its error, and there is no place to tell one of standard error
}

// appendClean appends a character, or its number where it is none to be seen. The line
// feed and the tab stay.
func appendClean(out []byte, r rune, raw []byte) []byte {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Appendf(out, `\x%02x`, raw[0])
	case r == '\n' || r == '\t':
		return append(out, raw...)
	case strconv.IsPrint(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return append(out, raw...)
	case r < 0x80:
		return fmt.Appendf(out, `\x%02x`, r)
	case r > 0xffff:
		return fmt.Appendf(out, `\U%08x`, r)
	}
	return fmt.Appendf(out, `\u%04x`, r)
}

// indented indents the further lines of an error: none of them looks like a line of the
// command itself.
func indented(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := 1; i < len(lines); i++ {
		if lines[i] != "" && lines[i][0] != ' ' {
			lines[i] = "  " + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}
