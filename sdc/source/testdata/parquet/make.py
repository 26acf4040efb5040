"""Makes the files of this folder: python3 make.py (pyarrow, polars, duckdb).

Each file has the columns of one table and 60 rows, so that what is in it can be
computed again in the test: row i has no value where i % 7 == 3.
"""
import datetime
import decimal
import uuid

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

N = 60
decimal.getcontext().prec = 80


def col(f):
    return [None if i % 7 == 3 else f(i) for i in range(N)]


D = decimal.Decimal
base = {
    "id": pa.array(list(range(N)), pa.int64()),
    "g": pa.array(col(lambda i: "code-%02d" % (i % 9)), pa.string()),
    "t": pa.array(col(lambda i: "text %d" % (i * i)), pa.string()),
    "i32": pa.array(col(lambda i: i * i - 700), pa.int32()),
    "i64": pa.array(col(lambda i: i * 10**15 - 5 * 10**15), pa.int64()),
    "f32": pa.array(col(lambda i: i / 100), pa.float32()),
    "f64": pa.array(col(lambda i: i / 100), pa.float64()),
    "b": pa.array(col(lambda i: i % 3 == 0), pa.bool_()),
}
t = pa.table(base)
first = pa.schema([pa.field("id", pa.int64(), nullable=False)] + list(t.schema)[1:])
t = t.cast(first)


def put(name, table=t, **kw):
    kw.setdefault("write_page_checksum", True)
    pq.write_table(table, name + ".parquet", store_schema=False, **kw)


for version in ("1.0", "2.0"):
    v = version[0]
    put("v" + v, data_page_version=version)
    put("v%s-pages" % v, data_page_version=version, data_page_size=64, write_batch_size=8, row_group_size=25)
    put("v%s-plain" % v, data_page_version=version, use_dictionary=False, compression="none")
    put("v%s-fallback" % v, data_page_version=version, dictionary_pagesize_limit=64, write_batch_size=8)
    enc_delta = enc = {"g": "DELTA_BYTE_ARRAY", "t": "DELTA_LENGTH_BYTE_ARRAY", "i32": "DELTA_BINARY_PACKED", "i64": "DELTA_BINARY_PACKED",
           "id": "DELTA_BINARY_PACKED", "f32": "BYTE_STREAM_SPLIT", "f64": "BYTE_STREAM_SPLIT", "b": "RLE"}
    put("v%s-delta" % v, data_page_version=version, use_dictionary=False, column_encoding=enc, data_page_size=100, write_batch_size=16)
    enc = {"id": "BYTE_STREAM_SPLIT", "i32": "BYTE_STREAM_SPLIT", "i64": "BYTE_STREAM_SPLIT"}
    put("v%s-split" % v, data_page_version=version, use_dictionary=False, column_encoding=enc)
    for codec in ("gzip", "brotli", "zstd", "lz4"):
        put("v%s-%s" % (v, codec), data_page_version=version, compression=codec)

put("nocrc1", write_page_checksum=False, data_page_size=100, write_batch_size=8)
put("nocrc2", write_page_checksum=False, data_page_version="2.0", compression="none", row_group_size=30)
put("nocrcdelta", write_page_checksum=False, use_dictionary=False, column_encoding=enc_delta, data_page_version="2.0")
put("none", table=t.slice(0, 0))
w = pq.ParquetWriter("emptygroups.parquet", t.schema, store_schema=False, write_page_checksum=True)
for part in (t.slice(0, 0), t.slice(0, 20), t.slice(0, 0), t.slice(20), t.slice(0, 0)):
    w.write_table(part, row_group_size=100)
w.close()

pl.from_arrow(t).write_parquet("polars.parquet", row_group_size=30)
con = duckdb.connect()
con.register("t", t)
con.sql("copy t to 'duckdb1.parquet' (parquet_version v1)")
con.sql("copy t to 'duckdb2.parquet' (parquet_version v2)")

utc, day = datetime.timezone.utc, datetime.timedelta(days=1)
start = datetime.datetime(2020, 1, 31, 12, 30, 15, 123456)
wide = D("12345678901234567890.123456789")
kinds = pa.table({
    "id": pa.array(list(range(N)), pa.int64()),
    "i8": pa.array(col(lambda i: i - 30), pa.int8()),
    "i16": pa.array(col(lambda i: i * 500 - 9000), pa.int16()),
    "u8": pa.array(col(lambda i: 255 - i), pa.uint8()),
    "u16": pa.array(col(lambda i: 65535 - i), pa.uint16()),
    "u32": pa.array(col(lambda i: 2**32 - 1 - i), pa.uint32()),
    "u64": pa.array(col(lambda i: 2**64 - 1 - i), pa.uint64()),
    "f16": pa.array(col(lambda i: i / 8), pa.float16()),
    "day": pa.array(col(lambda i: (start + i * day).date()), pa.date32()),
    "t_ms": pa.array(col(lambda i: 1000 * i + 7), pa.time32("ms")),
    "t_us": pa.array(col(lambda i: 1000 * i + 7), pa.time64("us")),
    "t_ns": pa.array(col(lambda i: 1000 * i + 7), pa.time64("ns")),
    "ts_ms": pa.array(col(lambda i: start + i * day), pa.timestamp("us")).cast(pa.timestamp("ms"), safe=False),
    "ts_us": pa.array(col(lambda i: start + i * day), pa.timestamp("us")),
    "ts_ns": pa.array(col(lambda i: start + i * day), pa.timestamp("ns")),
    "utc_us": pa.array(col(lambda i: start + i * day), pa.timestamp("us", "UTC")),
    "d4": pa.array(col(lambda i: D(i - 20) / 100), pa.decimal128(9, 2)),
    "d17": pa.array(col(lambda i: D("12345678901234.567") - i), pa.decimal128(17, 3)),
    "d38": pa.array(col(lambda i: (wide - i) * (-1) ** i), pa.decimal128(38, 9)),
    "d60": pa.array(col(lambda i: (wide - i) * (-1) ** i), pa.decimal256(60, 20)),
    "bin": pa.array(col(lambda i: bytes([i, 0, 255])), pa.binary()),
    "fsb": pa.array(col(lambda i: bytes([i, 1, 2, 3, 4])), pa.binary(5)),
    "nul": pa.nulls(N),
    "uuid": pa.array(col(lambda i: uuid.UUID(int=i).bytes), pa.uuid()),
    "list": pa.array(col(lambda i: list(range(i % 4))), pa.list_(pa.int32())),
    "struct": pa.array(col(lambda i: {"a": i, "b": "x"}), pa.struct([("a", pa.int32()), ("b", pa.string())])),
    "map": pa.array(col(lambda i: [("k", i)]), pa.map_(pa.string(), pa.int32())),
})
put("kinds1", table=kinds, use_dictionary=False)
put("kinds2", table=kinds, data_page_version="2.0", compression="zstd", row_group_size=25)
put("kindsint", table=kinds, store_decimal_as_integer=True)
flat = kinds.drop_columns(["nul"])
split = {n: "BYTE_STREAM_SPLIT" for n in ("f16", "fsb", "d17", "d38", "uuid", "u32", "day", "ts_us")}
put("kindssplit", table=flat, use_dictionary=False, column_encoding=split)
put("int96", table=pa.table({"ts": pa.array(
    [datetime.datetime(2020, 1, 31, 12, 30, 15, 123456), None, datetime.datetime(1677, 9, 22), datetime.datetime(1900, 2, 3, 4, 5, 6)],
    pa.timestamp("ns"))}), use_deprecated_int96_timestamps=True)
con.sql("""copy (select i as id, 'code-' || (i % 5) as g, i::decimal(9,2) as d9, i::decimal(18,4) as d18, i::decimal(38,10) as d38,
  i::hugeint as h, make_timestamp(2020, 1, 1 + i, 0, 0, 0) as ts, (timestamptz '2020-01-01 00:00:00+00') as tz, i % 2 = 0 as b, i / 8 as f,
  [i] as l, {'a': i} as s, '00000000-0000-0000-0000-000000000001'::uuid as u, interval 1 day as iv, '12:00:00'::time as tm
  from range(0, 20) r(i)) to 'duckkinds.parquet' (parquet_version v2)""")


def encrypted(name, plaintext):
    import base64

    import pyarrow.parquet.encryption as pe

    class KMS(pe.KmsClient):  # of this file alone: it wraps nothing
        def wrap_key(self, key, master):
            return base64.b64encode(key)

        def unwrap_key(self, wrapped, master):
            return base64.b64decode(wrapped)

    kms = pe.KmsConnectionConfig(custom_kms_conf={"f": "0", "c": "0"})
    config = pe.EncryptionConfiguration(footer_key="f", column_keys={"c": ["g"]}, plaintext_footer=plaintext)
    props = pe.CryptoFactory(lambda _: KMS()).file_encryption_properties(kms, config)
    pq.write_table(t.select(["id", "g"]), name, encryption_properties=props, store_schema=False)


encrypted("encrypted.parquet", False)
encrypted("encrypted-plain.parquet", True)
ends = ["9999-12-31", "2024-05-06", None, "1900-02-03", "0001-01-01"]
nanos = pa.table({"end": pa.array([datetime.datetime.fromisoformat(e) if e else None for e in ends], pa.timestamp("us"))})
pq.write_table(nanos, "int96-years.parquet", use_deprecated_int96_timestamps=True)
fine = pa.table({"end": pa.array([1, 1000], pa.timestamp("ns"))})
pq.write_table(fine, "int96-fine.parquet", use_deprecated_int96_timestamps=True)
