"""Who may do what, and where: one table of permissions, and grants on the organisation tree."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.db.organization import Reach

_READ = frozenset(
    {
        "organization:read",
        "member:read",
        "decision:read",
        "procedure:read",
        "event:read",
        "attachment:read",
        "task:read",
    }
)
_ROSTER = frozenset(
    {"organization:write", "member:write", "member:unmask", "ledger:read", "ledger:import", "ledger:export"}
)
_DECISION_WORK = frozenset({"decision:write", "decision:act", "opinion:write", "attachment:write"})

# A role held at an organisation gives these there and on everything below it.
ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    # Installs counties and loads their first rosters; decides nothing and reads no personal data in clear.
    "platform_admin": _READ
    | frozenset(
        {"county:create", "organization:write", "member:write", "ledger:read", "ledger:import", "ledger:export"}
    )
    | frozenset({"attachment:write", "demo:clock"}),
    "county_admin": _READ | _ROSTER | _DECISION_WORK | frozenset({"organization:arrange", "demo:clock"}),
    "township_admin": _READ | _ROSTER | _DECISION_WORK | frozenset({"organization:arrange", "demo:clock"}),
    "secretary": _READ | _DECISION_WORK | frozenset({"member:write", "ledger:read", "ledger:export", "demo:clock"}),
    "clerk": _READ | _ROSTER | _DECISION_WORK | frozenset({"demo:clock"}),
    "legal_reviewer": frozenset(
        {"organization:read", "decision:read", "decision:act", "procedure:read", "event:read", "task:read"}
        | {"attachment:read", "attachment:write", "demo:clock"}
    ),
    # Changes nothing, and evaluates what others have carried out.
    "inspector": _READ | frozenset({"decision:act", "ledger:read", "demo:clock"}),
    "member": frozenset(
        {"organization:read", "decision:read", "procedure:read", "task:read", "opinion:write", "attachment:read"}
    ),
}

PERMISSIONS = frozenset().union(*ROLE_PERMISSIONS.values())


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at an organisation; `path` is empty for a role over all counties."""

    role: str
    organization_id: UUID | None
    path: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its grants, as they are at this moment."""

    account_id: UUID
    name: str
    organization_id: UUID | None
    grants: tuple[Grant, ...]
    username: str = ""

    def reach(self, permission: str) -> Reach:
        """Return the subtrees where this actor holds `permission`; none when no role gives it."""
        return Reach(frozenset(g.path for g in self.grants if permission in ROLE_PERMISSIONS.get(g.role, frozenset())))

    def may(self, permission: str, path: str) -> bool:
        return any(path.startswith(prefix) for prefix in self.reach(permission))

    def roles_at(self, path: str) -> frozenset[str]:
        """The roles that reach the organisation at `path`."""
        return frozenset(g.role for g in self.grants if path.startswith(g.path))

    @property
    def permissions(self) -> frozenset[str]:
        return frozenset().union(*(ROLE_PERMISSIONS.get(g.role, frozenset()) for g in self.grants))


@dataclass(frozen=True, slots=True)
class Moment:
    """When a request happens: the county's clock, read once and passed to every rule, and the request's id."""

    now: datetime
    request_id: str | None = None
