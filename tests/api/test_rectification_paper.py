"""The monthly bulletin over HTTP."""

import io
from datetime import date
from typing import Any

import pytest
from docx import Document

from backend.db.rectification import Rectification
from tests.api.rectifications import Walk, today
from tests.api.test_closing_sheet import closed, text_of
from tests.factories import County

MONTH = f"{today():%Y-%m}"


async def bulletin(county: County, who: str = "supervisor", **query: Any) -> str:
    asked = {"organization_id": str(county.township.id), "month": MONTH} | query
    answer = await county.client(who).get("/rectifications/bulletin.docx", params=asked)
    assert answer.status_code == 200, answer.text
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs)


async def test_bulletin_200_counts_what_was_registered_closed_and_is_late(county: County) -> None:
    await closed(county, affects_people=True, nobody_affected_reason="")
    open_one = await Walk.start(county, source="self_review", problem="公开栏没有更新")
    await open_one.assigned()
    said = await bulletin(county)
    assert f"统计截至{today().year}年{today().month}月{today().day}日" in said
    assert "当月新登记问题2件，销号1件；目前在办1件，其中超期0件。" in said
    assert "党建督查1件、自评自查1件" in said
    assert "待签收1件" in said
    assert "目前没有超期的问题。" in said
    assert f"{county.village.name}。针对“排水沟堵塞，雨季积水”" in said
    assert "曾立德" not in said
    assert "任思远" not in said


async def test_bulletin_200_names_no_example_that_came_from_a_feedback_card(county: County) -> None:
    walk = await closed(county, affects_people=True, nobody_affected_reason="")
    async with county.app.state.database.transaction() as session:
        item = await session.get(Rectification, walk.item["id"])
        item.feedback_card_id = item.id
    said = await bulletin(county)
    assert "排水沟" not in said
    assert "请结合实际补充" in said


async def test_bulletin_200_of_an_empty_month_and_as_pdf(county: County) -> None:
    asked = {"organization_id": str(county.branch.id), "month": "2025-02"}
    answer = await county.client("clerk").get("/rectifications/bulletin.pdf", params=asked)
    assert answer.status_code == 200
    text = text_of(answer.content)
    assert "送审稿" in text
    assert "关于2025年2月问题整改情况的通报" in text


@pytest.mark.parametrize("month", ["2026-13", "2026", "26-01", "2026-1"])
async def test_bulletin_422_for_what_is_no_month(county: County, month: str) -> None:
    asked = {"organization_id": str(county.township.id), "month": month}
    answer = await county.client("clerk").get("/rectifications/bulletin.pdf", params=asked)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/month")


async def test_bulletin_422_for_a_month_to_come_404_out_of_reach_and_403(county: County, other_county: County) -> None:
    asked = {"organization_id": str(county.township.id), "month": f"{date.today().year + 1}-01"}  # noqa: DTZ011 - any clock will do
    path = "/rectifications/bulletin.pdf"
    answer = await county.client("clerk").get(path, params=asked)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "month_in_future")
    asked["month"] = MONTH
    assert (await other_county.client("clerk").get(path, params=asked)).status_code == 404
    assert (await county.client("discipline_officer").get(path, params=asked)).status_code == 403
