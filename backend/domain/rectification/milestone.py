"""Milestones of an item: what is kept up for good (长期坚持) has one ahead, and none is reached by word alone."""

from datetime import date, timedelta
from itertools import pairwise

from backend.db.rectification import DeadlineKind, Rectification
from backend.domain.access import Moment
from backend.domain.calendar import day_of, shipped_calendar
from backend.domain.errors import Problem
from backend.domain.procedure.position import position
from backend.domain.procedure.trail import Act, Outcome, Position
from backend.domain.run import Standing, Wish

DAYS_APART = 90
DAYS_EARLY = 15
"""How long before its day a milestone may be told as reached: ours."""
CATCH_UP_DAYS = 30
"""How far ahead the next milestone may lie when the one before was missed by so long that 90 days after it are past:
ours."""
NEW_AT_MOST = 4
"""How many milestones a note may set: with 90 days between them a year's worth. Ours."""

_NEXT, _REACHED = "/record/next", "/record/reached"
_PLANNED, _AGAIN = "/record/milestones", "/record/due_on"


def sets_milestones(wish: Wish) -> bool:
    """Whether an act may set milestones: a plan, a note, or what opens an item again."""
    return wish.outcome in ("noted", "reopened") or (wish.step, wish.outcome) == ("plan", "done")


def position_after(standing: Standing, wish: Wish, moment: Moment) -> Position:
    """Where the run would stand with an act that has been found right."""
    outcome: Outcome = wish.outcome  # type: ignore[assignment]  # the engine has refused an unknown one
    act = Act(step=wish.step, outcome=outcome, by="", at=moment.now, record=wish.record)
    return position(standing.procedure, standing.trail.with_act(act), shipped_calendar())


def milestone_problems(
    item: Rectification, wish: Wish, before: Position, here: Position, moment: Moment
) -> list[Problem]:
    """What an act leaves wrong: a milestone told as reached that cannot be or that nothing proves, too many new ones,
    or for what is kept up for good, none ahead or too long a gap. `before` and `here`: without the act and with it."""
    if not sets_milestones(wish):
        return []
    if wish.outcome != "noted":
        if item.deadline_kind is not DeadlineKind.standing:
            return []
        return _apart(here, [], day_of(moment.now), _PLANNED if wish.outcome == "done" else _AGAIN)
    if here.step != wish.step:
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
        found += _apart(here, reached, today, _NEXT) if here.milestones else [Problem(_NEXT, "milestone_needed")]
    return found


def _apart(here: Position, reached: list[date], today: date, pointer: str) -> list[Problem]:
    """A gap counts from the milestone before, missed or just reached, and from today where all lie ahead."""
    ahead = sorted(here.milestones)
    begins = min(today, max(reached)) if reached else today
    days = ahead if ahead and ahead[0] < begins else [begins, *ahead]
    apart, soon = timedelta(days=DAYS_APART), today + timedelta(days=CATCH_UP_DAYS)
    far = any(later > max(earlier + apart, soon if earlier < today else earlier) for earlier, later in pairwise(days))
    return [Problem(pointer, "milestone_too_far", {"days": DAYS_APART})] if far else []
