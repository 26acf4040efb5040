package column

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"unicode/utf8"
)

// Kinds of text, by letters. Different texts without capitals, blanks and signs beyond
// ASCII look different; so do different texts without small letters, blanks and such
// signs.
const (
	noLetters = iota
	smallLetters
	capitals
	anyText // small letters and capitals, or blanks, control characters or no ASCII
	textKinds
)

const (
	eachByte = 0x0101010101010101
	highBits = 0x80 * eachByte
)

// kindOfText returns the kind of a text. It reads eight bytes at a time.
func kindOfText(v []byte) int {
	var odd, large, small uint64
	look := func(x uint64) {
		low := x &^ highBits
		// The high bit of a byte of each says that the byte is at least so much.
		atLeast := func(c uint64) uint64 { return low + (0x80-c)*eachByte }
		odd |= x | ^atLeast('!') | atLeast(0x7f)
		large |= atLeast('A') &^ atLeast('Z'+1)
		small |= atLeast('a') &^ atLeast('z'+1)
	}
	switch {
	case len(v) >= 8:
		for k := 0; k+8 <= len(v); k += 8 {
			look(binary.LittleEndian.Uint64(v[k:]))
		}
		look(binary.LittleEndian.Uint64(v[len(v)-8:]))
	default:
		x := uint64('0') * eachByte
		for _, b := range v {
			x = x<<8 | uint64(b)
		}
		look(x)
	}
	switch {
	case odd&highBits != 0 || large&highBits != 0 && small&highBits != 0:
		return anyText
	case large&highBits != 0:
		return capitals
	case small&highBits != 0:
		return smallLetters
	}
	return noLetters
}

// LookAlikes returns the number of texts less the number of looks: 0 if no two texts look
// alike. look returns the form of a text in which look-alikes are equal. On printable
// ASCII without blanks look must only make letters small. Its result is used until the
// next call. Bytes that are not UTF-8 look like no other text.
//
// No goroutine may read with the interner at the same time. Let the base be the more
// frequent of two kinds: texts without capitals, or texts without small letters. If all
// texts are of the base, there is no further work. Otherwise only the other texts are
// looked at, in as much memory as they take.
func (in *Interner) LookAlikes(look func(text []byte) []byte) int64 {
	var kinds [textKinds]int
	for s := range in.shards {
		for k, n := range in.shards[s].kinds {
			kinds[k] += n
		}
	}
	base, other := smallLetters, capitals
	if kinds[capitals] > kinds[smallLetters] {
		base, other = other, base
	}
	if kinds[other] == 0 && kinds[anyText] == 0 {
		return 0
	}
	looks := NewInterner()
	rest := int64(0)
	in.Each(func(text []byte) {
		k := kindOfText(text)
		if k == anyText && !utf8.Valid(text) {
			return
		}
		if k != base && k != noLetters {
			rest++
			looks.add(look(text))
		}
	})
	more := int64(0)
	looks.Each(func(text []byte) {
		k := kindOfText(text)
		if k == anyText {
			more++
			return
		}
		if base == capitals {
			text = bytes.ToUpper(text)
		}
		if !in.has(text) {
			more++
		}
	})
	return rest - more
}

// add adds a text without returning its key.
func (in *Interner) add(v []byte) {
	hash := maphash.Bytes(in.seed, v)
	s := &in.shards[hash>>(64-internBits)]
	s.reserve(1)
	if _, at := s.find(hash, v); s.slots[at] == 0 {
		s.slots[at] = uint64(uint32(hash))<<32 | uint64(len(s.arena)+1)
		s.n++
		s.arena = append(binary.AppendUvarint(s.arena, uint64(len(v))), v...)
	}
}

// has reports whether the interner holds a text.
func (in *Interner) has(v []byte) bool {
	hash := maphash.Bytes(in.seed, v)
	s := &in.shards[hash>>(64-internBits)]
	if len(s.slots) == 0 {
		return false
	}
	found, _ := s.find(hash, v)
	return found
}

// find returns the slot of a text, or the free one where it belongs.
func (s *internShard) find(hash uint64, v []byte) (bool, uint64) {
	tag, mask := uint64(uint32(hash)), uint64(len(s.slots)-1)
	for at := tag >> s.shift(); ; at = (at + 1) & mask {
		p := s.slots[at]
		if p == 0 {
			return false, at
		}
		if p>>32 == tag && bytes.Equal(s.text(uint32(p)-1), v) {
			return true, at
		}
	}
}

// Add adds a text, which may be in the interner already. No goroutine may read with the
// interner at the same time.
func (in *Interner) Add(text string) {
	s := &in.shards[maphash.String(in.seed, text)>>(64-internBits)]
	n := s.n
	if in.add([]byte(text)); s.n > n {
		s.kinds[kindOfText([]byte(text))]++
	}
}

// NewInternerOf returns an interner of the texts of a list that are not null.
func NewInternerOf(n int, label func(i int) (text string, ok bool)) *Interner {
	in := NewInterner()
	for i := range n {
		if text, ok := label(i); ok {
			in.Add(text)
		}
	}
	return in
}
