"""The demonstration's time: it begins on a Friday morning in late autumn, with most of a year behind it."""

from datetime import UTC, date, datetime

from backend.domain.calendar import SHANGHAI


def at(text: str) -> datetime:
    """A moment in Shanghai, as UTC: `at("2026-06-01 09:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


BEGINS = at("2026-11-20 09:00")
"""What the county's clock shows when the demonstration has just been loaded."""

LAST_ROUND = at("2026-11-20 08:56")
"""When the worker last looked round before that: what it tells and closes by itself is told and closed."""

TODAY = date(2026, 11, 20)
