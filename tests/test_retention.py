"""What has been kept long enough is gone, from tables and folders, by the clock that is passed in; and an event says so
without saying what it was.
"""

import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from backend.app import create_app
from backend.db.account import Account, AccountInvitation, RefreshToken
from backend.db.embedded import EmbeddedPostgres
from backend.db.engine import migrate
from backend.db.member import Member
from backend.db.member_correction import MemberCorrection
from backend.db.password import PastPassword
from backend.db.row_security import KEEPER, open_vault
from backend.db.second_step import RecoveryCode, SecondStep
from backend.db.session import KnownDevice, SignInTry
from backend.domain.access import Moment
from backend.domain.erasure import ERASERS, erase_due, erase_files
from backend.domain.feedback.photo import keep_photo
from backend.domain.retention import RULES, Deed, Period
from backend.domain.sign_in import forget_old
from backend.domain.storage import Storage
from backend.periodic import periodic
from backend.settings import Settings
from tests.api.feedbacks import Case, about, new_card, ok, sender
from tests.api.test_feedback_canary import found_in_tables
from tests.conftest import FAST
from tests.factories import County, make_county
from tests.people import citizen_number

PHONE, NAME = "19912340987", "钟离雁翎"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[County]:
    """A county in a database of its own: two years ahead, what other tests keep would be gone too."""
    folder = tmp_path_factory.mktemp("retention")
    with EmbeddedPostgres(folder / "postgres", FAST) as addresses:
        await migrate(addresses)
        app = create_app(Settings(data=folder / "data", worker=False), dsn=addresses.application)
        async with app.router.lifespan_context(app):
            county = await make_county(app)
            yield county
            await county.close()


async def erased(county: County, at: datetime) -> int:
    """Everything that is due at a moment, as the worker does it."""
    done = 0
    while True:
        async with county.app.state.database.transaction() as session:
            part = await erase_due(session, Moment(at), cipher=county.app.state.cipher)
        if not part:
            return done
        done += part


async def told(county: County, rule: str) -> list[dict[str, Any]]:
    question = sa.text("SELECT data FROM event WHERE kind = 'personal_data.erased' AND data->>'rule' = :rule")
    async with county.app.state.database.reader() as reader:
        return list((await reader.execute(question, {"rule": rule})).scalars())


async def holds(county: County, text: str) -> set[str]:
    """The tables that hold a text in clear or in anything that the keys open."""
    return await found_in_tables(county.app, text)


async def rows(county: County, table: str) -> int:
    async with county.app.state.database.transaction() as session:
        await open_vault(session, KEEPER)
        found: int = (await session.execute(sa.text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608 - ours
        return found


def later(**period: int) -> datetime:
    return NOW + timedelta(**period)


def test_every_rule_with_a_time_is_carried_out_and_no_other() -> None:
    timed = {rule.key for rule in RULES if rule.period is not None}
    beside = {"ledger_import", "snapshot", "temporary_file", "sign_in_try", "known_device"}
    assert set(ERASERS) | beside == timed, "the others are carried out beside their files and at sign-in"
    assert {rule.key for rule in RULES if rule.deed is Deed.keep} == {rule.key for rule in RULES} - timed
    for rule in RULES:
        for words in (rule.what, rule.why, rule.basis, rule.since):
            assert set(words) == {"zh-CN", "en"}


def test_the_worker_carries_them_out(tmp_path: Path) -> None:
    assert {"personal_data_erase", "file_erase", "ledger_erase", "snapshot_erase"} <= {
        each.key for each in periodic(Settings(data=tmp_path))
    }


@pytest.mark.parametrize(
    ("now", "period", "before"),
    [
        ("2028-02-29", Period(months=24), "2026-02-28"),
        ("2026-08-31", Period(months=6), "2026-02-28"),
        ("2026-01-15", Period(months=1), "2025-12-15"),
        ("2026-01-02", Period(hours=24), "2026-01-01"),
    ],
)
def test_a_period_goes_back_by_the_calendar(now: str, period: Period, before: str) -> None:
    assert period.before(datetime.fromisoformat(now)) == datetime.fromisoformat(before)
    assert period.said("zh-CN")
    assert period.said("en")


async def test_a_senders_contact_is_cut_off_two_years_after_closing(place: County) -> None:
    case = await Case.sent(place, contact={"name": NAME, "phone": PHONE})
    waiting = await Case.sent(
        place, content="另一件：井盖坏了，老人走路不安全。", contact={"name": NAME, "phone": PHONE}
    )
    ok(await case.triage(outcome="not_accept"))
    assert await rows(place, "feedback_contact") == 2
    await erased(place, later(days=729))
    assert await rows(place, "feedback_contact") == 2, "two years are not over"
    await erased(place, later(days=732))
    assert await rows(place, "feedback_contact") == 1, "the open card keeps its contact"
    assert (await case.get())["content"], "the card itself stays"
    (event,) = await told(place, "feedback_contact")
    assert (event["count"], event["deed"]) == (1, "cut_off")
    assert NAME not in str(event)
    assert PHONE not in str(event)
    assert (await waiting.post("clerk", "contact", reason="回访核实")).json()["phone"] == PHONE


async def test_a_sealed_report_loses_who_sent_it_two_years_after_it_was_handed_over(place: County) -> None:
    body = new_card(place, wish="misconduct", about=about(place.village), contact={"name": NAME, "phone": PHONE})
    async with sender(place.app) as client:
        number = ok(await client.post("/feedback-cards", json=body)).json()["number"]
    officer = place.client("discipline_officer")
    (row,) = [one for one in ok(await officer.get("/sealed-reports")).json()["items"] if one["number"] == number]
    path = f"/sealed-reports/{row['id']}"
    given = {"to": "县纪委监委", "reason": "属职责范围"}
    ok(await officer.post(f"{path}/handing-over", json=given, headers={"if-match": f'"{row["version"]}"'}))
    await erased(place, later(days=700))
    assert ok(await officer.post(f"{path}/reading", json={"reason": "核对内容"})).json()["phone"] == PHONE
    await erased(place, later(days=740))
    opened = ok(await officer.post(f"{path}/reading", json={"reason": "核对内容"})).json()
    assert (opened["content"], opened["name"], opened["phone"]) == (body["content"], None, None)
    (event,) = await told(place, "sealed_contact")
    assert event["count"] == 1


async def registered(county: County) -> str:
    body = {
        "organization_id": str(county.branch.id),
        "name": NAME,
        "id_number": citizen_number(),
        "phone": PHONE,
        "status": "full",
        "joined_on": "2010-07-01",
    }
    return str(ok(await county.client("clerk").post("/members", json=body)).json()["id"])


async def test_the_phone_of_one_who_left_goes_two_years_after(place: County) -> None:
    clerk = place.client("clerk")
    left, stayed = await registered(place), await registered(place)
    ok(await clerk.patch(f"/members/{left}", json={"status": "withdrawn"}, headers={"if-match": '"1"'}))
    await erased(place, later(days=700))
    assert ok(await clerk.get(f"/members/{left}")).json()["phone"] == "199****0987"
    await erased(place, later(days=740))
    gone = ok(await clerk.get(f"/members/{left}")).json()
    assert (gone["phone"], gone["name"]) == (None, NAME)
    assert ok(await clerk.get(f"/members/{stayed}")).json()["phone"] == "199****0987"
    async with place.app.state.database.transaction() as session:
        kept = await session.get_one(Member, UUID(left))
        assert (kept.phone, kept.phone_hash, kept.phone_mask) == (None, None, None)
    (event,) = await told(place, "member_contact")
    assert (event["count"], event["kept_for"]) == (1, "2年")


async def test_what_a_correction_said_goes_three_years_after_it_was_settled(place: County) -> None:
    member = await registered(place)
    async with place.app.state.database.transaction() as session:
        account = place.accounts["member"].id
        await session.execute(sa.update(Account).where(Account.id == account).values(member_id=UUID(member)))
    asked = {"field": "native_place", "should": "画眉岭", "evidence": "画眉岭的户口簿"}
    made = ok(await place.client("member").post("/me/record/corrections", json=asked)).json()
    body = {"outcome": "not_corrected", "reason": "查无此地"}
    path = f"/member-corrections/{made['id']}/settlement"
    ok(await place.client("clerk").post(path, json=body, headers={"if-match": '"1"'}))
    await erased(place, later(days=1090))
    assert await holds(place, "画眉岭的户口簿") == {"member_correction.evidence"}
    await erased(place, later(days=1100))
    assert await holds(place, "画眉岭") == set()
    async with place.app.state.database.transaction() as session:
        kept = await session.get_one(MemberCorrection, UUID(made["id"]))
        assert place.app.state.cipher.decrypt(kept.should, "member_correction.should", kept.id) == ""
        assert (kept.field, kept.reason) == ("native_place", "查无此地"), "that it was asked and answered stays"


async def test_sessions_go_six_months_after_they_expired(place: County) -> None:
    async with place.app.state.database.transaction() as session:
        for expires in (later(days=-200), later(days=-100)):
            session.add(
                RefreshToken(
                    account_id=place.accounts["clerk"].id,
                    family_id=uuid4(),
                    token_hash=os.urandom(32),
                    expires_at=expires,
                )
            )
    await erased(place, NOW)
    async with place.app.state.database.reader() as reader:
        left = list((await reader.execute(sa.text("SELECT expires_at FROM refresh_token"))).scalars())
    assert left == [later(days=-100)]


async def test_a_code_for_a_password_goes_half_a_year_after_it_ran_out(place: County) -> None:
    async with place.app.state.database.transaction() as session:
        for expires in (later(days=-200), later(days=-100)):
            session.add(
                AccountInvitation(
                    account_id=place.accounts["clerk"].id, code_hash=os.urandom(32), anew=False, expires_at=expires
                )
            )
    await erased(place, NOW)
    assert await rows(place, "account_invitation") == 1
    (event,) = await told(place, "invitation")
    assert (event["count"], event["kept_for"], event["basis"][:5]) == (1, "6个月", "网络安全法")


async def test_what_is_forgotten_of_sign_ins_is_told(place: County) -> None:
    old = datetime.now(UTC) - timedelta(days=200)
    async with place.app.state.database.transaction() as session:
        await session.execute(sa.delete(SignInTry))
        session.add(SignInTry(name_hash=os.urandom(32), place=os.urandom(32), tried_at=old, since=old))
        session.add(KnownDevice(account_id=place.accounts["clerk"].id, device_hash=os.urandom(32), used_on=old.date()))
    async with place.app.state.database.transaction() as session:
        assert await forget_old(session, Moment(NOW)) == 1
    assert [event["count"] for event in await told(place, "sign_in_try")] == [1]
    assert [event["count"] for event in await told(place, "known_device")] == [1]


async def test_a_second_step_that_nobody_confirmed_goes_after_a_day(place: County) -> None:
    async with place.app.state.database.transaction() as session:
        for who, confirmed in (("clerk", None), ("secretary", NOW)):
            account_id = place.accounts[who].id
            session.add(SecondStep(account_id=account_id, secret=b"x" * 40, confirmed_at=confirmed, created_at=NOW))
    await erased(place, later(hours=23))
    assert await rows(place, "second_step") == 2
    await erased(place, later(hours=25))
    assert await rows(place, "second_step") == 1
    (event,) = await told(place, "unconfirmed_second_step")
    assert (event["count"], event["kept_for"]) == (1, "24小时")


async def test_of_a_closed_account_nothing_is_left_half_a_year_later_that_signs_in(place: County) -> None:
    closed, open_one = await place.account("clerk", place.village), await place.account("clerk", place.village)
    async with place.app.state.database.transaction() as session:
        for account in (closed, open_one):
            session.add(PastPassword(account_id=account.id, password_hash="-"))
            session.add(SecondStep(account_id=account.id, secret=b"x" * 40, confirmed_at=NOW))
            session.add(RecoveryCode(account_id=account.id, code_hash=os.urandom(32)))
        row = await session.get_one(Account, closed.id)
        row.closed_at = row.suspended_at = NOW
    before = {table: await rows(place, table) for table in ("past_password", "second_step", "recovery_code")}
    await erased(place, later(days=100))
    assert {table: await rows(place, table) for table in before} == before
    await erased(place, later(days=190))
    assert {table: await rows(place, table) for table in before} == {table: n - 1 for table, n in before.items()}
    (event,) = await told(place, "closed_account")
    assert event["count"] == 3
    async with place.app.state.database.transaction() as session:
        assert (await session.get_one(Account, closed.id)).name == closed.name, "who did what stays readable"


async def test_temporary_files_drafts_and_stray_photos_go_after_a_day(place: County, tmp_path: Path) -> None:
    temporary, photos, attachments = tmp_path / "temporary", tmp_path / "photos", tmp_path / "attachments"
    for folder in (temporary / "inner", photos, attachments / "ab"):
        folder.mkdir(parents=True)
    old = [temporary / "inner" / "export.xlsx", attachments / "ab" / ".draft"]
    young = [temporary / "young", attachments / "ab" / "kept"]
    storage = Storage(attachments, place.app.state.cipher)
    for path in (*old, *young):
        path.write_text("x")
    cipher = place.app.state.cipher
    keep_photo(photos, cipher, stray := uuid4(), b"x")

    async def sweep(at: float) -> None:
        async with place.app.state.database.transaction() as session:
            folders = {"temporary": temporary, "photos": photos, "drafts": [attachments, photos], "storage": storage}
            await erase_files(session, Moment(NOW), **folders, machine=lambda: at)

    await sweep(time.time())
    assert all(path.exists() for path in (*old, *young, photos / str(stray))), "nothing is a day old"
    ahead = time.time() + 25 * 3600
    os.utime(young[0], (ahead, ahead))
    await sweep(ahead)
    assert [path.exists() for path in (*old, *young)] == [False, False, True, True]
    assert not (photos / str(stray)).exists()
    (event,) = await told(place, "temporary_file")
    assert event["count"] == 3
