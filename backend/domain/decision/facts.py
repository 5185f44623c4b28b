"""What the engine is told about a decision: its parties, the ties people have to it, the opinions, its text."""

import re
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import Account
from backend.db.base import Session
from backend.db.decision import Decision, opinion_counts, subtree_names, text_authors
from backend.db.organization import Organization
from backend.domain.access import Actor
from backend.domain.scene import Facts, Title
from backend.domain.voting import normal_name

_STAFF: Title = {"zh-CN": "承办单位工作人员", "en": "staff of the sponsor unit"}
_PROPOSER: Title = {"zh-CN": "提议人", "en": "the proposer"}
_OWNER: Title = {"zh-CN": "责任人", "en": "the owner of the goal"}
_HELPER: Title = {"zh-CN": "配合单位或人员", "en": "helping with the goal"}

_BETWEEN_NAMES = re.compile(r"[\s,，、;；/（）()]+")


async def facts_of(session: Session, decision: Decision, actor: Actor) -> Facts:
    """The facts at this moment. To be read behind the run's lock when an act depends on them.

    Of the sponsor unit are the organisation, everything below it and whoever wrote a version of the text, wherever
    they sit. Ties do not list the actor among the unit's staff: that a clerk works there is no news to the clerk.
    """
    sponsor = await session.get_one(Organization, decision.sponsor_unit_id)
    units = await subtree_names(session, sponsor.path)
    authors = await text_authors(session, decision.id)
    received, answered = await opinion_counts(session, decision.id)
    named = {text for _, name, short_name in units for text in (name, short_name) if text}
    ids = {str(unit) for unit, _, _ in units} | {str(author) for author in authors}
    proposers = names_in(decision.proposer)
    parties = {"sponsor_unit": frozenset(named | ids)}
    if proposers:
        parties["proposer"] = frozenset(proposers)
    return Facts(
        subject={
            "opinions": {"received": received, "answered": answered},
            "organization_kind": (await session.get_one(Organization, decision.organization_id)).kind,
        },
        parties=parties,
        ties=await _ties(session, decision, [unit for unit, _, _ in units], actor),
        content_sha256=decision.text_sha256,
    )


async def _ties(session: Session, decision: Decision, units: list[UUID], actor: Actor) -> dict[str, str | Title]:
    staff = sa.select(col(Account.name)).where(
        col(Account.organization_id).in_(units), col(Account.id) != actor.account_id
    )
    who = decision.five_w_one_h["who"]
    ties: dict[str, str | Title] = {name: _STAFF for (name,) in (await session.execute(staff)).all()}
    ties |= {name: _HELPER for helper in who.get("helpers", ()) for name in names_in(helper)}
    ties |= dict.fromkeys(names_in(who["owner"]), _OWNER)
    ties |= dict.fromkeys(names_in(decision.proposer), _PROPOSER)
    return ties


def names_in(text: str) -> set[str]:
    """The names that a line of free text may hold: `镇人大代表 曾晓岚` is found by the whole and by 曾晓岚."""
    parts = {part for part in _BETWEEN_NAMES.split(text) if len(part) > 1}
    return {name for name in (*parts, normal_name(text)) if name}
