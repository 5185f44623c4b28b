"""Snapshots: wait for one, check its file against what was said of it, read it line by line."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from guanbiao_client import models


class BrokenFile(Exception):
    """The file is not what the service said of it: fetch it again."""


def read_snapshot(path: Path, said: models.SnapshotOut) -> Iterator[models.ChangeOut]:
    """Every line, as the feed tells a change; the whole is checked first, so that nothing half comes into a copy."""
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != said["sha256"]:
            raise BrokenFile("sha256")
    counts: Counter[str] = Counter()
    content = hashlib.sha256()
    with gzip.open(path, "rb") as lines:
        for line in lines:
            content.update(line)
            counts[json.loads(line)["resource"]] += 1
    if content.hexdigest() != said["content_sha256"]:
        raise BrokenFile("content_sha256")
    if any(counts[name] != number for name, number in (said["counts"] or {}).items()):
        raise BrokenFile("counts")
    with gzip.open(path, "rb") as lines:
        for line in lines:
            yield json.loads(line)
