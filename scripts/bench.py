"""Measure a server of its own on the demo county: requests per second and latencies of the common questions.

python -m scripts.bench [SECONDS]     load and server share this machine, so compare ratios, not numbers of two machines
"""

import asyncio
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 16
PASSWORD = "bench-" + os.urandom(8).hex()


@contextmanager
def serving() -> Iterator[tuple[str, int, int]]:
    """A server with the demo county in a folder of its own: host, port and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as data:
        settings = {"DATA": data, "PORT": str(port), "DEMO": "1", "DEMO_PASSWORD": PASSWORD, "LOG_LEVEL": "warning"}
        command = [sys.executable, "-m", "backend.cli", "run"]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {f"GUANBIAO_{name}": value for name, value in settings.items()},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout
            if not any("Ctrl-C" in line for line in process.stdout):
                sys.exit("the server did not start")
            yield "127.0.0.1", port, process.pid
        finally:
            process.terminate()
            process.wait()


async def ask(host: str, port: int, request: bytes, until: float, times: list[float]) -> None:
    """One connection that asks the same thing again and again; bare sockets, so that the client costs little."""
    reader, writer = await asyncio.open_connection(host, port)
    while (begun := time.perf_counter()) < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.partition(b"\r\n")[0], head
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert length, "an answer without a length"
        await reader.readexactly(int(length[1]))
        times.append(time.perf_counter() - begun)
    writer.close()


async def measure(host: str, port: int, path: str, token: str, seconds: float) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    times: list[float] = []
    begun = time.perf_counter()
    await asyncio.gather(*(ask(host, port, request, begun + seconds, times) for _ in range(CONNECTIONS)))
    spent = time.perf_counter() - begun
    percent = statistics.quantiles(times, n=100)
    print(f"{path:45} {len(times) / spent:8.0f} /s   p50 {percent[49] * 1e3:6.1f} ms   p99 {percent[98] * 1e3:6.1f} ms")


def memory(pid: int) -> str:
    status = Path(f"/proc/{pid}/status")
    peak = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
    return f"{int(peak[1]) / 1024:.0f} MB" if peak else "unknown"


def main(seconds: float) -> None:
    begun = time.perf_counter()
    with serving() as (host, port, pid):
        print(f"start with an empty folder, demo county loaded: {time.perf_counter() - begun:.1f} s")
        with httpx.Client(base_url=f"http://{host}:{port}") as client:
            form = {"grant_type": "password", "username": "county_admin", "password": PASSWORD}
            token = client.post("/api/v1/oauth/token", data=form).raise_for_status().json()["access_token"]
            bearer = {"authorization": f"Bearer {token}"}
            listed = client.get("/api/v1/decisions", headers=bearer).raise_for_status().json()["items"]
        paths = ["/livez", "/api/v1/me", "/api/v1/organizations", "/api/v1/members", "/api/v1/decisions"]
        paths += [f"/api/v1/decisions/{listed[0]['id']}"] if listed else []
        for path in paths:
            asyncio.run(measure(host, port, path, token, seconds))
        print(f"peak memory of the API process: {memory(pid)}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0)
