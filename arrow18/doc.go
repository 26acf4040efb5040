// Package arrow18 hands tables of github.com/apache/arrow-go/v18 to sluis, which reads
// tables of github.com/apache/arrow/go/v15, and back.
//
// The buffers are shared: no value is copied. A buffer of the one side holds its buffer of
// the other side, and lets go of the buffer when the last array that uses it is released.
// The caller releases what a function of this package returns, and may release what he gave
// as soon as the function has returned.
//
// Arrow 15 lacks some types of Arrow 18, or sluis does not read them. Columns of these types
// are written anew, in memory of the allocator that the caller gives:
//
//	string_view, binary_view      large_string, large_binary
//	run_end_encoded               the type of its values
//	decimal32, decimal64          decimal128 of the same precision and scale
//
// An extension type becomes its storage type. Every other type of Arrow 15 keeps its type,
// its dictionary, its offset and the metadata of its field.
//
// A program that uses arrow-go v18 needs this package; a program that uses
// github.com/apache/arrow/go/v15 needs package sdc alone. The package is a module of its own,
// so that sluis itself does not depend on Arrow 18.
package arrow18
