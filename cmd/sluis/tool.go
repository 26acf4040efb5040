package main

import (
	"runtime"
	"runtime/debug"

	"github.com/sluis-go/sluis/sdc/origin"
)

// thisTool describes the build that runs.
func thisTool() origin.Tool {
	t := origin.Tool{Name: "sluis", Version: "(unknown)", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return t
	}
	if info.Main.Version != "" {
		t.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			t.Revision = s.Value
		case "vcs.modified":
			t.Modified = s.Value == "true"
		}
	}
	return t
}
