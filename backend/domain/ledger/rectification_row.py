"""What single cells of the ledger of problems mean, beside plain texts and days."""

from datetime import date
from typing import NamedTuple


class Deadline(NamedTuple):
    """When something has to be put right: `kind` is dated, immediate or standing, `due_on` the last day of a dated one.
    `original_due_on` is told where an extension has moved it."""

    kind: str
    due_on: date | None = None
    original_due_on: date | None = None


class Closing(NamedTuple):
    """What a ledger says of the closing of a problem: that it is closed, and since when where it tells."""

    on: date | None = None


class Progress(NamedTuple):
    """Where an item stands: the title of its step, its light, and the days left (negative: overdue by so many).

    `handed_in_late`: by how many days the unit was late on asking for closing. `step_late`: by how many days others are
    late with the step that they hold.
    """

    step: str
    light: str
    days_left: int | None = None
    handed_in_late: int = 0
    step_late: int = 0
