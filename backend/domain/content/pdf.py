"""PDF papers: whether anything in them runs, starts, sends or hides a file."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from backend.domain.errors import invalid

_MOST_OBJECTS = 500_000
_DEEPEST = 40
# Names of dictionary keys and of action kinds (ISO 32000-1, 7.11.4, 12.6.4, 12.7.8); page turns and links are none.
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/XFA", "/RichMediaContent", "/EF", "/OnInstantiate"})
_ACTIVE_KINDS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound"}
    | {"/RichMediaExecute"}
)
# Readers differ in which objects of a broken or amended file they take; these words stand in no clean file's bytes.
_SPELT = re.compile(rb"/JavaScript\b|/Launch\b|/EmbeddedFiles?\b")
_ACTIVE_TYPES = frozenset({"/EmbeddedFile", "/RichMedia", "/FileAttachment"})


def check_pdf(data: bytes) -> None:
    """Look at every object of a PDF, those in compressed streams too.

    Raises Invalid: `file_with_active_content`, `file_encrypted` for one that needs a password, `file_damaged`.
    """
    if _SPELT.search(data):
        raise invalid("/file", "file_with_active_content")
    try:
        with pikepdf.open(BytesIO(data)) as paper:
            if len(paper.objects) > _MOST_OBJECTS:
                raise invalid("/file", "file_damaged")
            if any(_is_active(found) for found in _dictionaries(paper)):
                raise invalid("/file", "file_with_active_content")
    except pikepdf.PasswordError:
        raise invalid("/file", "file_encrypted") from None
    except (pikepdf.PdfError, RuntimeError, ValueError, OverflowError, RecursionError):
        raise invalid("/file", "file_damaged") from None


def _dictionaries(paper: pikepdf.Pdf) -> Iterator[Any]:
    for each in paper.objects:
        yield from _inside(each, _DEEPEST)
    yield from _inside(paper.trailer, _DEEPEST)


def _inside(found: Any, depth: int) -> Iterator[Any]:
    """The dictionaries written within one object; what is only referred to is an object of its own."""
    if depth == 0:
        raise invalid("/file", "file_damaged")
    if isinstance(found, pikepdf.Stream):
        found = found.stream_dict
        # The content of such a stream lies in another file or on another machine (7.3.8.2, 8.10.4).
        if "/F" in found or "/Ref" in found:
            raise invalid("/file", "file_with_active_content")
    if isinstance(found, pikepdf.Dictionary):
        yield found
        children = [child for _, child in found.items()]
    elif isinstance(found, pikepdf.Array):
        children = list(found)
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Dictionary | pikepdf.Array) and not child.is_indirect:
            yield from _inside(child, depth - 1)


def _is_active(found: Any) -> bool:
    if not _ACTIVE_KEYS.isdisjoint(found.keys()):
        return True
    if _fetches(found) or _name(found, "/FS") == "/URL":
        return True
    return _name(found, "/S") in _ACTIVE_KINDS or not {_name(found, "/Type"), _name(found, "/Subtype")}.isdisjoint(
        _ACTIVE_TYPES
    )


def _fetches(found: Any) -> bool:
    """Whether an address is opened though nobody clicks: at the opening, on an occasion, or after another action."""
    occasions = found.get("/AA")
    actions = [found.get("/OpenAction")]
    if isinstance(occasions, pikepdf.Dictionary):
        actions += [action for _, action in occasions.items()]
    following = found.get("/Next") if "/S" in found else None
    actions += list(following) if isinstance(following, pikepdf.Array) else [following]
    return any(isinstance(action, pikepdf.Dictionary) and _name(action, "/S") == "/URI" for action in actions)


def _name(found: Any, key: str) -> str:
    value = found.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""
