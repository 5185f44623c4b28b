"""The example programs as a partner runs them: processes of their own, over HTTP, with files of their own."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.conftest import ROOT, Installation

SECONDS = 90
"""What waits for a code comes in within a minute of its being mapped."""


def command(installation: Installation, name: str, *words: str) -> list[str]:
    return [sys.executable, f"examples/{name}.py", *words, "--url", installation.url]


def environment(installation: Installation) -> dict[str, str]:
    return {**os.environ, "GUANBIAO_SECRET": installation.password, "PYTHONUNBUFFERED": "1"}


def run(installation: Installation, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(installation, name, *words),
        cwd=ROOT,
        env=environment(installation),
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * SECONDS,
    )


@contextmanager
def running(installation: Installation, name: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A program that goes on until the test is done with it, or until it is killed."""
    with subprocess.Popen(
        command(installation, name, *words), cwd=ROOT, env=environment(installation), stdout=subprocess.PIPE, text=True
    ) as program:
        try:
            yield program
        finally:
            program.kill()


def rows(file: Path, question: str, *values: Any) -> list[Any]:
    """What the program has written into its base; nothing before it has made its tables."""
    with closing(sqlite3.connect(file)) as base:
        made = {name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return base.execute(question, values).fetchall() if made else []


def until(found: Callable[[], Any]) -> Any:
    """What is found at last."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.1)
    raise AssertionError("it never came")
