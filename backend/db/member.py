"""Party members and the branches that they belonged to.

ID numbers and phones lie here encrypted, as a keyed hash for equality, and as the masked text that answers show;
the clear text is in no column and no index.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, col, select, update

from backend.db.base import Row, Session, Versioned, choice, erasable, new_id
from backend.db.encrypted import encrypted
from backend.db.organization import Organization, Reach, below, under


class MemberStatus(StrEnum):
    applicant = "applicant"
    activist = "activist"
    development_target = "development_target"
    probationary = "probationary"
    full = "full"
    transferring = "transferring"
    transferred_out = "transferred_out"
    suspended = "suspended"
    removed = "removed"
    withdrawn = "withdrawn"
    expelled = "expelled"
    deceased = "deceased"


# Whoever has one of these has left: no branch, no place in a count, and the ID number is free again.
ENDED = frozenset({"transferred_out", "removed", "withdrawn", "expelled", "deceased"})
# Whom an organisation counts as its members: neither those who only applied nor those whose membership is suspended.
COUNTED = ("full", "probationary", "transferring")

_NOT_ENDED = sa.text("status NOT IN ({})".format(", ".join(f"'{status}'" for status in sorted(ENDED))))


class Sex(StrEnum):
    male = "male"
    female = "female"


class Member(Versioned, table=True):
    """A person on the roster of a branch, from the application to the end of the membership.

    `id_number` and `phone` are ciphertexts of `backend.domain.crypto`, `*_hash` their keyed hashes and `*_mask` what
    may be shown.  `disputed`: the person calls something in it wrong, and nobody has settled that yet.
    """

    __table_args__ = (
        sa.Index("ix_member_organization", "organization_id", sa.text("created_at DESC"), sa.text("id DESC")),
        sa.Index("ix_member_organization_status", "organization_id", "status"),
        sa.Index("ix_member_order", "sort_key", "id"),
        sa.Index("ix_member_pinyin", "pinyin"),
        sa.Index("ix_member_initials", "initials"),
        sa.Index("ix_member_grams", "grams", postgresql_using="gin"),
        sa.Index("ix_member_phone", "phone_hash"),
        # One person, one branch at a time; who has left may be registered anew.
        sa.Index("uq_member_county_id_number", "county_id", "id_number_hash", unique=True, postgresql_where=_NOT_ENDED),
        erasable("an import may be undone"),
    )

    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    name: str = Field(max_length=50)
    pinyin: str = Field(default="", sa_type=sa.Text(collation="C"))
    initials: str = Field(default="", sa_type=sa.Text(collation="C"))
    sort_key: str = Field(default="", sa_type=sa.Text(collation="C"))
    grams: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    sex: Sex = Field(sa_type=choice(Sex))
    birth_date: date
    ethnic_group: str | None = Field(default=None, max_length=50)
    id_number: bytes = Field(sa_column_kwargs=encrypted("member.id_number", hashed="id_number_hash"))
    id_number_hash: bytes
    id_number_mask: str = Field(max_length=18)
    phone: bytes | None = Field(default=None, sa_column_kwargs=encrypted("member.phone", hashed="phone_hash"))
    phone_hash: bytes | None = None
    phone_mask: str | None = Field(default=None, max_length=24)
    education: str | None = Field(default=None, max_length=50)
    native_place: str | None = Field(default=None, max_length=100)
    joined_on: date | None = None
    confirmed_on: date | None = None
    status: MemberStatus = Field(sa_type=choice(MemberStatus))
    category: str | None = Field(default=None, max_length=50)
    is_mobile: bool = False
    remark: str | None = Field(default=None, max_length=500)
    # Rosters come in by COPY, which names no column that nobody gave.
    disputed: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    is_test: bool = False


class MemberBranch(Row, table=True):
    """A branch that a member belonged to, from `valid_from` up to but not including `valid_to`."""

    __table_args__ = (
        sa.Index("ix_member_branch_member", "member_id", "valid_from"),
        sa.Index("ix_member_branch_organization", "organization_id", "valid_from"),
        sa.Index("uq_member_branch_open", "member_id", unique=True, postgresql_where=sa.text("valid_to IS NULL")),
        erasable("an import may be undone"),
    )

    member_id: UUID = Field(foreign_key="member.id")
    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    valid_from: date
    valid_to: date | None = None
    reason: str | None = Field(default=None, max_length=500)


def masked_birth() -> sa.ColumnElement[str]:
    """The year of birth alone: a day, or a month, would complete the masked citizen number beside it."""
    return sa.func.to_char(col(Member.birth_date), "YYYY-**-**")


def masked_place() -> sa.ColumnElement[str | None]:
    """The native place down to its county, or to its province where no county is named; of a village alone nothing."""
    place, hidden = col(Member.native_place), sa.func.repeat("*", 3)
    kept = [
        (place.regexp_match(word), sa.func.regexp_replace(place, f"^(.*?{word}).+$", sa.literal(r"\1").concat(hidden)))
        for word in ("[县旗区市]", "[省州盟]")
    ]
    return sa.case((place.is_(None), None), *kept, else_=hidden)


def masked_remark() -> sa.ColumnElement[str | None]:
    """The remark with what `mask_numbers` stars starred: none comes in any more, but an older one may hold some."""
    remark = col(Member.remark)
    shown: Any = remark
    # The longest first: the last character need be no digit, and what is before it may be long enough alone.
    for length in range(19, 14, -1):
        pattern = f"(?<![0-9])([0-9]{{4}})[0-9]{{{length - 8}}}([0-9]{{3}}[0-9Xx*])(?![0-9])"
        shown = sa.func.regexp_replace(shown, pattern, rf"\1{'*' * (length - 8)}\2", "g")
    shown = sa.func.regexp_replace(shown, "(?<![0-9])(1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9])", r"\1****\2", "g")
    return sa.case((remark.regexp_match("[0-9]{11}"), shown), else_=remark)


def member_columns() -> sa.Select[Any]:
    """The columns of a member as they are shown: numbers and what completes them masked, with the branch's name."""
    columns: list[Any] = [
        col(Member.id),
        col(Member.organization_id),
        col(Organization.name).label("organization_name"),
        col(Member.name),
        col(Member.pinyin),
        col(Member.initials),
        col(Member.sex),
        masked_birth().label("birth_date"),
        col(Member.ethnic_group),
        col(Member.id_number_mask).label("id_number"),
        col(Member.phone_mask).label("phone"),
        col(Member.education),
        masked_place().label("native_place"),
        col(Member.joined_on),
        col(Member.confirmed_on),
        col(Member.status),
        col(Member.category),
        col(Member.is_mobile),
        masked_remark().label("remark"),
        col(Member.disputed),
        col(Member.version),
        col(Member.created_at),
        col(Member.updated_at),
    ]
    return sa.select(*columns).join(Organization, col(Organization.id) == col(Member.organization_id))


def members_in(reach: Reach, path: str | None = None) -> sa.Select[Any]:
    """Members within `reach`, or only those of the subtree at `path`."""
    question = member_columns().where(under(reach))
    return question if path is None else question.where(below(path))


def member_with_path(reach: Reach, id: UUID) -> sa.Select[Any]:
    """One member within `reach`, with the path of its branch under `path`."""
    return members_in(reach).add_columns(col(Organization.path)).where(col(Member.id) == id)


def branches_of(member_id: UUID) -> sa.Select[Any]:
    """The branches that one member belonged to."""
    columns: list[Any] = [
        col(MemberBranch.id),
        col(MemberBranch.organization_id),
        col(Organization.name).label("organization_name"),
        col(MemberBranch.valid_from).label("from_on"),
        col(MemberBranch.valid_to).label("to_on"),
        col(MemberBranch.reason),
    ]
    return (
        sa.select(*columns)
        .join(Organization, col(Organization.id) == col(MemberBranch.organization_id))
        .where(col(MemberBranch.member_id) == member_id)
    )


async def members_held(session: Session, reach: Reach, ids: Sequence[UUID]) -> dict[UUID, Member]:
    """The members among `ids` that are within `reach`, locked for change, in one order for all transactions."""
    # Whoever is out of sight is not locked: to wait for a stranger's lock would tell that the record is there.
    sighted = select(Member.id).join(Organization, col(Organization.id) == col(Member.organization_id))
    near = list(await session.exec(sighted.where(col(Member.id).in_(ids), under(reach))))
    if not near:
        return {}
    # Locked by id alone: after a wait, PostgreSQL would judge a condition on the branch by the branch before the wait.
    question = (
        select(Member)
        .where(col(Member.id).in_(near))
        .order_by(col(Member.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    members = list(await session.exec(question))
    branches = {member.organization_id for member in members}
    seen = select(Organization.id).where(col(Organization.id).in_(branches), under(reach))
    visible = set(await session.exec(seen))
    return {member.id: member for member in members if member.organization_id in visible}


async def branch_of(session: Session, reach: Reach, member_id: UUID) -> UUID | None:
    """The branch of a member, when both are within `reach`."""
    question = (
        select(Organization.id)
        .join(Member, col(Member.organization_id) == col(Organization.id))
        .where(Member.id == member_id, under(reach))
    )
    return (await session.exec(question)).one_or_none()


async def members_by_id_number(
    session: Session, county_id: UUID, hashes: Sequence[bytes]
) -> dict[bytes, tuple[UUID, UUID]]:
    """Member and branch by hashed ID number, of those who have not left: how an import knows whom it has already."""
    question = select(Member.id_number_hash, Member.id, Member.organization_id).where(
        Member.county_id == county_id,
        col(Member.id_number_hash).in_(hashes),
        col(Member.status).not_in(sorted(ENDED)),
    )
    return {hashed: (key, branch_id) for hashed, key, branch_id in await session.exec(question)}


async def members_with_number(session: Session, hashes: Sequence[bytes]) -> list[UUID]:
    """Those who have not left and have an ID number with one of these hashes, in whatever county."""
    question = select(Member.id).where(col(Member.id_number_hash).in_(hashes), col(Member.status).not_in(sorted(ENDED)))
    return list(await session.exec(question))


async def members_placed(session: Session, ids: Collection[UUID]) -> list[tuple[UUID, UUID, UUID, str]]:
    """Member, county, branch and its path."""
    question = (
        sa.select(col(Member.id), col(Member.county_id), col(Member.organization_id), col(Organization.path))
        .join(Organization, col(Organization.id) == col(Member.organization_id))
        .where(col(Member.id).in_(ids))
        .order_by(col(Member.id))
    )
    return [(one, county, branch, path) for one, county, branch, path in await session.execute(question)]


async def hold_numbers(session: Session, county_id: UUID) -> None:
    """Keep every other transaction that calls this for the county waiting until this one ends."""
    key = int.from_bytes(county_id.bytes[:8], signed=True)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def has_current_members(session: Session, organization_id: UUID) -> bool:
    """Whether anybody who has not left belongs to this organisation itself."""
    question = sa.select(
        sa.exists().where(col(Member.organization_id) == organization_id, col(Member.status).not_in(sorted(ENDED)))
    )
    return bool((await session.execute(question)).scalar_one())


async def close_branch(session: Session, member_id: UUID, day: date) -> MemberBranch | None:
    """End the open stay of a member on `day`; None when there is none."""
    question = select(MemberBranch).where(MemberBranch.member_id == member_id, col(MemberBranch.valid_to).is_(None))
    stay = (await session.exec(question)).one_or_none()
    if stay is not None:
        stay.valid_to = day
        session.add(stay)
        await session.flush()
    return stay


async def inherit_members(
    session: Session, source_id: UUID, target_id: UUID, at: datetime, day: date, reason: str
) -> dict[str, int]:
    """Give all members of one branch who have not left to another; returns how many had which status."""
    question = (
        select(Member)
        .where(Member.organization_id == source_id, col(Member.status).not_in(sorted(ENDED)))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    members = list(await session.exec(question))
    if not members:
        return {}
    ids = [member.id for member in members]
    await session.exec(
        update(MemberBranch)
        .where(col(MemberBranch.member_id).in_(ids), col(MemberBranch.valid_to).is_(None))
        .values(valid_to=day)
    )
    counts: dict[str, int] = {}
    for member in members:
        counts[member.status] = counts.get(member.status, 0) + 1
        member.organization_id = target_id
        member.version += 1
        member.updated_at = at
        session.add(member)
    await session.flush()
    await session.execute(
        sa.insert(MemberBranch),
        [
            {
                "id": new_id(),
                "member_id": member.id,
                "county_id": member.county_id,
                "organization_id": target_id,
                "valid_from": day,
                "reason": reason,
            }
            for member in members
        ],
    )
    return counts
