"""The shape of a definition as data, as a JSON Schema: what `load` accepts, also of a county's own procedures."""

from typing import Any

_KEY: dict[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{1,63}$"}
_KEYS: dict[str, Any] = {"type": "array", "items": _KEY, "uniqueItems": True}
_ROLES: dict[str, Any] = {**_KEYS, "minItems": 1}
_PATH: dict[str, Any] = {"type": "string", "pattern": "^(/[a-z0-9_*]+)+$"}
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
_STEP = _object(
    {"key": _KEY, "title": TITLE, "help": TITLE, "roles": _ROLES},
    record={"type": "object", "required": ["type", "properties"], "properties": {"type": {"const": "object"}}},
    evidence=_list(_object({"kind": _KEY, "title": TITLE}, {"required": _FLAG}, required_with=_PATH)),
    waits=_list(_object(_DAYS, off_rest_days=_FLAG, shortened_by=_PATH)),
    due=_object(_DAYS, off_rest_days=_FLAG),
    countersign=_object({"count": {"type": "integer", "minimum": 2, "maximum": 50}, "roles": _ROLES}),
    waiver=_object({"asked_by": _ROLES, "approved_by": _ROLES}),
    back_to=_KEYS,
    barred=_KEYS,
    conditions=_list({"type": "object", "required": ["rule"]}),
    result=_object({"vote": {"type": "object"}, "passed": _KEY, "failed": _KEY, "failed_ends": _FLAG}),
    content={"enum": ["none", "material", "any"]},
    record_on_return=_FLAG,
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
    withdrawal=_object({"roles": _ROLES}, before=_KEY),
    revised_by=_KEYS,
)
