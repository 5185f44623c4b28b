"""What is printed of a batch over HTTP."""

import io
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from tests.factories import County


async def batch(county: County, **changes: Any) -> dict[str, Any]:
    body = {"organization_id": str(county.village.id), "kind": "poster", "count": 3} | changes
    answer = await county.client("clerk").post("/feedback-batches", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def pages(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


async def poster(county: County, made: dict[str, Any], who: str = "clerk", **query: Any) -> httpx.Response:
    return await county.client(who).get(f"/feedback-batches/{made['id']}/poster.pdf", params=query)


async def test_poster_200_leads_to_the_place_and_says_what_is_known_of_box_and_hotline(county: County) -> None:
    made = await batch(county)
    answer = await poster(county, made, hotline="0538-1234567")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    (text,) = pages(answer.content)
    for expected in (
        county.village.name, county.township.name, made["number"], f"http://127.0.0.1:8000/m/p/{made['token']}",
        "0538-1234567", "请勿张贴",
    ):  # fmt: skip
        assert expected in text
    opening = {
        "organization_id": str(county.village.id),
        "box_no": "1",
        "location": "村委会大门左侧",
        "seal_no": "F-1",
        "seal_whole": True,
        "new_seal_no": "F-2",
        "opener_b_id": str((await county.account("secretary", county.village, "曾立德")).id),
        "opened_at": "2026-01-05T01:00:00Z",
        "slips": 0,
    }
    assert (await county.client("clerk").post("/box-openings", json=opening)).status_code == 201
    assert "村委会大门左侧" in pages((await poster(county, made)).content)[0]
    assert "村口公示栏旁" in pages((await poster(county, made, box="村口公示栏旁")).content)[0]


@pytest.mark.parametrize(("kind", "title"), [("opinion_card", "意见建议卡"), ("satisfaction_card", "满意度评议卡")])
async def test_poster_200_of_cards_gives_each_its_number(county: County, kind: str, title: str) -> None:
    made = await batch(county, kind=kind, count=5, window="三号窗口")
    found = pages((await poster(county, made)).content)
    assert len(found) == 2
    assert all(f"{made['number']}-{place:04}" in "".join(found) for place in range(1, 6))
    assert "".join(found).count(title) == 5


async def test_poster_404_out_of_reach_403_without_permission_and_422_for_a_long_line(
    county: County, other_county: County
) -> None:
    made = await batch(county)
    assert (await poster(other_county, made)).status_code == 404
    assert (await poster(county, made, "inspector")).status_code == 403
    assert (await poster(county, made, box="路" * 41)).status_code == 422
