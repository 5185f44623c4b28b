"""Walking the items of the ledger to where the demonstration shows them: every move by the verb that people use."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.rectification import DeadlineKind, Rectification, RectificationSource, Severity
from backend.demo.calendar import LAST_ROUND, at
from backend.demo.cue import Cue
from backend.demo.evidence import MAKERS
from backend.demo.rectification_stories import ITEMS, Item
from backend.domain.access import Actor, Moment
from backend.domain.attachment import upload_attachment
from backend.domain.demo_id import demo_id
from backend.domain.evidence import Given
from backend.domain.rectification.act import act_on_rectification
from backend.domain.rectification.category import Category
from backend.domain.rectification.register import NewRectification, register_rectification
from backend.domain.rectification.relook import draw_relooks
from backend.domain.rectification.reopen import reopen_rectification
from backend.domain.rectification.supervise import supervise_rectification
from backend.domain.run import Wish
from backend.domain.storage import Storage

TOWN = "榆桥镇党委"

# Who works on an item for its unit.
HANDS = {
    "柳塘村": "village_secretary",
    "槐荫村": "yuqiao.village.huaiyin",
    "东沟村": "yuqiao.village.donggou",
    "石桥头村": "yuqiao.village.shiqiaotou",
    "上坡村": "yuqiao.village.shangpo",
    "榆桥镇财政所": "yuqiao.finance",
}
# How far each stage has come: the steps that are finished, counted from the assignment.
_OWN = ("assignment", "sign_for", "plan", "plan_approval", "rectifying")
_FINISHED = {
    "registered": 0,
    "assigned": 1,
    "objected": 1,
    "signed_for": 2,
    "planned": 3,
    "rectifying": 4,
    "asking": 4,
    "extended": 4,
    "supervised": 4,
}
_CHECKED = {"close_requested": 0, "returned": 0, "confirming": 1, "satisfaction": 1, "closing": 2}
_EVERY = 9


@dataclass(frozen=True, slots=True)
class Move:
    """Something done to an item: when, by whom, and what."""

    at: datetime
    by: str
    deed: str
    step: str = ""


def item_id(key: str) -> UUID:
    return demo_id("rectification", key)


def rectification_cues(session: Session, people: Mapping[str, Actor], storage: Storage) -> Iterator[Cue]:
    """All moves of the items, and the worker's last round. `storage` is where attachments lie."""
    stage = _Stage(session, people, storage)
    for item in ITEMS:
        for move in _moves(item):
            yield Cue(move.at, partial(stage.play, item, move))
    yield Cue(LAST_ROUND, partial(draw_relooks, session, Moment(LAST_ROUND)))


def _moves(item: Item) -> Iterator[Move]:
    begun, hand = _day(item.begun), HANDS.get(item.unit, "")
    yield Move(_at(begun, "09:10"), "supervisor", "register")
    finished = _FINISHED.get(item.stage, len(_OWN))
    days = (0, 1, 3, 5, (_day(item.done) - begun).days if item.done else 0)
    hands = ("supervisor", hand, hand, "supervisor", hand)
    for step, after, by in list(zip(_OWN, days, hands, strict=True))[:finished]:
        yield Move(_at(begun + timedelta(after), "10:20" if after else "09:40"), by, "act", step)
    if item.stage == "objected":
        yield Move(_at(begun + timedelta(1), "10:20"), hand, "return", "sign_for")
    elif item.stage == "supervised":
        yield Move(_at(_day("11-09"), "09:00"), "supervisor", "supervise")
    elif item.stage in ("asking", "extended"):
        yield Move(_at(_day("11-17"), "09:30"), hand, "extend", "rectifying")
        if item.stage == "extended":
            yield Move(_at(_day("11-18"), "16:30"), "supervisor", "extend", "rectifying")
    elif finished == len(_OWN):
        yield from _checks(item)


def _checks(item: Item) -> Iterator[Move]:
    done = _day(item.done)
    if item.stage == "returned":
        yield Move(_at(done + timedelta(2), "15:00"), "supervisor2", "return", "verification")
        return
    steps = [("verification", 2, "supervisor2")]
    if item.severity == "major":
        steps.append(("second_verification", 3, "secretary"))
    if item.source in ("inspection_tour", "county_transfer", "audit"):
        steps.append(("source_confirmation", 3, "county.supervision"))
    if item.source in ("democratic_life_meeting", "organizational_life_meeting"):
        steps.append(("organization_confirmation", 3, "yuqiao.organization"))
    if item.people:
        steps.append(("satisfaction", 4, "clerk"))
    steps.append(("closing", 5, "supervisor"))
    for step, after, by in steps[: _CHECKED.get(item.stage, _EVERY)]:
        # The source is asked in the afternoon of the day on which somebody else looked again.
        clock = "15:15" if step.endswith("_confirmation") else f"{9 + after}:15"
        yield Move(_at(done + timedelta(after), clock), by, "act", step)
    if item.stage == "reopened":
        yield Move(_at(_day("11-16"), "09:20"), "supervisor", "reopen")


class _Stage:
    def __init__(self, session: Session, people: Mapping[str, Actor], storage: Storage) -> None:
        self.session, self.people, self.storage = session, people, storage

    async def play(self, item: Item, move: Move) -> None:
        deeds: dict[str, Callable[[Item, Move], Awaitable[object]]] = {
            "register": self._register,
            "act": self._act,
            "return": self._return,
            "extend": self._extend,
            "supervise": self._supervise,
            "reopen": self._reopen,
        }
        await deeds[move.deed](item, move)

    async def _register(self, item: Item, move: Move) -> None:
        town = demo_id("organization", TOWN)
        new = NewRectification(
            organization_id=town,
            source=RectificationSource(item.source),
            problem=item.problem,
            category=Category(item.category),
            severity=Severity(item.severity),
            facts=f"{item.unit or '镇机关'}：{item.problem}，检查时记录在案。",
            source_document=f"榆督查〔2026〕{item.number + 1}号",
            source_clause=f"第{item.number % 7 + 1}条",
            affects_people=item.people,
            nobody_affected_reason="" if item.people else "属内部管理事项，不涉及群众。",
            responsible_unit_id=demo_id("organization", item.unit) if item.unit else None,
            responsible_leader="任思远" if item.unit else "",
            responsible_person=self._person(item) if item.unit else "",
            deadline_kind=None
            if not item.due
            else DeadlineKind.standing
            if item.due == "standing"
            else DeadlineKind.dated,
            due_on=_day(item.due) if item.due not in ("", "standing") else None,
        )
        key = item_id(item.key)
        await register_rectification(self.session, self.people[move.by], Moment(move.at), new, id=key)

    def _person(self, item: Item) -> str:
        return self.people[HANDS[item.unit]].name

    async def _act(self, item: Item, move: Move) -> None:
        evidence: tuple[Given, ...] = ()
        if move.step == "rectifying":
            evidence = (await self._paper(item, move, "photo", "整改后照片.png"),)
            if item.severity == "major":
                evidence += (await self._paper(item, move, "rule", "岗位职责和交接办法.pdf"),)
        record = _record(item, move, self._person(item))
        await self._wish(item, move, Wish(step=move.step, outcome="done", record=record, evidence=evidence))

    async def _return(self, item: Item, move: Move) -> None:
        if move.step == "sign_for":
            wish = Wish(
                step="sign_for", outcome="returned", to="assignment", reason="该路段由县公路部门养护，不属本村。"
            )
        else:
            why = "现场仍有两处漂浮垃圾，护渠员未到岗，退回继续整改。"
            wish = Wish(step="verification", outcome="returned", to="rectifying", reason=why)
        await self._wish(item, move, wish)

    async def _extend(self, item: Item, move: Move) -> None:
        until = (_day(item.due) + timedelta(12)).isoformat()
        reason = "设备交货推迟，供货单位已书面承诺到货日期。" if move.by != "supervisor" else "同意延期，按新时限办理。"
        await self._wish(item, move, Wish(step=move.step, outcome="extended", reason=reason, record={"until": until}))

    async def _supervise(self, item: Item, move: Move) -> None:
        version, reason = await self._version(item), "超期未完成，列入督办。"
        actor, key = self.people[move.by], item_id(item.key)
        await supervise_rectification(self.session, actor, Moment(move.at), key, version, reason=reason)

    async def _reopen(self, item: Item, move: Move) -> None:
        version, reason = await self._version(item), "回访发现十月起走访记录中断，问题反弹。"
        actor, key = self.people[move.by], item_id(item.key)
        await reopen_rectification(self.session, actor, Moment(move.at), key, version, reason=reason)

    async def _wish(self, item: Item, move: Move, wish: Wish) -> None:
        version = await self._version(item)
        moment = Moment(move.at)
        await act_on_rectification(self.session, self.people[move.by], moment, item_id(item.key), version, wish)

    async def _version(self, item: Item) -> int:
        return (await self.session.get_one(Rectification, item_id(item.key))).version

    async def _paper(self, item: Item, move: Move, kind: str, name: str) -> Given:
        attachment = await upload_attachment(
            self.session,
            self.people[move.by],
            Moment(move.at),
            self.storage,
            organization_id=demo_id("organization", item.unit),
            name=name,
            data=MAKERS[name.rpartition(".")[2]](item.problem, [item.result]),
        )
        await self.session.flush()
        return Given(attachment.id, kind)


def _record(item: Item, move: Move, person: str) -> dict[str, Any] | None:
    today = move.at.date().isoformat()
    checked = {
        "checked_on": today,
        "methods": ["on_site", "documents"],
        "findings": f"现场查看并核对资料：{item.result}。",
        "effect": "effective",
    }
    records: dict[str, dict[str, Any]] = {
        "assignment": _assignment(item, person),
        "plan": _plan(item, move, person),
        "rectifying": _result(item, today),
        "verification": checked,
        "second_verification": {**checked, "findings": f"另行复核：{item.result}。"},
        "source_confirmation": {
            "confirmed_on": today,
            "authority": "县督查考核办公室",
            "opinion": "整改事实清楚，同意销号。",
            "effect": "effective",
        },
        "organization_confirmation": {
            "confirmed_on": today,
            "opinion": "对照检查材料和整改清单核对，整改到位，同意销号。",
            "effect": "effective",
        },
        "satisfaction": {
            "asked_on": today,
            "method": "visit",
            "asked": 12 + item.number % 9,
            "satisfied": 9 + item.number % 9,
            "fairly": 2,
            "unsatisfied": 0,
            "no_answer": 1,
            "comments": "受访群众普遍认可，希望长期坚持。",
        },
        "closing": {"conclusion": "整改到位，材料齐全，同意销号。"},
    }
    return records.get(move.step)


def _assignment(item: Item, person: str) -> dict[str, Any]:
    due = None if item.due == "standing" else _day(item.due)
    return {
        "responsible_unit_id": str(demo_id("organization", item.unit)),
        "responsible_leader": "任思远",
        "responsible_person": person,
        "deadline_kind": "standing" if due is None else "dated",
        **({"due_on": due.isoformat()} if due else {}),
    }


def _plan(item: Item, move: Move, person: str) -> dict[str, Any]:
    day = move.at.date()
    last = _day(item.due) if item.due != "standing" else day + timedelta(80)
    record: dict[str, Any] = {"measures": [{"what": item.measure, "owner": person, "due_on": last.isoformat()}]}
    if item.severity != "general":
        record["cause"] = f"{item.problem}，主要是责任没有落实到人，日常检查没有坚持。"
    if item.severity == "major":
        record["whys"] = [
            f"为什么{item.problem}？没有按规定办理。",
            "为什么没有按规定办理？经办人不清楚要求。",
            "为什么不清楚？没有培训和交接。",
            "为什么没有交接？岗位职责没有写明。",
            "为什么没有写明？缺少管理制度。",
        ]
    if item.due == "standing":
        record["milestones"] = [{"what": "完成本季度抽查并公布", "due_on": last.isoformat()}]
    return record


def _result(item: Item, today: str) -> dict[str, Any]:
    record: dict[str, Any] = {"result": f"{item.result}。"}
    if item.severity != "general":
        record["correction"] = f"发现后立即纠正：{item.measure}。"
        record["consequence"] = "已向受影响的单位和群众说明情况，没有造成损失。"
        record["similar"] = {"units": ["柳塘村", "槐荫村", "东沟村"], "found": "排查三个村，未发现同类问题。"}
    if item.severity == "major":
        record["rule"] = {"name": "岗位职责和交接办法", "effective_on": today, "content": "定岗、定责、交接双签。"}
    return record


def _day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def _at(day: date, clock: str) -> datetime:
    return at(f"{day.isoformat()} {clock.rjust(5, '0')}")
