"""Conditions on fields and lists: filled, long enough, adding up."""

from collections.abc import Iterable
from math import isfinite

from backend.domain.condition.vocabulary import COUNT, TEXT, TEXTS, Params, word
from backend.domain.errors import Problem
from backend.domain.scene import Scene
from backend.domain.text import is_blank
from backend.domain.voting import normal_name


@word({"field": TEXT, "count": COUNT}, "field")
def at_least(params: Params, scene: Scene) -> Iterable[Problem]:
    """A list has at least so many entries."""
    pointer, value = scene.first(params["field"])
    have = len(value) if isinstance(value, list) else 0
    if have < params["count"]:
        counts = {"field": scene.title(params["field"]), "needed": params["count"], "have": have}
        yield Problem(pointer, "too_few", counts)


@word({"list": TEXT, "field": TEXT, "filled": {"type": "boolean"}}, "list")
def each_filled(params: Params, scene: Scene) -> Iterable[Problem]:
    """Every entry of the list has the field (`filled` true), or none has it (false): a secret ballot bears no name."""
    pointer, items = scene.first(params["list"])
    for place, item in enumerate(items if isinstance(items, list) else []):
        if bool(normal_name(item.get(params["field"]))) is not params["filled"]:
            code = "field_required" if params["filled"] else "field_must_be_empty"
            title = scene.title(f"{params['list']}/*/{params['field']}")
            yield Problem(f"{pointer}/{place}/{params['field']}", code, {"field": title})


@word({"field": TEXT}, "field")
def filled(params: Params, scene: Scene) -> Iterable[Problem]:
    """The field is filled; makes sense with `when`."""
    pointer, value = scene.first(params["field"])
    if value is None or (isinstance(value, str) and is_blank(value)) or value == []:
        yield Problem(pointer, "field_required", {"field": scene.title(params["field"])})


@word({"field": TEXT}, "field")
def blank(params: Params, scene: Scene) -> Iterable[Problem]:
    """The field stays empty; makes sense with `when`."""
    for pointer, value in scene.values(params["field"]):
        if value not in ([], {}) and not (isinstance(value, str) and is_blank(value)):
            yield Problem(pointer, "field_must_be_empty", {"field": scene.title(params["field"])})


@word({"field": TEXT, "values": {"type": "array", "minItems": 1}}, "field")
def must_return(params: Params, scene: Scene) -> Iterable[Problem]:
    """With such a finding the step cannot be passed; it has to be returned."""
    for pointer, value in scene.values(params["field"]):
        if value in params["values"]:
            yield Problem(pointer, "must_be_returned", {"field": scene.title(params["field"])})


@word({"total": TEXT, "parts": TEXTS}, "total", "parts")
def counts_add_up(params: Params, scene: Scene) -> Iterable[Problem]:
    """The parts are together what the total says; a part that is missing counts nothing."""
    pointer, total = scene.first(params["total"])
    have = _sum(params["parts"], scene)
    if isinstance(total, int | float) and total != have:
        yield Problem(pointer, "counts_differ", {"field": scene.title(params["total"]), "total": total, "have": have})


@word({"parts": TEXTS, "total": TEXT, "percent": COUNT}, "parts", "total")
def share_at_least(params: Params, scene: Scene) -> Iterable[Problem]:
    """The parts are together at least so many percent of the total; of nothing there is no share."""
    pointer, total = scene.first(params["total"])
    if not isinstance(total, int | float) or not isfinite(total):
        return
    have = _sum(params["parts"], scene)
    if total <= 0 or have * 100 < total * params["percent"]:
        share = int(have * 100 / total) if total > 0 else 0
        counts = {"field": scene.title(params["parts"][0]), "needed": params["percent"], "have": share}
        yield Problem(pointer, "share_short", counts)


def _sum(references: Iterable[str], scene: Scene) -> float:
    """What the fields add up to; a value that is no number adds nothing."""
    found = [value for reference in references for _, value in scene.values(reference)]
    return sum(value for value in found if isinstance(value, int | float) and isfinite(value))
