"""What partners' programs may bring: a line for each kind of record; `source.py` makes the routes of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Response
from pydantic import ValidationError

from backend.api import feedback, feedback_examples, rectification, rectification_examples
from backend.api.errors import problems_of
from backend.api.feedback_shapes import CardOut, GoneOut
from backend.api.feedback_work_shapes import EntryBase
from backend.api.rectification_shapes import RectificationIn, RectificationOut
from backend.api.shapes import Body
from backend.db.base import Session
from backend.db.feedback import card_in
from backend.db.rectification import OVER as ITEM_OVER
from backend.db.rectification import rectification_in
from backend.domain.access import Actor, Moment
from backend.domain.errors import Invalid, Refused
from backend.domain.feedback.category import CATEGORIES
from backend.domain.feedback.choice import CHANNELS, STATUSES, URGENCIES, VOICES, WISHES
from backend.domain.feedback.choice import OVER as CARD_OVER
from backend.domain.feedback.receive import enter_card
from backend.domain.feedback.sight import sight_of
from backend.domain.feedback.staff import change_card
from backend.domain.feedback.tracking import Receipt
from backend.domain.feedback.vault import Vault
from backend.domain.rectification.category import CATEGORY_TITLES
from backend.domain.rectification.correction import CHANGEABLE, change_rectification, correct_rectification
from backend.domain.rectification.register import register_rectification
from backend.domain.rectification.words import SEVERITY_TITLES, SOURCE_TITLES, STATUS_TITLES
from backend.domain.scene import Title
from backend.domain.source.resource import Change, Coded, Made, Sourced, SourceKey, Standing

Shown = Callable[[Session, Actor, Moment, str, UUID, Response], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """`sourced` is what the domain knows of the kind; `tag` names its operations, `shape` is its body, `out` its
    answer, as `shown` tells it to whoever may see it. `example` works in the demonstration."""

    sourced: Sourced
    tag: str
    shape: type[Body]
    out: Any
    shown: Shown
    example: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.sourced.name


def reader(shape: type[Body]) -> Callable[[Mapping[str, Any]], Any]:
    """Return what makes a body of `shape` of what was sent. It raises Invalid with a pointer to each field."""

    def read(values: Mapping[str, Any]) -> Body:
        try:
            return shape.model_validate(values)
        except ValidationError as error:
            raise Invalid("invalid", problems=problems_of(error.errors())) from None

    return read


def told(body: Body) -> dict[str, Any]:
    """What a later push is compared with: without defaults, so that a field which comes later changes nothing."""
    return body.model_dump(mode="json", exclude_defaults=True)


# Rectifications


async def _register(
    session: Session, vault: Vault, actor: Actor, moment: Moment, key: SourceKey, body: RectificationIn
) -> Made:
    del vault, key
    item = await register_rectification(session, actor, moment, body.new())
    return Made(item.id, item.county_id)


async def _change_item(session: Session, actor: Actor, moment: Moment, key: SourceKey, change: Change) -> None:
    """What stands beside the problem is changed in place; the problem's text stays, and a correction is appended."""
    version = change.version
    beside = {name: getattr(change.body, name) for name in change.fields if name in CHANGEABLE}
    if beside:
        item = await change_rectification(session, actor, moment, change.id, version, beside, change.reason)
        version = item.version
    if "problem" in change.fields:
        reason = f"来源系统{key.system}更正（编号{key.id}）" + (f"：{change.reason}" if change.reason else "")
        await correct_rectification(
            session, actor, moment, change.id, version, text=change.body.problem, reason=reason[:2000]
        )
    await session.flush()


async def _item_stands(session: Session, actor: Actor, id: UUID) -> Standing | None:
    found = await rectification_in(session, actor.reach("rectification:read"), id, lock=True)
    if found is None:
        return None
    item, _ = found
    return Standing(item.number, item.status.value, item.version, item.status in ITEM_OVER)


# Feedback cards


class EntryBySource(EntryBase):
    """A card as a hotline or another desk has taken it; the sender's contact goes into the vault as at the desk."""


async def _enter(
    session: Session, vault: Vault, actor: Actor, moment: Moment, key: SourceKey, body: EntryBySource
) -> Made:
    card = body.new(vault.tracking.source_submission(key.text))
    if isinstance(card, Refused):
        raise card
    received = await enter_card(session, vault, actor, moment, card)
    return Made(received.card.id, received.card.county_id)


async def _change_card(session: Session, actor: Actor, moment: Moment, _: SourceKey, change: Change) -> None:
    about = change.body.about if "about" in change.fields else None
    await change_card(
        session,
        actor,
        moment,
        change.id,
        change.version,
        category=change.body.category if "category" in change.fields else None,
        urgency=change.body.urgency if "urgency" in change.fields else None,
        about_ids=about.organization_ids if about else (),
        about_accounts=about.account_ids if about else (),
    )
    await session.flush()


async def _card_stands(session: Session, actor: Actor, id: UUID) -> Standing | None:
    found = await card_in(session, sight_of(actor), id, lock=True)
    if found is None:
        return None
    card, _ = found
    return Standing(card.number, card.status.value, card.version, card.status in CARD_OVER)


def _receipt(vault: Vault, key: SourceKey) -> Receipt:
    return vault.tracking.receipt(vault.tracking.source_submission(key.text))


def by_value(titles: Mapping[Any, Title]) -> dict[str, Title]:
    """Titles by what the values are in JSON."""
    return {member.value: title for member, title in titles.items()}


_PLACE: Title = {"zh-CN": "所属组织", "en": "Organisation"}
_CATEGORY: Title = {"zh-CN": "类别", "en": "Category"}
_STATUS: Title = {"zh-CN": "状态（告知对方）", "en": "Status (told to the partner)"}

LINES = (
    Line(
        Sourced(
            name="rectifications",
            permission="rectification:write",
            changeable=frozenset({*CHANGEABLE, "problem"}),
            read=reader(RectificationIn),
            told=told,
            create=_register,
            change=_change_item,
            standing=_item_stands,
            title={"zh-CN": "整改事项", "en": "Rectifications"},
            coded={
                "organization_id": Coded(_PLACE, None),
                "responsible_unit_id": Coded({"zh-CN": "责任单位", "en": "Responsible unit"}, None),
                "source": Coded({"zh-CN": "问题来源", "en": "Source"}, by_value(SOURCE_TITLES)),
                "category": Coded(_CATEGORY, by_value(CATEGORY_TITLES)),
                "severity": Coded({"zh-CN": "严重程度", "en": "Severity"}, by_value(SEVERITY_TITLES)),
                "status": Coded(_STATUS, by_value(STATUS_TITLES), outward=True),
            },
        ),
        tag="rectification",
        shape=RectificationIn,
        out=RectificationOut,
        shown=rectification.answered,
        example=rectification_examples.RECTIFICATION,
    ),
    Line(
        Sourced(
            name="feedback-cards",
            permission="feedback:write",
            changeable=frozenset({"category", "urgency", "about"}),
            read=reader(EntryBySource),
            told=told,
            create=_enter,
            change=_change_card,
            standing=_card_stands,
            receipt=_receipt,
            title={"zh-CN": "群众反映", "en": "Feedback cards"},
            coded={
                "organization_id": Coded(_PLACE, None),
                "category": Coded(_CATEGORY, CATEGORIES),
                "channel": Coded(
                    {"zh-CN": "渠道", "en": "Channel"},
                    {key: one.title for key, one in CHANNELS.items() if not one.by_sender},
                ),
                "wish": Coded({"zh-CN": "诉求类型", "en": "Wish"}, by_value(WISHES)),
                "voice": Coded({"zh-CN": "谁的声音", "en": "Voice"}, by_value(VOICES)),
                "urgency": Coded({"zh-CN": "紧急程度", "en": "Urgency"}, by_value(URGENCIES)),
                "status": Coded(_STATUS, by_value(STATUSES), outward=True),
            },
        ),
        tag="feedback",
        shape=EntryBySource,
        out=CardOut | GoneOut,
        shown=feedback.answered,
        example=feedback_examples.PUSHED,
    ),
)
BY_NAME: Mapping[str, Line] = {line.name: line for line in LINES}
RESOURCES: Mapping[str, Sourced] = {line.name: line.sourced for line in LINES}
