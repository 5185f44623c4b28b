"""Conditions on days."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from backend.domain.condition.vocabulary import COUNT, TEXT, Params, word
from backend.domain.errors import Problem
from backend.domain.scene import Scene

UNIT_TITLES = {
    "natural": {"zh-CN": "日", "en": "days"},
    "working": {"zh-CN": "个工作日", "en": "working days"},
}


@word(
    {
        "from": TEXT,
        "to": TEXT,
        "days": COUNT,
        "unit": {"enum": ["natural", "working"]},
        "whole": {"type": "boolean"},
    },
    "from",
    "to",
    optional=("whole",),
)
def apart_days(params: Params, scene: Scene) -> Iterable[Problem]:
    """`to` is at least so many days after `from`, the first day not counted. Says nothing when a day is missing.

    `whole`: the last of the days has to be over by `to`, as for a period that ends at 24:00.
    """
    (_, first), (pointer, last) = scene.first(params["from"]), scene.first(params["to"])
    if not isinstance(first, str) or not isinstance(last, str):
        return
    days = scene.calendar.days_between(date.fromisoformat(first), date.fromisoformat(last), params["unit"])
    if days < params["days"] + bool(params.get("whole")):
        yield Problem(
            pointer,
            "days_apart_short",
            {
                "first": scene.title(params["from"]),
                "last": scene.title(params["to"]),
                "needed": params["days"],
                "days": days,
                "unit": UNIT_TITLES[params["unit"]],
            },
        )


_SPAN: dict[str, Any] = {"from": TEXT, "to": TEXT, "days": COUNT, "unit": {"enum": ["natural", "working"]}}


@word(_SPAN, "from", "to")
def apart_at_most(params: Params, scene: Scene) -> Iterable[Problem]:
    """Nothing lies more than so many days after what comes before it: the first of `to` after `from`, the next after
    the first, as for milestones. Days in any order; says nothing when `from` is missing."""
    _, first = scene.first(params["from"])
    if not isinstance(first, str):
        return
    before = date.fromisoformat(first)
    found = [(date.fromisoformat(day), pointer) for pointer, day in scene.values(params["to"]) if isinstance(day, str)]
    for day, pointer in sorted(found):
        days = scene.calendar.days_between(before, day, params["unit"])
        if days > params["days"]:
            yield Problem(
                pointer,
                "days_apart_long",
                {
                    "field": scene.title(params["to"]),
                    "most": params["days"],
                    "days": days,
                    "unit": UNIT_TITLES[params["unit"]],
                },
            )
        before = day


@word({"field": TEXT, "other": TEXT}, "field", "other")
def on_or_after(params: Params, scene: Scene) -> Iterable[Problem]:
    """The day (each, of a list) is not before the other."""
    for pointer, day, other in _pairs(params, scene):
        if day < other:
            yield Problem(pointer, "day_before_other", _sides(params, scene))


@word({"field": TEXT, "other": TEXT}, "field", "other")
def on_or_before(params: Params, scene: Scene) -> Iterable[Problem]:
    """The day (each, of a list) is not after the other."""
    for pointer, day, other in _pairs(params, scene):
        if day > other:
            yield Problem(pointer, "day_after_other", _sides(params, scene))


def _pairs(params: Params, scene: Scene) -> Iterable[tuple[str, date, date]]:
    _, other = scene.first(params["other"])
    if isinstance(other, str):
        for pointer, day in scene.values(params["field"]):
            if isinstance(day, str):
                yield pointer, date.fromisoformat(day), date.fromisoformat(other)


def _sides(params: Params, scene: Scene) -> dict[str, Any]:
    return {"field": scene.title(params["field"]), "other": scene.title(params["other"])}
