"""Frames of every library give the report of the command on the same rows in a Parquet file."""

from __future__ import annotations

import io
import json
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

import sluis
from sluis import _command, _frames

OUTPUTS = [
    sluis.frequency(["region", "state"], sensitive="state"),
    sluis.magnitude(["region", "year"], "amount", name="amounts"),
]


def _pandas(rows: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("pandas").DataFrame(rows)


def _pandas_objects(rows: dict[str, list[Any]]) -> Any:
    return _pandas(rows).astype({"person": object, "region": object, "state": object})


def _pandas_categories(rows: dict[str, list[Any]]) -> Any:
    return _pandas(rows).astype({"region": "category", "state": "category"})


def _polars(rows: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("polars").DataFrame(rows)


def _polars_lazy(rows: dict[str, list[Any]]) -> Any:
    return _polars(rows).lazy()


def _pyarrow(rows: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("pyarrow").table(rows)


def _pyarrow_reader(rows: dict[str, list[Any]]) -> Any:
    return _pyarrow(rows).to_reader(max_chunksize=100)


def _duckdb(rows: dict[str, list[Any]]) -> Any:
    table = _pyarrow(rows)
    return pytest.importorskip("duckdb").connect().from_arrow(table)


FRAMES = [
    _pandas, _pandas_objects, _pandas_categories, _polars, _polars_lazy, _pyarrow,
    _pyarrow_reader, _duckdb,
]  # fmt: skip


@pytest.fixture(scope="module")
def expected(rows: dict[str, list[Any]], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The report of the command on a Parquet file."""
    parquet = pytest.importorskip("pyarrow.parquet")
    folder = tmp_path_factory.mktemp("file")
    parquet.write_table(_pyarrow(rows), folder / "rows.parquet")
    spec = {
        "version": 1,
        "data": {"source": "rows.parquet", "respondent": "person"},
        "outputs": [dict(o.fields) for o in OUTPUTS],
    }
    (folder / "spec.yaml").write_text(json.dumps(spec))
    done = subprocess.run(
        [_command.binary(), "check", folder / "spec.yaml", "--json", "-"], capture_output=True
    )
    assert done.returncode == _command.UNSAFE, done.stderr
    return _without_source(json.loads(done.stdout))


def _without_source(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without what tells the source: name, hash, seal, and Arrow's remark."""
    data = {**report["data"], "sources": len(report["data"]["sources"])}
    data["remarks"] = [r for r in data["remarks"] if r["name"] != "no-checksum"]
    kept = {k: v for k, v in report.items() if k not in ("digest", "manifest")}
    return {**kept, "data": data}


@pytest.mark.parametrize("make", FRAMES)
def test_same_report(make: Any, rows: dict[str, list[Any]], expected: Any) -> None:
    report = sluis.check(make(rows), OUTPUTS, respondent="person")
    assert _without_source(report.json) == expected
    assert report.verdict == "unsafe" == report.json["verdict"]
    assert report.json["data"]["sources"][0]["name"] == "-"
    found = report.findings
    assert len(found) == sum(len(o["findings"]) for o in report.json["outputs"]) > 0
    assert set(found["verdict"]) <= {"unsafe", "review"}
    cells = report.cells
    assert len(cells) == sum(o["cells"] for o in report.json["outputs"])
    assert report.html().startswith("<!") and "<iframe" in report._repr_html_()


@pytest.mark.parametrize("gone", [["pyarrow"], ["pyarrow", "nanoarrow"]])
@pytest.mark.parametrize("make", [_polars, _pyarrow])
def test_without_pyarrow(
    make: Any, gone: list[str], rows: dict[str, list[Any]], expected: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    frame = make(rows)
    if make is _pyarrow and "nanoarrow" not in gone:
        pytest.importorskip("nanoarrow")
    real = _frames.library
    for module in ("sluis._frames", "sluis._api", "sluis._report"):
        monkeypatch.setattr(f"{module}.library", lambda n: None if n in gone else real(n))
    if make is _pyarrow and "nanoarrow" in gone:
        with pytest.raises(sluis.FrameError, match="pip install pyarrow"):
            sluis.check(frame, OUTPUTS, respondent="person")
        return
    report = sluis.check(frame, OUTPUTS, respondent="person")
    assert _without_source(report.json) == expected
    assert isinstance(report.cells, list) and report.cells[0]["output"] == "region_state"


@pytest.mark.parametrize("make", FRAMES)
def test_every_cut_is_an_error(make: Any, rows: dict[str, list[Any]], tmp_path: Path) -> None:
    """What the package sends is a verdict whole, and an error cut anywhere."""
    pipe = io.BytesIO()
    few = {name: values[:40] for name, values in rows.items()}
    number = _frames.write_stream(pipe, make(few), ["person", "region"])
    assert number == 40
    sent = pipe.getvalue() + struct.pack("<Q", number)
    spec = {
        "version": 1,
        "data": {"source": "-", "respondent": "person"},
        "outputs": [{"name": "t", "kind": "frequency", "by": ["region"]}],
    }
    (tmp_path / "spec.yaml").write_text(json.dumps(spec))

    def status(text: bytes) -> int:
        line = [_command.binary(), "check", tmp_path / "spec.yaml", "--rows-follow"]
        return subprocess.run(line, input=text, capture_output=True).returncode

    assert status(sent) in (0, 3, 4)
    for cut in (
        0,
        1,
        8,
        len(sent) // 3,
        len(sent) // 2,
        len(sent) - 16,
        len(sent) - 8,
        len(sent) - 1,
    ):
        assert status(sent[:cut]) == 1, cut
