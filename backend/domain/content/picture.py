"""Pictures drawn anew: their pixels and nothing else, so that no place, device or hidden file stays in them."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from backend.domain.errors import invalid

PIXELS = 60_000_000
"""The largest picture that is decoded; a photo of 50 million pixels takes some 200 MB of memory meanwhile."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_QUALITY = 92
_PLAIN = frozenset({"1", "L", "LA", "RGB", "RGBA"})


def opened(data: bytes, longest_side: int | None = None) -> tuple[Image.Image, str]:
    """Decode a JPEG, PNG or WebP, the right way up; returns its pixels alone and the format's name.

    `longest_side`: a JPEG is decoded at a fraction of its size when that is enough.  Raises Invalid
    `photo_too_many_pixels`, and `photo_unreadable` for everything else that cannot be decoded.
    """
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > PIXELS:
                raise invalid("/file", "photo_too_many_pixels", limit=PIXELS // 1_000_000)
            if longest_side is not None:
                picture.draft("RGB", (longest_side, longest_side))
            kind = picture.format or ""
            upright = ImageOps.exif_transpose(picture)
            transparent = "transparency" in upright.info or upright.mode in ("PA", "La", "RGBa")
            mode = upright.mode if upright.mode in _PLAIN and not transparent else "RGBA" if transparent else "RGB"
            pixels = upright.convert(mode)
    except Image.DecompressionBombError:
        raise invalid("/file", "photo_too_many_pixels", limit=PIXELS // 1_000_000) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise invalid("/file", "photo_unreadable") from None
    plain = Image.new(pixels.mode, pixels.size)
    plain.paste(pixels)
    return plain, kind


def redrawn(data: bytes) -> tuple[bytes, str]:
    """The same picture in the same format without any metadata, and its media type; see `opened` for refusals.

    The same bytes give the same bytes, so that one photo that proves three matters is still known as one.
    """
    picture, kind = opened(data)
    written = BytesIO()
    if kind == "PNG":
        picture.save(written, "PNG", compress_level=6)
    elif kind == "WEBP":
        picture.save(written, "WEBP", quality=_QUALITY, method=2)
    else:
        picture.convert("RGB" if picture.mode != "L" else "L").save(written, "JPEG", quality=_QUALITY)
    return written.getvalue(), _KINDS[kind]
