package deps_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/sluis-go/sluis"

// allowed says which packages of this module a package may import, itself and
// what lies below it aside. It is the direction of docs and design: data flows
// one way. DO NOT add new packages here just to make the tests pass.
var allowed = map[string][]string{
	"docs/growth":         {},
	"internal/attacker":   {}, // shares no code with what it attacks
	"internal/exact":      {},
	"internal/topk":       {},
	"internal/oracle":     {},
	"internal/deps":       {},
	"internal/touch":      {},
	"internal/guard":      {},
	"internal/scatter":    {},
	"internal/names":      {"internal/identifier"},
	"internal/intact":     {},
	"internal/staging":    {},
	"internal/hmac":       {},
	"internal/identifier": {},
	"internal/column":     {"internal/scatter", "internal/exact", "internal/touch"},
	"internal/field":      {},
	"internal/linear":     {"internal/scatter", "internal/guard", "internal/exact", "internal/field"},
	"internal/lp":         {"internal/exact"},
	"internal/group":      {"internal/scatter", "internal/guard", "internal/exact", "internal/column", "internal/touch"},
	"internal/synth":      {"internal/scatter", "internal/exact"},
	"internal/spill":      {},
	"internal/formula":    {},
	"internal/plainyaml":  {},
	"internal/files":      {},
	"internal/manifest":   {},
	"internal/secret":     {"internal/files", "internal/staging"},
	"internal/evidence":   {"internal/scatter", "internal/guard", "internal/exact", "internal/column", "internal/group", "internal/topk", "internal/touch"},
	"internal/observed":   {"internal/column", "internal/exact", "internal/group", "internal/guard"},
	// Values of a report, and the records beside data, without the decision.
	"sdc/basis":       {"sdc/origin", "sdc/report/words"},
	"sdc/checklist":   {},
	"sdc/origin":      {},
	"sdc/cells":       {"internal/guard"},
	"sdc/declared":    {"internal/guard"},
	"sdc/population":  {"internal/guard"},
	"internal/rows":   {"internal/column", "sdc/population"},
	"sdc/localrecord": {"internal/guard", "sdc/origin"},
	"sdc/seal":        {"internal/guard"},
	"internal/atoms":  {"internal/field"},
	"sdc/differencing": {
		"internal/atoms", "internal/column", "internal/guard", "internal/rows", "sdc", "sdc/population", "sdc/report/words", "sdc/source", "sdc/spec",
	},
	"sdc/ledger": {"internal/guard", "internal/staging"},
	"sdc": {
		"internal/guard", "internal/identifier", "internal/exact", "internal/column", "internal/group", "internal/topk", "internal/evidence", "internal/spill",
		"internal/intact", "internal/names", "internal/observed", "internal/rows",
	},
	"sdc/source":  {"internal/intact", "internal/names", "internal/files", "internal/formula", "internal/identifier", "internal/staging"},
	"sdc/spec":    {"internal/files", "internal/plainyaml", "sdc", "sdc/basis", "sdc/declared", "sdc/origin", "sdc/population", "sdc/source"},
	"sdc/diff":    {"sdc", "sdc/basis", "sdc/checklist", "sdc/origin", "sdc/report/words", "sdc/seal"},
	"sdc/dossier": {"internal/files", "internal/plainyaml", "sdc", "sdc/checklist", "sdc/origin", "sdc/profile", "sdc/report/words", "pseudonym"},
	"sdc/profile": {"internal/identifier", "sdc", "sdc/origin", "sdc/report/words"},
	"sdc/suggest": {"sdc"},
	"sdc/local":   {"internal/files", "riskmetrics", "riskmetrics/measure", "sdc", "sdc/localrecord", "sdc/origin", "sdc/project", "suppress/records"},
	"sdc/project": {"internal/files", "internal/guard", "suppress/foreign", "sdc", "sdc/cells", "sdc/checklist", "sdc/differencing", "sdc/localrecord", "sdc/origin", "sdc/report/words", "sdc/dossier", "sdc/profile", "sdc/source", "sdc/spec", "sdc/suggest"},
	"sdc/replace": {"internal/guard", "internal/identifier", "pseudonym", "sdc/dossier", "sdc/source"},
	"sdc/report":  {"sdc", "sdc/basis", "sdc/checklist", "sdc/origin", "sdc/suggest", "internal/exact"},
	"pseudonym":   {"internal/guard", "internal/files", "internal/hmac", "internal/identifier", "internal/plainyaml", "internal/staging"},
	// Facts and their sentences: every package that finds something has a fact for it.
	"sdc/report/words": {},
	// One arrow: suppress, suppress/foreign and suppress/records stand on the engine.
	"suppress":          {"internal/exact", "internal/files", "internal/guard", "internal/manifest", "internal/secret", "internal/staging", "sdc", "sdc/report/words"},
	"suppress/foreign":  {"suppress/internal/hide"},
	"suppress/pages":    {"sdc", "sdc/report", "sdc/report/words", "sdc/source", "suppress"},
	"suppress/releases": {"internal/files", "internal/formula", "internal/manifest", "sdc/source", "suppress", "suppress/verify"},
	"suppress/records":  {"internal/column", "internal/group", "internal/guard", "suppress/internal/hide"},
	"suppress/internal/hide": {
		"internal/exact", "internal/formula", "internal/guard", "internal/group", "internal/linear", "internal/lp", "internal/scatter", "sdc", "sdc/cells", "sdc/report/words",
	},
	"suppress/verify": {},
	"riskmetrics": {
		"internal/guard",
		"sdc", "sdc/report/words", "internal/exact", "internal/column", "internal/group", "internal/topk",
	},
	"riskmetrics/against": {"internal/column", "internal/guard", "riskmetrics"},
	"riskmetrics/measure": {"riskmetrics", "riskmetrics/against", "sdc", "sdc/localrecord", "sdc/report", "sdc/report/words"},
}

// free are the packages at the top, which may import anything of the module.
var free = []string{"cmd/sluis", "examples"}

type pkg struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
	Deps       []string
	Module     *struct{ Path string }
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,GoFiles,Imports,Deps,Module"}, args...)...)
	cmd.Dir = filepath.Join("..", "..")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var pkgs []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

func short(importPath string) string { return strings.TrimPrefix(importPath, module+"/") }

func isFree(name string) bool {
	return slices.ContainsFunc(free, func(f string) bool { return name == f || strings.HasPrefix(name, f+"/") })
}

func TestImportDirection(t *testing.T) {
	for _, p := range list(t, "./...") {
		name := short(p.ImportPath)
		if isFree(name) {
			continue
		}
		may, ok := allowed[name]
		if !ok {
			t.Errorf("%s is in no rule: say in allowed what it may import", name)
			continue
		}
		for _, imp := range p.Imports {
			if !strings.HasPrefix(imp, module+"/") {
				continue
			}
			if to := short(imp); !slices.Contains(may, to) && !strings.HasPrefix(to, name+"/") {
				t.Errorf("%s imports %s", name, to)
			}
		}
	}
}

// TestNoFlight: the library packages pull in neither parquet nor Flight and
// gRPC; only sdc/source does.
func TestNoFlight(t *testing.T) {
	light := []string{"sdc", "pseudonym", "suppress", "riskmetrics"}
	for _, p := range list(t, "./...") {
		if !slices.Contains(light, short(p.ImportPath)) {
			continue
		}
		for _, d := range p.Deps {
			for _, heavy := range []string{"google.golang.org/grpc", "arrow/flight", "go/v15/parquet", "apache/thrift"} {
				if strings.Contains(d, heavy) {
					t.Errorf("%s pulls in %s", short(p.ImportPath), d)
				}
			}
		}
	}
}

// remote reports whether a package is one of Flight, gRPC or Protocol Buffers: a file is
// read without a network, and these are half of what Arrow's own way to Parquet brings.
func remote(importPath string) bool {
	for part := range strings.SplitSeq(importPath, "/") {
		switch part {
		case "grpc", "protobuf", "genproto", "flight", "flightsql", "pqarrow", "google.golang.org":
			return true
		}
	}
	return false
}

// TestCommandHasNoFlight: the command is built without Flight, gRPC and Protocol
// Buffers, for every system that is built for. Arrow's way to Parquet, which only tests
// import, shows that the list would tell.
func TestCommandHasNoFlight(t *testing.T) {
	count := func(args ...string) (all int, found []string) {
		for _, p := range list(t, append([]string{"-deps"}, args...)...) {
			all++
			if remote(p.ImportPath) {
				found = append(found, p.ImportPath)
			}
		}
		return all, found
	}
	for _, system := range []string{"linux/amd64", "linux/arm64", "windows/amd64", "darwin/arm64"} {
		t.Run(system, func(t *testing.T) {
			goos, arch, _ := strings.Cut(system, "/")
			t.Setenv("GOOS", goos)
			t.Setenv("GOARCH", arch)
			t.Setenv("CGO_ENABLED", "0")
			all, found := count("./cmd/sluis")
			if len(found) > 0 {
				t.Errorf("the command has %d packages of Flight, gRPC or Protocol Buffers: %s", len(found), strings.Join(found, ", "))
			}
			if all < 200 {
				t.Errorf("only %d packages are listed", all)
			}
		})
	}
	t.Run("pqarrow", func(t *testing.T) {
		if _, found := count("github.com/apache/arrow/go/v15/parquet/pqarrow"); len(found) < 50 {
			t.Errorf("only %d packages of Flight, gRPC and Protocol Buffers were told apart", len(found))
		}
	})
}

// TestModulesOfCommand: what is built into the command comes from these modules alone.
// Each of them is code that a closed environment has to admit.
func TestModulesOfCommand(t *testing.T) {
	t.Setenv("GOOS", "linux")
	t.Setenv("GOARCH", "amd64")
	t.Setenv("CGO_ENABLED", "0")
	want := []string{
		"codeberg.org/go-fonts/liberation",
		"codeberg.org/go-latex/latex",
		"codeberg.org/go-pdf/fpdf",
		"filippo.io/age",
		"filippo.io/hpke",
		"git.sr.ht/~sbinet/gg",
		"github.com/JohnCGriffin/overflow",
		"github.com/ajstarks/svgo",
		"github.com/andybalholm/brotli",
		"github.com/apache/arrow/go/v15",
		"github.com/apache/thrift",
		"github.com/bwesterb/go-ristretto",
		"github.com/cloudflare/circl",
		"github.com/dustin/go-humanize",
		"github.com/goccy/go-json",
		"github.com/goccy/go-yaml",
		"github.com/golang/freetype",
		"github.com/golang/snappy",
		"github.com/google/flatbuffers",
		"github.com/google/uuid",
		"github.com/klauspost/compress",
		"github.com/klauspost/cpuid/v2",
		"github.com/mitchellh/colorstring",
		"github.com/pierrec/lz4/v4",
		"github.com/remyoudompheng/bigfft",
		"github.com/rivo/uniseg",
		"github.com/schollz/progressbar/v3",
		"github.com/spf13/cobra",
		"github.com/spf13/pflag",
		"github.com/zeebo/xxh3",
		"golang.org/x/crypto",
		"golang.org/x/exp",
		"golang.org/x/image",
		"golang.org/x/sys",
		"golang.org/x/term",
		"golang.org/x/text",
		"golang.org/x/xerrors",
		"gonum.org/v1/plot",
		"modernc.org/libc",
		"modernc.org/mathutil",
		"modernc.org/memory",
		"modernc.org/sqlite",
	}
	var got []string
	for _, p := range list(t, "-deps", "./cmd/sluis") {
		if p.Module != nil && p.Module.Path != module && !slices.Contains(got, p.Module.Path) {
			got = append(got, p.Module.Path)
		}
	}
	slices.Sort(got)
	for _, m := range got {
		if !slices.Contains(want, m) {
			t.Errorf("%s is new in the command: is it worth the code that has to be admitted?", m)
		}
	}
	for _, m := range want {
		if !slices.Contains(got, m) {
			t.Errorf("%s is no longer in the command: take it out of the list", m)
		}
	}
}

// TestVerifierStandsAlone: the verifier, with all that it pulls in, is the standard
// library. What makes a certificate and what checks it share no line.
func TestVerifierStandsAlone(t *testing.T) {
	found := false
	for _, p := range list(t, "./suppress/verify") {
		found = true
		for _, d := range p.Deps {
			if first, _, _ := strings.Cut(d, "/"); strings.Contains(first, ".") {
				t.Errorf("%s pulls in %s", short(p.ImportPath), d)
			}
		}
	}
	if !found {
		t.Error("there is no package suppress/verify")
	}
}

// TestArrowOnlyInArrowFiles: in the public packages arrow is imported only by
// files named arrow.go or arrow_*.go.
func TestArrowOnlyInArrowFiles(t *testing.T) {
	public := []string{"sdc", "pseudonym", "suppress", "suppress/foreign", "suppress/records", "suppress/verify", "riskmetrics"}
	for _, p := range list(t, "./...") {
		if !slices.Contains(public, short(p.ImportPath)) {
			continue
		}
		for _, f := range p.GoFiles {
			text := imports(t, filepath.Join(p.Dir, f))
			if base := path.Base(f); base != "arrow.go" && !strings.HasPrefix(base, "arrow_") && strings.Contains(text, "apache/arrow") {
				t.Errorf("%s/%s imports arrow", short(p.ImportPath), f)
			}
			for _, low := range []string{`"unsafe"`, `"math/rand"`} {
				if strings.Contains(text, low) {
					t.Errorf("%s/%s imports %s", short(p.ImportPath), f, low)
				}
			}
			if short(p.ImportPath) != "pseudonym" && strings.Contains(text, `"crypto/`) && !strings.Contains(text, `"crypto/sha256"`) {
				t.Errorf("%s/%s imports crypto", short(p.ImportPath), f)
			}
		}
	}
}

// imports returns the part of a file up to its first declaration.
func imports(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(text), "\nfunc ")
	return head
}

// TestSQLiteOnlyInLedger: no package but the ledger and the command pulls in SQLite.
func TestSQLiteOnlyInLedger(t *testing.T) {
	found := 0
	for _, p := range list(t, "./...") {
		if !slices.Contains(p.Deps, "modernc.org/sqlite") {
			continue
		}
		if found++; !slices.Contains([]string{"sdc/ledger", "cmd/sluis"}, short(p.ImportPath)) {
			t.Errorf("%s pulls in SQLite", short(p.ImportPath))
		}
	}
	if found != 2 {
		t.Errorf("%d packages pull in SQLite", found)
	}
}

// TestPeersStayApart: suppress and riskmetrics never import each other, and
// pseudonym none of the others.
func TestPeersStayApart(t *testing.T) {
	never := map[string][]string{
		"suppress":    {"riskmetrics", "pseudonym"},
		"riskmetrics": {"suppress", "pseudonym"},
		"pseudonym":   {"sdc", "suppress", "riskmetrics"},
		"sdc":         {"suppress", "riskmetrics", "pseudonym", "sdc/source"},
	}
	for _, p := range list(t, "./...") {
		for _, bad := range never[short(p.ImportPath)] {
			if slices.Contains(p.Deps, module+"/"+bad) {
				t.Errorf("%s depends on %s", short(p.ImportPath), bad)
			}
		}
	}
}

// TestPlainFiles: what others name is opened through internal/files, so that a pipe or
// a device is refused and what is read whole has a bound.
func TestPlainFiles(t *testing.T) {
	own := []string{"internal/files", "internal/staging", "internal/spill", "bench"}
	for _, p := range list(t, "./...") {
		if name := short(p.ImportPath); slices.Contains(own, name) || strings.HasPrefix(name, "examples") {
			continue
		}
		for _, f := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range []string{"os.Open(", "os.ReadFile(", "os.DirFS(", "filepath.Glob("} {
				if strings.Contains(string(text), call) {
					t.Errorf("%s/%s calls %s): use internal/files", short(p.ImportPath), f, call)
				}
			}
		}
	}
}
