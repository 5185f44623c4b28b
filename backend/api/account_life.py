"""Keeping accounts: whoever joins, moves or leaves."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import col

from backend.api import examples
from backend.api.account_life_shapes import (
    AccountCreated,
    AccountDetail,
    AccountIn,
    AccountMoveIn,
    AccountPage,
    AccountReasonIn,
    CloseIn,
    InvitationOut,
    PersonName,
    State,
    handover_row,
)
from backend.api.deps import (
    DatabaseDep,
    IfMatchDep,
    LanguageDep,
    MomentDep,
    PagingDep,
    SearchedNameDep,
    SessionDep,
    json_bytes,
    needs,
)
from backend.api.errors import refusals
from backend.api.event import EventPage, event_page
from backend.api.repeat import NOT_KEPT, RepeatableRoute
from backend.db.account import Account, AccountInvitation
from backend.db.account_held import account_in, grants_held, open_invitation
from backend.db.account_view import (
    STATE,
    accounts_in,
    accounts_named,
    grants_shown,
    handovers_of,
    holds,
    says,
)
from backend.db.base import Session, utc_now
from backend.db.organization import Organization, below
from backend.db.organization_view import path_of
from backend.db.read import Order, page_of, record_of, rows_of
from backend.db.second_step import second_step_of
from backend.domain.access import Actor
from backend.domain.errors import NotFound
from backend.domain.staff.find import unchangeable
from backend.domain.staff.invitation import Invited, invite
from backend.domain.staff.life import (
    DORMANT_DAYS,
    NewAccount,
    close_account,
    create_account,
    move_account,
    resume_account,
    suspend_account,
)
from backend.domain.staff.release import PERMISSION as RELEASE
from backend.domain.staff.release import unreleasable

router = APIRouter(prefix="/accounts", tags=["account"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("account:read")]
Keeper = Annotated[Actor, needs("account:write")]
AccountId = Annotated[UUID, Path(examples=[examples.ACCOUNT])]
NewAccountId = Annotated[UUID, Path(examples=[examples.UNGRANTED_ACCOUNT])]
SuspendedId = Annotated[UUID, Path(examples=[examples.SUSPENDED_ACCOUNT])]


@router.get("", name="list", response_model=AccountPage, responses=refusals(403, 404))
async def list_(
    database: DatabaseDep,
    paging: PagingDep,
    actor: Reader,
    name: SearchedNameDep,
    state: State | None = None,
    role: Annotated[str | None, Query(max_length=48, description="Only who holds this role now.")] = None,
    organization_id: Annotated[UUID | None, Query(description="Only who works there or below.")] = None,
) -> Response:
    """The accounts of the people who work within reach, by user name."""
    reach = actor.reach("account:read")
    question = accounts_in(reach, utc_now(), DORMANT_DAYS)
    async with database.reader() as reader:
        if organization_id is not None:
            path = (await reader.execute(path_of(reach, organization_id))).scalar_one_or_none()
            if path is None:
                raise NotFound("not_found")
            question = question.where(below(path), col(Organization.id).is_not(None))
        if name is not None and name.strip():
            question = question.where(says(name.strip()))
        if state is not None:
            question = question.where(STATE.is_not_distinct_from(state))
        if role is not None:
            question = question.where(holds(role, utc_now()))
        return json_bytes(await page_of(reader, question, [Order(col(Account.username))], paging))


@router.post("", status_code=201, response_model=AccountCreated, responses=refusals(403, 404), openapi_extra=NOT_KEPT)
async def create(
    request: Request, session: SessionDep, moment: MomentDep, body: AccountIn, actor: Keeper
) -> AccountCreated:
    """Make an account for a person, and the code with which that person chooses a password; it is shown this once, and
    works when a security administrator has released it."""
    account = await create_account(session, actor, moment, NewAccount(**body.model_dump()))
    invited = await invite(session, actor, moment, account.id, account.version)
    request.state.no_store = True
    return AccountCreated(id=account.id, version=account.version, invitation=invitation_out(request, invited))


@router.get("/{id}", response_model=AccountDetail, responses=refusals(403, 404))
async def get(database: DatabaseDep, id: AccountId, actor: Reader) -> Response:
    """One account with its roles, what it handed over, and what the caller may do with it."""
    async with database.transaction() as session:
        return await shown(session, actor, id)


@router.get("/{id}/events", response_model=EventPage, responses=refusals(403, 404))
async def events(
    database: DatabaseDep, paging: PagingDep, language: LanguageDep, id: AccountId, actor: Reader
) -> Response:
    """What happened to an account, the newest first."""
    async with database.transaction() as session:
        if await account_in(session, actor.reach("account:read"), id) is None:
            raise NotFound("not_found")
    async with database.reader() as reader:
        return await event_page(reader, "account", id, language, paging)


@router.post(
    "/{id}/invitation",
    response_model=InvitationOut,
    responses=refusals(403, 404, 409, 412, 428),
    openapi_extra=NOT_KEPT,
)
async def invite_again(
    request: Request, session: SessionDep, moment: MomentDep, id: NewAccountId, version: IfMatchDep, actor: Keeper
) -> InvitationOut:
    """Make a new code; older ones stop working. It takes effect when a security administrator has released it."""
    request.state.no_store = True
    return invitation_out(request, await invite(session, actor, moment, id, version))


@router.post("/{id}/suspension", response_model=AccountDetail, responses=refusals(403, 404, 409, 412, 428))
async def suspend(
    session: SessionDep, moment: MomentDep, id: AccountId, body: AccountReasonIn, version: IfMatchDep, actor: Keeper
) -> Response:
    """Let nobody sign in to the account until it is resumed; every session ends within a second."""
    await suspend_account(session, actor, moment, id, version, body.reason)
    return await shown(session, actor, id)


@router.post("/{id}/resumption", response_model=AccountDetail, responses=refusals(403, 404, 409, 412, 428))
async def resume(
    session: SessionDep, moment: MomentDep, id: SuspendedId, body: AccountReasonIn, version: IfMatchDep, actor: Keeper
) -> Response:
    """Let the person of a suspended account sign in again."""
    await resume_account(session, actor, moment, id, version, body.reason)
    return await shown(session, actor, id)


@router.post("/{id}/move", response_model=AccountDetail, responses=refusals(403, 404, 409, 412, 428))
async def move(
    session: SessionDep, moment: MomentDep, id: AccountId, body: AccountMoveIn, version: IfMatchDep, actor: Keeper
) -> Response:
    """Let the person work at another organisation; roles that do not fit there end."""
    await move_account(session, actor, moment, id, version, body.organization_id, body.reason)
    return await shown(session, actor, id)


@router.post("/{id}/closing", response_model=AccountDetail, responses=refusals(403, 404, 409, 412, 428))
async def close(
    session: SessionDep, moment: MomentDep, id: NewAccountId, body: CloseIn, version: IfMatchDep, actor: Keeper
) -> Response:
    """End everything that the account may do, for good; what its person did stays readable."""
    await close_account(session, actor, moment, id, version, body.reason, leave_work=body.leave_work)
    return await shown(session, actor, id)


def invitation_out(request: Request, invited: Invited) -> InvitationOut:
    """A code in words; the link carries it behind a `#`, which browsers send to nobody."""
    account, settings = invited.account, request.app.state.settings
    # Where nobody said how the pages are reached, it is as whoever asks for the code reaches them.
    pages = settings.public_url if settings.is_address_known else f"{request.url.scheme}://{request.url.netloc}"
    return InvitationOut(
        account=PersonName(id=account.id, name=account.name),
        username=account.username,
        code=invited.code,
        link=f"{pages}/invitation#{invited.code}",
        expires_at=invited.expires_at,
    )


async def shown(session: Session, actor: Actor, id: UUID) -> Response:
    """Answer with the account as it is now, or NotFound when it is (or has come to be) out of the caller's sight."""
    await session.flush()
    now = utc_now()
    reach = actor.reach("account:read")
    connection = await session.connection()
    body = await record_of(connection, accounts_in(reach, now, DORMANT_DAYS).where(col(Account.id) == id))
    found = await account_in(session, reach, id)
    if body is None or found is None:
        raise NotFound("not_found")
    account, organization = found
    record: dict[str, Any] = json.loads(body)
    invitation = await open_invitation(session, id, now)
    record |= {
        "member_id": str(account.member_id) if account.member_id else None,
        "created_at": account.created_at.isoformat(),
        "activated_at": account.activated_at.isoformat() if account.activated_at else None,
        "invited_until": invitation.expires_at.isoformat() if invitation else None,
        "invitation_released": invitation is not None and invitation.released_at is not None,
        "grants": [json.loads(row) for row in await rows_of(connection, grants_shown(id, now))],
        "handovers": await _handovers(session, id),
        "can": await _deeds(session, actor, account, organization, invitation),
    }
    return json_bytes(json.dumps(record, ensure_ascii=False).encode(), version=account.version)


async def _handovers(session: Session, id: UUID) -> list[dict[str, Any]]:
    found = await handovers_of(session, id)
    names = await accounts_named(session, {key for one in found for key in (one.from_id, one.to_id)})
    return [handover_row(one, names) for one in found]


async def _deeds(
    session: Session,
    actor: Actor,
    account: Account,
    organization: Organization | None,
    invitation: AccountInvitation | None,
) -> list[str]:
    """What the caller may do with the account as it stands."""
    path = organization.path if organization else ""
    if account.closed_at is not None:
        return []
    held = await grants_held(session, [account.id], utc_now())
    deeds = []
    if unchangeable(actor, "account:write", account, path, held) is None:
        if account.suspended_at is not None:
            deeds += ["resume"]
        elif account.activated_at is None:
            deeds += ["invite", "suspend"]
        else:
            deeds += ["suspend", *(["recover"] if actor.may("account:recover", path) else [])]
        deeds += ["move", "hand_over", "close"]
    if account.id not in actor.people:
        deeds += ["grant"] if actor.reach("grant:write") else []
        deeds += ["end_sessions"] if actor.may("session:end", path) else []
    if unchangeable(actor, "second_step:reset", account, path, held) is None:
        deeds += ["reset_second_step"] if await second_step_of(session, account.id) is not None else []
    may_release = account.suspended_at is None and unreleasable(actor, invitation) is None
    if may_release and unchangeable(actor, RELEASE, account, path, held) is None:
        deeds += ["release"]
    return deeds
