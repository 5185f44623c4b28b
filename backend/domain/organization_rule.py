"""What an organisation's own fields must satisfy, as one pure function for the API, the import and the demonstration.

Dates are days, or pairs of the first and last day that are meant where only the month is known; such a date is given
the benefit of its days.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict

from backend.domain.errors import Problem
from backend.domain.identity import credit_code_problem, region_code_problem
from backend.domain.organization_kind import ORGANIZATION_KINDS

Day = date | tuple[date, date]

NAME_LIMIT = 100


class OrganizationValues(TypedDict, total=False):
    """What is known of an organisation that is to be created; `name` and `kind` must be there.

    `id` is made when it is missing; `parent_id` is an organisation that stands already or an earlier row of the same
    call, None for a county.
    """

    id: UUID
    parent_id: UUID | None
    kind: str
    name: str
    short_name: str | None
    region_code: str | None
    credit_code: str | None
    founded_on: Day | None
    term_starts_on: Day | None
    term_ends_on: Day | None
    remark: str | None
    is_test: bool


def first_day(day: Day) -> date:
    return day[0] if isinstance(day, tuple) else day


def last_day(day: Day) -> date:
    return day[1] if isinstance(day, tuple) else day


def organization_problems(values: Mapping[str, Any], today: date) -> list[Problem]:
    """What is wrong with an organisation's fields.

    Codes: `organization_name_invalid`, `unknown_kind`, those of the region and credit codes, `date_in_future`
    (founded), `term_ends_too_early`.
    """
    return list(_problems(values, today))


def _problems(values: Mapping[str, Any], today: date) -> Iterator[Problem]:
    name = values.get("name") or ""
    if len(name) > NAME_LIMIT or not any(char.isalpha() for char in name):
        yield Problem("/name", "organization_name_invalid", {"value": name[:60]})
    if values.get("kind") not in ORGANIZATION_KINDS:
        yield Problem("/kind", "unknown_kind")
    region, credit = values.get("region_code"), values.get("credit_code")
    if region and (code := region_code_problem(region)):
        yield Problem("/region_code", code, {"value": region[:40]})
    if credit and (code := credit_code_problem(credit)):
        yield Problem("/credit_code", code, {"value": credit[:40]})
    founded: Day | None = values.get("founded_on")
    starts: Day | None = values.get("term_starts_on")
    ends: Day | None = values.get("term_ends_on")
    if founded and first_day(founded) > today:
        yield Problem("/founded_on", "date_in_future", {"value": first_day(founded).isoformat()})
    begun = max((first_day(day) for day in (starts, founded) if day), default=None)
    if begun and ends and last_day(ends) < begun:
        yield Problem("/term_ends_on", "term_ends_too_early", {"earliest": begun.isoformat()})
