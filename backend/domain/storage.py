"""Uploads by content: what a file is, whether it may come in, and where its bytes lie."""

import hashlib
import os
import secrets
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from backend.domain.errors import invalid

MAXIMUM_SIZE = 50 * 1024 * 1024
"""Bytes of one attachment."""

_UNPACKED_LIMIT = 400 * 1024 * 1024

_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "OFD.xml": "application/ofd",
}


def media_type_of(data: bytes) -> str:
    """Tell what a file is by its content; its name and what the sender says do not count.

    Refuses what is not on the list of papers, pictures and recordings that an office keeps: programs, pages with
    scripts (SVG, HTML), archives, macros.
    """
    if not data:
        raise invalid("/file", "file_empty")
    if len(data) > MAXIMUM_SIZE:
        raise invalid("/file", "file_too_large", limit="50 MiB")
    starts: tuple[tuple[bytes, str], ...] = (
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"ID3", "audio/mpeg"),
    )
    for start, kind in starts:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return "video/mp4"
    if data.startswith(b"PK\x03\x04"):
        return _office_kind(data)
    return _text_kind(data)


def _office_kind(data: bytes) -> str:
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = {entry.filename for entry in archive.infolist()}
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (BadZipFile, NotImplementedError, ValueError, OSError):
        raise invalid("/file", "file_kind_refused") from None
    if unpacked > _UNPACKED_LIMIT or len(names) > 10_000:
        raise invalid("/file", "file_too_large", limit="400 MiB")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise invalid("/file", "file_with_macros")
    for marker, kind in _OFFICE.items():
        if marker in names:
            return kind
    raise invalid("/file", "file_kind_refused")


def _text_kind(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and "<" not in text[:200].lstrip("\ufeff \r\n\t")[:1]:
            return "text/plain"
    raise invalid("/file", "file_kind_refused")


def store(folder: Path, data: bytes) -> str:
    """Keep the bytes under their SHA-256 and return it in hex; the file appears complete or not at all."""
    digest = hashlib.sha256(data).hexdigest()
    target = folder / digest[:2] / digest
    if not target.exists():
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = target.with_name(f".{digest}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    return digest


def stored(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest
