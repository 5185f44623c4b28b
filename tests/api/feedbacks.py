"""Walking feedback cards over HTTP in tests: a sender without an account, a desk, a unit, and who checks."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx

from backend.db.account import Account
from backend.db.base import utc_now
from backend.domain.calendar import day_of
from tests.factories import County

CONTENT = "村西头第三盏路灯坏了一个星期，晚上看不清路。"
REPLY = "村西头第三盏路灯的灯具已于昨天更换，当晚试亮正常，如仍不亮请告诉我们。"


def new_card(county: County, **changes: Any) -> dict[str, Any]:
    return {
        "submission_id": str(uuid4()),
        "organization_id": str(county.village.id),
        "category": "lamps",
        "wish": "action",
        "content": CONTENT,
        **changes,
    }


def new_entry(county: County, **changes: Any) -> dict[str, Any]:
    return {**new_card(county), "channel": "opinion_card", **changes}


def about(organization: Any) -> dict[str, Any]:
    return {"organization_id": str(organization.id)}


# Every sender is somebody else, at an address of their own: what one address may send is a matter of its own tests.
_PEOPLE = itertools.count(1)


def sender(app: Any, **headers: str) -> httpx.AsyncClient:
    """A client of nobody: no account."""
    number = next(_PEOPLE)
    address = f"198.18.{number // 250}.{number % 250 + 1}"
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", headers=headers)


@dataclass
class Case:
    """One card, its sender, and the people who deal with it."""

    county: County
    receipt: dict[str, Any]
    id: str = ""
    version: int = 1
    seen: dict[str, Any] = field(default_factory=dict)
    handler: Account | None = None

    @classmethod
    async def sent(cls, county: County, **changes: Any) -> "Case":
        async with sender(county.app) as client:
            answer = await client.post("/feedback-cards", json=new_card(county, **changes))
        assert answer.status_code == 201, answer.text
        return await cls(county, answer.json()).found()

    async def found(self, who: str | Account = "clerk") -> "Case":
        """Look the card up by its number, as somebody of the desk would."""
        answer = await self.county.client(who).get("/feedback-cards", params={"q": self.receipt["number"]})
        assert answer.status_code == 200, answer.text
        items = answer.json()["items"]
        if items:
            self.id, self.version = items[0]["id"], items[0]["version"]
        return self

    @property
    def path(self) -> str:
        return f"/feedback-cards/{self.id}"

    @property
    def step(self) -> str | None:
        return self.seen["procedure"]["step"]

    async def get(self, who: str | Account = "clerk") -> dict[str, Any]:
        answer = await self.county.client(who).get(self.path)
        assert answer.status_code == 200, answer.text
        self.took(answer)
        return answer.json()

    def took(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success and "procedure" in answer.json():
            self.seen, self.version = answer.json(), answer.json()["version"]
        return answer

    async def post(self, who: str | Account, path: str, **body: Any) -> httpx.Response:
        headers = {"if-match": f'"{self.version}"'}
        return self.took(await self.county.client(who).post(f"{self.path}/{path}", json=body, headers=headers))

    async def act(self, who: str | Account, step: str, outcome: str = "done", **body: Any) -> httpx.Response:
        return await self.post(who, "acts", step=step, outcome=outcome, **body)

    async def triage(self, who: str | Account = "clerk", outcome: str = "accept", **record: Any) -> httpx.Response:
        given: dict[str, Any] = {"outcome": outcome}
        if outcome == "accept":
            given |= {"kind": "request", "handling_unit_id": str(self.county.office.id)}
        elif outcome != "seal":
            given |= {"reason": "所反映的水价由县供水公司制定。", "where_to_go": "县供水公司 12345"}
        else:
            given |= {"reason": "反映内容涉及违纪。"}
        return await self.act(who, "triage", record={**given, **record})

    async def people(self) -> Account:
        """Somebody who works in the handling office."""
        if self.handler is None:
            self.handler = await self.county.account("clerk", self.county.office, "区慧")
        return self.handler

    async def accepted(self, **record: Any) -> "Case":
        ok(await self.triage(**record))
        return self

    async def signed_for(self) -> "Case":
        handler = await self.people()
        ok(await self.act(handler, "sign_for", record={"person": "区慧"}))
        return self

    async def handled(self, **changes: Any) -> "Case":
        record = {
            "what_was_done": "更换第三盏路灯灯具，晚上到场试亮正常。",
            "done_on": today(self),
            "public_reply": REPLY,
            **changes,
        }
        ok(await self.act(await self.people(), "processing", record=record))
        return self

    async def approved(self, **changes: Any) -> "Case":
        ok(await self.act("secretary", "reply_approval", record={"checked": True, **changes}))
        return self

    async def answered(self) -> "Case":
        """Sorted, signed for, handled and answered: the sender may rate."""
        await self.accepted()
        await self.signed_for()
        await self.handled()
        return await self.approved()

    async def again(self) -> "Case":
        """Handled and answered once more."""
        await self.found()
        await self.handled()
        return await self.approved()

    @property
    def key(self) -> dict[str, str]:
        return {"x-tracking-code": self.receipt["code"], "x-tracking-pin": self.receipt["pin"]}

    async def track(self) -> dict[str, Any]:
        async with sender(self.county.app) as client:
            answer = await client.get("/feedback-cards/track", headers=self.key)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def rate(self, grade: int, **body: Any) -> httpx.Response:
        async with sender(self.county.app) as client:
            return await client.post("/feedback-cards/track/rating", headers=self.key, json={"grade": grade, **body})


def today(case: Case) -> str:
    """The day in Shanghai on which the open step of the card opened, or now."""
    opened = case.seen["procedure"]["opened_at"] if case.seen else None
    return day_of(datetime.fromisoformat(opened) if opened else utc_now()).isoformat()


def ok(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    """(pointer, code) of every problem in a refusal or a dry run."""
    body = answer.json()
    return [(problem["pointer"], problem["code"]) for problem in body.get("errors", body.get("problems", ()))]
