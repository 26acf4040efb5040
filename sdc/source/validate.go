package source

import (
	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/internal/intact"
)

// validate checks that every value of an array can be read: see [intact.Check].
func validate(arr arrow.Array) error {
	if intact.Check(arr) != nil {
		return ErrCorrupt
	}
	return nil
}

func bufferLen(arr arrow.Array, i int) int {
	b := arr.Data().Buffers()
	if i >= len(b) || b[i] == nil {
		return 0
	}
	return b[i].Len()
}
