"""Duties that exclude each other where organisations move, and roles that need an organisation."""

from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from backend.db.account import RoleGrant
from backend.db.base import utc_now
from backend.db.event import Event
from backend.domain.access import Moment
from backend.domain.duty import GRANTABLE
from backend.domain.staff.meeting import tell_of_meetings
from tests.api.accounts import code_of, give
from tests.factories import County


async def arranged(county: County, deed: str, id: Any, **body: Any) -> httpx.Response:
    path = f"/organizations/{id}/{deed}"
    return await county.client("county_admin").post(
        path, json={"reason": "区划调整", **body}, headers={"if-match": '"1"'}
    )


async def writes_here_and_approves_there(county: County) -> tuple[Any, dict[str, Any]]:
    """Another township, and the grant by which the clerk of the village decides there."""
    other = await county.organization("河湾口镇党委" + county.county.name[3:9], "township_committee", county.county)
    security, account = county.client("security_admin"), await county.account(None, county.village)
    assert (await give(security, account, "clerk", county.village)).status_code == 201
    made = await give(security, account, "secretary", other)
    assert made.status_code == 201, "the two are apart"
    return other, made.json()


@pytest.mark.parametrize("deed", ["move", "merge"])
async def test_arrange_409_where_duties_would_meet(county: County, deed: str) -> None:
    other, grant = await writes_here_and_approves_there(county)
    if deed == "move":
        moved, body = county.village.id, {"parent_id": str(other.id)}
    else:
        moved, body = county.township.id, {"into_id": str(other.id)}
    refused = await arranged(county, deed, moved, **body)
    assert (refused.status_code, code_of(refused)) == (409, "duties_meet")
    assert "书记" in refused.json()["detail"]
    still = (await county.client("county_admin").get(f"/organizations/{county.village.id}")).json()
    assert still["path"].startswith(county.township.path), "nothing of it was done"
    ended = await county.client("security_admin").post(
        f"/grants/{grant['id']}/end", json={"reason": "避免职责冲突"}, headers={"if-match": '"1"'}
    )
    assert ended.status_code == 200
    assert (await arranged(county, deed, moved, **body)).status_code == 200


async def told(county: County, who: str) -> list[dict[str, Any]]:
    """The alarms in somebody's inbox."""
    days = (await county.client(who).get("/me/notices")).json()["items"]
    return [one for day in days for one in day["notices"] if one["rung"] == "alarm"]


async def swept(county: County) -> int:
    async with county.app.state.database.transaction() as session:
        return await tell_of_meetings(session, Moment(utc_now()))


async def test_two_roles_that_were_excluded_later_are_told_to_the_security_administrator_once(county: County) -> None:
    """They were given while the rules let them be: nothing is taken away, and somebody has to look at them."""
    account = await county.account("supervisor", county.township)
    # The sweep looks at every county of this database: what earlier tests left is told before.
    await swept(county)
    assert (await swept(county), await told(county, "security_admin")) == (0, [])
    async with county.app.state.database.transaction() as session:
        session.add(RoleGrant(account_id=account.id, role="inspector", organization_id=county.county.id))
        # Apart from each other these two stay allowed.
        session.add(RoleGrant(account_id=account.id, role="member", organization_id=county.branch.id))
    assert await swept(county) >= 1
    (alarm,) = await told(county, "security_admin")
    assert alarm["subject_id"] == str(account.id)
    assert alarm["title"].startswith(f"账号 {account.username} 兼有")
    assert alarm["step_title"] == "职责冲突"
    assert await swept(county) == 0
    assert len(await told(county, "security_admin")) == 1
    assert await told(county, "clerk") == []
    async with county.app.state.database.reader() as reader:
        sent = sa.select(col(Event.data)).where(col(Event.subject_id) == account.id, col(Event.kind) == "notice.sent")
        (data,) = (await reader.execute(sent)).scalars()
    assert data["roles"] == ["inspector", "supervisor"]


@pytest.mark.parametrize("role", sorted(GRANTABLE))
async def test_a_role_over_all_counties_is_stored_only_if_it_is_meant_for_that(county: County, role: str) -> None:
    """The last line of defence: what reaches no organisation in particular reaches them all."""
    async with county.app.state.database.sessions() as session:
        account = county.accounts["member"]
        session.add(RoleGrant(account_id=account.id, role=role, organization_id=None))
        if GRANTABLE[role].everywhere:
            await session.flush()
        else:
            with pytest.raises(IntegrityError, match="role_needs_organization"):
                await session.flush()
        await session.rollback()


async def test_an_unknown_role_over_all_counties_is_never_stored(county: County) -> None:
    async with county.app.state.database.sessions() as session:
        account = county.accounts["member"]
        session.add(RoleGrant(account_id=account.id, role="cashier", organization_id=None))
        with pytest.raises(IntegrityError, match="role_needs_organization"):
            await session.flush()
        await session.rollback()
