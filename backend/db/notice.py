"""Notices in people's inboxes, and how far each run's ladder has been climbed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlmodel import Field, col

from backend.db.account import Account, RoleGrant, in_force
from backend.db.base import Json, Row, Session, Table, erasable, jsonb, timestamp
from backend.db.organization import Organization, Reach, under
from backend.db.procedure import ProcedureRun


class Notice(Row, table=True):
    """One rung told to one account.  `number` to `rung_title` are as they were when it was told; `day` is Shanghai's.

    The run is named without a foreign key: who undoes an import need not mind who was told of it.
    """

    __table_args__ = (
        sa.UniqueConstraint("account_id", "run_id", "opened_at", "limit_at", "rung"),
        sa.Index("ix_notice_account_day", "account_id", "day"),
        sa.Index("ix_notice_run", "run_id"),
        erasable("a notice has done its work when its matter is long over"),
    )

    account_id: UUID = Field(foreign_key="account.id")
    run_id: UUID
    subject_kind: str = Field(max_length=32)
    subject_id: UUID
    number: str = Field(max_length=32)
    title: str = Field(max_length=200)
    step: str = Field(max_length=64)
    step_title: Json = Field(sa_type=jsonb)
    rung: str = Field(max_length=32)
    rung_title: Json = Field(sa_type=jsonb)
    opened_at: datetime = Field(sa_type=timestamp)
    limit_at: datetime = Field(sa_type=timestamp)
    day: date
    received_at: datetime | None = Field(default=None, sa_type=timestamp)


class NoticePace(Table, table=True):
    """The last rung that was told of a run's opening and limit, and when the next one falls due (never: null)."""

    run_id: UUID = Field(primary_key=True)
    opened_at: datetime = Field(sa_type=timestamp)
    limit_at: datetime = Field(sa_type=timestamp)
    rung: str | None = Field(default=None, max_length=32)
    next_at: datetime | None = Field(default=None, sa_type=timestamp)


LIMIT = sa.func.least(col(ProcedureRun.limit_at), col(ProcedureRun.due_at))
"""What the ladder of a run counts to: the matter's limit or the open step's own, whichever comes first."""


LOG = "audit"
"""The kind of subject of alarms of the log: they stand for no run, and are for whoever may read the log."""

MAPPING = "mapping"
"""The kind of subject of notices that a partner's codes wait to be mapped: for whoever may map them."""

ACCOUNT, OWN_ACCOUNT = "account", "account_own"
"""The kinds of subject of alarms about an account: for whoever may read accounts, and for the account's own person."""

CLIENT = "client"
"""The kind of subject of alarms about a partner's program: for whoever may read clients."""


async def sending_is_mine(session: Session) -> bool:
    """Whether no other worker sends notices until this transaction ends."""
    lock = sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended("notices", 0))
    return bool((await session.execute(sa.select(lock))).scalar_one())


async def runs_to_tell(
    session: Session, versions: Collection[tuple[str, int]], now: datetime, most: int
) -> list[tuple[ProcedureRun, Organization, str | None]]:
    """Open runs whose next rung may be due, with their organisation and the last rung of this opening and limit.

    A run that somebody acts on at this moment is left for the next time.
    """
    same = sa.and_(
        col(NoticePace.opened_at) == col(ProcedureRun.opened_at),
        col(NoticePace.limit_at) == sa.type_coerce(LIMIT, timestamp),
    )
    question = (
        sa.select(ProcedureRun, Organization, sa.case((same, col(NoticePace.rung))).label("rung"))
        .join(Organization, col(Organization.id) == col(ProcedureRun.organization_id))
        .join(NoticePace, col(NoticePace.run_id) == col(ProcedureRun.id), isouter=True)
        .where(
            sa.tuple_(col(ProcedureRun.procedure), col(ProcedureRun.procedure_version)).in_(list(versions)),
            col(ProcedureRun.step).is_not(None),
            LIMIT.is_not(None),
            sa.or_(col(NoticePace.run_id).is_(None), sa.not_(same), col(NoticePace.next_at) <= now),
        )
        .order_by(col(ProcedureRun.id))
        .limit(most)
        .with_for_update(of=ProcedureRun, read=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(run, organization, rung) for run, organization, rung in (await session.execute(question)).all()]


async def note_pace(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        statement = postgresql.insert(NoticePace).values(list(rows))
        changes = {name: statement.excluded[name] for name in ("opened_at", "limit_at", "rung", "next_at")}
        await session.execute(statement.on_conflict_do_update(index_elements=["run_id"], set_=changes))


async def add_notices(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Store notices, except those that their account has already; returns how many are new."""
    if not rows:
        return 0
    statement = postgresql.insert(Notice).values(list(rows)).on_conflict_do_nothing().returning(col(Notice.id))
    return len((await session.execute(statement)).all())


async def told_of(session: Session, run_id: UUID) -> set[UUID]:
    """The accounts that have a notice of a matter, whenever it came."""
    question = sa.select(col(Notice.account_id)).where(col(Notice.run_id) == run_id)
    return set((await session.execute(question)).scalars())


async def seated(
    session: Session, roles: Collection[str], paths: Collection[str], at: datetime
) -> list[tuple[UUID, str, str]]:
    """Account, role and path of the active accounts that hold one of `roles` exactly at one of `paths`."""
    question = (
        sa.select(col(RoleGrant.account_id), col(RoleGrant.role), col(Organization.path))
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .join(Organization, col(Organization.id) == col(RoleGrant.organization_id))
        .where(
            col(RoleGrant.role).in_(roles),
            col(Organization.path).in_(paths),
            col(Account.suspended_at).is_(None),
            in_force(at),
        )
    )
    return [(account_id, role, path) for account_id, role, path in (await session.execute(question)).all()]


def notices_of(
    account_id: UUID,
    reaches: Mapping[str, Reach],
    own: Collection[str],
    sights: Mapping[str, sa.ColumnElement[bool]],
) -> sa.Select[Any]:
    """The notices of an account whose subject it may still see.

    `reaches` by the first word of the subject's kind; who was barred from the matter since sees nothing of it.
    `sights` by kind: what else has to hold where a record system hides more than its reach does.
    """
    kind = sa.func.split_part(col(Notice.subject_kind), "_", 1)
    seen = [
        sa.and_(kind == word, sights[word] if word in sights else under(reach))
        for word, reach in sorted(reaches.items())
    ]
    barred = col(ProcedureRun.not_for).op("&&", is_comparison=True)(sa.cast(sorted(own), ARRAY(sa.Text)))
    return (
        sa.select(Notice.__table__)  # type: ignore[attr-defined]  # SQLModel hides the table behind the class
        .join(ProcedureRun, col(ProcedureRun.id) == col(Notice.run_id), isouter=True)
        .join(Organization, col(Organization.id) == col(ProcedureRun.organization_id), isouter=True)
        .where(
            col(Notice.account_id) == account_id,
            sa.or_(
                sa.and_(col(ProcedureRun.id).is_not(None), sa.or_(sa.false(), *seen), sa.not_(barred)),
                kind == LOG if LOG in reaches else sa.false(),
                *(col(Notice.subject_kind) == each for each in (ACCOUNT, CLIENT, MAPPING) if each in reaches),
                sa.and_(col(Notice.subject_kind) == OWN_ACCOUNT, col(Notice.subject_id) == account_id),
            ),
        )
    )


def notice_days(notices: sa.Select[Any], language: str) -> tuple[sa.Select[Any], Any, Any]:
    """One row per day, with its notices; also the two columns that days are ordered by: all read, and the day."""
    of = notices.subquery("notice")
    one = sa.func.json_build_object(
        *("id", of.c.id, "subject_kind", of.c.subject_kind, "subject_id", of.c.subject_id, "number", of.c.number),
        *("title", of.c.title, "step", of.c.step, "step_title", of.c.step_title.op("->>")(language)),
        *("rung", of.c.rung, "rung_title", of.c.rung_title.op("->>")(language), "limit_at", of.c.limit_at),
        *("created_at", of.c.created_at, "received_at", of.c.received_at),
    )
    unread = of.c.received_at.is_(None)
    listed = sa.func.json_agg(aggregate_order_by(one, unread.desc(), of.c.limit_at, of.c.number, of.c.id))
    days = (
        sa.select(
            of.c.day,
            sa.func.count().filter(unread).label("unread"),
            sa.cast(sa.func.bool_and(sa.not_(unread)), sa.Integer).label("all_read"),
            listed.label("notices"),
        )
        .group_by(of.c.day)
        .subquery("days")
    )
    return sa.select(days.c.day, days.c.unread, days.c.notices), days.c.all_read, days.c.day


async def receive(session: Session, notices: sa.Select[Any], now: datetime) -> list[UUID]:
    """Mark those among `notices` that were not received before, and return them."""
    wanted = notices.with_only_columns(col(Notice.id)).where(col(Notice.received_at).is_(None))
    statement = sa.update(Notice).where(col(Notice.id).in_(wanted)).values(received_at=now).returning(col(Notice.id))
    return list((await session.execute(statement)).scalars())
