"""The image, the composition and the proxy: linted, and every step taken that needs no engine."""

import http.client
import http.server
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
import yaml

from backend.cli import cli
from backend.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
LITERAL_SECRET = re.compile(r"(?i)(?:password|secret|token|key)\w*[ \t]*[:=][ \t]*['\"]?[a-z0-9+_-]{8,}")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, words), continued lines joined."""
    text = re.sub(r"^#.*\n", "", (DOCKER / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(words[0], words[1]) for line in lines if len(words := line.split(maxsplit=1)) == 2]


def stage(name: str | None) -> list[tuple[str, str]]:
    """The instructions of the stage called `name`, or of the last stage."""
    stages: dict[str | None, list[tuple[str, str]]] = {}
    current: list[tuple[str, str]] = []
    for instruction, words in instructions():
        if instruction == "FROM":
            called = words.partition(" AS ")[2] or None
            current = stages.setdefault(called, [])
        current.append((instruction, words))
    return stages[name]


def test_the_dockerfile_is_clean() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert hadolint
    done = subprocess.run([hadolint, DOCKER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_runs_as_an_ordinary_user_and_says_whether_it_is_well() -> None:
    last = dict(stage(None))
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"])
    assert last["CMD"] == '["guanbiao", "run"]'
    assert "/readyz" in last["HEALTHCHECK"]
    # Tools of the earlier stages stay there: the last one copies results only.
    assert not [words for instruction, words in stage(None) if instruction == "RUN" and re.search("pip|npm|apt", words)]


def test_the_context_holds_what_is_copied_and_nothing_else() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(line for line in ignored if line and not line.startswith("#")) == "*"
    allowed = {line[1:].rstrip("/") for line in ignored if line.startswith("!")}
    copied = {
        next((place for place in allowed if Path(source).is_relative_to(place)), source)
        for instruction, words in instructions()
        if instruction == "COPY" and not words.startswith("--from")
        for source in words.split()[:-1]
    }
    assert copied == allowed
    assert all((ROOT / source).exists() for source in copied)


def test_no_file_of_the_folder_holds_a_secret() -> None:
    assert LITERAL_SECRET.search("POSTGRES_PASSWORD: hunter2hunter2")
    for path in DOCKER.iterdir():
        assert not LITERAL_SECRET.findall(path.read_text()), path.name


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DOCKER / "compose.yml").read_text())


def test_the_composition_has_its_parts_and_one_door(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"postgres", "migrate", "api-1", "api-2", "worker", "proxy"}
    assert services["postgres"]["image"] == "postgres:18"
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert services["proxy"]["ports"] == ["${GUANBIAO_PUBLISH:-127.0.0.1:8080}:8080"]
    assert compose["networks"]["inner"]["internal"] is True
    for name in ("api-1", "api-2", "worker"):
        assert services[name]["networks"] == ["inner"]
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert "GUANBIAO_DEMO" not in services[name]["environment"]


def test_only_what_migrates_is_given_the_owner_s_secret(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {name for name, one in services.items() if "postgres_password" in one.get("secrets", [])} == {
        "postgres",
        "migrate",
    }
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert services["migrate"]["restart"] == "no"


def test_everything_that_a_service_names_exists(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("networks", [])) <= set(compose["networks"])
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DOCKER / source).is_file() if source.startswith(".") else source in compose["volumes"]
        if "build" in service:
            assert (DOCKER / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_every_setting_of_the_image_and_the_composition_is_one_of_the_program_s(compose: dict[str, Any]) -> None:
    known = {f"GUANBIAO_{name.upper()}" for name in Settings.model_fields}
    used = set(re.findall(r"GUANBIAO_\w+(?==)", dict(stage(None))["ENV"]))
    for service in compose["services"].values():
        used |= {name for name in service.get("environment", {}) if name.startswith("GUANBIAO_")}
    assert used
    assert used <= known


def test_the_commands_of_the_services_are_commands_of_the_program(compose: dict[str, Any]) -> None:
    known = typer.main.get_command(cli).commands
    for name in ("migrate", "api-1", "api-2", "worker"):
        program, command = compose["services"][name]["command"]
        assert (program, command in known) == ("guanbiao", True)


def test_the_database_s_addresses_are_put_together_from_the_mounted_secrets(tmp_path: Path) -> None:
    names = {"POSTGRES_PASSWORD_FILE": tmp_path / "owner", "APPLICATION_PASSWORD_FILE": tmp_path / "application"}
    environment = {**os.environ, **{name: str(path) for name, path in names.items()}}

    def said(*names: str) -> str:
        command = ["/bin/sh", str(DOCKER / "with-database.sh"), "printenv", *names]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout

    assert said("GUANBIAO_DATABASE_URL") == ""
    (tmp_path / "application").write_text("a-b_c=\n")
    assert said("GUANBIAO_DATABASE_URL") == "postgresql://guanbiao_app:a-b_c=@postgres:5432/guanbiao\n"
    assert said("GUANBIAO_MIGRATION_URL") == ""
    (tmp_path / "owner").write_text("o-w_n=\n")
    assert said("GUANBIAO_MIGRATION_URL") == "postgresql://guanbiao:o-w_n=@postgres:5432/guanbiao\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Upstream(http.server.BaseHTTPRequestHandler):
    """Says what the proxy told it, and who it is."""

    def do_GET(self) -> None:
        body = f"{self.server.server_address[1]}\n{self.headers}".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, list[http.server.HTTPServer]]]:
    """nginx with the real configuration, before two upstreams on this machine."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not nginx:
        pytest.skip("nginx is not on this machine; make test installs it when run as root")
    folder = tmp_path_factory.mktemp("nginx")
    upstreams = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream) for _ in range(2)]
    for upstream in upstreams:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
    port = free_port()
    text = (DOCKER / "nginx.conf").read_text()
    for number, upstream in enumerate(upstreams, 1):
        text = text.replace(f"api-{number}:8000", f"127.0.0.1:{upstream.server_address[1]}")
    changes = {
        "listen 8080": f"listen 127.0.0.1:{port}",
        "/run/nginx.pid": f"{folder}/nginx.pid",
        "include /etc/nginx/mime.types;": "",
        "worker_processes auto": "worker_processes 1",
        "http {": "http {"
        + "".join(
            f" {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        ),
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    if os.geteuid() == 0:
        text = "user root;\n" + text
    (folder / "nginx.conf").write_text(text)
    command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr
    process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    transport = httpx.HTTPTransport(retries=5)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=transport) as client:
        yield client, upstreams
    process.send_signal(signal.SIGQUIT)
    process.wait()
    for upstream in upstreams:
        upstream.shutdown()


def test_the_proxy_spreads_requests_and_tells_who_and_how(proxy: Any) -> None:
    client, _ = proxy
    answers = [client.get("/api/v1/me", headers={"x-forwarded-for": "8.8.8.8"}) for _ in range(8)]
    assert len({answer.text.splitlines()[0] for answer in answers}) == 2
    told = answers[0].text.lower()
    # What a client claims of its own address is not believed.
    assert "x-forwarded-for: 127.0.0.1" in told
    assert "8.8.8.8" not in told
    assert re.search(r"x-request-id: [0-9a-f]{32}", told)
    headers = answers[0].headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["server"] == "nginx"
    assert "retry-after" not in headers


def test_the_proxy_refuses_in_the_program_s_own_form(proxy: Any) -> None:
    client, _ = proxy
    # The body is announced and never sent: the refusal must not wait for it.
    with socket.create_connection((client.base_url.host, client.base_url.port)) as connection:
        connection.sendall(b"POST /api/v1/attachments HTTP/1.1\r\nHost: x\r\nContent-Length: 73400320\r\n\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        refused = json.loads(answer.read())
    assert (answer.status, refused["status"], refused["code"]) == (413, 413, "too_large")
    assert answer.getheader("content-type") == "application/problem+json"
    assert answer.getheader("x-content-type-options") == "nosniff"
    assert client.get("/readyz").status_code == 404


def test_guessing_passwords_is_slowed_down(proxy: Any) -> None:
    client, _ = proxy
    answers = [client.post("/api/v1/oauth/token") for _ in range(80)]
    assert [answer.status_code for answer in answers[:60]] == [200] * 60
    slowed = answers[-1]
    assert (slowed.status_code, slowed.json()["code"], slowed.headers["retry-after"]) == (429, "too_many_requests", "5")
    assert client.get("/api/v1/me").status_code == 200


def test_a_proxy_without_its_programs_asks_to_try_again(proxy: Any) -> None:
    client, upstreams = proxy
    for upstream in upstreams:
        upstream.shutdown()
        upstream.server_close()
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "unavailable", "5")


def take(steps: list[tuple[str, str]], root: Path, changed: Callable[[str], str]) -> None:
    """Take WORKDIR, COPY and RUN steps as an engine would, with absolute paths moved below `root`."""
    folder = root
    for instruction, words in steps:
        if instruction == "WORKDIR":
            folder = root / words.lstrip("/")
            folder.mkdir(parents=True, exist_ok=True)
        elif instruction == "COPY" and not words.startswith("--from"):
            *sources, target = words.split()
            for source in sources:
                place = folder / target
                if (ROOT / source).is_dir():
                    kept_out = shutil.ignore_patterns("node_modules", "dist", "__pycache__")
                    shutil.copytree(ROOT / source, place, dirs_exist_ok=True, ignore=kept_out)
                else:
                    shutil.copy(ROOT / source, place)
        elif instruction == "RUN":
            done = subprocess.run(
                ["/bin/sh", "-c", changed(words)], cwd=folder, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_packages_stage_makes_a_program_that_starts_and_is_healthy(tmp_path: Path) -> None:
    home = tmp_path / "opt" / "guanbiao"
    home.parent.mkdir()
    take(
        stage("packages"),
        tmp_path,
        lambda command: command.replace("/opt/guanbiao", str(home)).replace("python -m", f"{sys.executable} -m"),
    )
    last = dict(stage(None))
    port = free_port()
    environment = {
        "PATH": f"{home / 'bin'}:{os.defpath}",
        "GUANBIAO_DATA": str(tmp_path / "data"),
        "GUANBIAO_PORT": str(port),
    }
    # A JSON list each.
    command = json.loads(last["CMD"])
    probe = json.loads(last["HEALTHCHECK"].partition("CMD ")[2].replace(":8000", f":{port}"))
    probe[0] = str(home / "bin" / probe[0])
    with subprocess.Popen(
        [str(home / "bin" / command[0]), *command[1:]],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout
        started = any("Ctrl-C" in line for line in program.stdout)
        assert started or pytest.fail(program.communicate()[1])
        assert subprocess.run(probe, capture_output=True, check=False).returncode == 0
        program.send_signal(getattr(signal, last["STOPSIGNAL"]))
        program.communicate()
        assert program.returncode == 0
    assert subprocess.run(probe, capture_output=True, check=False).returncode != 0


@pytest.mark.slow
def test_the_pages_stage_builds_the_pages_where_the_last_stage_takes_them_from(tmp_path: Path) -> None:
    take(stage("pages"), tmp_path, lambda command: command)
    taken = next(words.split()[1] for _, words in stage(None) if words.startswith("--from=pages"))
    assert (tmp_path / taken.lstrip("/") / "index.html").is_file()


def test_the_last_stage_s_user_can_be_made(tmp_path: Path) -> None:
    useradd = next(words for instruction, words in stage(None) if instruction == "RUN" and words.startswith("useradd"))
    if os.geteuid() != 0 or not shutil.which("useradd"):
        pytest.skip("only root can make users, and only where useradd is")
    (tmp_path / "etc").mkdir()
    for name in ("passwd", "group", "shadow", "gshadow"):
        (tmp_path / "etc" / name).touch()
    (tmp_path / "var" / "lib").mkdir(parents=True)
    subprocess.run([*shlex.split(useradd), "--prefix", str(tmp_path)], check=True, capture_output=True)
    uid = dict(stage(None))["USER"].partition(":")[0]
    assert f"guanbiao:x:{uid}:{uid}:" in (tmp_path / "etc" / "passwd").read_text()
