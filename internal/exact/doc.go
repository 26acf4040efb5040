// Package exact is the arithmetic that verdicts rest on: sums that do not
// depend on the order of the addends, and comparisons of shares that are cross
// multiplied instead of divided. No floating-point operation decides anything
// here.
//
// Every numeric column has a unit, and its values are whole numbers of it:
//
//	integers       unit 1
//	decimal(p, s)  unit 10^-s
//	floats         unit 10^-6 * 2^-shift, shift >= 0 as small as the values allow
//
// # The value of a float
//
// Money and rates reach us as float64 although they were decimals, and 0.1 as
// a float64 is not a tenth. So a finite float64 stands for the decimal that a
// person would write, where there is an unambiguous short one, and for itself
// otherwise: let j be the largest of 0..6 with |v|*10^j < 10^15; where the
// whole number m nearest to v*10^j gives back v as the float64 nearest to
// m/10^j, the value of v is exactly m/10^j; else it is the binary number v.
// Decimals of at most fifteen significant digits survive the way into float64
// and back, so two different decimals never become one. The rule looks at one
// value alone, hence sums do not depend on what else is in the column, on its
// order or on its parts. Sums of cents are sums of cents, and sums of other
// floats are the exact sums of those floats.
//
// # Two widths
//
// [Int128] holds nearly every real column. [Wide] has room for the sum of any
// 2^60 float64 values whatever their exponents; it is used only where a column
// does not fit, so that no input is refused for its range.
package exact
