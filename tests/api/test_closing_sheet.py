"""The closing sheet of an item over HTTP: everything that its closing rests on."""

import io
from typing import Any

from pypdf import PdfReader

from tests.api.rectifications import Walk
from tests.factories import County


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


async def closed(county: County, **changes: Any) -> Walk:
    walk = await Walk.start(county, **changes)
    while walk.step is not None:
        await walk.pass_step()
    assert walk.item["status"] == "closed"
    return walk


async def test_closing_sheet_200_has_all_that_closing_rests_on(county: County) -> None:
    walk = await closed(county, severity="important", affects_people=True, nobody_affected_reason="")
    answer = await walk.client("inspector").get(f"{walk.path}/closing-sheet.pdf")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    text = text_of(answer.content)
    proofs = [
        one["sha256"] for step in walk.item["procedure"]["steps"] for act in step["acts"] for one in act["evidence"]
    ]
    assert proofs
    for expected in (
        walk.item["number"], "任思远", "曾立德", "较重", "党建督查第11期", county.village.name, "核查验收",
        "同意销号", "回访12人", "举一反三", *proofs,
    ):  # fmt: skip
        assert "".join(expected.split()) in text, expected
    assert "未办结" not in text


async def test_closing_sheet_200_of_an_open_item_says_so_and_404_out_of_reach(
    county: County, other_county: County
) -> None:
    walk = await Walk.start(county)
    path = f"{walk.path}/closing-sheet.pdf"
    assert "未办结" in text_of((await walk.client("supervisor").get(path)).content)
    assert (await other_county.client("supervisor").get(path)).status_code == 404
    assert (await county.client("discipline_officer").get(path)).status_code == 403
