"""The command as an auditor uses it: note a seal, check the log, check a proof away from the database."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa
from typer.testing import CliRunner

from backend import cli
from backend.db.audit import leaf_of, seal_hashes, seal_of
from backend.db.roles import Addresses
from backend.domain.audit.proof import proof_of
from backend.domain.audit.statement import statement_of
from tests.db.sealed import Log, close, make_log, seals

ROOT = Path(__file__).resolve().parents[1]


async def guanbiao(log: Log, data: Path, *words: str) -> tuple[int, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUANBIAO_")}
    where = {
        "GUANBIAO_DATA": str(data),
        "GUANBIAO_DATABASE_URL": log.addresses.application,
        "GUANBIAO_MIGRATION_URL": log.addresses.owner,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "backend.cli", "audit", *words, cwd=ROOT, env=kept | where,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_the_log_is_checked_and_what_was_cut_off_is_named(server: Addresses, tmp_path: Path) -> None:
    log = await make_log(server, tmp_path, events=20, batch=8, tail=2)
    note = tmp_path / "seal.json"
    try:
        code, said = await guanbiao(log, tmp_path, "seal-note", str(note))
        assert (code, json.loads(note.read_text())["total"]) == (0, 20)
        code, said = await guanbiao(log, tmp_path, "verify", "--against", str(note), "--lang", "en")
        assert code == 0
        assert said == (
            "20 events and 3 seals checked (the newest is 3), 2 events not sealed yet: everything is as it was sealed\n"
        )
        async with log.owner.engine.begin() as connection:
            for table, gone in (("event", "id = :id"), ("audit_seal", "number > 2")):
                await connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only"))
                statement = sa.text(f"DELETE FROM {table} WHERE {gone}")  # noqa: S608 - names of our own tables
                await connection.execute(statement, {"id": log.ids[7]} if ":id" in gone else {})
                await connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only"))
        code, said = await guanbiao(log, tmp_path, "verify", "--against", str(note))
        assert code == 1
        assert f"事件 {log.ids[7]} 已不在日志中（第 1 号封存，序号 8）" in said
        assert "另存的第 3 号封存已不存在：日志被截断到第 2 号封存，少了 4 条已封存的事件" in said
        assert (await guanbiao(log, tmp_path, "verify", "--from", "2"))[0] == 0
        async with log.owner.engine.connect() as connection:
            kept = (await connection.execute(sa.text("SELECT last_number, findings FROM audit_check"))).all()
        assert [(last, len(found)) for last, found in kept] == [(3, 0), (2, 2), (2, 0)]
    finally:
        await close(log)


async def test_a_proof_is_checked_without_a_database(server: Addresses, tmp_path: Path) -> None:
    log = await make_log(server, tmp_path, events=12, batch=5, tail=0)
    target = log.ids[6]
    async with log.owner.engine.connect() as connection:
        seal, head = await seal_of(connection, target), list(await seals(connection))[-1]
        assert seal is not None
        leaf = await leaf_of(connection, target, seal.columns)
        hashes = await seal_hashes(connection, head.number)
    await close(log)
    assert (statement_of(seal).number, leaf) == (2, leaf)
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof_of(leaf or "", target.bytes, seal, head, hashes), ensure_ascii=False))
    runner = CliRunner()
    held = runner.invoke(cli.cli, ["audit", "verify-proof", str(file), "--key", log.key.fingerprint, "--lang", "en"])
    assert held.exit_code == 0
    assert held.output.startswith("the proof holds: seal 2 of ")
    assert str(target) in held.output
    file.write_text(file.read_text().replace("陶明", "甄红"))
    altered = runner.invoke(cli.cli, ["audit", "verify-proof", str(file)])
    assert altered.exit_code == 1
    assert "事件内容与封存的根不符" in altered.output
    file.write_text("[]")
    assert runner.invoke(cli.cli, ["audit", "verify-proof", str(file)]).exit_code == 2
    assert runner.invoke(cli.cli, ["audit", "verify-proof", str(tmp_path / "none")]).exit_code == 2
    assert runner.invoke(cli.cli, ["audit", "verify-proof", str(file), "--against", str(file)]).exit_code == 2
