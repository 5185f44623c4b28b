"""The list of bad inputs is kept: every test that it names is there, and speaks of the refusal that it names."""

import functools
import re
from pathlib import Path

import pytest

from tests.attack.bad_inputs import API, IMPORT, LATER, PROCESS, TAKEN, Bad

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("bad", [*IMPORT, *PROCESS, *API], ids=lambda bad: bad.what)
def test_the_test_of_a_bad_input_is_there_and_names_its_refusal(bad: Bad) -> None:
    file, name = bad.test.split("::")
    functions, text = _read(file)
    assert name in functions
    # Codes of a parametrized test stand above it, so the whole file is looked at.
    assert bad.code == TAKEN or bad.code in text


@functools.cache
def _read(file: str) -> tuple[frozenset[str], str]:
    text = (TESTS / file).read_text()
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)\(", text, re.MULTILINE)), text


def test_nothing_is_listed_twice_and_what_is_later_says_for_what() -> None:
    named = [bad.what for bad in (*IMPORT, *PROCESS, *API)]
    assert len(named) == len(set(named))
    assert all(LATER.values())
