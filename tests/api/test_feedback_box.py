"""Boxes that are opened by two people, each under a sign-in of their own."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from backend.api.feedback_box import OpeningPage
from backend.db.account import Account
from backend.db.base import utc_now
from tests.api.accounts import code_of
from tests.api.feedbacks import codes, new_entry, ok
from tests.api.test_feedback_work import entered
from tests.factories import County


def opening(county: County, **changes: Any) -> dict[str, Any]:
    return {
        "organization_id": str(county.village.id),
        "box_no": "DG-01",
        "location": "村卫生室门口",
        "seal_no": "F-1",
        "seal_whole": True,
        "new_seal_no": "F-2",
        "opener_b_id": str(county.accounts["member"].id),
        "opened_at": (utc_now() - timedelta(hours=1)).isoformat(),
        "slips": 2,
        **changes,
    }


async def opened(county: County, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = ok(
        await county.client("clerk").post("/box-openings", json=opening(county, **changes))
    ).json()
    return made


async def answered(county: County, id: str, who: str | Account = "member", **said: Any) -> httpx.Response:
    return await county.client(who).post(f"/box-openings/{id}/confirmation", json={"confirmed": True, **said})


def slip(county: County, opening_id: str) -> dict[str, Any]:
    return new_entry(county, channel="suggestion_box", box_opening_id=opening_id)


async def waiting(county: County, who: str | Account = "member", state: str = "waiting") -> list[dict[str, Any]]:
    page = ok(await county.client(who).get("/me/box-openings", params={"state": state}))
    OpeningPage.model_validate_json(page.content)
    items: list[dict[str, Any]] = page.json()["items"]
    return items


def problems(entries: list[dict[str, Any]]) -> list[str]:
    return [one["problems"][0]["code"] if one["problems"] else "" for one in entries]


async def test_box_200_is_confirmed_by_the_second_opener_alone(county: County) -> None:
    """A member of a branch, who may read no feedback at all, sees this opening and answers for it."""
    made = await opened(county)
    assert (made["state"], made["opener_a"], made["opener_b"]) == ("waiting", "clerk", "member")
    assert problems(await entered(county, slip(county, made["id"]))) == ["opening_unconfirmed"]
    (seen,) = await waiting(county)
    assert (seen["slips"], seen["seal_no"], seen["new_seal_no"], seen["id"]) == (2, "F-1", "F-2", made["id"])
    assert (await county.client("member").get("/box-openings")).status_code == 403

    # Neither who recorded it nor anybody else, whatever they may do with feedback.
    for other in ("clerk", "secretary", "county_admin"):
        assert (await answered(county, made["id"], other)).status_code == 404, other
        assert await waiting(county, other) == [], other
    confirmed = ok(await answered(county, made["id"])).json()
    assert (confirmed["state"], confirmed["answered_at"] is not None) == ("confirmed", True)
    assert await waiting(county) == []
    assert len(await waiting(county, state="confirmed")) == 1
    assert code_of(await answered(county, made["id"])) == "opening_answered"
    answers = await entered(county, *(slip(county, made["id"]) for _ in range(3)))
    assert problems(answers) == ["", "", "slips_exceeded"]
    page = await county.client("inspector").get("/box-openings", params={"organization_id": str(county.township.id)})
    OpeningPage.model_validate_json(page.content)
    assert [(one["slips"], one["state"]) for one in page.json()["items"]] == [(2, "confirmed")]


async def test_box_200_objected_to_is_recorded_anew(county: County) -> None:
    made = await opened(county)
    refused = await answered(county, made["id"], confirmed=False)
    assert codes(refused) == [("/objection", "objection_missing")]
    assert codes(await answered(county, made["id"], objection="不符")) == [
        ("/objection", "objection_with_confirmation")
    ]
    said = ok(await answered(county, made["id"], confirmed=False, objection="箱内是三张，不是两张。")).json()
    assert (said["state"], said["objection"]) == ("objected", "箱内是三张，不是两张。")
    assert problems(await entered(county, slip(county, made["id"]))) == ["opening_objected"]
    assert code_of(await answered(county, made["id"])) == "opening_answered"
    # The seals go on from the opening before: what was objected to is no opening.
    again = await opened(county, slips=3)
    ok(await answered(county, again["id"]))
    assert problems(await entered(county, slip(county, again["id"]))) == [""]


async def test_box_403_for_a_stand_in_of_the_second_opener(county: County) -> None:
    """Who opens a box stands in for nobody: the recorder to whom the second opener lends roles is not two people."""
    second = await county.account("clerk", county.village, "曾立德")
    body = {"to_id": str(county.accounts["clerk"].id), "reason": "外出学习"}
    ok(await county.client(second).post("/me/delegations", json=body))
    made = await opened(county, opener_b_id=str(second.id))
    deputy = county.client("clerk")
    deputy.headers["on-behalf-of"] = str(second.id)
    answer = await deputy.post(f"/box-openings/{made['id']}/confirmation", json={"confirmed": True})
    assert (answer.status_code, code_of(answer)) == (403, "confirm_yourself")
    assert (await deputy.get("/me/box-openings")).json()["items"] == []
    # Recording for the colleague and naming the colleague is one pair of hands, too.
    again = await deputy.post("/box-openings", json=opening(county, opener_b_id=str(second.id), remark="补登"))
    assert codes(again) == [("/opener_b_id", "box_needs_two")]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"opener_b_id": "11111111-1111-4111-8111-111111111111"}, ("/opener_b_id", "opener_unknown")),
        ({"opened_at": "2199-01-01T00:00:00Z"}, ("/opened_at", "opened_in_future")),
        ({"seal_whole": False}, ("/remark", "broken_seal_unexplained")),
        ({"new_seal_no": "F-1"}, ("/new_seal_no", "seal_used_again")),
        ({"slips": -1}, ("/slips", "field_greater_than_equal")),
        ({"opener_a": "区慧"}, ("/opener_a", "field_extra_forbidden")),
    ],
)
async def test_box_422_for_an_opening_that_proves_nothing(county, changes: dict, problem: tuple[str, str]) -> None:
    answer = await county.client("clerk").post("/box-openings", json=opening(county, **changes))
    assert codes(answer) == [problem]


async def test_box_422_with_oneself_or_with_somebody_of_the_same_name(county) -> None:
    twin = await county.account("clerk", county.village, "clerk")
    for second in (county.accounts["clerk"], twin):
        answer = await county.client("clerk").post("/box-openings", json=opening(county, opener_b_id=str(second.id)))
        assert codes(answer) == [("/opener_b_id", "box_needs_two")], second.name


async def test_box_404_outside_reach(county, other_county) -> None:
    answer = await other_county.client("clerk").post("/box-openings", json=opening(county))
    assert answer.status_code == 404
    made = await opened(county)
    assert (await answered(other_county, made["id"])).status_code == 404


async def test_box_422_with_somebody_of_another_county_or_who_is_suspended(county, other_county) -> None:
    stranger = await other_county.account("clerk", other_county.village, "别处人")
    gone = await county.account("clerk", county.village, "离任人")
    async with county.app.state.database.transaction() as session:
        kept = await session.get_one(Account, gone.id)
        kept.suspended_at = utc_now()
    for second in (stranger, gone):
        answer = await county.client("clerk").post("/box-openings", json=opening(county, opener_b_id=str(second.id)))
        assert codes(answer) == [("/opener_b_id", "opener_unknown")], second.name


async def test_box_422_when_its_seal_is_not_the_one_put_on_last(county) -> None:
    client = county.client("clerk")
    ok(await client.post("/box-openings", json=opening(county)))
    broken_chain = opening(county, seal_no="F-9", new_seal_no="F-10", opened_at=utc_now().isoformat())
    answer = await client.post("/box-openings", json=broken_chain)
    assert codes(answer) == [("/seal_no", "seal_not_last")]
    # Another box has seals of its own, and what is explained is put on record.
    ok(await client.post("/box-openings", json={**broken_chain, "box_no": "DG-02"}))
    ok(await client.post("/box-openings", json={**broken_chain, "remark": "上次封签脱落，当场补贴F-9。"}))
    ok(await client.post("/box-openings", json=opening(county, seal_no="F-10", new_seal_no="F-11")))
