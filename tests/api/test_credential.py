"""Changing my password, and setting up an authenticator: what is due comes before anything else."""

from datetime import timedelta

import pyotp
import pytest
from sqlmodel import select

from backend.db.account import Account
from backend.db.base import utc_now
from backend.db.event import Event
from backend.db.second_step import RecoveryCode, SecondStep
from tests.signing_in import PASSWORD, bearer, browser, me, person, sign_in, with_authenticator

NEW = "Orchard-3-lantern-Fog"
# One read, one write: what is due forbids both.
ELSEWHERE = (("GET", "/api/v1/organizations"), ("POST", "/api/v1/organizations"), ("GET", "/api/v1/decisions"))


async def change(client, opened, password: str = NEW, current: str = PASSWORD):
    body = {"current_password": current, "password": password}
    return await client.post("/api/v1/me/password", json=body, headers=bearer(opened))


async def post(client, opened, path: str, **body: str):
    return await client.post(f"/api/v1/me/second-step{path}", json=body, headers=bearer(opened))


async def kinds_of(county, account: Account) -> list[str]:
    async with county.app.state.database.transaction() as session:
        return sorted(await session.exec(select(Event.kind).where(Event.subject_id == account.id)))


async def test_change_password_200_and_ends_the_other_sessions(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        other = await sign_in(client, account.username)
        opened = await sign_in(client, account.username)
        answer = await change(client, opened)
        assert (answer.status_code, answer.json()) == (200, {"sessions_ended": 2})
        assert (await me(client, bearer(other))).status_code == 401
        assert (await me(client, bearer(opened))).status_code == 200
        assert (await sign_in(client, account.username)).json()["code"] == "invalid_grant"
        assert (await sign_in(client, account.username, NEW)).status_code == 200
    assert "account.password_changed" in await kinds_of(county, account)


async def test_change_password_422_for_a_wrong_present_one(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        answer = await change(client, opened, current="something else")
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/current_password", "password_wrong")]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Ab1!", "password_short"),
        ("abcdefghijklm", "password_classes"),
        ("Password123!", "password_guessable"),
        (PASSWORD, "password_reused"),
        ("x" * 300, "password_long"),
    ],
)
async def test_change_password_422_says_every_problem_at_the_field(county, password: str, code: str) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        answer = await change(client, opened, password)
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/password"}
    assert code in [error["code"] for error in answer.json()["errors"]]
    assert password not in answer.text


async def test_a_session_cannot_try_the_present_password_for_ever(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        answers = [await change(client, opened, current=f"guess {number}") for number in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert answers[-1].headers["retry-after"]


async def test_a_password_that_somebody_else_chose_allows_nothing_but_its_change(county) -> None:
    account = await person(county, password_must_change=True)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        assert (await me(client, bearer(opened))).json()["due"] == "password"
        for method, path in ELSEWHERE:
            answer = await client.request(method, path, headers=bearer(opened))
            assert (answer.status_code, answer.json()["code"]) == (403, "password_due")
        assert (await change(client, opened)).status_code == 200
        assert (await me(client, bearer(opened))).json()["due"] is None
        assert (await client.get("/api/v1/decisions", headers=bearer(opened))).status_code == 200


async def test_an_administrator_s_password_grows_too_old_and_a_clerk_s_does_not(county) -> None:
    clerk = await person(county, "clerk", password_set_at=utc_now() - timedelta(days=4000))
    async with browser(county.app) as client:
        opened = await sign_in(client, clerk.username)
        assert (await me(client, bearer(opened))).json()["due"] is None
        admin, authenticator = await with_authenticator(county, "township_admin")
        for days, due, soon in ((100, None, False), (170, None, True), (180, "password", True)):
            async with county.app.state.database.transaction() as session:
                (await session.get_one(Account, admin.id)).password_set_at = utc_now() - timedelta(days=days)
                step = (await session.exec(select(SecondStep).where(SecondStep.account_id == admin.id))).one()
                step.last_counter = 0
            opened = await sign_in(client, admin.username, otp=authenticator.now())
            state = (await client.get("/api/v1/me/security", headers=bearer(opened))).json()
            assert (state["due"], state["password"]["ends_soon"]) == (due, soon), days


async def test_who_needs_a_second_step_may_do_nothing_before_it_is_set_up(county) -> None:
    account = await person(county, "secretary")
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        assert (await me(client, bearer(opened))).json()["due"] == "second_step"
        for method, path in ELSEWHERE:
            answer = await client.request(method, path, headers=bearer(opened))
            assert (answer.status_code, answer.json()["code"]) == (403, "second_step_due")
        begun = await post(client, opened, "", current_password=PASSWORD)
        assert begun.headers["cache-control"] == "no-store"
        assert begun.json()["qr"].startswith("data:image/svg+xml")
        authenticator = pyotp.parse_uri(begun.json()["address"])
        assert isinstance(authenticator, pyotp.TOTP)
        # Begun is not done: nothing asks for a code yet, and nothing else is allowed yet.
        assert (await sign_in(client, account.username)).status_code == 200
        wrong = await post(client, opened, "/confirmation", code="000000")
        assert [(e["pointer"], e["code"]) for e in wrong.json()["errors"]] == [("/code", "second_step_wrong")]
        code = authenticator.now()
        done = await post(client, opened, "/confirmation", code=code)
        assert len(set(done.json()["recovery_codes"])) == 10
        assert (await me(client, bearer(opened))).json()["due"] is None
        assert (await client.get("/api/v1/decisions", headers=bearer(opened))).status_code == 200
        assert (await sign_in(client, account.username, otp=code)).json()["code"] == "second_step_wrong"
        state = (await client.get("/api/v1/me/security", headers=bearer(opened))).json()["second_step"]
    assert state == {"in_use": True, "required": True, "recovery_codes_left": 10}
    assert "account.second_step_set" in await kinds_of(county, account)


async def test_the_secret_is_encrypted_and_recovery_codes_are_hashes(county) -> None:
    account, opened, client, secret, codes = await enrolled(county)
    await client.aclose()
    async with county.app.state.database.transaction() as session:
        step = (await session.exec(select(SecondStep).where(SecondStep.account_id == account.id))).one()
        kept = list(await session.exec(select(RecoveryCode.code_hash).where(RecoveryCode.account_id == account.id)))
    assert secret.encode() not in step.secret
    assert not any(code.encode() in b"".join(kept) for code in codes)
    assert opened


async def enrolled(county, role: str = "clerk"):
    account = await person(county, role)
    client = browser(county.app)
    opened = await sign_in(client, account.username)
    begun = (await post(client, opened, "", current_password=PASSWORD)).json()
    code = pyotp.TOTP(begun["secret"]).now()
    codes = (await post(client, opened, "/confirmation", code=code)).json()["recovery_codes"]
    return account, opened, client, begun["secret"], codes


async def test_a_recovery_code_works_once_however_it_is_typed(county) -> None:
    account, opened, client, _, codes = await enrolled(county)
    typed = codes[0].replace("-", " ").upper()
    assert (await sign_in(client, account.username, otp=typed)).status_code == 200
    assert (await sign_in(client, account.username, otp=codes[0])).json()["code"] == "second_step_wrong"
    state = (await client.get("/api/v1/me/security", headers=bearer(opened))).json()["second_step"]
    assert state["recovery_codes_left"] == 9
    renewed = (await post(client, opened, "/recovery-codes", code=codes[1])).json()["recovery_codes"]
    assert not set(renewed) & set(codes)
    assert (await sign_in(client, account.username, otp=codes[2])).json()["code"] == "second_step_wrong"
    assert (await sign_in(client, account.username, otp=renewed[0])).status_code == 200
    await client.aclose()


async def test_begin_409_while_one_is_in_use_and_give_up_200_with_a_code(county) -> None:
    account, opened, client, _, codes = await enrolled(county, "secretary")
    again = await post(client, opened, "", current_password=PASSWORD)
    assert (again.status_code, again.json()["code"]) == (409, "second_step_in_use")
    assert (await post(client, opened, "/removal", code="wrong")).status_code == 422
    assert (await post(client, opened, "/removal", code=codes[0])).json() == {"due": True}
    assert (await me(client, bearer(opened))).json()["due"] == "second_step"
    assert (await post(client, opened, "", current_password=PASSWORD)).status_code == 200
    await client.aclose()
    assert "account.second_step_given_up" in await kinds_of(county, account)


async def test_begin_422_for_a_wrong_password_and_confirm_409_before_it_was_begun(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        wrong = await post(client, opened, "", current_password="something else")
        assert wrong.json()["errors"][0]["pointer"] == "/current_password"
        for path in ("/confirmation", "/recovery-codes", "/removal"):
            answer = await post(client, opened, path, code="123456")
            assert (answer.status_code, answer.json()["code"]) == (409, "second_step_not_begun"), path


async def test_other_sessions_end_when_the_second_step_is_set_up(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        other = await sign_in(client, account.username)
        opened = await sign_in(client, account.username)
        begun = (await post(client, opened, "", current_password=PASSWORD)).json()
        await post(client, opened, "/confirmation", code=pyotp.TOTP(begun["secret"]).now())
        assert (await me(client, bearer(other))).status_code == 401


async def test_a_demonstration_asks_for_one_step(demo) -> None:
    account = await person(demo, "secretary")
    async with browser(demo.app) as client:
        opened = await sign_in(client, account.username)
        assert (await me(client, bearer(opened))).json()["due"] is None


async def test_security_401_without_a_token(anonymous) -> None:
    for path in ("/me/security", "/me/sessions"):
        assert (await anonymous.get(f"/api/v1{path}")).status_code == 401


CHANGES = ("Password changed", "Authenticator put to use", "Recovery codes renewed")


async def test_every_change_of_what_one_signs_in_with_is_told_to_the_person(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        assert (await change(client, opened)).status_code == 200
        begun = (await post(client, opened, "", current_password=NEW)).json()
        code = pyotp.TOTP(begun["secret"]).now()
        codes = (await post(client, opened, "/confirmation", code=code)).json()["recovery_codes"]
        assert (await post(client, opened, "/recovery-codes", code=codes[0])).status_code == 200
        days = (await client.get("/api/v1/me/notices", headers=bearer(opened))).json()["items"]
    told = [(one["subject_kind"], one["step_title"]) for day in days for one in day["notices"]]
    assert sorted(told) == sorted(("account_own", title) for title in CHANGES)
    assert all(account.username in one["title"] for day in days for one in day["notices"])
