"""Small files that are really what they say, made as they are needed; equal labels give equal bytes."""

import hashlib
import io
import zipfile

from PIL import Image


def pdf(label: str = "", *objects: bytes) -> bytes:
    """A PDF of one empty page; `objects` are further numbered objects from 4 on."""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R/Extra 4 0 R>>" if objects else b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        *objects,
    ]
    out, places = bytearray(b"%PDF-1.7\n%" + label.encode() + b"\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + b"".join(
        b"%010d 00000 n \n" % at for at in places
    )
    return bytes(out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start))


def picture(label: str = "", kind: str = "PNG", size: tuple[int, int] = (40, 30), **saved: object) -> bytes:
    """A picture in a colour of its own."""
    colour = tuple(hashlib.sha256(label.encode()).digest()[:3])
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, kind, **saved)
    return written.getvalue()


def archive(files: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return made.getvalue()


_OFFICE = "application/vnd.openxmlformats-officedocument."
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def relations(*found: tuple[str, str], external: bool = False) -> str:
    """A part of relations; each is the last segment of its type and its target."""
    mode = " TargetMode='External'" if external else ""
    rows = "".join(
        f"<Relationship Id='r{n}' Type='{_RELATION}{kind}' Target='{target}'{mode}/>"
        for n, (kind, target) in enumerate(found)
    )
    return f"<Relationships xmlns='{_RELATIONS}'>{rows}</Relationships>"


def content_types(**overrides: str) -> str:
    """The list of types of a package; `overrides` are parts, `/` written as `__`."""
    rows = "".join(
        f"<Override PartName='/{name.replace('__', '/')}' ContentType='{kind}'/>" for name, kind in overrides.items()
    )
    return (
        "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
        "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
        f"<Default Extension='xml' ContentType='application/xml'/>{rows}</Types>"
    )


def _package(main: str, kind: str, body: str, files: dict[str, bytes | str], types: dict[str, str] | None) -> bytes:
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(**{main.replace("/", "__"): _OFFICE + kind}, **(types or {})),
        "_rels/.rels": relations(("officeDocument", main)),
        main: body,
    }
    return archive(parts | {name.replace("__", "/"): content for name, content in files.items()})


def paper(types: dict[str, str] | None = None, **files: bytes | str) -> bytes:
    """A Word paper; `files` are further parts, `/` written as `__`, and `types` what some of them are."""
    body = f"<w:document xmlns:w='{W}'/>"
    return _package("word/document.xml", "wordprocessingml.document.main+xml", body, files, types)


def book(types: dict[str, str] | None = None, **files: bytes | str) -> bytes:
    """A workbook; `files` and `types` as for `paper`."""
    body = f"<workbook xmlns='{S}'/>"
    return _package("xl/workbook.xml", "spreadsheetml.sheet.main+xml", body, files, types)
