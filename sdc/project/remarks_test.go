package project_test

import (
	"crypto/ed25519"
	"fmt"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/localrecord"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/source"
)

// TestCopiedFiles: two files with the same bytes are copies, also of one row; files without
// rows are not.
func TestCopiedFiles(t *testing.T) {
	for _, tc := range []struct {
		rows   int64
		other  string
		copies int64
	}{{0, "a", 0}, {1, "a", 1}, {2, "a", 1}, {2, "b", 0}, {-1, "a", 1}} {
		t.Run(fmt.Sprint("rows ", tc.rows), func(t *testing.T) {
			list := project.SourceRemarks([]source.FileInfo{{Name: "x", SHA256: "a", Rows: tc.rows}, {Name: "y", SHA256: tc.other, Rows: tc.rows}}, true)
			n := int64(0)
			for _, x := range list {
				if x.Name == "copies" {
					n += x.Count
				}
			}
			if n != tc.copies {
				t.Errorf("%+v: %v", tc, list)
			}
		})
	}
}

// TestOpenStream: a stream that was cut is for review, whatever the spec says of hashes.
func TestOpenStream(t *testing.T) {
	for _, given := range []bool{true, false} {
		list := project.SourceRemarks([]source.FileInfo{{Name: "x", SHA256: "a", Open: true}}, given)
		if len(list) != 1 || list[0].Verdict != sdc.Review || list[0].Count != 1 {
			t.Errorf("%+v", list)
		}
	}
}

// TestNamedSigner: a record that names a trusted key and has no signature is not signed.
func TestNamedSigner(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &localrecord.Record{Schema: localrecord.Schema, Signer: public}
	for _, tc := range []struct {
		name      string
		signature []byte
		trusted   []ed25519.PublicKey
		want      int
		verdict   sdc.Verdict
	}{
		{"signed by a trusted key", ed25519.Sign(private, s.Payload()), []ed25519.PublicKey{public}, 0, sdc.Safe},
		{"without a signature", nil, []ed25519.PublicKey{public}, 1, sdc.Review},
		{"no key is trusted", nil, nil, 1, sdc.Safe},
	} {
		t.Run(tc.name, func(t *testing.T) {
			record := *s
			record.Signature = tc.signature
			got := project.LocalRemarks([]*localrecord.Record{&record}, tc.trusted)
			if len(got) != tc.want || tc.want > 0 && got[0].Verdict != tc.verdict {
				t.Errorf("%s: %+v", tc.name, got)
			}
		})
	}
}
