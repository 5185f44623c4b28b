"""Every operation, asked by every role about records at every place: the answer is what the permissions say.

`make matrix` asks all of it; the tests ask a sample that is the same every time and spread over everything.
"""

import os
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import httpx
import pytest

from backend.db.account import Account
from tests.matrix.table import Cell, Operation, cells
from tests.matrix.world import MAKERS, Subject, World, make_world

PERCENT = int(os.environ.get("MATRIX_PERCENT", "7"))
ONLY = os.environ.get("MATRIX_ONLY", "")
_REFUSALS = {401: None, 403: "refused", 404: "hidden"}


class Asking:
    """Asks the cells one by one, and keeps what was not as it should be."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.subjects: dict[Any, Subject] = {}
        self.wrong: list[str] = []
        self.answers: dict[str, Counter[int]] = defaultdict(Counter)
        self.expired = world.token(world.callers["county_admin", False], timedelta(hours=-1))

    async def subject(self, operation: Operation, place: str, caller: Account | None) -> Subject:
        line = operation.line
        # What only reads may share a record with everybody; what changes has one of its own at each place.
        own = operation.id if operation.method != "GET" else ""
        key = (line.maker, place, own, caller.id if caller and line.per_caller else None)
        if key not in self.subjects:
            # Nobody here means the limits on what one address may send.
            self.world.app.state.throttles.clear()
            self.subjects[key] = await MAKERS[line.maker](self.world, place, caller)
        return self.subjects[key]

    async def send(self, cell: Cell) -> httpx.Response:
        operation, line, world = cell.operation, cell.operation.line, self.world
        account = world.callers.get((cell.who, cell.reads_above))
        who = {"anonymous": None, "expired": self.expired, "suspended": world.suspended}.get(cell.who, account)
        path, sent = operation.path, {}
        if line.maker in MAKERS:
            subject = await self.subject(operation, cell.place, account or world.callers["clerk", False])
            sent = line.sent(world, cell.place, subject) if line.sent else {}
            path = path.replace("{id}", str(subject.id))
            if operation.versioned:
                sent["headers"] = {**sent.get("headers", {}), "if-match": f'"{subject.version}"'}
        elif line.sent:
            sent = line.sent(world, cell.place, Subject(world.places["own"].id, world.places["own"]))
        for name, value in sent.pop("path", {}).items():
            path = path.replace(f"{{{name}}}", value)
        world.app.state.throttles.clear()
        return await world.ask(operation.method, path, who, **sent)

    async def ask(self, cell: Cell) -> None:
        answer = await self.send(cell)
        status = answer.status_code
        if status >= 500:
            self.wrong.append(f"{cell.name}: {status} {answer.text[:200]}")
            return
        got = _REFUSALS.get(status, "open")
        if cell.operation.line.kind == "nothing" and status in (403, 404) and cell.told == "open":
            got = "open" if status == cell.operation.line.best else got
        if got != cell.told:
            self.wrong.append(f"{cell.name}: should be {cell.told}, is {status} {answer.text[:300]}")
        elif cell.told == "open":
            self.answers[cell.operation.id][status] += 1


@pytest.fixture
async def world(demo_app) -> Any:
    made = await make_world(demo_app)
    yield made
    await made.client.aclose()


# All of it takes a quarter of an hour where others work too.
@pytest.mark.timeout(3600)
@pytest.mark.slow
async def test_every_answer_is_what_the_permissions_say(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    asking = Asking(world)
    asked = [cell for cell in cells() if cell.is_in(PERCENT) and cell.operation.id.startswith(ONLY)]
    # At one record those who are refused come first: whoever is let in may change it.
    for cell in sorted(asked, key=lambda cell: (cell.operation.id, cell.place, cell.told == "open")):
        await asking.ask(cell)
    if PERCENT == 100:
        asking.wrong += [
            f"{operation}: nobody who is let in is ever answered {line.best}, but {dict(asking.answers[operation])}"
            for operation, line in {cell.operation.id: cell.operation.line for cell in asked}.items()
            if line.best not in (403, 404) and line.best not in asking.answers[operation]
        ]
    with capsys.disabled():
        if PERCENT == 100:
            print(f"\n{len(asked):,} questions, {len(asking.wrong)} answers that are wrong", *asking.wrong, sep="\n")  # noqa: T201 - figures for the note
    assert asking.wrong == []
