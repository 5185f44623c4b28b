"""The work of one person as it stands, and whether another could take it over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.db.account import Account
from backend.db.base import Session, utc_now
from backend.db.feedback_view import cards_about
from backend.db.handover import WaitingRun, people_at, runs_waiting
from backend.db.organization import Organization
from backend.domain.access import Actor
from backend.domain.account import actors_now
from backend.domain.handover.keeper import Named
from backend.domain.handover.keepers import KEEPERS
from backend.domain.run import own_ids

_MOST = 500
"""Runs that a package lists, the most urgent first; what waits for this person alone is always among them or refused
anew at the next try."""


@dataclass(frozen=True, slots=True)
class Work:
    """`runs` wait for the person, some of them for nobody else; `named` are records that say the name."""

    person: Actor
    runs: tuple[WaitingRun, ...]
    named: tuple[Named, ...]
    contacts: tuple[dict[str, Any], ...]

    @property
    def alone(self) -> tuple[WaitingRun, ...]:
        """What waits for nobody else."""
        return tuple(one for one in self.runs if one.holders <= {self.person.account_id})


async def work_of(session: Session, account: Account, organization: Organization | None) -> Work:
    """What waits for the account's person by roles of their own, what names them, and who works with them."""
    now = utc_now()
    person = (await actors_now(session, [account.id], now))[account.id]
    own = [grant for grant in person.grants if grant.on_behalf_of is None]
    runs = await runs_waiting(session, [(grant.role, grant.path) for grant in own], own_ids(person), now, _MOST)
    paths = places(person)
    named = [one for keeper in KEEPERS for one in await keeper.named(session, account.name, paths)]
    contacts = await people_at(session, _upwards(organization.path), now) if organization else []
    return Work(
        person,
        tuple(runs),
        tuple(named),
        tuple(one for one in contacts if one["id"] != str(account.id)),
    )


async def less_hidden(session: Session, actor: Actor, work: Work) -> Work:
    """The work without the cards that are about whoever looks at it: they learn of none, not even of its number."""
    ids = [one.run.subject_id for one in work.runs]
    hidden = await cards_about(await session.connection(), actor.own, ids)
    return replace(work, runs=tuple(one for one in work.runs if one.run.subject_id not in hidden))


def places(person: Actor) -> list[str]:
    """Where records may mean this person by a name: the workplace and where the person holds roles of their own."""
    held = {grant.path for grant in person.grants if grant.on_behalf_of is None} | {person.path}
    return sorted(path for path in held if path)


def _upwards(path: str) -> list[str]:
    segments = path.rstrip("/").split("/")
    return ["/".join(segments[:count]) + "/" for count in range(len(segments), 0, -1)]


async def has_open_work(session: Session, account: Account, organization: Organization | None) -> bool:
    """Whether something waits for this person alone, or names them."""
    work = await work_of(session, account, organization)
    return bool(work.alone or work.named)


def lacking(work: Work, successor: Actor) -> Sequence[WaitingRun]:
    """What waits for the person alone and the successor could not act on."""
    return [one for one in work.alone if not may_take(successor, one)]


def may_take(successor: Actor, waiting: WaitingRun) -> bool:
    """Whether the open step of a run could be the successor's: by role, and by none of the bars."""
    run = waiting.run
    roles = {
        grant.role
        for grant in successor.grants
        if grant.on_behalf_of is None and waiting.organization.path.startswith(grant.path)
    }
    allowed = not run.only_for or bool(successor.own & set(run.only_for))
    return bool(roles & set(run.roles)) and not successor.own & set(run.not_for) and allowed


def as_package(work: Work, grants: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The work as it is kept: numbers and places, no titles, since who reads it later may not read the matters."""
    return {
        "items": [
            {
                "kind": one.run.subject_kind,
                "id": str(one.run.subject_id),
                "number": one.run.number,
                "organization": one.organization.name,
                "alone": one.holders <= {work.person.account_id},
            }
            for one in work.runs
        ],
        "named": [{"kind": one.kind, "id": str(one.id), "number": one.number} for one in work.named],
        "contacts": [{"name": one["name"], "organization": one["organization"]} for one in work.contacts],
        "roles": list(grants),
    }
