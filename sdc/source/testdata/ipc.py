"""The second reader and a writer of Arrow IPC files, for the tests beside it.

ipc.py write DIR    writes files of many kinds
ipc.py read         takes a path and columns, as a JSON list, a line from stdin, and
                    writes {"rows": n, "columns": {name: [text or null]}} or
                    {"error": kind} a line
"""
import datetime
import decimal
import json
import os
import struct
import sys

import pyarrow as pa
import pyarrow.ipc as ipc


decimal.getcontext().prec = 100  # of all digits


def text(column):
    """Values as text: of numbers, dates and times their integers, of floats their bits."""
    t = column.type
    if pa.types.is_dictionary(t):
        out = []
        for c in column.chunks:
            entries = text(pa.chunked_array([c.dictionary], t.value_type))
            out += [None if i is None else entries[i] for i in c.indices.to_pylist()]
        return out
    if pa.types.is_null(t):
        return [None] * len(column)
    if pa.types.is_floating(t):
        return [None if v is None else struct.pack(">d", float(v)).hex() for v in column.cast(pa.float64()).to_pylist()]
    if pa.types.is_decimal(t):
        return [None if v is None else str(int(v.scaleb(t.scale))) for v in column.to_pylist()]
    if pa.types.is_date32(t) or pa.types.is_time32(t):
        column = column.cast(pa.int32())
    elif pa.types.is_date64(t) or pa.types.is_time64(t) or pa.types.is_timestamp(t) or pa.types.is_duration(t):
        column = column.cast(pa.int64())
    elif pa.types.is_boolean(t):
        return [None if v is None else str(v).lower() for v in column.to_pylist()]
    elif pa.types.is_string_view(t) or pa.types.is_string(t) or pa.types.is_large_string(t):
        column = pa.chunked_array([view(c, t) for c in column.chunks], pa.large_binary())
    elif pa.types.is_binary_view(t):
        column = column.cast(pa.large_binary())
    return [None if v is None else v.hex() if isinstance(v, bytes) else str(v) for v in column.to_pylist()]


def view(chunk, t):
    """Text as bytes, valid UTF-8 or not."""
    to = pa.binary_view() if pa.types.is_string_view(t) else pa.large_binary() if pa.types.is_large_string(t) else pa.binary()
    return chunk.view(to).cast(pa.large_binary())


def read(path, columns):
    try:
        with open(path, "rb") as f:
            data = f.read()
        r = ipc.open_stream(data) if path.endswith(".arrows") else ipc.open_file(data)
        table = r.read_all()
        table.select(columns).validate(full=False)
        for c in columns:
            for chunk in table.column(c).chunks:
                if isinstance(chunk, pa.DictionaryArray):
                    chunk.validate(full=True)
        return {"rows": table.num_rows, "columns": {c: text(table.column(c)) for c in columns}}
    except Exception as e:
        return {"error": type(e).__name__}


def sample(n):
    return pa.table({
        "i": pa.array([None if i % 7 == 0 else i for i in range(n)], pa.int64()),
        "list": pa.array([[i, i + 1] for i in range(n)]),
        "sv": pa.array([None if i % 5 == 0 else "x" * (i % 40) + str(i) for i in range(n)], pa.string_view()),
        "bv": pa.array([b"y" * (i % 20) for i in range(n)], pa.binary_view()),
        "listview": pa.array([["a" * 20, "b"] for i in range(n)], pa.list_(pa.string_view())),
        "s": pa.array(["r%d" % (i % 9) for i in range(n)]),
        "ls": pa.array([None if i % 4 == 0 else "r%d" % (i % 9) for i in range(n)], pa.large_string()),
        "d": pa.array([None if i % 6 == 0 else "q%d" % (i % 11) for i in range(n)]).dictionary_encode(),
        "b": pa.array([i % 3 == 0 for i in range(n)]),
        "null": pa.nulls(n),
        "struct": pa.array([{"a": i, "b": "x"} for i in range(n)]),
        "map": pa.array([[("k", i)] for i in range(n)], pa.map_(pa.string(), pa.int32())),
        "d32": pa.array([decimal.Decimal(i) / 4 for i in range(n)], pa.decimal32(9, 2)),
        "d64": pa.array([decimal.Decimal(-i) / 4 for i in range(n)], pa.decimal64(18, 2)),
        "d128": pa.array([decimal.Decimal(-i) / 4 for i in range(n)], pa.decimal128(30, 2)),
        "d256": pa.array([decimal.Decimal(-i) / 4 for i in range(n)], pa.decimal256(50, 2)),
        "runs": pa.RunEndEncodedArray.from_arrays(pa.array([n // 2, n], pa.int32()), pa.array(["u", "v"])),
        "day": pa.array([datetime.date(2020, 1, 1 + i % 9) for i in range(n)]),
        "when": pa.array([datetime.datetime(2020, 1, 1, i % 24) for i in range(n)], pa.timestamp("us", "UTC")),
        "t": pa.array([datetime.time(i % 24) for i in range(n)], pa.time64("ns")),
        "f": pa.array([None if i % 3 == 0 else i / 7 for i in range(n)]),
        "union": pa.UnionArray.from_sparse(pa.array([i % 2 for i in range(n)], pa.int8()), [pa.array(range(n)), pa.array(["x"] * n)]),
        "fixed": pa.array([[1, 2]] * n, pa.list_(pa.int8(), 2)),
        "fsb": pa.array([b"%3d" % (i % 50) for i in range(n)], pa.binary(3)),
        "last": pa.array(range(n), pa.uint16()),
    })


def write(folder, n=1000):
    t = sample(n)
    old = t.drop(["runs"])  # version 4 has none
    v4, v5 = ipc.MetadataVersion.V4, ipc.MetadataVersion.V5
    for name, table, o in [
        ("plain", t, ipc.IpcWriteOptions()),
        ("lz4", t, ipc.IpcWriteOptions(compression="lz4")),
        ("zstd", t, ipc.IpcWriteOptions(compression="zstd")),
        ("v4", old, ipc.IpcWriteOptions(metadata_version=v4)),
        ("legacy", old, ipc.IpcWriteOptions(metadata_version=v4, use_legacy_format=True)),
    ]:
        for ext, new in ("arrow", ipc.new_file), ("arrows", ipc.new_stream):
            with new(f"{folder}/{name}.{ext}", table.schema, options=o) as w:
                w.write_table(table, max_chunksize=n // 3)
    with ipc.new_file(f"{folder}/nothing.arrow", t.schema):
        pass
    with ipc.new_file(f"{folder}/norows.arrow", t.schema, metadata={"a": "b"}) as w:
        w.write_batch(t.to_batches()[0].slice(0, 0))
    deltas(folder)
    polars(folder, t)


def deltas(folder):
    def batch(entries, rows):
        return pa.record_batch([pa.DictionaryArray.from_arrays(pa.array(rows, pa.int8()), pa.array(entries))], names=["d"])

    o = ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    for ext, new in ("arrow", ipc.new_file), ("arrows", ipc.new_stream):
        with new(f"{folder}/delta.{ext}", batch(["a"], [0]).schema, options=o) as w:
            w.write_batch(batch(["a"], [0, 0]))
            w.write_batch(batch(["a", "b", "c"], [2, 1, None]))
            w.write_batch(batch(["a", "b", "c", "d"], [3, 0, 1]))
    with ipc.new_stream(f"{folder}/replaced.arrows", batch(["a"], [0]).schema) as w:
        for entries, rows in (["a"], [0, 0]), (["z", "y"], [0, 1]), (["a"], [0]):
            w.write_batch(batch(entries, rows))


def polars(folder, t):
    try:
        import polars as pl
    except ImportError:
        return
    df = pl.from_arrow(t.select(["i", "sv", "s", "d", "b", "list", "struct", "d128", "day", "when", "f", "last", "null"]))
    df = df.with_columns(pl.col("s").cast(pl.Categorical).alias("category"))
    df = pl.concat([df[:400], df[400:]], rechunk=False)
    for c in "uncompressed", "lz4", "zstd":
        df.write_ipc(f"{folder}/polars-{c}.arrow", compression=c)
        df.write_ipc(f"{folder}/polars-old-{c}.arrow", compression=c, compat_level=pl.CompatLevel.oldest())
        df.write_ipc_stream(f"{folder}/polars-{c}.arrows", compression=c)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2], *map(int, sys.argv[3:]))
    else:
        for line in sys.stdin:
            path, columns = json.loads(line)
            print(json.dumps(read(path, columns)), flush=True)
