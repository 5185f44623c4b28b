"""Snapshots for tests: asked for over HTTP, written as the worker writes them, and taken."""

import asyncio
import gzip
import json
from typing import Any

import httpx

from backend.api.snapshot import SnapshotOut
from backend.snapshotting import write_snapshot


async def ordered(client: httpx.AsyncClient, *resources: str) -> dict[str, Any]:
    answer = await client.post("/snapshots", json={"resources": list(resources)})
    assert answer.status_code == 202, answer.text
    SnapshotOut.model_validate(answer.json())
    found: dict[str, Any] = answer.json()
    return found


async def written(app: Any, client: httpx.AsyncClient, made: dict[str, Any]) -> dict[str, Any]:
    """Have the job done that the order left in the queue."""
    address = app.state.database.engine.url.render_as_string(hide_password=False)
    await asyncio.to_thread(write_snapshot, app.state.settings, address, {"snapshot_id": made["id"]})
    answer = await client.get(f"/snapshots/{made['id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def taken(client: httpx.AsyncClient, made: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.get(f"/snapshots/{made['id']}/content")
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in gzip.decompress(answer.content).decode().splitlines()]


async def snapshot(app: Any, client: httpx.AsyncClient, *resources: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    made = await written(app, client, await ordered(client, *resources))
    assert made["state"] == "ready", made
    return made, await taken(client, made)
