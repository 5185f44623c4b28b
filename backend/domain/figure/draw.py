"""Drawing a figure for somebody: where they may look, over which days, and from which counts."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from backend.db import figure as ledger
from backend.db import figure_feedback as cards
from backend.db import figure_flow as flow
from backend.db import figure_step as acts
from backend.db.base import Session
from backend.db.feedback import Sight
from backend.db.figure import Area
from backend.db.organization import Organization, organization_at, organization_in
from backend.db.rectification import OVER
from backend.domain.access import Actor, Moment
from backend.domain.calendar import YELLOW_DAYS, day_of, end_of, shipped_calendar, start_of
from backend.domain.errors import Forbidden, NotFound
from backend.domain.feedback.category import CATEGORIES
from backend.domain.feedback.choice import CHANNELS
from backend.domain.feedback.sight import sight_of
from backend.domain.figure import feedback, rectification, unit
from backend.domain.figure.ageing import AGES
from backend.domain.figure.catalogue import FIGURES
from backend.domain.figure.definition import Drawn, Figure
from backend.domain.figure.part import Held
from backend.domain.figure.period import Period, closed_period, period_of
from backend.domain.figure.rectification import Punctual, StepCount, Unit
from backend.domain.figure.words import OWN, SOURCES, titled
from backend.domain.ledger.scope import topmost
from backend.domain.procedures.registry import every_version
from backend.domain.rectification.category import CATEGORY_TITLES

Key = TypeVar("Key")

_OVER = frozenset(status.value for status in OVER)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a figure is drawn of: an area, as somebody may see it, and the days.

    `whole` is the uppermost area around it of which the same caller may ask for figures of people.
    """

    session: Session
    area: Area
    whole: Area
    sight: Sight
    moment: Moment
    period: Period

    @property
    def today(self) -> date:
        return day_of(self.moment.now)

    @property
    def days(self) -> tuple[date, date]:
        return self.period.first, self.period.last

    @property
    def is_part(self) -> bool:
        return self.area.path != self.whole.path

    def held(self, counts: Iterable[tuple[str, date, Key, int]]) -> Held[Key]:
        """Counts by path, day and something else, apart for each month of the period."""
        places = {month: place for place, month in enumerate(self.period.months)}
        own: dict[str, list[dict[Key, int]]] = {self.whole.path: [{} for _ in places]}
        for path, day, key, count in counts:
            month = own.setdefault(path, [{} for _ in places])[places[day.replace(day=1)]]
            month[key] = month.get(key, 0) + count
        return Held(self.whole.path, self.area.path, own)

    async def units(self) -> list[Unit]:
        below = await ledger.units_at(self.session, self.area)
        return [Unit("", OWN), *(Unit(key, name) for key, name in below)]


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure as it is answered; `period` is None for one that is about this moment."""

    figure: Figure
    organization: Organization
    period: Period | None
    drawn: Drawn


async def draw(
    session: Session,
    actor: Actor,
    moment: Moment,
    key: str,
    organization_id: UUID | None,
    first: date | None,
    last: date | None,
) -> Picture:
    """Draw one figure of an organisation with all below it; without one, of the uppermost within reach.

    Raises NotFound for a figure or organisation that there is not, Forbidden for one about cards whom nobody shows
    cards there, Invalid for days that make no period.
    """
    figure = FIGURES.get(key)
    reach = actor.reach("figure:read")
    if organization_id is None:
        organization = await topmost(session, reach)
    else:
        organization = await organization_in(session, reach, organization_id)
    if figure is None or organization is None:
        raise NotFound("not_found")
    permission = "rectification:read" if figure.about == "rectification" else "feedback:read"
    if not actor.may(permission, organization.path):
        raise Forbidden("permission_missing", permission=permission)
    today = day_of(moment.now)
    period = period_of(first, last, today)
    if figure.about == "feedback":
        around = await organization_at(session, _uppermost(actor, organization.path))
        period = closed_period(period, today, (12, 3, 1) if around.path == organization.path else (12, 3))
    else:
        around = organization
    scene = Scene(session, Area(reach, organization), Area(reach, around), sight_of(actor), moment, period)
    drawn = await _PAINTERS[key](scene)
    return Picture(figure, organization, period if figure.timed else None, drawn)


def _uppermost(actor: Actor, path: str) -> str:
    """The uppermost organisation above the one at `path`, or itself, whose figures of people the actor may ask for."""
    segments = path.split("/")
    above = ("/".join(segments[:length]) + "/" for length in range(1, len(segments)))
    return next(one for one in above if actor.may("figure:read", one) and actor.may("feedback:read", one))


async def _open_by_age(scene: Scene) -> Drawn:
    # The day of registration by which an item is no older than the class says; older than all is the last class.
    bounds = {age.key: scene.today - timedelta(days=age.most) if age.most is not None else date.min for age in AGES}
    counts = await ledger.open_by_age(scene.session, scene.area, bounds)
    return rectification.aged(counts, SOURCES)


async def _funnel(scene: Scene) -> Drawn:
    size, closed = await acts.cohort_size(scene.session, scene.area, *scene.days)
    rows = {row.step: row for row in await acts.cohort_steps(scene.session, scene.area, *scene.days)}
    titles = {step.key: step.title for one in every_version() if one.key in _PROCEDURES for step in one.steps}
    steps = [StepCount(key, title, *rows[key][1:]) for key, title in titles.items() if key in rows]
    return rectification.funnel(size, closed, steps)


_PROCEDURES = ("rectification", "rectification_recognition")


async def _on_time(scene: Scene) -> Drawn:
    found = await ledger.punctual_by_unit(scene.session, scene.area, *scene.days)
    return rectification.on_time(await scene.units(), {key: Punctual(*counts) for key, counts in found.items()})


async def _response(scene: Scene) -> Drawn:
    found = await cards.answers(scene.session, scene.sight, scene.whole, *scene.days, split=scene.is_part)
    waiting = await cards.unanswered(scene.session, scene.sight, scene.whole, scene.today, split=scene.is_part)
    spans = {(one.received_on, one.answered_on) for one in found}
    days = feedback.working_days(spans, shipped_calendar())
    took = [(one.path, one.answered_on, days[one.received_on, one.answered_on], one.cards) for one in found]
    early = [(one.path, one.answered_on, True, one.within) for one in found]
    beyond = [(one.path, one.answered_on, False, one.cards - one.within) for one in found]
    late = {path: [{False: n - past, True: past}] for path, n, past in waiting}
    return feedback.response_time(
        scene.held(took), scene.held(early + beyond), Held(scene.whole.path, scene.area.path, late)
    )


async def _satisfaction(scene: Scene) -> Drawn:
    found = await cards.ratings(scene.session, scene.sight, scene.whole, *scene.days, split=scene.is_part)
    rated = [(path, day, grade, n) for (path, day, grade), n in found.items() if grade is not None]
    unrated = [(path, day, None, n) for (path, day, grade), n in found.items() if grade is None]
    return feedback.satisfaction(scene.held(rated), scene.held(unrated))


async def _by_category(scene: Scene) -> Drawn:
    counts = await ledger.tallied_by_unit(scene.session, scene.area, "rectification_open")
    # A category that the program no longer has still counts.
    known = {category.value: title for category, title in CATEGORY_TITLES.items()}
    classes = known | {key: titled(key, key) for _, key in counts if key not in known}
    return rectification.by_unit(await scene.units(), counts, classes)


async def _heap(scene: Scene) -> Drawn:
    counts = await ledger.tallied_by_unit(scene.session, scene.area, "rectification")
    open_now = sum(count for (_, status), count in counts.items() if status not in _OVER)
    opened, closed = await flow.flow_since(scene.session, scene.area, scene.period.first)
    return rectification.heap(scene.period, open_now, opened, closed)


async def _lights(scene: Scene) -> Drawn:
    counts = await ledger.lights_by_unit(scene.session, scene.area, scene.moment.now, YELLOW_DAYS)
    return rectification.lights(await scene.units(), counts)


async def _by_channel(scene: Scene) -> Drawn:
    found = await cards.by_channel_and_category(
        scene.session, scene.sight, scene.whole, *scene.days, split=scene.is_part
    )
    held = scene.held((path, day, (channel, key), n) for (path, day, channel, key), n in found.items())
    return feedback.by_channel(held, {key: channel.title for key, channel in CHANNELS.items()}, CATEGORIES)


async def _units_without(scene: Scene) -> Drawn:
    found = await acts.last_found(scene.session, scene.area, *scene.days)
    received = await cards.last_received(scene.session, scene.sight, scene.area, *scene.days)
    span = start_of(scene.period.first), end_of(scene.period.last)
    acted = await acts.last_acts(scene.session, scene.area, *span)
    answered = await cards.last_answers(scene.session, scene.sight, scene.area, *scene.days)
    counts = await ledger.tallied_by_unit(scene.session, scene.area, "rectification")
    waiting: dict[str, int] = {}
    for (key, status), count in counts.items():
        if status not in _OVER:
            waiting[key] = waiting.get(key, 0) + count
    return unit.units_without(await scene.units(), _latest(found, received), waiting, _latest(acted, answered))


def _latest(one: dict[str, date], other: dict[str, date]) -> dict[str, date]:
    return {key: max(days[key] for days in (one, other) if key in days) for key in one.keys() | other.keys()}


_PAINTERS: dict[str, Callable[[Scene], Awaitable[Drawn]]] = {
    "open_by_age_and_source": _open_by_age,
    "funnel": _funnel,
    "on_time_rate": _on_time,
    "response_time": _response,
    "satisfaction": _satisfaction,
    "unit_by_category": _by_category,
    "burn_down": _heap,
    "lights": _lights,
    "feedback_by_channel_and_category": _by_channel,
    "units_without": _units_without,
}
