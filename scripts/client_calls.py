"""Calls of the Python client, one function for each operation of the contract, in a module for each tag."""

import builtins
import json
import keyword
import re
from collections import defaultdict
from typing import Any

HEAD = '''"""Calls about {tag}; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, File, PageCall, key, segment, tag
'''
SUCCESS = ("200", "201", "202", "204")
KEY, MATCH = "idempotency-key", "if-match"
FORMATS = {"date": "dt.date | str", "date-time": "dt.datetime | str", "uuid": "UUID | str"}
SIMPLE = {
    "string": "str",
    "integer": "int",
    "boolean": "bool",
    "number": "float",
    "null": "None",
    "object": "dict[str, Any]",
}
BATCH_SECONDS = 300.0
"""A thousand records, on a machine that does much else."""
# Asked again, these are done once by other means than a key: by the records' own ids, or because nothing is done.
REPEATABLE = {"account_token", "feedback_bring", "rectification_bring", "feedback_send", "invitation_read"}


def modules(contract: dict[str, Any]) -> dict[str, str]:
    """Module names and their texts."""
    functions = defaultdict(list)
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            if is_callable(operation):
                functions[operation["tags"][0]].append(function(contract, path, method, operation))
    texts = {name: HEAD.format(tag=name.replace("_", " ")) + "\n\n" + "\n\n".join(f) for name, f in functions.items()}
    about = f'"""One module for each part of the contract: {", ".join(sorted(texts))}."""\n'
    return texts | {"__init__": about}


def is_callable(operation: dict[str, Any]) -> bool:
    """A stream that goes on is no answer of a call; the feed tells the same."""
    return not any("text/event-stream" in said.get("content", {}) for said in operation["responses"].values())


def function(contract: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    name = operation["operationId"].removeprefix(operation["tags"][0] + "_")
    name = python_name(name) + ("_" if hasattr(builtins, name) else "")
    parameters = operation.get("parameters", [])
    needed, optional, fields = [], [], []
    for parameter in parameters:
        word, kind = python_name(parameter["name"]), hint(parameter["schema"])
        if parameter["name"] == KEY:
            optional.append("idempotency_key: str | None = None")
        elif parameter["name"] == MATCH:
            needed.append("version: int | str")
        elif parameter.get("required"):
            needed.append(f"{word}: {kind}")
        else:
            optional.append(f"{word}: {kind if kind.endswith('| None') else kind + ' | None'} = None")
    body, body_fields = body_of(contract, operation, needed, optional)
    fields = [f'operation="{operation["operationId"]}"', f'method="{method.upper()}"', f"path={path_of(path)}"]
    reads, answer, item = answer_of(contract, operation)
    if reads != "json":
        fields.append(f'reads="{reads}"')
    names = {parameter["name"] for parameter in parameters}
    if method == "post" and (KEY in names or operation["operationId"] in REPEATABLE):
        fields.append("repeatable=True")
    if operation["operationId"].endswith("_bring"):
        fields.append(f"seconds={BATCH_SECONDS}")
    queries = [p["name"] for p in parameters if p["in"] == "query"]
    if queries:
        fields.append("query={" + ", ".join(f'"{q}": {python_name(q)}' for q in queries) + "}")
    headers = [p["name"] for p in parameters if p["in"] == "header"]
    if headers:
        fields.append("headers={" + ", ".join(f'"{h}": {header_value(h)}' for h in headers) + "}")
    fields += body_fields
    made, kind = (f"PageCall[{answer}, {item}]", "PageCall") if item else (f"Call[{answer}]", "Call")
    arguments = ", ".join([*needed, *body, *optional])
    star = "*, " if arguments else ""
    return (
        f"def {name}({star}{arguments}) -> {made}:\n"
        f'    """{documented(operation)}"""\n'
        f"    return {kind}({', '.join(fields)})\n"
    )


def documented(operation: dict[str, Any]) -> str:
    text = str(operation.get("description") or operation["summary"]).strip().replace("\\", "\\\\").replace('"""', "'''")
    lines = [line.rstrip() for line in text.splitlines()]
    joined = "\n".join([lines[0], *(f"    {line}" if line else "" for line in lines[1:])])
    return joined + ("\n    " if len(lines) > 1 else "") if not joined.endswith('"') else joined + " "


def python_name(name: str) -> str:
    word = re.sub(r"\W", "_", name).lower().removeprefix("x_")
    return word + "_" if keyword.iskeyword(word) else word


def path_of(path: str) -> str:
    if "{" not in path:
        return f'"{path}"'
    return 'f"' + re.sub(r"\{(\w+)\}", lambda found: "{segment(" + python_name(found[1]) + ")}", path) + '"'


def header_value(name: str) -> str:
    return {KEY: "key(idempotency_key)", MATCH: "tag(version)"}.get(name, python_name(name))


def hint(schema: dict[str, Any]) -> str:
    """The type of a parameter or an answer."""
    if "$ref" in schema:
        return "models." + schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        kinds = dict.fromkeys(hint(part) for part in schema["anyOf"])
        return " | ".join(sorted(kinds, key=lambda kind: kind == "None"))
    if "const" in schema:
        return f"Literal[{json.dumps(schema['const'])}]"
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(value) for value in schema['enum'])}]"
    if schema.get("type") == "array":
        return f"Sequence[{hint(schema.get('items', {}))}]"
    return FORMATS.get(schema.get("format", ""), SIMPLE.get(schema.get("type", ""), "Any"))


def body_of(
    contract: dict[str, Any], operation: dict[str, Any], needed: list[str], optional: list[str]
) -> tuple[list[str], list[str]]:
    """The arguments for the body, and the fields of the call that they go into."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        kind = hint(content["application/json"]["schema"])
        return ([f"body: {kind}"], ["json=body"]) if "None" not in kind else ([f"body: {kind} = None"], ["json=body"])
    for described in content.values():
        schema = contract["components"]["schemas"][described["schema"]["$ref"].rpartition("/")[2]]
        names = [name for name in schema["properties"] if name != "file"]
        for name in names:
            kind = hint(schema["properties"][name])
            if name in schema.get("required", ()):
                needed.append(f"{python_name(name)}: {kind}")
            else:
                optional.append(f"{python_name(name)}: {kind.removesuffix(' | None')} | None = None")
        form = "form={" + ", ".join(f'"{name}": {python_name(name)}' for name in names) + "}"
        fields = [form] if names else []
        if "file" in schema["properties"]:
            needed.append("file: File")
            fields.append("file=file")
        return [], fields
    return [], []


def answer_of(contract: dict[str, Any], operation: dict[str, Any]) -> tuple[str, str, str]:
    """How the answer is read, its type, and the type of one item where it is a page."""
    kinds: dict[str, None] = {}
    for status in SUCCESS:
        for media, said in operation["responses"].get(status, {}).get("content", {}).items():
            if media != "application/json":
                return "bytes", "bytes", ""
            kinds |= dict.fromkeys(hint(said["schema"]).split(" | "))
    if not kinds:
        return "nothing", "None", ""
    answer = " | ".join(kinds)
    schema = contract["components"]["schemas"].get(answer.removeprefix("models."), {})
    properties = schema.get("properties", {})
    has_cursor = any(parameter["name"] == "cursor" for parameter in operation.get("parameters", ()))
    if has_cursor and {"items", "next_cursor"} <= set(properties):
        return "json", answer, hint(properties["items"]["items"])
    return "json", answer, ""
