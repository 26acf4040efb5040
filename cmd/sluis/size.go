package main

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// parseSize reads a number of bytes: a whole number, with or without a unit. The units
// are B, KB, MB, GB (powers of 1000) and KiB, MiB, GiB (powers of 1024). Empty is 0.
func parseSize(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	digits := strings.TrimRight(s, "KMGiB")
	unit, ok := map[string]int64{
		"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
	}[s[len(digits):]]
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n < 1 || n > math.MaxInt64/unit {
		return 0, errors.New("a size is a whole number above 0 and B, KB, MB, GB, KiB, MiB or GiB, such as 2GiB")
	}
	return n * unit, nil
}
