"""A small procedure that has nothing to do with any record system, for tests of the engine."""

import copy
from typing import Any

from backend.domain.procedure.attempt import Caller
from backend.domain.procedure.loading import load
from backend.domain.procedures.registry import indexed
from backend.domain.scene import Facts
from tests.domain.walking import Walk


def both(text: str) -> dict[str, str]:
    return {"zh-CN": text, "en": text}


def step(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": both(key), "help": both(key), "roles": ["doer"], **more}


RECORD = {
    "type": "object",
    "required": ["note"],
    "additionalProperties": False,
    "properties": {
        "note": {"type": "string", "title": "说明", "x-title-en": "Note", "minLength": 1},
        "day": {
            "type": "string",
            "format": "date",
            "title": "日期",
            "x-title-en": "Day",
            "x-day": {"not_before_opening": True, "not_future": True},
        },
        "sooner": {"type": "string", "title": "理由", "x-title-en": "Reason"},
    },
    "examples": [{"note": "x", "day": "@today"}],
}
ROLES = {role: both(role) for role in ("doer", "boss", "checker")}
MODEL: dict[str, Any] = {
    "key": "model",
    "version": 1,
    "title": both("model"),
    "roles": ROLES,
    "parties": {"maker": both("maker")},
    "withdrawal": {"roles": ["boss"], "before": "last"},
    "revised_by": ["doer"],
    "steps": [
        step("first", record=RECORD),
        step("maybe", waiver={"asked_by": ["doer"], "approved_by": ["boss"]}, back_to=["first"]),
        step(
            "asked",
            waits=[{"days": 10, "unit": "natural", "shortened_by": "/sooner"}],
            due={"days": 20, "unit": "working"},
            record=RECORD,
            content="material",
            back_to=["first", "asked"],
        ),
        step("judged", roles=["checker"], barred=["maker"], back_to=["first", "asked"], content="any"),
        step("signed", countersign={"count": 3, "roles": ["boss", "checker"]}, record=RECORD, back_to=["judged"]),
        step("last"),
    ],
}
PROCEDURE = load(MODEL)
VERSIONS = indexed([MODEL, {**MODEL, "version": 2, "steps": [*MODEL["steps"][:-1], step("added"), step("last")]}])
CALLERS = [
    Caller("ann", frozenset({"doer"})),
    Caller("bob", frozenset({"doer", "boss"})),
    Caller("cai", frozenset({"boss"})),
    Caller("dan", frozenset({"checker"})),
    Caller("eve", frozenset({"checker", "boss", "doer"}), frozenset({"maker-office"})),
    Caller("nobody", frozenset()),
]
FACTS = Facts(parties={"maker": frozenset({"maker-office"})}, content_sha256="v1")
ANN, BOB, CAI, DAN, EVE, NOBODY = CALLERS


def new_walk(**values: Any) -> Walk:
    return Walk(PROCEDURE, facts=FACTS, people=(ANN, DAN, CAI, BOB), **values)


def changed(**values: Any) -> dict[str, Any]:
    return {**copy.deepcopy(MODEL), **values}


def with_step(**values: Any) -> dict[str, Any]:
    return changed(steps=[step("only", **values)], withdrawal={"roles": ["boss"]})
