"""What is out of sight is answered as if it did not exist: the same words, the same questions, the same time."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import zip_longest
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from backend.db.organization import Organization
from backend.domain.access import ROLE_PERMISSIONS
from tests.matrix.table import Operation, expected, operations
from tests.matrix.test_matrix import world
from tests.matrix.world import MAKERS, Subject, World, is_everywhere

__all__ = ["world"]

# Set anew by every request, whatever it is about.
_OWN = {"request_id"}
_HEADERS = {"x-request-id", "date"}


def hidden_from() -> list[tuple[Operation, str]]:
    """Every operation about one record or one place, with a role from which those of another county are hidden."""
    found = []
    for operation in operations():
        if operation.line.kind == "nothing" or operation.needs is None:
            continue
        for role in ROLE_PERMISSIONS:
            if not is_everywhere(role) and hides(operation, role):
                found.append((operation, role))
                break
    return found


def hides(operation: Operation, role: str) -> bool:
    return expected(operation, role, reads_above=False, place="elsewhere") == "hidden"


HIDDEN = hidden_from()


def nowhere() -> Organization:
    return Organization(id=uuid4(), county_id=uuid4(), path="", name="nowhere", kind="office", valid_from=date.min)


async def asked(world: World, operation: Operation, role: str, subject: Subject, *, missing: bool) -> httpx.Response:
    """Ask about the record, or, word for word the same, about one that there is not."""
    if missing:
        inside = {name: nowhere() for name in world.inside["elsewhere"]}
        world = replace(
            world,
            places={**world.places, "elsewhere": nowhere()},
            inside={**world.inside, "elsewhere": inside},
        )
        subject = replace(subject, id=uuid4(), place=world.places["elsewhere"])
    line = operation.line
    sent = line.sent(world, "elsewhere", subject) if line.sent else {}
    path = operation.path.replace("{id}", str(subject.id))
    for name, value in sent.pop("path", {}).items():
        path = path.replace(f"{{{name}}}", value)
    if operation.versioned:
        sent["headers"] = {"if-match": f'"{subject.version}"'}
    return await world.ask(operation.method, path, world.callers[role, False], **sent)


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """The statements that the application sends, without their values."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = world.app.state.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.slow
async def test_what_is_hidden_is_answered_like_what_is_missing(world: World) -> None:
    """Word by word, header by header, and by the same statements to the database in the same order."""
    assert len(HIDDEN) > 40
    subjects: dict[str, Subject] = {}
    different: list[str] = []
    for operation, role in HIDDEN:
        world.app.state.throttles.clear()
        maker = operation.line.maker
        if maker not in subjects:
            subjects[maker] = await MAKERS[maker](world, "elsewhere", world.callers[role, False])
        answers, sent = [], []
        for missing in (False, True):
            with statements(world) as seen:
                answers.append(await asked(world, operation, role, subjects[maker], missing=missing))
            sent.append(seen)
        told = [_told(answer) for answer in answers]
        if told[0] != told[1] or told[0][0] != 404:
            different.append(f"{operation.id}: {told}")
        elif sent[0] != sent[1]:
            first = next(pair for pair in zip_longest(*sent) if pair[0] != pair[1])
            different.append(f"{operation.id}: statements {first}")
    assert different == []


def _told(answer: httpx.Response) -> tuple[int, dict[str, Any], dict[str, str]]:
    body = {key: value for key, value in answer.json().items() if key not in _OWN}
    return answer.status_code, body, {key: value for key, value in answer.headers.items() if key not in _HEADERS}


@pytest.mark.parametrize("name", ["member_get", "decision_get", "rectification_get", "feedback_get", "decision_change"])
async def test_what_is_hidden_takes_as_long_as_what_is_missing(world: World, name: str) -> None:
    """Medians of requests that take turns; a bound that only a question more, or a lock that is waited for, passes."""
    operation, role = next((one, role) for one, role in HIDDEN if one.id == name)
    subject = await MAKERS[operation.line.maker](world, "elsewhere", None)
    taken: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(60):
        for missing in (turn % 2 == 0, turn % 2 == 1):
            begun = time.perf_counter()
            await asked(world, operation, role, subject, missing=missing)
            taken[missing].append(time.perf_counter() - begun)
    ratio = statistics.median(taken[False]) / statistics.median(taken[True])
    assert 0.6 < ratio < 1.67, ratio
