"""The organisation tree, and the one place where it is walked in SQL.

An organisation's `path` is text of short ids, each ended by a slash (`c1/t3/v117/`); all below it share that
prefix, and the slash keeps `v11/` from seeing `v117/`.  Only this table carries the path: other rows carry
`organization_id`, so that moving a subtree rewrites organisations alone.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, NewType
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel, col, select

from backend.db.base import Row, Session, Table, Versioned, choice, erasable

# The subtrees an actor may ask about, as path prefixes. Only `Actor.reach` makes one.
Reach = NewType("Reach", frozenset[str])

# Short ids of paths: one counter for all counties keeps them unique through every move and merge.
path_segments = sa.Sequence("organization_segment", metadata=SQLModel.metadata)

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class OrganizationStatus(StrEnum):
    active = "active"
    merged = "merged"
    dissolved = "dissolved"


class Organization(Versioned, table=True):
    """A node of the tree: a county, a township, an office, a village, a branch."""

    __table_args__ = (
        sa.Index("ix_organization_path", "path", unique=True),
        sa.Index("ix_organization_parent", "parent_id", "sort_key", "id"),
        sa.Index("ix_organization_county_name", "county_id", "name"),
        sa.Index("ix_organization_grams", "grams", postgresql_using="gin"),
        # Counties are told apart by their region code; everything else by its name below one parent.
        sa.Index(
            "uq_organization_sibling_name",
            "parent_id",
            "name",
            unique=True,
            postgresql_where=sa.text("status = 'active'"),
        ),
        erasable("an import may be undone"),
    )

    county_id: UUID = Field(foreign_key="organization.id")
    parent_id: UUID | None = Field(default=None, foreign_key="organization.id")
    # Byte order makes a prefix a range, whatever the database's own collation is.
    path: str = Field(sa_type=sa.Text(collation="C"))
    name: str = Field(max_length=200)
    short_name: str | None = Field(default=None, max_length=100)
    kind: str = Field(max_length=48)
    region_code: str | None = Field(default=None, max_length=12)
    credit_code: str | None = Field(default=None, max_length=18)
    founded_on: date | None = None
    term_starts_on: date | None = None
    term_ends_on: date | None = None
    status: OrganizationStatus = Field(default=OrganizationStatus.active, sa_type=choice(OrganizationStatus))
    valid_from: date
    valid_to: date | None = None
    merged_into_id: UUID | None = Field(default=None, foreign_key="organization.id")
    remark: str | None = Field(default=None, max_length=1000)
    pinyin: str = Field(default="")
    initials: str = Field(default="")
    sort_key: str = Field(default="", sa_type=sa.Text(collation="C"))
    grams: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    is_test: bool = False


class OrganizationName(Row, table=True):
    """A name that an organisation bore, for a time."""

    __table_args__ = (
        sa.Index("ix_organization_name_organization", "organization_id", "valid_from"),
        erasable("an import may be undone"),
    )

    organization_id: UUID = Field(foreign_key="organization.id")
    name: str = Field(max_length=200)
    valid_from: date
    valid_to: date | None = None


class OrganizationPlace(Row, table=True):
    """A place in the tree that an organisation had, for a time."""

    __table_args__ = (
        sa.Index("ix_organization_place_organization", "organization_id", "valid_from"),
        erasable("an import may be undone"),
    )

    organization_id: UUID = Field(foreign_key="organization.id")
    parent_id: UUID | None = Field(default=None, foreign_key="organization.id")
    valid_from: date
    valid_to: date | None = None


class OrganizationTally(Table, table=True):
    """A kept count: how many records of a kind and status an organisation itself has.

    A county's figure is the sum over its subtree, so that no upper row is written by everybody.
    """

    __table_args__ = erasable("an import may be undone")

    organization_id: UUID = Field(foreign_key="organization.id", primary_key=True)
    subject: str = Field(primary_key=True, max_length=32)
    status: str = Field(primary_key=True, max_length=48)
    count: int = 0


def segment_text(number: int) -> str:
    """Write a path segment in base 36: short, and without characters that LIKE or a URL would mind."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


async def new_segments(session: Session, count: int = 1) -> list[str]:
    """Take `count` unused path segments."""
    numbers = sa.select(path_segments.next_value()).select_from(sa.func.generate_series(1, count))
    return [segment_text(number) for (number,) in (await session.execute(numbers)).all()]


def below(path: str) -> sa.ColumnElement[bool]:
    """Match the node at `path` and everything below it; an empty path is above every county."""
    column = col(Organization.path)
    if not path:
        return sa.true()
    # The successor of '/' is '0', so this half-open range is exactly the prefix and any B-tree serves it.
    return sa.and_(column >= path, column < path[:-1] + "0")


def under(reach: Reach) -> sa.ColumnElement[bool]:
    """Match organisations within `reach`; no reach matches none."""
    return sa.or_(sa.false(), *(below(path) for path in sorted(reach)))


def organization_ids_in(reach: Reach) -> sa.Select[UUID]:
    """The sub-select that scoped rows are filtered by."""
    return sa.select(col(Organization.id)).where(under(reach))


def within(reach: Reach, organization_id: Any) -> sa.ColumnElement[bool]:
    """Match rows whose `organization_id` column lies within `reach`."""
    if "" in reach:
        return sa.true()
    found: sa.ColumnElement[bool] = organization_id.in_(organization_ids_in(reach))
    return found


async def organization_in(session: Session, reach: Reach, id: UUID, *, lock: bool = False) -> Organization | None:
    question = select(Organization).where(Organization.id == id, under(reach))
    if lock:
        question = question.with_for_update()
    return (await session.exec(question)).one_or_none()


async def organization_at(session: Session, path: str) -> Organization:
    """The organisation at a path that is known to be there."""
    return (await session.exec(select(Organization).where(Organization.path == path))).one()


async def organizations_by_id(session: Session, ids: Sequence[UUID]) -> dict[UUID, Organization]:
    found = await session.exec(select(Organization).where(col(Organization.id).in_(ids)))
    return {organization.id: organization for organization in found}


async def offices_called(session: Session, unit: Organization, township: str, name: str) -> list[Organization]:
    """The active organisations below `township` or directly below the county whose name matches the pattern.

    Neither the unit itself nor what lies below it or above it is among them.
    """
    question = select(Organization).where(
        Organization.county_id == unit.county_id,
        Organization.status == OrganizationStatus.active,
        col(Organization.name).regexp_match(name),
        sa.or_(col(Organization.path).startswith(township), col(Organization.parent_id) == unit.county_id),
        sa.not_(col(Organization.path).startswith(unit.path)),
        sa.not_(sa.literal(unit.path).startswith(col(Organization.path))),
    )
    return list(await session.exec(question))


async def hold_tree(session: Session, county_id: UUID, *, exclusive: bool) -> None:
    """Keep a county's tree as it is until the transaction ends.

    Whoever moves subtrees holds it alone; whoever adds nodes shares it, since a path that is read while its subtree
    moves would be wrong when it is written.  To be called before the paths are read.
    """
    lock = sa.func.pg_advisory_xact_lock if exclusive else sa.func.pg_advisory_xact_lock_shared
    await session.execute(sa.select(lock(sa.func.hashtextextended(f"organization tree {county_id}", 0))))


async def organizations_held(
    session: Session, reach: Reach, ids: Collection[UUID], *, for_change: bool = False
) -> dict[UUID, Organization]:
    """The organisations among `ids` within `reach`, locked in one order for all transactions.

    `for_change` locks them for a change; without it they may be read and pointed at, but neither changed nor
    dissolved by anybody until the transaction ends.
    """
    question = (
        select(Organization)
        .where(col(Organization.id).in_(ids), under(reach))
        .order_by(col(Organization.id))
        .with_for_update(read=not for_change, key_share=False)
        .execution_options(populate_existing=True)
    )
    return {organization.id: organization for organization in await session.exec(question)}


async def counties_of(session: Session, reach: Reach, ids: Collection[UUID]) -> set[UUID]:
    """The counties that these organisations belong to, of those within `reach`.

    Others are passed over: a lock on their county would tell that they exist, and let strangers hold it.
    """
    question = select(Organization.county_id).where(col(Organization.id).in_(ids), under(reach)).distinct()
    return set(await session.exec(question))


async def names_below(session: Session, parent_ids: Collection[UUID]) -> dict[UUID, dict[str, UUID]]:
    """Name to id of the active children of each parent."""
    question = select(Organization.parent_id, Organization.name, Organization.id).where(
        col(Organization.parent_id).in_(parent_ids), Organization.status == OrganizationStatus.active
    )
    found: dict[UUID, dict[str, UUID]] = {}
    for parent_id, name, child_id in await session.exec(question):
        if parent_id is not None:
            found.setdefault(parent_id, {})[name] = child_id
    return found


async def codes_taken(
    session: Session, county_id: UUID, column: Literal["region_code", "credit_code"], codes: Collection[str]
) -> dict[tuple[str, str], UUID]:
    """(kind, code) to id of the county's active organisations that bear one of `codes`."""
    bearing = col(getattr(Organization, column))
    question = sa.select(col(Organization.kind), bearing, col(Organization.id)).where(
        col(Organization.county_id) == county_id,
        col(Organization.status) == OrganizationStatus.active,
        bearing.in_(codes),
    )
    return {(kind, code): key for kind, code, key in (await session.execute(question)).all()}


async def county_stands(session: Session, name: str, region_code: str | None) -> bool:
    """Whether a county of this name and region code is there; names alone occur in several provinces."""
    question = sa.select(
        sa.exists().where(
            col(Organization.parent_id).is_(None),
            col(Organization.name) == name,
            col(Organization.region_code).is_not_distinct_from(region_code),
            col(Organization.status) == OrganizationStatus.active,
        )
    )
    return bool((await session.execute(question)).scalar_one())


async def rewrite_paths(session: Session, old: str, new: str, at: datetime) -> None:
    """Give everything at and below the path `old` the prefix `new` instead, in one statement."""
    await session.flush()
    column = col(Organization.path)
    await session.execute(
        sa.update(Organization)
        .where(below(old))
        .values(path=sa.literal(new, sa.Text).concat(sa.func.substr(column, len(old) + 1)), updated_at=at)
        .execution_options(synchronize_session=False)
    )


async def open_history(
    session: Session, table: type[OrganizationName] | type[OrganizationPlace], organization_id: UUID
) -> Any:
    """The row of a history that holds now, locked."""
    question = select(table).where(table.organization_id == organization_id, col(table.valid_to).is_(None))
    return (await session.exec(question.with_for_update())).one_or_none()


async def tally(session: Session, organization_id: UUID, subject: str, changes: dict[str, int]) -> None:
    """Change the kept counts of one organisation by `changes` (status -> difference), in the verb's own transaction."""
    await tally_all(session, subject, {(organization_id, status): change for status, change in changes.items()})


async def tally_all(session: Session, subject: str, changes: Mapping[tuple[UUID, str], int]) -> None:
    """Change the kept counts of many organisations: (organisation, status) -> difference.

    The rows are taken in one order, so that two transactions with the same organisations cannot wait for each other.
    """
    ordered = sorted(changes.items(), key=lambda item: (str(item[0][0]), item[0][1]))
    rows = [(organization_id, status, difference) for (organization_id, status), difference in ordered if difference]
    if not rows:
        return
    # A roster changes thousands of counts: one statement with three arrays, however many there are.
    ids, statuses, differences = zip(*rows, strict=True)
    given = (
        sa.func.unnest(
            sa.cast(list(ids), ARRAY(sa.Uuid)),
            sa.cast(list(statuses), ARRAY(sa.Text)),
            sa.cast(list(differences), ARRAY(sa.Integer)),
        )
        .table_valued("organization_id", "status", "count")
        .render_derived("given")
    )
    statement = postgresql.insert(OrganizationTally).from_select(
        ["organization_id", "subject", "status", "count"],
        sa.select(given.c.organization_id, sa.literal(subject), given.c.status, given.c.count),
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "subject", "status"],
            set_={"count": col(OrganizationTally.count) + statement.excluded.count},
        )
    )


_INNER = sa.orm.aliased(Organization)


def tallied(subject: str, path: Any, statuses: Sequence[str] | None = None) -> sa.ScalarSelect[int]:
    """The kept count of `subject` over the subtree at the outer query's `path`."""
    inner = _INNER
    question = (
        sa.select(sa.func.coalesce(sa.func.sum(col(OrganizationTally.count)), 0).cast(sa.Integer))
        .join(inner, col(inner.id) == col(OrganizationTally.organization_id))
        .where(
            col(OrganizationTally.subject) == subject,
            col(inner.path) >= path,
            col(inner.path) < sa.func.rtrim(path, "/").concat("0"),
        )
    )
    if statuses is not None:
        question = question.where(col(OrganizationTally.status).in_(statuses))
    return question.correlate(Organization).scalar_subquery()
