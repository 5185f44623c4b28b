"""Bodies that are too large are refused before they are read."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.errors import problem

JSON_LIMIT = 1024 * 1024
BATCH_LIMIT = 4 * 1024 * 1024
UPLOAD_LIMIT = 64 * 1024 * 1024


class BodyLimit:
    """Pure ASGI: 1 MiB for a body, 4 MiB for a batch of records, 64 MiB for a multipart upload.

    They are counted as they arrive and not only as declared.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        multipart = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        limit = BATCH_LIMIT if scope["path"].endswith("/batches") else JSON_LIMIT
        limit = UPLOAD_LIMIT if multipart else limit
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > limit:
            await problem(Request(scope), 413, "too_large", params=_said(limit))(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                # The framework lets this one kind of exception pass while it reads a body.
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


def _said(limit: int) -> dict[str, str]:
    return {"limit": f"{limit // 1024 // 1024} MiB"}
