"""What a row of a workbook may leave behind, and when it says something new."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.identity import mask_numbers
from backend.domain.ledger.adapters import ADAPTERS
from backend.domain.ledger.row import mask_wholly, masked_params, says_the_same
from backend.workbook.ledgers import LEDGERS


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("电话19912345678。", "电话199****5678。"),
        ("99990119900101002X", "9999**********002X"),
        ("999901900101002", "9999*******1002"),
        ("99990119900101002X和19912345678", "9999**********002X和199****5678"),
        ("2020年6月1日", "2020年6月1日"),
        ("20200601", "20200601"),
        ("990100001001", "990100001001"),
        ("", ""),
    ],
)
def test_numbers_of_people_are_starred_wherever_they_stand(written: str, kept: str) -> None:
    assert mask_numbers(written) == kept


@given(st.text(max_size=20), st.from_regex(r"1[3-9][0-9]{9}|[0-9]{17}[0-9X]", fullmatch=True), st.text(max_size=20))
def test_no_number_survives_between_other_text(before: str, number: str, after: str) -> None:
    # Digits that touch it make it another number, one of no person.
    assert number not in mask_numbers(f"{before} {number} {after}")


@given(st.text(max_size=40))
def test_a_column_of_numbers_keeps_less_than_half_of_anything_long(text: str) -> None:
    kept = mask_wholly(4, 4)(text)
    assert len(kept) == len(text)
    assert kept.count("*") >= len(text) / 3


def test_what_was_typed_is_masked_in_the_params_of_a_refusal_too() -> None:
    assert masked_params({"value": "1991234567", "length": 17}, mask_wholly(3, 4)) == {
        "value": "**********",
        "length": 17,
    }


@pytest.mark.parametrize(
    ("known", "said", "same"),
    [
        (date(2020, 6, 15), (date(2020, 6, 1), date(2020, 6, 30)), True),
        (date(2020, 7, 1), (date(2020, 6, 1), date(2020, 6, 30)), False),
        (None, (date(2020, 6, 1), date(2020, 6, 30)), False),
        ("大专", "大专", True),
        (None, "大专", False),
        (True, False, False),
    ],
)
def test_a_month_says_the_same_as_any_of_its_days(known: object, said: object, same: bool) -> None:
    assert says_the_same(known, said) is same


def test_every_ledger_has_an_adapter_whose_columns_it_knows() -> None:
    assert ADAPTERS.keys() == LEDGERS.keys()
    for key, adapter in ADAPTERS.items():
        columns = {column.key for column in LEDGERS[key].columns}
        assert adapter.masks.keys() <= columns
        assert set(adapter.CHANGEABLE) <= columns
        tables = adapter.table.metadata.tables
        assert all(part.column in tables[part.table].c for part in adapter.parts)
