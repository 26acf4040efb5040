// Package plainyaml reads the YAML files that people write, strictly. A file has one
// document, and no key that is unknown or comes twice. Memory is bounded, and no code of
// the data is read as a number.
package plainyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	// deepest is the largest depth of nested lists and maps. The memory of the parser is
	// quadratic in the depth.
	deepest = 200
	// mostNodes bounds the values of a file once its aliases are written out.
	mostNodes = 1 << 20
)

// Decode reads the only document of a file into a struct. It refuses text that is no
// YAML, an unknown key, a key that comes twice, and:
//
//   - a second document, which would not be read;
//   - lists and maps nested more than 200 deep, and aliases that stand for more than 2^20
//     values;
//   - a tag, such as !!seq: a tag changes the type of a value, and the library that this
//     package uses panics at some tags;
//   - an entry of a list that is nothing, but for a ~ under a key where;
//   - a number, a truth value or an empty value that YAML reads as another text than the
//     written one: YAML reads 010 as 8, 01 as 1, and 20.10 as 20.1. In quotes the text
//     stays as it is.
//
// An error names line and column where they are known.
func Decode(text []byte, into any) error { return decode(text, into, true) }

// DecodeRaw is Decode for types that read the text of numbers themselves.
func DecodeRaw(text []byte, into any) error { return decode(text, into, false) }

// Unmarshal reads a part of a file that [Decode] or [DecodeRaw] reads, without being
// strict. A panic of the library is an error.
func Unmarshal(text []byte, into any) (err error) {
	defer recovered(&err)
	return yaml.Unmarshal(text, into)
}

// recovered makes an error of a panic of the library. Its text may hold anything.
func recovered(err *error) {
	if recover() != nil {
		*err = errors.New("the file is no YAML that can be read: a value is not what its tag or its place asks for")
	}
}

func decode(text []byte, into any, literal bool) (err error) {
	defer recovered(&err)
	// The lexer drops a tag at the very end of a text.
	tokens := lexer.Tokenize(string(text) + "\n")
	if err := depth(tokens); err != nil {
		return err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return formatted(err)
	}
	w := walk{literal: literal, anchors: map[string]int{}}
	documents := 0
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType {
			continue
		}
		if documents++; documents > 1 {
			return at(d.Body.GetToken(), "a second document begins here, which would not be read")
		}
		if _, err := w.size(d.Body); err != nil {
			return err
		}
	}
	dec := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.DisallowUnknownField())
	if err := dec.Decode(into); err != nil {
		return formatted(err)
	}
	return nil
}

func formatted(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty")
	}
	return errors.New(strings.TrimSpace(yaml.FormatError(err, false, false)))
}

func at(t *token.Token, format string, args ...any) error {
	if t == nil || t.Position == nil {
		return fmt.Errorf(format, args...)
	}
	return fmt.Errorf("[%d:%d] %s", t.Position.Line, t.Position.Column, fmt.Sprintf(format, args...))
}

// depth refuses tags, and files that are nested too deeply, before they are parsed. A block
// begins further to the right than the one around it.
func depth(tokens token.Tokens) error {
	flow, line := 0, 0
	for _, t := range tokens {
		if t.Type == token.TagType {
			return at(t, "a tag is not read here: write the value alone, in quotes where it is text")
		}
		first := t.Position.Line != line
		line = t.Position.Line
		block := flow == 0 && (first || t.Type == token.SequenceEntryType || t.Type == token.MappingKeyType)
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow = max(0, flow-1)
		}
		if flow > deepest || block && t.Position.Column > 2*deepest {
			return at(t, "lists and maps are nested too deeply")
		}
	}
	return nil
}

// walk looks at every value of a document.
type walk struct {
	literal bool
	where   int            // so many keys where are around the value
	anchors map[string]int // values behind an anchor; -1 within it
}

// size counts the values of a node with its aliases expanded, and refuses the values that
// Decode refuses.
func (w *walk) size(n ast.Node) (int, error) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return sizes(w, n.Values)
	case *ast.MappingValueNode:
		if t := n.Key.GetToken(); t != nil && t.Value == "where" {
			w.where++
			defer func() { w.where-- }()
		}
		return sizes(w, []ast.Node{n.Key, n.Value})
	case *ast.MappingKeyNode:
		return w.size(n.Value)
	case *ast.SequenceNode:
		for _, v := range n.Values {
			if null, ok := v.(*ast.NullNode); ok && w.literal && !(w.where > 0 && null.Token.Value == "~") {
				return 0, at(null.Token, "an entry of the list is nothing: put quotes around it, or take it out")
			}
		}
		return sizes(w, n.Values)
	case *ast.TagNode:
		return w.size(n.Value)
	case *ast.AnchorNode:
		name := n.Name.String()
		w.anchors[name] = -1
		k, err := w.size(n.Value)
		w.anchors[name] = k
		return k, err
	case *ast.AliasNode:
		k := w.anchors[n.Value.String()]
		if k < 0 {
			return 0, at(n.Start, "an alias stands for what it is in")
		}
		return max(1, k), nil
	}
	if w.literal {
		return 1, literal(n)
	}
	return 1, nil
}

func sizes[N ast.Node](w *walk, list []N) (int, error) {
	all := 1
	for _, n := range list {
		k, err := w.size(n)
		if err != nil {
			return 0, err
		}
		if all += k; all > mostNodes {
			return 0, at(n.GetToken(), "aliases stand for more than %d values", mostNodes)
		}
	}
	return all, nil
}

// literal refuses a scalar that YAML reads as something else than its text.
func literal(n ast.Node) error {
	var read string
	switch n := n.(type) {
	case *ast.IntegerNode:
		read = fmt.Sprint(n.Value)
	case *ast.FloatNode:
		read = strconv.FormatFloat(n.Value, 'f', -1, 64)
	case *ast.InfinityNode:
		read = "infinite"
	case *ast.NanNode:
		read = "no number"
	case *ast.BoolNode:
		read = strconv.FormatBool(n.Value)
	default:
		return nil
	}
	if text := n.GetToken().Value; text != read {
		return at(n.GetToken(), "%s would be read as %s: put quotes around it, or write that", text, read)
	}
	return nil
}

// Whole is a whole number as people write it: 8.9 is not read as 8, and 010 is not read
// as an octal number.
type Whole int32

// UnmarshalYAML takes a number of digits alone, quoted or not.
func (w *Whole) UnmarshalYAML(n ast.Node) error {
	text := n.GetToken().Value
	v, err := strconv.ParseInt(text, 10, 32)
	if err != nil || strconv.FormatInt(v, 10) != text {
		return at(n.GetToken(), "a whole number is wanted, of digits alone and without zeros before it")
	}
	*w = Whole(v)
	return nil
}
