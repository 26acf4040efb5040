package column

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/float16"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// printed is the number that strconv prints for a float32, where it has at most six
// digits after the point and is below 2^24, and the value of the float otherwise.
func printed(v float32) *big.Rat {
	exact := new(big.Rat).SetFloat64(float64(v))
	if math.Abs(float64(v)) >= 1<<24 {
		return exact
	}
	s := strconv.FormatFloat(float64(v), 'f', -1, 32)
	if _, fraction, _ := strings.Cut(s, "."); len(fraction) > 6 {
		return exact
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

// valueOf is value i of a batch.
func valueOf(n *Numbers, i int) *big.Rat {
	unit := new(big.Rat).SetFrac64(1, 1_000_000)
	switch {
	case n.Small != nil:
		return unit.Mul(unit, new(big.Rat).SetInt64(n.Small[i]))
	case n.Mid != nil:
		m := n.Mid[i]
		z := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(m.Hi), 64), new(big.Int).SetUint64(m.Lo))
		return unit.Mul(unit, new(big.Rat).SetFrac(z, new(big.Int).Lsh(big.NewInt(1), uint(n.Shift))))
	}
	return nil
}

// TestFloat32IsItsDecimal: a float32 counts as the decimal that it is printed as.
func TestFloat32IsItsDecimal(t *testing.T) {
	rng := rand.New(rand.NewPCG(32, 17))
	values := []float32{
		0, float32(math.Copysign(0, -1)), 0.1, 0.3, -0.03, 1e-6, 1.5e-6, 1e-7, 999999, 1234567.9, 16777215, 16777216, 16777218, 1.0 / 3, 123456792,
		8388607.5, 0.333333, 33554432,
	}
	for range 200_000 {
		switch rng.IntN(3) {
		case 0:
			values = append(values, float32(rng.IntN(1<<25)-1<<24)/float32(math.Pow10(rng.IntN(8))))
		case 1:
			values = append(values, math.Float32frombits(uint32(rng.Int64N(1<<31))&^(1<<30)))
		default:
			values = append(values, float32(rng.IntN(100_000))/100)
		}
	}
	b := array.NewFloat32Builder(memory.DefaultAllocator)
	defer b.Release()
	var n Numbers
	for _, v := range values {
		if math.Abs(float64(v)) < 1e-30 && v != 0 {
			continue // in 2240 bits, which this test does not print
		}
		b.Append(v)
		arr := b.NewArray()
		if err := n.Read("x", arr, 0); err != nil {
			t.Fatal(v, err)
		}
		if got := valueOf(&n, 0); got != nil && got.Cmp(printed(v)) != 0 {
			t.Fatalf("%v is %v, want %v", v, got, printed(v))
		}
		arr.Release()
	}
}

// TestSumOfFloat32: 0.3 and ten times 0.03 are six tenths, in a column of 32 bits as in
// one of 64.
func TestSumOfFloat32(t *testing.T) {
	for _, dt := range []arrow.DataType{arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64} {
		arr, _, err := array.FromJSON(memory.DefaultAllocator, dt, strings.NewReader("[0.3"+strings.Repeat(",0.03", 10)+"]"))
		if err != nil {
			t.Fatal(err)
		}
		var n Numbers
		if err := n.Read("x", arr, 0); err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for _, v := range n.Small {
			sum += v
		}
		if sum != 600_000 {
			t.Errorf("%v: %d millionths", dt, sum)
		}
	}
}

// TestFloat16IsItsDecimal: each of them against the shortest decimal that no other is
// nearer to.
func TestFloat16IsItsDecimal(t *testing.T) {
	for bits := range 1 << 15 {
		v := float(float16.FromBits(uint16(bits)))
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		if bits >= 1<<10 && v != float64(float16.FromBits(uint16(bits)).Float32()) {
			t.Fatalf("bits %x are %v", bits, v)
		}
		if bits < 1<<10 && v*(1<<24) != float64(bits) {
			t.Fatalf("bits %x are %v", bits, v)
		}
		below, above := float(float16.FromBits(uint16(max(bits, 1)-1))), float(float16.FromBits(uint16(bits+1)))
		want := v
		for digits := 0; digits <= 6 && v < 2048; digits++ {
			c, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'f', digits, 64), 64)
			if math.Abs(c-v) < min(math.Abs(c-above), math.Abs(c-below)) || c == v {
				want = c
				break
			}
		}
		if got := decimalOf16(float16.FromBits(uint16(bits))); got != want {
			t.Fatalf("%v is %v, want %v", v, got, want)
		}
	}
}
