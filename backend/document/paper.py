"""The resolution as plain values, and how its text is read into headings and paragraphs."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Level = Literal["paragraph", "heading1", "heading2", "heading3", "heading4"]

_HEADINGS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("heading1", re.compile(r"[一二三四五六七八九十]+、")),
    ("heading2", re.compile(r"[（(][一二三四五六七八九十]+[）)]")),
    ("heading3", re.compile(r"\d{1,2}[.．](?!\d)")),
    ("heading4", re.compile(r"[（(]\d{1,2}[）)]")),
)
_TITLE_CHARACTERS_PER_LINE = 20
_GOOD_LAST_CHARACTERS = "的和与及、》）”"


@dataclass(frozen=True, slots=True)
class PaperAttachment:
    """An attachment of a paper; one without body and table is only named, since it goes out as a file of its own.

    The first row of `table` is its header, and every row has as many cells.
    """

    title: str
    body: str = ""
    table: tuple[tuple[str, ...], ...] = ()

    @property
    def printed(self) -> bool:
        return bool(self.body.strip() or self.table)


@dataclass(frozen=True, slots=True)
class ResolutionPaper:
    """All that is printed on a resolution.

    `body` is plain text, a paragraph a line; a line starting with 一、 （一） 1. （1） is a heading.
    `title` may hold line breaks; without them a long one is broken into lines of about equal length.
    `number` is printed with hexagonal brackets and without leading zeros, however it was typed.
    A `draft` is headed 送审稿 and has no red head, no number and no 版记: only an adopted resolution may carry them.
    """

    issuing_body: str
    number: str
    title: str
    addressee: str
    body: str
    dated_on: date
    vote_explanation: str = ""
    attachments: tuple[PaperAttachment, ...] = ()
    copies_to: tuple[str, ...] = ()
    printed_by: str = ""
    printed_on: date | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the body: `lead` is set in the typeface of its level, `rest` in that of the body."""

    level: Level
    lead: str
    rest: str = ""


def issue_number(agency_code: str, year: int, serial: int) -> str:
    """发文字号 after GB/T 9704-2012 7.2.5: full year in hexagonal brackets, serial without leading zero or 第."""
    return f"{agency_code}〔{year}〕{serial}号"


def with_hexagonal_brackets(number: str) -> str:
    """The number as the standard prints it; a text that is no issue number is returned as it is."""
    number = clean(number)
    found = re.fullmatch(r"(.+?)\s*[\[(（【〔﹝［](\d{4})[\])）】〕﹞］]\s*第?\s*0*(\d+)\s*号", number)
    return issue_number(found[1], int(found[2]), int(found[3])) if found else number


def chinese_date(day: date) -> str:
    """成文日期 in Arabic digits without leading zeros (GB/T 9704-2012 7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"


def blocks_of(body: str) -> tuple[Block, ...]:
    """The paragraphs of a plain text; blank lines are dropped."""
    return tuple(_block(line) for line in (clean(raw) for raw in body.splitlines()) if line)


def clean(text: str) -> str:
    """The text without indents and control characters, which neither XML nor a font can show."""
    return "".join(char for char in text.strip().strip("　") if char >= " " and char not in "\x7f\ufffe\uffff")


def title_lines(title: str) -> tuple[str, ...]:
    """The lines of a title: as given, or of about equal length and if possible broken after a particle."""
    given = tuple(line for line in (clean(raw) for raw in title.splitlines()) if line)
    if len(given) != 1:
        return given
    (rest,) = given
    lines: list[str] = []
    while len(rest) > _TITLE_CHARACTERS_PER_LINE:
        wanted = -(-len(rest) // _TITLE_CHARACTERS_PER_LINE)
        ideal = -(-len(rest) // wanted)
        near = range(max(1, ideal - 4), min(_TITLE_CHARACTERS_PER_LINE, ideal + 4) + 1)
        cut = min(near, key=lambda place: (rest[place - 1] not in _GOOD_LAST_CHARACTERS, abs(place - ideal)))
        lines.append(rest[:cut])
        rest = rest[cut:]
    return (*lines, rest)


def attachment_lines(attachments: tuple[PaperAttachment, ...]) -> tuple[str, ...]:
    """附件说明 (7.3.4): one attachment is not numbered, and no title ends with a mark."""
    titles = [clean(attachment.title.replace("\n", "")).rstrip("。；;，,") for attachment in attachments]
    return tuple(titles) if len(titles) == 1 else tuple(f"{place}.{title}" for place, title in enumerate(titles, 1))


def _block(line: str) -> Block:
    for level, pattern in _HEADINGS:
        if not pattern.match(line):
            continue
        # A heading that runs on into its paragraph is a heading up to its first full stop only.
        lead, stop, rest = line.partition("。")
        if not rest:
            return Block(level, line)
        return Block(level, lead + stop, rest)
    return Block("paragraph", "", line)
