package dossier_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sluis-go/sluis/sdc/dossier"
)

// Example writes an empty dossier, reads it back, and asks what has to be filled in.
func Example() {
	dir, err := os.MkdirTemp("", "dossier")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of the system for such files
	var text bytes.Buffer
	if err := dossier.Template(&text, "en", nil); err != nil {
		fmt.Println(err)
		return
	}
	name := filepath.Join(dir, "dossier.yaml")
	if err := os.WriteFile(name, text.Bytes(), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	d, err := dossier.Load(name)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, step := range d.Missing()[:3] {
		fmt.Println(step)
	}
	// Output:
	// 1, question
	// 2, purpose
	// 3, anonymous
}
