package spec

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/sluis-go/sluis/sdc"
)

// hierarchyFile is a code tree: a tau-ARGUS .hrc file, an inline tree, or a map
// from code to parent.
type hierarchyFile struct {
	File    string            `yaml:"file"`
	Lead    string            `yaml:"lead"`
	Tree    treeFile          `yaml:"tree"`
	Parents map[string]string `yaml:"parents"`
}

func (h *hierarchyFile) build(in *folder) (*sdc.Hierarchy, error) {
	given := 0
	for _, is := range []bool{h.File != "", h.Tree != nil, h.Parents != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		return nil, wrong("one of file, tree and parents is wanted")
	}
	switch {
	case h.Tree != nil:
		return sdc.NewHierarchy(h.Tree...)
	case h.Parents != nil:
		return fromParents(h.Parents)
	}
	f, err := in.open(h.File)
	if err != nil {
		return nil, err
	}
	tree, err := sdc.ParseHRC(f, h.Lead)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.File, err)
	}
	return tree, nil
}

// treeFile is an inline tree: a map from a code to the codes below it. The value is again
// a map, or a list of codes and maps, or empty.
type treeFile []sdc.Code

// UnmarshalYAML reads the tree, keeping the order of its keys.
func (t *treeFile) UnmarshalYAML(unmarshal func(any) error) error {
	var m yaml.MapSlice
	if err := unmarshal(&m); err != nil {
		return errors.New("a tree is a map from code to the codes below it")
	}
	codes, err := codesOf(m, 0)
	if err != nil {
		return err
	}
	*t = codes
	return nil
}

// maxDepth bounds the depth of an inline tree.
const maxDepth = 64

func codesOf(v any, depth int) ([]sdc.Code, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("a tree is deeper than %d levels", maxDepth)
	}
	var out []sdc.Code
	switch v := v.(type) {
	case nil:
	case yaml.MapSlice:
		for _, item := range v {
			below, err := codesOf(item.Value, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, sdc.Code{Label: fmt.Sprint(item.Key), Children: below})
		}
	case map[string]any:
		if len(v) != 1 {
			return nil, errors.New("a map inside a list has one code")
		}
		for key, below := range v {
			children, err := codesOf(below, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, sdc.Code{Label: key, Children: children})
		}
	case []any:
		for _, item := range v {
			switch item.(type) {
			case yaml.MapSlice, map[string]any:
				codes, err := codesOf(item, depth+1)
				if err != nil {
					return nil, err
				}
				out = append(out, codes...)
			default:
				out = append(out, sdc.Code{Label: fmt.Sprint(item)})
			}
		}
	default:
		out = append(out, sdc.Code{Label: fmt.Sprint(v)})
	}
	return out, nil
}

// aprioriFile is a list of entries, or a tau-ARGUS .hst file.
type aprioriFile struct {
	file    *aprioriHST
	entries []aprioriEntry
}

type aprioriHST struct {
	File      string   `yaml:"file"`
	Separator string   `yaml:"separator"`
	Totals    []string `yaml:"totals"`
	Reason    string   `yaml:"reason"`
	By        string   `yaml:"by"`
}

type aprioriEntry struct {
	Codes  map[string]*string `yaml:"codes"`
	Status string             `yaml:"status"`
	Reason string             `yaml:"reason"`
	By     string             `yaml:"by"`
}

// UnmarshalYAML reads a list of entries or a map that names a file.
func (a *aprioriFile) UnmarshalYAML(unmarshal func(any) error) error {
	var entries []aprioriEntry
	if err := unmarshal(&entries); err == nil {
		a.entries = entries
		return nil
	}
	a.file = &aprioriHST{}
	if err := unmarshal(a.file); err != nil || a.file.File == "" {
		return errors.New("an a-priori list is a list of {codes, status, reason}, or {file, separator, totals, reason}")
	}
	return nil
}

func (a *aprioriFile) build(in *folder, by []string) ([]sdc.APriori, error) {
	if a.file != nil {
		f, err := in.open(a.file.File)
		if err != nil {
			return nil, err
		}
		list, err := parseHST(f, a.file.Separator, by, a.file.Totals, a.file.Reason, a.file.By)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.file.File, err)
		}
		return list, nil
	}
	var out []sdc.APriori
	for i, e := range a.entries {
		entry := sdc.APriori{Codes: map[string]string{}, Reason: e.Reason, By: e.By}
		switch e.Status {
		case "safe":
			entry.Safe = true
		case "unsafe":
		default:
			return nil, wrong("a-priori entry %d: status must be safe or unsafe", i+1)
		}
		for name, code := range e.Codes {
			if code == nil {
				entry.Codes[name] = "" // the total
				continue
			}
			entry.Codes[name] = *code
		}
		out = append(out, entry)
	}
	return out, nil
}
