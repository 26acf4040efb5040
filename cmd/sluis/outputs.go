package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// fitOutputs refuses files to write that are read by the same command, under any
// name, or are written twice: what was there would be gone. Empty names stand for
// no file, globs among the inputs for what they find.
func fitOutputs(inputs []string, outputs ...string) error {
	taken := map[string]bool{}
	var read []os.FileInfo
	for _, pattern := range inputs {
		for _, name := range globbed(pattern) {
			if info, err := os.Stat(name); err == nil {
				read = append(read, info)
			}
		}
	}
	for _, name := range outputs {
		if name == "" {
			continue
		}
		path, err := filepath.Abs(name)
		if err != nil {
			return err
		}
		if taken[path] {
			return usageError(fmt.Errorf("%s would be written twice", name))
		}
		taken[path] = true
		info, err := os.Stat(name)
		if err != nil {
			continue // there is nothing to lose
		}
		for _, r := range read {
			if os.SameFile(info, r) {
				return usageError(fmt.Errorf("%s is read, and would be written over", name))
			}
		}
	}
	return nil
}

// globbed lists the files of a pattern; a name without one is itself.
func globbed(pattern string) []string {
	if !strings.ContainsAny(pattern, "*?[") {
		return []string{pattern}
	}
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil // opening it says why
	}
	return names
}
