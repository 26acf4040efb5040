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
	expr, below := packedCell()
	for _, k := range spanning {
		enum.group, enum.alias, enum.labels = append(enum.group, k), append(enum.alias, k), append(enum.labels, k)
		ints.group, ints.alias = append(ints.group, k+"_i"), append(ints.alias, k)
	}
	ints.labels = unpackedLabels()
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

// holdings asks for the evidence by holding of every cell of all 32 margins. It first
// makes a table of (inner cell, holding), with the cell packed into one integer. From
// this table it makes, margin by margin, the sums of (cell of the margin, holding) and
// their evidence. The two ways differ in the key of these sums: cell and holding, or both
// packed into one integer of 64 bits.
//
// One CUBE over all margins does not end at 20 million rows: it holds 32 hash tables of
// (cell, holding) at the same time.
func holdings(table string) []query {
	cell, _ := packedCell()
	pairs := fmt.Sprintf("CREATE TEMP TABLE pairs AS SELECT %s AS k, who, count(*)::UINTEGER AS n, sum(x)::BIGINT AS s FROM %s GROUP BY ALL", cell, table)
	two := query{name: "a statement a margin, cell and holding", columns: append(unpackedLabels(), readHoldings...), statements: []string{pairs}}
	one := query{name: "a statement a margin, one packed key", columns: two.columns, statements: []string{pairs}}
	for mask := range 1 << len(spanning) {
		var left, shown []string
		below := 1
		for v := len(spanning) - 1; v >= 0; v-- {
			k, card := spanning[v], cards[spanning[v]]
			if mask>>v&1 == 0 {
				code := fmt.Sprintf("k // %d %% %d", below, card)
				left = append(left, fmt.Sprintf("(%s) * %d", code, below))
				shown = append(shown, fmt.Sprintf("(%s)::UTINYINT AS %s", code, k))
			} else {
				shown = append(shown, "NULL::UTINYINT AS "+k)
			}
			below *= card
		}
		// The rest of the cell: the codes of the other variables are 0.
		rest := "0::UINTEGER"
		if len(left) > 0 {
			rest = "(" + strings.Join(left, " + ") + ")::UINTEGER"
		}
		verb := "INSERT INTO result"
		if mask == 0 {
			verb = "CREATE TEMP TABLE result AS"
		}
		list := strings.Join(shown, ", ")
		from := fmt.Sprintf("(SELECT %s AS k, sum(n)::BIGINT AS n, sum(s)::BIGINT AS s FROM pairs GROUP BY %s, who)", rest, rest)
		packed := fmt.Sprintf("(SELECT (u >> 32)::UINTEGER AS k, n, s FROM (SELECT (%s::BIGINT << 32 | who) AS u, sum(n)::BIGINT AS n, sum(s)::BIGINT AS s FROM pairs GROUP BY u))", rest)
		if mask == 0 {
			from, packed = "pairs", "pairs"
		}
		const sql = "%s SELECT %s, n, h, s, a, t FROM (SELECT k, %s FROM %s GROUP BY k)"
		two.statements = append(two.statements, fmt.Sprintf(sql, verb, list, aggHoldings, from))
		one.statements = append(one.statements, fmt.Sprintf(sql, verb, list, aggHoldings, packed))
	}
	return []query{two, one}
}

// packedCell is the expression of an inner cell as one integer, and the product
// of all cards.
func packedCell() (expr string, below int) {
	expr, below = "0::UINTEGER", 1
	for _, k := range spanning {
		expr = fmt.Sprintf("(%s * %d + %s_i)", expr, cards[k], k)
		below *= cards[k]
	}
	return expr, below
}

// unpackedLabels are the labels of columns that hold codes.
func unpackedLabels() []string {
	var out []string
	for _, k := range spanning {
		out = append(out, fmt.Sprintf("printf('%s-%%03d', %s)", k, k))
	}
	return out
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
