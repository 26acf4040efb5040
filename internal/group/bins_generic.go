//go:build !amd64 || purego

package group

// hasBins is always false here.
var hasBins = false

func canBin() bool { return false }

const binLanes = 64

func binRows(*binArgs, int) bool { panic("group: no bins") }

func countWords([]uint8, []uint32, []uint16) { panic("group: no bins") }
