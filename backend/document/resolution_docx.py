"""The resolution as an editable DOCX in the layout of GB/T 9704-2012, for offices that print and seal it themselves."""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from backend.document.paper import (
    Block,
    ResolutionPaper,
    attachment_lines,
    blocks_of,
    chinese_date,
    clean,
    title_lines,
    with_hexagonal_brackets,
)
from backend.document.resolution import DRAFT_MARK, body_blocks, copies_line, head_of, printed_line

# The names that offices have on their machines; the word processor falls back to what `_ALTERNATIVES` says.
_FANG, _KAI, _HEI, _SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体"
_ALTERNATIVES = {_FANG: "仿宋", _KAI: "楷体", _HEI: "Noto Sans SC", _SONG: "Noto Serif SC"}
_FACES = {"heading1": _HEI, "heading2": _KAI, "heading3": _FANG, "heading4": _FANG, "paragraph": _FANG}
_RED = RGBColor(0xD7, 0x00, 0x0F)
_LINE = Pt(28.95)
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


def resolution_docx(paper: ResolutionPaper) -> bytes:
    """The paper as a Word document; the same paper gives the same bytes.

    The 版记 stands at the foot of the last page. Whether that page has an even number only the word processor knows, so
    unlike in the PDF the office looks to it.
    """
    document = Document()
    _set_page(document)
    _set_base_style(document)
    _set_footers(document)
    document.settings.odd_and_even_pages_header_footer = True
    _describe(document, paper)
    if paper.draft:
        _write(document, DRAFT_MARK, face=_HEI, align=WD_ALIGN_PARAGRAPH.RIGHT)
        _write(document, "")
    else:
        _write_head(document, paper)
    _write_title(document, title_lines(paper.title))
    if addressee := clean(paper.addressee).rstrip("：:"):
        _write(document, f"{addressee}：")
    _write_blocks(document, body_blocks(paper))
    _write_attachment_list(document, attachment_lines(paper.attachments))
    _write_signature(document, paper)
    many = len(paper.attachments) > 1
    for place, attachment in enumerate(paper.attachments, 1):
        if not attachment.printed:
            continue
        label = _write(document, f"附件{place}" if many else "附件", face=_HEI)
        label.paragraph_format.page_break_before = True
        _write_title(document, title_lines(attachment.title))
        _write_blocks(document, blocks_of(attachment.body))
        _write_table(document, attachment.table)
    if not paper.draft:
        _write_imprint(document, paper)
    return _saved(document)


def _set_page(document: DocumentType) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(23)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    # 22 lines of 579 twips on 225 mm. The 28 characters on 156 mm come from the base style's spacing instead of a
    # grid of characters, which word processors other than Word stretch.
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")


def _set_base_style(document: DocumentType) -> None:
    normal = document.styles["Normal"]
    normal.font.size = Pt(16)
    normal.font.name = _FANG
    properties = normal.element.get_or_add_rPr()
    properties.rFonts.set(qn("w:eastAsia"), _FANG)
    properties.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="zh-CN" w:eastAsia="zh-CN"/>'))
    properties.insert_element_before(
        parse_xml(f'<w:spacing {nsdecls("w")} w:val="-4"/>'), "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang"
    )
    layout = normal.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in _ALTERNATIVES.items()
    )
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()


def _set_footers(document: DocumentType) -> None:
    section = document.sections[0]
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        for piece in ("— ", None, " —"):
            run = paragraph.add_run(piece or "")
            _set_face(run, "宋体", Pt(14))
            if piece is None:
                for element in _page_field():
                    run._r.append(element)


def _page_field() -> Iterable[Any]:
    for kind in ("begin", "separate", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        yield mark
        if kind == "begin":
            instruction = OxmlElement("w:instrText")
            instruction.text = "PAGE"
            yield instruction


def _describe(document: DocumentType, paper: ResolutionPaper) -> None:
    day = datetime(paper.dated_on.year, paper.dated_on.month, paper.dated_on.day)  # noqa: DTZ001 - Word's own properties are naive
    about = document.core_properties
    about.title, about.author, about.last_modified_by = (
        "".join(title_lines(paper.title))[:255],
        clean(paper.issuing_body)[:255],
        "",
    )
    about.comments, about.language, about.created, about.modified = "", "zh-CN", day, day


def _write_head(document: DocumentType, paper: ResolutionPaper) -> None:
    head = head_of(paper)
    size = Pt(min(48, int(440 / max(1, len(head)))))
    line = _write(document, head, face=_SONG, size=size, align=WD_ALIGN_PARAGRAPH.CENTER, color=_RED)
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    line.paragraph_format.space_before = Mm(35)
    _write(document, "")
    number = _write(document, with_hexagonal_brackets(paper.number), align=WD_ALIGN_PARAGRAPH.CENTER)
    border = f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="12" w:space="11" w:color="D7000F"/></w:pBdr>'
    number._p.get_or_add_pPr().insert_element_before(
        parse_xml(border), "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
    _write(document, "")


def _write_title(document: DocumentType, lines: tuple[str, ...]) -> None:
    for line in lines:
        written = _write(document, line, face=_SONG, size=Pt(22), align=WD_ALIGN_PARAGRAPH.CENTER)
        # Letters of 22 pt on the grid of lines would take two of them each.
        written._p.get_or_add_pPr().insert_element_before(
            parse_xml(f'<w:snapToGrid {nsdecls("w")} w:val="0"/>'), "w:spacing", "w:ind", "w:jc", "w:rPr"
        )
    _write(document, "")


def _write_blocks(document: DocumentType, blocks: Iterable[Block]) -> None:
    for block in blocks:
        paragraph = _write(document, block.lead, face=_FACES[block.level], align=WD_ALIGN_PARAGRAPH.JUSTIFY)
        paragraph.paragraph_format.first_line_indent = Pt(32)
        if block.rest:
            _set_face(paragraph.add_run(block.rest), _FANG, Pt(16))


def _write_table(document: DocumentType, rows: tuple[tuple[str, ...], ...]) -> None:
    if not rows:
        return
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for place, (line, texts) in enumerate(zip(table.rows, rows, strict=True)):
        for column, (cell, text) in enumerate(zip(line.cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if column or not place else WD_ALIGN_PARAGRAPH.LEFT
            _set_face(paragraph.add_run(clean(text)), _FANG if place else _HEI, Pt(12))


def _write_attachment_list(document: DocumentType, lines: tuple[str, ...]) -> None:
    if lines:
        _write(document, "")
    for place, line in enumerate(lines):
        entry = _write(document, f"附件：{line}" if place == 0 else line)
        entry.paragraph_format.left_indent = Pt(32 + 48)
        entry.paragraph_format.first_line_indent = Pt(-48) if place == 0 else Pt(0)


def _write_signature(document: DocumentType, paper: ResolutionPaper) -> None:
    name, day = clean(paper.issuing_body), chinese_date(paper.dated_on)
    # Digits are half as wide as characters; the name is centred on the date, which ends four characters from the right.
    day_width = sum(8 if char.isdigit() else 16 for char in day)
    _write(document, "")
    _write(document, "")
    signed = _write(document, name, align=WD_ALIGN_PARAGRAPH.RIGHT)
    signed.paragraph_format.right_indent = Pt(max(0, 64 + (day_width - 16 * len(name)) / 2))
    signed.paragraph_format.keep_with_next = True
    dated = _write(document, day, align=WD_ALIGN_PARAGRAPH.RIGHT)
    dated.paragraph_format.right_indent = Pt(64)


def _write_imprint(document: DocumentType, paper: ResolutionPaper) -> None:
    copies = copies_line(paper)
    rows = ([f"抄送：{copies}"] if copies else []) + [clean(paper.printed_by) or clean(paper.issuing_body)]
    table = document.add_table(rows=len(rows), cols=1)
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="{weight}" w:space="0" w:color="000000"/>'
        for side, weight in (("top", 8), ("bottom", 8), ("insideH", 6))
    )
    properties = table._tbl.tblPr
    place = 'w:horzAnchor="margin" w:vertAnchor="margin" w:tblpXSpec="left" w:tblpYSpec="bottom"'
    properties.insert(1, parse_xml(f"<w:tblpPr {nsdecls('w')} {place}/>"))
    properties.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{borders}</w:tblBorders>"))
    for row, text in zip(table.rows, rows, strict=True):
        paragraph = row.cells[0].paragraphs[0]
        _set_face(paragraph.add_run(text), _FANG, Pt(14))
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    last = table.rows[-1].cells[0].paragraphs[0]
    last.paragraph_format.tab_stops.add_tab_stop(Mm(156) - Pt(28), alignment=WD_TAB_ALIGNMENT.RIGHT)
    _set_face(last.add_run(f"\t{printed_line(paper)}"), _FANG, Pt(14))
    # A floating table hangs on the paragraph after it; without one it is not shown.
    _write(document, "")


def _write(
    document: DocumentType,
    text: str,
    *,
    face: str = _FANG,
    size: Pt | None = None,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
    color: RGBColor | None = None,
) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    run = paragraph.add_run(text)
    _set_face(run, face, size or Pt(16))
    if color is not None:
        run.font.color.rgb = color
    return paragraph


def _set_face(run: Run, face: str, size: Pt) -> None:
    run.font.name, run.font.size = face, size
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _saved(document: DocumentType) -> bytes:
    """The bytes with the clock taken out of the archive: the library stamps every part with the time of day."""
    stamped, fixed = io.BytesIO(), io.BytesIO()
    document.save(stamped)
    with zipfile.ZipFile(stamped) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _FIRST_DAY_OF_ZIP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return fixed.getvalue()
