"""Every code that reading can emit can be said, and nothing else is kept to be said."""

import ast
import re
import string
from pathlib import Path

from backend.workbook.messages import messages

BACKEND = Path(__file__).parents[2] / "backend"
CODE = re.compile(r"[a-z]+(_[a-z]+)*")


def emitted() -> set[str]:
    """Codes in `Unacceptable(code)`, `UnreadableWorkbook(code)`, `row.refuse(key, code)`, `Refusal(..., code, ...)`, in
    assignments to `code`, what the identity rules return as a problem, and what is wrong with a part of a date."""
    found: set[str] = set()
    for path in (BACKEND / "workbook").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                place = {"Unacceptable": 0, "UnreadableWorkbook": 0, "refuse": 1, "Refusal": 3, "_no_date": 1}.get(name)
                if place is not None and len(node.args) > place:
                    found |= texts(node.args[place])
            elif isinstance(node, ast.FunctionDef) and node.name.endswith("_fault"):
                for each in ast.walk(node):
                    if isinstance(each, ast.Return) and each.value:
                        found |= texts(each.value)
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code":
                found |= texts(node.value)
    for node in ast.walk(ast.parse((BACKEND / "domain" / "identity.py").read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.endswith("_problem"):
            for each in ast.walk(node):
                if isinstance(each, ast.Return) and each.value:
                    found |= texts(each.value)
    return found


def texts(node: ast.expr) -> set[str]:
    branches = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
    return {
        n.value
        for n in branches
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and CODE.fullmatch(n.value)
    }


def test_every_code_has_its_texts_and_no_text_is_without_its_code() -> None:
    assert emitted() == set(messages())


def test_every_text_is_in_both_languages_with_the_same_params() -> None:
    for code, said in messages().items():
        assert set(said) == {"zh-CN", "en"}, code
        params = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in said.values()]
        assert params[0] == params[1], code
        assert re.search("[\u4e00-\u9fff]", said["zh-CN"]), code
