"""Figures over HTTP on a real database: the right numbers, for those who may see them, and nothing of few people."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from backend.api.language import LANGUAGES
from backend.db.base import utc_now
from backend.db.feedback import CardStatus
from backend.domain.access import mark
from backend.domain.calendar import day_of
from backend.domain.figure.catalogue import FIGURES
from tests.api.figures import add_card, add_item
from tests.factories import County

TODAY = day_of(utc_now())
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def closed(days: int = 0) -> date:
    """So many days before the end of the last quarter that is over: of people only what is over is told."""
    return date(TODAY.year, (TODAY.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1 + days)


async def figure(county: County, key: str, who: str = "supervisor", **query: Any) -> dict[str, Any]:
    answer = await county.client(who).get(f"/figures/{key}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def facts(drawn: dict[str, Any]) -> dict[str, Any]:
    return {fact["key"]: fact["value"] for fact in drawn["facts"]}


def table(drawn: dict[str, Any], column: str) -> dict[str, Any]:
    return {row["key"]: row[column] for row in drawn["rows"]}


def segment(organization: Any) -> str:
    return mark(organization.path)[1:]


async def test_list_200_says_what_every_figure_counts(county: County) -> None:
    for language in LANGUAGES:
        items = (await county.client("clerk", language).get("/figures")).json()["items"]
        assert [item["key"] for item in items] == list(FIGURES)
        assert all(item["definition"] == FIGURES[item["key"]].definition[language] for item in items)


@pytest.mark.parametrize("key", list(FIGURES))
async def test_get_200_of_a_place_where_nothing_happened(county: County, key: str) -> None:
    drawn = await figure(county, key)
    assert drawn["organization"]["id"] == str(county.township.id)
    assert drawn["n"] in (0, 5)
    assert (drawn["period"] is not None) == FIGURES[key].timed
    assert drawn["suppressed"] is False


async def test_get_403_without_the_permission(county: County) -> None:
    answer = await county.client("member").get("/figures/lights")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


async def test_get_404_of_a_figure_that_there_is_not_or_out_of_reach(county: County, other_county: County) -> None:
    client = county.client("supervisor")
    assert (await client.get("/figures/ranking_of_people")).status_code == 404
    for hidden in (county.county.id, other_county.township.id):
        assert (await client.get("/figures/lights", params={"organization_id": str(hidden)})).status_code == 404


async def test_get_422_for_days_that_make_no_period(county: County) -> None:
    client = county.client("supervisor")
    for first, last, code in (
        (TODAY + timedelta(days=1), TODAY, "figure_period_order"),
        (ago(2000), TODAY, "figure_period_long"),
        (date(1, 1, 1), date(1, 1, 9), "figure_period_early"),
        ("gestern", TODAY, "field_date_from_datetime_parsing"),
    ):
        answer = await client.get("/figures/funnel", params={"from": str(first), "to": str(last)})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code), first
    # What lies ahead is left out.
    assert (await figure(county, "funnel", to="2999-01-01"))["period"]["last"] == TODAY.isoformat()


async def test_open_items_stand_in_the_class_of_their_age(county: County, database) -> None:
    async with database.transaction() as session:
        for days in (0, 7, 8, 30, 31, 90, 91, 180, 181, 999):
            await add_item(session, county.branch, ago(days))
        await add_item(session, county.branch, ago(3), source="audit")
        await add_item(session, county.branch, ago(3), status="closed", closed_on=ago(1))
        await add_item(session, county.branch, ago(3), status="merged")
    drawn = await figure(county, "open_by_age_and_source")
    rows = {row["key"]: row for row in drawn["rows"]}
    classes = ("days_7", "days_30", "days_90", "days_180", "days_more")
    assert [rows["self_review"][key] for key in classes] == [2, 2, 2, 2, 2]
    assert [rows["audit"][key] for key in classes] == [1, 0, 0, 0, 0]
    assert drawn["n"] == 11
    assert facts(drawn) == {"open": 11, "over_90": 4}


async def test_kept_counts_answer_by_unit_and_category(county: County, database) -> None:
    async with database.transaction() as session:
        await add_item(session, county.branch, ago(3))
        await add_item(session, county.branch, ago(3), category="conduct")
        await add_item(session, county.village, ago(3))
        await add_item(session, county.township, ago(3))
        await add_item(session, county.justice_office, ago(3))
    drawn = await figure(county, "unit_by_category")
    assert table(drawn, "venue") == {"own": 1, segment(county.branch): 1, segment(county.village): 1}
    assert table(drawn, "total")[segment(county.branch)] == 2
    # Four units and the township itself; nothing is open with two of them.
    assert drawn["coverage"] == {"units": 5, "missing": 2}
    whole = await figure(county, "unit_by_category", "county_admin")
    assert table(whole, "total") == {segment(county.township): 4, segment(county.justice_office): 1}


async def test_the_funnel_counts_days_of_every_visit_and_none_between_closing_and_reopening(
    county: County, database
) -> None:
    walked = [
        ("assignment", "done", 1),
        ("rectifying", "done", 5),
        ("verification", "returned", 7),
        ("rectifying", "done", 9),
        ("verification", "done", 10),
        ("closing", "done", 11),
    ]
    async with database.transaction() as session:
        for _ in range(10):
            await add_item(session, county.branch, ago(60), status="closed", closed_on=ago(49), acts=walked)
        again = [*walked, ("rectifying", "reopened", 40)]
        await add_item(session, county.branch, ago(60), acts=again)
        await add_item(session, county.branch, ago(60), step="assignment")
        await add_item(session, county.branch, ago(400), step="assignment")
    drawn = await figure(county, "funnel", **{"from": ago(90).isoformat()})
    rows = {row["key"]: row for row in drawn["rows"]}
    assert (drawn["n"], rows["registered"]["reached"], rows["closed"]["reached"]) == (12, 12, 10)
    assert (rows["assignment"]["reached"], rows["assignment"]["done"], rows["assignment"]["standing"]) == (12, 11, 1)
    assert rows["assignment"]["median_days"] == 1
    # Twice at it: four days and two more; the one that is back there has not finished it.
    assert (rows["rectifying"]["done"], rows["rectifying"]["standing"]) == (10, 1)
    assert rows["rectifying"]["median_days"] == 6
    assert list(rows).index("assignment") < list(rows).index("rectifying") < list(rows).index("verification")


async def test_the_on_time_rate_counts_the_units_days_only(county: County, database) -> None:
    async with database.transaction() as session:
        for late in range(12):
            asked = ago(20) + timedelta(days=1 if late < 3 else 0)
            columns = {"due_on": ago(20), "close_requested_on": asked, "closed_on": ago(5)}
            # Verified long after the limit, which is nobody's fault but the verifier's.
            await add_item(session, county.branch, ago(60), status="closed", original_due_on=ago(30), **columns)
        for _ in range(4):
            columns = {"due_on": ago(1), "close_requested_on": ago(5), "closed_on": ago(5)}
            await add_item(session, county.village, ago(60), status="closed", **columns)
    drawn = await figure(county, "on_time_rate")
    rows = {row["key"]: row for row in drawn["rows"]}
    assert rows[segment(county.branch)]["rate"] == 0.75
    assert rows[segment(county.branch)]["by_original"] == 0
    assert rows[segment(county.branch)]["band"].startswith("合格")
    assert segment(county.village) not in rows
    # The village's four could be found by taking the branch from the whole, so the whole is not told.
    assert (drawn["n"], drawn["suppressed"], drawn["facts"]) == (None, True, [])


async def test_the_heap_of_the_last_day_is_what_is_open(county: County, database) -> None:
    async with database.transaction() as session:
        await add_item(session, county.branch, ago(30))
        await add_item(session, county.branch, ago(10))
        await add_item(session, county.branch, ago(30), status="closed", closed_on=ago(8))
        await add_item(session, county.branch, ago(9), status="withdrawn")
        closed_once = [("closing", "done", 5), ("rectifying", "reopened", 24)]
        await add_item(session, county.branch, ago(30), acts=closed_once)
    drawn = await figure(county, "burn_down", **{"from": ago(12).isoformat()})
    assert len(drawn["rows"]) == 13
    heap = [row["open"] for row in drawn["rows"]]
    # Three at first (one of them closed and not yet reopened), and one that is closed later.
    assert heap[0] == 2
    assert heap[-1] == 3
    by_day = {row["from"]: (row["opened"], row["closed"]) for row in drawn["rows"]}
    assert by_day[ago(10).isoformat()] == (1, 0)
    assert by_day[ago(8).isoformat()] == (0, 1)
    assert by_day[ago(9).isoformat()] == (1, 1)
    assert by_day[ago(6).isoformat()] == (1, 0)
    weeks = await figure(county, "burn_down", **{"from": ago(120).isoformat()})
    assert len(weeks["rows"]) <= 19
    assert weeks["rows"][-1]["open"] == 3


async def test_lights_are_those_of_the_one_rule(county: County, database) -> None:
    async with database.transaction() as session:
        await add_item(session, county.branch, ago(3))
        await add_item(session, county.village, ago(3), status="closed", closed_on=ago(1))
    drawn = await figure(county, "lights")
    assert facts(drawn)["grey"] == 1
    assert drawn["n"] == 1
    assert set(facts(drawn)) == {"red", "yellow", "green", "blue", "grey"}


async def test_answers_are_told_in_working_days_when_there_are_ten(county: County, database) -> None:
    async with database.transaction() as session:
        for _ in range(9):
            await add_card(
                session, county.branch, closed(60), answered_on=closed(20), answer_due_on=closed(2), status="replied"
            )
    assert (await figure(county, "response_time"))["rows"] == []
    async with database.transaction() as session:
        late = {"answered_on": closed(1), "answer_due_on": closed(2)}
        await add_card(session, county.branch, closed(60), **late, status="replied")
        for days in (2, 3):
            await add_card(session, county.branch, ago(30), answer_due_on=ago(days))
    drawn = await figure(county, "response_time")
    assert drawn["n"] == 10
    assert [row["count"] for row in drawn["rows"]] == [10]
    found = facts(drawn)
    # One was late, and two are waiting: numbers of few.
    assert "within" not in found
    assert found["p99"] is None
    assert found["waiting"] is None
    assert [line["at"] for line in drawn["lines"]] == [5, 15, 30]


async def test_what_waits_for_an_answer_is_told_in_full_tens(county: County, database) -> None:
    """It is of this moment: two answers, of another moment or another reader, must not tell of a single card."""
    async with database.transaction() as session:
        for _ in range(21):
            await add_card(session, county.branch, ago(30), answer_due_on=ago(2))
        for _ in range(13):
            await add_card(session, county.branch, ago(3), answer_due_on=ago(-9))
    found = facts(await figure(county, "response_time"))
    assert (found["waiting"], found["late"]) == (30, 20)
    async with database.transaction() as session:
        await add_card(session, county.branch, ago(1), about=[mark(county.township.path)], answer_due_on=ago(-9))
    for who in ("county_admin", "clerk"):
        found = facts(await figure(county, "response_time", who))
        assert (found["waiting"], found["late"]) == (30, 20)


async def test_satisfaction_is_never_a_mean_and_hides_few(county: County, database) -> None:
    async with database.transaction() as session:
        for grade, count in ((5, 14), (4, 12), (2, 3), (None, 11)):
            for _ in range(count):
                await add_card(session, county.branch, closed(40), grade=grade, rated_on=closed(3), status="closed")
    drawn = await figure(county, "satisfaction")
    assert table(drawn, "count") == {"5": 14, "4-1": 15, "unrated": 11}
    assert drawn["n"] == 29
    assert drawn["suppressed"] is True
    assert not any("均" in fact["title"] for fact in drawn["facts"])
    assert all(0 <= row["low"] <= row["share"] <= row["high"] <= 1 for row in drawn["rows"] if row["share"] is not None)


async def test_every_sender_of_merged_cards_is_counted_once_where_the_answer_came_from(
    county: County, database
) -> None:
    """Forty people said one thing: what each thinks of the answer counts, and what fewer than ten think is hidden."""
    rated = {"rated_on": closed(3), "status": CardStatus.closed}
    async with database.transaction() as session:
        main = await add_card(session, county.branch, closed(40), grade=5, **rated)
        joined = {**rated, "status": CardStatus.merged, "merged_into_id": main.id}
        for grade, count in ((5, 11), (4, 12), (2, 10), (1, 3)):
            for _ in range(count):
                # A merged card stays with the desk; the answer is of the unit.
                await add_card(session, county.township, closed(40), grade=grade, **joined)
        silent = await add_card(session, county.township, closed(40), **{**joined, "rated_on": None})
        # Handled anew: one has rated that as well, of another the answer is still to come.
        for grade in (4, None):
            merged = await add_card(session, county.township, closed(40), grade=1, **joined)
            columns = {**rated, "rated_on": rated["rated_on"] if grade else None}
            await add_card(session, county.branch, closed(2), split_from_id=merged.id, grade=grade, **columns)
        # What somebody said besides is another matter with an answer of its own.
        both = await add_card(session, county.township, closed(40), grade=4, **joined)
        other = {"content": "广场音乐太晚", "split_from_id": both.id}
        await add_card(session, county.branch, closed(40), grade=5, **rated, **other)
    assert silent.grade is None
    drawn = await figure(county, "satisfaction")
    assert table(drawn, "count") == {"5": 13, "4": 14, "3": 0, "2-1": 14, "unrated": 0}
    assert drawn["n"] == 41
    # It is the unit that answered whose answer they rate, though the desk has their cards.
    unit = await figure(county, "satisfaction", organization_id=str(county.branch.id))
    assert unit["n"] == 41


async def test_cells_of_few_are_hidden_and_so_is_their_sum(county: County, database) -> None:
    async with database.transaction() as session:
        for channel, category, count in (("qr", "roads", 12), ("qr", "lamps", 2), ("hotline", "roads", 11)):
            for _ in range(count):
                await add_card(session, county.branch, closed(3), channel=channel, category=category)
        merged = {"status": "merged", "merged_into_id": (await add_card(session, county.branch, ago(400))).id}
        await add_card(session, county.branch, closed(3), **merged)
    drawn = await figure(county, "feedback_by_channel_and_category")
    assert table(drawn, "roads") == {"hotline": 11, "qr": 12}
    assert table(drawn, "lamps") == {"hotline": 0, "qr": None}
    assert table(drawn, "total") == {"hotline": 11, "qr": None}
    assert (drawn["n"], drawn["suppressed"]) == (None, True)


async def test_no_two_periods_tell_of_few_by_subtraction(county: County, database) -> None:
    """The days that are asked for are those of a calendar period that is over, and a quarter tells nothing that its
    months together with it would give away."""
    months = [closed().replace(day=1)]
    while len(months) < 3:
        months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
    async with database.transaction() as session:
        for month, count in zip(months, (14, 12, 3), strict=True):
            for _ in range(count):
                await add_card(session, county.branch, month, grade=5, rated_on=month, status="closed")

    async def rated(first: date, last: date) -> tuple[Any, ...]:
        drawn = await figure(county, "satisfaction", **{"from": first.isoformat(), "to": last.isoformat()})
        return drawn["period"]["first"], drawn["period"]["last"], drawn["n"]

    first, last = months[0], closed()
    # Twenty-nine less fourteen less twelve would be three.
    assert await rated(first, last) == (first.isoformat(), last.isoformat(), None)
    ends = [month - timedelta(days=1) for month in months[1:]] + [last]
    for month, end, told in zip(months, ends, (14, 12, None), strict=True):
        assert await rated(month, end) == (month.isoformat(), end.isoformat(), told)
        # A day less at its beginning is the same month.
        assert await rated(month + timedelta(days=1), end) == (month.isoformat(), end.isoformat(), told)
    async with database.transaction() as session:
        for _ in range(7):
            await add_card(session, county.branch, months[2], grade=5, rated_on=months[2], status="closed")
    assert (await rated(first, last))[2] == 36


async def test_no_whole_less_its_parts_tells_of_few(county: County, database) -> None:
    """Of the township's thirty-one ratings three are the village's: the smallest part beside it is not told either."""
    async with database.transaction() as session:
        for place, count in ((county.branch, 12), (county.village, 3), (county.office, 16)):
            for _ in range(count):
                await add_card(session, place, closed(5), grade=5, rated_on=closed(5), status="closed")

    async def rated(place: Any, **query: str) -> int | None:
        return (await figure(county, "satisfaction", organization_id=str(place.id), **query))["n"]

    places = (county.township, county.office, county.branch, county.village)
    assert [await rated(place) for place in places] == [31, 16, None, None]
    month = {"from": closed(5).replace(day=1).isoformat(), "to": closed().isoformat()}
    drawn = await figure(county, "satisfaction", organization_id=str(county.office.id), **month)
    # Of a part no month is told: a quarter less its months would give back what is hidden.
    assert drawn["period"]["first"] == closed().replace(month=closed().month - 2, day=1).isoformat()
    async with database.transaction() as session:
        for _ in range(7):
            await add_card(session, county.village, closed(5), grade=5, rated_on=closed(5), status="closed")
    assert [await rated(place) for place in places] == [38, 16, 12, 10]


async def test_nobody_learns_from_a_figure_of_cards_about_themselves(county: County, database) -> None:
    """The township is complained about in thirty cards: for its own people they are not there, in any figure."""
    supervisor = await county.account("supervisor", county.county, "县督查")
    township = {"organization_id": str(county.township.id)}

    async def all_figures(who: Any) -> dict[str, Any]:
        client = county.client(who)
        answers = {key: (await client.get(f"/figures/{key}", params=township)).json() for key in FIGURES}
        return {key: {**answer, "drawn_at": None} for key, answer in answers.items()}

    before = await all_figures("supervisor")
    async with database.transaction() as session:
        for grade in (5, 1):
            for days in range(15):
                await add_card(
                    session,
                    county.township,
                    closed(40 + days),
                    about=[mark(county.township.path)],
                    desk_id=county.county.id,
                    answered_on=closed(10),
                    answer_due_on=closed(9),
                    rated_on=closed(9),
                    grade=grade,
                    status="closed",
                )
                await add_card(session, county.township, closed(days), about=[mark(county.township.path)])
    assert await all_figures("supervisor") == before
    seen = await all_figures(supervisor)
    assert seen["satisfaction"]["n"] == 30
    assert seen["response_time"]["n"] == 30
    assert seen["feedback_by_channel_and_category"]["n"] == 60
    async with database.transaction() as session:
        await add_card(
            session,
            county.branch,
            closed(1),
            content="",
            sealed_at=utc_now(),
            status=CardStatus.sealed,
            channel="letter",
        )
    assert await all_figures(supervisor) == seen


async def test_units_that_sent_and_answered_nothing_are_counted(county: County, database) -> None:
    async with database.transaction() as session:
        await add_item(session, county.branch, ago(20), acts=[("assignment", "done", 2)])
        await add_item(session, county.village, ago(400))
        await add_card(session, county.office, ago(2))
    drawn = await figure(county, "units_without")
    rows = {row["key"]: row for row in drawn["rows"]}
    assert len(rows) == 5
    assert rows[segment(county.branch)]["sent_on"] == ago(20).isoformat()
    assert rows[segment(county.branch)]["acted_on"] == ago(18).isoformat()
    assert rows[segment(county.village)]["state"] == "没有报送，也没有办理"
    assert rows[segment(county.office)]["state"] == "有记录"
    assert facts(drawn) == {"units": 5, "nothing_sent": 3, "nothing_answered": 1}


async def test_files_carry_the_definition_and_no_formula(county: County, database) -> None:
    trap = await county.organization('=HYPERLINK("http://x")', "village", county.township)
    async with database.transaction() as session:
        await add_item(session, trap, ago(3))
        for _ in range(3):
            await add_card(session, county.branch, closed(3))
    client = county.client("supervisor")
    answer = await client.get("/figures/lights.xlsx")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == SHEET
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(FIGURES["lights"].definition["zh-CN"] in text for text in texts)
    assert any("'=HYPERLINK" in text for text in texts)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    plain = await client.get("/figures/feedback_by_channel_and_category.csv")
    assert plain.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(plain.content.decode("utf-8-sig"))))
    assert rows[1][1:] == ["少于10", "不列"]
    english = await county.client("supervisor", "en").get("/figures/feedback_by_channel_and_category.csv")
    assert "under 10" in english.content.decode()
    traps = await client.get("/figures/lights.csv")
    assert "'=HYPERLINK" in traps.content.decode()


@pytest.mark.parametrize("key", list(FIGURES))
@pytest.mark.parametrize("extension", ["xlsx", "csv"])
async def test_every_figure_is_a_file_too(county: County, key: str, extension: str) -> None:
    for language in LANGUAGES:
        answer = await county.client("supervisor", language).get(f"/figures/{key}.{extension}")
        assert answer.status_code == 200, answer.text
        assert answer.content
