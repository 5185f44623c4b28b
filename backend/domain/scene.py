"""What a condition may look at: the record, the records before it, facts of the subject. Plain values only.

A reference names a value: `/held_on` in the record itself, `/experts/*/name` each of a list, `public_hearing:/held_on`
in the record of an earlier step in force, `subject:/severity` in what is known of the subject, `@today` and `@opening`
the two days that the system knows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.domain.calendar import WorkCalendar

Title = Mapping[str, str]
"""Words in each language: `{"zh-CN": ..., "en": ...}`."""

Record = Mapping[str, Any]

SUBJECT = "subject"
"""Stands in a reference for the subject; no step has this key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the subject's own tables say at the moment of an act.

    subject: counts and values, such as `{"opinions": {"received": 3, "answered": 2}}`.
    parties: who the parties are, as ids and names of organisations and people: `{"sponsor_unit": {"<id>", "城建办"}}`.
    ties: people or organisations tied to the matter (id or name) and how, for pointing out.
    content_sha256: hash of the subject's text as it is now.
    prefill: what is known already of a step's record, by step key; a form starts with it, nothing depends on it.
    """

    subject: Mapping[str, Any] = field(default_factory=dict)
    parties: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ties: Mapping[str, str | Title] = field(default_factory=dict)
    content_sha256: str | None = None
    prefill: Mapping[str, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One act before it is accepted. `records` and `contents` hold only earlier steps in force, by step key."""

    record: Record | None
    schema: Mapping[str, Any]
    records: Mapping[str, Record]
    contents: Mapping[str, str | None]
    step_titles: Mapping[str, Title]
    party_titles: Mapping[str, Title]
    opened_on: date
    today: date
    facts: Facts
    calendar: WorkCalendar

    def values(self, reference: str) -> list[tuple[str, Any]]:
        """The values a reference finds, each with its pointer into the act (empty outside its record)."""
        if reference == "@today":
            return [("", self.today.isoformat())]
        if reference == "@opening":
            return [("", self.opened_on.isoformat())]
        step, path = split_reference(reference)
        if step:
            holder = self.facts.subject if step == SUBJECT else self.records.get(step)
            return [("", value) for _, value in found_in(holder, path)]
        return [("/record" + pointer, value) for pointer, value in found_in(self.record, path)]

    def first(self, reference: str) -> tuple[str, Any]:
        """The first value a reference finds, or (its own pointer, None)."""
        found = self.values(reference)
        step, path = split_reference(reference)
        return found[0] if found else ("" if step else "/record" + path, None)

    def title(self, reference: str) -> Title:
        """How people call the field that a reference names."""
        if reference == "@today":
            return {"zh-CN": "今天", "en": "today"}
        if reference == "@opening":
            return {"zh-CN": "本步骤开始之日", "en": "the day this step opened"}
        step, path = split_reference(reference)
        if step == SUBJECT:
            return {"zh-CN": "本事项", "en": "the matter"}
        if step:
            return self.step_titles[step]
        return schema_title(self.schema, path)


def split_reference(reference: str) -> tuple[str, str]:
    """`public_hearing:/held_on` -> (`public_hearing`, `/held_on`); the step is empty for the record itself."""
    step, colon, path = reference.partition(":")
    return (step, path) if colon else ("", reference)


def schema_at(schema: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
    """The part of a record schema that describes `path`, or None when the schema has no such field."""
    part: Mapping[str, Any] | None = schema
    for key in path.strip("/").split("/"):
        if part is None:
            return None
        part = part.get("items") if key == "*" or key.isdecimal() else part.get("properties", {}).get(key)
    return part


def schema_title(schema: Mapping[str, Any], path: str) -> Title:
    """The title of the nearest named field, in each language; the path itself when nothing is titled."""
    while path:
        part = schema_at(schema, path)
        if part and "title" in part:
            return {"zh-CN": part["title"], "en": part.get("x-title-en", part["title"])}
        path = path.rpartition("/")[0]
    return {"zh-CN": "记录", "en": "record"}


def found_in(value: Any, path: str, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every value below `value` that the path names, with its pointer; `*` stands for each entry of a list."""
    key, _, rest = path.strip("/").partition("/")
    inside: list[tuple[object, Any]]
    if key == "*":
        inside = list(enumerate(value)) if isinstance(value, list) else []
    elif isinstance(value, Mapping) and key in value:
        inside = [(key, value[key])]
    else:
        inside = []
    for name, part in inside:
        if rest:
            yield from found_in(part, rest, f"{pointer}/{name}")
        elif part is not None:
            yield f"{pointer}/{name}", part
