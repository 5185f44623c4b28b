"""What an event says of who, for whom, from where and why."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from backend.domain.access import SYSTEM, Actor, Grant, Moment, sender_of
from backend.domain.event import changed, event_row

MOMENT = Moment(datetime(2026, 11, 29, 4, tzinfo=UTC), "request", "198.51.100.7")
CLERK = Actor(uuid4(), "陶明", None, (Grant("clerk", None, "c1/"),))


def told(actor: Actor | None, **more: Any) -> dict[str, Any]:
    row = event_row(actor, MOMENT, "member.unmasked", county_id=None, organization_id=None, subject_id=uuid4(), **more)
    return {name: row[name] for name in ("actor_name", "on_behalf_of_id", "on_behalf_of_name", "origin", "reason")}


def test_an_account_is_told_with_its_address_and_its_reason() -> None:
    assert told(CLERK, reason="核对档案") == {
        "actor_name": "陶明",
        "on_behalf_of_id": None,
        "on_behalf_of_name": None,
        "origin": "198.51.100.7",
        "reason": "核对档案",
    }


def test_who_acts_by_delegation_is_told_with_whom_for() -> None:
    secretary = uuid4()
    row = told(replace(CLERK, on_behalf_of=secretary, on_behalf_of_name="甄红"))
    assert (row["actor_name"], row["on_behalf_of_id"], row["on_behalf_of_name"]) == ("陶明", secretary, "甄红")


def test_no_address_is_kept_of_who_did_not_sign_in() -> None:
    sender = sender_of(uuid4(), uuid4(), "c1/t1/")
    assert [told(actor)["origin"] for actor in (None, SYSTEM, sender)] == [None, None, None]


def test_an_empty_reason_is_no_reason() -> None:
    assert told(CLERK, reason="")["reason"] is None


def test_changed_names_what_differs_and_nothing_else() -> None:
    assert changed({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None, "d": 4}) == {
        "b": {"old": 2, "new": 3},
        "d": {"old": None, "new": 4},
    }
