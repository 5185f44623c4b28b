"""The shape of a definition as data, as a JSON Schema: what `load` accepts, also of a county's own procedures."""

from typing import Any

_KEY: dict[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{1,63}$"}
_KEYS: dict[str, Any] = {"type": "array", "items": _KEY, "uniqueItems": True}
_ROLES: dict[str, Any] = {**_KEYS, "minItems": 1}
_PATH: dict[str, Any] = {"type": "string", "pattern": "^(/[a-z0-9_*]+)+$"}
_REFERENCE: dict[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{1,63}:(/[a-z0-9_*]+)+$"}
_FLAG: dict[str, Any] = {"type": "boolean"}


def _object(required: dict[str, Any], /, also: dict[str, Any] | None = None, **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(also or {}), **optional},
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


TITLE = _object({"zh-CN": {"type": "string", "minLength": 1}, "en": {"type": "string", "minLength": 1}})
_DAYS: dict[str, Any] = {
    "days": {"type": "integer", "minimum": 1, "maximum": 3660},
    "unit": {"enum": ["natural", "working"]},
}
_PERIOD = _object(_DAYS, off_rest_days=_FLAG)
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "properties"],
    "properties": {"type": {"const": "object"}},
}
_GUARD = _object({"field": _REFERENCE, "in": {"type": "array", "minItems": 1}})
_TIMES: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 50}
_STEP = _object(
    {"key": _KEY, "title": TITLE, "help": TITLE, "roles": _ROLES},
    record=_SCHEMA,
    evidence=_list(_object({"kind": _KEY, "title": TITLE}, {"required": _FLAG}, required_with=_PATH)),
    waits=_list(_object(_DAYS, off_rest_days=_FLAG, shortened_by=_PATH)),
    due=_PERIOD,
    countersign=_object({"count": {"type": "integer", "minimum": 2, "maximum": 50}, "roles": _ROLES}),
    waiver=_object({"asked_by": _ROLES, "approved_by": _ROLES}),
    back_to=_KEYS,
    barred=_KEYS,
    conditions=_list({"type": "object", "required": ["rule"]}),
    result={
        "anyOf": [
            _object({"vote": {"type": "object"}, "passed": _KEY, "failed": _KEY, "failed_ends": _FLAG}),
            _object({"field": _PATH}),
        ]
    },
    content={"enum": ["none", "material", "any"]},
    record_on_return=_FLAG,
    applies={"anyOf": [_GUARD, {"type": "array", "items": _GUARD, "minItems": 1}]},
    only=_ROLES,
    recalled_by=_ROLES,
    other_than=_ROLES,
    due_by=_object({"field": _REFERENCE, "periods": {"type": "object", "additionalProperties": _PERIOD}}),
    due_from=_object({"day": _REFERENCE}, milestones=_REFERENCE, reopened=_PATH),
    extension=_object(
        {
            "asked_by": _ROLES,
            "approved_by": _ROLES,
            "at_most": _TIMES,
            "share_percent": {"type": "integer", "minimum": 1, "maximum": 100},
        },
        barred=_KEYS,
    ),
    note=_SCHEMA,
    checking=_FLAG,
    limit=_FLAG,
    returns_at_most={"anyOf": [_TIMES, _object({"count": _TIMES, "from": _ROLES})]},
    evidence_at_least=_TIMES,
)
DEFINITION: dict[str, Any] = _object(
    {
        "key": _KEY,
        "version": {"type": "integer", "minimum": 1},
        "title": TITLE,
        "steps": {"type": "array", "items": _STEP, "minItems": 1},
        "roles": {"type": "object", "additionalProperties": TITLE},
    },
    repeats=_FLAG,
    parties={"type": "object", "additionalProperties": TITLE},
    withdrawal=_object({"roles": _ROLES}, before=_KEY, barred=_KEYS),
    revised_by=_KEYS,
    reopening=_object({"roles": _ROLES, "to": _KEY}, barred=_KEYS, record=_SCHEMA),
    ladder=_list(
        _object(
            {"rung": {"type": "string", "pattern": "^[a-z][a-z0-9+-]{0,31}$"}, "to": _ROLES},
            days={"type": "integer", "minimum": -3660, "maximum": 3660},
            percent={"type": "integer", "minimum": 1, "maximum": 100},
            above=_FLAG,
            title=TITLE,
        )
    ),
)
