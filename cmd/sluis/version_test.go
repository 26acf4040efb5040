package main

import (
	"bytes"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/sluis-go/sluis/sdc/origin"
)

func TestVersion(t *testing.T) {
	info := &debug.BuildInfo{Deps: []*debug.Module{{Path: "other", Version: "v1"}, {Path: arrowModule, Version: "v15.0.2"}}}
	for _, tc := range []struct {
		name string
		tool origin.Tool
		info *debug.BuildInfo
		want string
	}{
		{"a build", origin.Tool{Version: "v1.2.3", Revision: "abc", Go: "go1.26"}, info, "sluis v1.2.3\ncommit abc\ngo go1.26\narrow v15.0.2\n"},
		{"of a changed tree", origin.Tool{Version: "(devel)", Revision: "abc", Modified: true, Go: "go1.26"}, info, "sluis (devel)\ncommit abc (changed)\ngo go1.26\narrow v15.0.2\n"},
		{"of which nothing is known", origin.Tool{Version: "(unknown)", Go: "go1.26"}, nil, "sluis (unknown)\ncommit (unknown)\ngo go1.26\narrow (unknown)\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := writeVersion(&b, tc.tool, tc.info); err != nil || b.String() != tc.want {
				t.Errorf("%v\n%s", err, b.String())
			}
		})
	}
	var b bytes.Buffer
	if err := writeVersion(&b, thisTool(), nil); err != nil || !bytes.Contains(b.Bytes(), []byte("go "+runtime.Version())) {
		t.Errorf("%v\n%s", err, b.String())
	}
	status, verb, _ := sluis(t, "version")
	if again, flag, _ := sluis(t, "--version"); status != 0 || again != 0 || verb != flag || verb == "" {
		t.Errorf("version %d %q, --version %d %q", status, verb, again, flag)
	}
}
