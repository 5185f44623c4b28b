"""A hotline's work orders into the township's inbox, and what became of them back to the hotline.

    pip install guanbiao-client        (clients/python)
    python examples/hotline_bridge.py push orders.jsonl --secret SECRET
    python examples/hotline_bridge.py listen --secret SECRET --webhook-secret whsec_... [--port 8099]
    python examples/hotline_bridge.py list

An order is a line of JSON with `id`, `place`, `category`, `content`, `began`, `ended` and perhaps `caller` (`name`,
`phone`); place and category are our ids and words, or codes of the hotline's own, which a clerk maps once. An order
that is pushed again is not doubled. `listen` answers the webhook at once and looks the card up afterwards; a message
that comes twice is worked on once.
"""

import argparse
import json
import os
import sqlite3
import sys
import threading
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

from guanbiao_client import Client, Refusal, WebhookVerificationError, read_message
from guanbiao_client.calls import feedback

SYSTEM = "hotline"
SCOPE = ["organization:read", "feedback:read", "feedback:write"]
LARGEST = 64 * 1024
TABLES = """
CREATE TABLE IF NOT EXISTS work_order (
  id TEXT PRIMARY KEY, result TEXT, card TEXT, number TEXT, receipt TEXT, status TEXT, reply TEXT, problem TEXT
);
CREATE INDEX IF NOT EXISTS work_order_card ON work_order (card);
CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, body TEXT, done INTEGER DEFAULT 0);
"""


def card_of(order: dict[str, Any]) -> Any:
    """What a work order is for the township."""
    codes: dict[str, str] = {}
    known: dict[str, str] = {}
    for field, said in (("organization_id", order["place"]), ("category", order["category"])):
        # What is not ours to know is brought as it is: a clerk there says once what it means.
        (known if is_ours(field, said) else codes)[field] = said
    return known | {
        "channel": "hotline",
        "codes": codes,
        "content": order["content"],
        "wish": order.get("wish", "action"),
        "call": {"started_at": order["began"], "ended_at": order["ended"]},
        "contact": order.get("caller"),
    }


def is_ours(field: str, said: str) -> bool:
    if field == "category":
        return said.isidentifier()
    try:
        return bool(UUID(said))
    except ValueError:
        return False


@dataclass
class Bridge:
    """The hotline's own notes, and its client of the county."""

    county: Client
    base: sqlite3.Connection

    def push(self, orders: Iterable[dict[str, Any]]) -> int:
        """Bring every order; whatever was refused is noted with its reason. How many were."""
        refused = 0
        for order in orders:
            try:
                told: Any = self.county(feedback.put_by_source(system=SYSTEM, id=order["id"], body=card_of(order)))
                self.note(order["id"], told)
            except Refusal as refusal:
                refused += 1
                said = "; ".join([str(refusal), *(f"{each.pointer} {each.message}" for each in refusal.problems)])
                with self.base:
                    self.base.execute(
                        "INSERT INTO work_order (id, result, problem) VALUES (?, 'refused', ?)"
                        " ON CONFLICT (id) DO UPDATE SET problem = excluded.problem",
                        (order["id"], said),
                    )
        return refused

    def note(self, order: str, told: dict[str, Any]) -> None:
        """What was answered. The receipt is for the caller, who follows the card with it."""
        receipt = told["receipt"] and f"{told['receipt']['code']} {told['receipt']['pin']}"
        problem = json.dumps(told["unknown"], ensure_ascii=False) if told["unknown"] else None
        if said := told["problem"]:
            problem = "; ".join([said["detail"], *(f"{one['pointer']} {one['message']}" for one in said["errors"])])
        # What was refused once its code was known still waits: a clerk has it tried again, or dismisses it.
        result = "waiting" if told["result"] == "refused" else told["result"]
        with self.base:
            self.base.execute(
                "INSERT INTO work_order (id, result, card, number, receipt, status, problem)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET result = excluded.result,"
                " card = excluded.card, number = excluded.number, receipt = excluded.receipt,"
                " status = excluded.status, problem = excluded.problem",
                (order, result, told["id"], told["number"], receipt, told["status"], problem),
            )

    def work(self) -> None:
        """Look up every card that was told of, and the orders that waited for their codes."""
        for (order,) in self.base.execute("SELECT id FROM work_order WHERE result = 'waiting'").fetchall():
            self.note(order, self.county(feedback.get_by_source(system=SYSTEM, id=order)))  # type: ignore[arg-type]
        for key, body in self.base.execute("SELECT id, body FROM message WHERE NOT done").fetchall():
            card = json.loads(body)["data"]["id"]
            # Messages tell of other people's cards too.
            if self.base.execute("SELECT 1 FROM work_order WHERE card = ?", (card,)).fetchone():
                self.look_up(card)
            with self.base:
                self.base.execute("UPDATE message SET done = 1 WHERE id = ?", (key,))

    def look_up(self, card: str) -> None:
        status, reply = "gone", None
        try:
            found: Any = self.county(feedback.get(id=card))
            status, reply = found["status"], found["public_reply"]
        except Refusal as refusal:
            if refusal.status != 404:
                raise
        with self.base:
            self.base.execute("UPDATE work_order SET status = ?, reply = ? WHERE card = ?", (status, reply, card))


def receiver(file: Path, secrets: list[str], told: threading.Event) -> type[BaseHTTPRequestHandler]:
    """A handler that keeps a message before it says that it has it."""

    class Receiver(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            if length > LARGEST:
                self.answer(413)
                return
            try:
                key, message = read_message(self.rfile.read(length), dict(self.headers.items()), *secrets)
            except WebhookVerificationError:
                self.answer(401)
                return
            with closing(sqlite3.connect(file)) as base, base:
                base.execute("INSERT OR IGNORE INTO message (id, body) VALUES (?, ?)", (key, json.dumps(message)))
            self.answer(204)
            told.set()

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Who called is nobody's business."""

    return Receiver


def listen(bridge: Bridge, file: Path, port: int, secrets: list[str], every: float) -> None:
    told = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", port), receiver(file, secrets, told))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"listening at http://127.0.0.1:{server.server_port}/", flush=True)
    while True:
        bridge.work()
        told.wait(timeout=every)
        told.clear()


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("deed", choices=["push", "listen", "list"])
    words.add_argument("orders", nargs="?", type=Path)
    words.add_argument("--url", default="http://127.0.0.1:8000")
    words.add_argument("--client", default="county-platform")
    words.add_argument("--secret", default=os.environ.get("GUANBIAO_SECRET", ""))
    words.add_argument("--webhook-secret", action="append", default=[])
    words.add_argument("--port", type=int, default=8099)
    words.add_argument("--every", type=float, default=30, help="seconds between two looks at orders that wait")
    words.add_argument("--file", type=Path, default=Path("hotline.sqlite"))
    said = words.parse_args()
    with Client(said.url, said.client, said.secret, SCOPE) as county, closing(sqlite3.connect(said.file)) as base:
        base.executescript("PRAGMA journal_mode = WAL;" + TABLES)
        bridge = Bridge(county, base)
        if said.deed == "push":
            lines = said.orders.read_text(encoding="utf-8").splitlines() if said.orders else sys.stdin
            refused = bridge.push(json.loads(line) for line in lines if line.strip())
        elif said.deed == "listen":
            listen(bridge, said.file, said.port, said.webhook_secret, said.every)
        for row in base.execute(
            "SELECT id, result, number, status, receipt, reply, problem FROM work_order ORDER BY id"
        ):
            print(*(one if one is not None else "-" for one in row), sep=" | ")
        return 1 if said.deed == "push" and refused else 0


if __name__ == "__main__":
    sys.exit(main())
