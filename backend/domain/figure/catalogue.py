"""The figures there are, each with what it counts, how, and from which records."""

import json
from pathlib import Path

from backend.domain.figure.definition import Figure

FIGURES: dict[str, Figure] = {
    entry["key"]: Figure(**entry) for entry in json.loads(Path(__file__).with_name("figures.json").read_text("utf-8"))
}
