package sdc

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Digest is the SHA-256, in hexadecimal, of a policy: of its name and of every threshold
// of every rule, on or off, but not of the file that it was read from. Two policies have
// one digest if and only if they are the same.
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

// Resembles returns the name of the shipped policy that a name looks like, or "": without
// regard to case, blanks, punctuation, accents, invisible characters, and letters of other
// scripts that look like Latin ones.
func Resembles(name string) string {
	plain := lookOf(name)
	for _, p := range []Policy{CBS(), ESSNet()} {
		if plain == p.Name {
			return p.Name
		}
	}
	return ""
}

// alikeLetters are letters and digits that look like those of the shipped names, in lower
// case: accented, Greek, Cyrillic, and from the blocks of full-width and small capitals.
var alikeLetters = func() map[rune]rune {
	out := map[rune]rune{}
	for to, list := range map[rune]string{
		'c': "çćĉċčсϲⅽᴄｃ¢", 'b': "вьᏏʙｂßβƅ", 's': "śŝşšșѕꜱｓ5$ꓢ", 'e': "èéêëēĕėęěеєεҽｅᴇ3ё€", 'n': "ñńņňɴｎηпռ", 't': "ţťŧțтτᴛｔ",
	} {
		for _, r := range list {
			out[r] = to
		}
	}
	return out
}()

// lookOf leaves the letters of a name, as what they look like.
func lookOf(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(name) { // mathematical and full-width letters are letters
		r = unicode.ToLower(r)
		if to, ok := alikeLetters[r]; ok {
			r = to
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) { // marks, blanks and the invisible are neither
			b.WriteRune(r)
		}
	}
	return b.String()
}

// shownName is how reports call a policy: one that looks like a shipped one and is another
// is said to be changed. That it requires a dossier is no change of a threshold.
func (p *Policy) shownName() string {
	same := *p
	same.RequireDossier = false
	for _, base := range []Policy{CBS(), ESSNet()} {
		if Resembles(p.Name) == base.Name && same.Digest() != base.Digest() {
			return base.Name + " (changed)"
		}
	}
	return p.Name
}

// Title is the name of a policy with what tells it from another of that name: the digest,
// and in how many rules it differs from the shipped one.
func (p policyReport) Title() string {
	s := p.Name + ", sha256 " + p.SHA256
	if n := len(p.Differences); n > 0 {
		s += fmt.Sprintf(" (differs from the shipped policy: %d)", n)
	}
	return s
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
	add(p.NK, !less(p.NK.Percent, 100))
	add(p.PPercent, less(p.PPercent.P, 1))
	add(p.PQ, !p.PQ.Off && p.PQ.narrow())
	add(p.GroupDisclosure, !less(p.GroupDisclosure.Percent, 100) && p.GroupDisclosure.Exclusive)
	add(p.Closeness, less(p.Closeness.Percent, 1))
	add(p.KAnonymity, p.KAnonymity.K <= 1)
	add(p.Identifiers, len(p.Identifiers.Names) == 0 && !less(p.Identifiers.UniqueShare, 100))
	add(p.Request, p.Request.Percent != "0" && !less(p.Request.Percent, 100))
	return out
}

// narrow reports whether Q - P is less than 1.
func (r PQ) narrow() bool {
	p, q := r.P.must(), r.Q.must()
	return ratio(q.Num, q.Den).Cmp(ratio(p.Num+p.Den, p.Den)) < 0
}
