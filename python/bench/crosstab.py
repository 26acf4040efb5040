"""Seconds of one crosstab of 10^6 rows: sluis, pandas, and ACRO where it is installed.

Usage: python bench/crosstab.py [ROWS]
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import sluis
from sluis import _command


def timed(what: str, call: Callable[[], Any], times: int = 3) -> float:
    """Print the median and the least of some runs in seconds, and return the least."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    print(f"{what}: {statistics.median(seconds):.3f} s, least {min(seconds):.3f} s", flush=True)
    return min(seconds)


def main() -> None:
    """Measure."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    draw = np.random.default_rng(1)
    year = draw.choice([str(y) for y in range(2010, 2020)], rows)
    kind = draw.choice(["G", "N", "R", "R/G"], rows, p=[0.3, 0.4, 0.29999, 0.00001])
    texts = pd.DataFrame({"year": year.astype(object), "kind": kind.astype(object)})
    texts["person"] = np.arange(rows)
    arrow = texts.astype({"year": "string[pyarrow]", "kind": "string[pyarrow]"})
    for name, df in (("object strings", texts), ("Arrow-backed columns", arrow)):
        timed(f"pandas.crosstab, {name}", lambda df=df: pd.crosstab(df.year, df.kind))
        timed(
            f"sluis.crosstab without respondents, {name}",
            lambda df=df: sluis.crosstab(df.year, df.kind),
        )
        timed(
            f"sluis.crosstab with respondents, {name}",
            lambda df=df: sluis.crosstab(df.year, df.kind, respondent=df.person),
        )
        try:
            from acro import ACRO
        except ImportError:
            continue
        session = ACRO(suppress=True)
        timed(f"ACRO crosstab, {name}", lambda df=df, s=session: s.crosstab(df.year, df.kind))
    table = pa.Table.from_pandas(arrow, preserve_index=False)
    output = sluis.frequency(["year", "kind"])
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(table, Path(folder) / "rows.parquet")
        spec = {
            "version": 1,
            "data": {"source": "rows.parquet", "respondent": "person"},
            "outputs": [dict(output.fields)],
        }
        (Path(folder) / "spec.yaml").write_text(json.dumps(spec))
        line = [_command.binary(), "check", "spec.yaml", "--json", "r.json"]
        line += ["--cells", "c.parquet", "--html", "r.html"]
        from_file = timed(
            "sluis check of a Parquet file",
            lambda: subprocess.run(line, cwd=folder, stdout=subprocess.DEVNULL),
        )
    from_pipe = timed(
        "sluis.check of the same rows, over the pipe",
        lambda: sluis.check(table, [output], respondent="person"),
    )
    print(
        f"overhead of the pipe: {100 * (from_pipe / from_file - 1):.0f} %, {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    main()
