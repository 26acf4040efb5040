package source

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// readWithPyarrow reads the files of a folder as text, and prints rows or null.
const readWithPyarrow = `
import json, sys
import pyarrow.csv as c
out = []
for i in range(int(sys.argv[2])):
    try:
        path = "%s/%d.csv" % (sys.argv[1], i)
        with c.open_csv(path, parse_options=c.ParseOptions(newlines_in_values=True, ignore_empty_lines=True)) as r:
            names = r.schema.names
        t = c.read_csv(path, read_options=c.ReadOptions(use_threads=False),
            parse_options=c.ParseOptions(newlines_in_values=True, ignore_empty_lines=True),
            convert_options=c.ConvertOptions(column_types={n: "string" for n in names}, strings_can_be_null=False, quoted_strings_can_be_null=False))
        out.append([names] + [list(x) for x in zip(*[col.to_pylist() for col in t.columns])])
    except Exception as e:
        out.append(None)
json.dump(out, sys.stdout)
`

// TestCSVReaderAgainstPyarrow: mutated files are read as pyarrow reads them, or are an
// error of one of the two. SLUIS_LONG=1 tries 5,000.
func TestCSVReaderAgainstPyarrow(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts Python")
	}
	if err := exec.Command("python3", "-c", "import pyarrow.csv").Run(); err != nil {
		t.Skip("pyarrow is not installed")
	}
	files := 300
	if os.Getenv("SLUIS_LONG") != "" {
		files = 5000
	}
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(8, 5000))
	seeds := []string{
		"id,name,x\r\n1,\"a\r\nb\",2\r\n2,\"c \"\"d\"\"\",3\r\n3,,\r\n", "a,b\n1,2\n3,4\n\n5,6\n", "\ufeffk,v\n\"x\",y\n\"\",\"z,z\"\n", "one,two,three\n007,1.10,é\n1e3,-0,\" q \"\n",
	}
	texts := make([]string, files)
	for i := range texts {
		b := []byte(seeds[i%len(seeds)])
		for range rng.IntN(4) {
			at := rng.IntN(len(b))
			switch c := "\",\n\r x\x00é"[rng.IntN(9)]; rng.IntN(4) {
			case 0:
				b[at] = c
			case 1:
				b = append(b[:at], append([]byte{c}, b[at:]...)...)
			case 2:
				b = append(b[:at], b[at+1:]...)
			default:
				b[at] ^= 1 << rng.IntN(8)
			}
		}
		texts[i] = string(b)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.csv", i)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("python3", "-c", readWithPyarrow, dir, fmt.Sprint(files)).Output()
	if err != nil {
		t.Fatal(err)
	}
	var theirs [][][]string
	if err := json.Unmarshal(out, &theirs); err != nil {
		t.Fatal(err)
	}
	both, refused, alone := 0, 0, 0
	for i, text := range texts {
		ours, err := ourRecords(strings.NewReader(text), ',')
		switch {
		case err != nil:
			refused++
		case theirs[i] == nil:
			alone++
		default:
			both++
			if fmt.Sprintf("%q", ours) != fmt.Sprintf("%q", theirs[i]) {
				t.Errorf("%q: %q, and pyarrow reads %q", text, ours, theirs[i])
			}
		}
	}
	t.Logf("%d read by both, %d refused, %d read though pyarrow refuses them", both, refused, alone)
	if both < files/5 {
		t.Errorf("only %d of %d were compared", both, files)
	}
}
