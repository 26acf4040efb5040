package deps_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/diff"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/ledger"
	"github.com/sluis-go/sluis/sdc/profile"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/replace"
	"github.com/sluis-go/sluis/sdc/seal"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/foreign"
	"github.com/sluis-go/sluis/suppress/verify"
)

// spoiling is one way to spoil a value.
type spoiling struct {
	name string
	do   func(v reflect.Value) // v can be set
}

// absurd are the values that a field of a kind is spoiled with.
var absurd = map[reflect.Kind][]any{
	reflect.String:  {"", "\x00", "\xff", "no such thing", "-1", "NaN", "1e999999999", "99999999999999999999999999", "../../no/such"},
	reflect.Bool:    {true, false},
	reflect.Int:     {0, -1, math.MinInt, math.MaxInt, math.MaxInt/2 + 1},
	reflect.Int8:    {int8(0), int8(-1), int8(math.MinInt8), int8(math.MaxInt8)},
	reflect.Int32:   {int32(0), int32(-1), int32(math.MinInt32), int32(math.MaxInt32)},
	reflect.Int64:   {int64(0), int64(-1), int64(math.MinInt64), int64(math.MaxInt64), int64(1 << 62)},
	reflect.Uint8:   {uint8(0), uint8(math.MaxUint8)},
	reflect.Uint32:  {uint32(0), uint32(math.MaxUint32)},
	reflect.Uint64:  {uint64(0), uint64(math.MaxUint64)},
	reflect.Float64: {0.0, -1.0, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64},
}

// spoilings lists the ways to spoil one part of a value that looks like v: the whole is
// zero or nil, a list holds a zero or one thing twice, a number is absurd.
func spoilings(v reflect.Value) []spoiling {
	t := v.Type()
	zero := spoiling{" = zero", func(v reflect.Value) { v.SetZero() }}
	within := func(name string, part reflect.Value, of func(v reflect.Value) reflect.Value) []spoiling {
		var out []spoiling
		for _, s := range spoilings(part) {
			out = append(out, spoiling{name + s.name, func(v reflect.Value) { s.do(of(v)) }})
		}
		return out
	}
	if values, ok := absurd[t.Kind()]; ok {
		var out []spoiling
		for _, x := range values {
			out = append(out, spoiling{fmt.Sprintf(" = %#v", x), func(v reflect.Value) { v.Set(reflect.ValueOf(x).Convert(t)) }})
		}
		return out
	}
	out := []spoiling{zero}
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				out = append(out, within("."+t.Field(i).Name, v.Field(i), func(v reflect.Value) reflect.Value { return v.Field(i) })...)
			}
		}
	case reflect.Pointer:
		out = append(out, spoiling{" = &zero", func(v reflect.Value) { v.Set(reflect.New(t.Elem())) }})
		if !v.IsNil() {
			out = append(out, within("", v.Elem(), func(v reflect.Value) reflect.Value { return v.Elem() })...)
		}
	case reflect.Slice:
		out = append(out,
			spoiling{" = empty", func(v reflect.Value) { v.Set(reflect.MakeSlice(t, 0, 0)) }},
			spoiling{" = [zero]", func(v reflect.Value) { v.Set(reflect.MakeSlice(t, 1, 1)) }})
		if v.Len() > 0 {
			out = append(out,
				spoiling{" doubled", func(v reflect.Value) { v.Set(reflect.AppendSlice(v, v)) }},
				spoiling{" cut", func(v reflect.Value) { v.Set(v.Slice(0, v.Len()-1)) }})
			out = append(out, within("[0]", v.Index(0), func(v reflect.Value) reflect.Value {
				own := reflect.MakeSlice(t, v.Len(), v.Len()) // others may share the list
				reflect.Copy(own, v)
				v.Set(own)
				return v.Index(0)
			})...)
		}
	case reflect.Array:
		if v.Len() > 0 {
			out = append(out, within("[0]", v.Index(0), func(v reflect.Value) reflect.Value { return v.Index(0) })...)
		}
	case reflect.Map:
		out = append(out, spoiling{" = {zero: zero}", func(v reflect.Value) {
			v.Set(reflect.MakeMap(t))
			v.SetMapIndex(reflect.Zero(t.Key()), reflect.Zero(t.Elem()))
		}})
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return len(fmt.Sprint(a)) - len(fmt.Sprint(b)) })
		if len(keys) > 0 {
			for _, s := range spoilings(v.MapIndex(keys[0])) {
				out = append(out, spoiling{fmt.Sprintf("[%v]", keys[0]) + s.name, func(v reflect.Value) {
					own, elem := reflect.MakeMap(t), reflect.New(t.Elem()).Elem()
					for _, k := range v.MapKeys() {
						own.SetMapIndex(k, v.MapIndex(k))
					}
					elem.Set(v.MapIndex(keys[0]))
					s.do(elem)
					own.SetMapIndex(keys[0], elem)
					v.Set(own)
				}})
			}
		}
	}
	return out
}

// request is a struct that a caller fills in.
type request struct {
	name string
	of   reflect.Type
	try  func(t *testing.T)
}

// requested makes a request: valid returns a new value that call takes, and every way to
// spoil it must end in an error with a type, or in none. Where tests are short, about most
// of the ways are tried.
func requested[T any](most int, name string, valid func(t *testing.T) T, call func(t *testing.T, v T) error) request {
	return request{name, reflect.TypeFor[T](), func(t *testing.T) {
		defer func() {
			if p := recover(); p != nil {
				t.Errorf("what is valid: a panic: %v", p)
			}
		}()
		v := valid(t)
		ways := spoilings(reflect.ValueOf(&v).Elem())
		if err := safely(func() error { return call(t, v) }); err != nil {
			t.Fatalf("what is valid: %v", err)
		}
		errs := 0
		every := 1
		if testing.Short() { // those that draw pages take minutes in all
			every = max(1, len(ways)/most)
		}
		for i, s := range ways {
			if i%every != 0 {
				continue
			}
			v := valid(t)
			s.do(reflect.ValueOf(&v).Elem())
			err := safely(func() error { return call(t, v) })
			if err != nil {
				errs++
			}
			if !typed(err) {
				t.Errorf("%s%s: %v", reflect.TypeFor[T](), s.name, err)
			}
		}
		t.Logf("%d ways to spoil it, %d errors", len(ways), errs)
	}}
}

// panicked is a panic that came out of a call.
type panicked struct{ error }

// safely calls fn, and returns its panic as an error without a type.
func safely(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked{fmt.Errorf("a panic: %v", p)}
		}
	}()
	return fn()
}

// sentinels are the errors that the public packages name.
var sentinels = []error{
	context.Canceled, context.DeadlineExceeded, fs.ErrNotExist,
	sdc.ErrRequest, sdc.ErrNoRows, sdc.ErrLookAlike, sdc.ErrColumn, sdc.ErrNull, sdc.ErrType, sdc.ErrBroken, sdc.ErrOtherFile, seal.ErrSeal, ledger.ErrChanged,
	source.ErrCorrupt, source.ErrUnsupported, source.ErrSchema, source.ErrValue, source.ErrMemory, source.ErrNoColumn, source.ErrHash, source.ErrChanged, source.ErrCopy,
	spec.ErrSpec, replace.ErrDirect, replace.ErrScan, diff.ErrReport, dossier.ErrDossier, dossier.ErrVersion, dossier.ErrJoin, profile.ErrFew, profile.ErrRequest,
	suppress.ErrRequest, suppress.ErrUnfit, suppress.ErrNotAdditive, suppress.ErrInfeasible, suppress.ErrUndecided, suppress.ErrTooClose, suppress.ErrFolder,
	foreign.ErrTable, verify.ErrCertificate,
	riskmetrics.ErrWeight, riskmetrics.ErrClass, riskmetrics.ErrEstimator,
	pseudonym.ErrKey, pseudonym.ErrDestroyed, pseudonym.ErrKeyFile, pseudonym.ErrLength, pseudonym.ErrDomain, pseudonym.ErrSetting, pseudonym.ErrMissing,
	pseudonym.ErrNoPseudonymizer, pseudonym.ErrType, pseudonym.ErrInvalid, pseudonym.ErrPlan, pseudonym.ErrRecord, pseudonym.ErrLinkage,
	pseudonym.ErrLinkageDestroyed, pseudonym.ErrUnknown, pseudonym.ErrSame, pseudonym.ErrLog, pseudonym.ErrShare, pseudonym.ErrTranslation, pseudonym.ErrUntranslated,
}

// typed reports whether a caller can tell an error from others. The error of a panic, from
// whichever goroutine, is not typed.
func typed(err error) bool {
	if err == nil {
		return true
	}
	if errors.As(err, new(panicked)) || errors.Is(err, guard.ErrInternal) {
		return false
	}
	for _, s := range sentinels {
		if errors.Is(err, s) {
			return true
		}
	}
	for _, as := range []any{
		new(*json.UnsupportedValueError), // NaN in a report of risk
		new(*sdc.ColumnError), new(*source.FileError), new(*pseudonym.ColumnError), new(*suppress.ProtectionError), new(*project.RequestError), new(*fs.PathError),
	} {
		if errors.As(err, as) {
			return true
		}
	}
	return false
}

// signer is a key pair for tests.
func signer(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return private
}
