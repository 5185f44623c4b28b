"""What a part of a card, or one merged into another, says stands in two places: both are kept from the same people."""

from typing import Any

import pytest

from tests.api.feedbacks import CONTENT, REPLY, Case, codes, ok
from tests.factories import County

ACCUSES = "村里会计把占地补偿款装进了自己的口袋。"
BOTH = f"{CONTENT}还有，{ACCUSES}"
VAGUE = "那个戴帽子的问我要过东西，不给就一直拖着。"
CONTACT = {"name": "陶秀英", "phone": "19900003355"}


async def divided(county: County, accuses: str = ACCUSES, **changes: Any) -> tuple[Case, Case]:
    """A card that speaks of a lamp and of a clerk, and the part of it that speaks of the clerk."""
    case = await Case.sent(county, content=f"{CONTENT}还有，{accuses}", **changes)
    ok(await case.post("clerk", "split", parts=[{"content": accuses, "category": "other"}]))
    (part,) = case.seen["parts"]
    return case, await Case(county, {**case.receipt, "number": part["number"]}).found()


async def read(county: County, number: str) -> dict[str, Any]:
    officer = county.client("discipline_officer")
    rows = ok(await officer.get("/sealed-reports")).json()["items"]
    (row,) = [one for one in rows if one["number"] == number]
    return ok(await officer.post(f"/sealed-reports/{row['id']}/reading", json={"reason": "线索初核"})).json()


async def test_seal_422_for_a_part_whose_whole_is_still_in_hand(county) -> None:
    """Whoever handles the whole would read what the part accuses them of."""
    whole, part = await divided(county, contact=CONTACT)
    assert codes(await part.triage(outcome="seal")) == [("/record/outcome", "sealed_after_its_whole")]
    ok(await whole.triage(outcome="seal"))
    ok(await part.triage(outcome="seal"))
    assert (await read(county, part.receipt["number"]))["content"] == ACCUSES
    opened = await read(county, whole.receipt["number"])
    assert (opened["content"], opened["name"]) == (BOTH, "陶秀英")


async def test_who_handles_a_part_404_for_its_whole_and_reads_no_number_of_it(county) -> None:
    """The lamp goes to the village; what the whole says of its clerk does not, nor that there is a whole."""
    whole = await Case.sent(county, content=BOTH)
    ok(await whole.post("clerk", "split", parts=[{"content": CONTENT, "category": "lamps"}]))
    (made,) = whole.seen["parts"]
    part = await Case(county, {**whole.receipt, "number": made["number"]}).found()
    ok(await whole.triage(outcome="seal"))
    ok(await part.triage(handling_unit_id=str(county.village.id)))
    villager = county.client(await county.account("clerk", county.village, "村里人"))
    for path in (part.path, f"{part.path}/events", "/feedback-cards", "/me/tasks", "/changes"):
        answer = ok(await villager.get(path))
        assert whole.receipt["number"] not in answer.text, path
        assert whole.id not in answer.text, path
    assert [one["kind"] for one in ok(await villager.get(f"{part.path}/events")).json()["items"]][
        -1
    ] == "feedback.split"


async def test_seal_200_takes_along_the_words_of_a_whole_that_is_over(county) -> None:
    """Dissatisfied with the answer to the card that theirs was merged into, somebody has a case again, with the same
    words in both places."""
    main = await Case.sent(county)
    other = await Case.sent(county, content=VAGUE, contact=CONTACT)
    ok(await other.post("clerk", "merge", into_id=main.id, reason="同一件事"))
    await main.answered()
    ok(await other.rate(1))
    (part,) = (await other.track())["parts"]
    again = await Case(county, {**other.receipt, "number": part["number"]}).found()
    ok(await again.triage(outcome="seal"))
    clerk = county.client("clerk")
    assert (await clerk.get(other.path)).status_code == 404
    assert ok(await clerk.get("/feedback-cards", params={"q": VAGUE})).json()["items"] == []
    opened = await read(county, part["number"])
    assert (opened["content"], opened["name"], opened["phone"]) == (VAGUE, "陶秀英", CONTACT["phone"])
    assert [one["status"] for one in (await other.track())["parts"]] == ["sealed"]


async def test_mark_200_of_a_part_keeps_its_whole_from_whoever_is_meant(county) -> None:
    whole, part = await divided(county, VAGUE)
    ok(await whole.triage(handling_unit_id=str(county.village.id)))
    villager = county.client(await county.account("clerk", county.village, "村里人"))
    assert VAGUE in ok(await villager.get(whole.path)).json()["content"]
    marked = await county.client("clerk").patch(
        part.path,
        json={"about": {"organization_ids": [str(county.village.id)]}},
        headers={"if-match": f'"{part.version}"'},
    )
    ok(marked)
    for path in (whole.path, part.path):
        assert (await villager.get(path)).status_code == 404
    seen = await whole.get()
    assert ([one["id"] for one in seen["about"]], seen["status"]) == ([str(county.village.id)], "received")


async def test_seal_200_gives_those_who_were_merged_into_it_a_case_of_their_own(county) -> None:
    main, first, second = await Case.sent(county), await Case.sent(county), await Case.sent(county)
    for case in (first, second):
        ok(await case.post("clerk", "merge", into_id=main.id, reason="同一件事"))
    await main.found()
    ok(await main.triage(outcome="seal"))
    (heir,) = [case for case in (first, second) if (await case.track())["parts"]]
    (part,) = (await heir.track())["parts"]
    assert part["status"] == "received"
    other = second if heir is first else first
    assert (await other.get())["merged_into"]["number"] == part["number"]
    await (await Case(county, {**heir.receipt, "number": part["number"]}).found()).answered()
    assert [one["public_reply"] for one in (await heir.track())["parts"]] == [REPLY]
    told = await other.track()
    assert (told["can_rate"], told["public_reply"]) == (True, REPLY)


@pytest.mark.parametrize("way", ["split", "sealed"])
async def test_changes_200_tell_of_a_case_that_came_of_another(county, way: str) -> None:
    clerk = county.client("clerk")
    if way == "split":
        whole, part = await divided(county)
        key = part.id
    else:
        main, whole = await Case.sent(county), await Case.sent(county)
        ok(await whole.post("clerk", "merge", into_id=main.id, reason="同一件事"))
        await main.found()
        ok(await main.triage(outcome="seal"))
        (made,) = (await whole.track())["parts"]
        key = (await Case(county, {**whole.receipt, "number": made["number"]}).found()).id
    told, after = [], {}
    while True:
        page = ok(await clerk.get("/changes", params={"resource": "feedback-cards", **after})).json()
        told += [one["id"] for one in page["items"]]
        after = {"after": page["next_cursor"]}
        if not page["more"]:
            break
    assert key in told
