"""What people meet in the demonstration: who may sign in, what each sees, and decisions at every place of their way."""

import asyncio
import json
from collections import defaultdict
from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from pypdf import PdfReader

from backend.db.engine import open_database
from backend.demo.accounts import PEOPLE
from backend.demo.calendar import BEGINS
from backend.demo.decisions import READY, STORIES
from backend.demo.load import load_demo
from backend.demo.play import attachment_id, decision_id
from backend.document.verify import main_verify
from backend.domain.access import ROLE_PERMISSIONS
from backend.domain.calendar import SHANGHAI, shipped_calendar
from backend.domain.event import is_pair
from backend.domain.procedures.registry import current
from tests.demo_county import PASSWORD, DemoCopy, DemoCounty, address, run
from tests.house.kinds import CHANGES

STEPS = [step.key for step in current("decision").steps]
HANDS = {"legality_review": "legal_reviewer", "evaluation": "inspector"}


async def fingerprint(dsn: str) -> dict[str, Any]:
    """How many rows each table has, when an account was last written, and the clock."""
    connection = await asyncpg.connect(dsn)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = {t[0]: await connection.fetchval("SELECT count(*) FROM " + t[0]) for t in tables}  # noqa: S608 - own names
    found["clock"] = await connection.fetchval("SELECT offset_seconds FROM demo_clock")
    found["hashes"] = await connection.fetch("SELECT username, password_hash FROM account ORDER BY 1")
    await connection.close()
    return found


async def test_loading_twice_changes_nothing_but_the_password(demo_county: DemoCounty) -> None:
    await run(demo_county.server.owner, "CREATE DATABASE demo_twice TEMPLATE demo_county")
    dsn = address(demo_county.server.application, "demo_twice")
    owner = address(demo_county.server.owner, "demo_twice")
    before = await fingerprint(owner)
    database = open_database(dsn, pool_size=2)
    reports = await asyncio.gather(
        load_demo(database, demo_county.data, None), load_demo(database, demo_county.data, None)
    )
    assert [report.loaded for report in reports] == [False, False]
    assert await fingerprint(owner) == before
    await load_demo(database, demo_county.data, "another password")
    await database.close()
    after = await fingerprint(owner)
    changed = {row["username"] for row, old in zip(after["hashes"], before["hashes"], strict=True) if row != old}
    assert changed == {person.username for person in PEOPLE if person.signs_in}
    assert {**after, "hashes": None} == {**before, "hashes": None}
    await run(demo_county.server.owner, "DROP DATABASE demo_twice")


async def test_the_clock_shows_the_morning_on_which_the_demonstration_begins(demo_copy: DemoCopy) -> None:
    async with demo_copy.anonymous() as client:
        shown = (await client.get("/api/v1/demo")).json()
    now = datetime.fromisoformat(shown["now"])
    assert BEGINS <= now < BEGINS + timedelta(minutes=30)
    assert BEGINS.isoformat() == "2026-11-20T01:00:00+00:00"
    assert set(shown["accounts"]) > set(ROLE_PERMISSIONS), "every role, and those who need a second pair of eyes"


@pytest.mark.parametrize("role", list(ROLE_PERMISSIONS))
async def test_every_role_signs_in_and_is_who_it_says(demo_copy: DemoCopy, role: str) -> None:
    client = await demo_copy.client(role)
    me = (await client.get("/api/v1/me")).json()
    assert [grant["role"] for grant in me["roles"]] == [role]
    assert me["name"] == next(person.name for person in PEOPLE if person.username == role)
    assert me["demo"] is True


@pytest.mark.parametrize(
    ("role", "decisions", "members"),
    [
        ("platform_admin", 21, True),
        ("county_admin", 21, True),
        ("township_admin", 19, True),
        ("secretary", 19, True),
        ("clerk", 19, True),
        ("legal_reviewer", 19, False),
        ("inspector", 19, True),
        ("supervisor", 19, True),
        ("village_secretary", 0, True),
        ("member", 19, False),
    ],
)
async def test_every_role_sees_what_it_should(demo_copy: DemoCopy, role: str, decisions: int, members: bool) -> None:
    client = await demo_copy.client(role)
    page = (await client.get("/api/v1/decisions?limit=100")).json()
    assert len(page["items"]) == decisions
    assert (await client.get("/api/v1/members?limit=1")).status_code == (200 if members else 403)


async def test_colleagues_hold_steps_but_cannot_sign_in(demo_copy: DemoCopy) -> None:
    client = await demo_copy.client("clerk")
    shown = (await client.get(f"/api/v1/decisions/{decision_id(READY['investigation'])}")).json()
    assert {"区慧", "查文静", "陶立新", "任思远"} == {holder["name"] for holder in shown["procedure"]["holders"]}
    async with demo_copy.anonymous() as nobody:
        for person in PEOPLE:
            if not person.signs_in:
                form = {"grant_type": "password", "username": person.username, "password": PASSWORD}
                assert (await nobody.post("/api/v1/oauth/token", data=form)).status_code == 400


async def shown_decision(demo_copy: DemoCopy, title: str) -> dict[str, Any]:
    client = await demo_copy.client("county_admin")
    answer = await client.get(f"/api/v1/decisions/{decision_id(title)}")
    assert answer.status_code == 200
    return answer.json()


def acts_of(shown: dict[str, Any], step: str) -> list[dict[str, Any]]:
    return next(s for s in shown["procedure"]["steps"] if s["key"] == step)["acts"]


async def test_the_main_town_has_the_decisions_of_the_handbook_and_more(demo_copy: DemoCopy) -> None:
    items = (await (await demo_copy.client("clerk")).get("/api/v1/decisions?limit=100")).json()["items"]
    steps = [item["step"] for item in items]
    asked_for = {
        "intention_solicitation": 2,
        "investigation": 1,
        "expert_consultation": 1,
        "opinion_solicitation": 4,
        "public_hearing": 1,
        "pilot": 1,
        "legality_review": 1,
        "resolution": 1,
    }
    assert {step: steps.count(step) for step in asked_for} == asked_for
    assert {item["status"] for item in items} == {
        "running",
        "adopted",
        "executing",
        "evaluated",
        "closed",
        "rejected",
        "withdrawn",
    }
    assert {item["light"] for item in items} == {"green", "yellow", "red", "grey"}


async def test_what_was_refused_or_sent_back_can_be_seen(demo_copy: DemoCopy) -> None:
    quorum = acts_of(await shown_decision(demo_copy, READY["resolution"]), "resolution")
    assert [act["outcome"] for act in quorum] == ["returned"]
    assert "不足半数" in quorum[0]["reason"]
    declined = acts_of(await shown_decision(demo_copy, READY["public_hearing"]), "public_hearing")
    assert [act["outcome"] for act in declined] == ["skipped", "returned"]
    rejected = await shown_decision(demo_copy, "镇机关食堂外包方案")
    assert (rejected["status"], acts_of(rejected, "resolution")[-1]["result"]) == ("rejected", "rejected")
    sent_back = await shown_decision(demo_copy, "镇区停车位规划方案")
    assert acts_of(sent_back, "legality_review")[0]["record"]["content"]["finding"] == "needs_change"
    assert (sent_back["text"]["version"], sent_back["procedure"]["step"]) == (2, "opinion_solicitation")


async def test_a_hearing_was_waived_by_two_people(demo_copy: DemoCopy) -> None:
    acts = acts_of(await shown_decision(demo_copy, READY["evaluation"]), "public_hearing")
    assert [(act["outcome"], act["by"]["name"]) for act in acts] == [("skipped", "区慧"), ("skipped", "林秋实")]
    assert acts[0]["reason"]
    assert acts[0]["rule"]


async def test_opinions_are_answered_where_the_step_is_over_and_awaited_where_it_is_not(demo_copy: DemoCopy) -> None:
    client = await demo_copy.client("clerk")

    async def unanswered(title: str) -> int:
        page = (await client.get(f"/api/v1/decisions/{decision_id(title)}/opinions?limit=100")).json()
        assert page["items"]
        return sum(item["outcome"] is None for item in page["items"])

    assert await unanswered("垃圾清运收费调整") == 1
    assert await unanswered("镇敬老院护理服务提升方案") == 3
    assert await unanswered(READY["opinion_solicitation"]) == 0
    assert await unanswered(READY["closing"]) == 0


@pytest.mark.parametrize("step", STEPS)
async def test_a_decision_waits_at_every_step_for_the_example_of_that_step(demo_county: DemoCounty, step: str) -> None:
    async with demo_county.copy() as copy:
        client = await copy.client(HANDS.get(step, "clerk"))
        path = f"/api/v1/decisions/{decision_id(READY[step])}"
        shown = (await client.get(path)).json()
        assert shown["procedure"]["step"] == step
        option = next(o for o in shown["procedure"]["options"] if o["outcome"] == "done")
        assert option["allowed"] is True
        evidence = [await uploaded(client, shown, kind) for kind in option["evidence"] if kind["required"]]
        act = {"step": step, "outcome": "done", "evidence": evidence, "record": option["record_schema"]["examples"][0]}
        answer = await client.post(f"{path}/acts", json=act, headers={"if-match": f'"{shown["version"]}"'})
        assert answer.status_code == 200, answer.text
        if step == "resolution":
            secretary = await copy.client("secretary")
            version = answer.json()["version"]
            signature = {"step": step, "outcome": "done"}
            answer = await secretary.post(f"{path}/acts", json=signature, headers={"if-match": f'"{version}"'})
            assert answer.status_code == 200, answer.text
        assert answer.json()["procedure"]["step"] != step


async def uploaded(client: httpx.AsyncClient, shown: dict[str, Any], kind: dict[str, Any]) -> dict[str, str]:
    form = {"organization_id": shown["organization_id"]}
    answer = await client.post("/api/v1/attachments", data=form, files={"file": ("a.txt", "签名扫描件".encode())})
    assert answer.status_code == 201, answer.text
    return {"id": answer.json()["id"], "kind": kind["kind"]}


def test_every_step_has_a_decision_that_is_ready_for_it() -> None:
    assert list(READY) == STEPS
    assert set(READY.values()) <= {story.title for story in STORIES}


def test_everything_happened_in_order_in_office_hours_and_before_the_demonstration() -> None:
    calendar = shipped_calendar()
    for story in STORIES:
        moments = [story.at, *(move.at for move in story.moves)]
        acts = [story.at, *(move.at for move in story.moves if not hasattr(move, "content"))]
        assert max(moments) < BEGINS
        for at in acts:
            local = at.astimezone(SHANGHAI)
            assert calendar.is_working(local.date()), (story.title, local)
            assert 8 <= local.hour < 18, (story.title, local)


async def test_the_log_runs_forward_and_ends_before_the_demonstration(demo_county: DemoCounty) -> None:
    connection = await asyncpg.connect(demo_county.dsn)
    events = await connection.fetch("SELECT at, actor_id, subject_kind FROM event ORDER BY sequence")
    acts = await connection.fetch("SELECT run_id, at FROM procedure_act ORDER BY run_id, sequence")
    await connection.close()
    # Of what senders of cards did the log keeps the day alone: their moment would tell who they are.
    senders = [event["actor_id"] is None and event["subject_kind"] == "feedback" for event in events]
    moments = [event["at"] for event, sender in zip(events, senders, strict=True) if not sender]
    days = [event["at"].astimezone(SHANGHAI).date() for event in events]
    assert any(senders)
    assert all(first <= second for first, second in pairwise(moments))
    assert all(first <= second for first, second in pairwise(days))
    assert moments[-1] < BEGINS
    assert all(a["run_id"] != b["run_id"] or a["at"] < b["at"] for a, b in pairwise(acts))


# Acts that only note something, and calls that reached nobody, leave the record as it was.
MAY_CHANGE_NOTHING = {"rectification.acted", "decision.acted", "feedback.called"}


async def test_every_change_in_the_log_has_old_and_new(demo_county: DemoCounty) -> None:
    connection = await asyncpg.connect(demo_county.dsn)
    rows = await connection.fetch("SELECT kind, data FROM event WHERE kind = ANY($1)", list(CHANGES))
    await connection.close()
    told: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        told[row["kind"]].append(any(is_pair(value) for value in json.loads(row["data"]).values()))
    assert {"rectification.reopened", "rectification.acted", "member.changed", "feedback.rated"} <= told.keys()
    assert {kind for kind, each in told.items() if not any(each)} == set()
    assert {kind for kind, each in told.items() if not all(each)} <= MAY_CHANGE_NOTHING


async def test_papers_are_real_files_that_say_what_the_record_says(demo_copy: DemoCopy) -> None:
    client = await demo_copy.client("clerk")
    key = attachment_id(READY["closing"], "听证记录.pdf")
    answer = await client.get(f"/api/v1/attachments/{key}")
    assert answer.headers["content-type"] == "application/pdf"
    reader = PdfReader(BytesIO(answer.content))
    assert len(reader.pages) == 1
    assert "单立群" in reader.pages[0].extract_text()
    sheet = await client.get(f"/api/v1/attachments/{attachment_id(READY['closing'], '签到表.png')}")
    assert sheet.headers["content-type"] == "image/png"
    note = await client.get(f"/api/v1/attachments/{attachment_id(READY['closing'], '建议原件.txt')}")
    assert "雨天" in note.text or "下雨" in note.text


def test_no_two_decisions_share_a_text() -> None:
    bodies = [story.new.text_body for story in STORIES]
    assert len(set(bodies)) == len(bodies)
    words = [str(move.wish.record) for story in STORIES for move in story.moves if getattr(move, "wish", None)]
    told = [word for word in words if word != "None"]
    assert len(set(told)) == len(told)


async def test_a_clerk_s_imports_show_what_was_refused_and_can_go_on(demo_copy: DemoCopy) -> None:
    client = await demo_copy.client("clerk")
    page = (await client.get("/api/v1/imports")).json()
    committed, checked = page["items"]
    assert (committed["state"], committed["rows"]["updated"], committed["rows"]["refused"]) == ("committed", 4, 0)
    assert (checked["state"], checked["rows"]["acceptable"], checked["rows"]["refused"]) == ("checked", 3, 3)
    shown = (await client.get(f"/api/v1/imports/{checked['id']}")).json()
    codes = [refused["code"] for refused in shown["refused"]]
    assert codes == ["id_number_checksum", "unknown_organization", "invalid_date"]


async def test_the_dossier_of_an_adopted_decision_is_whole(demo_copy: DemoCopy, tmp_path: Path) -> None:
    client = await demo_copy.client("clerk")
    answer = await client.get(f"/api/v1/decisions/{decision_id(READY['closing'])}/dossier.zip")
    assert answer.status_code == 200
    (tmp_path / "dossier.zip").write_bytes(answer.content)
    code, lines = main_verify(tmp_path / "dossier.zip", None, "zh-CN")
    assert code == 0, lines
