"""What is to leave: the outputs of a spec, and the spec itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import UsageError

Names = str | Sequence[str]


def names(of: Names | None) -> list[str]:
    """Return a list of names, of one name or several."""
    if of is None:
        return []
    return [of] if isinstance(of, str) else list(of)


@dataclass(frozen=True)
class Output:
    """One output of a spec: made by frequency, magnitude or microdata."""

    fields: Mapping[str, Any]

    def columns(self) -> list[str]:
        """Return the columns that the output reads."""
        f = self.fields
        return [
            *f.get("by", []),
            *f.get("keys", []),
            *f.get("sensitive", []),
            *names(f.get("response")),
            *f.get("amounts", []),
        ]


def _output(kind: str, name: str | None, over: list[str], **fields: Any) -> Output:
    kept = {k: v for k, v in fields.items() if v not in (None, [], {})}
    return Output({"name": name or "_".join(over) or kind, "kind": kind, **kept})


def frequency(
    by: Names,
    *,
    name: str | None = None,
    sensitive: Names | None = None,
    margins: bool | Sequence[Sequence[str]] = True,
    **fields: Any,
) -> Output:
    """Return a table of counts. Further fields are those of an output in docs/spec.md."""
    return _output(
        "frequency", name, names(by), by=names(by), sensitive=names(sensitive),
        margins=_margins(margins), **fields,
    )  # fmt: skip


def magnitude(
    by: Names,
    response: str,
    *,
    name: str | None = None,
    statistics: Names = ("sum",),
    sensitive: Names | None = None,
    margins: bool | Sequence[Sequence[str]] = True,
    **fields: Any,
) -> Output:
    """Return a table of sums or means of a response."""
    return _output(
        "magnitude", name, names(by), by=names(by), response=response,
        statistics=names(statistics), sensitive=names(sensitive), margins=_margins(margins),
        **fields,
    )  # fmt: skip


def microdata(
    keys: Names, *, name: str | None = None, sensitive: Names | None = None, **fields: Any
) -> Output:
    """Return a file of records."""
    return _output(
        "microdata", name, names(keys), keys=names(keys), sensitive=names(sensitive), **fields
    )


def _margins(margins: bool | Sequence[Sequence[str]]) -> Any:
    if isinstance(margins, bool):
        return "all" if margins else "none"
    return [list(m) for m in margins]


@dataclass(frozen=True)
class Roles:
    """Who is behind a row, and what a missing value is."""

    respondent: str | None = None
    holding: str | None = None
    weight: str | None = None
    missing: str | Mapping[str, str] | None = None
    data: Mapping[str, Any] | None = None

    def spec(self, outputs: Sequence[Output]) -> dict[str, Any]:
        """Return the spec of outputs of rows on standard input."""
        for o in outputs:
            if not isinstance(o, Output):
                raise UsageError(
                    "outputs are made by sluis.frequency, sluis.magnitude and sluis.microdata"
                )
        data: dict[str, Any] = {"source": "-", **(self.data or {})}
        for role in ("respondent", "holding", "weight"):
            column = getattr(self, role)
            if column is not None:
                data[role] = column
        if isinstance(self.missing, str):
            data["missing"] = {"default": self.missing}
        elif self.missing is not None:
            data["missing"] = dict(self.missing)
        return {"version": 1, "data": data, "outputs": [dict(o.fields) for o in outputs]}

    def columns(self, outputs: Sequence[Output]) -> list[str] | None:
        """Return the columns that the command reads; None where more than these may be."""
        if self.data:
            return None
        wanted = [n for n in (self.respondent, self.holding, self.weight) if n is not None]
        for o in outputs:
            wanted += o.columns()
        return list(dict.fromkeys(wanted)) or None


def write_spec(spec: Mapping[str, Any], folder: Path) -> Path:
    """Write a spec. JSON is YAML, with every text in quotes."""
    path = folder / "spec.yaml"
    path.write_text(json.dumps(spec, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
