package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/pseudonym"
)

// settingFlags say how pseudonyms are made.
type settingFlags struct {
	domain, form, encoding, algorithm string
	bytes                             int
}

func (s *settingFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&s.domain, "domain", "", "project/variable")
	flags.StringVar(&s.form, "form", "typed", "which values are the same identifier: "+strings.Join(pseudonym.FormNames(), ", "))
	flags.StringVar(&s.encoding, "encoding", "hex", "hex, base32 or binary")
	flags.StringVar(&s.algorithm, "algorithm", "sha256", "sha256 or sha512-256")
	flags.IntVar(&s.bytes, "bytes", 0, "length of a pseudonym in bytes (default 16)")
}

// over puts the settings of a table in the place of flags that were not given.
func (s *settingFlags) over(old pseudonym.Settings, flags *pflag.FlagSet) {
	for name, to := range map[string]*string{"domain": &s.domain, "form": &s.form, "encoding": &s.encoding, "algorithm": &s.algorithm} {
		from := map[string]string{"domain": old.Domain, "form": old.Form, "encoding": old.Encoding, "algorithm": old.Algorithm}[name]
		if !flags.Changed(name) && from != "" {
			*to = from
		}
	}
	if !flags.Changed("bytes") {
		s.bytes = old.Bytes
	}
}

// config returns the configuration, without a key.
func (s *settingFlags) config() (c pseudonym.Config, err error) {
	if c.Domain, err = pseudonym.ParseDomain(s.domain); err != nil {
		return c, usageError(fmt.Errorf("--domain: %w", err))
	}
	if c.Form, err = pseudonym.ParseForm(s.form); err != nil {
		return c, usageError(fmt.Errorf("--form: %w", err))
	}
	if c.Encoding, err = pseudonym.ParseEncoding(s.encoding); err != nil {
		return c, usageError(fmt.Errorf("--encoding: %w", err))
	}
	if c.Algorithm, err = pseudonym.ParseAlgorithm(s.algorithm); err != nil {
		return c, usageError(fmt.Errorf("--algorithm: %w", err))
	}
	c.Bytes = s.bytes
	return c, nil
}

// maker makes the pseudonymizer of a key file.
func (s *settingFlags) maker(keyFile, identity string) (*pseudonym.Pseudonymizer, error) {
	c, err := s.config()
	if err != nil {
		return nil, err
	}
	if c.Key, err = loadKey(keyFile, identity); err != nil {
		return nil, err
	}
	defer c.Key.Destroy()
	p, err := pseudonym.New(c)
	if err != nil {
		return nil, usageError(err)
	}
	return p, nil
}
