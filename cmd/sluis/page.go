package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/spf13/pflag"
)

// pageFlags ask for pages.
type pageFlags struct {
	html, public, lang string
}

func (f *pageFlags) add(flags *pflag.FlagSet, public bool) {
	flags.StringVar(&f.html, "html", "", "file for the report as a page (confidential)")
	if public {
		flags.StringVar(&f.public, "public", "", "file for a page that holds only what may leave")
	}
	flags.StringVar(&f.lang, "lang", "en", "language of the pages: en or nl")
}

func (f *pageFlags) check() error {
	if f.lang != "" && f.lang != "en" && f.lang != "nl" {
		return usageError(errors.New("lang must be en or nl"))
	}
	return nil
}

// writePage writes a page where one is asked for, complete or not at all.
func writePage(ctx context.Context, path string, page *bytes.Buffer) error {
	if path == "" {
		return nil
	}
	return writeFile(ctx, path, func(w io.Writer) error {
		_, err := page.WriteTo(w)
		return err
	})
}

// baseNames drops the folders: a page says where its companions are beside it.
func baseNames(files [][2]string) [][2]string {
	out := make([][2]string, len(files))
	for i, f := range files {
		out[i] = [2]string{f[0], filepath.Base(f[1])}
	}
	return out
}
