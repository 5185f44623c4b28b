"""What is said of an item's time, in SQL: the twin of `domain.rectification.light`; a test holds the two together.

Every list, count, figure, bulletin and export that calls an item late asks here, of a run joined with its item.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import timestamp
from backend.db.limit import has_passed
from backend.db.procedure import ProcedureRun, light_by, shanghai_day
from backend.db.rectification import Rectification

_RUN = ProcedureRun
_OTHERS = ("assignment", "plan_approval")
"""Steps before the checks that the responsible unit does not do itself."""


def own_limit() -> sa.ColumnElement[Any]:
    """The limit that the item is held to now."""
    has_it = sa.and_(col(_RUN.step).is_not(None), col(_RUN.step) != "assignment", ~col(_RUN.under_check))
    return sa.case((has_it, col(_RUN.limit_at)), (col(_RUN.step) == "assignment", _kept_limit()), else_=sa.null())


def _kept_limit() -> sa.ColumnElement[Any]:
    """The last second of the day in force of an item that waits to be assigned: set by a ledger or before it came back.

    The twin of `domain.rectification.limit.kept_limit`.
    """
    item = Rectification
    assigned = col(item.assigned_on).is_not(None)
    day = sa.case(
        (assigned, sa.func.coalesce(col(item.due_on), col(item.milestone_due_on))), else_=col(item.original_due_on)
    )
    last_second = sa.func.timezone("Asia/Shanghai", sa.cast(day + 1, sa.DateTime), type_=timestamp) - timedelta(
        seconds=1
    )
    return sa.case((col(item.deadline_kind).is_not(None), last_second), else_=sa.null())


def item_light(now: datetime, yellow_days: int) -> sa.ColumnElement[str]:
    shown = light_by(own_limit(), sa.true() & col(_RUN.under_check), now, yellow_days)
    behind = sa.and_(shown == "green", has_passed(col(_RUN.behind_at), now))
    return sa.case((behind, "yellow"), else_=shown)


def item_is_overdue(now: datetime) -> sa.ColumnElement[bool]:
    """Whether the responsible unit is late with the item now."""
    return has_passed(own_limit(), now)


def overdue_days(now: datetime) -> sa.ColumnElement[int]:
    """By how many days it is."""
    return _days_past(own_limit(), now)


def step_late_days(now: datetime) -> sa.ColumnElement[int]:
    """By how many days those who hold the open step are late with it."""
    return sa.case((col(_RUN.step).is_(None), 0), else_=_days_past(col(_RUN.due_at), now))


def others_are_late(now: datetime) -> sa.ColumnElement[bool]:
    """Whether a step that is not the unit's to do is late: to assign, to approve the plan, to check, to close."""
    others = sa.or_(col(_RUN.step).in_(_OTHERS), col(_RUN.under_check))
    return sa.and_(col(_RUN.step).is_not(None), others, has_passed(col(_RUN.due_at), now))


def handed_in_late_days() -> sa.ColumnElement[int]:
    """By how many days the unit was late when it asked for closing."""
    due = sa.func.coalesce(col(Rectification.due_on), col(Rectification.milestone_due_on))
    late = col(Rectification.close_requested_on) - due
    return sa.func.greatest(sa.func.coalesce(late, 0), 0)


def _days_past(limit: Any, now: datetime) -> sa.ColumnElement[int]:
    past = shanghai_day(sa.literal(now, timestamp)) - shanghai_day(sa.type_coerce(limit, timestamp))
    return sa.case((has_passed(limit, now), past), else_=0)
