"""What the launcher of PostgreSQL has to know of the operating system's processes, ports and users."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from backend.db.programs import User

PR_SET_PDEATHSIG = 1
DESCRIPTORS = "/proc/self/fd"


def free_port(preferred: int) -> int:
    """`preferred` when it is free on the loopback address, else one that the system picks."""
    for port in (preferred, 0):
        with socket.socket() as probe, contextlib.suppress(OSError, OverflowError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def runs_in(pid: int, folder: Path) -> bool:
    """Whether process `pid` is alive and works in `folder`, as a PostgreSQL server works in its cluster.

    A zombie is not alive. Where the system does not tell a process's folder, any living one counts.
    """
    if not Path("/proc/self/stat").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    try:
        # The name in parentheses may itself hold spaces and parentheses; the state is the word after it.
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX" and os.path.samestat(os.stat(f"/proc/{pid}/cwd"), folder.stat())
    except OSError:
        # Gone meanwhile, or another user's, who could not have opened this cluster.
        return False


def is_ready(pid_file: Path, pid: int) -> bool:
    """Whether the server `pid` says in its pid file that it takes connections (the eighth line, since version 10)."""
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def start_server(command: list[str], log: IO[bytes], arguments: dict[str, Any]) -> "subprocess.Popen[bytes]":
    """Start `command` away from the terminal, writing to `log`, with further `arguments` for subprocess.

    On Linux it is told to stop when the calling thread ends, however that comes about.
    """
    return subprocess.Popen(
        command,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        # Ctrl-C in a terminal is for the program, which stops its database last.
        start_new_session=True,
        # After a fork only one system call is made here: no lock is taken and nothing is imported.
        preexec_fn=dying_with(os.getpid(), signal.SIGINT),  # noqa: PLW1509 - no other way to ask the kernel for it
        **arguments,
    )


def dying_with(parent: int, last_word: signal.Signals) -> Callable[[], None] | None:
    """For `preexec_fn`: on Linux the new process is sent `last_word` when the calling thread of `parent` ends."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(PR_SET_PDEATHSIG, last_word)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def as_user(user: User | None) -> dict[str, Any]:
    """Arguments for subprocess that make the program run as `user`; none when it is to be the caller."""
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}


def environment() -> dict[str, str]:
    """The few variables that PostgreSQL needs: its messages are read by this program, so they stay English."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


@contextlib.contextmanager
def entrance(user: User | None, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """A name by which a process of `user` can open `folder`, and the subprocess arguments that make it valid.

    Root's data may lie in a folder that nobody else may enter (/root). An open descriptor leads to its folder
    past all parents, so none has to be opened to others. (The working folder would do too, but PostgreSQL 15
    leaves it for a moment and cannot come back.)
    """
    if user is None or not Path(DESCRIPTORS).exists():
        yield str(folder), {"cwd": folder, **as_user(user)}
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"{DESCRIPTORS}/{descriptor}", {"cwd": "/", "pass_fds": (descriptor,), **as_user(user)}
    finally:
        os.close(descriptor)
