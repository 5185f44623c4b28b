"""The report: figures and ratios of one run, and what was aimed at beside them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.chart import bars
from benchmarks.contestants.servers import FLOOR, OURS, QUESTIONS, TITLES, USUAL

GOALS = {("page", FLOOR): 0.55, ("one", FLOOR): 0.45, ("act", FLOOR): 0.35} | {
    ("page", USUAL): 3.0,
    ("one", USUAL): 2.0,
    ("act", USUAL): 2.0,
}
"""What is aimed at: requests a second at saturation, as a ratio to the floor and to the usual way."""

NOISY = 0.5
"""A machine with more load than this before the run was not quiet."""


def write(found: dict[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    (folder / "report.md").write_text("\n".join(_lines(found)) + "\n")
    for question in ("page", "one", "act"):
        rates = {TITLES[name]: one["rate"] for name, one in _by_name(found, question, "full").items()}
        if rates:
            title = f"{QUESTIONS[question]}: requests a second"
            (folder / f"report-{question}.svg").write_text(bars(title, rates, emphasis=TITLES[OURS]))


def _by_name(found: dict[str, Any], question: str, kind: str) -> dict[str, dict[str, Any]]:
    return {one["contestant"]: one for one in found["measured"] if one["question"] == question and one["kind"] == kind}


def _lines(found: dict[str, Any]) -> Iterator[str]:
    about = found["machine"]
    yield "# Benchmark"
    yield ""
    yield f"`make bench`, {found['at']}: {found['rounds']} rounds in turns, {found['seconds']} s each, medians."
    yield (
        f"{about['processor']}, {about['processors']} processors, {about['memory_gb']} GB; {about['system']};"
        f" Python {about['python']}, PostgreSQL {about['postgresql']};"
        f" {', '.join(f'{name} {version}' for name, version in about['packages'].items())}."
    )
    if (about["load_before"] or 0) > NOISY or found["note"]:
        busy = f"**Not a quiet machine**: load {about['load_before']} before the run. {found['note']}"
        yield f"{busy.strip()} Ratios are of one run and in turns; they are to be measured again."
    yield ""
    yield "Load, server and database share the machine. Each contestant is one process with 10 connections, on the same"
    yield f"rows ({', '.join(f'{count:,} {table}' for table, count in found['loaded'].items())}). Ours is the only one"
    yield "that asks who it is: JWT verified, session and grants read, reach and permission applied, headers, log."
    yield ""
    yield from _goals(found)
    for question, title in QUESTIONS.items():
        yield from _table(found, question, title)


def _goals(found: dict[str, Any]) -> Iterator[str]:
    yield "| goal | aimed at | measured | |"
    yield "| --- | ---: | ---: | --- |"
    for (question, peer), goal in GOALS.items():
        measured = _by_name(found, question, "full")
        if OURS in measured and peer in measured:
            ratio = measured[OURS]["rate"] / measured[peer]["rate"]
            said = "reached" if ratio >= goal else f"not reached: {goal / ratio:.1f} times too slow"
            yield f"| {QUESTIONS[question]}, against {TITLES[peer]} | {goal} | {ratio:.3f} | {said} |"
    yield ""


def _table(found: dict[str, Any], question: str, title: str) -> Iterator[str]:
    full, paced = _by_name(found, question, "full"), _by_name(found, question, "paced")
    if not full:
        return
    yield f"## {title[0].upper()}{title[1:]}"
    yield ""
    yield "| contestant | requests/s | to the floor | p50 / p99 ms | paced /s | p50 / p99 ms | bytes | failed |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name in (name for name in TITLES if name in full):
        one, at_pace = full[name], paced[name]
        ratio = f"{one['rate'] / full[FLOOR]['rate']:.3f}" if FLOOR in full else ""
        yield (
            f"| {TITLES[name]} | {one['rate']:,.0f} | {ratio} | {one['p50']:.1f} / {one['p99']:.1f}"
            f" | {at_pace['rate']:,.0f} | {at_pace['p50']:.1f} / {at_pace['p99']:.1f} | {one['size']:,.0f}"
            f" | {one['failed'] + at_pace['failed']} |"
        )
    yield ""
    if question in ("page", "one", "act"):
        yield f"![{title}](report-{question}.svg)"
        yield ""
