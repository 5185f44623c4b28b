"""Heavy work in a process of its own, so that it neither slows the answers of this one nor leaves its memory behind.

The process is a plain `python -m backend.apart`: it gets a function and its arguments through its standard input, and
ends when that is closed, so that it never outlives the one that started it, not even by a kill.
"""

import asyncio
import os
import pickle
import struct
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from backend.domain.errors import Refused

if sys.platform != "win32":
    import resource

MEMORY = 4 * 1024**3
"""Bytes of addresses that the work may take up; beyond it the work fails, and not the machine."""

_LENGTH = struct.Struct("!Q")

P = ParamSpec("P")
T = TypeVar("T")


class WorkFailed(Exception):
    """The work ended with an exception of this name, or its process ended without an answer.

    What the exception says is not passed on: a database's message repeats the values of a row.
    """


async def apart(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call `function`, which a module must name, in another process.

    Raises what it raises if that is a refusal of the domain, else WorkFailed.  When the caller is cancelled, the
    process is killed.
    """
    task = pickle.dumps((function, args, kwargs))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "backend.apart",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "TMPDIR": tempfile.gettempdir(), "PYTHONPATH": os.pathsep.join(_paths())},
        # Ctrl-C in a terminal is for this process alone.
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(_LENGTH.pack(len(task)) + task)
        await process.stdin.drain()
        answer = await process.stdout.read()
        code = await process.wait()
    except (BrokenPipeError, ConnectionResetError):
        raise WorkFailed("no_answer") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        process.stdin.close()
    if not answer:
        raise WorkFailed(f"exit {code}")
    kind, value = pickle.loads(answer)  # noqa: S301 - written by a process that this one started
    if kind == "failure":
        raise WorkFailed(value)
    if kind == "refusal":
        raise value
    result: T = value
    return result


def _paths() -> list[str]:
    here = str(Path(__file__).resolve().parent.parent)
    return [here, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]


def _end_with(lifeline: int) -> None:
    """End this process when the one that started it has ended or wants it to."""
    os.read(lifeline, 1)
    os._exit(1)


def main() -> None:
    # What the work prints must not mix with the answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    (length,) = _LENGTH.unpack(sys.stdin.buffer.read(_LENGTH.size))
    task = sys.stdin.buffer.read(length)
    threading.Thread(target=_end_with, args=(0,), daemon=True).start()
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        function, args, kwargs = pickle.loads(task)  # noqa: S301 - written by the process that started this one
        answer = pickle.dumps(("value", function(*args, **kwargs)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the one that waits must learn of it
        answer = pickle.dumps(_told(error))
    answers.write(answer)
    answers.close()
    # The thread still waits for the end of its lifeline; nothing is left to tidy.
    os._exit(0)


def _told(error: Exception) -> tuple[str, Any]:
    if isinstance(error, Refused):
        return "refusal", error
    # Frames hold no values, so the operator sees where it was and nobody's data.
    places = "".join(traceback.format_tb(error.__traceback__))
    sys.stderr.write(f"{places}{type(error).__name__}\n")
    return "failure", type(error).__name__


if __name__ == "__main__":
    main()
