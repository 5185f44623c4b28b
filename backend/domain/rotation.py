"""Carrying everything encrypted over to the newest key, in batches, while everybody works on.

Each batch is one transaction of its own: whoever reads meanwhile finds a row under the old key or under the new one,
and both open.  Killed at any point, the next run finds by the first bytes what is left.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.encrypted import EncryptedColumn, put_ciphertexts, row_id, rows_after
from backend.domain.access import SYSTEM, Moment
from backend.domain.crypto import HEAD, FieldCipher, Unreadable
from backend.domain.event import record

BATCH = 500
"""Rows that one transaction carries over: whoever wants to change one of them waits for the rest of its batch."""


@dataclass
class Carried:
    """What became of a batch: where it ended (None: nothing is left), how many were carried over, which were not."""

    last: tuple[Any, ...] | None
    renewed: int = 0
    unreadable: int = 0


async def renew_batch(
    session: Session, cipher: FieldCipher, of: EncryptedColumn, after: tuple[Any, ...] | None
) -> Carried:
    """Carry over the next rows of a column that are not under the newest key, with their hashes.

    A row that cannot be opened is left as it is and counted: its key must not be retired.
    """
    found = await rows_after(session, of, after, BATCH)
    carried = Carried(tuple(found[-1][: len(of.key)]) if found else None)
    head, changed = cipher.head, []
    for row in found:
        try:
            held, hashed = _renewed(cipher, of, row_id(row._row), row._held, head)
        except Unreadable:
            carried.unreadable += 1
            continue
        if held is not None:
            changed.append((tuple(row[: len(of.key)]), held, hashed))
    await put_ciphertexts(session, of, changed)
    carried.renewed = len(changed)
    return carried


def _renewed(
    cipher: FieldCipher, of: EncryptedColumn, row: UUID, held: Any, head: bytes
) -> tuple[Any | None, bytes | None]:
    if of.within:
        return _renewed_within(cipher, of.within, row, held, head), None
    if held[:HEAD] == head:
        return None, None
    text = cipher.decrypt(held, of.place, row)
    return cipher.encrypt(text, of.place, row), cipher.search_hash(text, of.place) if of.hashed is not None else None


def _renewed_within(
    cipher: FieldCipher, places: Mapping[str, str], row: UUID, held: Mapping[str, Any], head: bytes
) -> dict[str, Any] | None:
    changes = {}
    for member, place in places.items():
        sealed = base64.b64decode(held.get(member) or "")
        if sealed and sealed[:HEAD] != head:
            changes[member] = base64.b64encode(cipher.encrypt(cipher.decrypt(sealed, place, row), place, row)).decode()
    return {**held, **changes} if changes else None


@dataclass
class Rotation:
    """What a change of keys did: rows and files carried over by where they lie, and what could not be opened."""

    number: int
    renewed: dict[str, int] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    retired: list[str] = field(default_factory=list)

    def note(self, place: str, renewed: int, unreadable: int) -> None:
        self.renewed[place] = self.renewed.get(place, 0) + renewed
        if unreadable:
            self.unreadable[place] = self.unreadable.get(place, 0) + unreadable


def record_rotation(session: Session, moment: Moment, done: Rotation) -> None:
    """Write down that everything lies under another key now; the key itself is told nowhere."""
    record(
        session,
        SYSTEM,
        moment,
        "key.rotated",
        county_id=None,
        organization_id=None,
        subject_id=UUID(int=done.number),
        data={"number": done.number, "renewed": done.renewed, "retired": done.retired},
    )
