"""The vote of a dossier: counted from its own lists, and said in words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from backend.domain.voting import VOTE_RULES, Tally, tally

_WORDS = {
    "zh-CN": (
        "应到{due}人，实到{present}人{recused}，{quorum}法定人数{quorum_needed}人；"
        "赞成{yes}票，反对{no}票，弃权{abstain}票，通过须赞成{yes_needed}票，表决{passed}。"
    ),
    "en": (
        "{due} due, {present} present{recused}; the quorum of {quorum_needed} {quorum}; "
        "{yes} for, {no} against, {abstain} abstaining; {yes_needed} needed in favour: {passed}."
    ),
}
_RECUSED = {"zh-CN": "（另有{count}人回避）", "en": " ({count} recused)"}
_QUORUM = {"zh-CN": ("未达到", "达到"), "en": ("was not reached", "was reached")}
_PASSED = {"zh-CN": ("未通过", "通过"), "en": ("rejected", "adopted")}


def vote_explanation(counted: Tally, language: str = "zh-CN") -> str:
    """How the result comes about, in `zh-CN` or `en`: for the resolution and the dossier."""
    values = asdict(counted)
    values["recused"] = _RECUSED[language].format(count=counted.recused) if counted.recused else ""
    values["quorum"] = _QUORUM[language][counted.quorum]
    values["passed"] = _PASSED[language][counted.passed]
    return _WORDS[language].format(**values)


def counted_vote(
    rule: str, attendance: Sequence[Mapping[str, Any]], votes: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The computed part of `vote.json`. Raises KeyError for a rule that is not in the table."""
    counted = tally(VOTE_RULES[rule], attendance, votes)
    return {
        "tally": asdict(counted),
        "rule_title": dict(VOTE_RULES[rule].title),
        "explanation": {language: vote_explanation(counted, language) for language in _WORDS},
    }
