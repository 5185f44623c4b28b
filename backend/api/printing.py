"""How papers are sent: set beside the event loop, offered under a name, and kept by nobody on the way."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from fastapi import Response

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# Setting a page takes half a second of a core: two at once, so that others are still served.
_printing = asyncio.Semaphore(2)


def as_file(media_type: str) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that answers with a file."""
    return {200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}}


async def printed(make: Callable[[], bytes], media_type: str, name: str) -> Response:
    """What `make` draws, as a file called `name`."""
    async with _printing:
        body = await asyncio.to_thread(make)
    return Response(
        body,
        media_type=media_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        },
    )
