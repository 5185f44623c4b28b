"""Notes and proofs: what is written is read back, and nothing else is taken for one."""

import json
import tempfile
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.db.audit import COLUMNS, AuditSeal, Leaves
from backend.domain.audit import seal as sealing
from backend.domain.audit.finding import Finding
from backend.domain.audit.proof import check_proof, proof_of
from backend.domain.audit.statement import Statement, Unfit, note_of, read_note, statement_of
from backend.domain.signing import load_or_create_key

KEY = load_or_create_key(Path(tempfile.mkdtemp()))
STRANGER = load_or_create_key(Path(tempfile.mkdtemp()))


def batch(number: int, size: int) -> Leaves:
    ids = [uuid4() for _ in range(size)]
    texts = [json.dumps({"id": str(key), "actor_name": "陶明", "data": {"n": place}}) for place, key in enumerate(ids)]
    return Leaves([key.bytes for key in ids], [number] * size, list(range(1, size + 1)), texts, [False] * size)


def log(sizes: list[int], key: Any = KEY) -> tuple[list[AuditSeal], list[Leaves]]:
    """Seals over batches of these sizes, as the worker makes them."""
    seals: list[AuditSeal] = []
    batches = [batch(number, size) for number, size in enumerate(sizes, 1)]
    for leaves in batches:
        seals.append(sealing._sealed(seals[-1] if seals else None, leaves, key))
    return seals, batches


SEALS, BATCHES = log([5, 1, 8, 3, 7, 2])


def proof(number: int, place: int, head: int | None = None) -> dict[str, Any]:
    leaves = BATCHES[number - 1]
    newest = SEALS[(head or len(SEALS)) - 1]
    hashes = [one.hash for one in SEALS[: newest.number - 1]]
    return proof_of(leaves.texts[place], leaves.ids[place], SEALS[number - 1], newest, hashes)


def codes(told: Any, **options: Any) -> list[str]:
    content = told if isinstance(told, bytes) else json.dumps(told).encode()
    options.setdefault("keys", [KEY.fingerprint])
    return [one.code for one in check_proof(content, **options).findings]


@pytest.mark.parametrize("number", range(1, 7))
def test_every_event_is_proved_up_to_every_later_seal(number: int) -> None:
    for place in range(len(BATCHES[number - 1].ids)):
        for head in range(number, 7):
            assert codes(proof(number, place, head), noted=[note_of(SEALS[head - 1])]) == []


def test_a_proof_shows_the_event_as_it_was_sealed() -> None:
    proved = check_proof(json.dumps(proof(3, 4)).encode(), keys=[KEY.fingerprint])
    assert proved.event is not None
    assert proved.event["id"] == str(UUID(bytes=BATCHES[2].ids[4]))
    assert (proved.seal, proved.head) == (note_of(SEALS[2]), note_of(SEALS[5]))


def test_without_key_or_note_the_limit_is_said() -> None:
    proved = check_proof(json.dumps(proof(1, 1)).encode())
    assert (proved.findings, proved.notes) == ((), (Finding("audit_key_not_given"),))


LIES = {
    "event": lambda told: told | {"event": told["event"].replace("陶明", "甄红")},
    "place": lambda told: told | {"place": told["place"] + 1},
    "path": lambda told: told | {"path": told["path"][:-1]},
    "another path": lambda told: told | {"path": [told["path"][0][::-1], *told["path"][1:]]},
    "seal": lambda told: told | {"seal": note_of(SEALS[4]).described()},
    "head": lambda told: told | {"head": note_of(SEALS[4]).described()},
    "history": lambda told: told | {"history": told["history"][1:]},
}


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_proof_that_says_anything_else_does_not_hold(lie: str) -> None:
    told = json.loads(json.dumps(LIES[lie](proof(3, 4)), ensure_ascii=False))
    if lie == "event":
        told["event"] = told["event"].replace("\\u9676\\u660e", "甄红")
    assert codes(told) != []


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_one_altered_character_anywhere_is_found(data: st.DataObject) -> None:
    content = bytearray(json.dumps(proof(3, 4), separators=(",", ":")).encode())
    place = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(32, 126).filter(lambda char: char != content[place]))
    before = json.loads(bytes(content))
    content[place] = other
    try:
        same = json.loads(bytes(content)) == before
    except ValueError:
        same = False
    assert same or codes(bytes(content)) != []


@given(
    st.one_of(
        st.binary(max_size=50),
        st.recursive(st.none() | st.text() | st.integers(), st.lists).map(lambda v: json.dumps(v).encode()),
    )
)
def test_what_is_no_proof_is_said_to_be_none(content: bytes) -> None:
    assert codes(content) == ["audit_proof_unreadable"]


def test_a_proof_signed_by_a_stranger_is_not_the_county_s() -> None:
    seals, batches = log([4, 4], STRANGER)
    told = proof_of(batches[0].texts[0], batches[0].ids[0], seals[0], seals[1], [seals[0].hash])
    assert codes(told) == ["audit_seal_key_unknown", "audit_seal_key_unknown"]
    assert codes(told, keys=[], noted=[note_of(SEALS[1])]) == ["audit_proof_noted"]


def test_a_note_of_a_later_seal_cannot_be_compared_and_that_is_said() -> None:
    proved = check_proof(json.dumps(proof(1, 0, 2)).encode(), keys=[KEY.fingerprint], noted=[note_of(SEALS[4])])
    assert (proved.findings, [note.code for note in proved.notes]) == ((), ["audit_proof_noted_other"])


@pytest.mark.parametrize("seal", SEALS, ids=lambda seal: str(seal.number))
def test_a_note_is_read_as_it_was_written(seal: AuditSeal) -> None:
    note = read_note(json.loads(json.dumps(note_of(seal).described())))
    assert note == note_of(seal)
    assert note.holds


def test_every_member_of_a_statement_is_signed() -> None:
    said = statement_of(SEALS[2])
    other = Statement(
        number=9,
        previous=None,
        history=b"h" * 32,
        first=replace(said.first, sequence=99),
        last=replace(said.last, sequence=99),
        count=9,
        total=9,
        root=b"r" * 32,
        leaves_sha256=b"l" * 32,
        columns=COLUMNS[1:],
        sealed_at=datetime(2030, 1, 1, tzinfo=UTC),
        key=STRANGER.public_key,
    )
    assert said.is_signed_by(SEALS[2].signature)
    for member in fields(Statement):
        changed = replace(said, **{member.name: getattr(other, member.name)})
        assert not changed.is_signed_by(SEALS[2].signature), member.name
        assert changed.hash() != said.hash()


@pytest.mark.parametrize(
    "member", ["format", "number", "history", "first", "columns", "sealed_at", "signature", "hash"]
)
def test_a_note_that_lacks_or_bends_a_member_is_none(member: str) -> None:
    told = note_of(SEALS[1]).described()
    for bent in ({**told, member: None}, {**told, member: "00"}, {k: v for k, v in told.items() if k != member}):
        if member == "hash" and member not in bent:
            continue
        with pytest.raises(Unfit):
            read_note(bent)
