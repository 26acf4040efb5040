//go:build !unix

package sdc_test

import "time"

// processorTime is not known on this system: benchmarks report 0.
func processorTime() time.Duration { return 0 }
