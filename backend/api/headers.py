"""What every answer tells the browser: run nothing that is not ours, show us in no frame, come back by TLS only."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.settings import is_loopback

# Nothing from elsewhere and nothing inside the page, styles neither: what a page reckons (a width, a height) it sets on
# the element itself, which no policy has to allow.
PAGE_POLICY = (
    "default-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
# An answer of the API is no page: whoever opens one in a window sees text, whatever it holds.
ANSWER_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# What somebody uploaded: in addition it is nobody's page, with an origin of its own.
INERT_POLICY = f"sandbox; {ANSWER_POLICY}"

_ALWAYS = {
    "content-security-policy": ANSWER_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_TLS = "max-age=63072000; includeSubDomains"


class SecurityHeaders:
    """Pure ASGI: gives an answer each of these headers unless it has one of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        wanted = dict(_ALWAYS)
        host = Headers(scope=scope).get("host", "")
        # On this machine there is no TLS to insist on, and a browser would remember it for every other port.
        if not is_loopback(host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host):
            wanted["strict-transport-security"] = _TLS
        if scope["path"].startswith("/api/v1/"):
            wanted["cache-control"] = "no-store"

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in wanted.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, told)
