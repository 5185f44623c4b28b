"""Reconciliation: a mirror reckons the same from the rows that it holds, and learns of nothing else by it."""

import hashlib
from collections import defaultdict
from datetime import datetime
from typing import Any

import httpx
import pytest

from backend.api.change_reading import ROWS
from backend.api.reconciliation import GroupPage
from backend.db import reconciliation
from backend.db.base import utc_now
from backend.db.reconciliation import KEYS, groups_after
from backend.domain.access import Moment
from backend.domain.calendar import day_of
from backend.domain.change import RESOURCES
from tests.api.clients import Partner
from tests.api.decisions import started
from tests.api.feedbacks import Case, about
from tests.api.mirrors import SCOPES, follow, new_member, transfer
from tests.api.rectifications import Walk
from tests.factories import County, make_account

Groups = dict[tuple[str, str], tuple[int, str]]


def reckoned(resource: str, rows: list[dict[str, Any]]) -> Groups:
    """What docs/integration.md tells integrators to do with their rows."""
    lines: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if resource == "organizations":
            place = row["parent_id"] or row["id"]
        else:
            place = row["organization_id"] if "organization_id" in row else row["organization"]["id"]
        day = row.get("received_on") or day_of(datetime.fromisoformat(row["created_at"])).isoformat()
        lines[place, day].append(f"{row['id']}:{row['version']}\n")
    return {
        key: (len(found), hashlib.sha256("".join(sorted(found)).encode()).hexdigest()) for key, found in lines.items()
    }


async def told(client: httpx.AsyncClient, resource: str, limit: int = 200) -> Groups:
    found: Groups = {}
    cursor = None
    while True:
        asked = {"resource": resource, "by": "organization,day", "limit": limit}
        answer = await client.get("/reconciliation", params=asked if cursor is None else asked | {"cursor": cursor})
        assert answer.status_code == 200, answer.text
        page = GroupPage.model_validate(answer.json())
        assert len(page.items) <= limit
        for item in page.items:
            key = (str(item.organization_id), item.day.isoformat())
            assert key not in found
            found[key] = (item.count, item.sha256)
        cursor = page.next_cursor
        if cursor is None:
            return found


async def rows(client: httpx.AsyncClient, resource: str, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"/{resource}", params={"limit": 200} | params)
    assert answer.json()["next_cursor"] is None
    found: list[dict[str, Any]] = answer.json()["items"]
    if resource == "organizations":
        for row in list(found):
            found += await rows(client, resource, parent_id=row["id"])
    return found


async def filled(county: County) -> None:
    await new_member(county, county.branch)
    await new_member(county, county.other_branch)
    await started(county)
    await Walk.start(county)
    await (await Case.sent(county)).accepted()
    await Case.sent(county, content="垃圾桶满了两天没人清")


async def test_reconciliation_200_is_what_a_list_of_every_resource_adds_up_to(county: County) -> None:
    await filled(county)
    client = county.client("clerk")
    for resource in (each.name for each in RESOURCES):
        groups = await told(client, resource)
        assert groups, resource
        assert groups == reckoned(resource, await rows(client, resource)), resource


async def test_reconciliation_200_equals_a_mirror_that_follows_the_feed(county: County) -> None:
    mirror = await follow(county, "members")
    moved = await new_member(county, county.branch)
    await new_member(county, county.branch)
    before = await told(mirror.client, "members")
    await transfer(county, moved, county.other_branch)
    after = await told(mirror.client, "members")
    assert before != after
    await mirror.once()
    assert reckoned("members", list(mirror.kept.values())) == after


async def test_reconciliation_200_shows_each_reader_its_own_reach(county: County, other_county: County) -> None:
    here, there = await follow(county, "members", reach="branch"), await follow(county, "members", reach="other_branch")
    one, other = await new_member(county, county.branch), await new_member(county, county.other_branch)
    stranger = await new_member(other_county, other_county.branch)
    for mirror, place in ((here, county.branch), (there, county.other_branch)):
        groups = await told(mirror.client, "members")
        assert {organization for organization, _ in groups} == {str(place.id)}
    assert {one["organization_id"], other["organization_id"]} == {str(county.branch.id), str(county.other_branch.id)}
    assert str(other_county.branch.id) not in str(await told(county.client("clerk"), "members"))
    assert stranger["organization_id"] == str(other_county.branch.id)


async def test_reconciliation_200_counts_no_card_for_whom_it_is_about(county: County) -> None:
    async with county.app.state.database.transaction() as session:
        villager = await make_account(session, "secretary", county.village, "冷明德")
    accused = county.client(villager)
    before = await told(accused, "feedback-cards")
    case = await Case.sent(county, wish="complaint", about=about(county.village))
    assert case.id
    assert await told(accused, "feedback-cards") == before
    assert sum(count for count, _ in (await told(county.client("clerk"), "feedback-cards")).values()) >= 1


async def test_reconciliation_200_in_pages_of_one_and_whatever_is_scanned_at_once(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = county.client("county_admin")
    whole = await told(client, "organizations")
    assert len(whole) >= 2
    assert await told(client, "organizations", limit=1) == whole
    for scanned in (1, 2, 3, 5):
        monkeypatch.setattr(reconciliation, "SCANNED", scanned)
        assert await told(client, "organizations") == whole


async def test_reconciliation_403_without_the_scope_and_422_for_what_there_is_not(county: County) -> None:
    partner = await Partner.start(county, scopes=["organization:read"])
    client = await partner.signed_in("organization:read")
    answer = await client.get("/reconciliation", params={"resource": "members"})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
    for params in ({}, {"resource": "secrets"}, {"resource": "organizations", "by": "day"}):
        assert (await client.get("/reconciliation", params=params)).status_code == 422, params
    answer = await client.get("/reconciliation", params={"resource": "organizations", "cursor": "nonsense"})
    assert answer.json()["errors"][0]["code"] == "cursor_invalid"


async def test_every_resource_has_its_keys(county: County) -> None:
    assert set(KEYS) == set(ROWS)
    async with county.app.state.database.reader() as reader:
        for resource, keys in KEYS.items():
            question = ROWS[resource](county.actor("clerk"), Moment(utc_now()), "zh-CN")
            assert {"id", "version"} <= set(question.selected_columns.keys()), resource
            await groups_after(reader, question, keys, None, 1)
    assert SCOPES
