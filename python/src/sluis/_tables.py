"""crosstab and pivot_table, as pandas has them, of protected tables."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import _api
from ._frames import is_pandas, library
from ._outputs import Output, frequency, magnitude
from ._report import TWO_RELEASES, Release
from .errors import NothingReleased, UsageError

VALUES = "values"


def _pandas() -> Any:
    pandas = library("pandas")
    if pandas is None or library("pyarrow") is None:
        raise UsageError("crosstab and pivot_table need pandas and pyarrow; sluis.protect does not")
    return pandas


def _several(of: Any) -> list[Any]:
    return list(of) if isinstance(of, list | tuple) else [of]


class Request:
    """A table that was asked for, with its columns."""

    def __init__(self, rows: list[str], columns: list[str], margins: bool, margins_name: str):
        self.rows, self.columns = rows, columns
        self.margins, self.margins_name = margins, margins_name
        self.data: dict[str, Any] = {}
        self.roles: dict[str, str] = {}
        self.value: str | None = None
        self.how = "count"

    def put(self, name: str, values: Any) -> None:
        """Add a column."""
        pandas = _pandas()
        if not is_pandas(values):
            values = pandas.Series(values)
        if str(values.dtype) == "float64":
            known = values.dropna()
            if len(known) > 0 and bool((known == known.round()).all()) and name != self.value:
                values = values.astype("Int64")  # whole numbers with missing values
        self.data[name] = values

    def frame(self) -> Any:
        """Return the columns as one frame. Rows without a value are left out, as in pandas."""
        pandas = _pandas()
        self.check_total()
        first = next(iter(self.data.values()))
        for name, column in self.data.items():
            if len(column) != len(first) or not column.index.equals(first.index):
                raise UsageError(f"the column {name!r} has other rows than the first column")
        frame = pandas.DataFrame(self.data)
        return frame if self.value is None else frame[frame[self.value].notna()]

    def check_total(self) -> None:
        """Refuse a name of the totals that is a value too: nobody could tell them apart."""
        for name in (self.rows[0], self.columns[0]):
            if self.margins and bool((self.data[name] == self.margins_name).any()):
                raise UsageError(
                    f"{self.margins_name!r} is a value of the column {name!r}: say margins_name"
                )

    def outputs(self, name: str) -> list[Output]:
        """Return what is to be protected."""
        by = self.rows + self.columns
        count = frequency(by, name=name + "_count", margins=self._margins())
        if self.how == "count" or self.value is None:
            return [count]
        of = magnitude(
            by, self.value, name=name + "_sum", statistics=[self.how], margins=self._margins()
        )
        return [of, count] if self.how == "mean" else [of]

    def table(self, release: Release, name: str) -> Any:
        """Return the protected table in the form of pandas."""
        if self.how == "count":
            return self._wide(release.tables[name + "_count"])
        sums = self._wide(release.tables[name + "_sum"]).astype(float)
        return sums if self.how == "sum" else sums / self._wide(release.tables[name + "_count"])

    def _margins(self) -> bool | list[list[str]]:
        """Return the margins that pandas has: over all rows, over all columns, and over both."""
        return [self.rows, self.columns, []] if self.margins else False

    def _wide(self, long: Any) -> Any:
        pandas = _pandas()
        known = {
            name: {_code(v): v for v in pandas.Series(self.data[name].unique()).dropna().tolist()}
            for name in self.rows + self.columns
        }
        rank = {
            name: {v: i for i, v in enumerate(_sorted(of.values()))} for name, of in known.items()
        }

        def keys(names: list[str]) -> list[tuple[Any, ...]]:
            out: list[tuple[Any, ...]] = []
            for codes in zip(*(long[name] for name in names), strict=True):
                if all(c == "*" for c in codes):
                    out.append((self.margins_name, *[""] * (len(names) - 1)))
                else:
                    out.append(tuple(_back(c, known[n]) for c, n in zip(codes, names, strict=True)))
            return out

        def axis(of: list[tuple[Any, ...]], names: list[str]) -> tuple[list[tuple[Any, ...]], Any]:
            last = (self.margins_name, *[""] * (len(names) - 1))
            order = sorted(
                set(of),
                key=lambda k: (
                    k == last,
                    [rank[n].get(v, len(rank[n])) for n, v in zip(names, k, strict=True)],
                ),
            )
            if len(names) == 1:
                return order, pandas.Index([k[0] for k in order], name=names[0])
            return order, pandas.MultiIndex.from_tuples(order, names=names)

        rows, columns = keys(self.rows), keys(self.columns)
        values = pandas.to_numeric(long["value"]).tolist()
        cells = dict(zip(zip(rows, columns, strict=True), values, strict=True))
        (row_order, index), (column_order, header) = (
            axis(rows, self.rows),
            axis(columns, self.columns),
        )
        table = [[cells.get((r, c)) for c in column_order] for r in row_order]
        return pandas.DataFrame(table, index=index, columns=header)


def _code(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _back(code: str, known: dict[str, Any]) -> Any:
    plain = code[1:] if code.startswith("\\") else code
    return known.get(plain, plain)


def _sorted(values: Any) -> list[Any]:
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=str)


def _how(aggfunc: Any) -> str:
    name = aggfunc if isinstance(aggfunc, str) else getattr(aggfunc, "__name__", "")
    if name not in ("sum", "mean", "count", "size"):
        raise UsageError(
            "aggfunc is sum, mean or count: a minimum, a maximum, a median and a deviation are "
            "values of persons, or tell them"
        )
    return "count" if name == "size" else str(name)


def _roles(request: Request, frame: Any, **roles: Any) -> None:
    for role, column in roles.items():
        if column is None:
            continue
        if isinstance(column, str):
            if frame is None:
                raise UsageError(f"{role} is a column, not a name")
            column = frame[column]
        own = getattr(column, "name", None)
        name = f"sluis_{role}"
        if isinstance(own, str) and request.data.get(own, column) is column:
            name = own
        request.put(name, column)
        request.roles[role] = name


def make(request: Request, **options: Any) -> Any:
    """Protect one table outside of a session."""
    release = _api.protect(
        request.frame(), request.outputs("table"), missing="exclude", count="records",
        respondent=request.roles.get("respondent"), holding=request.roles.get("holding"),
        **options,
    )  # fmt: skip
    if release.verdict == "unsafe":
        raise NothingReleased("the table is unsafe and cannot be protected\n" + release.text)
    if release.verdict == "safe":
        release.verdict = "review"
    release.notes.append(TWO_RELEASES)
    return _with(request.table(release, "table"), release)


def _with(table: Any, release: Release) -> Any:
    object.__setattr__(table, "report", release)
    return table


def crosstab_request(
    index: Any, columns: Any, values: Any, rownames: Sequence[str] | None,
    colnames: Sequence[str] | None, aggfunc: Any, margins: bool, margins_name: str,
    normalize: Any, respondent: Any, holding: Any,
) -> Request:  # fmt: skip
    """Return what the arguments of crosstab ask for."""
    if normalize is not False:
        raise UsageError("normalize is False: divide the counts that were released instead")
    if (values is None) != (aggfunc is None):
        raise UsageError("values and aggfunc belong together")
    index, columns = _several(index), _several(columns)

    def named(of: list[Any], given: Sequence[str] | None, prefix: str) -> list[str]:
        return list(given or [str(getattr(x, "name", None) or f"{prefix}_{i}")
                              for i, x in enumerate(of)])  # fmt: skip

    request = Request(
        named(index, rownames, "row"), named(columns, colnames, "col"), margins, margins_name
    )
    if len(set(request.rows + request.columns)) < len(index) + len(columns):
        raise UsageError("two variables have one name: say rownames and colnames")
    for name, column in zip(request.rows + request.columns, index + columns, strict=True):
        request.put(name, column)
    if values is not None:
        request.how = _how(aggfunc)
        own = getattr(values, "name", None)
        request.value = own if isinstance(own, str) and own not in request.data else VALUES
        request.put(request.value, values)
    _roles(request, None, respondent=respondent, holding=holding)
    return request


def crosstab(
    index: Any, columns: Any, values: Any = None, rownames: Sequence[str] | None = None,
    colnames: Sequence[str] | None = None, aggfunc: Any = None, margins: bool = False,
    margins_name: str = "All", dropna: bool = True, normalize: Any = False, *,
    respondent: Any = None, holding: Any = None, policy: str | os.PathLike[str] = "cbs",
    digits: int | None = None,
) -> Any:  # fmt: skip
    """Return pandas.crosstab, protected: hidden values are NaN, and .report says why.

    respondent is the column that says whose row it is. The verdict is never better than review:
    two calls are two releases, see sluis.session.
    """
    request = crosstab_request(
        index, columns, values, rownames, colnames, aggfunc, margins, margins_name, normalize,
        respondent, holding,
    )  # fmt: skip
    return make(request, policy=policy, digits=digits)


def pivot_request(
    data: Any, values: str, index: Any, columns: Any, aggfunc: Any, margins: bool,
    margins_name: str, respondent: Any, holding: Any,
) -> Request:  # fmt: skip
    """Return what the arguments of pivot_table ask for."""
    request = Request(
        [str(x) for x in _several(index)],
        [str(x) for x in _several(columns)],
        margins,
        margins_name,
    )
    request.value, request.how = values, _how(aggfunc)
    for name in [*request.rows, *request.columns, values]:
        request.put(name, data[name])
    _roles(request, data, respondent=respondent, holding=holding)
    return request


def pivot_table(
    data: Any, values: str, index: Any, columns: Any, aggfunc: Any = "mean",
    margins: bool = False, margins_name: str = "All", *, respondent: Any = None,
    holding: Any = None, policy: str | os.PathLike[str] = "cbs", digits: int | None = None,
) -> Any:  # fmt: skip
    """Return pandas.pivot_table of one column of values, protected; see crosstab."""
    request = pivot_request(
        data, values, index, columns, aggfunc, margins, margins_name, respondent, holding
    )
    return make(request, policy=policy, digits=digits)


class Session:
    """The tables of one project, protected together: see sluis.session."""

    def __init__(self, path: str | os.PathLike[str], policy: str | os.PathLike[str] = "cbs"):
        self.path, self.policy = Path(path), policy
        self._requests: list[Request] = []
        self._data: dict[str, Any] = {}
        self._roles: dict[str, str] | None = None
        self._digits: int | None = None
        self._last: Release | None = None

    def __enter__(self) -> Session:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (self.path / "tables").exists():
            raise UsageError(
                f"{self.path} has tables of an earlier session, which nobody would compare with "
                "those of this one: name another folder"
            )
        if not (self.path / "secret").exists():
            _api.new_secret(self.path / "secret")
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @property
    def report(self) -> Release | None:
        """What the last call has protected: all tables of the session together."""
        return self._last

    def crosstab(
        self, index: Any, columns: Any, values: Any = None, rownames: Sequence[str] | None = None,
        colnames: Sequence[str] | None = None, aggfunc: Any = None, margins: bool = False,
        margins_name: str = "All", dropna: bool = True, normalize: Any = False, *,
        respondent: Any = None, holding: Any = None, digits: int | None = None,
    ) -> Any:  # fmt: skip
        """Return sluis.crosstab, protected together with all earlier tables of the session."""
        return self._add(crosstab_request(
            index, columns, values, rownames, colnames, aggfunc, margins, margins_name, normalize,
            respondent, holding,
        ), digits)  # fmt: skip

    def pivot_table(
        self, data: Any, values: str, index: Any, columns: Any, aggfunc: Any = "mean",
        margins: bool = False, margins_name: str = "All", *, respondent: Any = None,
        holding: Any = None, digits: int | None = None,
    ) -> Any:  # fmt: skip
        """Return sluis.pivot_table, protected together with all earlier tables."""
        return self._add(pivot_request(
            data, values, index, columns, aggfunc, margins, margins_name, respondent, holding
        ), digits)  # fmt: skip

    def _next(self) -> Path:
        """Return the folder that becomes the tables of the session."""
        shutil.rmtree(self.path / "next", ignore_errors=True)
        return self.path / "next"

    def _add(self, request: Request, digits: int | None) -> Any:
        request.frame()  # the rows fit
        data = dict(self._data)
        for name, column in request.data.items():
            known = data.setdefault(name, column)
            first = next(iter(data.values()))
            if not known.equals(column) or not column.index.equals(first.index):
                raise UsageError(f"the column {name!r} is not that of the earlier tables")
        if self._roles is not None and self._roles != request.roles:
            raise UsageError("the tables of a session have one respondent and one holding")
        if request.value is not None and bool(data[request.value].isna().any()):
            raise UsageError(
                f"the column {request.value!r} has missing values: take these rows out of all "
                "tables of the session"
            )
        requests = [*self._requests, request]
        outputs = [o for i, r in enumerate(requests, 1) for o in r.outputs(f"table{i}")]
        release = _api.protect(
            _pandas().DataFrame(data), outputs, out=self._next(),
            missing="exclude", count="records", policy=self.policy,
            respondent=request.roles.get("respondent"), holding=request.roles.get("holding"),
            digits=self._digits if digits is None else digits,
            secret=self.path / "secret",
        )  # fmt: skip
        if release.verdict == "unsafe":
            raise NothingReleased("a table is unsafe and cannot be protected\n" + release.text)
        tables = self.path / "tables"
        shutil.rmtree(tables, ignore_errors=True)  # nobody has the tables of the last call yet
        (self.path / "next").rename(tables)
        release.folder = str(tables)
        self._requests, self._data, self._roles = requests, data, dict(request.roles)
        self._digits = self._digits if digits is None else digits
        self._last = release
        return _with(request.table(release, f"table{len(requests)}"), release)


def session(path: str | os.PathLike[str], policy: str | os.PathLike[str] = "cbs") -> Session:
    """Return a session: its tables are protected as one release, under one secret.

    path is a folder. What may leave is path/tables/release as the last call wrote it: a later
    table can hide more of an earlier one, so that a frame that an earlier call returned does not
    leave.
    """
    return Session(path, policy)
