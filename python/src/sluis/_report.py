"""What the command has found."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ._frames import library, to_frame

TWO_RELEASES = (
    "Two calls are two releases: nobody has compared this table with the tables of other calls. "
    "Tables of one sluis.session are compared."
)


class _Page:
    """A result with a page."""

    verdict: str
    _html: str

    def html(self) -> str:
        """Return the page for a reviewer. The page is confidential."""
        return self._html

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own: notebooks show this."""
        text = self._html.replace("&", "&amp;").replace('"', "&quot;")
        return (
            '<iframe sandbox="" style="width:100%;height:32em;border:1px solid #ccc" '
            f'srcdoc="{text}"></iframe>'
        )


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> Any:
    pandas = library("pandas")
    return rows if pandas is None else pandas.DataFrame(rows, columns=columns)


@dataclass(repr=False)
class Report(_Page):
    """The report of sluis.check and sluis.risk. The report is confidential."""

    verdict: str
    """safe, unsafe, or review: a person has to decide."""
    json: dict[str, Any]
    """The report as docs/report.schema.json has it."""
    text: str
    """The report as the command prints it."""
    _html: str = ""
    cells: Any = None
    """All cells with their evidence: a pandas frame, a pyarrow table without pandas, or a list
    of dicts without pyarrow. None where the report is not of tables."""

    @property
    def findings(self) -> Any:
        """The findings of all outputs: a pandas frame, or a list of dicts without pandas."""
        columns = ["output", "rule", "verdict", "cell", "message"]
        rows = [
            {"output": o["name"], **{c: f.get(c) for c in columns[1:]}}
            for o in self.json.get("outputs", [])
            for f in o["findings"]
        ]
        return _frame(rows, columns)

    @property
    def remarks(self) -> list[str]:
        """What a reader must know of the data."""
        return [str(r["message"]) for r in self.json.get("data", {}).get("remarks", [])]

    def __repr__(self) -> str:
        return f"<sluis.Report: {self.verdict}>"


@dataclass(repr=False)
class Release(_Page):
    """Protected tables. Their hidden values are absent."""

    verdict: str
    """safe: the release may leave; review: a person has to decide first."""
    tables: dict[str, Any]
    """The tables by name, one row a cell; * is a total, an empty value is hidden."""
    text: str
    manifest: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    """Why the verdict is stricter than that of the command."""
    folder: str | None = None
    """The folder with release and confidential; None where nothing was kept."""
    _html: str = ""

    def __repr__(self) -> str:
        return f"<sluis.Release: {self.verdict}, {len(self.tables)} tables>"


def read_cells(path: Path) -> Any:
    """Read the cells that the command wrote."""
    if path.suffix == ".parquet":
        return to_frame(str(path))
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(line for line in f if not line.startswith("#")))


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object."""
    found = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def read_text(path: Path) -> str:
    """Read a text."""
    return path.read_text(encoding="utf-8", errors="replace")
