"""What comes again and again is no single case: it becomes a systemic problem in the ledger."""

from datetime import timedelta

from backend.db.base import Session
from backend.db.feedback import FeedbackCard
from backend.db.feedback_repeat import FeedbackRepeat, raised_since, repeats_since
from backend.db.organization import Organization
from backend.db.rectification import RectificationSource, Severity
from backend.domain.access import SYSTEM, Actor, Grant, Moment
from backend.domain.calendar import day_of
from backend.domain.feedback.category import CATEGORIES
from backend.domain.feedback.subject import may_be_about_somebody
from backend.domain.rectification.category import Category
from backend.domain.rectification.register import NewRectification, register_rectification

REPEATS = 3
SPAN = timedelta(days=90)

# Under which kind of the ledger's problems a case belongs.
LEDGER_CATEGORIES = {
    "roads": Category.infrastructure,
    "drainage": Category.infrastructure,
    "lamps": Category.infrastructure,
    "refuse": Category.safety_environment,
    "elder_care": Category.livelihood,
    "fund_disclosure": Category.village_affairs,
    "allowances": Category.livelihood,
    "utilities": Category.livelihood,
    "attitude": Category.conduct,
    "land_house": Category.petitions,
    "meeting_records": Category.organization_life,
    "other": Category.petitions,
}


async def raise_repeats(session: Session, moment: Moment, card: FeedbackCard) -> None:
    """Register a systemic problem when this is the third case of its category and place within 90 days.

    Once in that time, and never of cards about somebody, which the people of the place must not come to know of.
    """
    if may_be_about_somebody(card):
        return
    today = day_of(moment.now)
    count = await repeats_since(session, card.place_id, card.category, today - SPAN)
    if count < REPEATS or await raised_since(session, card.place_id, card.category, today - SPAN):
        return
    desk = await session.get_one(Organization, card.desk_id)
    place = await session.get_one(Organization, card.place_id)
    words = CATEGORIES[card.category]["zh-CN"]
    new = NewRectification(
        organization_id=desk.id,
        source=RectificationSource.feedback,
        problem=f"{place.name}90天内“{words}”类反映已达{count}件，属反复发生的问题，需查找共同原因",
        category=LEDGER_CATEGORIES[card.category],
        severity=Severity.important,
        systemic=True,
    )
    # The rule registers it, with the rights that the desk's own supervision would have.
    rule = Actor(SYSTEM.account_id, SYSTEM.name, None, (Grant("supervisor", desk.id, desk.path),))
    item = await register_rectification(session, rule, moment, new)
    session.add(
        FeedbackRepeat(
            county_id=card.county_id,
            place_id=card.place_id,
            category=card.category,
            cards=count,
            rectification_id=item.id,
            raised_on=today,
        )
    )
