"""The ledger of problems over HTTP: the sample as it is, out and in again, and what a workbook may not do."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.db.event import Event
from backend.db.organization import Organization
from backend.db.procedure import ProcedureRun
from backend.db.rectification import Rectification
from backend.db.roles import Addresses
from tests.api import decisions
from tests.api.feedbacks import Case, ok
from tests.api.rectifications import Walk, ahead, assignment, listed, today, working_days_ahead
from tests.factories import County, make_account
from tests.rosters import SAMPLES, Installation, installation, opened, workbook

EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))["rectifications.xlsx"]
TITLES = (
    "问题类别", "具体问题", "问题来源", "整改措施", "责任领导", "责任单位", "责任人", "整改时限", "完成情况",
    "是否销号", "备注", "问题编号",
)  # fmt: skip
FAR = "2099年12月31日前"


@pytest.fixture(scope="module")
async def bare(server: Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """An installation with the sample's organisations and an officer of supervision, who imports its ledger."""
    async with installation(server, tmp_path_factory.mktemp("bare")) as made:
        assert (await made.upload("organizations.xlsx", "organization", dry_run=False)).status_code == 201
        async with made.app.state.database.transaction() as session:
            root = (await session.execute(sa.select(Organization).where(Organization.parent_id.is_(None)))).scalar_one()
            officer = await make_account(session, "supervisor", root, "督查员")
        made.client.headers["authorization"] = f"Bearer {made.token(officer)}"
        yield made


@pytest.fixture(scope="module")
async def ledger(bare: Installation) -> dict[str, Any]:
    """What bringing the sample in has answered; after it the installation holds its ledger."""
    answer = await bare.upload("rectifications.xlsx", "rectification", dry_run=False)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [{key: each[key] for key in ("row", "column", "code")} for each in body["refused"]]


async def stored(made: Any, *columns: str) -> list[dict[str, Any]]:
    unit = sa.func.coalesce(col(Rectification.responsible_unit_id), col(Rectification.proposed_unit_id))
    question = (
        sa.select(
            *(getattr(Rectification, column) for column in columns),
            col(Organization.name).label("unit"),
            col(ProcedureRun.step),
            col(ProcedureRun.procedure),
        )
        .join(Organization, col(Organization.id) == unit)
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(Rectification.id))
        .order_by(col(Rectification.number))
    )
    async with made.state.database.reader() as reader:
        return [dict(row._mapping) for row in await reader.execute(question)]


def lines(content: bytes) -> list[dict[str, Any]]:
    sheet = opened(content).worksheets[0]
    titles = [cell.value for cell in sheet[3]]
    return [
        dict(zip(titles, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(4, sheet.max_row - 1)
    ]


@pytest.mark.parametrize("name", ["rectifications.xlsx", "rectifications.xls"])
async def test_check_201_says_of_the_sample_exactly_what_is_expected(bare: Installation, name: str) -> None:
    body = (await bare.upload(name, "rectification")).json()
    assert (body["rows"]["total"], body["rows"]["acceptable"]) == (EXPECTED["data_rows"], EXPECTED["acceptable"])
    assert refused(body) == EXPECTED["refused"]
    assert all(each["message"] and each["message"] != each["code"] for each in body["refused"])


async def test_commit_201_registers_the_sample_and_what_it_calls_closed_waits_to_be_recognised(
    bare: Installation, ledger: dict[str, Any]
) -> None:
    body = ledger
    assert (body["state"], body["rows"]["created"]) == ("committed", EXPECTED["acceptable"])
    items = await stored(bare.app, "source", "problem", "deadline_kind", "due_on", "status", "claimed_closed")
    assert len(items) == EXPECTED["acceptable"]
    out = {each["row"] for each in EXPECTED["refused"]}
    limits = [(each["kind"], each["due_on"]) for each in EXPECTED["deadlines"] if each["row"] not in out]
    assert [(each["deadline_kind"], each["due_on"] and each["due_on"].isoformat()) for each in items] == limits
    assert {each["source"] for each in items} == set(EXPECTED["sources"].values())
    claimed = [each for each in items if each["claimed_closed"]]
    assert len(claimed) == 14
    assert {(each["procedure"], each["step"], each["status"]) for each in claimed} == {
        ("rectification_recognition", "recognition", "close_requested")
    }
    assert {each["step"] for each in items if not each["claimed_closed"]} == {"assignment"}


@pytest.mark.usefixtures("ledger")
async def test_import_201_again_changes_nothing_in_either_format(bare: Installation) -> None:
    before = await stored(bare.app, "number", "version", "updated_at")
    for name in ("rectifications.xlsx", "rectifications.xls"):
        body = (await bare.upload(name, "rectification", dry_run=False)).json()
        assert (body["rows"]["unchanged"], body["rows"]["created"]) == (EXPECTED["acceptable"], 0)
        assert refused(body) == EXPECTED["refused"]
    assert await stored(bare.app, "number", "version", "updated_at") == before


@pytest.mark.usefixtures("ledger")
async def test_export_200_has_the_offices_layout_and_is_read_back_as_unchanged(bare: Installation) -> None:
    content = (await bare.client.get("/exports/rectification.xlsx")).content
    told = lines(content)
    assert list(told[0])[:13] == [
        "序号", "问题类别", "具体问题", "问题来源", "整改措施", "责任领导", "责任单位", "责任人", "整改时限",
        "进展情况", "完成情况", "销号时间", "备注",
    ]  # fmt: skip
    assert len(told) == EXPECTED["acceptable"]
    assert {each["整改时限"] for each in told} >= {"立行立改", "长期坚持", "2026年12月31日前"}
    assert {each["销号时间"] for each in told} == {None, "已销号（待认定）"}
    assert {each["进展情况"].partition("（")[2][:2] for each in told} <= {"绿灯", "黄灯", "蓝灯", "灰灯", "红灯"}
    again = (await bare.upload("again.xlsx", "rectification", content, dry_run=False)).json()
    assert (again["rows"]["unchanged"], again["refused"]) == (EXPECTED["acceptable"], [])


@pytest.mark.usefixtures("ledger")
async def test_export_200_into_a_fresh_county_gives_equal_records(
    bare: Installation, server: Addresses, tmp_path: Path
) -> None:
    content = (await bare.client.get("/exports/rectification.xlsx")).content
    async with installation(server, tmp_path) as fresh:
        await fresh.upload("organizations.xlsx", "organization", dry_run=False)
        async with fresh.app.state.database.transaction() as session:
            root = (await session.execute(sa.select(Organization).where(Organization.parent_id.is_(None)))).scalar_one()
            officer = await make_account(session, "supervisor", root)
        fresh.client.headers["authorization"] = f"Bearer {fresh.token(officer)}"
        body = (await fresh.upload("l.xlsx", "rectification", content, dry_run=False)).json()
        assert (body["rows"]["created"], body["refused"]) == (EXPECTED["acceptable"], [])
        columns = (
            "source", "category", "problem", "measures", "responsible_leader", "responsible_person",
            "deadline_kind", "due_on", "result", "remark", "claimed_closed", "status",
        )  # fmt: skip

        def sorted_lines(items: list[dict[str, Any]]) -> list[str]:
            return sorted(json.dumps(each, ensure_ascii=False, default=str, sort_keys=True) for each in items)

        assert sorted_lines(await stored(fresh.app, *columns)) == sorted_lines(await stored(bare.app, *columns))


@pytest.mark.usefixtures("ledger")
async def test_export_200_narrowed_and_422_by_what_another_ledger_has(bare: Installation) -> None:
    content = (await bare.client.get("/exports/rectification.xlsx", params={"source": "self_review"})).content
    assert {each["问题来源"] for each in lines(content)} == {"自评自查"}
    blue = (await bare.client.get("/exports/rectification.xlsx", params={"light": "blue"})).content
    assert len(lines(blue)) == 14
    # Whatever narrows the list narrows the file, and both show the same.
    for asked, header in (
        ({"q": "公示"}, {}),
        ({"due_to": "2026-12-31", "affects_people": True}, {}),
        ({"measures": "整改"}, {}),
        ({}, {"x-responsible-leader": quote("张")}),
    ):
        listed = (await bare.client.get("/rectifications", params={**asked, "limit": 200}, headers=header)).json()
        exported = await bare.client.get("/exports/rectification.xlsx", params=asked, headers=header)
        problems = sorted(each["具体问题"] for each in lines(exported.content))
        assert problems == sorted(each["problem"] for each in listed["items"]), asked
    answer = await bare.client.get("/exports/member.xlsx", params={"source": "audit"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/source")


def row(county: County, **changes: Any) -> dict[str, Any]:
    return {
        "问题类别": "基础设施",
        "具体问题": "村口路灯三个月不亮",
        "问题来源": "党建督查",
        "整改措施": "更换灯头",
        "责任领导": "",
        "责任单位": county.branch.name,
        "责任人": "张三",
        "整改时限": FAR,
    } | changes


async def send(client: httpx.AsyncClient, rows: list[dict[str, Any]], **query: Any) -> dict[str, Any]:
    content = workbook(rows, TITLES, "整改台账")
    answer = await client.post(
        "/imports", params={"ledger": "rectification", "dry_run": False, **query}, files={"file": ("l.xlsx", content)}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def codes(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["column"], each["code"]) for each in body["refused"]]


async def items_of(county: County) -> list[dict[str, Any]]:
    async with county.app.state.database.reader() as reader:
        found = await reader.execute(
            sa.text(
                "SELECT r.*, p.step, (SELECT count(*) FROM procedure_act a WHERE a.run_id = p.id) AS acts "
                "FROM rectification r JOIN procedure_run p ON p.subject_id = r.id WHERE r.county_id = :county "
                "ORDER BY r.number"
            ),
            {"county": county.county.id},
        )
        return [dict(each._mapping) for each in found]


async def test_import_201_assigns_rows_that_name_everything_when_the_importer_may(county: County) -> None:
    rows = [
        row(county, 责任领导="李四"),
        row(county, 责任领导="李四", 具体问题="没有责任人", 责任人=""),
        row(county, 责任领导="李四", 具体问题="早就到期", 整改时限="2024年3月底"),
        row(county, 责任领导="李四", 具体问题="马上改", 整改时限="立行立改"),
        row(county, 责任领导="李四", 具体问题="一直做", 整改时限="长期坚持"),
    ]
    body = await send(county.client("supervisor"), rows)
    assert (body["rows"]["created"], body["refused"]) == (5, [])
    items = {each["problem"]: each for each in await items_of(county)}
    assert {problem: each["step"] for problem, each in items.items()} == {
        "村口路灯三个月不亮": "sign_for",
        "没有责任人": "assignment",
        "早就到期": "assignment",
        "马上改": "sign_for",
        "一直做": "sign_for",
    }
    assert items["村口路灯三个月不亮"]["organization_id"] == county.branch.id
    assert items["早就到期"]["due_on"].isoformat() == "2024-03-31"
    assert items["早就到期"]["proposed_unit_id"] == county.branch.id
    assert (await send(county.client("supervisor"), rows))["rows"]["unchanged"] == 5


async def test_import_201_keeps_the_day_on_which_a_problem_was_found(county: County) -> None:
    content = workbook([row(county) | {"发现时间": "2025年3月8日"}], (*TITLES, "发现时间"))
    answer = await county.client("clerk").post(
        "/imports", params={"ledger": "rectification", "dry_run": False}, files={"file": ("l.xlsx", content)}
    )
    assert answer.json()["rows"]["created"] == 1
    (item,) = await items_of(county)
    assert item["registered_on"].isoformat() == "2025-03-08"


async def test_import_201_keeps_the_limit_of_the_ledger_though_it_has_passed(county: County) -> None:
    """Neither bringing a ledger in nor the first assignment makes what is overdue begin anew."""
    officer, passed, day = county.client("supervisor"), today() - timedelta(days=25), "%Y年%m月%d日前"
    texts = {"责任领导": "李四", "整改时限": f"{passed:{day}}"}
    assert (await send(officer, [row(county, **texts)]))["rows"]["created"] == 1
    (item,) = await items_of(county)
    assert (item["step"], item["registered_on"]) == ("assignment", today())
    walk = Walk(county, item)
    walk.item = await walk.seen_by("supervisor")
    for stands in (walk.item, *await listed(county, overdue=True), *await listed(county, light="red")):
        assert stands["id"] == str(item["id"])
        assert (stands["light"], stands["overdue_days"]) == ("red", 25)
        assert (stands["due_on"], stands["original_due_on"]) == (passed.isoformat(), passed.isoformat())
    (line,) = lines((await officer.get("/exports/rectification.xlsx", params={"overdue": True})).content)
    assert "红灯" in line["进展情况"]
    later = await send(officer, [row(county, **texts | {"整改时限": FAR})])
    assert codes(later) == [("整改时限", "limit_by_extension")]
    unit = str(county.branch.id)
    asked = await walk.act("supervisor", record=assignment(county, responsible_unit_id=unit, due_on=ahead(200)))
    assert decisions.codes(asked) == [("/record/due_on", "limit_moves_by_extension")]
    good = assignment(county, responsible_unit_id=unit, deadline_kind="standing")
    del good["due_on"]
    assert decisions.codes(await walk.act("supervisor", record=good)) == [("/record/deadline_kind", "limit_kind_stays")]
    await walk.assigned(responsible_unit_id=unit, due_on=passed.isoformat())
    (stands,) = await listed(county, overdue=True)
    assert (stands["step"], stands["light"], stands["overdue_days"]) == ("sign_for", "red", 25)
    assert (stands["due_on"], stands["original_due_on"]) == (passed.isoformat(), passed.isoformat())


async def test_import_201_with_a_limit_ahead_leaves_only_less_time_to_the_first_assignment(county: County) -> None:
    until = today() + timedelta(days=60)
    await send(county.client("clerk"), [row(county, 整改时限=f"{until:%Y年%m月%d日前}")])
    (item,) = await items_of(county)
    walk = Walk(county, item)
    walk.item = await walk.seen_by("supervisor")
    assert (walk.item["light"], walk.item["original_due_on"]) == ("green", until.isoformat())
    unit = str(county.branch.id)
    later = await walk.act("supervisor", record=assignment(county, responsible_unit_id=unit, due_on=ahead(61)))
    assert decisions.codes(later) == [("/record/due_on", "limit_moves_by_extension")]
    at_once = assignment(county, responsible_unit_id=unit, deadline_kind="immediate")
    del at_once["due_on"]
    await walk.done("supervisor", record=at_once)
    assert (walk.item["due_on"], walk.item["original_due_on"]) == (working_days_ahead(5), until.isoformat())


async def test_upload_202_leaves_a_long_ledger_to_the_worker(county: County) -> None:
    content = workbook([row(county, 具体问题=f"第{place}个问题") for place in range(151)], TITLES)
    answer = await county.client("clerk").post(
        "/imports", params={"ledger": "rectification"}, files={"file": ("l.xlsx", content)}
    )
    assert (answer.status_code, answer.json()["state"]) == (202, "checking")


async def test_import_201_by_a_clerk_registers_and_assigns_nothing(county: County) -> None:
    body = await send(county.client("clerk"), [row(county, 责任领导="李四")])
    assert body["rows"]["created"] == 1
    (item,) = await items_of(county)
    assert (item["step"], item["acts"], item["responsible_leader"]) == ("assignment", 0, "李四")


async def test_no_workbook_closes_an_item(county: County) -> None:
    officer = county.client("supervisor")
    await send(officer, [row(county, 责任领导="李四")])
    closed = await send(officer, [row(county, 责任领导="李四", 完成情况="换好了灯头", 是否销号="√")])
    assert codes(closed) == [("是否销号", "close_by_request")]
    new = await send(officer, [row(county, 具体问题="另一盏不亮", 完成情况="换好了灯头", 是否销号="已销号")])
    assert new["rows"]["created"] == 1
    steps = {each["problem"]: (each["step"], each["closed_on"]) for each in await items_of(county)}
    assert steps["另一盏不亮"] == ("recognition", None)
    assert steps["村口路灯三个月不亮"] == ("sign_for", None)


async def test_update_201_takes_what_is_open_to_a_ledger_and_refuses_what_acts_have_settled(county: County) -> None:
    clerk, officer = county.client("clerk"), county.client("supervisor")
    await send(clerk, [row(county)])
    body = await send(clerk, [row(county, 责任领导="李四", 整改时限="2098年6月底", 备注="急", 完成情况="灯头已买")])
    assert (body["rows"]["updated"], body["refused"]) == (1, [])
    (item,) = await items_of(county)
    assert (item["responsible_leader"], item["remark"], item["result"]) == ("李四", "急", "灯头已买")
    assert (item["due_on"].isoformat(), item["version"]) == ("2098-06-30", 2)
    await send(officer, [row(county, 责任领导="李四", 具体问题="第二件")])
    again = await send(officer, [row(county, 责任领导="王五", 具体问题="第二件", 整改时限="立行立改", 备注="新")])
    assert codes(again) == [("责任领导", "settled_in_system"), ("整改时限", "limit_by_extension")]
    remark = await send(officer, [row(county, 责任领导="李四", 具体问题="第二件", 备注="新")])
    assert remark["rows"]["updated"] == 1


async def test_a_number_means_its_item_whatever_else_the_row_leaves_out(county: County) -> None:
    clerk = county.client("clerk")
    await send(clerk, [row(county), row(county, 具体问题="路面坑洼")])
    first, second = await items_of(county)
    bare = {"具体问题": first["problem"], "问题来源": "党建督查", "问题编号": first["number"], "备注": "核对过"}
    assert (await send(clerk, [bare]))["rows"]["updated"] == 1
    swapped = await send(
        clerk,
        [
            row(county, 问题编号=second["number"]),
            row(county, 问题编号=first["number"], 责任单位=county.other_branch.name),
            {"具体问题": "不知道", "问题来源": "审计", "问题编号": "ZG-1999-0001"},
        ],
    )
    assert codes(swapped) == [
        ("具体问题", "number_of_other_problem"),
        ("责任单位", "number_of_other_unit"),
        ("问题编号", "number_unknown"),
    ]


async def test_check_201_refuses_doubles_foreign_units_and_the_top_of_the_county(
    county: County, other_county: County
) -> None:
    body = await send(
        county.client("county_admin"),
        [
            row(county),
            row(county, 具体问题="村口路灯 三个月不亮 "),
            row(county, 问题来源="审计"),
            row(county, 责任单位=other_county.branch.name),
            row(county, 责任单位=county.county.name),
        ],
    )
    assert body["rows"]["created"] == 2
    assert codes(body) == [
        ("具体问题", "duplicate_in_file"),
        ("责任单位", "unknown_organization"),
        ("责任单位", "unit_without_verifier"),
    ]


async def test_undo_201_removes_what_was_registered_and_withdraws_what_was_assigned(county: County) -> None:
    officer = county.client("supervisor")
    made = await send(officer, [row(county, 责任领导="李四"), row(county, 具体问题="只登记")])
    changed = await send(officer, [row(county, 具体问题="只登记", 备注="改过", 整改时限="立行立改")])
    assert changed["rows"]["updated"] == 1
    early = await officer.post(f"/imports/{made['id']}/undo")
    assert (early.status_code, early.json()["code"]) == (409, "used_since")
    assert (await officer.post(f"/imports/{changed['id']}/undo")).status_code == 201
    restored = {each["problem"]: each for each in await items_of(county)}["只登记"]
    assert (restored["remark"], restored["deadline_kind"]) == ("", "dated")


async def test_undo_409_once_an_item_was_assigned_or_acted_on(county: County) -> None:
    officer = county.client("supervisor")
    made = await send(officer, [row(county, 具体问题="只登记"), row(county, 具体问题="另一件")])
    (item,) = [each for each in await items_of(county) if each["problem"] == "只登记"]
    walk = Walk(county, item)
    await walk.add_people()
    seen = await walk.seen_by("supervisor")
    walk.item = seen
    if walk.step == "assignment":
        await walk.assigned()
    else:
        await walk.pass_step()
    answer = await officer.post(f"/imports/{made['id']}/undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "used_since")
    assert {each["problem"] for each in await items_of(county)} >= {"只登记", "另一件"}


async def test_undo_201_leaves_counts_right_and_the_ledger_ready_to_come_in_again(county: County) -> None:
    officer = county.client("supervisor")
    rows = [row(county, 责任领导="李四"), row(county, 具体问题="只登记")]
    made = await send(officer, rows)
    answer = await officer.post(f"/imports/{made['id']}/undo")
    assert (answer.status_code, answer.json()["state"]) == (201, "undone"), answer.text
    (left,) = await items_of(county)
    assert (left["problem"], left["status"]) == ("村口路灯三个月不亮", "withdrawn")
    async with county.app.state.database.reader() as reader:
        counts = await reader.execute(
            sa.text(
                "SELECT subject, t.status, sum(count) FROM organization_tally t JOIN organization o ON "
                "o.id = t.organization_id WHERE o.county_id = :county AND subject LIKE 'rectification%' "
                "GROUP BY 1, 2 HAVING sum(count) <> 0"
            ),
            {"county": county.county.id},
        )
        assert [tuple(each) for each in counts] == [("rectification", "withdrawn", 1)]
    assert (await send(officer, rows))["rows"]["created"] == 2


async def test_what_people_type_goes_out_and_comes_back_as_it_was(county: County) -> None:
    texts = ["=1+1", "'=1+1", "第一行\n第二行", "䶮𬭎村的路\n=坏了", "路" * 2000, "@某人 说 a  b", "- 一条\n- 两条"]
    officer = county.client("supervisor")
    for text in texts:
        answer = await officer.post(
            "/rectifications",
            json={
                "organization_id": str(county.township.id),
                "source": "supervision",
                "category": "infrastructure",
                "problem": text,
                "responsible_unit_id": str(county.branch.id),
                "deadline_kind": "dated",
                "due_on": "2099-12-31",
            },
        )
        assert answer.status_code == 201, answer.text
    content = (await officer.get("/exports/rectification.xlsx")).content
    assert all(cell.data_type != "f" for line in opened(content).worksheets[0].iter_rows() for cell in line)
    again = await officer.post("/imports", params={"ledger": "rectification"}, files={"file": ("l.xlsx", content)})
    assert (again.json()["rows"]["unchanged"], again.json()["refused"]) == (len(texts), [])


async def test_upload_403_for_those_who_write_no_items_and_template_200_comes_in_empty(county: County) -> None:
    content = workbook([row(county)], TITLES)
    answer = await county.client("platform_admin").post(
        "/imports", params={"ledger": "rectification"}, files={"file": ("l.xlsx", content)}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
    officer = county.client("supervisor")
    template = (await officer.get("/templates/rectification.xlsx")).content
    body = (
        await officer.post("/imports", params={"ledger": "rectification"}, files={"file": ("t.xlsx", template)})
    ).json()
    assert (body["rows"]["total"], body["refused"]) == (0, [])


async def test_export_200_leaves_in_the_log_which_filters_there_were_and_nobody_s_words(county: County) -> None:
    header = {"x-responsible-person": quote("查文敏")}
    asked = {"light": "red", "due_to": "2026-12-31", "q": "查文敏的事"}
    answer = await county.client("supervisor").get("/exports/rectification.xlsx", params=asked, headers=header)
    assert answer.status_code == 200, answer.text
    async with county.app.state.database.reader() as reader:
        question = sa.select(Event.data).where(
            col(Event.kind) == "ledger.exported", col(Event.county_id) == county.county.id
        )
        data = (await reader.execute(question)).scalar_one()
    assert data["filters"] == {"light": "red", "due_to": "2026-12-31", "q": "*", "responsible_person": "*"}


async def test_export_403_for_whoever_does_not_see_the_list(county: County) -> None:
    """What leaves with a file is what the list shows; who installs counties sees no problems of theirs."""
    await Walk.start(county)
    client = county.client("platform_admin")
    here = {"organization_id": str(county.county.id)}
    for query in (here, {}):
        assert (await client.get("/rectifications", params=query)).status_code == 403
        answer = await client.get("/exports/rectification.xlsx", params=query)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_change")
    assert (await client.get("/exports/member.xlsx", params=here)).status_code == 200


async def test_check_201_tells_nothing_of_an_item_out_of_sight(county: County) -> None:
    """An item that left the unit's sight is to its importer as if it were not there, by its text as by its number."""
    case = await Case.sent(county)
    ok(await case.post("clerk", "rectification", problem="东头路灯不亮", severity="general"))
    walk = Walk(county, (await listed(county))[0])
    walk.item = await walk.seen_by("supervisor")
    await walk.assigned()
    unit = county.client(await county.account("clerk", county.village, "解小满"))
    await case.get()
    about = {"about": {"organization_ids": [str(county.village.id)]}}
    marked = await county.client("clerk").patch(case.path, json=about, headers={"if-match": f'"{case.version}"'})
    assert marked.status_code == 200, marked.text
    assert (await unit.get(walk.path)).status_code == 404
    texts = {"问题来源": "群众反映", "责任单位": county.village.name, "责任领导": "任思远", "责任人": "曾立德"}
    known = row(county, 具体问题="东头路灯不亮", **texts)
    never = row(county, 具体问题="别处路灯不亮", **texts)
    said = [await send(unit, [one | {"整改时限": FAR}], dry_run=True) for one in (known, never)]
    assert [(one["rows"]["created"], one["refused"]) for one in said] == [(1, []), (1, [])]
    for problem in ("东头路灯不亮", "别处路灯不亮"):
        numbered = row(county, 具体问题=problem, 问题编号=walk.item["number"], **texts)
        assert codes(await send(unit, [numbered], dry_run=True)) == [("问题编号", "not_yours_to_change")]


async def test_check_201_refuses_what_a_unit_says_that_others_inspected(county: County) -> None:
    unit = county.client(await county.account("clerk", county.village, "解小满"))
    rows = [row(county, 责任单位=county.village.name), row(county, 责任单位=county.village.name, 问题来源="自评自查")]
    body = await send(unit, rows)
    assert (codes(body), body["rows"]["created"]) == ([("问题来源", "source_is_of_inspectors")], 1)
