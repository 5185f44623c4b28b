"""A snapshot that the clerk asked for this morning: the organisations of the township, ready to be taken."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from backend.db.base import Session
from backend.db.change import records_as_json
from backend.db.event import START
from backend.db.member import COUNTED
from backend.db.organization_view import organizations_in
from backend.demo.calendar import at
from backend.demo.cue import Cue
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.change import Op, item_text
from backend.domain.crypto import FieldCipher
from backend.domain.demo_id import demo_id
from backend.domain.snapshot import Written, finish_snapshot, order_snapshot
from backend.domain.snapshot_file import SnapshotWriter

_ASKED = at("2026-11-20 08:54")


def snapshot_cues(session: Session, clerk: Actor, folder: Path, cipher: FieldCipher) -> Iterator[Cue]:
    """Write it as the worker would; `folder` is where snapshots lie."""
    yield Cue(_ASKED, partial(_write, session, clerk, folder, cipher, _ASKED))


async def _write(session: Session, clerk: Actor, folder: Path, cipher: FieldCipher, when: datetime) -> None:
    moment, resource = Moment(when), "organizations"
    made = await order_snapshot(session, clerk, moment, [resource], "zh-CN", id=demo_id("snapshot", "clerk/1"))
    question = organizations_in(clerk.reach("organization:read"), COUNTED)
    rows = await records_as_json(await session.connection(), question)
    with SnapshotWriter(folder, cipher, made.id) as writer:
        writer.write(item_text(Op.upsert, resource, key, record=record) for key, record in rows.items())
        writer.finish()
    # The feed is read from its beginning: what is being loaded has no place in it yet.
    counts = {resource: len(rows)}
    written = Written(counts, writer.size, writer.sha256, writer.content_sha256, START, day_of(when), when)
    await finish_snapshot(session, clerk, moment, made, written)
