"""What a member's fields must satisfy, as one pure function for the API, the import and the demonstration.

Dates are days, or pairs of the first and last day that are meant where only the month is known; such a date is given
the benefit of its days.  Sources: Party constitution art. 1 (18 years) and 7 (one year of probation), handbook 1.0.2.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict

from backend.db.member import ENDED, MemberStatus
from backend.domain.errors import Problem
from backend.domain.identity import (
    birth_date_of,
    holds_masked_number,
    id_number_problem,
    mask_name,
    mask_phone,
    name_problem,
    normalize_id_number,
    normalize_name,
    normalize_phone,
    sex_of,
)
from backend.domain.organization_rule import Day, first_day, last_day

JOINING_AGE = 18
# The congress of 1977 brought the probation back that the one of 1969 had abolished; before it both dates may be equal.
PROBATION_RESTORED = date(1977, 8, 18)

SEX_WORDS = {"male": {"zh-CN": "男", "en": "male"}, "female": {"zh-CN": "女", "en": "female"}}

# Those on the way to membership advance one state at a time and may fall back; nobody is set beyond by hand.
_DEVELOPMENT = (
    MemberStatus.applicant,
    MemberStatus.activist,
    MemberStatus.development_target,
    MemberStatus.probationary,
)
_ROSTER = frozenset({MemberStatus.probationary, MemberStatus.full, MemberStatus.transferring, MemberStatus.suspended})
REGISTRABLE = frozenset({*_DEVELOPMENT, *_ROSTER})


class MemberValues(TypedDict, total=False):
    """What is known of a person who is to be registered; `name`, `id_number`, `status` and `organization_id` must be
    there.  `id` is made when it is missing; `since` is the day from which the person belongs to the branch, today
    unless given."""

    id: UUID
    organization_id: UUID
    name: str
    sex: str | None
    birth_date: Day | None
    ethnic_group: str | None
    id_number: str
    phone: str | None
    education: str | None
    native_place: str | None
    joined_on: Day | None
    confirmed_on: Day | None
    status: str
    category: str | None
    is_mobile: bool | None
    remark: str | None
    since: date
    is_test: bool


def years_later(day: date, years: int) -> date:
    """The same day of a later year; of 29 February the 28th, so that nobody waits a day longer."""
    leap_day = day.month == 2 and day.day == 29
    return day.replace(year=day.year + years, day=28 if leap_day else day.day)


def earliest_confirmation(joined_on: date) -> date:
    """The first day on which somebody who joined on `joined_on` can have become a full member."""
    return years_later(joined_on, 1) if joined_on >= PROBATION_RESTORED else joined_on


def normalized(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` as they are stored: number and phone in their plain form, birth date and sex from the number
    where they are not given, and days instead of months."""
    made = dict(values)
    if made.get("name"):
        made["name"] = normalize_name(made["name"])
    if made.get("id_number"):
        made["id_number"] = normalize_id_number(made["id_number"])
    if made.get("phone"):
        made["phone"] = normalize_phone(made["phone"]) or made["phone"]
    number = made.get("id_number") or ""
    born = birth_date_of(number) if len(number) == 18 else None
    if born:
        written = made.get("birth_date")
        if not written or first_day(written) <= born <= last_day(written):
            made["birth_date"] = born
        if not made.get("sex") and number[16].isdigit():
            made["sex"] = sex_of(number)
    made["is_mobile"] = bool(made.get("is_mobile"))
    return made


def member_problems(values: Mapping[str, Any], today: date) -> list[Problem]:
    """What is wrong with a person's normalised fields.

    Codes: `required`, those of `identity` for name and ID number, `invalid_phone`, `masked_value` (stars, which are
    what is shown and not what is there), `number_in_remark` (which is masked where it belongs), `birth_date_mismatch`
    and `sex_mismatch` (with the number), `date_in_future`, `joined_under_age`, `confirmed_too_early`.
    """
    return [*_identity_problems(values, today), *_date_problems(values, today)]


def _identity_problems(values: Mapping[str, Any], today: date) -> Iterator[Problem]:
    for required in ("name", "id_number", "status"):
        if not values.get(required):
            yield Problem(f"/{required}", "required")
    name, number, phone = values.get("name"), values.get("id_number"), values.get("phone")
    if name and (code := name_problem(name)):
        yield Problem("/name", code, {"value": mask_name(name[:60])})
    if "*" in (values.get("native_place") or ""):
        yield Problem("/native_place", "masked_value")
    if holds_masked_number(values.get("remark") or ""):
        yield Problem("/remark", "number_in_remark")
    if phone and normalize_phone(phone) is None:
        yield Problem("/phone", "invalid_phone", {"value": mask_phone(phone[:40])})
    if not number:
        return
    if code := id_number_problem(number, today):
        yield Problem("/id_number", code, {"length": len(number)})
        return
    born: date | None = birth_date_of(number)
    written: Day | None = values.get("birth_date")
    if born and written and not first_day(written) <= born <= last_day(written):
        yield Problem("/birth_date", "birth_date_mismatch", {"birth_date": born.isoformat()})
    sex = sex_of(number)
    if values.get("sex") and values["sex"] != sex:
        yield Problem("/sex", "sex_mismatch", {"sex": SEX_WORDS[sex]})


def _date_problems(values: Mapping[str, Any], today: date) -> Iterator[Problem]:
    joined: Day | None = values.get("joined_on")
    confirmed: Day | None = values.get("confirmed_on")
    born: Day | None = values.get("birth_date")
    for name, day in (("joined_on", joined), ("confirmed_on", confirmed)):
        if day and first_day(day) > today:
            yield Problem(f"/{name}", "date_in_future", {"value": first_day(day).isoformat()})
    if joined is None and (confirmed or values.get("status") in _ROSTER):
        yield Problem("/joined_on", "required")
    if joined and born and last_day(joined) < years_later(first_day(born), JOINING_AGE):
        yield Problem("/joined_on", "joined_under_age", {"age": JOINING_AGE})
    if joined and confirmed and last_day(confirmed) < earliest_confirmation(first_day(joined)):
        earliest = earliest_confirmation(first_day(joined)).isoformat()
        yield Problem("/confirmed_on", "confirmed_too_early", {"earliest": earliest})


def turns_adult_in_year(born: date | None, joined: Day) -> bool:
    """Whether a day of joining lies in the year in which somebody comes of the age for it, whichever day that is."""
    return born is not None and first_day(joined).year <= born.year + JOINING_AGE <= last_day(joined).year


def status_may_become(old: str, new: str) -> bool:
    """Whether a change of record may take somebody from one state to another.

    Membership that has ended stays ended: who comes back is registered anew.
    """
    if old == new:
        return True
    if old in ENDED:
        return False
    if new in ENDED or (old in _ROSTER and new in _ROSTER):
        return True
    return (
        old in _DEVELOPMENT
        and new in _DEVELOPMENT
        and _DEVELOPMENT.index(MemberStatus(new)) - _DEVELOPMENT.index(MemberStatus(old)) <= 1
    )
