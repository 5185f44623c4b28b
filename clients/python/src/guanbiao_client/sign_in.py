"""How a client shows who it is: a token for its secret, and a signature where the county demands one."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable

import httpx

from guanbiao_client.refusal import Refusal
from guanbiao_client.signing import Signer

TOKEN = "/api/v1/oauth/token"  # noqa: S105 - an address
_EARLIER_SECONDS = 30.0


class SignIn(httpx.Auth):
    """Client credentials. The token is fetched when it is needed, and anew when it is over or was taken."""

    requires_request_body = True
    requires_response_body = True

    def __init__(self, url: str, client_id: str, secret: str, scope: Iterable[str], signer: Signer | None) -> None:
        self._url = httpx.URL(url).join(TOKEN)
        self._form = {"grant_type": "client_credentials", "scope": " ".join(scope)}
        self._basic = httpx.BasicAuth(client_id, secret)
        self._signer = signer
        self._token, self._ends = "", 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        is_fresh = False
        if time.monotonic() >= self._ends:
            self._take((yield self._asking()))
            is_fresh = True
        answer = yield self._shown(request)
        if answer.status_code == httpx.codes.UNAUTHORIZED and not is_fresh:
            self._take((yield self._asking()))
            yield self._shown(request)

    def _asking(self) -> httpx.Request:
        request = httpx.Request("POST", self._url, data=self._form)
        return next(self._basic.auth_flow(request))

    def _take(self, answer: httpx.Response) -> None:
        if not answer.is_success:
            raise Refusal(answer)
        said = answer.json()
        self._token = said["access_token"]
        self._ends = time.monotonic() + max(1.0, float(said["expires_in"]) - _EARLIER_SECONDS)

    def _shown(self, request: httpx.Request) -> httpx.Request:
        request.headers["authorization"] = f"Bearer {self._token}"
        if self._signer is not None:
            # A signature is good once, so every try bears one of its own.
            self._signer.sign(request)
        return request
