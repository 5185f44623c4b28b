"""The closing sheet: everything that closing rests on stands on it, whatever people typed."""

import io
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from backend.document.closing_sheet import ClosingSheet, SheetEvidence, SheetOpinion, closing_sheet_pdf

DAY = date(2026, 11, 20)
SHEET = ClosingSheet(
    organization="榆桥镇党委",
    number="ZG-2026-0012",
    source="党建督查",
    category="道路交通",
    severity="重大",
    problem="村口排水沟堵塞，雨季积水 200 平方米。\n三户进出不便。",
    registered_on=date(2026, 9, 1),
    printed_on=date(2026, 11, 22),
    source_document="督查通报第 3 期第 2 条",
    corrections=("积水面积应为 120 平方米（2026年9月5日，李娜）",),
    responsible_leader="王建国",
    responsible_unit="柳塘村党支部",
    responsible_person="张敏",
    original_limit="2026年10月31日",
    limit="2026年11月30日",
    extensions=("延至2026年11月30日：连续降雨无法施工（赵强批准）",),
    cause="沟渠多年未清，盖板缺失",
    measures="清淤 600 米；补盖板 40 块；每月巡查一次",
    similar="排查 6 个自然村，另有 1 处已一并清理",
    result="11月18日完工，雨后无积水",
    evidence=(
        SheetEvidence("照片", "清淤后.jpg", "a" * 64),
        SheetEvidence("验收单", "验收单.pdf", "0123456789abcdef" * 4),
    ),
    verifications=(
        SheetOpinion("核验", "赵强", date(2026, 11, 19), "现场查看 3 处，均已畅通"),
        SheetOpinion("第二人核验", "钱丽", date(2026, 11, 19)),
    ),
    satisfaction="回访 3 户，满意 3 户",
    closing=SheetOpinion("销号", "赵强", DAY, "同意销号"),
    closed_on=DAY,
)


def text_of(sheet: ClosingSheet) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(closing_sheet_pdf(sheet))).pages)


def test_the_sheet_says_all_that_closing_rests_on() -> None:
    text = "".join(text_of(SHEET).split())
    for expected in (
        "问题整改销号单", "ZG-2026-0012", "党建督查", "王建国", "柳塘村党支部", "张敏", "2026年10月31日",
        "2026年11月30日", "连续降雨无法施工", "清淤600米", "另有1处", "雨后无积水", "a" * 64,
        "0123456789abcdef" * 4, "现场查看3处", "第二人核验", "回访3户，满意3户", "同意销号", "2026年11月20日",
        "核验人", "责任单位负责人", "积水面积应为120平方米",
    ):  # fmt: skip
        assert expected in text, expected
    assert "未办结" not in text


def test_a_sheet_of_an_open_item_says_so_and_leaves_room() -> None:
    text = text_of(replace(SHEET, closing=None, closed_on=None, verifications=(), satisfaction="", corrections=()))
    assert "未办结，仅供核对" in text
    assert "同意销号" not in text
    assert "更正说明" not in text


def test_the_sheet_is_a4_with_the_same_bytes_every_time_and_long_ones_go_on() -> None:
    pdf = closing_sheet_pdf(SHEET)
    assert pdf == closing_sheet_pdf(SHEET)
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    assert (round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4)) == (210, 297)
    long = replace(SHEET, problem="路" * 2000, measures="\n".join(["清淤"] * 60), evidence=SHEET.evidence * 20)
    assert len(PdfReader(io.BytesIO(closing_sheet_pdf(long))).pages) > 1


@pytest.mark.parametrize("hostile", ["#panic()", "$x^", "*_`<@", "\x00\x08\ufffe", "𠮷😀", "", "国" * 500, "x" * 300])
def test_any_text_is_printed_as_text(hostile: str) -> None:
    sheet = replace(
        SHEET,
        organization=hostile,
        number=hostile,
        problem=hostile,
        responsible_unit=hostile,
        corrections=(hostile,),
        extensions=(hostile,),
        evidence=(SheetEvidence(hostile, hostile, "a" * 64),),
        verifications=(SheetOpinion(hostile, hostile, DAY, hostile),),
        closing=SheetOpinion(hostile, hostile, DAY, hostile),
    )
    assert closing_sheet_pdf(sheet).startswith(b"%PDF-")
