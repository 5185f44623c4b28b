"""Reading the log for a caller: rows for every resource, and what senders did when its day is over."""

import asyncio
from datetime import timedelta

from backend.api.change_reading import ROWS
from backend.db.clock import set_clock_offset
from backend.domain.change import RESOURCES
from backend.domain.event import EVENT_KINDS
from tests.api.feedbacks import Case
from tests.api.mirrors import Mirror, waiting_there
from tests.factories import County


def test_every_resource_has_rows_and_every_leaving_is_an_event() -> None:
    assert set(ROWS) == {resource.name for resource in RESOURCES}
    for resource in RESOURCES:
        assert set(resource.leaving) | resource.carrying <= set(EVENT_KINDS)


async def test_changes_200_tell_what_senders_did_when_its_day_is_over(timely: County) -> None:
    """No place between records that bear their moment, no cursor and no waking tells when somebody came."""
    county = timely
    mirror = Mirror(county.client("clerk"), "feedback-cards", "members")
    await mirror.once()
    mirror.told.clear()
    before = mirror.cursor
    cards = [await Case.sent(county, content=f"路灯不亮第{number}次说") for number in range(3)]
    assert await mirror.once() == []
    assert mirror.cursor == before, "an unseen card moves no cursor"
    waiting = asyncio.create_task(mirror.once(wait=1))
    await waiting_there(county, 1)
    await Case.sent(county, content="垃圾桶满了两天没人清")
    assert await waiting == [], "nor does it wake anybody"
    async with county.app.state.database.transaction() as session:
        await set_clock_offset(session, timedelta(days=1, hours=1))
    told = [item["record"]["number"] for item in await mirror.once()]
    assert {case.receipt["number"] for case in cards} <= set(told)
    assert len(told) == len(set(told)) == 4
    assert await mirror.once() == []
    # From the beginning they come in the order of their days, mixed within a day, and before the log.
    anew = Mirror(county.client("clerk"), "feedback-cards")
    await anew.once(limit=3)
    days = [item["record"]["received_on"] for item in anew.told[:4]]
    assert days == sorted(days)
    assert {case.receipt["number"] for case in cards} <= {record["number"] for record in anew.kept.values()}


async def test_changes_200_tell_a_card_when_the_desk_acts_on_it(county: County) -> None:
    mirror = Mirror(county.client("clerk"), "feedback-cards")
    await mirror.once()
    case = await Case.sent(county)
    await case.accepted()
    assert case.receipt["number"] in {item["record"]["number"] for item in await mirror.once()}
