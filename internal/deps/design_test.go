package deps_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestDesign: docs/design.md is true. The drawing has every package, on a line above all
// that the package imports; every station is a function of its file; every file that a link
// names is there.
func TestDesign(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "docs", "design.md"))
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	t.Run("drawing", func(t *testing.T) {
		_, drawing, _ := strings.Cut(doc, "```\n")
		drawing, _, _ = strings.Cut(drawing, "```")
		line, at := 0, map[string]int{}
		for _, word := range strings.Fields(drawing) {
			if n, err := strconv.Atoi(word); err == nil {
				line = n
			} else if at[word] > 0 {
				t.Errorf("%s stands twice", word)
			} else {
				at[word] = line
			}
		}
		all := list(t, "./...")
		for _, p := range all {
			name, want := short(p.ImportPath), 1 // a package that is not drawn is on line 0
			for _, imp := range p.Imports {
				if strings.HasPrefix(imp, module+"/") {
					want = max(want, at[short(imp)]+1)
				}
			}
			if at[name] < want {
				t.Errorf("%s stands on line %d, and belongs on line %d or a higher one", name, at[name], want)
			}
		}
		if len(at) != len(all) {
			t.Errorf("%d packages are drawn, and there are %d", len(at), len(all))
		}
	})
	t.Run("size", func(t *testing.T) {
		says := regexp.MustCompile(`one package of some ([\d,]+)\s+(?:// )?lines`)
		large := 0
		for _, p := range list(t, "./...") {
			lines := 0
			for _, name := range p.GoFiles {
				code, err := os.ReadFile(filepath.Join(p.Dir, name))
				if err != nil {
					t.Fatal(err)
				}
				lines += strings.Count(string(code), "\n")
			}
			doc, _ := os.ReadFile(filepath.Join(p.Dir, "doc.go")) // none says nothing
			found := says.FindStringSubmatch(string(doc))
			if lines <= 5000 && found == nil {
				continue
			}
			large++
			said := 0
			if found != nil {
				said, _ = strconv.Atoi(strings.ReplaceAll(found[1], ",", ""))
			}
			if 10*max(lines-said, said-lines) > said {
				t.Errorf("%s has %d lines, and its doc.go says %d: a package over 5,000 lines says how many, and why it is one", short(p.ImportPath), lines, said)
			}
		}
		if large == 0 {
			t.Error("no package is that large")
		}
	})
	t.Run("stations", func(t *testing.T) {
		row := regexp.MustCompile("(?m)^\\| \\d+ \\| `([^`]+)` \\| `([^`]+)` \\| `([^`]+)` \\|")
		stations := row.FindAllStringSubmatch(doc, -1)
		for _, s := range stations {
			code, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(s[1]), s[2]))
			if err != nil {
				t.Error(err)
				continue
			}
			if !regexp.MustCompile(`(?m)^func (\([^)]+\) )?` + s[3] + `(\[[^\]]*\])?\(`).Match(code) {
				t.Errorf("%s/%s has no function %s", s[1], s[2], s[3])
			}
		}
		if len(stations) != 31 {
			t.Errorf("%d stations were found", len(stations))
		}
	})
	t.Run("links", func(t *testing.T) {
		var files []string
		for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md", "examples/*.md", "examples/*/*.md", "testdata/*.md"} {
			found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, found...)
		}
		link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
		n := 0
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range link.FindAllStringSubmatch(string(text), -1) {
				to, anchor, _ := strings.Cut(m[1], "#")
				if strings.Contains(to, "://") {
					continue
				}
				n++
				target := file
				if to != "" {
					target = filepath.Join(filepath.Dir(file), filepath.FromSlash(to))
				}
				there, err := os.ReadFile(target)
				if info, e := os.Stat(target); e == nil && info.IsDir() {
					continue
				}
				if err != nil {
					t.Errorf("%s: %v", file, err)
				} else if anchor != "" && !slices.Contains(anchors(string(there)), anchor) {
					t.Errorf("%s: %s has no heading %q", file, target, anchor)
				}
			}
		}
		if n < 50 {
			t.Errorf("only %d links were found", n)
		}
	})
}

// anchors are the names of the headings of a document, as they stand in links.
func anchors(doc string) (out []string) {
	for line := range strings.Lines(doc) {
		if !strings.HasPrefix(line, "#") {
			continue
		}
		name := strings.ToLower(strings.TrimSpace(strings.TrimLeft(line, "#")))
		name = strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127:
				return r
			}
			return -1
		}, name)
		out = append(out, name)
	}
	return out
}
