"""Keeping accounts over HTTP in tests."""

from typing import Any
from uuid import UUID

import httpx
from sqlmodel import select

from backend.db.account import Account
from backend.db.event import Event
from tests.factories import County

REASON = "工作调整"


async def detail(client: httpx.AsyncClient, id: Any) -> dict[str, Any]:
    answer = await client.get(f"/accounts/{id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def change(
    client: httpx.AsyncClient, id: Any, verb: str, version: int | None = None, **body: Any
) -> httpx.Response:
    """One change of an account, based on what the caller sees now unless a version is given."""
    seen = version if version is not None else (await detail(client, id))["version"]
    sent = None if verb == "invitation" else {"reason": REASON, **body}
    return await client.post(f"/accounts/{id}/{verb}", json=sent, headers={"if-match": f'"{seen}"'})


async def release(county: County, id: Any, who: str = "security_admin", version: int | None = None) -> httpx.Response:
    """The second person lets a code be used; the answer has the second code."""
    return await change(county.client(who), id, "invitation/release", version, reason="已当面核实")


async def released_code(county: County, id: Any) -> str:
    answer = await release(county, id)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["second_code"])


async def give(
    client: httpx.AsyncClient, account: Account | UUID, role: str, organization: Any, **body: Any
) -> httpx.Response:
    return await client.post(
        "/grants",
        json={
            "account_id": str(getattr(account, "id", account)),
            "role": role,
            "organization_id": str(organization.id) if organization else None,
            "reason": REASON,
            **body,
        },
    )


async def kinds_of(county: County, id: Any) -> list[str]:
    """The kinds of event about an account, oldest first."""
    async with county.app.state.database.transaction() as session:
        question = select(Event.kind).where(Event.subject_id == UUID(str(id))).order_by(Event.sequence)
        return list(await session.exec(question))


async def last_event(county: County, id: Any) -> Event:
    async with county.app.state.database.transaction() as session:
        question = select(Event).where(Event.subject_id == UUID(str(id))).order_by(Event.sequence.desc())
        return (await session.exec(question)).first()


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


def field_of(answer: httpx.Response) -> tuple[str, str]:
    error = answer.json()["errors"][0]
    return error["pointer"], error["code"]
