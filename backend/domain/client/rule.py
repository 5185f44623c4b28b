"""What a client may carry, where it may come from, and who it is when it acts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from backend.domain.access import CLIENT, CLIENT_SCOPES, Actor, Grant
from backend.domain.errors import Problem
from backend.domain.network import is_network

LONGEST = timedelta(days=731)
"""How far ahead a client's end may lie: access without end is forgotten (MLPS, handbook 3.2)."""
SECRETS = 2
"""Living secrets at one time: the old one works on until every process has the new one."""


def scope_problems(scopes: Sequence[str], pointer: str = "/scopes") -> list[Problem]:
    """The scopes that no client may carry."""
    return [
        Problem(f"{pointer}/{place}", "scope_unknown", {"scope": scope[:60]})
        for place, scope in enumerate(scopes)
        if scope not in CLIENT_SCOPES
    ]


def network_problems(networks: Sequence[str], pointer: str = "/networks") -> list[Problem]:
    """The entries that are no network such as `10.1.0.0/16` or `10.1.2.3`."""
    return [
        Problem(f"{pointer}/{place}", "network_malformed")
        for place, each in enumerate(networks)
        if not is_network(each)
    ]


def is_over(ends_at: datetime, suspended_at: datetime | None, at: datetime) -> bool:
    return suspended_at is not None or ends_at <= at


def acting_client(
    key: UUID,
    name: str,
    organization_id: UUID,
    reach: tuple[UUID, str, str],
    scopes: Iterable[str],
    asked: Iterable[str],
) -> Actor:
    """The client as it acts: what it may carry and its token asked for, at `reach` (id, path, name) and below."""
    place_id, path, place = reach
    grant = Grant(CLIENT, place_id, path, place, scopes=frozenset(scopes) & frozenset(asked) & CLIENT_SCOPES)
    return Actor(key, name, organization_id, (grant,), path=path)
