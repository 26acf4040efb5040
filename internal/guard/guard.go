// Package guard turns panics into errors. A panic in a goroutine would end the process
// with a stack, and with it all other work. The error says where the program failed. It
// never contains the argument of the panic, which may hold data.
package guard

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// ErrRequest is the error of all packages for a request that is not well defined.
var ErrRequest = errors.New("request is not well defined")

// ErrInternal says that the program has failed, and that nothing was decided: a
// defect of the program that the data have brought to light.
var ErrInternal = errors.New("the program has failed, and nothing is decided; please report this defect")

// failure is a panic on its way from the goroutine in which it arose.
type failure struct {
	place string
	value any
}

// Error implements error.
func (f *failure) Error() string { return fmt.Sprintf("%v (%s)", ErrInternal, f.place) }

// Unwrap returns ErrInternal.
func (f *failure) Unwrap() error { return ErrInternal }

// GoString is Error: no verb prints the argument of the panic.
func (f *failure) GoString() string { return f.Error() }

// Of returns the place and the argument of the panic of an error of this package. The
// argument may hold data. ok is false for another error.
func Of(err error) (place string, value any, ok bool) {
	var f *failure
	if !errors.As(err, &f) {
		return "", nil, false
	}
	return f.place, f.value, true
}

// Recover turns a panic of the surrounding function into an error that wraps ErrInternal.
// Recover must be deferred itself:
//
//	defer guard.Recover(&err)
func Recover(err *error) {
	if p := recover(); p != nil {
		*err = failed(p)
	}
}

// Call calls fn and turns its panic into an error that wraps ErrInternal.
func Call(fn func() error) (err error) {
	defer Recover(&err)
	return fn()
}

// failed describes a panic that was just recovered.
func failed(p any) *failure {
	if f, ok := p.(*failure); ok {
		return f
	}
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	panicking := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicking = true
		case panicking && !strings.HasPrefix(f.Function, "runtime."):
			return &failure{fmt.Sprintf("%s, %s:%d", f.Function, filepath.Base(f.File), f.Line), p}
		}
		if !more {
			return &failure{"at a place unknown", p}
		}
	}
}

// Group waits for goroutines as sync.WaitGroup does. A panic in one of them goes on
// in Wait, in the goroutine that waits, once all have ended. The zero value is ready
// to use.
type Group struct {
	wg   sync.WaitGroup
	once sync.Once
	failure
}

// Go calls fn in a new goroutine.
func (g *Group) Go(fn func()) {
	g.wg.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				f := failed(p)
				g.once.Do(func() { g.failure = *f })
			}
		}()
		fn()
	})
}

// Wait waits until all have ended, and panics where one of them did.
func (g *Group) Wait() {
	g.wg.Wait()
	if g.failure.place != "" {
		panic(&g.failure)
	}
}
