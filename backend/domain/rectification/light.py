"""What is said of an item's time: a unit answers for the item while it has it, and everybody for their own steps.

The SQL of each stands in `db.rectification_light`; a test holds the two together.
"""

from datetime import date, datetime

from backend.domain.calendar import Light, day_of, last_second_of, light, overdue

ASSIGNING = "assignment"


def own_limit(
    step: str | None, limit_at: datetime | None, *, checking: bool, kept_on: date | None = None
) -> datetime | None:
    """The limit that the item is held to now; None before one is set and once the unit has handed it in.

    `limit_at` and `checking` are the run's: until somebody checks, the matter's limit is the item's own one. `kept_on`
    is the day in force (`limit.kept_limit`) of an item that waits to be assigned: a ledger from before had set it, or
    the unit gave the item back. A limit moves by an approved extension alone (handbook 1.2.2), so that neither giving
    an item back nor the days that others check it (blue, 2.10) give anybody days.
    """
    if step == ASSIGNING and kept_on is not None:
        return last_second_of(kept_on)
    return None if step is None or step == ASSIGNING or checking else limit_at


def light_within(
    limit: datetime | None, step: str | None, now: datetime, *, checking: bool, behind_at: datetime | None = None
) -> Light:
    """The light of an item with that `own_limit`.

    Red when the unit is late; blue while others check what it handed in, however long they take; grey while nobody has
    to put it right by a day: before one is set, and when it is over. Yellow also from `behind_at` on: a milestone was
    missed, or the last one reached late.
    """
    shown = light(limit, now, closed=step is None, checking=checking)
    return "yellow" if shown == "green" and overdue(behind_at, now) else shown


def days_past(limit_at: datetime | None, now: datetime) -> int:
    """How many days a limit has passed by; 0 while it has not, and without one."""
    return (day_of(now) - day_of(limit_at)).days if limit_at and overdue(limit_at, now) else 0


def handed_in_late_days(close_requested_on: date | None, due_on: date | None) -> int:
    """By how many days the unit was late when it asked for closing: what is handed in late stays told as that."""
    if close_requested_on is None or due_on is None:
        return 0
    return max((close_requested_on - due_on).days, 0)
