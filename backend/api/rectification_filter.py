"""What a list of rectifications can be narrowed by: every column that the ledger has."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote, unquote
from uuid import UUID

from fastapi import Header, Query

from backend.api.run import Light
from backend.db.rectification import DeadlineKind, RectificationSource, RectificationStatus, Severity
from backend.db.rectification_view import Mention, RectificationFilter
from backend.domain.pinyin import fold, query_grams
from backend.domain.rectification.category import Category

_Part = Annotated[str | None, Query(max_length=100)]

PEOPLE = {"responsible_person": "X-Responsible-Person", "responsible_leader": "X-Responsible-Leader"}
"""The filters that hold a person's name, by the header that they come in: addresses are kept by browsers and logs."""


def _named(field: str) -> Any:
    return Header(
        alias=PEOPLE[field],
        max_length=1000,
        description="Part of a person's name; UTF-8, percent-encoded.",
        examples=[quote("曾")],
    )


@dataclass(frozen=True, slots=True)
class RectificationQuery:
    """The filters as a request names them; texts match a part, days are included on both sides."""

    q: Annotated[str | None, Query(max_length=100, description="Part of the problem or the number.")] = None
    source: RectificationSource | None = None
    category: Category | None = None
    severity: Severity | None = None
    status: RectificationStatus | None = None
    step: Annotated[str | None, Query(max_length=64, description="The step that is open.")] = None
    light: Light | None = None
    deadline_kind: DeadlineKind | None = None
    registered_at_id: UUID | None = None
    responsible_unit_id: UUID | None = None
    responsible_person: Annotated[str | None, _named("responsible_person")] = None
    responsible_leader: Annotated[str | None, _named("responsible_leader")] = None
    source_document: _Part = None
    source_clause: _Part = None
    measures: _Part = None
    result: _Part = None
    remark: _Part = None
    due_from: date | None = None
    due_to: date | None = None
    original_due_from: Annotated[date | None, Query(description="The first limit, whatever was granted since.")] = None
    original_due_to: date | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    overdue: Annotated[bool | None, Query(description="Past the limit; what is due today is not.")] = None
    supervised: bool | None = None
    affects_people: bool | None = None
    has_extension: bool | None = None
    systemic: bool | None = None
    relapsed: Annotated[bool | None, Query(description="Opened again, or registered as a relapse.")] = None
    relook: Annotated[bool | None, Query(description="Waiting to be looked at again.")] = None


def given_filters(asked: RectificationQuery) -> dict[str, Any]:
    """Those that were asked for, as an export of the ledger is narrowed by them."""
    wanted = filter_of(asked, None)
    given = {each.name: getattr(wanted, each.name) for each in fields(wanted)}
    return {name: value for name, value in given.items() if value is not None}


def filter_of(asked: RectificationQuery, path: str | None) -> RectificationFilter:
    """The filters as the database takes them, below the organisation at `path`."""
    given = {name: getattr(asked, name) for name in RectificationQuery.__slots__}
    people = {name: unquote(given[name])[:100] for name in PEOPLE if given[name] is not None}
    part = given.pop("q")
    mention = Mention(folded, query_grams(part)) if part is not None and (folded := fold(part)) else None
    return RectificationFilter(path=path, q=mention, **given | people)
