"""All decisions of the demonstration, and which of them waits at which step for the example of that step.

The main town has the fourteen of handbook 6.1 and six more, so that every step is held open by one whose
waits are over.
"""

from collections.abc import Mapping

from backend.demo.decisions_adopted import ADOPTED, ORCHARD, VENUES
from backend.demo.decisions_begun import BEGUN, DRAINS, ELSEWHERE, ROAD_CARE, SQUARE_LIGHTS
from backend.demo.decisions_carried_out import CARRIED_OUT, ROAD, SMALL_WORKS
from backend.demo.decisions_ended import ENDED
from backend.demo.decisions_heard import BUS, HEARD, STALLS
from backend.demo.decisions_reviewed import IRRIGATION, MEALS, MINUTES, REVIEWED
from backend.demo.script import Story

STORIES: tuple[Story, ...] = (*CARRIED_OUT, *ADOPTED, *REVIEWED, *HEARD, *BEGUN, *ENDED, *ELSEWHERE)

READY: Mapping[str, str] = {
    "intention_solicitation": SQUARE_LIGHTS.title,
    "investigation": ROAD_CARE.title,
    "expert_consultation": DRAINS.title,
    "opinion_solicitation": BUS.title,
    "public_hearing": STALLS.title,
    "pilot": MINUTES.title,
    "legality_review": MEALS.title,
    "resolution": IRRIGATION.title,
    "publication": VENUES.title,
    "execution": ORCHARD.title,
    "evaluation": SMALL_WORKS.title,
    "closing": ROAD.title,
}
"""Step to title: the example record of the step is accepted there when the demonstration has just been loaded."""
