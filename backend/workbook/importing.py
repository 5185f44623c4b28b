"""From an uploaded file to the rows that the domain judges: opened in a thread, read in portions, never held whole."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, Iterator, Sequence
from datetime import date

from backend.apart import WorkFailed, apart
from backend.db.base import Session
from backend.db.ledger import LedgerImport
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Invalid, Problem
from backend.domain.ledger.adapter import Adapter, Mentions, Root, Scope
from backend.domain.ledger.adapters import ADAPTERS
from backend.domain.ledger.row import Planned
from backend.domain.ledger.scope import find_scope, folded
from backend.domain.ledger.work import Deed, Report, check_ledger, commit_ledger
from backend.workbook.archive import Limits, UnreadableWorkbook
from backend.workbook.cells import means_nothing
from backend.workbook.ledger import Known, KnownOrganization, Ledger, Refusal, Row
from backend.workbook.ledgers import LEDGERS
from backend.workbook.opening import OLE
from backend.workbook.reading import Reading, read_workbook

# What a file may be at the most to be looked at within a request; anything larger is left to a job.
SMALL = Limits(file_bytes=1 << 20, unpacked_bytes=24 << 20, rows=5000, columns=200, cells=250_000)
_TOO_LARGE = frozenset({"workbook_too_large", "sheet_too_long", "sheet_too_wide", "sheet_too_large"})

_CHUNK = 2000
# The names in the first rows tell the county; a file of 100,000 need not be read twice for them.
_MENTIONING_ROWS = 3000


async def is_small(data: bytes, ledger: str) -> bool:
    """Whether a file can be worked on within a request; raises Invalid for one that is no workbook at all."""
    if data.startswith(OLE):
        # The old format is read by tables that the file itself brings; what they lead into ends with that process.
        try:
            return await apart(_is_small, data, ledger)
        except WorkFailed:
            raise _unreadable(UnreadableWorkbook("workbook_damaged")) from None
    return await asyncio.to_thread(_is_small, data, ledger)


def _is_small(data: bytes, ledger: str) -> bool:
    try:
        opened = read_workbook(data, LEDGERS[ledger], Known(date.max), limits=SMALL)
    except UnreadableWorkbook as unreadable:
        if unreadable.code in _TOO_LARGE:
            return False
        raise _unreadable(unreadable) from None
    return opened.height <= LEDGERS[ledger].small_rows


async def work_on(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    run: LedgerImport,
    data: bytes,
    deed: Deed,
    report: Report,
) -> None:
    """Check or commit an import by its file.

    Raises Invalid with the reader's code at `/file` for a file in which there is no such ledger, and what `find_scope`
    and the verbs of the ledger raise.
    """
    adapter, ledger = ADAPTERS[run.ledger], LEDGERS[run.ledger]
    today = day_of(moment.now)

    async def mentions() -> Mentions:
        return await asyncio.to_thread(_mentions, data, ledger, adapter, today)

    scope = await find_scope(session, actor, adapter, run.organization_id, today, mentions)
    file = await asyncio.to_thread(_open, data, ledger, adapter, scope)
    verb = check_ledger if deed == "check" else commit_ledger
    await verb(session, actor, moment, cipher, run, scope, file, report)


class _OpenedFile:
    """A workbook as the domain walks over it."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.problems: Sequence[Refusal] = reading.problems
        self.columns = _columns(reading)

    @property
    def height(self) -> int:
        return self.reading.height

    async def chunks(self, scope: Scope) -> AsyncGenerator[list[Planned], None]:
        rows = iter(self.reading)
        # Rows that refer to one another are judged together; the reader holds them all anyway.
        size = None if self.reading.ledger.file_rule else _CHUNK
        coming = asyncio.create_task(asyncio.to_thread(_take, rows, size))
        try:
            while chunk := await coming:
                # The next portion is read while the database is busy with this one.
                coming = asyncio.create_task(asyncio.to_thread(_take, rows, size))
                yield chunk
        finally:
            with contextlib.suppress(Exception):
                await coming


def _take(rows: Iterator[Row], size: int | None) -> list[Planned]:
    return [_planned(row) for row in itertools.islice(rows, size)]


def _planned(row: Row) -> Planned:
    cells = row.cells
    texts = {key: cells[title] for key, title in row.columns.items() if title in cells}
    values = {
        key: value
        for key, value in row.written.items()
        # A blank cell of a yes-or-no column is read as no, but says nothing about a record that is known.
        if value is not None and not (value is False and means_nothing(texts.get(key, "")))
    }
    # Nothing else asks what the reader read; 100,000 rows of it would be some 300 MB.
    row.values, row.written, row.texts = {}, {}, ()
    return Planned(0, row, texts, values)


def _columns(reading: Reading) -> list[dict[str, str]]:
    """The known columns of all sheets, in the order of the first sheet that has them."""
    found: dict[str, str] = {}
    for each in reading.prepared:
        for index, key in sorted(each.header.keys.items()):
            found.setdefault(each.header.titles[index], key)
    return [{"key": key, "title": title} for title, key in found.items()]


def _open(data: bytes, ledger: Ledger, adapter: Adapter, scope: Scope) -> _OpenedFile:
    try:
        reading = read_workbook(data, ledger, _known(adapter, scope))
    except UnreadableWorkbook as unreadable:
        raise _unreadable(unreadable) from None
    if not reading.prepared and (problem := reading.problems[0]).code in {"header_not_found", "workbook_empty"}:
        raise Invalid(problem.code, problems=[Problem("/file", problem.code, problem.params)], **problem.params)
    return _OpenedFile(reading)


def _unreadable(unreadable: UnreadableWorkbook) -> Invalid:
    problem = Problem("/file", unreadable.code, unreadable.params)
    return Invalid(unreadable.code, problems=[problem], **unreadable.params)


def _known(adapter: Adapter, scope: Scope) -> Known:
    places = (
        KnownOrganization(str(place.id), place.name, place.kind, place.parent)
        for place in scope.places
        if place.reached or adapter.founds
    )
    return Known.of(scope.today, places, None, scope.county.region_code if scope.county else None)


def _mentions(data: bytes, ledger: Ledger, adapter: Adapter, today: date) -> Mentions:
    try:
        rows = list(itertools.islice(read_workbook(data, ledger, Known(today)), _MENTIONING_ROWS))
    except UnreadableWorkbook as unreadable:
        raise _unreadable(unreadable) from None
    names: set[str] = set()
    roots: list[Root] = []
    for row in rows:
        planned = _planned(row)
        names.update(filter(None, map(folded, adapter.mentions(planned.texts))))
        if root := adapter.root(planned.values):
            roots.append(root)
    return Mentions(sorted(names), roots)
