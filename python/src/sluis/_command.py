"""The command in a subprocess: rows in, files out."""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ._frames import write_stream
from .errors import NothingReleased, SluisError, UsageError

SAFE, UNSAFE, REVIEW = 0, 3, 4
_USAGE = 2


def binary() -> str:
    """Return the path of the command: SLUIS_BINARY, else that of the wheel, else of PATH."""
    given = os.environ.get("SLUIS_BINARY")
    if given:
        return given
    name = "sluis.exe" if os.name == "nt" else "sluis"
    carried = Path(__file__).parent / "bin" / name
    if carried.is_file():
        return str(carried)
    found = shutil.which("sluis")
    if found is None:
        raise SluisError(
            "the command sluis is not there: install the wheel of this platform, "
            "or let SLUIS_BINARY name the command"
        )
    return found


def run(
    arguments: Sequence[str], folder: Path, frame: Any = None, columns: Sequence[str] | None = None
) -> int:
    """Run the command, with the columns of the frame on standard input.

    The command works in a private folder, also for its temporary files. Its text goes to files
    there: no pipe fills up, and no thread is needed. Whatever happens here, also an interrupt,
    ends the process. The number of rows follows the rows, so that the command never decides
    about a part of them.

    Returns the exit status, which is that of a verdict.
    """
    line = [binary(), *arguments]
    if frame is not None:
        line.append("--rows-follow")
    errors = folder / "stderr"
    with open(folder / "stdout", "wb") as out, open(errors, "wb") as err:
        try:
            process = subprocess.Popen(
                line,
                stdin=subprocess.DEVNULL if frame is None else subprocess.PIPE,
                stdout=out,
                stderr=err,
                env={**os.environ, "TMPDIR": str(folder)},
            )
        except OSError as e:
            raise SluisError(f"the command cannot be run: {e}") from e
        try:
            if process.stdin is not None:
                _feed(process.stdin, frame, columns)
            status = process.wait()
        except BaseException:
            process.kill()
            if process.stdin is not None:
                _close(process.stdin)
            process.wait()
            raise
    return _judged(status, errors.read_text(encoding="utf-8", errors="replace"))


def _feed(pipe: Any, frame: Any, columns: Sequence[str] | None) -> None:
    """Write the rows and their number. A command that ended early says why itself."""
    _widen(pipe)
    try:
        rows = write_stream(pipe, frame, columns)
        pipe.write(struct.pack("<Q", rows))
    except BrokenPipeError:
        pass
    _close(pipe)


def _widen(pipe: Any) -> None:
    """Make the pipe hold 1 MiB where the system can do that: fewer turns to and fro."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, 1 << 20)


def _close(pipe: Any) -> None:
    with contextlib.suppress(OSError):  # the command has ended, and says why
        pipe.close()


def _judged(status: int, text: str) -> int:
    """Make an exception of a status that is no verdict."""
    lines = text.strip().splitlines()
    told = [i for i, line in enumerate(lines) if line.startswith("sluis: ")]
    message = "\n".join(lines[told[0] :])[len("sluis: ") :] if told else text.strip()
    if status in (SAFE, REVIEW) or (status == UNSAFE and not told):
        return status
    if status == UNSAFE:
        raise NothingReleased(message)
    if status == _USAGE:
        raise UsageError(message)
    raise SluisError(message or f"the command ended with status {status}")
