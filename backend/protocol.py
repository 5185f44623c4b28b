"""HTTP as slow and greedy clients meet it: who sends or reads too slowly, or too much, is let go of.

The server beneath keeps a connection for as long as a client likes and takes a head of any size.  A proxy in front
guards against both; this does where none stands, or where one is set up carelessly.
"""

import asyncio
import ipaddress
import json
from collections import Counter
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 15.0
"""For a whole head, from the opening of the connection or from the first byte of a later request."""

BODY_SECONDS = 15.0
ANSWER_SECONDS = 30.0
LEAST_RATE = 1024
"""Bytes a second, in both directions, counted over the seconds above; the worst network of a village manages that."""

LONGEST_ADDRESS, LARGEST_HEAD, MOST_HEADERS = 8 * 1024, 32 * 1024, 100

MOST_CONNECTIONS, MOST_OF_ONE_ADDRESS = 2_000, 500
"""Of one process. A village may sit behind one address; a trusted proxy's connections are everybody's."""

_REFUSALS = {
    400: ("bad_request", "请求无法处理。The request cannot be handled."),
    408: ("too_slow", "发送过慢，请重试。The request came too slowly; try again."),
    414: ("address_too_long", "网址过长。The address is too long."),
    431: ("head_too_large", "请求头过大。The head of the request is too large."),
}


class GuardedProtocol(HttpToolsProtocol):
    """One connection with its limits; `guarding` makes the class for one server."""

    trusted: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    callers: Counter[str]

    _caller = ""
    _incoming: asyncio.TimerHandle | None = None
    _outgoing: asyncio.TimerHandle | None = None
    _in_head = False
    _head_size = 0
    _body_size = 0
    _status = 400

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # always a stream
        super().connection_made(transport)
        self._caller = self.client[0] if self.client else ""
        self.callers[self._caller] += 1
        if len(self.connections) > MOST_CONNECTIONS or self._is_one_too_many():
            transport.abort()
            return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self.callers[self._caller] -= 1
        if self.callers[self._caller] <= 0:
            del self.callers[self._caller]
        self._stop_expecting()
        if self._outgoing is not None:
            self._outgoing.cancel()
        super().connection_lost(exc)

    def _is_one_too_many(self) -> bool:
        if self.callers[self._caller] <= MOST_OF_ONE_ADDRESS:
            return False
        try:
            address = ipaddress.ip_address(self._caller)
        except ValueError:
            return False
        return not any(address in network for network in self.trusted)

    # What comes in

    def data_received(self, data: bytes) -> None:
        if self._incoming is None and not self._in_head and (self.cycle is None or self.cycle.response_complete):
            self._expect_head()
        self._body_size += len(data)
        super().data_received(data)
        if self._in_head:
            # The parser keeps a header to itself until it is whole, however long it grows.
            self._head_size += len(data)
            if self._head_size > LARGEST_HEAD:
                self._refuse(431)

    def on_message_begin(self) -> None:
        self._in_head, self._head_size = True, 0
        if self._incoming is None:
            self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_expecting()
        if len(self.url) > LONGEST_ADDRESS:
            self._status = 414
        elif len(self.headers) > MOST_HEADERS or sum(len(n) + len(v) for n, v in self.headers) > LARGEST_HEAD:
            self._status = 431
        if self._status != 400:
            # The parser takes it for a fault of the request, and the refusal goes out as one.
            raise ValueError(self._status)
        super().on_headers_complete()
        self._expect_body()

    def on_message_complete(self) -> None:
        self._stop_expecting()
        super().on_message_complete()

    def _expect_head(self) -> None:
        self._stop_expecting()
        self._incoming = self.loop.call_later(HEAD_SECONDS, self._refuse, 408)

    def _expect_body(self) -> None:
        self._body_size = 0
        self._incoming = self.loop.call_later(BODY_SECONDS, self._look_at_body)

    def _look_at_body(self) -> None:
        if self.cycle is not None and self.cycle.response_complete:
            # Refused by its head, and sent on all the same: it had time enough to read the refusal.
            self.transport.close()
            return
        if self._body_size < LEAST_RATE * BODY_SECONDS and not self.flow.read_paused:
            self._refuse(408)
        else:
            self._expect_body()

    def _stop_expecting(self) -> None:
        if self._incoming is not None:
            self._incoming.cancel()
            self._incoming = None

    def _refuse(self, status: int) -> None:
        self._stop_expecting()
        if self.transport.is_closing():
            return
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.abort()
            return
        self._status = status
        self.send_400_response("")

    def send_400_response(self, msg: str) -> None:
        """What the parser refuses, in the form that the program's own refusals have."""
        title = HTTPStatus(self._status).phrase
        code, detail = _REFUSALS[self._status]
        content = {
            "type": f"/api/v1/problems/{code}",
            "title": title,
            "status": self._status,
            "code": code,
            "detail": detail,
        }
        body = json.dumps(content | {"errors": [], "request_id": None}, ensure_ascii=False).encode()
        head = f"HTTP/1.1 {self._status} {title}\r\ncontent-type: application/problem+json\r\nconnection: close\r\n"
        self.transport.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        self.transport.close()

    # What goes out

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_answer()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._outgoing is not None:
            self._outgoing.cancel()
            self._outgoing = None

    def _watch_answer(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._outgoing = self.loop.call_later(ANSWER_SECONDS, self._look_at_answer, left)

    def _look_at_answer(self, before: int) -> None:
        if before - self.transport.get_write_buffer_size() < LEAST_RATE * ANSWER_SECONDS:
            self.transport.abort()
        else:
            self._watch_answer()


def guarding(trusted_proxies: str) -> type[GuardedProtocol]:
    """The protocol of one server; `trusted_proxies` as in the settings: addresses or networks, comma-separated."""
    networks = []
    for part in trusted_proxies.split(","):
        try:
            networks.append(ipaddress.ip_network(part.strip(), strict=False))
        except ValueError:
            # `*` and names are the server's own business; here they only leave the limit for one address in place.
            continue
    return type("Guarded", (GuardedProtocol,), {"trusted": tuple(networks), "callers": Counter()})
