package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	projectkey "github.com/sluis-go/sluis/internal/secret"
)

// TestReadme: the spec and the table of README.md are those of the sample in testdata.
func TestReadme(t *testing.T) {
	at := func(names ...string) string { return filepath.Join(append([]string{"..", ".."}, names...)...) }
	readme := string(must(os.ReadFile(at("README.md"))))
	_, block, _ := strings.Cut(readme, "```yaml\n# spec.yaml\n")
	block, _, _ = strings.Cut(block, "```")
	spec := string(must(os.ReadFile(at("testdata", "persons.yaml"))))
	if _, rest, _ := strings.Cut(spec, "\n"); block == "" || rest != block {
		t.Errorf("the spec of README.md is not testdata/persons.yaml:\n%s", block)
	}

	dir := t.TempDir()
	if status, out, errs := sluis(t, "check", at("testdata", "persons.yaml")); status != exitUnsafe {
		t.Errorf("check: status %d: %s%s", status, out, errs)
	}
	project := filepath.Join(t.TempDir(), "project.secret")
	s := must(projectkey.Of([]byte("a secret of the readme, 02 bytes")))
	if err := projectkey.Save(project, s); err != nil {
		t.Fatal(err)
	}
	if status, out, errs := sluis(t, "protect", at("testdata", "persons.yaml"), "--out", dir, "--secret", project); status != 0 {
		t.Fatalf("protect: status %d: %s%s", status, out, errs)
	}
	f := must(os.Open(filepath.Join(dir, "release", "health.release.csv")))
	defer f.Close()
	released := map[string]string{} // region, state -> value
	for _, r := range must(csv.NewReader(f).ReadAll())[1:] {
		released[r[0]+","+r[1]] = r[2]
	}

	// The one page of docs/protection.md shows the tables of the certificate.
	var proof struct{ Base, Starts, Changes, Dens []int64 }
	if err := json.Unmarshal(must(os.ReadFile(filepath.Join(dir, "release", "health.certificate.json"))), &proof); err != nil {
		t.Fatal(err)
	}
	if len(proof.Base) != 4 || len(proof.Starts) != 2 || len(proof.Changes) != 4 || proof.Dens[0] != 1 {
		t.Fatalf("the certificate has another shape: %+v", proof)
	}
	page := string(must(os.ReadFile(at("docs", "protection.md"))))
	second := make([]int64, len(proof.Base))
	for i, x := range proof.Base {
		second[i] = x + proof.Changes[i]
	}
	for name, x := range map[string][]int64{"first": proof.Base, "second": second} {
		t.Run(name, func(t *testing.T) {
			if row := fmt.Sprintf("| %s | %d | %d | %d | %d |", name, x[0], x[1], x[2], x[3]); !strings.Contains(page, row) {
				t.Errorf("docs/protection.md does not have the row %s", row)
			}
		})
	}

	// A row has a region, four values before, an empty field, the region, four values after.
	regions := map[string]string{"East": "East", "North": "North", "South": "South", "West": "West", "total": "*"}
	found, hidden := 0, 0
	for line := range strings.Lines(readme) {
		fields := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range fields {
			fields[i] = strings.Trim(fields[i], " *")
		}
		code, ok := regions[fields[0]]
		if !ok || len(fields) != 11 || fields[6] != fields[0] {
			continue
		}
		found++
		for i, state := range []string{"good", "fair", "poor", "*"} {
			want, is := released[code+","+state]
			if want == "" {
				want = "·"
				hidden++
			} else if fields[1+i] != want {
				t.Errorf("%s, %s: README.md says %s before, and the data %s", code, state, fields[1+i], want)
			}
			if !is || fields[7+i] != want {
				t.Errorf("%s, %s: README.md says %s after, and the release %s", code, state, fields[7+i], want)
			}
		}
	}
	if found != len(regions) || hidden != 4 {
		t.Errorf("%d rows and %d hidden cells were found", found, hidden)
	}
}
