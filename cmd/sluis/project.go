package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/spec"
)

// newProject makes the project of a spec as the command runs it. Rows on standard input are
// received.
func newProject(ctx context.Context, s *spec.Spec, policy sdc.Policy, trusted []ed25519.PublicKey) (*project.Project, error) {
	received, err := receive(ctx, s.Patterns...)
	if err != nil {
		return nil, err
	}
	return project.New(s, policy, project.Options{
		Trusted: trusted, OpenStreams: openStreams(ctx), Received: received, Tool: thisTool(),
		Watch: watch("checking"),
	}), nil
}

// loadSpec loads the spec that the arguments of a verb name. The argument - behind it stands
// for the data: rows on standard input.
func loadSpec(args []string) (*spec.Spec, error) {
	s, err := spec.Load(args[0])
	if err != nil {
		return nil, specError(err)
	}
	if len(args) > 1 {
		s.Patterns = []string{args[1]}
	}
	return s, nil
}

// watch shows progress.
func watch(what string) func(total int64) (func(int64), func()) {
	return func(total int64) (func(int64), func()) {
		bar := newProgress(what, total)
		return bar.set, bar.finish
	}
}

// checkAll checks the outputs of a project.
func checkAll(ctx context.Context, run *project.Project, opts sdc.Options) (*sdc.Report, error) {
	r, err := run.Check(ctx, opts)
	return r, requestError(err)
}

// requestError makes a wrong use of the command of what a person wrote wrongly.
func requestError(err error) error {
	var request *project.RequestError
	if errors.As(err, &request) {
		return usageError(err)
	}
	return err
}

// inputsOf lists the files that a check of a spec reads.
func inputsOf(s *spec.Spec, policy string) []string {
	return slices.Concat(s.Patterns, s.Paths, []string{s.Dossier, policy})
}
