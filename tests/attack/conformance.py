"""Schemathesis over the whole API as anybody: what is sent follows the contract or breaks it, and names real records.

Cases are drawn by schemathesis from the contract; ids, versions, days and the records of steps are then replaced with
such as exist, because random ones end at the first 404.  What comes back must be what the contract says of it.
"""

import asyncio
import itertools
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.api.language import catalogue
from backend.db.base import utc_now
from backend.domain.calendar import day_of
from tests.attack.peopled import TABLES
from tests.factories import County

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ANONYMOUS = "anonymous"
BAD_JSON = 400
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
STRANGE = (
    "\x00",
    "\ud800",
    "💡",
    "../../etc/passwd",
    "=HYPERLINK(1)",
    "0" * 5000,
    -1,
    1e308,
    2**63,
    None,
    [],
    {},
    True,
)


TOKEN_SECONDS = 240
"""A token lives for ten minutes, and a thorough attack takes longer."""


@dataclass
class Report:
    """What a run sent and what was wrong with the answers: one line for each kind of failure of an operation."""

    cases: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        spread = ", ".join(f"{status}: {count}" for status, count in sorted(self.answers.items()))
        lines = [f"{self.cases} cases ({spread}), {len(self.accepted)} operations accepted something"]
        return "\n".join([*lines, *(f"{label}: {what}\n    {how}" for (label, what), how in self.failures.items())])


class Attacker:
    """Sends cases to one application from a thread of hypothesis while the application's loop runs elsewhere."""

    def __init__(self, county: County, ids: dict[str, list[str]], contract: dict[str, Any], examples: int) -> None:
        load_all_checks()
        self.schema = schemathesis.openapi.from_dict(contract)
        self.county, self.ids, self.examples = county, ids, examples
        self.loop = asyncio.get_running_loop()
        self.actors = [ANONYMOUS, *sorted(county.accounts)]
        self.turns = itertools.count()
        self.report = Report()
        self.senders = {who: self._client(who) for who in self.actors}
        self.tokens_made = time.monotonic()

    def operations(self) -> list[APIOperation]:
        """All of them; what moves the clock comes last, since nothing is on time after it."""
        found = [each.ok() for each in self.schema.get_all_operations()]
        return sorted(found, key=lambda operation: operation.path.endswith("/demo/clock"))

    async def attack(self, operation: APIOperation) -> None:
        await asyncio.to_thread(self._attack, operation)

    def _attack(self, operation: APIOperation) -> None:
        @settings(
            max_examples=self.examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def run(data: st.DataObject) -> None:
            # Everybody's turn comes round over the operations, whatever hypothesis would choose. Who it is and what
            # they see is not drawn from it: it asks for the same again and wants to be asked for the same.
            turn = next(self.turns)
            self._one(operation, self.actors[turn % len(self.actors)], data.draw, Random(turn))

        run()

    def _one(self, operation: APIOperation, who: str, draw: Callable[[Any], Any], chance: Random) -> None:
        mode = draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
        try:
            case: Case = draw(operation.as_strategy(generation_mode=mode))
        except schemathesis.errors.InvalidSchema:
            # Nothing that this operation takes can be wrong.
            case = draw(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        self._make_real(case, who, chance)
        try:
            request = _request(case)
        except UnicodeEncodeError:
            # Half a surrogate pair can be said in JSON alone; a form or an address has no way to.
            return
        answer = self._send(who, request)
        self.report.cases += 1
        self.report.answers[answer.status_code] += 1
        if answer.is_success:
            self.report.accepted.add(operation.label)
        self._judge(case, who, request, answer)

    # What is sent

    def _make_real(self, case: Case, who: str, chance: Random) -> None:
        place = case.operation.path
        for name in case.path_parameters or {}:
            if chance.randint(0, 9) and (known := self._ids_for(f"{place.split('{' + name)[0]} {name}")):
                case.path_parameters[name] = chance.choice(known)
            elif "/" in str(case.path_parameters[name]) or not str(case.path_parameters[name]).strip("."):
                case.path_parameters[name] = str(uuid4())
        for name in case.query or {}:
            if name.endswith("_id") and isinstance(case.query, dict) and chance.getrandbits(1):
                case.query[name] = chance.choice(self._ids_for(name) or [str(uuid4())])
        if place.endswith("/stream") and str((case.query or {}).get("seconds", 2)).isdigit():
            # A stream is waited for to its end.
            case.query = {**(case.query or {}), "seconds": 1}
        headers = {key.lower() for key in case.headers or {}}
        seen: dict[str, Any] = {}
        if {"if-match"} <= {p.name.lower() for p in case.operation.headers} and chance.randint(0, 9):
            seen = self._seen(case, who)
            version = f'"{seen["version"]}"' if "version" in seen else chance.choice(['"1"', '"2"', 'W/"1"'])
            case.headers = {**{k: v for k, v in (case.headers or {}).items() if k.lower() != "if-match"}}
            case.headers["if-match"] = version
        del headers
        if isinstance(case.body, dict):
            self._make_act(case, seen, chance)
            case.body = self._real(case.body, "", chance)

    def _seen(self, case: Case, who: str) -> dict[str, Any]:
        """The record that a change is about, as the caller sees it before."""
        path = case.formatted_path
        for _ in range(3):
            answer = self._send(who, requests.Request("GET", f"http://test{path}").prepare())
            if answer.is_success and "json" in answer.headers.get("content-type", ""):
                found = answer.json()
                return found if isinstance(found, dict) else {}
            path = path.rpartition("/")[0]
            if path.count("/") < 4:
                return {}
        return {}

    def _make_act(self, case: Case, seen: dict[str, Any], chance: Random) -> None:
        """Take one of the acts that are open to the caller, with the example of its record."""
        options = seen.get("procedure", {}).get("options", [])
        if not (case.operation.path.endswith("/acts") and options and chance.randint(0, 4)):
            return
        option = chance.choice(options)
        assert isinstance(case.body, dict)
        case.body |= {"step": option.get("step") or seen["procedure"]["step"], "outcome": option["outcome"]}
        if option.get("record_schema"):
            case.body["record"] = json.loads(json.dumps((option["record_schema"].get("examples") or [{}])[0]))
            if case.body["record"] and chance.getrandbits(1):
                key = chance.choice(sorted(case.body["record"]))
                case.body["record"][key] = chance.choice([*STRANGE, "9999-12-31", "2026-13-01", "23:61"])

    def _real(self, value: Any, name: str, chance: Random) -> Any:
        if isinstance(value, dict):
            return {key: self._real(each, str(key), chance) for key, each in value.items()}
        if isinstance(value, list):
            return [self._real(each, name, chance) for each in value[:30]]
        if isinstance(value, str):
            if _is_id(value) and chance.randint(0, 4):
                return chance.choice(self._ids_for(name) or [str(uuid4())])
            if DAY.fullmatch(value) and chance.getrandbits(1):
                return (day_of(utc_now()) + timedelta(days=chance.randint(-400, 400))).isoformat()
            if not chance.randint(0, 30):
                return chance.choice(STRANGE)
        return value

    def _ids_for(self, name: str) -> list[str]:
        table = next((table for word, table in TABLES.items() if word in name), None)
        return self.ids.get(table or "", [])

    # How it is sent, and what has to come back

    def _sign_in_anew(self) -> None:
        self.tokens_made = time.monotonic()
        for who in self.actors:
            if who != ANONYMOUS:
                self.senders[who].headers["authorization"] = f"Bearer {self.county.token(self.county.accounts[who])}"

    def _client(self, who: str) -> httpx.AsyncClient:
        headers = (
            {} if who == ANONYMOUS else {"authorization": f"Bearer {self.county.token(self.county.accounts[who])}"}
        )
        # Everybody calls from an address of their own, or the limits for one address would answer for the rest.
        address = f"127.0.1.{self.actors.index(who) + 1}"
        transport = httpx.ASGITransport(self.county.app, raise_app_exceptions=False, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers, timeout=60)

    def _send(self, who: str, request: requests.PreparedRequest) -> httpx.Response:
        if time.monotonic() - self.tokens_made > TOKEN_SECONDS:
            self._sign_in_anew()
        # A mutated credential is schemathesis's; the one that counts here is the actor's own.
        headers = [(k, v) for k, v in request.headers.items() if k.lower() not in ("authorization", "cookie", "host")]
        body = request.body.encode() if isinstance(request.body, str) else request.body
        client = self.senders[who]
        sent = client.request(str(request.method), str(request.url), headers=_latin(headers), content=body)
        return asyncio.run_coroutine_threadsafe(sent, self.loop).result(120)

    def _judge(self, case: Case, who: str, request: requests.PreparedRequest, answer: httpx.Response) -> None:
        wrong = list(_refusal_faults(case.operation, who, answer))
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            wrong += [f"{type(each).__name__} {_short(each)}" for each in group.exceptions]
        except Failure as failure:
            wrong.append(f"{type(failure).__name__} {_short(failure)}")
        for what in wrong:
            how = (
                f"{who} {request.method} {request.url} {request.body!r:.600} -> {answer.status_code} {answer.text:.300}"
            )
            self.report.failures.setdefault((case.operation.label, f"{answer.status_code} {what}"[:160]), how)

    async def close(self) -> None:
        for client in self.senders.values():
            await client.aclose()


def _refusal_faults(operation: APIOperation, who: str, answer: httpx.Response) -> Sequence[str]:
    found = []
    needs_somebody = bool(operation.definition.raw.get("security"))
    if who == ANONYMOUS and needs_somebody and answer.status_code not in (401, BAD_JSON, 413):
        found.append("nobody is signed in")
    body = answer.json() if answer.is_error and "json" in answer.headers.get("content-type", "") else {}
    # A program's proof stands in the form, whoever sends it.
    if who != ANONYMOUS and answer.status_code == 401 and body.get("code") != "invalid_client":
        found.append("somebody is signed in")
    if answer.is_error:
        codes = [body.get("code"), *(each["code"] for each in body.get("errors", []))]
        found += [f"no words for {code}" for code in codes if code not in catalogue()]
    return found


def _request(case: Case) -> requests.PreparedRequest:
    keywords = case.as_transport_kwargs(base_url="http://test")
    keywords.pop("timeout", None)
    return requests.Request(**{k: v for k, v in keywords.items() if k in _REQUEST}).prepare()


_REQUEST = {"method", "url", "headers", "files", "data", "json", "params", "cookies"}


def _latin(headers: list[tuple[str, Any]]) -> list[tuple[bytes, bytes]]:
    raw = [(k, v if isinstance(v, bytes) else str(v).encode("utf-8", "replace")) for k, v in headers]
    return [(k.encode("ascii", "replace"), v.replace(b"\r", b"").replace(b"\n", b"")) for k, v in raw]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _short(failure: BaseException) -> str:
    return " ".join(str(failure).split())[:110]
