"""The limit of an item that is assigned anew: it moves by extension only (handbook 1.2.2)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from backend.db.rectification import DeadlineKind, Rectification
from backend.domain.procedure.words import day_in_words
from backend.domain.run import Wish

Flag = dict[str, Any]

_FIELD = {"zh-CN": "整改时限", "en": "Due on"}


def limit_facts(item: Rectification, today: date, wish: Wish | None) -> dict[str, Any]:
    """What the assignment's conditions ask: what the wished kind and day move, and whether the limit is kept as it is.

    The unit that has an item gets no other kind and no later day by being given it once more; once the limit has
    passed, nor does any other unit. `limit` is `kept` when the assignment repeats the limit in force: it need not lie
    ahead then.
    """
    facts: dict[str, Any] = {"limit": "new", "limit_kind": [], "limit_day": []}
    if wish is None or wish.step != "assignment" or wish.outcome != "done" or not isinstance(wish.record, dict):
        return facts
    kind, due = wish.record.get("deadline_kind"), _day(wish.record.get("due_on"))
    same_kind = item.deadline_kind is not None and kind == item.deadline_kind.value
    in_force = limit_of(item)
    if has_limit(item) and same_kind and due == in_force:
        return {**facts, "limit": "kept"}
    if due is not None and due < today:
        facts["limit_day"].append({"code": "day_in_past", "field": _FIELD, "day": day_in_words(due)})
    if not is_bound(item, today, wish.record):
        return facts
    if not same_kind and (item.assigned_on is not None or kind == DeadlineKind.standing.value):
        facts["limit_kind"].append({"code": "limit_kind_stays"})
    if due is not None and in_force is not None and due > in_force:
        facts["limit_day"].append({"code": "limit_moves_by_extension", "due": day_in_words(in_force)})
    return facts


class Dated(Protocol):
    """An item, or a line of the ledger, as far as its limit goes."""

    @property
    def deadline_kind(self) -> DeadlineKind | None: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def original_due_on(self) -> date | None: ...
    @property
    def assigned_on(self) -> date | None: ...
    @property
    def milestone_due_on(self) -> date | None: ...


def has_limit(item: Dated) -> bool:
    """Whether the item has a limit that somebody set, by assigning it or in the ledger that it came from; until then a
    limit is only proposed."""
    return item.deadline_kind is not None and (item.assigned_on is not None or item.original_due_on is not None)


def limit_of(item: Dated) -> date | None:
    """The day in force: before the first assignment the one that a ledger had set, whatever it proposes since."""
    return item.due_on if item.assigned_on is not None else item.original_due_on or item.due_on


def kept_limit(item: Dated) -> date | None:
    """The day in force that somebody set, whoever has the item now; None where there is none, or only a proposed one.
    What is kept up for good and was given back has the milestone that it was to reach next.

    Its SQL twin stands in `db.rectification_light`.
    """
    return limit_of(item) or item.milestone_due_on if has_limit(item) else None


def is_bound(item: Rectification, today: date, record: Mapping[str, Any]) -> bool:
    """Whether an assignment with this record has to keep the limit: to the same unit, or after it has passed. What a
    ledger had set is kept by the first assignment too."""
    if not has_limit(item):
        return False
    if item.assigned_on is None:
        return True
    passed = item.due_on is not None and item.due_on < today
    return passed or _id(record.get("responsible_unit_id")) == item.responsible_unit_id


def keeps_at_once(item: Rectification, today: date, record: Mapping[str, Any]) -> bool:
    """Whether "at once" without a day stands for the day that is in force already."""
    return item.deadline_kind is DeadlineKind.immediate and is_bound(item, today, record)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _id(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
