"""What is due today is not overdue: the list, the light, the days, the task, the export and the notice agree."""

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest

from backend.db.base import utc_now
from backend.db.clock import set_clock_offset
from backend.domain.access import Moment
from backend.domain.calendar import SHANGHAI, day_of, overdue, shipped_calendar
from backend.domain.notice.send import send_notices
from tests.api.rectifications import Walk, assignment, listed, row_of
from tests.factories import County, by_id


async def set_clock(county: County, moment: datetime) -> None:
    """Let the demonstration's clock stand at a moment; it runs on from there."""
    async with county.app.state.database.transaction() as session:
        await set_clock_offset(session, moment - utc_now())


async def now_of(county: County) -> datetime:
    return datetime.fromisoformat((await county.client("clerk").get("/me")).json()["now"])


def working_pair(after: date) -> date:
    """The first of two working days in a row, so that the day of the limit and the day after can both be told of."""
    calendar = shipped_calendar()
    day = after
    while not (calendar.is_working(day) and calendar.is_working(day + timedelta(days=1))):
        day += timedelta(days=1)
    return day


async def exported(walk: Walk) -> str:
    """The line of the item in the exported ledger."""
    answer = await walk.county.client("supervisor").get(
        "/exports/rectification.xlsx", params={"organization_id": str(walk.county.township.id)}
    )
    assert answer.status_code == 200, answer.text
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    lines = [" ".join(str(cell) for cell in line if cell) for line in sheet.iter_rows(values_only=True)]
    (line,) = [line for line in lines if walk.item["problem"] in line]
    return line


async def urged(walk: Walk, moment: datetime) -> bool:
    """Whether the round of that moment, or an earlier one, has urged the unit."""
    async with walk.county.app.state.database.transaction() as session:
        while await send_notices(session, Moment(moment)):
            pass
    days = (await walk.client("unit").get("/me/notices")).json()["items"]
    return any(
        notice["rung"] == "t+1" for day in days for notice in day["notices"] if notice["subject_id"] == walk.item["id"]
    )


async def said(walk: Walk) -> dict[str, Any]:
    """What every place says of the item now: whether it is overdue."""
    row = await row_of(walk)
    overdue_ids = {item["id"] for item in await listed(walk.county, overdue=True)}
    others = {item["id"] for item in await listed(walk.county, overdue=False)}
    assert (row["id"] in overdue_ids) != (row["id"] in others)
    red = {item["id"] for item in await listed(walk.county, light="red")}
    tasks = (await walk.client("unit").get("/me/tasks", params={"limit": 200})).json()["items"]
    return {
        "filter": row["id"] in overdue_ids,
        "light": row["light"] == "red",
        "light_filter": row["id"] in red,
        "days": row["overdue_days"] > 0,
        "detail": (await walk.seen_by("unit"))["light"] == "red",
        "task": by_id(tasks, walk.item["id"])["light"] == "red",
        "export": "超期" in await exported(walk),
    }


@pytest.mark.parametrize(
    ("after_limit", "at", "expected"),
    [(0, time(8), False), (0, time(23, 50), False), (1, time(0, 0, 1), True), (1, time(8), True)],
)
async def test_every_place_agrees_on_the_day_of_the_limit_and_the_day_after(
    demo: County, after_limit: int, at: time, expected: bool
) -> None:
    last = working_pair(day_of(await now_of(demo)) + timedelta(days=12))
    walk = await Walk.start(demo)
    await walk.done("supervisor", record=assignment(demo, due_on=last.isoformat()))
    await walk.pass_until("rectifying")
    moment = datetime.combine(last + timedelta(days=after_limit), at, SHANGHAI)
    await set_clock(demo, moment)
    found = await said(walk)
    assert found == dict.fromkeys(found, expected)
    due_at = datetime.fromisoformat((await walk.seen_by("unit"))["procedure"]["due_at"])
    assert overdue(due_at, moment) is expected
    # Urging keeps office hours: overdue from midnight on, urged from eight.
    assert await urged(walk, moment) is (expected and at >= time(8))
