"""The exceptions of the package. Each has the message of the command."""

from __future__ import annotations


class SluisError(Exception):
    """The command failed, or cannot be run. Nothing was decided."""


class UsageError(SluisError):
    """What was asked for is not well formed: a wrong column, a wrong policy."""


class FrameError(SluisError):
    """The frame cannot be handed to the command."""


class NothingReleased(SluisError):
    """A table cannot be protected: nothing of it may leave."""
