from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.workbook.cells import Cell, PartialDate, Unacceptable
from backend.workbook.dates import read_date
from backend.workbook.messages import message, messages

DAYS = st.dates(date(1910, 1, 1), date(2099, 12, 31))


def code(cell: Cell) -> str:
    with pytest.raises(Unacceptable) as refused:
        read_date(cell)
    return refused.value.code


@pytest.mark.parametrize(
    "cell",
    [
        "2020年6月1日",
        "20200601",
        "2020-6-1",
        " 2020/6/1 ",
        "2020.06.01",
        "２０２０年６月１日",
        "2020 年 6 月 1 日",
        "2020-06-01 00:00:00",
        "'2020-06-01",
        "2020。6。1",
        20200601.0,
        20200601,
    ],
)
def test_reads_a_day_however_it_is_written(cell: Cell) -> None:
    assert read_date(cell) == PartialDate(date(2020, 6, 1), date(2020, 6, 1))


@pytest.mark.parametrize(
    "cell", ["2020.6", "2020.06", "2020年6月", "2020年6月份", "2020-6", "2020/06", "202006", 2020.6, 2020.06]
)
def test_reads_a_month_as_its_days(cell: Cell) -> None:
    assert read_date(cell) == PartialDate(date(2020, 6, 1), date(2020, 6, 30))


@pytest.mark.parametrize(
    "cell",
    [
        date(2020, 6, 2),
        datetime(2020, 6, 2),  # noqa: DTZ001 - a cell has no time zone
        datetime(2020, 6, 2, 8, 30),  # noqa: DTZ001 - a cell has no time zone
        43984.0,
        43984.5,
        "43984",
    ],
)
def test_reads_real_dates_and_serials(cell: Cell) -> None:
    assert read_date(cell) == PartialDate(date(2020, 6, 2), date(2020, 6, 2))


def test_takes_a_real_first_of_a_month_as_the_month_that_was_typed() -> None:
    assert read_date(date(1977, 8, 1)).may_be(date(1977, 8, 5))
    assert not read_date("1977-08-01").may_be(date(1977, 8, 5))


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("98.7", "date_year_short"),
        ("98年7月3日", "date_year_short"),
        ("98/7/3", "date_year_short"),
        ("一九七五年三月", "date_in_words"),
        ("去年", "date_in_words"),
        ("2020.13", "date_month_wrong"),
        ("2020年0月", "date_month_wrong"),
        ("202013", "date_month_wrong"),
        ("2020-4-31", "date_day_wrong"),
        ("20210229", "date_day_wrong"),
        ("2020年", "date_year_alone"),
        (2020.0, "date_year_alone"),
        ("1020-06-01", "date_year_far"),
        ("约2020年", "date_unreadable"),
        (True, "date_unreadable"),
    ],
)
def test_says_in_words_which_part_is_wrong(cell: Cell, fault: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        read_date(cell)
    for language in ("zh-CN", "en"):
        said = message(refused.value.code, refused.value.params, language)
        assert messages()[fault][language] in said


@pytest.mark.parametrize(
    "cell",
    ["98.7", "一九七五年", "去年", "2020.13", "20000230", "2020", 2020.0, "2020年", "2020-6-31", "约2020年", "长期",
     True, time(1, 2), timedelta(1), "0000-01-01", "2020.6.1.1", "9999999", -5.0, 1e300, float("inf"), float("nan")],
)  # fmt: skip
def test_refuses_what_is_no_date(cell: Cell) -> None:
    assert code(cell) == "invalid_date"


def test_refuses_to_guess_between_january_and_october() -> None:
    assert code(2020.1) == "ambiguous_date"
    assert read_date("2020.1").first == date(2020, 1, 1)
    assert read_date("2020.10").first == date(2020, 10, 1)


@given(
    DAYS,
    st.sampled_from(
        [
            "{0.year}年{0.month}月{0.day}日",
            "{0.year}.{0.month}.{0.day}",
            "{0:%Y%m%d}",
            "{0.year}/{0.month:02}/{0.day:02}",
        ]
    ),
)
def test_every_day_is_read_back(day: date, form: str) -> None:
    assert read_date(form.format(day)) == (day, day)


@given(DAYS)
def test_every_serial_is_the_day_that_excel_shows(day: date) -> None:
    assert read_date(float((day - date(1899, 12, 30)).days)).may_be(day)


@given(st.one_of(st.text(max_size=20), st.text("0123456789.-/年月日 ", max_size=12), st.floats()))
def test_never_fails_otherwise_than_by_refusing(cell: Cell) -> None:
    try:
        read = read_date(cell)
    except Unacceptable:
        return
    assert read.first <= read.last
