"""Photos of cards: drawn anew, so that nothing of the phone, the place or the time stays in them; kept encrypted."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from uuid import UUID

from PIL import Image

from backend.domain.content.picture import opened
from backend.domain.crypto import FieldCipher
from backend.domain.errors import invalid
from backend.domain.sealed_file import keep_sealed, kept_sealed

MAXIMUM_SIZE = 10 * 1024 * 1024
"""Bytes of one photo as it is sent."""
MOST_PHOTOS = 9
MEDIA_TYPE = "image/jpeg"

_LONGEST_SIDE = 2000
_QUALITY = 80
PLACE = "feedback_photo.file"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture drawn anew: JPEG without any metadata."""

    data: bytes
    width: int
    height: int


def drawn_anew(data: bytes) -> Drawn:
    """Decode a picture and draw its pixels into a new file: the right way up, at most 2000 pixels long.

    Raises Invalid for what is no JPEG, PNG or WebP, for more than 10 MB or 60 million pixels.
    """
    if not data:
        raise invalid("/file", "file_empty")
    if len(data) > MAXIMUM_SIZE:
        raise invalid("/file", "file_too_large", limit="10 MiB")
    pixels, _ = opened(data, _LONGEST_SIDE)
    plain = Image.new("RGB", pixels.size, "white")
    covering = pixels.convert("RGBA")
    plain.paste(covering, mask=covering.getchannel("A"))
    plain.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    written = BytesIO()
    plain.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return Drawn(written.getvalue(), *plain.size)


def keep_photo(folder: Path, cipher: FieldCipher, id: UUID, data: bytes) -> None:
    """Keep a picture encrypted under the id of its row; the file bears no time."""
    keep_sealed(folder, cipher, PLACE, id, data, dateless=True)


def kept_photo(folder: Path, cipher: FieldCipher, id: UUID) -> bytes:
    """Open a kept picture. Raises FileNotFoundError when its file is gone."""
    return kept_sealed(folder, cipher, PLACE, id)
