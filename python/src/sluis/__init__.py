"""Statistical disclosure control: may this table leave the closed environment, and why?

The package runs the command sluis, which the wheel carries. Rows go to the command as an Arrow
stream. Everything but a release is confidential.
"""

from ._api import check, protect, risk, verify
from ._outputs import Output, frequency, magnitude, microdata
from ._report import Release, Report
from ._tables import Session, crosstab, pivot_table, session
from .errors import FrameError, NothingReleased, SluisError, UsageError

__all__ = [
    "FrameError",
    "NothingReleased",
    "Output",
    "Release",
    "Report",
    "Session",
    "SluisError",
    "UsageError",
    "check",
    "crosstab",
    "frequency",
    "magnitude",
    "microdata",
    "pivot_table",
    "protect",
    "risk",
    "session",
    "verify",
]
