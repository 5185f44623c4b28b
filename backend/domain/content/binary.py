"""Office papers of before 2007 (.doc, .xls, .ppt): storages within one file, of which some hold programs."""

import re
import struct
from io import BytesIO
from typing import Any

import olefile

from backend.domain.content.field import field_reaches_out
from backend.domain.errors import invalid

_PAPERS = {
    "worddocument": "application/msword",
    "workbook": "application/vnd.ms-excel",
    "book": "application/vnd.ms-excel",
    "powerpoint document": "application/vnd.ms-powerpoint",
}
_MACROS = frozenset({"vba", "_vba_project", "_vba_project_cur", "macros", "vbaproject"})
_EMBEDDED = frozenset({"objectpool", "\x01ole10native", "package", "\x03objinfo"})
_ENCRYPTED = frozenset({"encryptedpackage", "encryptioninfo", "encryptedsummary"})
_SHEETS = ("Workbook", "Book")
_BOUNDSHEET, _FILEPASS, _SUPBOOK, _MACRO_SHEETS = 0x85, 0x2F, 0x1AE, (0x01, 0x06)
_OWN_SHEETS, _ADD_IN = b"\x01\x04", b"\x01\x3a"
"""What a list of sheets is of, when it is no other file's or program's ([MS-XLS] 2.4.271)."""
# A field begins with this sign, in one byte or two for each letter; names that chance would write are left out.
_FIELD = re.compile(rb"\x13(?=[\s\"]*(?:DDE|INCLUDE|IMPORT|LINK|DATABASE))", re.IGNORECASE)
_WIDE_FIELD = re.compile(
    rb"\x13\0(?=(?:[\s\"]\0)*(?:D\0D\0E\0|I\0N\0C\0L\0U\0|I\0M\0P\0O\0|L\0I\0N\0K\0|D\0A\0T\0A\0B\0))", re.IGNORECASE
)
_LONGEST_FIELD = 1024
_MOST_RECORDS = 100_000


def binary_kind(data: bytes) -> str:
    """The media type of such a paper.

    Raises Invalid: `file_kind_refused` for any other (installers and mails are made the same way), `file_with_macros`
    for Visual Basic and for macro sheets, `file_with_active_content` for embedded files, fields that fetch and links to
    other files and programs, `file_encrypted`, `file_damaged`.
    """
    try:
        with olefile.OleFileIO(BytesIO(data)) as paper:
            parts = {part.casefold() for path in paper.listdir(streams=True, storages=True) for part in path}
            book = next((_stream(paper, name, len(data)) for name in _SHEETS if paper.exists(name)), b"")
            text = _stream(paper, "WordDocument", len(data)) if paper.exists("WordDocument") else b""
    except (OSError, ValueError, IndexError, TypeError, KeyError, OverflowError, RecursionError, struct.error):
        raise invalid("/file", "file_damaged") from None
    if parts & _ENCRYPTED:
        raise invalid("/file", "file_encrypted")
    if parts & _MACROS:
        raise invalid("/file", "file_with_macros")
    if parts & _EMBEDDED:
        raise invalid("/file", "file_with_active_content")
    kind = next((kind for name, kind in _PAPERS.items() if name in parts), None)
    if kind is None:
        raise invalid("/file", "file_kind_refused")
    _look_at_sheets(book)
    _look_at_fields(text)
    return kind


def _stream(paper: "olefile.OleFileIO[Any]", name: str, most: int) -> bytes:
    """Raises ValueError for one that says it is longer than the file: its chain runs in a circle, for gigabytes."""
    # Short streams lie within the root's; the library's types do not know that it has a size.
    root: Any = paper.root
    if max(paper.get_size(name), root.size) > most:
        raise ValueError(name)
    return bytes(paper.openstream(name).read())


def _look_at_fields(text: bytes) -> None:
    for pattern, encoding in ((_FIELD, "cp1252"), (_WIDE_FIELD, "utf-16-le")):
        for found in pattern.finditer(text):
            code = text[found.end() : found.end() + _LONGEST_FIELD].decode(encoding, "replace")
            if field_reaches_out(re.split("[\x13-\x15]", code, maxsplit=1)[0]):
                raise invalid("/file", "file_with_active_content")


def _look_at_sheets(book: bytes) -> None:
    """Excel 4.0 macros are sheets of their own kind; the records that list the sheets say which ([MS-XLS] 2.4.28)."""
    place = 0
    for _ in range(_MOST_RECORDS):
        if place + 4 > len(book):
            return
        record, length = struct.unpack_from("<HH", book, place)
        body = book[place + 4 : place + 4 + length]
        if record == _FILEPASS:
            raise invalid("/file", "file_encrypted")
        if record == _BOUNDSHEET and len(body) > 5 and body[5] in _MACRO_SHEETS:
            raise invalid("/file", "file_with_macros")
        if record == _SUPBOOK and body[2:4] not in (_OWN_SHEETS, _ADD_IN):
            raise invalid("/file", "file_with_active_content")
        place += 4 + length
