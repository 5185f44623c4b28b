"""Who is told of a rung: those who hold the open step, or the nearest holders of a role, as far as they may see it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from backend.db.base import Session
from backend.db.notice import seated
from backend.db.organization import Organization
from backend.db.procedure import ProcedureRun
from backend.domain.access import Actor
from backend.domain.account import actors_now
from backend.domain.notice.ladder import HOLDERS
from backend.domain.procedure.definition import Rung

NOTICES = "notice:read"


def reading(subject_kind: str) -> str:
    """The permission to read subjects of a kind: the first word of the kind is that of the permission."""
    return f"{subject_kind.partition('_')[0]}:read"


class Seats:
    """The people whom the rungs of one batch may go to, read at once."""

    def __init__(self, seats: Sequence[tuple[UUID, str, str]], actors: Mapping[UUID, Actor]) -> None:
        self._seats = seats
        self._actors = actors

    @classmethod
    async def of(
        cls, session: Session, due: Collection[tuple[ProcedureRun, Organization, Rung]], at: datetime
    ) -> "Seats":
        """Everybody with a role that is asked for at an organisation of a run or above it; `at` is the machine's."""
        roles = {role for run, _, rung in due for role in (*run.roles, *rung.to)}
        paths = {path for _, organization, _ in due for path in upwards(organization.path)}
        seats = await seated(session, roles - {HOLDERS}, paths, at)
        return cls(seats, await actors_now(session, {account_id for account_id, _, _ in seats}, at))

    def told(self, run: ProcedureRun, path: str, rung: Rung) -> set[UUID]:
        """The accounts that hear of this rung of this run, each once."""
        found: set[UUID] = set()
        for name in rung.to:
            roles = frozenset(run.roles) if name == HOLDERS else frozenset({name})
            only = frozenset(run.only_for) if name == HOLDERS else frozenset[str]()
            highest = rung.above and name != HOLDERS
            found |= self._nearest(run, roles, only, upwards(path)[1:] if highest else upwards(path))
        return {one for one in found if self._may_read(self._actors[one], run, path)}

    def _nearest(
        self, run: ProcedureRun, roles: frozenset[str], only: frozenset[str], paths: Sequence[str]
    ) -> set[UUID]:
        """Those with one of `roles` at the first of `paths` that has anybody who is not kept from the matter."""
        barred = frozenset(run.not_for)
        for path in paths:
            here = {account_id for account_id, role, at in self._seats if role in roles and at == path}
            may = {
                one for one in here if not self._actors[one].own & barred and (not only or self._actors[one].own & only)
            }
            if may:
                return may
        return set()

    @staticmethod
    def _may_read(actor: Actor, run: ProcedureRun, path: str) -> bool:
        return actor.may(reading(run.subject_kind), path) and bool(actor.reach(NOTICES))


def upwards(path: str) -> list[str]:
    """`c1/t3/v7/` -> itself, `c1/t3/`, `c1/`."""
    segments = path.rstrip("/").split("/")
    return ["/".join(segments[:count]) + "/" for count in range(len(segments), 0, -1)]
