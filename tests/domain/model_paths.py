"""A small procedure with every way that a run can take: branches, chosen limits, extensions, notes, reopening."""

from typing import Any

from backend.domain.procedure.attempt import Caller
from backend.domain.procedure.loading import load
from backend.domain.procedures.fields import choice, day, listed, record, text
from backend.domain.scene import Facts
from tests.domain.model import both, step
from tests.domain.walking import Walk

KINDS = {"small": ("小", "small"), "large": ("大", "large"), "none": ("无", "none")}
TEN: dict[str, Any] = {"days": 10, "unit": "natural", "off_rest_days": False}
GRADES = {"good": ("好", "good"), "bad": ("差", "bad")}
DAYS: dict[str, Any] = {"type": "array", "items": {"type": "string", "format": "date"}}
TAKEN = {"field": "sort:/kind", "in": ["small", "large"]}
SORT = record(
    {"kind": choice("类型", "Kind", KINDS)},
    {"due_on": day("时限", "Limit"), "marks": listed("阶段", "Milestones", {"on": day("日期", "Day")})},
    example={"kind": "small"},
)
NOTE = record(
    {"text": text("进展", "Progress")},
    {
        "reached": {**DAYS, "title": "已到", "x-title-en": "Reached"},
        "next": {**DAYS, "title": "下一", "x-title-en": "Next"},
    },
    example={"text": "x"},
)
PATHS: dict[str, Any] = {
    "key": "paths",
    "version": 1,
    "title": both("paths"),
    "roles": {role: both(role) for role in ("doer", "boss", "checker", "system")},
    "parties": {"unit": both("unit")},
    "reopening": {
        "roles": ["boss"],
        "to": "work",
        "barred": ["unit"],
        "record": record({}, {"due_on": day("新时限", "New limit")}, example={"due_on": "@today+30"}),
    },
    "ladder": [{"rung": "t-7", "days": -7, "to": ["holders"]}, {"rung": "half", "percent": 50, "to": ["boss"]}],
    "steps": [
        step("alarm", applies={"field": "subject:/severity", "in": ["major"]}),
        step("sort", record=SORT, result={"field": "/kind"}, due={"days": 1, "unit": "working"}),
        step("sign", only=["unit"], applies=TAKEN, back_to=["sort"], due={"days": 2, "unit": "working"}),
        step(
            "work",
            only=["unit"],
            applies=[TAKEN],
            due_from={"day": "sort:/due_on", "milestones": "sort:/marks/*/on", "reopened": "/due_on"},
            due_by={
                "field": "sort:/kind",
                "periods": {"small": TEN},
            },
            due={**TEN, "days": 30},
            extension={
                "asked_by": ["doer"],
                "approved_by": ["boss"],
                "at_most": 2,
                "share_percent": 50,
                "barred": ["unit"],
            },
            note=NOTE,
            limit=True,
            evidence=[{"kind": "photo", "title": both("photo")}, {"kind": "paper", "title": both("paper")}],
            evidence_at_least=1,
            returns_at_most={"count": 2, "from": ["rate"]},
            back_to=["sort"],
        ),
        step(
            "proof",
            roles=["checker"],
            applies=TAKEN,
            barred=["unit"],
            other_than=["sort", "work"],
            checking=True,
            due={"days": 5, "unit": "working"},
            back_to=["work"],
        ),
        step(
            "second",
            roles=["checker"],
            applies=[{"field": "sort:/kind", "in": ["large"]}, {"field": "subject:/severity", "in": ["major"]}],
            other_than=["work", "proof"],
            checking=True,
            waiver={"asked_by": ["checker"], "approved_by": ["boss"]},
            back_to=["proof", "work"],
        ),
        step(
            "rate",
            roles=["doer", "system"],
            applies=TAKEN,
            record=record({"grade": choice("评价", "Grade", GRADES)}, example={"grade": "good"}),
            back_to=["second", "work"],
            due={"days": 15, "unit": "natural"},
        ),
        step("review", roles=["boss"], applies={"field": "rate:/grade", "in": ["bad"]}),
    ],
}
PROCEDURE = load(PATHS)
UNA = Caller("una", frozenset({"doer"}), frozenset({"una", "@unit"}))
ULI = Caller("uli", frozenset({"doer", "boss", "checker"}), frozenset({"uli", "@unit", "@sub"}))
ANN = Caller("ann", frozenset({"doer"}), frozenset({"ann", "@office"}))
BOB = Caller("bob", frozenset({"doer", "boss", "checker"}), frozenset({"bob", "@office"}))
CAI = Caller("cai", frozenset({"checker"}), frozenset({"cai", "@office"}))
DAN = Caller("dan", frozenset({"boss", "checker"}), frozenset({"dan", "@office"}))
CALLERS = [UNA, ULI, ANN, BOB, CAI, DAN]
FACTS = Facts(subject={"severity": "general"}, parties={"unit": frozenset({"@unit"})}, content_sha256="v1")


def new_path(severity: str = "general", **values: Any) -> Walk:
    facts = Facts(subject={"severity": severity}, parties=FACTS.parties, content_sha256="v1")
    return Walk(PROCEDURE, facts=facts, people=(ANN, UNA, CAI, DAN), **values)
