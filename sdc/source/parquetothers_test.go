package source

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"testing"
)

// othersRead is a program that reads a record as Parquet and as Arrow IPC with pyarrow and
// compares them, and the least and largest values in the statistics with those of the
// column. It has DuckDB, where that is installed, read the Parquet file, and find the
// least value by a filter, which leaves out what the statistics exclude.
const othersRead = `
import sys
import pyarrow as pa, pyarrow.ipc as ipc, pyarrow.parquet as pq
parquet, stream = sys.argv[1:]
got, want = pq.read_table(parquet), ipc.open_file(stream).read_all()
file = pq.ParquetFile(parquet)
checked = 0
for i, name in enumerate(want.column_names):
    a, b = got.column(name), want.column(name)
    if pa.types.is_date64(b.type):
        b = b.cast(pa.date32())
        a = a.cast(pa.date32())
    if getattr(b.type, "unit", "") == "s":  # Parquet has no seconds
        b = b.cast(pa.time32("ms") if pa.types.is_time(b.type) else pa.timestamp("ms", b.type.tz))
    if a.type != b.type:
        print(name, "has type", a.type)
    if not a.combine_chunks().equals(b.combine_chunks()):
        print(name, "differs in pyarrow")
    s = file.metadata.row_group(0).column(i).statistics
    if s is not None and s.null_count is not None and s.null_count != a.null_count:
        print(name, "has a count of nulls of", s.null_count)
    if s is not None and s.has_min_max and (pa.types.is_integer(b.type) or pa.types.is_decimal(b.type) or pa.types.is_date(b.type) or pa.types.is_time(b.type) or pa.types.is_string(b.type)):
        checked += 1
        v = [x for x in b.to_pylist() if x is not None]
        if s.min != min(v) or s.max != max(v):
            print(name, "has statistics", s.min, s.max, "of", min(v), max(v))
if checked < 20:
    print("only", checked, "columns have statistics")
try:
    import duckdb
except ImportError:
    sys.exit()
duckdb.sql("set timezone = 'UTC'")
for name in want.column_names:
    b = got.column(name)
    if pa.types.is_decimal(b.type) and b.type.precision > 38:
        continue  # it reads them as floats
    q = '"' + name + '"'
    (rows, values, least) = duckdb.sql(f"select count(*), count({q}), min({q}) from read_parquet('{parquet}')").fetchall()[0]
    if (rows, values) != (len(b), len(b) - b.null_count):
        print(name, "has", rows, "rows and", values, "values in duckdb")
    there = duckdb.sql(f"select {q} from read_parquet('{parquet}')").to_arrow_table().column(0)
    try:
        if not there.cast(b.type).combine_chunks().equals(b.combine_chunks()):
            print(name, "differs in duckdb")
    except Exception as e:
        print(name, "cannot be compared:", e)
    found = duckdb.sql(f"select count(*) from read_parquet('{parquet}') where {q} = (select min({q}) from read_parquet('{parquet}'))").fetchall()[0][0]
    if found == 0:
        print(name, "has no least value in duckdb")
`

// TestOthersReadParquet: pyarrow and DuckDB read the written Parquet files, and the
// statistics in them are right.
func TestOthersReadParquet(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Python: not with -short")
	}
	if err := exec.Command("python3", "-c", "import pyarrow.parquet").Run(); err != nil {
		t.Skip("python3 with pyarrow is not installed")
	}
	rec := writtenRecord(t, rand.New(rand.NewPCG(19, 14)), 300)
	defer rec.Release()
	dir := t.TempDir()
	writeHere(t, filepath.Join(dir, "x.parquet"), rec, WriterOptions{})
	writeHere(t, filepath.Join(dir, "x.arrow"), rec, WriterOptions{})
	out, err := exec.Command("python3", "-W", "ignore", "-c", othersRead, filepath.Join(dir, "x.parquet"), filepath.Join(dir, "x.arrow")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(out) > 0 {
		t.Errorf("%s", out)
	}
}
