"""Counts and hashes of records by organisation and day: what a mirror compares with what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.db.decision import Decision
from backend.db.feedback import FeedbackCard
from backend.db.member import Member
from backend.db.organization import Organization
from backend.db.rectification import Rectification

SCANNED = 20_000
"""Records that one page hashes at the most, unless a single group has more."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Columns of a record that its list shows too: whose it is, since which day it is there, itself, its version."""

    organization: Any
    day: Any
    id: Any
    version: Any


def _day_of(moment: Any) -> sa.ColumnElement[date]:
    return sa.cast(sa.func.timezone("Asia/Shanghai", moment), sa.Date)


KEYS: Mapping[str, Keys] = {
    "organizations": Keys(
        sa.func.coalesce(col(Organization.parent_id), col(Organization.id)),
        _day_of(col(Organization.created_at)),
        col(Organization.id),
        col(Organization.version),
    ),
    "members": Keys(col(Member.organization_id), _day_of(col(Member.created_at)), col(Member.id), col(Member.version)),
    "decisions": Keys(
        col(Decision.organization_id), _day_of(col(Decision.created_at)), col(Decision.id), col(Decision.version)
    ),
    "rectifications": Keys(
        col(Rectification.organization_id),
        _day_of(col(Rectification.created_at)),
        col(Rectification.id),
        col(Rectification.version),
    ),
    # Of a card the list shows the day alone, and nothing here tells more.
    "feedback-cards": Keys(
        col(FeedbackCard.organization_id),
        col(FeedbackCard.received_on),
        col(FeedbackCard.id),
        col(FeedbackCard.version),
    ),
}
"""By the name of the resource."""


class Group(NamedTuple):
    """The records of one organisation that are there since one day.

    `sha256` is over one line for each, `id:version` and a newline, in the order of the ids.
    """

    organization_id: UUID
    day: date
    records: int
    sha256: str


class GroupPlace(NamedTuple):
    """How far somebody has read."""

    organization_id: UUID
    day: date


async def groups_after(
    reader: AsyncConnection, rows: sa.Select[Any], keys: Keys, after: GroupPlace | None, limit: int
) -> tuple[list[Group], bool]:
    """The next groups of `rows` in the order of organisation and day, and whether there are more of them."""
    # The list's own joins and conditions with other columns: what is counted is what the list shows.
    question = rows.with_only_columns(
        keys.organization.label("organization"),
        keys.day.label("day"),
        keys.id.label("id"),
        keys.version.label("version"),
        maintain_column_froms=True,
    )
    place = sa.tuple_(keys.organization, keys.day)
    if after is not None:
        question = question.where(place > _place(after))
    first = question.order_by(keys.organization, keys.day, keys.id).limit(SCANNED + 1)
    found = await _grouped(reader, first)
    is_cut = sum(group.records for group in found) > SCANNED
    if is_cut and len(found) > 1:
        # Of the last one only a part was looked at.
        found.pop()
    elif is_cut:
        found = await _grouped(reader, question.where(place == _place(GroupPlace(*found[0][:2]))))
    return found[:limit], is_cut or len(found) > limit


def _place(of: GroupPlace) -> sa.ColumnElement[Any]:
    return sa.tuple_(sa.literal(of.organization_id, sa.Uuid), sa.literal(of.day, sa.Date))


async def _grouped(reader: AsyncConnection, question: sa.Select[Any]) -> list[Group]:
    part = question.subquery("part")
    line = sa.cast(part.c.id, sa.Text).concat(":").concat(sa.cast(part.c.version, sa.Text)).concat("\n")
    lines = sa.func.string_agg(line, aggregate_order_by(sa.literal_column("''"), part.c.id))
    hashed = sa.func.encode(sa.func.sha256(sa.func.convert_to(lines, sa.literal_column("'UTF8'"))), "hex")
    groups = (
        sa.select(part.c.organization, part.c.day, sa.func.count(), hashed)
        .group_by(part.c.organization, part.c.day)
        .order_by(part.c.organization, part.c.day)
    )
    return [Group(*row) for row in await reader.execute(groups)]
