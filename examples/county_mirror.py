"""A copy of the township's ledgers in a SQLite file: a snapshot, then the feed, for ever; restarted anywhere.

    pip install guanbiao-client        (clients/python)
    python examples/county_mirror.py --secret SECRET [--url http://127.0.0.1:8000] [--file mirror.sqlite] [--once]

What a page of the feed tells and the cursor to go on from are kept in one transaction, so whenever this is ended it
goes on where it was: what was told twice is put twice into the same place. `--once` stops at the feed's end;
`--compare` compares the copy with the service, group by group, and says what differs.
"""

import argparse
import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from guanbiao_client import Client, Refusal, read_snapshot, reckon
from guanbiao_client.calls import decision, organization, reconciliation, rectification, snapshot
from guanbiao_client.client import Resource

RESOURCES: list[Resource] = ["organizations", "decisions", "rectifications"]
SCOPE = ["organization:read", "decision:read", "rectification:read"]
TABLES = """
CREATE TABLE IF NOT EXISTS record (resource TEXT, id TEXT, place TEXT, body TEXT, PRIMARY KEY (resource, id));
CREATE INDEX IF NOT EXISTS record_place ON record (resource, place);
CREATE TABLE IF NOT EXISTS tree (id TEXT PRIMARY KEY, parent_id TEXT);
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT);
"""
BELOW = (
    "WITH RECURSIVE below (id) AS"
    " (SELECT ? UNION SELECT tree.id FROM tree JOIN below ON tree.parent_id = below.id) SELECT id FROM below"
)


@dataclass
class Mirror:
    """The copy, and the client that it is filled with."""

    county: Client
    base: sqlite3.Connection
    file: Path

    def run(self, *, once: bool) -> None:
        """Begin if this was not begun, then follow; `once`: to the end of the feed."""
        while True:
            if self.kept("cursor") is None:
                self.begin()
            try:
                if self.follow(once=once):
                    return
            except Refusal as refusal:
                if not any(one.code == "cursor_invalid" for one in refusal.problems):
                    raise
                self.forget()

    def begin(self) -> None:
        """Fill the copy from a snapshot. Its order has a key that is kept, so it is one order however often we try."""
        with self.base:
            self.keep("order", self.kept("order") or str(uuid4()))
        body = {"resources": RESOURCES}
        order = self.county(snapshot.order(body=body, idempotency_key=self.kept("order")))  # type: ignore[arg-type]
        while order["state"] in ("waiting", "writing"):
            print(f"snapshot: {order['state']}, {order['done']} records", flush=True)
            time.sleep(1)
            order = self.county(snapshot.get(id=order["id"]))
        if order["state"] == "failed":
            with self.base:
                self.drop("order")
            raise SystemExit(f"the snapshot failed: {order['error']}")
        packed = self.file.with_suffix(".snapshot.gz")
        try:
            self.county.save(snapshot.content(id=order["id"]), packed)
        except Refusal:
            # Rights that changed meanwhile, or a file whose time is over: the next try orders another one.
            with self.base:
                self.drop("order")
            raise
        with self.base:
            self.base.execute("DELETE FROM record")
            for line in read_snapshot(packed, order):
                self.put(line["resource"] or "", line["record"])
            self.keep("cursor", order["cursor"])
            self.drop("order")
        packed.unlink()
        print(f"snapshot: {order['counts']}", flush=True)

    def follow(self, *, once: bool) -> bool:
        """Take in page after page. True at the end of the feed, False where all is to begin anew."""
        for page in self.county.changes(RESOURCES, self.kept("cursor"), wait=0 if once else 25):
            # What is read anew is read before the transaction, for it takes as long as it takes.
            anew = [
                (item, self.read_anew(item)) for item in page["items"] if item["op"] == "resync" and item["resource"]
            ]
            with self.base:
                for item in page["items"]:
                    if item["op"] == "resync" and not item["resource"]:
                        self.forget()
                        return False
                    if item["op"] == "upsert":
                        self.put(item["resource"] or "", item["record"])
                    elif item["op"] == "remove":
                        self.remove(item)
                for item, records in anew:
                    self.remove(item)
                    for record in records:
                        self.put(item["resource"] or "", record)
                self.keep("cursor", page["next_cursor"])
            if page["items"]:
                print(f"feed: {len(page['items'])} changes", flush=True)
            if once and not page["more"]:
                return True
        return False

    def read_anew(self, item: Any) -> list[Any]:
        """What there is below an organisation; nothing where it went out of reach since, which the feed says next."""
        try:
            return list(self.read(item))
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            return []

    def read(self, item: Any) -> Iterator[Any]:
        """Everything of a resource below an organisation, from its list."""
        if item["resource"] == "decisions":
            yield from self.county.each(decision.list_(organization_id=item["id"], limit=200))
        elif item["resource"] == "rectifications":
            yield from self.county.each(rectification.list_(organization_id=item["id"], limit=200))
        else:
            waiting = [item["id"]]
            try:
                yield self.county(organization.get(id=item["id"]))
            except Refusal as refusal:
                if refusal.status != 404:
                    raise
            while waiting:
                for child in self.county.each(organization.list_(parent_id=waiting.pop(), limit=200)):
                    waiting.append(child["id"])
                    yield child

    def put(self, resource: str, record: Any) -> None:
        if resource == "organizations":
            # Kept for ever: what is below an organisation is asked when it is gone itself.
            self.base.execute("INSERT OR REPLACE INTO tree VALUES (?, ?)", (record["id"], record["parent_id"]))
        place = record["id"] if resource == "organizations" else organization_of(record)
        body = json.dumps(record, ensure_ascii=False)
        self.base.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", (resource, record["id"], place, body))

    def remove(self, item: Any) -> None:
        if item["below"]:
            remove = f"DELETE FROM record WHERE resource = ? AND place IN ({BELOW})"  # noqa: S608 - a constant
            self.base.execute(remove, (item["resource"], item["id"]))
        else:
            self.base.execute("DELETE FROM record WHERE resource = ? AND id = ?", (item["resource"], item["id"]))

    def compare(self) -> list[str]:
        """The groups that differ from what the service has, in words."""
        differing = []
        for resource in RESOURCES:
            rows = self.base.execute("SELECT body FROM record WHERE resource = ?", (resource,))
            here = reckon(resource, (json.loads(body) for (body,) in rows))
            told = self.county.each(reconciliation.list_(resource=resource, limit=200))
            there = {(each["organization_id"], each["day"]): (each["count"], each["sha256"]) for each in told}
            differing += [
                f"{resource} of {place} since {day}: {here.get((place, day), (0, ''))[0]} here,"
                f" {there.get((place, day), (0, ''))[0]} there"
                for place, day in sorted(here.keys() | there.keys())
                if here.get((place, day)) != there.get((place, day))
            ]
        return differing

    def kept(self, name: str) -> str | None:
        found = self.base.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return found[0] if found else None

    def keep(self, name: str, value: str | None) -> None:
        self.base.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))

    def drop(self, name: str) -> None:
        self.base.execute("DELETE FROM kept WHERE name = ?", (name,))

    def forget(self) -> None:
        """The cursor is no good any more: begin with a snapshot."""
        self.drop("cursor")
        self.base.commit()


def organization_of(record: Any) -> str:
    return str(record["organization"]["id"] if "organization" in record else record["organization_id"])


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--url", default="http://127.0.0.1:8000")
    words.add_argument("--client", default="county-platform")
    words.add_argument("--secret", default=os.environ.get("GUANBIAO_SECRET", ""))
    words.add_argument("--file", type=Path, default=Path("mirror.sqlite"))
    words.add_argument("--once", action="store_true")
    words.add_argument("--compare", action="store_true")
    said = words.parse_args()
    with Client(said.url, said.client, said.secret, SCOPE) as county, closing(sqlite3.connect(said.file)) as base:
        base.executescript("PRAGMA journal_mode = WAL;" + TABLES)
        mirror = Mirror(county, base, said.file)
        mirror.run(once=said.once or said.compare)
        differing = mirror.compare() if said.compare else []
        print(*differing, sep="\n")
        if said.compare:
            print(f"{len(differing)} groups differ")
        return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
