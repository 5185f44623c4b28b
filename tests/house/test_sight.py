"""Whoever is complained about learns nothing: every question that staff ask of cards goes through `seen`.

And whatever the log can be about has its question of sight, by which answers that were kept are told again.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from backend.api.seeing import SIGHT
from backend.domain.event import EVENT_KINDS

ROOT = Path(__file__).parents[2]
BACKEND = ROOT / "backend"

# Questions of cards that no staff member asks, each with who does.
WITHOUT_SIGHT = {
    "known_submission": "the sender's own submission",
    "cards_saying": "the machine, that merges what was said twenty times",
    "card_by_code": "the sender, by code and PIN",
    "free_number": "the machine, that draws a number which no card of the county has",
    "parts_of": "the sender, of a card that is opened",
    "merged_with": "the machine, that takes along whoever was merged into a card that is merged or withdrawn",
    "cards_about": "the feed, that names no card to whom it was about before",
    "forget_tries_before": "the worker, that forgets when wrong PINs were tried",
    "unrated_cards": "the worker, that closes what nobody rated",
    "repeats_since": "the machine, that raises systemic problems; cards about somebody are left out",
    "batch_rows": "a count of cards that are about nobody",
    "entered_from": "the check that no more slips are entered than a box held",
    "_batch_problems": "the check that a printed card is entered once",
    "has_open_feedback": "the merging of organisations",
    "inherit_feedback": "the merging of organisations",
    "_mark_target": "the merging of organisations",
    "drop_contacts": "the worker, that lets contact details go when their time is over",
    "empty_call_notes": "the worker, that lets notes of calls go when their time is over",
    "_kin": "the rule by which a family of cards is kept from the same people",
    "_held": "the rule by which a family of cards is kept from the same people",
    "cards_of_item": "the rule by which an item is given to nobody whom its cards are about",
    "_is_kept_from": "the own copy, that names no matter which is about its person",
    "published_replies": "anybody: replies that were published, of cards about nobody",
}
# Those that go by the sealed lane's own sight.
SEALED = {"sealed_report_in", "sealed_rows"}


def questions() -> dict[str, str]:
    """Every function that selects from the cards, and its source."""
    found = {}
    for path in BACKEND.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        text = path.read_text()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                source = ast.get_source_segment(text, node) or ""
                selects = "select(" in source or ".exists(" in source or "update(" in source
                selects = selects or "found_with_organization(" in source
                if selects and "FeedbackCard" in source:
                    found[node.name] = source
    return found


def test_every_question_of_cards_asks_for_sight() -> None:
    found = questions()
    assert {"card_in", "cards_in", "card_rows"} <= set(found)
    blind = [
        name
        for name, source in found.items()
        if "seen(" not in source and name not in WITHOUT_SIGHT and not (name in SEALED and "sealed_within(" in source)
    ]
    assert blind == []
    assert set(WITHOUT_SIGHT) | SEALED <= set(found), "a question that is gone"


def test_no_route_and_no_verb_selects_cards_itself() -> None:
    outside = [
        path.name
        for floor in ("api", "domain")
        for path in (BACKEND / floor).rglob("*feedback*/*.py")
        if "select(FeedbackCard" in path.read_text()
    ]
    assert outside == []


# First words of kinds that are about something of another kind, each with which.
ABOUT_ANOTHER = {"grant": "account", "delegation": "account"}
# What nobody does by a request: no answer about it is kept, and it is hidden.
BY_THE_MACHINE = {"personal_data", "key"}


def told_kinds() -> Iterator[str]:
    """Every kind of subject that an event can name: the first word of its kind, unless a verb says another."""
    yield from (kind.partition(".")[0] for kind in EVENT_KINDS)
    for path in (BACKEND / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"record", "record_about", "Subject"}:
                for word in node.keywords:
                    if word.arg in {"subject_kind", "kind"} and isinstance(word.value, ast.Constant):
                        yield str(word.value.value)


def test_no_kind_that_the_log_is_about_is_left_without_a_question_of_sight() -> None:
    kinds = set(told_kinds())
    assert {"feedback_batch", "box_opening", "rectification"} <= kinds
    assert set(ABOUT_ANOTHER) | BY_THE_MACHINE <= kinds, "a kind that is gone"
    assert set(ABOUT_ANOTHER.values()) <= set(SIGHT)
    assert set(SIGHT) == kinds - set(ABOUT_ANOTHER) - BY_THE_MACHINE
