"""Which item a row of a ledger means, and what it would change."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from backend.db.base import Session, new_id
from backend.db.ledger import RowAction
from backend.db.rectification import OVER, DeadlineKind, RectificationSource, RectificationStatus
from backend.db.rectification_ledger import GONE, items_known
from backend.domain.access import Actor, mark
from backend.domain.identity import compact
from backend.domain.ledger.adapter import Scope
from backend.domain.ledger.rectification_change import changeable, stored, told
from backend.domain.ledger.rectification_row import Deadline
from backend.domain.ledger.row import Planned
from backend.domain.rectification.register import may_register
from backend.domain.rectification.words import SOURCE_TITLES

TEXTS = ("category", "measures", "responsible_leader", "responsible_person", "result", "remark")
_Key = tuple[str, str, str]


async def recognise(session: Session, actor: Actor, scope: Scope, rows: Sequence[Planned]) -> None:
    """Set action, record and changes of each row.

    Codes: `number_of_other_problem`, `number_of_other_unit`, `item_withdrawn` (the number is another item's, or one
    that is gone), `duplicate_in_file`, `not_yours_to_change`, `own_item`, `unit_without_verifier`, `item_over`,
    `source_is_of_inspectors` (a unit does not enter what others inspected), `settled_in_system` (acts have settled
    it), `limit_by_extension`, `close_by_request`.
    """
    asked = [row for row in rows if row.row.accepted]
    units = {UUID(unit) for row in asked if (unit := row.values.get("responsible_unit"))}
    numbers = {number for row in asked if (number := row.values.get("number"))}
    standing = await items_known(session, scope.county.id, numbers, units) if scope.county else []
    _Census(actor, scope, standing).judge(asked)


class _Census:
    """The items that stand, and those that the file's rows have claimed one after the other."""

    def __init__(self, actor: Actor, scope: Scope, standing: Sequence[sa.Row[Any]]) -> None:
        self.actor = actor
        self.scope = scope
        self.places = {place.id: place for place in scope.places}
        self.numbered = {item.number: item for item in standing}
        self.waiting: dict[_Key, list[sa.Row[Any]]] = {}
        for item in standing:
            # What is out of the importer's sight is not there for them: a row neither finds it nor is told of it.
            if item.status not in GONE and item.unit_id and self._reached(item.organization_id):
                place = _key(str(item.unit_id), item.source.value, item.problem)
                self.waiting.setdefault(place, []).append(item)
        self.first: dict[_Key, Planned] = {}

    def judge(self, rows: Sequence[Planned]) -> None:
        # Rows that name their item claim it first, so that a row without number does not take it from them.
        named = [row for row in rows if row.values.get("number") in self.numbered]
        for row in named:
            self._by_number(row, self.numbered[row.values["number"]])
        for row in rows:
            if row.values.get("number") not in self.numbered:
                self._by_text(row)

    def _by_number(self, row: Planned, item: sa.Row[Any]) -> None:
        unit = row.values.get("responsible_unit")
        if not self._reached(item.organization_id):
            row.refuse("number", "not_yours_to_change")
        elif unit and item.unit_id and str(item.unit_id) != unit:
            row.refuse("responsible_unit", "number_of_other_unit", number=item.number)
        elif _folded(row.values["problem"]) != _folded(item.problem) or row.values["source"] != item.source.value:
            row.refuse("problem", "number_of_other_problem", number=item.number)
        elif item.status is RectificationStatus.merged or (item.status in GONE and item.assigned_on is None):
            row.refuse("number", "item_withdrawn", number=item.number)
        else:
            place = _key(str(item.unit_id), item.source.value, item.problem)
            if item in (waiting := self.waiting.get(place, [])):
                waiting.remove(item)
            self._compare(row, item)

    def _by_text(self, row: Planned) -> None:
        values = row.values
        if not values.get("responsible_unit") or values.get("deadline") is None:
            # Only a row with a number may leave these out, and this number is none of the county's.
            row.refuse("number", "number_unknown", number=values.get("number") or "")
            return
        place = _key(values["responsible_unit"], values["source"], values["problem"])
        waiting = self.waiting.get(place, [])
        first = self.first.setdefault(place, row)
        if waiting:
            self._compare(row, waiting.pop(0))
        elif first is not row and not (values.get("number") and values["number"] != first.values.get("number")):
            row.refuse("problem", "duplicate_in_file", sheet=first.row.sheet, row=first.row.row)
        else:
            self._plan(row)

    def _plan(self, row: Planned) -> None:
        unit = self.places[UUID(row.values["responsible_unit"])]
        if not self._may_write(unit.path):
            row.refuse("responsible_unit", "not_yours_to_change")
        elif unit.parent_id is None:
            row.refuse("responsible_unit", "unit_without_verifier", name=unit.name)
        source = RectificationSource(row.values["source"])
        place = self.places.get(self.scope.organization_id) if self.scope.organization_id else None
        if place is not None and not may_register(self.actor, place.path, place.kind, source):
            row.refuse("source", "source_is_of_inspectors", source=SOURCE_TITLES[source])
        row.record_id, row.record_version = new_id(), 1
        row.values["organization_id"] = self.scope.organization_id

    def _compare(self, row: Planned, item: sa.Row[Any]) -> None:
        row.record_id, row.record_version = item.id, item.version
        open_to = changeable(item)
        over = item.status in OVER
        changes: dict[str, Any] = {}
        for field in TEXTS:
            said = row.values.get(field)
            if said is None or _folded(said) == _folded(getattr(item, field)):
                continue
            if field not in open_to:
                row.refuse(field, "item_over" if over else "settled_in_system")
            changes[field] = said
        said_limit: Deadline | None = row.values.get("deadline")
        if said_limit and not _same_limit(said_limit, item):
            if "deadline" not in open_to or _gives_longer(said_limit, item):
                row.refuse("deadline", "item_over" if over else "limit_by_extension")
            changes["deadline"] = said_limit
        if row.values.get("closing") and not item.claimed_closed and not over:
            row.refuse("closed_on" if "closed_on" in row.texts else "is_closed", "close_by_request")
        if not row.row.accepted:
            return
        if not changes:
            row.action = RowAction.unchanged
            return
        self._refuse_foreign(row, item)
        row.action, row.changes, row.record_version = RowAction.update, changes, item.version + 1
        row.before = stored({field: told(item, field) for field in changes})
        if not row.row.accepted:
            row.action = RowAction.refused

    def _refuse_foreign(self, row: Planned, item: sa.Row[Any]) -> None:
        place = self.places.get(item.organization_id)
        if place is None or not self._may_write(place.path):
            row.refuse("problem", "not_yours_to_change")
        elif item.status is not RectificationStatus.registered and mark(place.path) in self.actor.own:
            row.refuse("problem", "own_item")

    def _reached(self, organization_id: UUID) -> bool:
        place = self.places.get(organization_id)
        return place is not None and place.reached

    def _may_write(self, path: str) -> bool:
        return self.actor.may("rectification:write", path)


def _same_limit(said: Deadline, item: sa.Row[Any]) -> bool:
    if item.deadline_kind is None or item.deadline_kind.value != said.kind:
        return False
    return said.due_on is None or said.due_on in (item.due_on, item.original_due_on)


def _gives_longer(said: Deadline, item: sa.Row[Any]) -> bool:
    if item.original_due_on is None:
        return False
    return said.kind == DeadlineKind.standing.value or (said.due_on or date.min) > item.original_due_on


def _key(unit: str, source: str, problem: str) -> _Key:
    return unit, source, _folded(problem)


def _folded(text: str) -> str:
    return compact(text).casefold()
