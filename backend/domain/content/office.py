"""Office papers that are archives (OOXML, OFD): what they are, and that nothing in them runs or fetches.

What a part is follows from the list of types, what it is for from the relation that leads to it; names count only
where they are one more reason to refuse.
"""

import itertools
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from backend.domain.content.archive import Allowance, Damaged, entries_of, unpacked
from backend.domain.content.part import NotXml, Relation, Seen, looks_like_xml, read_part
from backend.domain.errors import invalid

_DEEPEST = 2
"""A chart in a paper carries its figures as a workbook of its own; a workbook inside that one has no reason to be."""

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml."
_KINDS = {
    _WORD + "document.main+xml": _WORD + "document",
    _WORD + "template.main+xml": _WORD + "document",
    _SHEET + "sheet.main+xml": _SHEET + "sheet",
    _SHEET + "template.main+xml": _SHEET + "sheet",
    _SLIDES + "presentation.main+xml": _SLIDES + "presentation",
    _SLIDES + "slideshow.main+xml": _SLIDES + "presentation",
    _SLIDES + "template.main+xml": _SLIDES + "presentation",
}
"""Types of a main part, and the media type of the paper."""
_OFD = "application/ofd"
_CHARTS = frozenset(
    {
        "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
        "application/vnd.ms-office.chartex+xml",
    }
)
_TYPES, _RELATIONS, _VML = "[content_types].xml", "package.relationships+xml", "vmldrawing"
_MACROS = re.compile(r"vba(Project|Data)|(^|/)(macrosheets|dialogsheets)/|(^|/)activeX/", re.IGNORECASE)
_MACRO_TYPE = re.compile(
    r"macroEnabled|vbaProject|vbaData|macrosheet|dialogsheet|keyMapCustomizations|attachedToolbars", re.IGNORECASE
)
_ACTIVE_TYPE = re.compile(
    r"activeX|oleObject|externalLink|connections\+|queryTable|volatileDependencies|webextension|customUI"
    r"|html|rtf|javascript|ecmascript|msdownload|shockwave",
    re.IGNORECASE,
)
# Relations by which a paper runs, includes or fetches something; a plain link that one clicks is none.
_MACRO_RELATIONS = frozenset(
    {"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet", "dialogsheet", "keymapcustomizations"}
    | {"attachedtoolbars"}
)
_ACTIVE_RELATIONS = frozenset(
    {"attachedtemplate", "oleobject", "frame", "subdocument", "afchunk", "control", "activexcontrolbinary"}
    | {"externallink", "externallinkpath", "connections", "querytable", "volatiledependencies", "extensibility"}
    | {"webextension", "webextensiontaskpanes", "mailmergesource", "mailmergeheadersource", "htmlpubsaveas"}
)
_LINK = re.compile(r"(https?|mailto|ftp|tel|file):|[a-z]:[\\/]|[^:]*($|[/#?]|:\d)", re.IGNORECASE)
_EXECUTABLE = re.compile(
    r"\.(exe|dll|scr|com|bat|cmd|ps1|vbs|js|jse|wsf|hta|msi|jar|lnk|html?|xhtml|mht|mhtml|rtf|swf)$", re.IGNORECASE
)
_LARGEST_INSIDE = 50 * 1024 * 1024
_ARCHIVE, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (_OLE, b"MZ", b"\x7fELF", b"{\\rtf", b"MIME-Version:")


@dataclass(slots=True)
class _Paper:
    """What is known of a package while it is looked through."""

    data: bytes
    allowance: Allowance
    depth: int
    types: Seen = field(default_factory=Seen)
    charts_books: set[str] = field(default_factory=set)
    """Parts that charts keep their figures in."""
    main: list[str] = field(default_factory=list)

    def type_of(self, name: str) -> str:
        low = f"/{name}".lower()
        return self.types.overrides.get(low) or self.types.defaults.get(low.rpartition(".")[2], "")

    def pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        for piece in unpacked(self.data, entry):
            self.allowance.take(len(piece))
            yield piece


def office_kind(data: bytes) -> str:
    """The media type of an office paper.

    Raises Invalid: `file_kind_refused` for any other archive, `file_with_macros`, `file_with_active_content` for what
    runs, fetches or hides another file, `file_unpacks_too_large` for a bomb, `file_encrypted`, `file_damaged`.
    """
    return _kind(data, Allowance(len(data)), 1)


def _kind(data: bytes, allowance: Allowance, depth: int) -> str:
    try:
        return _look_through(_Paper(data, allowance, depth), entries_of(data))
    except (Damaged, NotXml):
        raise invalid("/file", "file_damaged") from None


def _look_through(paper: _Paper, entries: list[zipfile.ZipInfo]) -> str:
    entries = [entry for entry in entries if not entry.is_dir()]
    by_name = {entry.filename.lower(): entry for entry in entries}
    if any(_MACROS.search(name) for name in by_name):
        raise invalid("/file", "file_with_macros")
    if any(_EXECUTABLE.search(name) for name in by_name):
        raise _active()
    is_ofd = _TYPES not in by_name and any(entry.filename == "OFD.xml" for entry in entries)
    if _TYPES not in by_name and not is_ofd:
        raise invalid("/file", "file_kind_refused")
    # Two parts of one name, or one in pieces: readers differ in what they take.
    if len(by_name) != len(entries) or any(name.endswith(".piece") for name in by_name):
        raise Damaged
    if not is_ofd:
        _learn_types(paper, by_name.pop(_TYPES), by_name)
    relations = [name for name in by_name if name.endswith(".rels") or _RELATIONS in paper.type_of(name).lower()]
    for name in relations:
        _learn_relations(paper, by_name.pop(name))
    kind = _OFD if is_ofd else _main_kind(paper)
    for entry in by_name.values():
        _look(paper, entry)
    return kind


def _main_kind(paper: _Paper) -> str:
    if len(paper.main) != 1 or paper.type_of(paper.main[0]) not in _KINDS:
        raise invalid("/file", "file_kind_refused")
    return _KINDS[paper.type_of(paper.main[0])]


def _learn_types(paper: _Paper, entry: zipfile.ZipInfo, names: Iterable[str]) -> None:
    paper.types = _clean(read_part(paper.pieces(entry)))
    # A program often declares endings that a paper has no part of.
    declared = [*paper.types.overrides.values(), *(paper.type_of(name) for name in names)]
    if any(_MACRO_TYPE.search(kind) for kind in declared):
        raise invalid("/file", "file_with_macros")
    if any(_ACTIVE_TYPE.search(kind) for kind in declared):
        raise _active()


def _learn_relations(paper: _Paper, entry: zipfile.ZipInfo) -> None:
    folder, _, file = entry.filename.rpartition("/")
    base = posixpath.dirname(folder)
    source = posixpath.join(base, file[: -len(".rels")])
    for relation in _clean(read_part(paper.pieces(entry))).relations:
        _judge(relation)
        target = posixpath.normpath(posixpath.join("/", base, unquote(relation.target))).lstrip("/").lower()
        if relation.kind == "officedocument" and not base:
            paper.main.append(target)
        if relation.kind == "package":
            if paper.type_of(source) not in _CHARTS:
                raise _active()
            paper.charts_books.add(target)


def _judge(relation: Relation) -> None:
    if relation.kind in _MACRO_RELATIONS:
        raise invalid("/file", "file_with_macros")
    if relation.kind in _ACTIVE_RELATIONS:
        raise _active()
    # Whatever lies elsewhere is fetched when the paper opens, all but what one clicks.
    if relation.external and (relation.kind != "hyperlink" or not _LINK.match(relation.target)):
        raise _active()


def _look(paper: _Paper, entry: zipfile.ZipInfo) -> None:
    """Look at one entry as it unpacks, so that a large one is never in memory as a whole."""
    pieces = paper.pieces(entry)
    first = next(pieces, b"")
    if first.startswith(_ARCHIVE):
        inner = first + b"".join(_at_most(pieces, _LARGEST_INSIDE))
        if paper.depth >= _DEEPEST:
            raise _active()
        kind = _kind(inner, paper.allowance, paper.depth + 1)
        if entry.filename.lower() not in paper.charts_books or kind != _SHEET + "sheet":
            raise _active()
        return
    if first.startswith(_FOREIGN):
        raise _active()
    kind = paper.type_of(entry.filename).lower()
    whole = itertools.chain((first,), pieces)
    if _VML in kind or entry.filename.lower().endswith(".vml"):
        _clean(read_part(whole, lenient=True))
    elif first and (looks_like_xml(first) or kind.endswith("xml") or entry.filename.lower().endswith(".xml")):
        _clean(read_part(whole))
    else:
        for _ in whole:
            pass


def _clean(seen: Seen) -> Seen:
    if seen.macro:
        raise invalid("/file", "file_with_macros")
    if seen.active:
        raise _active()
    return seen


def _active() -> Exception:
    return invalid("/file", "file_with_active_content")


def _at_most(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    for piece in pieces:
        limit -= len(piece)
        if limit < 0:
            raise invalid("/file", "file_unpacks_too_large", limit=f"{_LARGEST_INSIDE >> 20} MiB")
        yield piece
