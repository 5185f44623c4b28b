"""The main job over HTTP alone: rosters in, a decision through its eight steps, a provable resolution out.

    python examples/main_job.py --password PASSWORD [--url http://127.0.0.1:8000] [--out dossier.zip]

Needs only httpx and a server in demo mode (`make run`), whose clock it moves forward through the waits.
Nothing here knows the rules: what may be done next, by whom, with which record, is read from `procedure.options`.
"""

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]

# The smallest file that a PDF reader opens; the server looks at content, not at names.
PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
    b"trailer<</Root 1 0 R/Size 4>>\nstartxref\n164\n%%EOF\n"
)

# Who usually acts; whoever may not is told so, and the next one tries.
PEOPLE = ("clerk", "legal_reviewer", "secretary", "township_admin")


class Refusal(Exception):
    """The server said no: `problem` is its RFC 9457 answer."""

    def __init__(self, problem: Json) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')} {problem.get('errors')}")
        self.problem = problem


@dataclass
class Person:
    """One signed-in account."""

    name: str
    client: httpx.Client

    def ask(self, method: str, path: str, **request: Any) -> Any:
        answer = self.client.request(method, f"/api/v1{path}", **request)
        if answer.is_error:
            raise Refusal(answer.json())
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.content


@dataclass
class Job:
    """The story, told step by step; `lines` is what it says while it goes."""

    url: str
    password: str
    samples: Path
    people: dict[str, Person] = field(default_factory=dict)

    def say(self, line: str) -> None:
        print(line, flush=True)

    def person(self, username: str) -> Person:
        if username not in self.people:
            client = httpx.Client(base_url=self.url, timeout=60, headers={"accept-language": "en"})
            form = {"grant_type": "password", "username": username, "password": self.password}
            answer = client.post("/api/v1/oauth/token", data=form)
            answer.raise_for_status()
            client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
            self.people[username] = Person(username, client)
        return self.people[username]

    def load(self, ledger: str, file: str) -> Json:
        """Check a workbook, say what is wrong with it, and commit the rows that are right."""
        admin = self.person("platform_admin")
        content = (self.samples / file).read_bytes()
        checked: Json = admin.ask(
            "POST", "/imports", params={"ledger": ledger, "dry_run": "true"}, files={"file": (file, content)}
        )
        self.say(f"{file}: {checked['rows']}")
        for refused in checked["refused"][:3]:
            self.say(f"  row {refused['row']}, {refused['column']}: {refused['message']}")
        committed: Json = admin.ask("POST", f"/imports/{checked['id']}/commit")
        return committed

    def open_decision(self) -> Json:
        clerk = self.person("clerk")
        me = clerk.ask("GET", "/me")
        township = me["roles"][0]["organization"]["id"]
        office = clerk.ask("GET", "/organizations", params={"parent_id": township, "kind": "office"})["items"][0]
        decision: Json = clerk.ask(
            "POST",
            "/decisions",
            json={
                "organization_id": township,
                "title": "镇区主干道夜间照明改造方案",
                "subject_class": "public_works",
                "sponsor_unit_id": office["id"],
                "five_w_one_h": {
                    "what": "改造镇区主干道路灯120盏",
                    "why": "夜间照明不足，群众多次反映",
                    "when": {"start_on": me["now"][:10], "due_on": f"{int(me['now'][:4]) + 1}-12-31"},
                    "where": "镇区主干道全段",
                    "who": {"owner": office["name"], "helpers": []},
                    "how_far": {"measure": "夜间照明达标率", "baseline": "40", "target": "95", "unit": "%"},
                },
                "text": {
                    "title": "镇区主干道夜间照明改造方案",
                    "body": "一、改造范围\n镇区主干道全段。\n二、完成时间\n明年年底前。",
                },
            },
        )
        self.say(f"{decision['number']} is open: {decision['title']}")
        return decision

    def evidence_for(self, person: Person, decision: Json, option: Json) -> list[Json]:
        wanted = [kind for kind in option["evidence"] if kind["required"]]
        given = []
        for kind in wanted:
            paper = person.ask(
                "POST",
                "/attachments",
                data={"organization_id": decision["organization_id"]},
                files={"file": (f"{kind['kind']}.pdf", PAPER)},
            )
            given.append({"id": paper["id"], "kind": kind["kind"]})
        return given

    def act(self, person: Person, decision: Json, body: Json) -> Json:
        acted: Json = person.ask(
            "POST", f"/decisions/{decision['id']}/acts", json=body, headers={"if-match": f'"{decision["version"]}"'}
        )
        return acted

    def walk(self, decision: Json) -> Json:
        """Take the decision from step to step until it closes, each by the first person whom the server allows."""
        while decision["procedure"]["state"] == "open":
            step = decision["procedure"]["step"]
            if step == "opinion_solicitation":
                self.hear_opinions(decision)
            self.person("clerk").ask("POST", "/demo/clock", json={"days": 31})
            decision = self.pass_step(decision, step)
        return decision

    def pass_step(self, decision: Json, step: str) -> Json:
        said: list[str] = []
        for name in PEOPLE:
            person = self.person(name)
            seen: Json = person.ask("GET", f"/decisions/{decision['id']}")
            if seen["procedure"]["step"] != step:
                return seen
            option = next((o for o in seen["procedure"]["options"] if o["outcome"] == "done"), None)
            if option is None:
                continue
            body: Json = {"step": step, "outcome": "done", "evidence": self.evidence_for(person, seen, option)}
            schema = option["record_schema"]
            pending = any(act["outcome"] == "done" for act in open_acts(seen))
            if schema and not pending:
                body["record"] = schema["examples"][0]
            try:
                decision = self.act(person, seen, body)
            except Refusal as refusal:
                said.append(f"{name}: {refusal}")
                continue
            self.say(f"  {step}: {name}")
            if decision["procedure"]["step"] != step:
                return decision
        raise SystemExit(f"{step} does not pass: {said}")

    def hear_opinions(self, decision: Json) -> None:
        clerk = self.person("clerk")
        opinion = clerk.ask(
            "POST",
            f"/decisions/{decision['id']}/opinions",
            json={"channel": "opinion_card", "content": "希望学校门口先改造", "from_kind": "resident"},
        )
        clerk.ask(
            "PATCH",
            f"/decisions/{decision['id']}/opinions/{opinion['id']}",
            json={"outcome": "adopted", "reason": "已调整施工顺序，学校路段列为第一段"},
            headers={"if-match": f'"{opinion["version"]}"'},
        )

    def be_refused(self, decision: Json) -> None:
        """Try what nobody may do; the server must say no each time."""
        clerk = self.person("clerk")
        attempts: dict[str, Json] = {
            "jump to the vote": {"step": "resolution", "outcome": "done", "record": {}},
            "waive the legality review": {
                "step": "legality_review",
                "outcome": "skipped",
                "reason": "急",
                "rule": "无",
            },
            "pass without a record": {"step": decision["procedure"]["step"], "outcome": "done"},
        }
        for what, body in attempts.items():
            try:
                self.act(clerk, decision, body)
            except Refusal as refusal:
                self.say(f"  refused, as it must be: {what}: {refusal.problem['errors'][0]['message']}")
            else:
                raise SystemExit(f"the server let someone {what}")

    def run(self, out: Path) -> Json:
        self.load("organization", "organizations.xlsx")
        self.load("member", "members.xlsx")
        decision = self.open_decision()
        self.be_refused(decision)
        decision = self.walk(decision)
        out.write_bytes(self.person("secretary").ask("GET", f"/decisions/{decision['id']}/dossier.zip"))
        self.say(f"{decision['number']} is {decision['status']}; its dossier is {out}")
        self.say(f"check it offline: guanbiao verify {out}")
        return decision


def open_acts(decision: Json) -> list[Json]:
    """The acts in force on the open step: those of a countersigning that still needs people."""
    procedure = decision["procedure"]
    step = next(s for s in procedure["steps"] if s["key"] == procedure["step"])
    acts: list[Json] = step["acts"]
    return [act for act in acts if act["at"] >= step["opened_at"]]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--url", default="http://127.0.0.1:8000")
    asked.add_argument("--password", required=True)
    asked.add_argument("--samples", type=Path, default=Path("tests/samples"))
    asked.add_argument("--out", type=Path, default=Path("dossier.zip"))
    given = asked.parse_args()
    try:
        Job(given.url, given.password, given.samples).run(given.out)
    except Refusal as refusal:
        sys.exit(f"refused: {refusal}")


if __name__ == "__main__":
    main()
