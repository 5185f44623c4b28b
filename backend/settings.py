"""Everything that an operator may set, in one place, read from the environment with the prefix GUANBIAO_."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, FilePath, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.domain.network import is_network

POSTGRES_SCHEMES = ("postgresql://", "postgres://", "postgresql+asyncpg://")


def _is_postgres(url: str) -> str:
    if not url.startswith(POSTGRES_SCHEMES):
        # The address itself holds a password, so it is not repeated in the message.
        raise ValueError("must begin with postgresql://; PostgreSQL 15 to 18 is the only engine")
    return url


def _is_page_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be the address of the pages, such as https://guanbiao.example.gov.cn")
    return url.rstrip("/")


def _are_networks(text: str) -> str:
    if not all(is_network(each) for each in split(text)):
        raise ValueError("must be addresses or networks such as 10.20.0.0/16, separated by commas")
    return text


def split(text: str) -> tuple[str, ...]:
    """The parts of a setting that names several things, separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


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
    migration_url: Annotated[str, AfterValidator(_is_postgres)] | None = Field(
        default=None,
        repr=False,
        description="The same database as the owner of its tables, for `guanbiao migrate`. Unset: `database_url` owns"
        " them, and nothing but a trigger keeps the application from changing events.",
    )
    db_pgbouncer: bool = Field(
        default=False, description="The database is reached through PgBouncer in transaction mode."
    )
    db_pool_size: int = Field(default=10, ge=1, le=200, description="Connections that one process keeps for writes.")
    data: Path = Field(default=Path(".guanbiao"), description="Folder for the database, secrets and attachments.")

    field_cipher: Literal["aes", "sm4"] = Field(
        default="aes",
        description="What new ciphertexts of personal fields are made with: AES-256-GCM or SM4-GCM. Both are read.",
    )

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8000, ge=1, le=65535)
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks whose X-Forwarded-* headers are believed, comma-separated. Unset: nobody's,"
        " for any program on this machine could say that it comes from elsewhere.",
    )
    public_url: Annotated[str, AfterValidator(_is_page_address)] = Field(
        default="http://127.0.0.1:8000",
        description="Where phones reach the pages; printed as QR codes on posters and cards. Unset: this machine's.",
    )
    requests_per_minute: int = Field(
        default=1200,
        ge=0,
        description="What one account may ask of one process; 0 for no limit.",
    )
    worker: bool = Field(default=True, description="Run the job worker beside the API in the same process.")
    frontend: Path = Field(
        default=Path(__file__).resolve().parent.parent / "frontend" / "dist", description="Folder of the built pages."
    )

    demo: bool = Field(default=False, description="The demo county with its movable clock; only ever on loopback.")
    demo_password: str | None = Field(
        default=None, min_length=8, repr=False, description="Unset: a random one, printed at start."
    )

    second_step: bool | None = Field(
        default=None,
        description="Administrators and approvers sign in with two steps. Unset: yes, except in a demonstration.",
    )
    administrator_password_days: int = Field(
        default=180, ge=0, le=3650, description="How old the passwords of administrators get; 0: no limit."
    )
    password_days: int = Field(
        default=0, ge=0, le=3650, description="How old the passwords of everybody else get; 0: no limit."
    )
    administrator_networks: Annotated[str, AfterValidator(_are_networks)] = Field(
        default="",
        description="Addresses or networks from which administrators work, comma-separated. Unset: from anywhere.",
    )
    breached_passwords: FilePath | None = Field(
        default=None,
        description="More breached passwords than those shipped: a file of SHA-1 hashes in rising order.",
    )

    webhook_networks: Annotated[str, AfterValidator(_are_networks)] = Field(
        default="",
        description="Networks of the house's own to which webhooks may be sent all the same, such as 10.20.0.0/16,"
        " comma-separated. Unset: to public addresses alone.",
    )
    webhook_http: bool = Field(default=False, description="Webhooks may be sent without TLS too.")

    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _name_the_application_s_role(self) -> Self:
        if self.migration_url and not self.database_url:
            raise ValueError("GUANBIAO_MIGRATION_URL is the owner's way to a database that GUANBIAO_DATABASE_URL names")
        return self

    @model_validator(mode="after")
    def _lead_to_the_port_that_is_served(self) -> Self:
        if not self.is_address_known:
            # The settings are frozen for everybody else.
            object.__setattr__(self, "public_url", f"http://127.0.0.1:{self.port}")
        return self

    @model_validator(mode="after")
    def _keep_demo_on_this_machine(self) -> Self:
        if self.demo and not is_loopback(self.host):
            raise ValueError(
                "GUANBIAO_DEMO opens accounts with one known password: GUANBIAO_HOST must then be a loopback address"
            )
        return self

    @property
    def asks_second_step(self) -> bool:
        return not self.demo if self.second_step is None else self.second_step

    @property
    def is_address_known(self) -> bool:
        """Whether somebody said where the pages are reached."""
        return "public_url" in self.model_fields_set

    @property
    def is_published(self) -> bool:
        """Whether `public_url` leads anywhere for somebody else's phone."""
        return not is_loopback(urlsplit(self.public_url).hostname or "")

    @property
    def attachments(self) -> Path:
        """Folder in which attachments are stored by content hash."""
        return self.data / "attachments"

    @property
    def temporary(self) -> Path:
        """Folder of what is written only until it has been sent; what a broken process leaves goes within a day."""
        return self.data / "temporary"

    @property
    def photos(self) -> Path:
        """Folder in which photos of feedback cards lie encrypted, without metadata."""
        return self.data / "photos"

    @property
    def imports(self) -> Path:
        """Folder in which uploaded workbooks lie encrypted until they can no longer be undone."""
        return self.data / "imports"

    @property
    def snapshots(self) -> Path:
        """Folder in which snapshots lie encrypted for the days in which they may be taken."""
        return self.data / "snapshots"
