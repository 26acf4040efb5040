package hmac_test

import (
	"bytes"
	stdhmac "crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/internal/hmac"
)

// TestVariants: every compression gives the same state, one and two at a time.
func TestVariants(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		var s [2][8]uint32
		var p [2][64]byte
		for l := range 2 {
			for i := range s[l] {
				s[l][i] = rng.Uint32()
			}
			for i := range p[l] {
				p[l][i] = byte(rng.Uint32())
			}
		}
		var want [2][8]uint32
		for k, v := range hmac.Variants {
			one, two := s, s
			v.One(&one[0], &p[0])
			v.One(&one[1], &p[1])
			v.Two(&two[0], &two[1], &p[0], &p[1])
			if k == 0 {
				want = one
			}
			if one != want || two != want {
				t.Fatalf("%s differs", v.Name)
			}
		}
	}
}

// TestRFC4231 has the test cases of RFC 4231, section 4 (4.6 is truncated to 128
// bits there).
func TestRFC4231(t *testing.T) {
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for i, tc := range []struct {
		key, data []byte
		want      string
	}{
		{bytes.Repeat([]byte{0x0b}, 20), []byte("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{[]byte("Jefe"), []byte("what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{bytes.Repeat([]byte{0xaa}, 20), bytes.Repeat([]byte{0xdd}, 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
		{unhex("0102030405060708090a0b0c0d0e0f10111213141516171819"), bytes.Repeat([]byte{0xcd}, 50), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
		{bytes.Repeat([]byte{0x0c}, 20), []byte("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"},
		{bytes.Repeat([]byte{0xaa}, 131), []byte("Test Using Larger Than Block-Size Key - Hash Key First"), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
		{bytes.Repeat([]byte{0xaa}, 131), []byte("This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."), "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
	} {
		t.Run(fmt.Sprint("vector ", i), func(t *testing.T) {
			var got [hmac.Size]byte
			hmac.New(tc.key).Sum(&hmac.Scratch{}, &got, tc.data)
			if !strings.HasPrefix(hex.EncodeToString(got[:]), tc.want) {
				t.Errorf("case %d: %x, want %s", i+1, got, tc.want)
			}
		})
	}
}

func TestAgainstStandardLibrary(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	var s hmac.Scratch
	for n := range 300 {
		key := make([]byte, rng.IntN(200))
		a, b := make([]byte, n), make([]byte, rng.IntN(130))
		for _, p := range [][]byte{key, a, b} {
			for i := range p {
				p[i] = byte(rng.Uint32())
			}
		}
		k := hmac.New(key)
		want := func(m []byte) []byte {
			h := stdhmac.New(sha256.New, key)
			h.Write(m)
			return h.Sum(nil)
		}
		var x, y [hmac.Size]byte
		k.Sum(&s, &x, a)
		if !bytes.Equal(x[:], want(a)) {
			t.Fatalf("%d bytes differ", n)
		}
		k.Sum2(&s, &x, &y, a, b)
		if !bytes.Equal(x[:], want(a)) || !bytes.Equal(y[:], want(b)) {
			t.Fatalf("%d and %d bytes differ", n, len(b))
		}
	}
}

func TestWipe(t *testing.T) {
	k := hmac.New([]byte("a key of no consequence"))
	k.Wipe()
	if *k != (hmac.Key{}) {
		t.Error("something is left of the key")
	}
}

func FuzzSum(f *testing.F) {
	f.Add([]byte("key"), []byte("message"))
	f.Fuzz(func(t *testing.T, key, msg []byte) {
		h := stdhmac.New(sha256.New, key)
		h.Write(msg)
		var got [hmac.Size]byte
		hmac.New(key).Sum(&hmac.Scratch{}, &got, msg)
		if !bytes.Equal(got[:], h.Sum(nil)) {
			t.Fatal("differs from crypto/hmac")
		}
	})
}

func BenchmarkSum(b *testing.B) {
	key := bytes.Repeat([]byte("k"), 32)
	msg := []byte("123456782")
	per := func(b *testing.B, n int) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/value")
		b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "values/s")
	}
	b.Run("one", func(b *testing.B) {
		k, s := hmac.New(key), hmac.Scratch{}
		var dst [hmac.Size]byte
		for b.Loop() {
			k.Sum(&s, &dst, msg)
		}
		per(b, 1)
	})
	b.Run("two interleaved", func(b *testing.B) {
		k, s := hmac.New(key), hmac.Scratch{}
		var x, y [hmac.Size]byte
		for b.Loop() {
			k.Sum2(&s, &x, &y, msg, msg)
		}
		per(b, 2)
	})
	b.Run("crypto-hmac reset", func(b *testing.B) {
		h := stdhmac.New(sha256.New, key)
		var dst [hmac.Size]byte
		for b.Loop() {
			h.Reset()
			h.Write(msg)
			h.Sum(dst[:0])
		}
		per(b, 1)
	})
	b.Run("crypto-hmac new", func(b *testing.B) {
		var dst [hmac.Size]byte
		for b.Loop() {
			h := stdhmac.New(sha256.New, key)
			h.Write(msg)
			h.Sum(dst[:0])
		}
		per(b, 1)
	})
}
