"""The limit of an item that is assigned anew: it moves by extension only (handbook 1.2.2), whoever has the item."""

from collections.abc import Collection
from datetime import date
from typing import Any, Protocol

from backend.db.rectification import DeadlineKind, Rectification
from backend.domain.procedure.words import day_in_words
from backend.domain.run import Wish

Flag = dict[str, Any]

_FIELD = {"zh-CN": "整改时限", "en": "Due on"}


def limit_facts(item: Rectification, today: date, wish: Wish | None) -> dict[str, Any]:
    """What the assignment's conditions ask: what the wished kind and day move, and whether the limit is kept as it is.

    Whoever an item is given to once it has a limit, that one holds: another unit gets what is left of it, or has asked
    for more time before. An earlier day may be set. `limit` is `kept` when the assignment repeats the limit in force:
    it need not lie ahead then.
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
    if not has_limit(item):
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


def day_in_force(item: Dated, milestones: Collection[date]) -> date | None:
    """The day that the item is held to as it stands; of what is kept up for good its first of the `milestones` that are
    not reached. None without one."""
    if not has_limit(item):
        return None
    return limit_of(item) or min(milestones, default=item.milestone_due_on)


def keeps_at_once(item: Dated) -> bool:
    """Whether "at once" without a day stands for the day that is in force already."""
    return item.deadline_kind is DeadlineKind.immediate and has_limit(item)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
