"""Items taken along by anybody in any way, over HTTP: whatever is let in, none closes and no limit moves improperly.

The procedure alone is tried by `tests/domain/test_rectification_procedure.py`; here are the verbs around it too.
"""

import random
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.db.procedure import ProcedureAct, ProcedureRun
from backend.db.rectification import Rectification
from tests.api.rectifications import Walk, ahead, assignment, listed
from tests.api.test_ledger_rectification import row, send
from tests.factories import County
from tests.files import pdf

TRIES = 30
VERBS = [*["on"] * 6, *["try"] * 2, "back", "extend", "extend", "transfer", "ease", "ease", "merge", "note"]
UNITS = ("unit", "unit_secretary", "office")
ALL = (*UNITS, "supervisor", "second", "county_supervisor", "namesake", "secretary", "clerk", "county_admin")
SUPERVISION = ("supervisor", "second", "county_supervisor")
MEANT = dict.fromkeys(
    ("recognition", "assignment", "plan_approval", "verification", "second_verification", "closing"), SUPERVISION
) | {"satisfaction": ("clerk", *SUPERVISION)}
REFUSED = {403, 404, 409, 412, 422}


class Anyhow:
    """One item that everybody tries everything with, beside one that it may be merged with; `held_to` is what its limit
    has to be by what was granted, `easers` who made it milder, `people` whether somebody affected has to be asked."""

    def __init__(self, walk: Walk, chance: random.Random) -> None:
        self.walk, self.chance, self.county = walk, chance, walk.county
        self.held_to: str | None = None
        self.kind: str | None = None
        self.easers: set[UUID] = set()
        self.asks = walk.item["affects_people"]
        self.closings = 0
        self.sure = False

    async def step(self) -> None:
        verb = "on" if self.sure else self.chance.choice(VERBS)
        if self.walk.step is None:
            verb = "reopen"
        before, extensions = dict(self.walk.item), self.walk.item["extensions"]
        answer: httpx.Response | None = await getattr(self, f"_{verb}")()
        if answer is None:
            return
        assert answer.is_success or answer.status_code in REFUSED, answer.text
        if answer.is_success:
            await self._limit_stands(verb, before, self.walk.item["extensions"] > extensions)
            if self.walk.item["status"] == "closed" and before["status"] != "closed":
                await self._properly_closed()

    async def _on(self) -> httpx.Response:
        """By whom it is meant for: of the unit, or else the first outside it who has made it no milder."""
        step = str(self.walk.step)
        if step not in MEANT:
            return await self._done("office" if self._unit() == str(self.county.office.id) else "unit")
        fit = [who for who in MEANT[step] if self._account(who) not in self.easers]
        for who in fit:
            answer = await self._done(who)
            if answer.is_success:
                break
        return answer

    async def _try(self) -> httpx.Response:
        return await self._done(self.chance.choice(ALL))

    async def _done(self, who: str) -> httpx.Response:
        body: dict[str, Any] = {}
        if self.walk.step == "assignment":
            body["record"] = self._assignment()
        else:
            record = await self.walk.example("supervisor")
            if record and "satisfied" in record and not self.sure and self.chance.random() < 0.3:
                record = record | {"satisfied": 0, "fairly": 0, "unsatisfied": record["asked"], "no_answer": 0}
            body["record"] = record
        if self.walk.step in ("rectifying", "recognition") and (self.sure or self.chance.random() < 0.8):
            body["evidence"] = await self.walk.proof(who)
            if self.walk.step == "rectifying":
                body["evidence"] += await self.walk.proof(who, pdf("rule"), "rule")
        return await self.walk.act(who, **body)

    def _assignment(self) -> dict[str, Any]:
        unit = self.chance.choice([self.county.village, self.county.village, self.county.office])
        known = self.kind and (self.sure or self.chance.random() < 0.7)
        kind = self.kind if known else self.chance.choice(["dated", "dated", "standing"])
        record = assignment(self.county, responsible_unit_id=str(unit.id), deadline_kind=kind)
        if kind == "standing":
            del record["due_on"]
        elif self.held_to and (self.sure or self.chance.random() < 0.6):
            record["due_on"] = self.held_to
        else:
            record["due_on"] = ahead(self.chance.choice([20, 40, 90, 400]))
        return record

    def _unit(self) -> str | None:
        return (self.walk.item["responsible_unit"] or {}).get("id")

    async def _back(self) -> httpx.Response:
        to = self.chance.choice(["assignment", "plan", "rectifying"])
        return await self.walk.act(self.chance.choice(ALL), "returned", to=to, reason="调整责任单位")

    async def _extend(self) -> httpx.Response:
        until = ahead(self.chance.choice([25, 45, 55, 100, 500]))
        if pending := self.walk.item["procedure"]["pending"]:
            until = pending["until"] or until
        return await self.walk.post(self.chance.choice(ALL), "/extensions", {"until": until, "reason": "连续降雨"})

    async def _transfer(self) -> httpx.Response:
        unit = self.chance.choice([self.county.village, self.county.office])
        body = {"responsible_unit_id": str(unit.id), "reason": "沟渠由镇里管护"}
        return await self.walk.post(self.chance.choice(ALL), "/transfer", body)

    async def _ease(self) -> httpx.Response:
        who = self.chance.choice(ALL)
        milder: dict[str, Any] = {"severity": self.chance.choice(["general", "important", "major"]), "reason": "复核"}
        if self.chance.random() < 0.3:
            milder = {"affects_people": False, "nobody_affected_reason": "沟渠不临近住户"}
        before = self.walk.item
        answer = await self.walk.client(who).patch(self.walk.path, json=milder, headers={"if-match": self.walk.version})
        if answer.is_success:
            self.walk.item = answer.json()
            grades = ["general", "important", "major"]
            lower = grades.index(self.walk.item["severity"]) < grades.index(before["severity"])
            if lower or before["affects_people"] > self.walk.item["affects_people"]:
                assert who not in UNITS or before["status"] == "registered"
                self.easers.add(self._account(who))
            self.asks = self.walk.item["affects_people"]
        return answer

    async def _merge(self) -> httpx.Response | None:
        """A double of it is merged into it: it has to ask as much from then on."""
        if self.chance.random() < 0.6:
            return None
        double = await Walk.start(self.county, affects_people=True, nobody_affected_reason="", problem="同一条沟积水")
        body = {"into_id": self.walk.item["id"], "reason": "同一个问题"}
        answer = await double.post("supervisor", "/merge", body)
        assert answer.is_success or answer.status_code in REFUSED
        self.walk.item = await self.walk.seen_by("supervisor")
        if answer.is_success:
            assert self.asks
        return None

    async def _note(self) -> httpx.Response:
        note = {"text": "已完成清淤", "next": [ahead(self.chance.choice([30, 90, 300]))]}
        return await self.walk.act("unit", "noted", record=note)

    async def _reopen(self) -> httpx.Response:
        body = {"step": "rectifying", "reason": "问题复发，又积水", "record": {"due_on": ahead(30)}}
        answer = await self.walk.act(self.chance.choice(ALL), "reopened", **body)
        if answer.is_success:
            self.held_to = self.walk.item["due_on"]
        return answer

    def _account(self, who: str) -> UUID:
        return self.walk.people[who].id if who in self.walk.people else self.county.accounts[who].id

    async def _limit_stands(self, verb: str, before: dict[str, Any], extended: bool) -> None:
        """It is what was set first or granted since, or an earlier day; its kind is what it was."""
        item = self.walk.item
        given = (before["step"], item["step"] != "assignment") == ("assignment", True)
        if verb == "reopen" or (self.kind is None and not given):
            return
        if self.kind is None:
            self.kind, self.held_to = item["deadline_kind"], item["due_on"]
            assert item["original_due_on"] == self.held_to
        assert item["deadline_kind"] == self.kind
        if extended:
            assert (before["extensions"] + 1, self.kind) == (item["extensions"], "dated")
            self.held_to = item["due_on"]
        elif self.held_to is not None:
            assert item["due_on"] is not None
            assert date.fromisoformat(item["due_on"]) <= date.fromisoformat(self.held_to)
            self.held_to = item["due_on"]
        assert item["original_due_on"] == (before["original_due_on"] or item["original_due_on"])

    async def _properly_closed(self) -> None:
        self.closings += 1
        async with self.county.app.state.database.reader() as reader:
            question = (
                sa.select(ProcedureAct)
                .join(ProcedureRun, col(ProcedureRun.id) == col(ProcedureAct.run_id))
                .where(col(ProcedureRun.subject_id) == UUID(self.walk.item["id"]))
                .order_by(col(ProcedureAct.sequence))
            )
            acts = [dict(one._mapping) for one in await reader.execute(question)]
            unit = await reader.scalar(
                sa.select(col(Rectification.responsible_unit_id)).where(
                    col(Rectification.id) == UUID(self.walk.item["id"])
                )
            )
        done = {act["step"]: act for act in acts if act["outcome"] == "done"}
        worked, checked, closed = done.get("rectifying"), done.get("verification"), done["closing"]
        if worked is None or checked is None:
            worked = checked = done["recognition"]
            assert checked["by"] != closed["by"]
        else:
            assert worked["sequence"] < checked["sequence"] < closed["sequence"]
            assert worked["by_organization"] == unit
            assert worked["by_name"] not in (checked["by_name"], closed["by_name"])
        assert worked["evidence"]
        for act in (checked, closed):
            assert act["by_organization"] != unit
            assert act["by"] not in self.easers
        if self.asks:
            asked = (done["satisfaction"] if "verification" in done else done["recognition"])["record"]
            asked = asked.get("satisfaction", asked)
            assert asked["satisfied"] + asked["fairly"] >= 0.8 * asked["asked"]
        if self.walk.item["severity"] == "major":
            assert done["second_verification"]["by"] != checked["by"]


async def begun(county: County, chance: random.Random, claimed: bool) -> Anyhow:
    walk = await Walk.start(county, severity=chance.choice(["general", "major"]), affects_people=True)
    if claimed:
        await send(county.client("supervisor"), [row(county, 责任领导="李四", 完成情况="换好了灯头", 是否销号="√")])
        walk.item = next(one for one in await listed(county) if one["step"] == "recognition")
        walk.item = await walk.seen_by("supervisor")
    walk.people["office"] = await county.account("clerk", county.office, "区慧")
    walk.people["namesake"] = await county.account("supervisor", county.township, "解小满")
    made = Anyhow(walk, chance)
    if claimed:
        made.easers.add(made._account("supervisor"))
    return made


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_is_tried_no_item_closes_improperly_and_no_limit_moves(county: County, seed: int) -> None:
    one = await begun(county, random.Random(seed), claimed=seed == 3)
    for _ in range(TRIES):
        await one.step()
    # Whoever is meant can still take it to its end: nothing that was let in has brought it to a stop.
    one.sure = True
    for _ in range(20):
        if one.walk.step is not None:
            await one.step()
    assert (one.walk.item["status"], one.closings > 0) == ("closed", True)
