"""A second lock inside PostgreSQL, on the rows that would harm people most: they open one by one, by name.

How a sender can be reached and what a sealed report says are each read a few times a year. The application's role
sees such a row only in a transaction that has named it; a query without the right WHERE, or one that a stranger put
together, finds the vault closed and fails. Nothing is ever silently missing: what has not been opened is an error.
The rules of reach are not repeated here; verbs ask them before they name a row. What this costs, and why other tables
do without, stands in ARCHITECTURE.md.
"""

from typing import Final, Literal
from uuid import UUID

import sqlalchemy as sa

from backend.db.base import Session

KEEPER: Final = "keeper"
"""Opens all rows: for retention, for the change of keys, for what an organisation hands on, for an officer's list."""

_SETTING = "guanbiao.vault"

BODY = f"""
    DECLARE named text := coalesce(pg_catalog.current_setting('{_SETTING}', true), '');
    BEGIN
        IF named = '' THEN
            RAISE EXCEPTION 'the vault is closed: a row is named before it is read'
            USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN named = '{KEEPER}' OR named = key::text;
    END """
FUNCTION = f"CREATE FUNCTION vault_is_open(key uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $${BODY}$$"

VAULTS: dict[str, str] = {}
"""Every table behind the lock, and the column that names its rows: what `guards.py` holds the database to."""


def vaulted(table: str, key: str) -> tuple[str, ...]:
    """Return the statements with which a migration puts the rows of `table` behind the lock; new ones go in freely."""
    VAULTS[table] = key
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_comes_in ON {table} FOR INSERT WITH CHECK (true)",
        *(
            f"CREATE POLICY {table}_{verb}_by_name ON {table} FOR {verb} USING (vault_is_open({key}))"
            for verb in ("select", "update", "delete")
        ),
    )


async def open_vault(session: Session, name: UUID | Literal["keeper"]) -> None:
    """Open one row, or all, until the transaction ends; what was open before is closed."""
    await session.execute(sa.select(sa.func.set_config(_SETTING, str(name), True)))


async def close_vault(session: Session) -> None:
    """Close it again before the transaction goes on."""
    await session.execute(sa.select(sa.func.set_config(_SETTING, "", True)))
