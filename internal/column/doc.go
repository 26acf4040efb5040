// Package column turns Arrow columns into dense codes with a list of their values
// ([Encoder], [Column]), and into exact numbers ([Numbers]). The later stages work on
// these.
//
// Codes are given in the order in which values are first seen, so batches are encoded as
// they come. [Encoder.Finish] returns the canonical order: numbers and dates by value,
// text by bytes, null last. The canonical order is the same for every order and chunking
// of the rows. Encoders of parts of a data set merge with [Encoder.Merge].
//
// A dictionary column is encoded through its dictionary: values are looked up once for
// each dictionary, and rows only map indices. Dictionaries may differ between batches,
// and may hold duplicates, nulls and unused values. Only values that occur in rows get a
// code. A column of plain texts or integers with few values is read as if it had a
// dictionary ([Encoder.Indices]).
package column
