// Package exact is the arithmetic that verdicts rest on. Its sums do not depend on the
// order of the addends. Its comparisons of shares multiply crosswise and do not divide.
// No floating-point operation decides anything here.
//
// Every numeric column has a unit, and its values are whole numbers of it:
//
//	integers       unit 1
//	decimal(p, s)  unit 10^-s
//	floats         unit 10^-6 * 2^-shift, shift >= 0 as small as the values allow
//
// # The value of a float
//
// Money and rates are often stored as float64 although they were decimals, and 0.1 as a
// float64 is not a tenth. So a finite float64 stands for the short decimal that a person
// would write, where there is exactly one, and for itself otherwise:
//
//   - Let j be the largest of 0..6 with |v|*10^j < 10^15, and m the whole number nearest
//     to v*10^j.
//   - If v is the float64 nearest to m/10^j, the value of v is exactly m/10^j.
//   - Otherwise the value of v is the binary number v.
//
// A decimal of at most fifteen significant digits survives the conversion to float64 and
// back, so two different decimals never become one. The rule looks at one value alone.
// Therefore sums do not depend on the other values of the column, on its order or on its
// parts. Sums of cents are sums of cents. Sums of other floats are the exact sums of
// those floats.
//
// # Two widths
//
// [Int128] holds nearly every real column. [Wide] has room for the sum of any 2^60
// float64 values with any exponents. Wide is used only where a column does not fit into
// Int128: no input is refused for its range.
package exact
