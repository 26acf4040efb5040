package riskmetrics_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc"
)

// jsonTable is a table of two texts.
func jsonTable(t *testing.T, rows string) arrow.Table {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "a", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "s", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	table, err := array.TableFromJSON(memory.DefaultAllocator, schema, []string{rows})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(table.Release)
	return table
}

// TestMisuse: a request that makes no sense is an error of the type of package sdc.
func TestMisuse(t *testing.T) {
	table := jsonTable(t, `[{"a":"x","s":"1"},{"a":"y","s":"2"},{"a":null,"s":"2"}]`)
	category, err := riskmetrics.ParseMissing("category")
	if err != nil {
		t.Fatal(err)
	}
	var none context.Context
	for _, tc := range []struct {
		name  string
		ctx   context.Context
		table arrow.Table
		opts  riskmetrics.Options
		want  error
	}{
		{"zero options", t.Context(), table, riskmetrics.Options{}, sdc.ErrRequest},
		{"no context", none, table, riskmetrics.Options{Keys: []string{"a"}}, sdc.ErrRequest},
		{"no table", t.Context(), nil, riskmetrics.Options{Keys: []string{"a"}}, sdc.ErrRequest},
		{"a key twice", t.Context(), table, riskmetrics.Options{Keys: []string{"a", "a"}}, sdc.ErrRequest},
		{"a key of another name", t.Context(), table, riskmetrics.Options{Keys: []string{"A"}}, sdc.ErrColumn},
		{"a null", t.Context(), table, riskmetrics.Options{Keys: []string{"a"}}, sdc.ErrNull},
		{"a weight of text", t.Context(), table, riskmetrics.Options{Keys: []string{"s"}, Weight: "a"}, sdc.ErrType},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := riskmetrics.NewClasses(tc.ctx, tc.table, tc.opts)
			var at *sdc.ColumnError
			if !errors.Is(err, tc.want) || tc.want != sdc.ErrRequest && !errors.As(err, &at) {
				t.Errorf("%v", err)
			}
		})
	}
	c, err := riskmetrics.NewClasses(t.Context(), table, riskmetrics.Options{Keys: []string{"a"}, Missing: category, Threads: math.MinInt})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		table arrow.Table
		says  string // "" for no error
	}{
		{"its own table", table, ""},
		{"the same records once more", jsonTable(t, `[{"a":"x","s":"7"},{"a":"y","s":"8"},{"a":null,"s":"9"}]`), ""},
		{"a table as long", jsonTable(t, `[{"a":"y","s":"1"},{"a":"x","s":"2"},{"a":null,"s":"2"}]`), "another table"},
		{"a table as long with other values", jsonTable(t, `[{"a":"x","s":"1"},{"a":"z","s":"2"},{"a":null,"s":"2"}]`), "another table"},
		{"a table with another null", jsonTable(t, `[{"a":"x","s":"1"},{"a":"y","s":"2"},{"a":"z","s":"2"}]`), "another table"},
		{"a shorter table", jsonTable(t, `[{"a":"x","s":"1"}]`), "another table"},
		{"no table", nil, "nil"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := c.Sensitive(t.Context(), tc.table, "s", riskmetrics.Missing{})
			switch {
			case tc.says == "" && err != nil:
				t.Error(err)
			case tc.says != "" && (!errors.Is(err, riskmetrics.ErrRequest) || !strings.Contains(err.Error(), tc.says)):
				t.Errorf("%v", err)
			}
		})
	}
}

// TestZeroOptions: the zero value of an option is an error or has a default.
func TestZeroOptions(t *testing.T) {
	table := jsonTable(t, `[{"a":"x","s":"1"},{"a":"y","s":"2"},{"a":"y","s":"2"}]`)
	c, err := riskmetrics.NewClasses(t.Context(), table, riskmetrics.Options{Keys: []string{"a", "s"}})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := c.SUDA(t.Context(), riskmetrics.SUDAOptions{}); err != nil || len(s.Score) != 3 {
		t.Errorf("SUDA: %v", err)
	}
	if _, err := c.LogLinear(t.Context(), riskmetrics.LogLinearOptions{}); !errors.Is(err, riskmetrics.ErrRequest) {
		t.Errorf("log-linear: %v", err)
	}
	for _, o := range []riskmetrics.SUDAOptions{{Limit: -1}, {Limit: 1 << 30}, {Threads: -5}, {Score: 99}} {
		if s, err := c.SUDA(t.Context(), o); err == nil && len(s.Score) != 3 || err != nil && !errors.Is(err, riskmetrics.ErrRequest) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
