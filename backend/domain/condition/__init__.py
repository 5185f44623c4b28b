"""The small shared vocabulary of conditions that a step may set on its record: data in, problems out.

`{"rule": "apart_days", "from": "/sent_on", "to": "/held_on", "days": 7}` is one. Any condition may add
`"when": {"field": ..., "in": [...]}` (only then; of a list of them all have to hold), `"unless": field` (not when that
field is filled) and `"warn": true` (point out, do not refuse). Unknown rules and wrong parameters are refused when a
definition is loaded.
"""

# Importing a theme puts its words into the vocabulary.
from backend.domain.condition import fields, people, reply, subjects, wording
from backend.domain.condition.days import UNIT_TITLES
from backend.domain.condition.vocabulary import RULES, Condition, Rule, check_references, load_condition
from backend.domain.condition.votes import counted_vote

__all__ = [
    "RULES",
    "UNIT_TITLES",
    "Condition",
    "Rule",
    "check_references",
    "counted_vote",
    "fields",
    "load_condition",
    "people",
    "reply",
    "subjects",
    "wording",
]
