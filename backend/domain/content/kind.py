"""What a file is, told by its content alone: neither its name nor what the sender says counts."""

import re
from typing import NamedTuple

from backend.domain.content.binary import binary_kind
from backend.domain.content.field import sheet_reaches_out
from backend.domain.content.office import office_kind
from backend.domain.content.pdf import check_pdf
from backend.domain.content.picture import redrawn
from backend.domain.errors import invalid

MAXIMUM_SIZE = 50 * 1024 * 1024
"""Bytes of one attachment."""

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"ID3", "audio/mpeg"),
    (b"PK\x03\x04", "application/zip"),
)
# ISO base media: recordings have one of these brands; pictures of the same family (HEIC, AVIF) cannot be drawn anew.
_RECORDINGS = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
_PICTURES = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")

# Texts that are programs or pages, which plain text never begins with or contains.
_PROGRAM = re.compile(
    r"\s*(<|#!|@echo\b|%!PS|\{\\rtf|MIME-Version:|REM |Windows Registry|\[InternetShortcut\])", re.IGNORECASE
)
_MARKUP = re.compile(
    r"<\s*(script|svg|html|body|iframe|object|embed|img|link|meta|foreignObject)\b|javascript:|<\?(php|xml)|<!doctype",
    re.IGNORECASE,
)

EXTENSIONS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "application/msword": (".doc", ".wps", ".dot"),
    "application/vnd.ms-excel": (".xls", ".et", ".xlt"),
    "application/vnd.ms-powerpoint": (".ppt", ".dps", ".pps"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx", ".dotx"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx", ".xltx"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx", ".ppsx", ".potx"),
    "application/ofd": (".ofd",),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a", ".m4b"),
    "video/mp4": (".mp4", ".m4v", ".mov", ".3gp"),
    "text/plain": (".txt", ".csv", ".md", ".log"),
}
"""Every media type that is kept, with the endings that a name may have; the first one is given to a name without."""


class Taken(NamedTuple):
    """A file as it is kept."""

    data: bytes
    media_type: str


def taken_in(data: bytes) -> Taken:
    """Judge a file, and draw it anew when it is a picture.  Slow for large ones: call it in a thread.

    Raises Invalid at `/file`: `file_empty`, `file_too_large`, `file_kind_refused` for what is not on the list of
    papers, pictures and recordings that an office keeps, `file_with_macros`, `file_with_active_content`,
    `file_unpacks_too_large`, `file_encrypted`, `file_damaged`, `photo_too_many_pixels`, `photo_unreadable`.
    """
    media_type = media_type_of(data)
    return Taken(*redrawn(data)) if media_type.startswith("image/") else Taken(data, media_type)


def media_type_of(data: bytes) -> str:
    """The media type of a file that may come in; pictures are only told apart.  Raises what `taken_in` raises."""
    if not data:
        raise invalid("/file", "file_empty")
    if len(data) > MAXIMUM_SIZE:
        raise invalid("/file", "file_too_large", limit="50 MiB")
    kind = next((kind for start, kind in _STARTS if data.startswith(start)), None)
    if kind == "application/pdf":
        check_pdf(data)
    elif kind == "application/zip":
        return office_kind(data)
    elif kind == "application/x-ole-storage":
        return binary_kind(data)
    elif kind is None:
        return _other(data)
    return kind


def _other(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        if data[8:12] in _PICTURES:
            raise invalid("/file", "file_kind_refused")
        return _RECORDINGS.get(data[8:12], "video/mp4")
    if data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    return _text(data)


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and not _PROGRAM.match(text) and not _MARKUP.search(text):
            if sheet_reaches_out(text):
                raise invalid("/file", "file_with_active_content")
            return "text/plain"
        break
    raise invalid("/file", "file_kind_refused")
