"""A step's record against its JSON Schema, in coded problems, and the days in it: nothing back-dated.

`"x-day": {"not_before_opening": true, "not_future": true, "not_past": true}` marks a date field. A day that may not lie
before the step's opening may not lie before a day that an earlier step in force recorded either.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from math import isfinite
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from backend.domain.errors import Problem
from backend.domain.procedure.words import day_in_words
from backend.domain.scene import Scene, schema_title
from backend.domain.text import hides_something, is_blank, text_hides_something

_KEYWORD_CODES = {
    "type": "field_type",
    "enum": "field_choice",
    "const": "field_const",
    "format": "field_format",
    "pattern": "field_format",
    "minLength": "field_short",
    "maxLength": "field_long",
    "minItems": "field_few",
    "maxItems": "field_many",
    "uniqueItems": "field_repeats",
    "minimum": "field_small",
    "maximum": "field_large",
    "minProperties": "field_few",
    "additionalProperties": "field_unknown",
}

_ONE_LINE = 200
"""Characters that a field of one line takes at the most."""


@lru_cache(maxsize=256)
def _validator(schema: "_Frozen") -> Draft202012Validator:
    return Draft202012Validator(schema.value, format_checker=FormatChecker())


class _Frozen:
    """A schema as a cache key: definitions are loaded once and never change, so identity is equality."""

    __slots__ = ("value",)

    def __init__(self, value: Mapping[str, Any]) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and other.value is self.value


def schema_problems(schema: Mapping[str, Any], value: Any, at: str) -> list[Problem]:
    """Every way in which `value` does not follow `schema`; pointers start with `at`."""
    found = [p for error in _validator(_Frozen(schema)).iter_errors(value) for p in _problems(schema, error, at)]
    return sorted(found, key=lambda problem: problem.pointer)


def _problems(schema: Mapping[str, Any], error: ValidationError, at: str) -> Iterator[Problem]:
    path = "".join(f"/{_escaped(part)}" for part in error.absolute_path)
    title = {"field": schema_title(schema, path)}
    if error.validator == "required" and isinstance(error.instance, Mapping):
        for name in _names(error.validator_value):
            if name not in error.instance:
                inner = f"{path}/{_escaped(name)}"
                yield Problem(at + inner, "field_required", {"field": schema_title(schema, inner)})
    elif error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        for name in error.instance:
            if name not in known:
                yield Problem(f"{at}{path}/{_escaped(name)}", "field_unknown", {"name": str(name)[:60]})
    elif error.validator == "minLength" and not error.instance:
        yield Problem(at + path, "field_required", title)
    else:
        code = _KEYWORD_CODES.get(str(error.validator), "field_wrong")
        limit = error.validator_value if isinstance(error.validator_value, int | str) else ""
        yield Problem(at + path, code, {**title, "limit": limit})


def _names(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def unfit_values(schema: Mapping[str, Any], record: Any, at: str) -> Iterator[Problem]:
    """What JSON Schema lets pass: texts of nothing but spaces, names and texts that hide something, and numbers that
    are none (NaN is in no range)."""
    for part, value, pointer in _leaves(schema, record, ""):
        if isinstance(value, float) and not isfinite(value):
            yield Problem(at + pointer, "field_type", {"field": schema_title(schema, pointer), "limit": "number"})
        if isinstance(value, str) and part.get("minLength") and is_blank(value):
            yield Problem(at + pointer, "field_required", {"field": schema_title(schema, pointer)})
        elif isinstance(value, str) and (text_hides_something if _has_lines(part) else hides_something)(value):
            yield Problem(at + pointer, "field_hides", {"field": schema_title(schema, pointer)})


def _has_lines(part: Mapping[str, Any]) -> bool:
    return part.get("x-widget") == "textarea" or part.get("maxLength", 0) > _ONE_LINE


def day_problems(scene: Scene, schemas: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Days in the record that lie before the step opened, before an earlier step's days, or in the future.

    `schemas` are the record schemas of the steps whose records the scene holds.
    """
    earlier = latest_day(scene, schemas)
    for rule, day, pointer in _days(scene.schema, scene.record):
        params = {"field": schema_title(scene.schema, pointer), "day": day_in_words(day)}
        if rule.get("not_future") and day > scene.today:
            yield Problem("/record" + pointer, "day_in_future", params)
        if rule.get("not_past") and day < scene.today:
            yield Problem("/record" + pointer, "day_in_past", params)
        if not rule.get("not_before_opening"):
            continue
        if earlier and day < earlier[0]:
            known = {**params, "step": scene.step_titles[earlier[1]], "other": day_in_words(earlier[0])}
            yield Problem("/record" + pointer, "day_before_earlier_step", known)
        elif day < scene.opened_on:
            yield Problem(
                "/record" + pointer, "day_before_opening", {**params, "opened": day_in_words(scene.opened_on)}
            )


def latest_day(scene: Scene, schemas: Mapping[str, Mapping[str, Any]]) -> tuple[date, str] | None:
    """The latest day that earlier steps in force recorded as having happened, with the step's key."""
    days = [
        (day, step)
        for step, record in scene.records.items()
        for rule, day, _ in _days(schemas[step], record)
        if rule.get("not_future")
    ]
    return max(days) if days else None


def _days(schema: Mapping[str, Any], record: Any) -> Iterator[tuple[Mapping[str, Any], date, str]]:
    for part, value, pointer in _leaves(schema, record, ""):
        if "x-day" in part and isinstance(value, str):
            yield part["x-day"], date.fromisoformat(value), pointer


def _leaves(schema: Mapping[str, Any], value: Any, pointer: str) -> Iterator[tuple[Mapping[str, Any], Any, str]]:
    if isinstance(value, Mapping):
        for key, part in schema.get("properties", {}).items():
            if key in value:
                yield from _leaves(part, value[key], f"{pointer}/{key}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _leaves(schema.get("items", {}), item, f"{pointer}/{place}")
    else:
        yield schema, value, pointer
