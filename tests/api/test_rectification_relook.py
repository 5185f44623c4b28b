"""Looking at closed items again: who is drawn, what is found, and a relapse that opens the item once more."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.db.rectification import Rectification, RectificationRelook, RelookKind, id_of_relook
from backend.domain.access import Moment
from backend.domain.rectification.relook import draw_relooks
from tests.api.decisions import uploaded
from tests.api.rectifications import Walk, ahead, today
from tests.files import picture


async def closed(county, **changes) -> Walk:
    return await (await Walk.start(county, **changes)).pass_until(None)


async def drawn(county, months: int) -> list[RectificationRelook]:
    """Draw as if so many months had passed, and answer what this county's items were drawn for."""
    async with county.app.state.database.transaction() as session:
        await draw_relooks(session, Moment(datetime.now(UTC) + timedelta(days=31 * months)))
        question = sa.select(RectificationRelook).where(RectificationRelook.county_id == county.county.id)
        return list((await session.execute(question)).scalars())


async def look(walk: Walk, who: str = "supervisor", kind: str = "major", **body):
    relook = id_of_relook(UUID(walk.item["id"]), RelookKind(kind), walk.item["procedure"]["round"])
    sent = {"found": "held", "findings": "现场查看没有反弹。", **body}
    return await walk.client(who).post(f"{walk.path}/relooks/{relook}", json=sent)


@pytest.fixture
async def major(county) -> Walk:
    walk = await closed(county, severity="major")
    await drawn(county, 7)
    return walk


async def test_draw_takes_every_major_item_after_six_months_once(county) -> None:
    walk = await closed(county, severity="major")
    assert [one for one in await drawn(county, 5) if one.kind is RelookKind.major] == []
    for _ in range(2):
        found = [one for one in await drawn(county, 7) if one.kind is RelookKind.major]
        assert [str(one.rectification_id) for one in found] == [walk.item["id"]]


async def test_draw_takes_a_fifth_of_the_others_after_three_months(county) -> None:
    walk = await closed(county)
    async with county.app.state.database.transaction() as session:
        known = await session.get_one(Rectification, walk.item["id"])
        copies = 250
        # Rows straight into the tables: 250 walks would take minutes.
        await session.execute(
            sa.text(
                "INSERT INTO rectification (id, created_at, updated_at, version, county_id, organization_id,"
                " registered_at_id, registered_on, number, source, source_document, source_clause, severity, category,"
                " problem, grams, facts, responsible_leader, responsible_person, extensions, affects_people,"
                " nobody_affected_reason, status, closed_on, closed_at, systemic, claimed_closed, measures, result,"
                " remark) SELECT gen_random_uuid(), now(), now(), 1, county_id, organization_id, registered_at_id,"
                " registered_on, 'X-' || n, source, '', '', severity, category, problem, grams, '', '', '', 0, true,"
                " '', 'closed', closed_on, closed_at, false, false, '', '', ''"
                " FROM rectification, generate_series(1, :copies) n WHERE id = :id"
            ),
            {"copies": copies, "id": known.id},
        )
        await session.execute(
            sa.text(
                "INSERT INTO procedure_run (id, created_at, updated_at, version, procedure, procedure_version,"
                " subject_kind, subject_id, organization_id, county_id, number, title, started_at, state, round, roles,"
                " not_for, only_for, under_check) SELECT gen_random_uuid(), now(), now(), 1, 'rectification', 1,"
                " 'rectification', id, organization_id, county_id, number, '', now(), 'closed', 1, '{}', '{}', '{}',"
                " false FROM rectification WHERE county_id = :county AND number LIKE 'X-%'"
            ),
            {"county": county.county.id},
        )
    found = await drawn(county, 4)
    while len(more := await drawn(county, 4)) > len(found):
        found = more
    assert 25 <= len(found) <= 80
    assert {one.kind for one in found} == {RelookKind.sample}


async def test_relooks_200_lists_what_is_due_and_what_was_done(county, major) -> None:
    client = county.client("supervisor")
    (due,) = [one for one in (await client.get("/rectifications/relooks")).json()["items"] if one["kind"] == "major"]
    assert (due["item"]["number"], due["found"], due["organization"]["id"]) == (
        major.item["number"],
        None,
        str(county.village.id),
    )
    assert (await look(major)).status_code == 200
    done = (await client.get("/rectifications/relooks", params={"done": True, "kind": "major"})).json()["items"]
    assert [(one["id"], one["found"]) for one in done] == [(due["id"], "held")]


async def test_relook_200_held_leaves_it_closed_and_keeps_the_proof(county, major) -> None:
    proof = await uploaded(major.client("supervisor"), county.village.id, picture("1"))
    answer = await look(major, evidence=[proof])
    item = answer.json()
    assert (item["status"], [one["found"] for one in item["relooks"] if one["kind"] == "major"]) == ("closed", ["held"])
    assert [one["id"] for look_ in item["relooks"] for one in look_["evidence"]] == [proof]
    assert (await look(major)).json()["code"] == "relook_done"


async def test_relook_200_a_relapse_opens_the_item_again_and_says_so(county, major) -> None:
    answer = await look(major, found="relapsed", findings="又淤积了。", due_on=ahead(20))
    item = answer.json()
    assert (item["status"], item["step"], item["relapsed"], item["due_on"]) == (
        "rectifying",
        "rectifying",
        True,
        ahead(20),
    )
    assert (item["procedure"]["round"], item["closed_on"], item["closed_on"]) == (2, None, None)
    closings = [act for step in item["procedure"]["steps"] for act in step["acts"] if step["key"] == "closing"]
    assert len(closings) == 1
    assert item["original_due_on"] == major.item["original_due_on"]


async def test_relook_200_a_relapse_without_a_day_has_a_month(county, major) -> None:
    item = (await look(major, found="relapsed", findings="又淤积了。")).json()
    assert item["due_on"] >= (today() + timedelta(days=30)).isoformat()


async def test_relook_403_for_the_unit_and_for_others_than_supervision(county, major) -> None:
    assert (await look(major, "unit_secretary")).json()["code"] == "own_item"
    assert (await look(major, "clerk")).json()["code"] == "relook_for_supervisors"


async def test_relook_409_after_the_item_was_opened_again(county, major) -> None:
    reopened = await major.act(
        "supervisor", "reopened", step="rectifying", reason="群众反映", record={"due_on": ahead(30)}
    )
    assert reopened.status_code == 200, reopened.text
    walk = major
    walk.item["procedure"]["round"] = 1
    assert (await look(walk)).json()["code"] == "relook_outdated"


async def test_relook_404_for_one_that_is_not_there(county, major) -> None:
    path = f"{major.path}/relooks/{major.item['id']}"
    answer = await major.client("supervisor").post(path, json={"found": "held", "findings": "没有反弹"})
    assert answer.status_code == 404
