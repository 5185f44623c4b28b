"""Which texts hold a number of a person, however it is written, and which only look long."""

import base64
import string
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.written_number import writes_number
from tests.people import citizen_number

TODAY = date(2026, 11, 30)

HUMAN = st.builds(
    "{}-{}-{}".format,
    st.text(string.ascii_uppercase, min_size=2, max_size=4),
    st.integers(2020, 2099),
    st.from_regex(r"[0-9]{4,6}", fullmatch=True),
)
CURSOR = st.binary(min_size=8, max_size=120).map(lambda it: base64.urlsafe_b64encode(it).decode().rstrip("="))
VALUE: st.SearchStrategy[Any] = st.one_of(
    st.uuids().map(str),
    st.uuids().map(lambda it: it.hex),
    st.integers(0, 2**64 - 1).map("{:016x}-01".format),
    CURSOR,
    HUMAN,
    st.dates(date(1900, 1, 1)).map(date.isoformat),
    st.dates(date(1900, 1, 1)).map("{:%Y.%m.%d}".format),
    st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    st.integers(0, 9_999_999_999),
    st.ip_addresses(v=4).map(str),
    st.sampled_from(["-created_at", "公开栏", "rectifications", "true", "zh-CN", "supervision"]),
)


@given(
    st.lists(VALUE, max_size=4).map(lambda parts: "/api/v1/" + "/".join(map(str, parts))),
    st.lists(st.tuples(st.sampled_from(["q", "limit", "cursor", "from", "to", "organization_id"]), VALUE), max_size=6),
)
def test_ordinary_addresses_hold_none(path: str, query: list[tuple[str, Any]]) -> None:
    # Of 2**60 cursors less than one holds a phone by chance.
    assert not writes_number(path, TODAY)
    assert not writes_number(unquote_plus(urlencode(query)), TODAY)


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.lists(st.sampled_from(["", "", " ", "-"]), min_size=11, max_size=11),
    st.booleans(),
)
def test_phones_are_found_however_they_are_written(phone: str, between: list[str], is_wide: bool) -> None:
    written = "".join(digit + gap for digit, gap in zip(phone, [*between[:10], ""], strict=True))
    shown = written.translate({ord(str(n)): 0xFF10 + n for n in range(10)}) if is_wide else written
    if not written[:4].isdigit() or "-" not in written:
        assert writes_number(f"q={shown}&limit=5", TODAY)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.sampled_from(["", " ", "-", "."]))
def test_citizen_numbers_are_found_with_a_wrong_check_digit_and_of_the_old_form(
    born: date, order: int, between: str
) -> None:
    for last in "0123456789Xx":
        assert writes_number(between.join(("370982", f"{born:%Y%m%d}", f"{order:03d}{last}")), TODAY)
    if born.year < 2000:
        assert writes_number(between.join(("370982", f"{born:%y%m%d}", f"{order:03d}")), TODAY)


@pytest.mark.parametrize(
    "text",
    [
        *("ZG-2026-0123", "FK-2026-402817", "192.168.10.123", "1985.3-1992.10", "20261119000123456789"),
        *("999901202613011230", "123456789012345678", "1764518400123", "371624100201", "GD13812345678"),
        *("12345678-1234-4567-8901-138123456789", "2026111900012345", "138123456789", "1381234567"),
    ],
)
def test_long_numbers_of_another_kind_are_none(text: str) -> None:
    assert not writes_number(text, TODAY)


def test_a_citizen_number_is_found_within_letters() -> None:
    assert writes_number(f"ID{citizen_number()}of", TODAY)
