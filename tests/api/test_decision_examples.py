"""The examples of the contract are bodies that the server accepts, and name what the demonstration holds."""

from pydantic import BaseModel

from backend.api import decision_examples
from backend.api.decision_examples import AT_STEP
from backend.api.decision_shapes import DecisionOut, DecisionPage, OpinionPage
from backend.api.event import EventPage
from backend.api.procedure import ProcedurePage, TaskPage
from backend.domain.procedures.registry import current
from tests.api.decisions import Walk


async def test_example_201_starts_a_decision(county) -> None:
    body = {
        **decision_examples.DECISION,
        "organization_id": str(county.township.id),
        "sponsor_unit_id": str(county.office.id),
    }
    answer = await county.client("clerk").post("/decisions", json=body)
    assert answer.status_code == 201, answer.text


async def test_examples_200_act_amend_and_answer(county) -> None:
    walk = await Walk.start(county)
    client, headers = walk.client("clerk"), {"if-match": '"1"'}
    changed = await client.patch(walk.path, json=decision_examples.DECISION_CHANGE, headers=headers)
    assert changed.status_code == 200, changed.text
    opinion = await client.post(f"{walk.path}/opinions", json=decision_examples.OPINION)
    assert opinion.status_code == 201
    path = f"{walk.path}/opinions/{opinion.json()['id']}"
    answer = await client.patch(path, json=decision_examples.OPINION_ANSWER, headers=headers)
    assert answer.status_code == 200
    acted = await client.post(f"{walk.path}/acts", json=decision_examples.ACT, headers={"if-match": '"2"'})
    assert acted.status_code == 200, acted.text


def test_the_demonstration_is_asked_for_one_decision_at_every_step() -> None:
    assert list(AT_STEP) == [step.key for step in current("decision").steps]
    assert len(set(AT_STEP.values())) == len(AT_STEP)


async def test_reads_200_answer_in_their_own_shapes(demo) -> None:
    """Lists are written by PostgreSQL, past the shapes that document them."""
    walk = await Walk.start(demo)
    opinion = {"channel": "web", "content": "同意", "from_kind": "resident"}
    assert (await walk.client("clerk").post(f"{walk.path}/opinions", json=opinion)).status_code == 201
    shapes: dict[str, type[BaseModel]] = {
        "/decisions": DecisionPage,
        walk.path: DecisionOut,
        f"{walk.path}/opinions": OpinionPage,
        f"{walk.path}/events": EventPage,
        "/me/tasks": TaskPage,
        "/procedures": ProcedurePage,
    }
    for path, shape in shapes.items():
        answer = await walk.client("clerk").get(path)
        shape.model_validate_json(answer.content)
        if path != "/procedures":
            assert answer.headers["cache-control"] == "no-store", path
    assert (await walk.act("secretary", "withdrawn", reason="条件不具备")).status_code == 200
    DecisionPage.model_validate_json((await walk.client("clerk").get("/decisions")).content)
