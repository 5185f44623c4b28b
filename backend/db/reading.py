"""Who read what: the one question that the log, exports of it and a person's own page ask."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from backend.db.event import Event
from backend.db.member import Member, MemberBranch
from backend.db.organization import Organization

_OVER = aliased(Organization)
_PLACE = aliased(Organization)


def readings(
    kinds: Collection[str],
    rosters: Collection[str],
    *,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    reader_id: UUID | None = None,
) -> list[sa.ColumnElement[bool]]:
    """What holds of the events by which somebody read what `kinds` say, of a subject, by a reader, or any.

    Whoever took a roster out (`rosters`) read of everybody who stood in it: of a member these count too, whether of the
    branch that the member belonged to on that day or of an organisation above it.
    """
    found: list[sa.ColumnElement[bool]] = [col(Event.kind).in_(kinds)]
    if reader_id is not None:
        found.append(col(Event.actor_id) == reader_id)
    if subject_kind is not None:
        found.append(sa.or_(col(Event.subject_kind) == subject_kind, _is_roster(subject_kind, rosters)))
    if subject_id is not None:
        found.append(sa.or_(col(Event.subject_id) == subject_id, _roster_with(subject_kind, subject_id, rosters)))
    return found


def _is_roster(subject_kind: str, rosters: Collection[str]) -> sa.ColumnElement[bool]:
    if subject_kind != "member":
        return sa.false()
    return sa.and_(col(Event.kind).in_(rosters), col(Event.data)["ledger"].astext == "member")


def _roster_with(subject_kind: str | None, member_id: UUID, rosters: Collection[str]) -> sa.ColumnElement[bool]:
    if subject_kind not in (None, "member"):
        return sa.false()
    day: sa.ColumnElement[Any] = sa.cast(sa.func.timezone("Asia/Shanghai", col(Event.at)), sa.Date)
    stood = (
        sa.exists()
        .where(
            col(MemberBranch.member_id) == member_id,
            sa.or_(col(MemberBranch.valid_to).is_(None), day <= col(MemberBranch.valid_to)),
            col(Member.id) == col(MemberBranch.member_id),
            col(Event.created_at) >= col(Member.created_at),
            col(_PLACE.id) == col(MemberBranch.organization_id),
            col(_OVER.id) == col(Event.organization_id),
            sa.func.starts_with(col(_PLACE.path), col(_OVER.path)),
        )
        .correlate(Event)
    )
    return sa.and_(_is_roster("member", rosters), stood)
