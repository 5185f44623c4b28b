"""How a client shows who it is: a token for its secret, and a signature where the county demands one."""

from __future__ import annotations

import time
import uuid
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field

import httpx

from guanbiao_client.refusal import Refusal
from guanbiao_client.signing import Signer

TOKEN = "/api/v1/oauth/token"  # noqa: S105 - an address
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 120
_EARLIER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A key of your own instead of a secret (`private_key_jwt`, RFC 7523); it needs the extra `own-key`.

    `private_pem`: the private half, EC on P-256; it goes nowhere. `audience`: the address of the token endpoint as the
    county calls it, where that is not the one that this client asks.
    """

    private_pem: str = field(repr=False)
    audience: str = ""

    def assertion(self, client_id: str, token_url: str) -> str:
        """A proof of who asks, good once and for two minutes."""
        # Whoever signs in by a secret needs no library for it.
        from jose import jwt

        now = int(time.time())
        claims = {"iss": client_id, "sub": client_id, "aud": self.audience or token_url, "jti": uuid.uuid4().hex}
        signed: str = jwt.encode(
            claims | {"iat": now, "exp": now + _ASSERTION_SECONDS}, self.private_pem, algorithm="ES256"
        )
        return signed


class SignIn(httpx.Auth):
    """Client credentials, by a secret or a key of one's own.

    The token is fetched when it is needed, and anew when it is over or was taken.
    """

    requires_request_body = True
    requires_response_body = True

    def __init__(
        self, url: str, client_id: str, secret: str | OwnKey, scope: Iterable[str], signer: Signer | None
    ) -> None:
        self._url = httpx.URL(url).join(TOKEN)
        self._form = {"grant_type": "client_credentials", "scope": " ".join(scope)}
        self._client_id, self._secret = client_id, secret
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
        if isinstance(self._secret, OwnKey):
            # An assertion is good once, so every try bears one of its own.
            shown = {"client_assertion": self._secret.assertion(self._client_id, str(self._url))}
            return httpx.Request("POST", self._url, data=self._form | {"client_assertion_type": _ASSERTION} | shown)
        request = httpx.Request("POST", self._url, data=self._form)
        return next(httpx.BasicAuth(self._client_id, self._secret).auth_flow(request))

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
