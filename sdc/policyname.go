package sdc

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Digest returns the SHA-256, in hexadecimal, of the name of a policy and of every
// threshold of every rule, on or off. The file of the policy is not in the digest. Two
// policies have the same digest if and only if they are the same.
func (p *Policy) Digest() string {
	same := *p
	same.File = nil
	text, err := json.Marshal(same)
	if err != nil {
		panic("sdc: " + err.Error()) // strings, numbers and bools alone
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// resembles returns the name of the shipped policy that a name looks like, or "". A name
// looks like a shipped name if
//
//   - one of its words begins with the shipped name ("cbs (shipped)", "CBS-publication");
//     or
//   - consecutive words, written as one, are the shipped name ("c.b.s 2026").
//
// Names are compared without case, blanks, punctuation, accents and invisible characters.
// Letters and signs that look like Latin letters count as those letters. Any other letter
// that is not Latin counts as every letter: no list of look-alikes is complete.
func resembles(name string) string {
	words := lookWords(name)
	for _, p := range []Policy{CBS(), ESSNet()} {
		for i := range words {
			if beginsLike(words[i], p.Name) {
				return p.Name
			}
			run := ""
			for _, w := range words[i:] {
				if run += w; utf8.RuneCountInString(run) >= len(p.Name) {
					break
				}
			}
			if utf8.RuneCountInString(run) == len(p.Name) && beginsLike(run, p.Name) {
				return p.Name
			}
		}
	}
	return ""
}

// anyLetter stands for a letter that is not Latin in a word of lookWords.
const anyLetter = '?'

// beginsLike reports whether a word begins with a shipped name.
func beginsLike(word, shipped string) bool {
	letters := []rune(word)
	if len(letters) < len(shipped) {
		return false
	}
	for i, r := range shipped {
		if letters[i] != r && letters[i] != anyLetter {
			return false
		}
	}
	return true
}

// Resembles returns the shipped policy whose name the name of the policy looks like: "cbs"
// or "essnet"; "" for none. A capital, an accent, or a letter that looks like another one,
// makes no difference.
func (p *Policy) Resembles() string { return resembles(p.Name) }

// IsShipped reports whether the name and all thresholds of a policy are those of [CBS] or
// [ESSNet]. RequireDossier is no threshold.
func (p *Policy) IsShipped() bool {
	same := *p
	same.RequireDossier = false
	for _, base := range []Policy{CBS(), ESSNet()} {
		if same.Digest() == base.Digest() {
			return true
		}
	}
	return false
}

// alikeLetters maps letters, digits and signs to the letters of the shipped names that
// they look like, as small letters without accents. They are letters with strokes and
// hooks, small capitals, and Greek, Cyrillic, Armenian, Coptic, Cherokee and Lisu
// letters.
var alikeLetters = func() map[rune]rune {
	out := map[rune]rune{}
	for to, list := range map[rune]string{
		'c': "ȼƈɕсϲᴄ¢©\u13dfꓚⲥ", 'b': "вьʙßβƅƀɓƃ\u13cf\u13f4ꓐⲃ8", 's': "ѕꜱʂȿƨ5$ꓢ\u13daտ", 'e': "еєεҽᴇɇɛ\u13acꓰⲉ3€",
		'n': "ɴηпռνɲŋƞꓠⲛ", 't': "ŧтτᴛƫʈ\u13a2ꓔⲧ",
	} {
		for _, r := range list {
			out[unicode.ToLower(r)] = to
		}
	}
	return out
}()

// lookWords returns the words of a name, with letters as they look. A word is a run of
// letters or a run of digits. A run is cut where a capital follows a small letter, or
// begins a word after capitals. A digit or sign that looks like a letter belongs to the
// run of letters before it.
func lookWords(name string) []string {
	var words []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	letters := slices.DeleteFunc([]rune(norm.NFKD.String(name)), func(r rune) bool {
		return unicode.Is(unicode.M, r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point)
	})
	was := 0 // 1 after a letter, 2 after a digit
	for i, r := range letters {
		small := unicode.ToLower(r)
		to, alike := alikeLetters[small]
		kind := 0
		switch {
		case unicode.IsLetter(r):
			kind = 1
		case alike:
			kind = max(was, 1)
		case unicode.IsDigit(r):
			kind = 2
		}
		before := i > 0 && (unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]) && unicode.IsUpper(letters[i-1]))
		if kind != was || kind == 0 || unicode.IsUpper(r) && before {
			flush()
		}
		if was = kind; kind == 0 {
			continue
		}
		switch {
		case alike:
			small = to
		case kind == 1 && (small < 'a' || small > 'z'):
			small = anyLetter
		}
		word.WriteRune(small)
	}
	flush()
	return words
}

// shownName is the name of a policy in reports. A policy with the name of a shipped one
// and other thresholds is shown as changed. RequireDossier is no change of a threshold.
func (p *Policy) shownName() string {
	if like := resembles(p.Name); like != "" && !p.IsShipped() {
		return like + " (changed)"
	}
	return p.Name
}

// idle lists the rules that are on and can hardly find anything.
func (p *Policy) idle() []string {
	var out []string
	add := func(r rule, is bool) {
		if !r.off() && is {
			out = append(out, r.name())
		}
	}
	less := func(x Percent, n uint64) bool { r, err := x.ratio(); return err == nil && r.Num < n*r.Den }
	add(p.MinContributors, p.MinContributors.Min <= 1)
	add(p.MinHoldings, p.MinHoldings.Min <= 1)
	idle := true
	for _, r := range p.NK.pairs() {
		idle = idle && !less(r.Percent, 100)
	}
	add(p.NK, idle)
	idle = true
	for _, r := range p.PPercent.pairs() {
		idle = idle && less(r.P, 1)
	}
	add(p.PPercent, idle)
	add(p.PQ, !p.PQ.Off && p.PQ.narrow())
	add(p.GroupDisclosure, !less(p.GroupDisclosure.Percent, 100) && p.GroupDisclosure.Exclusive)
	add(p.Closeness, less(p.Closeness.Percent, 1))
	add(p.KAnonymity, p.KAnonymity.K <= 1)
	// The names and forms of identifiers are looked at whatever the share is.
	if r := p.Identifiers; !r.Off && !less(r.UniqueShare, 100) {
		out = append(out, r.name()+" (unique-share)")
	}
	add(p.MinDegreesOfFreedom, p.MinDegreesOfFreedom.Min <= 1)
	add(p.Request, p.Request.Percent != "0" && !less(p.Request.Percent, 100))
	return out
}

// narrow reports whether Q - P is less than 1.
func (r PQ) narrow() bool {
	p, q := r.P.must(), r.Q.must()
	return ratio(q.Num, q.Den).Cmp(ratio(p.Num+p.Den, p.Den)) < 0
}
