"""The vocabulary of conditions, word by word, and what the loader refuses."""

from datetime import date
from typing import Any

import pytest

from backend.domain.calendar import shipped_calendar
from backend.domain.condition import RULES, Condition, check_references, load_condition
from backend.domain.errors import Problem
from backend.domain.scene import Facts, Scene
from tests.domain.walking import codes

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "sent_on": {"type": "string", "title": "送达日期", "x-title-en": "Sent on"},
        "held_on": {"type": "string", "title": "举行日期", "x-title-en": "Held on"},
        "chair": {"type": "string", "title": "主持人", "x-title-en": "Chair"},
        "people": {"type": "array", "title": "人员", "x-title-en": "People", "items": {"type": "object"}},
    },
}


def scene(record: dict[str, Any] | None = None, **values: Any) -> Scene:
    facts = values.pop("facts", Facts())
    given = {
        "records": {},
        "contents": {},
        "step_titles": {"review": {"zh-CN": "审查", "en": "Review"}, "trial": {"zh-CN": "试点", "en": "Trial"}},
        "party_titles": {"sponsor": {"zh-CN": "承办单位", "en": "the sponsor"}},
        "opened_on": date(2026, 6, 1),
        "today": date(2026, 6, 30),
    }
    return Scene(record=record, schema=SCHEMA, facts=facts, calendar=shipped_calendar(), **{**given, **values})


def condition(**data: Any) -> Condition:
    loaded = load_condition(data)
    assert isinstance(loaded, Condition), loaded
    return loaded


def found(data: dict[str, Any], record: dict[str, Any] | None, **values: Any) -> list[tuple[str, str]]:
    return [(p.pointer, p.code) for p in condition(**data).problems(scene(record, **values))]


APART = {"rule": "apart_days", "from": "/sent_on", "to": "/held_on", "days": 7, "unit": "natural"}


@pytest.mark.parametrize(
    ("sent", "held", "more", "refused"),
    [
        ("2026-06-01", "2026-06-08", {}, False),
        ("2026-06-01", "2026-06-07", {}, True),
        ("2026-06-08", "2026-06-01", {"days": 0}, True),
        ("2026-06-01", "2026-06-08", {"whole": True}, True),
        ("2026-06-01", "2026-06-09", {"whole": True}, False),
        ("2026-09-23", "2026-10-10", {"unit": "working"}, False),  # the seventh is a make-up Saturday
        ("2026-09-23", "2026-10-09", {"unit": "working"}, True),
    ],
)
def test_apart_days_does_not_count_the_first_day(sent: str, held: str, more: dict[str, Any], refused: bool) -> None:
    problems = found({**APART, **more}, {"sent_on": sent, "held_on": held})
    assert problems == ([("/record/held_on", "days_apart_short")] if refused else [])


def test_apart_days_knows_today_the_opening_and_earlier_steps() -> None:
    assert found({**APART, "from": "@opening", "to": "@today", "days": 29}, {}) == []
    assert found({**APART, "from": "@opening", "to": "@today", "days": 30}, {}) == [("", "days_apart_short")]
    earlier = {**APART, "from": "trial:/ended_on", "to": "/held_on"}
    records = {"trial": {"ended_on": "2026-06-03"}}
    assert found(earlier, {"held_on": "2026-06-09"}, records=records) == [("/record/held_on", "days_apart_short")]


def test_a_condition_applies_only_when_and_unless() -> None:
    late = {"sent_on": "2026-06-01", "held_on": "2026-06-02"}
    assert found({**APART, "when": {"field": "/chair", "in": ["甲"]}}, {**late, "chair": "乙"}) == []
    assert found({**APART, "when": {"field": "/chair", "in": ["甲"]}}, {**late, "chair": "甲"}) != []
    assert found({**APART, "unless": "/chair"}, {**late, "chair": "甲"}) == []
    assert found({**APART, "unless": "/chair"}, late) != []


def test_distinct_sees_through_spaces() -> None:
    data = {"rule": "distinct", "fields": ["/chair", "/recorder"]}
    assert found(data, {"chair": "张三", "recorder": "张 三"}) == [("/record/recorder", "same_person")]
    assert found(data, {"chair": "张三", "recorder": "李四"}) == []


def test_all_answered_needs_the_fact() -> None:
    data = {"rule": "all_answered", "of": "opinions"}

    def with_counts(received: int, answered: int) -> Facts:
        return Facts(subject={"opinions": {"received": received, "answered": answered}})

    assert found(data, None, facts=with_counts(2, 2)) == []
    assert found(data, None, facts=with_counts(2, 1)) == [("", "unanswered")]
    assert found(data, None) == [("", "fact_unknown")]


def test_same_content_refuses_what_nobody_saw() -> None:
    data = {"rule": "same_content_as", "step": "review"}
    same, other = {"review": "a"}, {"review": "b"}
    assert found(data, None, contents=same, facts=Facts(content_sha256="a")) == []
    for contents in ({}, {"review": None}, other):
        assert found(data, None, contents=contents, facts=Facts(content_sha256="a")) == [("", "content_changed")]
    assert found(data, None, contents={"review": None}) == [("", "content_changed")]


def test_no_party_member_and_no_tie_look_at_names_organisations_and_ids() -> None:
    party = {"rule": "no_party_member", "people": "/people", "parties": ["sponsor"]}
    facts = Facts(parties={"sponsor": frozenset({"城建办", "id-7"})}, ties={"李四": "亲属"})
    people = [{"name": "张三", "organization": "城 建 办"}, {"name": "王五", "id": "id-7"}, {"name": "李四"}]
    assert found(party, {"people": people}, facts=facts) == [
        ("/record/people/0", "party_member_listed"),
        ("/record/people/1", "party_member_listed"),
    ]
    tie = {"rule": "no_tie", "people": "/people"}
    assert found(tie, {"people": people}, facts=facts) == [("/record/people/2", "tie_known")]
    assert found({**tie, "people": "/chair"}, {"chair": "李四"}, facts=facts) == [("/record/chair", "tie_known")]


@pytest.mark.parametrize(
    ("data", "good", "bad", "problem"),
    [
        (
            {"rule": "no_interest", "field": "/people/*/interest", "values": ["direct"]},
            {"people": [{"interest": "none"}]},
            {"people": [{"interest": "none"}, {"interest": "direct"}]},
            ("/record/people/1/interest", "interest_declared"),
        ),
        (
            {"rule": "last_in_list", "list": "/people", "field": "name", "person": "/chair"},
            {"chair": "甲", "people": [{"name": "乙"}, {"name": "甲"}]},
            {"chair": "甲", "people": [{"name": "甲"}, {"name": "乙"}]},
            ("/record/people", "not_last"),
        ),
        (
            {"rule": "listed_in", "person": "/chair", "names": "/people/*/name"},
            {"chair": "甲", "people": [{"name": "甲"}]},
            {"chair": "甲", "people": [{"name": "乙"}]},
            ("/record/chair", "not_listed"),
        ),
        (
            {"rule": "listed_in", "person": "/chair", "names": "/people/*/name", "where": {"state": "present"}},
            {"chair": "甲", "people": [{"name": "甲", "state": "present"}]},
            {"chair": "甲", "people": [{"name": "甲", "state": "absent"}]},
            ("/record/chair", "not_listed"),
        ),
        (
            {"rule": "at_least", "field": "/people", "count": 2},
            {"people": [{}, {}]},
            {"people": [{}]},
            ("/record/people", "too_few"),
        ),
        (
            {"rule": "signed", "list": "/people", "field": "signed"},
            {"people": [{"signed": True}]},
            {"people": [{"signed": True}, {"signed": False}]},
            ("/record/people/1/signed", "not_signed"),
        ),
        (
            {"rule": "filled", "field": "/chair"},
            {"chair": "甲"},
            {"chair": " \u200b"},
            ("/record/chair", "field_required"),
        ),
        (
            {"rule": "each_filled", "list": "/people", "field": "name", "filled": True},
            {"people": [{"name": "甲"}]},
            {"people": [{"name": " "}]},
            ("/record/people/0/name", "field_required"),
        ),
        (
            {"rule": "each_filled", "list": "/people", "field": "name", "filled": False},
            {"people": [{}]},
            {"people": [{}, {"name": "甲"}]},
            ("/record/people/1/name", "field_must_be_empty"),
        ),
        (
            {"rule": "must_return", "field": "/finding", "values": ["unlawful"]},
            {"finding": "lawful"},
            {"finding": "unlawful"},
            ("/record/finding", "must_be_returned"),
        ),
        (
            {"rule": "dissent_recorded", "votes": "/votes", "choices": ["against"], "views": "/people"},
            {
                "votes": [{"name": "甲", "choice": "against"}, {"name": "乙", "choice": "for"}],
                "people": [{"name": "甲"}],
            },
            {"votes": [{"name": "甲", "choice": "against"}], "people": [{"name": "乙"}]},
            ("/record/people", "dissent_missing"),
        ),
        (
            {"rule": "counts_add_up", "total": "/asked", "parts": ["/yes", "/no"]},
            {"asked": 12, "yes": 10, "no": 2},
            {"asked": 12, "yes": 10},
            ("/record/asked", "counts_differ"),
        ),
        (
            {"rule": "share_at_least", "total": "/asked", "parts": ["/yes"], "percent": 80},
            {"asked": 10, "yes": 8},
            {"asked": 10, "yes": 7.9},
            ("/record/asked", "share_short"),
        ),
        (
            {"rule": "on_or_after", "field": "/held_on", "other": "/sent_on"},
            {"sent_on": "2026-06-02", "held_on": "2026-06-02"},
            {"sent_on": "2026-06-02", "held_on": "2026-06-01"},
            ("/record/held_on", "day_before_other"),
        ),
        (
            {"rule": "on_or_before", "field": "/sent_on", "other": "@today"},
            {"sent_on": "2026-06-30"},
            {"sent_on": "2026-07-01"},
            ("/record/sent_on", "day_after_other"),
        ),
        (
            {"rule": "vote", "table": "collective_discussion"},
            {"attendance": [{"name": "甲", "state": "present"}], "votes": [{"name": "甲", "choice": "for"}]},
            {"attendance": [{"name": "甲", "state": "absent"}], "votes": []},
            ("/record/attendance", "quorum_not_met"),
        ),
    ],
)
def test_each_word_lets_the_good_pass_and_points_at_the_bad(
    data: dict[str, Any], good: dict[str, Any], bad: dict[str, Any], problem: tuple[str, str]
) -> None:
    assert found(data, good) == []
    assert found(data, bad) == [problem]


def test_not_named_before_compares_with_earlier_records() -> None:
    data = {"rule": "not_named_before", "fields": ["/unit"], "others": ["trial:/units/*/name"]}
    records = {"trial": {"units": [{"name": "设计院"}]}}
    assert found(data, {"unit": "设 计院"}, records=records) == [("/record/unit", "named_before")]
    assert found(data, {"unit": "督查办"}, records=records) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"rule": "eval"}, "rule_unknown"),
        ({"rule": ["apart_days"]}, "rule_unknown"),
        ({}, "rule_unknown"),
        ({**APART, "days": -1}, "rule_parameter_wrong"),
        ({**APART, "days": "7"}, "rule_parameter_wrong"),
        ({**APART, "unit": "weeks"}, "rule_parameter_wrong"),
        ({**APART, "until": "/x"}, "rule_parameter_wrong"),
        ({"rule": "distinct", "fields": ["/chair"]}, "rule_parameter_wrong"),
        ({"rule": "vote", "table": "acclamation"}, "rule_parameter_wrong"),
        ({"rule": "filled", "field": "/chair", "when": {"field": "/x"}}, "rule_parameter_wrong"),
    ],
)
def test_unknown_rules_and_wrong_parameters_are_refused_when_loaded(data: dict[str, Any], code: str) -> None:
    loaded = load_condition(data)
    assert isinstance(loaded, Problem)
    assert loaded.code == code


@pytest.mark.parametrize(
    "data",
    [
        {**APART, "from": "/nowhere"},
        {**APART, "from": "trial:/nowhere"},
        {**APART, "from": "later:/held_on"},
        {**APART, "unless": "/nowhere"},
        {"rule": "same_content_as", "step": "later"},
        {"rule": "no_party_member", "people": "/people", "parties": ["stranger"]},
    ],
)
def test_references_to_what_is_not_there_are_refused(data: dict[str, Any]) -> None:
    problems = check_references(condition(**data), SCHEMA, {"trial": SCHEMA}, ["sponsor"])
    assert codes(problems) == ["reference_unknown"]


def test_references_to_what_is_there_are_accepted() -> None:
    for data in ({**APART, "from": "trial:/sent_on", "to": "@today"}, {"rule": "same_content_as", "step": "trial"}):
        assert check_references(condition(**data), SCHEMA, {"trial": SCHEMA}, ["sponsor"]) == []


def test_every_word_says_what_it_means() -> None:
    assert all(rule.evaluate.__doc__ for rule in RULES.values())


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("路灯已修好，共更换灯泡12个。", True),
        ("已处理完毕，请您放心，感谢您的支持！", False),
        ("已按要求整改到位，问题已全部解决。", False),
        ("已解决", False),
        ("修好 了 路 灯", False),
        ("哈哈哈哈哈哈哈哈哈哈哈哈", False),
    ],
)
def test_a_text_has_to_say_what_was_done(text: str, fine: bool) -> None:
    refused = [] if fine else [("/record/chair", "not_concrete")]
    assert found({"rule": "concrete", "field": "/chair"}, {"chair": text}) == refused


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("2026年11月22日完成，投入1234567.89元", True),
        ("2025-03-04 2025-06-07 两次巡查", True),
        ("编号FK-2026-000123", True),
        ("请联系138 0013 8000", False),
        ("座机0395-2234567", False),
        ("１１０１０１１９９００３０７７６５１", False),
        ("110101 19900307 765X", False),
        ("卡号6222-0212-3456-7890-123", False),
        ("电话一九九零零零零三三五五", False),
        ("电话幺九九〇〇〇〇三三五五", False),
        ("电话壹玖玖零零零零叁叁伍伍", False),
        ("电话199，0000，3355", False),
        ("电话1９9、0000、3355", False),
        ("座机：2345678", False),
        ("一、路灯不亮；二、沟渠堵塞；三、二〇二六年十一月二十日前办好", True),
        ("总投资13,500,000,000元，其中2345678元已拨付", True),
    ],
)
def test_numbers_of_people_are_kept_out_of_what_others_read(text: str, fine: bool) -> None:
    refused = [] if fine else [("/record/chair", "personal_data")]
    assert found({"rule": "no_personal_data", "field": "/chair"}, {"chair": text}) == refused


def test_a_stock_text_of_any_length_is_judged_at_once() -> None:
    assert found({"rule": "concrete", "field": "/chair"}, {"chair": "反映的已经处理的" * 1200}) != []


MOST = {"rule": "apart_at_most", "from": "@today", "to": "/people/*/day", "days": 30, "unit": "natural"}


@pytest.mark.parametrize(
    ("days", "refused"),
    [
        (["2026-07-30", "2026-08-29"], []),
        (["2026-08-29", "2026-07-30"], []),
        (["2026-07-31"], [("/record/people/0/day", "days_apart_long")]),
        (["2026-07-30", "2026-08-30"], [("/record/people/1/day", "days_apart_long")]),
        ([], []),
    ],
)
def test_days_follow_each_other_within_a_span(days: list[str], refused: list[tuple[str, str]]) -> None:
    assert found(MOST, {"people": [{"day": day} for day in days]}) == refused


def test_a_condition_may_depend_on_the_subject() -> None:
    data = {"rule": "filled", "field": "/chair", "when": {"field": "subject:/severity", "in": ["major"]}}
    assert found(data, {}, facts=Facts(subject={"severity": "major"})) == [("/record/chair", "field_required")]
    assert found(data, {}, facts=Facts(subject={"severity": "general"})) == []
    assert check_references(condition(**data), SCHEMA, {}, []) == []
