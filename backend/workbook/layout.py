"""Finds what is data in a sheet that was laid out for printing: where its header is, and which lines are none."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from backend.domain.identity import compact
from backend.workbook.cells import Cell, text_of
from backend.workbook.ledger import Column, Ledger
from backend.workbook.opening import Merge

# Titles, notes and units above a header take a few lines; a header further down than this is none.
HEADER_SEARCH = 40
_LEVELS = 3
_SERIALS = frozenset({"序号", "编号", "no", "no.", "#"})
_BRACKETED = re.compile(r"[(\[（【].*?[)\]）】]")
_TOTAL = re.compile(
    r"(本页|本表|全县|全镇|全乡|本年)?(合计|小计|总计|共计|累计|总数)[::]?(\(?共?\d*[人名个条户项件]*\)?)?|共\d+[人名个条户项件]"
)
_SIGNERS = (
    "填表人|制表人|审核人|填报人|填表单位|填报单位|报送单位|单位负责人|主要负责人|负责人|分管领导|联系人|联系电话|填报时间|填表时间|填报日期"
    "|填表日期|制表日期|制表时间|复核人|经办人|审批人|录入人|签字|签名|盖章|单位\\(盖章\\)|注|备注|说明|填表说明"
)
_SIGN_OFF = re.compile(rf"({_SIGNERS})(\([^)]*\))?[::].*|(填表人|制表人|审核人|填报人|经办人|复核人)", re.DOTALL)
_SAMPLES = frozenset({"示例", "例", "样例", "例如", "填写示例"})


class Header(NamedTuple):
    """`row` is the lowest header row, from 0. `titles` by column index as the sheet has them without white space,
    `keys` the ledger's column keys by index. `above` are the texts of the rows down to and with the header."""

    row: int
    titles: tuple[str, ...]
    keys: dict[int, str]
    above: frozenset[tuple[str, ...]]

    def place_of(self, key: str) -> int | None:
        return next((index for index, each in self.keys.items() if each == key), None)


def find_header(rows: Sequence[Sequence[Cell]], merges: Sequence[Merge] | None, ledger: Ledger) -> Header | None:
    """The header among the first rows of a sheet, None where no row (or two or three rows, one under the other) names
    at least two of the ledger's columns."""
    texts = [[_title(cell) for cell in row] for row in rows]
    _spread(texts, merges or ())
    best: tuple[int, int, int] | None = None
    for bottom in range(len(texts)):
        for depth in range(1, min(_LEVELS, bottom + 1) + 1):
            found = len(_match(_leaves(texts, bottom, depth), ledger))
            if best is None or (found, -depth, -bottom) > best:
                best = (found, -depth, -bottom)
    if best is None or best[0] < min(2, len(ledger.columns)):
        return None
    bottom, depth = -best[2], -best[1]
    leaves = _leaves(texts, bottom, depth)
    above = frozenset(row_texts(row) for row in rows[: bottom + 1])
    return Header(bottom, tuple(leaf for leaf, _ in leaves), _match(leaves, ledger), above)


def skipped_as(texts: tuple[str, ...], header: Header) -> str | None:
    """Why a row of texts is no data: `blank`, `header` (repeated on a later page), `total`, `sign_off`, `sample`;
    None for data. A row that fills no column of the ledger is blank, whatever number or remark stands beside."""
    first = next((text for text in texts if text), "")
    if not first:
        return "blank"
    if texts in header.above:
        return "header"
    filled = [index for index in header.keys if index < len(texts) and texts[index]]
    word = compact(first)
    second = compact(next((text for text in texts if text and not text.isdigit()), ""))
    if word in _SAMPLES:
        return "sample"
    if _TOTAL.fullmatch(word) or _TOTAL.fullmatch(second):
        return "total"
    if _SIGN_OFF.fullmatch(word):
        return "sign_off"
    if not filled:
        return "blank"
    if not _repeats(texts, header, filled[0]):
        return None
    return "header" if 2 * sum(_repeats(texts, header, index) for index in filled) > len(filled) else None


def _repeats(texts: tuple[str, ...], header: Header, index: int) -> bool:
    return compact(texts[index]) == compact(header.titles[index])


def row_texts(row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(text_of(cell) for cell in row)


def is_serial(title: str) -> bool:
    """Whether a title is that of running numbers, which no ledger keeps."""
    return compact(title).casefold() in _SERIALS


def _title(cell: Cell) -> str:
    return "".join(text_of(cell).split())


def _spread(texts: list[list[str]], merges: Sequence[Merge]) -> None:
    """Give every cell of a merged range its text, as a reader sees it."""
    for top, left, bottom, right in merges:
        if top >= len(texts) or left >= len(texts[top]):
            continue
        for row in texts[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                row[column] = row[column] or texts[top][left]


def _leaves(texts: list[list[str]], bottom: int, depth: int) -> list[tuple[str, str]]:
    """For each column its own title, the lowest of the header rows, and the title of the group above it."""
    width = max(len(row) for row in texts[bottom - depth + 1 : bottom + 1])
    levels = [[*row, *[""] * (width - len(row))] for row in texts[bottom - depth + 1 : bottom + 1]]
    groups = _carried(levels[-2]) if depth > 1 else [""] * width
    return [
        (next((level[column] for level in reversed(levels) if level[column]), ""), groups[column])
        for column in range(width)
    ]


def _carried(level: list[str]) -> list[str]:
    """A row of group titles where each stands over the columns to its right too, as merges that a CSV lost."""
    carried: list[str] = []
    for title in level:
        carried.append(title or (carried[-1] if carried else ""))
    return carried


def _match(leaves: list[tuple[str, str]], ledger: Ledger) -> dict[int, str]:
    """Column keys by index. A column's own title goes before its synonyms, and the left of two before the right."""
    exact = {_folded(column.title): column for column in reversed(ledger.columns)}
    known = {_folded(word): column for column in reversed(ledger.columns) for word in column.synonyms} | exact
    keys: dict[int, str] = {}
    for names in (exact, known):
        for spelling in (_folded, _unbracketed):
            for index, (leaf, group) in enumerate(leaves):
                column: Column | None = names.get(spelling(leaf)) or names.get(spelling(group + leaf))
                if leaf and column and index not in keys and column.key not in keys.values():
                    keys[index] = column.key
    return dict(sorted(keys.items()))


def _folded(title: str) -> str:
    return compact(title).casefold().strip("*:·")


def _unbracketed(title: str) -> str:
    return _BRACKETED.sub("", _folded(title))
