"""One XML part of an office paper, read as it unpacks: what it declares, and whether anything in it reaches out.

The text is decoded, references are resolved and names are split from their prefixes by libxml2, so that no spelling of
a thing differs from another.  A part may be in UTF-8 or UTF-16 alone, as the packaging standard says (ECMA-376-2,
9.1.4), whatever it calls itself; a document type, without which there are no entities, is refused.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lxml import etree

from backend.domain.content.field import Fields, field_reaches_out, formula_reaches_out


class NotXml(Exception):
    """A part that does not parse."""


class _Active(Exception):
    """Something that runs, fetches or hides; ends the reading of the part."""


class _Macro(Exception):
    """A name by which a program starts by itself; ends the reading of the part."""


@dataclass(frozen=True, slots=True)
class Relation:
    kind: str
    """The last segment of its type, in small letters."""
    target: str
    external: bool


@dataclass(slots=True)
class Seen:
    """What was read of a part."""

    relations: list[Relation] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    active: bool = False
    macro: bool = False


_Attributes = dict[str, str]

_FORMULAS = frozenset(
    {"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula"}
)
_INSTRUCTIONS = frozenset({"instrText", "delInstrText", "t"})
_MOST_NAMES = 10_000
"""Different elements that one part may have; what a program writes has hundreds."""
_NEVER = frozenset({"ddeLink", "oleLink", "OLEObject", "connectString", "script", "foreignObject", "iframe", "html"})
_STARTS_ITSELF = re.compile(r"(_xlnm\.)?auto_(open|close|activate|deactivate)", re.IGNORECASE)
_ACTIONS = re.compile(r"\s*ppaction://(program|macro|ole)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\s*([a-z][a-z0-9+.-]+:|//|\\\\)", re.IGNORECASE)
# Pictures within the paper itself, or that were within a mail.
_WITHIN = re.compile(r"\s*(data:image/|cid:)", re.IGNORECASE)
_DECLARED = re.compile(r"<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_ENCODINGS = frozenset({"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii"})


def looks_like_xml(first: bytes) -> bool:
    """Whether a reader would take bytes that begin so for XML, in whatever encoding."""
    return first[:256].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def read_part(pieces: Iterable[bytes], *, lenient: bool = False) -> Seen:
    """What a part declares, and whether it reaches out.  All pieces are taken, also after something was found.

    `lenient` reads on over faults, as every reader of VML does.  Raises NotXml.
    """
    reading = _Reading()
    parser: etree.XMLParser | None = None
    broken = False
    for piece in pieces:
        if broken or reading.seen.active or reading.seen.macro or not piece:
            continue
        try:
            if parser is None:
                parser = _parser(piece, reading, lenient=lenient)
            parser.feed(piece)
        except _Active:
            reading.seen.active = True
        except _Macro:
            reading.seen.macro = True
        except (etree.XMLSyntaxError, LookupError, ValueError):
            broken = True
    if parser is None or broken:
        raise NotXml
    if not (reading.seen.active or reading.seen.macro):
        # What the parser had kept back is told at the end only, and may reach out as well.
        try:
            parser.close()
        except _Active:
            reading.seen.active = True
        except _Macro:
            reading.seen.macro = True
        except (etree.XMLSyntaxError, LookupError, ValueError):
            raise NotXml from None
    return reading.seen


def _parser(first: bytes, reading: "_Reading", *, lenient: bool) -> etree.XMLParser:
    head = first[:1024]
    encoding = "UTF-8"
    if head.startswith((b"\xff\xfe", b"<\0")):
        encoding = "UTF-16LE"
    elif head.startswith((b"\xfe\xff", b"\0<")):
        encoding = "UTF-16BE"
    declared = _DECLARED.search(head.decode(encoding, "replace"))
    if declared and declared[1].lower() not in _ENCODINGS:
        raise ValueError(declared[1])
    return etree.XMLParser(
        target=reading,
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        recover=lenient,
    )


class _Reading:
    """What libxml2 tells of a part, judged as it comes."""

    def __init__(self) -> None:
        self.seen = Seen()
        self._fields = Fields()
        self._text: list[str] | None = None
        self._known: dict[str, tuple[Callable[[_Attributes], None] | None, bool]] = {}
        self._at: dict[str, Callable[[_Attributes], None]] = {
            "Relationship": self._relation,
            "Default": self._default,
            "Override": self._override,
            "fldChar": self._field_mark,
            "fldSimple": self._simple_field,
            "definedName": self._name,
            "hlinkClick": self._action,
            "hlinkMouseOver": self._action,
            "hlinkHover": self._action,
            "imagedata": self._source,
            "fill": self._source,
            "stroke": self._source,
            "image": self._source,
            "feImage": self._source,
            "use": self._source,
        }

    def doctype(self, *_: object) -> None:
        raise _Active

    def start(self, tag: str, attributes: _Attributes) -> None:
        # Most elements of a large part are cells of a sheet, of which nothing is asked: one look-up for each.
        try:
            look, is_text = self._known[tag]
        except KeyError:
            look, is_text = self._known[tag] = self._meaning(tag)
        if look is not None:
            look({key.rpartition("}")[2]: value for key, value in attributes.items()})
        if is_text:
            self._text = []

    def _meaning(self, tag: str) -> tuple[Callable[[_Attributes], None] | None, bool]:
        space, _, name = tag.rpartition("}")
        if name in _NEVER:
            raise _Active
        if len(self._known) >= _MOST_NAMES:
            raise ValueError(len(self._known))
        is_text = name in _INSTRUCTIONS and "wordprocessingml" in space
        is_text = is_text or (name in _FORMULAS and ("spreadsheetml" in space or "/excel/" in space))
        return self._at.get(name), is_text

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if self._text is None:
            return
        name = tag.rpartition("}")[2]
        if name in _FORMULAS:
            if formula_reaches_out("".join(self._text)):
                raise _Active
        elif name not in _INSTRUCTIONS:
            return
        elif name != "t" or self._fields.is_within_code():
            self._fields.add("".join(self._text))
        self._text = None

    def close(self) -> None:
        self._fields.close()
        self.seen.active = self.seen.active or self._fields.found

    def _relation(self, at: _Attributes) -> None:
        kind = at.get("Type", "").strip().rstrip("/").rpartition("/")[2].lower()
        external = at.get("TargetMode", "").strip().lower() == "external"
        self.seen.relations.append(Relation(kind, at.get("Target", "").strip(), external))

    def _default(self, at: _Attributes) -> None:
        self.seen.defaults[at.get("Extension", "").lower()] = at.get("ContentType", "").strip()

    def _override(self, at: _Attributes) -> None:
        self.seen.overrides[at.get("PartName", "").lower()] = at.get("ContentType", "").strip()

    def _field_mark(self, at: _Attributes) -> None:
        match at.get("fldCharType"):
            case "begin":
                self._fields.begin()
            case "separate":
                self._fields.separate()
            case "end":
                self._fields.end()
        if self._fields.found:
            raise _Active

    def _simple_field(self, at: _Attributes) -> None:
        if field_reaches_out(at.get("instr", "")):
            raise _Active

    def _name(self, at: _Attributes) -> None:
        if _STARTS_ITSELF.match(at.get("name", "")):
            raise _Macro

    def _action(self, at: _Attributes) -> None:
        if _ACTIONS.match(at.get("action", "")):
            raise _Active

    def _source(self, at: _Attributes) -> None:
        if any(_ELSEWHERE.match(at[key]) and not _WITHIN.match(at[key]) for key in ("src", "href") if key in at):
            raise _Active
