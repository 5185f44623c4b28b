"""The log as auditors read it: who did what to what, when and why, within reach."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import Account
from backend.db.audit import AuditSeal
from backend.db.decision import Decision
from backend.db.event import Event
from backend.db.member import Member
from backend.db.organization import Organization, Reach, below, within
from backend.db.read import Order
from backend.db.reading import readings
from backend.db.rectification import Rectification

# By the county's clock, not by the place in the log: what a sender did is told with its day, and so it is shown.
NEWEST_FIRST = (Order(col(Event.at), descending=True), Order(col(Event.id), descending=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an auditor asks for; everything that is given must hold.

    `reads`, where given, are the kinds by which somebody read, and `rosters` those among them that took whole ledgers:
    then a subject is whatever was read of it (`db/reading.py`).
    """

    subject_kind: str | None = None
    subject_id: UUID | None = None
    actor_id: UUID | None = None
    organization_id: UUID | None = None
    kinds: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    origin: str | None = None
    reads: Collection[str] = ()
    rosters: Collection[str] = ()


def _called() -> sa.ColumnElement[str | None]:
    """What an event was about, as people call it; NULL where the kind says enough, and for cards, whose numbers are in
    their own events as far as anybody may know them. A member's name is masked as in every list of auditors.

    Reach is that of the event: its subject stands or stood where the event was recorded.
    """
    family_name = sa.func.left(col(Member.name), 1)
    stars = sa.func.repeat("*", sa.func.greatest(sa.func.length(col(Member.name)) - 1, 1))
    names: dict[str, tuple[Any, Any]] = {
        "account": (Account, col(Account.name)),
        "organization": (Organization, col(Organization.name)),
        "member": (Member, sa.func.concat(family_name, stars)),
        "decision": (Decision, col(Decision.number) + " " + col(Decision.title)),
        "rectification": (Rectification, col(Rectification.number)),
    }
    return sa.case(
        *(
            (
                col(Event.subject_kind) == kind,
                sa.select(name)
                .select_from(table)
                .where(table.id == col(Event.subject_id))
                .correlate(Event)
                .scalar_subquery(),
            )
            for kind, (table, name) in names.items()
        ),
        else_=sa.null(),
    )


def events_seen(
    reach: Reach, sights: Mapping[str, sa.ColumnElement[bool]], asked: Asked, path: str | None = None
) -> sa.Select[Any]:
    """The events within `reach` that match; `sights` says by subject kind what else must hold, `path` is where
    `asked.organization_id` stands: it and everything below."""
    organization = sa.func.json_build_object("id", col(Organization.id), "name", col(Organization.name))
    question = (
        sa.select(
            col(Event.id),
            col(Event.kind),
            col(Event.at),
            _person(Event.actor_id, Event.actor_name).label("actor"),
            _person(Event.on_behalf_of_id, Event.on_behalf_of_name).label("on_behalf_of"),
            sa.case((col(Organization.id).is_(None), sa.null()), else_=organization).label("organization"),
            col(Event.subject_kind),
            col(Event.subject_id),
            _called().label("subject"),
            col(Event.origin),
            col(Event.reason),
            col(Event.data),
        )
        .select_from(Event)
        .join(Organization, col(Organization.id) == col(Event.organization_id), isouter=True)
        .where(
            within(reach, col(Event.organization_id)),
            *(sa.or_(col(Event.subject_kind) != kind, sight) for kind, sight in sorted(sights.items())),
        )
    )
    if path is not None:
        question = question.where(below(path))
    return question.where(*_asked(asked))


def _asked(asked: Asked) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    about: list[tuple[Any, Any]] = [
        (Event.subject_kind, asked.subject_kind),
        (Event.subject_id, asked.subject_id),
        (Event.actor_id, asked.actor_id),
    ]
    if asked.reads:
        found += readings(
            asked.reads,
            asked.rosters,
            subject_kind=asked.subject_kind,
            subject_id=asked.subject_id,
            reader_id=asked.actor_id,
        )
        about = []
    for column, value in (*about, (Event.origin, asked.origin)):
        if value is not None:
            found.append(col(column) == value)
    if asked.kinds:
        found.append(col(Event.kind).in_(asked.kinds))
    if asked.since is not None:
        found.append(col(Event.at) >= asked.since)
    if asked.until is not None:
        found.append(col(Event.at) < asked.until)
    return found


def _person(id: Any, name: Any) -> sa.ColumnElement[Any]:
    person = sa.func.json_build_object("id", col(id), "name", col(name))
    return sa.case((col(id).is_(None), sa.null()), else_=person)


def seal_rows() -> sa.Select[Any]:
    """The seals as lists show them."""
    return sa.select(
        col(AuditSeal.number),
        col(AuditSeal.created_at).label("sealed_at"),
        col(AuditSeal.count),
        col(AuditSeal.total),
        sa.func.encode(col(AuditSeal.hash), "hex").label("hash"),
    )


def sealed_by_day(since: datetime) -> sa.Select[date, int]:
    """How many events were sealed on each day of Shanghai since then."""
    day = sa.cast(sa.func.timezone("Asia/Shanghai", col(AuditSeal.created_at)), sa.Date)
    return (
        sa.select(day, sa.func.sum(col(AuditSeal.count)))
        .where(col(AuditSeal.created_at) >= since)
        .group_by(day)
        .order_by(day)
    )
