"""What a decision is for, in the six questions that have to be answered before it begins (5W1H)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from backend.domain.errors import Problem
from backend.domain.text import is_blank

AT = "/five_w_one_h"

# The sixth question of the report is "how far": a measure that can be checked, where it stands and where it should.
ANSWERS = (
    "/what",
    "/why",
    "/when/start_on",
    "/when/due_on",
    "/where",
    "/who/owner",
    "/how_far/measure",
    "/how_far/baseline",
    "/how_far/target",
    "/how_far/unit",
)


def goal_problems(goal: Mapping[str, Any], today: date) -> list[Problem]:
    """Everything that keeps a decision with this goal from beginning; `today` is the day in Shanghai.

    A pointer leads to each answer that is lacking (handbook 1.1.1: nothing starts with one of the six empty).
    """
    problems = [Problem(AT + path, "answer_missing") for path in ANSWERS if not _filled(_at(goal, path))]
    return [*problems, *_day_problems(_day(goal, "start_on"), _day(goal, "due_on"), today)]


def _day_problems(start: date | None, due: date | None, today: date) -> Iterator[Problem]:
    if due and due < today:
        yield Problem(f"{AT}/when/due_on", "due_in_past", {"today": today.isoformat()})
    if start and due and due < start:
        yield Problem(f"{AT}/when/due_on", "due_before_start", {"start": start.isoformat()})


def _day(goal: Mapping[str, Any], name: str) -> date | None:
    value = _at(goal, f"/when/{name}")
    return date.fromisoformat(value) if _filled(value) else None


def _at(goal: Any, path: str) -> Any:
    for key in path.strip("/").split("/"):
        goal = goal.get(key) if isinstance(goal, Mapping) else None
    return goal


def _filled(value: Any) -> bool:
    return isinstance(value, str) and not is_blank(value)
