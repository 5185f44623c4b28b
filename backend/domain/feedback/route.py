"""Where a card goes: from which place it is, whom it is about, which desk sorts it, and where a sealed one is kept."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from backend.db.account_view import accounts_named
from backend.db.base import Session
from backend.db.feedback import CardWish, chain_of
from backend.db.feedback_receipt import active_organizations, paths_held, workplaces
from backend.db.organization import Organization
from backend.domain.access import mark, named
from backend.domain.errors import Problem, invalid
from backend.domain.feedback.accusing import accuses, is_of_conduct
from backend.domain.feedback.desk import choose_desk, seal_place
from backend.domain.feedback.named import named_in


@dataclass(frozen=True, slots=True)
class Route:
    """`about` are the marks, account ids and names of whoever is complained about, `matched` those only found by name,
    `own` those that come from no other card.

    Who is chosen by one account may have another, or be given one later: the name bars them all.
    """

    place: Organization
    desk: Organization
    seal_at: Organization
    about: frozenset[str]
    matched: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


async def route_of(
    session: Session,
    place_id: UUID,
    about_ids: Collection[UUID],
    about_accounts: Collection[UUID],
    note: str = "",
    content: str = "",
) -> Route:
    """Find the way of a card. Whom its `note` names, or the `content` of one that accuses somebody, is complained about
    as if it had been chosen.

    Raises Invalid for a place or an organisation that is not there, and when everybody who could handle it is
    complained about: the refusal says where to go then.
    """
    found = await active_organizations(session, {place_id, *about_ids})
    place = found.get(place_id)
    if place is None:
        raise invalid("/organization_id", "place_not_found")
    accused = [found[key] for key in about_ids if key in found and found[key].county_id == place.county_id]
    if len(accused) < len(set(about_ids)):
        raise invalid("/about/organization_id", "accused_not_found")
    chain = await chain_of(session, place.path)
    units, people = await named_in(session, note, content, chain)
    noted = list((await active_organizations(session, units - {one.id for one in accused})).values())
    accused += noted
    matched = frozenset({mark(one.path) for one in noted} | {str(key) for key in people - set(about_accounts)})
    people |= set(about_accounts)
    places = await _workplaces(session, people, place.county_id)
    names = await names_of(session, about_accounts)
    about = frozenset({mark(one.path) for one in accused} | {str(key) for key in people} | names)
    # Whoever works at a desk works beside those who would have to sort a complaint about them.
    beside = {mark(one.path) for one in places}
    desk = choose_desk(chain, about | beside)
    seals = [seal_place(await chain_of(session, one.path), chain[-1]) for one in (*accused, *places)]
    if desk is None or None in seals:
        if content:
            # What somebody tells may mention many: whom alone it names keeps out, and keeps no card from coming in.
            without = await route_of(session, place_id, about_ids, about_accounts, note)
            return replace(without, desk=desk or chain[-1], about=about, matched=matched, own=about)
        chosen = about_ids or about_accounts
        raise invalid("/about/organization_id" if chosen else "/about_note", "nobody_above")
    highest = min((seal for seal in seals if seal), key=lambda seal: len(seal.path), default=chain[-1])
    return Route(place, desk, highest, about, matched, about)


async def _workplaces(session: Session, accounts: Collection[UUID], county_id: UUID) -> list[Organization]:
    found: Mapping[UUID, Organization | None] = await workplaces(session, accounts)
    here = [place for place in found.values() if place is not None and place.county_id == county_id]
    if len(here) < len(set(accounts)):
        raise invalid("/about/account_ids", "accused_not_found")
    return here


def accusing(wish: CardWish, category: str, content: str, note: str) -> str:
    """The content as far as it is searched for who is meant: of a card that accuses somebody."""
    return content if accuses(wish, is_of_conduct(wish, category, content, note)) else ""


async def chosen_marks(
    session: Session, county_id: UUID, about_ids: Collection[UUID], about_accounts: Collection[UUID]
) -> frozenset[str]:
    """The marks of whom somebody has chosen, with their names. Raises Invalid for what is not of this county."""
    found = await active_organizations(session, about_ids)
    accused = [one for one in found.values() if one.county_id == county_id]
    if len(accused) < len(set(about_ids)):
        raise invalid("/about/organization_id", "accused_not_found")
    await _workplaces(session, about_accounts, county_id)
    people = {str(key) for key in about_accounts}
    return frozenset({mark(one.path) for one in accused} | people | await names_of(session, about_accounts))


async def named_again(session: Session, place_id: UUID, note: str, content: str) -> set[str]:
    """The marks and account ids that a card names by now: people and offices may be newer than the card."""
    place = await session.get_one(Organization, place_id)
    units, people = await named_in(session, note, content, await chain_of(session, place.path))
    return {mark(one.path) for one in (await active_organizations(session, units)).values()} | set(map(str, people))


async def names_of(session: Session, accounts: Collection[UUID]) -> set[str]:
    """What these people are called, as bars tell of names."""
    return {named(name) for name in (await accounts_named(session, accounts)).values()}


def accounts_in(about: Iterable[str]) -> list[UUID]:
    """The accounts among whom a card is about."""
    return [UUID(one) for one in about if one[:1] not in ("@", "=")]


def how_many(about: Iterable[str]) -> int:
    """How many organisations and accounts a card is about; a name only says again who is meant."""
    return sum(one[:1] != "=" for one in about)


async def marks_of(session: Session, accounts: Collection[UUID]) -> set[str]:
    """The marks of where these people work or hold a role: whatever is at one of them, or below, is in their sight."""
    return {mark(path) for path in await paths_held(session, accounts)}


def same_place(organization: Organization | None, pointer: str, place_id: UUID) -> list[Problem]:
    """A printed card or a box belongs to the place that the card is from."""
    return [] if organization is not None and organization.id == place_id else [Problem(pointer, "place_differs")]
