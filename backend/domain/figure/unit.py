"""Units of which nothing is heard: in every other figure they would look as if all were well."""

from collections.abc import Mapping, Sequence
from datetime import date

from backend.domain.figure.definition import Cell, Column, Coverage, Drawn, Fact, Words
from backend.domain.figure.rectification import Unit
from backend.domain.figure.words import UNIT, count_column, titled

NOTHING_SENT = titled("没有报送", "nothing sent")
NOTHING_ANSWERED = titled("没有办理", "nothing answered")
NOTHING_AT_ALL = titled("没有报送，也没有办理", "nothing sent, nothing answered")
HEARD_OF = titled("有记录", "heard of")


def units_without(
    units: Sequence[Unit], sent: Mapping[str, date], waiting: Mapping[str, int], acted: Mapping[str, date]
) -> Drawn:
    """By unit: the last day in the period on which something came from it, how many matters wait for it now, and the
    last day in the period on which it acted."""
    columns = [
        Column("unit", UNIT, "label"),
        Column("state", titled("情况", "state"), "word"),
        Column("sent_on", titled("期间最后报送", "last sent in the period"), "day"),
        Column("acted_on", titled("期间最后办理", "last act in the period"), "day"),
        count_column("waiting", titled("现有未销号", "open now")),
    ]
    rows: list[dict[str, Cell | Words]] = []
    nothing_sent = nothing_answered = silent = 0
    for unit in units:
        came, did, waits = sent.get(unit.key), acted.get(unit.key), waiting.get(unit.key, 0)
        unanswered = waits > 0 and did is None
        nothing_sent += came is None
        nothing_answered += unanswered
        silent += came is None or unanswered
        rows.append(
            {
                "key": unit.key or "own",
                "unit": unit.name,
                "state": _state(came is None, unanswered),
                "sent_on": came.isoformat() if came else None,
                "acted_on": did.isoformat() if did else None,
                "waiting": waits,
            }
        )
    facts = (
        Fact("units", titled("单位", "units"), len(units), "count"),
        Fact("nothing_sent", NOTHING_SENT, nothing_sent, "count"),
        Fact("nothing_answered", NOTHING_ANSWERED, nothing_answered, "count"),
    )
    return Drawn(columns, rows, len(units), facts, coverage=Coverage(len(units), len(units) - silent))


def _state(nothing_sent: bool, nothing_answered: bool) -> Words:
    if nothing_sent and nothing_answered:
        return NOTHING_AT_ALL
    if nothing_sent:
        return NOTHING_SENT
    return NOTHING_ANSWERED if nothing_answered else HEARD_OF
