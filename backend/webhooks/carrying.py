"""Carrying one message to its target: to the IP address that was judged, briefly, and no further.

A name is looked up once; what is connected to is the address that was permitted, while certificate and `Host` are the
name's. No redirect is followed, no proxy of the environment is used, and of the answer a few kilobytes are read.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import httpx

from backend.domain.webhook.target import Target, TargetRules, permitted_of, read_target

SECONDS = 10.0
"""A target has so long to take a message and answer, all told."""
_READ = 4096
"""Bytes of an answer that are read, so that the connection can be used again; nothing of it is kept."""

Failure = Literal["refused", "name_unknown", "unreachable", "certificate", "timed_out", "redirected", "answered"]
"""Why a message did not arrive: the address is none that is permitted, has no IP address, does not answer, shows no
valid certificate, takes too long, leads elsewhere, or answers that it went wrong."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try: the answer's status, None when there was none, and a word for a failure."""

    status: int | None
    failure: Failure | None

    @property
    def is_gone(self) -> bool:
        return self.status == httpx.codes.GONE


async def resolve(host: str, port: int) -> Sequence[str]:
    """The IP addresses of a name. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Carrier:
    """Sends messages to one address; connections to it are kept while it lasts.

    One carrier is for one address alone: a connection that was made for one name must not be used for another name at
    the same IP address.
    """

    def __init__(
        self, url: str, rules: TargetRules, *, seconds: float = SECONDS, look_up: Resolve = resolve, at_once: int = 16
    ) -> None:
        self._target = read_target(url, rules)
        self._rules = rules
        self._seconds = seconds
        self._look_up = look_up
        self._client = httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(seconds),
            limits=httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once),
            headers={"user-agent": "Guanbiao-Webhook/1", "accept": "*/*", "accept-encoding": "identity"},
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def carry(self, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Send one message; every way to fail is an outcome."""
        if isinstance(self._target, str):
            return Outcome(None, "refused")
        try:
            async with asyncio.timeout(self._seconds):
                return await self._carry(self._target, body, headers)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome(None, "timed_out")
        except (OSError, httpx.HTTPError) as error:
            return Outcome(None, "certificate" if "certificate" in str(error).lower() else "unreachable")

    async def _carry(self, target: Target, body: bytes, headers: Mapping[str, str]) -> Outcome:
        try:
            known = [target.host] if target.address is not None else await self._look_up(target.host, target.port)
        except (OSError, UnicodeError):
            return Outcome(None, "name_unknown")
        address = permitted_of(known, self._rules)
        if address is None:
            return Outcome(None, "refused")
        host = f"[{address}]" if address.version == 6 else str(address)
        request = self._client.build_request(
            "POST",
            f"{target.scheme}://{host}:{target.port}{target.path}",
            content=body,
            headers={**headers, "host": target.authority, "content-type": "application/json"},
            # By this name the certificate is judged, though the connection is made to the address.
            extensions={"sni_hostname": target.host},
        )
        response = await self._client.send(request, stream=True)
        try:
            status = response.status_code
            read = 0
            async for part in response.aiter_raw(1024):
                read += len(part)
                if read >= _READ:
                    break
        except httpx.HTTPError:
            # The answer's head has said already whether the message arrived.
            pass
        finally:
            await response.aclose()
        if 200 <= status < 300:
            return Outcome(status, None)
        return Outcome(status, "redirected" if 300 <= status < 400 else "answered")
