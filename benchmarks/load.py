"""Load: wrk for what a server does at the most, and a client of fixed pace for what it takes when it has time.

wrk sends the next request when an answer is there, so that a slow server is asked less often; its times at saturation
are those of the queue.  The other one sends at its moments, whatever became of the requests before, and counts from
the moment at which a request was due: what waits for a connection has waited.  It speaks over bare sockets.
"""

import asyncio
import contextlib
import itertools
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 32
_SETTLING, _AT_REST = 15.0, 0.02
_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests a second, milliseconds, bytes of an answer, and how many were refused or broke."""

    rate: float
    p50: float
    p99: float
    size: int
    failed: int


def find_wrk() -> str:
    found = shutil.which("wrk")
    if found is None:
        sys.exit("wrk is missing: install it (Debian: apt-get install wrk)")
    return found


def saturate(port: int, requests: Sequence[bytes], seconds: float) -> Measured:
    """As much as the server does with `CONNECTIONS` connections that wait for their answers."""
    with tempfile.NamedTemporaryFile(prefix="requests-") as file:
        for request in requests:
            file.write(b"%d\n%s\n" % (len(request), request))
        file.flush()
        command = [find_wrk(), "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
        command += ["-s", str(_SCRIPT), f"http://127.0.0.1:{port}", "--", file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    said = json.loads(done.stdout.strip().splitlines()[-1])
    count = max(1, said["requests"])
    failed = said["refused"] + said["broken"]
    return Measured(count / said["seconds"], said["p50"], said["p99"], said["bytes"] // count, failed)


def settle(port: int) -> None:
    """Wait until the server has done what it was asked for and nobody waits for any more."""
    deadline = time.monotonic() + _SETTLING
    while time.monotonic() < deadline:
        begun = time.perf_counter()
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=_SETTLING):
            pass
        if time.perf_counter() - begun < _AT_REST:
            return


def pace(port: int, requests: Sequence[bytes], seconds: float, rate: float) -> Measured:
    """`rate` requests a second, each at its moment."""
    return asyncio.run(_pace(port, requests, seconds, rate))


async def _pace(port: int, requests: Sequence[bytes], seconds: float, rate: float) -> Measured:
    times: list[float] = []
    sizes: list[int] = []
    failed = 0
    numbers = itertools.count()
    total = int(rate * seconds)
    begun = time.perf_counter() + 0.05

    async def send() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (number := next(numbers)) < total:
            due = begun + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            writer.write(requests[number % len(requests)])
            good, size = await read_answer(reader)
            failed += not good
            sizes.append(size)
            times.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*(send() for _ in range(CONNECTIONS)))
    spent = time.perf_counter() - begun
    percent = statistics.quantiles(times, n=100)
    return Measured(len(times) / spent, percent[49] * 1e3, percent[98] * 1e3, sum(sizes) // len(sizes), failed)


async def read_answer(reader: asyncio.StreamReader) -> tuple[bool, int]:
    """Whether an answer is a success, and how long it is; answers without a length are nobody's here."""
    head = await reader.readuntil(b"\r\n\r\n")
    status, _, rest = head.partition(b"\r\n")
    length = next(
        int(line.partition(b":")[2]) for line in rest.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    await reader.readexactly(length)
    return status.split(b" ", 2)[1][:1] == b"2", len(head) + length
