"""The application: wiring only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from backend.api import (
    account,
    account_life,
    account_lost,
    attachment,
    audit,
    change,
    change_stream,
    client,
    contract,
    credential,
    decision,
    decision_opinion,
    decision_paper,
    delegation,
    demo,
    errors,
    feedback,
    feedback_box,
    feedback_channel,
    feedback_paper,
    feedback_public,
    feedback_sealed,
    feedback_work,
    figure,
    grant,
    handover,
    health,
    invitation,
    ledger,
    mapping,
    mapping_queue,
    member,
    member_correction,
    notice,
    organization,
    own_data,
    pages,
    personal_data,
    problem,
    procedure,
    public,
    reconciliation,
    rectification,
    rectification_paper,
    rectification_relook,
    rectification_work,
    seeing,
    session,
    sign_in,
    snapshot,
    source,
    webhook,
    webhook_contract,
)
from backend.api.address import NoNumbersInAddress
from backend.api.change_hub import ChangeHub
from backend.api.headers import SecurityHeaders
from backend.api.limits import BodyLimit
from backend.api.signed import BodyDigest
from backend.api.token import TokenIssuer
from backend.db.embedded import EmbeddedPostgres
from backend.db.engine import migrate, open_database
from backend.db.roles import Addresses
from backend.domain.breached import Breached
from backend.domain.feedback.tracking import load_tracking
from backend.domain.feedback.vault import Vault
from backend.domain.keys import load_cipher
from backend.domain.password import Passwords
from backend.domain.sign_in_key import load_sign_in_key
from backend.domain.sign_in_rule import SignInRules
from backend.domain.storage import Storage
from backend.domain.webhook.target import TargetRules
from backend.keys import load_or_create, random_token
from backend.logs import RequestLog
from backend.settings import Settings, split

API = "/api/v1"

ROUTERS = (
    sign_in.router,
    account.router,
    credential.router,
    session.router,
    account_life.router,
    account_lost.router,
    invitation.router,
    grant.router,
    delegation.router,
    handover.router,
    client.router,
    webhook.router,
    mapping.router,
    mapping_queue.router,
    change.router,
    change_stream.router,
    reconciliation.router,
    snapshot.router,
    organization.router,
    member.router,
    member_correction.router,
    own_data.router,
    procedure.router,
    decision.router,
    decision_opinion.router,
    decision_paper.router,
    ledger.router,
    attachment.router,
    # Fixed words below a resource come before its /{id}.
    *source.ROUTERS,
    feedback_public.router,
    feedback_work.router,
    feedback.router,
    feedback_channel.router,
    feedback_box.router,
    feedback_paper.router,
    feedback_sealed.router,
    figure.router,
    notice.router,
    audit.router,
    public.router,
    problem.router,
    personal_data.router,
    rectification_relook.router,
    rectification_paper.router,
    rectification.router,
    rectification_work.router,
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
        address = dsn
        try:
            if address is None:
                if settings.database_url:
                    addresses = Addresses(settings.migration_url or settings.database_url, settings.database_url)
                else:
                    embedded = EmbeddedPostgres(settings.data)
                    addresses = await asyncio.to_thread(embedded.start)
                await migrate(addresses)
                address = addresses.application
            app.state.database = open_database(
                address, pgbouncer=settings.db_pgbouncer, pool_size=settings.db_pool_size
            )
            app.state.change_hub = ChangeHub.of(app.state.database)
            yield
            await app.state.change_hub.close()
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
        # The framework would write its megabyte anew for everybody who asks: see api/contract.py.
        openapi_url=None,
        generate_unique_id_function=_operation_id,
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    app.state.tokens = TokenIssuer(settings.data)
    app.state.cipher = load_cipher(settings.data, settings.field_cipher)
    app.state.storage = Storage(settings.attachments, app.state.cipher)
    app.state.vault = Vault(app.state.cipher, load_tracking(settings.data), settings.photos)
    app.state.cursor_key = load_or_create(settings.data / "cursor.key", random_token)
    app.state.sign_in_key = load_sign_in_key(settings.data)
    app.state.sign_in_rules = SignInRules(
        settings.asks_second_step,
        timedelta(days=settings.administrator_password_days) or None,
        timedelta(days=settings.password_days) or None,
        split(settings.administrator_networks),
    )
    app.state.target_rules = TargetRules.of(split(settings.webhook_networks), http=settings.webhook_http)
    app.state.passwords = Passwords(
        app.state.cipher, Breached(settings.breached_passwords) if settings.breached_passwords else None
    )
    app.state.throttles = {}
    app.state.refusals_told = {}
    app.state.sees = seeing.sees
    app.state.sign_in_lanes = sign_in.SignInLanes()
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
    app.webhooks.include_router(webhook_contract.receiver)
    contract.install(app)
    pages.mount(app, settings.frontend)
    app.add_middleware(BodyDigest)
    app.add_middleware(BodyLimit)
    app.add_middleware(NoNumbersInAddress)
    app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders)
    return app
