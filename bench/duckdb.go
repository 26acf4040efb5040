package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the driver
)

// duck is a DuckDB in memory.
type duck struct {
	db   *sql.DB
	conn *sql.Conn
}

// query is one way of asking DuckDB for the evidence of a case. A query makes a table
// named result.
type query struct {
	name       string
	setup      []string // settings, made before and undone after, not timed
	reset      []string
	statements []string
	// columns read the result back as text, in the order of the case.
	columns []string
}

func openDuck(ctx context.Context, threads int, temp string) (*duck, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	d := &duck{db: db, conn: conn}
	return d, d.exec(ctx,
		fmt.Sprintf("SET threads = %d", threads),
		"SET preserve_insertion_order = false",
		"SET memory_limit = '14GB'",
		fmt.Sprintf("SET temp_directory = '%s'", temp))
}

func (d *duck) close() {
	d.conn.Close()
	d.db.Close()
}

func (d *duck) exec(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := d.conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%w, in: %s", err, s)
		}
	}
	return nil
}

// version returns the version of the library.
func (d *duck) version(ctx context.Context) (v string, err error) {
	err = d.conn.QueryRowContext(ctx, "SELECT version()").Scan(&v)
	return v, err
}

// load makes a native table of a Parquet file. A key column k becomes an ENUM k
// and a column k_i of its codes, in the smallest integer that holds them.
func (d *duck) load(ctx context.Context, name, path string, columns []string) error {
	var cols []string
	for _, c := range columns {
		card, ok := cards[c]
		if !ok {
			cols = append(cols, c)
			continue
		}
		var labels []string
		for k := range card {
			labels = append(labels, "'"+label(c, k)+"'")
		}
		enum := name + "_" + c
		if err := d.exec(ctx, fmt.Sprintf("CREATE TYPE %s AS ENUM (%s)", enum, strings.Join(labels, ", "))); err != nil {
			return err
		}
		integer := "UTINYINT"
		if card > 256 {
			integer = "USMALLINT"
		}
		cols = append(cols, fmt.Sprintf("%s::%s AS %s", c, enum, c), fmt.Sprintf("enum_code(%s::%s)::%s AS %s_i", c, enum, integer, c))
	}
	return d.exec(ctx, fmt.Sprintf("CREATE TABLE %s AS SELECT %s FROM read_parquet('%s')", name, strings.Join(cols, ", "), path),
		"ANALYZE "+name)
}

// run answers a query and returns the time of that.
func (d *duck) run(ctx context.Context, q *query) (time.Duration, error) {
	for _, table := range []string{"result", "pairs"} {
		if err := d.exec(ctx, "DROP TABLE IF EXISTS "+table); err != nil {
			return 0, err
		}
	}
	if err := d.exec(ctx, q.setup...); err != nil {
		return 0, err
	}
	start := time.Now()
	if err := d.exec(ctx, q.statements...); err != nil {
		return 0, err
	}
	took := time.Since(start)
	return took, d.exec(ctx, q.reset...)
}

// runWithin is run with a bound, at which it ends with the time until then and an
// error that wraps context.DeadlineExceeded.
func (d *duck) runWithin(ctx context.Context, q *query, bound time.Duration) (time.Duration, error) {
	within, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	start := time.Now()
	took, err := d.run(within, q)
	if err != nil && within.Err() != nil {
		return time.Since(start), errors.Join(within.Err(), d.exec(ctx, q.reset...))
	}
	return took, err
}

// result reads the table result as lines, one a row, sorted.
func (d *duck) result(ctx context.Context, q *query) ([]string, error) {
	texts := make([]string, len(q.columns))
	for i, c := range q.columns {
		texts[i] = fmt.Sprintf("coalesce((%s)::VARCHAR, '*')", c)
	}
	rows, err := d.conn.QueryContext(ctx, "SELECT "+strings.Join(texts, " || '|' || ")+" FROM result")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out, rows.Err()
}
