package pseudonym

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/staging"
)

// ErrTranslation says that a file is no translation table, or is damaged.
var ErrTranslation = errors.New("translation table cannot be used")

// Translation maps the pseudonyms of one key or domain to the pseudonyms of another. It
// holds no identifier. A holder of the translation can join files from before and after:
// it must stay with holders of both files. A Translation is safe for concurrent reading.
type Translation struct {
	from, to  Settings
	canonical string // of the new pseudonyms, see [Setting]
	pairs     map[string]string
}

// translationHeader is the first line of a translation table.
const translationHeader = "sluis translation 1"

// translationHead is the second line.
type translationHead struct {
	From Settings `json:"from"`
	To   Settings `json:"to"`
	// Canonical is the class of the canonical bytes of the new pseudonyms, see [Setting].
	Canonical string `json:"canonical"`
	Entries   int    `json:"entries"`
	SHA256    string `json:"sha256"` // of the lines that follow
}

// Len returns the number of pseudonyms.
func (t *Translation) Len() int { return len(t.pairs) }

// From returns the settings of the old pseudonyms.
func (t *Translation) From() Settings { return t.from }

// To returns the settings of the new pseudonyms.
func (t *Translation) To() Settings { return t.to }

// New returns the new pseudonym of an old one, as text.
func (t *Translation) New(old string) (string, bool) {
	s, ok := t.pairs[old]
	return s, ok
}

func (t *Translation) lines(w io.Writer) error {
	b := bufio.NewWriter(w)
	for _, old := range slices.Sorted(maps.Keys(t.pairs)) {
		fmt.Fprintf(b, "%s %s\n", old, t.pairs[old])
	}
	return b.Flush()
}

// Save writes the table to a new file of mode 0600. On an error no file is left.
func (t *Translation) Save(path string) error {
	sum := sha256.New()
	if err := t.lines(sum); err != nil {
		return err
	}
	head, err := json.Marshal(translationHead{t.from, t.to, t.canonical, t.Len(), hex.EncodeToString(sum.Sum(nil))})
	if err != nil {
		return err
	}
	return staging.WriteNew(path, func(w io.Writer) error {
		if _, err := fmt.Fprintf(w, "%s\n%s\n", translationHeader, head); err != nil {
			return err
		}
		return t.lines(w)
	})
}

// LoadTranslation reads a table. The error is ErrTranslation, with the line, or of the
// file system.
func LoadTranslation(path string) (*Translation, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := parseTranslation(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

func parseTranslation(r io.Reader) (*Translation, error) {
	b := bufio.NewReader(r)
	first, err := b.ReadString('\n')
	if err != nil || first != translationHeader+"\n" {
		return nil, fmt.Errorf("%w: it is not one, or of another version", ErrTranslation)
	}
	second, err := b.ReadString('\n')
	var head translationHead
	if text := []byte(strings.TrimSuffix(second, "\n")); err != nil || !decode(text, &head) || !writtenAs(text, head) {
		return nil, fmt.Errorf("%w: line 2: not the head of a table", ErrTranslation)
	}
	if _, err := head.To.Config(); err != nil {
		return nil, fmt.Errorf("%w: line 2: %w", ErrTranslation, err)
	}
	t := &Translation{from: head.From, to: head.To, canonical: head.Canonical, pairs: map[string]string{}}
	sum := sha256.New()
	last := ""
	for n := 3; ; n++ {
		line, err := b.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" {
			break
		}
		old, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if err != nil || !ok || text == "" || strings.Contains(text, " ") || old <= last {
			return nil, fmt.Errorf("%w: line %d: not an old and a new pseudonym in the order of the old ones", ErrTranslation, n)
		}
		io.WriteString(sum, line) //nolint:errcheck // a hash takes everything
		t.pairs[old], last = text, old
	}
	if t.Len() != head.Entries || hex.EncodeToString(sum.Sum(nil)) != head.SHA256 {
		return nil, fmt.Errorf("%w: lines were changed, added or lost", ErrTranslation)
	}
	return t, nil
}

// digest is SHA-256.
func digest(b []byte) [32]byte { return sha256.Sum256(b) }

// AppendTranslated adds columns that t translated to a record, and the name of the
// program where the record is new.
func (r *Record) AppendTranslated(t *Translation, columns []string, counters map[string]*Counter, tool string) {
	r.Schema, r.Tool = processSchema, tool
	for _, name := range columns {
		c := counters[name].recorded(name, t.to)
		c.Translated = true
		r.Columns = append(r.Columns, c)
	}
}
