package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	projectkey "github.com/sluis-go/sluis/internal/secret"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/releases"
)

func newSecretCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Make the secret under which the choices of protect are drawn",
		Long: `secret makes the secret of a project. protect draws under it what else to hide, and how
to round: a second run makes the same choice, and nobody without the secret can repeat it. The
secret is no key of pseudonyms, and neither is taken for the other. Keep it inside, with the
project, for as long as tables of the project may be published.`,
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "new FILE",
		Short:   "Make a secret, mode 0600, and print its id",
		Example: "  sluis secret new project.secret",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := projectkey.New()
			if err == nil {
				err = projectkey.Save(args[0], s)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "secret %s\n", s.ID())
			return err
		},
	})
	return cmd
}

// drawSecret makes the secret of a project that has none.
var drawSecret = projectkey.New

// projectSecret is the secret of a run of protect.
type projectSecret struct {
	secret *projectkey.Secret // nil for none
	path   string             // where a new one is to be kept, "" for one that was there
	kept   bool
}

// secretFor finds the secret of a run: the file that --secret names, or the one beside the
// spec. Without one it draws a new one. A seed of a test, and a policy that leaves the part
// method of the attacker out, need none.
func secretFor(f *protectFlags, spec string, policy *sdc.Policy) (*projectSecret, error) {
	switch {
	case f.secret != "" && f.seed != 0:
		return nil, usageError(errors.New("--secret and --seed are both given; a seed is for tests"))
	case f.seed != 0 || policy.Attacker.NoMethod && f.secret == "":
		return &projectSecret{}, nil
	}
	path := f.secret
	if path == "" {
		path = spec + ".secret"
	}
	s, err := projectkey.Load(path)
	switch {
	case err == nil:
		return &projectSecret{secret: &s}, nil
	case f.secret != "" || !errors.Is(err, fs.ErrNotExist):
		return nil, usageError(fmt.Errorf("the secret: %w", err))
	}
	if s, err = drawSecret(); err != nil {
		return nil, err
	}
	return &projectSecret{secret: &s, path: path}, nil
}

func (s *projectSecret) bytes() []byte {
	if s.secret == nil {
		return nil
	}
	return s.secret.Bytes()
}

// save keeps a new secret beside the spec, where something was chosen under it.
func (s *projectSecret) save(p *suppress.Publication) error {
	if s.path == "" || !chosen(p) {
		return nil
	}
	err := projectkey.Save(s.path, *s.secret)
	if errors.Is(err, fs.ErrExist) {
		if there, err := projectkey.Load(s.path); err == nil && there.ID() == s.secret.ID() {
			return nil
		}
		return fmt.Errorf("another run has made the secret %s at the same time: run again", s.path)
	}
	if err != nil {
		return fmt.Errorf("the secret under which choices are drawn cannot be kept beside the spec; name one with --secret: %w", err)
	}
	s.kept = true
	return nil
}

func (s *projectSecret) tell(w io.Writer) {
	if s.kept {
		fmt.Fprintf(w, "A secret was made, %s: it must not leave, and the next run needs it\n", s.path)
	}
}

// chosen reports whether something was chosen: what else to hide, or how to round.
func chosen(p *suppress.Publication) bool {
	for _, proof := range p.Proofs {
		if proof.Rounded != nil && proof.Rounded.Additive {
			return true
		}
	}
	for _, t := range p.Tables {
		if t.Loss.Primary+t.Loss.Secondary > 0 {
			return true
		}
	}
	return false
}

// againstEarlier refuses a second, other release of the same cells: of those that --with
// names, and of the one that is to be replaced.
func (f *protectFlags) againstEarlier(p *suppress.Publication) error {
	covered := map[string]string{}
	for _, t := range p.Tables {
		covered[t.File] = t.Proof
	}
	earlier := f.with
	if info, err := os.Stat(filepath.Join(f.out, suppress.ReleaseFolder)); err == nil && info.IsDir() {
		old := filepath.Join(f.out, suppress.ReleaseFolder)
		earlier = append([]string{old}, earlier...)
	}
	wrong, err := releases.Against(p.FS(suppress.ReleaseFolder), covered, earlier)
	if err != nil || len(wrong) == 0 {
		return err
	}
	return &exitError{code: exitUnsafe, err: fmt.Errorf("nothing is released: %s; publish the earlier release, or, where nobody has it yet, remove it", strings.Join(wrong, "; "))}
}
