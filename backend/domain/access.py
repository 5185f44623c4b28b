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
# Listening and putting right: what everybody in an office does, and what only those who triage or supervise do.
_LISTEN_READ = frozenset({"rectification:read", "feedback:read", "figure:read", "notice:read"})
_LISTEN_WORK = frozenset({"rectification:write", "rectification:act", "feedback:write", "feedback:act", "poster:write"})
_MAPPING = frozenset({"mapping:read", "mapping:write"})
"""What a partner's codes mean, for whoever administers the place that the partner's program writes at."""

# A role held at an organisation gives these there and on everything below it.
ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    # Installs counties and loads their first rosters; decides nothing and reads no personal data in clear.
    "platform_admin": _READ
    | frozenset(
        {"county:create", "organization:write", "member:write", "ledger:read", "ledger:import", "ledger:export"}
    )
    | frozenset({"attachment:write", "notice:read", "demo:clock"}),
    "county_admin": _READ
    | _ROSTER
    | _DECISION_WORK
    | _LISTEN_READ
    | _LISTEN_WORK
    | frozenset({"organization:arrange", "account:read", "account:write", "demo:clock"})
    | _MAPPING,
    "township_admin": _READ
    | _ROSTER
    | _DECISION_WORK
    | _LISTEN_READ
    | _LISTEN_WORK
    | frozenset({"organization:arrange", "account:read", "account:write", "demo:clock"})
    | _MAPPING,
    "secretary": _READ
    | _DECISION_WORK
    | _LISTEN_READ
    | _LISTEN_WORK
    | frozenset({"member:write", "ledger:read", "ledger:export", "demo:clock"}),
    # Who calls a sender back has to know the number: the clerk at the desk that triages, and the supervisor.
    "clerk": _READ
    | _ROSTER
    | _DECISION_WORK
    | _LISTEN_READ
    | _LISTEN_WORK
    | _MAPPING
    | frozenset({"feedback:contact", "demo:clock"}),
    # The office of supervision and assessment: registers what was found, assigns it, watches it by
    # name (督办), verifies it and closes it.
    "supervisor": _READ
    | _LISTEN_READ
    | _LISTEN_WORK
    | frozenset({"feedback:contact", "attachment:write", "decision:act", "demo:clock"})
    | frozenset({"rectification:supervise"})
    | frozenset({"ledger:read", "ledger:import", "ledger:export"}),
    # Reports of misconduct, and nothing else: they are sealed for everybody above.
    "discipline_officer": frozenset({"organization:read", "feedback:seal", "notice:read", "task:read", "demo:clock"}),
    "legal_reviewer": frozenset(
        {"organization:read", "decision:read", "decision:act", "procedure:read", "event:read", "task:read"}
        | {"attachment:read", "attachment:write", "notice:read", "demo:clock"}
    ),
    # Changes nothing, and evaluates what others have carried out.
    "inspector": _READ | _LISTEN_READ | frozenset({"decision:act", "ledger:read", "demo:clock"}),
    "member": frozenset(
        {"organization:read", "decision:read", "procedure:read", "task:read", "opinion:write", "attachment:read"}
        | {"notice:read"}
    ),
    # Three people (MLPS: the administrators are apart), who do none of the county's work; see `domain/duty.py`.
    "system_admin": frozenset(
        {"organization:read", "account:read", "account:write", "account:recover", "client:read", "client:write"}
        | {"notice:read", "demo:clock"}
    ),
    "security_admin": frozenset(
        {"organization:read", "account:read", "account:release", "grant:write", "session:end", "second_step:reset"}
        | {"client:read", "notice:read", "demo:clock"}
    ),
    "audit_admin": frozenset(
        {"organization:read", "account:read", "event:read", "audit:read", "audit:export", "notice:read", "client:read"}
        | {"demo:clock"}
    ),
}

CLIENT = "client"
"""What a partner's program is where people have roles; it acts in no step of a procedure."""
CLIENT_SCOPES = frozenset(
    {
        "organization:read",
        "member:read",
        "decision:read",
        "procedure:read",
        "attachment:read",
        "attachment:write",
        "rectification:read",
        "rectification:write",
        "feedback:read",
        "feedback:write",
        "figure:read",
    }
)
"""What a client may carry at the most. Nothing that shows a number in clear, a sender, a sealed report or the log, and
nothing by which accounts, roles or steps of a procedure are decided: those are for people."""

PERMISSIONS = frozenset().union(*ROLE_PERMISSIONS.values())

_VISITING = frozenset({"system", "sender"})
"""Roles in a procedure that no account is given, and that make nobody one of an organisation's people."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at an organisation; `path` is empty for a role over all counties.

    `on_behalf_of`: whose role it is, when a colleague who is away delegated it; `home`: the path of where that
    colleague works, since whoever is barred there is barred from what they lent. `scopes`: of a client.
    """

    role: str
    organization_id: UUID | None
    path: str
    name: str = ""
    on_behalf_of: UUID | None = None
    home: str = ""
    scopes: frozenset[str] = frozenset()

    @property
    def permissions(self) -> frozenset[str]:
        """What the role gives; a client has its scopes."""
        return self.scopes if self.role == CLIENT else ROLE_PERMISSIONS.get(self.role, frozenset())


def mark(path: str) -> str:
    """The organisation at `path` as parties and bars name it: `@` and its own segment, which no move changes."""
    return "@" + path.rstrip("/").rpartition("/")[2]


def named(name: str) -> str:
    """How parties and bars tell of people whom a record names without an account: `=` and the name without blanks."""
    return "=" + "".join(name.split())


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its grants, as they are at this moment. `path` is of the organisation it works at.

    `on_behalf_of` is whose delegated roles are being used, None for one's own. A request uses either one's own or those
    of one person, so that every act has one answer to the question for whom it was done; `idle` are the others: they
    give no right, but whoever is barred by them stays barred.
    """

    account_id: UUID
    name: str
    organization_id: UUID | None
    grants: tuple[Grant, ...]
    username: str = ""
    path: str = ""
    on_behalf_of: UUID | None = None
    on_behalf_of_name: str | None = None
    idle: tuple[Grant, ...] = ()

    def reach(self, permission: str) -> Reach:
        """Return the subtrees where this actor holds `permission`; none when no role gives it."""
        return Reach(frozenset(g.path for g in self.grants if permission in g.permissions))

    def reach_of_both(self, permission: str, other: str) -> Reach:
        """Return the subtrees where this actor holds both."""
        one, two = self.reach(permission), self.reach(other)
        return Reach(
            frozenset(path for path in one if any(path.startswith(above) for above in two))
            | frozenset(path for path in two if any(path.startswith(above) for above in one))
        )

    def may(self, permission: str, path: str) -> bool:
        return any(path.startswith(prefix) for prefix in self.reach(permission))

    def roles_at(self, path: str) -> frozenset[str]:
        """The roles that reach the organisation at `path`."""
        return frozenset(g.role for g in self.grants if path.startswith(g.path))

    @property
    def own(self) -> frozenset[str]:
        """What the actor is known by where people are barred: the account, its organisation, whoever it acts for, the
        marks of every organisation that one of the two works at or below, or holds a role at or below, and both names.
        """
        held = (*self.grants, *self.idle)
        homes = (self.path, *(grant.home for grant in self.grants))
        paths = (*homes, *(grant.path for grant in held if grant.role not in _VISITING))
        segments = {segment for path in paths for segment in path.split("/")}
        ids = {str(own) for own in (self.account_id, self.organization_id, self.on_behalf_of) if own is not None}
        names = {named(name) for name in (self.name, self.on_behalf_of_name) if name}
        return frozenset(ids | names | {"@" + segment for segment in segments if segment})

    @property
    def is_account(self) -> bool:
        """Whether somebody signed in, rather than the system or a sender without an account."""
        return not any(grant.role in _VISITING for grant in self.grants)

    @property
    def people(self) -> frozenset[UUID]:
        """Who does what this actor does, where two different people are wanted: also whoever it acts for."""
        return frozenset({self.account_id} if self.on_behalf_of is None else {self.account_id, self.on_behalf_of})

    @property
    def permissions(self) -> frozenset[str]:
        return frozenset().union(*(grant.permissions for grant in self.grants))

    @property
    def is_client(self) -> bool:
        return any(grant.role == CLIENT for grant in self.grants)


SYSTEM = Actor(UUID(int=0), "系统", None, (Grant("system", None, ""),))
"""Who acts when nobody does: limits that run out by themselves. It reaches every procedure and holds no permission."""


def sender_of(id: UUID, organization_id: UUID, path: str) -> Actor:
    """Whoever sent the record `id` to the organisation at `path`: known by nothing but the record."""
    return Actor(id, "反映人", None, (Grant("sender", organization_id, path),))


@dataclass(frozen=True, slots=True)
class Moment:
    """When a request happens: the county's clock, read once and passed to every rule, and the request's id.

    `origin`: the address that a signed-in caller came from; None wherever nobody has to say who they are.
    """

    now: datetime
    request_id: str | None = None
    origin: str | None = None
