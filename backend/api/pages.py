"""The pages that people see: the desk, the phone pages and the API's own handbook."""

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

docs = APIRouter(include_in_schema=False, tags=["docs"])

# No script from elsewhere and none inside the page; styles may be inline because the component kits set them.
PAGE_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)

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


def mount(app: FastAPI, folder: Path) -> None:
    """Serve the built pages; an address that is no file is for the page's own router, so it gets the page."""
    assets = folder / "assets"
    if assets.is_dir():
        app.mount("/assets", StaticFiles(directory=assets), name="assets")
    known = folder.resolve()

    async def page(request: Request) -> Response:
        path = request.path_params["path"]
        if "\x00" in path:
            raise HTTPException(404)
        wanted = (known / path).resolve()
        found = wanted if wanted.is_file() and wanted.is_relative_to(known) else known / "index.html"
        if not found.is_file():
            return HTMLResponse("<!doctype html><title>Guanbiao</title><p>make frontend", 503)
        headers = {
            "content-security-policy": PAGE_POLICY,
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
        }
        if found.name == "index.html":
            headers["cache-control"] = "no-cache"
        return FileResponse(found, headers=headers)

    app.router.routes.append(PageRoute("/{path:path}", page, methods=["GET", "HEAD"], include_in_schema=False))
