"""Every verb of `domain/` records an event, read off the code itself."""

import ast
from pathlib import Path

DOMAIN = Path(__file__).parents[2] / "backend" / "domain"

# Functions with a session and a moment that are no verb of their own, each with who records for it.
PARTS = {
    "push": "the record's own verb, such as register_rectification",
    "bring": "nobody while it waits; then the record's own verb",
    "start_run": "the record system's own verb, such as start_decision",
    "add_act": "the record system's own verb, such as act_on_decision",
    "judge_act": "nobody: a dry run writes nothing",
    "judge_decision_act": "nobody: a dry run writes nothing",
    "view_decision": "nobody: it reads",
    "draw": "nobody: it reads",
    "put_fields": "change_member and settle_correction, with what they know of the reason",
    "receive_ledger": "check_ledger, which follows with the outcome",
    "seal_events": "nobody: a seal over events that was itself one would ask for the next seal",
    "tell_of_recovery": "invite, release_invitation and recover_administrator, which call it after their own event",
    "tell_of_lock": "the sign-in that failed, before it",
    "tell_of_change": "the changes of password and second step, after their own event",
    "add_alarms": "whatever it is an alarm of",
    "begin_commit": "commit_ledger, which follows with the outcome",
}

Function = ast.AsyncFunctionDef | ast.FunctionDef


def functions() -> dict[str, list[Function]]:
    found: dict[str, list[Function]] = {}
    for path in DOMAIN.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Function):
                found.setdefault(node.name, []).append(node)
    return found


def named_in(function: Function) -> set[str]:
    """What a function calls, or hands to another to call."""
    found: set[str] = set()
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Name | ast.Attribute):
            found.add(call.func.id if isinstance(call.func, ast.Name) else call.func.attr)
        found |= {argument.id for argument in call.args if isinstance(argument, ast.Name)}
    return found


def records(name: str, known: dict[str, list[Function]], seen: set[str]) -> bool:
    if name in ("record", "event_row"):
        return True
    if name in seen:
        return False
    seen.add(name)
    return any(records(called, known, seen) for function in known.get(name, []) for called in named_in(function))


def verbs(known: dict[str, list[Function]]) -> list[str]:
    return [
        name
        for name, nodes in known.items()
        for node in nodes
        if isinstance(node, ast.AsyncFunctionDef)
        and not name.startswith("_")
        and {"session", "moment"} <= {argument.arg for argument in node.args.args}
    ]


def test_every_verb_records_an_event() -> None:
    known = functions()
    found = verbs(known)
    assert len(found) > 25
    assert set(PARTS) <= set(found), "a part that is gone"
    silent = [name for name in found if name not in PARTS and not records(name, known, set())]
    assert silent == []
