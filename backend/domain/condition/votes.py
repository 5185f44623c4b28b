"""Conditions on a vote: that it was possible, and what it comes to."""

from collections.abc import Iterable
from typing import Any

from backend.domain.condition.vocabulary import TEXT, TEXTS, Params, word
from backend.domain.errors import Problem
from backend.domain.scene import Scene
from backend.domain.voting import VOTE_RULES, Tally, VoteRule, irregularities, normal_name, tally


@word(
    {
        "table": {"enum": list(VOTE_RULES)},
        "table_by": {
            "type": "object",
            "required": ["field", "rules"],
            "additionalProperties": False,
            "properties": {
                "field": TEXT,
                "rules": {"type": "object", "additionalProperties": {"enum": list(VOTE_RULES)}, "minProperties": 1},
            },
        },
    },
    optional=("table", "table_by"),
)
def vote(params: Params, scene: Scene) -> Iterable[Problem]:
    """The record's `attendance` and `votes` are possible, and the meeting had its quorum. Losing is no problem here."""
    rule, count = counted_vote(params, scene.record or {})
    yield from irregularities(rule, _list(scene, "attendance"), _list(scene, "votes"), at="/record")
    if not count.quorum:
        yield Problem(
            "/record/attendance",
            "quorum_not_met",
            {
                "meeting": rule.title,
                "present": count.present if rule.counts == "present" else count.cast,
                "due": count.due if rule.quorum.base == "due" else count.total,
                "needed": count.quorum_needed,
                "short": count.quorum_short,
            },
        )


def counted_vote(params: Params, record: Params) -> tuple[VoteRule, Tally]:
    """Which row of the table a vote falls under, by the record itself, and what its lists add up to."""
    key = params.get("table")
    if key is None:
        by = params["table_by"]
        key = by["rules"].get(record.get(by["field"].strip("/")), next(iter(by["rules"].values())))
    rule = VOTE_RULES[key]
    return rule, tally(rule, record.get("attendance", ()), record.get("votes", ()))


def _list(scene: Scene, key: str) -> list[Any]:
    value = (scene.record or {}).get(key)
    return value if isinstance(value, list) else []


@word({"votes": TEXT, "choices": TEXTS, "views": TEXT}, "votes", "views")
def dissent_recorded(params: Params, scene: Scene) -> Iterable[Problem]:
    """Whoever voted one of `choices` by name has a view of their own in the minutes, word for word."""
    (_, votes), (pointer, views) = scene.first(params["votes"]), scene.first(params["views"])
    spoke = {normal_name(view.get("name")) for view in views or []}
    for ballot in votes or []:
        name = normal_name(ballot.get("name"))
        if name and ballot.get("choice") in params["choices"] and name not in spoke:
            yield Problem(pointer, "dissent_missing", {"name": name})
