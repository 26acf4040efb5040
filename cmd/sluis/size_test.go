package main

import "testing"

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "1": 1, "7B": 7, "2KB": 2000, "3MiB": 3 << 20, "4GiB": 4 << 30, "5GB": 5e9,
		"0": -1, "-1": -1, "GiB": -1, "1.5GiB": -1, "2 GiB": -1, "1TiB": -1, "1BB": -1, "9223372036854775807GiB": -1, "8589934592GiB": -1,
	} {
		t.Run(text, func(t *testing.T) {
			got, err := parseSize(text)
			if want < 0 {
				if err == nil {
					t.Errorf("%q is %d", text, got)
				}
			} else if err != nil || got != want {
				t.Errorf("%q is %d, %v", text, got, err)
			}
		})
	}
}
