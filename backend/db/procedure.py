"""Runs of procedures and the acts they consist of.  A run belongs to one subject of any record system.

The acts are the truth; what a run's row says of its position are copies for lists, rewritten with every act.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB, aggregate_order_by, array
from sqlmodel import Field, col, select

from backend.db.account import Account, RoleGrant, in_force
from backend.db.append_only import append_only
from backend.db.base import Json, Row, Session, Versioned, choice, erasable, jsonb, timestamp
from backend.db.limit import has_passed
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

    Copies of the position: `step` to `under_check`.  `roles` may act next; `not_for` holds ids and marks of people and
    organisations that may not, although they hold such a role; only those of `only_for` may, unless it is empty.
    `due_at` is the open step's limit, `limit_at` the matter's, from
    `behind_at` on it is behind its milestones; `under_check`: the open step waits for somebody to
    verify.  `number` and `title` are the subject's; `started_step` is where it began, if not at the first step.
    """

    __table_args__ = (
        sa.Index("ix_procedure_run_due", "organization_id", "due_at"),
        sa.Index("ix_procedure_run_limit", "organization_id", "limit_at"),
        sa.Index("ix_procedure_run_step", "organization_id", "step"),
        erasable("an import may be undone"),
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
    started_step: str | None = Field(default=None, max_length=64)
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
    only_for: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    awaiting_since: datetime | None = Field(default=None, sa_type=timestamp)
    limit_at: datetime | None = Field(default=None, sa_type=timestamp)
    behind_at: datetime | None = Field(default=None, sa_type=timestamp)
    under_check: bool = False


class ProcedureAct(Row, table=True):
    """One act, as it was accepted.  `evidence` is a list of `{kind, id, sha256}`; `at` is the county's clock.

    `on_behalf_of` is whose role it was done in, when that had been lent to whoever did it.
    """

    __table_args__ = (sa.UniqueConstraint("run_id", "sequence"),)

    run_id: UUID = Field(foreign_key="procedure_run.id")
    sequence: int
    step: str = Field(max_length=64)
    outcome: str = Field(max_length=16)
    by: UUID
    by_name: str = Field(max_length=100)
    on_behalf_of: UUID | None = None
    on_behalf_of_name: str | None = Field(default=None, max_length=100)
    by_organization: UUID | None = None
    at: datetime = Field(sa_type=timestamp)
    reason: str = Field(default="", max_length=2000)
    rule: str = Field(default="", max_length=400)
    record: Json | None = Field(default=None, sa_type=jsonb)
    evidence: list[dict[str, str]] = Field(default_factory=list, sa_type=jsonb)
    to: str | None = Field(default=None, max_length=64)
    content_sha256: str | None = Field(default=None, max_length=64)
    result: str | None = Field(default=None, max_length=64)

    @property
    def signed(self) -> str:
        """Who did it, as papers name them, and in whose place: 张三（代李四）."""
        return f"{self.by_name}（代{self.on_behalf_of_name}）" if self.on_behalf_of_name else self.by_name


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
    """The SQL of `domain.calendar.overdue` for the matter's limit; a test holds the two together."""
    return has_passed(col(ProcedureRun.limit_at), now)


def light(now: datetime, yellow_days: int) -> sa.ColumnElement[str]:
    """The SQL of `domain.calendar.light` for the matter's limit, closed when no step is open; a test holds the two
    together."""
    return light_by(col(ProcedureRun.limit_at), sa.true() & col(ProcedureRun.under_check), now, yellow_days)


def task_light(now: datetime, yellow_days: int) -> sa.ColumnElement[str]:
    """The light of the open step's own limit, for whoever it waits for: to verify is work like any other."""
    return light_by(col(ProcedureRun.due_at), sa.false(), now, yellow_days)


def light_by(due: Any, checking: sa.ColumnElement[bool], now: datetime, yellow_days: int) -> sa.ColumnElement[str]:
    """The SQL of `domain.calendar.light` for any limit of a run."""
    last_day = shanghai_day(sa.type_coerce(due, timestamp))
    left = last_day - shanghai_day(sa.literal(now, timestamp))
    return sa.case(
        (col(ProcedureRun.step).is_(None), "grey"),
        (has_passed(due, now), "red"),
        (checking, "blue"),
        (due.is_(None), "grey"),
        (left <= yellow_days, "yellow"),
        else_="green",
    )


def shanghai_day(at: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(sa.func.timezone("Asia/Shanghai", at), sa.Date)


def step_title(titles: Mapping[str, str]) -> sa.ColumnElement[str]:
    """The open step's title; `titles` are by `key/version/step`, since every version may have its own."""
    place = sa.func.concat_ws("/", col(ProcedureRun.procedure), col(ProcedureRun.procedure_version), ProcedureRun.step)
    return sa.literal(dict(titles), JSONB).op("->>", return_type=sa.Text())(place)


# Made once: an alias learns its columns anew wherever it is made, which takes milliseconds.
_ABOVE, _HOME, _PLACE = (sa.orm.aliased(Organization) for _ in range(3))
_HELD, _ABSENT = sa.orm.aliased(RoleGrant), sa.orm.aliased(Account)


def holders(now: datetime) -> sa.ScalarSelect[Any]:
    """Who holds the open step, as JSON `[{id, name}]`: those with one of its roles who sit nearest.

    Nearest is the subject's organisation (`Organization` in the outer query), then the one above it, and so on up to
    the first that has anybody who may.  `now` is the machine's clock, by which grants begin and end.
    """
    above = _ABOVE
    path = col(Organization.path)
    place = sa.func.generate_series(1, sa.func.length(path)).column_valued("place")
    prefixes = sa.select(sa.func.left(path, place)).where(sa.func.substr(path, place, 1) == "/")
    # Distinct, so that PostgreSQL asks to whom somebody belongs only for those few who hold a role that counts here.
    near = (
        sa.select(
            col(Account.id),
            col(Account.name),
            col(Account.organization_id),
            col(RoleGrant.on_behalf_of),
            sa.func.length(above.path).label("depth"),
        )
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .join(above, col(above.id) == col(RoleGrant.organization_id))
        .where(
            col(above.path).in_(prefixes.correlate(Organization)),
            col(RoleGrant.role) == sa.any_(col(ProcedureRun.roles)),
            in_force(now),
            col(Account.suspended_at).is_(None),
        )
        .distinct()
        .correlate(ProcedureRun, Organization)
        .subquery("near")
    )
    own = _own_of(near, now).op("&&", is_comparison=True)
    found = (
        sa.select(near.c.id, near.c.name, sa.func.rank().over(order_by=near.c.depth.desc()).label("distance"))
        # Somebody may hold a role and a colleague's as well, and is named once.
        .distinct()
        .where(
            sa.or_(sa.func.cardinality(col(ProcedureRun.not_for)) == 0, sa.not_(own(col(ProcedureRun.not_for)))),
            sa.or_(_for_anybody(), own(col(ProcedureRun.only_for))),
        )
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


def _own_of(account: sa.Subquery, now: datetime) -> sa.ColumnElement[Any]:
    """The SQL of `domain.access.Actor.own` for a row of accounts with a role; a test holds the two together."""
    home, place, held, absent = _HOME, _PLACE, _HELD, _ABSENT
    at_home = sa.select(_marks(home)).where(col(home.id) == account.c.organization_id)
    granted = (
        sa.select(_marks(place))
        .join(held, col(held.organization_id) == col(place.id))
        .where(col(held.account_id) == account.c.id, in_force(now, held))
    )
    columns = (account.c.id, account.c.organization_id, account.c.on_behalf_of)
    absent_name = sa.select(col(absent.name)).where(col(absent.id) == account.c.on_behalf_of).scalar_subquery()
    names = [sa.literal("=") + sa.func.regexp_replace(name, r"\s", "", "g") for name in (account.c.name, absent_name)]
    ids = array([*(sa.cast(column, sa.Text) for column in columns), *names])
    home_marks, granted_marks = (question.correlate(account).scalar_subquery() for question in (at_home, granted))
    marks = sa.func.array_cat(home_marks, granted_marks)
    return sa.type_coerce(sa.func.array_cat(ids, marks), ARRAY(sa.Text))


def _marks(place: type[Organization]) -> sa.ColumnElement[Any]:
    """The marks of all the places together, as one list: `a/b/` gives @a and @b."""
    marked = sa.literal("@") + sa.func.replace(sa.func.rtrim(col(place.path), "/"), "/", "/@")
    return sa.func.string_to_array(sa.func.string_agg(marked, "/"), "/")


def _for_anybody() -> sa.ColumnElement[bool]:
    return sa.func.cardinality(col(ProcedureRun.only_for)) == 0


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
            task_light(now, yellow_days).label("light"),
            organization.label("organization"),
        )
        .join(Organization, col(Organization.id) == col(ProcedureRun.organization_id))
        .where(awaiting(grants, own_ids))
    )


def awaiting(grants: Iterable[tuple[str, str]], own_ids: Sequence[str]) -> sa.ColumnElement[bool]:
    """Match open runs that wait for someone with `grants` (role, path) who is one of those that may act.

    `own_ids` are what the person goes by: their own id and the ids and marks of the organisations they belong to.
    """
    roles: dict[str, list[str]] = {}
    for role, path in grants:
        roles.setdefault(path, []).append(role)
    mine = [sa.and_(below(path), _overlap(ProcedureRun.roles, held)) for path, held in sorted(roles.items())]
    return sa.and_(
        col(ProcedureRun.step).is_not(None),
        sa.or_(sa.false(), *mine),
        sa.not_(_overlap(ProcedureRun.not_for, own_ids)),
        sa.or_(_for_anybody(), _overlap(ProcedureRun.only_for, own_ids)),
    )


def _overlap(column: Any, values: Sequence[str]) -> sa.ColumnElement[bool]:
    return col(column).op("&&", is_comparison=True)(_texts(values))


def _texts(values: Sequence[str]) -> sa.ColumnElement[Any]:
    return sa.cast(list(values), ARRAY(sa.Text))
