"""The examples of the contract are bodies that the server accepts, and reads answer in their own shapes."""

from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel

from backend.api import feedback_examples as shown
from backend.api.event import EventPage
from backend.api.feedback_box import OpeningPage
from backend.api.feedback_channel import BatchPage
from backend.api.feedback_shapes import CardIn, CardOut, CardPage
from backend.api.feedback_work_shapes import EntriesIn
from backend.domain.feedback.category import CATEGORIES
from tests.api.feedbacks import Case, ok, sender


def at_home(county, body: dict[str, Any]) -> dict[str, Any]:
    """An example for a village of this county, under a submission of its own."""
    return {**body, "organization_id": str(county.village.id), "submission_id": str(uuid4())}


async def test_examples_201_send_and_enter(county) -> None:
    async with sender(county.app) as client:
        ok(await client.post("/feedback-cards", json=at_home(county, shown.CARD)))
    entries = [at_home(county, entry) for entry in shown.ENTRIES["entries"]]
    answer = ok(await county.client("clerk").post("/feedback-cards/entries", json={"entries": entries}))
    assert [entry["problems"] for entry in answer.json()["entries"]] == [[], []]
    CardIn.model_validate(shown.CARD)
    EntriesIn.model_validate(shown.ENTRIES)


async def test_examples_200_act_change_split_and_convert(county) -> None:
    case = await Case.sent(county)
    record = {**shown.ACT["record"], "handling_unit_id": str(county.office.id)}
    ok(await case.post("clerk", "split", **shown.PARTS))
    answer = await county.client("clerk").patch(case.path, json=shown.CHANGE, headers={"if-match": f'"{case.version}"'})
    case.took(ok(answer))
    ok(await case.post("clerk", "rectification", **shown.RECTIFICATION))
    ok(await case.post("clerk", "acts", **{**shown.ACT, "record": record}))


async def test_reads_200_answer_in_their_own_shapes(county) -> None:
    """Lists are written by PostgreSQL, past the shapes that document them."""
    clerk = county.client("clerk")
    ok(await clerk.post("/feedback-batches", json={**shown.NEW_BATCH, "organization_id": str(county.village.id)}))
    second = str((await county.account("clerk", county.village, "曾立德")).id)
    at = {"organization_id": str(county.village.id), "opener_b_id": second}
    ok(await clerk.post("/box-openings", json={**shown.BOX, **at}))
    case = await Case.sent(county)
    await case.answered()
    shapes: dict[str, type[BaseModel]] = {
        "/feedback-cards": CardPage,
        case.path: CardOut,
        f"{case.path}/events": EventPage,
        "/feedback-batches": BatchPage,
        "/box-openings": OpeningPage,
    }
    for path, shape in shapes.items():
        answer = ok(await clerk.get(path))
        shape.model_validate_json(answer.content)
        assert answer.headers["cache-control"] == "no-store", path


@pytest.mark.parametrize("body", [shown.CARD, *shown.ENTRIES["entries"], *shown.PARTS["parts"], shown.CHANGE])
def test_examples_name_categories_that_there_are(body: dict[str, Any]) -> None:
    assert body["category"] in CATEGORIES
