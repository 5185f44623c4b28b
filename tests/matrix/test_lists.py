"""Whatever lists, counts, searches or exports obeys the same reach, for random trees, records and grants.

In every place of two random trees stands one record of every kind. Somebody with random grants then asks everything
that answers with more than one record: what comes back is what lies in reach, no row less and none besides.
"""

import random
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx
import openpyxl
import pytest
import sqlalchemy as sa

from backend.db.account import Account, RoleGrant
from backend.db.base import new_id, utc_now
from backend.db.organization import Organization
from backend.db.procedure import ProcedureRun
from backend.domain.access import ROLE_PERMISSIONS, Actor, Grant
from tests.factories import make_account, make_organization
from tests.matrix.world import MAKERS, World, is_everywhere

# All of it together takes longer than an inner loop has.
pytestmark = pytest.mark.slow

NODES = 6
ROUNDS = 14
SEED = 20261129

# Which list shows which kind of record, by which permission, and how a row names the record.
LISTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "/organizations": ("organization", "organization:read", {"kind": "township_committee"}),
    "/members": ("member", "member:read", {}),
    "/member-corrections": ("member_correction", "member:read", {}),
    "/decisions": ("decision", "decision:read", {}),
    "/rectifications": ("rectification", "rectification:read", {}),
    "/feedback-cards": ("card", "feedback:read", {}),
    "/feedback-batches": ("batch", "poster:write", {}),
    "/sealed-reports": ("sealed_report", "feedback:seal", {}),
    "/imports": ("import", "ledger:read", {}),
    "/clients": ("client", "client:read", {}),
    "/webhooks": ("webhook", "client:read", {}),
}


@dataclass
class Forest:
    """`planted`: for every kind, the record of each place."""

    world: World
    planted: dict[str, dict[str, Any]]
    numbers: dict[str, str]

    def in_reach(self, actor: Actor, permission: str, kind: str) -> set[str]:
        paths = {name: organization.path for name, organization in self.world.places.items()}
        return {str(self.planted[kind][name]) for name, path in paths.items() if actor.may(permission, path)}


@pytest.fixture(scope="module")
async def forest(demo_app) -> Any:
    chance = random.Random(SEED)
    places: dict[str, Organization] = {}
    inside, makers = {}, {}
    async with demo_app.state.database.transaction() as session:
        for county in "ab":
            root = await make_organization(
                session, f"林{county}{new_id().hex[-6:]}县委", "county_committee", region_code=f"99050{ord(county)}"
            )
            maker = await make_account(session, None, root, "造件人")
            for role in ROLE_PERMISSIONS:
                session.add(RoleGrant(account_id=maker.id, role=role, organization_id=root.id))
            grown = [root]
            for number in range(NODES):
                parent = chance.choice(grown[-3:])
                name = f"{county}{number}"
                at = await make_organization(session, f"{name}{new_id().hex[-6:]}", "township_committee", parent)
                grown.append(at)
                places[name], makers[name] = at, maker
                inside[name] = {
                    kind: await make_organization(session, f"{name}{kind}{new_id().hex[-6:]}", what, at)
                    for kind, what in (("branch", "party_branch"), ("second", "party_branch"), ("office", "office"))
                }
    transport = httpx.ASGITransport(demo_app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60)
    world = World(demo_app, places, inside, makers, {}, None, client, "")  # type: ignore[arg-type]  # nobody is suspended here
    planted: dict[str, dict[str, Any]] = {}
    numbers: dict[str, str] = {}
    for kind in (
        "member",
        "member_correction",
        "decision",
        "rectification",
        "card",
        "batch",
        "sealed_report",
        "import",
        "client",
        "webhook",
    ):
        planted[kind] = {}
        for name in places:
            demo_app.state.throttles.clear()
            made = await MAKERS[kind](world, name, None)
            planted[kind][name] = made.id
            if kind == "member":
                numbers[name] = made.more["id_number"]
    planted["organization"] = {name: at.id for name, at in places.items()}
    yield Forest(world, planted, numbers)
    await client.aclose()


async def granted(forest: Forest, chance: random.Random, count: int) -> tuple[Account, Actor]:
    """Somebody with so many random grants, one of which may have ended or not begun and then is none."""
    world, grants = forest.world, []
    roles = [role for role in ROLE_PERMISSIONS if not is_everywhere(role)]
    async with world.app.state.database.transaction() as session:
        account = await make_account(session, None, chance.choice(list(world.places.values())))
        for _ in range(count):
            role, at = chance.choice(roles), chance.choice(list(world.places.values()))
            days = chance.choice([(-1, None), (-1, None), (-9, -1), (1, 9)])
            starts, ends = (None if day is None else utc_now() + timedelta(days=day) for day in days)
            session.add(
                RoleGrant(account_id=account.id, role=role, organization_id=at.id, starts_at=starts, ends_at=ends)
            )
            if days == (-1, None):
                grants.append(Grant(role, at.id, at.path, at.name))
    workplace = next(at for at in world.places.values() if at.id == account.organization_id)
    return account, Actor(account.id, account.name, account.organization_id, tuple(grants), "", workplace.path)


async def everything(forest: Forest, who: Account, path: str, **query: Any) -> list[dict[str, Any]] | None:
    """All rows of a list, page by page; None when it is refused."""
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        params = {**query, "limit": 4, **({"cursor": cursor} if cursor else {})}
        answer = await forest.world.ask("GET", f"/api/v1{path}", who, params=params)
        if answer.status_code == 403:
            return None
        assert answer.status_code == 200, answer.text
        rows += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return rows


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_whoever_asks_gets_what_is_in_reach_and_nothing_more(forest: Forest, turn: int) -> None:
    chance = random.Random(SEED + turn)
    # The first has no role at all: no filter may then mean everything.
    account, actor = await granted(forest, chance, turn % 4)
    for path, (kind, permission, query) in LISTS.items():
        rows = await everything(forest, account, path, **query)
        assert (rows is None) == (not actor.reach(permission)), path
        known = {str(key) for key in forest.planted[kind].values()}
        found = [row["id"] for row in rows or []]
        assert len(found) == len(set(found)), path
        # Others have records of their own here, in makers' places; all of them must be in reach as well.
        assert set(found) & known == forest.in_reach(actor, permission, kind), path
        if kind in ("decision", "rectification", "card"):
            assert set(found) <= known, path
    await _tasks(forest, account, actor)
    await _counts(forest, account, actor)
    await _single_doors(forest, account, actor)


async def _tasks(forest: Forest, account: Account, actor: Actor) -> None:
    """Tasks are the open steps in reach that are for a role held there."""
    rows = await everything(forest, account, "/me/tasks")
    if rows is None:
        assert not actor.reach("task:read")
        return
    subjects = {
        key: name for kind in ("decision", "rectification", "card") for name, key in forest.planted[kind].items()
    }
    async with forest.world.app.state.database.reader() as reader:
        question = sa.select(ProcedureRun.subject_id, ProcedureRun.roles, ProcedureRun.not_for)
        runs = (await reader.execute(question.where(sa.column("subject_id").in_(list(subjects))))).all()
    wanted = {
        str(key)
        for key, roles, barred in runs
        if actor.roles_at(forest.world.places[subjects[key]].path) & set(roles) and not actor.own & set(barred)
    }
    assert {row["id"] for row in rows} == wanted


async def _counts(forest: Forest, account: Account, actor: Actor) -> None:
    """Figures count, and workbooks hold, what the lists show."""
    for name, at in forest.world.places.items():
        query = {"organization_id": str(at.id)}
        figure = await forest.world.ask("GET", "/api/v1/figures/open_by_age_and_source", account, params=query)
        if not actor.may("figure:read", at.path):
            assert figure.status_code == (404 if actor.reach("figure:read") else 403), name
            continue
        below = {key for key, one in forest.world.places.items() if one.path.startswith(at.path)}
        facts = {fact["key"]: fact["value"] for fact in figure.json()["facts"]}
        assert facts["open"] == len(below), name
        for ledger, lists in (("member", "member:read"), ("rectification", "rectification:read")):
            book = await forest.world.ask("GET", f"/api/v1/exports/{ledger}.xlsx", account, params=query)
            may = actor.may("ledger:export", at.path) and actor.may(lists, at.path)
            assert (book.status_code == 200) is may, (name, ledger)
        if actor.may("ledger:export", at.path) and actor.may("member:read", at.path):
            book = await forest.world.ask("GET", "/api/v1/exports/member.xlsx", account, params=query)
            sheet = openpyxl.load_workbook(BytesIO(book.content)).worksheets[0]
            written = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell}
            branches = {key: forest.world.inside[key]["branch"].name for key in forest.world.places}
            assert {key for key, branch in branches.items() if branch in written} == below, name


async def _single_doors(forest: Forest, account: Account, actor: Actor) -> None:
    """Searching by a number, and the events of a place, open for what is in reach."""
    for name, at in forest.world.places.items():
        found = await forest.world.ask(
            "POST", "/api/v1/members/search", account, json={"id_number": forest.numbers[name]}
        )
        if actor.reach("member:unmask"):
            seen = [str(forest.planted["member"][name])] if actor.may("member:unmask", at.path) else []
            assert [row["id"] for row in found.json()["items"]] == seen, name
        else:
            assert found.status_code == 403
        events = await forest.world.ask("GET", f"/api/v1/organizations/{at.id}/events", account)
        hidden = 404 if actor.reach("event:read") else 403
        assert events.status_code == (200 if actor.may("event:read", at.path) else hidden), name


async def test_a_cursor_serves_nobody_but_whom_it_was_made_for(forest: Forest) -> None:
    everywhere = forest.world.makers["a0"]
    for path, (_, _, query) in LISTS.items():
        first = await forest.world.ask("GET", f"/api/v1{path}", everywhere, params={**query, "limit": 1})
        cursor = first.json()["next_cursor"]
        assert cursor, path
        for who in (forest.world.makers["b0"], everywhere):
            more = {"limit": 1, "cursor": cursor} | (
                {} if who is not everywhere else {"organization_id": str(new_id())}
            )
            refused = await forest.world.ask("GET", f"/api/v1{path}", who, params={**query, **more})
            assert (refused.status_code, refused.json()["code"]) in {(422, "invalid"), (404, "not_found")}, path
        own = await forest.world.ask(
            "GET", f"/api/v1{path}", everywhere, params={**query, "limit": 1, "cursor": cursor}
        )
        assert own.status_code == 200, path
