package pseudonym

import (
	"testing"
	"time"
)

// StandardLibraryOnly reports whether pseudonyms are made without the kernel of
// this project.
func StandardLibraryOnly() bool {
	k, err := NewKey()
	if err != nil {
		return false
	}
	p, err := New(Config{Key: k, Domain: Domain{Project: "p", Variable: "v"}})
	return err == nil && p.fast == nil
}

// TestEqualWaitsForOne: while Equal waits for one key it holds no other.
func TestEqualWaitsForOne(t *testing.T) {
	a, err1 := NewKey()
	b, err2 := NewKey()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	b.s.mu.Lock()
	done := make(chan bool)
	go func() { done <- a.Equal(b) }()
	time.Sleep(10 * time.Millisecond) // for Equal to come to b
	destroyed := make(chan bool)
	go func() { a.Destroy(); close(destroyed) }()
	select {
	case <-destroyed:
	case <-time.After(5 * time.Second):
		t.Error("Equal holds one key while it waits for the other")
	}
	b.s.mu.Unlock()
	<-done
}

// FuzzCanonical: two different typed values never share bytes.
func FuzzCanonical(f *testing.F) {
	f.Add(uint8(0), int64(7), "7", uint8(4), int64(7), "7", uint8(0))
	f.Fuzz(func(t *testing.T, tagA uint8, numA int64, textA string, tagB uint8, numB int64, textB string, form uint8) {
		tags := []byte{tagInt, tagUint, tagDate, tagTime, tagBool, tagText, tagBinary, tagDecimal}
		make := func(tag uint8, num int64, text string) value {
			v := value{tag: tags[int(tag)%len(tags)]}
			if int(tag)%len(tags) < 5 {
				v.num = num
			} else {
				v.text = []byte(text)
			}
			return v
		}
		a, b := make(tagA, numA, textA), make(tagB, numB, textB)
		x, _ := appendCanonical(nil, a, Typed)
		y, _ := appendCanonical(nil, b, Typed)
		same := a.tag == b.tag && a.num == b.num && string(a.text) == string(b.text)
		if (string(x) == string(y)) != same {
			t.Fatalf("%+v and %+v", a, b)
		}
		// No form panics, and valid and invalid numbers share nothing.
		f := Form(form % uint8(lastForm+1))
		x, okA := appendCanonical(nil, a, f)
		y, okB := appendCanonical(nil, b, f)
		if okA != okB && string(x) == string(y) {
			t.Fatalf("%+v and %+v in form %d", a, b, f)
		}
	})
}
