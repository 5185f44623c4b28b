"""How a run is answered: steps, options and holders, for each caller."""

import pytest

from backend.db.account import RoleGrant
from backend.domain.procedures import registry
from backend.domain.procedures.decision.version_1 import DECISION_1
from backend.domain.procedures.registry import indexed
from tests.api.decisions import Walk, started


async def test_options_say_what_is_missing_for_this_caller_in_words(county) -> None:
    walk = await Walk.start(county)
    mine = {option["outcome"]: option for option in (await walk.seen_by("clerk"))["procedure"]["options"]}
    assert set(mine) == {"done"}
    assert mine["done"]["allowed"] is True
    assert mine["done"]["missing"] == [
        {"code": "record_missing", "message": "请填写“意向征集”的记录", "pointer": "/record"}
    ]
    theirs = {option["outcome"]: option for option in (await walk.seen_by("secretary"))["procedure"]["options"]}
    assert set(theirs) == {"done", "withdrawn"}
    assert theirs["done"]["allowed"] is False
    assert theirs["done"]["missing"][0]["message"] == "“意向征集”由经办人、乡镇管理员办理"


async def test_titles_come_in_the_callers_language(county) -> None:
    made = await started(county)
    english = (await county.client("clerk", "en").get(f"/decisions/{made['id']}")).json()["procedure"]
    assert english["title"] == "Eight-step decision"
    assert english["steps"][0]["title"] == "Intention solicitation"
    assert english["options"][0]["title"] == "Finish this step"


async def test_steps_hold_every_act_with_who_when_and_on_which_text(county) -> None:
    walk = await Walk.start(county)
    await walk.pass_until("investigation")
    step = walk.decision["procedure"]["steps"][0]
    (act,) = step["acts"]
    assert step["state"] == "done"
    assert step["by"] == act["by"] == {"id": str(county.accounts["clerk"].id), "name": "clerk"}
    assert act["text_sha256"] == walk.decision["text"]["sha256"]
    assert act["record"]["conclusion"]
    assert step["closed_at"] == act["at"] == walk.decision["procedure"]["steps"][1]["opened_at"]


async def grant(county, role: str, organization, name: str) -> None:
    account = await county.account(None, organization, name)
    async with county.app.state.database.transaction() as session:
        session.add(RoleGrant(account_id=account.id, role=role, organization_id=organization.id))


async def test_holders_are_the_nearest_on_the_tree(county) -> None:
    made = await started(county, organization_id=str(county.village.id))

    async def holders() -> set[str]:
        seen = (await county.client("county_admin").get(f"/decisions/{made['id']}")).json()
        (listed,) = (await county.client("county_admin").get("/decisions")).json()["items"]
        assert listed["holders"] == seen["procedure"]["holders"]
        return {holder["name"] for holder in seen["procedure"]["holders"]}

    assert await holders() == {"clerk", "township_admin"}
    await grant(county, "clerk", county.county, "县里的经办人")
    assert await holders() == {"clerk", "township_admin"}
    await grant(county, "clerk", county.village, "村里的经办人")
    assert await holders() == {"村里的经办人"}
    await grant(county, "clerk", county.branch, "下面的经办人")
    await grant(county, "secretary", county.village, "村里的书记")
    assert await holders() == {"村里的经办人"}


async def test_a_run_keeps_the_version_that_it_began_under(county, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = await Walk.start(county)
    closing = DECISION_1["steps"][-1]
    newer = {**DECISION_1, "version": 2, "steps": [{**closing, "back_to": []}]}
    newer["withdrawal"] = {"roles": ["secretary"]}
    monkeypatch.setattr(registry, "_shipped", lambda: indexed([DECISION_1, newer]))
    assert (await walk.seen_by("clerk"))["procedure"]["version"] == 1
    await walk.pass_until("investigation")
    later = await started(county)
    assert (later["procedure"]["version"], later["procedure"]["step"]) == (2, "closing")
    items = (await walk.client("clerk").get("/decisions")).json()["items"]
    assert [item["step"] for item in items] == ["closing", "investigation"]
