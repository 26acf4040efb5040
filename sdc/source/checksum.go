package source

import (
	"fmt"
	"hash/crc32"
)

// errChecksum says that a page is not what its writer wrote.
var errChecksum = fmt.Errorf("%w: the checksum of a page is not the one in its header", ErrCorrupt)

// sound holds the bytes of a page, as they stand in the file behind its header,
// against the checksum in the header: CRC-32 with the polynomial 0x04C11DB7. A page
// without a checksum passes.
//
// Source: the Parquet format, section "Checksumming" (PageHeader.crc). It is of the
// compressed bytes, and in a page of version 2 of the levels before them too.
func (h *pageHeader) sound(page []byte) error {
	if h.checked && crc32.ChecksumIEEE(page) != h.crc {
		return errChecksum
	}
	return nil
}
