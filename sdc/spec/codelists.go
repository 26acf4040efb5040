package spec

import (
	"fmt"
	"strings"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/plainyaml"
)

// code is a code as it is written: 01 is no number.
type code string

// UnmarshalYAML takes the text of a scalar.
func (c *code) UnmarshalYAML(text []byte) error {
	s := strings.TrimSpace(string(text))
	if strings.HasPrefix(s, `"`) || strings.HasPrefix(s, "'") {
		return plainyaml.Unmarshal(text, (*string)(c))
	}
	*c = code(s)
	return nil
}

// LoadCodes reads a file of the valid codes of columns:
//
//	version: 1
//	columns: {region: [N, S]}
//
// A code is its text as written in the file: 01 is no number. Errors wrap ErrSpec, or are
// of the file.
func LoadCodes(path string) (map[string][]string, error) {
	text, err := files.Read(path)
	if err != nil {
		return nil, err
	}
	var f struct {
		Version int               `yaml:"version"`
		Columns map[string][]code `yaml:"columns"`
	}
	if err := plainyaml.DecodeRaw(text, &f); err != nil {
		return nil, fmt.Errorf("%w: %s: version: 1 and columns: {name: [codes]} are wanted: %w", ErrSpec, path, err)
	}
	if f.Version != 1 || len(f.Columns) == 0 {
		return nil, fmt.Errorf("%w: %s: version: 1 and columns: {name: [codes]} are wanted", ErrSpec, path)
	}
	out := map[string][]string{}
	for name, list := range f.Columns {
		out[name] = []string{}
		for _, c := range list {
			out[name] = append(out[name], string(c))
		}
	}
	return out, nil
}
