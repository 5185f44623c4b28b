"""`guanbiao keys rotate`: the next keys, everything encrypted carried over to them, the old ones retired."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from backend.db.base import utc_now
from backend.db.encrypted import encrypted_columns, older_transactions
from backend.db.engine import Database
from backend.domain.access import Moment
from backend.domain.crypto import FieldCipher
from backend.domain.feedback.photo import PLACE as PHOTO_PLACE
from backend.domain.keys import ANNOUNCED, KeyFolder
from backend.domain.ledger.upload import PLACE as UPLOAD_PLACE
from backend.domain.rotation import Rotation, record_rotation, renew_batch
from backend.domain.sealed_file import files_under_others, renew_sealed
from backend.domain.snapshot_file import PLACE as SNAPSHOT_PLACE
from backend.domain.snapshot_file import renew_snapshot
from backend.domain.storage import PLACE as FILE_PLACE
from backend.domain.storage import Storage
from backend.settings import Settings

_LEARNING = 2.0
"""Seconds after which every process has looked at the keys again."""
_PATIENCE = timedelta(minutes=30)


class NotYet(Exception):
    """Something is still under an old key, so that it cannot be retired: the command is to be run again."""


Renew = Callable[[Path, FieldCipher, str, UUID], bool]


def sealed_folders(settings: Settings) -> dict[str, tuple[Path, Renew]]:
    """Where files lie encrypted, by the place that they are bound to, and how one is encrypted anew."""
    return {
        UPLOAD_PLACE: (settings.imports, renew_sealed),
        PHOTO_PLACE: (settings.photos, renew_sealed),
        SNAPSHOT_PLACE: (settings.snapshots, renew_snapshot),
    }


async def rotate(
    settings: Settings,
    database: Database,
    say: Callable[[str], None],
    announced: timedelta = ANNOUNCED,
) -> Rotation:
    """Change the keys, or go on with a change that was broken off.

    Other processes learn the new keys within `announced`; then everything is encrypted with them.  Raises NotYet when
    something cannot be opened, or when a transaction does not end that may still write under the old key.
    """
    keys = KeyFolder(settings.data, announced)
    ring = keys.ring()
    broken_off = len(ring.fields) > 1
    number = max(ring.fields) if broken_off else keys.make_next()
    say(f"{'going on with' if broken_off else 'made'} key {number}; waiting until every process knows it")
    while keys.ring(anew=True).current != number:  # noqa: ASYNC110 - the clock makes it so, nobody tells
        await asyncio.sleep(0.2)
    # Whoever looked just before looks again within this.
    await asyncio.sleep(_LEARNING)
    done = Rotation(number)
    cipher = FieldCipher(ring.fields, ring.search_keys[0], settings.field_cipher, keys.ring)
    await _pass(settings, database, cipher, done, say)
    await _await_older_transactions(database)
    # What began before everybody wrote with the new key has ended; whatever it left is carried over now.
    await _pass(settings, database, cipher, done, say)
    if done.unreadable:
        left = ", ".join(f"{place}: {count}" for place, count in sorted(done.unreadable.items()))
        raise NotYet(f"cannot be opened with any key here, so no key was retired ({left})")
    done.retired = keys.retire_before(number)
    async with database.transaction() as session:
        record_rotation(session, Moment(utc_now()), done)
    return done


async def _pass(
    settings: Settings, database: Database, cipher: FieldCipher, done: Rotation, say: Callable[[str], None]
) -> None:
    done.unreadable.clear()
    for of in encrypted_columns():
        after = None
        while True:
            async with database.transaction() as session:
                carried = await renew_batch(session, cipher, of, after)
            done.note(str(of), carried.renewed, carried.unreadable)
            if carried.last is None:
                break
            after = carried.last
        say(f"{of}: {done.renewed[str(of)]}")
    for place, (folder, renew) in sealed_folders(settings).items():
        await asyncio.to_thread(_renew_files, folder, renew, cipher, place, done)
        say(f"{place}: {done.renewed.get(place, 0)}")
    storage = Storage(settings.attachments, cipher)
    await asyncio.to_thread(_renew_stored, storage, done)
    say(f"{FILE_PLACE}: {done.renewed.get(FILE_PLACE, 0)}")


def _renew_stored(storage: Storage, done: Rotation) -> None:
    for digest in storage.under_others():
        renewed = storage.renew(digest)
        done.note(FILE_PLACE, int(renewed), int(not renewed and storage.is_there(digest)))


def _renew_files(folder: Path, renew: Renew, cipher: FieldCipher, place: str, done: Rotation) -> None:
    for file_id in files_under_others(folder, cipher.head):
        renewed = renew(folder, cipher, place, file_id)
        done.note(place, int(renewed), int(not renewed and (folder / str(file_id)).exists()))


async def _await_older_transactions(database: Database) -> None:
    """Wait for every transaction that began before this moment."""
    begun = utc_now()
    while True:
        since = (utc_now() - begun).total_seconds()
        async with database.transaction() as session:
            if not await older_transactions(session, since):
                return
        if since > _PATIENCE.total_seconds():
            raise NotYet("a transaction does not end that may still write under the old key; end it and run this again")
        await asyncio.sleep(0.5)
