"""A whole installation in processes of its own, each of which can be killed: PostgreSQL, PgBouncer in transaction mode,
two API processes behind it, a worker beside it, and a partner's mirror.
"""

import asyncio
import contextlib
import json
import os
import pwd
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
from sqlalchemy.engine import make_url

from backend.db.embedded import EmbeddedPostgres
from backend.db.engine import migrate_now
from backend.db.roles import Addresses
from tests.test_cli import ROOT, environment, free_port

# Commits are waited for: what was acknowledged has to outlive the server. The disk itself is not pulled out.
DURABLE = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "on"}
POOLER = """
[databases]
{name} = host=127.0.0.1 port={server} dbname={name}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = 30
max_client_conn = 400
server_login_retry = 1
query_wait_timeout = 20
log_connections = 0
log_disconnections = 0
"""


@dataclass
class Part:
    """A process that is started again after it was killed, and what it writes."""

    name: str
    command: Sequence[str]
    log: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0

    def start(self) -> None:
        if self.process is None or self.process.poll() is not None:
            self.starts += 1
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.settings, stdout=log, stderr=log)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Place:
    """The parts, and how to reach and to kill them. Only what it started itself is ended, each by its id."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.postgres = EmbeddedPostgres(folder / "postgres", DURABLE)
        self.parts: dict[str, Part] = {}
        self.urls: list[str] = []
        self.kills: dict[str, int] = {}

    def __enter__(self) -> "Place":
        self.addresses: Addresses = self.postgres.start()
        migrate_now(self.addresses)
        pooled = self._pooler()
        loopback = {"GUANBIAO_WEBHOOK_NETWORKS": "127.0.0.0/8", "GUANBIAO_WEBHOOK_HTTP": "1"}
        straight = {"GUANBIAO_DATABASE_URL": self.addresses.application}
        for number in range(2):
            port = str(free_port())
            self.urls.append(f"http://127.0.0.1:{port}")
            settings = {"GUANBIAO_DATABASE_URL": pooled, "GUANBIAO_DB_PGBOUNCER": "1", "GUANBIAO_PORT": port}
            self._add(f"api-{number}", "run", settings | loopback | {"GUANBIAO_WORKER": "0"})
        self._add("worker", "worker", straight | loopback)
        for part in self.parts.values():
            part.start()
        return self

    def __exit__(self, *_: object) -> None:
        for part in self.parts.values():
            part.kill()
        self.postgres.stop()
        shutil.rmtree(self._pooler_folder, ignore_errors=True)

    def _add(self, name: str, word: str, settings: dict[str, str]) -> None:
        known = environment(self.data, **settings) | {"PATH": os.environ["PATH"]}
        command = [sys.executable, "-m", "backend.cli", word]
        self.parts[name] = Part(name, command, self.folder / f"{name}.log", known)

    def _pooler(self) -> str:
        """Start PgBouncer, which does not run as root, and return the application's way through it."""
        url = make_url(self.addresses.application)
        # The folders above the test's own are closed to everybody but root.
        port, place = free_port(), Path(tempfile.mkdtemp(prefix="pooler-"))
        self._pooler_folder = place
        users, settings = place / "users.txt", place / "pgbouncer.ini"
        users.write_text(f'"{url.username}" "{url.password}"\n')
        settings.write_text(POOLER.format(name=url.database, server=url.port, port=port, users=users))
        command = ["pgbouncer", str(settings)]
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (place, users, settings):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
            command = ["pgbouncer", "-u", "nobody", str(settings)]
        found = {"PATH": os.environ["PATH"] + ":/usr/sbin"}
        self.parts["pooler"] = Part("pooler", command, self.folder / "pooler.log", found)
        return url.set(port=port).render_as_string(hide_password=False)

    async def ready(self, url: str, seconds: float = 60) -> None:
        async with asyncio.timeout(seconds), httpx.AsyncClient() as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"{url}/livez")).is_success:
                        return
                await asyncio.sleep(0.05)

    async def all_ready(self) -> None:
        for url in self.urls:
            await self.ready(url)

    async def kill_one(self, chance: random.Random) -> None:
        """Kill something at random, as hard as can be, and start it again."""
        name = chance.choice([*self.parts, "session", "database"])
        self.kills[name] = self.kills.get(name, 0) + 1
        if name == "session":
            await self._kill_a_session(chance)
        elif name == "database":
            await asyncio.to_thread(self._kill_the_database)
        else:
            self.parts[name].kill()
            await asyncio.sleep(chance.random())
            self.parts[name].start()

    async def _kill_a_session(self, chance: random.Random) -> None:
        """The server process behind one connection is killed: PostgreSQL ends all others and replays its log."""
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection = await asyncpg.connect(self.addresses.owner)
            try:
                rows = await connection.fetch(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                if rows:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(chance.choice(rows)["pid"], signal.SIGKILL)
            finally:
                await connection.close(timeout=2)

    def _kill_the_database(self) -> None:
        """The server at once, without a last checkpoint; then again on the same port."""
        pid = int((self.folder / "postgres" / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
        self.postgres.stop()
        self.addresses = self.postgres.start()

    async def supervise(self) -> None:
        """Start again what gave up by itself, having found no database, as a county's supervisor does."""
        while True:
            for part in list(self.parts.values()):
                part.start()
            await asyncio.sleep(0.5)

    def said(self) -> str:
        """The ends of all logs, for whoever has to find out."""
        return "\n".join(f"== {part.name}\n{part.log.read_text()[-1500:]}" for part in self.parts.values())

    def tell(self) -> str:
        return json.dumps({"kills": self.kills, "starts": {name: part.starts for name, part in self.parts.items()}})
