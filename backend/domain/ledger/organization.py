"""The roster of organisations: which one a row means is told by its name within the county."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session, Versioned, new_id
from backend.db.ledger import RowAction
from backend.db.organization import Organization, Reach, below, under
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.ledger.adapter import Asked, Part, Progress, Root, Scope
from backend.domain.ledger.row import Mask, Planned, as_written, says_the_same
from backend.domain.ledger.scope import folded
from backend.domain.organization import change_organization
from backend.domain.organization_creation import create_organizations
from backend.domain.organization_kind import ORGANIZATION_KINDS, kind_title
from backend.domain.organization_rule import organization_problems

key: str = "organization"
permission: str = "organization:write"
read_permission: str = "organization:read"
clear_permission: str | None = None
founds: bool = True
masks: Mapping[str, Mask] = {"region_code": as_written, "credit_code": as_written}
filters: Mapping[str, bool] = {}
table: type[Versioned] = Organization
parts: Sequence[Part] = (
    Part("organization_name", "organization_id"),
    Part("organization_place", "organization_id"),
    Part("organization_tally", "organization_id"),
)
undone: str = "organization.import_undone"

# The name is what a row was recognised by; kind and place in the tree are changed where that can be explained.
CHANGEABLE = ("short_name", "region_code", "credit_code", "founded_on", "term_starts_on", "term_ends_on")
_DAYS = frozenset({"founded_on", "term_starts_on", "term_ends_on"})
# Offices and groups bear the same names everywhere; only together with their parent do these mean one.
_COMMON = frozenset({"office", "party_group"})


def mentions(texts: Mapping[str, str]) -> Sequence[str]:
    """The organisation itself and its parent, without what may stand before it."""
    return [texts.get("name", ""), texts.get("parent", "").rpartition("/")[2]]


def root(values: Mapping[str, Any]) -> Root | None:
    kind = ORGANIZATION_KINDS.get(values.get("kind", ""))
    if kind is None or not kind.is_root or not values.get("name") or values.get("parent"):
        return None
    return Root(values["name"], values.get("region_code"))


async def judge(session: Session, actor: Actor, cipher: FieldCipher, scope: Scope, rows: Sequence[Planned]) -> None:
    """Recognise organisations by name and parent.

    Codes: `stands_elsewhere` (the name is there, below another parent), `kind_differs`, `county_root_differs` (a row
    for the top of another county), `code_taken`, `parent_refused`, and those of `organization_problems`.
    """
    county_id = scope.county.id if scope.county else None
    question = sa.select(Organization.__table__.c).where(  # type: ignore[attr-defined]  # SQLModel adds it
        col(Organization.county_id) == county_id, col(Organization.status) == "active"
    )
    standing = list(await session.execute(question)) if county_id else []
    _Census(scope, standing).judge(rows)


class _Census:
    """The organisations that stand in the county, and those that the file adds, row by row."""

    def __init__(self, scope: Scope, standing: Sequence[sa.Row[Any]]) -> None:
        self.scope = scope
        self.out_of_reach = {place.id for place in scope.places if not place.reached}
        self.named: dict[str, list[sa.Row[Any]]] = {}
        self.bearing: dict[tuple[str, str, str], UUID] = {}
        for organization in standing:
            self.named.setdefault(folded(organization.name), []).append(organization)
            for column in ("region_code", "credit_code"):
                if code := getattr(organization, column):
                    self.bearing[column, organization.kind, code] = organization.id
        self.placed: dict[tuple[str, int], Planned] = {}
        self.root: Planned | None = None

    def judge(self, rows: Sequence[Planned]) -> None:
        for row in parents_first(rows):
            self.placed[row.row.sheet, row.row.row] = row
            if row.row.accepted:
                self._place(row)

    def _place(self, row: Planned) -> None:
        parent_id = self._parent_id(row)
        if not row.row.accepted:
            return
        values = row.values
        known = [each for each in self.named.get(folded(values["name"]), ()) if each.parent_id == parent_id]
        if known:
            self._compare(row, known[0])
            return
        if values["kind"] not in _COMMON and any(
            each.kind == values["kind"] for each in self.named.get(folded(values["name"]), ())
        ):
            row.refuse("parent", "stands_elsewhere", value=values["name"])
        for problem in organization_problems(values, self.scope.today):
            row.refuse(problem.pointer.removeprefix("/"), problem.code, **problem.params)
        if parent_id in self.out_of_reach:
            row.refuse("parent", "not_yours_to_change")
        row.record_id, row.record_version = new_id(), 1
        self._claim_codes(row, row.record_id)

    def _parent_id(self, row: Planned) -> UUID | None:
        """The record above, whether it stands or comes with the file; refuses a row that has none to stand under."""
        values = row.values
        if at := values.get("parent_at"):
            parent = self.placed[at]
            if not parent.row.accepted:
                row.refuse("parent", "parent_refused", parent=parent.values.get("name") or "", row=parent.row.row)
            values["parent_id"] = parent.record_id
        elif written := values.get("parent_id"):
            values["parent_id"] = UUID(str(written))
        else:
            values["parent_id"] = None
            self._check_root(row)
        parent_id: UUID | None = values["parent_id"]
        return parent_id

    def _check_root(self, row: Planned) -> None:
        """A county has one top: the one that stands, or in a file that brings a county the first row without parent."""
        if self.scope.county is None:
            if self.root is not None:
                row.refuse("parent", "required")
            self.root = self.root or row
        elif folded(self.scope.county.name) != folded(row.values["name"]):
            row.refuse("parent", "county_root_differs", county=self.scope.county.name)

    def _compare(self, row: Planned, organization: sa.Row[Any]) -> None:
        row.record_id, row.record_version = organization.id, organization.version
        if organization.kind != row.values["kind"]:
            row.refuse("kind", "kind_differs", kind=kind_title(organization.kind, organization.name))
            return
        for field in CHANGEABLE:
            said, known = row.values.get(field), getattr(organization, field)
            if said is not None and not says_the_same(known, said):
                row.changes[field] = said
        if not row.changes:
            row.action = RowAction.unchanged
            return
        if organization.id in self.out_of_reach:
            row.refuse("name", "not_yours_to_change")
            return
        row.action, row.record_version = RowAction.update, organization.version + 1
        row.before = {
            field: known.isoformat() if isinstance(known := getattr(organization, field), date) else known
            for field in row.changes
        }
        kept = {field: getattr(organization, field) for field in (*CHANGEABLE, "name", "kind")}
        for problem in organization_problems(kept | row.values, self.scope.today):
            row.refuse(problem.pointer.removeprefix("/"), problem.code, **problem.params)
        self._claim_codes(row, organization.id)

    def _claim_codes(self, row: Planned, id: UUID) -> None:
        for column in ("region_code", "credit_code"):
            code = row.values.get(column)
            if code and self.bearing.setdefault((column, row.values["kind"], code), id) != id:
                row.refuse(column, "code_taken", value=code)


def parents_first(rows: Sequence[Planned]) -> list[Planned]:
    """The rows in an order in which each comes after its parent in the same file.

    The reader has refused circles; what hangs on one would never come, so it is left where it is at the end.
    """
    below_row: dict[tuple[str, int], list[Planned]] = {}
    ordered: list[Planned] = []
    for row in rows:
        at = row.values.get("parent_at")
        (below_row.setdefault(at, []) if at else ordered).append(row)
    for row in ordered:
        ordered += below_row.pop((row.row.sheet, row.row.row), ())
    return ordered + [row for left in below_row.values() for row in left]


async def create(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    rows: Sequence[Planned],
    progress: Progress,
) -> None:
    fields = ("name", "kind", "parent_id", *CHANGEABLE)
    made: list[Any] = [
        {"id": row.record_id} | {field: row.values.get(field) for field in fields} for row in parents_first(rows)
    ]
    await create_organizations(session, actor, moment, made)
    await progress(len(rows))


async def update(session: Session, actor: Actor, moment: Moment, cipher: FieldCipher, rows: Sequence[Planned]) -> None:
    for row in rows:
        if row.record_id is not None:
            changes = {field: said[0] if isinstance(said, tuple) else said for field, said in row.changes.items()}
            await change_organization(session, actor, moment, row.record_id, None, changes)


async def restore(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    records: Sequence[tuple[UUID, Mapping[str, Any]]],
) -> None:
    for record_id, before in records:
        changes = {
            field: date.fromisoformat(value) if value and field in _DAYS else value for field, value in before.items()
        }
        await change_organization(session, actor, moment, record_id, None, changes)


async def take_back(session: Session, actor: Actor, moment: Moment, ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """Nothing that an import creates here has acts of people in it."""
    return ()


async def forget(session: Session, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    question = sa.select(col(Organization.id), col(Organization.county_id)).where(col(Organization.id).in_(ids))
    return [
        {"id": row.id, "county_id": row.county_id, "organization_id": row.id} for row in await session.execute(question)
    ]


async def in_clear(
    session: Session, cipher: FieldCipher, ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, str | None]]:
    """Nothing in this ledger is starred."""
    return {}


async def records(session: Session, reach: Reach, asked: Asked) -> AsyncIterator[Mapping[str, Any]]:
    above = sa.orm.aliased(Organization)
    question = (
        sa.select(
            col(Organization.name),
            col(Organization.kind),
            col(above.name).label("parent"),
            *(getattr(Organization, field) for field in CHANGEABLE),
        )
        .join(above, col(above.id) == col(Organization.parent_id), isouter=True)
        .where(under(reach), below(asked.path), col(Organization.status) == "active")
        .order_by(col(Organization.path))
    )
    async for organization in await session.stream(question):
        yield dict(organization._mapping)
