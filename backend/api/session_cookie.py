"""Cookies of a browser's session: a refresh token that no script can read, and the device's own number.

A page asks for them with the header `X-Session: cookie`.  No form and no image of another site can send that header,
and a script of another site is stopped before it may; what the browser says of where a request comes from must agree.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import Header, Request, Response

from backend.domain.errors import Forbidden
from backend.settings import is_loopback

PATH = "/api/v1/oauth"
_TOKEN, _DEVICE = "guanbiao-session", "guanbiao-device"
_TOKEN_SECONDS, _DEVICE_SECONDS = 12 * 3600, 180 * 86400

XSession = Annotated[
    Literal["cookie"] | None,
    Header(
        description="`cookie`: for pages. The refresh token is then kept in a cookie that no script can read, and is "
        "in no body. Programs leave it out and get the token in the body."
    ),
]


def _is_bare(request: Request) -> bool:
    """Whether there is no TLS to insist on: only on this machine itself."""
    return request.url.scheme == "http" and is_loopback(request.url.hostname or "")


def _name(request: Request, name: str) -> str:
    return name if _is_bare(request) else f"__Secure-{name}"


def check_same_site(request: Request) -> None:
    """Raise Forbidden when the browser says that another site asks.  `public_url` is the address that people use."""
    told = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    own = {f"{request.url.scheme}://{request.url.netloc}", _origin(request.app.state.settings.public_url)}
    if told not in ("same-origin", "none") or (origin is not None and origin not in own):
        raise Forbidden("cross_site")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def token_in(request: Request) -> str:
    return request.cookies.get(_name(request, _TOKEN), "")


def device_in(request: Request) -> str | None:
    return request.cookies.get(_name(request, _DEVICE))


def keep_token(request: Request, response: Response, token: str) -> None:
    _set(request, response, _TOKEN, token, _TOKEN_SECONDS)


def keep_device(request: Request, response: Response, device: str) -> None:
    _set(request, response, _DEVICE, device, _DEVICE_SECONDS)


def drop_token(request: Request, response: Response) -> None:
    _set(request, response, _TOKEN, "", 0)


def _set(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        _name(request, name),
        value,
        max_age=seconds,
        path=PATH,
        secure=not _is_bare(request),
        httponly=True,
        samesite="strict",
    )
