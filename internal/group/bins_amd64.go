//go:build !purego

package group

import "golang.org/x/sys/cpu"

// hasBins says that rows are counted in bins. Tests change it.
var hasBins = canBin()

func canBin() bool {
	return cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VBMI2 && cpu.X86.HasPOPCNT
}

// binLanes is the number of rows that binRows takes at a time.
const binLanes = 64

// binRows512 puts the keys of n rows, a multiple of binLanes and not 0, into their bins.
// It returns false if an index is too large; the bins then hold arbitrary keys.
//
//go:noescape
func binRows512(a *binArgs, n int) bool

// countWordsAsm is countWords for n keys, a multiple of four and not 0. All keys must be
// within low and carry.
//
//go:noescape
func countWordsAsm(low *uint8, carry *uint32, keys *uint16, n int)

func binRows(a *binArgs, n int) bool { return binRows512(a, n) }

// countWords counts keys, which are within low and carry.
func countWords(low []uint8, carry []uint32, keys []uint16) {
	n := len(keys) / 4 * 4
	if n > 0 {
		countWordsAsm(&low[0], &carry[0], &keys[0], n)
	}
	for _, k := range keys[n:] {
		if low[k]++; low[k] == 0 {
			carry[k]++
		}
	}
}
