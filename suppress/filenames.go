package suppress

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/suppress/internal/hide"
)

// names gives every release a name of its own that can be that of a file.
func (p *Publication) names(releases []*hide.Release) (names []string) {
	for _, r := range releases {
		names = append(names, p.name(r.Name))
	}
	return names
}

func (p *Publication) name(output string) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x20 || strings.ContainsRune(`/\:*?"<>|[]`, r) {
			return '_'
		}
		return r
	}, strings.TrimLeft(output, "."))
	if name == "" {
		name = "_"
	}
	for unique, n := name, 2; ; n++ {
		if key := strings.ToLower(unique); !p.used[key] {
			p.used[key] = true
			return unique
		}
		unique = fmt.Sprintf("%s-%d", name, n)
	}
}

// ended adds an ending to names.
func ended(names []string, end string) []string {
	out := slices.Clone(names)
	for i := range out {
		out[i] += end
	}
	return out
}
