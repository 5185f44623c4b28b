"""Tables whose rows are never changed or removed, whoever holds the connection."""


def append_only(table: str) -> tuple[str, str]:
    """Return the statements with which a migration closes `table` to everything but new rows."""
    return (
        f"""
    CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rows of {table} are never changed or removed' USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
        f"""
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()
    """,
    )
