"""The small shared vocabulary of conditions that a step may set on its record: data in, problems out.

`{"rule": "apart_days", "from": "/sent_on", "to": "/held_on", "days": 7}` is one. Any condition may add
`"when": {"field": ..., "in": [...]}` (only then), `"unless": field` (not when that field is filled) and `"warn": true`
(point out, do not refuse). Unknown rules and wrong parameters are refused when a definition is loaded.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jsonschema import Draft202012Validator

from backend.domain.errors import Problem
from backend.domain.scene import Scene, schema_at, split_reference
from backend.domain.text import is_blank
from backend.domain.voting import VOTE_RULES, Tally, VoteRule, irregularities, normal_name, tally

Params = Mapping[str, Any]
Evaluate = Callable[[Params, Scene], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One word of the vocabulary. `references` names the parameters that hold references into records."""

    evaluate: Evaluate
    parameters: Mapping[str, Any]
    optional: frozenset[str]
    references: tuple[str, ...]
    reads_record: bool


RULES: dict[str, Rule] = {}

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT, "minItems": 1}
_GUARDS: dict[str, Any] = {
    "rule": _TEXT,
    "warn": {"type": "boolean"},
    "unless": _TEXT,
    "when": {
        "type": "object",
        "required": ["field", "in"],
        "additionalProperties": False,
        "properties": {"field": _TEXT, "in": {"type": "array", "minItems": 1}},
    },
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a step, checked when it was loaded."""

    rule: str
    params: Params
    data: Params = field(default_factory=dict)

    @property
    def warns(self) -> bool:
        return bool(self.data.get("warn"))

    @property
    def reads_record(self) -> bool:
        """Whether it can only be judged once a record is there."""
        return RULES[self.rule].reads_record or "when" in self.data or "unless" in self.data

    def problems(self, scene: Scene) -> list[Problem]:
        """What stands against the act; empty when the condition holds or does not apply."""
        when, unless = self.data.get("when"), self.data.get("unless")
        if when and not any(value in when["in"] for _, value in scene.values(when["field"])):
            return []
        if unless and scene.first(unless)[1]:
            return []
        return list(RULES[self.rule].evaluate(self.params, scene))

    def references(self) -> list[str]:
        """Every reference it makes, for the loader to see that the fields exist."""
        named = [self.params[key] for key in RULES[self.rule].references if key in self.params]
        found = [text for value in named for text in ([value] if isinstance(value, str) else value)]
        found += [self.data["when"]["field"]] if "when" in self.data else []
        return found + ([self.data["unless"]] if "unless" in self.data else [])


def load_condition(data: Params) -> Condition | Problem:
    """A condition, or the problem with it; the pointer is relative to the condition."""
    name = data.get("rule")
    rule = RULES.get(name) if isinstance(name, str) else None
    if rule is None or not isinstance(name, str):
        return Problem("/rule", "rule_unknown", {"rule": str(name)})
    schema = {
        "type": "object",
        "required": [key for key in rule.parameters if key not in rule.optional],
        "additionalProperties": False,
        "properties": {**_GUARDS, **rule.parameters},
    }
    for error in Draft202012Validator(schema).iter_errors(data):
        pointer = "".join(f"/{part}" for part in error.absolute_path)
        return Problem(pointer, "rule_parameter_wrong", {"rule": name, "why": error.message})
    return Condition(name, {key: value for key, value in data.items() if key not in _GUARDS}, dict(data))


def check_references(
    condition: Condition, schema: Params, earlier: Mapping[str, Params], parties: Iterable[str]
) -> list[Problem]:
    """Problems for references that name no field of the step's own or an earlier step's record, no step or no party."""
    problems = [
        Problem("", "reference_unknown", {"rule": condition.rule, "reference": name})
        for name in [
            *condition.params.get("parties", ()),
            *([condition.params.get("step")] if "step" in condition.params else []),
        ]
        if name not in {*parties, *earlier}
    ]
    for reference in condition.references():
        if reference in ("@today", "@opening"):
            continue
        step, path = split_reference(reference)
        holder = earlier.get(step) if step else schema
        if holder is None or schema_at(holder, path) is None:
            problems.append(Problem("", "reference_unknown", {"rule": condition.rule, "reference": reference}))
    return problems


def _word(
    parameters: Params, *references: str, optional: tuple[str, ...] = (), reads_record: bool = True
) -> Callable[[Evaluate], Evaluate]:
    def register(evaluate: Evaluate) -> Evaluate:
        RULES[evaluate.__name__] = Rule(evaluate, parameters, frozenset(optional), references, reads_record)
        return evaluate

    return register


@_word(
    {
        "from": _TEXT,
        "to": _TEXT,
        "days": _COUNT,
        "unit": {"enum": ["natural", "working"]},
        "whole": {"type": "boolean"},
    },
    "from",
    "to",
    optional=("whole",),
)
def apart_days(params: Params, scene: Scene) -> Iterable[Problem]:
    """`to` is at least so many days after `from`, the first day not counted. Says nothing when a day is missing.

    `whole`: the last of the days has to be over by `to`, as for a period that ends at 24:00.
    """
    (_, first), (pointer, last) = scene.first(params["from"]), scene.first(params["to"])
    if not isinstance(first, str) or not isinstance(last, str):
        return
    days = scene.calendar.days_between(date.fromisoformat(first), date.fromisoformat(last), params["unit"])
    if days < params["days"] + bool(params.get("whole")):
        yield Problem(
            pointer,
            "days_apart_short",
            {
                "first": scene.title(params["from"]),
                "last": scene.title(params["to"]),
                "needed": params["days"],
                "days": days,
                "unit": UNIT_TITLES[params["unit"]],
            },
        )


UNIT_TITLES = {
    "natural": {"zh-CN": "日", "en": "days"},
    "working": {"zh-CN": "个工作日", "en": "working days"},
}


@_word({"fields": {**_TEXTS, "minItems": 2}}, "fields")
def distinct(params: Params, scene: Scene) -> Iterable[Problem]:
    """Fields that name people name different people."""
    seen: dict[str, str] = {}
    for reference in params["fields"]:
        for pointer, value in scene.values(reference):
            name = normal_name(value)
            if name in seen:
                titles = {"one": scene.title(seen[name]), "other": scene.title(reference), "name": name}
                yield Problem(pointer, "same_person", titles)
            seen.setdefault(name, reference)


@_word({"of": _TEXT}, reads_record=False)
def all_answered(params: Params, scene: Scene) -> Iterable[Problem]:
    """Everything received (`facts.subject[of] = {received, answered}`) has an answer."""
    counts = scene.facts.subject.get(params["of"])
    if not isinstance(counts, Mapping):
        yield Problem("", "fact_unknown", {"fact": params["of"]})
    elif counts["answered"] < counts["received"]:
        yield Problem("", "unanswered", {"count": counts["received"] - counts["answered"], "of": counts["received"]})


@_word({"step": _TEXT}, reads_record=False)
def same_content_as(params: Params, scene: Scene) -> Iterable[Problem]:
    """The subject's text is, by hash, the text that the earlier step saw."""
    seen, now = scene.contents.get(params["step"]), scene.facts.content_sha256
    if seen is None or now is None or seen != now:
        yield Problem("", "content_changed", {"step": scene.step_titles[params["step"]]})


@_word(
    {
        "table": {"enum": list(VOTE_RULES)},
        "table_by": {
            "type": "object",
            "required": ["field", "rules"],
            "additionalProperties": False,
            "properties": {
                "field": _TEXT,
                "rules": {"type": "object", "additionalProperties": {"enum": list(VOTE_RULES)}, "minProperties": 1},
            },
        },
    },
    optional=("table", "table_by"),
)
def vote(params: Params, scene: Scene) -> Iterable[Problem]:
    """The record's `attendance` and `votes` are possible, and the meeting had its quorum. Losing is no problem here."""
    rule, count = counted_vote(params, scene.record or {})
    yield from irregularities(rule, _list(scene, "attendance"), _list(scene, "votes"), at="/record")
    if not count.quorum:
        yield Problem(
            "/record/attendance",
            "quorum_not_met",
            {
                "meeting": rule.title,
                "present": count.present if rule.counts == "present" else count.cast,
                "due": count.due if rule.quorum.base == "due" else count.total,
                "needed": count.quorum_needed,
                "short": count.quorum_short,
            },
        )


def counted_vote(params: Params, record: Params) -> tuple[VoteRule, Tally]:
    """Which row of the table a vote falls under, by the record itself, and what its lists add up to."""
    key = params.get("table")
    if key is None:
        by = params["table_by"]
        key = by["rules"].get(record.get(by["field"].strip("/")), next(iter(by["rules"].values())))
    rule = VOTE_RULES[key]
    return rule, tally(rule, record.get("attendance", ()), record.get("votes", ()))


@_word({"people": _TEXT, "parties": _TEXTS}, "people")
def no_party_member(params: Params, scene: Scene) -> Iterable[Problem]:
    """Nobody listed (text, or `{name, organization}`) is a party of the matter or works for one."""
    for party in params["parties"]:
        members = {normal_name(member) for member in scene.facts.parties.get(party, ())}
        for pointer, listed in _listed(scene, params["people"]):
            for name in listed & members:
                yield Problem(pointer, "party_member_listed", {"name": name, "party": scene.party_titles[party]})


@_word({"people": _TEXT}, "people")
def no_tie(params: Params, scene: Scene) -> Iterable[Problem]:
    """Nobody listed is known (`facts.ties`) to be tied to the matter."""
    ties = {normal_name(who): how for who, how in scene.facts.ties.items()}
    for pointer, listed in _listed(scene, params["people"]):
        for name in listed & ties.keys():
            yield Problem(pointer, "tie_known", {"name": name, "tie": ties[name]})


@_word({"field": _TEXT, "values": {"type": "array", "minItems": 1}}, "field")
def no_interest(params: Params, scene: Scene) -> Iterable[Problem]:
    """Nobody declared a direct interest (`field` holds one of `values`)."""
    for pointer, value in scene.values(params["field"]):
        if value in params["values"]:
            yield Problem(pointer, "interest_declared", {})


@_word({"fields": _TEXTS, "others": _TEXTS}, "fields", "others")
def not_named_before(params: Params, scene: Scene) -> Iterable[Problem]:
    """None of `fields` repeats a name found in `others`: who did it does not judge it."""
    others = {normal_name(value): reference for reference in params["others"] for _, value in scene.values(reference)}
    for reference in params["fields"]:
        for pointer, value in scene.values(reference):
            if (name := normal_name(value)) in others:
                yield Problem(pointer, "named_before", {"name": name, "other": scene.title(others[name])})


@_word({"list": _TEXT, "field": _TEXT, "person": _TEXT}, "list", "person")
def last_in_list(params: Params, scene: Scene) -> Iterable[Problem]:
    """The person is the last of a list that is in order (`list` `/views`, `field` `name`): the chair speaks last."""
    (pointer, items), (_, person) = scene.first(params["list"]), scene.first(params["person"])
    if isinstance(items, list) and items and person is not None:
        last = items[-1].get(params["field"])
        if normal_name(last) != normal_name(person):
            yield Problem(pointer, "not_last", {"name": person, "who": scene.title(params["person"])})


@_word(
    {"person": _TEXT, "names": _TEXT, "where": {"type": "object", "minProperties": 1}},
    "person",
    "names",
    optional=("where",),
)
def listed_in(params: Params, scene: Scene) -> Iterable[Problem]:
    """The person appears among the names; with `where` only entries that say so count (`{"state": "present"}`)."""
    entries, _, field = params["names"].rpartition("/*/")
    listed, wanted = scene.first(entries)[1] or (), params.get("where", {}).items()
    names = {normal_name(item.get(field)) for item in listed if wanted <= item.items()}
    for pointer, value in scene.values(params["person"]):
        if normal_name(value) not in names:
            yield Problem(pointer, "not_listed", {"name": value, "list": scene.title(params["names"].split("/*")[0])})


@_word({"field": _TEXT, "subject": _TEXT, "allowed": {"type": "object", "additionalProperties": _TEXTS}}, "field")
def fits_subject(params: Params, scene: Scene) -> Iterable[Problem]:
    """The field's value is one that this kind of subject allows: `facts.subject[subject]` chooses from `allowed`."""
    allowed = params["allowed"].get(scene.facts.subject.get(params["subject"]), ())
    for pointer, value in scene.values(params["field"]):
        if value not in allowed:
            yield Problem(pointer, "not_for_this_subject", {"field": scene.title(params["field"])})


@_word({"field": _TEXT, "count": _COUNT}, "field")
def at_least(params: Params, scene: Scene) -> Iterable[Problem]:
    """A list has at least so many entries."""
    pointer, value = scene.first(params["field"])
    have = len(value) if isinstance(value, list) else 0
    if have < params["count"]:
        counts = {"field": scene.title(params["field"]), "needed": params["count"], "have": have}
        yield Problem(pointer, "too_few", counts)


@_word({"list": _TEXT, "field": _TEXT}, "list")
def signed(params: Params, scene: Scene) -> Iterable[Problem]:
    """Everyone in the list has signed (`field` is true)."""
    pointer, items = scene.first(params["list"])
    for place, item in enumerate(items if isinstance(items, list) else []):
        if item.get(params["field"]) is not True:
            yield Problem(f"{pointer}/{place}/{params['field']}", "not_signed", {"name": item.get("name", place + 1)})


@_word({"list": _TEXT, "field": _TEXT, "filled": {"type": "boolean"}}, "list")
def each_filled(params: Params, scene: Scene) -> Iterable[Problem]:
    """Every entry of the list has the field (`filled` true), or none has it (false): a secret ballot bears no name."""
    pointer, items = scene.first(params["list"])
    for place, item in enumerate(items if isinstance(items, list) else []):
        if bool(normal_name(item.get(params["field"]))) is not params["filled"]:
            code = "field_required" if params["filled"] else "field_must_be_empty"
            title = scene.title(f"{params['list']}/*/{params['field']}")
            yield Problem(f"{pointer}/{place}/{params['field']}", code, {"field": title})


@_word({"field": _TEXT}, "field")
def filled(params: Params, scene: Scene) -> Iterable[Problem]:
    """The field is filled; makes sense with `when`."""
    pointer, value = scene.first(params["field"])
    if value is None or (isinstance(value, str) and is_blank(value)) or value == []:
        yield Problem(pointer, "field_required", {"field": scene.title(params["field"])})


@_word({"field": _TEXT, "values": {"type": "array", "minItems": 1}}, "field")
def must_return(params: Params, scene: Scene) -> Iterable[Problem]:
    """With such a finding the step cannot be passed; it has to be returned."""
    for pointer, value in scene.values(params["field"]):
        if value in params["values"]:
            yield Problem(pointer, "must_be_returned", {"field": scene.title(params["field"])})


@_word({"votes": _TEXT, "choices": _TEXTS, "views": _TEXT}, "votes", "views")
def dissent_recorded(params: Params, scene: Scene) -> Iterable[Problem]:
    """Whoever voted one of `choices` by name has a view of their own in the minutes, word for word."""
    (_, votes), (pointer, views) = scene.first(params["votes"]), scene.first(params["views"])
    spoke = {normal_name(view.get("name")) for view in views or []}
    for ballot in votes or []:
        name = normal_name(ballot.get("name"))
        if name and ballot.get("choice") in params["choices"] and name not in spoke:
            yield Problem(pointer, "dissent_missing", {"name": name})


def _list(scene: Scene, key: str) -> list[Any]:
    value = (scene.record or {}).get(key)
    return value if isinstance(value, list) else []


def _listed(scene: Scene, reference: str) -> Iterable[tuple[str, set[str]]]:
    """Each entry of a list of people (or one person) with every name and id that it goes by."""
    pointer, value = scene.first(reference)
    for place, item in enumerate(value if isinstance(value, list) else [value] if value else []):
        names = [item.get(key) for key in ("id", "name", "organization")] if isinstance(item, Mapping) else [item]
        yield (f"{pointer}/{place}" if isinstance(value, list) else pointer), {normal_name(n) for n in names if n}
