"""Two roles in PostgreSQL: the owner makes and changes tables, the application works in them.

Whatever a fault or a stranger makes the application send, the database then refuses to change or remove an event, to
switch off the trigger that says so, and to delete what this house only ever closes.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.append_only import TRIGGER
from backend.db.tables import all_tables

_ROUNDS = 4096
"""PostgreSQL's own default; the secret is 32 random bytes or an operator's, not one that somebody remembers."""

SEARCH_PATH = "public, pg_temp"
"""Where names are looked for, after PostgreSQL's own: nothing temporary stands before a table, and no schema of a
role's own does.  Every connection says so, and the database for those that cannot (pgbouncer)."""

TIMEOUTS: Mapping[str, str] = {
    "lock_timeout": "30s",
    "statement_timeout": "10min",
    "idle_in_transaction_session_timeout": "5min",
}
"""How long the application waits for a lock, asks one thing, and leaves a transaction alone, at the most.

Whatever hangs holds neither rows nor the end of the log for ever.  Said like the path, by connections and by the
database; the owner's migrations take as long as they take."""

SETTINGS: Mapping[str, str] = {"search_path": SEARCH_PATH, **TIMEOUTS}

_EVERYTHING = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_QUEUE = "pgqueuer"
_VERSION = "alembic_version"


class Addresses(NamedTuple):
    """How to reach one database as either role; the same address twice where an operator wants only one role."""

    owner: str
    application: str


class RoleUnfit(Exception):
    """The application's role cannot be what it has to be; the message says in one line what the operator can do."""


def role_of(address: str) -> str:
    """The role that an address signs in as. Raises RoleUnfit when it names none."""
    if (name := make_url(address).username) is None:
        raise RoleUnfit("the address of the database names no role")
    return name


def verifier(password: str, salt: bytes | None = None, rounds: int = _ROUNDS) -> str:
    """What PostgreSQL stores of a password (RFC 5802, SCRAM-SHA-256), so that no statement or log ever holds it."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    encoded = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${rounds}:{encoded[0]}${encoded[1]}:{encoded[2]}"


def is_verifier_of(password: str, kept: str | None) -> bool:
    """Whether `kept`, as PostgreSQL stores it, was made from `password`."""
    try:
        kind, middle, _ = (kept or "").split("$")
        rounds, salt = middle.split(":")
        return kind == "SCRAM-SHA-256" and kept == verifier(password, base64.b64decode(salt), int(rounds))
    except ValueError:
        return False


def creation(role: str, password: str) -> str:
    """The statement that makes a role which may sign in and, by itself, nothing else."""
    flags = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    return f"CREATE ROLE {quoted(role)} {flags} PASSWORD '{verifier(password)}'"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def wanted_rights(table: str, *, append_only: bool) -> frozenset[str]:
    """What the application may do with the rows of `table`."""
    if table == _VERSION:
        return frozenset({"SELECT"})
    if append_only:
        return frozenset({"SELECT", "INSERT"})
    known = all_tables().tables.get(table)
    erasable = table.startswith(_QUEUE) or (known is not None and "erasable" in known.info)
    return _EVERYTHING if erasable else _EVERYTHING - {"DELETE"}


def filled_columns(table: str) -> frozenset[str] | None:
    """The columns that a new row brings, when the rest is for the database alone to fill; None when it brings all.

    An event's transaction and number make its place in the history: nobody chooses them.
    """
    known = all_tables().tables.get(table)
    own = {column.name for column in known.columns if column.server_default is not None} if known is not None else set()
    return frozenset(c.name for c in known.columns if c.name not in own) if known is not None and own else None


async def settle_rights(connection: AsyncConnection, application: str) -> None:
    """Give the application's role exactly its rights on every table, and make the role when it is missing.

    `connection` is the owner's, inside a transaction. What a new table, a closed one or an earlier hand left different
    is put right; a second time nothing is sent.

    Raises RoleUnfit when the role is missing and the owner may not make it, or when it could undo these rules.
    """
    role = role_of(application)
    await _ensure(connection, role, make_url(application).password)
    found = (await connection.execute(sa.text(_FOUND), {"role": role, "trigger": TRIGGER})).mappings().all()
    for table in found:
        for statement in _changes(role, table):
            await connection.execute(sa.text(statement))
    for statement in await _around(connection, role):
        await connection.execute(sa.text(statement))


_FOUND = """
    SELECT c.relname AS name, c.relkind = 'S' AS is_sequence,
        EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = c.relname || :trigger) AS append_only,
        ARRAY(SELECT privilege_type::text FROM aclexplode(c.relacl) WHERE grantee = to_regrole(quote_ident(:role)))
            AS held,
        ARRAY(SELECT DISTINCT a.attname::text FROM pg_attribute a, aclexplode(a.attacl) x
            WHERE a.attrelid = c.oid AND NOT a.attisdropped AND x.grantee = to_regrole(quote_ident(:role))
                AND x.privilege_type = 'INSERT') AS brought
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S') ORDER BY 1
"""


def _changes(role: str, found: Mapping[str, Any] | sa.RowMapping) -> Sequence[str]:
    """The statements between the rights that `role` holds on one table or sequence and those that it is to hold."""
    name, to, held = quoted(found["name"]), quoted(role), set(found["held"])
    if found["is_sequence"]:
        return _granting(f"SEQUENCE {name}", to, held, {"USAGE"})
    wanted = set(wanted_rights(found["name"], append_only=found["append_only"]))
    columns = filled_columns(found["name"]) if found["append_only"] else None
    if columns is None:
        return _granting(f"TABLE {name}", to, held, wanted)
    statements = list(_granting(f"TABLE {name}", to, held, wanted - {"INSERT"}))
    brought = set(found["brought"])
    for verb, direction, of in (("GRANT", "TO", columns - brought), ("REVOKE", "FROM", brought - columns)):
        if of:
            statements.append(f"{verb} INSERT ({', '.join(map(quoted, sorted(of)))}) ON {name} {direction} {to}")
    return statements


def _granting(what: str, role: str, held: set[str], wanted: set[str]) -> Sequence[str]:
    statements = []
    if held - wanted:
        statements.append(f"REVOKE {', '.join(sorted(held - wanted))} ON {what} FROM {role}")
    if wanted - held:
        statements.append(f"GRANT {', '.join(sorted(wanted - held))} ON {what} TO {role}")
    return statements


async def _ensure(connection: AsyncConnection, role: str, password: str | None) -> None:
    found = (await connection.execute(sa.text(_ROLE), {"role": role})).mappings().one()
    if not found["exists"]:
        if password is None or not found["may_create"]:
            raise RoleUnfit(f"the role {role} does not exist: CREATE ROLE {quoted(role)} LOGIN PASSWORD '...'")
        await connection.execute(sa.text(creation(role, password).replace(":", "\\:")))
    elif found["powerful"]:
        raise RoleUnfit(
            f"the role {role} is a superuser, passes row security or belongs to the owner's: "
            "GUANBIAO_DATABASE_URL must name a role of its own that is none of these"
        )


_ROLE = """
    SELECT r.oid IS NOT NULL AS exists,
        (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS may_create,
        coalesce(r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR pg_has_role(r.oid, current_user::regrole, 'MEMBER'),
            false) AS powerful
    FROM (SELECT 1) one LEFT JOIN pg_roles r ON r.rolname = :role
"""


async def _around(connection: AsyncConnection, role: str) -> Sequence[str]:
    """The application finds the tables in their schema, makes none there and no temporary ones, finds nothing else
    under their names, and waits for nothing for ever.  What only the owner of the database may say is left where
    another role owns it."""
    found = (await connection.execute(sa.text(_AROUND), {"role": role})).mappings().one()
    database = quoted(found["database"])
    statements = [] if found["uses"] else [f"GRANT USAGE ON SCHEMA public TO {quoted(role)}"]
    if found["creates"]:
        statements.append("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    if found["is_owned"] and found["temporary"]:
        statements.append(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {quoted(role)}")
    for name, value in SETTINGS.items() if found["is_owned"] else ():
        if f"{name}={value}" not in found["said"]:
            said = value if name == "search_path" else f"'{value}'"
            statements.append(f"ALTER DATABASE {database} SET {name} = {said}")
    if found["may_change_roles"] and found["strays"]:
        statements.append(f"ALTER ROLE {quoted(role)} RESET ALL")
        statements.append(f"ALTER ROLE {quoted(role)} IN DATABASE {database} RESET ALL")
    return statements


_AROUND = """
    SELECT d.datname AS database, pg_has_role(d.datdba, 'USAGE') AS is_owned,
        has_schema_privilege(:role, 'public', 'USAGE') AS uses,
        has_schema_privilege(:role, 'public', 'CREATE') AS creates,
        has_database_privilege(:role, d.oid, 'TEMPORARY') AS temporary,
        ARRAY(SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setdatabase = d.oid AND setrole = 0) AS said,
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS may_change_roles,
        EXISTS (SELECT 1 FROM pg_db_role_setting WHERE setrole = to_regrole(quote_ident(:role))) AS strays
    FROM pg_database d WHERE d.datname = current_database()
"""
