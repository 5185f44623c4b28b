"""A card before it is one: what a sender or an office hands in, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.db.feedback import CardWish, Urgency, Voice
from backend.domain.calendar import day_of
from backend.domain.errors import Problem
from backend.domain.feedback.category import CATEGORIES
from backend.domain.feedback.choice import CHANNELS
from backend.domain.feedback.vault import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call on the hotline."""

    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """What somebody said, and by which door it came.

    `place_id` is the village or window it is from. `about_ids` are the organisations complained about, `about_accounts`
    the people (only an office can name those). `submission_id` is random and makes sending exactly once; `body` is all
    that was sent with it, to tell a second sending from another card.
    """

    submission_id: UUID
    place_id: UUID
    channel: str
    wish: CardWish
    content: str
    body: Mapping[str, Any]
    category: str = "other"
    voice: Voice = Voice.masses
    location_text: str = ""
    about_ids: tuple[UUID, ...] = ()
    about_accounts: tuple[UUID, ...] = ()
    about_note: str = ""
    contact: Contact | None = None
    urgency: Urgency = Urgency.normal
    opinion: int | None = None
    batch_id: UUID | None = None
    printed_number: str | None = None
    box_opening_id: UUID | None = None
    received_on: date | None = None
    call: Call | None = None


def card_problems(new: NewCard, now: datetime, *, by_sender: bool) -> list[Problem]:
    """What keeps a card from being taken in, each at its field."""
    problems = []
    channel = CHANNELS.get(new.channel)
    if channel is None or channel.by_sender != by_sender:
        problems.append(Problem("/channel", "channel_unknown"))
    if new.category not in CATEGORIES:
        problems.append(Problem("/category", "category_unknown"))
    if new.received_on is not None and new.received_on > day_of(now):
        problems.append(Problem("/received_on", "received_in_future"))
    if (new.channel == "hotline") != (new.call is not None):
        problems.append(Problem("/call", "call_needed" if new.call is None else "call_not_expected"))
    if new.call is not None and not new.call.started_at <= new.call.ended_at <= now:
        problems.append(Problem("/call/ended_at", "call_times_wrong"))
    if new.box_opening_id is not None and new.channel != "suggestion_box":
        problems.append(Problem("/box_opening_id", "box_not_expected"))
    return problems
