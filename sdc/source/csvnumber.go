package source

import (
	"math"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
)

// shape holds the properties of the fields of a CSV column so far, in one file or in
// several.
type shape struct {
	may   int  // types that all fields are of: isInt and the others
	seen  bool // some field is no null
	whole int  // most digits before the point
	frac  int  // most digits after it, zeros at the end aside
	// Whether some field has a point as between thousands, and some has another.
	grouped, plain bool
	// Where the first field stands that is no number, or the first that no type holds
	// exactly together with the others.
	file  string
	line  int
	mixed bool // it is a number
}

// candidates of inference, from narrow to wide; text is the last resort.
const (
	isInt     = 1 << iota // fits int64
	isFloat               // a number that one float64 stands for
	isDecimal             // digits, with a point or without
	isDate
	isBool
	isNumber = isInt | isFloat | isDecimal
	anyType  = isNumber | isDate | isBool
)

// look adds a field that is no null. s is its text as numbers are parsed.
func (c *shape) look(field, s string, line int) {
	c.seen = true
	may := c.may & (isDate | isBool)
	if may != 0 {
		may = words(field, may)
	}
	if c.may&isNumber != 0 {
		n, whole, frac := number(s)
		if n&c.may&isNumber == 0 {
			c.line, c.mixed = line, n != 0
		}
		may |= c.may & n
		if n&isInt == 0 && !c.plain {
			c.points(s)
		}
		c.whole, c.frac = max(c.whole, whole), max(c.frac, frac)
	}
	c.may = may
}

// points notes how the point of a number lies, if there is one.
func (c *shape) points(s string) {
	before, after, ok := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	switch {
	case !ok:
	case len(after) == 3 && len(before) > 0 && len(before) <= 3 && before[0] != '0':
		c.grouped = true
	default:
		c.plain = true
	}
}

// join adds the fields of another file; name is the name of that file.
func (c *shape) join(o *shape, name string) {
	had := c.may & isNumber
	c.may &= o.may
	c.seen = c.seen || o.seen
	c.grouped, c.plain = c.grouped || o.grouped, c.plain || o.plain
	c.whole, c.frac = max(c.whole, o.whole), max(c.frac, o.frac)
	if had != 0 && c.may&isNumber == 0 {
		c.file, c.line, c.mixed = name, o.line, o.mixed || o.may&isNumber != 0
	}
}

// number returns the first of int64, float64, and a decimal with enough digits in which
// all fields are numbers; nil where there is none. A column without values has type
// int64.
func (c *shape) number() arrow.DataType {
	switch p, s := int32(c.whole+c.frac), int32(c.frac); {
	case c.may&isInt != 0:
		return arrow.PrimitiveTypes.Int64
	case c.may&isFloat != 0:
		return arrow.PrimitiveTypes.Float64
	case c.may&isDecimal == 0 || p > 76:
		return nil
	case p <= 38:
		return &arrow.Decimal128Type{Precision: p, Scale: s}
	default:
		return &arrow.Decimal256Type{Precision: p, Scale: s}
	}
}

// inferred returns the type of the column for Infer. A decimal without a float of its own
// is text, because it may be a code.
func (c *shape) inferred() arrow.DataType {
	switch {
	case !c.seen:
		return arrow.BinaryTypes.String
	case c.may&isInt != 0:
		return arrow.PrimitiveTypes.Int64
	case c.may&isFloat != 0:
		return arrow.PrimitiveTypes.Float64
	case c.may&isDate != 0:
		return arrow.FixedWidthTypes.Date32
	case c.may&isBool != 0:
		return arrow.FixedWidthTypes.Boolean
	}
	return arrow.BinaryTypes.String
}

// number returns which numbers s can be, and its digits before and after the point,
// zeros at their ends aside. Numbers with leading zeros or a plus sign are codes.
func number(s string) (may, whole, frac int) {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) == 0 || len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
		return 0, 0, 0
	}
	n, point := 0, -1
	for ; n < len(digits); n++ {
		if c := digits[n]; c == '.' && point < 0 {
			point = n
		} else if c < '0' || c > '9' {
			break
		}
	}
	mantissa, exponent := digits[:n], digits[n:]
	before, after := mantissa, ""
	if point >= 0 {
		before, after = mantissa[:point], mantissa[point+1:]
	}
	if len(before)+len(after) == 0 || exponent != "" && !isExponent(exponent) {
		return 0, 0, 0
	}
	if exponent != "" {
		if v, err := strconv.ParseFloat(s, 64); err == nil && oneFloat(digits, v) {
			return isFloat, 0, 0
		}
		return 0, 0, 0
	}
	before, after = strings.TrimLeft(before, "0"), strings.TrimRight(after, "0")
	whole, frac = len(before), len(after)
	may = isDecimal
	if point < 0 {
		if len(before) <= 18 {
			may |= isInt
		} else if _, err := strconv.ParseInt(s, 10, 64); err == nil {
			may |= isInt
		}
	}
	if significant := strings.Trim(before+after, "0"); len(significant) <= 15 && whole <= 300 && frac <= 300 {
		may |= isFloat
	}
	return may, max(whole, 1), frac
}

// isExponent reports whether s is an exponent: e or E, a sign or none, digits.
func isExponent(s string) bool {
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// oneFloat reports whether no other number has the float of this number, without its
// sign: at most 15 significant digits, and of normal size. Longer numbers are
// identifiers; two of them could become one value.
func oneFloat(s string, v float64) bool {
	mantissa, _, _ := strings.Cut(strings.ToLower(s), "e")
	mantissa = strings.Trim(strings.Replace(mantissa, ".", "", 1), "0")
	if mantissa == "" {
		return true
	}
	a := math.Abs(v)
	return len(mantissa) <= 15 && a >= 1e-300 && a <= math.MaxFloat64
}
