"""The events of one seal against what was sealed: whether they are the same, and which of them are not."""

import hashlib
from collections.abc import Iterator, Sequence
from uuid import UUID

from backend.db.audit import AuditSeal, Leaves
from backend.domain.audit.finding import Finding
from backend.domain.audit.merkle import HASH_BYTES, leaf_hashes, root_of
from backend.domain.audit.seal import index_of
from backend.domain.audit.statement import Statement

ID_BYTES = 16
ENTRY = ID_BYTES + HASH_BYTES
_sha256 = hashlib.sha256


def ids_in(leaves: bytes) -> list[UUID]:
    """The ids of the events that a seal's index names."""
    ends = range(ENTRY, len(leaves) + 1, ENTRY)
    return [UUID(bytes=leaves[end - ENTRY : end - HASH_BYTES]) for end in ends]


def batch_findings(seal: AuditSeal, said: Statement, found: Leaves) -> tuple[list[Finding], bool]:
    """What differs between the events found, in their order, and the ones that were sealed.

    Also whether the index kept beside the seal is the one that was signed: with it every single event is named,
    without it only the range.
    """
    findings = [
        Finding("audit_column_filled", {"event": _text(key), "seal": seal.number})
        for key, beyond in zip(found.ids, found.beyond, strict=True)
        if beyond
    ]
    hashes = leaf_hashes(found.texts)
    index = index_of(found.ids, hashes)
    if _sha256(index).digest() == said.leaves_sha256 and root_of(hashes) == said.root:
        if len(hashes) != said.count or not _spans(found, said):
            findings.append(Finding("audit_count_differs", {"seal": seal.number}))
        return findings, index == seal.leaves
    if _sha256(seal.leaves).digest() == said.leaves_sha256 and len(seal.leaves) % ENTRY == 0:
        differing = list(_differences(seal, found, hashes))
        return [*findings, *(differing or [all_of(seal)])], True
    if root_of(hashes) == said.root:
        return findings, False
    return [*findings, all_of(seal)], False


def _spans(found: Leaves, said: Statement) -> bool:
    """Whether the events begin and end where the seal says."""
    places = found.places
    return bool(places) and (places[0], places[-1]) == (said.first, said.last)


def all_of(seal: AuditSeal) -> Finding:
    """All that can be said when neither the events nor the index are what was signed."""
    return Finding(
        "audit_events_differ",
        {
            "seal": seal.number,
            "count": seal.count,
            "first": f"{seal.first_transaction_id}/{seal.first_sequence}",
            "last": f"{seal.last_transaction_id}/{seal.last_sequence}",
        },
    )


def _differences(seal: AuditSeal, found: Leaves, hashes: Sequence[bytes]) -> Iterator[Finding]:
    """Name every event that was removed, inserted, altered or moved; places count from 1."""
    kept = [seal.leaves[start : start + ENTRY] for start in range(0, len(seal.leaves), ENTRY)]
    sealed = {entry[:ID_BYTES]: (place, entry[ID_BYTES:]) for place, entry in enumerate(kept, 1)}
    there = set(found.ids)
    for key, (place, _) in sealed.items():
        if key not in there:
            yield Finding("audit_event_removed", {"event": _text(key), "seal": seal.number, "place": place})
    # A moved event is altered too, since its place is among its columns; its neighbours stay in order among themselves.
    common = [key for key in found.ids if key in sealed]
    in_order = [entry[:ID_BYTES] for entry in kept if entry[:ID_BYTES] in there]
    moved = {here for here, should in zip(common, in_order, strict=False) if here != should}
    for key, hashed, place_found in zip(found.ids, hashes, found.places, strict=True):
        if key not in sealed:
            where = {"transaction_id": place_found.transaction_id, "sequence": place_found.sequence}
            yield Finding("audit_event_inserted", {"event": _text(key), "seal": seal.number, **where})
        elif sealed[key][1] != hashed:
            code = "audit_event_moved" if key in moved else "audit_event_altered"
            yield Finding(code, {"event": _text(key), "seal": seal.number, "place": sealed[key][0]})


def _text(key: bytes) -> str:
    return str(UUID(bytes=key))
