"""The ledger of problems: the sample as it is, what clerks write into single cells, and the way out and in again."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.ledger.rectification_row import Closing, Deadline, Progress
from backend.domain.rectification.category import Category
from backend.workbook.cells import Unacceptable
from backend.workbook.export import write_export
from backend.workbook.ledger import Known, KnownOrganization, Row
from backend.workbook.reading import read_workbook
from backend.workbook.rectification import RECTIFICATION, SOURCES
from backend.workbook.rectification_cells import closing, deadline, people, shown_deadline, shown_progress
from tests.workbook.books import KNOWN, xls, xlsx
from tests.workbook.test_samples import known, refusals, text

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))["rectifications.xlsx"]
TITLES = [
    "序号",
    "问题来源",
    "具体问题",
    "整改措施",
    "责任单位",
    "整改时限",
    "进展情况",
    "完成情况",
    "是否销号",
    "销号时间",
]
RIGHT = [1, "党建督查", "公示照片无日期", "逐项核对", "东沟村党支部", "2026年12月底", None, None, None, None]


def read(**cells: Any) -> Row:
    row = dict(zip(TITLES, RIGHT, strict=True)) | cells
    (found,) = read_workbook(xlsx([TITLES, list(row.values())]), RECTIFICATION, KNOWN)
    return found


@pytest.mark.parametrize("name", ["rectifications.xlsx", "rectifications.xls"])
def test_the_sample_is_read_exactly_as_expected(name: str) -> None:
    reading = read_workbook(SAMPLES / name, RECTIFICATION, known())
    rows = list(reading)
    assert refusals(rows) == EXPECTED["refused"]
    assert (reading.counts.total, reading.counts.acceptable) == (EXPECTED["data_rows"], EXPECTED["acceptable"])
    deadlines = [
        {"row": row.row, "kind": row.values["deadline"].kind, "due_on": text(row.values["deadline"].due_on)}
        for row in rows
        if row.values["deadline"]
    ]
    assert deadlines == EXPECTED["deadlines"]
    assert {choice.title: choice.value for choice in SOURCES}.items() >= EXPECTED["sources"].items()
    assert {row.values["source"] for row in rows} == set(EXPECTED["sources"].values())
    claimed = {row.row for row in rows if row.values["closing"]}
    assert claimed == {row.row for row in rows if row.cells["是否销号"] in {"已销号", "√", "是"}}
    assert reading.sheets[0].ignored == ()


@pytest.mark.parametrize(
    ("written", "kind", "due_on"),
    [
        ("立行立改", "immediate", None),
        (" 立 行 立 改 ", "immediate", None),
        ("长期坚持，持续推进", "standing", None),
        ("2026年12月底", "dated", date(2026, 12, 31)),
        ("2026年12月底前", "dated", date(2026, 12, 31)),
        ("2026年2月", "dated", date(2026, 2, 28)),
        ("2028年2月末", "dated", date(2028, 2, 29)),
        ("2026年底前", "dated", date(2026, 12, 31)),
        ("2026年年底", "dated", date(2026, 12, 31)),
        ("2027年1月15日前", "dated", date(2027, 1, 15)),
        ("2027年1月15日前完成", "dated", date(2027, 1, 15)),
        ("2027.1.15之前", "dated", date(2027, 1, 15)),
        ("2026.11.30", "dated", date(2026, 11, 30)),
        ("2027年1月15日前（原定2026年11月30日前）", "dated", date(2027, 1, 15)),
        (date(2026, 11, 30), "dated", date(2026, 11, 30)),
    ],
)
def test_reads_limits_as_offices_write_them(written: Any, kind: str, due_on: date | None) -> None:
    assert deadline(written, KNOWN) == Deadline(kind, due_on)


@pytest.mark.parametrize("written", ["尽快", "年底", "12月底前", "2026年13月", "底前", "近期", "2026年", True, 5])
def test_refuses_limits_that_name_no_day_in_the_words_of_the_cell(written: Any) -> None:
    with pytest.raises(Unacceptable) as refused:
        deadline(written, KNOWN)
    assert refused.value.code == "invalid_date"
    assert refused.value.params["value"] == ("TRUE" if written is True else str(written))


@given(day=st.dates(date(1900, 1, 1), date(2190, 12, 31)))
def test_every_limit_that_is_shown_is_read_back(day: date) -> None:
    for said in (Deadline("dated", day), Deadline("immediate"), Deadline("standing")):
        assert deadline(shown_deadline(said), KNOWN) == said
    moved = Deadline("dated", day, date(1900, 1, 1))
    assert deadline(shown_deadline(moved), KNOWN) == Deadline("dated", day)


@pytest.mark.parametrize(
    ("marked", "since", "expected"),
    [
        ("√", None, Closing()),
        ("已销号", "2026年6月1日", Closing(date(2026, 6, 1))),
        (None, "2026.6.1", Closing(date(2026, 6, 1))),
        (None, "已销号（待认定）", Closing()),
        ("否", None, None),
        ("未销号", None, None),
        ("基本完成", None, None),
        (None, "未销号", None),
        (None, None, None),
    ],
)
def test_only_a_plain_word_calls_a_problem_closed(marked: Any, since: Any, expected: Closing | None) -> None:
    row = read(是否销号=marked, 销号时间=since, 完成情况="已整改到位")
    assert row.refusals == []
    assert row.values["closing"] == expected


def test_a_closing_without_result_or_in_the_future_is_refused() -> None:
    assert [(r.column, r.code) for r in read(是否销号="√").refusals] == [("完成情况", "closed_without_result")]
    assert [(r.column, r.code) for r in read(销号时间="2027年1月1日", 完成情况="好").refusals] == [
        ("销号时间", "date_in_future")
    ]
    with pytest.raises(Unacceptable):
        closing("不久前", KNOWN)


def test_the_offices_words_on_progress_are_kept_and_ours_are_not_taken_for_news() -> None:
    assert read(进展情况="已完成一半").values["result"] == "已完成一半"
    assert read(进展情况="已完成一半", 完成情况="路已硬化").values["result"] == "已完成一半；路已硬化"
    assert read(进展情况="整改中", 完成情况="整改中").values["result"] == "整改中"
    for light, days in (("green", 30), ("yellow", 0), ("red", -3), ("blue", 2), ("grey", None)):
        ours = shown_progress(Progress("整改", light, days))
        assert read(进展情况=ours, 完成情况="路已硬化").values["result"] == "路已硬化"
    assert shown_progress(Progress("整改", "red", -3)) == "整改（红灯，超期3天）"
    assert shown_progress(Progress("整改", "yellow", 0)) == "整改（黄灯，今天到期）"
    assert shown_progress(Progress("核验", "blue", 2)) == "核验（蓝灯，剩余2天）"


def test_several_people_are_one_cell_and_a_number_among_them_is_refused() -> None:
    assert people("张 三、李四,王五\n赵六", KNOWN) == "张三、李四、王五、赵六"
    with pytest.raises(Unacceptable) as refused:
        people("张三13900001111", KNOWN)
    assert refused.value.code == "name_characters"


def test_merged_sources_reach_down_in_an_xls_too() -> None:
    rows = [TITLES, RIGHT, [2, "", *RIGHT[2:]]]
    filled = list(read_workbook(xlsx(rows, merges=("B2:B3",)), RECTIFICATION, KNOWN))
    assert [row.values["source"] for row in filled] == ["supervision", "supervision"]
    unmerged = list(read_workbook(xls([[cell or "" for cell in row] for row in rows]), RECTIFICATION, KNOWN))
    assert [(r.column, r.code) for r in unmerged[1].refusals] == [("问题来源", "required")]


def test_an_export_has_the_thirteen_columns_of_the_office_and_the_number_behind_them() -> None:
    target = io.BytesIO()
    write_export(RECTIFICATION, [{"problem": "=1+1", "deadline": Deadline("standing")}], target)
    sheet = openpyxl.load_workbook(io.BytesIO(target.getvalue())).worksheets[0]
    titles = [cell.value for cell in sheet[3]]
    assert titles == [
        "序号", "问题类别", "具体问题", "问题来源", "整改措施", "责任领导", "责任单位", "责任人", "整改时限",
        "进展情况", "完成情况", "销号时间", "备注", "问题编号",
    ]  # fmt: skip
    assert (sheet["C4"].value, sheet["C4"].data_type, sheet["I4"].value) == ("'=1+1", "s", "长期坚持")


CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf"))
LINE = st.text(CHARACTERS, min_size=1, max_size=60)
# Words that only say that there is nothing are no problem; everything else that people type has to survive.
TEXT = (
    st.one_of(
        st.lists(LINE, min_size=1, max_size=4).map("\n".join),
        st.builds(lambda start, rest: start + rest, st.sampled_from(["=", "+", "-", "@", "'=", "''", "'"]), LINE),
        st.sampled_from(['=HYPERLINK("x")', "䶮𬭎村的路", "_x0041_ 与 _x005F_", "合计", "1e5", "007", "路" * 2000]),
    )
    .map(lambda said: f"路{said}" if len(said) < 3 else said)
    .map(str.strip)
)
PEOPLE = st.lists(st.sampled_from(["张三", "买买提·艾力", "䶮𬭎", "Anna Li"]), min_size=1, max_size=3).map("、".join)
BRANCHES = [KnownOrganization(f"b{place}", f"第{place}村党支部", "party_branch") for place in range(3)]
RECORDS = st.fixed_dictionaries(
    {
        "category": st.sampled_from([category.value for category in Category]),
        "problem": TEXT,
        "source": st.sampled_from([choice.value for choice in SOURCES]),
        "measures": st.none() | TEXT,
        "responsible_leader": st.none() | PEOPLE,
        "responsible_unit": st.sampled_from([each.name for each in BRANCHES]),
        "responsible_person": st.none() | PEOPLE,
        "deadline": st.one_of(
            st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(lambda day: Deadline("dated", day)),
            st.sampled_from([Deadline("immediate"), Deadline("standing")]),
        ),
        "result": TEXT,
        "closed_on": st.none() | (st.none() | st.dates(date(2020, 1, 1), date(2026, 11, 22))).map(Closing),
        "remark": st.none() | LINE.map(lambda said: f"注{said}"),
        "number": st.none() | st.integers(1, 99_999).map(lambda n: f"ZG-2026-{n:04}"),
    }
)


@settings(max_examples=25, deadline=None)
@given(records=st.lists(RECORDS, min_size=1, max_size=4))
def test_what_is_exported_is_read_back_as_it_was(records: list[dict[str, Any]]) -> None:
    here = Known.of(date(2026, 11, 22), BRANCHES)
    target = io.BytesIO()
    told = [record | {"progress": Progress("整改", "green", 9)} for record in records]
    write_export(RECTIFICATION, told, target, title="青石镇整改台账")
    rows = list(read_workbook(target.getvalue(), RECTIFICATION, here))
    assert [row.refusals for row in rows] == [[] for _ in records]
    for row, record in zip(rows, records, strict=True):
        said = dict(row.values)
        assert said.pop("closing") == record["closed_on"]
        assert said.pop("responsible_unit") == next(b.id for b in BRANCHES if b.name == record["responsible_unit"])
        assert said == {key: record[key] for key in said}


def test_what_has_a_number_need_not_say_whose_it_is() -> None:
    titles = [*TITLES, "问题编号"]
    rows = [[*RIGHT[:4], None, None, None, None, None, None, number] for number in (" zg-2026-0012 ", "第12号")]
    first, second = read_workbook(xlsx([titles, *rows]), RECTIFICATION, KNOWN)
    assert (first.refusals, first.values["number"]) == ([], "ZG-2026-0012")
    assert {(r.column, r.code) for r in second.refusals} == {("责任单位", "required"), ("整改时限", "required")}
    assert second.values["number"] is None
