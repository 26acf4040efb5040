"""Reads the Parquet files of a folder with pyarrow, for TestMutatedParquet: a line for
each file and column, with the MD5 of its cells or "error"."""
import hashlib
import pathlib
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

folder, names = sys.argv[1], sys.argv[2].split(",")


def cells(column):
    t = column.type
    if isinstance(t, pa.BaseExtensionType):
        column, t = pa.chunked_array([c.storage for c in column.chunks], t.storage_type), t.storage_type
    ty = pa.types
    if ty.is_string(t) or ty.is_large_string(t) or ty.is_string_view(t):
        column = column.cast(pa.binary())
    elif ty.is_date32(t) or ty.is_time32(t):
        column = column.cast(pa.int32())
    elif ty.is_time64(t) or ty.is_timestamp(t):
        column = column.cast(pa.int64())
    elif ty.is_floating(t):
        width = t.bit_width
        as_int = {16: pa.uint16(), 32: pa.uint32(), 64: pa.uint64()}[width]
        column = pa.chunked_array([c.view(as_int) for c in column.chunks], as_int)
        return ["-" if v is None else "%0*x" % (width // 4, v) for v in column.to_pylist()]
    out = []
    for v in column.to_pylist():
        if v is None:
            out.append("-")
        elif isinstance(v, bool):
            out.append("true" if v else "false")
        elif isinstance(v, bytes):
            out.append(v.hex())
        elif ty.is_decimal(t):
            out.append(format(v, "f"))
        else:
            out.append(str(v))
    return out


for path in sorted(pathlib.Path(folder).glob("*.parquet")):
    try:
        f = pq.ParquetFile(path, page_checksum_verification=True, arrow_extensions_enabled=False, coerce_int96_timestamp_unit="us")
        have = f.schema_arrow.names
    except Exception:
        continue
    for name in names:
        if have.count(name) != 1:
            continue
        try:
            table = f.read([name], use_threads=False)
            digest = hashlib.md5("\n".join(cells(table.column(name))).encode()).hexdigest()
        except Exception:
            digest = "error"
        print(path.stem, name, digest)
