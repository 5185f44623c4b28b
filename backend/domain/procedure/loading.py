"""Loading a definition: its shape, its schemas and its examples are checked before any run sees it."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from backend.domain.condition import Condition, check_references, load_condition
from backend.domain.errors import Problem
from backend.domain.procedure.definition import (
    Countersign,
    EvidenceKind,
    Outlet,
    Period,
    Procedure,
    Step,
    Wait,
    Waiver,
    Withdrawal,
)
from backend.domain.procedure.example import rendered
from backend.domain.procedure.record import schema_problems
from backend.domain.procedure.shape import DEFINITION
from backend.domain.scene import schema_at


class InvalidDefinition(ValueError):
    """A definition that no run may begin under; `problems` point into its data."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.pointer}: {p.code} {dict(p.params)}" for p in self.problems))


def load(data: Mapping[str, Any]) -> Procedure:
    """The procedure that `data` describes. Raises InvalidDefinition with every problem found."""
    problems = schema_problems(DEFINITION, data, "")
    if problems:
        raise InvalidDefinition(problems)
    keys = [step["key"] for step in data["steps"]]
    if len(set(keys)) < len(keys):
        raise InvalidDefinition([Problem("/steps", "step_key_repeats", {})])
    schemas: dict[str, Mapping[str, Any]] = {}
    steps = []
    for place, step in enumerate(data["steps"]):
        at = f"/steps/{place}"
        found = _step_problems(step, keys[: place + 1], data.get("parties", {}))
        conditions, more = _conditions(step, schemas, data.get("parties", {}))
        problems += [Problem(at + p.pointer, p.code, p.params) for p in [*found, *more]]
        if step.get("record"):
            schemas[step["key"]] = step["record"]
        if not found and not more:
            steps.append(_step(step, conditions))
    problems += [
        Problem("/roles", "role_unknown", {"role": role}) for role in sorted(_named_roles(data) - set(data["roles"]))
    ]
    until = data.get("withdrawal", {}).get("before")
    if until is not None and until not in keys:
        problems.append(Problem("/withdrawal/before", "step_unknown", {"step": until}))
    if problems:
        raise InvalidDefinition(problems)
    withdrawal = data.get("withdrawal")
    return Procedure(
        key=data["key"],
        version=data["version"],
        title=data["title"],
        steps=tuple(steps),
        repeats=data.get("repeats", False),
        roles=data["roles"],
        parties=data.get("parties", {}),
        withdrawal=Withdrawal(tuple(withdrawal["roles"]), until) if withdrawal else None,
        revised_by=tuple(data.get("revised_by", ())),
        # A copy through JSON: the definition cannot be changed behind the back of its runs, and is proven to be JSON.
        data=json.loads(json.dumps(data)),
    )


def _named_roles(data: Mapping[str, Any]) -> set[str]:
    named = {*data.get("withdrawal", {}).get("roles", ()), *data.get("revised_by", ())}
    for step in data["steps"]:
        waiver, sign = step.get("waiver", {}), step.get("countersign", {})
        lists = (step["roles"], waiver.get("asked_by"), waiver.get("approved_by"), sign.get("roles"))
        named |= {role for roles in lists for role in roles or ()}
    return named


def _step_problems(step: Mapping[str, Any], reachable: list[str], parties: Mapping[str, Any]) -> list[Problem]:
    problems = [
        Problem("/back_to", "step_unknown", {"step": key}) for key in step.get("back_to", ()) if key not in reachable
    ]
    problems += [Problem("/barred", "party_unknown", {"party": p}) for p in step.get("barred", ()) if p not in parties]
    schema = step.get("record")
    fields = [wait.get("shortened_by") for wait in step.get("waits", ())]
    fields += [kind.get("required_with") for kind in step.get("evidence", ())]
    if schema is None:
        return problems + [Problem("", "record_undefined", {"field": path}) for path in fields if path]
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return [*problems, Problem("/record", "schema_wrong", {"why": error.message})]
    problems += [
        Problem("", "reference_unknown", {"rule": step["key"], "reference": path})
        for path in fields
        if path and schema_at(schema, path) is None
    ]
    problems += _untitled(schema, "/record")
    examples = schema.get("examples", [])
    if not examples:
        problems.append(Problem("/record/examples", "example_missing", {}))
    now = datetime(2026, 1, 5, tzinfo=UTC)
    for place, example in enumerate(examples):
        problems += schema_problems(schema, rendered(example, now, now), f"/record/examples/{place}")
    return problems


def _untitled(schema: Mapping[str, Any], at: str) -> list[Problem]:
    """Fields that a form could not name, and choices that it could not label, in both languages."""
    problems = []
    for key, part in schema.get("properties", {}).items():
        pointer = f"{at}/properties/{key}"
        if not part.get("title") or not part.get("x-title-en"):
            problems.append(Problem(pointer, "title_missing", {}))
        inner = part.get("items", part)
        for value in inner.get("enum", ()):
            if set(inner.get("x-labels", {}).get(value, ())) < {"zh-CN", "en"}:
                problems.append(Problem(pointer, "label_missing", {"value": value}))
        problems += _untitled(inner, pointer + "/items" if inner is not part else pointer)
    return problems


def _conditions(
    step: Mapping[str, Any], earlier: Mapping[str, Mapping[str, Any]], parties: Mapping[str, Any]
) -> tuple[list[Condition], list[Problem]]:
    """The step's conditions, the one of its result last when it has one."""
    conditions, problems = [], []
    named = [(f"/conditions/{place}", data) for place, data in enumerate(step.get("conditions", ()))]
    if result := step.get("result"):
        named.append(("/result/vote", {"rule": "vote", **result["vote"]}))
    for at, data in named:
        condition = load_condition(data)
        if isinstance(condition, Problem):
            problems.append(Problem(at + condition.pointer, condition.code, condition.params))
            continue
        conditions.append(condition)
        found = check_references(condition, step.get("record") or {}, earlier, parties)
        problems += [Problem(at, p.code, p.params) for p in found]
    return conditions, problems


def _period(data: Mapping[str, Any], *, off_rest_days: bool) -> Period:
    return Period(data["days"], data["unit"], data.get("off_rest_days", off_rest_days))


def _step(data: Mapping[str, Any], conditions: list[Condition]) -> Step:
    result, sign, waiver = data.get("result"), data.get("countersign"), data.get("waiver")
    return Step(
        key=data["key"],
        title=data["title"],
        help=data["help"],
        roles=tuple(data["roles"]),
        schema=data.get("record"),
        evidence=tuple(
            EvidenceKind(kind["kind"], kind["title"], kind.get("required", False), kind.get("required_with"))
            for kind in data.get("evidence", ())
        ),
        waits=tuple(
            Wait(_period(wait, off_rest_days=False), wait.get("shortened_by")) for wait in data.get("waits", ())
        ),
        due=_period(data["due"], off_rest_days=True) if "due" in data else None,
        countersign=Countersign(sign["count"], tuple(sign["roles"])) if sign else None,
        waiver=Waiver(tuple(waiver["asked_by"]), tuple(waiver["approved_by"])) if waiver else None,
        back_to=tuple(data.get("back_to", ())),
        barred=tuple(data.get("barred", ())),
        conditions=tuple(conditions),
        outlet=Outlet(conditions[-1], result["passed"], result["failed"], result["failed_ends"]) if result else None,
        content=data.get("content", "none"),
        record_on_return=data.get("record_on_return", False),
    )
