package deps_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// publicPackages lists the folders of the packages that others can import.
func publicPackages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range list(t, "./...") {
		name := short(p.ImportPath)
		inner := strings.Contains(name+"/", "internal/")
		if first, _, _ := strings.Cut(name, "/"); !inner && !slices.Contains([]string{"cmd", "examples", "docs"}, first) {
			out[name] = p.Dir
		}
	}
	return out
}

// exported lists the exported structs and functions of a package, as folder.Name. An
// alias of a type of another package counts as a struct.
func exported(t *testing.T, name, dir string) (structs, functions []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.IsExported() {
				functions = append(functions, name+"."+fn.Name.Name)
			}
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, s := range g.Specs {
				s := s.(*ast.TypeSpec)
				_, isStruct := s.Type.(*ast.StructType)
				if s.Name.IsExported() && (isStruct || s.Assign.IsValid()) {
					structs = append(structs, name+"."+s.Name.Name)
				}
			}
		}
	}
	return structs, functions
}

// reachable adds a type and the types of its exported fields.
func reachable(t reflect.Type, to map[reflect.Type]bool) {
	if to[t] {
		return
	}
	to[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		reachable(t.Elem(), to)
	case reflect.Map:
		reachable(t.Key(), to)
		reachable(t.Elem(), to)
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				reachable(t.Field(i).Type, to)
			}
		}
	}
}

// TestExportedStructs: every exported struct of the public packages is part of a request
// that the table spoils, or has a reason why no caller fills it in. Its zero value, and
// what its methods do with zero arguments, is in the list values.
func TestExportedStructs(t *testing.T) {
	spoiled := map[reflect.Type]bool{}
	for _, r := range requests {
		reachable(r.of, spoiled)
	}
	var all []string
	for name, dir := range publicPackages(t) {
		structs, _ := exported(t, name, dir)
		all = append(all, structs...)
	}
	slices.Sort(all)
	for _, name := range all {
		v, ok := values[name]
		if !ok {
			t.Errorf("%s is in no list: add it to values, and spoil it in a request, or say in made who makes it", name)
			continue
		}
		_, isMade := made[name]
		if spoiled[reflect.TypeOf(v)] == isMade {
			t.Errorf("%s: spoiled in a request: %v, made by the library: %v; one of them must be true", name, spoiled[reflect.TypeOf(v)], isMade)
		}
	}
	for name := range values {
		if !slices.Contains(all, name) {
			t.Errorf("%s is in values and in no package", name)
		}
	}
	for name := range made {
		if _, ok := values[name]; !ok {
			t.Errorf("%s is in made and in no package", name)
		}
	}
	if len(all) < 100 {
		t.Errorf("only %d structs are found", len(all))
	}
}

// TestSpoiledRequests: a request of which any part is zero, nil or absurd ends in an error
// with a type, or in what the documentation says of it; never in a panic.
func TestSpoiledRequests(t *testing.T) {
	for _, r := range requests {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.try(t)
		})
	}
}

// zeroCall calls a function with zero arguments, and returns its error.
func zeroCall(fn reflect.Value) error {
	var args []reflect.Value
	for k := range fn.Type().NumIn() {
		args = append(args, reflect.Zero(fn.Type().In(k)))
	}
	return safely(func() error {
		call := fn.Call
		if fn.Type().IsVariadic() {
			call = fn.CallSlice
		}
		out := call(args)
		if len(out) == 0 {
			return nil
		}
		err, _ := out[len(out)-1].Interface().(error)
		return err
	})
}

// TestZeroCalls: no exported function, and no method of a struct that callers fill in,
// panics where all of its arguments are zero: nil contexts, tables, allocators, readers,
// writers and maps. Those that may are in panics, with the reason. The methods of what the
// library makes are not for a zero value.
func TestZeroCalls(t *testing.T) {
	var all []string
	for name, dir := range publicPackages(t) {
		_, list := exported(t, name, dir)
		all = append(all, list...)
	}
	t.Chdir(t.TempDir()) // some would write files
	calls := map[string]reflect.Value{}
	for name, fn := range functions {
		calls[name] = reflect.ValueOf(fn)
	}
	for name, v := range values {
		if why, ok := made[name]; ok && why != anError {
			continue
		}
		p := reflect.New(reflect.TypeOf(v))
		for i := range p.NumMethod() {
			calls[name+"."+p.Type().Method(i).Name] = p.Method(i)
		}
	}
	for name, fn := range calls {
		err := zeroCall(fn)
		_, excused := panics[name]
		if _, bad := err.(panicked); bad != excused { //nolint:errorlint // as safely makes it
			t.Errorf("%s: %v", name, err)
		} else if !bad && !typed(err) {
			t.Errorf("%s: the error has no type: %v", name, err)
		}
	}
	for name := range panics {
		if _, ok := calls[name]; !ok {
			t.Errorf("%s is in panics and in no package", name)
		}
	}
	for _, name := range all {
		if _, ok := functions[name]; !ok {
			t.Errorf("%s is not in functions: add it", name)
		}
	}
	if len(functions) != len(all) || len(calls) < 150 {
		t.Errorf("%d functions are listed, %d are exported, %d calls are made", len(functions), len(all), len(calls))
	}
}
