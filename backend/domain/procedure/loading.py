"""Loading a definition: its shape, its schemas and its examples are checked before any run sees it."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from backend.domain.condition import Condition, check_references, load_condition
from backend.domain.errors import Problem
from backend.domain.procedure.building import build_reopening, build_rung, build_step, build_withdrawal, guards_of
from backend.domain.procedure.definition import Procedure
from backend.domain.procedure.example import rendered
from backend.domain.procedure.record import schema_problems
from backend.domain.procedure.shape import DEFINITION
from backend.domain.scene import SUBJECT, schema_at, split_reference

HOLDERS = "holders"
"""Stands in a ladder for whoever holds the open step."""


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
    if len(set(keys)) < len(keys) or SUBJECT in keys:
        raise InvalidDefinition([Problem("/steps", "step_key_repeats", {})])
    parties = data.get("parties", {})
    schemas: dict[str, Mapping[str, Any]] = {}
    steps = []
    for place, step in enumerate(data["steps"]):
        at = f"/steps/{place}"
        found = [*_step_problems(step, keys[: place + 1], parties), *_earlier_problems(step, keys[:place], schemas)]
        conditions, more = _conditions(step, schemas, parties)
        problems += [Problem(at + p.pointer, p.code, p.params) for p in [*found, *more]]
        if step.get("record"):
            schemas[step["key"]] = step["record"]
        if not found and not more:
            steps.append(build_step(step, conditions))
    problems += _procedure_problems(data, keys)
    if problems:
        raise InvalidDefinition(problems)
    return Procedure(
        key=data["key"],
        version=data["version"],
        title=data["title"],
        steps=tuple(steps),
        repeats=data.get("repeats", False),
        roles=data["roles"],
        parties=parties,
        withdrawal=build_withdrawal(data.get("withdrawal")),
        revised_by=tuple(data.get("revised_by", ())),
        reopening=build_reopening(data.get("reopening")),
        ladder=tuple(build_rung(rung) for rung in data.get("ladder", ())),
        # A copy through JSON: the definition cannot be changed behind the back of its runs, and is proven to be JSON.
        data=json.loads(json.dumps(data)),
    )


def _procedure_problems(data: Mapping[str, Any], keys: Collection[str]) -> Iterator[Problem]:
    for role in sorted(_named_roles(data) - set(data["roles"])):
        yield Problem("/roles", "role_unknown", {"role": role})
    reopening = data.get("reopening", {})
    for named, key in (("withdrawal", "before"), ("reopening", "to")):
        if key in data.get(named, {}):
            yield from _unknown_steps(f"/{named}/{key}", [data[named][key]], keys)
        barred = data.get(named, {}).get("barred", ())
        yield from _unknown_parties(f"/{named}/barred", barred, data.get("parties", {}))
    if "record" in reopening:
        yield from _schema_problems(reopening["record"], "/reopening/record")
    for place, step in enumerate(data["steps"]):
        path = step.get("due_from", {}).get("reopened")
        if path and (schema_at(reopening.get("record", {}), path) or {}).get("format") != "date":
            yield Problem(f"/steps/{place}/due_from", "reference_unknown", {"rule": step["key"], "reference": path})
    if sum(step.get("limit", False) for step in data["steps"]) > 1:
        yield Problem("/steps", "limit_repeats", {})
    for place, rung in enumerate(data.get("ladder", ())):
        if ("days" in rung) == ("percent" in rung):
            yield Problem(f"/ladder/{place}", "rung_wrong", {"rung": rung["rung"]})


def _named_roles(data: Mapping[str, Any]) -> set[str]:
    named = {*data.get("withdrawal", {}).get("roles", ()), *data.get("revised_by", ())}
    named |= {*data.get("reopening", {}).get("roles", ())}
    named |= {role for rung in data.get("ladder", ()) for role in rung["to"]} - {HOLDERS}
    for step in data["steps"]:
        waiver, sign, extension = step.get("waiver", {}), step.get("countersign", {}), step.get("extension", {})
        plain = (step["roles"], step.get("recalled_by"), sign.get("roles"))
        lists = (*plain, *(x.get(k) for x in (waiver, extension) for k in _ASKING))
        named |= {role for roles in lists for role in roles or ()}
    return named


_ASKING = ("asked_by", "approved_by")


def _unknown_parties(pointer: str, named: Iterable[str], parties: Mapping[str, Any]) -> list[Problem]:
    return [Problem(pointer, "party_unknown", {"party": party}) for party in named if party not in parties]


def _unknown_steps(pointer: str, named: Iterable[str], known: Collection[str]) -> list[Problem]:
    return [Problem(pointer, "step_unknown", {"step": key}) for key in named if key not in known]


def _step_problems(step: Mapping[str, Any], reachable: list[str], parties: Mapping[str, Any]) -> list[Problem]:
    problems = _unknown_steps("/back_to", step.get("back_to", ()), reachable)
    for key in ("barred", "only"):
        problems += _unknown_parties(f"/{key}", step.get(key, ()), parties)
    problems += _unknown_parties("/extension/barred", step.get("extension", {}).get("barred", ()), parties)
    if "note" in step:
        problems += _schema_problems(step["note"], "/note")
    schema = step.get("record")
    fields = [wait.get("shortened_by") for wait in step.get("waits", ())]
    fields += [kind.get("required_with") for kind in step.get("evidence", ())]
    fields += [step.get("result", {}).get("field")]
    if schema is None:
        return problems + [Problem("", "record_undefined", {"field": path}) for path in fields if path]
    found = _schema_problems(schema, "/record")
    if any(problem.code == "schema_wrong" for problem in found):
        return problems + found
    problems += [
        Problem("", "reference_unknown", {"rule": step["key"], "reference": path})
        for path in fields
        if path and schema_at(schema, path) is None
    ]
    return problems + found


def _earlier_problems(
    step: Mapping[str, Any], earlier: list[str], schemas: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """References to steps and records that do not come before this step."""
    yield from _unknown_steps("/other_than", step.get("other_than", ()), earlier)
    named = [("/applies", guard["field"], True) for guard in guards_of(step)]
    named += [("/due_by", step["due_by"]["field"], False)] if "due_by" in step else []
    due_from = step.get("due_from", {})
    named += [("/due_from", due_from[name], False) for name in ("day", "milestones") if name in due_from]
    for pointer, reference, subject_too in named:
        key, path = split_reference(reference)
        if subject_too and key == SUBJECT:
            continue
        part = schema_at(schemas[key], path) if key in schemas else None
        if part is None or (pointer == "/due_from" and part.get("format") != "date"):
            yield Problem(pointer, "reference_unknown", {"rule": step["key"], "reference": reference})
    for path in ("/reached/*", "/next/*"):
        part = schema_at(step.get("note", {}), path)
        if part is not None and part.get("format") != "date":
            yield Problem("/note", "reference_unknown", {"rule": step["key"], "reference": path})


def _schema_problems(schema: Mapping[str, Any], at: str) -> list[Problem]:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return [Problem(at, "schema_wrong", {"why": error.message})]
    problems = _untitled(schema, at)
    examples = schema.get("examples", [])
    if not examples:
        problems.append(Problem(f"{at}/examples", "example_missing", {}))
    now = datetime(2026, 1, 5, tzinfo=UTC)
    for place, example in enumerate(examples):
        problems += schema_problems(schema, rendered(example, now, now), f"{at}/examples/{place}")
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
    if vote := step.get("result", {}).get("vote"):
        named.append(("/result/vote", {"rule": "vote", **vote}))
    for at, data in named:
        condition = load_condition(data)
        if isinstance(condition, Problem):
            problems.append(Problem(at + condition.pointer, condition.code, condition.params))
            continue
        conditions.append(condition)
        found = check_references(condition, step.get("record") or {}, earlier, parties)
        problems += [Problem(at, p.code, p.params) for p in found]
    return conditions, problems
