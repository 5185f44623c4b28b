import hashlib

from backend.domain.text import text_sha256


def test_the_hash_is_of_canonical_json_and_tells_title_from_body() -> None:
    expected = hashlib.sha256('{"body":"一、甲\\n二、乙","title":"决议"}'.encode()).hexdigest()
    assert text_sha256("决议", "一、甲\n二、乙") == expected
    assert text_sha256("甲", "乙") != text_sha256("乙", "甲")
