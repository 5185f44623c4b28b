"""Definitions: what is refused when they are loaded, their examples, and the words for every code."""

import ast
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import backend.domain
from backend.domain.procedure.example import described, rendered
from backend.domain.procedure.loading import InvalidDefinition, load
from backend.domain.procedures.registry import indexed
from tests.domain.model import (
    MODEL,
    PROCEDURE,
    RECORD,
    changed,
    step,
    with_step,
)
from tests.domain.walking import at, codes

DOMAIN = Path(backend.domain.__file__ or "").parent


def test_a_definition_survives_json_and_keeps_a_copy_of_its_own() -> None:
    data = copy.deepcopy(MODEL)
    loaded = load(data)
    data["steps"].clear()
    assert loaded.to_data() == MODEL
    assert load(json.loads(json.dumps(loaded.to_data()))) == loaded == PROCEDURE


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (changed(version="1"), "field_type"),
        (changed(steps=[]), "field_few"),
        (changed(lambda_="x"), "field_unknown"),
        (changed(steps=[step("same"), step("same")]), "step_key_repeats"),
        (changed(withdrawal={"roles": ["boss"], "before": "nowhere"}), "step_unknown"),
        (changed(revised_by=["stranger"]), "role_unknown"),
        (with_step(roles=["stranger"]), "role_unknown"),
        (with_step(back_to=["nowhere"]), "step_unknown"),
        (with_step(barred=["stranger"]), "party_unknown"),
        (with_step(due={"days": 0, "unit": "natural"}), "field_small"),
        (with_step(countersign={"count": 1, "roles": ["boss"]}), "field_small"),
        (with_step(waits=[{"days": 1, "unit": "natural", "shortened_by": "/x"}]), "record_undefined"),
        (with_step(record=RECORD, waits=[{"days": 1, "unit": "natural", "shortened_by": "/x"}]), "reference_unknown"),
        (with_step(record={**RECORD, "examples": []}), "example_missing"),
        (with_step(record={**RECORD, "examples": [{"note": 1}]}), "field_type"),
        (with_step(record={**RECORD, "required": "note"}), "schema_wrong"),
        (with_step(record={**RECORD, "properties": {"note": {"type": "string"}}}), "title_missing"),
        (
            with_step(
                record={
                    **RECORD,
                    "properties": {"note": {"title": "甲", "x-title-en": "A", "enum": ["x"], "x-labels": {}}},
                    "examples": [{"note": "x"}],
                }
            ),
            "label_missing",
        ),
        (with_step(conditions=[{"rule": "eval"}]), "rule_unknown"),
        (with_step(record=RECORD, conditions=[{"rule": "filled", "field": "/x"}]), "reference_unknown"),
        (
            with_step(result={"vote": {"table": "none"}, "passed": "yes", "failed": "no", "failed_ends": True}),
            "rule_parameter_wrong",
        ),
    ],
)
def test_a_wrong_definition_is_refused_when_it_is_loaded(data: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        load(data)
    assert code in codes(list(refused.value.problems))


def test_a_step_may_not_go_back_to_a_later_one() -> None:
    with pytest.raises(InvalidDefinition):
        load(changed(steps=[step("one", back_to=["two"]), step("two")], withdrawal={"roles": ["boss"]}))


def test_the_same_version_is_not_defined_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        indexed([MODEL, MODEL])


def test_an_example_renders_days_that_are_not_before_the_opening() -> None:
    example = {"a": "@today-7", "b": ["@today"], "c": "@today+3", "d": "@opening", "e": "not @today", "f": 1}
    now, opened = at("2026-06-10 00:30"), at("2026-06-05 09:00")
    assert rendered(example, now, opened) == {
        "a": "2026-06-05",
        "b": ["2026-06-10"],
        "c": "2026-06-13",
        "d": "2026-06-05",
        "e": "not @today",
        "f": 1,
    }


def test_a_definition_described_for_readers_has_examples_of_today() -> None:
    shown = described(PROCEDURE, at("2026-06-10 12:00"))
    assert shown["steps"][0]["record_schema"]["examples"] == [{"note": "x", "day": "2026-06-10"}]
    assert shown["steps"][1]["record_schema"] is None
    assert PROCEDURE.to_data() == MODEL


MESSAGES: dict[str, dict[str, str]] = json.loads((DOMAIN / "procedures" / "messages.json").read_text("utf-8"))


def said_codes() -> Iterator[str]:
    """Every text that looks like a code where the engine makes a problem or names an option."""
    files = [DOMAIN / "voting.py", *(DOMAIN / "condition").glob("*.py"), *(DOMAIN / "procedure").glob("*.py")]
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
            for part in ast.walk(node.args[1]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value
        elif isinstance(node, ast.Constant) and str(node.value).startswith(("field_", "option.", "voter_")):
            yield str(node.value)
    yield from ("reason_needed", "rule_needed", "vote_passes", "vote_fails")


def test_every_code_has_words_in_both_languages_and_no_word_is_idle() -> None:
    assert {code for code in said_codes() if not code.startswith("_")} == set(MESSAGES)
    for code, texts in MESSAGES.items():
        assert set(texts) == {"zh-CN", "en"}, code
        places = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts.values()]
        assert places[1] <= places[0] | {"needed", "due", "total"}, code
