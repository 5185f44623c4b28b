"""Short ways to write the fields of a record schema, with titles and labels in both languages and hints for a form."""

from typing import Any

Field = dict[str, Any]
Labels = dict[str, tuple[str, str]]

HAPPENED: Field = {"not_before_opening": True, "not_future": True}
"""A day on which something was done in this step: not back-dated, not ahead of time."""

PLANNED: Field = {"not_past": True}
"""A day that lies ahead."""


def title(zh: str, en: str) -> dict[str, str]:
    return {"zh-CN": zh, "en": en}


def _named(zh: str, en: str, why: tuple[str, str] | None, **more: Any) -> Field:
    asked = {"description": why[0], "x-description-en": why[1]} if why else {}
    return {"title": zh, "x-title-en": en, **asked, **more}


def text(zh: str, en: str, why: tuple[str, str] | None = None) -> Field:
    """One line."""
    return _named(zh, en, why, type="string", minLength=1, maxLength=200)


def area(zh: str, en: str, why: tuple[str, str] | None = None) -> Field:
    """Several lines."""
    return _named(zh, en, why, type="string", minLength=1, maxLength=10_000, **{"x-widget": "textarea"})


def day(zh: str, en: str, rule: Field | None = None, why: tuple[str, str] | None = None) -> Field:
    marked = {"x-day": rule} if rule else {}
    return _named(zh, en, why, type="string", format="date", **{"x-widget": "date"}, **marked)


def only_when(field: Field, name: str, *values: str) -> Field:
    """A form asks for the field only while its neighbour `name` has one of `values`. What must be, conditions say."""
    return {**field, "x-when": {name: list(values)}}


def number(zh: str, en: str, why: tuple[str, str] | None = None) -> Field:
    return _named(zh, en, why, type="number", minimum=-1e15, maximum=1e15)


def flag(zh: str, en: str, why: tuple[str, str] | None = None) -> Field:
    return _named(zh, en, why, type="boolean")


def confirmed(zh: str, en: str, why: tuple[str, str] | None = None) -> Field:
    """A box that has to be ticked."""
    return _named(zh, en, why, type="boolean", const=True)


def choice(zh: str, en: str, labels: Labels, why: tuple[str, str] | None = None) -> Field:
    return _named(zh, en, why, **_choices(labels))


def choices(zh: str, en: str, labels: Labels, why: tuple[str, str] | None = None) -> Field:
    """One or more of several."""
    return _named(zh, en, why, type="array", items=_choices(labels), minItems=1, uniqueItems=True)


def _choices(labels: Labels) -> Field:
    return {
        "type": "string",
        "enum": list(labels),
        "x-labels": {value: title(zh, en) for value, (zh, en) in labels.items()},
    }


def texts(zh: str, en: str, why: tuple[str, str] | None = None, *, least: int = 1) -> Field:
    """A list of single lines."""
    line = {"type": "string", "minLength": 1, "maxLength": 200}
    return _named(zh, en, why, type="array", items=line, minItems=least, maxItems=500)


def listed(
    zh: str,
    en: str,
    required: dict[str, Field],
    optional: dict[str, Field] | None = None,
    why: tuple[str, str] | None = None,
    *,
    least: int = 1,
    widget: str = "list",
) -> Field:
    """A list of entries with fields of their own."""
    hint = {"x-widget": widget}
    return _named(zh, en, why, type="array", items=_fields(required, optional), minItems=least, maxItems=5000, **hint)


def group(
    zh: str,
    en: str,
    required: dict[str, Field],
    optional: dict[str, Field] | None = None,
    why: tuple[str, str] | None = None,
) -> Field:
    """Fields that belong together."""
    return _named(zh, en, why, **_fields(required, optional))


def _fields(required: dict[str, Field], optional: dict[str, Field] | None) -> Field:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def record(required: dict[str, Field], optional: dict[str, Field] | None = None, *, example: Field) -> Field:
    """A whole record schema with the example that its step accepts."""
    return {**_fields(required, optional), "examples": [example]}
