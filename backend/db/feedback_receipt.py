"""What the sender's side asks of cards: was this sent before, and which card does a code open.

No staff route comes by here: a sender's code opens one card, whoever it is about.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from backend.db.account import Account, RoleGrant
from backend.db.base import Session
from backend.db.event import Event
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.organization import Organization, OrganizationStatus

LEAST_NAME = 2
"""So many characters make a name that is looked for in a text."""


async def known_submission(session: Session, submission_hash: bytes) -> FeedbackCard | None:
    """The card that came of a submission; whoever sends the same at once waits here until it is decided."""
    await _hold(session, submission_hash)
    question = select(FeedbackCard).where(FeedbackCard.submission_hash == submission_hash)
    return (await session.exec(question)).one_or_none()


async def cards_saying(session: Session, text_hash: bytes, since: date) -> list[FeedbackCard]:
    """The open cards with the same words about the same since a day, earlier days first; counted one at a time."""
    await _hold(session, text_hash)
    question = select(FeedbackCard).where(
        FeedbackCard.text_hash == text_hash,
        col(FeedbackCard.received_on) >= since,
        col(FeedbackCard.merged_into_id).is_(None),
        col(FeedbackCard.status) != CardStatus.withdrawn,
    )
    return list(await session.exec(question.order_by(col(FeedbackCard.received_on), col(FeedbackCard.number))))


async def _hold(session: Session, key: bytes) -> None:
    number = int.from_bytes(key[:8], signed=True)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.cast(number, sa.BigInteger))))


async def free_number(session: Session, county_id: UUID, year: int) -> str:
    """A number that no card of the county has, drawn at random: `FK-2026-402817`; nobody else gets it meanwhile.

    Numbers in the order of arrival would say when a card came, to whoever knows when its neighbours did.
    """
    while True:
        number = f"FK-{year}-{secrets.randbelow(1_000_000):06}"
        await _hold(session, hashlib.sha256(f"{county_id} {number}".encode()).digest())
        taken = sa.exists().where(col(FeedbackCard.county_id) == county_id, col(FeedbackCard.number) == number)
        if not (await session.execute(sa.select(taken))).scalar_one():
            return number


async def card_by_code(session: Session, code_hash: bytes) -> FeedbackCard | None:
    """The card that a sender's code stands for, held until the end."""
    question = select(FeedbackCard).where(FeedbackCard.code_hash == code_hash)
    return (await session.exec(question.with_for_update().execution_options(populate_existing=True))).one_or_none()


async def parts_of(session: Session, card_id: UUID) -> list[FeedbackCard]:
    """The cards into which a sender's card was split."""
    question = select(FeedbackCard).where(FeedbackCard.split_from_id == card_id)
    return list(await session.exec(question.order_by(col(FeedbackCard.number))))


async def merged_with(session: Session, card_id: UUID) -> list[FeedbackCard]:
    """The cards that are handled with a main one; they stay as they are until this transaction ends."""
    question = select(FeedbackCard).where(FeedbackCard.merged_into_id == card_id).order_by(col(FeedbackCard.number))
    return list(await session.exec(question.with_for_update().execution_options(populate_existing=True)))


async def active_organizations(session: Session, ids: Collection[UUID]) -> dict[UUID, Organization]:
    """Organisations that anybody may name: names of offices and villages are public. They stay while they are held."""
    question = (
        select(Organization)
        .where(col(Organization.id).in_(ids), Organization.status == OrganizationStatus.active)
        .order_by(col(Organization.id))
        .with_for_update(read=True)
    )
    return {organization.id: organization for organization in await session.exec(question)}


async def workplaces(session: Session, account_ids: Collection[UUID]) -> dict[UUID, Organization | None]:
    """Where these accounts work; an unknown account is not among the keys."""
    question = (
        select(Account.id, Organization)
        .outerjoin(Organization, col(Organization.id) == col(Account.organization_id))
        .where(col(Account.id).in_(account_ids))
    )
    return dict((await session.exec(question)).all())


async def paths_held(session: Session, account_ids: Collection[UUID]) -> set[str]:
    """The paths of the organisations where these accounts work or hold a role, now or later."""
    work = sa.select(col(Account.organization_id)).where(col(Account.id).in_(account_ids))
    roles = sa.select(col(RoleGrant.organization_id)).where(
        col(RoleGrant.account_id).in_(account_ids),
        sa.or_(col(RoleGrant.ends_at).is_(None), col(RoleGrant.ends_at) > sa.func.now()),
    )
    question = select(Organization.path).where(sa.or_(col(Organization.id).in_(work), col(Organization.id).in_(roles)))
    return set(await session.exec(question))


async def entered_by(session: Session, card_id: UUID) -> tuple[UUID, str] | None:
    """Who entered a card for its sender, and the path of where that person works; None when the sender sent it."""
    question = (
        select(Account.id, Organization.path)
        .join(Event, col(Event.actor_id) == col(Account.id))
        .outerjoin(Organization, col(Organization.id) == col(Account.organization_id))
        .where(Event.subject_kind == "feedback", Event.subject_id == card_id, Event.kind == "feedback.entered")
    )
    found = (await session.exec(question)).first()
    return None if found is None else (found[0], found[1] or "")


async def people_under(session: Session, county_path: str) -> list[tuple[UUID, str, str]]:
    """Id, name without spaces and workplace's path of every open account of a county that has a name to look for."""
    name = sa.func.replace(col(Account.name), " ", "")
    question = (
        select(Account.id, name, Organization.path)
        .join(Organization, col(Organization.id) == col(Account.organization_id))
        .where(
            col(Organization.path).startswith(county_path, autoescape=True),
            col(Account.closed_at).is_(None),
            sa.func.length(name) >= LEAST_NAME,
        )
    )
    return [(key, called, path) for key, called, path in await session.exec(question)]


async def names_under(session: Session, path: str) -> list[tuple[UUID, str, str, str | None]]:
    """Id, path, name and short name of every active organisation at and below `path`."""
    question = select(Organization.id, Organization.path, Organization.name, Organization.short_name).where(
        col(Organization.path).startswith(path, autoescape=True), Organization.status == OrganizationStatus.active
    )
    return [(key, where, name, short) for key, where, name, short in await session.exec(question)]


async def forget_tries_before(session: Session, real_now: datetime) -> int:
    """Forget when wrong PINs were tried, once the time to wait is over; how many there were in a row stays."""
    over = sa.update(FeedbackCard).where(col(FeedbackCard.next_try_at) <= real_now).values(next_try_at=None)
    return int((await session.execute(over)).rowcount)  # type: ignore[attr-defined]  # an UPDATE answers with a cursor's result
