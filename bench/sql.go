package main

import (
	"fmt"
	"strings"
)

// Aggregates of the rows of a cell, and how they are read back.
const (
	aggCount = "count(*) AS n"
	aggSums  = "count(*) AS n, sum(x) AS s, sum(abs(x)) AS a, max(abs(x), 2) AS t"
)

var (
	readCount = []string{"n"}
	readSums  = []string{"n", "s", "a", "t[1]", "coalesce(t[2], 0)"}
)

// keyset is one way of writing the spanning variables in SQL.
type keyset struct {
	name   string
	group  []string // expressions to group by
	alias  []string
	labels []string // the variables' labels, from the aliases
	setup  []string
	reset  []string
}

// keysets lists the ways: as ENUM, as small integers with DuckDB's perfect
// hash table allowed for all of their bits, and packed into one integer.
func keysets() []keyset {
	var enum, ints keyset
	enum.name, ints.name = "ENUM keys", "integer keys, perfect hash"
	ints.setup = []string{"SET perfect_ht_threshold = 24"}
	ints.reset = []string{"RESET perfect_ht_threshold"}
	packed := keyset{name: "one packed key", alias: []string{"k"}}
	expr, below := "0::UINTEGER", 1
	for _, k := range spanning {
		enum.group, enum.alias, enum.labels = append(enum.group, k), append(enum.alias, k), append(enum.labels, k)
		ints.group, ints.alias = append(ints.group, k+"_i"), append(ints.alias, k)
		ints.labels = append(ints.labels, fmt.Sprintf("printf('%s-%%03d', %s)", k, k))
		expr = fmt.Sprintf("(%s * %d + %s_i)", expr, cards[k], k)
		below *= cards[k]
	}
	packed.group = []string{expr}
	for _, k := range spanning {
		below /= cards[k]
		packed.labels = append(packed.labels, fmt.Sprintf("printf('%s-%%03d', (k // %d) %% %d)", k, below, cards[k]))
	}
	return []keyset{enum, ints, packed}
}

// grouped asks for aggregates of every inner cell in one GROUP BY.
func grouped(table, aggregates string, read []string) []query {
	var out []query
	for _, k := range keysets() {
		out = append(out, k.query(k.name, fmt.Sprintf("CREATE TEMP TABLE result AS SELECT %s, %s FROM %s GROUP BY %s",
			k.selected(), aggregates, table, k.positions()), read))
	}
	return out
}

// distinct asks for the distinct respondents of every inner cell, by
// count(DISTINCT) and in two levels.
func distinct(table string) []query {
	out := grouped(table, "count(*) AS n, count(DISTINCT who) AS r", []string{"n", "r"})
	for _, k := range keysets() {
		names := strings.Join(k.alias, ", ")
		out = append(out, k.query(k.name+", two levels", fmt.Sprintf(
			"CREATE TEMP TABLE result AS SELECT %s, sum(c)::BIGINT AS n, count(*) AS r FROM (SELECT %s, count(*) AS c FROM %s GROUP BY %s, who) GROUP BY %s",
			names, k.selected(), table, k.positions(), names), []string{"n", "r"}))
	}
	return out
}

func (k *keyset) query(name, sql string, read []string) query {
	return query{name: name, setup: k.setup, reset: k.reset, statements: []string{sql}, columns: append(append([]string{}, k.labels...), read...)}
}

func (k *keyset) selected() string {
	list := make([]string, len(k.group))
	for i, g := range k.group {
		list[i] = g + " AS " + k.alias[i]
	}
	return strings.Join(list, ", ")
}

func (k *keyset) positions() string {
	list := make([]string, len(k.group))
	for i := range list {
		list[i] = fmt.Sprint(i + 1)
	}
	return strings.Join(list, ", ")
}

// Evidence of a margin from the sums of (cell, holding).
const aggHoldings = "sum(n)::BIGINT AS n, count(*) AS h, sum(s) AS s, sum(abs(s)) AS a, max(abs(s), 2) AS t"

var readHoldings = []string{"n", "h", "s", "a", "t[1]", "coalesce(t[2], 0)"}

// holdings asks for the evidence by holding of every cell of all 32 margins:
// margin by margin from a table of (inner cell, holding), or in one CUBE.
func holdings(table string) []query {
	list := strings.Join(spanning, ", ")
	pairs := fmt.Sprintf("CREATE TEMP TABLE pairs AS SELECT %s, who, count(*) AS n, sum(x)::BIGINT AS s FROM %s GROUP BY ALL", list, table)
	byMargin := query{name: "a statement a margin", columns: append(append([]string{}, spanning...), readHoldings...), statements: []string{pairs}}
	for mask := range 1 << len(spanning) {
		var kept, shown []string
		for v, k := range spanning {
			if mask>>v&1 == 0 {
				kept, shown = append(kept, k), append(shown, k)
			} else {
				shown = append(shown, "NULL AS "+k)
			}
		}
		from := fmt.Sprintf("(SELECT %s, sum(n) AS n, sum(s)::BIGINT AS s FROM pairs GROUP BY ALL)", strings.Join(append(kept, "who"), ", "))
		verb := "INSERT INTO result"
		if mask == 0 {
			verb, from = "CREATE TEMP TABLE result AS", "pairs"
		}
		group := ""
		if len(kept) > 0 {
			group = " GROUP BY " + strings.Join(kept, ", ")
		}
		byMargin.statements = append(byMargin.statements, fmt.Sprintf("%s SELECT %s, %s FROM %s%s", verb, strings.Join(shown, ", "), aggHoldings, from, group))
	}
	cube := query{name: "CUBE", columns: byMargin.columns, statements: []string{pairs, fmt.Sprintf(
		"CREATE TEMP TABLE result AS SELECT %[1]s, %[2]s FROM (SELECT %[1]s, GROUPING(%[1]s) AS g, who, sum(n) AS n, sum(s)::BIGINT AS s FROM pairs GROUP BY who, CUBE (%[1]s)) GROUP BY g, %[1]s",
		list, aggHoldings)}}
	return []query{byMargin, cube}
}

// classes asks for the size of every record's class, and leaves the number of
// records of each size.
func classes(table string) []query {
	read := []string{"n", "r"}
	list := strings.Join(keys, ", ")
	codes := strings.Join(keys, "_i, ") + "_i"
	const out = "CREATE TEMP TABLE result AS SELECT n, count(*) AS r FROM (%s) GROUP BY n"
	ask := func(name, sql string) query {
		return query{name: name, columns: read, statements: []string{fmt.Sprintf(out, sql)}}
	}
	return []query{
		ask("join", fmt.Sprintf("SELECT c.n FROM %[2]s t JOIN (SELECT %[1]s, count(*) AS n FROM %[2]s GROUP BY %[1]s) c USING (%[1]s)", list, table)),
		ask("join, integer keys", fmt.Sprintf("SELECT c.n FROM %[2]s t JOIN (SELECT %[1]s, count(*) AS n FROM %[2]s GROUP BY %[1]s) c USING (%[1]s)", codes, table)),
		ask("window", fmt.Sprintf("SELECT count(*) OVER (PARTITION BY %s) AS n FROM %s", codes, table)),
	}
}
