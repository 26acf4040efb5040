package pseudonym

import "fmt"

// Settings are the settings of pseudonyms, as the flags and a table state them. Two
// columns with equal settings have one pseudonym for one identifier of one type.
// Different settings prove nothing. A record states a [Setting] for every column.
type Settings struct {
	KeyID     string `json:"keyId"`
	Domain    string `json:"domain"`
	Form      string `json:"form"`
	Encoding  string `json:"encoding"`
	Bytes     int    `json:"bytes"`
	Algorithm string `json:"algorithm"`
	// Format is the version of docs/pseudonym-format.md.
	Format int `json:"format"`
}

// Settings returns the settings of p.
func (p *Pseudonymizer) Settings() Settings {
	return Settings{
		KeyID: p.KeyID(), Domain: p.cfg.Domain.String(), Form: p.cfg.Form.String(), Encoding: p.cfg.Encoding.String(),
		Bytes: p.bytes, Algorithm: p.cfg.Algorithm.Flag(), Format: FormatVersion,
	}
}

// Config returns a configuration with these settings, without a key. The error wraps
// ErrDomain or ErrSetting.
func (s Settings) Config() (c Config, err error) {
	if s.Format != FormatVersion {
		return c, fmt.Errorf("%w: version %d of the format, this program makes version %d", ErrSetting, s.Format, FormatVersion)
	}
	if c.Domain, err = ParseDomain(s.Domain); err != nil {
		return c, err
	}
	if c.Form, err = ParseForm(s.Form); err != nil {
		return c, err
	}
	if c.Encoding, err = ParseEncoding(s.Encoding); err != nil {
		return c, err
	}
	if c.Algorithm, err = ParseAlgorithm(s.Algorithm); err != nil {
		return c, err
	}
	c.Bytes = s.Bytes
	return c, nil
}

// setting returns the setting that a record states for a column with a class of canonical
// bytes. Its algorithm has the long name.
func (s Settings) setting(canonical string) Setting {
	algorithm, _ := ParseAlgorithm(s.Algorithm) // was read or made by this package
	return Setting{
		KeyID: s.KeyID, Domain: s.Domain, Format: s.Format, Canonical: canonical,
		Encoding: s.Encoding, Bytes: s.Bytes, Algorithm: algorithm.String(),
	}
}

// TextLength returns the number of characters of a pseudonym as text: binary ones in
// hexadecimal.
func (s Settings) TextLength() int {
	if s.Encoding == encodingNames[Base32] {
		return textLength(Base32, s.Bytes)
	}
	return textLength(Hex, s.Bytes)
}

// textLength returns the number of characters of a pseudonym; bytes is its length in
// bytes. A binary pseudonym counts in hexadecimal.
func textLength(e Encoding, bytes int) int {
	if e == Base32 {
		return (8*bytes + 4) / 5
	}
	return 2 * bytes
}
