package source

import (
	"fmt"
	"hash/crc32"
)

// errChecksum says that a page differs from the page that its writer wrote.
var errChecksum = fmt.Errorf("%w: the checksum of a page is not the one in its header", ErrCorrupt)

// sound compares the checksum in the header of a page with the bytes after the header, as
// they are in the file: CRC-32 with the polynomial 0x04C11DB7. A page without a checksum
// passes.
//
// Source: the Parquet format, section "Checksumming" (PageHeader.crc). The checksum
// covers the compressed bytes, and in a page of version 2 also the levels before them.
func (h *pageHeader) sound(page []byte) error {
	if h.checked && crc32.ChecksumIEEE(page) != h.crc {
		return errChecksum
	}
	return nil
}
