// Package hmac computes HMAC-SHA-256 of many short values under one key, at the
// speed of the processor's hash unit.
//
// The two blocks that depend on the key alone are hashed once ([New]); a value
// of up to 55 bytes then costs two compressions. Two independent values are
// interleaved where the processor has SHA instructions, since one compression
// alone leaves their unit idle half of the time. A portable compression stands
// beside the assembly, is used elsewhere and under the tag purego, and is what
// the others are tested against.
package hmac
