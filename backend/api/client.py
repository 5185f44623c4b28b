"""Programs of partners that sign in by themselves: registered, given scopes, given secrets, suspended."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Path, Response
from fastapi import Body as Sent
from pydantic import ConfigDict, Field, StringConstraints
from sqlmodel import col

from backend.api import examples
from backend.api.account_life_shapes import Place, Reason
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
from backend.api.shapes import Answer, Body, OptionalText
from backend.api.shapes import Name as PlainName
from backend.db.base import Session, utc_now
from backend.db.client import SIGN_IN, Client, client_in, client_rows
from backend.db.partner import getting_on
from backend.db.read import Order, page_of, record_of
from backend.domain.access import CLIENT_SCOPES, Actor
from backend.domain.client.keeping import (
    NewClient,
    add_key,
    add_secret,
    change_client,
    confirm_secret,
    end_secret,
    give_scopes,
    register_client,
    resume_client,
    suspend_client,
)
from backend.domain.errors import NotFound
from backend.domain.event import WITHOUT_TIME

router = APIRouter(prefix="/clients", tags=["client"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("client:read")]
Keeper = Annotated[Actor, needs("client:write")]
Giver = Annotated[Actor, needs("grant:write")]
ClientKey = Annotated[UUID, Path(examples=[examples.CLIENT])]
SuspendedKey = Annotated[UUID, Path(examples=[examples.SUSPENDED_CLIENT])]
Name = Annotated[PlainName, StringConstraints(max_length=100)]
Contact = Annotated[OptionalText, StringConstraints(max_length=200)]
Networks = Annotated[
    list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=20, examples=[["10.20.0.0/16"]])
]


Use = Literal["sign_in", "private_key_jwt", "hmac-sha256", "sm2-sm3"]


class SecretRow(Answer):
    """A secret or key in use: its first characters, since when it opens anything, and until when it works.

    `use`: `sign_in` buys tokens, and so does an assertion signed with the key of a `private_key_jwt`; the others sign
    requests, and `id` is then what `X-Key-Id` says. `public_key`: the partner's own half, to be compared with the
    partner before it is confirmed.
    """

    id: UUID
    use: Use
    hint: str
    public_key: str | None
    confirmed_at: datetime | None
    created_at: datetime
    ends_at: datetime


class FeedStanding(Answer):
    """How far a client has read the change feed: when it last came with a cursor, known to ten seconds, and when the
    oldest event was written that it has not read; null at the end."""

    asked_at: datetime
    behind_since: datetime | None


class WaitingCounts(Answer):
    """Records of a client that have not come in: those with a code that nobody has mapped, and those refused."""

    unmapped: int
    refused: int


class ClientOut(Answer):
    """A client. It does what `scopes` say, at `reach` and below; `last_used_at` is known to the minute. `feed`: null
    for one that never went on with a cursor."""

    id: UUID
    client_id: str
    name: str
    contact: str | None
    organization: Place
    reach: Place
    state: Literal["active", "without_scope", "suspended", "ended"]
    suspended_for: str | None
    scopes: list[str]
    networks: list[str]
    secrets: list[SecretRow]
    ends_at: datetime
    last_used_at: datetime | None
    feed: FeedStanding | None
    waiting: WaitingCounts
    created_at: datetime
    version: int


class ClientPage(Answer):
    items: list[ClientOut]
    next_cursor: str | None


class ScopeList(Answer):
    """What a client may carry at the most."""

    items: list[str]


class ClientIn(Body):
    """A program: `organization_id` answers for it, `reach_id` is what it reaches, `ends_on` its last day."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "organization_id": examples.COUNTY,
                "reach_id": examples.TOWNSHIP,
                "client_id": "grid-platform",
                "name": "网格治理平台",
                "contact": "县委政法委",
                "networks": ["10.20.0.0/16"],
                "ends_on": "2027-06-30",
            }
        }
    )

    organization_id: UUID
    reach_id: UUID
    client_id: Annotated[str, Field(max_length=64)]
    name: Name
    contact: Contact = ""
    networks: Networks = Field(default_factory=list)
    ends_on: date


class ClientPatch(Body):
    """What changes."""

    model_config = ConfigDict(json_schema_extra={"example": {"networks": ["10.20.8.0/24"]}})

    name: Name | None = None
    contact: Contact | None = None
    networks: Networks | None = None
    ends_on: date | None = None


class ScopesIn(Body):
    model_config = ConfigDict(
        json_schema_extra={"example": {"scopes": ["rectification:read", "decision:read"], "reason": "数据共享协议"}}
    )

    scopes: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=40)]
    reason: Reason


class ClientReasonIn(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"reason": "对接方更换系统"}})

    reason: Reason


class SecretEnd(Body):
    model_config = ConfigDict(
        json_schema_extra={"example": {"secret_id": examples.CLIENT_SECRET, "reason": "对接方更换密钥"}}
    )

    secret_id: UUID
    reason: Reason


class SecretIn(Body):
    """What a secret is for. Without a body it buys tokens. A key is a shared one (`hmac-sha256`, for requests), or the
    partner's own, of which only the public half is told (`private_key_jwt`, for tokens: EC on P-256 in PEM; `sm2-sm3`,
    for requests: the point in hex)."""

    model_config = ConfigDict(json_schema_extra={"example": {"use": "hmac-sha256"}})

    use: Use = SIGN_IN
    public_key: Annotated[str, Field(max_length=2000)] | None = None


class SecretOut(Answer):
    """A new secret, told this once: for tokens, or 64 hexadecimal digits of the 32 bytes by which requests are signed;
    null when the partner holds the key."""

    id: UUID
    use: Use
    client_id: str
    client_secret: str | None
    ends_at: datetime
    version: int


def _rows(actor: Actor) -> sa.Select[Any]:
    return client_rows(actor.reach("client:read"), utc_now(), getting_on(but=WITHOUT_TIME))


async def _shown(session: Session, actor: Actor, id: UUID, status: int = 200) -> Response:
    await session.flush()
    question = client_rows(actor.reach("client:read"), utc_now(), getting_on(but=WITHOUT_TIME)).where(
        col(Client.id) == id
    )
    body = await record_of(await session.connection(), question)
    if body is None:
        raise NotFound("not_found")
    version = (await session.get_one(Client, id)).version
    response = json_bytes(body, version=version)
    response.status_code = status
    return response


@router.get("", name="list", response_model=ClientPage, responses=refusals(403))
async def list_(database: DatabaseDep, paging: PagingDep, actor: Reader) -> Response:
    """The clients of organisations within reach, the newest first."""
    question = _rows(actor)
    order = [Order(col(Client.created_at), descending=True), Order(col(Client.id), descending=True)]
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, order, paging))


@router.get("/scopes", response_model=ScopeList, responses=refusals(403))
async def scopes(actor: Reader) -> ScopeList:
    """The scopes that there are for clients."""
    del actor
    return ScopeList(items=sorted(CLIENT_SCOPES))


@router.post("", status_code=201, response_model=ClientOut, responses=refusals(403, 404, 409))
async def register(session: SessionDep, moment: MomentDep, body: ClientIn, actor: Keeper) -> Response:
    """Register a client; somebody else gives it its scopes."""
    client = await register_client(session, actor, moment, NewClient(**body.model_dump()))
    return await _shown(session, actor, client.id, 201)


@router.get("/{id}", response_model=ClientOut, responses=refusals(403, 404))
async def get(database: DatabaseDep, id: ClientKey, actor: Reader) -> Response:
    """One client."""
    async with database.transaction() as session:
        return await _shown(session, actor, id)


@router.get("/{id}/events", response_model=EventPage, responses=refusals(403, 404))
async def events(
    database: DatabaseDep, paging: PagingDep, language: LanguageDep, id: ClientKey, actor: Reader
) -> Response:
    """What happened to a client and when it signed in, the newest first."""
    async with database.transaction() as session:
        if await client_in(session, actor.reach("client:read"), id) is None:
            raise NotFound("not_found")
    async with database.reader() as reader:
        return await event_page(reader, "client", id, language, paging)


@router.patch("/{id}", response_model=ClientOut, responses=refusals(403, 404, 412, 428))
async def change(
    session: SessionDep, moment: MomentDep, id: ClientKey, body: ClientPatch, version: IfMatchDep, actor: Keeper
) -> Response:
    """Change what a client is called, where it may come from or how long it lasts."""
    changes = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    await change_client(session, actor, moment, id, version, changes)
    return await _shown(session, actor, id)


@router.put("/{id}/scopes", response_model=ClientOut, responses=refusals(403, 404, 412, 428))
async def set_scopes(
    session: SessionDep, moment: MomentDep, id: ClientKey, body: ScopesIn, version: IfMatchDep, actor: Giver
) -> Response:
    """Say what a client may do from now on: the security administrator's word; none means nothing."""
    await give_scopes(session, actor, moment, id, version, body.scopes, body.reason)
    return await _shown(session, actor, id)


@router.post(
    "/{id}/secrets",
    status_code=201,
    response_model=SecretOut,
    responses=refusals(403, 404, 409, 412, 428),
    openapi_extra=NOT_KEPT,
)
async def make_secret(
    session: SessionDep,
    moment: MomentDep,
    cipher: CipherDep,
    response: Response,
    id: ClientKey,
    version: IfMatchDep,
    actor: Keeper,
    body: Annotated[SecretIn | None, Sent(examples=[{"use": "hmac-sha256"}])] = None,
) -> SecretOut:
    """Make a secret, or take a key for assertions or signed requests. Two of each may live at one time, so that a
    client changes over without a gap; none opens anything before another administrator has confirmed it. Once a key
    for requests is confirmed, every request of the client has to be signed."""
    secret: str | None
    if body is None or body.use == SIGN_IN:
        client, kept, secret = await add_secret(session, actor, moment, id, version)
    else:
        client, kept, secret = await add_key(session, actor, moment, cipher, id, version, body.use, body.public_key)
    response.headers["cache-control"] = "no-store"
    return SecretOut(
        id=kept.id,
        use=body.use if body else SIGN_IN,
        client_id=client.client_id,
        client_secret=secret,
        ends_at=kept.ends_at,
        version=client.version,
    )


@router.post("/{id}/secrets/confirmation", response_model=ClientOut, responses=refusals(403, 404, 409, 412, 428))
async def confirm_one_secret(
    session: SessionDep, moment: MomentDep, id: ClientKey, body: SecretEnd, version: IfMatchDep, actor: Giver
) -> Response:
    """Say that a secret is the partner's: the security administrator's word, without which it opens nothing."""
    await confirm_secret(session, actor, moment, id, body.secret_id, version, body.reason)
    return await _shown(session, actor, id)


@router.post("/{id}/secrets/end", response_model=ClientOut, responses=refusals(403, 404, 409, 412, 428))
async def end_one_secret(
    session: SessionDep,
    moment: MomentDep,
    id: ClientKey,
    body: SecretEnd,
    version: IfMatchDep,
    actor: Keeper,
) -> Response:
    """End a secret; every token of the client ends with it."""
    await end_secret(session, actor, moment, id, body.secret_id, version, body.reason)
    return await _shown(session, actor, id)


@router.post("/{id}/suspension", response_model=ClientOut, responses=refusals(403, 404, 409, 412, 428))
async def suspend(
    session: SessionDep, moment: MomentDep, id: ClientKey, body: ClientReasonIn, version: IfMatchDep, actor: Keeper
) -> Response:
    """Refuse a client; every process does within a second."""
    await suspend_client(session, actor, moment, id, version, body.reason)
    return await _shown(session, actor, id)


@router.post("/{id}/resumption", response_model=ClientOut, responses=refusals(403, 404, 409, 412, 428))
async def resume(
    session: SessionDep, moment: MomentDep, id: SuspendedKey, body: ClientReasonIn, version: IfMatchDep, actor: Keeper
) -> Response:
    """Let a suspended client in again."""
    await resume_client(session, actor, moment, id, version, body.reason)
    return await _shown(session, actor, id)
