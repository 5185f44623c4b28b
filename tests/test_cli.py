"""The command as an operator meets it: real processes, ended by real signals."""

import asyncio
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from typer.testing import CliRunner

from backend import cli, serving
from backend.db.embedded import EmbeddedPostgres
from backend.db.processes import runs_in
from backend.document.dossier import build_dossier
from backend.settings import Settings
from tests.document.sample import CONTENT, key_in

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUANBIAO_")}
    return kept | {"GUANBIAO_DATA": str(data), **settings}


def guanbiao(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backend.cli", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)


@dataclass
class Server:
    process: subprocess.Popen[str]
    url: str
    data: Path
    log: Path

    def get(self, path: str) -> dict[str, Any]:
        return httpx.get(self.url + path).json()

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    """Start `guanbiao run` on the test's own data folder and return it once it answers."""
    started: list[subprocess.Popen[str]] = []

    def begin(**settings: str) -> Server:
        port = free_port()
        log = tmp_path / f"{len(started)}.log"
        with log.open("w") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "backend.cli", "run"],
                cwd=ROOT,
                env=environment(tmp_path / "data", GUANBIAO_PORT=str(port), **settings),
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        started.append(process)
        assert process.stdout
        if not any("Ctrl-C" in line for line in process.stdout):
            pytest.fail(log.read_text())
        return Server(process, f"http://127.0.0.1:{port}", tmp_path / "data", log)

    yield begin
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


async def ask(data: Path, question: str) -> Any:
    """Ask the database below `data`, whoever runs it."""
    server = EmbeddedPostgres(data)
    try:
        connection = await asyncpg.connect(server.start().owner)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()
    finally:
        server.stop()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_server_and_database_in_good_order(start: Any, how: signal.Signals) -> None:
    server = start()
    assert server.get("/readyz") == {"status": "ok", "database": True, "migrations": True, "audit": True}
    await ask(server.data, "CREATE TABLE kept (word text)")
    await ask(server.data, "INSERT INTO kept VALUES ('committed')")
    pid = int((server.data / "postgres" / "postmaster.pid").read_text().split()[0])
    assert server.end(how) == 0
    assert not runs_in(pid, server.data / "postgres")
    assert not (server.data / "postgres" / "postmaster.pid").exists()
    assert (server.data / "postgres.log").read_text().rstrip().endswith("database system is shut down")
    assert "Traceback" not in server.log.read_text()
    assert await ask(server.data, "SELECT word FROM kept") == "committed"


async def test_a_killed_server_has_lost_nothing_when_it_starts_again(start: Any) -> None:
    server = start()
    await ask(server.data, "CREATE TABLE kept (word text)")
    await ask(server.data, "INSERT INTO kept VALUES ('committed')")
    server.end(signal.SIGKILL)
    again = start()
    assert again.get("/readyz")["status"] == "ok"
    assert await ask(again.data, "SELECT word FROM kept") == "committed"


def test_every_secret_that_a_start_makes_is_its_owner_s_alone(start: Any) -> None:
    server = start()
    server.get("/livez")
    shared = {"postgres", "postgres.json", "postgres.lock", "postgres.log"}
    secrets = [path for path in server.data.iterdir() if path.name not in shared]
    assert {"postgres.password", "cursor.key", "token-signing-key.pem"} <= {path.name for path in secrets}
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets if path.is_file()} == {0o600}
    said = server.log.read_bytes()
    for path in secrets:
        assert path.is_dir() or path.read_bytes().strip() not in said


def test_the_log_is_json_and_each_answer_has_its_id_there(start: Any) -> None:
    server = start()
    refused = httpx.get(server.url + "/api/v1/me?q=secret", headers={"x-request-id": "0123456789abcdef"})
    assert refused.headers["x-request-id"] == "0123456789abcdef"
    assert server.end(signal.SIGINT) == 0
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    [asked] = [line for line in lines if line["event"] == "request"]
    assert (asked["request_id"], asked["status"], asked["method"]) == ("0123456789abcdef", 401, "GET")
    assert "secret" not in server.log.read_text()


def test_the_demo_refuses_to_be_reached_from_elsewhere(tmp_path: Path) -> None:
    done = guanbiao("run", env=environment(tmp_path / "data", GUANBIAO_DEMO="1", GUANBIAO_HOST="0.0.0.0"))  # noqa: S104 - refused
    assert done.returncode == 1
    assert "GUANBIAO_HOST must then be a loopback address" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_a_wrong_setting_is_said_in_a_line_that_names_it(tmp_path: Path) -> None:
    done = guanbiao("run", env=environment(tmp_path / "data", GUANBIAO_PORT="70000"))
    assert done.returncode == 1
    assert done.stderr.startswith("GUANBIAO_PORT: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = guanbiao("run", env=environment(tmp_path / "data", GUANBIAO_PORT=str(port)))
    assert done.returncode == 1
    assert re.fullmatch(rf"127\.0\.0\.1:{port} cannot be used \(.*\); set GUANBIAO_PORT\n", done.stderr)
    assert not (tmp_path / "data").exists()


def test_migrating_twice_is_migrating_once(tmp_path: Path) -> None:
    for _ in range(2):
        done = guanbiao("migrate", env=environment(tmp_path / "data"))
        assert (done.returncode, done.stdout) == (0, "")


def test_the_demo_password_is_random_kept_and_said_at_start_and_a_set_one_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data=tmp_path, demo=True)
    password = serving.demo_password(settings)
    assert len(password) >= 12
    assert serving.demo_password(settings) == password
    assert stat.S_IMODE((tmp_path / "demo.password").stat().st_mode) == 0o600
    cli._announce(settings)
    assert capsys.readouterr().out.count(password) == 1
    cli._announce(Settings(data=tmp_path, demo=False))
    assert "password" not in capsys.readouterr().out
    assert serving.demo_password(Settings(data=tmp_path, demo_password="chosen-by-hand")) == "chosen-by-hand"


def test_the_written_contract_is_sorted_and_its_drift_is_told(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    runner = CliRunner()
    assert runner.invoke(cli.cli, ["openapi", "--file", str(file)]).exit_code == 0
    contract = json.loads(file.read_text())
    assert list(contract) == sorted(contract)
    assert list(contract["paths"]) == sorted(contract["paths"])
    assert runner.invoke(cli.cli, ["openapi", "--check", "--file", str(file)]).exit_code == 0
    before = file.read_text()
    file.write_text(before.replace("/api/v1/me", "/api/v1/you"))
    told = runner.invoke(cli.cli, ["openapi", "--check", "--file", str(file)])
    assert (told.exit_code, "make openapi" in told.stderr) == (1, True)
    assert "/api/v1/you" in file.read_text()


def test_verify_says_by_its_exit_code_and_in_words_what_was_altered(tmp_path: Path) -> None:
    key = key_in(tmp_path)
    file = tmp_path / "dossier.zip"
    data = build_dossier(CONTENT, key.sign, key.public_key)
    runner = CliRunner()
    file.write_bytes(data)
    good = runner.invoke(cli.cli, ["verify", str(file), "--lang", "en"])
    assert (good.exit_code, CONTENT.decision["number"] in good.stdout) == (0, True)
    middle = len(data) // 2
    file.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    bad = runner.invoke(cli.cli, ["verify", str(file)])
    assert bad.exit_code == 1
    assert "  - " in bad.stdout
    file.write_bytes(b"no dossier")
    assert runner.invoke(cli.cli, ["verify", str(file)]).exit_code == 2
    assert runner.invoke(cli.cli, ["verify", str(tmp_path / "missing.zip")]).exit_code == 2


def test_a_worker_of_its_own_ends_in_good_order(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-m", "backend.cli", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=environment(data), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert any("the worker begins" in line for line in process.stderr)
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
    assert (process.returncode, "Traceback" in said) == (0, False)
    assert (data / "postgres.log").read_text().rstrip().endswith("database system is shut down")


async def test_a_worker_that_fails_is_started_anew_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    async def failing(_settings: Settings, dsn: str, ended: asyncio.Event) -> None:
        calls.append(dsn)
        if len(calls) == 3:
            ended.set()
        raise LookupError

    monkeypatch.setattr(serving, "run_worker", failing)
    monkeypatch.setattr(serving, "_PAUSE", 0)
    await serving.work(Settings(), "postgresql://nowhere", asyncio.Event())
    assert calls == ["postgresql://nowhere"] * 3


@pytest.mark.parametrize("wanted", [True, False])
async def test_the_worker_runs_beside_the_api_when_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wanted: bool
) -> None:
    begun, finished = asyncio.Event(), asyncio.Event()

    async def waiting(_settings: Settings, _dsn: str, ended: asyncio.Event) -> None:
        begun.set()
        await ended.wait()
        finished.set()

    monkeypatch.setattr(serving, "run_worker", waiting)
    app = serving.application(Settings(data=tmp_path, worker=wanted), "postgresql://nowhere")
    async with app.router.lifespan_context(app):
        if wanted:
            await asyncio.wait_for(begun.wait(), 10)
        assert not finished.is_set()
    assert (begun.is_set(), finished.is_set()) == (wanted, wanted)


@pytest.mark.slow
async def test_the_demo_county_is_loaded_once_and_a_new_password_is_taken(tmp_path: Path) -> None:
    for turn in range(2):
        password = f"chosen-{turn}-by-hand"
        done = guanbiao("demo", env=environment(tmp_path / "data", GUANBIAO_DEMO_PASSWORD=password))
        assert done.returncode == 0, done.stderr
        assert password in done.stdout
        assert ("organizations" in done.stdout) == (turn == 0)
    assert await ask(tmp_path / "data", "SELECT count(*) FROM member") > 1000


def test_create_admin_makes_three_people_once_and_keeps_no_code(tmp_path: Path) -> None:
    """A fresh installation has nobody with a password; whoever installs it hands three codes to three people."""
    where = {"env": environment(tmp_path / "data")}
    three = ("--system", "zhang.wei=张伟", "--security", "li.na=李娜")
    alike = guanbiao("account", "create-admin", *three, "--audit", "zhang.wei=张伟", **where)
    assert alike.returncode != 0
    assert "three different people" in alike.stderr
    made = guanbiao("account", "create-admin", *three, "--audit", "wang.fang=王芳", **where)
    assert made.returncode == 0, made.stderr
    codes = re.findall(r"/invitation#([0-9A-Z-]{23})", made.stdout)
    assert len(set(codes)) == 3
    again = guanbiao("account", "create-admin", "--audit", "zhao.min=赵敏", **where)
    assert again.returncode != 0
    assert "administrators already" in again.stderr
    question = "SELECT array_agg(password_hash) || array_agg(username) FROM account"
    found = asyncio.run(ask(tmp_path / "data", question))
    assert found[:3] == ["-", "-", "-"], "nobody has a password yet"
    assert set(found[3:]) == {"zhang.wei", "li.na", "wang.fang"}
    roles = "SELECT array_agg(role ORDER BY role) FROM role_grant WHERE organization_id IS NULL"
    assert asyncio.run(ask(tmp_path / "data", roles)) == ["audit_admin", "security_admin", "system_admin"]


def test_recover_lets_an_administrator_in_again_where_nobody_else_is_left(tmp_path: Path) -> None:
    where = {"env": environment(tmp_path / "data")}
    made = guanbiao("account", "create-admin", "--security", "li.na=李娜", "--audit", "wang.fang=王芳", **where)
    assert made.returncode == 0, made.stderr
    (first,) = re.findall(r"li.na +\S+/invitation#([0-9A-Z-]{23})", made.stdout)
    again = guanbiao("account", "recover", "li.na", **where)
    assert again.returncode == 0, again.stderr
    (code,) = re.findall(r"/invitation#([0-9A-Z-]{23})", again.stdout)
    assert code != first
    unknown = guanbiao("account", "recover", "zhao.min", **where)
    assert unknown.returncode != 0
    notices = "SELECT array_agg(a.username ORDER BY a.username) FROM notice n JOIN account a ON a.id = n.account_id"
    assert asyncio.run(ask(tmp_path / "data", notices)) == ["li.na", "wang.fang"]
    events = "SELECT data->>'at' FROM event WHERE kind = 'account.invited' AND actor_name = '系统'"
    assert asyncio.run(ask(tmp_path / "data", events)) == "console"
