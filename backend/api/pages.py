"""The pages that people see: the desk, the phone pages and the API's own handbook."""

import mimetypes
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Scope

from backend.api.headers import PAGE_POLICY

docs = APIRouter(include_in_schema=False, tags=["docs"])

_DOCS = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Guanbiao API</title><link rel="stylesheet" href="/swagger/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/swagger/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body></html>
"""

_DOCS_START = """window.ui = SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  docExpansion: "none",
  filter: true,
});
"""


@docs.get("/api/docs")
async def swagger() -> HTMLResponse:
    return HTMLResponse(_DOCS, headers={"content-security-policy": PAGE_POLICY})


@docs.get("/api/docs/start.js")
async def swagger_start() -> Response:
    return Response(_DOCS_START, media_type="text/javascript")


class PageRoute(Route):
    """Every address but the API's: there, what does not exist is 404 for every method."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and scope["path"].startswith(("/api/", "/.well-known/")):
            return Match.NONE, {}
        return super().matches(scope)


# The phone's entry answers for everything below its own address, the desk's for the rest.
_PHONE = "m"
_HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "vary": "accept-encoding",
}
# Built files carry a hash of their content in their name; everything else may change under the same name.
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


def _entry(path: str) -> str:
    return "m.html" if path.split("/")[0] == _PHONE else "index.html"


def _file(request: Request, found: Path, cache: str) -> FileResponse:
    """The file, or its squeezed twin when the build left one and the browser takes it."""
    headers = _HEADERS | {"cache-control": cache}
    kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    squeezed = found.with_name(f"{found.name}.gz")
    if "gzip" in request.headers.get("accept-encoding", "") and squeezed.is_file():
        return FileResponse(squeezed, media_type=kind, headers=headers | {"content-encoding": "gzip"})
    return FileResponse(found, media_type=kind, headers=headers)


def mount(app: FastAPI, folder: Path) -> None:
    """Serve the built pages; an address that is no file is for the page's own router, so it gets the page."""
    known = folder.resolve()

    async def page(request: Request) -> Response:
        path = request.path_params["path"]
        if "\x00" in path:
            raise HTTPException(404)
        wanted = (known / path).resolve()
        if wanted.is_file() and wanted.is_relative_to(known):
            return _file(request, wanted, _FOREVER if wanted.parent == known / "assets" else _ASK_AGAIN)
        if path.startswith("assets/"):
            raise HTTPException(404)
        entry = known / _entry(path)
        if not entry.is_file():
            return HTMLResponse("<!doctype html><title>Guanbiao</title><p>make frontend", 503)
        return _file(request, entry, _ASK_AGAIN)

    app.router.routes.append(PageRoute("/{path:path}", page, methods=["GET", "HEAD"], include_in_schema=False))
