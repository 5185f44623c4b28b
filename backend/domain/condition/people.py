"""Conditions on who is named: different people, free of ties, present, signed."""

from collections.abc import Iterable, Mapping

from backend.domain.condition.vocabulary import TEXT, TEXTS, Params, word
from backend.domain.errors import Problem
from backend.domain.scene import Scene
from backend.domain.voting import normal_name


@word({"fields": {**TEXTS, "minItems": 2}}, "fields")
def distinct(params: Params, scene: Scene) -> Iterable[Problem]:
    """Fields that name people name different people."""
    seen: dict[str, str] = {}
    for reference in params["fields"]:
        for pointer, value in scene.values(reference):
            name = normal_name(value)
            if name in seen:
                titles = {"one": scene.title(seen[name]), "other": scene.title(reference), "name": name}
                yield Problem(pointer, "same_person", titles)
            seen.setdefault(name, reference)


@word({"people": TEXT, "parties": TEXTS}, "people")
def no_party_member(params: Params, scene: Scene) -> Iterable[Problem]:
    """Nobody listed (text, or `{name, organization}`) is a party of the matter or works for one."""
    for party in params["parties"]:
        members = {normal_name(member) for member in scene.facts.parties.get(party, ())}
        for pointer, listed in _listed(scene, params["people"]):
            for name in listed & members:
                yield Problem(pointer, "party_member_listed", {"name": name, "party": scene.party_titles[party]})


@word({"people": TEXT}, "people")
def no_tie(params: Params, scene: Scene) -> Iterable[Problem]:
    """Nobody listed is known (`facts.ties`) to be tied to the matter."""
    ties = {normal_name(who): how for who, how in scene.facts.ties.items()}
    for pointer, listed in _listed(scene, params["people"]):
        for name in listed & ties.keys():
            yield Problem(pointer, "tie_known", {"name": name, "tie": ties[name]})


@word({"field": TEXT, "values": {"type": "array", "minItems": 1}}, "field")
def no_interest(params: Params, scene: Scene) -> Iterable[Problem]:
    """Nobody declared a direct interest (`field` holds one of `values`)."""
    for pointer, value in scene.values(params["field"]):
        if value in params["values"]:
            yield Problem(pointer, "interest_declared", {})


@word({"fields": TEXTS, "others": TEXTS}, "fields", "others")
def not_named_before(params: Params, scene: Scene) -> Iterable[Problem]:
    """None of `fields` repeats a name found in `others`: who did it does not judge it."""
    others = {normal_name(value): reference for reference in params["others"] for _, value in scene.values(reference)}
    for reference in params["fields"]:
        for pointer, value in scene.values(reference):
            if (name := normal_name(value)) in others:
                yield Problem(pointer, "named_before", {"name": name, "other": scene.title(others[name])})


@word({"list": TEXT, "field": TEXT, "person": TEXT}, "list", "person")
def last_in_list(params: Params, scene: Scene) -> Iterable[Problem]:
    """The person is the last of a list that is in order (`list` `/views`, `field` `name`): the chair speaks last."""
    (pointer, items), (_, person) = scene.first(params["list"]), scene.first(params["person"])
    if isinstance(items, list) and items and person is not None:
        last = items[-1].get(params["field"])
        if normal_name(last) != normal_name(person):
            yield Problem(pointer, "not_last", {"name": person, "who": scene.title(params["person"])})


@word(
    {"person": TEXT, "names": TEXT, "where": {"type": "object", "minProperties": 1}},
    "person",
    "names",
    optional=("where",),
)
def listed_in(params: Params, scene: Scene) -> Iterable[Problem]:
    """The person appears among the names; with `where` only entries that say so count (`{"state": "present"}`)."""
    entries, _, field = params["names"].rpartition("/*/")
    listed, wanted = scene.first(entries)[1] or (), params.get("where", {}).items()
    names = {normal_name(item.get(field)) for item in listed if wanted <= item.items()}
    for pointer, value in scene.values(params["person"]):
        if normal_name(value) not in names:
            yield Problem(pointer, "not_listed", {"name": value, "list": scene.title(params["names"].split("/*")[0])})


@word({"list": TEXT, "field": TEXT}, "list")
def signed(params: Params, scene: Scene) -> Iterable[Problem]:
    """Everyone in the list has signed (`field` is true)."""
    pointer, items = scene.first(params["list"])
    for place, item in enumerate(items if isinstance(items, list) else []):
        if item.get(params["field"]) is not True:
            yield Problem(f"{pointer}/{place}/{params['field']}", "not_signed", {"name": item.get("name", place + 1)})


def _listed(scene: Scene, reference: str) -> Iterable[tuple[str, set[str]]]:
    """Each entry of a list of people (or one person) with every name and id that it goes by."""
    pointer, value = scene.first(reference)
    for place, item in enumerate(value if isinstance(value, list) else [value] if value else []):
        names = [item.get(key) for key in ("id", "name", "organization")] if isinstance(item, Mapping) else [item]
        yield (f"{pointer}/{place}" if isinstance(value, list) else pointer), {normal_name(n) for n in names if n}
