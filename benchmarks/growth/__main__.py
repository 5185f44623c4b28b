"""Measure the same requests in one township and in a country, in one run, and write growth.json and growth.md.

python -m benchmarks.growth [--villages 620573 --members 5000000 --items 2000000 --cards 1000000] [--times N]

The whole country takes about 50 GB below the temp folder.  An item brings its acts and some six events.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.growth.asking import Maker, deep_page, feed_places, requests, seat
from benchmarks.growth.loading import Land, Size, load
from benchmarks.growth.tree import Village, country, one_township
from benchmarks.machine import machine
from benchmarks.place import Place, free_port, ours, place, serving

GOAL = 1.5
SMALL = Size(members=2_000, items=2_000, cards=500)
API = "/api/v1"
OPTIONS = {"shared_buffers": "2GB", "max_wal_size": "8GB"}
"""Beside the program's own: what an operator of a country's server would set first."""

Times = dict[str, dict[str, list[float]]]


async def ready(where: Place, villages: Sequence[Village], size: Size, acts: int) -> tuple[Land, Any]:
    land = await load(where, list(villages), size)
    return land, await seat(where, land, acts)


async def ask(clients: dict[str, httpx.AsyncClient], makers: dict[str, dict[str, Maker]], times: int) -> Times:
    """Ask both for the same thing in turns, `times` times after two that are not counted."""
    found: Times = defaultdict(lambda: defaultdict(list))
    for name in makers["small"]:
        for turn in range(times + 2):
            for which, client in clients.items():
                method, path, headers, body = makers[which][name]()
                began = time.perf_counter()
                answer = await client.request(method, path, headers=headers, json=body)
                spent = time.perf_counter() - began
                assert answer.is_success, (name, which, answer.text)
                if turn >= 2:
                    found[name][which].append(spent)
        print(f"  {name}: {_ratio(found[name]):.2f}", flush=True)
    return found


def _ratio(times: dict[str, list[float]]) -> float:
    return statistics.median(times["large"]) / statistics.median(times["small"])


async def measure(places: dict[str, Place], lands: dict[str, Any], ports: dict[str, int], times: int) -> Times:
    clients = {
        which: httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}{API}", timeout=120) for which, port in ports.items()
    }
    makers = {}
    for which, client in clients.items():
        land, people = lands[which]
        deep = await deep_page(client, people, "county")
        makers[which] = requests(land, people, deep, await feed_places(places[which], people, times))
    found = await ask(clients, makers, times)
    for client in clients.values():
        await client.aclose()
    return found


def write(found: dict[str, Any], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "growth.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    about = found["machine"]
    said = [
        "# Growth",
        "",
        f"`python -m benchmarks.growth`, {found['at']}; {about['processor']}, {about['processors']} processors,"
        f" {about['memory_gb']} GB, load before {about['load_before']}. {found['note']}".rstrip(),
        "",
        "The same requests, in turns, one at a time, through the API of one process each; p50 in milliseconds.",
        "",
        *(
            f"- {which}: {', '.join(f'{count:,} {table}' for table, count in rows.items())}"
            for which, rows in found["rows"].items()
        ),
        "",
        "| request | one township | country | ratio | |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for one in found["measured"]:
        verdict = "" if one["ratio"] <= GOAL else f"above {GOAL}"
        said.append(f"| {one['request']} | {one['small']:.1f} | {one['large']:.1f} | {one['ratio']:.2f} | {verdict} |")
    (out / "growth.md").write_text("\n".join([*said, ""]))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, count in {"villages": 620_573, "members": 5_000_000, "items": 2_000_000, "cards": 1_000_000}.items():
        asked.add_argument(f"--{name}", type=int, default=count)
    asked.add_argument("--times", type=int, default=30)
    asked.add_argument("--note", default="")
    asked.add_argument("--out", type=Path, default=Path(__file__).parent.parent)
    given = asked.parse_args()
    about, began = machine(), datetime.now(UTC)
    with place() as small, place(OPTIONS) as large:
        places, acts = {"small": small, "large": large}, given.times + 2
        lands = {
            "small": asyncio.run(ready(small, list(one_township()), SMALL, acts)),
            "large": asyncio.run(
                ready(large, list(country(given.villages)), Size(given.members, given.items, given.cards), acts)
            ),
        }
        ports = {which: free_port() for which in places}
        commands = {which: ours(where, ports[which]) for which, where in places.items()}
        with (
            serving(*_started(commands["small"], ports["small"]), small.data / "server.log"),
            serving(*_started(commands["large"], ports["large"]), large.data / "server.log"),
        ):
            times = asyncio.run(measure(places, lands, ports, given.times))
    measured = [
        {
            "request": name,
            "ratio": _ratio(one),
            **{which: statistics.median(spent) * 1e3 for which, spent in one.items()},
        }
        for name, one in times.items()
    ]
    write(
        {
            "at": began.isoformat(timespec="seconds"),
            "machine": about,
            "note": given.note,
            "rows": {which: land.rows for which, (land, _) in lands.items()},
            "seconds": {which: land.seconds for which, (land, _) in lands.items()},
            "measured": measured,
        },
        given.out,
    )
    print((given.out / "growth.md").read_text())


def _started(command: tuple[list[str], dict[str, str]], port: int) -> tuple[list[str], int, dict[str, str]]:
    return command[0], port, command[1]


if __name__ == "__main__":
    main()
