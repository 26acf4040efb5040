"""The verbs of the command."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ._command import REVIEW, SAFE, UNSAFE, run
from ._frames import library
from ._outputs import Names, Output, Roles, names, write_spec
from ._report import Release, Report, read_cells, read_json, read_text
from .errors import SluisError, UsageError

VERDICTS = {SAFE: "safe", UNSAFE: "unsafe", REVIEW: "review"}

Missing = str | Mapping[str, str] | None


def _private() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="sluis-")


def check(
    frame: Any,
    outputs: Sequence[Output],
    *,
    respondent: str | None = None,
    holding: str | None = None,
    weight: str | None = None,
    missing: Missing = None,
    policy: str | os.PathLike[str] = "cbs",
    lang: str = "en",
    data: Mapping[str, Any] | None = None,
) -> Report:
    """Check outputs of a frame against a policy.

    frame is anything with __arrow_c_stream__ (pandas, polars, pyarrow, duckdb relations), or a
    frame of pandas 2. Without a respondent every row is a respondent of its own. missing says
    what a missing value is: refuse, category or exclude, for all columns or for each. data has
    further lines of the section data of a spec, see docs/spec.md.
    """
    roles = Roles(respondent, holding, weight, missing, data)
    spec = roles.spec(outputs)
    with _private() as name:
        folder = Path(name)
        cells = folder / ("cells.csv" if library("pyarrow") is None else "cells.parquet")
        status = run(
            ["check", str(write_spec(spec, folder)), "--policy", os.fspath(policy),
             "--json", str(folder / "report.json"), "--cells", str(cells),
             "--html", str(folder / "report.html"), "--lang", lang],
            folder, frame, roles.columns(outputs),
        )  # fmt: skip
        report = read_json(folder / "report.json")
        return Report(
            VERDICTS[status],
            report,
            read_text(folder / "stdout"),
            read_text(folder / "report.html"),
            read_cells(cells),
        )


def protect(
    frame: Any,
    outputs: Sequence[Output],
    *,
    out: str | os.PathLike[str] | None = None,
    replace: bool = False,
    respondent: str | None = None,
    holding: str | None = None,
    weight: str | None = None,
    missing: Missing = None,
    policy: str | os.PathLike[str] = "cbs",
    count: str = "respondents",
    digits: int | None = None,
    secret: str | os.PathLike[str] | None = None,
    lang: str = "en",
    data: Mapping[str, Any] | None = None,
) -> Release:
    """Hide what is unsafe and what gives it away, and return the protected tables.

    out is the folder for release and confidential; nothing is kept without it. count says what
    tables of counts count: respondents or records. digits is the number of decimals of sums.
    secret is the file of the secret of the project: without it every call draws another one.
    Where a table cannot be protected, NothingReleased is raised.
    """
    roles = Roles(respondent, holding, weight, missing, data)
    spec = roles.spec(outputs)
    with _private() as name:
        folder = Path(name)
        to = folder / "tables" if out is None else Path(out)
        line = [
            "protect", str(write_spec(spec, folder)), "--policy", os.fspath(policy),
            "--out", str(to), "--count", count, "--html", str(folder / "page.html"),
            "--lang", lang,
        ]  # fmt: skip
        if replace:
            line.append("--replace")
        if digits is not None:
            line += ["--digits", str(digits)]
        if secret is not None:
            line += ["--secret", os.fspath(secret)]
        status = run(line, folder, frame, roles.columns(outputs))
        release = to / "release"
        kind = "csv" if library("pyarrow") is None else "parquet"
        end = f".release.{kind}"
        tables = {f.name[: -len(end)]: read_cells(f) for f in sorted(release.glob("*" + end))}
        return Release(
            VERDICTS[status],
            tables,
            read_text(folder / "stdout"),
            read_json(release / "manifest.json"),
            folder=None if out is None else str(to),
            _html=read_text(folder / "page.html"),
        )


def risk(
    frame: Any,
    keys: Names,
    *,
    sensitive: Names | None = None,
    respondent: str | None = None,
    household: str | None = None,
    weight: str | None = None,
    missing: str = "refuse",
    lang: str = "en",
    **options: Any,
) -> Report:
    """Measure how easily people are found in microdata.

    Further options are the flags of sluis risk, with _ in the place of -: k=3, suda_size=2.
    """
    line = ["risk", "-", "--keys", _list(keys), "--missing", missing, "--lang", lang]
    wanted = names(keys) + names(sensitive)
    if sensitive is not None:
        line += ["--sensitive", _list(sensitive)]
    for flag, column in (("respondent", respondent), ("household", household), ("weight", weight)):
        if column is not None:
            line += [f"--{flag}", column]
            wanted.append(column)
    for option, value in options.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        line.append(f"--{option.replace('_', '-')}={text}")
    with _private() as name:
        folder = Path(name)
        line += ["--json", str(folder / "risk.json"), "--html", str(folder / "risk.html")]
        status = run(line, folder, frame, list(dict.fromkeys(wanted)))
        return Report(
            VERDICTS[status],
            read_json(folder / "risk.json"),
            read_text(folder / "stdout"),
            read_text(folder / "risk.html"),
        )


def verify(folder: str | os.PathLike[str]) -> str:
    """Check the proofs of a folder of tables, and return the verdict: safe or review.

    A proof that does not hold is an exception.
    """
    with _private() as name:
        status = run(["verify", os.fspath(folder)], Path(name))
        if status == UNSAFE:
            raise SluisError(read_text(Path(name) / "stdout").strip())
        return VERDICTS[status]


def new_secret(path: Path) -> None:
    """Write a new secret of a project, which never leaves."""
    with _private() as name:
        run(["secret", "new", str(path)], Path(name))


def _list(columns: Names) -> str:
    for column in names(columns):
        if "," in column or '"' in column:
            raise UsageError(f"the column {column!r} has a comma or a quote in its name: rename it")
    return ",".join(names(columns))
