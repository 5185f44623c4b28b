"""Sealing what was recorded: a batch of events, its Merkle root, the seals before it, and a signature."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from backend.db.audit import COLUMNS, AuditSeal, Leaves, last_seal, sealing_is_mine, unsealed_leaves
from backend.db.base import Session, utc_now
from backend.db.event import START, Position
from backend.domain.access import Moment
from backend.domain.audit.merkle import Tree, leaf_hashes, root_of
from backend.domain.audit.statement import Statement, statement_of
from backend.domain.signing import SigningKey

BATCH = 4096
"""Events of one seal at the most: a check holds one batch at a time, and a proof stays short."""


async def seal_events(session: Session, moment: Moment, *, key: SigningKey, batch: int = BATCH) -> int:
    """Seal the oldest events that nothing can come before any more; returns how many, 0 when none is left.

    An event of a transaction that still runs is left for a later seal, and so is everything younger.  Several workers
    may try: one seals, the others find nothing to do.  A seal is no event: each would ask for the next one.
    """
    del moment  # The county's clock may be moved in a demonstration; seals are told by the machine's.
    if not await sealing_is_mine(session):
        return 0
    before = await last_seal(session)
    position = START if before is None else statement_of(before).last
    leaves = await unsealed_leaves(session, position, batch)
    if leaves.ids:
        session.add(_sealed(before, leaves, key))
        await session.flush()
    return len(leaves.ids)


def _sealed(before: AuditSeal | None, leaves: Leaves, key: SigningKey) -> AuditSeal:
    hashes = leaf_hashes(leaves.texts)
    index, count = index_of(leaves.ids, hashes), len(leaves.ids)
    history = history_after(before)
    statement = Statement(
        number=before.number + 1 if before else 1,
        previous=before.hash if before else None,
        history=history.root(),
        first=Position(leaves.transaction_ids[0], leaves.sequences[0]),
        last=Position(leaves.transaction_ids[-1], leaves.sequences[-1]),
        count=count,
        total=count + (before.total if before else 0),
        root=root_of(hashes),
        leaves_sha256=hashlib.sha256(index).digest(),
        columns=COLUMNS,
        # To the hour: whoever sees when a batch was sealed could tell when a sender came, by what else is in it.
        sealed_at=utc_now().replace(minute=0, second=0, microsecond=0),
        key=key.public_key,
    )
    return AuditSeal(
        id=id_of(statement.hash()),
        created_at=statement.sealed_at,
        number=statement.number,
        previous=statement.previous,
        history=statement.history,
        first_transaction_id=statement.first.transaction_id,
        first_sequence=statement.first.sequence,
        last_transaction_id=statement.last.transaction_id,
        last_sequence=statement.last.sequence,
        count=statement.count,
        total=statement.total,
        root=statement.root,
        leaves_sha256=statement.leaves_sha256,
        columns=list(statement.columns),
        key=statement.key,
        signature=key.sign(statement.message()),
        hash=statement.hash(),
        edge=history.edge(),
        leaves=index,
    )


def id_of(seal_hash: bytes) -> UUID:
    """A seal's id, so that no column of it is left to choose."""
    return UUID(bytes=seal_hash[:16])


def index_of(ids: Sequence[bytes], hashes: Sequence[bytes]) -> bytes:
    """Id and leaf hash of every event of a batch, one after the other."""
    return b"".join([part for pair in zip(ids, hashes, strict=True) for part in pair])


def history_after(seal: AuditSeal | None) -> Tree:
    """The tree over the hashes of all seals up to and with `seal`. Raises ValueError when its edge was altered."""
    if seal is None:
        return Tree()
    tree = Tree(seal.number - 1, seal.edge)
    tree.add(seal.hash)
    return tree
