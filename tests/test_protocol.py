"""Slow and greedy clients over real sockets; the limits of time are shortened, the rest is as served."""

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from backend import protocol
from backend.protocol import guarding

LARGE = 40 * 1024 * 1024


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    """Says how long the body was; `/large` is an answer that nobody reads at once, `/refused` comes before the body."""
    assert scope["type"] == "http"
    if scope["path"] == "/refused":
        await PlainTextResponse("no", 401)(scope, receive, send)
        return
    if scope["path"] == "/large":
        await Response(bytes(LARGE))(scope, receive, send)
        return
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    for name, value in {"HEAD_SECONDS": 0.5, "BODY_SECONDS": 0.5, "ANSWER_SECONDS": 0.5}.items():
        monkeypatch.setattr(protocol, name, value)
    monkeypatch.setattr(protocol, "MOST_OF_ONE_ADDRESS", 5)
    with served("") as found:
        yield found


@contextlib.contextmanager
def served(trusted: str) -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        config = uvicorn.Config(answering, lifespan="off", log_config=None, http=guarding(trusted))
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        yield int(listener.getsockname()[1])
        server.should_exit = True
        thread.join()


class Client:
    """A socket that says what it says and shows what comes back until the other side closes."""

    def __init__(self, port: int, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", port))

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    def until_closed(self) -> bytes:
        said = bytearray()
        with contextlib.suppress(ConnectionError):
            while piece := self.socket.recv(65536):
                said += piece
        self.socket.close()
        return bytes(said)

    def refusal(self) -> tuple[int, str]:
        head, _, body = self.until_closed().partition(b"\r\n\r\n")
        assert b"application/problem+json" in head, head
        return int(head.split()[1]), json.loads(body)["code"]


def test_a_request_is_answered_and_its_connection_kept(port: int) -> None:
    client = Client(port)
    for body in (b"", b"x" * 200_000, b"y"):
        client.say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        answer = b""
        while not answer.endswith(str(len(body)).encode()):
            answer += client.socket.recv(4096)
        assert answer.startswith(b"HTTP/1.1 200")
    client.socket.close()


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nA: b"])
def test_408_for_a_head_that_does_not_end(port: int, said: bytes) -> None:
    client = Client(port)
    client.say(said)
    assert client.refusal() == (408, "too_slow")


def test_408_for_a_second_head_that_does_not_end(port: int) -> None:
    client = Client(port)
    client.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHo")
    said = client.until_closed()
    assert (said.count(b"HTTP/1.1 200"), said.count(b"HTTP/1.1 408")) == (1, 1)


def test_408_for_a_body_that_does_not_come(port: int) -> None:
    client = Client(port)
    client.say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nsome")
    assert client.refusal() == (408, "too_slow")


def test_whoever_sends_on_after_the_refusal_is_let_go_of(port: int) -> None:
    client = Client(port)
    client.say(b"POST /refused HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
    answer = b""
    # Head and body may come in pieces of their own.
    while not answer.endswith(b"\r\n\r\nno"):
        piece = client.socket.recv(65536)
        assert piece, answer
        answer += piece
    assert answer.startswith(b"HTTP/1.1 401 ")
    with contextlib.suppress(ConnectionError):
        while True:
            client.say(b"10000\r\n" + bytes(0x10000) + b"\r\n")
    assert client.until_closed() == b""


def test_whoever_does_not_read_is_let_go_of(port: int) -> None:
    client = Client(port, receive_buffer=4096)
    client.say(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    # Other connections are served meanwhile, and this one is over before it was read.
    other = Client(port)
    other.say(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert other.until_closed().startswith(b"HTTP/1.1 200")
    watcher = Client(port)
    assert watcher.refusal() == (408, "too_slow"), "half a second and more has passed"
    watcher = Client(port)
    assert watcher.refusal() == (408, "too_slow"), "and another"
    assert len(client.until_closed()) < LARGE


def test_whoever_reads_slowly_but_reads_gets_everything(port: int) -> None:
    client = Client(port, receive_buffer=65536)
    client.say(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert len(client.until_closed()) > LARGE


@pytest.mark.parametrize(
    ("head", "refusal"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", (414, "address_too_long")),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 40_000 + b"\r\n\r\n", (431, "head_too_large")),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 400_000, (431, "head_too_large")),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n", (431, "head_too_large")),
        (b"NOT A REQUEST\r\n\r\n", (400, "bad_request")),
        (b"GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", (400, "bad_request")),
        (b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", (400, "bad_request")),
    ],
)
def test_4xx_for_a_head_that_is_too_much_or_none(port: int, head: bytes, refusal: tuple[int, str]) -> None:
    client = Client(port)
    with contextlib.suppress(ConnectionError):
        client.say(head)
    assert client.refusal() == refusal


def test_one_address_has_so_many_connections_and_a_proxy_more(port: int) -> None:
    kept = [Client(port) for _ in range(5)]
    assert Client(port).until_closed() == b""
    kept[0].say(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert kept[0].until_closed().startswith(b"HTTP/1.1 200")
    _close(kept[1:])
    with served("10.0.0.1, 127.0.0.0/8") as proxied:
        many = [Client(proxied) for _ in range(8)]
        many[-1].say(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert many[-1].until_closed().startswith(b"HTTP/1.1 200")
        _close(many)


def _close(clients: list[Any]) -> None:
    for client in clients:
        client.socket.close()
