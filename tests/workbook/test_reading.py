"""What clerks do to workbooks, and what is made of it."""

from datetime import date
from typing import Any

import pytest

from backend.workbook.ledger import Row
from backend.workbook.member import MEMBER
from backend.workbook.messages import message
from backend.workbook.reading import Reading, read_workbook
from tests.workbook.books import KNOWN, TITLES, id_number, member, xls, xlsx


def read(data: bytes) -> Reading:
    return read_workbook(data, MEMBER, KNOWN)


def only(data: bytes) -> Row:
    rows = list(read(data))
    assert len(rows) == 1
    return rows[0]


def codes(**changes: Any) -> list[tuple[str, str]]:
    """The refusals of one changed row; each must be sayable in both languages."""
    refusals = only(xlsx([TITLES, member(**changes)])).refusals
    for refusal in refusals:
        assert message(refusal.code, refusal.params, "zh-CN") != message(refusal.code, refusal.params, "en")
    return [(refusal.column, refusal.code) for refusal in refusals]


def test_reads_plain_typed_values() -> None:
    row = only(xlsx([TITLES, member()]))
    assert row.accepted
    assert row.values == {
        "name": "张三",
        "sex": "male",
        "id_number": id_number(),
        "birth_date": date(1990, 1, 1),
        "joined_on": date(2015, 7, 1),
        "organization_id": "b1",
        "status": "full",
        "phone": "19900812644",
    }
    assert (row.sheet, row.row, row.cells["入党时间"]) == ("表1", 2, "2015年7月1日")


@pytest.mark.parametrize(
    ("title", "cell", "code"),
    [
        ("姓名", "", "required"),
        ("姓名", "  ", "required"),
        ("姓名", "张3", "name_characters"),
        ("姓名", "张\u3164三", "name_hides"),
        ("姓名", "张\u202e三", "name_hides"),
        ("姓名", '=HYPERLINK("http://x","y")', "name_characters"),
        ("性别", "女", "sex_mismatch"),
        ("性别", "不详", "unknown_value"),
        ("公民身份号码", id_number()[:-1], "id_number_length"),
        ("公民身份号码", "999901900101001", "id_number_legacy"),
        ("公民身份号码", 999901199001010016, "id_number_not_text"),
        ("公民身份号码", 9.99901199001010e17, "id_number_not_text"),
        ("公民身份号码", id_number("20000230"), "id_number_birth_date"),
        ("公民身份号码", id_number()[:-1] + "1", "id_number_checksum"),
        ("出生日期", "1990-01-02", "birth_date_mismatch"),
        ("出生日期", "1990.02", "birth_date_mismatch"),
        ("出生日期", "一九七五年", "invalid_date"),
        ("出生日期", 1990.1, "ambiguous_date"),
        ("入党时间", "2020.13", "invalid_date"),
        ("入党时间", "去年", "invalid_date"),
        ("入党时间", "2007.12", "joined_under_age"),
        ("入党时间", "2027.1", "date_in_future"),
        ("所在党支部", "不存在的党支部", "unknown_organization"),
        ("所在党支部", "上坡村党支部", "ambiguous_organization"),
        ("所在党支部", "东沟村", "not_a_branch"),
        ("党员类别", "团员", "unknown_value"),
        ("党员类别", "无", "required"),
        ("联系电话", "1990012", "invalid_phone"),
    ],
)
def test_refuses_a_cell_with_its_reason(title: str, cell: Any, code: str) -> None:
    assert codes(**{title: cell}) == [(title, code)]


@pytest.mark.parametrize(
    ("title", "cell", "key", "value"),
    [
        ("姓名", "张  三", "name", "张三"),
        ("公民身份号码", " ９９９９０１ 19900101 0010 ", "id_number", "999901199001010010"),
        ("出生日期", "1990.01", "birth_date", date(1990, 1, 1)),
        ("出生日期", "", "birth_date", date(1990, 1, 1)),
        ("出生日期", date(1990, 1, 1), "birth_date", date(1990, 1, 1)),
        ("入党时间", "2008.1", "joined_on", date(2008, 1, 1)),
        ("入党时间", 43983, "joined_on", date(2020, 6, 1)),
        ("所在党支部", " 东沟村 党支部 ", "organization_id", "b1"),
        ("所在党支部", "桑溪镇党委/上坡村党支部", "organization_id", "b4"),
        ("联系电话", "+86 199-0081-2644", "phone", "19900812644"),
        ("联系电话", 19900812644, "phone", "19900812644"),
        ("联系电话", "无", "phone", None),
        ("联系电话", None, "phone", None),
    ],
)
def test_understands_what_clerks_write(title: str, cell: Any, key: str, value: Any) -> None:
    row = only(xlsx([TITLES, member(**{title: cell})]))
    assert row.refusals == []
    assert row.values[key] == value


def test_reads_a_lower_case_x() -> None:
    number = "99990119710610118x"
    row = only(xlsx([TITLES, member(公民身份号码=number, 出生日期="1971.06")]))
    assert row.values["id_number"] == number.upper()


@pytest.mark.parametrize(
    ("cell", "value"), [("是", True), ("√", True), ("否", False), ("", False), (None, False), ("×", False)]
)
def test_reads_marks_as_flags(cell: Any, value: bool) -> None:
    assert only(xlsx([[*TITLES, "是否流动党员"], [*member(), cell]])).values["is_mobile"] is value


@pytest.mark.parametrize(
    ("cell", "value"), [("汉", "汉族"), ("汉族", "汉族"), ("维吾尔", "维吾尔族"), ("蒙古族", "蒙古族")]
)
def test_gives_ethnic_groups_their_full_name(cell: str, value: str) -> None:
    assert only(xlsx([[*TITLES, "民族"], [*member(), cell]])).values["ethnic_group"] == value


def test_refuses_the_later_of_two_rows_with_one_number() -> None:
    rows = list(read(xlsx([TITLES, member()], [TITLES, member()])))
    assert rows[0].accepted
    refusal = rows[1].refusals[0]
    assert (refusal.sheet, refusal.row, refusal.code, refusal.params) == (
        "表2", 2, "duplicate_in_file", {"sheet": "表1", "row": 2},
    )  # fmt: skip


def test_lists_every_wrong_cell_of_a_row_once() -> None:
    assert codes(姓名="", 联系电话="1", 性别="女") == [
        ("姓名", "required"),
        ("联系电话", "invalid_phone"),
        ("性别", "sex_mismatch"),
    ]


def test_finds_the_header_below_titles_with_synonyms_line_breaks_and_stars() -> None:
    titles = [
        "编号",
        "姓 名*",
        "性\n别",
        "身份证号",
        "出生年月",
        "入党日期",
        "所在\n支部（全称）",
        "人员类别",
        "手机号码",
    ]
    data = xlsx([["党员花名册"], [], ["填报单位：和井镇", None, None, "2026年10月"], titles, member(姓名="")])
    refusal = only(data).refusals[0]
    assert (refusal.row, refusal.column, refusal.code) == (5, "姓名*", "required")


def test_reads_a_header_of_two_levels_with_and_without_its_merges() -> None:
    upper = ["序号", "基本情况", None, None, None, "组织情况", None, None, "联系电话"]
    lower = [None, *TITLES[1:8], None]
    rows = [["花名册"], upper, lower, member()]
    merges = ("A1:I1", "A2:A3", "B2:E2", "F2:H2", "I2:I3")
    for data in (xlsx(rows, merges=merges), xlsx(rows)):
        row = only(data)
        assert row.accepted
        assert row.values["phone"] == "19900812644"
        assert row.cells["公民身份号码"] == id_number()


def test_skips_what_is_no_person_but_keeps_what_only_looks_so() -> None:
    rows = [
        ["花名册"], TITLES, member(1), [], [2, None, None], ["小计", "1人"],
        ["花名册"], TITLES, member(2), [None, "合计", "共 2 人"], ["合 计：", 2], member(3, 姓名="计小"),
        ["填表人：李四    审核人：王五"], ["填表人", "李四", "审核人", "王五"], ["注：本表一式两份"],
        ["示例", "张三", "男"],
    ]  # fmt: skip
    reading = read(xlsx(rows))
    assert [row.row for row in reading] == [3, 9, 12]
    skipped = {"blank": 2, "total": 3, "header": 2, "sign_off": 3, "sample": 1}
    assert reading.sheets[0].skipped == skipped


def test_fills_merged_cells_down_but_not_beyond_the_merge() -> None:
    rows = [TITLES, *(member(order, 所在党支部="西沟村党支部" if order == 1 else None) for order in (1, 2, 3))]
    read_rows = list(read(xlsx(rows, merges=("G2:G3",))))
    assert [row.values["organization_id"] for row in read_rows] == ["b2", "b2", None]
    assert read_rows[2].refusals[0].code == "required"


def test_fills_down_in_csv_only_where_the_ledger_says_so() -> None:
    rows = [
        TITLES,
        *(member(order, 所在党支部="西沟村党支部" if order == 1 else "", 联系电话="无") for order in (1, 2)),
    ]
    rows[2][TITLES.index("党员类别")] = ""
    first, second = read("\n".join(",".join(map(str, row)) for row in rows).encode())
    assert first.accepted
    assert second.values["organization_id"] == "b2"
    assert [refusal.code for refusal in second.refusals] == ["required"]


def csv(delimiter: str = ",") -> str:
    return "\r\n".join(delimiter.join(map(str, row)) for row in (TITLES, member(姓名="张𠮷")))


@pytest.mark.parametrize(
    "data",
    [
        xlsx([TITLES, member(姓名="张𠮷")]),
        xls([TITLES, member(姓名="张𠮷")]),
        csv().encode(),
        csv().encode("utf-8-sig"),
        csv().encode("gb18030"),
        csv("\t").encode("utf-16"),
        csv(";").encode(),
    ],
    ids=["xlsx", "xls", "utf-8", "utf-8 with mark", "gb18030", "utf-16 with tabs", "semicolons"],
)
def test_reads_every_kind_by_content(data: bytes) -> None:
    row = only(data)
    assert (row.accepted, row.values["name"]) == (True, "张𠮷")


def test_reads_gbk() -> None:
    assert only(csv().replace("𠮷", "吉").encode("gbk")).values["name"] == "张吉"


def test_says_that_a_number_shortened_by_csv_was_not_text() -> None:
    rows = [TITLES, member(公民身份号码="9.99901E+17")]
    row = only("\n".join(",".join(map(str, each)) for each in rows).encode())
    assert [refusal.code for refusal in row.refusals] == ["id_number_not_text"]


def test_reads_several_sheets_and_leaves_out_hidden_and_empty_ones_and_notes() -> None:
    data = xlsx([TITLES, member(1)], [], [["请按要求填写"]], [TITLES, member(3)], [TITLES, member(5)], hidden=(3,))
    reading = read(data)
    assert [(row.sheet, row.row) for row in reading] == [("表1", 2), ("表5", 2)]
    assert [sheet.outcome for sheet in reading.sheets] == ["read", "empty", "no_header", "hidden", "read"]
    assert reading.problems == []


def test_reads_a_sheet_whose_first_column_and_rows_are_empty() -> None:
    row = only(xlsx([[], [], [None, None, *TITLES], [None, None, *member(姓名="")]]))
    assert (row.row, row.refusals[0].column) == (4, "姓名")


def test_refuses_once_and_clearly_a_sheet_without_a_required_column() -> None:
    without = [TITLES.index("公民身份号码"), TITLES.index("党员类别")]
    rows = [[cell for index, cell in enumerate(row) if index not in without] for row in (TITLES, member())]
    reading = read(xlsx([["花名册"], *rows]))
    (problem,) = reading.problems
    assert (problem.row, problem.column, problem.code) == (2, "公民身份号码", "missing_column")
    assert problem.params == {"columns": "公民身份号码、党员类别"}
    assert list(reading) == []


def test_refuses_a_workbook_without_a_header() -> None:
    reading = read(xlsx([["一份", "通知"], ["没有", "表格"]]))
    assert [problem.code for problem in reading.problems] == ["header_not_found"]


def test_names_the_titles_that_it_does_not_take() -> None:
    assert read(xlsx([[*TITLES, "错误说明", "爱好"], member()])).sheets[0].ignored == ("错误说明", "爱好")


def test_counts_and_reports_progress_and_can_be_read_again() -> None:
    seen: list[tuple[int, int]] = []
    rows = [
        TITLES,
        *(member(1 + i % 900, 公民身份号码=id_number(f"1990{1 + i // 900:02}01", i % 900)) for i in range(2500)),
    ]
    reading = read_workbook(xlsx(rows), MEMBER, KNOWN, progress=lambda done, total: seen.append((done, total)))
    first = [row.row for row in reading]
    assert seen == [(1000, 2500), (2000, 2500), (2500, 2500)]
    assert reading.counts.total == 2500
    assert [row.row for row in reading] == first
    assert reading.counts.total == 2500
