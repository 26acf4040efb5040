// Package column turns Arrow columns into what the later stages work on: dense
// codes with a list of the values they stand for ([Encoder], [Column]), and
// exact numbers ([Numbers]).
//
// Codes are given out in the order in which values are first seen, so that
// batches can be encoded as they come; [Encoder.Finish] says the canonical
// order (numbers and dates by value, text by bytes, null last), which is the
// same for every order and chunking of the rows. Encoders of parts of a data
// set merge with [Encoder.Merge].
//
// A dictionary column is encoded through its dictionary: the values are looked
// up once a dictionary, the rows only map indices. Dictionaries may differ
// between batches, hold duplicates, nulls and values that no row uses; only
// values that occur in rows get a code. A column of plain texts or integers that has few
// values is read as if it had a dictionary of these ([Encoder.Indices]).
package column
