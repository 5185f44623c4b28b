"""Being away: lending one's own roles to a colleague for a time. Everybody does so for themselves."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict, Field
from sqlmodel import col

from backend.api import examples
from backend.api.account_life_shapes import PersonName, Place, Reason
from backend.api.deps import (
    ActorDep,
    DatabaseDep,
    IfMatchDep,
    MomentDep,
    PagingDep,
    SearchedNameDep,
    SessionDep,
    json_bytes,
)
from backend.api.errors import refusals
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer, Body
from backend.db.account import Account, Delegation
from backend.db.account_held import grants_held
from backend.db.account_view import accounts_named, says
from backend.db.base import Session, utc_now
from backend.db.delegation import colleagues, delegations_shown, grants_of_delegations
from backend.db.read import Order, page_of
from backend.domain.calendar import day_of, last_day_before
from backend.domain.staff.delegation import NewDelegation, delegate, end_delegation, lendable

router = APIRouter(prefix="/me/delegations", tags=["delegation"], route_class=RepeatableRoute)


class LentRole(Answer):
    """A role at an organisation; `id` is the grant of one's own."""

    id: UUID
    role: str
    organization: Place | None


class DelegationOut(Answer):
    """Roles lent from one person to another, from the first to the last day; `state` as of today."""

    id: UUID
    from_: Annotated[PersonName, Field(alias="from")]
    to: PersonName
    mine: bool
    roles: list[LentRole]
    starts_on: date
    ends_on: date
    starts_at: datetime
    ends_at: datetime
    state: str
    reason: str
    ended_for: str | None
    version: int


class DelegationList(Answer):
    """What the caller lent and was lent, and what of the own roles may be lent."""

    items: list[DelegationOut]
    lendable: list[LentRole]


class ColleagueOut(Answer):
    id: UUID
    name: str
    organization: Place


class ColleaguePage(Answer):
    items: list[ColleagueOut]
    next_cursor: str | None


class DelegationIn(Body):
    """Without `grant_ids` every role that may be lent; both days count, and without the last one it is a week."""

    model_config = ConfigDict(json_schema_extra={"example": {"to_id": examples.DEPUTY, "reason": "外出学习"}})

    to_id: UUID
    starts_on: date | None = None
    ends_on: date | None = None
    reason: Reason
    grant_ids: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()


class EndDelegationIn(Body):
    reason: Reason


@router.get("", response_model=DelegationList, responses=refusals())
async def list_(database: DatabaseDep, actor: ActorDep) -> DelegationList:
    """What one lent and was lent, the newest first, and what of one's own may be lent."""
    async with database.transaction() as session:
        return await shown(session, actor.account_id)


@router.get("/colleagues", response_model=ColleaguePage, responses=refusals())
async def colleagues_(
    database: DatabaseDep,
    paging: PagingDep,
    actor: ActorDep,
    name: SearchedNameDep,
) -> Response:
    """Whom one may lend roles to: those who work in the same organisation or near it."""
    question = colleagues(actor.account_id)
    if name is not None and name.strip():
        question = question.where(says(name.strip()))
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, [Order(col(Account.username))], paging))


@router.post("", status_code=201, response_model=DelegationList, responses=refusals(403, 409))
async def lend(session: SessionDep, moment: MomentDep, body: DelegationIn, actor: ActorDep) -> DelegationList:
    """Lend one's own roles; the colleague then acts for oneself, and every act says so. It ends by itself."""
    await delegate(session, actor, moment, NewDelegation(**body.model_dump()))
    return await shown(session, actor.account_id)


@router.post("/{id}/end", response_model=DelegationList, responses=refusals(404, 409, 412, 428))
async def end(
    session: SessionDep,
    moment: MomentDep,
    id: Annotated[UUID, Path(examples=[examples.DELEGATION])],
    body: EndDelegationIn,
    version: IfMatchDep,
    actor: ActorDep,
) -> DelegationList:
    """Take back what one lent, or give back what one was lent."""
    await end_delegation(session, actor, moment, id, version, body.reason)
    return await shown(session, actor.account_id)


async def shown(session: Session, account_id: UUID) -> DelegationList:
    await session.flush()
    now = utc_now()
    found = await delegations_shown(session, account_id)
    names = await accounts_named(session, {key for one in found for key in (one.from_id, one.to_id)})
    lent: dict[UUID, list[LentRole]] = {}
    for delegation_id, source_id, role, organization_id, name in await grants_of_delegations(
        session, [one.id for one in found]
    ):
        lent.setdefault(delegation_id, []).append(_role(source_id, role, organization_id, name))
    own = lendable(await grants_held(session, [account_id], now))
    return DelegationList(
        items=[_delegation(one, names, lent.get(one.id, []), account_id, now) for one in found],
        lendable=[_role(one.grant.id, one.grant.role, one.grant.organization_id, one.name) for one in own],
    )


def _role(id: UUID, role: str, organization_id: UUID | None, name: str | None) -> LentRole:
    return LentRole(
        id=id, role=role, organization=Place(id=organization_id, name=name or "") if organization_id else None
    )


def _delegation(
    one: Delegation, names: dict[UUID, str], roles: list[LentRole], account_id: UUID, now: datetime
) -> DelegationOut:
    state = "over" if one.ends_at <= now else "waiting" if one.starts_at > now else "running"
    return DelegationOut(
        id=one.id,
        **{"from": PersonName(id=one.from_id, name=names[one.from_id])},
        to=PersonName(id=one.to_id, name=names[one.to_id]),
        mine=one.from_id == account_id,
        roles=roles,
        starts_on=day_of(one.starts_at),
        ends_on=last_day_before(max(one.ends_at, one.starts_at)),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        state=state,
        reason=one.reason,
        ended_for=one.ended_for,
        version=one.version,
    )
