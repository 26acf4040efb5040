package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"testing/fstest"
)

const (
	certificateName = "t0.certificate.json"
	twinName        = "t0.confidential.json"
)

// sealed encodes a document with the right digest: a refused document is then refused for
// its content.
func sealed(t *testing.T, doc *certificateDoc) []byte {
	t.Helper()
	return seal(t, doc, &doc.Digest)
}

// sealedTwin does so with a confidential proof.
func sealedTwin(t *testing.T, doc *confidentialDoc) []byte {
	t.Helper()
	return seal(t, doc, &doc.Digest)
}

func seal(t *testing.T, doc any, digest *string) []byte {
	t.Helper()
	*digest = ""
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	*digest = hex.EncodeToString(sum[:])
	if text, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// FuzzVerify: for any certificate the result is an error of the right type or a proof,
// and never a panic.
func FuzzVerify(f *testing.F) {
	release := "a,value,status,status_tau\n*,3,F,1\nx,,C,3\ny,,C,3\n"
	sum := sha256.Sum256([]byte(release))
	f.Add([]byte(`{"schema":"sluis.certificate/1","releases":[{"file":"r.release.csv","sha256":"`+hex.EncodeToString(sum[:])+
		`","variables":[{"name":"a","codes":["","x","y"],"parents":[-1,0,0]}]}],"digits":0,"whole":true,"least":0,"base":[1,2],`+
		`"starts":[0,2],"cells":[0,1],"changes":[1,-1],"dens":[1],"high":[0,-1],"low":[-1,0],"digest":""}`), []byte(release))
	f.Fuzz(func(t *testing.T, text, release []byte) {
		var doc certificateDoc
		if json.Unmarshal(text, &doc) == nil {
			for i := range doc.Releases {
				sum := sha256.Sum256(release)
				doc.Releases[i].SHA256 = hex.EncodeToString(sum[:])
			}
			text = sealed(t, &doc)
		}
		files := fstest.MapFS{certificateName: &fstest.MapFile{Data: text}, "r.release.csv": &fstest.MapFile{Data: release}}
		if _, err := Certificate(t.Context(), files, certificateName, Limits{File: 1 << 20}); err != nil && !errors.Is(err, ErrCertificate) && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrInvalid) {
			t.Fatal(err)
		}
	})
}
