"""Walking rectifications over HTTP in tests: a unit with its own people, those who check it, and acts that may fail."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from backend.api.rectification_filter import PEOPLE
from backend.db.account import Account
from backend.domain.calendar import day_of, shipped_calendar
from tests.api.decisions import uploaded
from tests.factories import County, by_id
from tests.files import pdf, picture

PNG = picture()


def today() -> date:
    return day_of(datetime.now(UTC))


def ahead(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def working_days_ahead(days: int) -> str:
    return shipped_calendar().add(today(), days, "working").isoformat()


def new_rectification(county: County, **changes: Any) -> dict[str, Any]:
    return {
        "organization_id": str(county.township.id),
        "source": "supervision",
        "source_document": "党建督查第11期",
        "problem": "排水沟堵塞，雨季积水",
        "category": "infrastructure",
        "affects_people": False,
        "nobody_affected_reason": "沟渠不临近住户",
        **changes,
    }


def assignment(county: County, **changes: Any) -> dict[str, Any]:
    return {
        "responsible_unit_id": str(county.village.id),
        "responsible_leader": "任思远",
        "responsible_person": "曾立德",
        "deadline_kind": "dated",
        "due_on": ahead(40),
        **changes,
    }


class Walk:
    """One item and the people who take it along: `unit` is the village's clerk, the rest sit above it."""

    def __init__(self, county: County, item: dict[str, Any]) -> None:
        self.county, self.item = county, item
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.people: dict[str, Account] = {}

    @classmethod
    async def start(cls, county: County, who: str = "supervisor", **changes: Any) -> "Walk":
        walk = cls(county, {})
        await walk.add_people()
        answer = await walk.client(who).post("/rectifications", json=new_rectification(county, **changes))
        assert answer.status_code == 201, answer.text
        walk.item = answer.json()
        return walk

    async def add_people(self) -> None:
        county = self.county
        self.people["unit"] = await county.account("clerk", county.village, "解小满")
        self.people["unit_secretary"] = await county.account("secretary", county.village, "曾立德")
        self.people["second"] = await county.account("supervisor", county.township, "查静宜")
        self.people["county_supervisor"] = await county.account("supervisor", county.county, "单向荣")

    def client(self, who: str) -> httpx.AsyncClient:
        if who not in self.clients:
            self.clients[who] = self.county.client(self.people.get(who, who))
        return self.clients[who]

    @property
    def path(self) -> str:
        return f"/rectifications/{self.item['id']}"

    @property
    def step(self) -> str | None:
        return self.item["procedure"]["step"]

    @property
    def version(self) -> str:
        return f'"{self.item["version"]}"'

    def ahead(self, days: int) -> str:
        """So many days after its registration, whatever a demonstration's clock has gone through before."""
        return (date.fromisoformat(self.item["registered_on"]) + timedelta(days=days)).isoformat()

    async def seen_by(self, who: str) -> dict[str, Any]:
        answer = await self.client(who).get(self.path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def option(self, who: str, outcome: str = "done") -> dict[str, Any]:
        seen = await self.seen_by(who)
        return next(o for o in seen["procedure"]["options"] if o["outcome"] == outcome)

    async def example(self, who: str, outcome: str = "done") -> dict[str, Any] | None:
        schema = (await self.option(who, outcome))["record_schema"]
        return schema["examples"][0] if schema else None

    async def proof(self, who: str, data: bytes = PNG, kind: str = "photo") -> list[dict[str, str]]:
        return [{"id": await uploaded(self.client(who), self.item["organization"]["id"], data), "kind": kind}]

    async def act(
        self, who: str, outcome: str = "done", *, dry_run: bool = False, version: int | None = None, **body: Any
    ) -> httpx.Response:
        """Act on the open step; a `done` brings the rendered example unless told not to."""
        if outcome == "done" and "record" not in body:
            first = self.step == "assignment"
            body["record"] = assignment(self.county, due_on=self.ahead(40)) if first else await self.example(who)
        sent = {"step": body.pop("step", self.step), "outcome": outcome, **body}
        return await self.post(
            who, "/acts" + ("?dry_run=true" if dry_run else ""), sent, version=version, keep=not dry_run
        )

    async def post(
        self, who: str, path: str, body: dict[str, Any], *, version: int | None = None, keep: bool = True
    ) -> httpx.Response:
        """Send a change of the item; its answer becomes what the walk knows of it."""
        headers = {"if-match": f'"{version or self.item["version"]}"'}
        answer = await self.client(who).post(self.path + path, json=body, headers=headers)
        if answer.is_success and keep:
            self.item = answer.json()
        return answer

    async def done(self, who: str, **body: Any) -> "Walk":
        answer = await self.act(who, **body)
        assert answer.status_code == 200, answer.text
        return self

    async def assigned(self, **changes: Any) -> "Walk":
        return await self.done("supervisor", record=assignment(self.county, **changes))

    async def pass_step(self, **body: Any) -> None:
        """Finish the open step by whom it is meant for."""
        who = {
            "assignment": "supervisor",
            "sign_for": "unit",
            "plan": "unit",
            "plan_approval": "supervisor",
            "rectifying": "unit",
            "recognition": "supervisor",
            "verification": "supervisor",
            "second_verification": "second",
            "source_confirmation": "county_supervisor",
            "organization_confirmation": "county_admin",
            "satisfaction": "clerk",
            "closing": "supervisor",
        }[str(self.step)]
        if self.step in ("rectifying", "recognition"):
            evidence = await self.proof(who)
            if self.step == "rectifying":
                evidence += await self.proof(who, pdf("rule"), "rule")
            body = {"evidence": evidence, **body}
        step = self.step
        await self.done(who, **body)
        assert self.step != step

    async def pass_until(self, step: str | None) -> "Walk":
        while self.step != step:
            await self.pass_step()
        return self

    async def later(self, days: int) -> None:
        answer = await self.client("clerk").post("/demo/clock", json={"days": days})
        assert answer.status_code == 200, answer.text


async def listed(county: County, who: str = "supervisor", **filters: Any) -> list[dict[str, Any]]:
    headers = {header: quote(filters.pop(name)) for name, header in PEOPLE.items() if name in filters}
    answer = await county.client(who).get("/rectifications", params=filters, headers=headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def row_of(walk: Walk, who: str = "supervisor", **filters: Any) -> dict[str, Any]:
    return by_id(await listed(walk.county, who, **filters), walk.item["id"])
