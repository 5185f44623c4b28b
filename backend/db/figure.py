"""What figures ask of the ledger: kept counts where they answer, else counts bounded by a period or by what is open.

Every question is about one area, and told apart by its units: the organisations directly below, each with all under
it; the empty key is the organisation itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session, timestamp
from backend.db.organization import Organization, OrganizationStatus, OrganizationTally, Reach, below, under
from backend.db.procedure import ProcedureAct, ProcedureRun
from backend.db.rectification import OVER, Rectification
from backend.db.rectification_light import item_light

Key = TypeVar("Key")
Value = TypeVar("Value")

_ITEM = Rectification
_OVER: list[sa.ColumnElement[str]] = [sa.literal_column(f"'{status.value}'") for status in OVER]
# Written out in the statement, so that the planner sees that the partial index below serves it.
_IS_OPEN = col(_ITEM.status).not_in(_OVER)

# By county and day, with all that is counted: a figure reads as many entries as its period has, and no row.
sa.Index(
    "ix_rectification_figure_open",
    col(_ITEM.county_id),
    postgresql_include=["organization_id", "source", "registered_on"],
    postgresql_where=sa.text("status NOT IN ('closed', 'merged', 'withdrawn')"),
)
sa.Index(
    "ix_rectification_figure_dropped",
    col(_ITEM.county_id),
    postgresql_where=sa.text("status IN ('merged', 'withdrawn')"),
)
sa.Index(
    "ix_rectification_figure_registered",
    col(_ITEM.county_id),
    col(_ITEM.registered_on),
    postgresql_include=["organization_id", "id", "closed_on"],
)
sa.Index(
    "ix_rectification_figure_closed",
    col(_ITEM.county_id),
    col(_ITEM.closed_on),
    postgresql_include=["organization_id", "due_on", "original_due_on", "close_requested_on"],
)
sa.Index("ix_rectification_figure_found", col(_ITEM.registered_at_id), col(_ITEM.registered_on))
sa.Index(
    "ix_procedure_run_figure_open",
    col(ProcedureRun.county_id),
    col(ProcedureRun.subject_kind),
    postgresql_include=["organization_id", "step", "limit_at", "under_check"],
    postgresql_where=sa.text("step IS NOT NULL"),
)
sa.Index("ix_procedure_act_reopened", col(ProcedureAct.run_id), postgresql_where=sa.text("outcome = 'reopened'"))
sa.Index("ix_procedure_act_organization", col(ProcedureAct.by_organization), col(ProcedureAct.at))


@dataclass(frozen=True, slots=True)
class Area:
    """An organisation with all below it, as far as somebody's reach goes."""

    reach: Reach
    organization: Organization

    @property
    def path(self) -> str:
        return self.organization.path

    def holds(self, county_id: Any) -> sa.ColumnElement[bool]:
        """Match rows of its county, joined with an organisation (the outer query's) that it holds."""
        return sa.and_(county_id == self.organization.county_id, under(self.reach), below(self.path))


def unit_key(path: str) -> sa.ColumnElement[str]:
    """The path segment right below `path` on the way to the outer query's organisation; empty for itself."""
    return sa.func.split_part(sa.func.substr(col(Organization.path), len(path) + 1), "/", 1)


def shanghai_day(at: Any) -> sa.ColumnElement[date]:
    return sa.cast(sa.func.timezone("Asia/Shanghai", sa.type_coerce(at, timestamp)), sa.Date)


async def keyed(session: Session, question: sa.Select[Key, Value]) -> dict[Key, Value]:
    """The second column of a question of two by its first."""
    return {key: value for key, value in await session.execute(question)}  # noqa: C416 - rows are no pairs to mypy


async def units_at(session: Session, area: Area) -> list[tuple[str, str]]:
    """(key, name) of the active units directly below an organisation, in the order of the tree."""
    question = (
        sa.select(unit_key(area.path), col(Organization.name))
        .where(
            col(Organization.parent_id) == area.organization.id,
            col(Organization.status) == OrganizationStatus.active,
            area.holds(col(Organization.county_id)),
        )
        .order_by(col(Organization.sort_key), col(Organization.id))
    )
    return [(key, name) for key, name in (await session.execute(question)).all()]


async def open_by_age(session: Session, area: Area, bounds: Mapping[str, date]) -> dict[tuple[str, str], int]:
    """(source, age class) -> open items. `bounds` gives each class, youngest first, the earliest day of registration
    that still belongs to it; what is older than all belongs to the last one."""
    *classes, (oldest, _) = bounds.items()
    age = sa.case(*((col(_ITEM.registered_on) >= day, key) for key, day in classes), else_=oldest)
    question = (
        sa.select(col(_ITEM.source), age.label("age"), sa.func.count())
        .join(Organization, col(Organization.id) == col(_ITEM.organization_id))
        .where(area.holds(col(_ITEM.county_id)), _IS_OPEN)
        .group_by(col(_ITEM.source), sa.literal_column("age"))
    )
    return {(source.value, key): count for source, key, count in (await session.execute(question)).all()}


async def tallied_by_unit(session: Session, area: Area, subject: str) -> dict[tuple[str, str], int]:
    """(unit, status) -> kept count of a subject, where there is any."""
    total = sa.func.sum(col(OrganizationTally.count))
    question = (
        sa.select(unit_key(area.path).label("unit"), col(OrganizationTally.status), total)
        .join(Organization, col(Organization.id) == col(OrganizationTally.organization_id))
        .where(area.holds(col(Organization.county_id)), col(OrganizationTally.subject) == subject)
        .group_by(sa.literal_column("unit"), col(OrganizationTally.status))
        .having(total != 0)
    )
    return {(unit, status): int(count) for unit, status, count in (await session.execute(question)).all()}


async def lights_by_unit(session: Session, area: Area, now: datetime, yellow_days: int) -> dict[tuple[str, str], int]:
    """(unit, light) -> open items."""
    question = (
        sa.select(unit_key(area.path).label("unit"), item_light(now, yellow_days).label("light"), sa.func.count())
        .select_from(ProcedureRun)
        .join(_ITEM, col(_ITEM.id) == col(ProcedureRun.subject_id))
        .join(Organization, col(Organization.id) == col(ProcedureRun.organization_id))
        .where(
            area.holds(col(ProcedureRun.county_id)),
            col(ProcedureRun.subject_kind) == "rectification",
            col(ProcedureRun.step).is_not(None),
        )
        .group_by(sa.literal_column("unit"), sa.literal_column("light"))
    )
    return {(unit, shown): count for unit, shown, count in (await session.execute(question)).all()}


async def punctual_by_unit(session: Session, area: Area, first: date, last: date) -> dict[str, tuple[int, int, int]]:
    """Unit -> items with a limit closed in the period; of them asked to be closed within it; within the first one."""
    asked = col(_ITEM.close_requested_on)
    question = (
        sa.select(
            unit_key(area.path).label("unit"),
            sa.func.count(),
            sa.func.count().filter(asked <= col(_ITEM.due_on)),
            sa.func.count().filter(asked <= sa.func.coalesce(col(_ITEM.original_due_on), col(_ITEM.due_on))),
        )
        .select_from(_ITEM)
        .join(Organization, col(Organization.id) == col(_ITEM.organization_id))
        .where(
            area.holds(col(_ITEM.county_id)),
            col(_ITEM.closed_on).between(first, last),
            col(_ITEM.due_on).is_not(None),
            asked.is_not(None),
        )
        .group_by(sa.literal_column("unit"))
    )
    return {unit: (closed, kept, first_kept) for unit, closed, kept, first_kept in await session.execute(question)}
