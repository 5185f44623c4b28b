"""The ledger's list is narrowed by every column that it has: a value finds the item, any other leaves it out."""

from dataclasses import fields
from typing import Any

from backend.api.rectification_filter import RectificationQuery
from tests.api.rectifications import Walk, ahead, listed, today

# What an item of the ledger is found by, and what leaves it out.
FILTERS: dict[str, tuple[Any, Any]] = {
    "source": ("audit", "supervision"),
    "category": ("dues_finance", "venue"),
    "severity": ("important", "general"),
    "status": ("assigned", "closed"),
    "step": ("sign_for", "assignment"),
    "light": ("green", "red"),
    "deadline_kind": ("dated", "standing"),
    "responsible_person": ("立德", "保田"),
    "responsible_leader": ("思远", "秋实"),
    "source_document": ("第7号", "第8号"),
    "source_clause": ("第3条", "第4条"),
    "due_from": (ahead(40), ahead(41)),
    "due_to": (ahead(40), ahead(39)),
    "original_due_from": (ahead(40), ahead(41)),
    "original_due_to": (ahead(40), ahead(39)),
    "registered_from": (today().isoformat(), ahead(1)),
    "registered_to": (today().isoformat(), ahead(-1)),
    "overdue": (False, True),
    "supervised": (True, False),
    "affects_people": (False, True),
    "has_extension": (False, True),
    "systemic": (True, False),
    "relapsed": (False, True),
    "relook": (False, True),
}


async def test_list_200_every_filter_finds_the_item_by_its_value_and_leaves_it_out_by_another(county) -> None:
    walk = await Walk.start(
        county,
        source="audit",
        source_document="审计报告第7号",
        source_clause="第二部分第3条",
        category="dues_finance",
        severity="important",
        systemic=True,
    )
    await walk.assigned()
    answer = await walk.post("supervisor", "/supervision", {"reason": "群众多次反映，列入督办。"})
    assert answer.status_code == 200, answer.text
    village, township, office = (str(one.id) for one in (county.village, county.township, county.office))
    units = {"responsible_unit_id": (village, office), "registered_at_id": (township, village)}
    for name, (own, other) in (FILTERS | units).items():
        for value, expected in ((own, [walk.item["id"]]), (other, [])):
            assert [item["id"] for item in await listed(county, **{name: value})] == expected, f"{name}={value}"


WORDS = {"measures": ("清淤疏通", "补种"), "result": ("全线疏通", "补种"), "remark": ("汛期", "旱期")}


async def test_list_200_by_what_the_office_writes_into_the_ledger(county) -> None:
    walk = await (await Walk.start(county)).pass_until("rectifying")
    noted = await walk.client("supervisor").patch(
        walk.path, json={"remark": "汛期前完成"}, headers={"if-match": walk.version}
    )
    assert noted.status_code == 200, noted.text
    walk.item = noted.json()
    await walk.pass_until("verification")
    for name, (own, other) in WORDS.items():
        assert [item["id"] for item in await listed(county, **{name: own})] == [walk.item["id"]], name
        assert await listed(county, **{name: other}) == [], name


async def test_list_200_by_the_day_of_closing(county) -> None:
    walk = await Walk.start(county)
    assert await listed(county, closed_from=ahead(-1)) == []
    await walk.pass_until(None)
    for name, own, other in (("closed_from", 0, 1), ("closed_to", 0, -1)):
        assert [item["id"] for item in await listed(county, **{name: ahead(own)})] == [walk.item["id"]], name
        assert await listed(county, **{name: ahead(other)}) == [], name


def test_no_filter_is_left_out() -> None:
    tried = {*FILTERS, *WORDS, "q", "responsible_unit_id", "registered_at_id", "closed_from", "closed_to"}
    assert tried == {field.name for field in fields(RectificationQuery)}
