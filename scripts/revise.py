"""Write an alembic revision from the difference between the tables and a migrated, empty database.

python -m scripts.revise "What changes"
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from backend.db.embedded import EmbeddedPostgres
from backend.db.engine import alembic_config, async_dsn, migrate_now


async def revise(dsn: str, message: str) -> None:
    engine = create_async_engine(async_dsn(dsn), poolclass=sa.NullPool)

    def run(connection: sa.Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.revision(config, message=message, autogenerate=True)

    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "data") as addresses:
        migrate_now(addresses)
        asyncio.run(revise(addresses.owner, sys.argv[1]))


if __name__ == "__main__":
    main()
