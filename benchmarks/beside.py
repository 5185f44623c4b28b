"""What others do beside the API while it answers, and how much less it then answers: in turns, alone and beside.

The pages are asked for as fast as they come.  Beside them come what a county has at the same time: a worker in a
process of its own, which seals what is done meanwhile; partners who wait for changes; dashboards that draw themselves.
"""

import contextlib
import itertools
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from backend.api.token import TokenIssuer
from benchmarks.contestants.servers import OURS, Asking
from benchmarks.load import saturate, settle
from benchmarks.place import ROOT, Place, Server, free_port, ours, serving
from benchmarks.stock import Stock, fill_now

_FEEDS, _DASHBOARDS, _ACTS = 8, 2, 5
"""Partners that wait, dashboards each second, and acts each second, of which sealing and feed have to tell."""

_ITEMS, _READY = 20_000, 20_000
Beside = Callable[["Scene"], AbstractContextManager[None]]


class Scene:
    """The API under load, and the requests of those who ask beside it."""

    def __init__(self, where: Place, stock: Stock, server: Server, asking: Asking) -> None:
        self.where, self.stock, self.server, self.asking = where, stock, server, asking
        token = stock.token(TokenIssuer(where.data), stock.reader)
        self.headers = {"authorization": f"Bearer {token}"}

    def get(self, path: str) -> None:
        request = urllib.request.Request(f"http://127.0.0.1:{self.server.port}/api/v1{path}", headers=self.headers)
        with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own server on loopback
            answer.read()

    @contextlib.contextmanager
    def again_and_again(self, work: Callable[[], None], every: float) -> Iterator[None]:
        """Do `work` in a thread, begun every so many seconds."""
        ended = threading.Event()

        def repeat() -> None:
            while not ended.is_set():
                begun = time.monotonic()
                work()
                ended.wait(max(0.0, every - (time.monotonic() - begun)))

        thread = threading.Thread(target=repeat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(70)


@contextlib.contextmanager
def worker(scene: Scene) -> Iterator[None]:
    """The worker, with its sealing and all that it does by itself."""
    environment = ours(scene.where, 1)[1]
    with (scene.where.data / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "backend.cli", "worker"]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


@contextlib.contextmanager
def feed(scene: Scene) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(_FEEDS):
            stack.enter_context(scene.again_and_again(lambda: scene.get("/changes?resource=rectifications&wait=2"), 2))
        yield


@contextlib.contextmanager
def dashboards(scene: Scene) -> Iterator[None]:
    figures = itertools.cycle(("lights", "open_by_age_and_source", "on_time_rate", "funnel"))
    with scene.again_and_again(lambda: scene.get(f"/figures/{next(figures)}"), 1 / _DASHBOARDS):
        yield


@contextlib.contextmanager
def everything(scene: Scene) -> Iterator[None]:
    with worker(scene), feed(scene), dashboards(scene):
        yield


PARTS: dict[str, Beside] = {
    "worker and sealing": worker,
    f"feed: {_FEEDS} who wait": feed,
    f"dashboards: {_DASHBOARDS} a second": dashboards,
    "all of these": everything,
}


def cost(where: Place, seconds: float, rounds: int) -> list[dict[str, Any]]:
    """The API's pages a second alone and beside each of PARTS, medians of turns, and what part of them is lost."""
    stock = fill_now(where, items=_ITEMS, ready=_READY)
    found, port = [], free_port()
    command, environment = ours(where, port)
    with serving(command, port, environment, where.data / "server-beside.log") as server:
        asking = Asking(where, stock)
        for what, beside in PARTS.items():
            alone, along = [], []
            for _ in range(rounds):
                alone.append(_pages(Scene(where, stock, server, asking), seconds))
                scene = Scene(where, stock, server, asking)
                with beside(scene):
                    along.append(_pages(scene, seconds))
            before, after = statistics.median(alone), statistics.median(along)
            found.append({"what": what, "alone": before, "beside": after, "cost": 1 - after / before})
            print(f"{what}: {before:.0f} pages a second alone, {after:.0f} beside", flush=True)
    return found


def _pages(scene: Scene, seconds: float) -> float:
    """Pages a second while a few acts a second go on, so that there is something to seal and to tell."""
    acts = iter(scene.asking.requests(OURS, "act", int(_ACTS * (seconds + 10))))
    settle(scene.server.port)
    with scene.again_and_again(lambda: _send(scene.server.port, next(acts, None)), 1 / _ACTS):
        return saturate(scene.server.port, scene.asking.requests(OURS, "page", 0), seconds).rate


def _send(port: int, request: bytes | None) -> None:
    if request is None:
        return
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 60) as connection:
        connection.sendall(request)
        connection.recv(65_536)
