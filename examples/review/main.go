// Command review is a small tool for a reviewer of output. It takes a folder with a spec,
// its data and, if there are any, a policy and a dossier. It gives the verdict with one
// line for each output, and the report as a page.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: review FOLDER PAGE.html")
	}
	verdict, err := run(context.Background(), os.Stdout, os.Args[1], os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	if verdict != sdc.Safe {
		os.Exit(3)
	}
}

// run reviews one folder. An error is no verdict, and never means safe.
func run(ctx context.Context, w io.Writer, dir, page string) (sdc.Verdict, error) {
	s, err := spec.Load(filepath.Join(dir, "spec.yaml"))
	if err != nil {
		return sdc.Unsafe, err
	}
	policy := sdc.CBS()
	name := filepath.Join(dir, "policy.yaml")
	if _, err := os.Stat(name); err == nil {
		if policy, err = spec.LoadPolicy(name); err != nil {
			return sdc.Unsafe, err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return sdc.Unsafe, err
	}
	r, err := project.New(s, policy, project.Options{}).Check(ctx, sdc.Options{})
	if err != nil {
		return sdc.Unsafe, err
	}
	err = source.WriteFile(page, func(w io.Writer) error { return report.HTML(w, r, report.HTMLOptions{}) })
	if err != nil {
		return sdc.Unsafe, err
	}
	fmt.Fprintf(w, "%s, by the policy %s\n", r.Verdict, r.Policy.Name)
	for _, f := range r.Data.Sources {
		fmt.Fprintf(w, "read %s, sha256 %s\n", f.Name, f.SHA256)
	}
	for _, o := range r.Outputs {
		fmt.Fprintf(w, "%s: %s, %d of %d cells unsafe\n", o.Name, o.Verdict, o.UnsafeCells, o.Cells)
		for _, f := range o.Findings {
			fmt.Fprintf(w, "  %s, %s at %v: %s\n", f.Verdict, f.Rule, f.Cell, f.Message)
		}
		for _, n := range o.NotChecked {
			fmt.Fprintf(w, "  not checked: %s\n", n)
		}
	}
	for _, x := range r.Dossier {
		if x.State == dossier.Missing {
			fmt.Fprintf(w, "dossier, step %d, %s: %s\n", x.Step, x.Title, x.Why)
		}
	}
	return r.Verdict, nil
}
