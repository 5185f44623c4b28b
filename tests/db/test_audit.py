"""Whatever is done to the log after it was sealed is found and named."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.db.audit import COLUMNS, AuditSeal
from backend.db.roles import Addresses
from backend.domain.access import Moment
from backend.domain.audit.seal import seal_events
from backend.domain.audit.statement import statement_of
from backend.domain.audit.verify import verify_log
from backend.domain.signing import load_or_create_key
from tests.db.sealed import BEGAN, Log, change, close, make_log, place_of, put_at, row, seals

EVENTS, BATCH, TAIL = 40, 8, 3


@pytest.fixture(scope="module")
async def log(server: Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Log]:
    made = await make_log(server, tmp_path_factory.mktemp("key"), EVENTS, BATCH, TAIL)
    yield made
    await close(made)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory):
    return load_or_create_key(tmp_path_factory.mktemp("stranger"))


def seal_of(place: int) -> int:
    """The number of the seal over the event at `place`, counted from 0."""
    return place // BATCH + 1


async def test_an_untouched_log_is_as_it_was_sealed(log: Log) -> None:
    async with log.tampering() as connection:
        checked = await log.check(connection, noted=log.notes)
    assert (checked.findings, checked.notes) == ([], [])
    assert (checked.events, checked.unsealed, checked.last) == (EVENTS, TAIL, EVENTS // BATCH)
    assert checked.head == log.notes[-1]
    assert checked.keys == {log.key.fingerprint}


async def test_without_a_key_to_compare_with_the_limit_is_said(log: Log) -> None:
    async with log.tampering() as connection:
        checked = await log.check(connection, keys=[])
    assert [note.code for note in checked.notes] == ["audit_key_not_given"]


ALTERED: dict[str, str] = {
    "id": "gen_random_uuid()",
    "created_at": "created_at + interval '1 microsecond'",
    "transaction_id": "transaction_id",
    "sequence": "sequence",
    "kind": "'member.registered'",
    "county_id": "NULL",
    "organization_id": "gen_random_uuid()",
    "subject_kind": "'membeR'",
    "subject_id": "gen_random_uuid()",
    "actor_id": "NULL",
    "actor_name": "actor_name || ' '",
    "on_behalf_of_id": "NULL",
    "on_behalf_of_name": "''",
    "origin": "'198.51.100.8'",
    "reason": "NULL",
    "at": "at - interval '1 microsecond'",
    "data": """jsonb_set(data, '{share}', '1.00')""",
    "request_id": "NULL",
}
# A place is altered by moving the event, which has tests of its own.
PLACE = {"transaction_id", "sequence"}


def test_every_column_of_an_event_is_tried_and_sealed() -> None:
    assert set(ALTERED) == set(COLUMNS)


@pytest.mark.parametrize("column", sorted(ALTERED.keys() - PLACE - {"id"}))
async def test_an_altered_column_is_found_and_its_event_named(log: Log, column: str) -> None:
    target = log.ids[13]
    async with log.tampering() as connection:
        await change(connection, "event", column, ALTERED[column], f"id = '{target}'")
        found = await log.found(connection)
    assert found == [("event_altered", {"event": str(target), "seal": 2, "place": 6})]


async def test_what_is_null_and_what_is_missing_are_told_apart(log: Log) -> None:
    target = log.ids[0]
    async with log.tampering() as connection:
        await connection.execute(
            sa.text("UPDATE event SET data = data #- '{phone,old}' WHERE id = :id"), {"id": target}
        )
        assert await log.found(connection) == [("event_altered", {"event": str(target), "seal": 1, "place": 1})]


async def test_another_id_is_named_as_one_removed_and_one_inserted(log: Log) -> None:
    target, other = log.ids[9], UUID(int=1)
    async with log.tampering() as connection:
        await connection.execute(sa.text("UPDATE event SET id = :other WHERE id = :id"), {"id": target, "other": other})
        found = await log.found(connection)
    assert [(code, detail["event"]) for code, detail in found] == [
        ("event_removed", str(target)),
        ("event_inserted", str(other)),
    ]


PLACES = st.integers(0, EVENTS - 1)
TAMPERINGS = st.one_of(
    st.tuples(st.just("remove"), PLACES, st.integers(1, 5)),
    st.tuples(st.just("alter"), PLACES, st.sampled_from(sorted(ALTERED.keys() - PLACE - {"id"}))),
    st.tuples(st.just("insert"), PLACES, st.integers(0, 1)),
    st.tuples(st.just("swap"), PLACES, PLACES),
    st.tuples(st.just("to the end"), PLACES, st.just(0)),
    st.tuples(st.just("to the front"), PLACES, st.just(0)),
    st.tuples(st.just("cut"), st.integers(1, EVENTS), st.booleans()),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TAMPERINGS)
async def test_any_tampering_with_sealed_events_is_found_and_named(log: Log, tampering: tuple[str, int, Any]) -> None:
    kind, place, how = tampering
    target = log.ids[place % EVENTS]
    async with log.tampering() as connection:
        if kind == "remove":
            gone = log.ids[place : min(place + how, EVENTS)]
            await connection.execute(sa.text("DELETE FROM event WHERE id = ANY(:ids)"), {"ids": gone})
            named = {("event_removed", str(key)) for key in gone}
        elif kind == "alter":
            await change(connection, "event", how, ALTERED[how], f"id = '{target}'")
            named = {("event_altered", str(target))}
        elif kind == "insert":
            transaction_id, sequence = await place_of(connection, target)
            forged = row(place)
            await connection.execute(sa.insert(AuditSeal.metadata.tables["event"]), [forged])
            await put_at(connection, forged["id"], (transaction_id, sequence - how))
            named = {("event_inserted", str(forged["id"]))}
        elif kind == "swap":
            other = log.ids[how]
            here, there = await place_of(connection, target), await place_of(connection, other)
            if target == other:
                return
            await put_at(connection, target, there)
            await put_at(connection, other, here)
            named = {("event_moved", str(target)), ("event_moved", str(other))}
        elif kind == "to the end":
            transaction_id, sequence = await place_of(connection, log.ids[-1])
            await put_at(connection, target, (transaction_id, sequence + 1))
            named = {("event_removed", str(target))}
        elif kind == "to the front":
            transaction_id, sequence = await place_of(connection, log.ids[0])
            await put_at(connection, target, ("1", sequence))
            named = {("event_altered" if place == 0 else "event_moved", str(target))}
        else:
            # The tail is cut off after the seals, and some of the seals with it.
            await connection.execute(
                sa.text("DELETE FROM event WHERE id = ANY(:ids)"), {"ids": log.ids[EVENTS - place :]}
            )
            left = EVENTS // BATCH
            if how:
                left = (EVENTS - place) // BATCH
                await connection.execute(sa.text("DELETE FROM audit_seal WHERE number > :left"), {"left": left})
            found = await log.found(connection, noted=[log.notes[-1]])
            if how:
                lost = {"seal": EVENTS // BATCH, "head": left, "events": EVENTS - left * BATCH}
                assert ("noted_missing", lost) in found
            else:
                gone = {detail["event"] for code, detail in found if code == "event_removed"}
                assert gone == {str(key) for key in log.ids[EVENTS - place : EVENTS]}
            return
        found = await log.found(connection)
    told = {(code, detail.get("event")) for code, detail in found}
    assert named <= told
    assert all(detail["seal"] in range(1, EVENTS // BATCH + 1) for _, detail in found)
    # Nobody else is accused: of the events that were sealed, those alone are named that were touched.
    assert {event for _, event in told} == {event for _, event in named}


# What a seal says and keeps, each with another value.
WORDS: dict[str, str] = {
    "id": "gen_random_uuid()",
    "created_at": "created_at + interval '1 microsecond'",
    "number": "number + 1000",
    "previous": "decode(repeat('00', 32), 'hex')",
    "history": "decode(repeat('00', 32), 'hex')",
    "first_transaction_id": "first_transaction_id - 1",
    "first_sequence": "first_sequence - 1",
    "last_transaction_id": "last_transaction_id + 1",
    "last_sequence": "last_sequence + 1",
    "count": "count + 1",
    "total": "total + 1",
    "root": "decode(repeat('00', 32), 'hex')",
    "leaves_sha256": "decode(repeat('00', 32), 'hex')",
    "columns": "array_remove(columns, 'origin')",
    "key": "decode(repeat('00', 32), 'hex')",
    "signature": "decode(repeat('00', 64), 'hex')",
    "hash": "decode(repeat('00', 32), 'hex')",
    "edge": "edge || decode(repeat('00', 32), 'hex')",
    "leaves": "set_byte(leaves, 20, (get_byte(leaves, 20) + 1) % 256)",
}
BESIDE = {"id": "hash", "hash": "hash", "edge": "edge", "leaves": "leaves"}


def test_every_column_of_a_seal_is_tried() -> None:
    assert set(WORDS) == set(AuditSeal.__table__.columns.keys())


@pytest.mark.parametrize("column", sorted(WORDS))
@pytest.mark.parametrize("number", [3, EVENTS // BATCH])
async def test_an_altered_seal_is_found_and_named(log: Log, column: str, number: int) -> None:
    async with log.tampering() as connection:
        await change(connection, "audit_seal", column, WORDS[column], f"number = {number}")
        found = await log.found(connection)
    if column in BESIDE:
        assert found == [("seal_part_altered", {"seal": number, "part": BESIDE[column]})]
    elif column == "number":
        assert ("seal_altered", {"seal": number + 1000}) in found
        assert "seals_missing" in {code for code, _ in found}
    else:
        assert ("seal_altered", {"seal": number}) in found
    # The events are as they were, and nothing else is said of them.
    assert not [code for code, _ in found if code.startswith("event_")]
    assert {detail.get("seal", number) for _, detail in found} <= {number, number + 1000}


@pytest.mark.parametrize("number", [1, 3])
async def test_a_missing_seal_is_named(log: Log, number: int) -> None:
    async with log.tampering() as connection:
        await connection.execute(sa.text("DELETE FROM audit_seal WHERE number = :number"), {"number": number})
        assert await log.found(connection) == [("seals_missing", {"first": number, "last": number})]


async def test_all_seals_gone_is_found_against_a_note_and_by_the_age_of_what_waits(log: Log) -> None:
    async with log.tampering() as connection:
        await connection.execute(sa.text("DELETE FROM audit_seal"))
        found = await log.found(connection, noted=log.notes[-1:])
        assert found == [("noted_missing", {"seal": EVENTS // BATCH, "head": 0, "events": EVENTS})]
        await connection.execute(
            sa.text("UPDATE event SET created_at = created_at + interval '3 days' WHERE id = :id"), {"id": log.ids[-1]}
        )
        found = await log.found(connection)
    since = BEGAN.isoformat(timespec="seconds")
    assert found == [("sealing_stopped", {"events": EVENTS + TAIL, "since": since})]


async def test_the_range_is_named_when_event_and_index_are_both_altered(log: Log) -> None:
    async with log.tampering() as connection:
        await connection.execute(sa.text("UPDATE event SET actor_name = '他人' WHERE id = :id"), {"id": log.ids[20]})
        await change(connection, "audit_seal", "leaves", WORDS["leaves"], "number = 3")
        found = await log.found(connection)
    assert [code for code, _ in found] == ["events_differ", "seal_part_altered"]
    assert (found[0][1]["seal"], found[0][1]["count"]) == (3, BATCH)


async def sealed_anew(log: Log, connection: Any, key: Any) -> None:
    """Throw all seals away and seal what is there with another key."""
    await connection.execute(sa.text("DELETE FROM audit_seal"))
    session = sa.ext.asyncio.AsyncSession(bind=connection, join_transaction_mode="create_savepoint")
    while await seal_events(session, Moment(BEGAN), key=key, batch=BATCH):
        pass


async def test_history_that_was_written_anew_is_found_by_key_and_by_note(log: Log, stranger) -> None:
    async with log.tampering() as connection:
        await connection.execute(sa.text("DELETE FROM event WHERE id = :id"), {"id": log.ids[5]})
        await sealed_anew(log, connection, stranger)
        found = await log.found(connection)
        assert {code for code, _ in found} == {"seal_key_unknown"}
        assert found[0][1] == {"seal": 1, "key": stranger.fingerprint}
        # With the right key in wrong hands only what was noted elsewhere tells.
        assert await log.found(connection, keys=[stranger.fingerprint]) == []
        assert await log.found(connection, keys=[stranger.fingerprint], noted=[log.notes[1]]) == [
            ("noted_differs", {"seal": 2})
        ]


async def test_a_forged_note_is_called_forged(log: Log) -> None:
    forged = replace(log.notes[2], statement=replace(log.notes[2].statement, total=7))
    async with log.tampering() as connection:
        found = await log.found(connection, noted=[forged])
    assert found == [("noted_forged", {"seal": 3}), ("noted_differs", {"seal": 3})]


async def test_an_event_at_a_place_that_is_not_reached_is_named(log: Log) -> None:
    async with log.tampering() as connection:
        await put_at(connection, log.ids[-1], ("99999999999", 1))
        assert await log.found(connection) == [("event_impossible", {"count": 1})]


async def test_a_switched_off_guard_is_named(log: Log) -> None:
    async with log.tampering() as connection:
        await connection.execute(sa.text("ALTER TABLE event ENABLE TRIGGER event_append_only"))
        await connection.execute(sa.text("DROP TRIGGER audit_seal_append_only ON audit_seal"))
        checked = await verify_log(connection, keys=[log.key.fingerprint])
    assert [(one.code, one.detail) for one in checked.findings] == [("audit_guard_off", {"table": "audit_seal"})]


@pytest.mark.parametrize(("first", "last"), [(1, 2), (2, 4), (4, None), (5, 5)])
async def test_a_range_is_checked_by_itself(log: Log, first: int, last: int | None) -> None:
    ends = last or EVENTS // BATCH
    async with log.tampering() as connection:
        checked = await log.check(connection, first=first, last=last)
        assert (checked.findings, checked.events) == ([], (ends - first + 1) * BATCH)
        await connection.execute(
            sa.text("UPDATE event SET reason = '' WHERE id = ANY(:ids)"), {"ids": [log.ids[0], log.ids[EVENTS - 1]]}
        )
        found = await log.found(connection, first=first, last=last)
    assert {detail["seal"] for _, detail in found} == {1, EVENTS // BATCH} & set(range(first, ends + 1))


async def test_thousands_of_forged_events_are_counted_and_what_was_sealed_is_still_checked(log: Log) -> None:
    async with log.tampering() as connection:
        transaction_id, sequence = await place_of(connection, log.ids[3])
        await connection.execute(
            sa.text(
                "INSERT INTO event (id, created_at, transaction_id, sequence, kind, subject_kind, subject_id, at, data)"
                " OVERRIDING SYSTEM VALUE SELECT gen_random_uuid(), now(), CAST(CAST(:t AS text) AS xid8), :s, 'x',"
                " 'x', gen_random_uuid(), now(), '{}' FROM generate_series(1, 3000)"
            ),
            {"t": transaction_id, "s": sequence},
        )
        await change(connection, "event", "reason", "''", f"id = '{log.ids[6]}'")
        found = await log.found(connection)
    assert found == [
        ("many_inserted", {"seal": 1, "more_than": 1000}),
        ("event_altered", {"event": str(log.ids[6]), "seal": 1, "place": 7}),
    ]


async def test_two_workers_seal_every_event_once_while_others_write(server: Addresses, tmp_path: Path) -> None:
    log = await make_log(server, tmp_path, events=5, batch=4, tail=0)
    writing = True

    async def write(seed: int) -> None:
        for number in range(12):
            async with log.database.sessions() as session:
                await session.execute(sa.insert(AuditSeal.metadata.tables["event"]), [row(number), row(number)])
                for _ in range(seed * number % 7):
                    await asyncio.sleep(0)
                await (session.rollback() if number % 5 == seed else session.commit())

    async def worker() -> None:
        while writing:
            async with log.database.transaction() as session:
                await seal_events(session, Moment(BEGAN), key=log.key, batch=4)

    workers = [asyncio.create_task(worker()) for _ in range(2)]
    await asyncio.gather(*(write(seed) for seed in range(4)))
    writing = False
    await asyncio.gather(*workers)
    await log.seal()
    async with log.tampering() as connection:
        checked = await log.check(connection)
        kept = [statement_of(one) for one in await seals(connection)]
        events = (await connection.execute(sa.text("SELECT count(*) FROM event"))).scalar_one()
    assert (checked.findings, checked.unsealed, checked.events) == ([], 0, events)
    assert [one.number for one in kept] == list(range(1, len(kept) + 1))
    assert kept[-1].total == sum(one.count for one in kept) == events
    assert all(a.sealed_at <= b.sealed_at + timedelta(seconds=1) for a, b in itertools.pairwise(kept))
    await close(log)
