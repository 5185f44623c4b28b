import io
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from docx.shared import Mm
from pypdf import PdfReader

from backend.document.paper import (
    PaperAttachment,
    blocks_of,
    issue_number,
    title_lines,
    with_hexagonal_brackets,
)
from backend.document.resolution import resolution_pdf
from backend.document.resolution_docx import resolution_docx
from tests.document.sample import PAPER

MM = 72 / 25.4


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def placed(pdf: bytes, page: int) -> list[tuple[str, float, float]]:
    """Each piece of text with its distance in mm from the left and the top edge of the sheet."""
    found: list[tuple[str, float, float]] = []

    def visit(text: str, matrix: list[float], place: list[float], *_: object) -> None:
        if text.strip():
            x = place[4] * matrix[0] + place[5] * matrix[2] + matrix[4]
            y = place[4] * matrix[1] + place[5] * matrix[3] + matrix[5]
            found.append((text.strip(), x / MM, 297 - y / MM))

    PdfReader(io.BytesIO(pdf)).pages[page].extract_text(visitor_text=visit)
    return found


def test_the_pdf_is_a4_with_every_font_inside() -> None:
    reader = PdfReader(io.BytesIO(resolution_pdf(PAPER)))
    assert {(round(page.mediabox.width / MM), round(page.mediabox.height / MM)) for page in reader.pages} == {
        (210, 297)
    }
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    descriptors = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert descriptors
    assert all("/FontFile3" in descriptor for descriptor in descriptors)
    assert {str(font["/BaseFont"]).split("+")[1].split("-")[0] for font in fonts} == {"NotoSerifSC", "NotoSansSC"}


def test_an_adopted_resolution_has_head_number_signature_attachments_and_imprint() -> None:
    first, *_, last = pages(resolution_pdf(PAPER))
    assert "东河镇人民政府文件" in first
    assert "东政发〔2026〕12号" in first
    assert "各村（居）民委员会，镇直各单位：" in first.replace("\n", "")
    whole = "".join(pages(resolution_pdf(PAPER))).replace("\n", "")
    assert "表决通过" in whole
    assert "附件：1.平面示意图2.资金安排表" in whole.replace(" ", "")
    assert "2026年6月9日" in whole
    assert "抄送：县人民政府办公室，县交通运输局。" in last.replace("\n", "")
    assert "2026年6月9日印发" in last
    assert "送审稿" not in whole


def test_a_draft_says_so_and_has_neither_head_nor_number_nor_imprint() -> None:
    whole = "".join(pages(resolution_pdf(replace(PAPER, draft=True))))
    assert "送审稿" in whole
    for forbidden in ("文件", "〔2026〕", "抄送", "印发"):
        assert forbidden not in whole


def test_a_full_page_has_22_lines_of_28_characters_inside_the_text_block() -> None:
    paper = replace(PAPER, body="国" * 3000, attachments=())
    second = pages(resolution_pdf(paper))[1].splitlines()
    assert [len(line) for line in second if line.startswith("国")] == [28] * 22
    lines = [spot for spot in placed(resolution_pdf(paper), 1) if spot[0].startswith("国")]
    assert min(x for _, x, _ in lines) == pytest.approx(28, abs=0.2)
    baselines = sorted(y for _, _, y in lines)
    assert baselines[0] == pytest.approx(37 + 5, abs=0.5)
    assert baselines[-1] < 297 - 35
    assert baselines[1] - baselines[0] == pytest.approx(225 / 22, abs=0.05)


def test_page_numbers_stand_outside_and_the_imprint_on_an_even_page() -> None:
    pdf = resolution_pdf(PAPER)
    texts = pages(pdf)
    assert len(texts) % 2 == 0
    for page in range(len(texts)):
        assert f"—{page + 1}—" in texts[page].replace(" ", "")
        x = max(x for text, x, y in placed(pdf, page) if y > 297 - 35)
        assert x > 150 if page % 2 == 0 else x < 60


@pytest.mark.parametrize("length", [150, 210, 270, 330, 390, 450, 510, 570, 800])
def test_the_imprint_ends_the_last_even_page_however_long_the_text_is(length: int) -> None:
    pdf = resolution_pdf(replace(PAPER, body="国" * length, attachments=()))
    assert len(pages(pdf)) % 2 == 0
    (bottom,) = (y for text, _, y in placed(pdf, len(pages(pdf)) - 1) if "印发" in text)
    assert 297 - 35 - 5 < bottom < 297 - 35


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert resolution_pdf(PAPER) == resolution_pdf(PAPER)
    assert resolution_docx(PAPER) == resolution_docx(PAPER)
    assert resolution_pdf(PAPER) != resolution_pdf(replace(PAPER, dated_on=date(2026, 6, 10)))


@pytest.mark.parametrize("hostile", ["#panic()", "$x^", "*_`<@", '"\\', "\x00\x08\x1b\ufffe", "𠮷𡈽😀", "", "国" * 500])
def test_any_text_is_printed_as_text(hostile: str) -> None:
    paper = replace(
        PAPER,
        issuing_body=hostile,
        title=hostile,
        addressee=hostile,
        body=hostile,
        number=hostile,
        attachments=(PaperAttachment(hostile, hostile),),
        copies_to=(hostile,),
    )
    assert resolution_pdf(paper).startswith(b"%PDF-")
    Document(io.BytesIO(resolution_docx(paper)))


def test_the_docx_has_the_page_and_the_text_of_the_standard() -> None:
    document = Document(io.BytesIO(resolution_docx(PAPER)))
    section = document.sections[0]
    assert (section.page_width, section.page_height) == pytest.approx((Mm(210), Mm(297)), abs=700)
    margins = (section.top_margin, section.left_margin, section.right_margin, section.bottom_margin)
    assert [round(margin.mm) for margin in margins if margin is not None] == [37, 28, 26, 35]
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "东河镇人民政府文件"
    assert "东政发〔2026〕12号" in texts
    assert "附件：1.平面示意图" in texts
    assert document.tables[0].rows[1].cells[0].text == "东河镇综合办公室\t2026年6月9日印发"
    heading = next(paragraph for paragraph in document.paragraphs if paragraph.text == "一、工程范围")
    assert heading.runs[0].font.name == "黑体"
    assert "PAGE" in section.even_page_footer._element.xml
    drafted = Document(io.BytesIO(resolution_docx(replace(PAPER, draft=True))))
    assert drafted.paragraphs[0].text == "送审稿"
    assert not drafted.tables


def test_lines_are_read_as_headings_and_run_in_paragraphs() -> None:
    levels = [block.level for block in blocks_of("前言\n\n一、甲\n（一）乙\n1.丙\n（1）丁\n1.5万元到位\n　　(二)戊")]
    assert levels == [
        "paragraph",
        "heading1",
        "heading2",
        "heading3",
        "heading4",
        "paragraph",
        "heading2",
    ]
    (block,) = blocks_of("二、资金来源。总投资480万元。")
    assert (block.lead, block.rest) == ("二、资金来源。", "总投资480万元。")


@pytest.mark.parametrize(
    "typed", ["东政发[2026]012号", "东政发（2026）第12号", " 东政发【2026】 12 号", "东政发〔2026〕12号"]
)
def test_the_number_gets_hexagonal_brackets_and_no_leading_zero(typed: str) -> None:
    assert with_hexagonal_brackets(typed) == "东政发〔2026〕12号" == issue_number("东政发", 2026, 12)


def test_a_long_title_is_broken_into_lines_that_fit() -> None:
    lines = title_lines("东河镇人民政府关于进一步加强农村道路养护管理和安全隐患排查整治工作的实施意见的决议")
    assert "".join(lines).endswith("决议")
    assert len(lines) == 3
    assert all(0 < len(line) <= 20 for line in lines)
    assert title_lines("甲\n乙") == ("甲", "乙")
