"""Reading the log for a caller: what changed after a place, each record as its list shows it now.

The feed, the stream of the desk and the snapshots read by the same rules.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.api.feedback import rows as card_rows_for
from backend.api.rectification import rows as rectification_rows_for
from backend.api.run import step_titles
from backend.db.base import utc_now
from backend.db.change import (
    DayPlace,
    Step,
    ids_shown,
    ids_within,
    last_settled,
    records_as_json,
    steps_after,
    subjects_by_day,
)
from backend.db.decision import decision_rows
from backend.db.event import START, Position
from backend.db.feedback_view import cards_about
from backend.db.member import COUNTED, members_in
from backend.db.organization_view import organizations_in
from backend.db.read import Paging, StrayCursor
from backend.domain.access import Actor, Moment
from backend.domain.calendar import YELLOW_DAYS, day_of
from backend.domain.change import (
    BY_SUBJECT,
    CARRYING,
    TELLING,
    Change,
    Op,
    Resource,
    asked_for,
    changes_of,
    item_text,
    places_of,
)
from backend.domain.errors import Forbidden
from backend.domain.event import WITHOUT_TIME

SENT = "feedback"
"""Of these senders do things that keep only their day."""

SENDERS_GRACE = timedelta(minutes=15)
"""After its end a day is told: what was begun in its last second is committed by then."""

SCANNED = 2000
"""Events that one request looks at, at the most; `more` says that there are others."""

Rows = Callable[[Actor, Moment, str], Any]
ROWS: Mapping[str, Rows] = {
    "organizations": lambda actor, _moment, _language: organizations_in(actor.reach("organization:read"), COUNTED),
    "members": lambda actor, _moment, _language: members_in(actor.reach("member:read")),
    "decisions": lambda actor, moment, language: decision_rows(
        actor.reach("decision:read"), moment.now, utc_now(), YELLOW_DAYS, step_titles(language)
    ),
    "rectifications": rectification_rows_for,
    "feedback-cards": card_rows_for,
}
"""For each resource the rows of its own list: the feed shows what the list shows, in the same reach and mask."""


def permitted(actor: Actor, names: Sequence[str]) -> list[Resource]:
    """The resources to tell of. Raises Invalid for a name that is none, Forbidden for one that is not the caller's."""
    wanted = asked_for(names)
    found = [resource for resource in wanted if actor.reach(resource.permission)]
    missing = next((resource for resource in wanted if resource not in found), None)
    if not found or (names and missing is not None):
        raise Forbidden("permission_missing", permission=(missing or wanted[0]).permission)
    return found


def changes_paging(actor: Actor, key: bytes, limit: int = 1, after: str | None = None) -> Paging:
    """What a cursor of the feed is bound to: whoever reads it, whichever way. Its resources stand in it: `Place`."""
    return Paging(limit, after, f"{actor.account_id} changes of resources", key)


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has read: in the log, and in the days of what senders do, which has no place in it.

    `names`: the resources that were read on the way here.
    """

    position: Position
    days: DayPlace
    names: frozenset[str]

    @classmethod
    def beginning(cls, wanted: Iterable[Resource]) -> "Place":
        return cls(START, DayPlace(date(2000, 1, 1), ""), names_of(wanted))

    @classmethod
    def read(cls, values: list[Any], wanted: Iterable[Resource]) -> "Place":
        """Where a cursor of `written` stands, to go on from with these resources or fewer.

        Raises StrayCursor when one of them was not read on the way here: what was before would be missed.
        """
        transaction, sequence, day, mixed, read = values
        if not names_of(wanted) <= set(read):
            raise StrayCursor
        return cls(Position(transaction, sequence), DayPlace(date.fromisoformat(day), mixed), frozenset(read))

    def written(self) -> list[Any]:
        at = [self.position.transaction_id, self.position.sequence, self.days.day.isoformat(), self.days.place]
        return [*at, sorted(self.names)]

    def still(self, wanted: Iterable[Resource]) -> list[Resource]:
        """Those that were read on the way here: a right that came meanwhile begins with a cursor of its own."""
        return [resource for resource in wanted if resource.name in self.names]


def names_of(resources: Iterable[Resource]) -> frozenset[str]:
    return frozenset(resource.name for resource in resources)


@dataclass(frozen=True, slots=True)
class Told:
    """Changes as JSON texts, how far they go, and whether there is more."""

    items: list[str]
    place: Place
    more: bool


async def read(
    reader: AsyncConnection,
    actor: Actor,
    moment: Moment,
    language: str,
    wanted: Sequence[Resource],
    place: Place,
    limit: int,
) -> Told:
    """The next changes: first what senders did on days that are over, then what the log tells in its order."""
    place = replace(place, names=names_of(wanted))
    sent = await _of_senders(reader, actor, moment, language, wanted, place.days, limit)
    if sent is not None:
        items, days = sent
        # The log comes after the days, so there is more to ask for.
        return Told(items, replace(place, days=days), more=True)
    kinds = {resource.subject_kind for resource in wanted}
    # The end is read first: whatever is settled later is seen by the next look.
    end = await last_settled(reader, but=WITHOUT_TIME) or place.position
    found = await steps_after(
        reader, place.position, kinds, actor.account_id, SCANNED + 1, also=CARRYING, but=WITHOUT_TIME, with_data=TELLING
    )
    # Most of what a wide log holds concerns a narrow reach not at all, so that is sorted out before the limit counts.
    look = await look_up(reader, actor, moment, language, wanted, found[:SCANNED])
    steps = _fitting(found[:SCANNED], look, limit)
    more = len(steps) < len(found)
    told = changes_of(steps, wanted, look.seen, look.within, look.barred, actor.account_id)
    texts = await _texts(reader, actor, moment, language, told)
    read_to = steps[-1].position if steps else place.position
    reached = read_to if more else max(read_to, end)
    return Told(_items(told, texts), replace(place, position=reached), more)


@dataclass(slots=True)
class Look:
    """What a caller sees now of what some events are about; see `changes_of`."""

    seen: set[tuple[str, UUID]] = field(default_factory=set)
    within: dict[str, set[UUID]] = field(default_factory=dict)
    barred: set[tuple[str, UUID]] = field(default_factory=set)


async def look_up(
    reader: AsyncConnection,
    actor: Actor,
    moment: Moment,
    language: str,
    wanted: Sequence[Resource],
    steps: Sequence[Step],
) -> Look:
    """Ask what the caller sees now of what some events are about."""
    look = Look()
    for resource in wanted:
        about = [step for step in steps if step.subject_kind == resource.subject_kind]
        if ids := {step.subject_id for step in about}:
            shown = await ids_shown(reader, ROWS[resource.name](actor, moment, language), ids)
            look.seen |= {(resource.subject_kind, key) for key in shown}
        places = {named for step in about if step.kind in resource.leaving for named in places_of(step)}
        for step in steps:
            if step.kind in CARRYING:
                places |= places_of(step) | {step.subject_id}
        reach = actor.reach(resource.permission)
        look.within[resource.subject_kind] = await ids_within(reader, reach, places) if places else set()
    if cards := {step.subject_id for step in steps if step.subject_kind == SENT}:
        look.barred = {(SENT, key) for key in await cards_about(reader, actor.own, cards)}
    return look


async def _of_senders(
    reader: AsyncConnection,
    actor: Actor,
    moment: Moment,
    language: str,
    wanted: Sequence[Resource],
    after: DayPlace,
    limit: int,
) -> tuple[list[str], DayPlace] | None:
    """The cards that senders sent, rated or withdrew on days that are over, and how far they go; None for no others.

    A place in the log, between records that bear their moment, would tell when somebody came who kept only the day.
    """
    resource = next((each for each in wanted if each.subject_kind == SENT), None)
    if resource is None:
        return None
    found = await subjects_by_day(reader, WITHOUT_TIME, SENT, after, day_of(moment.now - SENDERS_GRACE), limit + 1)
    if not found:
        return None
    shown = found[:limit]
    told = [Change(Op.upsert, resource.name, key) for _, key in shown]
    items = _items(told, await _texts(reader, actor, moment, language, told))
    return items, shown[-1][0]


def _fitting(steps: Sequence[Step], look: Look, limit: int) -> Sequence[Step]:
    """As many of the first steps as tell of no more than `limit` records."""
    about: set[tuple[str, UUID]] = set()
    for place, step in enumerate(steps):
        key = (step.subject_kind, step.subject_id)
        resource = BY_SUBJECT.get(step.subject_kind)
        # What nobody here sees is told at the most by an event that took it away, or along.
        if key in look.seen or resource is None or step.kind in resource.leaving or step.kind in resource.carrying:
            about.add(key)
        if len(about) > limit:
            return steps[:place]
    return steps


async def _texts(
    reader: AsyncConnection, actor: Actor, moment: Moment, language: str, told: Sequence[Change]
) -> dict[tuple[str, UUID], str]:
    """The records that are told of, as JSON texts; none for one that went out of sight since it was looked up."""
    found: dict[tuple[str, UUID], str] = {}
    for name, rows in ROWS.items():
        if ids := [each.id for each in told if each.op is Op.upsert and each.resource == name]:
            texts = await records_as_json(reader, rows(actor, moment, language), ids)
            found |= {(name, key): text for key, text in texts.items()}
    return found


def _items(told: Sequence[Change], texts: Mapping[tuple[str, UUID], str]) -> list[str]:
    """Changes as JSON texts. What went out of sight meanwhile is left out: the log goes on to say so."""
    return [
        item_text(each.op, each.resource or None, each.id, below=each.below, record=record)
        for each in told
        if (record := texts.get((each.resource, each.id)) if each.op is Op.upsert else "null") is not None
    ]
