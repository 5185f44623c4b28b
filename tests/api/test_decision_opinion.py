"""Opinions on decisions."""

import asyncio
from typing import Any

import pytest

from tests.api.decisions import Walk, codes

OPINION = {"channel": "household_visit", "content": "先修学校门口", "from_kind": "resident", "from_name": "陶秀英"}
ANSWER = {"outcome": "partly_adopted", "reason": "学校路段列为第一段"}


async def received(walk: Walk, who: str = "clerk", **changes: Any):
    return await walk.client(who).post(f"{walk.path}/opinions", json={**OPINION, **changes})


async def answered(walk: Walk, opinion: dict[str, Any], who: str = "clerk", **changes: Any):
    return await walk.client(who).patch(
        f"{walk.path}/opinions/{opinion['id']}",
        json={**ANSWER, **changes},
        headers={"if-match": f'"{opinion["version"]}"'},
    )


async def test_receive_201_and_answer_200_are_one_event_each(county) -> None:
    walk = await Walk.start(county)
    made = await received(walk)
    assert made.status_code == 201
    assert made.json()["outcome"] is None
    answer = await answered(walk, made.json())
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["outcome"], answer.json()["reason"]) == ("partly_adopted", ANSWER["reason"])
    assert answer.json()["answered_by"] == county.accounts["clerk"].name
    events = (await walk.client("clerk").get(f"{walk.path}/events")).json()["items"]
    assert [event["kind"] for event in events] == [
        "decision.opinion_answered",
        "decision.opinion_received",
        "decision.started",
    ]
    assert events[0]["data"]["outcome"] == {"old": None, "new": "partly_adopted"}
    # The log is read by more people than the opinion: neither the sender's name nor words are in it.
    assert "陶秀英" not in str(events)
    assert OPINION["content"] not in str(events)
    assert (await walk.seen_by("clerk"))["version"] == 1


async def test_list_200_masks_residents_for_those_who_do_not_work_on_it(county) -> None:
    walk = await Walk.start(county)
    for kind, name in (("resident", "陶秀英"), ("resident", "单"), ("resident", ""), ("expert", "解明远")):
        assert (await received(walk, from_kind=kind, from_name=name)).status_code == 201

    async def names(who: str) -> list[str | None]:
        items = (await walk.client(who).get(f"{walk.path}/opinions")).json()["items"]
        return [item["from_name"] for item in items]

    assert await names("clerk") == ["陶秀英", "单", None, "解明远"]
    assert await names("inspector") == ["陶**", "单*", None, "解明远"]
    assert await names("legal_reviewer") == ["陶**", "单*", None, "解明远"]


async def test_receive_201_from_a_member_where_they_may_see_it(county) -> None:
    walk = await Walk.start(county, organization_id=str(county.branch.id))
    made = await received(walk, "member", from_kind="member", from_name="")
    assert made.status_code == 201
    assert (await answered(walk, made.json(), "member")).status_code == 403


async def test_receive_404_outside_reach_and_403_for_one_who_only_reads(county, other_county, anonymous) -> None:
    walk = await Walk.start(county)
    outside = await other_county.client("clerk").post(f"{walk.path}/opinions", json=OPINION)
    assert outside.status_code == 404
    assert (await received(walk, "inspector")).status_code == 403
    assert (await anonymous.post(f"/api/v1{walk.path}/opinions", json=OPINION)).status_code == 401
    assert (await other_county.client("clerk").get(f"{walk.path}/opinions")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"channel": "pigeon"}, ("/channel", "field_enum")),
        ({"content": "  "}, ("/content", "field_string_too_short")),
        ({"content": "a\x00"}, ("/content", "field_text_unstorable")),
        ({"from_kind": "robot"}, ("/from_kind", "field_enum")),
        ({"outcome": "adopted"}, ("/outcome", "field_extra_forbidden")),
    ],
)
async def test_receive_422_for_what_is_no_opinion(county, changes: dict[str, str], problem: tuple[str, str]) -> None:
    walk = await Walk.start(county)
    assert codes(await received(walk, **changes)) == [problem]


async def test_answer_422_without_a_reason_428_without_and_412_with_a_stale_version(county) -> None:
    walk = await Walk.start(county)
    opinion = (await received(walk)).json()
    assert codes(await answered(walk, opinion, reason=" ")) == [("/reason", "field_string_too_short")]
    bare = await walk.client("clerk").patch(f"{walk.path}/opinions/{opinion['id']}", json=ANSWER)
    assert bare.status_code == 428
    assert (await answered(walk, {**opinion, "version": 5})).status_code == 412
    assert (await answered(walk, {**opinion, "id": walk.decision["id"]})).status_code == 404


async def test_answer_404_for_an_opinion_on_another_decision(county) -> None:
    walk, other = await Walk.start(county), await Walk.start(county)
    opinion = (await received(other)).json()
    assert (await answered(walk, opinion)).status_code == 404


async def test_answer_200_may_be_corrected_and_the_log_keeps_both(county) -> None:
    walk = await Walk.start(county)
    first = (await answered(walk, (await received(walk)).json())).json()
    second = await answered(walk, first, outcome="not_adopted", reason="经核实不在范围内")
    assert second.json()["outcome"] == "not_adopted"
    events = (await walk.client("clerk").get(f"{walk.path}/events")).json()["items"]
    assert events[0]["data"]["outcome"] == {"old": "partly_adopted", "new": "not_adopted"}


async def test_act_422_while_an_opinion_has_no_outcome(demo) -> None:
    walk = await Walk.start(demo)
    opinion = (await received(walk)).json()
    await walk.pass_until("opinion_solicitation")
    await walk.later(31)
    refused = await walk.act("clerk")
    assert codes(refused) == [("", "unanswered")]
    assert "1条" in refused.json()["errors"][0]["message"]
    option = await walk.option("clerk")
    assert option["allowed"] is False
    assert "unanswered" in [need["code"] for need in option["missing"]]
    assert (await answered(walk, opinion)).status_code == 200
    assert (await walk.act("clerk")).status_code == 200
    for late in (await received(walk), await answered(walk, {**opinion, "version": 2})):
        assert (late.status_code, late.json()["code"]) == (409, "opinions_over")


async def test_receive_409_after_it_is_withdrawn(county) -> None:
    walk = await Walk.start(county)
    assert (await walk.act("secretary", "withdrawn", reason="条件不具备")).status_code == 200
    answer = await received(walk)
    assert (answer.status_code, answer.json()["code"]) == (409, "run_over")


async def test_receive_and_close_at_once_leaves_no_opinion_without_outcome(demo) -> None:
    """Whichever comes first: the step closes and the opinion is refused, or the opinion is in and the step stays."""
    walk = await Walk.start(demo)
    await walk.pass_until("opinion_solicitation")
    await walk.later(31)
    record, evidence = await walk.example("clerk"), await walk.evidence("clerk")
    closing, opinion = await asyncio.gather(
        walk.act("clerk", record=record, evidence=evidence), received(walk, "township_admin")
    )
    assert (closing.status_code, opinion.status_code) in {(200, 409), (422, 201)}
