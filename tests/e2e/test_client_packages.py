"""Both client packages as a partner gets them: built, installed into an empty place, and used against a county."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, Installation

pytestmark = pytest.mark.e2e

PYTHON = """
import asyncio, os
from guanbiao_client import AsyncClient, Client, Refusal
from guanbiao_client.calls import rectification

given = (os.environ["COUNTY"], "county-platform", os.environ["SECRET"], ["rectification:read"])
with Client(*given) as county:
    rows = list(county.each(rectification.list_(limit=20)))
    assert len(rows) == len({row["id"] for row in rows}) > 20
    assert county(rectification.get(id=rows[0]["id"]))["number"] == rows[0]["number"]
    try:
        county(rectification.get(id="00000000-0000-0000-0000-000000000000"))
    except Refusal as refusal:
        print(refusal.status, refusal.code)

async def also():
    async with AsyncClient(*given) as county:
        return [row["id"] async for row in county.each(rectification.list_(limit=20))]

assert asyncio.run(also()) == [row["id"] for row in rows]
print(len(rows))
"""
NODE = """
import { connect, each, need, Refusal, signedIn } from 'guanbiao-client';

const url = process.env.COUNTY;
const known = { clientId: 'county-platform', secret: process.env.SECRET, scope: ['rectification:read'] };
const county = connect(url, signedIn({ url, ...known }));
const rows = [];
const page = (cursor) => need(county.GET('/api/v1/rectifications', { params: { query: { limit: 20, cursor } } }));
for await (const row of each(page)) rows.push(row.id);
const id = '00000000-0000-0000-0000-000000000000';
const none = need(county.GET('/api/v1/rectifications/{id}', { params: { path: { id } } }));
const refused = await none.catch((thrown) => thrown);
if (!(refused instanceof Refusal) || new Set(rows).size !== rows.length) throw refused;
console.log(refused.status, refused.code);
console.log(rows.length);
"""


TYPED = """
import { connect, need } from 'guanbiao-client';
const county = connect('', fetch);
export const page = need(county.GET('/api/v1/rectifications', { params: { query: { limit: 20 } } }));
"""


def run(folder: Path, *command: str, **environment: str) -> str:
    # Nothing of this checkout helps: no path to its packages, no environment of its own.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        command, cwd=folder, env={**kept, **environment}, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def asked(installation: Installation) -> dict[str, str]:
    return {"COUNTY": installation.url, "SECRET": installation.password}


def test_the_python_package_installs_into_an_empty_environment_and_works(tmp_path: Path, asked: dict[str, str]) -> None:
    source = shutil.copytree(ROOT / "clients" / "python", tmp_path / "source")
    # The backend that builds it is one of the pinned packages here; a partner's pip fetches it by itself.
    run(
        tmp_path,
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        ".",
        str(source),
    )
    run(tmp_path, sys.executable, "-m", "venv", "empty")
    pip = ["empty/bin/python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run(tmp_path, *pip, "--require-hashes", "-r", str(source / "requirements.txt"))
    (wheel,) = tmp_path.glob("*.whl")
    run(tmp_path, *pip, "--no-deps", str(wheel))
    run(tmp_path, "empty/bin/python", "-m", "pip", "check")
    said = run(tmp_path, "empty/bin/python", "-I", "-c", PYTHON, **asked)
    assert re.fullmatch(r"404 not_found\n\d\d+\n", said)


def test_the_typescript_package_installs_into_an_empty_folder_and_works(tmp_path: Path, asked: dict[str, str]) -> None:
    ignored = shutil.ignore_patterns("node_modules", "dist")
    source = shutil.copytree(ROOT / "clients" / "typescript", tmp_path / "source", ignore=ignored)
    run(source, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
    run(source, "npm", "run", "--silent", "build")
    packed = json.loads(run(source, "npm", "pack", "--json"))[0]["filename"]
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "package.json").write_text('{"private": true, "type": "module"}')
    run(empty, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", str(source / packed))
    (empty / "use.mjs").write_text(NODE)
    assert re.fullmatch(r"404 not_found\n\d\d+\n", run(empty, "node", "use.mjs", **asked))
    # What a partner writes is checked against the contract.
    assert checked(source, empty, TYPED) == ""
    assert "error TS2322: Type 'string' is not assignable to type 'number" in checked(
        source, empty, TYPED.replace("limit: 20", "limit: 'many'")
    )


def checked(source: Path, empty: Path, text: str) -> str:
    (empty / "use.ts").write_text(text)
    compiler = str(source / "node_modules" / ".bin" / "tsc")
    command = [
        compiler,
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--module",
        "nodenext",
        "--target",
        "es2022",
        "use.ts",
    ]
    return subprocess.run(command, cwd=empty, capture_output=True, text=True, check=False).stdout
