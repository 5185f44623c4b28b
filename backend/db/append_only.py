"""Tables whose rows are never changed or removed, whoever holds the connection."""

TRIGGER = "_append_only"
"""How the name of the trigger ends. Whatever bears one is closed to the application's role as well: see roles.py."""


_BODY = """
    BEGIN
        RAISE EXCEPTION 'rows of {table} are never changed or removed' USING ERRCODE = 'insufficient_privilege';
    END """

CLOSED: dict[str, str] = {}
"""Every table that is closed, and the body of the function that says so: what `guards.py` holds the database to."""


def append_only(table: str) -> tuple[str, str]:
    """Return the statements with which a migration closes `table` to everything but new rows."""
    CLOSED[table] = body = _BODY.format(table=table)
    return (
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
        f"""
    CREATE TRIGGER {table}{TRIGGER} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()
    """,
    )
