import hashlib

import pytest

from backend.domain.text import is_blank, text_sha256


def test_the_hash_is_of_canonical_json_and_tells_title_from_body() -> None:
    expected = hashlib.sha256('{"body":"一、甲\\n二、乙","title":"决议"}'.encode()).hexdigest()
    assert text_sha256("决议", "一、甲\n二、乙") == expected
    assert text_sha256("甲", "乙") != text_sha256("乙", "甲")


@pytest.mark.parametrize("text", ["", " \t\n", "\u3000", "\u200b\ufeff", "\u2060 \u00ad", "\u3164", "\u2800"])
def test_what_nobody_sees_is_blank(text: str) -> None:
    assert is_blank(text)
    assert not is_blank(f"{text}一")


def test_signs_and_rare_characters_are_seen() -> None:
    assert not any(map(is_blank, ("无", "…", "0", "😀", "\U00020bb7", "\ue000")))
