"""A person's open work: reading it as a package, and handing it over."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field

from backend.api import examples
from backend.api.account_life_shapes import HandoverRow, PersonName, Reason, handover_row
from backend.api.deps import ActorDep, DatabaseDep, IfMatchDep, LanguageDep, MomentDep, SessionDep, needs
from backend.api.errors import refusals
from backend.api.repeat import RepeatableRoute
from backend.api.run import Need, needs_out, step_titles
from backend.api.shapes import Answer, Body
from backend.db.account import Account
from backend.db.account_view import accounts_named
from backend.db.base import utc_now
from backend.db.handover import WaitingRun
from backend.db.organization import Organization
from backend.domain.access import Actor
from backend.domain.account import actors_now
from backend.domain.handover.act import hand_over, problems, successor_for
from backend.domain.handover.keeper import Named
from backend.domain.handover.work import Work, lacking, less_hidden, work_of
from backend.domain.staff.find import seen_account

router = APIRouter(tags=["handover"], route_class=RepeatableRoute)

Keeper = Annotated[Actor, needs("account:write")]
AccountId = Annotated[UUID, Path(examples=[examples.LEAVER])]


class HandoverItem(Answer):
    """An open matter that waits for the person; `alone`: for nobody else. The title is for the person only, since
    whoever keeps accounts may not read the matters."""

    kind: str
    id: UUID
    number: str
    title: str | None
    step: str
    due_at: datetime | None
    organization: str
    alone: bool


class NamedItem(Answer):
    """An open record that names the person, and as what."""

    kind: str
    id: UUID
    number: str
    title: str | None
    organization: str
    as_what: str


class Contact(Answer):
    """Somebody who works in the same organisation or above it."""

    name: str
    organization: str
    roles: list[str]


class PackageOut(Answer):
    """A handover package. `lacking`: what the successor who was asked about could not take over yet."""

    person: PersonName
    organization: str | None
    items: list[HandoverItem]
    named: list[NamedItem]
    contacts: list[Contact]
    lacking: list[Need]


class HandoverIn(Body):
    successor_id: Annotated[UUID, Field(examples=[examples.SUCCESSOR])]
    reason: Reason


@router.get("/accounts/{id}/handover", name="read", response_model=PackageOut, responses=refusals(403, 404))
async def read(
    database: DatabaseDep,
    language: LanguageDep,
    id: AccountId,
    actor: Keeper,
    successor_id: Annotated[UUID | None, Query(description="Ask whether this person could take it over.")] = None,
) -> PackageOut:
    """What a person holds: open matters, records that name them, and colleagues; without the matters' titles."""
    async with database.transaction() as session:
        account, organization = await seen_account(session, actor, id)
        work = await less_hidden(session, actor, await work_of(session, account, organization))
        missing: list[Need] = []
        if successor_id is not None:
            successor = await successor_for(session, actor, account, successor_id)
            person = (await actors_now(session, [successor.id], utc_now()))[successor.id]
            missing = needs_out(problems(lacking(work, person)), language)
    return _package(account, organization, work, missing, language, titles=False)


@router.post(
    "/accounts/{id}/handover",
    name="hand_over",
    status_code=201,
    response_model=HandoverRow,
    responses=refusals(403, 404, 409, 412, 428),
)
async def hand_over_(
    session: SessionDep, moment: MomentDep, id: AccountId, body: HandoverIn, version: IfMatchDep, actor: Keeper
) -> HandoverRow:
    """Hand everything over to a successor, in one act; refused while the successor could not act on all of it."""
    made = await hand_over(session, actor, moment, id, version, successor_id=body.successor_id, reason=body.reason)
    await session.flush()
    return HandoverRow(**handover_row(made, await accounts_named(session, {made.from_id, made.to_id})))


@router.get("/me/handover", name="own", response_model=PackageOut, responses=refusals())
async def own(database: DatabaseDep, language: LanguageDep, actor: ActorDep) -> PackageOut:
    """One's own open work with its titles, to go through with whoever comes next."""
    async with database.transaction() as session:
        account = await session.get_one(Account, actor.account_id)
        home = await session.get(Organization, account.organization_id) if account.organization_id else None
        work = await work_of(session, account, home)
    return _package(account, home, work, [], language, titles=True)


def _package(
    account: Account, home: Organization | None, work: Work, missing: list[Need], language: str, *, titles: bool
) -> PackageOut:
    steps = step_titles(language)
    return PackageOut(
        person=PersonName(id=account.id, name=account.name),
        organization=home.name if home else None,
        items=[_item(one, work, steps, titles=titles) for one in work.runs],
        named=[_named(one, language, titles=titles) for one in work.named],
        contacts=[
            Contact(name=one["name"], organization=one["organization"], roles=one["roles"]) for one in work.contacts
        ],
        lacking=missing,
    )


def _item(one: WaitingRun, work: Work, steps: dict[str, str], *, titles: bool) -> HandoverItem:
    run = one.run
    return HandoverItem(
        kind=run.subject_kind,
        id=run.subject_id,
        number=run.number,
        title=run.title if titles else None,
        step=steps.get(f"{run.procedure}/{run.procedure_version}/{run.step}", run.step or ""),
        due_at=run.due_at,
        organization=one.organization.name,
        alone=one in work.alone,
    )


def _named(one: Named, language: str, *, titles: bool) -> NamedItem:
    return NamedItem(
        kind=one.kind,
        id=one.id,
        number=one.number,
        title=one.title if titles else None,
        organization=one.organization,
        as_what=one.as_what[language],
    )
