"""Work in a process of its own: its answer, its failures and its end."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend.apart import WorkFailed, apart
from backend.domain.errors import Conflict, NotFound, Problem

ROOT = Path(__file__).resolve().parents[1]


async def test_a_function_is_done_in_another_process_and_its_print_does_not_mix_in() -> None:
    assert await apart(sorted, [3, 1, 2], reverse=True) == [3, 2, 1]
    assert await apart(os.getpid) != os.getpid()
    assert await apart(print, "x" * 100_000) is None


async def test_a_refusal_comes_back_as_what_it_is() -> None:
    with pytest.raises(NotFound):
        await apart(refuse)
    with pytest.raises(Conflict) as caught:
        await apart(refuse_with_problems)
    refused = caught.value
    assert (refused.code, refused.params["count"], refused.problems[0].code) == ("used_since", 2, "row_used_since")


async def test_any_other_failure_is_told_by_name_only(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(WorkFailed, match=r"^ValueError$"):
        await apart(int, "199120199001010020X")
    assert "199120199001010020X" not in capfd.readouterr().err
    with pytest.raises(WorkFailed, match=r"^exit -9$"):
        await apart(kill_oneself)


async def test_work_that_nobody_waits_for_any_longer_is_ended(tmp_path: Path) -> None:
    task = asyncio.create_task(apart(note_and_wait, str(tmp_path / "pid")))
    pid = await asyncio.to_thread(noted, tmp_path / "pid")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_alive(pid)


def test_work_ends_with_the_process_that_wanted_it_however_that_ends(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\nfrom backend.apart import apart\nfrom tests.test_apart import note_and_wait\n"
        "asyncio.run(apart(note_and_wait, sys.argv[1]))"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "pid")], cwd=ROOT)
    pid = noted(tmp_path / "pid")
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    end = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_alive(pid)


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def refuse() -> None:
    raise NotFound("not_found")


def refuse_with_problems() -> None:
    raise Conflict("used_since", problems=[Problem("", "row_used_since", {"row": 3})], count=2)


def kill_oneself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def note_and_wait(path: str) -> None:
    draft = Path(path + ".draft")
    draft.write_text(str(os.getpid()))
    draft.rename(path)
    time.sleep(600)


def noted(path: Path) -> int:
    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    return int(path.read_text())
