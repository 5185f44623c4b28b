"""Conditions on what is known of the subject."""

from collections.abc import Iterable, Mapping

from backend.domain.condition.vocabulary import TEXT, TEXTS, Params, word
from backend.domain.errors import Problem
from backend.domain.scene import Scene


@word({"of": TEXT}, reads_record=False)
def all_answered(params: Params, scene: Scene) -> Iterable[Problem]:
    """Everything received (`facts.subject[of] = {received, answered}`) has an answer."""
    counts = scene.facts.subject.get(params["of"])
    if not isinstance(counts, Mapping):
        yield Problem("", "fact_unknown", {"fact": params["of"]})
    elif counts["answered"] < counts["received"]:
        yield Problem("", "unanswered", {"count": counts["received"] - counts["answered"], "of": counts["received"]})


@word({"step": TEXT}, reads_record=False)
def same_content_as(params: Params, scene: Scene) -> Iterable[Problem]:
    """The subject's text is, by hash, the text that the earlier step saw."""
    seen, now = scene.contents.get(params["step"]), scene.facts.content_sha256
    if seen is None or now is None or seen != now:
        yield Problem("", "content_changed", {"step": scene.step_titles[params["step"]]})


@word({"field": TEXT, "subject": TEXT, "allowed": {"type": "object", "additionalProperties": TEXTS}}, "field")
def fits_subject(params: Params, scene: Scene) -> Iterable[Problem]:
    """The field's value is one that this kind of subject allows: `facts.subject[subject]` chooses from `allowed`."""
    allowed = params["allowed"].get(scene.facts.subject.get(params["subject"]), ())
    for pointer, value in scene.values(params["field"]):
        if value not in allowed:
            yield Problem(pointer, "not_for_this_subject", {"field": scene.title(params["field"])})


@word({"fact": TEXT, "at": {"type": "string"}}, reads_record=False)
def flagged(params: Params, scene: Scene) -> Iterable[Problem]:
    """Nothing is known to speak against the act: each entry of `facts.subject[fact]` is a problem at `at`.

    An entry is `{"code": ..., **params}`; the record system finds what only its tables know, the definition says
    whether that refuses or is pointed out.
    """
    for entry in scene.facts.subject.get(params["fact"], ()):
        code, known = entry["code"], {key: value for key, value in entry.items() if key != "code"}
        yield Problem(params["at"], code, known)
