// Package source opens microdata as Arrow record readers: Parquet, Arrow IPC files and
// streams, and CSV. [Open] opens files by name; [NewReader] reads an upload.
//
// Files are not trusted. Lengths are checked against the size of the file before memory
// is allocated. Arrays are checked before they are returned. A panic of a decoder becomes
// an error of type *FileError. No error holds a value of the data.
//
// The formats are one package of some 9,500 lines. Each decoder reads through the same handle,
// which notices that a file changes, and shares bounds of memory and errors with the others:
// Parquet 118 names, CSV 26, Arrow 22. A package each would need these names in public.
package source
