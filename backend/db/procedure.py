"""Runs of procedures and the acts they consist of.  A run belongs to one subject of any record system.

The acts are the truth; what a run's row says of its position are copies for lists, rewritten with every act.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB, aggregate_order_by
from sqlmodel import Field, col, select

from backend.db.account import Account, RoleGrant
from backend.db.append_only import append_only
from backend.db.base import Json, Row, Session, Versioned, choice, jsonb, timestamp
from backend.db.organization import Organization, below

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for no limit where rows are ordered by their limit."""


class RunState(StrEnum):
    open = "open"
    closed = "closed"
    ended = "ended"
    withdrawn = "withdrawn"


class ProcedureRun(Versioned, table=True):
    """One subject going through the version of the procedure that it began under.

    Copies of the position: `step` to `awaiting_since`.  `roles` may act next; `not_for` holds ids of people and
    organisations that may not, although they hold such a role.  `number` and `title` are the subject's.
    """

    __table_args__ = (
        sa.Index("ix_procedure_run_due", "organization_id", "due_at"),
        sa.Index("ix_procedure_run_step", "organization_id", "step"),
    )

    procedure: str = Field(max_length=64)
    procedure_version: int
    subject_kind: str = Field(max_length=32)
    subject_id: UUID = Field(unique=True)
    organization_id: UUID = Field(foreign_key="organization.id")
    county_id: UUID
    number: str = Field(max_length=32)
    title: str = Field(max_length=200)
    started_at: datetime = Field(sa_type=timestamp)
    started_content: str | None = Field(default=None, max_length=64)
    state: RunState = Field(default=RunState.open, sa_type=choice(RunState))
    round: int = 1
    step: str | None = Field(default=None, max_length=64)
    opened_at: datetime | None = Field(default=None, sa_type=timestamp)
    due_at: datetime | None = Field(default=None, sa_type=timestamp)
    earliest_at: datetime | None = Field(default=None, sa_type=timestamp)
    closed_at: datetime | None = Field(default=None, sa_type=timestamp)
    result: str | None = Field(default=None, max_length=64)
    roles: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    not_for: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    awaiting_since: datetime | None = Field(default=None, sa_type=timestamp)


class ProcedureAct(Row, table=True):
    """One act, as it was accepted.  `evidence` is a list of `{kind, id, sha256}`; `at` is the county's clock."""

    __table_args__ = (sa.UniqueConstraint("run_id", "sequence"),)

    run_id: UUID = Field(foreign_key="procedure_run.id")
    sequence: int
    step: str = Field(max_length=64)
    outcome: str = Field(max_length=16)
    by: UUID
    by_name: str = Field(max_length=100)
    by_organization: UUID | None = None
    at: datetime = Field(sa_type=timestamp)
    reason: str = Field(default="", max_length=2000)
    rule: str = Field(default="", max_length=400)
    record: Json | None = Field(default=None, sa_type=jsonb)
    evidence: list[dict[str, str]] = Field(default_factory=list, sa_type=jsonb)
    to: str | None = Field(default=None, max_length=64)
    content_sha256: str | None = Field(default=None, max_length=64)
    result: str | None = Field(default=None, max_length=64)


ACTS_ARE_APPEND_ONLY = append_only("procedure_act")


async def run_of(session: Session, subject_id: UUID, *, lock: bool = False, share: bool = False) -> ProcedureRun:
    """The run of a subject; `lock` keeps every other act away, `share` only those that would change the run."""
    question = select(ProcedureRun).where(ProcedureRun.subject_id == subject_id)
    if lock or share:
        question = question.with_for_update(read=share).execution_options(populate_existing=True)
    return (await session.exec(question)).one()


async def acts_of(session: Session, run_id: UUID) -> list[ProcedureAct]:
    question = select(ProcedureAct).where(ProcedureAct.run_id == run_id).order_by(col(ProcedureAct.sequence))
    return list(await session.exec(question))


def is_overdue(now: datetime) -> sa.ColumnElement[bool]:
    """The SQL of `domain.calendar.overdue`; a test holds the two together."""
    return sa.and_(col(ProcedureRun.due_at).is_not(None), col(ProcedureRun.due_at) <= now - timedelta(seconds=1))


def light(now: datetime, yellow_days: int) -> sa.ColumnElement[str]:
    """The SQL of `domain.calendar.light`, closed when no step is open; a test holds the two together."""
    due = col(ProcedureRun.due_at)
    last_day = _shanghai_day(sa.type_coerce(due, timestamp))
    left = last_day - _shanghai_day(sa.literal(now, timestamp))
    return sa.case(
        (sa.or_(due.is_(None), col(ProcedureRun.step).is_(None)), "grey"),
        (is_overdue(now), "red"),
        (left <= yellow_days, "yellow"),
        else_="green",
    )


def _shanghai_day(at: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(sa.func.timezone("Asia/Shanghai", at), sa.Date)


def step_title(titles: Mapping[str, str]) -> sa.ColumnElement[str]:
    """The open step's title; `titles` are by `key/version/step`, since every version may have its own."""
    place = sa.func.concat_ws("/", col(ProcedureRun.procedure), col(ProcedureRun.procedure_version), ProcedureRun.step)
    return sa.literal(dict(titles), JSONB).op("->>", return_type=sa.Text())(place)


def holders(now: datetime) -> sa.ScalarSelect[Any]:
    """Who holds the open step, as JSON `[{id, name}]`: those with one of its roles who sit nearest.

    Nearest is the subject's organisation (`Organization` in the outer query), then the one above it, and so on up to
    the first that has anybody.  `now` is the machine's clock, by which grants begin and end.
    """
    above = sa.orm.aliased(Organization)
    path = col(Organization.path)
    place = sa.func.generate_series(1, sa.func.length(path)).column_valued("place")
    prefixes = sa.select(sa.func.left(path, place)).where(sa.func.substr(path, place, 1) == "/")
    barred = col(ProcedureRun.not_for)
    found = (
        sa.select(
            col(Account.id),
            col(Account.name),
            sa.func.rank().over(order_by=sa.func.length(above.path).desc()).label("distance"),
        )
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .join(above, col(above.id) == col(RoleGrant.organization_id))
        .where(
            col(above.path).in_(prefixes.correlate(Organization)),
            col(RoleGrant.role) == sa.any_(col(ProcedureRun.roles)),
            col(RoleGrant.starts_at) <= now,
            sa.or_(col(RoleGrant.ends_at).is_(None), col(RoleGrant.ends_at) > now),
            col(Account.suspended_at).is_(None),
            sa.cast(col(Account.id), sa.Text) != sa.all_(barred),
            sa.func.coalesce(sa.cast(col(Account.organization_id), sa.Text), "") != sa.all_(barred),
        )
        .distinct()
        .correlate(ProcedureRun, Organization)
        .subquery("found")
    )
    one = sa.func.json_build_object("id", found.c.id, "name", found.c.name)
    listed = sa.func.json_agg(aggregate_order_by(one, found.c.name, found.c.id))
    empty = sa.cast(sa.literal_column("'[]'"), JSON)
    return (
        sa.select(sa.func.coalesce(listed, empty))
        .where(found.c.distance == 1)
        .correlate(ProcedureRun, Organization)
        .scalar_subquery()
    )


async def holders_of_run(session: Session, subject_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """Who holds the open step of a subject's run; see `holders`."""
    question = (
        sa.select(holders(now))
        .select_from(ProcedureRun)
        .join(Organization, col(Organization.id) == col(ProcedureRun.organization_id))
        .where(col(ProcedureRun.subject_id) == subject_id)
    )
    found: list[dict[str, Any]] = (await session.execute(question)).scalar_one()
    return found


def tasks(
    grants: Iterable[tuple[str, str]],
    own_ids: Sequence[str],
    now: datetime,
    yellow_days: int,
    titles: Mapping[str, str],
) -> sa.Select[Any]:
    """The open runs that wait for one person, of every kind of subject; see `awaiting` and `step_title`."""
    organization = sa.func.json_build_object("id", col(Organization.id), "name", col(Organization.name))
    return (
        sa.select(
            col(ProcedureRun.subject_kind).label("kind"),
            col(ProcedureRun.subject_id).label("id"),
            col(ProcedureRun.number),
            col(ProcedureRun.title),
            col(ProcedureRun.step),
            step_title(titles).label("step_title"),
            col(ProcedureRun.awaiting_since).label("since"),
            col(ProcedureRun.due_at),
            light(now, yellow_days).label("light"),
            organization.label("organization"),
        )
        .join(Organization, col(Organization.id) == col(ProcedureRun.organization_id))
        .where(awaiting(grants, own_ids))
    )


def awaiting(grants: Iterable[tuple[str, str]], own_ids: Sequence[str]) -> sa.ColumnElement[bool]:
    """Match open runs that wait for someone with `grants` (role, path) who is none of those that may not act.

    `own_ids` are the ids that the person goes by: their own and those of the organisations they belong to.
    """
    roles: dict[str, list[str]] = {}
    for role, path in grants:
        roles.setdefault(path, []).append(role)
    mine = [sa.and_(below(path), _overlap(ProcedureRun.roles, held)) for path, held in sorted(roles.items())]
    return sa.and_(
        col(ProcedureRun.step).is_not(None),
        sa.or_(sa.false(), *mine),
        sa.not_(_overlap(ProcedureRun.not_for, own_ids)),
    )


def _overlap(column: Any, values: Sequence[str]) -> sa.ColumnElement[bool]:
    return col(column).op("&&", is_comparison=True)(sa.cast(list(values), ARRAY(sa.Text)))
