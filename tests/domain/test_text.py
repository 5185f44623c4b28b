import hashlib

import pytest

from backend.domain.text import hides_something, is_blank, reason_problem, text_hides_something, text_sha256


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


HIDING = [
    *("\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u180e", "\u200b", "\u200d", "\u200f", "\u202e", "\u2060"),
    *("\u2066", "\u2800", "\u3164", "\ufe0e", "\ufe0f", "\ufeff", "\uffa0", "\U000e0041", "\U000e0100", "\x07", "\n"),
]
"""What nobody sees in a name, or what turns its reading round."""


@pytest.mark.parametrize("char", HIDING)
def test_what_nobody_sees_hides_in_a_name(char: str) -> None:
    assert hides_something(f"林晓{char}雨")
    assert hides_something(char)


@pytest.mark.parametrize("name", ["林晓雨", "阿依古丽·买买提", "John Smith", "\U00020bb7\u3402", "\uf900", "\ue000"])
def test_a_name_that_is_seen_hides_nothing(name: str) -> None:
    assert not hides_something(name)


@pytest.mark.parametrize("char", sorted(set(HIDING) - {"\n"}))
def test_what_nobody_sees_hides_in_a_text_of_several_lines(char: str) -> None:
    assert text_hides_something(f"一、清淤。\n二、护{char}坡。")


@pytest.mark.parametrize("text", ["", "一\n\n二\r\n\t三", "小心⚠️", "👩\u200d🌾和👷\u200d♂️", "❤️\u200d🔥"])
def test_breaks_tabs_and_pictures_hide_nothing_in_a_text(text: str) -> None:
    assert not text_hides_something(text)


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("", "reason_too_short"),
        ("核对", "reason_too_short"),
        ("。。。。。。", "reason_too_short"),
        ("a b c", "reason_too_short"),
        ("xxxx", "reason_says_nothing"),
        ("xXxX xXx", "reason_says_nothing"),
        ("一一一一一", "reason_says_nothing"),
        ("1111", "reason_says_nothing"),
        ("工作调整", None),
        ("moved", None),
    ],
)
def test_a_reason_says_something(reason: str, problem: str | None) -> None:
    assert reason_problem(reason) == problem
