"""A new password against what the account had before and what is known of its person."""

from datetime import UTC, date, datetime

import pytest

from backend.db.account import Account
from backend.db.member import Member, Sex
from backend.domain.errors import Invalid
from backend.domain.password import HISTORY, Passwords, choose_password, personal_of
from backend.domain.password_hash import password_matches

AT = datetime(2026, 11, 29, tzinfo=UTC)


async def choose(county, password: str, *, must_change: bool = False) -> Account:
    async with county.app.state.database.transaction() as session:
        account = await session.get_one(Account, county.accounts["clerk"].id)
        passwords = Passwords(county.app.state.cipher)
        await choose_password(session, passwords, account, password, AT, must_change=must_change)
    return account


async def test_the_last_five_passwords_are_refused_and_older_ones_are_not(county) -> None:
    chosen = [f"River-{number}-kettle-Moss" for number in range(HISTORY + 1)]
    for password in chosen:
        account = await choose(county, password)
    assert (account.password_set_at, account.password_must_change) == (AT, False)
    with pytest.raises(Invalid) as refused:
        await choose(county, chosen[1])
    assert [problem.code for problem in refused.value.problems] == ["password_reused"]
    account = await choose(county, chosen[0], must_change=True)
    assert account.password_must_change
    assert await password_matches(account.password_hash, chosen[0])


async def test_what_is_known_of_a_person_comes_from_the_roster_and_the_tree(county) -> None:
    cipher = county.app.state.cipher
    async with county.app.state.database.transaction() as session:
        member = Member(
            county_id=county.county.id,
            organization_id=county.branch.id,
            name="曾广耀",
            sex=Sex.male,
            birth_date=date(1980, 2, 3),
            id_number=b"",
            id_number_hash=county.branch.id.bytes,
            id_number_mask="",
            status="full",
        )
        member.id_number = cipher.encrypt("110101198002031234", "member.id_number", member.id)
        member.phone = cipher.encrypt("13912345678", "member.phone", member.id)
        session.add(member)
        await session.flush()
        account = await session.get_one(Account, county.accounts["clerk"].id)
        account.member_id = member.id
        known = await personal_of(session, cipher, account)
        account.member_id = None
    assert known.names == ("clerk", "曾广耀")
    assert set(known.organizations) == {county.township.name, county.county.name}
    assert {"19800203", "13912345678", "110101198002031234"} <= set(known.numbers)
