package against

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/sluis-go/sluis/riskmetrics"
)

// File is one of the two files.
type File uint8

const (
	// Before is the original data.
	Before File = iota
	// After is the data that are to be released.
	After
)

// String returns "before" or "after".
func (f File) String() string {
	if f == After {
		return "after"
	}
	return "before"
}

// other is the other file.
func (f File) other() File { return After - f }

var (
	// ErrRequest is the error of a request that is not well defined.
	ErrRequest = riskmetrics.ErrRequest
	// ErrTwice says that two records of one file have the same identifier.
	ErrTwice = errors.New("another record of the same file has the identifier of this record")
	// ErrUnknown says that a record of the released data has an identifier that no record
	// of the original data has.
	ErrUnknown = errors.New("no record of the original data has the identifier of this record")
	// ErrTypes says that a column is of one type in the original data and of another in
	// the released data.
	ErrTypes = errors.New("the types of the column in both files cannot be compared")
)

// FileError says in which file something is wrong. The error holds no value of the data.
type FileError struct {
	// File is the file.
	File File
	// Err is the reason: mostly a *riskmetrics.ColumnError.
	Err error
}

// Error implements error.
func (e *FileError) Error() string { return fmt.Sprintf("%v: %v", e.File, e.Err) }

// Unwrap returns the reason.
func (e *FileError) Unwrap() error { return e.Err }

// Options name the variables that are compared.
type Options struct {
	// Keys are variables that are equal or not. Numbers are variables with a distance:
	// numbers, or dates and times of one type. A variable is one of the two; at least one
	// variable is required, at most 64.
	Keys, Numbers []string
	// ID is the column that says which record of one file is which record of the other
	// file. Defaults to none: record i of one file is record i of the other file.
	ID string
	// Missing says what a null in a variable is: refuse (an error, the default), category
	// or wildcard. Under category a null is equal to a null, and is as far from a value as
	// two values of the variable can be. Under wildcard a null has no distance to anything.
	Missing riskmetrics.Missing
	// Threads is at most 4,096. Defaults to GOMAXPROCS.
	Threads int
}

// Pair is two files of the same records. It is immutable, and holds no Arrow memory.
type Pair struct {
	threads  int
	wildcard bool
	rows     [2]int
	partner  [2][]int32 // by file: the record of the other file that is the same, -1 for none
	keys     []category
	numbers  []number
}

// Records is the number of records of a file.
func (p *Pair) Records(f File) int {
	if f == After {
		return p.rows[After]
	}
	return p.rows[Before]
}

// Paired is the number of records that both files have: all records of the released data.
func (p *Pair) Paired() int { return p.rows[After] }

// none is the code of a null.
const none = ^uint32(0)

// category is a variable that is equal or not.
type category struct {
	name  string
	codes [2][]uint32 // of the records; nulls are none, or a code of their own under category
	n     int         // codes
	null  int         // the code of null, -1 for no code
}

// number is a variable of numbers. Codes ascend with the values, each of which has one code.
type number struct {
	name  string
	codes [2][]uint32
	value []*big.Int // by code, in units of 1/den
	den   *big.Int
	small []int64 // the same less the smallest; nil where some are 2^smallBits or more
}

// smallBits bounds the numbers whose products, summed over all records, have 127 bits.
const smallBits = 46

// spread is the largest value less the smallest, in units.
func (v *number) spread() *big.Int {
	if len(v.value) == 0 {
		return new(big.Int)
	}
	return new(big.Int).Sub(v.value[len(v.value)-1], v.value[0])
}

// above is the value of a code less the smallest value, in units.
func (v *number) above(code uint32) *big.Int { return new(big.Int).Sub(v.value[code], v.value[0]) }

// variance returns the sample variance of the values of a file in units, as a fraction:
// n times the sum of squares less the square of the sum, over n(n-1). The denominator is 0
// with fewer than two values.
func (v *number) variance(f File) (num, den *big.Int) {
	count := make([]int64, len(v.value))
	n := int64(0)
	for _, code := range v.codes[f] {
		if code != none {
			count[code]++
			n++
		}
	}
	sum, squares, x, times := new(big.Int), new(big.Int), new(big.Int), new(big.Int)
	for code, c := range count {
		if c == 0 {
			continue
		}
		x.Sub(v.value[code], v.value[0])
		times.Mul(x, big.NewInt(c))
		sum.Add(sum, times)
		squares.Add(squares, times.Mul(times, x))
	}
	many := big.NewInt(n)
	num = squares.Mul(squares, many)
	return num.Sub(num, sum.Mul(sum, sum)), many.Mul(many, big.NewInt(n-1))
}
