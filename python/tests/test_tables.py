"""crosstab and pivot_table: pandas' tables, with what is unsafe hidden."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sluis

pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")


@pytest.fixture
def frame(rows: dict[str, list[Any]]) -> Any:
    return pd.DataFrame(rows)


def same(safe: Any, plain: Any) -> int:
    """Compare a protected table with that of pandas, and return the number of hidden cells."""
    assert list(safe.index) == list(plain.index)
    assert list(safe.columns) == list(plain.columns)
    assert safe.index.names == plain.index.names and safe.columns.names == plain.columns.names
    shown = safe.notna()
    assert (safe[shown].fillna(-1) == plain[shown].fillna(-1)).all().all()
    return int((~shown).sum().sum())


@pytest.mark.parametrize("margins", [False, True])
@pytest.mark.parametrize("columns", [["state"], ["state", "year"]])
def test_crosstab(frame: Any, columns: list[str], margins: bool) -> None:
    series = [frame[c] for c in columns]
    safe = sluis.crosstab(frame.region, series, respondent=frame.person, margins=margins)
    plain = pd.crosstab(frame.region, series, margins=margins)
    assert same(safe, plain) >= 1
    few = plain[(plain > 0) & (plain < 10)].notna()
    assert few.any().any() and safe[few].isna().all().all()
    assert safe.report.verdict == "review"
    assert "Two calls are two releases" in safe.report.notes[0]


def test_crosstab_counts_rows_and_protects_persons(frame: Any) -> None:
    """Twelve rows of one person are one person."""
    twelve = pd.concat([frame, frame.head(1).assign(region="Isle")] + [
        frame.head(1).assign(region="Isle")] * 11, ignore_index=True)  # fmt: skip
    safe = sluis.crosstab(twelve.region, twelve.year, respondent=twelve.person, margins=True)
    plain = pd.crosstab(twelve.region, twelve.year, margins=True)
    assert plain.loc["Isle"].max() == 12
    assert safe.loc["Isle"].dropna().isin([0]).all()
    same(safe, plain)


@pytest.mark.parametrize("how", ["sum", "mean"])
def test_pivot_table(frame: Any, how: str) -> None:
    safe = sluis.pivot_table(
        frame, "amount", "region", "year", how, margins=True, respondent="person"
    )
    plain = pd.pivot_table(
        frame, values="amount", index="region", columns="year", aggfunc=how, margins=True
    )
    assert same(safe, plain) == 0


def test_missing_values_are_left_out(frame: Any) -> None:
    frame.loc[:19, "region"] = None
    safe = sluis.crosstab(frame.region, frame.year, respondent=frame.person, margins=True)
    assert same(safe, pd.crosstab(frame.region, frame.year, margins=True)) == 0


def test_what_is_not_a_table_is_refused(frame: Any) -> None:
    for wrong in (
        lambda: sluis.crosstab(frame.region, frame.state, frame.amount, aggfunc="max"),
        lambda: sluis.crosstab(frame.region, frame.state, normalize=True),
        lambda: sluis.crosstab(frame.region, frame.state[:-1]),
        lambda: sluis.crosstab(frame.region, frame.region),
        lambda: sluis.crosstab(frame.region, frame.state, margins=True, margins_name="good"),
    ):
        with pytest.raises(sluis.UsageError):
            wrong()


def test_session(frame: Any, tmp_path: Path) -> None:
    """The tables of a session are one release, which the verifier accepts."""
    with sluis.session(tmp_path / "project") as s:
        first = s.crosstab(frame.region, frame.state, respondent=frame.person, margins=True)
        second = s.crosstab(frame.region, frame.year, respondent=frame.person, margins=True)
        assert same(first, pd.crosstab(frame.region, frame.state, margins=True)) >= 1
        assert same(second, pd.crosstab(frame.region, frame.year, margins=True)) >= 0
        assert second.report.verdict in ("safe", "review")
        assert sorted(second.report.tables) == ["table1_count", "table2_count"]
        with pytest.raises(sluis.UsageError, match="not that of the earlier"):
            s.crosstab(frame.region[::-1].reset_index(drop=True), frame.year,
                       respondent=frame.person)  # fmt: skip
    assert sluis.verify(tmp_path / "project" / "tables") == second.report.verdict
    with (
        pytest.raises(sluis.UsageError, match="earlier session"),
        sluis.session(tmp_path / "project"),
    ):
        pass


def test_protect_and_verify(frame: Any, tmp_path: Path) -> None:
    outputs = [sluis.frequency(["region", "state"], sensitive="state", name="t")]
    release = sluis.protect(frame, outputs, respondent="person", out=tmp_path / "tables")
    assert release.tables["t"]["value"].isna().sum() >= 4
    assert sluis.verify(tmp_path / "tables") == release.verdict
    assert "<iframe" in release._repr_html_()
    written = tmp_path / "tables" / "release" / "t.release.csv"
    written.write_text(written.read_text().replace(",F,", ",C,", 1))
    with pytest.raises(sluis.SluisError):
        sluis.verify(tmp_path / "tables")


def test_risk(frame: Any) -> None:
    report = sluis.risk(frame, ["region", "state", "year"], sensitive="amount", k=3)
    assert report.verdict in ("safe", "unsafe", "review")
    assert report.json["data"]["records"] == len(frame)
