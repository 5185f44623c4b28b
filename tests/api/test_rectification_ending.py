"""Ending an item otherwise than by closing it: no finding ends without those who would have to agree to its closing."""

from typing import Any

import pytest

from tests.api.decisions import codes
from tests.api.rectifications import Walk, ahead
from tests.api.test_rectification_work import standing


@pytest.mark.parametrize("source", ["inspection_tour", "county_transfer", "audit"])
async def test_act_422_a_finding_that_its_source_confirms_is_not_withdrawn(county, source: str) -> None:
    walk = await Walk.start(county, source=source)
    for dry_run in (True, False):
        answer = await walk.act("county_supervisor", "withdrawn", reason="登记错误", dry_run=dry_run)
        assert codes(answer) == [("/outcome", "source_confirms_its_end")]
    offered = [one["outcome"] for one in (await walk.seen_by("supervisor"))["procedure"]["options"]]
    assert "withdrawn" not in offered
    assert (await walk.seen_by("supervisor"))["status"] == "registered"


PEOPLE = {"affects_people": True, "nobody_affected_reason": ""}
LAXER: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"source": "inspection_tour"}, {"source": "self_review", "severity": "major", **PEOPLE}),
    ({"severity": "major"}, {"severity": "important", "source": "audit", **PEOPLE}),
    (PEOPLE, {"source": "audit", "severity": "major"}),
]


@pytest.mark.parametrize(("strict", "lax"), LAXER)
async def test_merge_422_into_what_asks_for_less(county, strict: dict[str, Any], lax: dict[str, Any]) -> None:
    walk, other = await Walk.start(county, **strict), await Walk.start(county, **lax)
    answer = await walk.post("supervisor", "/merge", {"into_id": other.item["id"], "reason": "同一个问题"})
    assert codes(answer) == [("/into_id", "merge_target_laxer")]


async def test_merge_200_into_what_asks_for_as_much(county) -> None:
    walk = await Walk.start(county, source="audit", severity="important")
    other = await Walk.start(county, source="inspection_tour", severity="major", **PEOPLE)
    answer = await walk.post("supervisor", "/merge", {"into_id": other.item["id"], "reason": "同一个问题"})
    assert answer.status_code == 200, answer.text
    assert (walk.item["status"], walk.item["merged_into"]["number"]) == ("merged", other.item["number"])


async def test_merge_422_into_what_has_longer(timely) -> None:
    """A limit moves by extension only, and what has passed stays passed."""
    walk, other = await Walk.start(timely), await Walk.start(timely)
    await walk.assigned(due_on=walk.ahead(20))
    for given in ({"due_on": other.ahead(60)}, None):
        if given:
            await other.assigned(**given)
        else:
            await walk.later(30)
        answer = await walk.post("supervisor", "/merge", {"into_id": other.item["id"], "reason": "同一个问题"})
        assert codes(answer) == [("/into_id", "merge_target_later")]
    into = await other.post("supervisor", "/merge", {"into_id": walk.item["id"], "reason": "同一个问题"})
    assert into.status_code == 200, into.text


async def test_merge_422_into_what_could_still_be_given_any_day(county) -> None:
    """Neither what nobody has assigned yet, nor what never ends, nor what has longer than the next milestone."""
    walk, other = await Walk.start(county), await Walk.start(county)
    await walk.assigned(due_on=ahead(20))
    for_good = await standing(county, 10)
    merged = {"into_id": other.item["id"], "reason": "同一个问题"}
    assert codes(await walk.post("supervisor", "/merge", merged)) == [("/into_id", "merge_target_later")]
    merged["into_id"] = for_good.item["id"]
    assert codes(await walk.post("supervisor", "/merge", merged)) == [("/into_id", "merge_target_later")]
    merged["into_id"] = walk.item["id"]
    assert codes(await for_good.post("supervisor", "/merge", merged)) == [("/into_id", "merge_target_later")]
    into = await other.post("supervisor", "/merge", merged)
    assert into.status_code == 200, into.text
