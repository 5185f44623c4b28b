"""What asks more of those who put an item right, and of those who have to agree that it is closed."""

from collections.abc import Iterable
from datetime import date

from backend.db.rectification import DeadlineKind, Rectification, Severity
from backend.domain.access import Actor, named
from backend.domain.condition.wording import has_substance
from backend.domain.errors import Problem
from backend.domain.procedures.rectification.checking import CONFIRMED_SOURCES, LIFE_SOURCES
from backend.domain.procedures.rectification.parts import VERIFIERS
from backend.domain.rectification.limit import has_limit
from backend.domain.run import Standing, Wish
from backend.domain.text import is_blank


def waits_for_source(item: Rectification) -> bool:
    """Whether who found the problem confirms its end, or the organisation office does."""
    return item.source.value in CONFIRMED_SOURCES + LIFE_SOURCES


def _same_confirm(one: Rectification, other: Rectification) -> bool:
    sources = {one.source.value, other.source.value}
    return sources <= set(CONFIRMED_SOURCES) or sources <= set(LIFE_SOURCES)


def is_lower(severity: Severity, than: Severity) -> bool:
    grades = list(Severity)
    return grades.index(severity) < grades.index(than)


def is_laxer(item: Rectification, than: Rectification) -> bool:
    """Whether an item could be closed with fewer to agree, or less to be shown, than the other."""
    return (
        (waits_for_source(than) and not _same_confirm(item, than))
        or is_lower(item.severity, than.severity)
        or (than.affects_people and not item.affects_people)
    )


def is_later(item: Rectification, limit: date | None, than: Rectification, held_to: date | None) -> bool:
    """Whether an item would have longer than the other one, whose day somebody has set; `limit` and `held_to` are their
    days in force (`limit.day_in_force`). What is not assigned yet could still be given any day."""
    if not has_limit(than) or held_to is None:
        return False
    never_ends = item.deadline_kind is DeadlineKind.standing and than.deadline_kind is not DeadlineKind.standing
    return never_ends or limit is None or limit > held_to


def easers(actor: Actor, before: Iterable[str] = ()) -> list[str]:
    """Who has asked less of an item when the actor does: whoever says that less is enough does not check it then."""
    names = {named(name) for name in (actor.name, actor.on_behalf_of_name) if name}
    return sorted({*before, *map(str, actor.people), *names})


def asked_back(item: Rectification, wish: Wish, standing: Standing, actor: Actor, path: str) -> list[Problem]:
    """What stands against ending by withdrawal an item that was assigned: no one person does.

    Somebody gives it back to be assigned again, with a reason; another one of supervision, who did not assign it
    either, may then withdraw it, saying why and by what ground. Its unit is kept out by the procedure.
    """
    if wish.outcome != "withdrawn" or item.assigned_on is None:
        return []
    last = standing.acts[-1] if standing.acts else None
    if last is None or (last.outcome, last.to) != ("returned", "assignment"):
        return [Problem("/outcome", "withdrawal_given_back_first")]
    acts = [last, *(act for act in standing.acts if (act.step, act.outcome) == ("assignment", "done"))]
    people = {str(person) for act in acts for person in (act.by, act.on_behalf_of) if person}
    people |= {named(name) for act in acts for name in (act.by_name, act.on_behalf_of_name) if name}
    problems = []
    if people & actor.own or not actor.roles_at(path).intersection(VERIFIERS):
        problems.append(Problem("", "withdrawal_needs_another"))
    if not has_substance(wish.reason):
        problems.append(Problem("/reason", "withdrawal_not_concrete"))
    if is_blank(wish.rule):
        problems.append(Problem("/rule", "withdrawal_needs_ground"))
    return problems


def withdrawal_problems(item: Rectification, wish: Wish) -> list[Problem]:
    """What a source has to confirm ends by its confirmation only; there is none of a withdrawal (handbook 1.2.2)."""
    if wish.outcome != "withdrawn" or not waits_for_source(item):
        return []
    return [Problem("/outcome", "source_confirms_its_end")]
