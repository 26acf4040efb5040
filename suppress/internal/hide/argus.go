package hide

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/sluis-go/sluis/sdc"
)

const (
	mostMetadata = 1 << 20 // bytes
	mostTree     = 1 << 26 // bytes of a hierarchy file
)

// ReadRDA reads the metadata of a table for tau-ARGUS (an .rda file of tabular data):
//
//   - the separator and the status codes;
//   - the spanning variables, with the code of their totals and their hierarchy files;
//   - the columns of the response, the frequency, the largest contributions, the status
//     and the protection levels. Where the metadata name several responses, or none,
//     Value is left empty.
//
// Hierarchy files are looked for in the folder of the metadata, whatever path the metadata
// give. Statuses are those that the metadata name, the numbers that tau-ARGUS writes, and
// M and ML for secondary cells. Costs, shadow variables, code lists, distances and
// decimals play no part in an audit.
//
// The error wraps ErrRequest and names the line: an unknown keyword, hierarchies by
// the width of codes, metadata of microdata.
func ReadRDA(fsys fs.FS, name string) (*ForeignSpec, error) {
	if fsys == nil {
		return nil, fmt.Errorf("%w: the folder is nil", ErrRequest)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	m := &metadata{fsys: fsys, dir: path.Dir(name), spec: &ForeignSpec{Names: []string{}}, codes: map[string]kind{}}
	in := bufio.NewScanner(&leash{r: f, left: mostMetadata, err: errLongFile})
	for m.line = 1; in.Scan(); m.line++ {
		text := in.Text()
		if m.line == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		tokens, err := metaTokens(text)
		if err != nil {
			return nil, m.fail(err.Error())
		}
		if len(tokens) == 0 {
			continue
		}
		if err := m.entry(tokens); err != nil {
			return nil, err
		}
	}
	if err := in.Err(); err != nil {
		return nil, m.fail(err.Error())
	}
	return m.finish()
}

type metadata struct {
	fsys      fs.FS
	dir       string
	line      int
	spec      *ForeignSpec
	codes     map[string]kind
	spanning  *ForeignVariable // the variable of the present line, where it spans
	tree      string           // its hierarchy file
	lead      string
	hierarchy bool
	responses []string
}

func (m *metadata) fail(what string) error {
	return fmt.Errorf("%w: metadata, line %d: %s", ErrRequest, m.line, what)
}

// metaTokens splits a line at blanks, but not within double quotes.
func metaTokens(line string) (out []string, err error) {
	for {
		line = strings.TrimLeft(line, " \t\r")
		if line == "" {
			return out, nil
		}
		var token string
		if line[0] == '"' {
			var closed bool
			if token, line, closed = strings.Cut(line[1:], `"`); !closed {
				return nil, errors.New("a quote is not closed")
			}
		} else if i := strings.IndexAny(line, " \t\r"); i >= 0 {
			token, line = line[:i], line[i:]
		} else {
			token, line = line, ""
		}
		out = append(out, token)
	}
}

func (m *metadata) entry(tokens []string) error {
	s := m.spec
	word, rest := strings.ToUpper(tokens[0]), tokens[1:]
	if !strings.HasPrefix(word, "<") {
		if err := m.close(); err != nil {
			return err
		}
		s.Names = append(s.Names, tokens[0])
		return nil
	}
	argument := ""
	if len(rest) > 0 {
		argument = rest[0]
	}
	switch word {
	case "<SEPARATOR>":
		r, n := utf8.DecodeRuneInString(argument)
		if n == 0 || n != len(argument) || r == utf8.RuneError || r == '"' || r == '\n' || r == '\r' {
			return m.fail("the separator is one character")
		}
		s.Separator = r
		return nil
	case "<SAFE>", "<UNSAFE>", "<PROTECT>":
		k := map[string]kind{"<SAFE>": kindSafe, "<UNSAFE>": kindPrimary, "<PROTECT>": kindProtected}[word]
		code := strings.ToUpper(strings.TrimSpace(argument))
		if was := m.codes[code]; was != 0 && was != k || code == "" {
			return m.fail("a status code is empty, or stands for two things")
		}
		m.codes[code] = k
		return nil
	}
	if len(s.Names) == 0 {
		return m.fail("a keyword before the first variable")
	}
	name := s.Names[len(s.Names)-1]
	only := func(to *string) error {
		if *to != "" {
			return m.fail("a second column of one kind")
		}
		*to = name
		return nil
	}
	switch word {
	case "<RECODEABLE>", "<RECODABLE>":
		m.spanning = &ForeignVariable{Name: name}
	case "<TOTCODE>", "<HIERARCHICAL>", "<HIERCODELIST>", "<HIERLEADSTRING>":
		if m.spanning == nil {
			return m.fail(word + " of a variable that does not span the table")
		}
		switch word {
		case "<TOTCODE>":
			m.spanning.Total = argument
		case "<HIERARCHICAL>":
			m.hierarchy = true
		case "<HIERCODELIST>":
			m.tree = argument
		default:
			m.lead = argument
		}
	case "<HIERLEVELS>":
		return m.fail("hierarchies by the width of codes are not read; name a hierarchy file")
	case "<NUMERIC>":
		switch strings.ToUpper(argument) {
		case "":
			m.responses = append(m.responses, name)
		case "<LOWERPL>":
			return only(&s.Lower)
		case "<UPPERPL>":
			return only(&s.Upper)
		case "<SHADOW>", "<COST>", "<COSTVAR>":
		default:
			return m.fail("a numeric variable of a kind that is not known")
		}
	case "<LOWERPL>":
		return only(&s.Lower)
	case "<UPPERPL>":
		return only(&s.Upper)
	case "<FREQUENCY>":
		return only(&s.Contributors)
	case "<STATUS>":
		return only(&s.Status)
	case "<MAXSCORE>":
		s.Largest = append(s.Largest, name)
	case "<SHADOW>", "<COST>", "<COSTVAR>", "<CODELIST>", "<DECIMALS>", "<DISTANCE>", "<TRUNCABLE>":
	case "<WEIGHT>", "<HOLDING>", "<REQUEST>", "<SPSS>":
		return m.fail("these are metadata of records, not of a table")
	default:
		return m.fail("a keyword that is not known")
	}
	return nil
}

// close ends a spanning variable.
func (m *metadata) close() error {
	v := m.spanning
	if v == nil {
		return nil
	}
	if m.hierarchy {
		if m.tree == "" {
			return m.fail("a hierarchical variable before it names no hierarchy file")
		}
		base := path.Base(strings.ReplaceAll(m.tree, `\`, "/"))
		tree, err := openTree(m.fsys, path.Join(m.dir, base), m.lead)
		if err != nil {
			return fmt.Errorf("variable %q: %w", v.Name, err)
		}
		v.Tree = tree
	}
	m.spec.Variables = append(m.spec.Variables, *v)
	m.spanning, m.tree, m.lead, m.hierarchy = nil, "", "", false
	return nil
}

func openTree(fsys fs.FS, name, lead string) (*sdc.Hierarchy, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	h, err := sdc.ParseHRC(&leash{r: f, left: mostTree, err: errLongFile}, lead)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	return h, nil
}

func (m *metadata) finish() (*ForeignSpec, error) {
	if err := m.close(); err != nil {
		return nil, err
	}
	s := m.spec
	switch {
	case s.Separator == 0:
		return nil, fmt.Errorf("%w: metadata: no <SEPARATOR>: these are not of a table", ErrRequest)
	case len(s.Variables) == 0:
		return nil, fmt.Errorf("%w: metadata: no spanning variables", ErrRequest)
	}
	if len(m.responses) == 1 {
		s.Value = m.responses[0]
	}
	for code, k := range statusCodes["tau"] {
		if m.codes[code] == 0 {
			m.codes[code] = k
		}
	}
	for _, code := range []string{"M", "ML"} {
		if m.codes[code] == 0 {
			m.codes[code] = kindSecondary
		}
	}
	s.Codes = StatusCodes{m.codes}
	return s, nil
}
