"""The embedded server: real starts, real kills. What was committed must be there afterwards, every time."""

import asyncio
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.db import embedded, processes, programs
from backend.db.embedded import EmbeddedPostgres, EmbeddedPostgresError
from backend.db.programs import Programs, User

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.name == "posix" and os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root can become another user")
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel call is Linux's")

# Starts the server below argv[1], writes one row when asked to, says where it is, and then waits to be killed.
OWNER = """
import asyncio, json, sys
from pathlib import Path
import asyncpg
from backend.db import embedded, processes
if "orphaning" in sys.argv:
    processes.dying_with = lambda parent, last_word: None
dsn, _ = embedded.EmbeddedPostgres(Path(sys.argv[1])).start()
async def write():
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
    await connection.execute("INSERT INTO kept VALUES ('committed')")
    await connection.close()
if "write" in sys.argv:
    asyncio.run(write())
pid = int((Path(sys.argv[1]) / "postgres" / "postmaster.pid").read_text().split()[0])
print(json.dumps({"dsn": dsn, "pid": pid}), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def owners() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def start_owner(owners: list[subprocess.Popen[str]], data: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", OWNER, str(data), *words]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    owners.append(process)
    return process


def said_by(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout
    return json.loads(process.stdout.readline())


def ask(dsn: str, question: str) -> Any:
    async def visit() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(visit())


def test_data_and_port_survive_a_restart(data: Path) -> None:
    with EmbeddedPostgres(data) as (dsn, _):
        ask(dsn, "CREATE TABLE kept (word text)")
        ask(dsn, "INSERT INTO kept VALUES ('第一条')")
    with EmbeddedPostgres(data) as (again, _):
        assert again == dsn
        assert ask(again, "SELECT word FROM kept") == "第一条"


def test_a_new_cluster_is_durable_checked_and_closed_to_others(data: Path) -> None:
    with EmbeddedPostgres(data) as (dsn, _):
        for setting, value in {
            "fsync": "on",
            "data_checksums": "on",
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
        }.items():
            assert ask(dsn, f"SELECT current_setting('{setting}')") == value
        assert ask(dsn, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'") == 0
        # C.UTF-8 knows the letters of Chinese and sorts by code point, on every machine alike.
        assert ask(dsn, "SELECT '镇' ~ '^[[:alpha:]]$' AND 'B' < 'a'")
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(dsn.replace(dsn.split(":")[2].split("@")[0], "wrong"), "SELECT 1")
    assert stat.S_IMODE((data / "postgres.password").stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "postgres").stat().st_mode) == 0o700


def test_no_statement_or_detail_reaches_the_log(data: Path) -> None:
    with EmbeddedPostgres(data) as (dsn, _):
        ask(dsn, "CREATE TABLE person (name text UNIQUE)")
        ask(dsn, "INSERT INTO person VALUES ('张三丰')")
        with pytest.raises(asyncpg.UniqueViolationError):
            ask(dsn, "INSERT INTO person VALUES ('张三丰')")
    log = (data / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "张三丰" not in log


@on_linux
def test_a_killed_owner_takes_the_server_along_and_loses_nothing(
    data: Path, owners: list[subprocess.Popen[str]]
) -> None:
    owner = start_owner(owners, data, "write")
    server = said_by(owner)["pid"]
    owner.kill()
    owner.wait()
    with EmbeddedPostgres(data) as (dsn, _):
        assert not processes.runs_in(server, data / "postgres")
        assert ask(dsn, "SELECT word FROM kept") == "committed"
    assert "was not properly shut down" not in (data / "postgres.log").read_text()


def test_a_server_that_outlived_its_owner_is_replaced(data: Path, owners: list[subprocess.Popen[str]]) -> None:
    owner = start_owner(owners, data, "write", "orphaning")
    server = said_by(owner)["pid"]
    owner.kill()
    owner.wait()
    assert processes.runs_in(server, data / "postgres")
    with EmbeddedPostgres(data) as (dsn, _):
        assert not processes.runs_in(server, data / "postgres")
        assert ask(dsn, "SELECT word FROM kept") == "committed"


def test_a_crashed_server_recovers(data: Path, owners: list[subprocess.Popen[str]]) -> None:
    owner = start_owner(owners, data, "write")
    server = said_by(owner)["pid"]
    # The owner is held still so that it cannot reap: its server stays a zombie until the owner is killed as well.
    owner.send_signal(signal.SIGSTOP)
    os.kill(server, signal.SIGKILL)
    owner.kill()
    with EmbeddedPostgres(data) as (dsn, _):
        assert ask(dsn, "SELECT word FROM kept") == "committed"
    assert "was not properly shut down" in (data / "postgres.log").read_text()


def test_a_crash_during_the_first_start_leaves_no_half_made_cluster(data: Path) -> None:
    (data / "postgres.draft" / "base").mkdir(parents=True)
    (data / "postgres.draft" / "PG_VERSION").write_text("18")
    with EmbeddedPostgres(data) as (dsn, _):
        assert ask(dsn, "SELECT 1") == 1


@pytest.mark.parametrize("whose", ["nobody's", "a zombie's", "another program's", "unreadable"])
def test_a_stale_pid_file_does_not_hinder_a_start(data: Path, whose: str) -> None:
    with EmbeddedPostgres(data):
        pid_file = data / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        owner = pid_file.stat()
    as_owner = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if IS_ROOT else {}
    other = subprocess.Popen(["/bin/sleep", "600"], cwd="/", **as_owner)
    try:
        if whose != "another program's":
            other.kill()
        if whose == "a zombie's":
            os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        elif whose != "another program's":
            other.wait()
        pid_file.write_text("" if whose == "unreadable" else "\n".join([str(other.pid), *lines[1:], ""]))
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        with EmbeddedPostgres(data) as (dsn, _):
            assert ask(dsn, "SELECT 1") == 1
        assert whose != "another program's" or other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_second_process_is_given_the_same_server_and_leaves_it_running(
    data: Path, owners: list[subprocess.Popen[str]]
) -> None:
    first = said_by(start_owner(owners, data))
    second = EmbeddedPostgres(data)
    assert second.start().owner == first["dsn"]
    second.stop()
    assert ask(first["dsn"], "SELECT 1") == 1


def test_processes_that_start_together_on_an_empty_folder_share_one_server(
    data: Path, owners: list[subprocess.Popen[str]]
) -> None:
    racing = [start_owner(owners, data) for _ in range(3)]
    answers = [said_by(process) for process in racing]
    assert all(answer == answers[0] for answer in answers)


def test_a_taken_port_is_given_up_for_a_free_one(data: Path) -> None:
    with EmbeddedPostgres(data) as (dsn, _):
        port = json.loads((data / "postgres.json").read_text())["port"]
        assert f":{port}/" in dsn
        assert processes.free_port(port) != port
    assert processes.free_port(port) == port


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="no_such_option"):
        EmbeddedPostgres(data, {"no_such_option": "1"}).start()
    # The failed start gave the folder back.
    with EmbeddedPostgres(data) as (dsn, _):
        assert ask(dsn, "SELECT 1") == 1


def test_data_of_a_missing_version_are_refused_not_touched(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(programs.NoPrograms, match="PostgreSQL 9"):
        EmbeddedPostgres(data).start()
    assert [path.name for path in (data / "postgres").iterdir()] == ["PG_VERSION"]


def test_a_start_that_hangs_ends_within_its_patience(
    data: Path, owners: list[subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = said_by(start_owner(owners, data))["pid"]
    monkeypatch.setattr(embedded, "PATIENCE", 0.3)
    os.kill(server, signal.SIGKILL)
    with pytest.raises(EmbeddedPostgresError, match="does not answer"):
        EmbeddedPostgres(data).start()


def test_the_system_s_own_server_does_as_well(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs.importlib.util, "find_spec", lambda name: None)
    programs._installed.cache_clear()
    try:
        if not programs._installed():
            pytest.skip("this machine has no PostgreSQL besides the packaged one")
        with EmbeddedPostgres(data) as (dsn, _):
            assert ask(dsn, "SELECT current_setting('server_version_num')::int / 10000") in programs.SUPPORTED_MAJORS
    finally:
        programs._installed.cache_clear()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@needs_root
def test_root_s_server_runs_as_someone_else_without_opening_any_folder(data: Path) -> None:
    data.parent.chmod(0o700)
    with EmbeddedPostgres(data) as (dsn, _):
        assert ask(dsn, "SELECT 1") == 1
        pid = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
        assert Path(f"/proc/{pid}").stat().st_uid != 0
    assert (data / "postgres").stat().st_uid != 0
    for folder in (data, data.parent):
        assert folder.stat().st_uid == 0
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@needs_root
def test_an_ordinary_user_s_server_runs_as_that_user_and_stays_so_under_root(open_folder: Path) -> None:
    # Making a cluster needs an account with a name; this one is on every Unix.
    user = User(1, 1)
    data = open_folder / "data"
    data.mkdir(mode=0o700)
    os.chown(data, user.uid, user.gid)
    # The checkout and the interpreter may lie where only root can go, so the user is lent the right to read there.
    lent = ["setpriv", f"--reuid={user.uid}", f"--regid={user.gid}", "--clear-groups"]
    lent += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    command = [*lent, sys.executable, "-c", OWNER, str(data), "write"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as owner:
        pid = said_by(owner)["pid"]
        assert Path(f"/proc/{pid}").stat().st_uid == user.uid
        # The end of its input is the end of this owner, whose exit stops the server.
        assert owner.communicate() == ("", "")
    assert {path.stat().st_uid for path in data.rglob("*")} == {user.uid}
    with EmbeddedPostgres(data) as (dsn, _):
        assert ask(dsn, "SELECT word FROM kept") == "committed"
    assert {path.stat().st_uid for path in (data / "postgres").rglob("*")} == {user.uid}


@needs_root
def test_programs_in_a_closed_folder_are_copied_once_to_an_open_one(
    tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "PUBLIC_CACHE", open_folder / "cache")
    tmp_path.chmod(0o700)
    found = programs.find_programs()
    package = found.folder.parents[1]
    closed = Programs(tmp_path / package.name / "pginstall" / "bin", found.major)
    shutil.copytree(package, tmp_path / package.name, ignore=shutil.ignore_patterns("include"), symlinks=True)
    shutil.copytree(package.with_name(package.name + ".libs"), tmp_path / f"{package.name}.libs")
    user = User(65534, 65534)
    copy = programs.reachable_by(user, closed)
    assert copy.folder.is_relative_to(open_folder)
    assert programs.reachable_by(user, closed) == copy
    as_user = processes.as_user(user)
    subprocess.run([copy.folder / "postgres", "--version"], cwd="/", check=True, capture_output=True, **as_user)
    # Nothing that root will start may be changed by anyone else.
    assert not [path for path in open_folder.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o022]
    assert not (copy.folder.parent / "include").exists()


@needs_root
def test_programs_are_never_taken_from_a_shelf_that_others_can_write(
    tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = open_folder / "shelf"
    shelf.mkdir()
    shelf.chmod(0o777)
    with pytest.raises(PermissionError, match="written by others"):
        programs._copy_once(tmp_path, tmp_path, shelf / "postgresql")
