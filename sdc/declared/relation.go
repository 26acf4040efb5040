package declared

import (
	"errors"
	"fmt"
	"iter"
	"math/big"
	"strings"
)

// term is a column of a relation and how often the column counts.
type term struct {
	column string
	times  *big.Rat
}

// Terms yields the columns of relation i with factors: in every record the sum of the values
// times their factors is 0. The first is the left side, with factor -1. The declarations must
// be valid.
func (c *Columns) Terms(i int) iter.Seq2[string, *big.Rat] {
	return func(yield func(string, *big.Rat) bool) {
		list, err := parse(c.Relations[i])
		if err != nil {
			return
		}
		for _, t := range list {
			if !yield(t.column, t.times) {
				return
			}
		}
	}
}

// longest bounds the length of a relation in bytes.
const longest = 1 << 14

// parse reads a relation.
func parse(text string) ([]term, error) {
	if len(text) > longest {
		return nil, fmt.Errorf("it has more than %d bytes", longest)
	}
	words, err := divide(text)
	if err != nil {
		return nil, err
	}
	if len(words) < 3 || !words[0].name() || !words[1].is("=") {
		return nil, errors.New(`a column, the sign = and a sum of columns are wanted, with blanks around every sign, as in "total = paid + unpaid"`)
	}
	out := []term{{words[0].text, big.NewRat(-1, 1)}}
	seen := map[string]bool{words[0].text: true}
	rest := words[2:]
	sign := int64(1)
	for first := true; first || len(rest) > 0; first = false {
		if !first {
			switch {
			case rest[0].is("+"):
				sign = 1
			case rest[0].is("-"):
				sign = -1
			default:
				return nil, fmt.Errorf("after column %d of the right side the sign + or - is wanted, with blanks around it", len(out)-1)
			}
			rest = rest[1:]
		}
		times := big.NewRat(sign, 1)
		if len(rest) >= 2 && rest[1].is("*") {
			f, ok := new(big.Rat).SetString(rest[0].text)
			if rest[0].quoted || !plainNumber.MatchString(rest[0].text) || !ok || f.Sign() <= 0 {
				return nil, fmt.Errorf("before the sign * of column %d of the right side a number above 0 is wanted, as 2 or 0.25", len(out))
			}
			times.Mul(times, f)
			rest = rest[2:]
		}
		if len(rest) == 0 || !rest[0].name() {
			return nil, fmt.Errorf("the name of column %d of the right side is wanted; put a name that looks like a sign or a number in double quotes", len(out))
		}
		if seen[rest[0].text] {
			return nil, fmt.Errorf("column %q stands in it twice: count it once, as in 2 * %[1]s", rest[0].text)
		}
		seen[rest[0].text] = true
		out = append(out, term{rest[0].text, times})
		rest = rest[1:]
	}
	return out, nil
}

// word is a name, a sign or a number of a relation.
type word struct {
	text   string
	quoted bool
}

func (w word) is(sign string) bool { return !w.quoted && w.text == sign }

// name reports whether a word can be the name of a column.
func (w word) name() bool {
	return w.quoted || !strings.Contains("= + - *", w.text) && !plainNumber.MatchString(w.text)
}

// divide divides a relation into words at blanks.
func divide(text string) (out []word, err error) {
	const blanks = " \t\n"
	for rest := strings.Trim(text, blanks); rest != ""; rest = strings.TrimLeft(rest, blanks) {
		if rest[0] != '"' {
			end := strings.IndexAny(rest, blanks)
			if end < 0 {
				end = len(rest)
			}
			out = append(out, word{text: rest[:end]})
			rest = rest[end:]
			continue
		}
		name, after, ok := strings.Cut(rest[1:], `"`)
		if !ok || name == "" || after != "" && !strings.ContainsAny(after[:1], blanks) {
			return nil, errors.New("a name in double quotes does not end, is empty, or has no blank after it")
		}
		out = append(out, word{name, true})
		rest = after
	}
	return out, nil
}
