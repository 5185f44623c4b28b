"""Handing a person's open work over to a successor, in one act."""

from collections.abc import Sequence
from uuid import UUID

from backend.db.account import Account, Handover
from backend.db.account_held import account_in
from backend.db.base import Session, new_id, utc_now
from backend.db.handover import WaitingRun
from backend.domain.access import Actor, Moment
from backend.domain.account import actors_now
from backend.domain.errors import Problem, Unready, invalid
from backend.domain.handover.keepers import KEEPERS
from backend.domain.handover.work import as_package, lacking, less_hidden, places, work_of
from backend.domain.role import ROLE_TITLES
from backend.domain.staff.find import account_for, touched
from backend.domain.staff.life import said, tell


async def hand_over(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    version: int,
    *,
    successor_id: UUID,
    reason: str,
) -> Handover:
    """Name the successor wherever open records name the person, and keep what was handed over as a package.

    What waits for a role waits for whoever holds it: so the successor has to hold what the open work asks for, given by
    whoever gives roles, before anything changes hands. A handover gives nobody a right.

    Raises NotFound, Forbidden, Stale, Invalid at `/successor_id`, and Unready `successor_cannot` with each matter that
    the successor could not act on.
    """
    account, organization, held = await account_for(session, actor, id, "account:write", version)
    successor = await successor_for(session, actor, account, successor_id)
    work = await less_hidden(session, actor, await work_of(session, account, organization))
    person = (await actors_now(session, [successor.id], utc_now()))[successor.id]
    missing = problems(lacking(work, person))
    if missing:
        raise Unready("successor_cannot", problems=missing, name=successor.name)
    for keeper in KEEPERS:
        await keeper.name_successor(session, actor, moment, account.name, successor.name, places(work.person), reason)
    handover = Handover(
        id=new_id(),
        from_id=account.id,
        to_id=successor.id,
        by_id=actor.account_id,
        by_name=actor.name,
        at=moment.now,
        reason=reason,
        package=as_package(work, said(held)),
    )
    session.add(handover)
    touched(account, utc_now())
    counts = {"items": len(work.runs), "alone": len(work.alone), "named": len(work.named)}
    data = {"to": {"id": str(successor.id), "name": successor.name}, "reason": reason, **counts}
    tell(session, actor, moment, "account.handed_over", account, organization, data)
    return handover


async def successor_for(session: Session, actor: Actor, account: Account, id: UUID) -> Account:
    """The open account of somebody else within reach. Raises Invalid at `/successor_id`."""
    found = await account_in(session, actor.reach("account:read"), id)
    if found is None or found[0].suspended_at is not None:
        raise invalid("/successor_id", "successor_unknown")
    if found[0].id == account.id:
        raise invalid("/successor_id", "successor_same")
    return found[0]


def problems(missing: Sequence[WaitingRun]) -> list[Problem]:
    """What the successor lacks, one problem for each matter."""
    return [
        Problem(
            "/successor_id",
            "successor_lacks_role",
            {
                "number": one.run.number,
                "organization": one.organization.name,
                "roles": _titles(one.run.roles),
            },
        )
        for one in missing
    ]


def _titles(roles: list[str]) -> dict[str, str]:
    known = [ROLE_TITLES[role] for role in roles if role in ROLE_TITLES]
    return {"zh-CN": "、".join(title["zh-CN"] for title in known), "en": ", ".join(title["en"] for title in known)}
