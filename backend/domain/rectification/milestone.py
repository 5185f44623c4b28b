"""Milestones of an item: what is kept up for good (长期坚持) has one ahead, and none is reached by word alone."""

from datetime import date, timedelta
from itertools import pairwise

from backend.db.rectification import DeadlineKind, Rectification
from backend.domain.access import Moment
from backend.domain.calendar import day_of, shipped_calendar
from backend.domain.errors import Problem
from backend.domain.procedure.position import position
from backend.domain.procedure.trail import Act, Position
from backend.domain.run import Standing, Wish

DAYS_APART = 90
DAYS_EARLY = 15
"""How long before its day a milestone may be told as reached: ours."""
NEW_AT_MOST = 4
"""How many milestones a note may set: with 90 days between them a year's worth. Ours."""

_NEXT, _REACHED = "/record/next", "/record/reached"


def noted_position(standing: Standing, wish: Wish, moment: Moment) -> Position:
    """Where the run would stand with a note that has been found right."""
    act = Act(step=wish.step, outcome="noted", by="", at=moment.now, record=wish.record)
    return position(standing.procedure, standing.trail.with_act(act), shipped_calendar())


def milestone_problems(
    item: Rectification, wish: Wish, before: Position, here: Position, moment: Moment
) -> list[Problem]:
    """What a note leaves wrong: a milestone told as reached that cannot be or that nothing proves, too many new ones,
    or for what is kept up for good, none ahead or too long a gap. `before` and `here`: without the note and with it."""
    if wish.outcome != "noted" or here.step != wish.step:
        return []
    today, record = day_of(moment.now), wish.record or {}
    reached = [date.fromisoformat(day) for day in record.get("reached", ())]
    new = sorted({date.fromisoformat(day) for day in record.get("next", ())})
    found = []
    if reached and not wish.evidence:
        found.append(Problem("/evidence", "milestone_needs_evidence"))
    for place, day in enumerate(reached):
        if day not in before.milestones:
            found.append(Problem(f"{_REACHED}/{place}", "milestone_unknown", {"day": day.isoformat()}))
        elif day > today + timedelta(days=DAYS_EARLY):
            found.append(Problem(f"{_REACHED}/{place}", "milestone_not_due", {"days": DAYS_EARLY}))
    if len(new) > NEW_AT_MOST:
        found.append(Problem(_NEXT, "milestones_too_many", {"count": NEW_AT_MOST}))
    if any(day <= today for day in new):
        found.append(Problem(_NEXT, "milestone_in_past"))
    if item.deadline_kind is DeadlineKind.standing:
        found += _ahead(here, new, today)
    return found


def _ahead(here: Position, new: list[date], today: date) -> list[Problem]:
    if here.limit_at is None:
        return [Problem(_NEXT, "milestone_needed")]
    # What is missed is told by the light; a gap counts from today or from the milestone before.
    days = [today, *sorted(day for day in here.milestones if day > today)]
    far = any(later - earlier > timedelta(days=DAYS_APART) for earlier, later in pairwise(days))
    return [Problem(_NEXT, "milestone_too_far", {"days": DAYS_APART})] if far else []
