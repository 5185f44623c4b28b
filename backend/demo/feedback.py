"""Bringing in the cards of the demonstration and walking them on: every move by the verb that people use."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import CardWish, FeedbackCard
from backend.db.feedback_channel import BatchKind
from backend.demo.calendar import LAST_ROUND, at
from backend.demo.cue import Cue
from backend.demo.evidence import png
from backend.demo.feedback_stories import CARDS, Card
from backend.demo.rectifications import HANDS, TOWN
from backend.domain.access import Actor, Moment
from backend.domain.demo_id import demo_id
from backend.domain.feedback.act import act_on_card
from backend.domain.feedback.box import NewOpening, answer_opening, open_box
from backend.domain.feedback.choice import CHANNELS
from backend.domain.feedback.door import make_batch
from backend.domain.feedback.new import Call, NewCard
from backend.domain.feedback.receive import enter_card, receive_card
from backend.domain.feedback.sender import add_photo, rate_card, withdraw_card
from backend.domain.feedback.settle import settle_unrated
from backend.domain.feedback.vault import Contact, Vault
from backend.domain.run import Wish

SERVICES = "榆桥镇公共服务办公室"
_SERVANT = "yuqiao.services"
_SORTED_OUT = {"not_accepted": "not_accept", "transferred": "transfer"}
# How many of sorting, signing, handling and approval are finished at each stage; all of them at those not named.
_FINISHED = {"received": 0, "sealed": 0, "withdrawn": 0, "accepted": 1, "objected": 1, "processing": 2, "replying": 3}
_STEPS = ("triage", "sign_for", "processing", "reply_approval")
_DOORS_OPEN = at("2026-09-01 09:00")
# A villager of the same name as the clerk: what is matched is taken back by the desk.
_NOTES = {"LIFTED": "收费的那个解小满"}
_SAID_ON = re.compile(r"(\d{1,2})月(\d{1,2})日")


TOKEN = "demo-liutang"  # noqa: S105 - stands on posters for everybody to read
RECEIPTS = {
    "READ": ("DEMA-2345-6789", "246810"),
    "RATED": ("DEMB-2345-6789", "135790"),
    "WITHDRAWING": ("DEMC-2345-6789", "864202"),
    "SENT_PHOTO": ("DEMD-2345-6789", "975310"),
}
"""Codes and PINs that the documentation shows, so that anybody can try them."""


@dataclass(frozen=True, slots=True)
class Move:
    """Something done to a card: when, by whom (empty: its sender), and what."""

    at: datetime
    by: str
    step: str
    deed: str = "done"


def card_id(key: str) -> UUID:
    return demo_id("feedback", key)


def submission_id(key: str) -> UUID:
    """What the sender's phone would have drawn; code and PIN of the card follow from it."""
    return demo_id("submission", key)


def feedback_cues(session: Session, people: Mapping[str, Actor], vault: Vault) -> Iterator[Cue]:
    """All moves of the cards; those that nobody rated are settled in the worker's last round."""
    stage = _Stage(session, people, vault)
    yield Cue(_DOORS_OPEN, partial(_doors, session, people))
    for card in CARDS:
        for move in _moves(card):
            yield Cue(move.at, partial(stage.play, card, move))
    yield Cue(LAST_ROUND, partial(_settle, session))


async def _settle(session: Session) -> None:
    while await settle_unrated(session, Moment(LAST_ROUND)):
        await session.flush()


async def _doors(session: Session, people: Mapping[str, Actor]) -> None:
    """The poster of one village, and the last openings of its two boxes, one of which waits to be confirmed."""
    clerk, second = people["clerk"], people["village_secretary"]
    village = demo_id("organization", "柳塘村")
    await make_batch(
        session,
        clerk,
        Moment(_DOORS_OPEN),
        organization_id=village,
        kind=BatchKind.poster,
        count=4,
        id=demo_id("feedback_batch", "BATCH"),
        token=TOKEN,
    )
    opening = NewOpening(
        organization_id=village,
        box_no="LT-01",
        location="村卫生室门口",
        seal_no="F-2026-0098",
        seal_whole=True,
        new_seal_no="F-2026-0113",
        opener_b_id=second.account_id,
        opened_at=_DOORS_OPEN,
        slips=3,
    )
    moment = Moment(_DOORS_OPEN)
    opened = await open_box(session, clerk, moment, opening, id=demo_id("box_opening", "OPENING"))
    await session.flush()
    await answer_opening(session, second, moment, opened.id, "")
    other = replace(opening, box_no="LT-02", location="村委会门口", seal_no="F-2026-0099", new_seal_no="F-2026-0112")
    await open_box(session, clerk, moment, replace(other, slips=1), id=demo_id("box_opening", "WAITING"))


def _moves(card: Card) -> Iterator[Move]:
    day, hand = _day(card.received), _hand(card)
    by_sender = CHANNELS[card.channel].by_sender
    yield Move(_at(day, "08:40"), "" if by_sender else "clerk", "receive")
    if card.stage in _SORTED_OUT:
        yield Move(_at(day + timedelta(1), "09:05"), "clerk", "triage")
        return
    if card.stage == "withdrawn":
        yield Move(_at(day + timedelta(2), "09:05"), "", "triage", "withdrawn")
        return
    answered = _answered_on(card, day)
    days = (day + timedelta(1), day + timedelta(2), answered, answered + timedelta(1))
    hands = ("clerk", hand, hand, "secretary")
    finished = _FINISHED.get(card.stage, len(_STEPS))
    for step, when, by in list(zip(_STEPS, days, hands, strict=True))[:finished]:
        yield Move(_at(when, "09:30"), by, step)
    if card.stage == "objected":
        yield Move(_at(day + timedelta(2), "09:30"), hand, "sign_for", "returned")
    if finished == len(_STEPS) and card.grade:
        yield from _ratings(card, answered + timedelta(3), hand)


def _ratings(card: Card, day: date, hand: str) -> Iterator[Move]:
    yield Move(_at(day, "10:00"), "", "rating")
    for _ in range({"review": 2, "closed": 1}.get(card.stage, 0) if card.grade in ("1", "2") else 0):
        yield Move(_at(day + timedelta(4), "15:00"), hand, "processing")
        yield Move(_at(day + timedelta(5), "09:00"), "secretary", "reply_approval")
        day += timedelta(7)
        # Handled anew, most people are content; the one whose case is reviewed is not.
        yield Move(_at(day, "10:00"), "", "rating", "again" if card.stage == "closed" else "done")


class _Stage:
    def __init__(self, session: Session, people: Mapping[str, Actor], vault: Vault) -> None:
        self.session, self.people, self.vault = session, people, vault

    async def play(self, card: Card, move: Move) -> None:
        moment, key = Moment(move.at), card_id(card.key)
        if move.step == "receive":
            await self._receive(card, move)
            return
        kept = await self.session.get_one(FeedbackCard, key)
        if move.deed == "withdrawn":
            await withdraw_card(self.session, self.vault, moment, kept, reason="已经问到了，谢谢。")
        elif move.step == "rating":
            grade = 4 if move.deed == "again" else int(card.grade)
            comment = "还是没有彻底解决。" if grade < 3 else ""
            await rate_card(self.session, self.vault, moment, kept, grade=grade, comment=comment)
        else:
            wish = _wish(card, move)
            await act_on_card(self.session, self.vault, self.people[move.by], moment, key, kept.version, wish)

    async def _receive(self, card: Card, move: Move) -> None:
        moment = Moment(move.at)
        call = Call(started_at=move.at - timedelta(minutes=4), ended_at=move.at)
        new = NewCard(
            submission_id=submission_id(card.key),
            place_id=demo_id("organization", card.place),
            channel=card.channel,
            wish=CardWish(card.wish),
            content=card.said,
            body={"content": card.said},
            category=card.category,
            about_note=_NOTES.get(card.key, ""),
            about_ids=(demo_id("organization", card.about),) if card.about else (),
            contact=Contact("何秀英", "13800000017") if card.channel == "hotline" else None,
            call=call if card.channel == "hotline" else None,
        )
        key = card_id(card.key)
        if move.by:
            received = await enter_card(self.session, self.vault, self.people[move.by], moment, new, id=key)
        else:
            received = await receive_card(self.session, self.vault, moment, new, id=key)
        if card.key in RECEIPTS:
            tracking, (code, pin) = self.vault.tracking, RECEIPTS[card.key]
            received.card.code_hash, received.card.pin_hash = tracking.code_hash(code), tracking.pin_hash(code, pin)
        if card.key == "PHOTOGRAPHED":
            picture, photo_id = png(card.said, [card.place]), demo_id("feedback_photo", card.key)
            await add_photo(self.session, self.vault, moment, received.card, picture, id=photo_id)


def _wish(card: Card, move: Move) -> Wish:
    if move.deed == "returned":
        return Wish(step="sign_for", outcome="returned", to="triage", reason="路口属县道，由县交通部门管养。")
    records: dict[str, dict[str, Any]] = {
        "triage": _sorting(card),
        "sign_for": {"person": "村值班干部", "plan": "当天到现场查看。"},
        "processing": {
            "what_was_done": f"到现场核实并办理：{card.answer}。",
            "done_on": move.at.date().isoformat(),
            "public_reply": f"{card.answer}。",
        },
        "reply_approval": {"checked": True, "publish": card.number % 2 == 0},
    }
    return Wish(step=move.step, outcome="done", record=records[move.step])


def _sorting(card: Card) -> dict[str, Any]:
    if card.stage == "not_accepted":
        reason, where = "该事项已进入诉讼程序，镇里无权改判。", "澄湖县人民法院诉讼服务中心"
        return {"outcome": "not_accept", "reason": reason, "where_to_go": where}
    if card.stage == "transferred":
        reason, where = "供电设施由供电企业维护，已转请处理。", "澄湖县供电公司榆桥供电所"
        return {"outcome": "transfer", "reason": reason, "where_to_go": where}
    unit = _unit(card)
    return {
        "outcome": "accept",
        "category": card.category,
        "kind": card.kind,
        "handling_unit_id": str(demo_id("organization", unit)),
    }


def _unit(card: Card) -> str:
    """Its village where somebody there can sign in, unless the village is what it complains about."""
    if card.key == "EXTENDED":
        return TOWN
    return card.place if card.place in HANDS and card.place != card.about else SERVICES


def _hand(card: Card) -> str:
    return HANDS.get(_unit(card), "clerk" if _unit(card) == TOWN else _SERVANT)


def _answered_on(card: Card, received: date) -> date:
    """A day after the card came in, and not before the day that the answer itself names."""
    named = _SAID_ON.search(card.answer)
    day = date(2026, int(named[1]), int(named[2])) if named else received
    return max(day, received + timedelta(5))


def _day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def _at(day: date, clock: str) -> datetime:
    return at(f"{day.isoformat()} {clock}")
