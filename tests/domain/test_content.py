"""What a file is comes from its content, and nothing that runs, fetches, hides or bursts comes in."""

import contextlib
import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
import pytest
import xlwt
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from backend.demo.evidence import pdf as demo_pdf
from backend.document.resolution import resolution_pdf
from backend.document.resolution_docx import resolution_docx
from backend.domain.attachment import fitting_name, plain_name
from backend.domain.content.binary import binary_kind
from backend.domain.content.kind import EXTENSIONS, media_type_of, taken_in
from backend.domain.errors import Invalid
from tests.document.sample import PAPER
from tests.files import W, archive, book, paper, pdf, picture, relations


def refused(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        taken_in(data)
    (problem,) = caught.value.problems
    assert problem.pointer == "/file"
    return problem.code


def workbook() -> bytes:
    """A real .xls."""
    book = xlwt.Workbook()
    book.add_sheet("一").write(0, 0, "甲")
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def identified_pdf() -> bytes:
    """A PDF as nearly every program writes one: its trailer holds an array of two ids."""
    written = io.BytesIO()
    with pikepdf.new() as paper_:
        paper_.add_blank_page()
        paper_.save(written, static_id=True)
    assert b"/ID [" in written.getvalue()
    return written.getvalue()


def renamed(data: bytes, old: str, new: str) -> bytes:
    """Rename an entry of an OLE directory; the directory holds UTF-16 names of 64 bytes and their length."""
    place = data.index(old.encode("utf-16-le") + b"\0\0")
    name = new.encode("utf-16-le") + b"\0\0"
    entry = bytearray(data)
    entry[place : place + 64] = name.ljust(64, b"\0")
    entry[place + 64 : place + 66] = len(name).to_bytes(2, "little")
    return bytes(entry)


def streamed(body: bytes) -> bytes:
    """An object that hides in a compressed stream of objects, where no search of the file's bytes finds it."""
    content = b"5 0 " + body
    packed = zlib.compress(content)
    head = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        head + packed + b"\nendstream",
    ]
    out, places = bytearray(b"%PDF-1.7\n"), [0]
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + each + b"\nendobj\n"
    start = len(out)
    rows = b"\0\0\0\0" + b"".join(b"\1" + place.to_bytes(2) + b"\0" for place in places[1:])
    rows += b"\2\0\4\0" + b"\1" + start.to_bytes(2) + b"\0"
    out += b"6 0 obj<</Type/XRef/W[1 2 1]/Size 7/Root 1 0 R/Length %d>>stream\n" % len(rows) + rows
    return bytes(out + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % start)


def charted(inner: bytes) -> dict[str, object]:
    """The parts of a paper whose chart keeps its figures in a workbook of its own."""
    return {
        "types": {"word__charts__a.xml": "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"},
        "word__charts__a.xml": "<chart/>",
        "word__charts___rels__a.xml.rels": relations(("package", "../embeddings/a.xlsx")),
        "word__embeddings__a.xlsx": inner,
    }


def lying() -> bytes:
    """A bomb whose directory says that it unpacks to five bytes."""
    data = bytearray(paper(**{"word__a.xml": b"\0" * (60 << 20)}))
    size = (60 << 20).to_bytes(4, "little")
    while (place := data.find(size)) >= 0:
        data[place : place + 4] = (5).to_bytes(4, "little")
    return bytes(data)


def macro_sheet() -> bytes:
    """The record that names the sheet says that it is one of macros."""
    data = bytearray(workbook())
    place = data.index(b"\x85\x00", data.index(b"\x09\x08"))
    data[place + 9] = 0x01
    return bytes(data)


def linked(body: bytes) -> bytes:
    """A workbook with a list of sheets that are its own or another's, in place of the record of its window."""
    data = bytearray(workbook())
    place = data.index(b"\x3d\x00\x12\x00", data.index(b"\x09\x08"))
    data[place : place + 2] = b"\xae\x01"
    data[place + 4 : place + 4 + len(body)] = body
    return bytes(data)


def old_paper(text: bytes) -> bytes:
    """What is within is a workbook's, but for the name and the words."""
    data = bytearray(renamed(workbook(), "Workbook", "WordDocument"))
    place = data.index(b"\x09\x08") + 40
    data[place : place + len(text)] = text
    return bytes(data)


def pixels() -> bytes:
    written = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(written, "PNG")
    return written.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MACRO_TYPE = "<Types><Override ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/></Types>"
TEMPLATE = "<Relationships><Relationship Type='http://x/relationships/attachedTemplate'/></Relationships>"

BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "file_empty"),
    "an SVG with a script": (lambda: SVG, "file_kind_refused"),
    "an SVG behind a declaration": (lambda: b"\xef\xbb\xbf<?xml version='1.0'?>" + SVG, "file_kind_refused"),
    "an SVG behind words": (lambda: "材料如下：".encode() + SVG, "file_kind_refused"),
    "a page": (lambda: b"<!doctype html><p>x", "file_kind_refused"),
    "a page in GBK": (lambda: "<html><body onload=x>贯标".encode("gbk"), "file_kind_refused"),
    "a page in UTF-16": (lambda: "<script>1</script>".encode("utf-16"), "file_kind_refused"),
    "a shell script": (lambda: b"#!/bin/sh\nrm -rf ~\n", "file_kind_refused"),
    "a batch file": (lambda: b"@echo off\r\nformat c:\r\n", "file_kind_refused"),
    "a mail with pages": (lambda: b"MIME-Version: 1.0\nContent-Type: text/html\n", "file_kind_refused"),
    "a program": (lambda: b"MZ\x90\x00\x03\x00\x00\x00\x04\x00", "file_kind_refused"),
    "an archive": (lambda: archive({"a.txt": "x"}), "file_kind_refused"),
    "half an archive": (lambda: b"PK\x03\x04broken", "file_damaged"),
    "a HEIC picture": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0", "file_kind_refused"),
    "Word macros": (lambda: paper(word__vbaProject_bin="x", **{"word__vbaProject.bin": "x"}), "file_with_macros"),
    "macros by type": (
        lambda: archive({"[Content_Types].xml": MACRO_TYPE, "xl/workbook.xml": "x"}),
        "file_with_macros",
    ),
    "Excel 4 macros": (lambda: archive({"xl/workbook.xml": "x", "xl/macrosheets/a.xml": "x"}), "file_with_macros"),
    "ActiveX": (lambda: paper(**{"word__activeX__activeX1.xml": "x"}), "file_with_macros"),
    "a remote template": (lambda: paper(**{"word___rels__settings.xml.rels": TEMPLATE}), "file_with_active_content"),
    "an embedded program": (lambda: paper(**{"word__embeddings__a.bin": b"MZ\x90"}), "file_with_active_content"),
    "an embedded old paper": (
        lambda: paper(**{"word__embeddings__a.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}),
        "file_with_active_content",
    ),
    "a page inside": (lambda: paper(**{"word__chunk.html": "<p>"}), "file_with_active_content"),
    "DDE": (
        lambda: paper(**{"word__footer.xml": f"<w:instrText xmlns:w='{W}'>DDEAUTO c:\\cmd</w:instrText>"}),
        "file_with_active_content",
    ),
    "an entity bomb": (lambda: paper(**{"word__a.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]>"}), "file_with_active_content"),
    "macros in an embedded workbook": (
        lambda: paper(**{"word__embeddings__a.xlsx": archive({"xl/workbook.xml": "x", "xl/vbaProject.bin": "x"})}),
        "file_with_macros",
    ),
    "archives in archives": (
        lambda: paper(**{"a.docx": paper(**{"b.docx": paper()})}),
        "file_with_active_content",
    ),
    "a path that leads outside": (lambda: paper(**{"..__..__etc__passwd": "x"}), "file_damaged"),
    "a zip bomb": (lambda: paper(**{"word__a.xml": b"\0" * (60 << 20)}), "file_unpacks_too_large"),
    "a zip bomb inside": (
        lambda: paper(**{"a.xlsx": book(**{"b.bin": b"\0" * (60 << 20)})}),
        "file_unpacks_too_large",
    ),
    "a zip that lies about its size": (lying, "file_unpacks_too_large"),
    "ten thousand entries": (
        lambda: archive({"word/document.xml": "x"} | {f"a{n}": "" for n in range(10_001)}, zipfile.ZIP_STORED),
        "file_unpacks_too_large",
    ),
    "PDF JavaScript": (lambda: pdf("", b"<</S/JavaScript/JS(app.alert(1))>>"), "file_with_active_content"),
    "PDF JavaScript, spelt otherwise": (lambda: pdf("", b"<</S/J#61vaScript/J#53(x)>>"), "file_with_active_content"),
    "PDF JavaScript in a compressed stream": (
        lambda: streamed(b"<</S/JavaScript/JS(app.alert(1))>>"),
        "file_with_active_content",
    ),
    "a PDF that starts a program": (lambda: pdf("", b"<</S/Launch/F(cmd.exe)>>"), "file_with_active_content"),
    "a PDF that sends": (lambda: pdf("", b"<</S/SubmitForm/F(http://x)>>"), "file_with_active_content"),
    "a PDF with a file in it": (
        lambda: pdf("", b"<</Type/Filespec/F(a.exe)/EF<</F 5 0 R>>>>"),
        "file_with_active_content",
    ),
    "a PDF that opens an address": (
        lambda: pdf("", b"<</OpenAction<</S/URI/URI(http://x)>>>>"),
        "file_with_active_content",
    ),
    "a PDF that opens an address with a page": (
        lambda: pdf("", b"<</AA<</O 5 0 R>>>>", b"<</S/#55RI/URI(http://x)>>"),
        "file_with_active_content",
    ),
    "a PDF that opens an address after a link": (
        lambda: pdf("", b"<</S/GoTo/D[3 0 R/Fit]/Next[<</S/URI/URI(http://x)>>]>>"),
        "file_with_active_content",
    ),
    "a PDF whose pictures lie elsewhere": (
        lambda: pdf("", b"<</F<</FS/URL/F(http://x)>>/Length 0>>stream\n\nendstream"),
        "file_with_active_content",
    ),
    "a PDF with a script that no table leads to": (
        lambda: pdf("甲") + b"9 0 obj<</S/JavaScript/J 5 0 R>>endobj",
        "file_with_active_content",
    ),
    "a PDF deep in itself": (lambda: pdf("", b"[" * 60 + b"]" * 60), "file_damaged"),
    "half a PDF": (lambda: b"%PDF-1.7\nnothing", "file_damaged"),
    "Visual Basic in an .xls": (lambda: renamed(workbook(), "Workbook", "_VBA_PROJECT_CUR"), "file_with_macros"),
    "an encrypted paper": (lambda: renamed(workbook(), "Workbook", "EncryptedPackage"), "file_encrypted"),
    "an installer": (lambda: renamed(workbook(), "Workbook", "Installer"), "file_kind_refused"),
    "a macro sheet in an .xls": (macro_sheet, "file_with_macros"),
    "a link of an .xls to a program": (
        lambda: linked(b"\x01\0\x06\0\0cmd\x03/c"),
        "file_with_active_content",
    ),
    "DDE in a .doc": (lambda: old_paper(b"\x13 DDEAUTO c:\\\\cmd \x14x\x15"), "file_with_active_content"),
    "DDE in a .doc in two bytes": (
        lambda: old_paper(b"." + "\x13 dde c:\\\\cmd \x14".encode("utf-16-le")),
        "file_with_active_content",
    ),
    "half an old paper": (lambda: workbook()[:600], "file_damaged"),
    "a PNG that is none": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "photo_unreadable"),
    "a PNG of 900 million pixels": (pixels, "photo_too_many_pixels"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_runs_fetches_hides_or_bursts_is_refused(name: str) -> None:
    make, code = BAD[name]
    assert refused(make()) == code


EXTENSIONS_OF = {ending: kind for kind, endings in EXTENSIONS.items() for ending in endings}

GOOD: dict[str, tuple[Callable[[], bytes], str]] = {
    "text": ("会议纪要：3 < 5，通过。".encode, "text/plain"),
    "text in GBK": (lambda: "会议纪要".encode("gbk"), "text/plain"),
    "a PDF": (lambda: pdf("甲"), "application/pdf"),
    "a PDF whose trailer says who it is": (identified_pdf, "application/pdf"),
    "a PDF with Chinese pages": (lambda: demo_pdf("纪要", ["一"] * 80), "application/pdf"),
    "a PDF whose link is clicked": (lambda: pdf("", b"<</S/URI/URI(http://example.org)>>"), "application/pdf"),
    "a PDF that opens at a page whose links are clicked": (
        lambda: pdf("", b"<</OpenAction[5 0 R/Fit]>>", b"<</Annots[<</A<</S/URI/URI(http://x)>>>>]>>"),
        "application/pdf",
    ),
    "a PDF of ours": (lambda: resolution_pdf(PAPER), "application/pdf"),
    "a paper of ours": (lambda: resolution_docx(PAPER), EXTENSIONS_OF[".docx"]),
    "a Word paper": (paper, EXTENSIONS_OF[".docx"]),
    "a Word paper with a chart's workbook": (
        lambda: paper(**charted(book())),
        EXTENSIONS_OF[".docx"],
    ),
    "a .doc with fields": (lambda: old_paper(b"\x13 PAGE \x141\x15\x13 REF DDE \x15"), "application/msword"),
    "a workbook of 1997 whose sheets name each other": (
        lambda: linked(b"\x01\0\x01\x04"),
        "application/vnd.ms-excel",
    ),
    "a workbook of 1997": (workbook, "application/vnd.ms-excel"),
    "OFD": (lambda: archive({"OFD.xml": "<ofd:OFD/>"}), "application/ofd"),
    "a recording": (lambda: b"\0\0\0\x18ftypisom\0\0\0\0", "video/mp4"),
    "a recorded voice": (lambda: b"\0\0\0\x18ftypM4A \0\0\0\0", "audio/mp4"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_an_office_keeps_is_taken_as_it_is(name: str) -> None:
    make, kind = GOOD[name]
    data = make()
    assert taken_in(data) == (data, kind)


def with_metadata(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "CanaryPhone"
    exif[0x0112] = 6
    text = PngInfo()
    text.add_text("Comment", "CanaryPhone")
    extra = {"pnginfo": text} if kind == "PNG" else {}
    return picture("甲", kind, (40, 30), exif=exif, **extra) + b"<script>CanaryTail</script>"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_keeps_its_pixels_and_nothing_else(kind: str) -> None:
    sent = with_metadata(kind)
    assert b"CanaryPhone" in sent
    kept = taken_in(sent)
    assert kept.media_type == f"image/{kind.lower()}"
    assert b"Canary" not in kept.data
    with Image.open(io.BytesIO(kept.data)) as drawn:
        assert (drawn.format, drawn.size, dict(drawn.getexif())) == (kind, (30, 40), {})
        centre = drawn.convert("RGB").getpixel((15, 20))
        assert all(abs(a - b) < 12 for a, b in zip(centre, colour("甲"), strict=True))
    assert taken_in(sent) == kept, "the same photo is known again"


def colour(label: str) -> tuple[int, ...]:
    with Image.open(io.BytesIO(picture(label))) as drawn:
        return drawn.convert("RGB").getpixel((1, 1))


def test_a_transparent_palette_picture_stays_transparent() -> None:
    made = Image.new("P", (8, 8))
    written = io.BytesIO()
    made.save(written, "PNG", transparency=0)
    with Image.open(io.BytesIO(taken_in(written.getvalue()).data)) as drawn:
        assert (drawn.mode, drawn.getpixel((1, 1))[3]) == ("RGBA", 0)


def test_a_paper_that_says_it_is_gigabytes_is_refused_before_they_are_read() -> None:
    """Its table leads from a sector to itself, so there is always more to read."""
    data = bytearray(workbook())
    entry = data.index("Workbook".encode("utf-16-le"))
    (start,) = struct.unpack_from("<I", data, entry + 116)
    (table,) = struct.unpack_from("<I", data, 76)
    struct.pack_into("<I", data, ((table + 1) << 9) + 4 * start, start)
    struct.pack_into("<I", data, entry + 120, 0x40000000)
    tracemalloc.start()
    try:
        assert refused(bytes(data)) == "file_damaged"
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", range(0, 5000, 137))
def test_half_a_file_is_refused_or_told_but_never_fails(length: int) -> None:
    for whole in (workbook(), paper(), pdf("甲"), picture("甲"), streamed(b"<</S/URI>>")):
        with contextlib.suppress(Invalid):
            taken_in(whole[:length])


def test_the_sheets_of_an_old_workbook_are_looked_at_to_the_end() -> None:
    assert binary_kind(workbook()) == media_type_of(workbook()) == "application/vnd.ms-excel"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\b.pdf", "b.pdf"),
        ("..", "file"),
        (None, "file"),
        ("a\x00\nb.pdf", "ab.pdf"),
        ("fdp.\u202eexe", "fdp.exe"),
        ('a"; filename="b.html', "a; filename=b.html"),
        ("a\u2028b\u200b.pdf", "ab.pdf"),
        ("纪" * 300, "纪" * 200),
    ],
)
def test_a_name_keeps_only_its_last_part(name: str | None, kept: str) -> None:
    assert plain_name(name) == kept


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("纪要.PDF", "application/pdf", "纪要.PDF"),
        ("照片.html", "image/png", "照片.html.png"),
        ("run.exe", "text/plain", "run.exe.txt"),
        ("台账.et", "application/vnd.ms-excel", "台账.et"),
        ("file", "application/ofd", "file.ofd"),
    ],
)
def test_a_name_ends_as_what_the_file_is(name: str, kind: str, kept: str) -> None:
    assert fitting_name(name, kind) == kept
