"""What the public may read of decisions and answers, and until when it is asked; numbers of people are masked here.

Masking is done where something is published, so that nobody's number hangs on a village's board because a clerk forgot.
"""

from datetime import date, datetime
from uuid import UUID

from backend.db.base import Session
from backend.db.organization import Organization
from backend.db.procedure import ProcedureRun
from backend.db.publication import (
    PublicDecision,
    Step,
    in_comment,
    place_by_id,
    place_by_token,
    places_named,
    public_decision,
    resolutions,
)
from backend.domain.calendar import day_of, last_day_before
from backend.domain.decision.opinion import asks_public
from backend.domain.errors import NotFound
from backend.domain.procedures.registry import every_version
from backend.domain.search import name_query

PLACE_KINDS = frozenset({"village", "community", "township", "township_committee"})
"""What people look for by name; a poster may hang at any organisation."""

_PUBLICATION = "publication"
_MOST_PLACES = 20


def comment_steps() -> list[Step]:
    """The steps of all versions during which everybody is asked."""
    return [(p.key, p.version, step.key) for p in every_version() for step in p.steps if asks_public(step)]


def ends_on(run: ProcedureRun, now: datetime) -> date:
    """The last day on which an opinion is sure to be taken; while the step stays open after it, that is today."""
    today = day_of(now)
    return max(last_day_before(run.earliest_at), today) if run.earliest_at else today


def is_open(found: PublicDecision) -> bool:
    """Whether opinions are asked for now."""
    return (found.run.procedure, found.run.procedure_version, found.run.step) in comment_steps()


async def find_place(session: Session, token_or_id: str) -> Organization:
    """The place that a QR code or a list names.  Raises NotFound."""
    found = await place_by_token(session, token_or_id)
    if found is None:
        try:
            found = await place_by_id(session, UUID(token_or_id), PLACE_KINDS)
        except ValueError:
            found = None
    if found is None:
        raise NotFound("not_found")
    return found


async def find_places(session: Session, q: str) -> list[Organization]:
    wanted = name_query(q)
    return list(await places_named(session, wanted, PLACE_KINDS, _MOST_PLACES)) if wanted else []


async def open_decisions(session: Session, place: Organization) -> list[PublicDecision]:
    return await in_comment(session, place.path, comment_steps(), _PUBLICATION)


async def published_resolutions(session: Session, place: Organization) -> list[PublicDecision]:
    return await resolutions(session, place.path, _PUBLICATION)


async def find_decision(session: Session, id: UUID) -> PublicDecision:
    """A decision that is open to comment or published.  Raises NotFound for any other."""
    found = await public_decision(session, id, comment_steps(), _PUBLICATION)
    if found is None:
        raise NotFound("not_found")
    return found
