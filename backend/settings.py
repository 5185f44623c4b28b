"""Everything that an operator may set, in one place, read from the environment with the prefix GUANBIAO_."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

POSTGRES_SCHEMES = ("postgresql://", "postgres://", "postgresql+asyncpg://")


def _is_postgres(url: str) -> str:
    if not url.startswith(POSTGRES_SCHEMES):
        # The address itself holds a password, so it is not repeated in the message.
        raise ValueError("must begin with postgresql://; PostgreSQL 15 to 18 is the only engine")
    return url


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach a server bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Settings(BaseSettings):
    """The settings of one process, read once at start. Secrets are not settings: see backend/keys.py."""

    model_config = SettingsConfigDict(
        env_prefix="GUANBIAO_", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    database_url: Annotated[str, AfterValidator(_is_postgres)] | None = Field(
        default=None, repr=False, description="Unset: the program starts a PostgreSQL of its own inside `data`."
    )
    db_pgbouncer: bool = Field(
        default=False, description="The database is reached through PgBouncer in transaction mode."
    )
    db_pool_size: int = Field(default=10, ge=1, le=200, description="Connections that one process keeps for writes.")
    data: Path = Field(default=Path(".guanbiao"), description="Folder for the database, secrets and attachments.")

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8000, ge=1, le=65535)
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses or networks whose X-Forwarded-* headers are believed, comma-separated.",
    )
    worker: bool = Field(default=True, description="Run the job worker beside the API in the same process.")
    frontend: Path = Field(
        default=Path(__file__).resolve().parent.parent / "frontend" / "dist", description="Folder of the built pages."
    )

    demo: bool = Field(default=False, description="The demo county with its movable clock; only ever on loopback.")
    demo_password: str | None = Field(
        default=None, min_length=8, repr=False, description="Unset: a random one, printed at start."
    )

    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _keep_demo_on_this_machine(self) -> Self:
        if self.demo and not is_loopback(self.host):
            raise ValueError(
                "GUANBIAO_DEMO opens accounts with one known password: GUANBIAO_HOST must then be a loopback address"
            )
        return self

    @property
    def attachments(self) -> Path:
        """Folder in which attachments are stored by content hash."""
        return self.data / "attachments"

    @property
    def imports(self) -> Path:
        """Folder in which uploaded workbooks lie encrypted until they can no longer be undone."""
        return self.data / "imports"
