"""What a word of the vocabulary is, and how conditions made of them are loaded and judged."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator

from backend.domain.errors import Problem
from backend.domain.scene import SUBJECT, Scene, schema_at, split_reference

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

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT, "minItems": 1}
_WHEN: dict[str, Any] = {
    "type": "object",
    "required": ["field", "in"],
    "additionalProperties": False,
    "properties": {"field": TEXT, "in": {"type": "array", "minItems": 1}},
}
_GUARDS: dict[str, Any] = {
    "rule": TEXT,
    "warn": {"type": "boolean"},
    "unless": TEXT,
    "when": {"anyOf": [_WHEN, {"type": "array", "items": _WHEN, "minItems": 1}]},
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
        unless = self.data.get("unless")
        if not all(any(value in guard["in"] for _, value in scene.values(guard["field"])) for guard in self._guards()):
            return []
        if unless and scene.first(unless)[1]:
            return []
        return list(RULES[self.rule].evaluate(self.params, scene))

    def _guards(self) -> list[Params]:
        """What `when` says, as a list: one guard may stand by itself, of several all hold."""
        when = self.data.get("when", [])
        return when if isinstance(when, list) else [when]

    def references(self) -> list[str]:
        """Every reference it makes, for the loader to see that the fields exist."""
        named = [self.params[key] for key in RULES[self.rule].references if key in self.params]
        found = [text for value in named for text in ([value] if isinstance(value, str) else value)]
        found += [guard["field"] for guard in self._guards()]
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
        if step == SUBJECT:
            continue
        holder = earlier.get(step) if step else schema
        if holder is None or schema_at(holder, path) is None:
            problems.append(Problem("", "reference_unknown", {"rule": condition.rule, "reference": reference}))
    return problems


def word(
    parameters: Params, *references: str, optional: tuple[str, ...] = (), reads_record: bool = True
) -> Callable[[Evaluate], Evaluate]:
    """Put a function into the vocabulary under its own name."""

    def register(evaluate: Evaluate) -> Evaluate:
        RULES[evaluate.__name__] = Rule(evaluate, parameters, frozenset(optional), references, reads_record)
        return evaluate

    return register
