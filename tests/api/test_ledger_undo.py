"""What a second workbook changes, and taking imports back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from backend.db.organization import Organization, OrganizationName
from backend.db.roles import Addresses
from backend.db.usage import used_rows
from backend.periodic import periodic
from backend.worker import sweep
from tests.api.feedbacks import about, new_card, sender
from tests.factories import County
from tests.rosters import ORGANIZATION_TITLES, Installation, installation, person, workbook


async def bring_in(client: httpx.AsyncClient, rows: list[dict[str, Any]], ledger: str = "member") -> dict[str, Any]:
    content = workbook(rows) if ledger == "member" else workbook(rows, ORGANIZATION_TITLES)
    answer = await client.post(
        "/imports", params={"ledger": ledger, "dry_run": False}, files={"file": ("m.xlsx", content)}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def only_member(client: httpx.AsyncClient, county: County) -> dict[str, Any]:
    (member,) = (await client.get("/members", params={"organization_id": str(county.branch.id)})).json()["items"]
    return member


def codes(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["column"], each["code"]) for each in body["refused"]]


async def test_commit_201_changes_what_differs_and_erases_nothing(county: County) -> None:
    clerk = county.client("clerk")
    await bring_in(clerk, [person(1, county.branch.name, 备注="老党员", 是否流动党员="是")])
    before = await only_member(clerk, county)
    blank = person(1, county.branch.name, 学历="", 备注="", 联系电话="", 是否流动党员="", 籍贯="", 转正时间="")
    assert (await bring_in(clerk, [blank]))["rows"]["unchanged"] == 1
    # A month does not make the day less known.
    month = person(1, county.branch.name, 备注="", 是否流动党员="", 转正时间=person(1, "")["转正时间"][:7])
    assert (await bring_in(clerk, [month]))["rows"]["unchanged"] == 1
    assert await only_member(clerk, county) == before
    changed = person(1, county.branch.name, 学历="大学本科", 联系电话="19988887777", 是否流动党员="否")
    assert (await bring_in(clerk, [changed]))["rows"]["updated"] == 1
    after = await only_member(clerk, county)
    assert (after["education"], after["phone"], after["is_mobile"]) == ("大学本科", "199****7777", False)
    assert (after["remark"], after["version"]) == ("老党员", before["version"] + 1)
    events = (await clerk.get(f"/members/{after['id']}/events")).json()["items"]
    assert [event["kind"] for event in events] == ["member.changed", "member.registered"]
    assert set(events[0]["data"]) == {"education", "phone", "is_mobile"}


async def test_check_201_refuses_a_person_of_another_branch_and_what_records_contradict(county: County) -> None:
    clerk = county.client("clerk")
    await bring_in(clerk, [person(1, county.branch.name)])
    moved = await bring_in(clerk, [person(1, county.other_branch.name)])
    assert codes(moved) == [("所在党支部", "known_in_other_branch")]
    # The day of confirmation that the row leaves blank is on record, and would now come too early.
    later = await bring_in(clerk, [person(1, county.branch.name, 入党时间="2020年7月1日", 转正时间="")])
    assert codes(later) == [("转正时间", "confirmed_too_early")]
    assert later["rows"]["updated"] == 0


async def test_undo_201_removes_what_was_created_and_restores_what_was_changed(county: County) -> None:
    clerk = county.client("clerk")
    await bring_in(clerk, [person(1, county.branch.name)])
    before = await only_member(clerk, county)
    second = await bring_in(
        clerk, [person(1, county.branch.name, 学历="小学", 联系电话="19900000000", 入党时间="1974年8月"),
                person(2, county.branch.name)]
    )  # fmt: skip
    assert (second["rows"]["created"], second["rows"]["updated"]) == (1, 1)
    answer = await clerk.post(f"/imports/{second['id']}/undo")
    assert (answer.status_code, answer.json()["state"]) == (201, "undone")
    after = await only_member(clerk, county)
    kept = ("name", "phone", "education", "joined_on", "organization_id", "status")
    assert {key: after[key] for key in kept} == {key: before[key] for key in kept}
    organization = (await clerk.get(f"/organizations/{county.branch.id}")).json()
    assert organization["member_count"] == 1
    again = await clerk.post(f"/imports/{second['id']}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "import_not_committed")
    assert (await clerk.get(f"/imports/{second['id']}/result.xlsx")).status_code == 409
    async with county.app.state.database.reader() as reader:
        kinds = await reader.execute(
            sa.text("SELECT kind, count(*) FROM event WHERE data->>'import_id' = :id GROUP BY 1"), {"id": second["id"]}
        )
        assert dict(kinds.all()) == {"member.import_undone": 1}
    assert not (county.app.state.settings.imports / second["id"]).exists()


async def test_undo_409_names_the_rows_whose_records_were_used_since(county: County) -> None:
    clerk = county.client("clerk")
    made = await bring_in(clerk, [person(1, county.branch.name), person(2, county.branch.name)])
    member = next(
        each
        for each in (await clerk.get("/members", params={"organization_id": str(county.branch.id)})).json()["items"]
        if each["id_number"].endswith(person(2, "")["公民身份号码"][-4:])
    )
    changed = await clerk.patch(f"/members/{member['id']}", json={"education": "小学"}, headers={"if-match": '"1"'})
    assert changed.status_code == 200
    answer = await clerk.post(f"/imports/{made['id']}/undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "used_since")
    assert [error["message"] for error in answer.json()["errors"]] == [
        "工作表“花名册”第 3 行的记录导入后已被修改或使用"
    ]
    assert len((await clerk.get("/members")).json()["items"]) == 2


async def test_undo_409_of_organisations_that_have_members_children_or_accounts_since(county: County) -> None:
    chief = county.client("county_admin")
    township = county.township.name
    rows = [
        {"组织名称": f"北岗{township}村", "组织类别": "村", "上级组织": township},
        {"组织名称": f"北岗{township}党支部", "组织类别": "党支部", "上级组织": township},
        {"组织名称": f"南岗{township}党支部", "组织类别": "党支部", "上级组织": township},
        {"组织名称": f"南岗{township}村", "组织类别": "村", "上级组织": township},
    ]
    made = await bring_in(chief, rows, "organization")
    assert made["rows"]["created"] == 4
    member = await bring_in(chief, [person(1, f"北岗{township}党支部")])
    found = (await chief.get("/organizations", params={"q": f"南岗{township}"})).json()["items"]
    ids = {each["name"]: each["id"] for each in found}
    child = {"parent_id": ids[f"南岗{township}村"], "kind": "party_branch", "name": f"新{township}支部"}
    assert (await chief.post("/organizations", json=child)).status_code == 201
    async with county.app.state.database.transaction() as session:
        await session.execute(
            sa.text("UPDATE account SET organization_id = :id WHERE id = :account"),
            {"id": ids[f"南岗{township}党支部"], "account": county.accounts["member"].id},
        )
    answer = await chief.post(f"/imports/{made['id']}/undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "used_since")
    assert [error["message"][:12] for error in answer.json()["errors"]] == [
        f"工作表“花名册”第 {row} " for row in (3, 4, 5)
    ]
    assert (await chief.post(f"/imports/{member['id']}/undo")).status_code == 201


async def test_undo_201_of_a_whole_county_leaves_no_trace_but_events(county: County) -> None:
    admin = county.client("platform_admin")
    name = f"远山{county.county.name}"
    rows = [
        {"组织名称": name, "组织类别": "县委"},
        {"组织名称": f"{name}镇党委", "组织类别": "镇党委", "上级组织": name},
    ]
    made = await bring_in(admin, rows, "organization")
    names = {top["name"] for top in (await admin.get("/organizations?limit=200")).json()["items"]}
    assert name in names
    assert (await admin.post(f"/imports/{made['id']}/undo")).status_code == 201
    async with county.app.state.database.reader() as reader:
        for table in (Organization, OrganizationName):
            left = await reader.execute(sa.select(sa.func.count()).where(table.name.startswith(name)))
            assert left.scalar_one() == 0
    assert (await admin.get(f"/imports/{made['id']}")).json()["state"] == "undone"


async def test_check_201_judges_a_township_clerks_file_by_what_stands_above(county: County) -> None:
    clerk = county.client("clerk")
    township, root = county.township.name, county.county.name
    rows = [
        {"组织名称": township, "组织类别": "镇党委", "上级组织": root},
        {"组织名称": f"北岗{township}党支部", "组织类别": "党支部", "上级组织": township},
        {"组织名称": f"邻{township}", "组织类别": "镇党委", "上级组织": root},
        {"组织名称": county.branch.name, "组织类别": "村", "上级组织": township},
        {"组织名称": county.branch.name, "组织类别": "党支部", "上级组织": county.village.name},
        {"组织名称": f"别{root}", "组织类别": "县委"},
    ]
    body = await bring_in(clerk, rows, "organization")
    assert [(each["row"], each["column"], each["code"]) for each in body["refused"]] == [
        (4, "上级组织", "not_yours_to_change"),
        (5, "组织类别", "kind_differs"),
        (6, "上级组织", "stands_elsewhere"),
        (7, "上级组织", "county_root_differs"),
    ]
    assert (body["rows"]["unchanged"], body["rows"]["created"]) == (1, 1)


@pytest.fixture
async def shown(server: Addresses, tmp_path: Path) -> AsyncIterator[Installation]:
    """An installation whose clock can be moved."""
    async with installation(server, tmp_path, demo=True) as made:
        yield made


async def erased(made: Installation) -> int:
    (task,) = [task for task in periodic(made.settings) if task.key == "ledger_erase"]
    return await sweep(made.settings, made.dsn, task)


async def test_undo_and_commit_409_after_a_day_and_the_uploads_are_erased(shown: Installation) -> None:
    rows = [{"组织名称": "远山县委", "组织类别": "县委"}]
    made = await bring_in(shown.client, rows, "organization")
    checked = await shown.upload("o.xlsx", "organization", workbook(rows, ORGANIZATION_TITLES))
    assert len(list(shown.settings.imports.iterdir())) == 2
    assert await erased(shown) == 0
    assert (await shown.client.post("/demo/clock", json={"days": 2})).status_code == 200
    late = await shown.client.post(f"/imports/{made['id']}/undo")
    assert (late.status_code, late.json()["code"]) == (409, "undo_over")
    late = await shown.client.post(f"/imports/{checked.json()['id']}/commit")
    assert (late.status_code, late.json()["code"]) == (409, "upload_erased")
    assert await erased(shown) == 2
    assert list(shown.settings.imports.iterdir()) == []
    assert (await shown.client.get(f"/imports/{made['id']}")).json()["rows"]["created"] == 1
    assert (await shown.client.get(f"/imports/{made['id']}/preview")).json()["items"] == []


@pytest.mark.parametrize("joins", [("enable_nestloop", "enable_mergejoin"), ("enable_nestloop", "enable_hashjoin")])
async def test_what_is_used_is_found_whichever_way_the_database_goes_about_it(
    county: County, joins: tuple[str, str]
) -> None:
    """With reports in the vault, a plan that reads all rows of a table met the lock, and an undo ended with 503."""
    async with sender(county.app) as client:
        body = new_card(county, wish="misconduct", about=about(county.village), contact={"phone": "13900005678"})
        assert (await client.post("/feedback-cards", json=body)).status_code == 201
    made = await bring_in(
        county.client("county_admin"),
        [{"组织名称": f"东岗{county.township.name}村", "组织类别": "村", "上级组织": county.township.name}],
        "organization",
    )
    async with county.app.state.database.transaction() as session:
        for kind in joins:
            await session.execute(sa.text(f"SET LOCAL {kind} = off"))
        assert await used_rows(session, UUID(made["id"]), Organization, (), 10) != []
        # The vault is closed again to whatever the transaction does next.
        with pytest.raises(DBAPIError, match="the vault is closed"):
            await session.execute(sa.text("SELECT count(*) FROM sealed_report"))
