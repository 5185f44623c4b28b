"""Programs of partners: what they are given by whom, how they sign in, and what they may never do."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from backend.app import create_app
from backend.domain.access import CLIENT_SCOPES, ROLE_PERMISSIONS
from tests.api.clients import SCOPES, Partner, code, key_pair, new_client
from tests.factories import County


@pytest.fixture
async def partner(county: County) -> Partner:
    return await Partner.start(county)


async def test_what_is_taken_is_refused_at_the_next_request(partner: Partner) -> None:
    client = await partner.signed_in()
    assert (await client.get("/rectifications")).status_code == 200
    await partner.give(["organization:read"])
    assert (await client.get("/rectifications")).status_code == 403
    assert (await client.get("/organizations")).status_code == 200
    reason = {"reason": "对接方更换系统"}
    await partner.done(await partner.keeper.post(f"{partner.path}/suspension", json=reason, headers=partner.match))
    over = await client.get("/organizations")
    assert (over.status_code, code(over)) == (401, "client_over")
    assert (await partner.ask()).status_code == 401
    await partner.done(await partner.keeper.post(f"{partner.path}/resumption", json=reason, headers=partner.match))
    assert (await partner.ask("organization:read")).json()["code"] == "invalid_scope", "its scopes are given anew"
    await partner.give(["organization:read"])
    # The old token stays dead.
    assert (await client.get("/organizations")).status_code == 401
    assert (await partner.ask("organization:read")).status_code == 200


async def test_a_second_process_refuses_what_the_first_has_taken(partner: Partner) -> None:
    app = partner.county.app
    other = create_app(app.state.settings, dsn=app.state.database.engine.url.render_as_string(hide_password=False))
    async with other.router.lifespan_context(other):
        token = (await partner.ask()).json()["access_token"]
        elsewhere = httpx.AsyncClient(
            transport=httpx.ASGITransport(other),
            base_url="http://test/api/v1",
            headers={"authorization": f"Bearer {token}"},
        )
        assert (await elsewhere.get("/organizations")).status_code == 200
        await partner.give([])
        assert (await elsewhere.get("/organizations")).status_code == 403
        await elsewhere.aclose()


async def test_two_secrets_live_and_no_third(partner: Partner) -> None:
    old, old_id = partner.secret, partner.secret_id
    new = await partner.new_secret()
    for secret in (old, new):
        assert (await partner.ask(client_secret=secret)).status_code == 200
    third = await partner.keeper.post(f"{partner.path}/secrets", headers=partner.match)
    assert (third.status_code, code(third)) == (409, "secrets_enough")
    client = await partner.signed_in()
    ended = await partner.keeper.post(
        f"{partner.path}/secrets/end", json={"secret_id": old_id, "reason": "更换密钥"}, headers=partner.match
    )
    await partner.done(ended)
    assert (await client.get("/organizations")).status_code == 401
    assert (await partner.ask(client_secret=old)).status_code == 401
    assert (await partner.ask(client_secret=new)).status_code == 200
    again = await partner.keeper.post(
        f"{partner.path}/secrets/end", json={"secret_id": old_id, "reason": "更换密钥"}, headers=partner.match
    )
    assert (again.status_code, code(again)) == (409, "secret_over")


async def test_a_secret_is_shown_once_and_kept_as_a_hash(partner: Partner) -> None:
    shown = await partner.keeper.get(partner.path)
    told = await partner.keeper.get(f"{partner.path}/events")
    assert partner.secret not in shown.text + told.text
    kinds = {event["kind"] for event in told.json()["items"]}
    assert {"client.registered", "client.scopes_given", "client.secret_made"} <= kinds


async def test_set_scopes_200_confirms_no_secret_and_no_key(partner: Partner) -> None:
    """Whoever keeps clients can have the scopes given anew at any time, with a secret waiting that they alone know."""
    made = await partner.done(await partner.keeper.post(f"{partner.path}/secrets", headers=partner.match))
    body = {"use": "hmac-sha256"}
    key = await partner.done(await partner.keeper.post(f"{partner.path}/secrets", json=body, headers=partner.match))
    there = {"networks": ["127.0.0.0/8"]}
    await partner.done(await partner.keeper.patch(partner.path, json=there, headers=partner.match))
    await partner.give(SCOPES)
    waiting = {kept["id"]: kept["confirmed_at"] for kept in partner.body["secrets"]}
    assert waiting[made.json()["id"]] is None
    assert waiting[key.json()["id"]] is None
    assert waiting[partner.secret_id] is not None
    assert (await partner.ask(client_secret=made.json()["client_secret"])).status_code == 401
    # Nor is anything asked to be signed with a key that nobody has confirmed.
    client = await partner.signed_in()
    assert (await client.get("/organizations")).status_code == 200
    word = {"secret_id": made.json()["id"], "reason": "对接方已当面核对"}
    path = f"{partner.path}/secrets/confirmation"
    await partner.done(await partner.giver.post(path, json=word, headers=partner.match))
    assert (await partner.ask(client_secret=made.json()["client_secret"])).status_code == 200


async def test_register_takes_two_people(county: County) -> None:
    """Who keeps clients gives no scopes, and who gives scopes holds no secret."""
    partner = await Partner.start(county, scopes=[])
    body = {"scopes": SCOPES, "reason": "数据共享协议"}
    own = await partner.keeper.put(f"{partner.path}/scopes", json=body, headers=partner.match)
    assert (own.status_code, code(own)) == (403, "permission_missing")
    secret = await partner.giver.post(f"{partner.path}/secrets", headers=partner.match)
    assert (secret.status_code, code(secret)) == (403, "permission_missing")
    holders = {role for role, given in ROLE_PERMISSIONS.items() if {"client:write", "grant:write"} <= given}
    assert holders == set()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"client_id": "X"}, ("/client_id", "client_id_malformed")),
        ({"networks": ["10.0.0.1/8"]}, ("/networks/0", "network_malformed")),
        ({"networks": ["everywhere"]}, ("/networks/0", "network_malformed")),
        ({"ends_on": "2020-01-01"}, ("/ends_on", "day_is_over")),
        ({"ends_on": "2099-01-01"}, ("/ends_on", "client_too_long")),
    ],
)
async def test_register_422_at_the_field(county: County, changes: dict[str, Any], problem: tuple[str, str]) -> None:
    body = new_client(county, **changes)
    answer = await county.client("system_admin").post("/clients", json=body)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [problem]


async def test_register_404_outside_reach_and_422_for_a_name_that_is_taken(
    county: County, other_county: County, partner: Partner
) -> None:
    body = new_client(county, reach_id=str(other_county.township.id))
    assert (await county.client("system_admin").post("/clients", json=body)).status_code == 404
    body |= {"reach_id": str(county.township.id), "client_id": partner.body["client_id"]}
    taken = await county.client("system_admin").post("/clients", json=body)
    assert [e["code"] for e in taken.json()["errors"]] == ["client_id_taken"]


async def test_change_200_networks_bind_the_token_and_every_request(partner: Partner) -> None:
    client = await partner.signed_in()
    away = {"networks": ["10.20.0.0/16"]}
    await partner.done(await partner.keeper.patch(partner.path, json=away, headers=partner.match))
    await partner.give(SCOPES)
    refused = await client.get("/organizations")
    assert (refused.status_code, code(refused)) == (401, "client_elsewhere")
    assert (await partner.ask()).status_code == 401
    here = {"networks": ["127.0.0.1", "10.20.0.0/16"]}
    await partner.done(await partner.keeper.patch(partner.path, json=here, headers=partner.match))
    await partner.give(SCOPES)
    assert (await client.get("/organizations")).status_code == 200


async def test_set_scopes_422_for_what_is_for_people(partner: Partner) -> None:
    body = {"scopes": ["member:unmask"], "reason": "核对数据"}
    answer = await partner.giver.put(f"{partner.path}/scopes", json=body, headers=partner.match)
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/scopes/0", "scope_unknown")]


async def test_change_412_with_a_stale_version_and_428_without(partner: Partner) -> None:
    stale = await partner.keeper.patch(partner.path, json={"name": "平台"}, headers={"if-match": '"1"'})
    assert stale.status_code == 412
    assert (await partner.keeper.patch(partner.path, json={"name": "平台"})).status_code == 428


@pytest.mark.parametrize("key", ["no key", "private"])
async def test_make_secret_422_for_a_key_that_is_not_public_p256(partner: Partner, key: str) -> None:
    body = {"use": "private_key_jwt", "public_key": key_pair()[0] if key == "private" else key}
    answer = await partner.keeper.post(f"{partner.path}/secrets", json=body, headers=partner.match)
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/public_key", "key_unusable")]


async def test_a_client_is_no_person(partner: Partner) -> None:
    """Whatever is about oneself is for people, and nothing that a client may carry decides anything."""
    client = await partner.signed_in()
    for method, path in (
        ("GET", "/me"), ("GET", "/me/sessions"), ("GET", "/me/security"), ("POST", "/me/copy"), ("GET", "/me/record"),
        ("GET", "/me/delegations"), ("POST", "/me/sessions/end-others"), ("GET", "/personal-data/map"),
    ):  # fmt: skip
        answer = await client.request(method, path)
        assert (answer.status_code, code(answer)) == (403, "people_only"), path
    assert not {scope for scope in CLIENT_SCOPES if scope.endswith((":act", ":unmask", ":contact", ":seal"))}
    assert not CLIENT_SCOPES & {"account:write", "grant:write", "event:read", "audit:read"}


async def test_a_client_writes_under_its_own_name_and_within_its_reach(
    partner: Partner, county: County, other_county: County
) -> None:
    client = await partner.signed_in()
    body = {
        "organization_id": str(county.village.id),
        "source": "supervision",
        "problem": "排水沟堵塞，雨季积水",
        "category": "infrastructure",
        "affects_people": False,
        "nobody_affected_reason": "沟渠不临近住户",
    }
    made = await client.post("/rectifications", json=body, headers={"idempotency-key": uuid4().hex})
    assert made.status_code == 201, made.text
    events = (await county.client("supervisor").get(f"/rectifications/{made.json()['id']}/events")).json()["items"]
    assert [event["actor"]["name"] for event in events if event["kind"] == "rectification.registered"] == [
        "县一体化平台"
    ]
    assert (
        await client.post("/rectifications", json=body | {"organization_id": str(other_county.village.id)})
    ).status_code == 404


async def test_nobody_who_keeps_clients_lets_in_a_program_of_their_own(partner: Partner) -> None:
    """A new secret opens nothing before the security administrator has confirmed it, and no other way in keeps the
    scopes that were given."""
    made = await partner.done(await partner.keeper.post(f"{partner.path}/secrets", headers=partner.match))
    own = made.json()["client_secret"]
    assert (await partner.ask(client_secret=own)).status_code == 401
    body = {"secret_id": made.json()["id"], "reason": "对接方已当面核对"}
    refused = await partner.keeper.post(f"{partner.path}/secrets/confirmation", json=body, headers=partner.match)
    assert (refused.status_code, code(refused)) == (403, "permission_missing")
    key = await partner.keeper.patch(partner.path, json={"public_key": key_pair()[1]}, headers=partner.match)
    assert key.status_code == 422
    for change in ({"networks": []}, {"ends_on": partner.body["ends_at"][:10]}):
        await partner.done(await partner.keeper.patch(partner.path, json=change, headers=partner.match))
        assert partner.body["scopes"] == []
        assert (await partner.ask()).status_code == 400
        await partner.give(SCOPES)
