"""Checking the log against its seals: every byte of every event, every seal, and the chain, in constant memory."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.audit import (
    COLUMNS,
    AuditSeal,
    last_seal,
    leaves_between,
    leaves_with,
    seals_from,
    tail_after,
)
from backend.db.base import utc_now
from backend.db.event import START, Position
from backend.db.guards import guards_altered, guards_off
from backend.domain.audit.batch import ENTRY, batch_findings, ids_in
from backend.domain.audit.finding import Finding
from backend.domain.audit.merkle import Tree
from backend.domain.audit.seal import history_after, id_of
from backend.domain.audit.statement import Note, Statement, note_of, statement_of
from backend.domain.audit.verdict import forged_checks

MOST_FINDINGS = 1000
"""After so many a check says no more of single events: what was done is clear by then."""

PATIENCE = timedelta(hours=48)
"""So long may an event wait for its seal before a check calls that out; the worker seals every few minutes."""

_RECENTLY = timedelta(days=2)
"""A check of a part looks at the verdicts of this time; a whole one at all."""

_SEALS_AT_ONCE = 20
_FARTHEST = Position(2**63 - 1, 2**63 - 1)
_INSERTED_NAMED = 1000

Progress = Callable[[int, int], None]
"""Is told the number of the seal that was just checked, and how many events were."""


@dataclass
class Checked:
    """What a check found.  `findings` is empty exactly when everything is as it was sealed.

    `notes` are limits of what was shown.  `unsealed` events were not checked: their seal is still to come.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    first: int = 0
    last: int = 0
    events: int = 0
    unsealed: int = 0
    head: Note | None = None
    keys: set[str] = field(default_factory=set)

    def find(self, *findings: Finding) -> None:
        self.findings.extend(findings[: max(0, MOST_FINDINGS - len(self.findings))])


async def verify_log(
    connection: AsyncConnection,
    *,
    keys: Collection[str] = (),
    noted: Sequence[Note] = (),
    first: int = 1,
    last: int | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Check the events and seals from seal number `first` to `last` (None: to the end, and what comes after it).

    `connection` must see one moment (REPEATABLE READ), or what is sealed meanwhile looks like an insertion.  `keys` are
    the fingerprints whose signatures count; without any, whether someone sealed everything anew cannot be said.
    `noted` are seals that were kept elsewhere: only they show that seals were cut off at the end.
    """
    checked = Checked(first=first)
    if not keys:
        checked.notes.append(Finding("audit_key_not_given"))
    checked.find(*(Finding("audit_guard_off", {"table": table}) for table in await guards_off(connection)))
    checked.find(*(Finding("audit_guard_altered", {"what": what}) for what in await guards_altered(connection)))
    walk = _Walk(connection, checked, frozenset(keys), await _before(connection, first))
    async for seal, following in _seals(connection, first, last):
        await walk.check(seal, following)
        if progress:
            progress(seal.number, checked.events)
    checked.last = walk.number
    if last is None:
        await _check_tail(connection, checked, walk.position)
    is_whole = first <= 1 and last is None
    recently = None if is_whole else utc_now() - _RECENTLY
    async for forged in forged_checks(connection, frozenset(keys), recently):
        checked.find(Finding("audit_check_forged", {"check": str(forged.id)}))
    await _check_notes(connection, checked, noted)
    checked.findings[:] = _paired(checked.findings)
    return checked


async def _before(connection: AsyncConnection, first: int) -> AuditSeal | None:
    """The seal from whose end on a range is checked."""
    if first <= 1:
        return None
    found = await seals_from(connection, first - 1, 1)
    return found[0] if found and found[0].number == first - 1 else None


async def _each_seal(connection: AsyncConnection, first: int) -> AsyncIterator[AuditSeal]:
    number = first
    while found := await seals_from(connection, number, _SEALS_AT_ONCE):
        for seal in found:
            yield seal
        number = found[-1].number + 1


async def _seals(
    connection: AsyncConnection, first: int, last: int | None
) -> AsyncIterator[tuple[AuditSeal, AuditSeal | None]]:
    """Every seal of the range with the one that follows it, if any does."""
    waiting: AuditSeal | None = None
    async for seal in _each_seal(connection, first):
        if waiting is not None:
            yield waiting, seal
        waiting = seal if last is None or seal.number <= last else None
        if waiting is None:
            return
    if waiting is not None:
        yield waiting, None


class _Walk:
    """Goes from seal to seal and keeps what the next one must follow."""

    def __init__(
        self, connection: AsyncConnection, checked: Checked, keys: frozenset[str], before: AuditSeal | None
    ) -> None:
        self._connection, self._checked, self._keys = connection, checked, keys
        self.number, self.position = checked.first - 1, START
        self._total = 0
        self._previous: bytes | None = None
        self._history = Tree()
        if before is not None:
            said = statement_of(before)
            self.position, self._total, self._previous = said.last, said.total, before.hash
            self._take_up(before)

    async def check(self, seal: AuditSeal, following: AuditSeal | None) -> None:
        said = statement_of(seal)
        signed = said.is_signed_by(seal.signature)
        self._checked.keys.add(said.fingerprint)
        if self._keys and said.fingerprint not in self._keys:
            self._find("audit_seal_key_unknown", seal=seal.number, key=said.fingerprint)
        if not signed:
            self._find("audit_seal_altered", seal=seal.number)
        elif seal.hash != said.hash() or seal.id != id_of(seal.hash):
            self._find("audit_seal_part_altered", seal=seal.number, part="hash")
        follows = seal.number == self.number + 1
        if not follows:
            self._find("audit_seals_missing", first=self.number + 1, last=seal.number - 1)
            # What they covered cannot be checked; from here on the rest can.
            self._take_up(seal, before=True)
            if signed:
                self.position = max(self.position, _just_before(said.first))
        elif signed:
            self._check_chain(seal, said)
        if signed:
            await self._check_events(seal, said, [(said.columns, said.last)])
        elif follows:
            await self._check_events(seal, said, await self._guesses(seal, said, following))
        self.number = seal.number
        self._total = said.total if signed else self._total + len(seal.leaves) // ENTRY
        self._previous = said.hash() if signed else seal.hash
        self._history.add(self._previous)

    async def _guesses(
        self, seal: AuditSeal, said: Statement, following: AuditSeal | None
    ) -> list[tuple[Sequence[str], Position]]:
        """What the leaves of a seal may have spoken of and where they may have ended, when no word of it counts."""
        if following is not None:
            ends = [_just_before(statement_of(following).first)]
        else:
            ends = [max(said.last, self.position)]
            count = len(seal.leaves) // ENTRY
            ends += (await leaves_between(self._connection, self.position, _FARTHEST, COLUMNS, count)).places[-1:]
        layouts = [COLUMNS, said.columns] if set(said.columns) <= set(COLUMNS) else [COLUMNS]
        return [(columns, end) for columns in layouts for end in ends]

    def _check_chain(self, seal: AuditSeal, said: Statement) -> None:
        if said.previous != self._previous:
            self._find("audit_chain_broken", seal=seal.number)
        elif said.history != self._history.root():
            self._find("audit_history_broken", seal=seal.number)
        elif seal.edge != self._history.edge():
            self._find("audit_seal_part_altered", seal=seal.number, part="edge")
        if said.first <= self.position or said.last < said.first or said.total != self._total + said.count:
            self._find("audit_count_differs", seal=seal.number)

    async def _check_events(
        self, seal: AuditSeal, said: Statement, readings: Sequence[tuple[Sequence[str], Position]]
    ) -> None:
        """Compare the events up to the seal's end with its leaves; of several readings the best fit counts."""
        limit = len(seal.leaves) // ENTRY + _INSERTED_NAMED
        best: tuple[list[Finding], bool, int, Position] | None = None
        for columns, end in readings:
            leaves = await leaves_between(self._connection, self.position, end, columns, limit + 1)
            many: list[Finding] = []
            if len(leaves.ids) > limit:
                # Too many to name: the sealed ones among them are looked up by themselves.
                many = [Finding("audit_many_inserted", {"seal": seal.number, "more_than": _INSERTED_NAMED})]
                leaves = await leaves_with(self._connection, ids_in(seal.leaves), columns)
            differing, index_holds = batch_findings(seal, said, leaves)
            if best is None or len(many) + len(differing) < len(best[0]):
                best = ([*many, *differing], index_holds, len(leaves.ids), end)
        assert best is not None
        found, index_holds, count, end = best
        self.position = max(self.position, end)
        self._checked.events += count
        self._checked.find(*found)
        if len(readings) == 1 and not index_holds:
            self._find("audit_seal_part_altered", seal=seal.number, part="leaves")

    def _take_up(self, seal: AuditSeal, *, before: bool = False) -> None:
        """Go on from what a seal keeps of the history, up to it or before it."""
        try:
            self._history = Tree(seal.number - 1, seal.edge) if before else history_after(seal)
        except ValueError:
            self._find("audit_seal_part_altered", seal=seal.number, part="edge")

    def _find(self, code: str, **detail: Any) -> None:
        self._checked.find(Finding(code, detail))


def _just_before(position: Position) -> Position:
    return Position(position.transaction_id, position.sequence - 1)


async def _check_tail(connection: AsyncConnection, checked: Checked, position: Position) -> None:
    """What comes after the last seal: not sealed yet, or nothing that the program can have written."""
    tail = await tail_after(connection, position)
    checked.unsealed = tail.events
    # In a copy that was restored and not started yet, even what is sealed seems to lie ahead.
    if tail.impossible and tail.reached > position.transaction_id:
        checked.find(Finding("audit_event_impossible", {"count": tail.impossible}))
    # By the log's own time: a copy that was restored later has not waited.
    if tail.since is not None and tail.newest is not None and tail.newest - tail.since > PATIENCE:
        since = tail.since.isoformat(timespec="seconds")
        checked.find(Finding("audit_sealing_stopped", {"events": tail.events, "since": since}))


async def _check_notes(connection: AsyncConnection, checked: Checked, noted: Sequence[Note]) -> None:
    """Seals that were kept elsewhere must still be there, word for word."""
    newest = await last_seal(connection)
    checked.head = note_of(newest) if newest is not None else None
    for note in noted:
        said = note.statement
        if not note.holds:
            checked.find(Finding("audit_noted_forged", {"seal": said.number}))
        found = await seals_from(connection, said.number, 1)
        if found and found[0].number == said.number:
            if statement_of(found[0]).hash() != said.hash():
                checked.find(Finding("audit_noted_differs", {"seal": said.number}))
        elif newest is None or newest.number < said.number:
            head, total = (newest.number, newest.total) if newest is not None else (0, 0)
            lost = {"seal": said.number, "head": head, "events": max(0, said.total - total)}
            checked.find(Finding("audit_noted_missing", lost))


def _paired(findings: Sequence[Finding]) -> list[Finding]:
    """An event that is gone from one seal and turned up in another was moved."""
    gone = {one.detail["event"] for one in findings if one.code == "audit_event_removed"}
    come = {one.detail["event"] for one in findings if one.code == "audit_event_inserted"}
    told = []
    for one in findings:
        if one.detail.get("event") in gone & come:
            if one.code == "audit_event_removed":
                told.append(Finding("audit_event_moved", one.detail))
        else:
            told.append(one)
    return told
