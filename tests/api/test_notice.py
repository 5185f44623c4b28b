"""Notices from the worker's round to the inbox: who is told, once, and who must not learn of a matter."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from backend.db.account import Account
from backend.db.base import new_id
from backend.db.feedback import FeedbackCard
from backend.db.organization import Organization
from backend.db.procedure import ProcedureRun
from backend.domain.access import Moment, mark
from backend.domain.calendar import SHANGHAI, last_second_of, start_of
from backend.domain.notice import send
from backend.domain.notice.send import send_notices
from backend.domain.procedure.loading import load
from tests.api.test_public import card
from tests.domain.walking import at
from tests.factories import County

OPENED = at("2026-06-01 10:00")
LIMIT = last_second_of(datetime(2026, 6, 30, tzinfo=SHANGHAI).date())
TITLES = {"zh-CN": "整改", "en": "Put right"}
LADDERED = load(
    {
        "key": "laddered",
        "version": 1,
        "title": TITLES,
        "roles": {"clerk": TITLES, "secretary": TITLES, "inspector": TITLES},
        "parties": {},
        "steps": [{"key": "work", "title": TITLES, "help": TITLES, "roles": ["clerk"]}],
        "ladder": [
            {"rung": "t-7", "days": -7, "to": ["holders"]},
            {"rung": "t-3", "days": -3, "to": ["holders", "secretary"]},
            {"rung": "t+1", "days": 1, "to": ["holders"], "title": {"zh-CN": "催办", "en": "Urged"}},
            {"rung": "t+7", "days": 7, "to": ["holders", "inspector"], "above": True},
        ],
    }
)


@pytest.fixture(autouse=True)
def ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "every_version", lambda: [LADDERED])


async def matter(county: County, where: Organization | None = None, **columns: Any) -> ProcedureRun:
    """A run of the laddered procedure, open since 1 June with its limit on 30 June, at the township."""
    place = where or county.township
    run = ProcedureRun(
        **{
            "procedure": "laddered",
            "procedure_version": 1,
            "subject_kind": "decision",
            "subject_id": new_id(),
            "organization_id": place.id,
            "county_id": county.county.id,
            "number": f"T-{new_id().hex[-6:]}",
            "title": "路灯不亮",
            "started_at": OPENED,
            "step": "work",
            "opened_at": OPENED,
            "limit_at": LIMIT,
            "roles": ["clerk"],
            **columns,
        }
    )
    async with county.app.state.database.transaction() as session:
        session.add(run)
    return run


async def round_at(county: County, moment: str) -> None:
    """The worker's round at a moment in Shanghai, until nothing is left."""
    for _ in range(50):
        async with county.app.state.database.transaction() as session:
            if not await send_notices(session, Moment(at(moment))):
                return
    raise AssertionError("the round does not end")


async def inbox(county: County, who: str | Account, run: ProcedureRun) -> list[str]:
    answer = await county.client(who).get("/me/notices", params={"limit": 200})
    assert answer.status_code == 200, answer.text
    notices = [notice for day in answer.json()["items"] for notice in day["notices"]]
    return [notice["rung"] for notice in notices if notice["subject_id"] == str(run.subject_id)]


async def test_a_rung_reaches_the_holder_once_however_often_the_round_comes(county: County) -> None:
    run = await matter(county)
    await round_at(county, "2026-06-22 10:00")
    assert await inbox(county, "clerk", run) == []
    for hour in (7, 8, 9, 19, 20):
        await round_at(county, f"2026-06-23 {hour:02}:30")
    await round_at(county, "2026-06-24 10:00")
    assert await inbox(county, "clerk", run) == ["t-7"]
    assert await inbox(county, "secretary", run) == []
    assert await inbox(county, "county_admin", run) == []


async def test_after_a_long_silence_only_the_latest_rung_comes(county: County) -> None:
    run = await matter(county)
    await round_at(county, "2026-07-02 21:00")
    assert await inbox(county, "clerk", run) == []
    await round_at(county, "2026-07-03 08:00")
    assert await inbox(county, "clerk", run) == ["t+1"]
    await round_at(county, "2026-07-06 08:00")
    assert await inbox(county, "clerk", run) == ["t+1"]
    # Who was to be warned with the holders, and was not, hears of it in the words that are true by now.
    assert await inbox(county, "secretary", run) == ["t+1"]


async def test_after_an_outage_everybody_hears_once_of_what_is_still_true(county: County) -> None:
    run = await matter(county)
    await round_at(county, "2026-06-23 10:00")
    # The worker was down for five weeks.
    for moment in ("2026-07-30 07:00", "2026-07-30 08:00", "2026-07-30 09:00", "2026-07-31 09:00"):
        await round_at(county, moment)
    assert sorted(await inbox(county, "clerk", run)) == ["t+7", "t-7"]
    assert await inbox(county, "inspector", run) == ["t+7"]
    assert await inbox(county, "secretary", run) == ["t+1"]


async def test_a_holiday_swallows_no_rung(county: County) -> None:
    """15 to 23 February 2026 are days off: the day to urge and the day to supervise both fall on the 24th."""
    run = await matter(county, opened_at=at("2026-01-05 10:00"), limit_at=last_second_of(date(2026, 2, 16)))
    await round_at(county, "2026-02-14 10:00")
    for hour in (9, 10):
        await round_at(county, f"2026-02-24 {hour:02}:00")
    assert sorted(await inbox(county, "clerk", run)) == ["t+1", "t+7", "t-3"]
    assert await inbox(county, "inspector", run) == ["t+7"]


async def test_an_urged_matter_says_so_in_words_and_in_its_history(county: County) -> None:
    run = await matter(county)
    await round_at(county, "2026-07-01 08:00")
    answer = await county.client("clerk", "en").get("/me/notices")
    (day,) = answer.json()["items"]
    (notice,) = day["notices"]
    assert (day["day"], day["unread"]) == ("2026-07-01", 1)
    assert (notice["rung_title"], notice["step_title"], notice["title"]) == ("Urged", "Put right", "路灯不亮")
    assert datetime.fromisoformat(notice["limit_at"]) == LIMIT
    async with county.app.state.database.reader() as reader:
        kept = await reader.execute(
            sa.text("SELECT kind, actor_name, data FROM event WHERE subject_id = :id"), {"id": run.subject_id}
        )
        (event,) = kept.all()
    assert (event.kind, event.actor_name) == ("notice.sent", "系统")
    # The holder, and the secretary, who was to be warned before the limit and was not.
    assert event.data == {"step": "work", "rung": "t+1", "limit_on": "2026-06-30", "people": 2}


async def test_due_today_is_not_urged_and_the_day_after_is(county: County) -> None:
    run = await matter(county)
    await round_at(county, "2026-06-30 19:59")
    assert await inbox(county, "clerk", run) == ["t-3"]
    await round_at(county, "2026-07-01 08:00")
    assert sorted(await inbox(county, "clerk", run)) == ["t+1", "t-3"]


async def test_leaders_hear_of_the_rungs_that_name_them_and_who_is_above_only_from_above(county: County) -> None:
    run = await matter(county)
    below = await county.account("inspector", county.township)
    await round_at(county, "2026-06-26 10:00")
    assert await inbox(county, "secretary", run) == ["t-3"]
    await round_at(county, "2026-07-07 10:00")
    assert await inbox(county, "inspector", run) == ["t+7"]
    assert await inbox(county, below, run) == []
    assert await inbox(county, "secretary", run) == ["t-3"]


async def test_who_is_barred_hears_nothing_and_the_next_one_does(county: County) -> None:
    clerk = county.accounts["clerk"]
    other = await county.account("clerk", county.county)
    run = await matter(county, not_for=[str(clerk.id)])
    by_mark = await matter(county, not_for=[mark(county.township.path)])
    await round_at(county, "2026-07-01 10:00")
    for matters in (run, by_mark):
        assert await inbox(county, clerk, matters) == []
        assert await inbox(county, other, matters) == ["t+1"]


async def test_only_people_of_the_unit_hear_of_what_is_only_for_them(county: County) -> None:
    of_village = await county.account("clerk", county.village)
    beside = await county.account("clerk", county.village)
    async with county.app.state.database.transaction() as session:
        await session.execute(
            sa.update(Account).where(Account.id == beside.id).values(organization_id=county.township.id)
        )
    run = await matter(county, county.village, only_for=[str(of_village.id)])
    of_unit = await matter(county, county.village, only_for=[mark(county.village.path)])
    await round_at(county, "2026-07-01 10:00")
    assert await inbox(county, of_village, run) == ["t+1"]
    assert await inbox(county, beside, run) == []
    assert await inbox(county, of_village, of_unit) == ["t+1"]
    assert await inbox(county, "clerk", of_unit) == []


async def test_who_may_not_read_the_kind_of_matter_is_not_told(county: County) -> None:
    run = await matter(county, roles=["discipline_officer"])
    officer = await county.account("discipline_officer", county.township)
    await round_at(county, "2026-07-01 10:00")
    assert await inbox(county, officer, run) == []


async def test_what_one_may_no_longer_see_goes_from_the_inbox(county: County) -> None:
    run = await matter(county)
    clerk = county.accounts["clerk"]
    await round_at(county, "2026-07-01 10:00")
    assert await inbox(county, clerk, run) == ["t+1"]
    async with county.app.state.database.transaction() as session:
        await session.execute(
            sa.update(ProcedureRun).where(ProcedureRun.id == run.id).values(not_for=[mark(county.township.path)])
        )
    assert await inbox(county, clerk, run) == []
    assert (await county.client(clerk).get("/me/notices/count")).json() == {"unread": 0}


async def test_a_card_about_ones_own_unit_or_sealed_since_is_in_no_inbox(county: County) -> None:
    cards = [card(county, place_id=county.township.id) for _ in range(3)]
    async with county.app.state.database.transaction() as session:
        session.add_all(cards)
    runs = [await matter(county, subject_kind="feedback", subject_id=one.id) for one in cards]
    await round_at(county, "2026-07-01 10:00")
    assert [await inbox(county, "clerk", run) for run in runs] == [["t+1"]] * 3
    async with county.app.state.database.transaction() as session:
        about = sa.update(FeedbackCard).where(FeedbackCard.id == cards[0].id)
        await session.execute(about.values(about=[mark(county.township.path)]))
        sealed = sa.update(FeedbackCard).where(FeedbackCard.id == cards[1].id)
        await session.execute(sealed.values(content="", about_note="", sealed_at=OPENED))
    assert [await inbox(county, "clerk", run) for run in runs] == [[], [], ["t+1"]]
    assert (await county.client("clerk").get("/me/notices/count")).json() == {"unread": 1}


async def test_a_step_with_a_nearer_limit_of_its_own_is_urged_by_that(county: County) -> None:
    run = await matter(county, due_at=last_second_of(date(2026, 6, 3)))
    await round_at(county, "2026-06-03 19:00")
    assert await inbox(county, "clerk", run) == []
    await round_at(county, "2026-06-04 08:00")
    assert await inbox(county, "clerk", run) == ["t+1"]


async def test_another_limit_has_its_own_ladder(county: County) -> None:
    run = await matter(county)
    await round_at(county, "2026-06-23 10:00")
    async with county.app.state.database.transaction() as session:
        await session.execute(
            sa.update(ProcedureRun).where(ProcedureRun.id == run.id).values(limit_at=LIMIT + timedelta(days=30))
        )
    await round_at(county, "2026-06-24 10:00")
    assert await inbox(county, "clerk", run) == ["t-7"]
    await round_at(county, "2026-07-23 10:00")
    assert await inbox(county, "clerk", run) == ["t-7", "t-7"]


async def test_a_step_that_was_passed_is_not_told_of_any_more(county: County) -> None:
    run = await matter(county)
    async with county.app.state.database.transaction() as session:
        await session.execute(sa.update(ProcedureRun).where(ProcedureRun.id == run.id).values(step=None))
    await round_at(county, "2026-07-01 10:00")
    assert await inbox(county, "clerk", run) == []


async def test_two_workers_at_once_tell_once(county: County) -> None:
    runs = [await matter(county) for _ in range(5)]
    await asyncio.gather(*(round_at(county, "2026-07-01 10:00") for _ in range(4)))
    async with county.app.state.database.reader() as reader:
        for run in runs:
            question = sa.text("SELECT count(*) FROM notice WHERE run_id = :id")
            # The clerk who holds it, and the secretary who was to be warned three days before.
            assert (await reader.execute(question, {"id": run.id})).scalar_one() == 2
    for who in ("clerk", "secretary"):
        assert [await inbox(county, who, run) for run in runs] == [["t+1"]] * 5


async def test_a_run_in_somebodys_hands_waits_for_the_next_round(county: County) -> None:
    run = await matter(county)
    async with county.app.state.database.transaction() as acting:
        await acting.execute(sa.text("SELECT 1 FROM procedure_run WHERE id = :id FOR UPDATE"), {"id": run.id})
        await round_at(county, "2026-07-01 10:00")
        assert await inbox(county, "clerk", run) == []
    await round_at(county, "2026-07-01 10:10")
    assert await inbox(county, "clerk", run) == ["t+1"]


async def test_receipts_are_explicit_and_repeatable(county: County) -> None:
    for _ in range(2):
        await matter(county)
    await round_at(county, "2026-06-26 10:00")
    await matter(county)
    await round_at(county, "2026-07-01 10:00")
    clerk = county.client("clerk")
    assert (await clerk.get("/me/notices/count")).json() == {"unread": 5}
    days = (await clerk.get("/me/notices")).json()["items"]
    # Reading the list confirms nothing.
    assert (await clerk.get("/me/notices/count")).json() == {"unread": 5}
    assert [(day["day"], day["unread"]) for day in days] == [("2026-07-01", 3), ("2026-06-26", 2)]
    first = days[0]["notices"][0]["id"]
    answer = await clerk.post(f"/me/notices/{first}/receipt")
    assert (answer.status_code, answer.json()) == (200, {"received": 1, "unread": 4})
    assert (await clerk.post(f"/me/notices/{first}/receipt")).json() == {"received": 0, "unread": 4}
    assert (await clerk.get("/me/notices")).json()["items"][0]["notices"][-1]["id"] == first
    answer = await clerk.post("/me/notices/receipts", json={"day": "2026-07-01"})
    assert answer.json() == {"received": 2, "unread": 2}
    # The day with something unread comes first now, though it is the older one.
    days = (await clerk.get("/me/notices")).json()["items"]
    assert [(day["day"], day["unread"]) for day in days] == [("2026-06-26", 2), ("2026-07-01", 0)]
    unread = (await clerk.get("/me/notices", params={"unread": True})).json()["items"]
    assert [(day["day"], len(day["notices"])) for day in unread] == [("2026-06-26", 2)]
    one = (await clerk.get("/me/notices", params={"limit": 1})).json()
    rest = (await clerk.get("/me/notices", params={"limit": 1, "cursor": one["next_cursor"]})).json()
    assert [page["items"][0]["day"] for page in (one, rest)] == ["2026-06-26", "2026-07-01"]
    async with county.app.state.database.reader() as reader:
        question = sa.text("SELECT count(*) FROM event WHERE kind = 'notice.received' AND actor_id = :id")
        assert (await reader.execute(question, {"id": county.accounts["clerk"].id})).scalar_one() == 2


async def test_receipt_404_of_somebody_else(county: County, other_county: County) -> None:
    await matter(county)
    await round_at(county, "2026-07-01 10:00")
    (day,) = (await county.client("clerk").get("/me/notices")).json()["items"]
    key = day["notices"][0]["id"]
    for stranger in (county.client("secretary"), other_county.client("clerk")):
        answer = await stranger.post(f"/me/notices/{key}/receipt")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_notices_403_without_the_permission(county: County) -> None:
    nobody = await county.account(None, None)
    assert (await county.client(nobody).get("/me/notices")).status_code == 403


def test_the_moments_are_those_of_shanghai() -> None:
    assert start_of(LIMIT.astimezone(SHANGHAI).date()) == at("2026-06-30 00:00")
