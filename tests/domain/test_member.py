"""The rules of a member's fields, and what of them reaches columns and events."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.db.member import ENDED, MemberStatus
from backend.domain.crypto import FieldCipher
from backend.domain.member_row import FIELDS, member_columns_of, told
from backend.domain.member_rule import (
    earliest_confirmation,
    member_problems,
    normalized,
    status_may_become,
    years_later,
)
from tests.people import citizen_number

TODAY = date(2026, 11, 20)
RIGHT = {
    "name": "曾光耀",
    "id_number": "999901199001010010",
    "status": "full",
    "joined_on": date(2015, 7, 1),
    "confirmed_on": date(2016, 7, 1),
}


def problems(**values: Any) -> set[tuple[str, str]]:
    return {(p.pointer, p.code) for p in member_problems(normalized(RIGHT | values), TODAY)}


def test_a_right_record_has_no_problem() -> None:
    assert problems() == set()


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"name": None}, "/name", "required"),
        ({"name": "张3"}, "/name", "name_characters"),
        ({"name": "张😀"}, "/name", "name_characters"),
        ({"name": "长" * 51}, "/name", "name_length"),
        ({"status": None}, "/status", "required"),
        ({"id_number": None}, "/id_number", "required"),
        ({"id_number": "999901199001010011"}, "/id_number", "id_number_checksum"),
        ({"id_number": "99990119900101001"}, "/id_number", "id_number_length"),
        ({"id_number": "999901900101001"}, "/id_number", "id_number_legacy"),
        ({"id_number": "9.99901199001010E+17"}, "/id_number", "id_number_not_text"),
        ({"id_number": "999901200002300017"}, "/id_number", "id_number_birth_date"),
        ({"birth_date": date(1990, 1, 2)}, "/birth_date", "birth_date_mismatch"),
        ({"birth_date": (date(1990, 2, 1), date(1990, 2, 28))}, "/birth_date", "birth_date_mismatch"),
        ({"sex": "female"}, "/sex", "sex_mismatch"),
        ({"phone": "12"}, "/phone", "invalid_phone"),
        ({"joined_on": None}, "/joined_on", "required"),
        ({"joined_on": date(2026, 11, 21), "confirmed_on": None}, "/joined_on", "date_in_future"),
        ({"confirmed_on": date(2026, 11, 21)}, "/confirmed_on", "date_in_future"),
        ({"joined_on": date(2007, 12, 31)}, "/joined_on", "joined_under_age"),
        ({"joined_on": (date(2007, 12, 1), date(2007, 12, 31))}, "/joined_on", "joined_under_age"),
        ({"confirmed_on": date(2016, 6, 30)}, "/confirmed_on", "confirmed_too_early"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(values: dict[str, Any], pointer: str, code: str) -> None:
    assert problems(**values) == {(pointer, code)}


@pytest.mark.parametrize(
    "values",
    [
        {"joined_on": date(2008, 1, 1)},
        {"joined_on": (date(2008, 1, 1), date(2008, 1, 31)), "confirmed_on": (date(2009, 1, 1), date(2009, 1, 31))},
        {"birth_date": (date(1990, 1, 1), date(1990, 1, 31)), "sex": "male"},
        {"status": "applicant", "joined_on": None, "confirmed_on": None},
        {"phone": "０５３８－1234567"},
        {"phone": "+86 199-0000-2644"},
        {"id_number": " 999901 19900101 0010 "},
        {"name": "阿卜杜拉・买买提"},
        {"name": "𠮷野"},
    ],
)
def test_what_only_looks_wrong_is_accepted(values: dict[str, Any]) -> None:
    assert problems(**values) == set()


def test_a_month_gets_the_benefit_of_its_days() -> None:
    number = citizen_number(date(1990, 1, 15))
    assert problems(id_number=number, joined_on=(date(2008, 1, 1), date(2008, 1, 31))) == set()
    assert problems(id_number=number, joined_on=date(2008, 1, 14)) == {("/joined_on", "joined_under_age")}


def test_before_1977_there_was_no_probation() -> None:
    assert earliest_confirmation(date(1970, 7, 1)) == date(1970, 7, 1)
    assert earliest_confirmation(date(1977, 8, 18)) == date(1978, 8, 18)


def test_a_year_after_29_february_is_28_february() -> None:
    assert years_later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 28)


def test_birth_date_and_sex_come_from_the_number() -> None:
    made = normalized({"id_number": "999901195503150023"})
    assert (made["birth_date"], made["sex"], made["is_mobile"]) == (date(1955, 3, 15), "female", False)


@given(st.dictionaries(st.sampled_from(FIELDS), st.none() | st.text(max_size=30)))
def test_no_text_whatever_breaks_the_rules_of_identity(values: dict[str, Any]) -> None:
    texts = {key: value for key, value in values.items() if key in {"name", "id_number", "phone", "sex", "status"}}
    assert all(p.pointer and p.code for p in member_problems(normalized(texts), TODAY))


def test_nobody_comes_back_from_an_ended_membership_by_a_change() -> None:
    for old in ENDED:
        assert not any(status_may_become(old, new) for new in MemberStatus if new != old)


def test_development_advances_one_state_at_a_time() -> None:
    assert status_may_become("applicant", "activist")
    assert status_may_become("development_target", "probationary")
    assert status_may_become("activist", "applicant")
    assert not status_may_become("applicant", "development_target")
    assert not status_may_become("applicant", "full")
    assert not status_may_become("full", "applicant")
    assert status_may_become("probationary", "full")
    assert status_may_become("suspended", "full")


def test_no_column_holds_a_number_in_clear() -> None:
    cipher = FieldCipher({1: b"k" * 32}, b"s" * 32)
    columns = member_columns_of(normalized(RIGHT | {"phone": "19900002644"}), uuid4(), cipher)
    text = repr(columns)
    assert "999901199001010010" not in text
    assert "19900002644" not in text
    assert columns["id_number_mask"] == "9999**********0010"
    assert columns["phone_mask"] == "199****2644"
    assert columns["initials"] == "zgy"


def test_events_tell_nothing_by_which_a_person_could_be_found() -> None:
    values = RIGHT | {"phone": "19900002644", "native_place": "云川县", "remark": "住东沟村", "ethnic_group": "回族"}
    told_of = {field: told(field, normalized(values).get(field)) for field in FIELDS}
    text = repr(told_of)
    for secret in ("曾光耀", "1990", "0101", "19900002644", "云川", "东沟", "回族"):
        assert secret not in text
    assert told_of["status"] == "full"
    assert told_of["joined_on"] == "2015-07-01"
