"""Examples whose days stay true: `@today-7` in a stored example becomes a date that is right when it is read."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from backend.domain.calendar import day_of
from backend.domain.procedure.building import guards_of
from backend.domain.procedure.definition import Procedure, Step

_RELATIVE = re.compile(r"@(today|opening)(?:([+-])([0-9]{1,4}))?")


def example_for(step: Step, now: datetime, opened_at: datetime) -> dict[str, Any] | None:
    """The step's first example with days that hold at `now`; None for a step without a record.

    A day in the past is not before the day the step opened, so that an example is accepted as soon as the step's
    minimum waits are over.
    """
    if step.schema is None or not step.schema.get("examples"):
        return None
    example: dict[str, Any] = rendered(step.schema["examples"][0], now, opened_at)
    return example


def with_examples(schema: Mapping[str, Any], now: datetime, opened_at: datetime) -> dict[str, Any]:
    """The schema with its examples rendered, for a form or a contract."""
    return {**schema, "examples": [rendered(example, now, opened_at) for example in schema.get("examples", ())]}


def described(procedure: Procedure, now: datetime) -> dict[str, Any]:
    """The definition for readers: its data, each record as `record_schema` with examples that hold at `now`."""
    data = procedure.to_data()
    # For a reader without a run, a step that has been open for a while.
    opened_at = now - timedelta(days=31)
    steps = []
    for shown in data["steps"]:
        record = shown.get("record")
        told = {key: value for key, value in shown.items() if key != "record"}
        told["record_schema"] = with_examples(record, now, opened_at) if record else None
        if "note" in shown:
            told["note"] = with_examples(shown["note"], now, opened_at)
        if "applies" in shown:
            told["applies"] = guards_of(shown)
        steps.append(told)
    if "record" in data.get("reopening", {}):
        data["reopening"] = {
            **data["reopening"],
            "record": with_examples(data["reopening"]["record"], now, opened_at),
        }
    return {**data, "steps": steps}


def rendered(value: Any, now: datetime, opened_at: datetime) -> Any:
    """A copy of plain data in which every text that is a relative day has become an ISO date."""
    if isinstance(value, Mapping):
        return {key: rendered(part, now, opened_at) for key, part in value.items()}
    if isinstance(value, list):
        return [rendered(part, now, opened_at) for part in value]
    match = _RELATIVE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    opening = day_of(opened_at)
    day = day_of(now) if match[1] == "today" else opening
    shift = timedelta(days=int(match[3] or 0))
    day = day - shift if match[2] == "-" else day + shift
    return max(day, opening).isoformat()
