"""The proof that one event stands in the log as it was sealed: made here, checked anywhere without the database."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.db.audit import AuditSeal
from backend.domain.audit.batch import ENTRY, ID_BYTES
from backend.domain.audit.finding import Finding
from backend.domain.audit.merkle import HASH_BYTES, leaf_hash, path_of, root_from_path
from backend.domain.audit.statement import Note, Unfit, note_of, read_note

FORMAT = "guanbiao-proof-1"
_LONGEST_PATH = 64


def proof_of(leaf: str, event_id: bytes, seal: AuditSeal, head: AuditSeal, hashes: Sequence[bytes]) -> dict[str, Any]:
    """The proof as JSON values: the event, its way to the root of its seal, and the seal's way to the newest one.

    `leaf` is the event as it was sealed; `hashes` are those of all seals before `head`.
    """
    entries = [seal.leaves[start : start + ENTRY] for start in range(0, len(seal.leaves), ENTRY)]
    place = next(place for place, entry in enumerate(entries) if entry[:ID_BYTES] == event_id)
    later = head.number > seal.number
    return {
        "format": FORMAT,
        "event": leaf,
        "place": place,
        "path": [step.hex() for step in path_of([entry[ID_BYTES:] for entry in entries], place)],
        "seal": note_of(seal).described(),
        "head": note_of(head).described() if later else None,
        "history": [step.hex() for step in path_of(hashes, seal.number - 1)] if later else [],
    }


@dataclass(frozen=True, slots=True)
class Proved:
    """What a proof shows. It holds exactly when there are no `findings`; `notes` are limits of what it shows."""

    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()
    event: Mapping[str, Any] | None = None
    seal: Note | None = None
    head: Note | None = None


def check_proof(content: bytes, *, keys: Collection[str] = (), noted: Sequence[Note] = ()) -> Proved:
    """Check a proof with nothing but itself. Never raises: whatever is wrong is a finding.

    `keys` are fingerprints whose signatures count, `noted` seals that were kept elsewhere; without either, a proof
    that somebody made up and signed with a key of their own cannot be told from a true one, and a note says so.
    """
    try:
        told = json.loads(content)
        if not isinstance(told, Mapping) or told.get("format") != FORMAT:
            raise Unfit("format")
        leaf, event = told["event"], json.loads(told["event"])
        seal = read_note(told["seal"])
        head = read_note(told["head"]) if told["head"] is not None else None
        path, history = _path(told["path"]), _path(told["history"])
        place = int(told["place"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return Proved((Finding("audit_proof_unreadable", {"what": str(error)[:100]}),))
    said = seal.statement
    findings = [
        Finding("audit_proof_signature", {"seal": note.statement.number})
        for note in (seal, head)
        if note is not None and not note.holds
    ]
    if root_from_path(leaf_hash(leaf.encode()), place, said.count, path) != said.root:
        findings.append(Finding("audit_proof_leaf"))
    if head is not None:
        before = head.statement.number - 1
        if root_from_path(said.hash(), said.number - 1, before, history) != head.statement.history:
            findings.append(Finding("audit_proof_history", {"seal": said.number, "head": head.statement.number}))
    notes: list[Finding] = []
    for note in (seal, head):
        if keys and note is not None and note.statement.fingerprint not in keys:
            detail = {"seal": note.statement.number, "key": note.statement.fingerprint}
            findings.append(Finding("audit_seal_key_unknown", detail))
    for kept in noted:
        _compare(kept, [note for note in (seal, head) if note is not None], findings, notes)
    if not keys and not noted:
        notes.append(Finding("audit_key_not_given"))
    return Proved(tuple(findings), tuple(notes), event, seal, head)


def _compare(kept: Note, shown: Sequence[Note], findings: list[Finding], notes: list[Finding]) -> None:
    """A seal of the proof must be the one that was kept elsewhere, when it is of the same number."""
    same = [note for note in shown if note.statement.number == kept.statement.number]
    if not same:
        detail = {"seal": kept.statement.number, "head": shown[-1].statement.number}
        notes.append(Finding("audit_proof_noted_other", detail))
    elif same[0].statement.hash() != kept.statement.hash():
        findings.append(Finding("audit_proof_noted", {"head": kept.statement.number}))


def _path(told: Any) -> list[bytes]:
    if not isinstance(told, list) or len(told) > _LONGEST_PATH:
        raise Unfit("path")
    steps = [bytes.fromhex(step) for step in told]
    if any(len(step) != HASH_BYTES for step in steps):
        raise Unfit("path")
    return steps
