// Package synth makes synthetic microdata: persons, enterprises and events,
// skewed like life, so that most cells of a fine table are small and some lines
// are almost all in one category.
//
// Every value is a function of the seed and the number of the row, in whole
// numbers: the same bytes on every platform, in any batch size, and in bounded
// memory however many rows. Nobody real is in it.
package synth
