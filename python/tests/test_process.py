"""The process of the command: errors, interrupts, threads and forked workers."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sluis
from sluis import _command

pa = pytest.importorskip("pyarrow")
OUTPUTS = [sluis.frequency(["region", "state"])]


@pytest.fixture
def frame(rows: dict[str, list[Any]]) -> Any:
    return pa.table(rows)


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """No temporary file and no process is left behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert [f for f in os.listdir(tmp_path) if f.startswith("sluis-")] == []
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_errors_have_the_message_of_the_command(frame: Any) -> None:
    with pytest.raises(sluis.UsageError, match="0 columns of the name 'town'"):
        sluis.check(frame, [sluis.frequency(["town"])])
    with pytest.raises(sluis.SluisError, match=r"none\.yaml"):
        sluis.check(frame, OUTPUTS, policy="none.yaml")
    with pytest.raises(sluis.UsageError, match="respondent-form"):
        sluis.check(frame, OUTPUTS, data={"respondent-form": "other"})
    with pytest.raises(sluis.SluisError, match="missing"):
        holes = frame.set_column(1, "region", pa.array([None] * frame.num_rows, pa.string()))
        sluis.check(holes, OUTPUTS, respondent="person")


def failing(frame: Any, wrong: BaseException) -> Any:
    """A reader that fails after some batches."""

    def batches() -> Any:
        yield from frame.to_batches(max_chunksize=100)[:3]
        raise wrong

    return pa.RecordBatchReader.from_batches(frame.schema, batches())


@pytest.mark.parametrize("wrong", [RuntimeError("broken"), KeyboardInterrupt()])
def test_a_producer_that_fails_ends_the_process(
    frame: Any, wrong: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    popen = subprocess.Popen

    def start(*args: Any, **kw: Any) -> Any:
        started.append(popen(*args, **kw))
        return started[-1]

    monkeypatch.setattr(_command.subprocess, "Popen", start)
    with pytest.raises(BaseException) as raised:
        sluis.check(failing(frame, wrong), OUTPUTS)
    assert not isinstance(raised.value, AssertionError)
    assert [p.returncode for p in started] == [-signal.SIGKILL]


WAITS = """
import time
import pyarrow as pa
import sluis

schema = pa.schema([("region", pa.string()), ("state", pa.string())])
one = pa.record_batch([["a"], ["b"]], schema=schema)

def endless():
    print("ready", flush=True)
    while True:
        yield one
        time.sleep(0.01)

rows = pa.RecordBatchReader.from_batches(schema, endless())
sluis.check(rows, outputs=[sluis.frequency(["region", "state"])])
"""


def test_an_interrupt_ends_a_command_that_waits() -> None:
    """An interrupt while the rows are on their way, as in a notebook."""
    with subprocess.Popen(
        [sys.executable, "-c", WAITS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts a command in the background with interrupts ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as child:
        try:
            assert child.stdout is not None and child.stdout.readline() == "ready\n"
            time.sleep(0.5)
            child.send_signal(signal.SIGINT)
            _, errors = child.communicate(timeout=30)
        finally:
            child.kill()
    assert child.returncode != 0 and "Interrupt" in errors


def one(frame: Any) -> str:
    return sluis.check(frame, OUTPUTS, respondent="person").verdict


def test_threads(frame: Any) -> None:
    open_before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(one, [frame] * 32))
    assert len(found) == 1
    if open_before:
        assert len(os.listdir("/proc/self/fd")) <= open_before + 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_forked_workers(frame: Any) -> None:
    want = one(frame)
    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert pool.map_async(one, [frame] * 8).get(timeout=60) == [want] * 8
        pool.close()
        pool.join()


def test_the_readme_runs(repository: Path, tmp_path: Path) -> None:
    """The ten lines of the README, with the file of the repository."""
    pytest.importorskip("pandas")
    text = (repository / "python" / "README.md").read_text()
    found = re.search(r"```python\n(.*?)```", text, re.S)
    assert found is not None
    lines = [line for line in found[1].splitlines() if line]
    assert len(lines) == 10
    (tmp_path / "persons.csv").write_bytes((repository / "testdata/persons.csv").read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", found[1]], cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "unsafe 1" in done.stdout and "safe safe" in done.stdout
