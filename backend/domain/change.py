"""What a change is told as: the record as it is now, or that the caller has it no longer.

The log says that something happened; what is told is the record as the caller may see it at the moment of asking, so
that a feed can be read again from any place and never tells more than the record's own page would.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.db.change import Step


class Op(StrEnum):
    """`upsert`: there it is, as it is now.  `remove`: the caller has it no longer.  `resync`: what the caller may see
    was changed as a whole, so that it has to be read anew."""

    upsert = "upsert"
    remove = "remove"
    resync = "resync"


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of record that the feed tells of.

    `leaving`: the kinds of events by which a record can go out of somebody's sight, each with the columns of which one
    has to be told as changed, none for any; by other events nobody is told that there is a record which they may not
    see.  `carrying`: those by which everything below it goes along.
    """

    name: str
    subject_kind: str
    permission: str
    leaving: Mapping[str, frozenset[str]]
    carrying: frozenset[str] = frozenset()


_ANY: frozenset[str] = frozenset()
_WHERE = frozenset({"organization_id", "about"})

RESOURCES: tuple[Resource, ...] = (
    Resource(
        "organizations",
        "organization",
        "organization:read",
        dict.fromkeys(("organization.moved", "organization.merged", "organization.import_undone"), _ANY),
        frozenset({"organization.moved", "organization.merged"}),
    ),
    Resource("members", "member", "member:read", dict.fromkeys(("member.transferred", "member.import_undone"), _ANY)),
    Resource("decisions", "decision", "decision:read", {"decision.changed": frozenset({"organization_id"})}),
    Resource(
        "rectifications",
        "rectification",
        "rectification:read",
        {
            "rectification.import_undone": _ANY,
            **dict.fromkeys(("rectification.transferred", "rectification.acted", "rectification.moved"), _WHERE),
        },
    ),
    Resource(
        "feedback-cards",
        "feedback",
        "feedback:read",
        {
            "feedback.sealed": _ANY,
            **dict.fromkeys(("feedback.moved", "feedback.changed", "feedback.acted", "feedback.merged"), _WHERE),
        },
    ),
)
BY_NAME: Mapping[str, Resource] = {resource.name: resource for resource in RESOURCES}
BY_SUBJECT: Mapping[str, Resource] = {resource.subject_kind: resource for resource in RESOURCES}

CARRYING = frozenset().union(*(resource.carrying for resource in RESOURCES))
"""Events of organisations that bring or take along what is below them: they concern every resource."""

TELLING = CARRYING.union(*(resource.leaving for resource in RESOURCES))
"""Events of which not only the record counts but also what they say."""

OWN_REACH = frozenset({"client.scopes_given", "client.resumed"})
"""Events about the caller after which it may see other records than before."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to tell.  `below`: it is about everything of the resource below the organisation `id`."""

    op: Op
    resource: str
    id: UUID
    below: bool = False


def places_of(step: Step) -> set[UUID]:
    """The organisations that an event names: where the record was before, and where it is."""
    found = set() if step.organization_id is None else {step.organization_id}
    for value in step.data.values():
        told = value.values() if isinstance(value, Mapping) and value.keys() == {"old", "new"} else (value,)
        found |= {each for each in map(_as_id, told) if each is not None}
    return found


def _as_id(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def changes_of(
    steps: Sequence[Step],
    wanted: Sequence[Resource],
    seen: Collection[tuple[str, UUID]],
    within: Mapping[str, Collection[UUID]],
    barred: Collection[tuple[str, UUID]],
    own: UUID,
) -> list[Change]:
    """What to tell of some events in a row, each record once, at the place of its last event.

    `seen` are the records that the caller sees now, by subject kind; `within` the organisations that it reaches, by
    subject kind; `barred` the records that are about the caller, who learns of none that was about it before.
    """
    asked = {resource.subject_kind for resource in wanted}
    last: dict[tuple[str, UUID], list[Step]] = {}
    for step in steps:
        key = (step.subject_kind, step.subject_id)
        last[key] = [*last.pop(key, []), step]
    found = []
    for (kind, subject), about in last.items():
        if subject == own and kind not in BY_SUBJECT:
            if any(step.kind in OWN_REACH for step in about):
                found.append(Change(Op.resync, "", subject))
            continue
        resource = BY_SUBJECT[kind]
        carried = [step for step in about if step.kind in resource.carrying]
        if kind in asked:
            if (kind, subject) in seen:
                found.append(Change(Op.upsert, resource.name, subject))
            elif any(_was_within(step, resource, within[kind]) for step in about) and (
                (kind, subject) not in barred or any(_first_mark(step) for step in about)
            ):
                found.append(Change(Op.remove, resource.name, subject))
        if carried:
            found += _carried_along(carried, wanted, within)
    return found


def _carried_along(
    steps: Sequence[Step], wanted: Sequence[Resource], within: Mapping[str, Collection[UUID]]
) -> Iterator[Change]:
    """What a whole organisation brings or takes along, for each resource: all below it is read anew, or is gone."""
    for resource in wanted:
        here = set(within[resource.subject_kind])
        for step in steps:
            taken_in = _as_id(step.data.get("into_id"))
            for place in (step.subject_id, taken_in):
                if place is not None and place in here:
                    yield Change(Op.resync, resource.name, place, below=True)
            # What was merged stays where it was, empty; what was moved may have gone where nobody here sees it.
            if taken_in is None and step.subject_id not in here and places_of(step) & here:
                yield Change(Op.remove, resource.name, step.subject_id, below=True)


def _first_mark(step: Step) -> bool:
    """Whether by this event a record that was about nobody became about somebody."""
    told = step.data.get("about")
    return isinstance(told, Mapping) and told.get("old") == 0


def _was_within(step: Step, resource: Resource, within: Collection[UUID]) -> bool:
    """Whether by this event a record left somebody who reaches one of the places that it names."""
    told = resource.leaving.get(step.kind)
    if told is None or (told and not told & step.data.keys()):
        return False
    return bool(places_of(step) & set(within))


def asked_for(names: Iterable[str]) -> list[Resource]:
    """The resources of these names, all when there are none."""
    wanted = set(names)
    return [resource for resource in RESOURCES if not wanted or resource.name in wanted]


def item_text(op: Op, resource: str | None, id: UUID, *, below: bool = False, record: str) -> str:
    """One item as JSON; `record` is the text that PostgreSQL wrote."""
    head = {"op": op, "resource": resource, "id": str(id), "below": below}
    return f'{json.dumps(head)[:-1]},"record":{record}}}'
