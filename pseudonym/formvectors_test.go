package pseudonym_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestFormVectors has the vectors of the forms that came later.
func TestFormVectors(t *testing.T) {
	doc := string(must(os.ReadFile(filepath.Join("..", "docs", "pseudonym-format.md"))))
	for _, v := range []struct {
		form        pseudonym.Form
		value, want string
	}{
		{pseudonym.Plate, "XX-99-99", "df6de1dcf191e0c10dfa93b428ec5aac"},
		{pseudonym.KvK, "01234567", "1a0fa8e0705eee8476b499a2b609c318"},
		{pseudonym.IBAN, "NL91 ABNA 0417 1643 00", "bd84ca7ac1671e6ebc6e0cc0d6c997a8"},
		{pseudonym.Address, "1234 ab 12-bis", "534e3f2c103e619f54044e357c931eec"},
		{pseudonym.PersonName, " Van ’t  Hoff", "5768c57d7ecb098cf77f7f49e0637e0f"},
	} {
		t.Run(fmt.Sprintf("%s of %q", v.form, v.value), func(t *testing.T) {
			got := must(maker(t, func(c *pseudonym.Config) { c.Form = v.form }).Text(v.value))
			if row := fmt.Sprintf("| %s | `%s` | `%s` |", v.form, v.value, v.want); got != v.want || !strings.Contains(doc, row) {
				t.Errorf("%s: %s, or not in the documentation", v.form, got)
			}
		})
	}
}

// sample makes values of a form: mostly valid ones, as people write them, and some
// with a character changed.
func sample(r *rand.Rand, form pseudonym.Form) string {
	pick := func(s string) string { rs := []rune(s); return string(rs[r.IntN(len(rs))]) }
	many := func(n int, s string) string {
		var b strings.Builder
		for range n {
			b.WriteString(pick(s))
		}
		return b.String()
	}
	const digits, letters = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefxyz"
	var s string
	switch form {
	case pseudonym.BSN:
		n := r.IntN(1e9)
		s = strconv.Itoa(n)
		for k := 0; k < 11 && !eleven(n); k++ {
			n++
			s = strconv.Itoa(n)
		}
	case pseudonym.Plate:
		codes := []string{"LL-99-99", "99-99-LL", "99-LL-99", "LL-99-LL", "LL-LL-99", "99-LL-LL", "99-LLL-9", "9-LLL-99", "LL-999-L", "L-999-LL", "LLL-99-L", "L-99-LLL", "9-LL-999", "999-LL-9", "LLL-999", "LL-99-9L"}
		for _, c := range codes[r.IntN(len(codes))] {
			switch c {
			case 'L':
				s += pick(letters)
			case '9':
				s += pick(digits)
			default:
				s += pick("- ")
			}
		}
	case pseudonym.KvK:
		s = many(r.IntN(10), digits)
	case pseudonym.IBAN:
		country, rest := []string{"NL", "DE", "gb", "MT"}[r.IntN(4)], many(11+r.IntN(20), digits+letters)
		if country == "NL" {
			rest = many(4, letters) + many(10, digits)
		}
		s = country + checkDigits(country, rest) + rest
		if r.IntN(2) == 0 {
			s = s[:4] + " " + s[4:]
		}
	case pseudonym.Address:
		sep := func() string { return many(r.IntN(3), " -./,") }
		s = sep() + many(4, digits) + sep() + many(2, letters) + sep() + many(1+r.IntN(6), digits) + sep()
		for range r.IntN(4) {
			s += pick(letters+digits) + sep()
		}
	case pseudonym.Name, pseudonym.PersonName:
		s = many(r.IntN(12), "abcXYZ éèÄßẞıİiIşŞĳĲŉǰΣςσᎠꭰᏰᏸ'’‘`´-‐–−\u00ad\u200b\u200d\ufeff\u00a0\u2003\t \u0301\u0308\u0327ﬁ한가Ǆ")
	default:
		s = many(r.IntN(12), digits+letters+" é€𝄞\x00")
	}
	if r.IntN(5) == 0 && len(s) > 0 {
		i := r.IntN(len(s))
		s = s[:i] + many(1, " x0é-\u017f\u0130") + s[i+1:]
	}
	if r.IntN(50) == 0 {
		s += "\xff"
	}
	return s
}

func eleven(n int) bool {
	sum := -(n % 10)
	for w, rest := 2, n/10; w <= 9; w, rest = w+1, rest/10 {
		sum += w * (rest % 10)
	}
	return sum%11 == 0
}

// checkDigits computes the two digits of an IBAN with big numbers.
func checkDigits(country, rest string) string {
	var b strings.Builder
	for _, c := range strings.ToUpper(rest+country) + "00" {
		if c >= 'A' {
			fmt.Fprint(&b, c-'A'+10)
		} else {
			b.WriteRune(c)
		}
	}
	n, _ := new(big.Int).SetString(b.String(), 10)
	return fmt.Sprintf("%02d", 98-new(big.Int).Mod(n, big.NewInt(97)).Int64())
}

// column makes values of a type for a form, and their text for the script.
func column(r *rand.Rand, kind string, form pseudonym.Form, n int) (arrow.Array, []string) {
	mem := memory.DefaultAllocator
	rows := make([]string, n)
	switch kind {
	case "int":
		b := array.NewInt64Builder(mem)
		for i := range rows {
			v := int64(r.Uint64()) >> r.IntN(63)
			if form == pseudonym.BSN || form == pseudonym.KvK {
				v, _ = strconv.ParseInt(strings.Map(func(c rune) rune {
					if c < '0' || c > '9' {
						return -1
					}
					return c
				}, sample(r, form)), 10, 64)
			}
			b.Append(v)
			rows[i] = strconv.FormatInt(v, 10)
		}
		return b.NewArray(), rows
	case "uint":
		b := array.NewUint64Builder(mem)
		for i := range rows {
			v := r.Uint64() >> r.IntN(3)
			b.Append(v)
			rows[i] = strconv.FormatUint(v, 10)
		}
		return b.NewArray(), rows
	case "bool":
		b := array.NewBooleanBuilder(mem)
		for i := range rows {
			v := r.IntN(2)
			b.Append(v == 1)
			rows[i] = strconv.Itoa(v)
		}
		return b.NewArray(), rows
	case "date":
		b := array.NewDate32Builder(mem)
		for i := range rows {
			v := int32(r.Uint32()) >> r.IntN(31)
			b.Append(arrow.Date32(v))
			rows[i] = strconv.Itoa(int(v))
		}
		return b.NewArray(), rows
	case "time":
		b := array.NewTimestampBuilder(mem, &arrow.TimestampType{Unit: arrow.Microsecond})
		for i := range rows {
			v := (int64(r.Uint64()) >> (12 + r.IntN(40)))
			b.Append(arrow.Timestamp(v))
			rows[i] = strconv.FormatInt(v*1000, 10)
		}
		return b.NewArray(), rows
	case "decimal":
		b := array.NewDecimal128Builder(mem, &arrow.Decimal128Type{Precision: 20, Scale: 2})
		for i := range rows {
			v := int64(r.Uint64()) >> (20 + r.IntN(40))
			b.Append(decimal128.FromI64(v))
			sign, u := "", v
			if v < 0 {
				sign, u = "-", -v
			}
			rows[i] = fmt.Sprintf("%s%d.%02d", sign, u/100, u%100)
		}
		return b.NewArray(), rows
	case "binary":
		b := array.NewBinaryBuilder(mem, arrow.BinaryTypes.Binary)
		for i := range rows {
			v := []byte(sample(r, form))
			b.Append(v)
			rows[i] = hex.EncodeToString(v)
		}
		return b.NewArray(), rows
	}
	b := array.NewStringBuilder(mem)
	for i := range rows {
		v := sample(r, form)
		b.Append(v)
		rows[i] = hex.EncodeToString([]byte(v))
	}
	return b.NewArray(), rows
}

// TestPythonEverywhere compares every form, type, encoding and algorithm with the
// script that was made from the documentation: 10,000 values each, 200 in short mode.
func TestPythonEverywhere(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not here")
	}
	n := 10_000
	if testing.Short() {
		n = 200
	}
	numbers := []string{"int", "uint", "decimal", "text"}
	kinds := map[pseudonym.Form][]string{
		pseudonym.Typed: {"int", "uint", "bool", "date", "time", "decimal", "binary", "text"}, pseudonym.AsText: numbers, pseudonym.BSN: numbers, pseudonym.KvK: numbers,
	}
	r := rand.New(rand.NewPCG(16, 2026))
	var in bytes.Buffer
	var want []string
	valid := map[pseudonym.Form]int{}
	for f := range pseudonym.FormNames() {
		form := pseudonym.Form(f)
		of := kinds[form]
		if of == nil {
			of = []string{"text"}
		}
		for a := range 2 {
			for e := range 3 {
				for _, kind := range of {
					p := maker(t, func(c *pseudonym.Config) {
						c.Form, c.Algorithm, c.Encoding, c.Invalid, c.Bytes = form, pseudonym.Algorithm(a), pseudonym.Encoding(e), pseudonym.InvalidKeep, 14+r.IntN(19)
					})
					arr, rows := column(r, kind, form, (n+len(of)-1)/len(of))
					var count pseudonym.Counter
					out, err := p.Array(context.Background(), memory.DefaultAllocator, arr, &count)
					if err != nil {
						t.Fatal(err)
					}
					valid[form] += int(count.Stats().Rows - count.Stats().Invalid)
					for i, row := range rows {
						fmt.Fprintf(&in, "%s\t%s\t%s\t%s\t%d\t%s\n", form, strings.TrimPrefix(kind, "u"), p.Algorithm().Flag(), pseudonym.Encoding(e), p.Bytes(), row)
						if b, ok := out.(*array.FixedSizeBinary); ok {
							want = append(want, hex.EncodeToString(b.Value(i)))
						} else {
							want = append(want, out.(*array.String).Value(i))
						}
					}
				}
			}
		}
		if valid[form] < n {
			t.Errorf("%s: %d of %d values are valid", form, valid[form], 6*n)
		}
	}
	cmd := exec.Command(python, filepath.Join("..", "testdata", "pseudonym", "pseudonym.py"))
	lines := strings.Split(in.String(), "\n")
	cmd.Stdin = &in
	got, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	wrong := map[string]int{}
	for i, line := range strings.Split(strings.TrimSuffix(string(got), "\n"), "\n") {
		if line != want[i] {
			key := strings.Join(strings.Split(lines[i], "\t")[:4], " ")
			if wrong[key]++; wrong[key] < 3 {
				t.Errorf("%q: the script says %s, want %s", lines[i], line, want[i])
			}
		}
	}
	if strings.Count(string(got), "\n") != len(want) {
		t.Errorf("%d lines for %d values", strings.Count(string(got), "\n"), len(want))
	}
}
