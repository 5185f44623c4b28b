"""Walking decisions over HTTP in tests: a start that is accepted, evidence that is there, acts that may be refused."""

from typing import Any

import httpx

from tests.factories import County
from tests.files import pdf

PDF = pdf()

GOAL: dict[str, Any] = {
    "what": "整修主干道",
    "why": "雨天积水，群众反映集中",
    "when": {"start_on": "2090-03-01", "due_on": "2090-10-31"},
    "where": "镇区中心街",
    "who": {"owner": "任思远", "helpers": ["公共服务办公室"]},
    "how_far": {"measure": "整修长度", "baseline": "0", "target": "1.2", "unit": "公里"},
}


def goal(path: str = "", value: Any = None) -> dict[str, Any]:
    """The six answers, one of them changed (`/how_far/target`); None leaves it out."""

    def copied(part: dict[str, Any], keys: list[str]) -> dict[str, Any]:
        made = dict(part)
        if not keys:
            return made
        if len(keys) > 1:
            made[keys[0]] = copied(part[keys[0]], keys[1:])
        elif value is None:
            del made[keys[0]]
        else:
            made[keys[0]] = value
        return made

    return copied(GOAL, path.strip("/").split("/") if path else [])


def new_decision(county: County, **changes: Any) -> dict[str, Any]:
    return {
        "organization_id": str(county.township.id),
        "title": "镇区主干道路面改造方案",
        "subject_class": "public_works",
        "sponsor_unit_id": str(county.office.id),
        "proposer": "镇人大代表 曾晓岚",
        "five_w_one_h": GOAL,
        "text": {"title": "关于改造主干道路面的决议", "body": "一、范围\n中心街1.2公里。"},
        **changes,
    }


async def started(county: County, who: str = "clerk", **changes: Any) -> dict[str, Any]:
    answer = await county.client(who).post("/decisions", json=new_decision(county, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def uploaded(client: httpx.AsyncClient, organization_id: object, data: bytes = PDF) -> str:
    answer = await client.post(
        "/attachments", data={"organization_id": str(organization_id)}, files={"file": ("材料.pdf", data)}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


class Walk:
    """One decision and the people who take it along; every act is answered, accepted or not."""

    def __init__(self, county: County, decision: dict[str, Any]) -> None:
        self.county, self.decision = county, decision
        self.clients: dict[str, httpx.AsyncClient] = {}

    @classmethod
    async def start(cls, county: County, **changes: Any) -> "Walk":
        return cls(county, await started(county, **changes))

    def client(self, who: str) -> httpx.AsyncClient:
        if who not in self.clients:
            self.clients[who] = self.county.client(who)
        return self.clients[who]

    @property
    def path(self) -> str:
        return f"/decisions/{self.decision['id']}"

    @property
    def step(self) -> str | None:
        return self.decision["procedure"]["step"]

    async def seen_by(self, who: str) -> dict[str, Any]:
        answer = await self.client(who).get(self.path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def option(self, who: str, outcome: str = "done") -> dict[str, Any]:
        seen = await self.seen_by(who)
        return next(o for o in seen["procedure"]["options"] if o["outcome"] == outcome)

    async def example(self, who: str) -> dict[str, Any] | None:
        schema = (await self.option(who))["record_schema"]
        return schema["examples"][0] if schema else None

    async def evidence(self, who: str) -> list[dict[str, str]]:
        wanted = (await self.option(who))["evidence"]
        client = self.client(who)
        return [
            {"id": await uploaded(client, self.decision["organization_id"]), "kind": one["kind"]}
            for one in wanted
            if one["required"]
        ]

    async def act(
        self, who: str, outcome: str = "done", *, dry_run: bool = False, version: int | None = None, **body: Any
    ) -> httpx.Response:
        """Act on the open step; a `done` brings the rendered example and all required evidence unless told not to."""
        if outcome == "done":
            pending = self.decision["procedure"]["pending"]
            if "record" not in body:
                body["record"] = None if pending else await self.example(who)
            if "evidence" not in body:
                body["evidence"] = [] if pending else await self.evidence(who)
        sent = {"step": body.pop("step", self.step), "outcome": outcome, **body}
        answer = await self.client(who).post(
            f"{self.path}/acts" + ("?dry_run=true" if dry_run else ""),
            json=sent,
            headers={"if-match": f'"{version or self.decision["version"]}"'},
        )
        if answer.status_code == 200 and not dry_run:
            self.decision = answer.json()
        return answer

    async def later(self, days: int) -> None:
        answer = await self.client("clerk").post("/demo/clock", json={"days": days})
        assert answer.status_code == 200, answer.text

    async def pass_step(self) -> None:
        """Finish the open step the way it is meant: waiting as long as it asks, by whom it asks."""
        step = self.step
        waits = {"opinion_solicitation": 31, "public_hearing": 8, "pilot": 2, "legality_review": 14}
        if step in waits:
            await self.later(waits[step])
        who = {"legality_review": "legal_reviewer", "evaluation": "secretary"}.get(str(step), "clerk")
        answer = await self.act(who)
        assert answer.status_code == 200, answer.text
        if step == "resolution":
            answer = await self.act("secretary")
            assert answer.status_code == 200, answer.text
        assert self.step != step

    async def pass_until(self, step: str) -> "Walk":
        while self.step != step:
            await self.pass_step()
        return self


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    """(pointer, code) of every problem in a refusal or a dry run."""
    body = answer.json()
    return [(problem["pointer"], problem["code"]) for problem in body.get("errors", body.get("problems", ()))]
