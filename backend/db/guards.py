"""Whether what guards the log in the database is what this program put there: triggers, functions, rights, policies.

Whoever owns the tables can switch a trigger off, or leave it on and empty its function; can add a rule that swallows
new rows, a policy that hides some, or a right.  Everything is compared with what the code says, by the catalogue's own
fields: the text that PostgreSQL makes of a definition differs from version to version.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.append_only import CLOSED, TRIGGER
from backend.db.event_order import BODIES
from backend.db.roles import SEARCH_PATH, filled_columns
from backend.db.row_security import BODY, VAULTS
from backend.db.tables import all_tables

LOG = ("event", "audit_seal", "audit_check")
"""What the log is made of: here nothing stands beside what belongs there."""

_BEFORE_EACH_STATEMENT = 2 | 8 | 16 | 32  # BEFORE, DELETE, UPDATE, TRUNCATE; not FOR EACH ROW
_DEFAULTS = {
    ("event", "transaction_id"): "event_transaction()",
    ("event", "sequence"): "a",
    ("audit_check", "created_at"): "now()",
}
_POLICIES = {"comes_in": "a", "select_by_name": "r", "update_by_name": "w", "delete_by_name": "d"}


async def guards_off(connection: AsyncConnection) -> list[str]:
    """The closed tables whose append-only guard is missing or switched off."""
    found = {row.table: row for row in (await connection.execute(sa.text(_TRIGGERS))).all() if _is_guard(row)}
    return sorted(table for table in _closed() if table not in found)


async def guards_altered(connection: AsyncConnection) -> list[str]:
    """What is there and is not what this program put there, or is there and does not belong there.

    Each as PostgreSQL would call it, such as `rule quiet on event` or `function event_is_append_only`.
    """
    names = [*_closed(), *VAULTS]
    asked = {
        "tables": names,
        "functions": [*_functions(), "vault_is_open"],
        "path": SEARCH_PATH,
        "settings": ["search_path", "session_replication_role", "row_security", "role"],
    }
    said: list[str] = []
    for question, judge in (
        (_TABLES, _tables),
        (_TRIGGERS, _triggers),
        (_FUNCTIONS, _bodies),
        (_RULES, lambda rows: (f"rule {row['name']} on {row['table']}" for row in rows)),
        (_POLICY, _policies),
        (_RIGHTS, _rights),
        (_COLUMNS, _columns),
        (_SETTINGS, lambda rows: (f"setting {row['setting']} of role {row['role']}" for row in rows)),
    ):
        statement = sa.text(question)
        wanted = {name: value for name, value in asked.items() if f":{name}" in question}
        rows = [dict(row) for row in (await connection.execute(statement, wanted)).mappings()]
        said += judge(rows)
    return sorted(set(said))


def _closed() -> Mapping[str, str]:
    all_tables()  # Reading the modules is what fills it.
    return CLOSED


def _functions() -> dict[str, str]:
    """Every function on which the log stands, and the pattern of what it says."""
    return {**{f"{table}_is_append_only": re.escape(body) for table, body in _closed().items()}, **BODIES}


def _is_guard(row: Any) -> bool:
    return (
        row.name == f"{row.table}{TRIGGER}"
        and row.enabled in ("O", "A")
        and row.function == f"public.{row.table}_is_append_only"
        and row.kind == _BEFORE_EACH_STATEMENT
        and not row.narrowed
    )


_TABLES = """
    SELECT wanted AS "table", c.relkind::text AS kind, c.relrowsecurity OR c.relforcerowsecurity AS has_security,
        pg_get_userbyid(c.relowner) AS owner,
        pg_get_userbyid((SELECT relowner FROM pg_class WHERE oid = to_regclass('public.alembic_version'))) AS wanted,
        EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = c.oid OR inhrelid = c.oid) AS inherits
    FROM unnest(CAST(:tables AS text[])) AS wanted
        LEFT JOIN pg_class c ON c.oid = to_regclass('public.' || quote_ident(wanted))
"""


def _tables(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if row["kind"] != "r" or row["inherits"]:
            yield f"table {row['table']}"
        elif row["owner"] != row["wanted"]:
            yield f"owner of {row['table']}"
        elif row["has_security"] != (row["table"] in VAULTS):
            yield f"row security of {row['table']}"


_TRIGGERS = """
    SELECT c.relname AS "table", t.tgname AS name, t.tgenabled::text AS enabled, t.tgtype::int AS kind,
        n.nspname || '.' || p.proname AS function,
        t.tgqual IS NOT NULL OR cardinality(t.tgattr::int2[]) > 0 OR t.tgnargs > 0 AS narrowed
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid AND c.relnamespace = 'public'::regnamespace
        JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE NOT t.tgisinternal
"""


def _triggers(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if row["table"] in LOG and row["name"] != f"{row['table']}{TRIGGER}":
            yield f"trigger {row['name']} on {row['table']}"


_FUNCTIONS = """
    SELECT wanted AS name, p.prosrc AS body, p.prosecdef AS as_owner, l.lanname AS language,
        coalesce(p.proconfig, '{}') AS settings, p.proowner = o.relowner AS is_owners
    FROM unnest(CAST(:functions AS text[])) AS wanted
        JOIN pg_class o ON o.oid = to_regclass('public.alembic_version')
        LEFT JOIN pg_proc p ON p.proname = wanted AND p.pronamespace = 'public'::regnamespace
        LEFT JOIN pg_language l ON l.oid = p.prolang
"""


def _bodies(rows: list[dict[str, Any]]) -> Iterator[str]:
    wanted = {**_functions(), "vault_is_open": re.escape(BODY)}
    seen: set[str] = set()
    for row in rows:
        name, settings = row["name"], list(row["settings"])
        fixed = ["search_path=pg_catalog, public, pg_temp"] if name in BODIES else []
        holds = (
            row["body"] is not None
            and re.fullmatch(wanted[name], row["body"]) is not None
            and not row["as_owner"]
            and row["language"] in ("plpgsql", "sql")
            and settings == fixed
            and row["is_owners"]
            # A second one of the same name takes other arguments: which one is called, is not for it to say.
            and name not in seen
        )
        seen.add(name)
        if not holds:
            yield f"function {name}"


_RULES = """
    SELECT c.relname AS "table", r.rulename AS name FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(CAST(:tables AS text[])) AND c.relkind = 'r'
"""

_POLICY = """
    SELECT c.relname AS "table", p.polname AS name, p.polcmd::text AS command, p.polpermissive AS is_permissive,
        p.polroles = '{0}'::oid[] AS for_all, pg_get_expr(p.polqual, p.polrelid) AS condition,
        pg_get_expr(p.polwithcheck, p.polrelid) AS entry
    FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(CAST(:tables AS text[]))
"""


def _policies(rows: list[dict[str, Any]]) -> Iterator[str]:
    left = {(table, f"{table}_{ending}") for table in VAULTS for ending in _POLICIES}
    for row in rows:
        if row["name"] is None:
            continue
        table, ending = row["table"], str(row["name"]).removeprefix(f"{row['table']}_")
        opening = None if ending == "comes_in" else f"vault_is_open({VAULTS.get(table)})"
        holds = (
            (table, row["name"]) in left
            and row["command"] == _POLICIES[ending]
            and row["is_permissive"]
            and row["for_all"]
            and row["condition"] == opening
            and row["entry"] == ("true" if opening is None else None)
        )
        left.discard((table, row["name"]))
        if not holds:
            yield f"policy {row['name']} on {table}"
    yield from (f"policy {name} on {table}" for table, name in left)


# Rights of others than the owner, over the table and by column; and whether who holds one could pass them all by.
_RIGHTS = """
    SELECT c.relname AS "table", coalesce(r.rolname, 'PUBLIC') AS role, x.privilege_type AS "right", x.is_grantable,
        x."column", coalesce(r.rolsuper OR r.rolbypassrls OR r.rolreplication OR pg_has_role(r.oid, c.relowner,
        'MEMBER'), false) AS passes
    FROM pg_class c,
        LATERAL (
            SELECT a.grantee, a.privilege_type, a.is_grantable, NULL::text AS "column" FROM aclexplode(c.relacl) a
            UNION ALL
            SELECT a.grantee, a.privilege_type, a.is_grantable, t.attname::text
            FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid AND NOT t.attisdropped
        ) x LEFT JOIN pg_roles r ON r.oid = x.grantee
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(CAST(:tables AS text[]))
        AND x.grantee <> c.relowner
"""


def _rights(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        table, right, column = row["table"], row["right"], row["column"]
        if row["passes"]:
            yield f"powers of role {row['role']}"
        if table in VAULTS:
            allowed = right in ("SELECT", "INSERT", "UPDATE", "DELETE") and column is None
        else:
            brought = filled_columns(table)
            # What a row brings is granted by column where the database fills the rest; reading is granted whole.
            allowed = (right == "SELECT" and column is None) or (
                right == "INSERT" and (column is None if brought is None else column in brought)
            )
        # A reader that an operator made for reports harms nothing.
        if not allowed or row["is_grantable"] or (row["role"] == "PUBLIC"):
            yield f"right {right} of {row['role']} on {table}"


_COLUMNS = """
    SELECT c.relname AS "table", a.attname AS "column",
        CASE WHEN a.attidentity <> '' THEN a.attidentity::text ELSE pg_get_expr(d.adbin, d.adrelid) END AS filled
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(CAST(:tables AS text[])) AND a.attnum > 0
"""


def _columns(rows: list[dict[str, Any]]) -> Iterator[str]:
    filled = {(row["table"], row["column"]): row["filled"] for row in rows}
    yield from (
        f"default of {table}.{column}"
        for (table, column), wanted in _DEFAULTS.items()
        if filled.get((table, column)) != wanted
    )


# What a role, or the database, is set to at every start of a session. A role may do that to itself, and the one
# that writes events is given nothing: whatever stands there somebody put there.
_SETTINGS = """
    SELECT coalesce(r.rolname, 'PUBLIC') AS role, split_part(said, '=', 1) AS setting
    FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole
        JOIN pg_class e ON e.oid = to_regclass('public.event'), unnest(s.setconfig) AS said
    WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        AND (split_part(said, '=', 1) = ANY(CAST(:settings AS text[]))
            OR (NOT r.rolsuper AND has_any_column_privilege(r.oid, e.oid, 'INSERT')
                AND NOT pg_has_role(r.oid, e.relowner, 'MEMBER')))
        AND said <> 'search_path=' || CAST(:path AS text)
"""
