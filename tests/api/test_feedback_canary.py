"""Nobody learns who sent a card: unusual values are planted with senders, and everything kept, logged or told is
searched for them.
"""

import io
import itertools
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4
from zipfile import ZipFile

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image
from pypdf import PdfReader

from backend import logs
from backend.db.account import Account, RoleGrant
from backend.db.base import utc_now
from backend.db.row_security import KEEPER, open_vault
from backend.domain.access import ROLE_PERMISSIONS, Moment
from backend.domain.calendar import day_of
from backend.domain.duty import EXCLUSIVE
from backend.domain.feedback.sender import forget_tries
from backend.domain.figure.catalogue import FIGURES
from backend.workbook.ledgers import LEDGERS
from tests.api.feedbacks import REPLY, Case, about, new_card, ok, sender
from tests.api.rectifications import assignment
from tests.api.snapshots import ordered, written
from tests.api.test_feedback_family import part_of
from tests.factories import County

ADDRESS = "203.0.113.77"


@dataclass
class Canary:
    """What one sender says and is known by; nothing else in the world looks like it."""

    tag: str = field(default_factory=lambda: uuid4().hex[:10])

    @property
    def name(self) -> str:
        return "瞿塘犇" + "".join(chr(0x4E00 + int(digit, 16) * 97) for digit in self.tag[:4])

    @property
    def phone(self) -> str:
        return "199" + str(int(self.tag, 16))[-8:].zfill(8)

    @property
    def content(self) -> str:
        return f"黄雀衔来的话{self.tag}：村里的账目从来没有公开过。"

    @property
    def note(self) -> str:
        return f"画眉说的是会计{self.tag}"

    @property
    def spot(self) -> str:
        return f"老槐树下{self.tag}"

    @property
    def headers(self) -> dict[str, str]:
        return {
            "user-agent": f"CanaryPhone/{self.tag}",
            "x-forwarded-for": ADDRESS,
            "x-real-ip": ADDRESS,
            "x-request-id": f"canary-request-{self.tag}",
            "cookie": f"device=canary-device-{self.tag}",
            "referer": f"https://canary.example/{self.tag}",
        }

    @property
    def secrets(self) -> list[str]:
        """What may stand nowhere in clear."""
        return [
            self.name,
            self.phone,
            ADDRESS,
            f"CanaryPhone/{self.tag}",
            f"canary-device-{self.tag}",
            "canary.example",
        ]

    @property
    def words(self) -> list[str]:
        """What may stand in an ordinary card, and nowhere else."""
        return [self.content, self.note, self.spot]

    def photo(self) -> bytes:
        picture = Image.new("RGB", (64, 48), (200, 30, 30))
        exif = picture.getexif()
        exif[0x010E] = f"canary-exif-{self.tag}"
        exif[0x0110] = f"CanaryPhone/{self.tag}"
        written = io.BytesIO()
        picture.save(written, "JPEG", exif=exif, comment=f"canary-exif-{self.tag}".encode())
        return written.getvalue()


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that any logger says meanwhile, as a county's installation writes it and in full."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    logs.configure("debug", stream)

    class Everything(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            stream.write(f"{record.getMessage()} {record.__dict__}\n")

    root.addHandler(Everything())
    yield stream
    root.handlers = before
    root.setLevel(level)


async def found_in_tables(app: Any, text: str) -> set[str]:
    """Every `table.column` of the database in which a text stands, whatever the column's kind."""
    async with app.state.database.transaction() as session:
        # The vault's rows are searched as well.
        await open_vault(session, KEEPER)
        reader = await session.connection()
        columns = (
            await reader.execute(
                sa.text(
                    "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
                    " JOIN information_schema.tables t USING (table_schema, table_name)"
                    " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
                )
            )
        ).all()
        found = set()
        for table, column, kind in columns:
            if kind == "bytea":
                where = f"position(convert_to(:text, 'UTF8') IN \"{column}\") > 0"
            elif kind in ("text", "character varying", "json", "jsonb", "ARRAY", "uuid"):
                where = f'strpos("{column}"::text, :text) > 0 OR strpos("{column}"::text, :escaped) > 0'
            else:
                continue
            escaped = json.dumps(text).strip('"')
            question = sa.text(f'SELECT EXISTS (SELECT 1 FROM "{table}" WHERE {where})').bindparams(text=text)  # noqa: S608 - names of our own tables
            if kind != "bytea":
                question = question.bindparams(escaped=escaped)
            if (await reader.execute(question)).scalar_one():
                found.add(f"{table}.{column}")
    return found


def found_in_files(folder: Path, text: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


async def sent(county: County, canary: Canary, **changes: Any) -> Case:
    """A card with everything that a sender can give away, about the village, with a photo."""
    body = new_card(
        county,
        **{
            "content": canary.content,
            "about_note": canary.note,
            "location_text": canary.spot,
            "category": "fund_disclosure",
            "wish": "complaint",
            "about": about(county.village),
            **changes,
        },
    )
    async with sender(county.app, **canary.headers) as client:
        answer = ok(await client.post("/feedback-cards", json=body))
        case = await Case(county, answer.json()).found()
        photo = {"file": (f"canary-file-{canary.tag}.jpg", canary.photo(), "image/jpeg")}
        ok(await client.post("/feedback-cards/track/photos", files=photo, headers=case.key))
        ok(await client.get("/feedback-cards/track", headers=case.key))
        wrong = await client.get("/feedback-cards/track", headers={**case.key, "x-tracking-pin": "000000"})
        assert wrong.status_code == 404
    return await case.found()


async def patient(case: Case) -> None:
    """Let the delay after a wrong PIN be over."""
    async with case.county.app.state.database.transaction() as session:
        await session.execute(sa.text("UPDATE feedback_card SET next_try_at = NULL, wrong_pins = 0"))


async def whole_life(case: Case) -> None:
    """Three times answered and three times not good enough, then reviewed; with everything that staff can do."""
    await case.accepted()
    await case.signed_for()
    handler = await case.people()
    ok(await case.act(handler, "processing", "noted", record={"text": "已约村监委会核对账目。"}))
    # It is about somebody, who would be given the item.
    made = await case.post("secretary", "rectification", problem="村级财务公开内容不全", severity="general")
    assert made.status_code == 409
    for _ in range(3):
        await case.handled()
        await case.approved()
        await patient(case)
        ok(await case.rate(1, comment="还是没有公开"))
        await case.found()
    assert (await case.get("supervisor"))["status"] == "under_review"
    statement = "经督查，上半年账目已在公开栏张贴，下半年起按季公布。"
    ok(await case.act("supervisor", "review", record={"conclusion": "put_right", "statement": statement}))


@dataclass
class Nosy:
    """Somebody who would like to know."""

    account: Account
    county: County

    async def everything(self, ids: dict[str, list[str]], only: str = "") -> AsyncIterator[tuple[str, httpx.Response]]:
        """Every answer that a GET of the contract gives: of lists as they are, of single records with `ids`. `only` is
        a pattern of addresses, where the others tell nothing else in this state."""
        client = self.county.client(self.account)
        place = str(self.county.village.id)
        known = {
            "ledger": list(LEDGERS),
            "key": [*FIGURES, "feedback", "rectification"],
            "token_or_id": [place],
            **ids,
        }
        # What some need in order to answer at all, or before long; the others leave it aside.
        query = {"organization_id": place, "month": f"{day_of(utc_now()):%Y-%m}", "seconds": "1"}
        needed = query | {"resource": "feedback-cards", "q": self.county.village.name}
        for path, operations in self.county.app.openapi()["paths"].items():
            if "get" not in operations or not path.startswith("/api/v1/"):
                continue
            short = path.removeprefix("/api/v1")
            if not re.match(only, short):
                continue
            names = [part[1:-1] for part in re.findall(r"{[a-z_]+}", short)]
            parameters = operations["get"].get("parameters", ())
            asked_for = [one for one in parameters if one["in"] == "query"]
            given = {one["name"]: query[one["name"]] for one in asked_for if one["name"] in query}
            given |= {
                one["name"]: needed.get(one["name"]) or _values(one, ids)[0] for one in asked_for if one.get("required")
            }
            named = {one["name"]: _values(one, ids) for one in parameters if one["in"] == "path"} | known
            for values in itertools.product(*(named[name] for name in names)):
                asked = short
                for name, value in zip(names, values, strict=True):
                    asked = asked.replace(f"{{{name}}}", value)
                yield asked, await client.get(asked, params=given)


def _values(parameter: dict[str, Any], ids: dict[str, list[str]]) -> list[str]:
    """What to ask a part of an address with whose name nobody has thought of: every id, or its example."""
    schema = parameter["schema"]
    examples = [str(one) for one in schema.get("examples", ())]
    return ids["id"] if schema.get("format") == "uuid" else examples or ["x"]


def told_by(answer: httpx.Response) -> str:
    """All that an answer says: its headers, and its text, also that inside a workbook, a paper or a print."""
    content = answer.content
    parts = [str(answer.headers), unquote(str(answer.headers))]
    if content.startswith(b"PK\x03\x04"):
        with ZipFile(io.BytesIO(content)) as archive:
            parts += [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    elif content.startswith(b"%PDF-"):
        parts += [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    else:
        parts.append(answer.text)
    return "\n".join(parts)


async def nosy(county: County, other_county: County) -> list[Nosy]:
    """Those complained about: somebody of the village who holds every role of its people, and the administrators, who
    hold no other; and a clerk of another county.
    """
    roles = [role for role in ROLE_PERMISSIONS if role not in EXCLUSIVE]
    villager = await county.account(roles[0], county.village, "村里人")
    async with county.app.state.database.transaction() as session:
        for role in roles[1:]:
            session.add(RoleGrant(account_id=villager.id, role=role, organization_id=county.village.id))
    people = [villager, *[await county.account(role, county.village, role) for role in sorted(EXCLUSIVE)]]
    return [*(Nosy(one, county) for one in people), Nosy(other_county.accounts["clerk"], other_county)]


@pytest.mark.slow
@pytest.mark.parametrize("with_contact", [True, False])
async def test_nothing_of_a_sender_is_kept_in_clear_logged_or_told(
    county, other_county, data: Path, logged: io.StringIO, with_contact: bool
) -> None:
    canary = Canary()
    contact = {"contact": {"name": canary.name, "phone": canary.phone}} if with_contact else {}
    case = await sent(county, canary, **contact)
    await patient(case)
    await whole_life(case)
    if with_contact:
        read = ok(await case.post("clerk", "contact", reason="核实满意度"))
        assert read.json() == {"name": canary.name, "phone": canary.phone}
    photo = (await case.get())["photos"][0]["id"]

    ids = {"id": [case.id], "photo_id": [photo]}
    for person in await nosy(county, other_county):
        client = person.county.client(person.account)
        for q in (case.receipt["number"], canary.content, canary.tag, canary.note):
            answer = await client.get("/feedback-cards", params={"q": q})
            assert answer.status_code in (200, 403), person.account.name
            assert answer.json().get("items", []) == []
        async for path, answer in person.everything(ids):
            told = told_by(answer)
            hidden = [*canary.secrets, *canary.words, canary.tag, case.receipt["number"], REPLY]
            assert [text for text in hidden if text in told] == [], f"{person.account.name} {path}"
            if case.id in path:
                assert answer.status_code in (403, 404), f"{person.account.name} {path} {answer.status_code}"
                assert case.id not in told
            else:
                assert case.id not in told, f"{person.account.name} {path}"

    for text in canary.secrets:
        assert await found_in_tables(county.app, text) == set(), text
        assert found_in_files(data, text) == []
    assert await found_in_tables(county.app, canary.content) == {"feedback_card.content"}
    assert await found_in_tables(county.app, canary.note) == {"feedback_card.about_note"}
    assert await found_in_tables(county.app, canary.spot) == {"feedback_card.location_text"}
    assert await found_in_tables(county.app, f"canary-request-{canary.tag}") == set()
    for text in (f"canary-exif-{canary.tag}", f"canary-file-{canary.tag}"):
        assert await found_in_tables(county.app, text) == set()
    for text in (
        case.receipt["code"],
        case.receipt["pin"] + case.receipt["code"],
        case.receipt["code"].replace("-", ""),
    ):
        assert await found_in_tables(county.app, text) == set()

    lines = logged.getvalue()
    assert "/feedback-cards" in lines
    for text in (*canary.secrets, *canary.words, f"canary-exif-{canary.tag}", case.id, case.receipt["code"]):
        assert text not in lines, text


@pytest.mark.slow
async def test_an_item_made_of_a_card_tells_its_unit_nothing_of_the_card(county, other_county) -> None:
    """The unit that has to put it right reads the office's own words, in the item and whatever is printed of it."""
    canary = Canary()
    case = await (await sent(county, canary, about=None, about_note="")).accepted()
    ok(await case.post("secretary", "rectification", problem="村级财务公开内容不全", severity="general"))
    item = (await case.get())["rectification"]
    supervisor = county.client("supervisor")
    seen = ok(await supervisor.get(f"/rectifications/{item['id']}")).json()
    assert seen["feedback"]["number"] == case.receipt["number"]
    body = {"step": "assignment", "outcome": "done", "record": assignment(county)}
    headers = {"if-match": f'"{seen["version"]}"'}
    ok(await supervisor.post(f"/rectifications/{item['id']}/acts", json=body, headers=headers))

    photo = (await case.get())["photos"][0]["id"]
    # Names of what was asked stand in headers of downloads; the item's own id and number may.
    hidden = [*canary.secrets, *canary.words, canary.tag, case.receipt["number"], case.id, photo]
    shown: set[str] = set()
    for person in await nosy(county, other_county):
        async for path, answer in person.everything({"id": [case.id, item["id"]], "photo_id": [photo]}):
            told = told_by(answer)
            assert [text for text in hidden if text in told] == [], f"{person.account.name} {path}"
            if item["number"] in told:
                shown.add(path.replace(item["id"], "*"))
    # It is the item that they were looking at, as a record, a list, a print and a workbook.
    assert {"/rectifications", "/rectifications/*", "/rectifications/*/closing-sheet.pdf", "/me/tasks"} <= shown
    assert "/exports/rectification.xlsx" in shown


# Where cards and items are told of: as records, lists, tasks, feeds, files and prints.
OF_MATTERS = (
    r"/(feedback-cards|rectifications|me|changes|snapshots|exports/|search|reconciliation|figures|public|notices)"
)


@pytest.mark.slow
async def test_a_family_is_kept_from_whoever_turns_out_to_be_meant(county) -> None:
    """Merged cards, parts of parts, an item, a snapshot and an own copy, made while nobody knew: then a part is marked,
    sorted anew, and all is sealed. Whoever is meant, who handled it, asks for everything again."""
    canary, other = Canary(), Canary()
    plain = {"about": None, "about_note": "", "wish": "action", "category": "other"}
    whole = await sent(county, canary, **plain)
    twin = await Case.sent(county, content=other.content)
    ok(await twin.post("clerk", "merge", into_id=whole.id, reason="同一件事"))
    part = await part_of(whole, canary.content)
    deeper = await part_of(part, canary.content[4:])
    await whole.get()
    problem = f"村级公开栏内容不全{canary.tag}"
    ok(await whole.post("secretary", "rectification", problem=problem, severity="general"))
    item = whole.seen["rectification"]
    (meant, *_) = await nosy(county, county)
    client = county.client(meant.account)
    ok(await whole.triage(handling_unit_id=str(county.village.id)))
    ok(await whole.act(meant.account, "sign_for", record={"person": "村里人"}))
    supervisor = county.client("supervisor")
    version = ok(await supervisor.get(f"/rectifications/{item['id']}")).json()["version"]
    act = {"step": "assignment", "outcome": "done", "record": assignment(county)}
    headers = {"if-match": f'"{version}"'}
    ok(await supervisor.post(f"/rectifications/{item['id']}/acts", json=act, headers=headers))
    made = await written(county.app, client, await ordered(client, "feedback-cards", "rectifications"))
    cases = {"whole": whole, "twin": twin, "part": part, "deeper": deeper}
    numbers = [case.receipt["number"] for case in cases.values()]
    ids = [*(case.id for case in cases.values()), item["id"]]
    hidden = [canary.tag, canary.spot, other.tag, *numbers, item["number"]]

    async def told(*records: str) -> set[str]:
        """What whoever is meant finds of it: in every list, and in these records."""
        found = set()
        asked = {"id": [*records, made["id"]], "photo_id": [ids[0]]}
        async for path, answer in meant.everything(asked, OF_MATTERS):
            text = told_by(answer)
            found |= {f"{one} {path}" for one in hidden if one in text}
            # The feed says of what went out of sight that it did, by its id.
            feed = path.startswith("/changes")
            found |= {f"{one} {path}" for one in ids if one in text and one not in path and not feed}
        copy = told_by(ok(await client.post("/me/copy")))
        return found | {f"{one} /me/copy" for one in (*hidden, *ids) if one in copy}

    before = {line.split(" ", 1)[0] for line in await told(whole.id, item["id"])}
    assert {canary.tag, numbers[0], item["number"]} <= before, "it was theirs to handle"
    body: list[dict[str, Any]] = [{"about": {"organization_ids": [str(county.village.id)]}}, {"category": "attitude"}]
    for each, records in zip(body, (ids, [deeper.id]), strict=True):
        await deeper.get()
        headers = {"if-match": f'"{deeper.version}"'}
        ok(await county.client("clerk").patch(deeper.path, json=each, headers=headers))
        assert await told(*records) == set(), each
    for case in (whole, part, deeper):
        await case.get()
        ok(await case.triage(outcome="seal"))
    # The other sender has a case of their own again, about the same.
    (again,) = (await twin.track())["parts"]
    hidden.append(again["number"])
    assert await told(twin.id, item["id"]) == set()
    clerk = Nosy(county.accounts["clerk"], county)
    words = [canary.content, canary.spot, problem]
    async for path, answer in clerk.everything({"id": ids[:1], "photo_id": ids[:1]}, OF_MATTERS):
        text = told_by(answer)
        assert [one for one in words if one in text] == [], path
    for text in (canary.content, canary.content[4:], canary.spot):
        assert await found_in_tables(county.app, text) == set(), text


@pytest.mark.slow
async def test_misconduct_stands_only_in_its_ciphertext(county, other_county, data: Path, logged: io.StringIO) -> None:
    canary = Canary()
    body = new_card(
        county,
        content=canary.content,
        about_note=canary.note,
        location_text=canary.spot,
        wish="misconduct",
        about=about(county.village),
        contact={"name": canary.name, "phone": canary.phone},
    )
    async with sender(county.app, **canary.headers) as client:
        receipt = ok(await client.post("/feedback-cards", json=body)).json()
        key = {"x-tracking-code": receipt["code"], "x-tracking-pin": receipt["pin"]}
        ok(await client.post("/feedback-cards/track/photos", files={"file": canary.photo()}, headers=key))
        assert ok(await client.get("/feedback-cards/track", headers=key)).json()["status"] == "sealed"

    officer = county.client("discipline_officer")
    row = next(
        one for one in ok(await officer.get("/sealed-reports")).json()["items"] if one["number"] == receipt["number"]
    )
    opened = ok(await officer.post(f"/sealed-reports/{row['id']}/reading", json={"reason": "线索初核"})).json()
    assert (opened["content"], opened["phone"]) == (canary.content, canary.phone)
    assert len(opened["photos"]) == 1

    # Not even the township's own desk, which has a clerk, a secretary and a supervisor, learns of it.
    desk = [Nosy(county.accounts[role], county) for role in ("clerk", "secretary", "supervisor", "county_admin")]
    for person in [*await nosy(county, other_county), *desk]:
        async for path, answer in person.everything({"id": [row["id"]], "photo_id": [row["id"]]}):
            hidden = [*canary.secrets, *canary.words, canary.tag, receipt["number"]]
            told = told_by(answer)
            assert [text for text in hidden if text in told] == [], f"{person.account.name} {path}"
            assert row["id"] not in told, f"{person.account.name} {path}"

    for text in (*canary.secrets, *canary.words, canary.tag, f"canary-exif-{canary.tag}"):
        assert await found_in_tables(county.app, text) == set(), text
        assert found_in_files(data, text) == []
        assert text not in logged.getvalue().replace(f"canary-request-{canary.tag}", "")


async def test_what_is_sealed_at_sorting_leaves_the_tables(county, logged: io.StringIO) -> None:
    canary = Canary()
    case = await sent(county, canary, contact={"name": canary.name, "phone": canary.phone})
    answer = ok(await case.triage(outcome="seal"))
    assert answer.json() == {"number": case.receipt["number"], "in_sight": False}
    for text in (*canary.secrets, *canary.words, canary.tag):
        assert await found_in_tables(county.app, text) == set(), text
    assert (await county.client("clerk").get(case.path)).status_code == 404
    officer = county.client("discipline_officer")
    opened = ok(await officer.post(f"/sealed-reports/{case.id}/reading", json={"reason": "线索初核"})).json()
    assert (opened["content"], opened["name"]) == (canary.content, canary.name)


@pytest.mark.parametrize("over", [False, True])
async def test_what_is_sealed_of_a_part_leaves_the_tables_of_its_whole(county, over: bool) -> None:
    """A part that was split off, or the case that a dissatisfied sender of a merged card has again."""
    canary = Canary()
    contact = {"name": canary.name, "phone": canary.phone}
    case = await sent(county, canary, about=None, about_note="", category="lamps", wish="action", contact=contact)
    if over:
        main = await Case.sent(county)
        ok(await case.post("clerk", "merge", into_id=main.id, reason="同一件事"))
        await main.answered()
        await patient(case)
        ok(await case.rate(1))
        (part,) = (await case.track())["parts"]
    else:
        ok(await case.post("clerk", "split", parts=[{"content": canary.content, "category": "other"}]))
        (part,) = case.seen["parts"]
        ok(await case.triage(outcome="seal"))
    made = await Case(county, {**case.receipt, "number": part["number"]}).found()
    ok(await made.triage(outcome="seal"))
    for text in (*canary.secrets, canary.content, canary.spot, canary.tag):
        assert await found_in_tables(county.app, text) == set(), text
    officer = county.client("discipline_officer")
    opened = ok(
        await officer.post(f"/sealed-reports/{(made if over else case).id}/reading", json={"reason": "线索初核"})
    )
    said = opened.json()
    assert (said["content"], said["name"], len(said["photos"])) == (canary.content, canary.name, 1)


async def test_a_sender_s_requests_leave_no_line_in_the_log(county, logged: io.StringIO) -> None:
    """A line has its moment, and a place between two others: either would tell when a card came."""
    case = await Case.sent(county)
    await case.answered()
    ok(await case.rate(5))
    written = logged.getvalue()
    assert '"POST"' in written, "what staff do is logged"
    for route in ('"/feedback-cards","status":201', "/track"):
        assert route not in written, route


async def test_numbers_of_cards_tell_nothing_of_their_order(county) -> None:
    """Eight cards in a row: their numbers are drawn, all differ, and neighbours are not neighbours."""
    numbers = [(await Case.sent(county)).receipt["number"] for _ in range(8)]
    assert all(re.fullmatch(r"FK-\d{4}-\d{6}", number) for number in numbers)
    assert len(set(numbers)) == 8
    # One order of 40320 is that of arrival.
    drawn = [int(number[-6:]) for number in numbers]
    assert drawn != sorted(drawn)
    assert any(abs(one - other) > 1 for one, other in itertools.pairwise(drawn))


async def test_an_anonymous_card_tells_no_time(county) -> None:
    """Whatever is kept of what the sender did says the day, and no id among it was made of the time."""
    case = await Case.sent(county)
    await case.answered()
    ok(await case.rate(5))
    async with county.app.state.database.reader() as reader:
        rows = {
            "card": sa.text("SELECT id, created_at AS at FROM feedback_card WHERE number = :n AND county_id = :c"),
            "run": sa.text("SELECT id, started_at AS at FROM procedure_run WHERE number = :n AND county_id = :c"),
            "made": sa.text("SELECT id, created_at AS at FROM procedure_run WHERE number = :n AND county_id = :c"),
            "event": sa.text(
                "SELECT e.id, e.created_at AS at FROM event e JOIN feedback_card f ON f.id = e.subject_id"
                " WHERE e.kind = 'feedback.received' AND f.number = :n AND f.county_id = :c"
            ),
            "told": sa.text(
                "SELECT e.id, e.at FROM event e JOIN feedback_card f ON f.id = e.subject_id"
                " WHERE e.kind = 'feedback.rated' AND f.number = :n AND f.county_id = :c"
            ),
        }
        for name, question in rows.items():
            given = {"n": case.receipt["number"], "c": county.county.id}
            key, at = (await reader.execute(question, given)).one()
            assert key.version == 4, name
            assert (at.minute, at.second, at.microsecond, (at.hour + 8) % 24) == (0, 0, 0, 0), name
        act = sa.text(
            "SELECT a.id, a.created_at, a.at FROM procedure_act a JOIN procedure_run r ON r.id = a.run_id"
            " WHERE r.number = :n AND r.county_id = :c AND a.step = 'rating'"
        )
        key, made, at = (await reader.execute(act, {"n": case.receipt["number"], "c": county.county.id})).one()
        assert key.version == 4
        assert made == at


async def test_when_a_sender_mistyped_the_pin_is_forgotten(county) -> None:
    case = await Case.sent(county)
    wrong = {**case.key, "x-tracking-pin": "000000" if case.receipt["pin"] != "000000" else "111111"}
    async with sender(county.app) as client:
        assert (await client.get("/feedback-cards/track", headers=wrong)).status_code == 404
    kept = sa.text("SELECT wrong_pins, next_try_at FROM feedback_card WHERE number = :n AND county_id = :c")
    given = {"n": case.receipt["number"], "c": county.county.id}
    async with county.app.state.database.transaction() as session:
        past = "UPDATE feedback_card SET next_try_at = now() - interval '1 second' WHERE next_try_at IS NOT NULL"
        await session.execute(sa.text(past))
        assert await forget_tries(session, Moment(utc_now())) >= 1
        # How many there were in a row still slows the next one down.
        assert (await session.execute(kept, given)).one() == (1, None)
