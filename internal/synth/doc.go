// Package synth makes synthetic microdata: persons, enterprises and events, skewed like
// life, so that most cells of a fine table are small and some lines are almost all in one
// category.
//
// Every value is a function of the seed and the number of the row, in whole numbers. The
// bytes are the same on every platform and in any batch size. Memory is bounded for any
// number of rows. No real person is in the data.
package synth
