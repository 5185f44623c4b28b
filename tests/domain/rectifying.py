"""Walking a rectification in tests of its definition: a unit, those above it, and facts that follow its assignment."""

from dataclasses import replace
from typing import Any

from backend.domain.procedure.attempt import Caller
from backend.domain.procedure.trail import Attached
from backend.domain.procedures.registry import procedure
from backend.domain.scene import Facts
from tests.domain.walking import Walk

RECTIFICATION = procedure("rectification", 1)
RECOGNITION = procedure("rectification_recognition", 1)

_ALL_ROLES = frozenset({"clerk", "secretary", "supervisor", "township_admin", "county_admin"})


def person(name: str, roles: set[str], *marks: str) -> Caller:
    return Caller(name, frozenset(roles), frozenset(marks), name)


COUNTY, TOWN, UNIT = ("@c",), ("@c", "@t"), ("@c", "@t", "@u")
UNIT_CLERK = person("unit-clerk", {"clerk"}, *UNIT)
UNIT_BOSS = person("unit-boss", set(_ALL_ROLES), *UNIT)
TOWN_CLERK = person("town-clerk", {"clerk"}, *TOWN)
TOWN_SECRETARY = person("town-secretary", {"secretary"}, *TOWN)
SUPERVISOR = person("supervisor", {"supervisor"}, *TOWN)
SUPERVISOR_2 = person("supervisor-2", {"supervisor"}, *TOWN)
COUNTY_SUPERVISOR = person("county-supervisor", {"supervisor", "county_admin"}, *COUNTY)
ORGANIZER = person("organizer", {"clerk"}, *TOWN, "@o")
NOBODY = person("nobody", set())
CALLERS = [
    UNIT_CLERK,
    UNIT_BOSS,
    TOWN_CLERK,
    TOWN_SECRETARY,
    SUPERVISOR,
    SUPERVISOR_2,
    COUNTY_SUPERVISOR,
    ORGANIZER,
    NOBODY,
]
OF_UNIT = frozenset(caller.person for caller in CALLERS if "@u" in caller.organizations)
OF_TOWN = frozenset(caller.person for caller in CALLERS if "@t" in caller.organizations)
PROOF = (Attached("photo", "file-1"),)
RULED = (Attached("photo", "file-1"), Attached("rule", "file-2"))

# Who finishes each step in the way it is meant.
MEANT = {
    "recognition": SUPERVISOR,
    "assignment": SUPERVISOR,
    "sign_for": UNIT_CLERK,
    "plan": UNIT_CLERK,
    "plan_approval": TOWN_SECRETARY,
    "rectifying": UNIT_CLERK,
    "verification": SUPERVISOR,
    "second_verification": SUPERVISOR_2,
    "source_confirmation": COUNTY_SUPERVISOR,
    "organization_confirmation": ORGANIZER,
    "satisfaction": TOWN_CLERK,
    "closing": COUNTY_SUPERVISOR,
}


def facts(
    *, severity: str = "general", source: str = "supervision", affects_people: bool = False, assigned: bool = False
) -> Facts:
    parties = {"current_unit": frozenset[str](), "owners": frozenset[str](), "person": frozenset[str]()}
    parties |= {"easers": frozenset[str]()}
    parties |= {"organization_office": frozenset({"@o"})}
    if assigned:
        unit = frozenset({"@u"})
        parties |= {"responsible_unit": unit, "inspected": frozenset({"@u", "@t"}), "current_unit": unit}
    return Facts(subject={"severity": severity, "source": source, "affects_people": affects_people}, parties=parties)


class Item(Walk):
    """A run of a rectification; its unit is known from the first assignment on."""

    def do(self, caller: Caller, outcome: str = "done", **values: Any) -> "Item":
        step = self.here.step
        super().do(caller, outcome, **values)
        if step == "assignment" and outcome == "done":
            known = facts(assigned=True).parties
            self.facts = replace(self.facts, parties=known)
        return self

    def meant(self, **values: Any) -> "Item":
        """Finish the open step by whom it is meant for, with proof where proof is asked for."""
        step = self.here.step
        assert step
        if step in ("rectifying", "recognition"):
            values.setdefault("evidence", RULED if step == "rectifying" else PROOF)
        return self.do(MEANT[step], **values)

    def until(self, step: str | None) -> "Item":
        while self.here.step != step:
            self.meant()
        return self


def item(**known: Any) -> Item:
    return Item(RECTIFICATION, facts=facts(**known))


def claimed(**known: Any) -> Item:
    """An item that a ledger from before calls closed."""
    return Item(RECOGNITION, facts=facts(assigned=True, **known))
