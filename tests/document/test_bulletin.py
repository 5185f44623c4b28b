"""The bulletin: what it says, what it never says, and that it can be printed and edited."""

import io
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from pypdf import PdfReader

from backend.document.bulletin import BulletinFigures, GoodCase, SourceCount, UnitCount, bulletin
from backend.document.resolution import resolution_pdf
from backend.document.resolution_docx import resolution_docx

FIGURES = BulletinFigures(
    organization="榆桥镇党委",
    month=date(2026, 11, 1),
    as_of=date(2026, 11, 22),
    registered=12,
    closed=7,
    open=31,
    overdue=5,
    statuses=(("整改中", 24), ("待核验", 7)),
    sources=(SourceCount("党建督查", 8, 5, 20), SourceCount("群众反映", 4, 2, 11)),
    units=(
        UnitCount("柳塘村党支部", 6, 1),
        UnitCount("槐荫村党支部", 9, 3),
        UnitCount("东沟村党支部", 2, 0),
        UnitCount("西沟村党支部", 1, 1),
    ),
    limited=6,
    in_time=5,
    extended=2,
    supervised=1,
    good_cases=(
        GoodCase("柳塘村党支部", "村口排水沟堵塞，雨季积水", "清淤 600 米并定下每月巡查。\n群众回访满意"),
        GoodCase("东沟村党支部", "路" * 200, "灯" * 200),
    ),
)


def test_the_bulletin_says_the_counts_and_is_a_draft() -> None:
    paper = bulletin(FIGURES)
    assert paper.draft
    assert paper.title == "关于2026年11月问题整改情况的通报"
    assert "统计截至2026年11月22日" in paper.body
    assert "新登记问题12件，销号7件；目前在办31件，其中超期5件" in paper.body
    assert "整改中24件、待核验7件" in paper.body
    assert "在原定时限内完成整改的5件，占83.3%" in paper.body
    assert "经批准延期2件、列入督办1件。" in paper.body
    assert paper.attachments[0].table[-1] == ("合计", "12", "7", "31")


def test_units_stand_in_bands_in_the_order_of_the_tree_and_without_numbers() -> None:
    body = bulletin(FIGURES).body
    assert "超期3件及以上的单位1个：槐荫村党支部。" in body
    assert "超期1至2件的单位2个：柳塘村党支部、西沟村党支部。" in body
    assert "其余有在办问题的1个单位没有超期。" in body
    quiet = bulletin(replace(FIGURES, overdue=0, units=(UnitCount("甲", 3, 0),))).body
    assert "目前没有超期的问题。" in quiet
    many = tuple(UnitCount(f"{place}村", 4, 4) for place in range(25))
    assert "19村等。" in bulletin(replace(FIGURES, units=many)).body


def test_an_empty_month_is_said_as_one() -> None:
    empty = bulletin(BulletinFigures("榆桥镇党委", date(2026, 2, 1), date(2026, 2, 28), 0, 0, 0, 0))
    assert "当月没有新登记的问题。" in empty.body
    assert "请结合实际补充" in empty.body
    assert empty.attachments == ()
    assert resolution_pdf(empty).startswith(b"%PDF-")


def test_long_texts_are_cut_and_line_breaks_make_no_paragraphs() -> None:
    body = bulletin(FIGURES).body
    assert f"“{'路' * 59}…”" in body
    assert "清淤 600 米并定下每月巡查；群众回访满意。" in body
    assert max(len(line) for line in body.splitlines()) < 400


def test_pdf_and_docx_hold_the_table() -> None:
    paper = bulletin(FIGURES)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(resolution_pdf(paper))).pages)
    for expected in ("送审稿", "问题来源", "当月销号", "党建督查", "合计"):
        assert expected in text
    document = Document(io.BytesIO(resolution_docx(paper)))
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells] == ["问题来源", "当月登记", "当月销号", "目前在办"]
    assert len(table.rows) == 4
    assert resolution_docx(paper) == resolution_docx(paper)
    assert resolution_pdf(paper) == resolution_pdf(paper)


@pytest.mark.parametrize("hostile", ["#panic()", "$x^", "\x00\x08\ufffe", "𠮷😀", "", "国" * 500])
def test_any_text_is_printed_as_text(hostile: str) -> None:
    paper = bulletin(
        replace(
            FIGURES,
            organization=hostile,
            sources=(SourceCount(hostile, 1, 1, 1),),
            units=(UnitCount(hostile, 1, 1),),
            good_cases=(GoodCase(hostile, hostile, hostile),),
        )
    )
    assert resolution_pdf(paper).startswith(b"%PDF-")
    Document(io.BytesIO(resolution_docx(paper)))
