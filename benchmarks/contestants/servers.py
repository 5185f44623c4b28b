"""How each contestant is started, one process each, and what is asked of it."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.api.token import TokenIssuer
from benchmarks.place import POOL, Place, ours
from benchmarks.stock import Stock

BIN = Path(sys.executable).parent
OURS, FLOOR, USUAL, REST = "ours", "floor", "usual", "rest"
TITLES = {
    FLOOR: "floor: bare ASGI + asyncpg",
    OURS: "Guanbiao",
    USUAL: "FastAPI + SQLModel + response_model",
    REST: "Django REST Framework",
}
QUESTIONS = {
    "page": "a page of 50 rectifications",
    "one": "one record",
    "act": "an act on a run: its rows and the event",
    "event": "the least write: one row and the event",
}
ASKED = {
    FLOOR: ("page", "one", "act", "event"),
    OURS: ("page", "one", "act"),
    USUAL: ("page", "one", "act"),
    REST: ("page", "one", "act"),
}
"""The least write is the floor's alone: an act is held against both."""

_ACT = b'{"step": "sign_for", "outcome": "done"}'
_ONES = 2_000
_REUSED = 4_000


@dataclass(frozen=True, slots=True)
class Start:
    command: Sequence[str]
    environment: dict[str, str]


def start(name: str, place: Place, stock: Stock, port: int) -> Start:
    if name == OURS:
        return Start(*ours(place, port))
    environment = {"BENCH_DSN": place.addresses.owner, "BENCH_PATH": stock.path}
    if name == REST:
        threads = ["--workers", "1", "--worker-class", "gthread", "--threads", str(POOL), "--keep-alive", "60"]
        program = [str(BIN / "gunicorn"), *threads, "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
        return Start([*program, "benchmarks.contestants.rest.views:application"], environment)
    loop = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    program = [sys.executable, "-m", "uvicorn", f"benchmarks.contestants.{name}:app", "--port", str(port), *loop]
    return Start(program, environment)


class Asking:
    """Makes the requests of one contestant. Ours does an item's step once, so that what is ready is used up."""

    def __init__(self, place: Place, stock: Stock) -> None:
        self._stock, self._data = stock, place.data
        # The last of what is ready serves those who may act on one item again and again.
        self._again = [key for key, _, _ in stock.ready[-_REUSED:]]
        self._next = 0

    def left(self) -> int:
        return len(self._stock.ready) - len(self._again) - self._next

    def requests(self, name: str, question: str, acts: int) -> list[bytes]:
        """Whole requests, to be sent one after the other and then again; of acts of ours there are `acts` at most."""
        return list(self._ours(question, acts) if name == OURS else self._plain(question))

    def _plain(self, question: str) -> Iterator[bytes]:
        if question == "page":
            yield _get("/page")
        elif question == "one":
            yield from (_get(f"/one/{key}") for key in self._stock.items[:_ONES])
        else:
            yield from (_post(f"/{question}/{key}") for key in self._again)

    def _ours(self, question: str, acts: int) -> Iterator[bytes]:
        # A new issuer reads the keys of the folder; a token lives for ten minutes and every measurement for seconds.
        issuer, stock = TokenIssuer(self._data), self._stock
        bearer = {"authorization": f"Bearer {stock.token(issuer, stock.reader)}"}
        if question == "page":
            yield _get("/api/v1/rectifications", **bearer)
        elif question == "one":
            yield from (_get(f"/api/v1/rectifications/{key}", **bearer) for key in stock.items[:_ONES])
        else:
            tokens: dict[int, str] = {}
            taken = min(acts, self.left())
            for key, version, clerk in stock.ready[self._next : self._next + taken]:
                if clerk not in tokens:
                    tokens[clerk] = stock.token(issuer, stock.clerks[clerk])
                held = {"authorization": f"Bearer {tokens[clerk]}", "if-match": f'"{version}"'}
                yield _post(f"/api/v1/rectifications/{key}/acts", **held)
            self._next += taken


def _get(path: str, **headers: str) -> bytes:
    return _head("GET", path, headers) + b"\r\n"


def _post(path: str, **headers: str) -> bytes:
    said = {"content-type": "application/json", "content-length": str(len(_ACT)), **headers}
    return _head("POST", path, said) + b"\r\n" + _ACT


def _head(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n").encode()
