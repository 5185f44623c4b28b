"""Reads a clerk's workbook as a ledger: what it says, row by row, and what is wrong with each row.

How it is used (the caller brings bytes and what the database knows, and gets plain values; nothing is stored here):

    known = Known.of(today, organizations, root=None)
    reading = read_workbook(data, LEDGERS["member"], known, progress=lambda done, total: ...)
    for problem in reading.problems: ...       # a sheet that could not be taken, e.g. `missing_column`
    for row in reading:                        # Row(sheet, row, values, cells, refusals, accepted), in file order
        row.values                             # {"name": "谢涛", "joined_on": date(2006, 5, 1), ...}
        row.refusals                           # [Refusal(sheet, row, column, code, params)], empty when accepted
    reading.counts                             # total, acceptable and refused rows, once it is read through

A reading can be gone through again (it reads the file again), so nothing forces a caller to hold 100,000 rows; a ledger
with a `file_rule` (parents in the same file) is the exception. A file that is no workbook raises UnreadableWorkbook.
Every code has a text in messages.json: `backend.workbook.messages.message(code, params, language)`.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.workbook.archive import Limits, UnreadableWorkbook
from backend.workbook.cells import Cell, Unacceptable, means_nothing, plain
from backend.workbook.layout import HEADER_SEARCH, Header, find_header, is_serial, row_texts, skipped_as
from backend.workbook.ledger import Column, Known, Ledger, Refusal, Row
from backend.workbook.opening import Merge, Sheet, Source, open_sheets
from backend.workbook.stamp import read_stamp

Progress = Callable[[int, int], None]
PROGRESS_STEP = 1000
_REMEMBERED = 20_000


@dataclass
class Counts:
    total: int = 0
    refused: int = 0

    @property
    def acceptable(self) -> int:
        return self.total - self.refused


@dataclass
class SheetReport:
    """What became of one sheet: `read`, or why it was left out: `hidden`, `empty`, `no_header`, `missing_column`.
    `ignored` are titles that the ledger does not know; `skipped` counts the lines that were no data, by reason."""

    name: str
    outcome: str
    ignored: tuple[str, ...] = ()
    skipped: dict[str, int] = field(default_factory=dict)


@dataclass
class _Prepared:
    sheet: Sheet
    header: Header
    report: SheetReport


class Reading:
    """A workbook read as a ledger; iterate to get its rows. `height` is an upper bound of the rows, for progress."""

    def __init__(self, ledger: Ledger, known: Known, progress: Progress | None) -> None:
        self.ledger = ledger
        self.known = known
        self.progress = progress
        self.problems: list[Refusal] = []
        self.sheets: list[SheetReport] = []
        self.counts = Counts()
        self.prepared: list[_Prepared] = []

    @property
    def height(self) -> int:
        return sum(max(each.sheet.height - each.header.row - 1, 0) for each in self.prepared)

    def __iter__(self) -> Iterator[Row]:
        self.counts = Counts()
        rows = self._judged()
        if self.ledger.file_rule:
            held = list(rows)
            self.ledger.file_rule(held, self.known)
            rows = iter(held)
        for row in rows:
            self.counts.total += 1
            self.counts.refused += not row.accepted
            row.written = row.values
            row.values = {key: plain(value) for key, value in row.values.items()}
            yield row

    def _judged(self) -> Iterator[Row]:
        seen: dict[Any, tuple[str, int]] = {}
        done, height = 0, self.height
        for each in self.prepared:
            reader = _RowReader(each, self.ledger, self.known)
            for number, cells in enumerate(itertools.islice(each.sheet.rows(), each.header.row + 1, None)):
                done += 1
                if self.progress and done % PROGRESS_STEP == 0:
                    self.progress(done, height)
                row = reader.read(each.header.row + 1 + number, cells)
                if row is None:
                    continue
                if self.ledger.row_rule:
                    self.ledger.row_rule(row, self.known)
                _refuse_repeated(row, self.ledger, seen)
                yield row
        if self.progress:
            self.progress(height, height)


def read_workbook(
    source: Source, ledger: Ledger, known: Known, *, progress: Progress | None = None, limits: Limits | None = None
) -> Reading:
    """Open `source` and find the ledger in its visible sheets; the rows are read when the reading is iterated.

    Raises UnreadableWorkbook for a file that is no workbook, is too large, or holds another ledger's template.
    `progress(done, total)` is called every 1000 rows, and at the end.
    """
    reading = Reading(ledger, known, progress)
    sheets = open_sheets(source, limits)
    _check_stamp(sheets, ledger)
    headless: list[Sheet] = []
    for sheet in sheets:
        _prepare(sheet, reading, headless)
    if not reading.prepared and not reading.problems:
        name = headless[0].name if headless else ""
        expected = "、".join(column.title for column in ledger.required())
        code = "header_not_found" if headless else "workbook_empty"
        reading.problems.append(Refusal(name, 1, "", code, {"columns": expected}))
    return reading


def _prepare(sheet: Sheet, reading: Reading, headless: list[Sheet]) -> None:
    def report(outcome: str, ignored: tuple[str, ...] = ()) -> SheetReport:
        reading.sheets.append(SheetReport(sheet.name, outcome, ignored))
        return reading.sheets[-1]

    if sheet.hidden:
        report("hidden")
        return
    top = list(itertools.islice(sheet.rows(), HEADER_SEARCH))
    if not any(any(row_texts(row)) for row in top):
        report("empty")
        return
    header = find_header(top, sheet.merges, reading.ledger)
    if header is None:
        headless.append(sheet)
        report("no_header")
        return
    missing = [column.title for column in reading.ledger.required() if header.place_of(column.key) is None]
    if missing:
        params = {"columns": "、".join(missing)}
        reading.problems.append(Refusal(sheet.name, header.row + 1, missing[0], "missing_column", params))
        report("missing_column")
        return
    ignored = (title for index, title in enumerate(header.titles) if index not in header.keys)
    names = tuple(title for title in ignored if title and not is_serial(title))
    reading.prepared.append(_Prepared(sheet, header, report("read", names)))


def _check_stamp(sheets: Sequence[Sheet], ledger: Ledger) -> None:
    stamp = read_stamp(sheets)
    if stamp is None:
        return
    if stamp.ledger != ledger.key:
        raise UnreadableWorkbook("template_other_ledger", ledger=ledger.title)
    if not 1 <= stamp.version <= ledger.version:
        raise UnreadableWorkbook("template_version", version=stamp.version, current=ledger.version)


def _refuse_repeated(row: Row, ledger: Ledger, seen: dict[Any, tuple[str, int]]) -> None:
    if ledger.unique is None or row.refused(ledger.unique):
        return
    value = row.values.get(ledger.unique)
    here = (row.sheet, row.row)
    sheet, first = seen.setdefault(value, here)
    if (sheet, first) != here and value is not None:
        row.refuse(ledger.unique, "duplicate_in_file", sheet=sheet, row=first)


class _RowReader:
    """Turns the cells of one sheet into rows, remembering what merges and repeated texts mean."""

    def __init__(self, prepared: _Prepared, ledger: Ledger, known: Known) -> None:
        self.sheet = prepared.sheet
        self.header = prepared.header
        self.skipped = prepared.report.skipped
        self.skipped.clear()
        self.known = known
        self.columns = [(index, ledger.column(key)) for index, key in self.header.keys.items()]
        # Codes name the sheet's own title; a column that the sheet lacks goes by the ledger's.
        self.titles = {column.key: column.title for column in ledger.columns}
        self.titles |= {column.key: self.header.titles[index] for index, column in self.columns}
        self.remembered: dict[tuple[str, Cell], Any] = {}
        self.fill = _MergeFill(self.sheet.merges, [i for i, column in self.columns if column.merging])

    def read(self, number: int, cells: list[Cell]) -> Row | None:
        """The row, `number` from 0; None where it is no data."""
        texts = row_texts(cells)
        reason = skipped_as(texts, self.header)
        if reason:
            self.skipped[reason] = self.skipped.get(reason, 0) + 1
            self.fill.pass_over(number, cells)
            return None
        filled = self.fill.filled(number, cells)
        if filled is not cells:
            texts = row_texts(filled)
        row = Row(self.sheet.name, number + 1, {}, [], self.header.titles, texts, self.titles)
        for index, column in self.columns:
            missing = index >= len(texts) or means_nothing(texts[index])
            if missing and column.required:
                row.refuse(column.key, "required")
            row.values[column.key] = None if missing else self._value(row, column, filled[index])
        return row

    def _value(self, row: Row, column: Column, cell: Cell) -> Any:
        memory = (column.key, cell)
        try:
            if not column.reusable or type(cell) is not str:
                return column.parse(cell, self.known)
            if memory not in self.remembered:
                if len(self.remembered) >= _REMEMBERED:
                    self.remembered.clear()
                self.remembered[memory] = column.parse(cell, self.known)
            return self.remembered[memory]
        except Unacceptable as problem:
            row.refuse(column.key, problem.code, **problem.params)
            return None


class _MergeFill:
    """Fills merged cells down; in a CSV, which has lost its merges, the columns that the ledger says are merged."""

    def __init__(self, merges: list[Merge] | None, merging: list[int]) -> None:
        self.merging = merging if merges is None else []
        self.starting: dict[int, list[Merge]] = {}
        for merge in merges or ():
            if merge[2] > merge[0]:
                self.starting.setdefault(merge[0], []).append(merge)
        self.last_start = max(self.starting, default=-1)
        self.open: dict[int, tuple[int, Cell]] = {}
        self.above: dict[int, Cell] = {}

    def pass_over(self, number: int, cells: list[Cell]) -> None:
        """A merge may begin in a line that is no data."""
        self._begin(number, cells)

    def filled(self, number: int, cells: list[Cell]) -> list[Cell]:
        """The row with what merges give it; the same list when they give nothing."""
        self._begin(number, cells)
        given = {column: value for column, (last, value) in self.open.items() if number <= last}
        self.open = {column: each for column, each in self.open.items() if number < each[0]}
        for column in self.merging:
            if column < len(cells) and cells[column] not in ("", None):
                self.above[column] = cells[column]
            elif column in self.above:
                given[column] = self.above[column]
        if not given:
            return cells
        return [given[column] if column in given and cell in ("", None) else cell for column, cell in enumerate(cells)]

    def _begin(self, number: int, cells: list[Cell]) -> None:
        for _, left, last, _ in self.starting.get(number, ()):
            self.open[left] = (last, cells[left] if left < len(cells) else None)
