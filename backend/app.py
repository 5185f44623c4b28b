"""The application: wiring only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from backend.api import (
    account,
    attachment,
    contract,
    decision,
    decision_opinion,
    decision_paper,
    demo,
    errors,
    health,
    ledger,
    member,
    organization,
    pages,
    procedure,
)
from backend.api.limits import BodyLimit
from backend.api.token import TokenIssuer
from backend.db.embedded import EmbeddedPostgres
from backend.db.engine import migrate, open_database
from backend.domain.crypto import load_cipher
from backend.keys import load_or_create, random_token
from backend.logs import RequestLog
from backend.settings import Settings

API = "/api/v1"

ROUTERS = (
    account.router,
    organization.router,
    member.router,
    procedure.router,
    decision.router,
    decision_opinion.router,
    decision_paper.router,
    ledger.router,
    attachment.router,
)


def _operation_id(route: APIRoute) -> str:
    """`tag_verb`; a trailing underscore keeps a function such as `list_` from hiding a builtin."""
    return f"{route.tags[0]}_{route.name.rstrip('_')}"


def create_app(settings: Settings, *, dsn: str | None = None) -> FastAPI:
    """Wire one API process.

    `dsn` is the database that the caller has already started and migrated; without it the process starts the
    embedded one, or uses `settings.database_url`, and migrates it itself.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        embedded = None
        address = dsn or settings.database_url
        if address is None:
            embedded = EmbeddedPostgres(settings.data)
            address = await asyncio.to_thread(embedded.start)
        try:
            if dsn is None:
                await migrate(address)
            app.state.database = open_database(
                address, pgbouncer=settings.db_pgbouncer, pool_size=settings.db_pool_size
            )
            yield
            await app.state.database.close()
        finally:
            if embedded is not None:
                await asyncio.to_thread(embedded.stop)

    app = FastAPI(
        title="Guanbiao 贯标",
        version="1.0.0",
        description="The API of a county that runs its organisation's work by procedure.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=_operation_id,
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    app.state.tokens = TokenIssuer(settings.data)
    app.state.cipher = load_cipher(settings.data)
    app.state.cursor_key = load_or_create(settings.data / "cursor.key", random_token)
    errors.install(app)
    api = APIRouter(prefix=API)
    for router in ROUTERS:
        api.include_router(router)
    if settings.demo:
        api.include_router(demo.router)
    app.include_router(api)
    app.include_router(account.well_known)
    app.include_router(health.router)
    app.include_router(pages.docs)
    contract.install(app)
    pages.mount(app, settings.frontend)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestLog)
    return app
