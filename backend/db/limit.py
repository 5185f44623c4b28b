"""Limits in SQL: the one twin of `domain.calendar.overdue`, for every table that keeps a limit."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa


def has_passed(due_at: Any, now: datetime) -> sa.ColumnElement[bool]:
    """Whether the limit in the column `due_at` (23:59:59 of its last day; null: none) has passed; never null."""
    return sa.and_(due_at.is_not(None), due_at <= now - timedelta(seconds=1))
