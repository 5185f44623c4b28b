"""Where the matrix plays: two counties, the places seen from a seat, and a maker of records for every kind."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa

from backend.db.account import Account, AccountInvitation, RoleGrant
from backend.db.base import new_id, utc_now
from backend.db.client import Client, ClientSecret
from backend.db.event import Event
from backend.db.feedback_channel import BoxOpening
from backend.db.mapping import CodeMapping, WaitingRecord, WaitingState
from backend.db.notice import Notice
from backend.db.organization import Organization
from backend.db.procedure import ProcedureRun
from backend.db.rectification import RectificationRelook, RelookKind
from backend.db.row_security import KEEPER, open_vault
from backend.db.second_step import SecondStep
from backend.db.snapshot import Snapshot, SnapshotState
from backend.db.webhook import Webhook
from backend.db.webhook_delivery import DeliveryState, WebhookDelivery
from backend.domain.access import ROLE_PERMISSIONS, Moment
from backend.domain.audit.seal import seal_events
from backend.domain.client.keeping import secret_hash
from backend.domain.second_step import PLACE
from backend.domain.signing import load_or_create_key
from tests.api.decisions import PDF, goal
from tests.api.test_feedback_public import picture
from tests.factories import SEATS, make_account, make_organization, make_session
from tests.people import citizen_number

PLACES = ("own", "below", "sibling", "above", "elsewhere")
"""Where a record lies, seen from a role that is held at a township; `elsewhere` is another county."""

PATHS = {"own": "c/t/", "below": "c/t/v/", "sibling": "c/u/", "above": "c/", "elsewhere": "d/t/"}

READER = "inspector"
"""Held at the county besides: it reads what others write, so that a record is in sight and not one's to change."""


def is_everywhere(role: str) -> bool:
    """Whether a role is held over all counties and not at a place."""
    return SEATS[role] is None


@dataclass
class Subject:
    """A record that was made: `id` fills the path, `more` whatever else a line needs."""

    id: UUID
    place: Organization
    version: int = 1
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    app: Any
    places: dict[str, Organization]
    inside: dict[str, dict[str, Organization]]
    makers: dict[str, Account]
    callers: dict[tuple[str, bool], Account]
    suspended: Account
    client: httpx.AsyncClient
    tag: str

    def token(self, account: Account, lifetime: timedelta | None = None) -> str:
        """A token of the account's first session, which has begun with both steps."""
        given = {"lifetime": lifetime} if lifetime else {}
        return str(self.app.state.tokens.issue(account.id, account.id, account.session_epoch, **given))

    async def ask(self, method: str, path: str, who: Account | str | None, **sent: Any) -> httpx.Response:
        """One request; `who` is an account, a token as it is, or nobody."""
        token = self.token(who) if isinstance(who, Account) else who
        headers = sent.pop("headers", {}) | ({"authorization": f"Bearer {token}"} if token else {})
        return await self.client.request(method, path, headers=headers, **sent)

    async def made(self, place: str, method: str, path: str, **sent: Any) -> dict[str, Any]:
        """Have the county's maker do something that has to succeed."""
        answer = await self.ask(method, path, self.makers[place], **sent)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if "json" in answer.headers.get("content-type", "") else {}


async def make_world(app: Any) -> World:
    tag = new_id().hex[-6:]
    made: dict[str, Organization] = {}
    inside: dict[str, dict[str, Organization]] = {}
    async with app.state.database.transaction() as session:
        county = await make_organization(session, f"阵列县{tag}委", "county_committee", region_code="990300000000")
        other = await make_organization(session, f"邻县{tag}委", "county_committee", region_code="990400000000")
        made["above"] = county
        made["own"] = await make_organization(session, f"甲镇{tag}党委", "township_committee", county)
        made["below"] = await make_organization(session, f"甲一村{tag}", "village", made["own"])
        made["sibling"] = await make_organization(session, f"乙镇{tag}党委", "township_committee", county)
        made["elsewhere"] = await make_organization(session, f"丙镇{tag}党委", "township_committee", other)
        for place in PLACES:
            at = made[place]
            inside[place] = {
                "branch": await make_organization(session, f"{place}{tag}支部", "party_branch", at),
                "second": await make_organization(session, f"{place}{tag}二支部", "party_branch", at),
                "office": await make_organization(session, f"{place}{tag}办公室", "office", at),
            }
        makers = {}
        for root in (county, other):
            account = await make_account(session, None, root, "造件人")
            for role in ROLE_PERMISSIONS:
                session.add(RoleGrant(account_id=account.id, role=role, organization_id=root.id))
            makers[str(root.id)] = account
        callers: dict[tuple[str, bool], Account] = {}
        for role in ROLE_PERMISSIONS:
            seat = None if is_everywhere(role) else made["own"]
            for reads_above in (False, True):
                account = await make_account(session, role, seat)
                if reads_above:
                    session.add(RoleGrant(account_id=account.id, role=READER, organization_id=county.id))
                callers[role, reads_above] = account
        suspended = await make_account(session, "county_admin", county)
        suspended.suspended_at = utc_now()
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://test", timeout=60
    )
    by_place = {place: makers[str(organization.county_id)] for place, organization in made.items()}
    return World(app, made, inside, by_place, callers, suspended, client, tag)


Maker = Callable[[World, str, Account | None], Awaitable[Subject]]
MAKERS: dict[str, Maker] = {}
"""How a record of a kind is made at a place, by the names that lines.py uses; the account is the caller."""


def maker(*names: str) -> Callable[[Maker], Maker]:
    def keep(function: Maker) -> Maker:
        MAKERS.update(dict.fromkeys(names, function))
        return function

    return keep


def _api(path: str) -> str:
    return f"/api/v1{path}"


@maker("organization")
async def _organization(world: World, place: str, _: Account | None) -> Subject:
    more = {name: str(one.id) for name, one in world.inside[place].items()}
    return Subject(world.places[place].id, world.places[place], world.places[place].version, more)


@maker("box_place")
async def _box_place(world: World, place: str, _: Account | None) -> Subject:
    """An organisation, with somebody of its office to open a box with."""
    async with world.app.state.database.transaction() as session:
        second = await make_account(session, None, world.inside[place]["office"], "曾立德")
    return Subject(world.places[place].id, world.places[place], 1, {"second": str(second.id)})


def new_box(place: Organization, second: str) -> dict[str, Any]:
    return {
        "organization_id": str(place.id),
        # Every box is another one: a seal has to be the one that was put on last.
        "box_no": f"LT-{uuid4().hex[:6]}",
        "location": "村卫生室门口",
        "seal_no": f"F-{uuid4().hex[:8]}",
        "seal_whole": True,
        "new_seal_no": f"F-{uuid4().hex[:8]}",
        "opener_b_id": second,
        "opened_at": "2026-11-19T01:30:00Z",
        "slips": 3,
    }


@maker("own_opening")
async def _own_opening(world: World, _: str, caller: Account | None) -> Subject:
    """The opening of a box that waits for the caller's word."""
    assert caller
    place = await _box_place(world, "own", None)
    async with world.app.state.database.transaction() as session:
        first = await make_account(session, "clerk", place.place, "区慧")
    answer = await world.ask("POST", _api("/box-openings"), first, json=new_box(place.place, place.more["second"]))
    assert answer.status_code == 201, answer.text
    key = UUID(answer.json()["id"])
    async with world.app.state.database.transaction() as session:
        (await session.get_one(BoxOpening, key)).opener_b_id = caller.id
    return Subject(key, place.place)


@maker("child")
async def _child(world: World, place: str, _: Account | None) -> Subject:
    """An organisation directly below the place, with another of its kind beside it."""
    async with world.app.state.database.transaction() as session:
        names = [f"{place}{new_id().hex[-8:]}" for _ in range(2)]
        one, two = [await make_organization(session, name, "party_branch", world.places[place]) for name in names]
    return Subject(one.id, world.places[place], 1, {"beside": str(two.id)})


@maker("member")
async def _member(world: World, place: str, _: Account | None) -> Subject:
    number = citizen_number()
    body = {
        "name": "查文敏",
        "organization_id": str(world.inside[place]["branch"].id),
        "id_number": number,
        "phone": "19900002644",
        "joined_on": "2015-07-01",
        "status": "full",
        "confirmed_on": "2016-07-01",
    }
    made = await world.made(place, "POST", _api("/members"), json=body)
    more = {"second": str(world.inside[place]["second"].id), "id_number": number}
    return Subject(UUID(made["id"]), world.places[place], made["version"], more)


@maker("member_correction")
async def _correction(world: World, place: str, _: Account | None) -> Subject:
    member = await _member(world, place, None)
    async with world.app.state.database.transaction() as session:
        account = await make_account(session, "member", world.inside[place]["branch"])
        account.member_id = member.id
    body = {"field": "education", "should": "大学本科", "evidence": "毕业证书，2018年"}
    answer = await world.ask("POST", _api("/me/record/corrections"), account, json=body)
    assert answer.status_code == 201, answer.text
    return Subject(UUID(answer.json()["id"]), world.places[place], answer.json()["version"])


@maker("own_record")
async def _own_record(world: World, place: str, caller: Account | None) -> Subject:
    """A record on the roster for the caller itself."""
    member = await _member(world, "own", None)
    async with world.app.state.database.transaction() as session:
        assert caller
        (await session.get_one(Account, caller.id)).member_id = member.id
    return member


@maker("event")
async def _event(world: World, place: str, _: Account | None) -> Subject:
    """What the log says of somebody's registration."""
    member = await _member(world, place, None)
    async with world.app.state.database.transaction() as session:
        question = sa.select(Event.id).where(Event.subject_id == member.id)
        event_id = (await session.execute(question)).scalar_one()
    return Subject(event_id, member.place)


@maker("seal")
async def _seal(world: World, place: str, _: Account | None) -> Subject:
    """The log with a seal on it."""
    key = load_or_create_key(world.app.state.settings.data)
    async with world.app.state.database.transaction() as session:
        await seal_events(session, Moment(datetime.now(UTC)), key=key)
    return Subject(world.places[place].id, world.places[place])


@maker("sealed_event")
async def _sealed_event(world: World, place: str, caller: Account | None) -> Subject:
    found = await _event(world, place, caller)
    await _seal(world, place, caller)
    return found


@maker("account")
async def _account(world: World, place: str, _: Account | None) -> Subject:
    """Somebody who works at the place and holds nothing, with a successor."""
    async with world.app.state.database.transaction() as session:
        one, two = [await make_account(session, None, world.places[place], name) for name in ("曾立德", "任春来")]
    more = {"successor": str(two.id), "office": str(world.inside[place]["office"].id)}
    return Subject(one.id, world.places[place], one.version, more)


@maker("account_with_authenticator")
async def _account_with_authenticator(world: World, place: str, _: Account | None) -> Subject:
    found, key = await _account(world, place, None), new_id()
    secret = world.app.state.cipher.encrypt("JBSWY3DPEHPK3PXP", PLACE, key)
    async with world.app.state.database.transaction() as session:
        session.add(SecondStep(id=key, account_id=found.id, secret=secret, confirmed_at=utc_now()))
    return found


@maker("invited_account")
async def _invited_account(world: World, place: str, _: Account | None) -> Subject:
    """Somebody for whom a code is under way, made by another than the caller."""
    found = await _account(world, place, None)
    async with world.app.state.database.transaction() as session:
        row = AccountInvitation(
            account_id=found.id, code_hash=new_id().bytes, anew=False, expires_at=utc_now() + timedelta(days=1)
        )
        session.add(row)
    return found


@maker("suspended_account")
async def _suspended_account(world: World, place: str, _: Account | None) -> Subject:
    found = await _account(world, place, None)
    async with world.app.state.database.transaction() as session:
        (await session.get_one(Account, found.id)).suspended_at = utc_now()
    return found


@maker("grant")
async def _grant(world: World, place: str, _: Account | None) -> Subject:
    """A role of somebody who works at the place."""
    account = await _account(world, place, None)
    grant = RoleGrant(account_id=account.id, role="clerk", organization_id=account.place.id)
    async with world.app.state.database.transaction() as session:
        session.add(grant)
    return Subject(grant.id, account.place, grant.version)


@maker("own_session")
async def _own_session(world: World, _: str, caller: Account | None) -> Subject:
    """Another session of the caller."""
    async with world.app.state.database.transaction() as session:
        assert caller
        made = await make_session(session, caller, id=new_id())
    return Subject(made.id, world.places["own"])


@maker("own_snapshot")
async def _own_snapshot(world: World, _: str, caller: Account | None) -> Subject:
    """One that the caller asked for, and that came to nothing: another may be asked for."""
    assert caller
    made = Snapshot(
        caller_id=caller.id,
        is_client=False,
        resources=["organizations"],
        state=SnapshotState.failed,
        language="zh-CN",
        rights={"reach": {}, "own": []},
        keep_until=utc_now() + timedelta(days=3),
    )
    async with world.app.state.database.transaction() as session:
        session.add(made)
    return Subject(made.id, world.places["own"])


def new_decision(world: World, place: str) -> dict[str, Any]:
    return {
        "organization_id": str(world.places[place].id),
        "title": "镇区主干道路面改造方案",
        "subject_class": "public_works",
        "sponsor_unit_id": str(world.inside[place]["office"].id),
        "proposer": "镇人大代表 曾晓岚",
        "five_w_one_h": goal(),
        "text": {"title": "关于改造主干道路面的决议", "body": "一、范围\n中心街1.2公里。"},
    }


@maker("decision")
async def _decision(world: World, place: str, _: Account | None) -> Subject:
    made = await world.made(place, "POST", _api("/decisions"), json=new_decision(world, place))
    return Subject(UUID(made["id"]), world.places[place], made["version"], {"step": made["procedure"]["step"]})


@maker("opinion")
async def _opinion(world: World, place: str, _: Account | None) -> Subject:
    decision = await _decision(world, place, None)
    body = {"channel": "household_visit", "content": "希望分档。", "from_kind": "resident", "from_name": "陶秀英"}
    made = await world.made(place, "POST", _api(f"/decisions/{decision.id}/opinions"), json=body)
    return Subject(decision.id, world.places[place], made["version"], {"opinion_id": made["id"]})


@maker("attachment")
async def _attachment(world: World, place: str, _: Account | None) -> Subject:
    sent = {"data": {"organization_id": str(world.places[place].id)}, "files": {"file": ("材料.pdf", PDF)}}
    made = await world.made(place, "POST", _api("/attachments"), **sent)
    return Subject(UUID(made["id"]), world.places[place])


def roster(world: World, place: str) -> bytes:
    """A workbook of one member of the place, as CSV."""
    branch = world.inside[place]["branch"].name
    head = "姓名,公民身份号码,手机号,所在党支部,入党日期,转正日期,党员状态"
    return f"{head}\n查文敏,{citizen_number()},19900002644,{branch},2015-07-01,2016-07-01,正式党员\n".encode()


@maker("import")
async def _import(world: World, place: str, _: Account | None) -> Subject:
    query = {"ledger": "member", "organization_id": str(world.places[place].id)}
    files = {"file": ("花名册.csv", roster(world, place))}
    made = await world.made(place, "POST", _api("/imports"), params=query, files=files)
    return Subject(UUID(made["id"]), world.places[place])


@maker("committed_import")
async def _committed(world: World, place: str, _: Account | None) -> Subject:
    found = await _import(world, place, None)
    await world.made(place, "POST", _api(f"/imports/{found.id}/commit"))
    return found


def new_card(world: World, place: str, **changes: Any) -> dict[str, Any]:
    return {
        "submission_id": str(uuid4()),
        "organization_id": str(world.places[place].id),
        "category": "lamps",
        "wish": "action",
        "content": f"村西头第三盏路灯坏了一个星期，晚上看不清路。{uuid4().hex[:8]}",
        **changes,
    }


async def _sent(world: World, place: str, **changes: Any) -> dict[str, Any]:
    answer = await world.ask("POST", _api("/feedback-cards"), None, json=new_card(world, place, **changes))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@maker("card", "card_problem")
async def _card(world: World, place: str, _: Account | None) -> Subject:
    """A card from the place with a photo and a way to reach its sender, at the desk that took it in."""
    receipt = await _sent(world, place, contact={"name": "陶秀英", "phone": "19900003355"})
    key = {"x-tracking-code": receipt["code"], "x-tracking-pin": receipt["pin"]}
    files = {"file": ("1.png", picture())}
    photo = await world.ask("POST", _api("/feedback-cards/track/photos"), None, headers=key, files=files)
    assert photo.is_success, photo.text
    listed = await world.made(place, "GET", _api("/feedback-cards"), params={"q": receipt["number"]})
    (row,) = listed["items"]
    seen = await world.made(place, "GET", _api(f"/feedback-cards/{row['id']}"))
    more = {"key": key, "desk": seen["desk"]["id"], "photo": seen["photos"][0]["id"]}
    return Subject(UUID(row["id"]), world.places[place], row["version"], more)


@maker("named_card")
async def _named_card(world: World, place: str, _: Account | None) -> Subject:
    """A card whose note names somebody who works in an office of the place."""
    name = f"陶{uuid4().hex.translate(str.maketrans('0123456789', 'ghijklmnop'))[:6]}"
    async with world.app.state.database.transaction() as session:
        named = await make_account(session, None, world.inside[place]["office"], name)
    receipt = await _sent(world, place, about_note=name)
    (row,) = (await world.made(place, "GET", _api("/feedback-cards"), params={"q": receipt["number"]}))["items"]
    return Subject(UUID(row["id"]), world.places[place], row["version"], {"named": str(named.id)})


@maker("two_cards")
async def _two_cards(world: World, place: str, _: Account | None) -> Subject:
    one, two = await _card(world, place, None), await _card(world, place, None)
    return Subject(one.id, one.place, one.version, {**one.more, "into": str(two.id)})


@maker("sealed_report")
async def _sealed(world: World, place: str, _: Account | None) -> Subject:
    """A report of misconduct that is kept at the place itself, wherever the rules of routing would keep it."""
    receipt = await _sent(world, place, wish="misconduct")
    async with world.app.state.database.transaction() as session:
        await open_vault(session, KEEPER)
        statement = "UPDATE sealed_report SET organization_id = :at WHERE card_id = (SELECT id FROM feedback_card"
        statement += " WHERE number = :number AND county_id = :county) RETURNING card_id"
        values = {"at": world.places[place].id, "number": receipt["number"], "county": world.places[place].county_id}
        (key,) = (await session.execute(sa.text(statement), values)).one()
    return Subject(key, world.places[place])


@maker("client")
async def _client(world: World, place: str, _: Account | None) -> Subject:
    """A program that belongs to the place, with a secret."""
    at, name = world.places[place], uuid4().hex[:12]
    client = Client(
        county_id=at.county_id,
        organization_id=at.id,
        reach_id=at.id,
        client_id=f"c-{name}",
        name="热线平台",
        ends_at=utc_now() + timedelta(days=300),
    )
    secret = ClientSecret(client_key=client.id, secret_hash=secret_hash(name), hint=name[:4], ends_at=client.ends_at)
    async with world.app.state.database.transaction() as session:
        session.add(client)
        await session.flush()
        session.add(secret)
    return Subject(client.id, at, client.version, {"secret_id": str(secret.id)})


@maker("suspended_client")
async def _suspended_client(world: World, place: str, _: Account | None) -> Subject:
    found = await _client(world, place, None)
    async with world.app.state.database.transaction() as session:
        (await session.get_one(Client, found.id)).suspended_at = utc_now()
    return found


WEBHOOK = "https://hooks.example.gov.cn/guanbiao"


@maker("webhook")
async def _webhook(world: World, place: str, _: Account | None) -> Subject:
    """A subscription of a program that belongs to the place, with one message that was given up."""
    client, at = await _client(world, place, None), world.places[place]
    webhook = Webhook(
        county_id=at.county_id, organization_id=at.id, client_key=client.id, url=WEBHOOK, resources=["members"]
    )
    message = WebhookDelivery(
        webhook_id=webhook.id,
        type="member.changed",
        resource="members",
        record_id=new_id(),
        change_id=new_id(),
        at=utc_now(),
        next_at=utc_now(),
        state=DeliveryState.dead,
    )
    async with world.app.state.database.transaction() as session:
        session.add(webhook)
        await session.flush()
        session.add(message)
    return Subject(webhook.id, at, webhook.version, {"delivery_id": str(message.id)})


@maker("paused_webhook")
async def _paused_webhook(world: World, place: str, _: Account | None) -> Subject:
    found = await _webhook(world, place, None)
    async with world.app.state.database.transaction() as session:
        (await session.get_one(Webhook, found.id)).paused_at = utc_now()
    return found


@maker("mapping")
async def _mapping(world: World, place: str, _: Account | None) -> Subject:
    """A code of a program that reaches the place, and the program itself."""
    client = await _client(world, place, None)
    mapping = CodeMapping(
        county_id=client.place.county_id,
        organization_id=client.place.id,
        client_key=client.id,
        resource="rectifications",
        field="category",
        code=uuid4().hex[:12],
        value="venue",
    )
    async with world.app.state.database.transaction() as session:
        session.add(mapping)
    return Subject(mapping.id, client.place, 1, {"client": str(client.id)})


@maker("waiting_record")
async def _waiting(world: World, place: str, _: Account | None, **changes: Any) -> Subject:
    """A record of a program that reaches the place, which waits for a code."""
    client = await _client(world, place, None)
    key = new_id()
    said = json.dumps({"values": {}, "codes": {"category": "0399"}, "reason": ""})
    row = WaitingRecord(
        id=key,
        county_id=client.place.county_id,
        organization_id=client.place.id,
        client_key=client.id,
        resource="rectifications",
        system="grid",
        source_id=uuid4().hex[:12],
        body=world.app.state.cipher.encrypt(said, "waiting_record.body", key),
        body_hash=b"",
        unknown=[{"field": "category", "code": "0399"}],
        **changes,
    )
    async with world.app.state.database.transaction() as session:
        session.add(row)
    return Subject(row.id, client.place)


@maker("refused_record")
async def _refused_record(world: World, place: str, caller: Account | None) -> Subject:
    problem = {"code": "not_found", "params": {}, "errors": []}
    return await _waiting(world, place, caller, state=WaitingState.refused, problem=problem)


@maker("batch")
async def _batch(world: World, place: str, _: Account | None) -> Subject:
    body = {"count": 4, "kind": "opinion_card", "organization_id": str(world.places[place].id)}
    made = await world.made(place, "POST", _api("/feedback-batches"), json=body)
    return Subject(UUID(made["id"]), world.places[place], 1, {"token": made["token"]})


def new_rectification(world: World, place: str) -> dict[str, Any]:
    return {
        "organization_id": str(world.places[place].id),
        "source": "supervision",
        "problem": "排水沟堵塞，雨季积水",
        "category": "infrastructure",
        "affects_people": False,
        "nobody_affected_reason": "沟渠不临近住户",
    }


@maker("rectification")
async def _rectification(world: World, place: str, _: Account | None) -> Subject:
    made = await world.made(place, "POST", _api("/rectifications"), json=new_rectification(world, place))
    more = {"step": made["procedure"]["step"], "unit": str(world.inside[place]["office"].id)}
    return Subject(UUID(made["id"]), world.places[place], made["version"], more)


@maker("two_rectifications")
async def _two_rectifications(world: World, place: str, _: Account | None) -> Subject:
    one, two = await _rectification(world, place, None), await _rectification(world, place, None)
    return Subject(one.id, one.place, one.version, {**one.more, "into": str(two.id)})


@maker("relook")
async def _relook(world: World, place: str, _: Account | None) -> Subject:
    """An item with a relook. It is still open, so that whoever may look again is told that it is outdated."""
    found = await _rectification(world, place, None)
    relook = RectificationRelook(
        county_id=found.place.county_id,
        organization_id=found.place.id,
        rectification_id=found.id,
        kind=RelookKind.major,
        due_on=date(2099, 1, 1),
    )
    async with world.app.state.database.transaction() as session:
        session.add(relook)
    return Subject(found.id, found.place, found.version, {"relook_id": str(relook.id)})


@maker("notice")
async def _notice(world: World, place: str, caller: Account | None) -> Subject:
    """A notice to the caller about an item at the place."""
    found = await _rectification(world, place, None)
    assert caller
    async with world.app.state.database.transaction() as session:
        question = sa.select(ProcedureRun.id).where(ProcedureRun.subject_id == found.id)
        notice = Notice(
            account_id=caller.id,
            run_id=(await session.execute(question)).scalar_one(),
            subject_kind="rectification",
            subject_id=found.id,
            number="1",
            title="",
            step=found.more["step"],
            step_title={},
            rung="yellow",
            rung_title={},
            opened_at=datetime.now(UTC),
            limit_at=datetime.now(UTC),
            day=date(2026, 1, 1),
        )
        session.add(notice)
    return Subject(notice.id, found.place)
