"""Frames of any library, as an Arrow IPC stream."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from .errors import FrameError, UsageError

BATCH = 1 << 16
"""Rows of a batch: the command reads the batches of a stream in parallel."""


def library(name: str) -> Any:
    """Return a library, or None where it is not installed."""
    try:
        return __import__(name)
    except ImportError:
        return None


def _module(frame: Any) -> str:
    return type(frame).__module__.partition(".")[0]


def is_pandas(frame: Any) -> bool:
    """Report whether a value is of pandas. pandas is not imported for that."""
    return _module(frame) == "pandas" and "pandas" in sys.modules


def column_names(frame: Any) -> list[str] | None:
    """Return the names of the columns of a frame, None where it does not say them."""
    if hasattr(frame, "collect_schema"):
        return list(frame.collect_schema().names())
    names = getattr(frame, "column_names", None)
    if names is None and hasattr(frame, "schema"):
        names = getattr(frame.schema, "names", None)
    if names is None:
        names = getattr(frame, "columns", None)
    return None if names is None else list(names)


def write_stream(pipe: Any, frame: Any, columns: Sequence[str] | None) -> int:
    """Write the columns of a frame as one Arrow IPC stream, and return the number of rows."""
    have = column_names(frame)
    if have is not None and columns is not None:
        for name in columns:
            if have.count(name) != 1:
                raise UsageError(f"the frame has {have.count(name)} columns of the name {name!r}")
    if library("pyarrow") is not None:
        return _by_pyarrow(pipe, frame, columns)
    if _module(frame) == "polars":
        return _by_polars(pipe, frame, columns)
    if library("nanoarrow") is not None and hasattr(frame, "__arrow_c_stream__"):
        return _by_nanoarrow(pipe, frame)
    raise FrameError(
        f"a frame of {_module(frame)} needs pyarrow or nanoarrow on its way to the command: "
        "install one of them (pip install pyarrow)"
    )


def _by_pyarrow(pipe: Any, frame: Any, columns: Sequence[str] | None) -> int:
    import pyarrow as pa

    rows = 0
    batches, schema = _batches(pa, frame, columns)
    with pa.ipc.new_stream(pipe, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _batches(pa: Any, frame: Any, columns: Sequence[str] | None) -> tuple[Iterator[Any], Any]:
    if _module(frame) == "polars" and hasattr(frame, "collect"):
        frame = (frame if columns is None else frame.select(list(columns))).collect()
    if is_pandas(frame):
        try:
            wanted = frame if columns is None else frame[list(columns)]
            frame = pa.Table.from_pandas(wanted, preserve_index=False)
        except pa.ArrowException as e:
            # The message of pyarrow may hold a value of the data.
            raise FrameError(
                "a column of the frame has values of several types: give each column one type, "
                'such as df["x"] = df["x"].astype(str)'
            ) from e
        frame = frame.replace_schema_metadata(None)
    if isinstance(frame, pa.RecordBatch):
        frame = pa.Table.from_batches([frame])
    if isinstance(frame, pa.Table):
        if columns is not None:
            frame = frame.select(list(columns))
        return iter(frame.to_batches(max_chunksize=BATCH)), frame.schema
    if isinstance(frame, pa.RecordBatchReader):
        reader = frame
    elif hasattr(frame, "__arrow_c_stream__"):
        if columns is not None and _module(frame) == "polars":
            frame = frame.select(list(columns))
        reader = pa.RecordBatchReader.from_stream(frame)
    else:
        raise FrameError(f"{type(frame).__name__} is no frame: it has no __arrow_c_stream__")
    schema = reader.schema
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns])

    def parts() -> Iterator[Any]:
        for batch in reader:
            chosen = batch if columns is None else batch.select(list(columns))
            for at in range(0, chosen.num_rows, BATCH):
                yield chosen.slice(at, BATCH)

    return parts(), schema


def _by_polars(pipe: Any, frame: Any, columns: Sequence[str] | None) -> int:
    if columns is not None:
        frame = frame.select(list(columns))
    if hasattr(frame, "collect"):
        frame = frame.collect()
    frame.write_ipc_stream(pipe)
    return int(frame.height)


def _by_nanoarrow(pipe: Any, frame: Any) -> int:
    import nanoarrow as na
    from nanoarrow.c_array_stream import CArrayStream
    from nanoarrow.ipc import StreamWriter

    stream = na.c_array_stream(frame)
    schema, arrays = stream.get_schema(), list(stream)
    with StreamWriter.from_writable(pipe) as writer:
        writer.write_stream(CArrayStream.from_c_arrays(arrays, schema))
    return sum(array.length for array in arrays)


def to_frame(folder_file: str) -> Any:
    """Read a Parquet file of the command: pandas where it is installed, else pyarrow."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder_file)
    if library("pandas") is not None:
        return table.to_pandas()
    return table
