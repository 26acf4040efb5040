// Package hmac computes HMAC-SHA-256 of many short values under one key, at the speed of
// the hash unit of the processor.
//
// The two blocks that depend only on the key are hashed once ([New]). A value of up to 55
// bytes then costs two compressions. Where the processor has SHA instructions, two
// independent values are interleaved: one compression alone leaves the unit idle half of
// the time. The portable compression is the reference for the assembly in tests. It is
// used on other processors, and with the tag purego.
package hmac
