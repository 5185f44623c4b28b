"""Webhooks of partners' programs: set up, confirmed, paused, closed; their messages and how they arrived."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlmodel import col

from backend.api import examples
from backend.api.client import ClientReasonIn
from backend.api.deps import (
    CipherDep,
    DatabaseDep,
    IfMatchDep,
    LanguageDep,
    MomentDep,
    PagingDep,
    SessionDep,
    json_bytes,
    needs,
)
from backend.api.errors import refusals
from backend.api.event import EventPage, event_page
from backend.api.repeat import NOT_KEPT, RepeatableRoute
from backend.api.webhook_shapes import (
    ConfirmationIn,
    DeliveryPage,
    Outcome,
    Redelivered,
    RedeliveriesIn,
    RedeliveryIn,
    TypeList,
    WebhookIn,
    WebhookOut,
    WebhookPage,
    WebhookPatch,
    WebhookSecretIn,
    WebhookSecretOut,
)
from backend.db.base import Session, utc_now
from backend.db.read import Order, page_of, record_of
from backend.db.webhook import Webhook, behind_since, webhook_in, webhook_rows
from backend.db.webhook_delivery import DeliveryState, WebhookDelivery, delivery_counts, delivery_rows
from backend.domain.access import Actor
from backend.domain.change import RESOURCES
from backend.domain.errors import NotFound
from backend.domain.event import SENSITIVE_READS, WITHOUT_TIME
from backend.domain.webhook.keeping import (
    NewWebhook,
    change_webhook,
    close_webhook,
    confirm_webhook,
    pause_webhook,
    register_webhook,
    renew_secret,
    resume_webhook,
)
from backend.domain.webhook.redelivery import redeliver_one, redeliver_range
from backend.domain.webhook.rule import TYPES
from backend.domain.webhook.target import TargetRules

router = APIRouter(prefix="/webhooks", tags=["webhook"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("client:read")]
Keeper = Annotated[Actor, needs("client:write")]
Giver = Annotated[Actor, needs("grant:write")]
WebhookKey = Annotated[UUID, Path(examples=[examples.WEBHOOK])]
UnconfirmedKey = Annotated[UUID, Path(examples=[examples.UNCONFIRMED_WEBHOOK])]
PausedKey = Annotated[UUID, Path(examples=[examples.PAUSED_WEBHOOK])]


async def target_rules(request: Request) -> TargetRules:
    """What the operator lets webhooks lead to."""
    found: TargetRules = request.app.state.target_rules
    return found


RulesDep = Annotated[TargetRules, Depends(target_rules)]


def _lag() -> list[Any]:
    """How far behind a subscription is: its messages, and what it has not made messages of yet."""
    kinds = {resource.name: resource.subject_kind for resource in RESOURCES}
    return [*delivery_counts(), behind_since(kinds, but=WITHOUT_TIME | SENSITIVE_READS)]


async def _shown(session: Session, actor: Actor, id: UUID) -> Response:
    await session.flush()
    question = webhook_rows(actor.reach("client:read"), _lag(), utc_now()).where(col(Webhook.id) == id)
    body = await record_of(await session.connection(), question)
    if body is None:
        raise NotFound("not_found")
    return json_bytes(body, version=(await session.get_one(Webhook, id)).version)


@router.get("", name="list", response_model=WebhookPage, responses=refusals(403))
async def list_(
    database: DatabaseDep,
    paging: PagingDep,
    actor: Reader,
    client_id: Annotated[UUID | None, Query(description="Only those of this client.")] = None,
) -> Response:
    """The webhooks of clients within reach, the newest first, with how each goes."""
    question = webhook_rows(actor.reach("client:read"), _lag(), utc_now())
    if client_id is not None:
        question = question.where(col(Webhook.client_key) == client_id)
    order = [Order(col(Webhook.created_at), descending=True), Order(col(Webhook.id), descending=True)]
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, order, paging))


@router.get("/types", response_model=TypeList, responses=refusals(403))
async def types(actor: Reader) -> TypeList:
    """What there is to subscribe to."""
    del actor
    return TypeList(resources={name: list(words) for name, words in TYPES.items()})


@router.post(
    "", status_code=201, response_model=WebhookSecretOut, responses=refusals(403, 404, 409), openapi_extra=NOT_KEPT
)
async def register(
    session: SessionDep,
    moment: MomentDep,
    cipher: CipherDep,
    rules: RulesDep,
    response: Response,
    body: WebhookIn,
    actor: Keeper,
) -> WebhookSecretOut:
    """Set up a webhook of a client, and be told its secret this once; somebody else confirms where it leads."""
    new = NewWebhook(client_id=body.client_id, url=body.url, resources=body.resources, types=body.types)
    webhook, secret = await register_webhook(session, actor, moment, cipher, rules, new)
    response.headers["cache-control"] = "no-store"
    return WebhookSecretOut(id=webhook.id, secret=secret, version=webhook.version)


@router.get("/{id}", response_model=WebhookOut, responses=refusals(403, 404))
async def get(database: DatabaseDep, id: WebhookKey, actor: Reader) -> Response:
    """One webhook, and how it goes."""
    async with database.transaction() as session:
        return await _shown(session, actor, id)


@router.get("/{id}/events", response_model=EventPage, responses=refusals(403, 404))
async def events(
    database: DatabaseDep, paging: PagingDep, language: LanguageDep, id: WebhookKey, actor: Reader
) -> Response:
    """What was done to a webhook, the newest first."""
    await _must_see(database, actor, id)
    async with database.reader() as reader:
        return await event_page(reader, "webhook", id, language, paging)


async def _must_see(database: DatabaseDep, actor: Actor, id: UUID) -> None:
    async with database.transaction() as session:
        if await webhook_in(session, actor.reach("client:read"), id) is None:
            raise NotFound("not_found")


@router.patch("/{id}", response_model=WebhookOut, responses=refusals(403, 404, 409, 412, 428))
async def change(
    session: SessionDep,
    moment: MomentDep,
    rules: RulesDep,
    id: WebhookKey,
    body: WebhookPatch,
    version: IfMatchDep,
    actor: Keeper,
) -> Response:
    """Change where a webhook leads, or what it is told; another address is confirmed anew by somebody else."""
    changes = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    await change_webhook(session, actor, moment, rules, id, version, changes)
    return await _shown(session, actor, id)


@router.post("/{id}/confirmation", response_model=WebhookOut, responses=refusals(403, 404, 409, 412, 428))
async def confirm(
    session: SessionDep, moment: MomentDep, id: UnconfirmedKey, body: ConfirmationIn, version: IfMatchDep, actor: Giver
) -> Response:
    """Say that the address is the partner's: the security administrator's word, without which nothing is sent."""
    await confirm_webhook(session, actor, moment, id, version, body.url, body.reason)
    return await _shown(session, actor, id)


@router.post("/{id}/pause", response_model=WebhookOut, responses=refusals(403, 404, 409, 412, 428))
async def pause(
    session: SessionDep, moment: MomentDep, id: WebhookKey, body: ClientReasonIn, version: IfMatchDep, actor: Keeper
) -> Response:
    """Send nothing for now; whatever happens meanwhile is sent after the resumption."""
    await pause_webhook(session, actor, moment, id, version, body.reason)
    return await _shown(session, actor, id)


@router.post("/{id}/resumption", response_model=WebhookOut, responses=refusals(403, 404, 409, 412, 428))
async def resume(
    session: SessionDep, moment: MomentDep, id: PausedKey, body: ClientReasonIn, version: IfMatchDep, actor: Keeper
) -> Response:
    """Send again, from where it was paused."""
    await resume_webhook(session, actor, moment, id, version, body.reason)
    return await _shown(session, actor, id)


@router.post("/{id}/closing", response_model=WebhookOut, responses=refusals(403, 404, 409, 412, 428))
async def close(
    session: SessionDep, moment: MomentDep, id: WebhookKey, body: ClientReasonIn, version: IfMatchDep, actor: Keeper
) -> Response:
    """End a webhook for good."""
    await close_webhook(session, actor, moment, id, version, body.reason)
    return await _shown(session, actor, id)


@router.post(
    "/{id}/secrets",
    status_code=201,
    response_model=WebhookSecretOut,
    responses=refusals(403, 404, 409, 412, 428),
    openapi_extra=NOT_KEPT,
)
async def make_secret(
    session: SessionDep,
    moment: MomentDep,
    cipher: CipherDep,
    response: Response,
    id: WebhookKey,
    body: WebhookSecretIn,
    version: IfMatchDep,
    actor: Keeper,
) -> WebhookSecretOut:
    """Make another signing secret; for some time messages bear two signatures, so that nothing is missed."""
    overlap = timedelta(hours=body.overlap_hours)
    webhook, secret = await renew_secret(session, actor, moment, cipher, id, version, overlap, body.reason)
    response.headers["cache-control"] = "no-store"
    return WebhookSecretOut(id=webhook.id, secret=secret, version=webhook.version)


@router.get("/{id}/deliveries", response_model=DeliveryPage, responses=refusals(403, 404))
async def deliveries(
    database: DatabaseDep,
    paging: PagingDep,
    id: WebhookKey,
    actor: Reader,
    state: Annotated[Outcome | None, Query(description="Only those that wait, arrived, are dead or void.")] = None,
) -> Response:
    """The messages of a webhook, the newest first."""
    await _must_see(database, actor, id)
    question = delivery_rows(id, None if state is None else DeliveryState(state))
    async with database.reader() as reader:
        order = [Order(col(WebhookDelivery.place), descending=True)]
        return json_bytes(await page_of(reader, question, order, paging))


@router.post("/{id}/redelivery", response_model=Redelivered, responses=refusals(403, 404, 409))
async def redeliver(
    session: SessionDep, moment: MomentDep, id: WebhookKey, body: RedeliveryIn, actor: Keeper
) -> Redelivered:
    """Send one message again, under the same id."""
    return Redelivered(count=await redeliver_one(session, actor, moment, id, body.delivery_id))


@router.post("/{id}/redeliveries", response_model=Redelivered, responses=refusals(403, 404, 409))
async def redeliver_some(
    session: SessionDep, moment: MomentDep, id: WebhookKey, body: RedeliveriesIn, actor: Keeper
) -> Redelivered:
    """Send again what happened between two moments, the oldest first, 10,000 messages at once at the most."""
    states = [DeliveryState(each) for each in body.states]
    count = await redeliver_range(session, actor, moment, id, body.since, body.until, states)
    return Redelivered(count=count)
