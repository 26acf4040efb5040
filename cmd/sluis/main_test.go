package main

import (
	"os"
	"strings"
	"testing"
)

// asCommand makes this test binary the command: its arguments, by line.
const asCommand = "SLUIS_TEST_COMMAND"

func TestMain(m *testing.M) {
	if args, ok := os.LookupEnv(asCommand); ok {
		os.Unsetenv(asCommand)
		os.Args = append(os.Args[:1], strings.Split(args, "\n")...)
		main()
	}
	os.Exit(m.Run())
}
