package column

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/decimal256"
	"github.com/sluis-go/sluis/internal/exact"
)

// kind is how the values of a type are kept, ordered and printed. Kinds below
// kindText are kept as int64, the others as bytes.
type kind uint8

const (
	kindInvalid kind = iota
	kindNull         // a column of the null type: no values at all
	kindInt
	kindUint
	kindBool
	kindFloat // bits, made orderable
	kindDate32
	kindDate64
	kindTimestamp
	kindTime
	kindText
	kindBinary
	kindDecimal // big endian, sign bit flipped: bytes order as numbers do
)

func (k kind) isBytes() bool { return k >= kindText }

// kindOf returns the kind of a type; for a dictionary, the kind of its values.
func kindOf(dt arrow.DataType) kind {
	switch dt := dt.(type) {
	case *arrow.DictionaryType:
		return kindOf(dt.ValueType)
	case arrow.ExtensionType:
		return kindOf(dt.StorageType())
	}
	switch dt.ID() {
	case arrow.NULL:
		return kindNull
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64:
		return kindInt
	case arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64:
		return kindUint
	case arrow.BOOL:
		return kindBool
	case arrow.FLOAT16, arrow.FLOAT32, arrow.FLOAT64:
		return kindFloat
	case arrow.DATE32:
		return kindDate32
	case arrow.DATE64:
		return kindDate64
	case arrow.TIMESTAMP:
		return kindTimestamp
	case arrow.TIME32, arrow.TIME64:
		return kindTime
	case arrow.STRING, arrow.LARGE_STRING:
		return kindText
	case arrow.BINARY, arrow.LARGE_BINARY, arrow.FIXED_SIZE_BINARY:
		return kindBinary
	case arrow.DECIMAL128, arrow.DECIMAL256:
		return kindDecimal
	}
	return kindInvalid
}

// valueType strips dictionaries and extensions.
func valueType(dt arrow.DataType) arrow.DataType {
	switch t := dt.(type) {
	case *arrow.DictionaryType:
		return valueType(t.ValueType)
	case arrow.ExtensionType:
		return valueType(t.StorageType())
	}
	return dt
}

// orderedFloat maps a float to an int64 that orders as the float does; -0 is 0.
func orderedFloat(v float64) int64 {
	if v == 0 {
		return 0
	}
	b := int64(math.Float64bits(v))
	if b < 0 {
		return math.MinInt64 - b
	}
	return b
}

func floatFromOrdered(k int64) float64 {
	if k < 0 {
		return math.Float64frombits(uint64(math.MinInt64 - k))
	}
	return math.Float64frombits(uint64(k))
}

func decimal128Key(dst []byte, v decimal128.Num) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(v.HighBits())^1<<63)
	return binary.BigEndian.AppendUint64(dst, v.LowBits())
}

func decimal256Key(dst []byte, v decimal256.Num) []byte {
	a := v.Array()
	dst = binary.BigEndian.AppendUint64(dst, a[3]^1<<63)
	for i := 2; i >= 0; i-- {
		dst = binary.BigEndian.AppendUint64(dst, a[i])
	}
	return dst
}

// decimalOfKey undoes decimal128Key and decimal256Key.
func decimalOfKey(key []byte) *big.Int {
	z := new(big.Int).SetBytes(key)
	return z.Sub(z, new(big.Int).Lsh(big.NewInt(1), uint(8*len(key)-1)))
}

// formatInt prints a value that is kept as int64.
func formatInt(k kind, dt arrow.DataType, v int64) string {
	switch k {
	case kindUint:
		return strconv.FormatUint(uint64(v), 10)
	case kindBool:
		return strconv.FormatBool(v != 0)
	case kindFloat:
		return strconv.FormatFloat(floatFromOrdered(v), 'g', -1, floatBits(dt))
	case kindDate32:
		return time.Unix(v*86400, 0).UTC().Format(time.DateOnly)
	case kindDate64:
		return time.UnixMilli(v).UTC().Format(time.DateOnly)
	case kindTimestamp:
		t := dt.(*arrow.TimestampType)
		layout := "2006-01-02T15:04:05.999999999"
		if t.TimeZone != "" {
			layout += "Z" // a time without a zone stays one
		}
		return arrow.Timestamp(v).ToTime(t.Unit).UTC().Format(layout)
	case kindTime:
		var unit arrow.TimeUnit
		switch t := dt.(type) {
		case *arrow.Time32Type:
			unit = t.Unit
		case *arrow.Time64Type:
			unit = t.Unit
		}
		return time.Unix(0, 0).UTC().Add(time.Duration(v) * unit.Multiplier()).Format("15:04:05.999999999")
	}
	return strconv.FormatInt(v, 10)
}

func floatBits(dt arrow.DataType) int {
	if dt.ID() == arrow.FLOAT64 {
		return 64
	}
	return 32
}

// formatBytes prints a value that is kept as bytes.
func formatBytes(k kind, dt arrow.DataType, v []byte) string {
	switch k {
	case kindBinary:
		return hex.EncodeToString(v)
	case kindDecimal:
		return formatDecimal(decimalOfKey(v), dt.(arrow.DecimalType).GetScale())
	}
	return string(v)
}

func formatDecimal(v *big.Int, scale int32) string {
	if scale <= 0 {
		m := exact.Pow10(int(-scale))
		return m.Mul(m, v).String()
	}
	den := exact.Pow10(int(scale))
	return new(big.Rat).SetFrac(v, den).FloatString(int(scale))
}
