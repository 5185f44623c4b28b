from typing import Any

import pytest

from backend.workbook.ledger import Known, KnownOrganization
from backend.workbook.messages import message
from backend.workbook.organization import ORGANIZATION, parents_first
from backend.workbook.reading import read_workbook
from tests.workbook.books import KNOWN, TODAY, xlsx

TITLES = ["组织名称", "组织类别", "上级组织", "区划代码", "成立时间", "任期届满时间"]
COUNTY = ["云川县委", "县委", None, "990100000000", "1978.1", None]
TOWN = ["和井镇党委", "镇党委", "云川县委", "990100001000", None, None]


def refused(*rows: list[Any], known: Known | None = None) -> list[tuple[int, str, str]]:
    reading = read_workbook(xlsx([TITLES, *rows]), ORGANIZATION, known or Known(TODAY))
    found = [refusal for row in reading for refusal in row.refusals]
    for refusal in found:
        assert message(refusal.code, refusal.params, "zh-CN") != message(refusal.code, refusal.params, "en")
    return [(refusal.row, refusal.column, refusal.code) for refusal in found]


def test_takes_parents_that_come_later_in_the_file() -> None:
    village = ["东沟村党支部", "党支部", "和井镇党委", None, None, None]
    reading = read_workbook(xlsx([TITLES, village, TOWN, COUNTY]), ORGANIZATION, Known(TODAY))
    rows = list(reading)
    assert all(row.accepted for row in rows)
    assert [row.row for row in parents_first(rows)] == [4, 3, 2]


def test_takes_parents_that_are_known_and_puts_the_rest_below_the_root() -> None:
    known = Known.of(TODAY, [KnownOrganization("t1", "和井镇党委", "township_committee")],
                     root=KnownOrganization("c1", "云川县委", "county_committee"))  # fmt: skip
    rows = [["东沟村", "村", "和井镇党委", None, None, None], ["桑溪镇党委", "镇党委", None, None, None, None]]
    read = list(read_workbook(xlsx([TITLES, *rows]), ORGANIZATION, known))
    assert [row.values["parent_id"] for row in read] == ["t1", "c1"]
    assert all(row.accepted for row in read)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (["东沟村", "村", None, None, None, None], "上级组织", "required"),
        (["东沟村", "村", "没有的镇", None, None, None], "上级组织", "unknown_organization"),
        (["东沟村", "自然村落", "和井镇党委", None, None, None], "组织类别", "unknown_value"),
        (["桑溪镇党委", "镇党委", "和井镇党委", None, None, None], "上级组织", "wrong_parent_kind"),
        (["和井镇党委", "镇党委", "云川县委", None, None, None], "组织名称", "duplicate_in_file"),
        (["桑溪镇党委", "镇党委", "云川县委", "990100001000", None, None], "区划代码", "duplicate_in_file"),
        (["东沟村", "村", "和井镇党委", "880100001001", None, None], "区划代码", "region_other_county"),
        (["东沟村", "村", "和井镇党委", "99010000100", None, None], "区划代码", "region_code_length"),
        (["东沟村", "村", "和井镇党委", None, "2027.1", None], "成立时间", "date_in_future"),
        (["东沟村", "村", "和井镇党委", None, "2020.1", "2019.12"], "任期届满时间", "term_ends_too_early"),
        (["东\u3164沟村", "村", "和井镇党委", None, None, None], "组织名称", "name_hides"),
        (["123", "村", "和井镇党委", None, None, None], "组织名称", "organization_name_invalid"),
        (["云岭村", "村", "云岭村", None, None, None], "上级组织", "wrong_parent_kind"),
    ],
)
def test_refuses_a_row_that_does_not_fit_the_tree(row: list[Any], column: str, code: str) -> None:
    assert refused(COUNTY, TOWN, row) == [(4, column, code)]


def test_refuses_circles_and_what_hangs_on_refused_rows() -> None:
    first = ["甲有限公司", "企业", "乙有限公司", None, None, None]
    second = ["乙有限公司", "企业", "甲有限公司", None, None, None]
    below = ["甲有限公司党委", "企业党委", "甲有限公司", None, None, None]
    assert refused(COUNTY, TOWN, first, second, below) == [
        (4, "上级组织", "parent_cycle"),
        (5, "上级组织", "parent_cycle"),
        (6, "上级组织", "parent_refused"),
    ]


def test_asks_for_the_way_to_a_name_that_occurs_twice() -> None:
    other = ["桑溪镇党委", "镇党委", "云川县委", None, None, None]
    twins = [["东沟村", "村", town, None, None, None] for town in ("和井镇党委", "桑溪镇党委")]
    vague = ["东沟村党支部", "党支部", "东沟村", None, None, None]
    exact = ["东沟村党支部", "党支部", "桑溪镇党委/东沟村", None, None, None]
    assert refused(COUNTY, TOWN, other, *twins, vague, exact) == [(7, "上级组织", "ambiguous_organization")]


def test_holds_a_region_code_against_the_county_that_is_known() -> None:
    known = Known.of(
        TODAY, [each for found in KNOWN.organizations.values() for each in found], county_region="990100000000"
    )
    assert (
        refused(["东沟村", "村", "和井镇党委", "880100001001", None, None], known=known)[0][2] == "region_other_county"
    )
