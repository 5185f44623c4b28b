"""Printed batches."""

from typing import Any

from backend.api.feedback_channel import BatchPage
from tests.api.feedbacks import Case, new_entry, ok
from tests.api.test_feedback_work import entered


async def test_batch_201_numbers_cards_and_takes_each_once(county) -> None:
    body = {"organization_id": str(county.village.id), "kind": "opinion_card", "count": 3, "window": "窗口"}
    batch = ok(await county.client("clerk").post("/feedback-batches", json=body)).json()
    assert (batch["count"], batch["returned"], len(batch["token"])) == (3, 0, 12)
    card = new_entry(county, batch_id=batch["id"], printed_number=f"{batch['number']}-0003")
    (made,) = await entered(county, card)
    seen = await (await Case(county, made["receipt"]).found()).get()
    assert seen["batch"]["printed_number"] == f"{batch['number']}-0003"
    again = new_entry(county, batch_id=batch["id"], printed_number=f"{batch['number']}-0003")
    stray = new_entry(county, batch_id=batch["id"], printed_number=f"{batch['number']}-0004")
    accusing = new_entry(county, batch_id=batch["id"], about={"organization_ids": [str(county.village.id)]})
    answers = await entered(county, again, stray, accusing)
    assert [one["problems"][0]["code"] if one["problems"] else "" for one in answers] == [
        "printed_number_taken",
        "printed_number_unknown",
        "",
    ]
    page = await county.client(await county.account("clerk", county.village)).get("/feedback-batches")
    BatchPage.model_validate_json(page.content)
    # The card that is about the village is not told to the village by a count.
    assert [one["returned"] for one in page.json()["items"]] == [1]
    township = await county.client("clerk").get(
        "/feedback-batches", params={"organization_id": str(county.township.id)}
    )
    assert len(township.json()["items"]) == 1


async def test_the_number_of_a_card_about_somebody_is_kept_nowhere(county) -> None:
    """Who handed the cards out knows who got which number, and must not learn that one came back about him."""
    body = {"organization_id": str(county.village.id), "kind": "opinion_card", "count": 3}
    batch = ok(await county.client("clerk").post("/feedback-batches", json=body)).json()

    def numbered(place: int, **changes: Any) -> dict[str, Any]:
        return new_entry(county, batch_id=batch["id"], printed_number=f"{batch['number']}-000{place}", **changes)

    accused = {"organization_ids": [str(county.village.id)]}
    accusing, plain, sealed = await entered(county, numbered(1, about=accused), numbered(2), numbered(3))
    seen = await (await Case(county, accusing["receipt"]).found()).get()
    assert seen["batch"]["printed_number"] is None
    # The desk learns later whom the second is about, and that the third tells of misconduct.
    later = await Case(county, plain["receipt"]).found()
    headers = {"if-match": f'"{later.version}"'}
    ok(await county.client("clerk").patch(later.path, json={"about": accused}, headers=headers))
    ok(await (await Case(county, sealed["receipt"]).found()).triage(outcome="seal"))
    # Whoever tries the numbers out is told of none of them that it had been used.
    villager = county.client(await county.account("clerk", county.village))
    tried = {"entries": [numbered(place) for place in (1, 2, 3)]}
    answers = ok(await villager.post("/feedback-cards/entries", json=tried)).json()["entries"]
    assert [one["problems"] for one in answers] == [[], [], []]


async def test_batch_404_outside_reach_and_403_for_who_only_reads(county, other_county) -> None:
    body = {"organization_id": str(other_county.village.id), "kind": "poster", "count": 1}
    assert (await county.client("clerk").post("/feedback-batches", json=body)).status_code == 404
    body["organization_id"] = str(county.village.id)
    assert (await county.client("inspector").post("/feedback-batches", json=body)).status_code == 403
