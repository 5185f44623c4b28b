"""Whatever table names a person is in the copy that the person is given, or known for why it is not."""

import re
from uuid import uuid4

from sqlmodel import SQLModel

from backend import app as _every_table  # noqa: F401 - importing it fills the metadata
from backend.domain.own_data import PARTS

# The parts about whoever is on the rosters, which `view_own_record` and its neighbours gather.
OF_MEMBERS = {"member_branch", "member_correction"}

# Asked only whether a matter is kept from its person; nothing of it is given.
ASKED_ALONE = {"feedback_card", "rectification"}

_DID = "what somebody did there is an event and an act of theirs, both in the copy; the record itself is the matter's"
LEFT_OUT = {
    "account_invitation": "hash of a code, without any value to its person",
    "box_opening": _DID,
    "decision_text": _DID,
    "feedback_batch": _DID,
    "feedback_card": "senders have no account; they follow their card by code and PIN",
    "handover": _DID,
    "hotline_call": _DID,
    "known_device": "keyed hashes",
    "opinion": _DID,
    "past_password": "hashes of former passwords, which are for nobody's eyes",
    "recovery_code": "hashes of codes",
    "rectification": _DID,
    "rectification_correction": _DID,
    "rectification_relook": _DID,
    "refresh_token": "hashes of tokens; the sessions are in the copy",
    "sealed_report": "what is reported is kept from everybody but the discipline body, whoever handed it over",
    "second_step": "a secret; whether sessions had a second step is in the copy",
}

_PERSON = re.compile(r"(^|_)(by|actor_id|operator_id|account_id|member_id|from_id|to_id)$")


def tables_about_people() -> set[str]:
    return {
        table.name
        for table in SQLModel.metadata.tables.values()
        for column in table.c
        if _PERSON.search(column.name)
        or any(key.column.table.name in ("account", "member") for key in column.foreign_keys)
    }


def tables_in_the_copy() -> set[str]:
    asked = " ".join(str(question(uuid4())) for _, _, question, _ in PARTS)
    found = {name for name in SQLModel.metadata.tables if re.search(rf"(FROM|JOIN) {name}\b", asked)}
    return (found - ASKED_ALONE) | OF_MEMBERS


def test_every_table_that_names_a_person_is_in_the_copy_or_known_for_why_not() -> None:
    """A new one gets a part in `domain/own_data.py`, or a reason here."""
    about, given = tables_about_people(), tables_in_the_copy()
    assert len(about) > 20
    assert about - given - set(LEFT_OUT) == set()
    assert set(LEFT_OUT) & given == set()
    assert set(LEFT_OUT) <= about, "a table that is gone"
