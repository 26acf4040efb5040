package verify

import "testing"

// TestCommon: two lists of one variable fit where one is the other at another depth, or with
// other codes folded, and in no other case.
func TestCommon(t *testing.T) {
	deep := certificateVariable{"v", []string{"", "1", "11", "12", "2", "21"}, []int{-1, 0, 1, 1, 0, 4}}
	for _, tc := range []struct {
		name string
		b    certificateVariable
		both int
		ok   bool
	}{
		{"the same", deep, 6, true},
		{"one level", certificateVariable{"v", []string{"", "2", "1"}, []int{-1, 0, 0}}, 3, true},
		{"one code folded", certificateVariable{"v", []string{"", "1", "2", "21"}, []int{-1, 0, 0, 2}}, 4, true},
		{"other codes folded in both", certificateVariable{"v", []string{"", "1", "2", "21", "211"}, []int{-1, 0, 0, 2, 3}}, 4, true},
		{"a code less below one that has some", certificateVariable{"v", []string{"", "1", "11", "2"}, []int{-1, 0, 1, 0}}, 0, false},
		{"a code less at the top", certificateVariable{"v", []string{"", "1"}, []int{-1, 0}}, 0, false},
		{"another tree", certificateVariable{"v", []string{"", "1", "21", "2", "11", "12"}, []int{-1, 0, 1, 0, 3, 3}}, 0, false},
		{"other codes", certificateVariable{"v", []string{"", "x"}, []int{-1, 0}}, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, swap := range []bool{false, true} {
				a, b := &deep, &tc.b
				if swap {
					a, b = b, a
				}
				both, ok := common(a, b)
				if ok != tc.ok || ok && len(both) != tc.both {
					t.Errorf("%d codes in both, %v; want %d, %v", len(both), ok, tc.both, tc.ok)
				}
			}
		})
	}
}
