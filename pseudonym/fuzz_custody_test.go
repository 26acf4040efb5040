package pseudonym

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzCustody: no parser of the files of a custodian panics. A refused file gives the
// error of the parser. An accepted file is written again with the same bytes.
func FuzzCustody(f *testing.F) {
	k, err := NewKey()
	if err != nil {
		f.Fatal(err)
	}
	shares, err := Split(k, 3, 2)
	if err != nil {
		f.Fatal(err)
	}
	share, _ := shares[0].text()
	set := &KeySet{keys: []Key{k}}
	keys, _ := set.text()
	for _, s := range []string{
		string(share), string(keys), "sluis linkage 1\nk\np/v\n1\nab \"x\"\n",
		"sluis linkage 2\n" + `{"keyId":"k","domain":"p/v","form":"typed","encoding":"hex","bytes":16,"algorithm":"sha256","format":1,"fourEyes":true,"entries":1}` + "\nab i \"7\"\n",
		translationHeader + "\n" + `{"from":{"keyId":"","domain":"","form":"","encoding":"","bytes":0,"algorithm":"","format":0},"to":{"keyId":"k","domain":"p/v","form":"typed","encoding":"hex","bytes":16,"algorithm":"sha256","format":1},"canonical":"text","entries":0,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}` + "\n",
		`{"schema":"sluis.lookup/1","number":1,"previous":"` + firstPrevious + `","time":"2026-01-01T00:00:00Z","who":"a","why":"b","keyId":"k","domain":"p/v","pseudonyms":["ab"],"signer":"AA=="}` + "\n",
		`{"schema":"sluis.linkage-destroyed/1"}`,
		"version: 1\ncolumns:\n- {column: a, domain: p/v, form: bsn, bytes: 20}\ndrop: [b]\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := parseShare(text); err == nil {
			again, err := s.text()
			if err != nil {
				t.Fatal(err)
			}
			if o, err := parseShare(again); err != nil || o.index != s.index {
				t.Fatal("a share is not read again")
			}
		} else if !errors.Is(err, ErrShare) {
			t.Fatal(err)
		}
		if s, err := parseKeySet(bytes.Clone(text)); err == nil {
			if again, err := s.text(); err != nil || len(s.keys) > 1 && !bytes.HasPrefix(again, []byte(keySetHeader)) {
				t.Fatal("a set is not written again")
			}
		} else if !errors.Is(err, ErrKey) {
			t.Fatal(err)
		}
		if l, err := parseLinkage(bytes.NewReader(text)); err == nil {
			for _, p := range l.pseudonyms() {
				if _, err := l.Lookup(p); err != nil {
					t.Fatal(err)
				}
			}
		} else if !errors.Is(err, ErrLinkage) {
			t.Fatal(err)
		}
		if tr, err := parseTranslation(bytes.NewReader(text)); err == nil {
			var out bytes.Buffer
			if err := tr.lines(&out); err != nil || !bytes.HasSuffix(text, out.Bytes()) {
				t.Fatal("a translation is not written again")
			}
		} else if !errors.Is(err, ErrTranslation) {
			t.Fatal(err)
		}
		if state, err := chain(text, nil); err == nil {
			if state.Lines != bytes.Count(text, []byte("\n")) {
				t.Fatal("a line is not counted")
			}
		} else if !errors.Is(err, ErrLog) {
			t.Fatal(err)
		}
		if err := tombstone(bytes.NewReader(text)); !errors.Is(err, ErrLinkage) && !errors.Is(err, ErrLinkageDestroyed) {
			t.Fatal(err)
		}
		if p, err := ParsePlan(text); err == nil {
			made, err := p.Makers(k)
			if err != nil && !errors.Is(err, ErrKey) || err == nil && len(made) != len(p.Columns) {
				t.Fatal("a plan that was read cannot be used")
			}
		} else if !errors.Is(err, ErrPlan) {
			t.Fatal(err)
		}
		for form := range lastForm + 1 {
			msg, ok := appendCanonical(nil, value{tag: tagText, text: text}, form)
			if !ok || form < Plate || form == PersonName && len(msg) == 0 {
				continue
			}
			// Canonical text is its own canonical text.
			again, ok := appendCanonical(nil, value{tag: tagText, text: msg[5:]}, form)
			if !ok || !bytes.Equal(again, msg) {
				t.Fatalf("%v of %q is %q, and that of it %q", form, text, msg, again)
			}
		}
	})
}
