"""Measure this program beside a floor and the usual ways, and write report.json, report.md and report.svg.

python -m benchmarks [--items N] [--seconds S] [--rounds R] [--only NAME,...] [--note TEXT] [--out FOLDER]

All contestants in turns (A B C A B C ...), a process each, one at a time, on one database; medians of the rounds.
"""

import argparse
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.contestants.servers import ASKED, OURS, TITLES, Asking, start
from benchmarks.load import Measured, find_wrk, pace, saturate, settle
from benchmarks.machine import machine
from benchmarks.place import Place, free_port, place, serving
from benchmarks.stock import Stock, fill_now

Runs = dict[tuple[str, str, str], list[Measured]]

_WARM = 1
_SHARE = 0.5
"""Of what a contestant does at the most, at the fixed pace."""

_SHORTEST = 2.0
_READY_PER_SECOND = 1_500
"""More acts than one process does in a second, so that what is ready lasts."""


def run_all(where: Place, stock: Stock, names: Sequence[str], rounds: int, seconds: float) -> Runs:
    runs: Runs = defaultdict(list)
    asking, log = Asking(where, stock), where.data / "server.log"
    for turn in range(rounds):
        for name in names:
            port = free_port()
            begun = start(name, where, stock, port)
            with serving(begun.command, port, begun.environment, log):
                for question in ASKED[name]:
                    _measure(asking, runs, name, question, port, seconds)
            print(f"round {turn + 1} of {rounds}: {TITLES[name]}", flush=True)
    return runs


def _measure(asking: Asking, runs: Runs, name: str, question: str, port: int, seconds: float) -> None:
    acts = int(_READY_PER_SECOND * (seconds + _WARM))
    given = asking.requests(name, question, acts)
    # Caches fill and connections open before anything is counted.
    warm = max(1, len(given) // 10)
    saturate(port, given[:warm], _WARM)
    settle(port)
    full = saturate(port, given[warm:] or given, seconds)
    runs[name, question, "full"].append(full)
    settle(port)
    # One pace for all: half of what this program does, unless a contestant cannot keep it.
    known = runs.get((OURS, question, "full"), [])
    wanted = statistics.median(run.rate for run in known) * _SHARE if known else full.rate * _SHARE
    rate = max(1.0, min(wanted, full.rate * 0.8))
    paced = asking.requests(name, question, int(rate * max(seconds, _SHORTEST)) + 1)
    runs[name, question, "paced"].append(pace(port, paced, max(seconds, _SHORTEST), rate))


def medians(runs: Runs) -> list[dict[str, Any]]:
    found = []
    for (name, question, kind), measured in runs.items():
        middle = {key: statistics.median(asdict(one)[key] for one in measured) for key in asdict(measured[0])}
        middle["failed"] = sum(one.failed for one in measured)
        found.append(
            {
                "contestant": name,
                "question": question,
                "kind": kind,
                **middle,
                "runs": [asdict(one) for one in measured],
            }
        )
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--items", type=int, default=100_000, help="rectifications in the ledger")
    asked.add_argument("--seconds", type=float, default=4, help="of each measurement")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--only", default=",".join((OURS, *(name for name in TITLES if name != OURS))))
    asked.add_argument("--note", default="", help="what else ran meanwhile, for the report")
    asked.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = asked.parse_args()
    find_wrk()
    names = [name for name in given.only.split(",") if name]
    began, about = datetime.now(UTC), machine()
    ready = int(_READY_PER_SECOND * (given.seconds + _WARM) * given.rounds) * 2 if OURS in names else 0
    with place() as where:
        stock = fill_now(where, items=given.items, ready=ready + 4_000)
        print(f"loaded: {stock.loaded}", flush=True)
        runs = run_all(where, stock, names, given.rounds, given.seconds)
    found = {
        "at": began.isoformat(timespec="seconds"),
        "machine": about,
        "note": given.note,
        "seconds": given.seconds,
        "rounds": given.rounds,
        "loaded": stock.loaded,
        "measured": medians(runs),
    }
    report.write(found, given.out)
    print((given.out / "report.md").read_text())


if __name__ == "__main__":
    main()
