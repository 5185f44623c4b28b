"""Signing in over HTTP: the password, the second step, tries that are counted, and signing out."""

import asyncio
import statistics
import time
from datetime import timedelta

import httpx
import sqlalchemy as sa
from sqlmodel import col, select

from backend.db.account import Account, RefreshToken
from backend.db.base import utc_now
from backend.db.event import Event
from backend.db.second_step import replace_recovery_codes
from backend.db.session import SignInTry
from backend.domain.password_hash import hash_password
from tests.signing_in import PAGE, PASSWORD, TOKEN, bearer, browser, carry_on, me, person, sign_in, with_authenticator

WRONG = "something else entirely"


async def events_of(county, account: Account, kind: str) -> list[dict]:
    async with county.app.state.database.transaction() as session:
        question = select(Event.data).where(Event.subject_id == account.id, Event.kind == kind)
        return list(await session.exec(question.order_by(col(Event.sequence))))


async def guess(county, username: str, times: int, **client) -> list[httpx.Response]:
    async with browser(county.app, **client) as attacker:
        return [await sign_in(attacker, username, f"{WRONG} {number}") for number in range(times)]


async def test_token_200_for_the_right_password(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        answer = await sign_in(client, account.username)
        assert answer.status_code == 200
        assert answer.json()["expires_in"] == 600
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers
        who = (await me(client, bearer(answer))).json()
    assert who["username"] == account.username
    assert who["organization"]["id"] == str(county.township.id)
    assert who["roles"][0]["role"] == "clerk"
    assert who["due"] is None


async def test_token_400_says_the_same_for_a_wrong_name_and_a_wrong_password(county) -> None:
    account = await person(county)
    answers = []
    for name in (account.username, "nobody-here", account.username, "nobody-here"):
        async with browser(county.app) as client:
            answers.append(await sign_in(client, name, WRONG))
    assert {answer.status_code for answer in answers} == {400}
    bodies = [answer.json() | {"request_id": None} for answer in answers]
    assert bodies[0]["code"] == "invalid_grant"
    assert all(body == bodies[0] for body in bodies)


async def test_a_name_that_nobody_has_takes_as_long_as_one_that_somebody_has(county) -> None:
    account = await person(county, password_hash=await hash_password(PASSWORD))
    seconds: dict[str, list[float]] = {account.username: [], f"no-{account.username}": []}
    for _ in range(9):
        # In turns, so that a machine that is busy for a while is busy for both.
        for name, taken in seconds.items():
            async with browser(county.app) as client:
                begun = time.perf_counter()
                assert (await sign_in(client, name, WRONG)).json()["code"] == "invalid_grant"
                taken.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(taken) for taken in seconds.values())
    # Without a hash to judge, an unknown name would be answered ten times as fast.
    assert 0.5 < known / unknown < 2, seconds


async def test_a_name_that_nobody_has_locks_like_one_that_somebody_has(county) -> None:
    account = await person(county)
    for name in (account.username, f"no-{account.username}"):
        codes = [answer.json()["code"] for answer in await guess(county, name, 6)]
        assert codes == ["invalid_grant"] * 5 + ["sign_in_locked"], name


async def test_token_429_after_five_failures_and_for_the_right_password_too(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        for _ in range(5):
            assert (await sign_in(client, account.username, WRONG)).status_code == 400
        refused = await sign_in(client, account.username)
        assert (refused.status_code, refused.json()["code"]) == (429, "sign_in_locked")
        assert 890 <= int(refused.headers["retry-after"]) <= 900
        await unlock(county, account)
        assert (await sign_in(client, account.username)).status_code == 200
        # Whoever got in starts anew.
        assert (await sign_in(client, account.username, WRONG)).json()["code"] == "invalid_grant"


async def unlock(county, account: Account) -> None:
    """As if the time were over."""
    name = county.app.state.sign_in_key.name(account.username)
    async with county.app.state.database.transaction() as session:
        await session.execute(
            sa.update(SignInTry).where(col(SignInTry.name_hash) == name).values(locked_until=utc_now())
        )


async def test_the_second_lock_is_longer(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        for _ in range(5):
            await sign_in(client, account.username, WRONG)
        await unlock(county, account)
        for _ in range(5):
            await sign_in(client, account.username, WRONG)
        refused = await sign_in(client, account.username)
    assert 1790 <= int(refused.headers["retry-after"]) <= 1800


async def test_many_tries_at_once_are_judged_five_times_at_most(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        answers = await asyncio.gather(*(sign_in(client, account.username, WRONG) for _ in range(12)))
    codes = [answer.json()["code"] for answer in answers]
    assert codes.count("invalid_grant") == 5
    assert codes.count("sign_in_locked") == 7


async def test_guessing_elsewhere_keeps_nobody_out(county) -> None:
    account = await person(county)
    assert (await guess(county, account.username, 6))[-1].json()["code"] == "sign_in_locked"
    async with browser(county.app) as client:
        assert (await sign_in(client, account.username)).status_code == 200


async def test_guessing_from_many_places_keeps_out_neither_a_known_device_nor_both_right_steps(county) -> None:
    account, authenticator = await with_authenticator(county)
    code = authenticator.now()
    async with browser(county.app) as known:
        assert (await sign_in(known, account.username, otp=code, **PAGE)).status_code == 200
        for _ in range(12):
            await guess(county, account.username, 5)
        async with browser(county.app) as stranger:
            refused = await sign_in(stranger, account.username)
            assert (refused.status_code, refused.json()["code"]) == (429, "sign_in_locked")
            # A wrong code is told nothing about the password, a wrong password nothing about the code.
            for password, otp in ((PASSWORD, "000000"), (WRONG, authenticator.now())):
                again = await sign_in(stranger, account.username, password, otp)
                assert again.json()["code"] == "sign_in_locked"
            later = authenticator.at(utc_now() + timedelta(seconds=30))
            assert (await sign_in(stranger, account.username, otp=later)).status_code == 200
        asked = await sign_in(known, account.username, **PAGE)
        assert asked.json()["code"] == "second_step_required"


async def test_a_device_that_guesses_is_locked_by_itself(county) -> None:
    account = await person(county)
    async with browser(county.app) as stolen, browser(county.app) as own:
        for client in (stolen, own):
            assert (await sign_in(client, account.username, **PAGE)).status_code == 200
        for _ in range(5):
            await sign_in(stolen, account.username, WRONG, **PAGE)
        assert (await sign_in(stolen, account.username, **PAGE)).json()["code"] == "sign_in_locked"
        assert (await sign_in(own, account.username, **PAGE)).status_code == 200


async def test_a_device_number_that_was_made_up_is_none(county) -> None:
    account = await person(county)
    for number in range(5):
        async with browser(county.app, address="192.0.2.9") as client:
            client.cookies.set("__Secure-guanbiao-device", f"{'A' * 42}{number}=", path="/api/v1/oauth")
            await sign_in(client, account.username, WRONG, **PAGE)
    async with browser(county.app, address="192.0.2.9") as client:
        assert (await sign_in(client, account.username, **PAGE)).json()["code"] == "sign_in_locked"


async def test_token_429_for_an_address_that_fails_at_many_names(county) -> None:
    async with browser(county.app) as client:
        answers = [await sign_in(client, f"somebody-{number}", WRONG) for number in range(61)]
        assert [answer.status_code for answer in answers] == [400] * 60 + [429]
        assert answers[-1].json()["code"] == "too_often"
    async with browser(county.app) as another:
        assert (await sign_in(another, "somebody", WRONG)).status_code == 400


async def test_failures_are_events_and_each_lock_is_one_with_its_network(county) -> None:
    account = await person(county)
    for number in range(3):
        await guess(county, account.username, 5, address=f"198.51.{number}.77")
    failed = await events_of(county, account, "account.sign_in_failed")
    assert failed == [{"failures": 1, "known_device": False, "locked": False, "network": "198.51.0.0/24"}]
    locked = await events_of(county, account, "account.sign_in_locked")
    # However soon after the first failure: within five minutes a lock used to be told with the next sign-in only.
    assert [(one["failures"], one["network"]) for one in locked] == [
        (4, "198.51.0.0/24"),
        (5, "198.51.1.0/24"),
        (5, "198.51.2.0/24"),
    ]
    async with browser(county.app) as client:
        await sign_in(client, account.username, WRONG)
        await sign_in(client, account.username)
    (signed_in,) = await events_of(county, account, "account.signed_in")
    # Nothing is lost: what had no event of its own is told with the next sign-in.
    assert signed_in == {"second_step": None, "new_device": True, "failures_before": 1}


async def test_a_lock_is_an_alarm_to_the_auditors_once_a_day(county) -> None:
    account = await person(county)
    for number in range(2):
        await guess(county, account.username, 5, address=f"203.0.{number}.7")
    days = (await county.client("audit_admin").get("/me/notices")).json()["items"]
    found = [one for day in days for one in day["notices"]]
    assert [(one["subject_id"], one["step_title"]) for one in found] == [(str(account.id), "登录被锁定")]
    assert account.username in found[0]["title"]


async def test_token_200_with_a_recovery_code_where_others_locked_the_address(county) -> None:
    """An office behind one address: what a colleague or a guest tried keeps nobody out who has both steps."""
    account, _ = await with_authenticator(county)
    recovery = "abcd-efgh-jkmn-pqrs"[:14]
    key = county.app.state.sign_in_key
    async with county.app.state.database.transaction() as session:
        await replace_recovery_codes(session, account.id, [key.recovery_code(recovery)])
    office = "192.0.2.200"
    await guess(county, account.username, 5, address=office)
    async with browser(county.app, office) as client:
        assert (await sign_in(client, account.username)).status_code == 429
        # Neither of the two is told about without the other.
        for password, code in ((PASSWORD, "zzzz-zzzz-zzzz"), (WRONG, recovery), (WRONG, "zzzz-zzzz-zzzz")):
            wrong = await sign_in(client, account.username, password, code)
            assert (wrong.status_code, wrong.json()["code"]) == (429, "sign_in_locked")
        assert (await sign_in(client, account.username, otp=recovery)).status_code == 200
    assert len(await events_of(county, account, "account.sign_in_locked")) == 1


async def test_token_200_with_a_code_of_the_authenticator_where_others_locked_the_address(county) -> None:
    account, authenticator = await with_authenticator(county)
    office = "192.0.2.201"
    await guess(county, account.username, 5, address=office)
    async with browser(county.app, office) as client:
        before = await sign_in(client, account.username)
        assert (before.status_code, before.json()["code"]) == (429, "sign_in_locked")
        for password, code in ((WRONG, authenticator.now()), (PASSWORD, "00000a"), (PASSWORD, "")):
            wrong = await sign_in(client, account.username, password, code)
            assert (wrong.status_code, wrong.json()["code"]) == (429, "sign_in_locked")
            assert int(wrong.headers["retry-after"]) <= int(before.headers["retry-after"]), "nothing is lengthened"
        answer = await sign_in(client, account.username, otp=authenticator.now())
        assert answer.status_code == 200, answer.text
        # Who has both steps ends the lock of the place.
        assert (await sign_in(client, account.username)).json()["code"] == "second_step_required"


async def test_token_429_in_a_lock_after_five_made_up_codes_which_leave_recovery_codes_alone(county) -> None:
    account, authenticator = await with_authenticator(county)
    key, recovery = county.app.state.sign_in_key, "abcd-efgh-jkmn"
    async with county.app.state.database.transaction() as session:
        await replace_recovery_codes(session, account.id, [key.recovery_code(recovery)])
    office = "192.0.2.202"
    await guess(county, account.username, 5, address=office)
    async with browser(county.app, office) as client:
        tries = [(WRONG, f"11111{number}") for number in range(5)] + [(PASSWORD, authenticator.now())]
        answers = [await sign_in(client, account.username, password, code) for password, code in tries]
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(429, "sign_in_locked")}
        assert (await sign_in(client, account.username, otp=recovery)).status_code == 200


async def alarms(county) -> list[str]:
    days = (await county.client("audit_admin").get("/me/notices")).json()["items"]
    return [one["title"] for day in days for one in day["notices"]]


async def test_token_429_for_the_eleventh_wrong_code_from_anywhere_and_a_recovery_code_works(county) -> None:
    """Whoever had the password tried the second step from ever new addresses, four times at each."""
    account, authenticator = await with_authenticator(county)
    key, recovery = county.app.state.sign_in_key, "abcd-efgh-jkmn"
    async with county.app.state.database.transaction() as session:
        await replace_recovery_codes(session, account.id, [key.recovery_code(recovery)])
    codes = []
    for _ in range(3):
        async with browser(county.app) as attacker:
            codes += [(await sign_in(attacker, account.username, otp=f"00000{n}")).json()["code"] for n in range(4)]
    assert codes == ["second_step_wrong"] * 10 + ["second_step_locked"] * 2
    (locked,) = await events_of(county, account, "account.sign_in_locked")
    assert (locked["failures"], locked["where"]) == (9, "second_step")
    assert [title for title in await alarms(county) if account.username in title and "动态口令" in title]
    async with browser(county.app) as client:
        refused = await sign_in(client, account.username, otp=authenticator.now())
        assert (refused.status_code, refused.json()["code"]) == (429, "second_step_locked")
        assert 3500 <= int(refused.headers["retry-after"]) <= 3600
        assert (await sign_in(client, account.username, otp=recovery)).status_code == 200


async def test_a_lock_of_all_places_is_an_event_and_an_alarm(county) -> None:
    """Four at each place lock none of them."""
    account = await person(county)
    for _ in range(15):
        await guess(county, account.username, 4)
    locked = await events_of(county, account, "account.sign_in_locked")
    assert [(one["failures"], one["where"]) for one in locked] == [(59, "everywhere")]
    assert [title for title in await alarms(county) if account.username in title]


MADE_UP = "AAAA-BBBB-CCCC"


async def test_token_429_in_a_lock_whatever_code_is_made_up(county) -> None:
    """A code of the right form opened the lock to any number of guesses, and to those who have no authenticator."""
    account = await person(county)
    for name in (account.username, f"no-{account.username}"):
        async with browser(county.app) as client:
            for number in range(5):
                await sign_in(client, name, f"{WRONG} {number}")
            tries = [(f"{WRONG} {number}", MADE_UP) for number in range(12)] + [(PASSWORD, MADE_UP), (PASSWORD, None)]
            answers = [await sign_in(client, name, password, code) for password, code in tries]
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(429, "sign_in_locked")}
    # The tries in the lock are five, and then a lock of their own.
    locked = await events_of(county, account, "account.sign_in_locked")
    assert [one["failures"] for one in locked] == [4, 5]


async def test_token_429_for_a_known_device_with_made_up_codes(county) -> None:
    account, authenticator = await with_authenticator(county)
    key = county.app.state.sign_in_key
    async with county.app.state.database.transaction() as session:
        await replace_recovery_codes(session, account.id, [key.recovery_code("abcd-efgh-jkmn")])
    async with browser(county.app) as known:
        assert (await sign_in(known, account.username, otp=authenticator.now(), **PAGE)).status_code == 200
        for number in range(5):
            await sign_in(known, account.username, f"{WRONG} {number}", **PAGE)
        for number in range(5):
            answer = await sign_in(known, account.username, f"{WRONG} {number}", MADE_UP, **PAGE)
            assert answer.json()["code"] == "sign_in_locked"
        # Five, and no more: a lock of the tries in the lock.
        spent = await sign_in(known, account.username, otp="abcd-efgh-jkmn", **PAGE)
        assert spent.json()["code"] == "sign_in_locked"


async def test_token_429_made_up_codes_do_not_leave_out_the_share_of_an_address(county) -> None:
    async with browser(county.app) as client:
        answers = [await sign_in(client, f"somebody-{number}", WRONG, MADE_UP) for number in range(61)]
    assert answers[-1].json()["code"] == "too_often"


async def test_no_address_and_no_name_is_kept_in_clear(county) -> None:
    account = await person(county)
    await guess(county, account.username, 2, address="198.51.100.77")
    async with county.app.state.database.transaction() as session:
        rows = list(await session.exec(select(SignInTry)))
    kept = b"".join(row.name_hash + row.place for row in rows)
    assert b"198.51" not in kept
    assert account.username.encode() not in kept


async def test_token_400_asks_for_the_second_step_only_after_the_right_password(county) -> None:
    account, authenticator = await with_authenticator(county)
    async with browser(county.app) as client:
        wrong = await sign_in(client, account.username, WRONG)
        assert wrong.json()["code"] == "invalid_grant"
        asked = await sign_in(client, account.username)
        assert (asked.status_code, asked.json()["code"]) == (400, "second_step_required")
        refused = await sign_in(client, account.username, otp="000000")
        assert refused.json()["code"] == "second_step_wrong"
        answer = await sign_in(client, account.username, otp=authenticator.now())
        assert answer.status_code == 200
        assert (await me(client, bearer(answer))).json()["due"] is None
        assert (await client.get("/api/v1/organizations/tree", headers=bearer(answer))).status_code != 403
    (signed_in,) = await events_of(county, account, "account.signed_in")
    assert signed_in["second_step"] == "authenticator"


async def test_token_400_for_a_code_that_was_used_before(county) -> None:
    account, authenticator = await with_authenticator(county)
    code = authenticator.now()
    async with browser(county.app) as client:
        answers = await asyncio.gather(*(sign_in(client, account.username, otp=code) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [200, 400]
        earlier = authenticator.at(utc_now() - timedelta(seconds=30))
        assert (await sign_in(client, account.username, otp=earlier)).json()["code"] == "second_step_wrong"


async def test_wrong_codes_lock_like_wrong_passwords(county) -> None:
    account, authenticator = await with_authenticator(county)
    async with browser(county.app) as client:
        for number in range(5):
            await sign_in(client, account.username, otp=f"00000{number}")
        # Another wrong one is told of the lock alone; the right one was judged all the time, ten times an hour at most.
        assert (await sign_in(client, account.username, otp="000009")).json()["code"] == "sign_in_locked"
        assert (await sign_in(client, account.username, otp=authenticator.now())).status_code == 200


async def test_token_401_for_a_suspended_account_and_only_with_its_password(county) -> None:
    account = await person(county, suspended_at=utc_now())
    async with browser(county.app) as client:
        assert (await sign_in(client, account.username, WRONG)).json()["code"] == "invalid_grant"
        assert (await sign_in(client, account.username)).json()["code"] == "account_suspended"


async def test_token_400_for_a_name_that_no_text_may_hold(county) -> None:
    async with browser(county.app) as client:
        assert (await sign_in(client, "a\x00b")).status_code == 400


async def test_token_422_for_an_unknown_grant_type(county) -> None:
    async with browser(county.app) as client:
        answer = await client.post(TOKEN, data={"grant_type": "magic"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/grant_type"


async def test_refresh_200_once_and_reuse_ends_the_session(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        first = await sign_in(client, account.username)
        second = await carry_on(client, first.json()["refresh_token"])
        assert second.status_code == 200
        reused = await carry_on(client, first.json()["refresh_token"])
        assert (reused.status_code, reused.json()["code"]) == (400, "session_ended")
        # The thief's reuse ended the owner's session too, and that was stored although the answer is a refusal.
        assert (await carry_on(client, second.json()["refresh_token"])).status_code == 400
        assert (await me(client, bearer(second))).json()["code"] == "session_over"
    (ended,) = await events_of(county, account, "account.session_ended")
    assert ended == {"cause": "refresh_token_reused", "sessions": 1}


async def test_revoke_200_ends_the_session_and_says_nothing_of_unknown_tokens(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        for token in ("no such token", opened.json()["refresh_token"], opened.json()["refresh_token"]):
            answer = await client.post("/api/v1/oauth/revoke", data={"token": token})
            assert (answer.status_code, answer.json()) == (200, {})
        assert (await me(client, bearer(opened))).json()["code"] == "session_over"
        assert (await carry_on(client, opened.json()["refresh_token"])).status_code == 400
    assert [event["cause"] for event in await events_of(county, account, "account.session_ended")] == ["signed_out"]


async def test_refresh_tokens_are_kept_as_hashes(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        opened = (await sign_in(client, account.username)).json()["refresh_token"]
    async with county.app.state.database.transaction() as session:
        (row,) = await session.exec(select(RefreshToken).where(RefreshToken.account_id == account.id))
    assert opened.encode() not in row.token_hash
